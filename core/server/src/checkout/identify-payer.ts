import { ok, refused, type Outcome } from '../domain/errors.js';
import { enterCheckout } from './checkout-visit.js';
import type { CheckoutPorts, Visitor } from './ports.js';

/**
 * The browser is back from the channel's page with a code. It is traded for the payer's id only when this browser was sent there for this code, once; the id
 * stays in memory until the payment is made and is told to nobody but the channel.
 */
export async function identifyPayer(ports: CheckoutPorts, visitor: Visitor, query: string): Promise<Outcome<'identified'>> {
  const entered = await enterCheckout(ports, visitor);
  if (entered.kind === 'refused') return entered;
  const { code, browserHash } = entered.value;
  const visit = { tokenHash: code.tokenHash, browserHash };
  const channelId = ports.payers.finish({ ...visit, state: new URLSearchParams(query).get('state') ?? '' });
  if (channelId === undefined) return refused('PAYER_NOT_IDENTIFIED', 'the state is not one this browser was sent away with');
  const found = await ports.channels.find(channelId)?.identification?.findPayerId({ query });
  if (found?.kind !== 'found') return refused('PAYER_NOT_IDENTIFIED', found?.reason);
  ports.payers.remember({ ...visit, channel: channelId }, found.payerId);
  return ok('identified');
}
