import { cancelCheckout } from './cancel-checkout.js';
import { findCheckout } from './find-checkout.js';
import { followCheckout } from './follow-checkout.js';
import { identifyPayer } from './identify-payer.js';
import { issueCheckoutCode } from './issue-checkout-code.js';
import { createKnownNames } from './code-names.js';
import { createOneAtATime } from './one-at-a-time.js';
import { openCheckout } from './open-checkout.js';
import { payCheckout } from './pay-checkout.js';
import { createPayerMemory } from './payer-memory.js';
import type { CheckoutOwnerUseCases, CheckoutPageUseCases, CheckoutPorts } from './ports.js';
import { createPace, FRESH_PACE, GUESS_PACE, PAGE_PACE } from './request-pace.js';
import { revokeCheckoutCode } from './revoke-checkout-code.js';

/** Every use case of the checkout with its ports given, and with the memory that lasts as long as the process. */
export function createCheckoutDesk(given: Omit<CheckoutPorts, 'payers' | 'pace' | 'freshPace' | 'guesses' | 'names' | 'pricing'>): CheckoutPageUseCases & CheckoutOwnerUseCases {
  const { clock, codes } = given;
  const ports: CheckoutPorts = {
    ...given, payers: createPayerMemory(given), pace: createPace(clock, PAGE_PACE), freshPace: createPace(clock, FRESH_PACE), guesses: createPace(clock, GUESS_PACE), names: createKnownNames(codes, clock), pricing: createOneAtATime(),
  };
  return {
    openCheckout: (visitor) => openCheckout(ports, visitor),
    payCheckout: (visitor, request) => payCheckout(ports, visitor, request),
    followCheckout: (visitor, freshness) => followCheckout(ports, visitor, freshness),
    cancelCheckout: (visitor, round) => cancelCheckout(ports, visitor, round),
    identifyPayer: (visitor, query) => identifyPayer(ports, visitor, query),
    issueCheckoutCode: (request) => issueCheckoutCode(ports, request),
    findCheckout: (request) => findCheckout(ports, request),
    revokeCheckoutCode: (request) => revokeCheckoutCode(ports, request),
  };
}
