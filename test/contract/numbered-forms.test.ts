/** Numbered forms (票据号段, failure mode 26): bought, handed out, used one for one receipt, and otherwise void. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { BusinessKind } from '@hospay/plugin-sdk';
import type { Outcome } from '@hospay/server/domain/errors.js';
import { createNumberedFormDesk } from '@hospay/server/numbered-forms/form-desk.js';
import type { FormPorts } from '@hospay/server/numbered-forms/ports.js';
import { verifyShifts } from '@hospay/server/edges/database/money/verify-shifts.js';
import { startWindowDeskStand } from './window-desk-stand.js';

const TILL = 'operator:0101';
const MAY_VOID = { by: '0101', till: TILL };

function valueOf<Value>(outcome: Outcome<Value>): Value {
  assert.ok(outcome.kind === 'ok', JSON.stringify(outcome));
  return outcome.value;
}
const refusalOf = (outcome: Outcome<unknown>): string => (outcome.kind === 'refused' ? `${outcome.code} ${outcome.detail ?? ''}`.trim() : outcome.kind);

async function start(context: TestContext, policy: { readonly invoicedBusinesses?: readonly BusinessKind[]; readonly numberedBusinesses?: readonly BusinessKind[] } = {}) {
  const stand = await startWindowDeskStand();
  context.after(() => stand.stop());
  const ports: FormPorts = { hospitalId: 'demo', forms: stand.store.formsOf('demo'), store: stand.store, policy: { invoicedBusinesses: [], numberedBusinesses: ['bill'], ...policy }, audit: stand.audit, clock: stand.ports.clock };
  const desk = createNumberedFormDesk(ports);
  let keys = 0;
  const asked = () => ({ tenant: 'user/li', key: `key-${String((keys += 1))}` });
  const buy = (firstNumber: string, lastNumber: string, set: { readonly code?: string; readonly kind?: 'outpatient' | 'deposit'; readonly medium?: 'paper' | 'serial' } = {}) => desk.registerForms({ kind: 'outpatient', medium: 'paper', code: '3301', firstNumber, lastNumber, by: 'li', asked: asked(), ...set });
  const handOut = (batchNo: string, count: number, tillNo = TILL) => desk.handOutForms({ batchNo, tillNo, count, by: 'li', asked: asked() });
  const take = (tradeNo: string, key = `take-${tradeNo}`, tillNo = TILL) => desk.takeForm({ tillNo, tradeNo, by: '0101', asked: { tenant: 'terminal/window-1', key } });
  /** A batch of so many forms from 0000101 on, all of them in one cashier's hands. */
  const inHand = async (count: number) => valueOf(await handOut(valueOf(await buy('0000101', `0000${String(100 + count)}`)).batchNo, count));
  const number = async (tradeNo: string, key?: string) => valueOf(await take(tradeNo, key)).form.number;
  return { stand, desk, buy, handOut, take, inHand, number };
}

test('failure mode 26: each receipt gets the next number of the cashier’s run; pressed again under the same key it is the same number, under another the cashier is asked about the sheet', async (context) => {
  const { stand, desk, take, inHand, number } = await start(context);
  const { runNo } = await inHand(3);
  const [first, second] = [await stand.paysCash(1_000), await stand.paysCash(2_000)];
  assert.deepEqual([await number(first.tradeNo), await number(first.tradeNo), await number(second.tradeNo)], ['0000101', '0000101', '0000102']);
  assert.equal(refusalOf(await take(first.tradeNo, 'another-press')), `FORM_IN_DOUBT ${runNo} 0000101`);
  assert.equal(valueOf(await desk.confirmForm({ runNo, number: '0000101', caller: MAY_VOID })).state, 'printed');
  assert.equal(refusalOf(await take(first.tradeNo, 'another-press')), `FORM_PRINTED ${runNo} 0000101`);
  assert.equal(refusalOf(await take(second.tradeNo, `take-${first.tradeNo}`)), 'IDEMPOTENCY_KEY_REUSED');
});

