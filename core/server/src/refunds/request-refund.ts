import { addFen, fen } from '@hospay/plugin-sdk';
import { ok, refused, type ErrorCode, type Outcome } from '../domain/errors.js';
import type { IdempotencyKey } from '../domain/money-store.js';
import type { OrderAggregate, Refund } from '../domain/order.js';
import { refundableFen, reserveRefund } from '../domain/reserve-refund.js';
import type { OrderChange } from '../domain/order-change.js';
import type { RefundPorts } from './ports.js';
import { breaksWhole, shareOut } from './share-out.js';

export type RefundRequestedBy = {
  readonly tradeNo: string;
  /** Integer fen, or undefined for all that is left. Of a mixed order the last payments are refunded first, each with a refund of its own. */
  readonly refundFen: number | undefined;
  /** Only this payment of a mixed order. */
  readonly paymentNo?: string;
  readonly reason: string;
  /** Who asked, for the audit: `application/…` or `user/…`. */
  readonly requestedBy: string;
  /** The person at the window who hands it back: it stands in his shift, and notes leave his till. Absent: as the payment did. */
  readonly operatorId?: string;
  readonly idempotency: IdempotencyKey;
  /** A further rule, decided over the locked rows with the amount that would go back. */
  readonly mayRefund?: (change: OrderChange, refundFen: number) => ErrorCode | undefined;
};

/** `refund` is the first of `refunds`; there are several when the amount spans several payments of a mixed order. */
export type RefundAccepted = { readonly refund: Refund; readonly refunds: readonly Refund[]; readonly aggregate: OrderAggregate };

/**
 * Asks for a refund, whole or partial (退款). The amount is checked and reserved in the same transaction: two requests that together exceed
 * the payment cannot both pass, whatever their interleaving. A confirmed order is refunded only after the HIS reversed its booking.
 */
export async function requestRefund(ports: RefundPorts, request: RefundRequestedBy): Promise<Outcome<RefundAccepted>> {
  const result = await ports.store.change<readonly Refund[] | ErrorCode>(
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
      if (refund === undefined) return refused('ORDER_NOT_FOUND');
      const together = result.aggregate.refunds.filter((other) => other.requestedAt === refund.requestedAt && other.requestedBy === refund.requestedBy && other.cause === 'requested');
      return ok({ refund, refunds: together, aggregate: result.aggregate });
    }
    case 'changed': {
      if (typeof result.result === 'string') return refused(result.result);
      const [refund] = result.result;
      if (refund === undefined) throw new Error('a refund request was accepted without a refund');
      return ok({ refund, refunds: result.result, aggregate: result.aggregate });
    }
    case 'duplicate':
    case 'fenced':
      throw new Error('a refund request carries neither a fact nor a job');
  }
}

function decide(ports: RefundPorts, change: OrderChange, request: RefundRequestedBy): readonly Refund[] | ErrorCode {
  const { confirmation, hospitalId, tenderUntil, windowOnly } = change.order;
  const paid = change.payments.filter(({ state, paymentNo }) => state === 'succeeded' && (request.paymentNo === undefined || paymentNo === request.paymentNo));
  if (paid.length === 0) return 'NOT_REFUNDABLE';
  // Until the HIS has answered for good nobody knows whether its booking must be reversed first.
  if (confirmation === 'toConfirm' || confirmation === 'confirming' || confirmation === 'unknown') return 'NOT_REFUNDABLE';
  // A mixed order that waits for the rest is cancelled, not refunded.
  if (confirmation === 'none' && tenderUntil !== undefined) return 'NOT_REFUNDABLE';
  // 已取号, 已换开纸质: only where somebody sees the papers.
  if (windowOnly !== undefined && request.operatorId === undefined && !request.requestedBy.startsWith('user/')) return 'REFUND_AT_WINDOW';
  const left = addFen(...paid.map((payment) => refundableFen(change, payment)));
  const amount = request.refundFen ?? left;
  if (!Number.isSafeInteger(amount) || amount <= 0 || amount > left) return 'REFUND_EXCEEDS_PAYMENT';
  const hospital = ports.hospitals.find(hospitalId);
  if (confirmation === 'confirmed' && hospital !== undefined && !hospital.canApproveRefunds) return 'REFUND_NOT_SUPPORTED';
  const shares = shareOut(change, paid, fen(amount));
  if (shares.some(({ payment }) => ports.channels.find(payment.channel)?.canRefund === false)) return 'REFUND_NOT_SUPPORTED';
  if (breaksWhole(change, shares)) return 'REFUND_WHOLE_ONLY';
  // Last: an approval that is written here stands only when the refund does.
  const refusal = request.mayRefund?.(change, amount);
  if (refusal !== undefined) return refusal;
  return shares.map(({ payment, refundFen }) =>
    reserveRefund(change, { paymentNo: payment.paymentNo, refundFen, cause: 'requested', reason: request.reason, requestedBy: request.requestedBy, operatorId: request.operatorId }),
  );
}
