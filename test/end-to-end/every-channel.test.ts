/** Each way to pay, on one running core: the production plugin in front of a simulator that speaks the channel's own protocol, with something going wrong in the middle. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { E_CNY } from '@hospay/plugin-sdk';
import { alipaySettings } from '../contract/channel-alipay-subject.js';
import { settingsFor } from '../contract/channel-bank-card-pos-subject.js';
import { POOR, RICH, settingsFor as insuranceSettings } from '../contract/channel-medical-insurance-subject.js';
import { ConsoleClient } from '../contract/console-client.js';
import { startAlipaySimulator, type AlipaySimulator } from '../simulators/alipay/start-alipay-simulator.js';
import { startBankCardPosSimulator, type BankCardPosSimulator } from '../simulators/bank-card-pos/start-bank-card-pos-simulator.js';
import { startMedicalInsuranceSimulator, type MedicalInsuranceSimulator } from '../simulators/medical-insurance/start-medical-insurance-simulator.js';
import { ApplianceUnderTest, eventually } from './appliance-under-test.js';
import { KioskUnderTest, paymentNoOf, type Order } from './kiosk-under-test.js';

let appliance: ApplianceUnderTest;
let alipay: AlipaySimulator;
let pos: BankCardPosSimulator;
let insurance: MedicalInsuranceSimulator;
let window: KioskUnderTest;
let desk: ConsoleClient;

before(async () => {
  alipay = await startAlipaySimulator({ billsReadyAtOnceForTests: true, notificationRetryGapsMs: [300, 1_000] });
  pos = await startBankCardPosSimulator();
  insurance = await startMedicalInsuranceSimulator();
  appliance = await ApplianceUnderTest.prepare();
  const secret = (name: string, text: string) => {
    writeFileSync(join(appliance.dataFolder, 'secrets', name), text, { mode: 0o600 });
    return { secretFile: `secrets/${name}` };
  };
  const { sellerId } = alipay.merchantCredentials;
  appliance.change((profile) => ({
    ...profile,
    hospital: { ...profile.hospital, merchants: [...profile.hospital.merchants, ...[sellerId, pos.merchantNo, 'CASH', insurance.institutionCode].map((merchantNo) => ({ merchantNo, name: '示范医院', campus: 'main' }))] },
    channels: [
      ...profile.channels,
      {
        id: 'alipay', plugin: 'alipay', merchantNo: sellerId, enabled: true,
        settings: { ...alipaySettings(alipay.merchantCredentials, 'certificate', alipay), appPrivateKeyPem: secret('alipay-key.pem', alipay.merchantCredentials.appPrivateKeyPem) },
      },
      { id: 'bank-card', plugin: 'bank-card-pos', merchantNo: pos.merchantNo, enabled: true, settings: { ...settingsFor({ simulator: pos }), answerWaitMs: 200, exchangeTimeoutMs: 3_000 } },
      { id: 'cash', plugin: 'cash', merchantNo: 'CASH', enabled: true, settings: {} },
      {
        id: 'insurance', plugin: 'medical-insurance', merchantNo: insurance.institutionCode, enabled: true,
        settings: {
          ...insuranceSettings(insurance), gatewaySecret: secret('insurance-gateway', insurance.credentials.gatewaySecret), gatewayPassword: secret('insurance-password', insurance.credentials.gatewayPassword),
          signingPrivateKey: secret('insurance-key', insurance.credentials.hospital.privateKey),
        },
      },
    ],
    routing: [
      { name: 'scanned and shown codes at the window', when: { methods: ['nativeQr', 'paymentCode'], owners: ['window-1'] }, channels: ['alipay'] },
      { name: 'cards', when: { methods: ['bankCard'] }, channels: ['bank-card'] },
      { name: 'medical insurance', when: { methods: ['medicalInsurance'] }, channels: ['insurance'] },
      { name: 'cash', when: { methods: ['cash'] }, channels: ['cash'] },
    ],
    provision: { ...profile.provision, terminals: [{ id: 'window-1', kind: 'window', title: '一号窗口', claimFile: 'provision/window-1.claim' }] },
  }));
  await appliance.startCore();
  window = await KioskUnderTest.enrol(appliance, 'window-1');
  desk = new ConsoleClient(appliance.addresses.console);
  await desk.call('POST', '/first-login', { code: appliance.firstLoginCode, login: 'finance', displayName: '财务科', password: 'a-long-enough-password-1' });
});
after(async () => {
  await window.powerOff();
  await appliance.stop();
  await Promise.all([alipay.stop(), pos.stop(), insurance.stop()]);
});

type Pay = Parameters<KioskUnderTest['client']['pay']>[0];
async function take(cardNo: string, how: Omit<Pay, 'quoteId' | 'amountFen'>): Promise<Order> {
  const { quote } = await window.quote(cardNo);
  const paid = await window.client.pay({ quoteId: quote.quoteId, amountFen: quote.selfPayFen, ...how });
  assert.equal(paid.kind, 'order', JSON.stringify(paid));
  return paid.order;
}
const confirmed = (tradeNo: string) =>
  eventually('the hospital has confirmed', async () => {
    const order = await window.ask(tradeNo);
    return order.confirmation.state === 'confirmed' ? order : undefined;
  }, 40_000);
async function giveBack({ tradeNo }: Order, refundFen: number): Promise<Order> {
  const asked = await desk.call('POST', `/orders/${tradeNo}/refunds`, { refundFen, reason: '退费' }, { 'idempotency-key': `refund-${tradeNo}-${String(refundFen)}` });
  assert.equal(asked.status, 200, JSON.stringify(asked.body));
  return eventually('the money is back', async () => {
    const order = await window.ask(tradeNo);
    return order.refunds.at(-1)?.state === 'succeeded' ? order : undefined;
  }, 40_000);
}
const fundingOf = (order: Order) => appliance.read<{ funding_source: string | null }>('SELECT funding_source FROM payment WHERE payment_no = ?', paymentNoOf(order))[0]?.funding_source;

test('Alipay, shown code: forged, lost and duplicated news change nothing but the time; a refund whose answer is a system error goes back once', async () => {
  const order = await take('C0000001', { method: 'nativeQr' });
  assert.equal(order.payments[0]?.channel, 'alipay');
  const paymentNo = paymentNoOf(order);
  alipay.faults.inject({ on: 'query', times: 1, fault: { kind: 'badSignature' } });
  alipay.faults.inject({ on: 'notification', outTradeNo: paymentNo, times: 1, fault: { kind: 'forgedSignature' } });
  alipay.pay(paymentNo);
  const done = await confirmed(order.tradeNo);
  assert.equal(done.payments[0]?.state, 'succeeded');
  alipay.faults.inject({ on: 'refund', times: 1, fault: { kind: 'executeThenSystemError' } });
  const back = await giveBack(done, done.amountFen);
  assert.equal(back.refunds.length, 1);
  assert.equal(alipay.refundsOf(paymentNo).length, 1);
});

test('Alipay, scanned code: the payer types a password, the answer is a system error, and the query finds the payment; paid by e-CNY it is told as e-CNY', async () => {
  alipay.faults.inject({ on: 'pay', times: 1, fault: { kind: 'executeThenSystemError' } });
  const order = await take('C0000002', { method: 'paymentCode', authCode: alipay.newPaymentCode('asksPassword') });
  const paymentNo = paymentNoOf(order);
  await eventually('Alipay has the trade', () => alipay.trades().find(({ outTradeNo }) => outTradeNo === paymentNo));
  alipay.pay(paymentNo, { currency: 'DC', fundChannel: 'DCEP' });
  const done = await confirmed(order.tradeNo);
  assert.equal(done.payments[0]?.state, 'succeeded');
  assert.equal(fundingOf(done), E_CNY);
});

test('bank card: paid at the terminal; after a power cut in the middle of the next one the last slip says it was paid, and nobody pays twice', async () => {
  const [terminal] = pos.terminals;
  assert.ok(terminal);
  const { machine } = terminal;
  const cardActs = async () => {
    await eventually('the terminal asks for the card', () => machine.waitingFor);
    machine.act('approve');
  };
  const order = await take('C0000003', { method: 'bankCard', operatorId: 'cashier1' });
  await cardActs();
  const done = await confirmed(order.tradeNo);
  assert.equal(done.payments[0]?.channel, 'bank-card');

  pos.faults.inject({ on: 'pay', fault: 'executeThenDrop' });
  const cut = await take('C0000004', { method: 'bankCard', operatorId: 'cashier1' });
  const matched = await confirmed(cut.tradeNo);
  assert.equal(matched.payments[0]?.state, 'succeeded');
  assert.equal(appliance.read<{ n: number }>("SELECT count(*) AS n FROM payment WHERE channel = 'bank-card' AND state = 'succeeded'")[0]?.n, 2);
});

test('cash: counted into the till, paid at once, and part of it given back from the till', async () => {
  const { quote } = await window.quote('C0000005');
  const paid = await window.client.pay({ quoteId: quote.quoteId, amountFen: quote.selfPayFen, method: 'cash', tenderedFen: quote.selfPayFen + 5_00, operatorId: 'cashier1' });
  assert.equal(paid.kind, 'order', JSON.stringify(paid));
  assert.equal(paid.order.payments[0]?.state, 'succeeded');
  const done = await confirmed(paid.order.tradeNo);
  const short = await window.client.pay({ quoteId: quote.quoteId, amountFen: quote.selfPayFen, method: 'cash', tenderedFen: 1, operatorId: 'cashier1' });
  assert.notEqual(short.kind, 'order');
  const back = await giveBack(done, 1);
  assert.equal(back.refunds[0]?.refundFen, 1);
});

test('mixed tender: part in cash, the rest by Alipay; the hospital hears once, of the whole', async () => {
  const { quote } = await window.quote('C0000006');
  const half = Math.floor(quote.selfPayFen / 2);
  const first = await window.client.pay({ quoteId: quote.quoteId, amountFen: quote.selfPayFen, tenderFen: half, method: 'cash', tenderedFen: half, operatorId: 'cashier1' });
  assert.equal(first.kind, 'order', JSON.stringify(first));
  assert.equal(first.order.confirmation.state, 'none');
  const second = await window.client.addPayment({ tradeNo: first.order.tradeNo, method: 'nativeQr' });
  assert.equal(second.kind, 'order', JSON.stringify(second));
  alipay.pay(second.order.payments[1]?.paymentNo ?? '');
  const done = await confirmed(first.order.tradeNo);
  assert.deepEqual(done.payments.map(({ channel, amountFen }) => [channel, amountFen]), [['cash', half], ['alipay', quote.selfPayFen - half]]);
  assert.equal(appliance.his.hospital.listSettlements().filter(({ tradeNo }) => tradeNo === first.order.tradeNo).length, 1);
});

/** Card → bills → quote → what the insurance pays of it. */
async function presettle(cardNo: string, person: { readonly personNo: string; readonly idNo: string }, insuranceType: string, usesAccount: boolean) {
  const { quote } = await window.quote(cardNo);
  const voucher = { kind: 'idCard', number: person.idNo } as const;
  const found = await window.client.call('insurance.find', { voucher, operatorId: '0101' });
  assert.ok(found.kind === 'ok' && found.value.personNo === person.personNo, JSON.stringify(found));
  const presettled = await window.client.presettle(`pre-${quote.quoteId}`, { quoteId: quote.quoteId, voucher, personNo: found.value.personNo, insuranceType, usesAccount, operatorId: '0101' });
  assert.ok(presettled.kind === 'ok' && presettled.value.split !== undefined, JSON.stringify(presettled));
  const { presettlementNo, split, totalFen } = presettled.value;
  assert.equal(split.fundFen + split.accountFen + split.cashFen, quote.totalFen);
  return { quote, presettlementNo, split, totalFen };
}
async function payInsured({ quote, presettlementNo, split, totalFen }: Awaited<ReturnType<typeof presettle>>): Promise<Order> {
  const paid = await window.client.pay({ quoteId: quote.quoteId, amountFen: totalFen, tenderFen: split.insuredFen, method: 'medicalInsurance', presettlementNo, operatorId: '0101' });
  assert.equal(paid.kind, 'order', JSON.stringify(paid));
  return paid.order;
}
const presettlementState = (presettlementNo: string) => appliance.read<{ state: string; visit_no: string }>('SELECT state, visit_no FROM presettlement WHERE presettlement_no = ?', presettlementNo)[0];
const takenBack = (presettlementNo: string) =>
  eventually('fees and registration are taken back', () => {
    const { state, visit_no: visitNo } = presettlementState(presettlementNo) ?? assert.fail('no pre-settlement');
    return state === 'abandoned' && insurance.centre.feesOf(visitNo).length === 0 && insurance.centre.visits.get(visitNo)?.isTaken === true ? true : undefined;
  }, 30_000);
