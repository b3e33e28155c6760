import type { CallContext, ChargeOutcome, InsuranceOrder, PaymentNews, PaymentReference, PluginContext, SettlingInsurance } from '@hospay/plugin-sdk';

import { medInsContent, refundNoticeContent, whatIsMissingFor, type MixedCharge } from './med-ins-content.js';
import { isMedInsOrderOf, MedInsOrderAnswer, mixedStateOf, type MedInsOrder } from './med-ins-messages.js';
import type { MerchantIdentity } from './merchant-identity.js';
import { AppOrderAnswer, readJson } from './messages.js';
import type { KeptMixedOrder, MixedOrderBook } from './mixed-order-book.js';
import { mixedCashContent } from './order-content.js';
import type { PlatformKeys } from './platform-keys.js';
import type { PresentOrder } from './presentations.js';
import type { WechatPaySettings } from './settings.js';
import type { AskWechatPay } from './verified-wire.js';

type Unknown = { readonly kind: 'unknown'; readonly reason: string };
type Mixed = PaymentReference & { readonly insuranceOrder: InsuranceOrder };

export type MixedPayment = SettlingInsurance & {
  charge(request: MixedCharge, call: CallContext): Promise<ChargeOutcome>;
  /** What the whole is, given what its cash order is by itself. */
  newsOf(payment: Mixed, cash: PaymentNews, call: CallContext): Promise<PaymentNews>;
};

export type MixedPaymentParts = {
  readonly context: PluginContext<WechatPaySettings>;
  readonly medicalInsurance: NonNullable<WechatPaySettings['medicalInsurance']>;
  readonly identity: MerchantIdentity;
  readonly keys: PlatformKeys;
  readonly ask: AskWechatPay;
  readonly present: PresentOrder;
  readonly book: MixedOrderBook;
  /** Of the cash order. */
  readonly queryCash: (tradeNo: string, call: CallContext) => Promise<PaymentNews>;
  readonly closeCash: (tradeNo: string, call: CallContext) => Promise<{ readonly kind: string }>;
};


/**
 * 医保混合收款: an ordinary order for the cash part and, under the same number, an order that names it together with the insurance centre's. The patient confirms once;
 * WeChat Pay takes the cash and has the centre settle the rest. Its word on the whole is the query of the second order, and the two must agree.
 */
