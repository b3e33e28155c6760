import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TYPES, type Connection } from 'tedious';
import { startHisSimulator, type HisSimulator } from './his-simulator.js';
import { confirm, presettle, quoteAll, refund } from './hospital-calls.js';
import { call, close, connect } from './tedious-client.js';

let simulator: HisSimulator;
let connection: Connection;
let now = new Date('2026-05-06T01:30:00Z');

before(async () => {
  simulator = await startHisSimulator({ now: () => now });
  connection = await connect(simulator);
});
after(async () => {
  await close(connection);
  await simulator.stop();
});

let nextPatient = 1;
/** A patient of his own for each test, with one bill of two lines. */
async function patientWithBill(priceFen = 1050): Promise<{ patientId: string; billNo: string }> {
  const patientId = `T${String(nextPatient++).padStart(6, '0')}`;
  await simulator.hospital.addPatient({ patientId, name: '测试䶮' });
  const billNo = await simulator.hospital.addBill({ patientId, lines: [{ itemName: '血常规', priceFen }, { itemName: '胶囊', priceFen: 200, quantity: 2 }] });
  return { patientId, billNo };
}

test('a patient is found by card, with the rare character of the name', async () => {
  const { rows } = await call(connection, 'usp_hospay_find_patient', [{ name: 'card_type', type: TYPES.VarChar, value: '2' }, { name: 'card_no', type: TYPES.VarChar, value: 'C0000003' }]);
  assert.deepEqual(rows.map((row) => [row['patient_id'], row['name'], row['birthday'], row['patient_type']]), [['P0000003', '王龑䶮', '19751107', 'JMYB']]);
});

test('an identity card that opens two files shows both', async () => {
  const { rows } = await call(connection, 'usp_hospay_find_patient', [{ name: 'card_type', type: TYPES.VarChar, value: '1' }, { name: 'card_no', type: TYPES.VarChar, value: '990101197105030122' }]);
  assert.deepEqual(rows.map((row) => row['patient_id']), ['P0000012', 'P0000021']);
});

test('an unknown card finds nobody', async () => {
  const { rows, error } = await call(connection, 'usp_hospay_find_patient', [{ name: 'card_type', type: TYPES.VarChar, value: '2' }, { name: 'card_no', type: TYPES.VarChar, value: "C' OR 1=1 --" }]);
  assert.equal(error, undefined);
  assert.deepEqual(rows, []);
});

test('open bills and their lines add up', async () => {
  const bills = await call(connection, 'usp_hospay_list_open_bills', [{ name: 'patient_id', type: TYPES.VarChar, value: 'P0000002' }]);
  assert.equal(bills.rows.length, 3);
  for (const bill of bills.rows) {
    const lines = await call(connection, 'usp_hospay_bill_lines', [{ name: 'patient_id', type: TYPES.VarChar, value: 'P0000002' }, { name: 'bill_no', type: TYPES.VarChar, value: bill['bill_no'] }]);
    const fen = lines.rows.reduce((sum, line) => sum + Math.round(Number(line['amount']) * 100), 0);
    assert.equal(fen, Math.round(Number(bill['amount']) * 100));
    assert.match(String(bill['bill_date']), /^2026050609:30:00$/);
  }
});

test('the lines of somebody else\'s bill are not shown', async () => {
  const { billNo } = await patientWithBill();
  const { rows } = await call(connection, 'usp_hospay_bill_lines', [{ name: 'patient_id', type: TYPES.VarChar, value: 'P0000001' }, { name: 'bill_no', type: TYPES.VarChar, value: billNo }]);
  assert.deepEqual(rows, []);
});

test('a quote splits the total and is good for fifteen minutes', async () => {
  const insured = simulator.hospital.listOpenBills('P0000001').map((bill) => bill.billNo);
  const { outputs } = await presettle(connection, 'P0000001', insured);
  assert.equal(outputs['ret_code'], 0);
  const fen = (name: string): number => Math.round(Number(outputs[name]) * 100);
  assert.equal(fen('fund') + fen('account') + fen('self_pay'), fen('total'));
  assert.ok(fen('fund') > 0 && fen('account') > 0);
  assert.equal(outputs['valid_until'], '2026050609:45:00');
});

