import { refused, type Outcome } from '../domain/errors.js';
import type { Owner } from '../domain/order.js';
import { findRound } from './checkout-rounds.js';
import { findCheckout, findOwnedCode } from './find-checkout.js';
import type { CheckoutPorts, OwnedCheckout } from './ports.js';

/**
 * Withdraws a code (作废): no page opens any more, and an unpaid payment that was started is called off as `payment.cancel` does. One that turns out paid stays
 * paid, and the answer shows it. Repeating is harmless.
 */
export async function revokeCheckoutCode(ports: CheckoutPorts, request: { readonly owner: Owner; readonly checkoutNo: string }): Promise<Outcome<OwnedCheckout>> {
  const code = await findOwnedCode(ports, request);
  if (code === undefined) return refused('NO_SUCH_ITEM', 'no such code');
  // First no new round can begin, then the running one is ended.
  if (code.revokedAt === undefined) await ports.codes.revoke(code.checkoutNo, ports.clock.now());
  const round = await findRound(ports, code);
  if (round.kind === 'taken') {
    const cancelled = await ports.cancelPayment({ owner: code.owner, tradeNo: round.order.tradeNo, by: `revoke/${code.checkoutNo}` });
    if (cancelled.kind === 'refused' && cancelled.code !== 'NOT_CANCELLABLE') return cancelled;
  }
  return findCheckout(ports, request);
}
