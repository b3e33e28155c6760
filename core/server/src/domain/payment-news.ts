/**
 * What to do with news about a payment, whoever brought it. Pure; applying any news twice changes nothing.
 *
 * Success is compared with the order (merchant, number, amount) before a word of it is believed; what differs becomes a case and moves no
 * money. Late success is never dropped: the hospital is told if the bills are still free, else the money goes back.
 */
import { type ChargeOutcome, fen, type PaymentNews } from '@hospay/plugin-sdk';
import { assertNever } from './assert-never.js';
import { type Bilingual, yuanOf } from './bilingual.js';
import { billDayAt } from './bill-day.js';
import { followPresettlement } from './follow-presettlement.js';
import { isJoined, settledWith } from './joined-payments.js';
import { closeOpenPayments, closeWhatExceeds, endTender, fitsOrder, keptFen, settleTender, takesMorePayments } from './mixed-tender.js';
import type { Payment } from './order.js';
import type { OrderChange } from './order-change.js';
import { own } from './own-words.js';
import type { PaymentPolicy } from './payment-policy.js';
import { isPaymentEnded, type PaymentTrigger } from './payment-states.js';
import { postPaymentSucceeded } from './postings.js';
import { insuredFen } from './presettlement.js';
import { reserveRefund } from './reserve-refund.js';
import { isSelfTest, sendSelfTestBack } from './self-test.js';

type Bringer = Extract<PaymentTrigger, 'answer' | 'notification' | 'query' | 'statement'>;

export function applyPaymentNews(change: OrderChange, paymentNo: string, news: PaymentNews, by: Bringer, policy: PaymentPolicy): void {
  const payment = change.payment(paymentNo);
  switch (news.kind) {
    case 'succeeded':
      applySuccess(change, paymentNo, news, by, policy);
      return;
    case 'pending':
      if ((payment.state === 'submitted' || payment.state === 'unknown') && by !== 'statement') change.movePayment(paymentNo, 'paying', by);
      return;
    case 'closed':
      if (!isPaymentEnded(payment.state)) end(change, paymentNo, 'closed', by, policy);
      return;
    case 'notFound':
      // Not-exist alone is not enough: a delayed create can still arrive until the order's own expiry, plus margin.
      if (payment.state === 'closing' && change.now.getTime() > Date.parse(payment.expiresAt) + policy.closeMarginMs) end(change, paymentNo, 'closed', by, policy);
      return;
    case 'declined':
      if (!isPaymentEnded(payment.state) && by !== 'statement') end(change, paymentNo, 'failed', by, policy, `${news.code} ${news.message}`);
      return;
    case 'unknown':
      change.setPayment(paymentNo, { lastNews: news.reason });
      return;
    default:
      assertNever(news);
  }
}

/** The synchronous answer to a charge: the same news, and what the terminal must present. */
export function applyChargeOutcome(change: OrderChange, paymentNo: string, outcome: ChargeOutcome, policy: PaymentPolicy): void {
  const payment = change.payment(paymentNo);
  switch (outcome.kind) {
    case 'pending':
      if (payment.state === 'submitted' || payment.state === 'unknown') change.movePayment(paymentNo, 'paying', 'answer', { presentation: outcome.present, channelNote: outcome.channelNote });
      else if (payment.state === 'paying' && payment.presentation === undefined) change.setPayment(paymentNo, { presentation: outcome.present, channelNote: outcome.channelNote });
      return;
    case 'succeeded':
      applyPaymentNews(change, paymentNo, outcome, 'answer', policy);
      return;
    case 'declined':
    case 'notSent':
      if (payment.state === 'submitted' || payment.state === 'unknown') {
        // After an earlier attempt without a definite answer a refusal of the repeat says nothing about the first one: ask.
        if (payment.attempts > 1) change.setPayment(paymentNo, { lastNews: own(outcome.kind === 'declined' ? 'repeatDeclined' : 'repeatNotSent') });
        else end(change, paymentNo, 'failed', 'answer', policy, outcome.kind === 'declined' ? `${outcome.code} ${outcome.message}` : outcome.reason);
      }
      return;
    case 'unknown':
      if (payment.state === 'submitted') change.movePayment(paymentNo, 'unknown', 'answer', { lastNews: outcome.reason });
      else change.setPayment(paymentNo, { lastNews: outcome.reason });
      return;
    default:
      assertNever(outcome);
  }
}