const isUndone = (presettlementNo: string) => insurance.centre.settlementsOf(presettlementState(presettlementNo)?.visit_no ?? '').map(({ undoes }) => undoes !== undefined);

test('medical insurance, the rest by Alipay: the hospital hears once of the whole with the centre\'s numbers; a whole refund takes both back in reverse order', async () => {
  const visit = await presettle('C0000007', POOR, '390', false);
  assert.ok(visit.split.cashFen > 0 && visit.split.accountFen === 0);
  const order = await payInsured(visit);
  assert.deepEqual([order.payments[0]?.state, order.confirmation.state], ['succeeded', 'none']);
  assert.deepEqual(order.payments[0]?.insuranceSplit, { fundFen: visit.split.fundFen, accountFen: 0 });
  const second = await window.client.addPayment({ tradeNo: order.tradeNo, method: 'nativeQr' });
  assert.equal(second.kind, 'order', JSON.stringify(second));
  alipay.pay(second.order.payments[1]?.paymentNo ?? '');
  const done = await confirmed(order.tradeNo);
  assert.deepEqual(done.payments.map(({ channel, amountFen }) => [channel, amountFen]), [['insurance', visit.split.insuredFen], ['alipay', visit.split.cashFen]]);
  assert.equal(appliance.his.hospital.findSettlement(order.tradeNo)?.amountFen, visit.totalFen);
  const told = appliance.his.hospital.findInsuranceSettlement(order.tradeNo);
  assert.deepEqual([told?.fundFen, told?.accountFen, told?.cashFen, told?.insuranceSettlementNo], [visit.split.fundFen, 0, visit.split.cashFen, done.payments[0]?.channelTradeNo]);

  const shown = await desk.call('GET', `/orders/${order.tradeNo}`);
  assert.ok(JSON.stringify(shown.body).includes(`"insuranceSplit":{"fundFen":${String(visit.split.fundFen)},"accountFen":0}`), JSON.stringify(shown.body).slice(0, 600));
  assert.ok(JSON.stringify(shown.body).includes('"axis":"presettlement"'), 'the timeline tells of the pre-settlement');
  const part = await desk.call('POST', `/orders/${order.tradeNo}/refunds`, { refundFen: visit.split.cashFen + 1, reason: '退费' }, { 'idempotency-key': `refund-${order.tradeNo}-part` });
  assert.deepEqual([part.status, JSON.stringify(part.body).includes('REFUND_WHOLE_ONLY')], [409, true]);
  const back = await giveBack(done, done.amountFen);
  assert.deepEqual(back.refunds.map(({ refundFen, state }) => [refundFen, state]), [[visit.split.cashFen, 'succeeded'], [visit.split.insuredFen, 'succeeded']]);
  const times = appliance.read<{ refund_no: string; at: string }>("SELECT subject AS refund_no, at FROM state_event WHERE axis = 'refund' AND to_state = 'submitted' AND trade_no = ? ORDER BY id", order.tradeNo);
  assert.deepEqual(times.map(({ refund_no: refundNo }) => refundNo), back.refunds.map(({ refundNo }) => refundNo), 'the wallet was asked first');
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
  const done = await confirmed(order.tradeNo);
  assert.deepEqual(done.payments.map(({ amountFen, insuranceSplit }) => [amountFen, insuranceSplit]), [[visit.totalFen, { fundFen: visit.split.fundFen, accountFen: visit.split.accountFen }]]);
  assert.deepEqual(isUndone(visit.presettlementNo), [false]);
  assert.equal(insurance.centre.people.get(RICH.personNo)?.balanceFen, balanceFen - visit.split.accountFen);
  const posted = appliance.read<{ name: string; amount_fen: number }>("SELECT a.name, e.amount_fen FROM entry e JOIN account a ON a.id = e.account_id JOIN journal j ON j.seq = e.journal_seq WHERE j.trade_no = ? AND a.code = '1131' ORDER BY a.name", order.tradeNo);
  assert.deepEqual(posted.map(({ name, amount_fen: amountFen }) => [name.split('/').at(-1), amountFen]), [['account', visit.split.accountFen], ['fund', visit.split.fundFen]]);
});

