/** What is served over HTTP beside the console: the payment API, and what may be reached from outside. Part of the composition root. */
import { createNonceMemory } from './applications/nonce-memory.js';
import { createRequestBuckets } from './applications/request-buckets.js';
import { channelNotifications } from './edges/http/channel-notifications.js';
import { checkoutPage } from './edges/http/checkout-page/checkout-page.js';
import { readPageFiles } from './edges/http/checkout-page/page-files.js';
import { operationsEndpoints } from './edges/http/operations-endpoints.js';
import { paymentApi } from './edges/http/payment-api/payment-api.js';
import { receiveNotification } from './payments/receive-notification.js';
import { get, TOKENS } from './platform-container.js';
import type { PlatformOptions } from './platform-options.js';
import type { PublicSide } from './platform-relay.js';

export function paymentGroups(options: PlatformOptions) {
  const { configuration: { checkout }, clock } = options;
  return [
    ...paymentApi({
      authentication: { registry: get(TOKENS.applications), nonces: createNonceMemory(), buckets: createRequestBuckets(), clock },
      useCases: { ...get(TOKENS.useCases), ...get(TOKENS.checkout), ...get(TOKENS.quickPay) },
      statements: get(TOKENS.dataSync).statements,
      orderSync: get(TOKENS.dataSync).orderSync,
      merchants: get(TOKENS.merchants),
      clock,
    }),
    ...publicGroups(options, { clientAddressHeader: checkout.clientAddressHeader }),
    operationsEndpoints({ live: () => get(TOKENS.health).live(), ready: () => get(TOKENS.health).ready(), metricsPage: () => get(TOKENS.metrics).page() }),
  ];
}

/** What may be reached from outside the house, and all that a relay reaches: notifications of channels and the checkout page. */
export function publicGroups({ configuration: { checkout }, checkoutPageFolder, clock, random }: PlatformOptions, { clientAddressHeader, waitedMs }: PublicSide) {
  const payments = get(TOKENS.payments);
  return [
    channelNotifications({ receiveNotification: (channelId, raw) => receiveNotification(payments, channelId, raw), clock, ...(waitedMs === undefined ? {} : { waitedMs }) }),
    ...(checkout.publicBaseUrl === undefined ? [] : checkoutPage({ useCases: get(TOKENS.checkout), files: readPageFiles(checkoutPageFolder), publicBaseUrl: checkout.publicBaseUrl, clientAddressHeader, random })),
  ];
}
