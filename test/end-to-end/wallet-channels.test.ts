/** Alipay and UnionPay on one running core: the production plugins in front of simulators that speak their protocols, with something going wrong in the middle of each story. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { E_CNY } from '@hospay/plugin-sdk';
import { isRecord, listOf } from '../contract/console-client.js';
import { startAlipaySimulator, type AlipaySimulator } from '../simulators/alipay/start-alipay-simulator.js';
import { startUnionPaySimulator, type UnionPaySimulator } from '../simulators/unionpay/start-unionpay-simulator.js';
import { eventually } from './appliance-under-test.js';
import { alipayChannel, unionpayChannel } from './configured-channels.js';
import { paymentNoOf } from './kiosk-under-test.js';
import { WindowUnderTest } from './window-under-test.js';

let alipay: AlipaySimulator;
let unionpay: UnionPaySimulator;
let desk: WindowUnderTest;
before(async () => {
  alipay = await startAlipaySimulator({ billsReadyAtOnceForTests: true, notificationRetryGapsMs: [300, 1_000] });
  unionpay = await startUnionPaySimulator({ filesReadyAtOnceForTests: true, notificationRetryGapsMs: [300, 1_000] });
  desk = await WindowUnderTest.open((_appliance, secret) => ({ channels: [alipayChannel(alipay, secret), unionpayChannel(unionpay, secret)] }));
});
after(async () => {
  await desk.close();
  await Promise.all([alipay.stop(), unionpay.stop()]);
});

const returnsOf = (paymentNo: string) => unionpay.transactions().filter(({ origOrderId }) => origOrderId === paymentNo).map(({ txnType, txnAmt }) => [txnType, txnAmt]);

test('Alipay, shown code: forged and lost news change nothing but the time; a refund whose answer is a system error goes back once', async () => {
  const order = await desk.take('C0000001', { method: 'nativeQr', channel: 'alipay' });
  assert.equal(order.payments[0]?.channel, 'alipay');
  const paymentNo = paymentNoOf(order);
  alipay.faults.inject({ on: 'query', times: 1, fault: { kind: 'badSignature' } });
  alipay.faults.inject({ on: 'notification', outTradeNo: paymentNo, times: 1, fault: { kind: 'forgedSignature' } });
  alipay.pay(paymentNo);
  const done = await desk.confirmed(order.tradeNo);
  assert.equal(done.payments[0]?.state, 'succeeded');
  alipay.faults.inject({ on: 'refund', times: 1, fault: { kind: 'executeThenSystemError' } });
  assert.equal((await desk.giveBack(done, done.amountFen)).length, 1);
  assert.equal(alipay.refundsOf(paymentNo).length, 1);
});

test('Alipay, scanned code: the payer types a password, the answer is a system error, and the query finds the payment; paid by e-CNY it is told as e-CNY', async () => {
  alipay.faults.inject({ on: 'pay', times: 1, fault: { kind: 'executeThenSystemError' } });
  const order = await desk.take('C0000002', { method: 'paymentCode', channel: 'alipay', authCode: alipay.newPaymentCode('asksPassword') });
  const paymentNo = paymentNoOf(order);
  await eventually('Alipay has the trade', () => alipay.findTrade(paymentNo));
  alipay.pay(paymentNo, { currency: 'DC', fundChannel: 'DCEP' });
  const done = await desk.confirmed(order.tradeNo);
  assert.equal(done.payments[0]?.state, 'succeeded');
  assert.equal(desk.fundingOf(done.tradeNo), E_CNY);
});

test('Alipay, pages: an application sends the browser to Alipay, by address or by form; a lost notification is found by asking, two hundred of them settle once', async () => {
  const mobile = await desk.order('C0000003', { method: 'h5', channel: 'alipay', returnUrl: 'https://app.hospital.example/paid' });
  const [{ presentation: sent, paymentNo } = assert.fail('no payment')] = mobile.payments;
  assert.ok(sent?.kind === 'redirect', JSON.stringify(sent));
  assert.equal(new URL(sent.url).searchParams.get('return_url'), 'https://app.hospital.example/paid');
  assert.equal((await fetch(sent.url)).status, 200);
  alipay.faults.inject({ on: 'notification', outTradeNo: paymentNo, times: 'always', fault: { kind: 'drop' } });
  alipay.pay(paymentNo);
  assert.equal((await desk.confirmedToApp(mobile.tradeNo)).payments[0]?.state, 'succeeded');

  const desktop = await desk.order('C0000004', { method: 'webPage', channel: 'alipay', returnUrl: 'https://app.hospital.example/paid' });
  const [{ presentation: page, paymentNo: second } = assert.fail('no payment')] = desktop.payments;
  assert.ok(page?.kind === 'form', JSON.stringify(page));
  assert.equal((await fetch(page.url, { method: 'POST', body: new URLSearchParams(page.fields) })).status, 200);
  alipay.faults.inject({ on: 'notification', outTradeNo: second, times: 1, fault: { kind: 'duplicate', copies: 200 } });
  alipay.pay(second);
  await desk.confirmedToApp(desktop.tradeNo);
  const moved = desk.appliance.read<{ n: number }>("SELECT count(*) AS n FROM journal WHERE trade_no = ? AND biz_type = 'payment' AND step = 'succeeded'", desktop.tradeNo);
  assert.deepEqual(moved, [{ n: 1 }]);
});

test('Alipay, the patient leaves: the cancel is carried out and answered with a system error; asked again the code is dead', async () => {
  const order = await desk.take('C0000005', { method: 'nativeQr', channel: 'alipay' });
  alipay.faults.inject({ on: 'cancel', times: 1, fault: { kind: 'executeThenSystemError' } });
  await desk.leave(order);
  assert.equal(alipay.findTrade(paymentNoOf(order))?.state, 'DEAD');
  assert.throws(() => alipay.pay(paymentNoOf(order)));
});

test('UnionPay, shown code: a stranger\'s certificate tells nothing, the genuine notification tells it; undone on the same day although the answer said 05', async () => {
  const order = await desk.take('C0000006', { method: 'nativeQr', channel: 'unionpay' });
  assert.equal(order.payments[0]?.channel, 'unionpay');
  const paymentNo = paymentNoOf(order);
  for (const flaw of [{ kind: 'badSignature' }, { kind: 'otherSigner', signer: 'foreign' }] as const) {
    assert.ok((await desk.notify('unionpay', unionpay.makeNotification(paymentNo, flaw))) >= 400, flaw.kind);
    assert.ok(!desk.factsOf(order.tradeNo).includes('channelNotification'), flaw.kind);
  }
  unionpay.faults.inject({ on: 'query', orderId: paymentNo, times: 1, fault: { kind: 'badSignature' } });
  unionpay.faults.inject({ on: 'notification', orderId: paymentNo, times: 1, fault: { kind: 'otherSigner', signer: 'foreign' } });
  unionpay.pay(paymentNo);
  await eventually('the genuine notification was taken', () => (desk.factsOf(order.tradeNo).includes('channelNotification') ? true : undefined));
  const done = await desk.confirmed(order.tradeNo);
  unionpay.faults.inject({ on: ['refund', 'undo'], times: 1, fault: { kind: 'executeThenAnswer', code: '05' } });
  await desk.giveBack(done, done.amountFen);
  assert.deepEqual(returnsOf(paymentNo), [['31', done.amountFen]]);
});

test('UnionPay, scanned code: 05 while the payer types his password, paid in digital yuan, and refunded in parts later', async () => {
  unionpay.faults.inject({ on: 'charge', times: 1, fault: { kind: 'executeThenAnswer', code: '05' } });
  const order = await desk.take('C0000007', { method: 'paymentCode', channel: 'unionpay', authCode: unionpay.newPaymentCode('asksPassword') });
  const paymentNo = paymentNoOf(order);
  await eventually('UnionPay has the order', () => unionpay.find(paymentNo));
  unionpay.pay(paymentNo, { isECny: true });
  const done = await desk.confirmed(order.tradeNo);
  assert.equal(desk.fundingOf(done.tradeNo), E_CNY);
  unionpay.faults.inject({ on: 'refund', times: 1, fault: { kind: 'executeThenDropConnection' } });
  await desk.giveBack(done, 1);
  await desk.giveBack(done, done.amountFen - 1);
  assert.deepEqual(returnsOf(paymentNo), [['04', 1], ['04', done.amountFen - 1]]);
});

test('UnionPay, scanned code: the charge and the reversal both lose their answer; the payment is over only when a question says that it was reversed', async () => {
  unionpay.faults.inject({ on: 'charge', times: 1, fault: { kind: 'executeThenDropConnection' } });
  const order = await desk.take('C0000008', { method: 'paymentCode', channel: 'unionpay', authCode: unionpay.newPaymentCode('asksPassword') });
  const paymentNo = paymentNoOf(order);
  unionpay.faults.inject({ on: 'reversal', orderId: paymentNo, times: 1, fault: { kind: 'executeThenDropConnection' } });
  await desk.leave(order);
  assert.equal(unionpay.find(paymentNo)?.state, 'reversed');
});

test('UnionPay, web page: the browser posts the form; what it opens is the order, and the payment is found although no notification comes', async () => {
  const order = await desk.order('C0000009', { method: 'webPage', channel: 'unionpay', returnUrl: 'https://app.hospital.example/paid' });
  const [{ presentation, paymentNo } = assert.fail('no payment')] = order.payments;
  assert.ok(presentation?.kind === 'form', JSON.stringify(presentation));
  assert.equal(unionpay.find(paymentNo), undefined, 'nothing is at UnionPay before the browser goes there');
  const page = await fetch(presentation.url, { method: 'POST', body: new URLSearchParams(presentation.fields) });
  assert.deepEqual([page.status, (await page.text()).includes(paymentNo)], [200, true]);
  unionpay.faults.inject({ on: 'notification', orderId: paymentNo, times: 'always', fault: { kind: 'drop' } });
  unionpay.pay(paymentNo);
  assert.equal((await desk.confirmedToApp(order.tradeNo)).payments[0]?.state, 'succeeded');
});

test('digital yuan stands in rows of its own on the overview, whichever channel carried it', async () => {
  const overview = await desk.finance.get('/overview');
  const { money } = overview.body;
  const rows = isRecord(money) ? listOf({ ...overview, body: money }, 'channels') : [];
  const paid = (channel: string, isECny: boolean) => rows.find((row) => row['channel'] === channel && row['isECny'] === isECny)?.['paidCount'];
  assert.deepEqual([paid('alipay', true), paid('alipay', false), paid('unionpay', true), paid('unionpay', false)], [1, 3, 1, 2], JSON.stringify(rows));
});

test('after all of it the ledger is whole, no secret is in the log and no case is open', () => {
  desk.assertSound();
});
