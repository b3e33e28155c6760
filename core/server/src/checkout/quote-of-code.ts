import { ok, refused, type Outcome } from '../domain/errors.js';
import type { StoredQuote } from '../domain/order.js';
import type { CheckoutCode, CheckoutPorts } from './ports.js';

/** The kept quote while it can still be paid on. */
export async function keptQuoteOf(ports: CheckoutPorts, { quote: kept }: CheckoutCode): Promise<StoredQuote | undefined> {
  const quote = kept === undefined ? undefined : await ports.findQuote(kept.quoteId);
  return quote !== undefined && Date.parse(quote.validUntil) - ports.clock.now().getTime() >= ports.policy.quoteMarginMs ? quote : undefined;
}

/**
 * The price the patient is shown and pays. A kiosk's code has one quote. Bills of a guide sheet are priced anew when the page is opened and, when it lay open, before they are
 * paid, because a doctor may have changed them meanwhile; a reload within seconds, and any number of phones at once, ask the HIS once.
 */
export async function quoteOfCode(ports: CheckoutPorts, code: CheckoutCode): Promise<Outcome<StoredQuote>> {
  const kept = await keptQuoteOf(ports, code);
  if (kept !== undefined && (code.basis === 'quote' || isYoung(ports, code))) return ok(kept);
  return code.basis === 'quote' ? refused('QUOTE_EXPIRED') : quoteAnew(ports, code);
}

function isYoung({ clock, policy }: CheckoutPorts, { quote }: CheckoutCode): boolean {
  return quote !== undefined && clock.now().getTime() - quote.quotedAt.getTime() < policy.quoteReuseMs;
}

function quoteAnew(ports: CheckoutPorts, code: CheckoutCode): Promise<Outcome<StoredQuote>> {
  return ports.pricing(code.tokenHash, async () => {
    const { hospitalId, owner, patientId, patientLabel, billNos } = code;
    const quoted = await ports.quoteBills({ hospitalId, owner, patientId, patientLabel, billNos });
    if (quoted.kind === 'refused') return quoted;
    const quote = await ports.findQuote(quoted.value.quoteId);
    if (quote === undefined) return refused('QUOTE_NOT_FOUND');
    await ports.codes.keepQuote(code.tokenHash, { quoteId: quote.quoteId, quotedAt: ports.clock.now() });
    return ok(quote);
  });
}
