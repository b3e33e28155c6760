/** What is paid at a window, and the medical insurance, on one running core: card terminals, cash, mixed tender, in person and by mobile payment, with something going wrong in the middle. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { POOR, RICH } from '../contract/channel-medical-insurance-subject.js';
import { startBankCardPosSimulator, type BankCardPosSimulator } from '../simulators/bank-card-pos/start-bank-card-pos-simulator.js';
import { startMedicalInsuranceSimulator, type MedicalInsuranceSimulator } from '../simulators/medical-insurance/start-medical-insurance-simulator.js';
import { APP, eventually } from './appliance-under-test.js';
import { bankCardChannel, CASH, insuranceChannel, mobileInsuranceChannel } from './configured-channels.js';
import type { Order } from './kiosk-under-test.js';
import { valueOf, WindowUnderTest } from './window-under-test.js';

let pos: BankCardPosSimulator;
let cloudPos: BankCardPosSimulator;
let insurance: MedicalInsuranceSimulator;
let desk: WindowUnderTest;
before(async () => {
  pos = await startBankCardPosSimulator();
  cloudPos = await startBankCardPosSimulator();
  desk = await WindowUnderTest.open(async ({ notifyBaseUrl }, secret) => {
    insurance = await startMedicalInsuranceSimulator({ mobile: { settles: 'later', noticeUrl: `${notifyBaseUrl}/notify/insurance-mobile` } });
    return {
      channels: [bankCardChannel('bank-card', pos, secret), bankCardChannel('cloud-card', cloudPos, secret, 'cloud'), CASH, insuranceChannel(insurance, secret), mobileInsuranceChannel(insurance, secret)],
      more: { routing: [{ name: 'medical insurance of applications', when: { methods: ['medicalInsurance'], owners: [APP.id] }, channels: ['insurance-mobile'] }] },
    };
  });
});
after(async () => {
  await desk.close();
  await Promise.all([pos.stop(), cloudPos.stop(), insurance.stop()]);
});

/** The person at the terminal does something with the card, when it asks for one. */
async function cardActs({ terminals: [terminal = assert.fail('no terminal')] }: BankCardPosSimulator, act: 'approve' | 'decline51'): Promise<void> {
  await eventually('the terminal asks for the card', () => terminal.machine.waitingFor);
  terminal.machine.act(act);
}
const machineOf = ({ terminals: [terminal = assert.fail('no terminal')] }: BankCardPosSimulator) => terminal.machine;
const returnsAt = (simulator: BankCardPosSimulator) => machineOf(simulator).transactions.filter(({ operation }) => operation !== 'pay').map(({ operation, amountFen }) => [operation, amountFen]);

test('bank card: paid at the terminal; after a power cut in the middle of the next one the last slip says it was paid, and nobody pays twice', async () => {
  const order = await desk.take('C0000003', { method: 'bankCard', channel: 'bank-card', operatorId: 'cashier1' });
  await cardActs(pos, 'approve');
  const done = await desk.confirmed(order.tradeNo);
  assert.equal(done.payments[0]?.channel, 'bank-card');

  pos.faults.inject({ on: 'pay', fault: 'executeThenDrop' });
  const cut = await desk.take('C0000004', { method: 'bankCard', channel: 'bank-card', operatorId: 'cashier1' });
  const matched = await desk.confirmed(cut.tradeNo);
  assert.equal(matched.payments[0]?.state, 'succeeded');
  assert.equal(desk.appliance.read<{ n: number }>("SELECT count(*) AS n FROM payment WHERE channel = 'bank-card' AND state = 'succeeded'")[0]?.n, 2);
});

test('bank card: a refused card ends the order unpaid; without paper the bank has the money and the terminal says otherwise: unknown, until the slip can be printed', async () => {
  const refused = await desk.take('C0000001', { method: 'bankCard', channel: 'bank-card', operatorId: 'cashier1' });
  await cardActs(pos, 'decline51');
  await eventually('the order has failed', async () => ((await desk.window.ask(refused.tradeNo)).payments[0]?.state === 'failed' ? true : undefined));

  machineOf(pos).hasPaper = false;
  const order = await desk.take('C0000001', { method: 'bankCard', channel: 'bank-card', operatorId: 'cashier1' });
  await cardActs(pos, 'approve');
  await eventually('the last slip was asked for in vain', () => machineOf(pos).received.findLast(({ operation }) => operation === 'reprint'));
  assert.notEqual((await desk.window.ask(order.tradeNo)).payments[0]?.state, 'failed');
  machineOf(pos).hasPaper = true;
  const done = await desk.confirmed(order.tradeNo);
  assert.equal(done.payments[0]?.state, 'succeeded');
});

