/** Counted cash after the close: taken over into the vault, brought to the bank, counted anew, reversed. One key, one journal, for good. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import type { ShiftCaller } from '@hospay/server/shifts/ports.js';
import { startWindowDeskStand, type WindowDeskStand } from './window-desk-stand.js';

const TILL = 'operator:0101';
const cashier: ShiftCaller = { by: 'terminal/window-1', operatorId: '0101', ownTill: TILL };
const li: ShiftCaller = { by: 'li.finance' };
const cashierAtConsole: ShiftCaller = { by: 'zhou', operatorId: '0101' };

let stand: WindowDeskStand;
let shiftNo: string;
beforeEach(async () => {
  stand = await startWindowDeskStand();
  await stand.paysCash(10_000);
  shiftNo = await closes(90, 'close-1');
});
afterEach(async () => {
  assert.deepEqual(verifyLedger(stand.store.database).problems, []);
  await stand.stop();
});

const closes = async (hundreds: number, key: string, tillNo = TILL): Promise<string> => {
  const found = await stand.shifts.readRunningShift({ tillNo, caller: li });
  const expectedFen = found.kind === 'ok' ? found.value.figures.expectedFen : 0;
  const done = await stand.shifts.closeShift({ tillNo, denominations: [{ faceFen: 100, pieces: hundreds }], expectedFen, caller: { ...cashier, ownTill: tillNo }, asked: { tenant: 't', key } });
  return done.kind === 'ok' ? done.value.shift.shiftNo : assert.fail(done.code);
};
const told = (outcome: { readonly kind: string; readonly code?: string }): string => outcome.code ?? 'ok';
const takeOver = (amountFen: number, { key = 'h1', caller = li, no = shiftNo }: { readonly key?: string; readonly caller?: ShiftCaller; readonly no?: string } = {}) => stand.shifts.takeOverCash({ shiftNo: no, amountFen, caller, asked: { tenant: caller.by, key } });
const deposit = (amountFen: number, slipNo: string, key: string) => stand.shifts.depositCash({ slipNo, amountFen, caller: li, asked: { tenant: 'li', key } });
const recount = (hundreds: number, key: string, caller = li) => stand.shifts.recountShift({ shiftNo, denominations: [{ faceFen: 100, pieces: hundreds }], reason: '漏数一叠', caller, asked: { tenant: 'li', key } });
const reverse = (actNo: string, key: string) => stand.shifts.reverseCashAct({ actNo, reason: '录错', caller: li, asked: { tenant: 'li', key } });
const actNoOf = (outcome: Awaited<ReturnType<typeof takeOver>>): string => (outcome.kind === 'ok' ? outcome.value.actNo : assert.fail(outcome.code));
const place = async () => {
  const { vaultFen, inTransit, waiting } = await stand.shifts.readCash();
  return [vaultFen, inTransit, waiting.map(({ shift }) => shift.shiftNo)];
};
const cases = () => stand.store.database.prepare("SELECT kind FROM discrepancy_case WHERE resolved_at IS NULL AND kind LIKE 'cash%' ORDER BY id").all().map((row) => String(row['kind']));

test('somebody else takes the counted amount over, once; from the vault it goes to the bank under its slip', async () => {
  assert.deepEqual(await place(), [0, [], [shiftNo]]);
  assert.deepEqual([told(await takeOver(9_000, { caller: cashier })), told(await takeOver(9_000, { caller: cashierAtConsole, key: 'h9' })), told(await takeOver(10_000))], ['SAME_PERSON', 'SAME_PERSON', 'HAND_OVER_DIFFERS']);
  const taken = await takeOver(9_000);
  assert.deepEqual([told(taken), await takeOver(9_000), told(await takeOver(9_000, { key: 'h2' }))], ['ok', taken, 'CONFLICT']);
  assert.deepEqual(await place(), [9_000, [], []]);
  assert.deepEqual([told(await deposit(9_001, 'SLIP-1', 'd1')), told(await deposit(6_000, 'SLIP-1', 'd1')), told(await deposit(1_000, 'SLIP-1', 'd2')), told(await deposit(3_000, 'SLIP-2', 'd3')), told(await deposit(1, 'SLIP-3', 'd4'))], ['CASH_NOT_THERE', 'ok', 'CONFLICT', 'ok', 'CASH_NOT_THERE']);
  assert.deepEqual(await place(), [0, [{ slipNo: 'SLIP-1', amountFen: 6_000 }, { slipNo: 'SLIP-2', amountFen: 3_000 }], []]);
  assert.deepEqual((await stand.acts()).filter(({ what }) => /^(shift|cash)\./.test(what)).map(({ who, what, object }) => `${who} ${what} ${object}`), [
    `terminal/window-1 shift.close shift ${shiftNo}`, `li.finance shift.handOver shift ${shiftNo}`, 'li.finance cash.deposit slip SLIP-1', 'li.finance cash.deposit slip SLIP-2',
  ]);
});

test('a wrong act is answered by an opposite one with its reason, and may then be done anew', async () => {
  const taken = await takeOver(9_000);
  const deposited = await deposit(9_000, 'SLIP-1', 'd1');
  assert.equal(told(await reverse(actNoOf(taken), 'r0')), 'CASH_NOT_THERE', 'the vault is empty');
  assert.deepEqual([told(await reverse(actNoOf(deposited), 'r1')), told(await reverse(actNoOf(deposited), 'r2')), told(await deposit(8_000, 'SLIP-1', 'd2'))], ['ok', 'CONFLICT', 'ok']);
  assert.deepEqual(await place(), [1_000, [{ slipNo: 'SLIP-1', amountFen: 8_000 }], []]);
  const second = (await stand.shifts.readCash()).acts.find(({ kind, amountFen }) => kind === 'deposit' && amountFen === 8_000);
  assert.equal(told(await reverse(second?.actNo ?? '', 'r3')), 'ok');
  assert.equal(told(await reverse(actNoOf(taken), 'r4')), 'ok');
  assert.deepEqual(await place(), [0, [], [shiftNo]]);
  assert.equal(told(await takeOver(9_000, { key: 'h2' })), 'ok');
  assert.equal(told(await reverse('CAnobody', 'r5')), 'NO_SUCH_ITEM');
  const reversal = (await stand.shifts.readCash()).acts.find(({ kind }) => kind === 'reversal');
  assert.equal(told(await reverse(reversal?.actNo ?? '', 'r6')), 'CONFLICT', 'what was taken back is done anew, not taken back again');
});

test('a wrong count is corrected by a new one of somebody else: what was missing is found, and the case ends', async () => {
  assert.deepEqual(cases(), ['cashShort']);
  assert.equal(told(await recount(100, 'c0', cashierAtConsole)), 'SAME_PERSON');
  assert.equal(told(await recount(100, 'c1')), 'ok');
  assert.deepEqual([cases(), told(await takeOver(9_000)), told(await recount(103, 'c2')), cases()], [[], 'HAND_OVER_DIFFERS', 'ok', ['cashLong']]);
  assert.equal(told(await takeOver(10_300)), 'ok');
  assert.equal(told(await recount(100, 'c3')), 'CONFLICT', 'the cash is in the vault');
  const found = await stand.shifts.findShift({ shiftNo, caller: li });
  assert.deepEqual(found.kind === 'ok' ? [found.value.shift.countedFen, found.value.acts.map(({ kind }) => kind)] : [], [9_000, ['recount', 'recount', 'handOver']], 'the first count stands as it was made');
});

test('the report adds up: ways of payment, receipts, what is handed over, in both forms, of a shift and of a day', async () => {
  await stand.paysCash(2_500);
  const second = await closes(25, 'close-2');
  const report = await stand.shifts.readShiftReport({ wanted: { tillNo: TILL, day: '2026-03-02' }, caller: cashier });
  assert.ok(report.kind === 'ok');
  const field = (layout: 'layoutA' | 'layoutB', name: string) => {
    const found = report.value[layout].find((one) => one.name === name);
    return found === undefined ? 'no such field' : (found.amountFen ?? found.text);
  };
  assert.deepEqual(report.value.shiftNos, [shiftNo, second]);
  assert.deepEqual(['划价合计', '现金', '医疗保险', '上缴现金额', '短款', '长款', '发票张数'].map((name) => field('layoutA', name)), [12_500, 12_500, 0, 11_500, 1_000, 0, '共 2 张']);
  assert.deepEqual([field('layoutA', '机构'), field('layoutA', '收费员'), field('layoutA', '大写金额'), field('layoutA', '支票')], ['示范医院', '0101', '壹佰贰拾伍元整', undefined]);
  assert.deepEqual(['票据总数', '有效票据', '退费金额', '上缴现金额', '上缴银联额'].map((name) => field('layoutB', name)), ['2', '2', 0, 11_500, 0]);
  assert.deepEqual(report.value.denominations, [{ faceFen: 100, pieces: 115 }]);
  const one = await stand.shifts.readShiftReport({ wanted: { shiftNo: second }, caller: cashier });
  assert.deepEqual(one.kind === 'ok' ? one.value.shiftNos : [], [second]);
  for (const wanted of [{ shiftNo: second }, { tillNo: TILL, day: '2026-03-02' }]) assert.equal(told(await stand.shifts.readShiftReport({ wanted, caller: { by: 'x', ownTill: 'operator:0102' } })), 'NO_SUCH_ITEM', 'another cashier\'s report');
});
