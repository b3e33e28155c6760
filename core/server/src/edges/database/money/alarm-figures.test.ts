import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALARM_FIGURES, moneyFileFigures, readApprovalFigures, readMoneyFigures } from './alarm-figures.js';
import { SqliteMoneyStore } from './sqlite-money-store.js';

test('no figure walks a table that grows with the years: open work is found by its own index', async () => {
  const store = new SqliteMoneyStore({ file: ':memory:' });
  for (const [name, sql] of Object.entries(ALARM_FIGURES)) {
    const plan = store.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all().map((row) => String(row['detail']));
    // The job table holds open work only, the running checks a row for each source; everything else must be reached through a partial index of what is open.
    const walks = plan.filter((step) => step.startsWith('SCAN') && !/^SCAN (job|running_check)\b|USING (COVERING )?INDEX (discrepancy_case_open|his_notice_open|payment_open|payout_open|refund_approval_open|settlement_batch_open)/.test(step));
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

test('a payout, a settlement batch and a refund wait for approval since the oldest of each was proposed, until their time is over', async () => {
  const store = new SqliteMoneyStore({ file: ':memory:' });
  const waits = (at: string) => readApprovalFigures(store.database, new Date(at)).map(({ subject, value }) => [subject, value / 3600]);
  assert.deepEqual(waits('2026-11-27T08:00:00.000Z'), [['payouts', 0], ['settlements', 0], ['refunds', 0]]);
  const payout = store.database.prepare("INSERT INTO payout (payout_no, hospital_id, kind, subject, amount_fen, from_account, payee_label, payee_tail, payee_bank, payee_is_personal, payee_fingerprint, payee_sealed, purpose, needs_second, state, proposed_by, proposed_at, expires_at, first_approved_by, reservation, attempts, asked, awaits_bank_approval, fee_fen, is_live) VALUES (?, 'demo', 'discharge', ?, 100, 'icbc-main', '', '0000', '', 1, '', '', '', 1, ?, 'li', ?, '2026-11-28T00:00:00.000Z', ?, 'none', 0, 0, 0, 0, 1)");
  payout.run('F1', 'a', 'firstApproved', '2026-11-27T03:00:00.000Z', 'wang');
  payout.run('F2', 'b', 'proposed', '2026-11-27T06:00:00.000Z', null);
  store.database.exec("INSERT INTO settlement_batch (batch_no, hospital_id, sheet, hash, state, proposed_by, proposed_at, expires_at) VALUES ('J1', 'demo', '{}', '', 'proposed', 'li', '2026-11-27T07:00:00.000Z', '2026-11-27T12:00:00.000Z')");
  store.database.exec("INSERT INTO refund_approval (approval_no, request_key, trade_no, refund_fen, reason, levels, state, hash, proposed_by, proposed_at, expires_at) VALUES ('S1', 'S1', 'H1', 100, '', 1, 'proposed', '', 'li', '2026-11-27T02:00:00.000Z', '2026-11-27T10:00:00.000Z')");
  assert.deepEqual(waits('2026-11-27T08:00:00.000Z'), [['payouts', 5], ['settlements', 1], ['refunds', 6]]);
  assert.deepEqual(waits('2026-11-27T12:00:00.000Z'), [['payouts', 9], ['settlements', 0], ['refunds', 0]], 'what nobody can approve any more waits for nobody');
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
