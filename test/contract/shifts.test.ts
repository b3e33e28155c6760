/** Shifts (班次) on the real money store, with the production cash plugin behind the tills. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { PaymentChannel } from '@hospay/plugin-sdk';
import { readBilingual } from '@hospay/server/domain/bilingual.js';
import { StoreUnavailable } from '@hospay/server/domain/money-store.js';
import type { Owner } from '@hospay/server/domain/order.js';
import { tillRows } from '@hospay/server/edges/database/reports/reconciled-rows.js';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { advancePayment } from '@hospay/server/payments/advance-payment.js';
import type { ShiftCaller } from '@hospay/server/shifts/ports.js';
import { startWindowDeskStand, type WindowDeskStand } from './window-desk-stand.js';

const KIOSK: Owner = { kind: 'terminal', id: 'kiosk-1' };
const TILL = 'operator:0101';
const cashier: ShiftCaller = { by: 'terminal/window-1', operatorId: '0101', ownTill: TILL };
const li: ShiftCaller = { by: 'li.finance' };

let stand: WindowDeskStand;
beforeEach(async () => { stand = await startWindowDeskStand(); });
afterEach(async () => {
  assert.deepEqual(verifyLedger(stand.store.database).problems, []);
  await stand.stop();
});

const YUAN_FACES = [10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10, 5, 2, 1];
/** The notes and coins that make an amount. */
const notes = (amountFen: number) => {
  let left = amountFen;
  return YUAN_FACES.flatMap((faceFen) => {
    const pieces = Math.floor(left / faceFen);
    left -= pieces * faceFen;
    return pieces === 0 ? [] : [{ faceFen, pieces }];
  });
};
const running = async (tillNo = TILL) => {
  const found = await stand.shifts.readRunningShift({ tillNo, caller: li });
  return found.kind === 'ok' ? found.value : assert.fail(found.code);
};
const close = async (countedFen: number, { key = 'close-1', tillNo = TILL, caller = cashier, expectedFen }: { readonly key?: string; readonly tillNo?: string; readonly caller?: ShiftCaller; readonly expectedFen?: number } = {}) =>
  stand.shifts.closeShift({ tillNo, denominations: notes(countedFen), expectedFen: expectedFen ?? (await running(tillNo)).figures.expectedFen, caller, asked: { tenant: caller.by, key } });
const closed = async (...given: Parameters<typeof close>) => {
  const done = await close(...given);
  return done.kind === 'ok' ? done.value : assert.fail(`${done.code} ${done.detail ?? ''}`);
};
const refusal = (outcome: { readonly kind: string; readonly code?: string }) => outcome.code ?? 'ok';
const opensTill = (amountFen: number, key = 'morning') => stand.desk.openTill({ tillNo: TILL, amountFen, asker: { by: 'terminal/window-1', operatorId: '0101' }, asked: { tenant: 'terminal/window-1', key } });
const ledger = () => Object.fromEntries(stand.store.database.prepare("SELECT a.name || ' ' || c.clear_key AS place, c.net_fen AS fen FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE a.code IN ('1001', '1003', '1191', '2091') ORDER BY 1").all().map((row) => [String(row['place']), Number(row['fen'])]));
const cases = () => stand.store.database.prepare("SELECT kind, subject FROM discrepancy_case WHERE resolved_at IS NULL AND kind LIKE 'cash%' ORDER BY id").all().map((row) => `${String(row['kind'])} ${String(row['subject'])}`);
const refundsCash = async (order: Awaited<ReturnType<WindowDeskStand['paysCash']>>, amountFen: number, operatorId?: string) => {
  assert.equal((await stand.asksRefund(order, amountFen, operatorId)).kind, 'ok');
  await stand.advanceRefunds();
};

