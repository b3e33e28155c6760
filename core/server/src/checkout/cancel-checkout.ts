import { ok, type Outcome } from '../domain/errors.js';
import { UNDISTURBED_MS, type CheckoutView } from './checkout-view.js';
import { enterCheckout, isOwnRound } from './checkout-visit.js';
import type { CheckoutPorts, Visitor } from './ports.js';
import { keptQuoteOf } from './quote-of-code.js';
import { showCheckout } from './show-checkout.js';

/**
 * Calls off the running payment (取消, 换一种方式支付). Another wallet can be chosen only when the channel has confirmed the end of this one: a payment that was sent is
 * never moved to another channel. A payment found paid goes on to the hospital.
 */
export async function cancelCheckout(ports: CheckoutPorts, visitor: Visitor, wantedRound: number): Promise<Outcome<CheckoutView>> {
  const entered = await enterCheckout(ports, visitor);
  if (entered.kind === 'refused') return entered;
  const visit = entered.value;
  const { code, round, browserHash } = visit;
  if (round.kind === 'free') return ok(showCheckout(ports, visit, await keptQuoteOf(ports, code)));
  const isUndisturbed = ports.clock.now().getTime() - Date.parse(round.order.createdAt) < UNDISTURBED_MS;
  if (round.round !== wantedRound || (isUndisturbed && !isOwnRound(code, round.round, browserHash))) return ok(showCheckout(ports, visit));
  const cancelled = await ports.cancelPayment({ owner: code.owner, tradeNo: round.order.tradeNo, by: `checkout/${code.checkoutNo}` });
  if (cancelled.kind === 'refused' && cancelled.code !== 'NOT_CANCELLABLE') return cancelled;
  const after = await enterCheckout(ports, visitor);
  return after.kind === 'refused' ? after : ok(showCheckout(ports, after.value, await keptQuoteOf(ports, code)));
}
