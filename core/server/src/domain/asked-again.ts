/**
 * 复查: what has ended is asked about once more, some minutes later. The answer is news like any other, with one exception: what was believed is never undone by it. A channel that denies what it said before
 * is a case for a person.
 */
import type { PaymentNews, RefundNews } from '@hospay/plugin-sdk';
import { type Bilingual, yuanOf } from './bilingual.js';
import type { OrderChange } from './order-change.js';
import type { Payment, Refund } from './order.js';
import { applyPaymentNews } from './payment-news.js';
import type { PaymentPolicy } from './payment-policy.js';
import { NEWS_WORDS } from './state-words.js';

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
  if (answer === 'denies') {
    const [amount, said, day] = [yuanOf(payment.amountFen), NEWS_WORDS[news.kind], payment.billDay ?? ''];
    const detail = {
      zh: `${payment.channel} 曾答复已支付 ${amount} 元，复查时两次答复“${said.zh}”。未撤销任何账目：请在渠道商户后台查询，以 ${day} 的对账单为准`,
      en: `${payment.channel} said that ${amount} yuan were paid, and now twice that it is ${said.en}. Nothing was undone: look it up at the channel; the statement of ${day} decides`,
    };
    change.openCase({ kind: 'channelDenies', subject: paymentNo, severity: 1, detail });
  }
  if (answer !== 'tells') return;
  // Paid, or payable, although it counts as failed: its own work asks, and takes it or closes it there. An undo may have passed this answer.
  if (payment.state === 'failed') {
    change.schedule('advancePayment', paymentNo);
    return;
  }
  if (news.kind === 'succeeded' && (news.tradeNo !== paymentNo || news.amountFen !== payment.amountFen)) {
    const [told, booked] = [yuanOf(news.amountFen), yuanOf(payment.amountFen)];
    const detail = { zh: `复查时渠道答复 ${news.tradeNo} 支付 ${told} 元，本平台入账 ${booked} 元。未改动账目；请与渠道核对`, en: `asked again, the channel says ${news.tradeNo} ${told} yuan, booked are ${booked} yuan. Nothing was changed; ask the channel` };
    change.openCase({ kind: 'amountMismatch', subject: paymentNo, severity: 1, detail });
    return;
  }
  applyPaymentNews(change, paymentNo, news, 'query', policy);
}

export function learnRefundAgain(change: OrderChange, refundNo: string, news: RefundNews): void {
  const refund = change.refund(refundNo);
  const answer = readRefundAnswer(refund, news);
  if (answer === 'tells' && news.kind === 'succeeded') {
    const [told, booked] = [yuanOf(news.refundFen), yuanOf(refund.refundFen)];
    const detail = { zh: `复查时渠道答复支付单 ${news.tradeNo} 的退款 ${news.refundNo} 为 ${told} 元，本平台入账 ${booked} 元。未改动账目；请与渠道核对`, en: `asked again, the channel says ${news.refundNo} of ${news.tradeNo} ${told} yuan, booked are ${booked} yuan. Nothing was changed; ask the channel` };
    change.openCase({ kind: 'amountMismatch', subject: refundNo, severity: 1, detail });
  }
  if (answer !== 'denies') return;
  const before: Bilingual = refund.state === 'closed'
    ? { zh: '渠道关闭并已另行退款，患者可能收到两次', en: 'given up, and a successor was made: the patient may have it twice' }
    : { zh: '已退款，患者可能未收到', en: 'done: the patient may not have it' };
  const [amount, said] = [yuanOf(refund.refundFen), NEWS_WORDS[news.kind]];
  const detail = {
    zh: `退款 ${amount} 元曾被答复为${before.zh}。复查时渠道两次答复“${said.zh}”。未撤销任何账目：请在渠道商户后台查询`,
    en: `a refund of ${amount} yuan was told to be ${before.en}. Asked again, the channel says twice that it is ${said.en}. Nothing was undone: look it up at the channel`,
  };
  change.openCase({ kind: 'channelDenies', subject: refundNo, severity: 1, detail });
}