test('a shift is what its till took, paid back and was given as change; counted right it leaves nothing in the till', async () => {
  await opensTill(20_000);
  const first = await stand.paysCash(1_234);
  await stand.paysCash(5_000);
  await stand.paysCash(700, '0102');
  await refundsCash(first, 234);
  const { figures, ordinal } = await running();
  assert.deepEqual([ordinal, figures.cashFen, figures.expectedFen, figures.changeMoney], [1, 6_000, 26_000, { count: 1, amountFen: 20_000 }]);
  assert.deepEqual(figures.tenders, [{ channel: 'cash-main', method: 'cash', isECny: false, taken: { count: 2, amountFen: 6_234 }, refunded: { count: 1, amountFen: 234 }, refundedOfEarlier: { count: 0, amountFen: 0 }, fundFen: 0, accountFen: 0 }]);
  assert.equal(figures.receipts.receiptNos.length, 2);
  assert.equal(figures.receipts.refundedReceiptNos.length, 1);
  const { shift } = await closed(26_000);
  assert.deepEqual([shift.shiftNo, shift.countedFen, shift.closedBy, shift.operatorId, shift.closedAt], ['JB202603020001', 26_000, 'terminal/window-1', '0101', '2026-03-02T02:00:00.000Z']);
  assert.deepEqual(ledger(), { '1001/T/demo JB202603020001': 6_000, '1001/cash-main/CASH operator:0102': 700 });
  assert.deepEqual(cases(), []);
  assert.deepEqual((await running()).figures.expectedFen, 0);
  assert.deepEqual((await stand.shifts.listRunningShifts(li)).map(({ tillNo }) => tillNo), ['operator:0102']);
  assert.ok((await stand.acts()).some(({ what, object, who }) => what === 'shift.close' && object === 'shift JB202603020001' && who === 'terminal/window-1'));
});

test('what is missing hangs under the shift on 1191 with a case that names the person, what is too much on 2091', async () => {
  await stand.paysCash(10_000);
  const short = await closed(9_000);
  assert.deepEqual(cases(), [`cashShort ${short.shift.shiftNo}`]);
  assert.deepEqual(ledger(), { [`1001/T/demo ${short.shift.shiftNo}`]: 9_000, [`1191/T/demo ${short.shift.shiftNo}`]: 1_000 });
  const [row] = stand.store.database.prepare("SELECT detail FROM discrepancy_case WHERE kind = 'cashShort'").all();
  const { zh, en } = readBilingual(String(row?.['detail']));
  assert.match(zh, /^交班短款 10\.00 元：钱箱 operator:0101，0101 \(terminal\/window-1\)，实点 90\.00 元。/);
  assert.match(en, /^short by 10\.00 yuan: operator:0101, 0101 \(terminal\/window-1\), 90\.00 yuan counted\./);
  await stand.paysCash(10_000);
  const long = await closed(10_050, { key: 'close-2' });
  assert.deepEqual([ledger()[`2091/T/demo ${long.shift.shiftNo}`], ledger()[`1001/T/demo ${long.shift.shiftNo}`], cases()[1]], [50, 10_050, `cashLong ${long.shift.shiftNo}`]);
  // 收费员长短款 says the same, and no other till has any.
  const [till, ...others] = tillRows(stand.store.database, { from: '2000-01-01', to: '2099-12-31' });
  assert.deepEqual([others, till], [[], { tillNo: TILL, shifts: 2, expectedFen: 20_000, countedFen: 19_050, longCount: 1, longFen: 50, shortCount: 1, shortFen: 1_000 }]);
  const sumOf = (account: string): number => Object.entries(ledger()).filter(([place]) => place.startsWith(account)).reduce((sum, [, amountFen]) => sum + amountFen, 0);
  assert.deepEqual([sumOf('1191'), sumOf('2091'), sumOf('1001/T')], [till?.shortFen, till?.longFen, till?.countedFen]);
});

test('one key closes one shift for ever; another count under it is refused, and a second press with a new key finds nothing to close', async () => {
  await stand.paysCash(1_000);
  const [first, together] = await Promise.all([close(1_000, { expectedFen: 1_000 }), close(1_000, { key: 'close-2', expectedFen: 1_000 })]);
  assert.deepEqual([refusal(first), refusal(together)], ['ok', 'SHIFT_EMPTY']);
  await stand.paysCash(500);
  assert.deepEqual(await close(1_000, { expectedFen: 1_000 }), first, 'the same answer, although the next shift has begun');
  assert.equal(refusal(await close(900, { expectedFen: 1_000 })), 'IDEMPOTENCY_KEY_REUSED');
  assert.equal(refusal(await close(1_000, { expectedFen: 1_000, tillNo: 'operator:0102', caller: li })), 'SHIFT_EMPTY');
  assert.equal(stand.store.database.prepare('SELECT count(*) AS n FROM shift').get()?.['n'], 1);
});

test('a commit that fails closes nothing; the same key closes then, once', async () => {
  await stand.paysCash(1_000);
  stand.store.commits.beforeCommit = () => { throw new Error('disk I/O error'); };
  await assert.rejects(close(900), StoreUnavailable);
  stand.store.commits.beforeCommit = undefined;
  assert.deepEqual([ledger(), cases()], [{ '1001/cash-main/CASH operator:0101': 1_000 }, []]);
  const { shift } = await closed(900);
  assert.deepEqual([shift.ordinal, cases()], [1, [`cashShort ${shift.shiftNo}`]]);
});