function applySuccess(change: OrderChange, paymentNo: string, news: Extract<PaymentNews, { kind: 'succeeded' }>, by: Bringer, { cutOffs }: PaymentPolicy): void {
  const payment = change.payment(paymentNo);
  if (news.merchantNo !== payment.merchantNo) {
    change.openCase({ kind: 'merchantMismatch', subject: paymentNo, severity: 1, detail: { zh: `渠道答复的商户号为 ${news.merchantNo}，请求的是 ${payment.merchantNo}。未入账；请与渠道核对`, en: `channel says merchant ${news.merchantNo}, sent for ${payment.merchantNo}. It was not booked; ask the channel` } });
    return;
  }
  if (payment.state === 'succeeded') {
    if (payment.channelTradeNo !== news.channelTradeNo) {
      change.openCase({ kind: 'secondChannelPayment', subject: paymentNo, severity: 1, detail: { zh: `渠道又答复交易 ${news.channelTradeNo}，已入账的是 ${payment.channelTradeNo ?? '?'}：患者可能付了两次。请与渠道核对，多收的退回患者`, en: `channel reports ${news.channelTradeNo}, booked as ${payment.channelTradeNo ?? '?'}: the patient may have paid twice. Ask the channel, and give back what is too much` } });
    }
    return;
  }
  if (news.tradeNo !== paymentNo || news.amountFen !== payment.amountFen) {
    change.openCase({ kind: 'amountMismatch', subject: paymentNo, severity: 1, detail: { zh: `渠道答复 ${news.tradeNo} 支付 ${yuanOf(news.amountFen)} 元，应收 ${yuanOf(payment.amountFen)} 元。未入账；请与渠道核对`, en: `channel says ${news.tradeNo} ${yuanOf(news.amountFen)} yuan, charged ${yuanOf(payment.amountFen)} yuan. It was not booked; ask the channel` } });
    return;
  }
  if (payment.closeAskedAt !== undefined || (by === 'answer' && isPaymentEnded(payment.state))) {
    // A close without an answer may be an undo on its way to give this money back; an answer that is older than the end says nothing of what came after it.
    change.setPayment(paymentNo, { lastNews: own('paidCloseUnanswered') });
    // A question closes it next by itself; any other bringer has nobody who does.
    if (isPaymentEnded(payment.state) && by !== 'query') change.schedule('advancePayment', paymentNo);
    return;
  }
  const insuranceSplit = payment.method === 'medicalInsurance' ? splitOf(news) : undefined;
  if (payment.method === 'medicalInsurance' && (insuranceSplit === undefined || insuredFen(insuranceSplit) !== payment.amountFen)) {
    // Who of the insurance owes what is never guessed: the payment stays open and is asked about until it is said.
    change.openCase({ kind: 'insuranceSplit', subject: paymentNo, severity: 1, detail: splitDetail(payment, insuranceSplit) });
    return;
  }
  // A till has no bill, and is counted by the date.
  const billDay = billDayAt(news.paidAt, payment.method === 'cash' ? undefined : cutOffs[payment.channel]);
  const paid = change.movePayment(paymentNo, 'succeeded', by, {
    channelTradeNo: news.channelTradeNo,
    paidAt: news.paidAt,
    fundingSource: news.fundingSource,
    channelNote: news.channelNote ?? payment.channelNote,
    billDay,
    ...(insuranceSplit === undefined ? {} : { insuranceSplit }),
  });
  change.post(postPaymentSucceeded(change.order, { ...paid, billDay }));
  change.dropJob('advancePayment', paymentNo);
  change.resolveCase('paymentUnknown', paymentNo);
  if (insuranceSplit !== undefined) change.resolveCase('insuranceSplit', paymentNo);
  const settled = settledWith(change.payments, paid);
  // The wallet says that both parts are paid: the centre is asked at once.
  if (settled !== undefined && !isPaymentEnded(settled.state)) change.schedule('advancePayment', settled.paymentNo);
  if (isSelfTest(change.order)) {
    sendSelfTestBack(change, paymentNo);
    return;
  }
  const paidFen = keptFen(change);
  // Another payment of a mixed order may have taken this one's place meanwhile: together they must not exceed the order.
  const fits = fitsOrder(change);
  const mayServe = change.order.confirmation === 'none' && change.billsFree && fits;
  if (mayServe && paidFen === change.order.amountFen) {
    if (!change.holdsBills) change.reclaimBills();
    change.moveConfirmation('toConfirm', 'paid', { paidAt: news.paidAt });
    change.schedule('confirmOrder', change.order.tradeNo);
    change.dropJob('advanceTender', change.order.tradeNo);
    closeOpenPayments(change, 'timer');
  } else if (mayServe && change.order.tenderUntil !== undefined) {
    if (!change.holdsBills && takesMorePayments(change.order, change.now)) change.reclaimBills();
    // It waits for the rest; when that will not come any more it goes back.
    change.schedule('advanceTender', change.order.tradeNo, new Date(Math.max(Date.parse(change.order.tenderUntil), change.now.getTime())));
    closeWhatExceeds(change);
    settleTender(change);
  } else {
    change.setOrder({ paidAt: news.paidAt });
    change.openCase({ kind: 'lateSuccessRefunded', subject: paymentNo, severity: 3, detail: fits ? BILLS_TAKEN : PLACE_TAKEN });
    reserveRefund(change, { paymentNo, refundFen: payment.amountFen, cause: 'latePayment', reason: '订单已失效，自动退款', requestedBy: 'system' });
    settleTender(change);
  }
  followPresettlement(change);
  tellOwner(change);
}

