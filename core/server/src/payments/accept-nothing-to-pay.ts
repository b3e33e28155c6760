import { ZERO_FEN } from '@hospay/plugin-sdk';
import { ok, refused, type Outcome } from '../domain/errors.js';
import type { StoredQuote } from '../domain/order.js';
import type { Cause } from '../domain/order-change.js';
import { makeTradeNo } from '../domain/trade-number.js';
import { doubtBooking } from './doubt-booking.js';
import { makeOrder } from './new-order.js';
import { viewOrder, type OrderView } from './order-view.js';
import type { CreatePaymentRequest, PaymentPorts } from './ports.js';

/**
 * A self-pay of zero (零自付): the insurance, or the hospital, bears it all. No channel is asked and no money moves, but the bills are settled like any others: an
 * order with a number for ever, told to the HIS until it answers, counted in the reconciliation.
 */
export async function acceptNothingToPay(ports: PaymentPorts, request: CreatePaymentRequest, quote: StoredQuote): Promise<Outcome<OrderView>> {
  if (ports.hospitals.find(quote.hospitalId) === undefined) return refused('HIS_UNAVAILABLE');
  const now = ports.clock.now();
  const tradeNo = makeTradeNo(now, ports.random);
  const cause: Cause = { kind: 'request', id: `${request.idempotency.tenant}/${request.idempotency.key}` };
  const accepted = await ports.store.accept({
    idempotency: request.idempotency,
    order: { ...makeOrder(request, quote, { tradeNo, now, amountFen: ZERO_FEN }), confirmation: 'toConfirm', paidAt: now.toISOString() },
    cause,
    now,
    events: [{ axis: 'confirmation', subject: tradeNo, from: 'none', to: 'toConfirm', trigger: 'accept', cause }],
    jobs: [{ kind: 'confirmOrder', subject: tradeNo, dueAt: now }],
  });
  switch (accepted.kind) {
    case 'keyReused':
      return refused('IDEMPOTENCY_KEY_REUSED');
    case 'presettlementNotOpen':
      return refused('PRESETTLEMENT_NOT_OPEN');
    case 'billTaken':
      await doubtBooking(ports, accepted.tradeNo);
      return refused('BILL_IN_PAYMENT', accepted.tradeNo);
    case 'replayed':
    case 'accepted':
      return ok(viewOrder(accepted.aggregate));
  }
}