test('failure mode 26: presses at once never share a number and leave none out', async (context) => {
  const { stand, take, inHand } = await start(context);
  await inHand(8);
  const orders = [];
  for (let made = 0; made < 8; made += 1) orders.push(await stand.paysCash(1_000));
  const taken = await Promise.all([...orders, ...orders].map(({ tradeNo }) => take(tradeNo)));
  assert.deepEqual(taken.slice(0, 8).map((one) => valueOf(one).form.number), ['0000101', '0000102', '0000103', '0000104', '0000105', '0000106', '0000107', '0000108']);
  assert.deepEqual(taken.slice(8).map((one) => valueOf(one).form.number), taken.slice(0, 8).map((one) => valueOf(one).form.number));
});

test('failure mode 26: a jammed sheet is void for ever and its number never used again; the receipt gets the next one', async (context) => {
  const { stand, desk, inHand, number } = await start(context);
  const { runNo } = await inHand(3);
  const { tradeNo } = await stand.paysCash(1_000);
  await number(tradeNo);
  assert.equal(valueOf(await desk.voidForm({ runNo, number: '0000101', reason: '卡纸', caller: MAY_VOID })).state, 'void');
  assert.equal(await number(tradeNo, 'printed-again'), '0000102');
  assert.equal(refusalOf(await desk.confirmForm({ runNo, number: '0000101', caller: MAY_VOID })), 'FORM_VOID');
  assert.equal(valueOf(await desk.voidForm({ runNo, number: '0000101', reason: '又按一次', caller: MAY_VOID })).reason, '卡纸');
  assert.deepEqual((await desk.listFormNumbers({ runNo })).map(({ number: shown, state, tradeNo: of }) => [shown, state, of === tradeNo]), [['0000101', 'void', true], ['0000102', 'given', true]]);
  assert.deepEqual((await stand.acts()).filter(({ what }) => what === 'form.void').map(({ who, object }) => [who, object])[0], ['0101', 'form 3301 0000101']);
});

test('failure mode 26: a blank sheet is spoiled in its turn only; what others hold cannot be touched', async (context) => {
  const { desk, inHand, stand, number } = await start(context);
  const { runNo } = await inHand(3);
  const spoil = (shown: string, caller = MAY_VOID) => desk.voidForm({ runNo, number: shown, reason: '空白票损坏', caller });
  assert.equal(refusalOf(await spoil('0000102')), 'FORM_NOT_NEXT the next is 0000101');
  assert.equal(refusalOf(await spoil('0000101', { by: '0102', till: 'operator:0102' })), 'NO_SUCH_ITEM');
  assert.equal(refusalOf(await spoil('101')), 'NO_SUCH_ITEM');
  assert.equal(valueOf(await spoil('0000101')).tradeNo, undefined);
  const { tradeNo } = await stand.paysCash(1_000);
  assert.equal(await number(tradeNo), '0000102');
});

test('failure mode 26: nothing is printed without a run, before the hospital has booked, of a business that has no forms, or on paper beside an electronic invoice', async (context) => {
  const { stand, buy, handOut, take } = await start(context, { invoicedBusinesses: ['bill'] });
  const { tradeNo } = await stand.paysCash(1_000);
  assert.equal(refusalOf(await take(tradeNo)), 'NO_FORM_LEFT outpatient serial');
  valueOf(await handOut(valueOf(await buy('0000101', '0000110')).batchNo, 10));
  assert.equal(refusalOf(await take(tradeNo)), 'NO_FORM_LEFT outpatient serial', 'a sheet would be a second document');
  valueOf(await handOut(valueOf(await buy('LS0001', 'LS9999', { code: '', medium: 'serial' })).batchNo, 10));
  assert.equal(valueOf(await take(tradeNo)).form.number, 'LS0001');
  assert.equal(refusalOf(await take('H202603020000000000000000')), 'ORDER_NOT_FOUND');
  stand.store.database.prepare("UPDATE orders SET confirmation = 'toConfirm' WHERE trade_no = ?").run(tradeNo);
  assert.match(refusalOf(await take(tradeNo, 'other')), /^CONFLICT no receipt to print/);
  const without = await start(context, { numberedBusinesses: ['deposit'] });
  assert.match(refusalOf(await without.take((await without.stand.paysCash(1_000)).tradeNo)), /^FUNCTION_NOT_OFFERED payments.numberedBusinesses: bill/);
});

