import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import test from 'node:test';
import { SILENT_LOG } from '../domain/log.js';
import { freeBytesOf, watchDiskSpace } from './disk-space.js';

test('new payments are refused while the disk is nearly full or unreadable, and accepted again after', async () => {
  let free: number | Error = 5000;
  let tick = () => {};
  const watch = watchDiskSpace({
    warnBelowBytes: 1000,
    refuseBelowBytes: 100,
    intervalMs: 10,
    log: SILENT_LOG,
    timers: { after: (_ms, task) => ((tick = task), { cancel() {} }) },
    readFreeBytes: async () => {
      if (free instanceof Error) throw free;
      return free;
    },
  });
  const seen: [string, boolean][] = [];
  const look = () => seen.push([watch.state().level, watch.acceptsPayments()]);
  await watch.start();
  look();
  for (const next of [999, 99, new Error('EIO'), 5000]) {
    free = next;
    tick();
    await new Promise((resolve) => setImmediate(resolve));
    look();
  }
  watch.stop();
  assert.deepEqual(seen, [['ample', true], ['scarce', true], ['refusing', false], ['unreadable', false], ['ample', true]]);
});

test('the free space of a real folder is a positive number', async () => {
  assert.ok((await freeBytesOf(tmpdir())) > 0);
});
