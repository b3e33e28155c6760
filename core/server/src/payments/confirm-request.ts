/** What the HIS is told of a paid order, and by what it is asked about: the same words whenever it is told again. */
import { subtractFen, type ConfirmationQuery, type ConfirmRequest } from '@hospay/plugin-sdk';
import { hisBusinessOf } from '../domain/his-business.js';
import type { Order, OrderAggregate, Payment } from '../domain/order.js';
import { refundableFen } from '../domain/reserve-refund.js';

/** @throws when the order is not paid, or what the insurance settled of it is not known */
export function confirmRequestOf(aggregate: OrderAggregate): ConfirmRequest {
  const { order } = aggregate;
  const paid = aggregate.payments.filter((candidate) => refundableFen(aggregate, candidate) > 0);
  return {
    tradeNo: order.tradeNo,
    patientId: order.patientId,
    quoteNo: order.hisQuoteNo,
    billNos: [...order.billNos],
    amountFen: order.amountFen,
    ...lastTender(aggregate, paid),
    terminalId: order.owner.id,
    ...businessOf(order),
    ...insuranceOf(aggregate, paid),
    ...(paid.length === 0 ? {} : { tenders: paid.map(({ channel, method, amountFen, channelTradeNo = '', paidAt = '' }) => ({ channel, method, amountFen, channelTradeNo, paidAt })) }),
  };
}

/** By what the HIS knows the booking: each business has an operation of its own to ask by. */
export function bookingOf(order: Order): ConfirmationQuery {
  const { tradeNo, paidAt, subject: { inpatientNo, visitId } = {} } = order;
  return {
    tradeNo,
    ...hisBusinessOf(order),
    ...(paidAt === undefined ? {} : { paidAt }),
    ...(inpatientNo === undefined ? {} : { inpatientNo }),
    ...(visitId === undefined ? {} : { visitId }),
  };
}

function businessOf(order: Order): Pick<ConfirmRequest, 'business' | 'hisRegistrationNo' | 'inpatientNo' | 'visitId'> {
  const { hisRegistrationNo, inpatientNo, visitId } = order.subject ?? {};
  return {
    ...hisBusinessOf(order),
    ...(hisRegistrationNo === undefined ? {} : { hisRegistrationNo }),
    ...(inpatientNo === undefined ? {} : { inpatientNo }),
    ...(visitId === undefined ? {} : { visitId }),
  };
}

/** What a HIS is told that books one way of payment: the last one's. Where nothing was to be paid there is none. */
function lastTender({ order }: OrderAggregate, paid: readonly Payment[]): Pick<ConfirmRequest, 'paidAt' | 'channel' | 'channelTradeNo'> {
  const payment = paid.at(-1);
  if (order.amountFen === 0 && order.paidAt !== undefined) return { paidAt: order.paidAt, channel: 'none', channelTradeNo: '' };
  if (payment?.paidAt === undefined || payment.channelTradeNo === undefined) throw new Error(`order ${order.tradeNo} is to be confirmed without a succeeded payment`);
  return { paidAt: payment.paidAt, channel: payment.channel, channelTradeNo: payment.channelTradeNo };
}

/** What the platform settled with the insurance: the HIS books it with the centre's own numbers. */
function insuranceOf({ order, presettlement }: OrderAggregate, paid: readonly Payment[]): Pick<ConfirmRequest, 'insurance'> {
  if (order.presettlementNo === undefined) return {};
  const insured = paid.find(({ method }) => method === 'medicalInsurance');
  if (insured?.insuranceSplit === undefined || insured.channelTradeNo === undefined || presettlement?.visitNo === undefined) throw new Error(`order ${order.tradeNo} is to be confirmed without what the insurance settled`);
  const { fundFen, accountFen } = insured.insuranceSplit;
  return {
    insurance: { presettlementNo: order.presettlementNo, visitNo: presettlement.visitNo, settlementNo: insured.channelTradeNo, fundFen, accountFen, cashFen: subtractFen(order.amountFen, insured.amountFen) },
  };
}
