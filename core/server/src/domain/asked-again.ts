/**
 * 复查: what has ended is asked about once more, some minutes later. The answer is news like any other, with one exception: what was believed is never undone by it. A channel that denies what it said before
 * is a case for a person.
 */
import type { PaymentNews, RefundNews } from '@hospay/plugin-sdk';
import type { OrderChange } from './order-change.js';
import type { Payment, Refund } from './order.js';
import { applyPaymentNews } from './payment-news.js';
import type { PaymentPolicy } from './payment-policy.js';

/**
 * `agrees`: nothing is to be written. `denies`: it takes back what it said. `tells`: something else that the state machine has to hear. `nothing`: no answer that could be judged.
 */
export type SecondAnswer = 'agrees' | 'denies' | 'tells' | 'nothing';

export function readPaymentAnswer({ state, paymentNo, merchantNo, amountFen, channelTradeNo }: Payment, refunds: readonly Refund[], news: PaymentNews): SecondAnswer {
  if (news.kind === 'unknown') return 'nothing';
  if (state === 'failed') return news.kind === 'succeeded' || news.kind === 'pending' ? 'tells' : 'agrees';
  // Closed, it is asked about by its own work; open again, too.
  if (state !== 'succeeded') return 'agrees';
  if (news.kind === 'pending') return 'nothing';
  if (news.kind === 'succeeded') return news.tradeNo === paymentNo && news.merchantNo === merchantNo && news.amountFen === amountFen && news.channelTradeNo === channelTradeNo ? 'agrees' : 'tells';
  // What went back whole is closed for some channels.
  return refunds.some((refund) => refund.paymentNo === paymentNo && refund.state !== 'rejected' && refund.state !== 'closed') ? 'nothing' : 'denies';
}

export function readRefundAnswer({ state, refundNo, paymentNo, refundFen }: Refund, news: RefundNews): SecondAnswer {
  if (news.kind === 'unknown') return 'nothing';
  if (state === 'closed') return news.kind === 'succeeded' || news.kind === 'processing' ? 'denies' : 'agrees';
  if (state !== 'succeeded') return 'agrees';
  if (news.kind === 'processing') return 'nothing';
  if (news.kind === 'succeeded') return news.refundNo === refundNo && news.tradeNo === paymentNo && news.refundFen === refundFen ? 'agrees' : 'tells';
  return 'denies';
}

/** Judged again over the rows as they are now: between question and write they may have moved. */
export function learnPaymentAgain(change: OrderChange, paymentNo: string, news: PaymentNews, policy: PaymentPolicy): void {
  const payment = change.payment(paymentNo);
  const answer = readPaymentAnswer(payment, change.refunds, news);
  if (answer === 'denies') change.openCase({ kind: 'channelDenies', subject: paymentNo, severity: 1, detail: `${payment.channel} said that ${String(payment.amountFen)} fen were paid, and now twice that it is ${news.kind}. Nothing was undone: look it up at the channel; the statement of ${payment.billDay ?? ''} decides` });
  if (answer !== 'tells') return;
  // Paid, or payable, although it counts as failed: its own work asks, and takes it or closes it there. An undo may have passed this answer.
  if (payment.state === 'failed') {
    change.schedule('advancePayment', paymentNo);
    return;
  }
  if (news.kind === 'succeeded' && (news.tradeNo !== paymentNo || news.amountFen !== payment.amountFen)) {
    change.openCase({ kind: 'amountMismatch', subject: paymentNo, severity: 1, detail: `asked again, the channel says ${news.tradeNo} ${String(news.amountFen)} fen, booked ${String(payment.amountFen)} fen` });
    return;
  }
  applyPaymentNews(change, paymentNo, news, 'query', policy);
}

export function learnRefundAgain(change: OrderChange, refundNo: string, news: RefundNews): void {
  const refund = change.refund(refundNo);
  const answer = readRefundAnswer(refund, news);
  if (answer === 'tells' && news.kind === 'succeeded') {
    change.openCase({ kind: 'amountMismatch', subject: refundNo, severity: 1, detail: `asked again, the channel says ${news.refundNo} of ${news.tradeNo} ${String(news.refundFen)} fen, booked ${String(refund.refundFen)} fen` });
  }
  if (answer !== 'denies') return;
  const before = refund.state === 'closed' ? 'given up, and a successor was made: the patient may have it twice' : 'done: the patient may not have it';
  change.openCase({ kind: 'channelDenies', subject: refundNo, severity: 1, detail: `a refund of ${String(refund.refundFen)} fen was told to be ${before}. Asked again, the channel says twice that it is ${news.kind}. Nothing was undone: look it up at the channel` });
}
