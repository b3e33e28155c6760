import { beijingDay, startOfBeijingDay } from '@hospay/plugin-sdk';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import { hashOfToken, makeCheckoutToken } from './checkout-token.js';
import { addressOfCode } from './pay-checkout.js';
import type { CheckoutCode, CheckoutPorts, IssueCheckoutRequest, IssuedCheckout } from './ports.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * Gives out an aggregated code (聚合码): for a quote, to be shown by a kiosk while the quote lasts; or for bills that are priced when the page is opened, to be printed on
 * a guide sheet (导诊单) and void when the day is over. The address carries a random token and nothing else; it is given out here and never again.
 */
export async function issueCheckoutCode(ports: CheckoutPorts, request: IssueCheckoutRequest): Promise<Outcome<IssuedCheckout>> {
  if (ports.policy.publicBaseUrl === undefined) return refused('CHECKOUT_NOT_OFFERED');
  const what = await whatIsPaid(ports, request);
  if (what.kind === 'refused') return what;
  const token = makeCheckoutToken(ports.random);
  const code: CheckoutCode = {
    tokenHash: hashOfToken(token),
    checkoutNo: `CK${makeOpaqueId(ports.random, 16)}`,
    hospitalId: request.hospitalId,
    owner: request.owner,
    terminalKind: request.terminalKind,
    merchantId: request.merchantId,
    description: request.description,
    issuedAt: ports.clock.now(),
    revokedAt: undefined,
    claim: undefined,
    ...what.value,
  };
  // Known before it is written: there is no moment in which a code that exists could be taken for a guess.
  ports.names.add(code);
  await ports.codes.add(code);
  return ok({ checkoutNo: code.checkoutNo, url: addressOfCode(ports, token), expiresAt: code.expiresAt.toISOString() });
}

type Paid = Pick<CheckoutCode, 'patientId' | 'patientLabel' | 'billNos' | 'basis' | 'quote' | 'expiresAt'>;

async function whatIsPaid({ clock, policy, findQuote }: CheckoutPorts, request: IssueCheckoutRequest): Promise<Outcome<Paid>> {
  const now = clock.now();
  if (!('quoteId' in request)) {
    const { patientId, patientLabel, billNos, lifetimeSeconds } = request;
    const lifetimeMs = lifetimeSeconds === undefined ? policy.billCodeLifetimeMs : Math.min(lifetimeSeconds * 1_000, policy.billCodeLifetimeMs);
    const endOfDayMs = startOfBeijingDay(beijingDay(now)).getTime() + DAY_MS;
    return ok({ patientId, patientLabel, billNos: [...new Set(billNos)].toSorted(), basis: 'bills', quote: undefined, expiresAt: new Date(Math.min(now.getTime() + lifetimeMs, endOfDayMs)) });
  }
  const quote = await findQuote(request.quoteId);
  if (quote === undefined || quote.owner.kind !== request.owner.kind || quote.owner.id !== request.owner.id) return refused('QUOTE_NOT_FOUND');
  const expiresAt = new Date(Date.parse(quote.validUntil) - policy.quoteMarginMs);
  if (expiresAt.getTime() <= now.getTime()) return refused('QUOTE_EXPIRED');
  // Nothing of this discharge is to be collected: its owner settles it, and no phone.
  if (quote.subject?.returnFen !== undefined) return refused('NOTHING_TO_PAY');
  const { patientId, patientLabel, billNos, quoteId, quotedAt } = quote;
  return ok({ patientId, patientLabel, billNos, basis: 'quote', quote: { quoteId, quotedAt: new Date(quotedAt) }, expiresAt });
}
