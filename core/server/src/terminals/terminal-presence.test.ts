import assert from 'node:assert/strict';
import test from 'node:test';
import { createTerminalPresence } from './terminal-presence.js';

/** A clock and timers that move only when told. */
function bench() {
  let nowMs = 1_700_000_000_000;
  const due: { at: number; task: () => void; isCancelled: boolean }[] = [];
  const written: string[] = [];
  const presence = createTerminalPresence({
    clock: { now: () => new Date(nowMs) },
    timers: {
      after(ms, task) {
        const timer = { at: nowMs + ms, task, isCancelled: false };
        due.push(timer);
        return { cancel: () => (timer.isCancelled = true) };
      },
    },
    touchLastSeen: (deviceId) => {
      written.push(deviceId);
      return Promise.resolve();
    },
  });
  return {
    presence, written,
    later: (ms: number): void => {
      nowMs += ms;
      for (const timer of due.splice(0)) {
        if (timer.isCancelled) continue;
        if (timer.at <= nowMs) timer.task();
        else due.push(timer);
      }
    },
  };
}

test('a terminal is away ten seconds after its will, not before', () => {
  const { presence, later } = bench();
  presence.announced('kiosk-1', 'online');
  presence.announced('kiosk-1', 'offline');
  later(9_999);
  assert.equal(presence.of('kiosk-1')?.online, true);
  later(1);
  assert.equal(presence.of('kiosk-1')?.online, false);
});

test('a terminal that comes back within the ten seconds was never away', () => {
  const { presence, later } = bench();
  presence.announced('kiosk-1', 'online');
  const since = presence.of('kiosk-1')?.since;
  later(5_000);
  presence.announced('kiosk-1', 'offline');
  later(5_000);
  presence.saw('kiosk-1');
  later(60_000);
  assert.deepEqual(presence.of('kiosk-1'), { online: true, since });
});

test('a will found when the core starts says away at once, and a terminal never heard of is unknown', () => {
  const { presence } = bench();
  presence.announced('kiosk-1', 'offline');
  assert.equal(presence.of('kiosk-1')?.online, false);
  assert.equal(presence.of('kiosk-2'), undefined);
});

test('last seen is written at most every thirty seconds per terminal', () => {
  const { presence, written, later } = bench();
  for (let message = 0; message < 10; message += 1) {
    presence.saw('kiosk-1');
    presence.saw('kiosk-2');
    later(4_000);
  }
  assert.deepEqual(written, ['kiosk-1', 'kiosk-2', 'kiosk-1', 'kiosk-2']);
});
