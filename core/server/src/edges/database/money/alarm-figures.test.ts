import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALARM_FIGURES, moneyFileFigures, readMoneyFigures } from './alarm-figures.js';
import { SqliteMoneyStore } from './sqlite-money-store.js';

test('no figure walks a table that grows with the years: open work is found by its own index', async () => {
  const store = new SqliteMoneyStore({ file: ':memory:' });
  for (const [name, sql] of Object.entries(ALARM_FIGURES)) {
    const plan = store.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all().map((row) => String(row['detail']));
    // The job table holds open work only, the running checks a row for each source; everything else must be reached through a partial index of what is open.
    const walks = plan.filter((step) => step.startsWith('SCAN') && !/^SCAN (job|running_check)\b|USING (COVERING )?INDEX (discrepancy_case_open|his_notice_open|payment_open|payout_open)/.test(step));
    assert.deepEqual(walks, [], name);
  }
  await store.close();
});

test('an empty house measures zero, and cases count by severity and due time', async () => {
  const store = new SqliteMoneyStore({ file: ':memory:' });
  const now = new Date('2026-11-27T08:00:00.000Z');
  const value = (measure: string) => readMoneyFigures(store.database, now).find((reading) => reading.measure === measure)?.value;
  assert.deepEqual(readMoneyFigures(store.database, now).filter(({ value: measured }) => measured !== 0), []);
  const open = store.database.prepare("INSERT INTO discrepancy_case (kind, subject, severity, detail, opened_at) VALUES ('paymentUnknown', ?, ?, 'synthetic', ?)");
  open.run('a', 1, '2026-11-27T07:30:00.000Z');
  open.run('b', 1, '2026-11-27T05:00:00.000Z');
  open.run('c', 3, '2026-11-26T05:00:00.000Z');
  assert.deepEqual([value('casesUrgent'), value('casesOverdue')], [2, 1]);
  store.database.exec("INSERT INTO job (kind, subject, trade_no, due_at, first_due_at, attempt, token) VALUES ('confirmOrder', 'x', 'x', 1795766390000, 1795766280000, 3, 0), ('tellOwner', 'y', 'y', 1895766390000, 1795766280000, 7, 0)");
  const late = (subject: string) => readMoneyFigures(store.database, now).find((reading) => reading.measure === 'queueLate' && reading.subject === subject)?.value;
  assert.deepEqual([late('confirmOrder'), late('tellOwner'), late('advanceRefund')], [(now.getTime() - 1_795_766_390_000) / 1000, 0, 0], 'a topic with nothing due is there, and well');
  assert.deepEqual([value('queueOpen'), value('callbacksUndelivered'), value('confirmationAge')], [2, 1, (now.getTime() - 1_795_766_280_000) / 1000]);
  await store.close();
});

test('the slowest commit since the last reading is told once', async () => {
  const store = new SqliteMoneyStore({ file: ':memory:' });
  const read = moneyFileFigures('/nowhere/money.sqlite', store.commits);
  const slowest = () => read().find(({ measure }) => measure === 'commitMilliseconds')?.value ?? -1;
  assert.equal(slowest(), 0);
  await store.commits.write(() => 1);
  assert.ok(slowest() > 0);
  assert.equal(slowest(), 0);
  await store.close();
});