test('a quote is refused for a bill that is unknown, somebody else\'s, paid, locked or withdrawn', async () => {
  const { patientId, billNo } = await patientWithBill();
  const code = async (billNos: readonly string[]): Promise<unknown> => (await presettle(connection, patientId, billNos)).outputs['ret_code'];
  const others = simulator.hospital.listOpenBills('P0000004')[0]?.billNo ?? '';
  assert.equal(await code(['CF-none']), 300301);
  assert.equal(await code([billNo, others]), 300301);
  assert.equal(await code([]), 1);
  await simulator.hospital.lockBill(billNo);
  assert.equal(await code([billNo]), 300303);
  await simulator.hospital.unlockBill(billNo);
  assert.equal(await code([billNo]), 0);
  await simulator.hospital.settleAtWindow([billNo]);
  assert.equal(await code([billNo]), 300302);
  await simulator.hospital.withdrawBill(billNo);
  assert.equal(await code([billNo]), 300303);
});

test('a payment is booked once, and its replay answers what was booked', async () => {
  const { patientId, billNo } = await patientWithBill();
  const quote = await quoteAll(connection, patientId, [billNo]);
  const first = await confirm(connection, { tradeNo: 'HP-1', ...quote });
  assert.equal(first.outputs['ret_code'], 0);
  assert.equal(first.outputs['booked_amount'], 14.5);
  assert.match(String(first.outputs['guide']), /取药/);
  const replay = await confirm(connection, { tradeNo: 'HP-1', ...quote });
  assert.equal(replay.outputs['ret_code'], 300302);
  assert.equal(replay.outputs['booked_trade_no'], 'HP-1');
  assert.equal(replay.outputs['booked_amount'], 14.5);
  assert.equal(replay.outputs['settlement_no'], first.outputs['settlement_no']);
  assert.equal(simulator.hospital.findBill(billNo)?.status, 'settled');
  assert.equal(simulator.hospital.listSettlements().filter((settlement) => settlement.tradeNo === 'HP-1').length, 1);
});

test('two confirmations with one trade number at the same moment book once', async () => {
  const { patientId, billNo } = await patientWithBill();
  const quote = await quoteAll(connection, patientId, [billNo]);
  const clients = await Promise.all([connect(simulator), connect(simulator), connect(simulator)]);
  const answers = await Promise.all(clients.map((client) => confirm(client, { tradeNo: 'HP-TWIN', ...quote })));
  assert.deepEqual(answers.map((answer) => answer.outputs['ret_code']).sort(), [0, 300302, 300302]);
  assert.equal(new Set(answers.map((answer) => answer.outputs['settlement_no'])).size, 1);
  assert.equal(simulator.hospital.listSettlements().filter((settlement) => settlement.tradeNo === 'HP-TWIN').length, 1);
  await Promise.all(clients.map((client) => close(client)));
});

test('two trades for one bill: the second learns who paid', async () => {
  const { patientId, billNo } = await patientWithBill();
  const quote = await quoteAll(connection, patientId, [billNo]);
  const again = await quoteAll(connection, patientId, [billNo]);
  await confirm(connection, { tradeNo: 'HP-FIRST', ...quote });
  const second = await confirm(connection, { tradeNo: 'HP-SECOND', ...again });
  assert.equal(second.outputs['ret_code'], 300302);
  assert.equal(second.outputs['booked_trade_no'], 'HP-FIRST');
  assert.equal(second.outputs['settlement_no'], null);
  assert.equal(simulator.hospital.findSettlement('HP-SECOND'), undefined);
});

test('a confirmation without a quote, too late, of another amount or of a changed bill books nothing', async () => {
  const { patientId, billNo } = await patientWithBill();
  const quote = await quoteAll(connection, patientId, [billNo]);
  const code = async (changes: Partial<Parameters<typeof confirm>[1]>): Promise<unknown> => (await confirm(connection, { tradeNo: 'HP-NO', ...quote, ...changes })).outputs['ret_code'];
  assert.equal(await code({ quoteNo: 'Q0' }), 300301);
  assert.equal(await code({ patientId: 'P0000001' }), 300301);
  assert.equal(await code({ selfPay: quote.selfPay + 0.01 }), 300304);
  assert.equal(await code({ paidTime: '2026050609:45:01' }), 300303);
  await simulator.hospital.lockBill(billNo);
  assert.equal(await code({}), 300303);
  await simulator.hospital.unlockBill(billNo);
  await simulator.hospital.changeBill(billNo, { amountFen: 9900 });
  assert.equal(await code({}), 300304);
  assert.equal(simulator.hospital.findSettlement('HP-NO'), undefined);
  assert.equal(simulator.hospital.findBill(billNo)?.status, 'unpaid');
});