test('the patient leaves after the insurance was settled: the settlement is undone although the answer is lost, then fees and registration are taken back', async () => {
  const visit = await presettle('C0000010', POOR, '390', false);
  const order = await payInsured(visit);
  insurance.faults.inject({ on: '2208', fault: 'executeThenServerError' });
  const cancelled = await window.client.call('payment.cancel', { tradeNo: order.tradeNo });
  assert.equal(cancelled.kind, 'ok', JSON.stringify(cancelled));
  await eventually('the insurance is undone', async () => ((await window.ask(order.tradeNo)).refunds[0]?.state === 'succeeded' ? true : undefined), 40_000);
  assert.deepEqual(isUndone(visit.presettlementNo), [false, true]);
  assert.equal(appliance.his.hospital.findSettlement(order.tradeNo), undefined);
  await takenBack(visit.presettlementNo);
});

test('a pre-settlement that is given up leaves nothing at the centre; the next one of the same bills is another', async () => {
  const visit = await presettle('C0000002', POOR, '390', false);
  const given = await window.client.call('insurance.abandon', { presettlementNo: visit.presettlementNo });
  assert.equal(given.kind, 'ok', JSON.stringify(given));
  await takenBack(visit.presettlementNo);
  const late = await window.client.pay({ quoteId: visit.quote.quoteId, amountFen: visit.totalFen, method: 'medicalInsurance', presettlementNo: visit.presettlementNo });
  assert.ok(late.kind === 'refused' && late.error.code === 'PRESETTLEMENT_NOT_OPEN', JSON.stringify(late));
  const next = await presettle('C0000002', POOR, '390', false);
  assert.notEqual(next.presettlementNo, visit.presettlementNo);
  assert.equal((await window.client.call('insurance.abandon', { presettlementNo: next.presettlementNo })).kind, 'ok');
  await takenBack(next.presettlementNo);
});

test('after all of it the ledger is whole, no secret is in the log and no case is open', () => {
  assert.deepEqual(appliance.ledgerProblems(), []);
  assert.deepEqual(appliance.read('SELECT kind, subject, detail FROM discrepancy_case WHERE resolved_at IS NULL'), []);
  for (const { idNo } of [POOR, RICH]) assert.ok(!appliance.log().includes(idNo), 'a voucher is not written down');
  assert.ok(!appliance.log().includes((alipay.merchantCredentials.appPrivateKeyPem.split('\n')[3] ?? 'x')));
});
