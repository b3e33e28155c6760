import { beijingDay, fen } from '@hospay/plugin-sdk';
import { ok, refused, type ErrorCode, type Outcome } from '../domain/errors.js';
import { wantInvoice } from '../domain/invoice.js';
import type { OrderChange } from '../domain/order-change.js';
import type { OrderAggregate, Refund } from '../domain/order.js';
import { refundableFen, reserveRefund } from '../domain/reserve-refund.js';
import type { HisRefundRequest, RefundPorts } from './ports.js';
import { breaksWhole, shareOut } from './share-out.js';

export type HisRefundAccepted = { readonly hisRefundNo: string; readonly refunds: readonly Refund[]; readonly aggregate: OrderAggregate };

/**
 * The HIS has reversed a charge itself (窗口退费, 红冲) and wants the money to go back the way it came. One HIS refund number is one refund for ever: a repeat answers what
 * became of the first, also of a refund that began here and was approved under that number. A definite refusal reserves nothing, so that the HIS may roll its own side back;
 * what cannot be decided yet is `HIS_REFUND_UNDECIDED`, to be asked again under the same number.
 */
export async function refundForHis(ports: RefundPorts, request: HisRefundRequest): Promise<Outcome<HisRefundAccepted>> {
  const { hospitalId, hisRefundNo, refundFen } = request;
  const found = 'tradeNo' in request.of ? await ports.store.findOrder(request.of.tradeNo) : await ports.store.findOrderByReceipt(hospitalId, request.of.receiptNo);
  if (found?.order.hospitalId !== hospitalId) return refused('ORDER_NOT_FOUND');
  const { tradeNo } = found.order;
  const sourceId = `hisRefund/${hospitalId}/${hisRefundNo}`;
  const result = await ports.store.change<readonly Refund[] | ErrorCode>(
    {
      tradeNo,
      cause: { kind: 'request', id: sourceId },
      now: ports.clock.now(),
      idempotency: { tenant: `his/${hospitalId}`, key: hisRefundNo, requestHash: `${tradeNo}/${String(refundFen)}` },
      keepIdempotencyOnlyIf: (value) => typeof value !== 'string',
    },
    (change) => decide(ports, change, request, sourceId),
  );
  switch (result.kind) {
    case 'keyReused':
      return refused('IDEMPOTENCY_KEY_REUSED', 'this HIS refund number was used for another order or amount');
    case 'replayed':
      return ok({ hisRefundNo, refunds: refundsOf(result.aggregate, hisRefundNo), aggregate: result.aggregate });
    case 'changed':
      return typeof result.result === 'string' ? refused(result.result) : ok({ hisRefundNo, refunds: result.result, aggregate: result.aggregate });
    case 'noSuchOrder':
      return refused('ORDER_NOT_FOUND');
    case 'duplicate':
    case 'fenced':
      throw new Error('a refund of the HIS carries neither a fact nor a job');
  }
}

function decide(ports: RefundPorts, change: OrderChange, { hisRefundNo, refundFen, reason, requestedBy, operatorId, receipts, notAtWindow }: HisRefundRequest, sourceId: string): readonly Refund[] | ErrorCode {
  const known = refundsOf(change.aggregate, hisRefundNo);
  if (known.length > 0) return known.reduce((sum, refund) => sum + refund.refundFen, 0) === refundFen ? known : 'IDEMPOTENCY_KEY_REUSED';
  const { confirmation, tradeNo } = change.order;
  if (confirmation === 'toConfirm' || confirmation === 'confirming' || confirmation === 'unknown') {
    // The HIS speaks of a booking that we have not heard of yet: it is asked about at once.
    change.schedule('confirmOrder', tradeNo);
    return 'HIS_REFUND_UNDECIDED';
  }
  if (confirmation !== 'confirmed' && confirmation !== 'reversing') return 'NOT_REFUNDABLE';
  if (notAtWindow === true && change.order.windowOnly !== undefined) return 'REFUND_AT_WINDOW';
  const paid = change.payments.filter(({ state }) => state === 'succeeded');
  const left = paid.reduce((sum, payment) => sum + refundableFen(change, payment), 0);
  if (refundFen > left) return 'REFUND_EXCEEDS_PAYMENT';
  const shares = shareOut(change, paid, fen(refundFen));
  if (shares.some(({ payment }) => ports.channels.find(payment.channel)?.canRefund === false)) return 'REFUND_NOT_SUPPORTED';
  if (breaksWhole(change, shares)) return 'REFUND_WHOLE_ONLY';
  change.learnFact({ kind: 'request', source: `his/${change.order.hospitalId}`, sourceId, body: { hisRefundNo, refundFen, reason, requestedBy, ...(receipts === undefined ? {} : { receipts }) } });
  const refunds = shares.map((share) =>
    reserveRefund(change, { paymentNo: share.payment.paymentNo, refundFen: share.refundFen, cause: 'hisRequested', reason, requestedBy, operatorId, reversedByHis: { hisRefundNo, hisReversedDay: beijingDay(change.now) } }),
  );
  wantInvoice(ports.policy, change);
  if (receipts !== undefined) change.linkReceipt({ hisRefundNo, ...receipts });
  return refunds;
}

function refundsOf({ refunds }: Pick<OrderAggregate, 'refunds'>, hisRefundNo: string): readonly Refund[] {
  return refunds.filter((refund) => refund.hisRefundNo === hisRefundNo && refund.replaces === undefined);
}
