import { ok, refused, type Outcome } from '../domain/errors.js';
import { browserAppOf } from './browser-app.js';
import { findRound, type CheckoutRound } from './checkout-rounds.js';
import { hashOfBrowser, hashOfToken } from './checkout-token.js';
import type { BrowserApp, CheckoutCode, CheckoutPorts, Visitor } from './ports.js';

/** A visitor whose token opened a code. */
export type CheckoutVisit = {
  readonly code: CheckoutCode;
  readonly browserHash: string;
  readonly app: BrowserApp;
  readonly round: CheckoutRound;
  /** Expired or revoked: no new payment; only the browser that paid still sees what became of it. */
  readonly isOver: boolean;
};

/** Unknown, expired and revoked are one answer: it tells a guesser nothing. */
export async function enterCheckout(ports: CheckoutPorts, { token, browser, userAgent }: Visitor): Promise<Outcome<CheckoutVisit>> {
  const code = (await ports.codes.findByToken(hashOfToken(token))) ?? (await findByReturn(ports, token, browser));
  if (code === undefined) {
    ports.unknownToken();
    return refused('CHECKOUT_NOT_OPEN');
  }
  if (!ports.pace.take(code.tokenHash)) return refused('TOO_MANY_REQUESTS');
  const round = await findRound(ports, code);
  if (round.kind === 'refused') return round;
  const browserHash = hashOfBrowser(code.tokenHash, browser);
  const isOver = code.revokedAt !== undefined || ports.clock.now().getTime() >= code.expiresAt.getTime();
  if (isOver && !(round.kind === 'taken' && isOwnRound(code, round.round, browserHash))) return refused('CHECKOUT_NOT_OPEN');
  return ok({ code, browserHash, app: browserAppOf(userAgent, ports.policy.userAgents), round, isOver });
}

/**
 * The address a wallet sends the browser back to names the code by its number, not by its token: that address is kept with the payment and passes through the
 * channel. The number opens the page only for the browser that started the payment.
 */
async function findByReturn(ports: CheckoutPorts, checkoutNo: string, browser: string): Promise<CheckoutCode | undefined> {
  const code = await ports.codes.findByNo(checkoutNo);
  return code?.claim !== undefined && code.claim.browserHash === hashOfBrowser(code.tokenHash, browser) ? code : undefined;
}

export function isOwnRound({ claim }: CheckoutCode, round: number, browserHash: string): boolean {
  return claim?.round === round && claim.browserHash === browserHash;
}
