/** What an owner (terminal, application) or a screen is shown of an order. Plain data, no personal data beyond a masked label. */
import type { Presentation } from '@hospay/plugin-sdk';
import type { ConfirmationState } from '../domain/confirmation-states.js';
import { keptFen } from '../domain/mixed-tender.js';
import type { InvoiceState } from '../domain/invoice-states.js';
import { roundedBy } from '../domain/rounding.js';
import type { OrderAggregate, OrderBusiness } from '../domain/order.js';
import type { PaymentState } from '../domain/payment-states.js';
import type { RefundState } from '../domain/refund-states.js';
import { refundableFen } from '../domain/reserve-refund.js';

export type PaymentView = {
  readonly paymentNo: string;
  readonly channel: string;
  readonly method: string;
  readonly amountFen: number;
  readonly state: PaymentState;
  readonly presentation?: Presentation;
  readonly expiresAt: string;
  readonly channelTradeNo?: string;
  readonly paidAt?: string;
  /** Of an insured payment that succeeded: who of the insurance pays it. */
  readonly insuranceSplit?: { readonly fundFen: number; readonly accountFen: number };
  readonly refundableFen: number;
};
export type RefundView = {
  readonly refundNo: string;
  readonly paymentNo: string;
  readonly refundFen: number;
  readonly state: RefundState;
  readonly cause: string;
  readonly reason: string;
  readonly requestedAt: string;
  readonly refundedAt?: string;
};
export type InvoiceView = {
  readonly state: InvoiceState;
  readonly amountFen: number;
  readonly invoiceCode?: string;
  readonly invoiceNo?: string;
  readonly checkCode?: string;
  readonly url?: string;
  readonly issuedAt?: string;
};
export type OrderView = {
  readonly tradeNo: string;
  readonly version: number;
  readonly description: string;
  readonly patientLabel: string;
  readonly billNos: readonly string[];
  readonly totalFen: number;
  readonly fundFen: number;
  readonly personalAccountFen: number;
  readonly amountFen: number;
  /** 四舍五入, signed: what the HIS rounded the amount by. Absent: nothing. */
  readonly roundingFen?: number;
  /** 业务类型. Absent: bills. */
  readonly business?: OrderBusiness;
  /** The insurance is settled through the platform: `amountFen` is then the whole, `fundFen` and `personalAccountFen` are as the centre priced them. */
  readonly presettlementNo?: string;
  /** Only of a mixed order: what is paid so far, until when the rest may follow, and whether it was given up. */
  readonly tender?: { readonly paidFen: number; readonly until: string; readonly isEnding: boolean };
  readonly createdAt: string;
  readonly payments: readonly PaymentView[];
  readonly confirmation: {
    readonly state: ConfirmationState;
    readonly settlementNo?: string;
    readonly receiptNo?: string;
    readonly pickupWindow?: string;
    readonly guide?: string;
    /** Of a registration: 就诊序号, and where to go. */
    readonly queueNo?: string;
    readonly place?: string;
    readonly confirmedAt?: string;
    readonly receiptPrintedAt?: string;
  };
  readonly refunds: readonly RefundView[];
  /** The newest electronic invoice that was not refused, where the hospital is asked for them: 票据代码, 票据号码, 校验码. */
  readonly invoice?: InvoiceView;
};

export function viewOrder(aggregate: OrderAggregate): OrderView {
  const { order } = aggregate;
  return {
    tradeNo: order.tradeNo,
    version: order.version,
    description: order.description,
    patientLabel: order.patientLabel,
    billNos: order.billNos,
    totalFen: order.totalFen,
    fundFen: order.fundFen,
    personalAccountFen: order.personalAccountFen,
    amountFen: order.amountFen,
    ...roundedBy(order),
    ...(order.business === undefined ? {} : { business: order.business }),
    ...(order.presettlementNo === undefined ? {} : { presettlementNo: order.presettlementNo }),
    ...(order.tenderUntil === undefined ? {} : { tender: { paidFen: keptFen(aggregate), until: order.tenderUntil, isEnding: order.tenderEndingAt !== undefined } }),
    createdAt: order.createdAt,
    payments: aggregate.payments.map((payment) => ({
      paymentNo: payment.paymentNo,
      channel: payment.channel,
      method: payment.method,
      amountFen: payment.amountFen,
      state: payment.state,
      ...(payment.presentation === undefined ? {} : { presentation: payment.presentation }),
      expiresAt: payment.expiresAt,
      ...(payment.channelTradeNo === undefined ? {} : { channelTradeNo: payment.channelTradeNo }),
      ...(payment.paidAt === undefined ? {} : { paidAt: payment.paidAt }),
      ...(payment.insuranceSplit === undefined ? {} : { insuranceSplit: payment.insuranceSplit }),
      refundableFen: refundableFen(aggregate, payment),
    })),
    confirmation: {
      state: order.confirmation,
      ...(order.settlementNo === undefined ? {} : { settlementNo: order.settlementNo }),
      ...(order.receiptNo === undefined ? {} : { receiptNo: order.receiptNo }),
      ...(order.pickupWindow === undefined ? {} : { pickupWindow: order.pickupWindow }),
      ...(order.guide === undefined ? {} : { guide: order.guide }),
      ...(order.queueNo === undefined ? {} : { queueNo: order.queueNo }),
      ...(order.place === undefined ? {} : { place: order.place }),
      ...(order.confirmedAt === undefined ? {} : { confirmedAt: order.confirmedAt }),
      ...(order.receiptPrintedAt === undefined ? {} : { receiptPrintedAt: order.receiptPrintedAt }),
    },
    refunds: aggregate.refunds.map((refund) => ({
      refundNo: refund.refundNo,
      paymentNo: refund.paymentNo,
      refundFen: refund.refundFen,
      state: refund.state,
      cause: refund.cause,
      reason: refund.reason,
      requestedAt: refund.requestedAt,
      ...(refund.refundedAt === undefined ? {} : { refundedAt: refund.refundedAt }),
    })),
    ...invoiceOf(aggregate),
  };
}

function invoiceOf({ invoices = [] }: OrderAggregate): Pick<OrderView, 'invoice'> {
  // One that was refused and given up for what is left was never there.
  const newest = invoices.findLast(({ state }) => state !== 'refused');
  if (newest === undefined) return {};
  const { state, amountFen, invoiceCode, invoiceNo, checkCode, url, issuedAt } = newest;
  return {
    invoice: {
      state, amountFen,
      ...(invoiceCode === undefined ? {} : { invoiceCode }), ...(invoiceNo === undefined ? {} : { invoiceNo }), ...(checkCode === undefined ? {} : { checkCode }),
      ...(url === undefined ? {} : { url }), ...(issuedAt === undefined ? {} : { issuedAt }),
    },
  };
}
