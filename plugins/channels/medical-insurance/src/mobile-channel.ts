import type { Cancelling, ChargeOutcome, ChargeRequest, Notifying, PaymentChannel, PaymentNews, PaymentReference, PluginContext, Refunding } from '@hospay/plugin-sdk';

import { fieldsAt, textAt, type Fields } from './answer-fields.js';
import { isOpen, paymentKey, type Attempt, type Attempts, type KeptAttempt } from './attempts.js';
import { createUndoMobileDrift } from './mobile-drift.js';
import type { MobileLine } from './mobile-line.js';
import { payInput } from './mobile-messages.js';
import { isOrderOf, readOrderSettlement } from './mobile-order.js';
import type { MobileOrders } from './mobile-orders.js';
import { createMobileRefunding } from './mobile-refunding.js';
import { stateOf } from './order-states.js';
import type { Presettlement, PresettlementBook } from './presettlement-book.js';
import type { RefundBook } from './refund-book.js';
import { insuredFen, isAsSent, SPLIT_CHANGED, type Settlement } from './settlement.js';
import type { SettlingRight } from './settling-right.js';
import type { CompleteSettings, MedicalInsuranceSettings } from './settings.js';

export type MobileParts = {
  readonly context: PluginContext<MedicalInsuranceSettings>;
  readonly settings: CompleteSettings;
  readonly line: MobileLine;
  readonly orders: MobileOrders;
  readonly book: PresettlementBook;
  readonly refundBook: RefundBook;
  readonly attempts: Attempts;
  readonly right: SettlingRight;
  readonly notifying: Notifying;
};
type Ordered = Presettlement & { readonly payOrder: NonNullable<Presettlement['payOrder']> };

const LATE = { kind: 'notSent', reason: 'the deadline had passed before sending' } as const;
const OTHER = { kind: 'unknown', reason: 'this number was used for another amount' } as const;
const BUSY = { kind: 'unknown', reason: 'another call is at work on this order' } as const;
const AT_WORK = { kind: 'unknown', reason: 'the centre may still be at work on it' } as const;
/** The patient confirms in the wallet, which then has the centre settle the order (医保混合收款): 6202 is not ours to send. */
const LEFT_TO_WALLET = { kind: 'pending', present: { kind: 'none' } } as const;
const CLOSED = { kind: 'declined', code: 'CLOSED', message: '医保订单已撤销 / the order is revoked' } as const;

/**
 * 医保移动支付: fund and personal account of an order the centre holds. 6202 pays it, 6301 says what became of it and decides, 6203 returns the insurance part whole.
 * An order is settled once, whatever is sent: the unknown is asked about, and only an order that is not settled is paid again under the same number.
 */