test('bank card: whole on the same day it is undone; after the terminal was settled it is a refund', async () => {
  const order = await desk.take('C0000002', { method: 'bankCard', channel: 'bank-card', operatorId: 'cashier1' });
  await cardActs(pos, 'approve');
  const done = await desk.confirmed(order.tradeNo);
  await desk.giveBack(done, done.amountFen);
  assert.deepEqual(returnsAt(pos).at(-1), ['undo', done.amountFen]);

  const yesterdays = await desk.take('C0000002', { method: 'bankCard', channel: 'bank-card', operatorId: 'cashier1' });
  await cardActs(pos, 'approve');
  const paid = await desk.confirmed(yesterdays.tradeNo);
  await machineOf(pos).handle({ operation: 'settle', amountFen: 0, operatorNo: '01', originalDate: '', originalReferenceNo: '', originalVoucherNo: '' });
  const next = await desk.take('C0000004', { method: 'bankCard', channel: 'bank-card', operatorId: 'cashier1' });
  await cardActs(pos, 'approve');
  await desk.confirmed(next.tradeNo);
  await desk.giveBack(paid, paid.amountFen);
  assert.deepEqual(returnsAt(pos).at(-1), ['refund', paid.amountFen]);
});

test('cloud terminal: the answer is lost after the bank approved, the question by our number finds it; a part goes back, its answer lost too', async () => {
  cloudPos.faults.inject({ on: 'pay', fault: 'executeThenDrop' });
  const order = await desk.take('C0000009', { method: 'bankCard', channel: 'cloud-card', operatorId: 'cashier1' });
  const done = await desk.confirmed(order.tradeNo);
  assert.deepEqual([done.payments[0]?.channel, done.payments[0]?.state], ['cloud-card', 'succeeded']);
  cloudPos.faults.inject({ on: 'refund', fault: 'executeThenDrop' });
  await desk.giveBack(done, 1);
  assert.deepEqual(returnsAt(cloudPos), [['refund', 1]]);
});

test('cash: counted into the till, paid at once, and part of it given back from the till', async () => {
  const { quote } = await desk.window.quote('C0000005');
  const pay = { quoteId: quote.quoteId, amountFen: quote.selfPayFen, method: 'cash', operatorId: 'cashier1' } as const;
  const paid = await desk.window.client.pay({ ...pay, tenderedFen: quote.selfPayFen + 5_00 });
  assert.equal(paid.kind, 'order', JSON.stringify(paid));
  assert.equal(paid.order.payments[0]?.state, 'succeeded');
  const done = await desk.confirmed(paid.order.tradeNo);
  const short = await desk.window.client.pay({ ...pay, tenderedFen: 1 });
  assert.notEqual(short.kind, 'order');
  const [back] = await desk.giveBack(done, 1);
  assert.equal(back?.refund_fen, 1);
});

test('mixed tender: part in cash, the rest by WeChat Pay; the hospital hears once, of the whole', async () => {
  const { quote } = await desk.window.quote('C0000006');
  const half = Math.floor(quote.selfPayFen / 2);
  const first = await desk.window.client.pay({ quoteId: quote.quoteId, amountFen: quote.selfPayFen, tenderFen: half, method: 'cash', tenderedFen: half, operatorId: 'cashier1' });
  assert.equal(first.kind, 'order', JSON.stringify(first));
  assert.equal(first.order.confirmation.state, 'none');
  await payRest(first.order);
  const done = await desk.confirmed(first.order.tradeNo);
  assert.deepEqual(done.payments.map(({ channel, amountFen }) => [channel, amountFen]), [['cash', half], ['wechat', quote.selfPayFen - half]]);
  assert.equal(desk.appliance.his.hospital.listSettlements().filter(({ tradeNo }) => tradeNo === first.order.tradeNo).length, 1);
});

/** What is left of a mixed order is paid by a code on the screen. */
async function payRest({ tradeNo }: Order): Promise<void> {
  const second = await desk.window.client.addPayment({ tradeNo, method: 'nativeQr' });
  assert.equal(second.kind, 'order', JSON.stringify(second));
  desk.appliance.wechat.pay(second.order.payments[1]?.paymentNo ?? '');
}