const BILLS_TAKEN: Bilingual = { zh: '支付成功时，其待缴费单已由另一订单占用：已自动退款，请留意退款结果', en: 'paid after its bills were taken over by another order: refunded automatically, see that it arrives' };
const PLACE_TAKEN: Bilingual = { zh: '支付成功时，已有另一笔支付：已自动退款，请留意退款结果', en: 'another payment had taken its place: refunded automatically, see that it arrives' };

function splitDetail({ amountFen }: Payment, split: Payment['insuranceSplit']): Bilingual {
  if (split === undefined) return { zh: '医保已结算，但答复没有给出统筹基金与个人账户各付多少。平台会继续查询；请与医保中心核对', en: 'settled, and the answer does not say what fund and account pay. It is asked again; ask the centre' };
  const [fund, account, settled] = [yuanOf(split.fundFen), yuanOf(split.accountFen), yuanOf(amountFen)];
  return { zh: `统筹基金 ${fund} 元与个人账户 ${account} 元之和不等于医保结算的 ${settled} 元。平台会继续查询；请与医保中心核对`, en: `fund ${fund} yuan and account ${account} yuan are not the ${settled} yuan settled. It is asked again; ask the centre` };
}

function splitOf({ insuranceSplit }: Extract<PaymentNews, { kind: 'succeeded' }>): Payment['insuranceSplit'] {
  return insuranceSplit === undefined ? undefined : { fundFen: fen(insuranceSplit.fundFen), accountFen: fen(insuranceSplit.accountFen) };
}

function end(change: OrderChange, paymentNo: string, to: 'closed' | 'failed', by: Bringer, policy: PaymentPolicy, lastNews?: string): void {
  const payment = change.movePayment(paymentNo, to, by, lastNews === undefined ? {} : { lastNews });
  change.resolveCase('paymentUnknown', paymentNo);
  if (change.payments.every(({ state }) => state === 'closed' || state === 'failed') && change.holdsBills && !takesMorePayments(change.order, change.now)) change.releaseBills();
  // One more question after expiry and margin: a success that arrived late must not depend on a notification nobody promises.
  // The margin also counts from the end itself, in case our clock ran ahead and the channel's expiry is still to come.
  const recheckAt = Math.max(Date.parse(payment.expiresAt), change.now.getTime()) + policy.closeMarginMs;
  if (to === 'closed' || by !== 'answer') change.schedule('advancePayment', paymentNo, new Date(recheckAt));
  else change.dropJob('advancePayment', paymentNo);
  // Of two that end together the other must not be paid any more; if it was, it goes back.
  if (isJoined(change.payments, payment)) endTender(change, 'timer');
  settleTender(change);
  followPresettlement(change);
  tellOwner(change);
}

/** Its channel was not called and will not be: what it would have been paid together with did not come about. */
export function withdraw(change: OrderChange, paymentNo: string, reason: string): void {
  // Being closed already, it goes that way.
  if (change.payment(paymentNo).state !== 'submitted') return;
  change.movePayment(paymentNo, 'failed', 'answer', { lastNews: reason });
  change.dropJob('advancePayment', paymentNo);
}

/** Applications are told by a durable notification; terminals hear the announcement and ask. Of a self-test nobody is told: whoever tests looks. */
export function tellOwner(change: OrderChange): void {
  if (change.order.owner.kind === 'application' && !isSelfTest(change.order)) change.schedule('tellOwner', change.order.tradeNo);
}
