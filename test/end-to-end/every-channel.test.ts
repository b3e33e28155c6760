/** Each way to pay, on one running core: the production plugin in front of a simulator that speaks the channel's own protocol, with something going wrong in the middle. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { E_CNY } from '@hospay/plugin-sdk';
import { alipaySettings } from '../contract/channel-alipay-subject.js';
import { settingsFor } from '../contract/channel-bank-card-pos-subject.js';
import { ConsoleClient } from '../contract/console-client.js';
import { startAlipaySimulator, type AlipaySimulator } from '../simulators/alipay/start-alipay-simulator.js';
import { startBankCardPosSimulator, type BankCardPosSimulator } from '../simulators/bank-card-pos/start-bank-card-pos-simulator.js';
import { ApplianceUnderTest, eventually } from './appliance-under-test.js';
import { KioskUnderTest, paymentNoOf, type Order } from './kiosk-under-test.js';

let appliance: ApplianceUnderTest;
let alipay: AlipaySimulator;
let pos: BankCardPosSimulator;
let window: KioskUnderTest;
let desk: ConsoleClient;

before(async () => {
  alipay = await startAlipaySimulator({ billsReadyAtOnceForTests: true, notificationRetryGapsMs: [300, 1_000] });
  pos = await startBankCardPosSimulator();
  appliance = await ApplianceUnderTest.prepare();
  const secret = (name: string, text: string) => {
    writeFileSync(join(appliance.dataFolder, 'secrets', name), text, { mode: 0o600 });
    return { secretFile: `secrets/${name}` };
  };
  const { sellerId } = alipay.merchantCredentials;
  appliance.change((profile) => ({
    ...profile,
    hospital: { ...profile.hospital, merchants: [...profile.hospital.merchants, ...[sellerId, pos.merchantNo, 'CASH'].map((merchantNo) => ({ merchantNo, name: '示范医院', campus: 'main' }))] },
    channels: [
      ...profile.channels,
      {
        id: 'alipay', plugin: 'alipay', merchantNo: sellerId, enabled: true,
        settings: { ...alipaySettings(alipay.merchantCredentials, 'certificate', alipay), appPrivateKeyPem: secret('alipay-key.pem', alipay.merchantCredentials.appPrivateKeyPem) },
      },
      { id: 'bank-card', plugin: 'bank-card-pos', merchantNo: pos.merchantNo, enabled: true, settings: { ...settingsFor({ simulator: pos }), answerWaitMs: 200, exchangeTimeoutMs: 3_000 } },
      { id: 'cash', plugin: 'cash', merchantNo: 'CASH', enabled: true, settings: {} },
    ],
    routing: [
      { name: 'scanned and shown codes at the window', when: { methods: ['nativeQr', 'paymentCode'], owners: ['window-1'] }, channels: ['alipay'] },
      { name: 'cards', when: { methods: ['bankCard'] }, channels: ['bank-card'] },
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
  await Promise.all([alipay.stop(), pos.stop()]);
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

test('after all of it the ledger is whole, no secret is in the log and no case is open', () => {
  assert.deepEqual(appliance.ledgerProblems(), []);
  assert.deepEqual(appliance.read('SELECT kind, subject, detail FROM discrepancy_case WHERE resolved_at IS NULL'), []);
  assert.ok(!appliance.log().includes((alipay.merchantCredentials.appPrivateKeyPem.split('\n')[3] ?? 'x')));
});
