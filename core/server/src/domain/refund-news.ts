/** What to do with news about a refund, whoever brought it. Pure; applying any news twice changes nothing. */
import type { RefundNews, RefundOutcome } from '@hospay/plugin-sdk';
import { assertNever } from './assert-never.js';
import { yuanOf } from './bilingual.js';
import { followPresettlement } from './follow-presettlement.js';
import { settledWith } from './joined-payments.js';
import type { OrderChange } from './order-change.js';
import type { Refund } from './order.js';
import { heard } from './own-words.js';
import type { PaymentPolicy } from './payment-policy.js';
import { tellOwner } from './payment-news.js';
import { billDayOfRefund, postRefundAccepted, postRefundReleased, postRefundSucceeded } from './postings.js';
import { isRefundEnded, type RefundTrigger } from './refund-states.js';
import { reserveRefund } from './reserve-refund.js';

type Bringer = Extract<RefundTrigger, 'answer' | 'notification' | 'query' | 'statement'>;

export function applyRefundNews(change: OrderChange, refundNo: string, news: RefundNews | RefundOutcome, by: Bringer, policy: PaymentPolicy): void {
  const refund = change.refund(refundNo);
  if (isRefundEnded(refund.state) || refund.state === 'reserved' || refund.state === 'approving') return;
  switch (news.kind) {
    case 'processing':
      accept(change, refund, news.channelRefundNo);
      if (refund.state !== 'processing' && by !== 'statement') change.moveRefund(refundNo, 'processing', by);
      return;
    case 'succeeded':
      succeed(change, refund, news, by, policy);
      return;
    case 'closed':
      giveUp(change, refund, by);
      return;
    case 'abnormal':
      accept(change, refund, undefined);
      block(change, refund, news.message, by);
      return;
    case 'declined':
      block(change, refund, `${news.code} ${news.message}`, by);
      return;
    case 'notSent':
    case 'unknown':
      if (refund.state === 'submitted' && by === 'answer') change.moveRefund(refundNo, 'unknown', 'answer', { lastNews: news.reason });
      else change.setRefund(refundNo, { lastNews: news.reason });
      return;
    case 'notFound':
      return;
    default:
      assertNever(news);
  }
}

function succeed(change: OrderChange, refund: Refund, news: Extract<RefundNews, { kind: 'succeeded' }>, by: Bringer, { cutOffs }: PaymentPolicy): void {
  if (news.refundNo !== refund.refundNo || news.tradeNo !== refund.paymentNo || news.refundFen !== refund.refundFen) {
    const [told, asked] = [yuanOf(news.refundFen), yuanOf(refund.refundFen)];
    const detail = { zh: `渠道答复支付单 ${news.tradeNo} 的退款 ${news.refundNo} 为 ${told} 元，申请的是 ${asked} 元。未入账；请与渠道核对`, en: `channel says ${news.refundNo} of ${news.tradeNo} ${told} yuan, asked were ${asked} yuan. It was not booked; ask the channel` };
    change.openCase({ kind: 'amountMismatch', subject: refund.refundNo, severity: 1, detail });
    return;
  }
  accept(change, refund, news.channelRefundNo);
  const payment = change.payment(refund.paymentNo);
  const cutOff = payment.method === 'cash' ? undefined : cutOffs[payment.channel];
  const billDay = cutOff === undefined ? undefined : billDayOfRefund(payment, { ...refund, refundedAt: news.refundedAt }, cutOff);
  const done = change.moveRefund(refund.refundNo, 'succeeded', by, { channelRefundNo: news.channelRefundNo, refundedAt: news.refundedAt, ...(billDay === undefined ? {} : { billDay }) });
  change.post(postRefundSucceeded(payment, done, billDayOfRefund(payment, done)));
  change.dropJob('advanceRefund', refund.refundNo);
  for (const kind of ['refundAbnormal', 'refundLate'] as const) change.resolveCase(kind, refund.refundNo);
  // The wallet that settled it shows the patient what became of it.
  if (change.payment(refund.paymentNo).settledBy !== undefined) change.schedule('tellInsuranceRefund', refund.refundNo);
  followPresettlement(change);
  tellOwner(change);
}

/** Posting 7, once: the channel has taken the refund. */
function accept(change: OrderChange, refund: Refund, channelRefundNo: string | undefined): void {
  if (refund.isPosted) return;
  const payment = change.payment(refund.paymentNo);
  change.post(postRefundAccepted(change.order, payment, refund));
  change.setRefund(refund.refundNo, channelRefundNo === undefined ? { isPosted: true } : { isPosted: true, channelRefundNo });
  // A wallet that was found paid only after the insurance had gone back could not be told so before its own refund had a number there.
  const insured = settledWith(change.payments, payment);
  const undone = change.refunds.find(({ paymentNo, state }) => paymentNo === insured?.paymentNo && state === 'succeeded');
  if (undone !== undefined) change.schedule('tellInsuranceRefund', undone.refundNo);
}

/** The channel gave it up: the amount is reserved again at once under a new number, linked to the old one. The promise stands. */
function giveUp(change: OrderChange, refund: Refund, by: Bringer): void {
  const payment = change.payment(refund.paymentNo);
  change.post(postRefundReleased(change.order, payment, refund));
  change.moveRefund(refund.refundNo, 'closed', by);
  change.dropJob('advanceRefund', refund.refundNo);
  change.openCase({ kind: 'refundAbnormal', subject: refund.refundNo, severity: 2, detail: { zh: '渠道关闭了该退款，款项未退；平台已用新的退款单号继续退款', en: 'the channel closed this refund without paying it; a successor was made' } });
  reserveRefund(change, {
    paymentNo: refund.paymentNo,
    refundFen: refund.refundFen,
    cause: 'successor',
    reason: refund.reason,
    requestedBy: refund.requestedBy,
    successorOf: refund,
  });
  tellOwner(change);
}

function block(change: OrderChange, refund: Refund, message: string, by: Bringer): void {
  if (refund.state !== 'abnormal' && by !== 'statement') change.moveRefund(refund.refundNo, 'abnormal', by, { lastNews: message });
  else change.setRefund(refund.refundNo, { lastNews: message });
  const said = heard(message);
  const detail = { zh: `渠道无法原路退回：${said.zh}。请按渠道要求办理（如联系患者更换收款方式）；平台会以同一退款单号再试`, en: `the way back is blocked: ${said.en}. Do what the channel asks for; the same number is tried again` };
  change.openCase({ kind: 'refundAbnormal', subject: refund.refundNo, severity: 2, detail });
  tellOwner(change);
}
