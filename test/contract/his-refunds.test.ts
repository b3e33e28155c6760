/** Refunds the HIS begins itself, over the payment API with the SDK: success, error or unknown, one HIS number for ever. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { ApiResult } from '@hospay/payment-sdk';
import type { Application } from '@hospay/server/applications/ports.js';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { startStand, type Stand } from './payment-api-stand.js';

const HIS: Application = { appId: 'his', hospitalId: 'demo', merchantId: 'm1', secret: 'the secret of the hospital system, 32+ long', permissions: ['hospital'], notifyUrl: undefined, status: 'active' };

function valueOf<Value>(result: ApiResult<Value>): Value {
  assert.equal(result.kind, 'ok', JSON.stringify(result));
  return result.value;
}
const codeOf = (result: ApiResult<unknown>): string => (result.kind === 'refused' ? result.error.code : result.kind);

async function start(context: TestContext) {
  const stand = await startStand(context, { more: [HIS] });
  const his = stand.client({ appId: HIS.appId, secret: HIS.secret });
  const approvals: unknown[] = [];
  Object.assign(stand.hospital, { approveRefund: (request: unknown) => { approvals.push(request); return Promise.resolve({ kind: 'ok', value: { hisRefundNo: 'TF-OURS' } }); } });
  return { stand, his, approvals };
}
const refundsAtChannel = ({ channel }: Stand) => [...channel.refunds.values()].map(({ refundFen }) => refundFen);

test('the HIS has reversed a part: the money goes back without asking it again, once, however often it tells; nobody else may', async (context) => {
  const { stand, his, approvals } = await start(context);
  const { tradeNo } = await stand.takePaid();
  const request = { tradeNo, hisRefundNo: 'TF1', refundFen: 4_000, reason: '退药', operatorId: '0101' };
  assert.equal(codeOf(await stand.client().refundForHis(request)), 'NOT_PERMITTED');
  const accepted = valueOf(await his.refundForHis(request));
  assert.deepEqual([accepted.state, accepted.refundFen, accepted.refunds.map(({ cause }) => cause)], ['processing', 4_000, ['hisRequested']]);
  assert.deepEqual(valueOf(await his.refundForHis(request)), accepted);
  await stand.work('advanceRefund');
  stand.clock.advance(120_000);
  await stand.work('advanceRefund');
  assert.deepEqual([approvals, refundsAtChannel(stand)], [[], [4_000]]);
  assert.equal(valueOf(await his.findHisRefund('TF1')).state, 'succeeded');
  assert.equal(valueOf(await stand.client().findPayment(tradeNo)).confirmation.state, 'confirmed', 'the rest is still booked');
  assert.deepEqual(verifyLedger(stand.store.database).problems, []);
});

test('the whole is reversed at the HIS: the order says so, and its bills may be paid anew', async (context) => {
  const { stand, his } = await start(context);
  const { tradeNo } = await stand.takePaid();
  valueOf(await his.refundForHis({ tradeNo, hisRefundNo: 'TF1', refundFen: 10_000, reason: '退费' }));
  const order = valueOf(await stand.client().findPayment(tradeNo));
  assert.equal(order.confirmation.state, 'reversed');
  const quote = valueOf(await stand.client().quoteBills({ patientId: 'P1', billNos: ['B1'] }));
  assert.equal((await stand.client().createPayment({ quoteId: quote.quoteId, amountFen: 10_000, method: 'nativeQr' }, { idempotencyKey: 'once-more-B1' })).kind, 'ok');
});

test('a definite refusal reserves nothing: too much, another amount under the same number, an unknown order', async (context) => {
  const { stand, his } = await start(context);
  const { tradeNo } = await stand.takePaid();
  assert.equal(codeOf(await his.refundForHis({ tradeNo, hisRefundNo: 'TF1', refundFen: 10_001, reason: '退费' })), 'REFUND_EXCEEDS_PAYMENT');
  valueOf(await his.refundForHis({ tradeNo, hisRefundNo: 'TF1', refundFen: 6_000, reason: '退费' }));
  assert.equal(codeOf(await his.refundForHis({ tradeNo, hisRefundNo: 'TF1', refundFen: 5_000, reason: '退费' })), 'IDEMPOTENCY_KEY_REUSED');
  assert.equal(codeOf(await his.refundForHis({ tradeNo, hisRefundNo: 'TF2', refundFen: 4_001, reason: '退费' })), 'REFUND_EXCEEDS_PAYMENT', 'what is on its way back is not there twice');
  assert.equal(codeOf(await his.refundForHis({ tradeNo: 'H20261120000000NOBODY00', hisRefundNo: 'TF3', refundFen: 1, reason: '退费' })), 'ORDER_NOT_FOUND');
  assert.equal(codeOf(await his.refundForHis({ hisRefundNo: 'TF3', refundFen: 1, reason: '退费' })), 'MALFORMED_REQUEST');
  assert.equal(codeOf(await his.findHisRefund('TF2')), 'NO_SUCH_ITEM', 'nothing was accepted under it');
});

test('a refund of what we have not heard booked yet is undecided, not refused: the HIS is asked, and the same number then passes', async (context) => {
  const { stand, his } = await start(context);
  const { tradeNo, paymentNo } = await stand.takePayment();
  stand.channel.pay(paymentNo);
  await stand.client().findPayment(tradeNo, { fresh: true });
  const request = { tradeNo, hisRefundNo: 'TF1', refundFen: 10_000, reason: '退费' };
  assert.equal(codeOf(await his.refundForHis(request)), 'HIS_REFUND_UNDECIDED');
  await stand.work('confirmOrder');
  assert.equal(valueOf(await his.refundForHis(request)).state, 'processing');
});

test('a receipt is flushed and the rest charged anew: a later refund finds the order by the new receipt, and by each before it', async (context) => {
  const { stand, his } = await start(context);
  const { tradeNo } = await stand.takePaid();
  const first = valueOf(await stand.client().findPayment(tradeNo)).confirmation.receiptNo ?? '';
  valueOf(await his.refundForHis({ receiptNo: first, hisRefundNo: 'TF1', refundFen: 2_000, reason: '退药', receipts: { oldReceiptNo: first, newReceiptNo: 'R2' } }));
  valueOf(await his.refundForHis({ receiptNo: 'R2', hisRefundNo: 'TF2', refundFen: 3_000, reason: '退药', receipts: { oldReceiptNo: 'R2', newReceiptNo: 'R3' } }));
  assert.equal(valueOf(await his.refundForHis({ receiptNo: 'R3', hisRefundNo: 'TF3', refundFen: 5_000, reason: '退费' })).tradeNo, tradeNo);
  assert.equal(codeOf(await his.refundForHis({ receiptNo: 'R9', hisRefundNo: 'TF4', refundFen: 1, reason: '退费' })), 'ORDER_NOT_FOUND');
  assert.deepEqual(stand.store.database.prepare('SELECT old_receipt_no, new_receipt_no FROM receipt_link ORDER BY id').all().map((row) => Object.values(row)), [[first, 'R2'], ['R2', 'R3']]);
});

test('a refund that began here and was approved under a HIS number is known when the HIS tells of it', async (context) => {
  const { stand, his } = await start(context);
  const { tradeNo } = await stand.takePaid();
  valueOf(await stand.client().requestRefund(tradeNo, { reason: '退费' }, { idempotencyKey: 'refund-by-app' }));
  await stand.work('advanceRefund');
  const told = valueOf(await his.refundForHis({ tradeNo, hisRefundNo: 'TF-OURS', refundFen: 10_000, reason: '退费' }));
  assert.deepEqual([told.refunds.length, told.refunds[0]?.cause], [1, 'requested']);
  assert.deepEqual(refundsAtChannel(stand), [10_000]);
});

test('a clinic does not take place: paid registrations go back, each once; unpaid ones and those checked in are told apart', async (context) => {
  const { stand, his } = await start(context);
  const app = stand.client();
  const take = async (registration: string, isPaid: boolean) => {
    stand.hospital.facets = { holdRegistration: () => Promise.resolve({ kind: 'ok', value: { hisRegistrationNo: registration, totalFen: 1_500, fundFen: 0, personalAccountFen: 0, selfPayFen: 1_500, expiresAt: '2026-11-20T02:15:00Z' } }) };
    const held = valueOf(await app.holdRegistration({ patientId: 'P1', scheduleId: 'S1', slotId: 'N1', when: 'today' }, { idempotencyKey: `hold-${registration}` }));
    const order = valueOf(await app.createPayment({ quoteId: held.quote.quoteId, amountFen: 1_500, method: 'nativeQr' }, { idempotencyKey: `pay-${registration}` }));
    if (isPaid) stand.channel.pay(`${order.tradeNo}P01`);
    await app.findPayment(order.tradeNo, { fresh: true });
    await stand.work('confirmOrder');
    return order.tradeNo;
  };
  const [paid, , checkedIn] = [await take('G000001', true), await take('G000002', false), await take('G000003', true)];
  valueOf(await his.refundForHis({ tradeNo: checkedIn, hisRefundNo: 'TF-BEFORE', refundFen: 1_500, reason: '退号' }));
  const notice = { noticeNo: 'TZ1', hisRegistrationNos: ['G000001', 'G000002', 'G000003', 'G999999'], isCancelledAtHis: true, reason: '停诊' };
  const expected = [
    { hisRegistrationNo: 'G000001', result: 'refunding', tradeNo: paid }, { hisRegistrationNo: 'G000002', result: 'notPaid' },
    { hisRegistrationNo: 'G000003', result: 'window', tradeNo: checkedIn, code: 'NOT_REFUNDABLE' }, { hisRegistrationNo: 'G999999', result: 'notPaid' },
  ];
  assert.deepEqual(valueOf(await his.refundStoppedClinic(notice)), expected);
  assert.deepEqual(valueOf(await his.refundStoppedClinic(notice)), expected);
  assert.equal(valueOf(await app.findPayment(paid)).refunds.length, 1);
});
