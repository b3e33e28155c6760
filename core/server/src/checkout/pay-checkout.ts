import { createHash } from 'node:crypto';
import { ok, refused, type Outcome } from '../domain/errors.js';
import type { StoredQuote } from '../domain/order.js';
import { keyOfRound } from './checkout-rounds.js';
import { enterCheckout, type CheckoutVisit } from './checkout-visit.js';
import type { CheckoutPorts, PayCheckoutAnswer, PayCheckoutRequest, Visitor } from './ports.js';
import { keptQuoteOf, quoteOfCode } from './quote-of-code.js';
import { showCheckout } from './show-checkout.js';
import { waysToPay, type WayToPay } from './ways-to-pay.js';

/** A browser that claimed a round and made no order of it within this has gone: another may. */
const ABANDONED_AFTER_MS = 15_000;

/**
 * Starts the payment of a code with the wallet the patient chose, or sends him first to where the wallet tells who pays. One round makes one order, whoever
 * asks how often: the key of the order is the round's.
 */
export async function payCheckout(ports: CheckoutPorts, visitor: Visitor, request: PayCheckoutRequest): Promise<Outcome<PayCheckoutAnswer>> {
  const entered = await enterCheckout(ports, visitor);
  if (entered.kind === 'refused') return entered;
  const visit = entered.value;
  const { code, round } = visit;
  // Somebody is paying, or the page has not seen yet how its last try ended.
  if (round.kind === 'taken' || round.round !== request.round) return ok({ kind: 'view', view: showCheckout(ports, visit, await keptQuoteOf(ports, code)) });
  const quoted = await quoteOfCode(ports, code);
  if (quoted.kind === 'refused') return quoted;
  const quote = quoted.value;
  if (quote.selfPayFen !== request.amountFen) return refused('AMOUNT_MISMATCH', `shown ${String(request.amountFen)} fen, now ${String(quote.selfPayFen)} fen`);
  // Nothing is to be paid (零自付): one press tells the hospital to settle. No wallet is asked.
  if (quote.selfPayFen === 0) return start(ports, visitor, visit, { request, quote, way: undefined });
  if (request.wallet === undefined) return refused('MALFORMED_REQUEST', 'wallet');
  for (const way of waysToPay(ports, visit.app, request.wallet, { code, amountFen: quote.selfPayFen, feeType: quote.feeType })) {
    if (way.method !== 'jsapi') return start(ports, visitor, visit, { request, quote, way });
    const payerId = ports.payers.known({ tokenHash: code.tokenHash, browserHash: visit.browserHash, channel: way.channel.id });
    if (payerId !== undefined) return start(ports, visitor, visit, { request, quote, way, payerId });
    const url = await addressOfIdentification(ports, visit, way);
    if (url !== undefined) return ok({ kind: 'identify', url });
  }
  return refused('CHANNEL_UNAVAILABLE');
}

/** Where the wallet tells who pays. It sends the browser back under the number of the code: the token is nobody's business there. */
async function addressOfIdentification(ports: CheckoutPorts, { code, browserHash }: CheckoutVisit, { channel }: WayToPay): Promise<string | undefined> {
  const state = ports.payers.begin({ tokenHash: code.tokenHash, browserHash, channel: channel.id });
  const address = await channel.identification?.payerIdAddress({ returnUrl: `${addressOfCode(ports, code.checkoutNo)}/payer`, state });
  return address?.kind === 'address' ? address.url : undefined;
}

type Start = { readonly request: PayCheckoutRequest; readonly quote: StoredQuote; /** Undefined: nothing is to be paid. */ readonly way: WayToPay | undefined; readonly payerId?: string };

async function start(ports: CheckoutPorts, visitor: Visitor, visit: CheckoutVisit, { request, quote, way, payerId }: Start): Promise<Outcome<PayCheckoutAnswer>> {
  const { code, browserHash } = visit;
  const at = ports.clock.now();
  const isClaimed = await ports.codes.claimRound(code.tokenHash, { round: request.round, browserHash, at }, new Date(at.getTime() - ABANDONED_AFTER_MS));
  if (isClaimed) {
    const { tenant, key } = keyOfRound(code, request.round);
    const created = await ports.createPayment({
      owner: code.owner,
      merchantId: code.merchantId,
      // The key stands for the round alone: a second phone with another wallet meets the same order, not a conflict.
      idempotency: { tenant, key, requestHash: createHash('sha256').update(key).digest('hex') },
      quoteId: quote.quoteId,
      amountFen: quote.selfPayFen,
      description: code.description,
      ...(way === undefined ? { method: 'webPage' as const } : { method: way.method, channel: way.channel.id }),
      returnUrl: addressOfCode(ports, code.checkoutNo),
      ...(code.terminalKind === undefined ? {} : { terminalKind: code.terminalKind }),
      ...(payerId === undefined ? {} : { payerId }),
      ...(request.clientIp === undefined ? {} : { clientIp: request.clientIp }),
    });
    if (created.kind === 'refused') return created;
    // Withdrawn meanwhile: either that withdrawal has seen the order, or it is seen here.
    if ((await ports.codes.findByToken(code.tokenHash))?.revokedAt !== undefined) await ports.cancelPayment({ owner: code.owner, tradeNo: created.value.tradeNo, by: `revoke/${code.checkoutNo}` });
  }
  const after = await enterCheckout(ports, visitor);
  if (after.kind === 'refused') return after;
  // Claimed a moment ago by another phone whose order is not there yet.
  if (after.value.round.kind === 'free' && after.value.round.round === request.round) return refused('PAYMENT_IN_PROGRESS');
  return ok({ kind: 'view', view: showCheckout(ports, after.value, await keptQuoteOf(ports, after.value.code)) });
}

export function addressOfCode({ policy }: Pick<CheckoutPorts, 'policy'>, name: string): string {
  return `${policy.publicBaseUrl ?? ''}/c/${name}`;
}