test('when the till has moved since it was shown, nothing is closed: the count would be of another till', async () => {
  await stand.paysCash(1_000);
  const { figures: { expectedFen } } = await running();
  await stand.paysCash(200);
  assert.equal(refusal(await close(1_000, { expectedFen })), 'TILL_MOVED');
  assert.equal((await running()).figures.expectedFen, 1_200);
  await closed(1_200);
});

test('a payment without a result at the close is listed, and counted in the shift in which it becomes known', async () => {
  await stand.paysCash(1_000);
  const { charge } = stand.cash.channel;
  const silent: PaymentChannel = { ...stand.cash.channel, async charge(request, context) { await charge.call(stand.cash.channel, request, context); throw new Error('power cut'); } };
  stand.between.channel = silent;
  const order = await stand.paysCash(300);
  stand.between.channel = stand.cash.channel;
  const before = await running();
  assert.deepEqual(before.figures.open.map(({ kind, number, amountFen, state }) => [kind, number, amountFen, state]), [['payment', order.payments[0]?.paymentNo, 300, 'unknown']]);
  const first = await closed(1_000);
  assert.equal(first.shift.figures.open.length, 1);
  stand.later(60_000);
  for (const job of await stand.store.claimJobs({ kinds: ['advancePayment'], owner: 'test', now: stand.pos.time, leaseMs: 60_000, limit: 20 })) await advancePayment(stand.payments, job);
  const after = await running();
  assert.deepEqual([after.figures.cashFen, after.figures.open, after.ordinal], [300, [], 2]);
  const second = await closed(300, { key: 'close-2' });
  assert.deepEqual([first, second].map(({ shift }) => shift.figures.tenders[0]?.taken), [{ count: 1, amountFen: 1_000 }, { count: 1, amountFen: 300 }]);
});

test('a refund of an earlier shift belongs to the shift in which it is paid out, of the person who pays it', async () => {
  const order = await stand.paysCash(5_000);
  await closed(5_000);
  await stand.paysCash(2_000);
  await refundsCash(order, 1_500);
  const { figures } = await running();
  assert.deepEqual([figures.tenders[0]?.refunded, figures.tenders[0]?.refundedOfEarlier, figures.cashFen], [{ count: 1, amountFen: 1_500 }, { count: 1, amountFen: 1_500 }, 500]);
  await stand.paysCash(9_000, '0102');
  await refundsCash(order, 1_000, '0102');
  assert.deepEqual([(await running()).figures.cashFen, (await running('operator:0102')).figures.cashFen], [500, 8_000]);
  const { tills } = await stand.desk.readTillDays({ day: '2026-03-02' });
  assert.deepEqual(tills.map(({ tillNo, paidOut }) => [tillNo, paidOut.amountFen]), [['operator:0101', 1_500], ['operator:0102', 1_000]], 'the notes left the till that says so');
});

test('while notes may be leaving the till nothing is closed: no count can be right', async () => {
  const order = await stand.paysCash(5_000);
  const { refund } = stand.cash.channel;
  stand.between.channel = { ...stand.cash.channel, async refund(request, context) { await refund?.call(stand.cash.channel, request, context); throw new Error('power cut'); } };
  await refundsCash(order, 3_000);
  stand.between.channel = stand.cash.channel;
  assert.deepEqual((await running()).figures.open.map(({ kind, state }) => [kind, state]), [['refund', 'unknown']]);
  assert.equal(refusal(await close(2_000)), 'TILL_PAYING_OUT');
  stand.later(3_600_000);
  await stand.advanceRefunds();
  const { shift } = await closed(2_000);
  assert.deepEqual([shift.figures.cashFen, cases()], [2_000, []]);
});

test('a till that was counted and emptied pays nothing out, whatever its book of the day says, until it holds enough again', async () => {
  const order = await stand.paysCash(5_000);
  await closed(5_000);
  await refundsCash(order, 3_000);
  const state = async () => (await stand.store.findOrder(order.tradeNo))?.refunds.map((refund) => `${refund.state} ${refund.lastNews ?? ''}`.trim());
  assert.match((await state())?.[0] ?? '', /^abnormal TILL_SHORT/);
  assert.equal((await running()).figures.open.length, 1);
  await opensTill(4_000);
  stand.later(3_600_000);
  await stand.advanceRefunds();
  assert.deepEqual(await state(), ['succeeded TILL_SHORT 钱箱 operator:0101 现金不足 / the till does not hold enough']);
  assert.equal((await running()).figures.expectedFen, 1_000);
});