export function createMobileChannel({ context, settings, line, orders, book, refundBook, attempts, right, notifying }: MobileParts): PaymentChannel & Refunding & Cancelling & Notifying {
  const undoDrift = createUndoMobileDrift({ context, settings, line, orders, book, attempts });

  /** What an attempt that ended is told as. */
  const outcomeOf = ({ state, refusal, settlement, number }: Attempt) => {
    if (state === 'done' && settlement !== undefined) return succeededOf({ tradeNo: number, merchantNo: settings.institutionCode, settlement });
    if (state === 'reversed') return { kind: 'closed' } as const;
    return state === 'refused' && refusal !== undefined ? ({ kind: 'declined', ...refusal } as const) : ({ kind: 'unknown', reason: 'the order was paid before and must be asked about' } as const);
  };

  /** What an order says of the attempt to pay it; whatever is final is written down. */
  const heard = async (kept: KeptAttempt, presettlement: Ordered, order: Fields, signal: AbortSignal): Promise<PaymentNews> => {
    if (!isOrderOf(order, presettlement)) return { kind: 'unknown', reason: 'the answer is about another order' };
    const state = textAt(order, 'ordStas');
    switch (stateOf(state).part) {
      case 'notSettled':
        // Left to a wallet it is payable until it is revoked; ours can be paid by us alone.
        return { kind: kept.attempt.isSettledByWallet === true ? 'pending' : 'notFound' };
      case 'pending':
        return { kind: 'pending' };
      case 'unknown':
        return { kind: 'unknown', reason: `the order is in state ${state.slice(0, 4)}` };
      case 'closed':
        // Being returned, it was revoked: gone back as well.
        return outcomeOf(kept.attempt.state === 'reversing' ? await attempts.endReversal(kept, { state: 'refused', refusal: SPLIT_CHANGED }) : await attempts.end(kept, { state: 'reversed' }));
      case 'failed':
        return outcomeOf(await attempts.end(kept, { state: 'refused', refusal: { code: state, message: '医保结算失败 / the settlement failed' } }));
      case 'settled': {
        const settlement = readOrderSettlement(order, { presettlement, settings, otherwiseAt: context.now() });
        if (typeof settlement === 'string') return { kind: 'unknown', reason: settlement };
        if (!isAsSent(settlement.split, kept.attempt.amountFen)) return undoDrift(kept, { presettlement, order, settlement }, signal);
        const stands = await attempts.end(kept, { state: 'done', settlement });
        return stands.state === 'done' ? outcomeOf(stands) : { kind: 'unknown', reason: 'the centre settled an order it had revoked' };
      }
    }
  };

  const orderOf = async ({ presettlementNo = '' }: Pick<Attempt, 'presettlementNo'>): Promise<Ordered | undefined> => {
    const found = await book.find(presettlementNo);
    return found?.payOrder === undefined ? undefined : { ...found, payOrder: found.payOrder };
  };

  /** What was sent a moment ago may not have arrived yet. */
  const isFresh = ({ attempt }: KeptAttempt): boolean => context.now().getTime() - Date.parse(attempt.sentAt) < settings.reverseAfterMs;

  const ask = async (kept: KeptAttempt, signal: AbortSignal): Promise<PaymentNews> => {
    const presettlement = await orderOf(kept.attempt);
    if (presettlement === undefined) return { kind: 'unknown', reason: 'the order of this payment is no longer known here' };
    const found = await orders.ask(presettlement, signal);
    if (found.kind === 'unknown') return found;
    const news = await heard(kept, presettlement, found.order, signal);
    return news.kind === 'notFound' && isFresh(kept) ? AT_WORK : news;
  };

  /** A payment that ended unpaid. The order is asked all the same: a refusal and a revocation are old news once it says settled. */
  const askAgain = async (kept: KeptAttempt, presettlement: Ordered, signal: AbortSignal): Promise<PaymentNews> => {
    const found = await orders.ask(presettlement, signal);
    if (found.kind === 'unknown') return found;
    const { part, refund } = stateOf(textAt(found.order, 'ordStas'));
    if (part === 'notSettled' || part === 'closed' || part === 'failed' || refund === 'refunded') return outcomeOf(kept.attempt);
    if (part !== 'settled') return { kind: 'unknown', reason: 'the payment ended, and its order goes on' };
    const settlement = readOrderSettlement(found.order, { presettlement, settings, otherwiseAt: context.now() });
    if (typeof settlement === 'string') return { kind: 'unknown', reason: settlement };
    if (isAsSent(settlement.split, kept.attempt.amountFen)) return outcomeOf(await attempts.endReversal(kept, { state: 'done', settlement }));
    const undoing = await attempts.endReversal(kept, { state: 'reversing', refusal: SPLIT_CHANGED, settlement });
    return undoDrift({ ...kept, attempt: undoing }, { presettlement, order: found.order, settlement }, signal);
  };

  const query = async (payment: PaymentReference, signal: AbortSignal): Promise<PaymentNews> => {
    const last = (await attempts.of(paymentKey(payment))).at(-1);
    if (last === undefined) return payment.channelTradeNo === undefined ? { kind: 'notFound' } : { kind: 'unknown', reason: 'the order of this payment is no longer known here' };
    if (last.attempt.state === 'notSent') return { kind: 'notFound' };
    if (isOpen(last.attempt)) return ask(last, signal);
    const presettlement = last.attempt.state === 'done' ? undefined : await orderOf(last.attempt);
    // Another payment may have the order by now: what it says is of that one.
    const isOurs = presettlement !== undefined && (await book.settledBy(presettlement.presettlementNo)) === paymentKey(payment);
    return isOurs ? askAgain(last, presettlement, signal) : outcomeOf(last.attempt);
  };

  /** 6202. `isRepeat`: what is refused then may be refused because the first one arrived. */
  const pay = async (kept: KeptAttempt, presettlement: Ordered, { signal, isRepeat }: { readonly signal: AbortSignal; readonly isRepeat: boolean }): Promise<ChargeOutcome> => {
    const answer = await line.ask({ infno: '6202', data: payInput(presettlement, kept.attempt.number, settings), signal });
    switch (answer.kind) {
      case 'unknown':
        return answer;
      case 'notSent':
        if (!isRepeat) await attempts.end(kept, { state: 'notSent' });
        return isRepeat ? { kind: 'unknown', reason: answer.reason } : answer;
      case 'refused': {
        if (isRepeat) return { kind: 'unknown', reason: `refused when sent again: ${answer.message}` };
        // It names no order, so that an authentic old one could be played again; and a gateway refuses what it lost sight of. The order decides.
        const found = await orders.ask(presettlement, signal);
        if (found.kind === 'unknown') return { kind: 'unknown', reason: `refused (${answer.message}), and not to be asked about: ${found.reason}`.slice(0, 500) };
        if (stateOf(textAt(found.order, 'ordStas')).part !== 'notSettled') return asCharged(await heard(kept, presettlement, found.order, signal));
        return asCharged(outcomeOf(await attempts.end(kept, { state: 'refused', refusal: { code: answer.code, message: answer.message } })));
      }
      case 'done':
        return asCharged(await heard(kept, presettlement, fieldsAt(answer, 'output') ?? {}, signal));
    }
  };

  const charge = async (request: ChargeRequest, signal: AbortSignal): Promise<ChargeOutcome> => {
    const { tradeNo, amountFen, method, presettlementNo, isSettledByWallet } = request;
    if (method !== 'medicalInsurance') return { kind: 'notSent', reason: `method ${method} is not offered by this channel` };
    if (presettlementNo === undefined) return { kind: 'notSent', reason: 'presettlementNo is missing' };
    const before = await attempts.of(paymentKey(request));
    const last = before.at(-1);
    if (last !== undefined && last.attempt.state !== 'notSent') {
      if (last.attempt.amountFen !== amountFen) return OTHER;
      const news = await query({ ...request }, signal);
      const presettlement = await orderOf(last.attempt);
      if (news.kind !== 'notFound' || presettlement === undefined) return asCharged(news);
      const again = await attempts.begin(paymentKey(request), before.length, { ...last.attempt, sentAt: context.now().toISOString() });
      return again === undefined ? BUSY : pay(again, presettlement, { signal, isRepeat: true });
    }
    const presettlement = await orderOf(request);
    if (presettlement?.split === undefined || presettlement.abandoned === true) return { kind: 'notSent', reason: 'there is no such pre-settlement' };
    if (insuredFen(presettlement.split) !== amountFen) return { kind: 'notSent', reason: 'the amount is not what fund and personal account pay of this pre-settlement' };
    if (signal.aborted) return LATE;
    if (!(await right.take(presettlementNo, paymentKey(request)))) return { kind: 'notSent', reason: 'another payment settles this pre-settlement' };
    const { personNo, visitNo = '', payOrder } = presettlement;
    const kept = await attempts.begin(paymentKey(request), before.length, { number: tradeNo, amountFen, msgid: payOrder.id, sentAt: context.now().toISOString(), state: 'sent', personNo, visitNo, presettlementNo, ...(isSettledByWallet === undefined ? {} : { isSettledByWallet }) });
    if (kept === undefined) return BUSY;
    return isSettledByWallet === true ? LEFT_TO_WALLET : pay(kept, presettlement, { signal, isRepeat: false });
  };

  return {
    merchantNo: settings.institutionCode,
    methods: ['medicalInsurance'],
    refunds: 'wholeOnly',
    ...notifying,
    charge: (request, { signal }) => charge(request, signal),
    query: (payment, { signal }) => query(payment, signal),
    ...createMobileRefunding({ context, settings, line, orders, book, refundBook, attempts, query, orderOf, isFresh }),

    async close(payment, { signal }) {
      const last = (await attempts.of(paymentKey(payment))).at(-1);
      if (last === undefined || last.attempt.state === 'refused') return { kind: 'notFound' };
      if (last.attempt.state === 'notSent') return (await ask(last, signal)).kind === 'unknown' ? { kind: 'unknown', reason: 'the centre cannot be asked' } : { kind: 'notFound' };
      if (!isOpen(last.attempt)) return last.attempt.state === 'done' ? { kind: 'alreadyPaid' } : { kind: 'closed' };
      const presettlement = await orderOf(last.attempt);
      if (presettlement === undefined) return { kind: 'unknown', reason: 'the order of this payment is no longer known here' };
      const revoked = await orders.revoke(presettlement, signal);
      if (revoked.kind === 'unknown') return revoked;
      if (revoked.kind === 'settled') return { kind: 'alreadyPaid' };
      await book.change(presettlement, { abandoned: true });
      const stands = await attempts.end(last, { state: 'reversed' });
      return stands.state === 'done' ? { kind: 'alreadyPaid' } : { kind: 'closed' };
    },
  };
}

function asCharged(news: PaymentNews): ChargeOutcome {
  if (news.kind === 'pending') return { kind: 'pending', present: { kind: 'none' } };
  if (news.kind === 'closed') return CLOSED;
  return news.kind === 'notFound' ? { kind: 'unknown', reason: 'the order is not settled yet' } : news;
}

/** A settled order as charge, query and notice tell it. */
export function succeededOf({ tradeNo, merchantNo, settlement }: { readonly tradeNo: string; readonly merchantNo: string; readonly settlement: Settlement }) {
  const { fundFen, accountFen } = settlement.split;
  return {
    kind: 'succeeded', tradeNo, merchantNo, amountFen: insuredFen(settlement.split), channelTradeNo: settlement.settlementId, paidAt: settlement.settledAt, insuranceSplit: { fundFen, accountFen },
    ...(settlement.insuranceType === '' ? {} : { fundingSource: settlement.insuranceType.slice(0, 64) }),
  } as const;
}