/** Card → bills → quote → what the insurance pays of it. */
async function presettle(cardNo: string, person: { readonly personNo: string; readonly idNo: string }, insuranceType: string, usesAccount: boolean) {
  const { quote } = await desk.window.quote(cardNo);
  const voucher = { kind: 'idCard', number: person.idNo } as const;
  const found = await desk.window.client.call('insurance.find', { voucher, operatorId: '0101' });
  assert.ok(found.kind === 'ok' && found.value.personNo === person.personNo, JSON.stringify(found));
  const presettled = await desk.window.client.presettle(`pre-${quote.quoteId}`, { quoteId: quote.quoteId, voucher, personNo: found.value.personNo, insuranceType, usesAccount, operatorId: '0101' });
  assert.ok(presettled.kind === 'ok' && presettled.value.split !== undefined, JSON.stringify(presettled));
  const { presettlementNo, split, totalFen } = presettled.value;
  assert.equal(split.fundFen + split.accountFen + split.cashFen, quote.totalFen);
  return { quote, presettlementNo, split, totalFen };
}
async function payInsured({ quote, presettlementNo, split, totalFen }: Awaited<ReturnType<typeof presettle>>): Promise<Order> {
  const paid = await desk.window.client.pay({ quoteId: quote.quoteId, amountFen: totalFen, tenderFen: split.insuredFen, method: 'medicalInsurance', presettlementNo, operatorId: '0101' });
  assert.equal(paid.kind, 'order', JSON.stringify(paid));
  return paid.order;
}
const presettlementState = (presettlementNo: string) => desk.appliance.read<{ state: string; visit_no: string }>('SELECT state, visit_no FROM presettlement WHERE presettlement_no = ?', presettlementNo)[0];
const takenBack = (presettlementNo: string) =>
  eventually('fees and registration are taken back', () => {
    const { state, visit_no: visitNo } = presettlementState(presettlementNo) ?? assert.fail('no pre-settlement');
    return state === 'abandoned' && insurance.centre.feesOf(visitNo).length === 0 && insurance.centre.visits.get(visitNo)?.isTaken === true ? true : undefined;
  }, 30_000);
const isUndone = (presettlementNo: string) => insurance.centre.settlementsOf(presettlementState(presettlementNo)?.visit_no ?? '').map(({ undoes }) => undoes !== undefined);

test('medical insurance, the rest by WeChat Pay: the hospital hears once of the whole with the centre\'s numbers; a whole refund takes both back in reverse order', async () => {
  const visit = await presettle('C0000007', POOR, '390', false);
  assert.ok(visit.split.cashFen > 0 && visit.split.accountFen === 0);
  const order = await payInsured(visit);
  assert.deepEqual([order.payments[0]?.state, order.confirmation.state], ['succeeded', 'none']);
  assert.deepEqual(order.payments[0]?.insuranceSplit, { fundFen: visit.split.fundFen, accountFen: 0 });
  await payRest(order);
  const done = await desk.confirmed(order.tradeNo);
  assert.deepEqual(done.payments.map(({ channel, amountFen }) => [channel, amountFen]), [['insurance', visit.split.insuredFen], ['wechat', visit.split.cashFen]]);
  assert.equal(desk.appliance.his.hospital.findSettlement(order.tradeNo)?.amountFen, visit.totalFen);
  const told = desk.appliance.his.hospital.findInsuranceSettlement(order.tradeNo);
  assert.deepEqual([told?.fundFen, told?.accountFen, told?.cashFen, told?.insuranceSettlementNo], [visit.split.fundFen, 0, visit.split.cashFen, done.payments[0]?.channelTradeNo]);

  const shown = await desk.finance.call('GET', `/orders/${order.tradeNo}`);
  assert.ok(JSON.stringify(shown.body).includes(`"insuranceSplit":{"fundFen":${String(visit.split.fundFen)},"accountFen":0}`), JSON.stringify(shown.body).slice(0, 600));
  assert.ok(JSON.stringify(shown.body).includes('"axis":"presettlement"'), 'the timeline tells of the pre-settlement');
  const part = await desk.finance.call('POST', `/orders/${order.tradeNo}/refunds`, { refundFen: visit.split.cashFen + 1, reason: '退费' }, { 'idempotency-key': `refund-${order.tradeNo}-part` });
  assert.deepEqual([part.status, JSON.stringify(part.body).includes('REFUND_WHOLE_ONLY')], [409, true]);
  const back = await desk.giveBack(done, done.amountFen);
  assert.deepEqual(back.map(({ refund_fen: refundFen }) => refundFen), [visit.split.cashFen, visit.split.insuredFen]);
  const times = desk.appliance.read<{ refund_no: string; at: string }>("SELECT subject AS refund_no, at FROM state_event WHERE axis = 'refund' AND to_state = 'submitted' AND trade_no = ? ORDER BY id", order.tradeNo);
  assert.deepEqual(times.map(({ refund_no: refundNo }) => refundNo), back.map(({ refund_no: refundNo }) => refundNo), 'the wallet was asked first');
  assert.deepEqual(isUndone(visit.presettlementNo), [false, true]);
  await takenBack(visit.presettlementNo);
});

