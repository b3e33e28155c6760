import { beijingDay, type PaymentNews, type PaymentReference, type PluginContext, type Refunding, type RefundNews, type RefundReference, type RefundRequest } from '@hospay/plugin-sdk';

import { fieldsAt, textAt } from './answer-fields.js';
import { isOpen, paymentKey, type Attempt, type Attempts, type KeptAttempt } from './attempts.js';
import type { MobileLine } from './mobile-line.js';
import { refundInput, type PaidOrder } from './mobile-messages.js';
import { isOrderOf } from './mobile-order.js';
import type { MobileOrders } from './mobile-orders.js';
import { stateOf } from './order-states.js';
import type { Presettlement, PresettlementBook } from './presettlement-book.js';
import { RECORDS_GONE, type RefundBook } from './refund-book.js';
import type { Settlement } from './settlement.js';
import type { CompleteSettings, MedicalInsuranceSettings } from './settings.js';

export type MobileRefundingParts = {
  readonly context: PluginContext<MedicalInsuranceSettings>;
  readonly settings: CompleteSettings;
  readonly line: MobileLine;
  readonly orders: MobileOrders;
  readonly book: PresettlementBook;
  readonly refundBook: RefundBook;
  readonly attempts: Attempts;
  readonly query: (payment: PaymentReference, signal: AbortSignal) => Promise<PaymentNews>;
  readonly orderOf: (attempt: Pick<Attempt, 'presettlementNo'>) => Promise<(Presettlement & { readonly payOrder: NonNullable<Presettlement['payOrder']> }) | undefined>;
  readonly isFresh: (kept: KeptAttempt) => boolean;
};

type Paid = PaidOrder & { readonly order: NonNullable<Presettlement['payOrder']>; readonly person: Presettlement['person']; readonly total: number };

const LATE = { kind: 'notSent', reason: 'the deadline had passed before sending' } as const;
const OTHER = { kind: 'unknown', reason: 'this number was used for another amount' } as const;

