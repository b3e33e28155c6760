import { ok, refused, type Outcome } from '../domain/errors.js';
import type { Owner } from '../domain/order.js';
import { findRound } from './checkout-rounds.js';
import type { CheckoutCode, CheckoutPorts, OwnedCheckout } from './ports.js';

/** What became of a code, for the terminal or application that gave it out; for anybody else it does not exist. */
export async function findCheckout(ports: CheckoutPorts, request: { readonly owner: Owner; readonly checkoutNo: string }): Promise<Outcome<OwnedCheckout>> {
  const code = await findOwnedCode(ports, request);
  if (code === undefined) return refused('NO_SUCH_ITEM', 'no such code');
  const round = await findRound(ports, code);
  const isExpired = ports.clock.now().getTime() >= code.expiresAt.getTime();
  const order = round.kind === 'taken' ? round.order : round.kind === 'free' ? round.before : undefined;
  return ok({
    checkoutNo: code.checkoutNo,
    state: code.revokedAt !== undefined ? 'revoked' : isExpired ? 'expired' : 'open',
    expiresAt: code.expiresAt.toISOString(),
    ...(order === undefined ? {} : { order }),
  });
}

export async function findOwnedCode(ports: CheckoutPorts, { owner, checkoutNo }: { readonly owner: Owner; readonly checkoutNo: string }): Promise<CheckoutCode | undefined> {
  const code = await ports.codes.findByNo(checkoutNo);
  return code !== undefined && code.owner.kind === owner.kind && code.owner.id === owner.id ? code : undefined;
}