test('medical insurance pays everything: the settlement was carried out and its answer lost; the question finds it, once, and the hospital is told', async () => {
  const balanceFen = insurance.centre.people.get(RICH.personNo)?.balanceFen ?? 0;
  const visit = await presettle('C0000008', RICH, '310', true);
  assert.equal(visit.split.cashFen, 0);
  insurance.faults.inject({ on: '2207', fault: 'executeThenDrop' });
  const order = await payInsured(visit);
  assert.deepEqual([order.tender, order.payments[0]?.state], [undefined, 'unknown']);
  const done = await desk.confirmed(order.tradeNo);
  assert.deepEqual(done.payments.map(({ amountFen, insuranceSplit }) => [amountFen, insuranceSplit]), [[visit.totalFen, { fundFen: visit.split.fundFen, accountFen: visit.split.accountFen }]]);
  assert.deepEqual(isUndone(visit.presettlementNo), [false]);
  assert.equal(insurance.centre.people.get(RICH.personNo)?.balanceFen, balanceFen - visit.split.accountFen);
  const posted = desk.appliance.read<{ name: string; amount_fen: number }>("SELECT a.name, e.amount_fen FROM entry e JOIN account a ON a.id = e.account_id JOIN journal j ON j.seq = e.journal_seq WHERE j.trade_no = ? AND a.code = '1131' ORDER BY a.name", order.tradeNo);
  assert.deepEqual(posted.map(({ name, amount_fen: amountFen }) => [name.split('/').at(-1), amountFen]), [['account', visit.split.accountFen], ['fund', visit.split.fundFen]]);
});

test('the patient leaves after the insurance was settled: the settlement is undone although the answer is lost, then fees and registration are taken back', async () => {
  const visit = await presettle('C0000010', POOR, '390', false);
  const order = await payInsured(visit);
  insurance.faults.inject({ on: '2208', fault: 'executeThenServerError' });
  const cancelled = await desk.window.client.call('payment.cancel', { tradeNo: order.tradeNo });
  assert.equal(cancelled.kind, 'ok', JSON.stringify(cancelled));
  await eventually('the insurance is undone', async () => ((await desk.window.ask(order.tradeNo)).refunds[0]?.state === 'succeeded' ? true : undefined), 40_000);
  assert.deepEqual(isUndone(visit.presettlementNo), [false, true]);
  assert.equal(desk.appliance.his.hospital.findSettlement(order.tradeNo), undefined);
  await takenBack(visit.presettlementNo);
});

test('a pre-settlement that is given up leaves nothing at the centre; the next one of the same bills is another', async () => {
  const visit = await presettle('C0000002', POOR, '390', false);
  const given = await desk.window.client.call('insurance.abandon', { presettlementNo: visit.presettlementNo });
  assert.equal(given.kind, 'ok', JSON.stringify(given));
  await takenBack(visit.presettlementNo);
  const late = await desk.window.client.pay({ quoteId: visit.quote.quoteId, amountFen: visit.totalFen, method: 'medicalInsurance', presettlementNo: visit.presettlementNo });
  assert.ok(late.kind === 'refused' && late.error.code === 'PRESETTLEMENT_NOT_OPEN', JSON.stringify(late));
  const next = await presettle('C0000002', POOR, '390', false);
  assert.notEqual(next.presettlementNo, visit.presettlementNo);
  assert.equal((await desk.window.client.call('insurance.abandon', { presettlementNo: next.presettlementNo })).kind, 'ok');
  await takenBack(next.presettlementNo);
});

/** Two patients of the hospital as the centre knows them: mobile payment names the person as the HIS has him. */
const MUCH = { personNo: '44000000000000000011', name: '陈圆圆', idNo: '990101199302280111', cardNo: 'A00000011', insuranceType: '310', place: '449900', balanceFen: 10_000_000 } as const;
const LITTLE = { personNo: '44000000000000000016', name: '韩湘子', idNo: '990101199904170166', cardNo: 'A00000016', insuranceType: '310', place: '449900', balanceFen: 100 } as const;

