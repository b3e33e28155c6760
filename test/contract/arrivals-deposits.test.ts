/** Cash from the window to the bank's statement: a deposit slip is on its way until the bank has it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEPOSITS } from '@hospay/server/domain/arrival.js';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { createArrivalDesk } from '@hospay/server/settlement/arrival-desk.js';
import type { ShiftCaller } from '@hospay/server/shifts/ports.js';
import { startWindowDeskStand } from './window-desk-stand.js';

const TILL = 'operator:0101';
const DAY_MS = 86_400_000;
const li: ShiftCaller = { by: 'li.finance' };

test('two slips arrive as one line; a slip the bank never has hangs, and what arrived is not reversed any more', async (context) => {
  const stand = await startWindowDeskStand();
  context.after(() => stand.stop());
  const now = () => stand.pos.time;
  const arrivals = createArrivalDesk({
    arrivals: stand.store.arrivalsOf('demo'), rules: () => [{ source: DEPOSITS, channels: [], account: 'icbc-main', payers: ['现金存款'], afterWorkingDays: 1, lateWorkingDays: 1 }], calendar: { holidays: new Set(), workdays: new Set() }, clock: { now }, audit: stand.audit,
  });
  const on = (account: string) => Object.fromEntries(stand.store.database.prepare('SELECT c.clear_key, c.net_fen FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE a.name = ?').all(account).map((row) => [String(row['clear_key']), Number(row['net_fen'])]));
  await stand.paysCash(10_000);
  const closed = await stand.shifts.closeShift({ tillNo: TILL, denominations: [{ faceFen: 10_000, pieces: 1 }], expectedFen: 10_000, caller: { by: 'terminal/window-1', operatorId: '0101', ownTill: TILL }, asked: { tenant: 't', key: 'c1' } });
  assert.equal(closed.kind, 'ok');
  assert.equal((await stand.shifts.takeOverCash({ shiftNo: closed.value.shift.shiftNo, amountFen: 10_000, caller: li, asked: { tenant: 'li', key: 'h1' } })).kind, 'ok');
  const deposit = async (slipNo: string, amountFen: number) => {
    const done = await stand.shifts.depositCash({ slipNo, amountFen, caller: li, asked: { tenant: 'li', key: slipNo } });
    return done.kind === 'ok' ? done.value.actNo : assert.fail(done.code);
  };
  const first = await deposit('SLIP-1', 3_000);
  await deposit('SLIP-2', 2_500);
  await deposit('SLIP-3', 4_500);
  assert.deepEqual((await arrivals.listArrivals()).expected.map(({ key, amountFen, day, dueOn, state }) => [key, amountFen, day, dueOn, state]), [['SLIP-1', 3_000, '2026-03-02', '2026-03-03', 'waiting'], ['SLIP-2', 2_500, '2026-03-02', '2026-03-03', 'waiting'], ['SLIP-3', 4_500, '2026-03-02', '2026-03-03', 'waiting']]);
  await stand.store.payoutsOf('demo').statements.keepLines({
    lines: [{ account: 'icbc-main', bankLineNo: 'N1', day: '2026-03-03', direction: 'in', amountFen: 5_500, balanceFen: undefined, at: '2026-03-03T09:00:00+08:00', counterpartyLabel: '', counterpartyTail: '', summary: '现金存款', instructionNo: undefined, isReturn: false }], fileSha256: 'f'.repeat(64), now: now(),
  });
  assert.equal((await arrivals.matchDue()).en, 'matched 1, overdue 0, unexpected 0');
  assert.deepEqual([on('1003/demo'), on('1002/icbc-main')], [{ 'SLIP-3': 4_500 }, { '2026-03-03': 5_500 }]);
  const reversed = await stand.shifts.reverseCashAct({ actNo: first, reason: '录错', caller: li, asked: { tenant: 'li', key: 'r1' } });
  assert.equal(reversed.kind === 'refused' && reversed.code, 'CASH_NOT_THERE', 'the bank has it');
  assert.deepEqual(verifyLedger(stand.store.database).problems, []);
  stand.later(3 * DAY_MS);
  assert.equal((await arrivals.matchDue()).en, 'matched 0, overdue 1, unexpected 0');
  assert.deepEqual([on('1003/demo'), on('1191/deposits')], [{}, { 'arrivalShort/deposits/SLIP-3': 4_500 }]);
  assert.deepEqual(stand.store.database.prepare('SELECT kind, subject FROM discrepancy_case WHERE resolved_at IS NULL').all().map((row) => [row['kind'], row['subject']]), [['arrivalShort', 'deposits/SLIP-3']]);
  assert.deepEqual(verifyLedger(stand.store.database).problems, []);
});
