/** WeChat Pay on a running core: every way to pay, scanned codes through API v2, the hospital as merchant and as sub-merchant side by side, with something going wrong in the middle. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Presentation } from '@hospay/payment-sdk';
import { DETAILS } from '../contract/channel-wechat-pay-subject.js';
import type { WechatPaySimulator } from '../simulators/wechat-pay/start-wechat-pay-simulator.js';
import { eventually } from './appliance-under-test.js';
import { wechatChannel } from './configured-channels.js';
import { paymentNoOf } from './kiosk-under-test.js';
import { WindowUnderTest } from './window-under-test.js';

let wechat: WechatPaySimulator;
let desk: WindowUnderTest;
before(async () => {
  desk = await WindowUnderTest.open(
    ({ wechat: simulator }, secret) => ({ channels: [wechatChannel('wechat', simulator, secret), wechatChannel('wechat-partner', simulator, secret, { as: 'subMerchant' })] }),
    { wechat: { reverseWaitMs: 0 } },
  );
  ({ wechat } = desk.appliance);
});
after(() => desk.close());

const presentedAs = (presentation: Presentation | undefined) => (presentation?.kind === 'invoke' ? Object.keys(presentation.parameters).toSorted().join(' ') : presentation?.kind);
const INVOKED = 'appId nonceStr package paySign signType timeStamp';

for (const [index, { method, channel, shows, wrong }] of ([
  { method: 'jsapi', channel: 'wechat', shows: INVOKED, wrong: 'sent four times' },
  { method: 'miniProgram', channel: 'wechat', shows: INVOKED, wrong: 'forged once' },
  { method: 'app', channel: 'wechat', shows: 'appid noncestr package partnerid prepayid sign timestamp', wrong: 'lost' },
  { method: 'h5', channel: 'wechat', shows: 'redirect', wrong: 'lost' },
  { method: 'jsapi', channel: 'wechat-partner', shows: INVOKED, wrong: 'lost' },
] as const).entries()) {
  test(`${method} as ${channel}: an application gets what its page or app needs; the notification is ${wrong}, the payment is known once`, async () => {
    const order = await desk.order(`C00000${String(index + 1).padStart(2, '0')}`, { method, channel, ...DETAILS[method] });
    const [{ presentation, paymentNo } = assert.fail('no payment')] = order.payments;
    assert.equal(presentedAs(presentation), shows);
    const fault = wrong === 'sent four times' ? ({ kind: 'duplicate', copies: 3 } as const) : wrong === 'forged once' ? ({ kind: 'forgedSignature' } as const) : ({ kind: 'drop' } as const);
    wechat.faults.inject({ on: 'notification', outTradeNo: paymentNo, times: wrong === 'lost' ? 'always' : 1, fault });
    wechat.faults.inject({ on: 'queryOrder', outTradeNo: paymentNo, times: 1, fault: { kind: 'badSignature' } });
    wechat.pay(paymentNo);
    const done = await desk.confirmedToApp(order.tradeNo);
    assert.equal(done.payments[0]?.state, 'succeeded');
    assert.equal(desk.appliance.his.hospital.listSettlements().filter(({ tradeNo }) => tradeNo === order.tradeNo).length, 1);
  });
}

test('scanned code: the payer types his password, the charge\'s answer is lost, and the question finds the payment', async () => {
  wechat.faults.inject({ on: 'micropay', times: 1, fault: { kind: 'executeThenDropConnection' } });
  const order = await desk.take('C0000006', { method: 'paymentCode', channel: 'wechat', authCode: wechat.newPaymentCode('asksPassword') });
  const paymentNo = paymentNoOf(order);
  await eventually('WeChat Pay has the order', () => wechat.orders.findOrder(paymentNo));
  wechat.pay(paymentNo);
  const done = await desk.confirmed(order.tradeNo);
  assert.equal(done.payments[0]?.state, 'succeeded');
  assert.equal((await desk.giveBack(done, done.amountFen)).length, 1);
});

test('scanned code: the client gives up, WeChat Pay wants its reverse again, and the payer pays in between: reversed, his money is back and nothing is booked', async () => {
  const balanceFen = wechat.balanceFen();
  const order = await desk.take('C0000007', { method: 'paymentCode', channel: 'wechat', authCode: wechat.newPaymentCode('asksPassword') });
  const paymentNo = paymentNoOf(order);
  const recall = wechat.faults.inject({ on: 'reverse', outTradeNo: paymentNo, times: 1, fault: { kind: 'askToReverseAgain' } });
  const leaving = desk.leave(order);
  await eventually('WeChat Pay said recall=Y', () => (recall.timesStruck() === 1 ? true : undefined));
  wechat.pay(paymentNo);
  await leaving;
  assert.deepEqual([wechat.orders.findOrder(paymentNo)?.state, wechat.balanceFen()], ['REVOKED', balanceFen]);
  assert.deepEqual(desk.appliance.read('SELECT seq FROM journal WHERE trade_no = ?', order.tradeNo), []);
});

test('a refund that takes its time: its notification is forged once and then believed; another\'s never comes and is found by asking', async () => {
  for (const isNotified of [true, false]) {
    const order = await desk.take('C0000008', { method: 'nativeQr', channel: isNotified ? 'wechat' : 'wechat-partner' });
    const paymentNo = paymentNoOf(order);
    wechat.pay(paymentNo);
    await desk.confirmed(order.tradeNo);
    const held = wechat.faults.inject({ on: 'refundOutcome', fault: { kind: 'stayProcessing' } });
    const back = desk.giveBack(order, order.amountFen);
    const refundNo = await eventually('the refund is under way', () => (held.timesStruck() === 1 ? wechat.orders.listRefunds().find((refund) => refund.outTradeNo === paymentNo)?.outRefundNo : undefined));
    if (isNotified) wechat.faults.inject({ on: 'queryRefund', outRefundNo: refundNo, times: 3, fault: { kind: 'tooManyRequests' } });
    wechat.faults.inject({ on: 'notification', outRefundNo: refundNo, times: isNotified ? 1 : 'always', fault: { kind: isNotified ? 'forgedSignature' : 'drop' } });
    wechat.settleRefund(refundNo, 'SUCCESS');
    assert.deepEqual((await back).map(({ refund_no: number }) => number), [refundNo]);
  }
});

test('after all of it the ledger is whole, no secret is in the log and no case is open', () => {
  desk.assertSound();
});