test('more paid back than taken: the vault makes good what came out of the change money', async () => {
  const order = await stand.paysCash(5_000);
  const earlier = await closed(5_000);
  await opensTill(20_000);
  await refundsCash(order, 3_000);
  const { shift } = await closed(17_000, { key: 'close-2' });
  assert.deepEqual([shift.figures.cashFen, shift.figures.expectedFen, ledger()[`1001/T/demo ${shift.shiftNo}`]], [-3_000, 17_000, -3_000]);
  const takeOver = (shiftNo: string, amountFen: number, key: string) => stand.shifts.takeOverCash({ shiftNo, amountFen, caller: li, asked: { tenant: 'li', key } });
  assert.equal(refusal(await takeOver(shift.shiftNo, -3_000, 'h1')), 'CASH_NOT_THERE');
  assert.equal(refusal(await takeOver(earlier.shift.shiftNo, 5_000, 'h2')), 'ok');
  assert.equal(refusal(await takeOver(shift.shiftNo, -3_000, 'h1')), 'ok');
  assert.equal((await stand.shifts.readCash()).vaultFen, 2_000);
});

test('a kiosk is emptied by whoever empties it; its till is the machine\'s, and a window cannot close it', async () => {
  await stand.paysCash(2_000, '', KIOSK);
  assert.equal(refusal(await close(2_000, { tillNo: 'terminal:kiosk-1' })), 'NOT_PERMITTED');
  const { shift } = await closed(2_000, { tillNo: 'terminal:kiosk-1', caller: { by: 'terminal/kiosk-1', operatorId: '0105', ownTill: 'terminal:kiosk-1' } });
  assert.deepEqual([shift.tillNo, shift.operatorId, shift.closedBy], ['terminal:kiosk-1', '0105', 'terminal/kiosk-1']);
});

test('change money with an uncertain end is listed and not expected; asked for again it is in the shift that is open then', async () => {
  const { openTill } = stand.cash.tills;
  stand.between.tills = { ...stand.cash.tills, async openTill(request) { await openTill(request); throw new Error('power cut'); } };
  await opensTill(20_000);
  stand.between.tills = stand.cash.tills;
  await stand.paysCash(100);
  const before = await running();
  assert.deepEqual([before.unclearOpenings.map(({ amountFen }) => amountFen), before.figures.expectedFen], [[20_000], 100]);
  await opensTill(20_000);
  await opensTill(20_000);
  const after = await running();
  assert.deepEqual([after.unclearOpenings, after.figures.changeMoney], [[], { count: 1, amountFen: 20_000 }]);
});

test('a count is made of notes and coins that exist, each face once', async () => {
  await stand.paysCash(100);
  const counted = (denominations: readonly { readonly faceFen: number; readonly pieces: number }[]) => stand.shifts.closeShift({ tillNo: TILL, denominations, expectedFen: 100, caller: cashier, asked: { tenant: 't', key: 'k' } });
  for (const wrong of [[{ faceFen: 300, pieces: 1 }], [{ faceFen: 100, pieces: 1 }, { faceFen: 100, pieces: 0 }], [{ faceFen: 100, pieces: 0.5 }], [{ faceFen: 100, pieces: -1 }]]) assert.equal(refusal(await counted(wrong)), 'MALFORMED_REQUEST', JSON.stringify(wrong));
  const first = await counted([{ faceFen: 100, pieces: 1 }, { faceFen: 50, pieces: 0 }]);
  assert.deepEqual(await counted([{ faceFen: 100, pieces: 1 }]), first, 'a face of which there is none is no other count');
});

test('closed shifts cannot be changed, and a change made behind the store is seen', async () => {
  await stand.paysCash(1_000);
  await closed(1_000);
  const { database } = stand.store;
  assert.throws(() => { database.exec('UPDATE shift SET counted_fen = 0'); }, /append-only/);
  assert.throws(() => { database.exec('DELETE FROM shift'); }, /append-only/);
  database.exec('SAVEPOINT tampering; DROP TRIGGER shift_no_update; UPDATE shift SET counted_fen = 900');
  const problems = verifyLedger(database).problems.join('\n');
  database.exec('ROLLBACK TO tampering; RELEASE tampering');
  assert.match(problems, /does not have the hash of its content/);
  assert.match(problems, /JB202603020001: -100 fen differ, and the open cases say otherwise/);
});
