import { ok, refused, type Outcome } from '../domain/errors.js';
import { browserAppOf } from './browser-app.js';
import { findRound, type CheckoutRound } from './checkout-rounds.js';
import { networkOf } from './client-network.js';
import { kindOfName } from './code-names.js';
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
export async function enterCheckout(ports: CheckoutPorts, visitor: Visitor): Promise<Outcome<CheckoutVisit>> {
  const { browser, userAgent } = visitor;
  const code = await findCode(ports, visitor);
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
 * One read of the database at most, and none for what never was a name of a code. Who has asked for many codes nobody was given is not looked up any more unless the code exists: phones
 * share an address, and a code that exists is never refused for what others do from it.
 */
async function findCode(ports: CheckoutPorts, { token, browser, address }: Visitor): Promise<CheckoutCode | undefined> {
  const kind = kindOfName(token);
  if (kind === 'neither') return undefined;
  const network = networkOf(address);
  const name = kind === 'token' ? hashOfToken(token) : token;
  if (ports.guesses.isSpent(network) && !(await ports.names.mayExist(name))) return undefined;
  const code = kind === 'token' ? await ports.codes.findByToken(name) : await ports.codes.findByNo(name);
  if (code === undefined) ports.guesses.take(network);
  return code === undefined || kind === 'token' || mayReturn(ports, code, hashOfBrowser(code.tokenHash, browser)) ? code : undefined;
}

/**
 * The addresses a wallet sends the browser back to name the code by its number, not by its token: they pass through the channel, and one is kept with the payment. The number opens the
 * page only for the browser that started the payment, or that was sent away from this code a moment ago to be identified.
 */
function mayReturn(ports: CheckoutPorts, { tokenHash, claim }: CheckoutCode, browserHash: string): boolean {
  return claim?.browserHash === browserHash || ports.payers.wasSentAway({ tokenHash, browserHash });
}

export function isOwnRound({ claim }: CheckoutCode, round: number, browserHash: string): boolean {
  return claim?.round === round && claim.browserHash === browserHash;
}
