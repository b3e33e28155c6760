import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WallboardPorts } from './ports.js';
import { createWallboard } from './wallboard.js';

function board() {
  let now = new Date('2026-11-20T02:00:00.000Z');
  const asked = { money: 0 };
  const far = { isWell: true };
  const readings = new Map<string, { value: number; at: Date }>();
  const ports: WallboardPorts = {
    money: {
      overview() {
        asked.money += 1;
        if (!far.isWell) return Promise.reject(new Error('the file cannot be read'));
        return Promise.resolve({
          day: '2026-11-20', paidCount: asked.money, paidFen: 0, refundedCount: 0, refundedFen: 0, hours: [], channels: [], unknownPayments: { count: 0, oldest: [] }, unconfirmed: { count: 0, amountFen: 0 }, refundsInFlight: { count: 0, amountFen: 0 },
          cases: { count: 0, urgent: 0, newest: [] },
        });
      },
      outcomesSince: () => Promise.resolve([]),
    },
    terminals: () => Promise.resolve([]),
    days: () => [
      { comparison: 'channel', source: 'wechat', day: '2026-11-18', state: 'open' },
      { comparison: 'channel', source: 'wechat', day: '2026-11-19', state: 'balanced' },
      { comparison: 'hospital', source: 'demo', day: '2026-11-19', state: 'explained' },
    ],
    alarms: { rules: [], problems: () => Promise.resolve([]), readings: () => [...readings].map(([measure, { value, at }]) => ({ measure: measure as 'hisSlow', subject: '', value, at })) },
    version: '1', backupProvedAt: () => undefined, clock: { now: () => now },
  };
  return { ...createWallboard(ports), asked, far, measured: (measure: string, value: number) => { readings.set(measure, { value, at: now }); }, later: (seconds: number) => { now = new Date(now.getTime() + seconds * 1_000); } };
}

test('a tile whose reader fails stays as it was read last, with its time; the others go on', async () => {
  const { read, far, later } = board();
  const before = await read();
  far.isWell = false;
  later(60);
  const { money, reconciliation, now } = await read();
  assert.deepEqual([money?.at, money?.value.paidCount, reconciliation?.at], [before.money?.at, before.money?.value.paidCount, now]);
  far.isWell = true;
  later(60);
  assert.equal((await read()).money?.at.toISOString(), '2026-11-20T02:02:00.000Z');
});

test('however many screens ask, a tile is read no more often than it says, and each of them waits for the reading under way', async () => {
  const { read, asked, later } = board();
  const views = await Promise.all([read(), read(), read()]);
  const once = asked.money;
  assert.ok(views.every(({ money }) => money !== undefined));
  later(4);
  await read();
  assert.equal(asked.money, once);
  later(2);
  await read();
  assert.ok(asked.money > once);
});

test('a clock that is set back does not hold the tiles', async () => {
  const { read, asked, later } = board();
  await read();
  const once = asked.money;
  later(-3_600);
  await read();
  assert.ok(asked.money > once);
});

test('what nobody has measured yet has no tile; measured, it is as old as the oldest of its readings', async () => {
  const { read, measured, later } = board();
  assert.equal((await read()).his, undefined);
  measured('hisInactive', 0);
  later(20);
  measured('hisSlow', 800);
  measured('hisUnanswered', 3.14);
  later(20);
  const { his } = await read();
  assert.deepEqual([his?.at.toISOString(), his?.value], ['2026-11-20T02:00:00.000Z', { isActive: true, meanMs: 800, unansweredPercent: 3.1, waiting: 0 }]);
});

test('of each comparison the newest day is told', async () => {
  const { reconciliation } = await board().read();
  assert.deepEqual(reconciliation?.value.map(({ source, day, state }) => [source, day, state]), [['wechat', '2026-11-19', 'balanced'], ['demo', '2026-11-19', 'explained']]);
});