export function createMixedPayment({ context, medicalInsurance, identity, keys, ask, present, book, queryCash, closeCash }: MixedPaymentParts): MixedPayment {
  const settings = { ...context.settings, medicalInsurance };
  const subMchid = identity.isPartner ? identity.merchantNo : undefined;

  const findOrder = async (payment: Pick<Mixed, 'tradeNo' | 'amountFen' | 'insuranceOrder'>, call: CallContext): Promise<{ readonly kind: 'order'; readonly order: MedInsOrder } | { readonly kind: 'notFound' } | Unknown> => {
    const answer = await ask('medInsQuery', { method: 'GET', path: `/v3/med-ins/orders/out-trade-no/${encodeURIComponent(payment.tradeNo)}${identity.refundQuery}` }, call);
    if (answer.kind === 'refused') return answer.meaning === 'notFound' ? { kind: 'notFound' } : unknown(`WeChat Pay answered ${answer.code}`);
    if (answer.kind !== 'accepted') return unknown(answer.reason);
    const order = readJson(MedInsOrderAnswer, answer.body);
    return order !== undefined && isMedInsOrderOf(order, payment, subMchid) ? { kind: 'order', order } : unknown('the answer is not the mixed order of this number and these amounts');
  };

  /** Sealed and written down before anything leaves; a repeat, also of a process that died, finds what the first one wrote. */
  const begin = async (request: MixedCharge, call: CallContext): Promise<{ readonly kept: KeptMixedOrder; readonly isRepeat: boolean } | { readonly kind: 'notSent'; readonly reason: string }> => {
    const kept = await book.find(request.tradeNo);
    if (kept !== undefined) return { kept, isRepeat: true };
    const missing = whatIsMissingFor(request);
    const { insurancePayer } = request;
    if (missing !== undefined || insurancePayer === undefined) return { kind: 'notSent', reason: missing ?? '' };
    const sealing = await keys.encryption(call.signal);
    if (sealing === undefined) return { kind: 'notSent', reason: 'there is no key of WeChat Pay to seal the payer with' };
    if (call.signal.aborted) return { kind: 'notSent', reason: 'the deadline had passed before sending' };
    const fresh = { cash: mixedCashContent(settings, identity, request), insurance: medInsContent(settings, identity, request, insurancePayer, sealing.key), sealedFor: sealing.serial };
    return { kept: await book.begin(request.tradeNo, fresh), isRepeat: call.attempt > 1 };
  };

  /** The cash order, once. */
  const placeCash = async (request: MixedCharge, { kept, isRepeat }: { readonly kept: KeptMixedOrder; readonly isRepeat: boolean }, call: CallContext): Promise<(KeptMixedOrder & { readonly prepayId: string }) | ChargeOutcome> => {
    if (kept.prepayId !== undefined) return { ...kept, prepayId: kept.prepayId };
    const { tradeNo } = request;
    const answer = await ask('charge', { method: 'POST', path: `${identity.transactionsPath}/jsapi`, body: kept.cash }, call);
    if (answer.kind === 'accepted') {
      const prepayId = readJson(AppOrderAnswer, answer.body)?.prepay_id;
      return prepayId === undefined ? unknown('the answer holds no order the patient could pay') : book.placed(tradeNo, kept, prepayId);
    }
    if (answer.kind === 'notSent') return isRepeat ? unknown(answer.reason) : answer;
    if (answer.kind === 'unknown') return answer;
    // A refused repeat proves nothing about the first attempt, which may still arrive.
    if (isRepeat || (answer.meaning !== 'declined' && answer.meaning !== 'contested')) return unknown(`WeChat Pay answered ${answer.code}`);
    if (answer.meaning === 'contested' && (await queryCash(tradeNo, call)).kind !== 'notFound') return unknown(`WeChat Pay answered ${answer.code}`);
    await book.forget(tradeNo);
    return { kind: 'declined', code: answer.code, message: answer.message };
  };

  const invoke = async (request: MixedCharge, prepayId: string, { mix_trade_no: mixTradeNo }: MedInsOrder): Promise<ChargeOutcome> => {
    const shown = await present(request, request.method, Buffer.from(JSON.stringify({ prepay_id: prepayId })));
    // wx.requestMedicalInsurancePay wants the number of the whole beside what calls an ordinary payment up.
    return shown?.kind === 'invoke' ? { kind: 'pending', present: { kind: 'invoke', parameters: { ...shown.parameters, mixTradeNo } } } : unknown('there is nothing the patient could pay with');
  };

  return {
    async charge(request, call) {
      const begun = await begin(request, call);
      if ('kind' in begun) return begun;
      const placed = await placeCash(request, begun, call);
      if (!('prepayId' in placed)) return placed;
      const answer = await ask('medInsOrder', { method: 'POST', path: '/v3/med-ins/orders', body: { ...placed.insurance, prepay_id: placed.prepayId }, sealedFor: placed.sealedFor }, call);
      if (answer.kind === 'accepted') {
        const order = readJson(MedInsOrderAnswer, answer.body);
        return order !== undefined && isMedInsOrderOf(order, request, subMchid) ? invoke(request, placed.prepayId, order) : unknown('the answer is not the mixed order of this number and these amounts');
      }
      // The cash order is there by now: nothing is "not sent" any more.
      if (answer.kind !== 'refused') return unknown(answer.reason);
      if (answer.meaning !== 'contested') return unknown(`WeChat Pay answered ${answer.code}`);
      const found = await findOrder(request, call);
      if (found.kind === 'order') return invoke(request, placed.prepayId, found.order);
      if (found.kind === 'unknown' || begun.isRepeat) return unknown(`WeChat Pay answered ${answer.code}`);
      // Refused for good: the cash order must not stay payable by itself.
      const closed = await closeCash(request.tradeNo, call);
      if (closed.kind !== 'closed') return unknown(`WeChat Pay answered ${answer.code}, and the cash order is not closed`);
      await book.forget(request.tradeNo);
      return { kind: 'declined', code: answer.code, message: answer.message };
    },

    async newsOf(payment, cash, call) {
      if (cash.kind !== 'succeeded') {
        // Without its cash order the whole can never be paid.
        if (cash.kind === 'closed') await book.forget(payment.tradeNo);
        return cash;
      }
      if (cash.amountFen !== payment.amountFen) return cash;
      const found = await findOrder(payment, call);
      if (found.kind === 'unknown') return found;
      if (found.kind === 'notFound') return unknown('the cash part is paid, and WeChat Pay knows no mixed order of this number');
      const state = mixedStateOf(found.order);
      switch (state) {
        case 'paid':
          await book.forget(payment.tradeNo);
          return cash;
        case 'returned':
          await book.forget(payment.tradeNo);
          return { kind: 'closed' };
        case 'created':
          return { kind: 'pending' };
        case 'failed':
          return unknown('the mixed payment failed, and the cash is not returned yet');
        case 'unknown':
          return unknown('the states of the mixed order are none this channel knows');
      }
    },

    async tellInsuranceRefund(notice, call) {
      const { payment } = notice;
      const { insuranceOrder } = payment;
      if (insuranceOrder === undefined) return { kind: 'notSent', reason: 'this payment has no part of the insurance' };
      const found = await findOrder({ ...payment, insuranceOrder }, call);
      if (found.kind !== 'order') return unknown(found.kind === 'unknown' ? found.reason : 'WeChat Pay knows no mixed order of this number');
      const path = `/v3/med-ins/refunds/notify?mix_trade_no=${encodeURIComponent(found.order.mix_trade_no)}`;
      const answer = await ask('medInsRefundNotice', { method: 'POST', path, body: refundNoticeContent(identity, notice, insuranceOrder) }, call);
      if (answer.kind === 'accepted') return answer.body.length === 0 ? { kind: 'told' } : unknown('the answer is not the empty one of a notice');
      return answer.kind === 'refused' ? unknown(`WeChat Pay answered ${answer.code}`) : answer;
    },
  };
}

export function isMixed(payment: PaymentReference): payment is Mixed {
  return payment.insuranceOrder !== undefined;
}

function unknown(reason: string): Unknown {
  return { kind: 'unknown', reason };
}