test('a late confirmation of money paid in time is still booked', async () => {
  const { patientId, billNo } = await patientWithBill();
  const quote = await quoteAll(connection, patientId, [billNo]);
  const earlier = now;
  now = new Date(now.getTime() + 3_600_000);
  const { outputs } = await confirm(connection, { tradeNo: 'HP-LATE', ...quote, paidTime: '2026050609:44:59' });
  now = earlier;
  assert.equal(outputs['ret_code'], 0);
  assert.equal(simulator.hospital.findSettlement('HP-LATE')?.bookedTime, '2026050610:30:00');
});

test('a system error inside the procedure answers 99 and leaves nothing behind', async () => {
  const { patientId, billNo } = await patientWithBill();
  const quote = await quoteAll(connection, patientId, [billNo]);
  // paid_time may not be NULL in the settlement table, so the booking fails half-way.
  const { outputs, error } = await call(connection, 'usp_hospay_confirm', [
    { name: 'trade_no', type: TYPES.VarChar, value: 'HP-99' }, { name: 'quote_no', type: TYPES.VarChar, value: quote.quoteNo }, { name: 'patient_id', type: TYPES.VarChar, value: patientId },
    { name: 'self_pay', type: TYPES.Decimal, value: quote.selfPay, precision: 12, scale: 2 }, { name: 'paid_time', type: TYPES.Char, value: null, length: 16 },
    { name: 'pay_method', type: TYPES.VarChar, value: 'wechat' }, { name: 'channel_trade_no', type: TYPES.VarChar, value: '' }, { name: 'terminal_no', type: TYPES.VarChar, value: '' },
    { name: 'settlement_no', type: TYPES.VarChar, value: null, output: true, length: 32 }, { name: 'receipt_no', type: TYPES.VarChar, value: null, output: true, length: 32 },
    { name: 'pickup_window', type: TYPES.NVarChar, value: null, output: true, length: 40 }, { name: 'guide', type: TYPES.NVarChar, value: null, output: true, length: 400 },
    { name: 'ret_code', type: TYPES.Int, value: null, output: true }, { name: 'ret_msg', type: TYPES.NVarChar, value: null, output: true, length: 200 },
  ]);
  assert.equal(error, undefined);
  assert.equal(outputs['ret_code'], 99);
  assert.match(String(outputs['ret_msg']), /515/);
  assert.equal(simulator.hospital.findSettlement('HP-99'), undefined);
  assert.equal(simulator.hospital.findBill(billNo)?.status, 'unpaid');
});

test('the status query shows a booked payment and nothing for an unknown one', async () => {
  const { patientId, billNo } = await patientWithBill();
  await confirm(connection, { tradeNo: 'HP-Q', ...(await quoteAll(connection, patientId, [billNo])) });
  const ask = async (tradeNo: string): Promise<readonly unknown[]> => (await call(connection, 'usp_hospay_query_confirmation', [{ name: 'trade_no', type: TYPES.VarChar, value: tradeNo }])).rows;
  assert.deepEqual((await ask('HP-Q')).length, 1);
  assert.deepEqual(await ask('HP-UNKNOWN'), []);
});

