import { ok, type Outcome } from '../domain/errors.js';
import type { CheckoutView } from './checkout-view.js';
import { enterCheckout } from './checkout-visit.js';
import type { CheckoutPorts, Visitor } from './ports.js';
import { quoteOfCode } from './quote-of-code.js';
import { showCheckout } from './show-checkout.js';

/** Opens the page of a code (打开收银台): what is to be paid now and with what, or what became of the payment that was started. Starts nothing. */
export async function openCheckout(ports: CheckoutPorts, visitor: Visitor): Promise<Outcome<CheckoutView>> {
  const entered = await enterCheckout(ports, visitor);
  if (entered.kind === 'refused') return entered;
  const visit = entered.value;
  if (visit.round.kind === 'taken') return ok(showCheckout(ports, visit));
  const quoted = await quoteOfCode(ports, visit.code);
  return quoted.kind === 'refused' ? quoted : ok(showCheckout(ports, visit, quoted.value));
}