/** An application's patient has agreed in an app (payAuthNo); the insurance pays what it pays, and settles when the centre gets to it. */
async function payMobile(cardNo: string, person: typeof MUCH | typeof LITTLE) {
  const { app } = desk;
  insurance.centre.keepPerson(person);
  const [patient = assert.fail('no patient')] = valueOf(await app.searchPatients({ cardType: 'visitCard', cardNo }));
  const [bill = assert.fail('no bill')] = valueOf(await app.searchBills({ patientId: patient.patientId }));
  const { quoteId } = valueOf(await app.quoteBills({ patientId: patient.patientId, billNos: [bill.billNo] }));
  const { personNo, insuranceType } = person;
  const voucher = { kind: 'authorization', number: insurance.mobile.authorise(personNo) } as const;
  const presettled = valueOf(await app.presettle({ quoteId, voucher, personNo, insuranceType, usesAccount: true }, { idempotencyKey: `presettle-${quoteId}` }));
  assert.ok(presettled.split !== undefined, JSON.stringify(presettled));
  const { presettlementNo, totalFen, split } = presettled;
  const order = valueOf(await app.createPayment({ quoteId, amountFen: totalFen, tenderFen: split.insuredFen, method: 'medicalInsurance', presettlementNo }, { idempotencyKey: `pay-${quoteId}` }));
  assert.deepEqual([order.payments[0]?.channel, order.payments[0]?.state], ['insurance-mobile', 'paying']);
  return { order, split, centreOrder: insurance.mobile.byOwnNumber(presettlementNo) };
}

test('mobile payment: the centre settles later and its news is lost; the question finds it. A refund answered EXP is under way until the order says it is done', async () => {
  const { order, split, centreOrder } = await payMobile('C0000011', MUCH);
  assert.equal(split.cashFen, 0);
  const { notices = assert.fail('no notices') } = insurance;
  notices.loses = 1;
  insurance.mobile.settle(centreOrder.orderId);
  const done = await desk.confirmedToApp(order.tradeNo);
  assert.deepEqual(done.payments[0]?.insuranceSplit, { fundFen: split.fundFen, accountFen: split.accountFen });
  assert.equal(notices.sent.length, 0);

  insurance.mobile.refunds = 'expRefunding';
  const back = desk.giveBack(order, order.amountFen);
  await eventually('the order is being refunded', () => (insurance.mobile.orders.get(centreOrder.orderId)?.state === '17' ? true : undefined));
  assert.notEqual(desk.appliance.read<{ state: string }>('SELECT state FROM refund WHERE trade_no = ?', order.tradeNo)[0]?.state, 'succeeded');
  insurance.mobile.put(centreOrder.orderId, '8');
  assert.deepEqual((await back).map(({ refund_fen: refundFen }) => refundFen), [split.insuredFen]);
  assert.equal(insurance.mobileInterface.received.filter(({ infno }) => infno === '6203').length, 1);
});

test('mobile payment: the centre\'s news tells of the settlement, a forged one does not; what is left is paid in the app', async () => {
  const { order, split, centreOrder } = await payMobile('C0000016', LITTLE);
  assert.ok(split.cashFen > 0);
  const forged = insurance.mobileEnvelope.seal({}, insurance.mobile.notice({ ...centreOrder, state: '4', settledAt: new Date().toISOString() }, insurance.institutionCode), insurance.credentials.hospital);
  assert.ok((await desk.notify('insurance-mobile', { headers: { 'content-type': 'application/json' }, body: Buffer.from(forged) })) >= 400);
  assert.ok(!desk.factsOf(order.tradeNo).includes('channelNotification'));
  insurance.mobile.settle(centreOrder.orderId);
  await eventually('the news was taken', () => (desk.factsOf(order.tradeNo).includes('channelNotification') ? true : undefined));
  const rest = valueOf(await desk.app.addPayment(order.tradeNo, { method: 'nativeQr' }, { idempotencyKey: `rest-${order.tradeNo}` }));
  desk.appliance.wechat.pay(rest.payments[1]?.paymentNo ?? '');
  const done = await desk.confirmedToApp(order.tradeNo);
  assert.deepEqual(done.payments.map(({ amountFen }) => amountFen), [split.insuredFen, split.cashFen]);
});

test('after all of it the ledger is whole, neither a key nor a voucher is in the log and no case is open', () => {
  desk.assertSound({ personal: [POOR, RICH, MUCH, LITTLE].map(({ idNo }) => idNo) });
});