test('failure mode 26: the store hands out the lowest numbers that lie together, takes back what was not used, and gives that to somebody else', async (context) => {
  const { stand, desk, buy, handOut, number } = await start(context);
  const { batchNo } = valueOf(await buy('0000101', '0000110'));
  const mine = valueOf(await handOut(batchNo, 4));
  const other = valueOf(await handOut(batchNo, 3, 'terminal:kiosk-1'));
  assert.deepEqual([mine.first, mine.last, other.first, other.last], [101, 104, 105, 107]);
  assert.equal(refusalOf(await handOut(batchNo, 4)), 'FORMS_NOT_THERE at most 3 lie together');
  const { tradeNo } = await stand.paysCash(1_000);
  await number(tradeNo);
  const giveBack = (nextNumber: string) => desk.returnForms({ runNo: mine.runNo, nextNumber, by: 'li' });
  assert.equal(refusalOf(await giveBack('0000101')), 'FORM_NOT_NEXT the next is 0000102', 'it was used while the box was carried');
  assert.deepEqual([valueOf(await giveBack('0000102')).left, valueOf(await giveBack('0000102')).last], [0, 101], 'a repeat is the same return');
  assert.equal(refusalOf(await giveBack('0000103')), 'CONFLICT nothing of this run is left to return');
  const next = valueOf(await handOut(batchNo, 3, 'operator:0102'));
  assert.deepEqual([next.first, next.last, (await desk.listFormBatches())[0]?.inStore], [102, 104, 3]);
  assert.equal(refusalOf(await desk.takeForm({ tillNo: TILL, tradeNo: (await stand.paysCash(1_000)).tradeNo, by: '0101', asked: { tenant: 't', key: 'empty' } })), 'NO_FORM_LEFT outpatient paper, serial');
});

test('failure mode 26: numbers are bought once: what overlaps is refused, another code is another sheet; a repeat of the same wish is the same batch and run', async (context) => {
  const { desk, buy } = await start(context);
  const first = valueOf(await buy('MZ000001', 'MZ000100'));
  assert.equal(refusalOf(await buy('MZ000100', 'MZ000200')), `FORMS_KNOWN ${first.batchNo}`);
  assert.equal((await buy('MZ000100', 'MZ000200', { code: '3302' })).kind, 'ok');
  for (const [from, until] of [['MZ0002', 'MZ000300'], ['MZ000300', 'MZ000200'], ['MZ', 'MZ'], ['0', '9999999999999']] as const) assert.match(refusalOf(await buy(from, until)), /^MALFORMED_REQUEST/);
  const wish = { batchNo: first.batchNo, tillNo: TILL, count: 10, by: 'li', asked: { tenant: 'user/li', key: 'one-wish' } };
  assert.equal(valueOf(await desk.handOutForms(wish)).runNo, valueOf(await desk.handOutForms(wish)).runNo);
  assert.equal(refusalOf(await desk.handOutForms({ ...wish, count: 11 })), 'IDEMPOTENCY_KEY_REUSED');
  assert.equal((await desk.listFormRuns({})).length, 1);
});

test('failure mode 26: a part that went back by red flush (红冲重收) has a new receipt, and with it a number of its own', async (context) => {
  const { stand, inHand, number } = await start(context);
  await inHand(3);
  const { tradeNo } = await stand.paysCash(1_000);
  assert.equal(await number(tradeNo), '0000101');
  stand.store.database.prepare("INSERT INTO receipt_link (hospital_id, trade_no, his_refund_no, old_receipt_no, new_receipt_no, at) SELECT hospital_id, trade_no, 'TF1', receipt_no, 'R-NEW', '2026-03-02T02:00:00.000Z' FROM orders WHERE trade_no = ?").run(tradeNo);
  assert.equal(await number(tradeNo, 'of-the-new-receipt'), '0000102');
});

