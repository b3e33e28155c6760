import { invalidRequest } from './api-refusal.js';
import { chinaDay, chinaRfc3339 } from './china-time.js';
import { readBody } from './field-reader.js';
import type { PlatformKeys } from './merchant-credentials.js';
import { medInsRefusal, readMedInsOrder } from './med-ins-request.js';
import type { OrderBook } from './order-book.js';
import type { SigningMode } from './platform-signature.js';
import { randomDigits } from './random-text.js';
import type { MedInsPartState, SimulatedMedInsOrder, SimulatedPayment } from './simulated-records.js';
import type { RecordTable } from './simulator-store.js';

export type MedInsBookOptions = {
  readonly medInsOrders: RecordTable<SimulatedMedInsOrder>;
  readonly orders: OrderBook;
  readonly keys: PlatformKeys;
  readonly now: () => Date;
};

/** What becomes of an order when the patient confirms it: all of it is paid, or the insurance refuses and nothing is. */
export type MedInsPayment = { readonly kind: 'paid'; readonly cash: SimulatedPayment | undefined } | { readonly kind: 'insuranceRefused'; readonly reason: string; readonly cash: SimulatedPayment | undefined };

/** The insurance refuses. `cashTaken`: after the cash part was taken, which then goes back by `returnCash`. */
export type InsuranceRefusal = { readonly reason: string; readonly cashTaken?: boolean };

/** 医保混合收款: one confirmation of the patient pays the insurance's part and, through an ordinary order, the cash part. Each call is atomic. */
export class MedInsBook {
  readonly #options: MedInsBookOptions;

  constructor(options: MedInsBookOptions) {
    this.#options = options;
  }

  /** Places an order; the same number with the same content is the same order. */
  place(request: { readonly body: string; readonly mode: SigningMode }): SimulatedMedInsOrder {
    const { medInsOrders, keys, now } = this.#options;
    const wanted = readMedInsOrder(request, keys);
    const earlier = this.list().find(({ outTradeNo }) => outTradeNo === wanted.outTradeNo);
    if (earlier !== undefined) {
      if (!isSame(earlier.parameters, wanted.parameters)) throw medInsRefusal('alreadyExists', '订单已存在');
      return earlier;
    }
    if (wanted.payAuthNo !== undefined && this.list().some(({ payAuthNo }) => payAuthNo === wanted.payAuthNo)) throw medInsRefusal('authorisationNumber', '医保支付授权码已被使用');
    this.#refuseOtherCashOrder(wanted);
    const order: SimulatedMedInsOrder = {
      ...wanted,
      mixTradeNo: `1217752${chinaDay(now()).replaceAll('-', '')}${randomDigits(13)}`,
      createdAt: now().toISOString(),
      cash: wanted.prepayId === undefined ? 'NONE' : 'CREATED',
      insurance: wanted.payOrderId === undefined ? 'NONE' : 'CREATED',
      failReason: undefined,
      paidAt: undefined,
      refunds: [],
      signingMode: request.mode,
    };
    medInsOrders.put(order.mixTradeNo, order);
    return order;
  }

