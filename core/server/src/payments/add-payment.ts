import { fen } from '@hospay/plugin-sdk';
import { ok, refused, type ErrorCode, type Outcome } from '../domain/errors.js';
import type { ChannelGuest } from '../domain/guests.js';
import { remainingFen, takesMorePayments } from '../domain/mixed-tender.js';
import type { OrderChange } from '../domain/order-change.js';
import type { Payment } from '../domain/order.js';
import { tillOfPayment } from '../domain/own-till.js';
import { insuredFen } from '../domain/presettlement.js';
import { isPaymentEnded } from '../domain/payment-states.js';
import { chargePayment } from './charge-payment.js';
import { isOwnedBy } from './find-order.js';
import { checkInsuredTender, selfPayLeftFen } from './insured-tender.js';
import { detailsOf, makePayment } from './new-payment.js';
import { viewOrder, type OrderView } from './order-view.js';
import type { AddPaymentRequest, PaymentPorts } from './ports.js';

/**
 * A further payment of a mixed order (混合支付), after the one before has ended. Its intent is committed with the check of what is left to pay, in one
 * transaction: two of them can never exceed the order together. A repeat with the same key answers what became of the first.
 */
export async function addPayment(ports: PaymentPorts, request: AddPaymentRequest): Promise<Outcome<OrderView>> {
  const found = await ports.store.findOrder(request.tradeNo);
  if (found === undefined || !isOwnedBy(found, request.owner)) return refused('ORDER_NOT_FOUND');
  if (request.method === 'quickPay') return refused('CHANNEL_UNAVAILABLE', 'quickPay: pay with a bound card');
  const quote = await ports.store.findQuote(found.order.quoteId);
  const channel =
    request.method === 'medicalInsurance'
      ? ports.channels.find(found.presettlement?.channel ?? '')
      : ports.channels.choose({
          method: request.method,
          amountFen: request.tenderFen ?? (found.presettlement === undefined ? undefined : selfPayLeftFen({ ...found, presettlement: found.presettlement })) ?? remainingFen(found, ports.clock.now()),
          hospitalId: found.order.hospitalId,
          owner: request.owner,
          terminalKind: request.terminalKind,
          feeType: quote?.feeType,
          wanted: request.channel,
        });
  const reason = ports.reasonToRefuse();
  const result = await ports.store.change<Payment | ErrorCode>(
    {
      tradeNo: request.tradeNo,
      cause: { kind: 'request', id: `${request.idempotency.tenant}/${request.idempotency.key}` },
      now: ports.clock.now(),
      idempotency: request.idempotency,
      keepIdempotencyOnlyIf: (value) => typeof value !== 'string',
    },
    (change) => (reason === undefined ? decide(ports, change, channel, request) : 'STOPPED_FOR_SAFETY'),
  );
  switch (result.kind) {
    case 'noSuchOrder':
      return refused('ORDER_NOT_FOUND');
    case 'keyReused':
      return refused('IDEMPOTENCY_KEY_REUSED');
    case 'replayed':
      return ok(viewOrder(result.aggregate));
    case 'changed':
      if (typeof result.result === 'string') return refused(result.result, reason);
      if (channel === undefined) throw new Error('a payment was accepted without a channel');
      return ok(viewOrder(await chargePayment(ports, result.aggregate, result.result, channel, detailsOf(request))));
    case 'duplicate':
    case 'fenced':
      throw new Error('a payment request carries neither a fact nor a job');
  }
}

function decide(ports: PaymentPorts, change: OrderChange, channel: ChannelGuest | undefined, request: AddPaymentRequest): Payment | ErrorCode {
  const { order, payments } = change;
  if (!takesMorePayments(order, change.now) || order.tenderUntil === undefined) return 'TENDER_CLOSED';
  if (payments.some(({ state }) => !isPaymentEnded(state))) return 'PAYMENT_IN_PROGRESS';
  const left = remainingFen(change, change.now);
  const insured = request.method === 'medicalInsurance' ? change.presettlement?.split : undefined;
  const amount = request.tenderFen ?? (insured === undefined ? (selfPayLeftFen(change) ?? left) : insuredFen(insured));
  if (!Number.isSafeInteger(amount) || amount <= 0 || amount > left) return 'TENDER_EXCEEDS_REMAINING';
  if (channel === undefined) return 'CHANNEL_UNAVAILABLE';
  const refusal = checkInsuredTender(change, request, { channel: channel.id, amountFen: fen(amount) });
  if (refusal !== undefined) return refusal;
  if (ports.hospitals.find(order.hospitalId) === undefined) return 'HIS_UNAVAILABLE';
  if (!change.holdsBills) {
    if (!change.billsFree) return 'BILL_IN_PAYMENT';
    change.reclaimBills();
  }
  const { payment, job } = makePayment(ports, {
    tradeNo: order.tradeNo,
    leg: payments.reduce((last, { leg }) => Math.max(last, leg), 0) + 1,
    channel,
    method: request.method,
    amountFen: fen(amount),
    noLaterThan: order.tenderUntil,
    tillNo: tillOfPayment(request.owner, request.operatorId),
  });
  change.addPayment(payment);
  change.schedule(job.kind, job.subject, job.dueAt);
  return payment;
}