test('failure mode 26: the cashier’s report has the numbers of the shift: printed, void, and no gap; the next shift begins after them', async (context) => {
  const { stand, desk, inHand, number } = await start(context);
  const { runNo } = await inHand(6);
  const print = async () => {
    const { tradeNo } = await stand.paysCash(1_000);
    await desk.confirmForm({ runNo, number: await number(tradeNo), caller: MAY_VOID });
  };
  const close = async (expectedFen: number) => valueOf(await stand.shifts.closeShift({ tillNo: TILL, denominations: [{ faceFen: 100, pieces: expectedFen / 100 }], expectedFen, caller: { by: 'terminal/window-1', operatorId: '0101', ownTill: TILL }, asked: { tenant: 't', key: `close-${String(expectedFen)}` } })).shift.shiftNo;
  const fieldsOf = async (shiftNo: string, layout: 'layoutA' | 'layoutB', names: readonly string[]) => {
    const report = valueOf(await stand.shifts.readShiftReport({ wanted: { shiftNo }, caller: { by: 'li' } }))[layout];
    return names.map((wanted) => report.find(({ name }) => name === wanted)?.text);
  };
  await print();
  await print();
  await desk.voidForm({ runNo, number: '0000103', reason: '卡纸', caller: MAY_VOID });
  await print();
  const first = await close(3_000);
  assert.deepEqual(await fieldsOf(first, 'layoutA', ['发票号', '发票张数', '断号处数', '作废发票张数', '作废发票号码']), ['0000101-0000102 0000104', '共 3 张', '0', '共 1 张', '0000103']);
  assert.deepEqual(await fieldsOf(first, 'layoutB', ['起始结束票据号', '票据总数', '有效票据', '作废票据张数', '作废票据号码']), ['0000101 ~ 0000104', '4', '3', '1', '0000103']);
  await print();
  await desk.voidForm({ runNo, number: '0000105', reason: '写错', caller: MAY_VOID });
  await print();
  assert.deepEqual(await fieldsOf(await close(2_000), 'layoutA', ['发票号', '作废发票号码', '断号处数']), ['0000106', '0000105', '0']);
  assert.deepEqual(verifyShifts(stand.store.database), []);
});

test('failure mode 26: behind every rule stands a wall of the database', async (context) => {
  const { stand, inHand, number, desk } = await start(context);
  const { runNo, batchNo } = await inHand(5);
  const { tradeNo } = await stand.paysCash(1_000);
  await number(tradeNo);
  await desk.voidForm({ runNo, number: '0000102', reason: '卡纸', caller: MAY_VOID });
  const receipt = `SELECT receipt_no FROM form_number WHERE trade_no = '${tradeNo}'`;
  const insertNumber = (value: number, columns = "'void', NULL, NULL, '坏'") => `INSERT INTO form_number (run_no, value, state, trade_no, receipt_no, reason, by, at) VALUES ('${runNo}', ${String(value)}, ${columns}, 'x', 'x')`;
  const walls: readonly (readonly [string, RegExp])[] = [
    [`INSERT INTO form_batch SELECT 'PR9', hospital_id, kind, medium, code, prefix, width, 105, 200, by, at, 't', 'k', 'h' FROM form_batch`, /bought before/],
    ['UPDATE form_batch SET last = 999', /append-only/],
    [`INSERT INTO form_run (run_no, batch_no, till_no, first, last, by, at, tenant, idempotency_key, request_hash) VALUES ('PL9', '${batchNo}', 'operator:9', 105, 105, 'x', 'x', 't', 'k', 'h')`, /in other hands/],
    [`INSERT INTO form_run (run_no, batch_no, till_no, first, last, by, at, tenant, idempotency_key, request_hash) VALUES ('PL9', '${batchNo}', 'operator:9', 106, 106, 'x', 'x', 't', 'k', 'h')`, /in other hands/],
    ["UPDATE form_run SET till_no = 'operator:9'", /only what was not used is returned/],
    ["UPDATE form_run SET returned_from = 102, returned_by = 'x', returned_at = 'x'", /only what was not used is returned/],
    [insertNumber(104), /in their turn/],
    [insertNumber(102), /in their turn|UNIQUE/],
    [insertNumber(103, `'given', '${tradeNo}', (${receipt}), NULL`), /UNIQUE/],
    ["UPDATE form_number SET state = 'given' WHERE value = 102", /only goes on/],
    ["UPDATE form_number SET state = 'printed' WHERE value = 102", /only goes on/],
    ["UPDATE form_number SET value = 105 WHERE value = 101", /only goes on/],
    ['DELETE FROM form_number', /append-only/],
    ['UPDATE form_event SET number = 1', /append-only/],
  ];
  for (const [statement, why] of walls) assert.throws(() => { stand.store.database.exec(statement); }, why, statement);
});
