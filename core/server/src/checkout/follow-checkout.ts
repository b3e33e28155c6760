import { ok, type Outcome } from '../domain/errors.js';
import type { CheckoutView } from './checkout-view.js';
import { enterCheckout } from './checkout-visit.js';
import type { CheckoutPorts, Visitor } from './ports.js';
import { keptQuoteOf } from './quote-of-code.js';
import { showCheckout } from './show-checkout.js';

/**
 * What became of it, for a page that waits. `fresh`: the patient has come back from the wallet, so the channel is asked first; never more often than the pace
 * allows, and the wallet's own word is not asked for at all. The HIS is not asked.
 */
export async function followCheckout(ports: CheckoutPorts, visitor: Visitor, freshness: 'stored' | 'fresh'): Promise<Outcome<CheckoutView>> {
  const entered = await enterCheckout(ports, visitor);
  if (entered.kind === 'refused') return entered;
  const visit = entered.value;
  const { code, round } = visit;
  if (round.kind === 'free') return ok(showCheckout(ports, visit, await keptQuoteOf(ports, code)));
  if (freshness === 'stored' || !ports.freshPace.take(code.tokenHash)) return ok(showCheckout(ports, visit));
  const asked = await ports.findOrder({ owner: code.owner, tradeNo: round.order.tradeNo, freshness: 'fresh' });
  if (asked.kind === 'refused') return asked;
  // What the question found may have ended this round: the visit is read anew.
  const after = await enterCheckout(ports, visitor);
  return after.kind === 'refused' ? after : ok(showCheckout(ports, after.value, await keptQuoteOf(ports, code)));
}