  list(): readonly SimulatedMedInsOrder[] {
    return [...this.#options.medInsOrders.all()];
  }

  /** By WeChat's number or the merchant's; nobody sees another merchant's. */
  find(by: { readonly mixTradeNo: string } | { readonly outTradeNo: string }, subMerchantId: string | undefined): SimulatedMedInsOrder {
    const order = this.list().find((candidate) => ('mixTradeNo' in by ? candidate.mixTradeNo === by.mixTradeNo : candidate.outTradeNo === by.outTradeNo));
    if (order === undefined || order.subMerchantId !== subMerchantId) throw medInsRefusal('notFound', '医保订单不存在', 404);
    return order;
  }

  /** The patient confirms in WeChat; throws when it cannot be paid any more. */
  pay(outTradeNo: string, refusal?: InsuranceRefusal): { readonly order: SimulatedMedInsOrder; readonly payment: MedInsPayment } {
    const { orders, now, medInsOrders } = this.#options;
    const order = this.list().find((candidate) => candidate.outTradeNo === outTradeNo);
    if (order === undefined || mixStateOf(order) !== 'MIX_PAY_CREATED') throw new Error(`the order ${outTradeNo} cannot be paid`);
    const takesCash = order.cash !== 'NONE' && (refusal === undefined || refusal.cashTaken === true);
    const cash = takesCash ? orders.pay(outTradeNo, {}) : undefined;
    if (cash?.kind === 'refused') throw new Error(`the cash order ${outTradeNo} cannot be paid: ${cash.reason}`);
    if (refusal !== undefined) {
      const failed: SimulatedMedInsOrder = { ...order, insurance: 'FAIL', failReason: refusal.reason, ...(cash === undefined ? {} : { cash: 'SUCCESS' }) };
      medInsOrders.put(order.mixTradeNo, failed);
      return { order: failed, payment: { kind: 'insuranceRefused', reason: refusal.reason, cash: cash?.payment } };
    }
    const paid = (state: MedInsPartState): MedInsPartState => (state === 'NONE' ? 'NONE' : 'SUCCESS');
    const settled: SimulatedMedInsOrder = { ...order, cash: paid(order.cash), insurance: paid(order.insurance), paidAt: now().toISOString() };
    medInsOrders.put(order.mixTradeNo, settled);
    return { order: settled, payment: { kind: 'paid', cash: cash?.payment } };
  }

  /** WeChat Pay gives back the cash part of a payment whose insurance part failed. */
  returnCash(outTradeNo: string): void {
    const { orders, medInsOrders } = this.#options;
    const order = this.list().find((candidate) => candidate.outTradeNo === outTradeNo);
    if (order?.insurance !== 'FAIL' || order.cash !== 'SUCCESS') throw new Error(`there is no cash of ${outTradeNo} to give back`);
    orders.revoke(outTradeNo, 'REFUND');
    medInsOrders.put(order.mixTradeNo, { ...order, cash: 'REFUND' });
  }

  /** The merchant tells that the insurance's part was undone at the insurance; repeating it is harmless. */
  takeRefundNotice(mixTradeNo: string, text: string): void {
    const body = readBody(text);
    const order = this.find({ mixTradeNo }, body.optionalText('sub_mchid', { max: 32 }));
    const refund = {
      outRefundNo: body.text('out_refund_no', { max: 64 }),
      totalFen: body.integer('med_refund_total_fee', { min: 1 }),
      govFen: body.optionalInteger('med_refund_gov_fee', { min: 0 }) ?? 0,
      selfFen: body.optionalInteger('med_refund_self_fee', { min: 0 }) ?? 0,
      otherFen: body.optionalInteger('med_refund_other_fee', { min: 0 }) ?? 0,
    };
    body.text('refund_time', { max: 64 });
    const earlier = order.refunds.find(({ outRefundNo }) => outRefundNo === refund.outRefundNo);
    if (earlier !== undefined) {
      if (!isSame(JSON.stringify(earlier), JSON.stringify(refund))) throw invalidRequest('退款单号已使用，参数不一致');
      return;
    }
    if (order.insurance !== 'SUCCESS' && order.insurance !== 'REFUND') throw invalidRequest('医保部分未支付');
    const of = (part: 'govFen' | 'selfFen' | 'otherFen'): number => refund[part] + order.refunds.reduce((sum, other) => sum + other[part], 0);
    const isRight = refund.totalFen === refund.govFen + refund.selfFen + refund.otherFen && of('govFen') <= order.govFen && of('selfFen') <= order.selfFen && of('otherFen') <= order.otherFen;
    if (!isRight) throw medInsRefusal('amounts', '退款金额与医保支付金额不符');
    this.#options.medInsOrders.put(mixTradeNo, { ...order, insurance: 'REFUND', refunds: [...order.refunds, refund] });
  }

  /** The answer to order and query, and the plaintext of the notification. */
  describe(order: SimulatedMedInsOrder): Record<string, unknown> {
    const { merchantCredentials } = this.#options.keys;
    const cashOrder = order.cash === 'NONE' ? undefined : this.#options.orders.find(order.outTradeNo);
    const cash = cashOrder?.state === 'REFUND' ? 'REFUND' : order.cash;
    return {
      mix_trade_no: order.mixTradeNo,
      mix_pay_status: mixStateOf({ ...order, cash }),
      self_pay_status: cash === 'NONE' ? 'NO_SELF_PAY' : cash === 'CREATED' ? 'SELF_PAY_CREATED' : `SELF_PAY_${cash}`,
      med_ins_pay_status: order.insurance === 'NONE' ? 'NO_MED_INS_PAY' : order.insurance === 'CREATED' ? 'MED_INS_PAY_CREATED' : `MED_INS_PAY_${order.insurance}`,
      ...(order.failReason === undefined ? {} : { med_ins_fail_reason: order.failReason }),
      ...(order.paidAt === undefined ? {} : { pay_time: chinaRfc3339(new Date(order.paidAt)) }),
      mix_pay_type: order.mixPayType,
      appid: merchantCredentials.appId,
      ...(order.subMerchantId === undefined ? {} : { sub_mchid: order.subMerchantId }),
      out_trade_no: order.outTradeNo,
      serial_no: order.serialNo,
      ...(order.payOrderId === undefined ? {} : { pay_order_id: order.payOrderId }),
      ...(order.attach === undefined ? {} : { attach: order.attach }),
      total_fee: order.totalFen,
      med_ins_gov_fee: order.govFen,
      med_ins_self_fee: order.selfFen,
      med_ins_other_fee: order.otherFen,
      med_ins_cash_fee: order.medInsCashFen,
      wechat_pay_cash_fee: order.wechatCashFen,
    };
  }

  /** The cash part is an ordinary JSAPI order under the same number, placed before. */
  #refuseOtherCashOrder({ prepayId, outTradeNo, wechatCashFen, subMerchantId }: Pick<SimulatedMedInsOrder, 'prepayId' | 'outTradeNo' | 'wechatCashFen' | 'subMerchantId'>): void {
    if (prepayId === undefined) return;
    const cash = this.#options.orders.findByCode(prepayId);
    const isOurs = cash?.outTradeNo === outTradeNo && cash.tradeType === 'JSAPI' && cash.totalFen === wechatCashFen && cash.partner?.subMerchantId === subMerchantId;
    if (!isOurs) throw medInsRefusal('linkage', 'prepay_id与订单号或自费金额不匹配');
  }
}

/** The whole is paid when all its parts are, failed when one is, returned when all its parts are. */
function mixStateOf({ cash, insurance }: Pick<SimulatedMedInsOrder, 'cash' | 'insurance'>): 'MIX_PAY_CREATED' | 'MIX_PAY_SUCCESS' | 'MIX_PAY_FAIL' | 'MIX_PAY_REFUND' {
  const parts = [cash, insurance].filter((part) => part !== 'NONE');
  if (parts.includes('FAIL')) return 'MIX_PAY_FAIL';
  if (parts.every((part) => part === 'REFUND')) return 'MIX_PAY_REFUND';
  return parts.includes('CREATED') ? 'MIX_PAY_CREATED' : 'MIX_PAY_SUCCESS';
}

/** Equal whatever the order of the fields, and whatever the encryption made of the names: OAEP gives another text each time. */
function isSame(left: string, right: string): boolean {
  const comparable = (text: string): string =>
    JSON.stringify(
      Object.entries(JSON.parse(text) as Record<string, unknown>)
        .filter(([name]) => name !== 'payer' && name !== 'relative')
        .toSorted(([first], [second]) => (first < second ? -1 : 1)),
    );
  return comparable(left) === comparable(right);
}