/** 6203 returns the insurance part whole, the refund number its key; the order (6301) says whether it did. */
export function createMobileRefunding({ context, settings, line, orders, book, refundBook, attempts, query, orderOf, isFresh }: MobileRefundingParts): Refunding {
  const refundedBy = ({ number, amountFen, settlement }: Attempt, tradeNo: string) =>
    settlement === undefined ? ({ kind: 'unknown', reason: 'the refund has no time' } as const) : ({ kind: 'succeeded', refundNo: number, tradeNo, refundFen: amountFen, channelRefundNo: number, refundedAt: settlement.settledAt } as const);

  /** What the order says of its refund, ours being the only one that was sent. */
  const queryRefund = async ({ refundNo, payment }: Pick<RefundReference, 'refundNo' | 'payment'>, signal: AbortSignal): Promise<RefundNews> => {
    const last = (await attempts.of(`undo/${payment.tradeNo}`)).findLast(({ attempt }) => attempt.number === refundNo);
    if (last?.attempt.state === 'done') return refundedBy(last.attempt, payment.tradeNo);
    if (last === undefined || !isOpen(last.attempt)) return { kind: 'notFound' };
    const paid = await paidOrderOf(payment, signal);
    if (typeof paid === 'string') return { kind: 'unknown', reason: 'the order of this payment is not known here' };
    const found = await orders.ask({ payOrder: paid.order, person: paid.person }, signal);
    if (found.kind === 'unknown') return found;
    const state = textAt(found.order, 'ordStas');
    switch (stateOf(state).refund) {
      case 'none':
        return isFresh(last) ? { kind: 'unknown', reason: 'the centre may still be at work on it' } : { kind: 'notFound' };
      case 'processing':
        return { kind: 'processing' };
      case 'unknown':
        return { kind: 'unknown', reason: `the order is in state ${state.slice(0, 4)}` };
      case 'refunded':
        return refundedBy(await done(last, payment, paid), payment.tradeNo);
    }
  };

  /** From then on nothing more is asked of the order: voucher, token and person are forgotten. */
  const done = async (kept: KeptAttempt, payment: PaymentReference, paid: Paid): Promise<Attempt> => {
    const stands = await attempts.end(kept, { state: 'done', settlement: refundOf(paid, context.now()) });
    if (stands.state !== 'done') return stands;
    await refundBook.undone(payment);
    const presettlement = await orderOf(kept.attempt);
    if (presettlement !== undefined) {
      const { person: _person, ...rest } = presettlement;
      await book.change(rest, { voucherNumber: '' });
    }
    return stands;
  };

  /** What was paid, from our own records; `gone` when they are no longer here. */
  const paidOrderOf = async (payment: PaymentReference, signal: AbortSignal): Promise<Paid | 'unknown' | 'gone' | 'none'> => {
    const last = (await attempts.of(paymentKey(payment))).at(-1)?.attempt;
    if (last === undefined) {
      const kept = await refundBook.find(payment);
      if (kept?.mobile === undefined) return payment.channelTradeNo === undefined ? 'none' : 'gone';
      const { settlementId, split, mobile: { token, voucher, person } } = kept;
      return { order: { id: settlementId, token }, voucher, person, fund: split.fundFen, account: split.accountFen, total: split.totalFen };
    }
    const news = await query(payment, signal);
    if (news.kind !== 'succeeded') return news.kind === 'unknown' || news.kind === 'pending' ? 'unknown' : 'none';
    const [presettlement, settled] = [await orderOf(last), (await attempts.of(paymentKey(payment))).at(-1)?.attempt.settlement];
    if (presettlement === undefined || settled === undefined) return 'gone';
    const { payOrder, voucherType, voucherNumber, person } = presettlement;
    return { order: payOrder, voucher: { kind: voucherType, number: voucherNumber }, person, fund: settled.split.fundFen, account: settled.split.accountFen, total: settled.split.totalFen };
  };

  const refund = async ({ refundNo, refundFen, reason, payment }: RefundRequest, signal: AbortSignal) => {
    const before = await attempts.of(`undo/${payment.tradeNo}`);
    const last = before.at(-1);
    if (last?.attempt.number === refundNo && last.attempt.amountFen !== refundFen) return OTHER;
    const isGoing = last !== undefined && (last.attempt.state === 'done' || isOpen(last.attempt));
    if (isGoing && last.attempt.number !== refundNo) return { kind: 'declined', code: 'NOTHING_LEFT', message: '该笔医保结算已退或正在退 / the settlement is refunded, or being refunded' } as const;
    if (isGoing) {
      const news = await queryRefund({ refundNo, payment }, signal);
      if (news.kind !== 'notFound') return news.kind === 'succeeded' || news.kind === 'processing' ? news : ({ kind: 'unknown', reason: 'the refund was sent before and must be asked about' } as const);
    }
    const paid = await paidOrderOf(payment, signal);
    if (paid === 'unknown') return { kind: 'notSent', reason: 'the settlement itself is unknown' } as const;
    if (paid === 'gone') return RECORDS_GONE;
    if (paid === 'none') return { kind: 'declined', code: 'NOT_SETTLED', message: '没有可退的医保结算 / there is no settlement to refund' } as const;
    if (refundFen !== paid.fund + paid.account) return { kind: 'declined', code: 'WHOLE_ONLY', message: '医保部分只能整笔退 / the insurance part goes back whole' } as const;
    if (signal.aborted) return LATE;
    const now = context.now();
    await context.store.put(`undo-day/${beijingDay(now)}/${payment.tradeNo}`, true);
    const presettlementNo = (await attempts.of(paymentKey(payment))).at(-1)?.attempt.presettlementNo;
    const intent: Attempt = isGoing
      ? { ...last.attempt, sentAt: now.toISOString() }
      : { number: refundNo, amountFen: refundFen, msgid: refundNo, sentAt: now.toISOString(), state: 'sent', personNo: '', visitNo: '', undoes: paid.order.id, ...(presettlementNo === undefined ? {} : { presettlementNo }) };
    const kept = await attempts.begin(`undo/${payment.tradeNo}`, before.length, intent);
    if (kept === undefined) return { kind: 'unknown', reason: 'another call is refunding this settlement' } as const;
    // A repeat is the same message, its time included.
    const { sentAt } = (before.find(({ attempt }) => attempt.number === refundNo && isOpen(attempt)) ?? kept).attempt;
    const answer = await line.ask({ infno: '6203', data: refundInput(paid, { refundNo, at: new Date(sentAt), reason }, settings), signal });
    if (answer.kind === 'notSent' && !isGoing) await attempts.end(kept, { state: 'notSent' });
    if (answer.kind === 'unknown' || answer.kind === 'notSent') return isGoing ? ({ kind: 'unknown', reason: answer.reason } as const) : answer;
    // A repeat may be refused because the first one arrived.
    if (answer.kind === 'refused' && isGoing) return { kind: 'unknown', reason: `refused when sent again: ${answer.message}` } as const;
    if (answer.kind === 'done' && !isOrderOf({ payOrdId: paid.order.id, ...fieldsAt(answer, 'output') }, { payOrder: paid.order })) return { kind: 'unknown', reason: 'the answer is about another order' } as const;
    const status = answer.kind === 'done' ? textAt(fieldsAt(answer, 'output'), 'refStatus') : 'FAIL';
    if (status === 'SUCC') {
      // The answer names neither order nor refund: the order itself has to say so.
      const news = await queryRefund({ refundNo, payment }, signal);
      return news.kind === 'succeeded' || news.kind === 'processing' ? news : ({ kind: 'unknown', reason: 'the order does not show the refund' } as const);
    }
    if (status !== 'FAIL') return { kind: 'unknown', reason: `the refund ended in ${status.slice(0, 10)}` } as const;
    const refusal = answer.kind === 'refused' ? { code: answer.code, message: answer.message } : { code: 'FAIL', message: '医保退款失败 / the refund failed' };
    // An old refusal played again, or one of a gateway: believed when the order shows no refund.
    const found = await orders.ask({ payOrder: paid.order, person: paid.person }, signal);
    if (found.kind === 'unknown') return { kind: 'unknown', reason: `refused (${refusal.message}), and not to be asked about: ${found.reason}`.slice(0, 500) } as const;
    if (stateOf(textAt(found.order, 'ordStas')).refund !== 'none') return { kind: 'unknown', reason: `refused (${refusal.message}), and yet the order shows a refund`.slice(0, 500) } as const;
    const stands = await attempts.end(kept, { state: 'refused', refusal });
    return stands.state === 'refused' ? ({ kind: 'declined', ...refusal } as const) : refundedBy(stands, payment.tradeNo);
  };

  return {
    refund: (request, { signal }) => refund(request, signal),
    queryRefund: (reference, { signal }) => queryRefund(reference, signal),
  };
}

function refundOf({ order, total, fund, account }: Paid, at: Date): Settlement {
  return { settlementId: order.id, settledAt: at.toISOString(), split: { totalFen: total, fundFen: fund, accountFen: account, cashFen: 0 }, insuranceType: '', clearingType: '', clearingOffice: '' };
}
