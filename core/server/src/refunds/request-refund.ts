import { fen } from '@hospay/plugin-sdk';
import { ok, refused, type ErrorCode, type Outcome } from '../domain/errors.js';
import type { IdempotencyKey } from '../domain/money-store.js';
import type { OrderAggregate, Refund } from '../domain/order.js';
import { refundableFen, reserveRefund } from '../domain/reserve-refund.js';
import type { OrderChange } from '../domain/order-change.js';
import type { RefundPorts } from './ports.js';

export type RefundRequestedBy = {
  readonly tradeNo: string;
  /** Integer fen, or undefined for all that is left. */
  readonly refundFen: number | undefined;
  readonly reason: string;
  /** Who asked, for the audit: `application/…` or `user/…`. */
  readonly requestedBy: string;
  readonly idempotency: IdempotencyKey;
};

export type RefundAccepted = { readonly refund: Refund; readonly aggregate: OrderAggregate };

/**
 * Asks for a refund, whole or partial (退款). The amount is checked and reserved in the same transaction: two requests that together exceed
 * the payment cannot both pass, whatever their interleaving. A confirmed order is refunded only after the HIS reversed its booking.
 */
export async function requestRefund(ports: RefundPorts, request: RefundRequestedBy): Promise<Outcome<RefundAccepted>> {
  const result = await ports.store.change<Refund | ErrorCode>(
    {
      tradeNo: request.tradeNo,
      cause: { kind: 'request', id: `${request.idempotency.tenant}/${request.idempotency.key}` },
      now: ports.clock.now(),
      idempotency: request.idempotency,
      keepIdempotencyOnlyIf: (value) => typeof value !== 'string',
    },
    (change) => decide(ports, change, request),
  );
  switch (result.kind) {
    case 'noSuchOrder':
      return refused('ORDER_NOT_FOUND');
    case 'keyReused':
      return refused('IDEMPOTENCY_KEY_REUSED');
    case 'replayed': {
      const refund = result.aggregate.refunds.find((candidate) => candidate.refundNo === result.subject);
      return refund === undefined ? refused('ORDER_NOT_FOUND') : ok({ refund, aggregate: result.aggregate });
    }
    case 'changed':
      return typeof result.result === 'string' ? refused(result.result) : ok({ refund: result.result, aggregate: result.aggregate });
    case 'duplicate':
    case 'fenced':
      throw new Error('a refund request carries neither a fact nor a job');
  }
}

function decide(ports: RefundPorts, change: OrderChange, request: RefundRequestedBy): Refund | ErrorCode {
  const payment = change.payments.find((candidate) => candidate.state === 'succeeded');
  if (payment === undefined) return 'NOT_REFUNDABLE';
  const { confirmation, hospitalId } = change.order;
  // Until the HIS has answered for good nobody knows whether its booking must be reversed first.
  if (confirmation === 'toConfirm' || confirmation === 'confirming' || confirmation === 'unknown') return 'NOT_REFUNDABLE';
  const left = refundableFen(change, payment);
  const amount = request.refundFen ?? left;
  if (!Number.isSafeInteger(amount) || amount <= 0 || amount > left) return 'REFUND_EXCEEDS_PAYMENT';
  const hospital = ports.hospitals.find(hospitalId);
  if (confirmation === 'confirmed' && hospital !== undefined && !hospital.canApproveRefunds) return 'REFUND_NOT_SUPPORTED';
  const channel = ports.channels.find(payment.channel);
  if (channel !== undefined && !channel.canRefund) return 'REFUND_NOT_SUPPORTED';
  return reserveRefund(change, {
    paymentNo: payment.paymentNo,
    refundFen: fen(amount),
    cause: 'requested',
    reason: request.reason,
    requestedBy: request.requestedBy,
  });
}