test('refunds add up to what was paid and no further, and repeat safely', async () => {
  const { patientId, billNo } = await patientWithBill();
  await confirm(connection, { tradeNo: 'HP-R', ...(await quoteAll(connection, patientId, [billNo])) });
  const part = await refund(connection, { tradeNo: 'HP-R', refundNo: 'RF-1', amount: 4.5 });
  assert.equal(part.outputs['ret_code'], 0);
  assert.equal(simulator.hospital.findSettlement('HP-R')?.status, 'partlyRefunded');
  const replay = await refund(connection, { tradeNo: 'HP-R', refundNo: 'RF-1', amount: 4.5 });
  assert.equal(replay.outputs['ret_code'], 0);
  assert.equal(replay.outputs['his_refund_no'], part.outputs['his_refund_no']);
  assert.equal((await refund(connection, { tradeNo: 'HP-R', refundNo: 'RF-1', amount: 1 })).outputs['ret_code'], 20100804);
  assert.equal((await refund(connection, { tradeNo: 'HP-R', refundNo: 'RF-2', amount: 10.01 })).outputs['ret_code'], 20100804);
  assert.equal((await refund(connection, { tradeNo: 'HP-R', refundNo: 'RF-2', amount: 10 })).outputs['ret_code'], 0);
  assert.equal(simulator.hospital.findSettlement('HP-R')?.status, 'refunded');
  assert.equal(simulator.hospital.findBill(billNo)?.status, 'refunded');
  assert.equal((await refund(connection, { tradeNo: 'HP-R', refundNo: 'RF-3', amount: 0.01 })).outputs['ret_code'], 20100806);
  assert.equal((await refund(connection, { tradeNo: 'HP-NEVER', refundNo: 'RF-4', amount: 1 })).outputs['ret_code'], 300301);
  const { rows } = await call(connection, 'usp_hospay_query_refund', [{ name: 'refund_no', type: TYPES.VarChar, value: 'RF-2' }]);
  assert.deepEqual(rows.map((row) => [row['trade_no'], row['amount']]), [['HP-R', 10]]);
  assert.deepEqual((await call(connection, 'usp_hospay_query_refund', [{ name: 'refund_no', type: TYPES.VarChar, value: 'RF-3' }])).rows, []);
});

test('a refund is refused once the drugs were handed out', async () => {
  const { patientId, billNo } = await patientWithBill();
  await confirm(connection, { tradeNo: 'HP-D', ...(await quoteAll(connection, patientId, [billNo])) });
  await simulator.hospital.markDispensed('HP-D');
  assert.equal((await refund(connection, { tradeNo: 'HP-D', refundNo: 'RF-D', amount: 1 })).outputs['ret_code'], 20100807);
  assert.equal(simulator.hospital.findRefund('RF-D'), undefined);
});

test('the day list pages through payments and refunds by payment time', async () => {
  const day = async (dayText: string, page: number, pageSize: number): Promise<readonly Readonly<Record<string, unknown>>[]> => (await call(connection, 'usp_hospay_day_list', [
    { name: 'day', type: TYPES.Char, value: dayText, length: 8 }, { name: 'page', type: TYPES.Int, value: page }, { name: 'page_size', type: TYPES.Int, value: pageSize },
  ])).rows;
  const { patientId, billNo } = await patientWithBill();
  await confirm(connection, { tradeNo: 'HP-DAY', ...(await quoteAll(connection, patientId, [billNo])), paidTime: '2026050523:59:59' });
  await refund(connection, { tradeNo: 'HP-DAY', refundNo: 'RF-DAY', amount: 2 });
  assert.deepEqual((await day('20260505', 1, 10)).map((row) => [row['kind'], row['trade_no'], row['amount']]), [[1, 'HP-DAY', 14.5]]);
  const all = await day('20260506', 1, 1000);
  assert.deepEqual(all.filter((row) => row['trade_no'] === 'HP-DAY').map((row) => [row['kind'], row['refund_no'], row['amount']]), [[2, 'RF-DAY', 2]]);
  const paged = [...(await day('20260506', 1, 3)), ...(await day('20260506', 2, 3))];
  assert.deepEqual(paged, all.slice(0, 6));
  assert.deepEqual(await day('20260507', 1, 10), []);
});

test('departments and ping answer', async () => {
  const departments = await call(connection, 'usp_hospay_departments');
  assert.equal(departments.rows.length, 8);
  const ping = await call(connection, 'usp_hospay_ping');
  assert.deepEqual(ping.rows, [{ server_time: '2026050609:30:00', database_name: 'his' }]);
  assert.equal(ping.status, 0);
});

test('more bills can be written for a patient at any time', async () => {
  const fresh = await simulator.hospital.seedMoreBills('P0000017');
  assert.equal(fresh.length, 2);
  assert.deepEqual(simulator.hospital.listOpenBills('P0000017').map((bill) => bill.billNo), fresh);
});
