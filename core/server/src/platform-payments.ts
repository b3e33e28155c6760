/** Payments joined: the channels and the HIS they go to, the use cases over them, and two ways to pay beside terminals (聚合码, 快捷支付). Part of the composition root. */
import { createCheckoutDesk } from './checkout/checkout-desk.js';
import { checkoutPolicyOf } from './config/checkout-policy-of.js';
import { paymentPolicyOf } from './config/payment-policy-of.js';
import { numbersFrom } from './edges/backups/numbers-file.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { applicationNotifier } from './edges/http/owner-notifier.js';
import { createInpatientDesk } from './inpatients/inpatient-desk.js';
import { createPatientDesk } from './patients/patient-desk.js';
import type { PaymentPorts } from './payments/ports.js';
import { give, TOKENS } from './platform-container.js';
import { must, type Running } from './platform-opened.js';
import type { PlatformOptions } from './platform-options.js';
import { joinUseCases } from './platform-use-cases.js';
import { centreDirectory, channelDirectory, gatewayDirectory, hospitalDirectory } from './plugin-host/guest-directories.js';
import { createQuickPayDesk } from './quick-pay/quick-pay-desk.js';
import { createHisDesk } from './refunds/his-desk.js';
import { createRegistrationDesk } from './registrations/registration-desk.js';

export function composePayments({ configuration, log, clock, timers, random }: PlatformOptions, running: Running, database: PlatformDatabase): void {
  const { hospital, his, channels, http, dataFolder } = configuration;
  const { store, report } = must(running);
  give(TOKENS.payments, (get): PaymentPorts => ({
    store,
    presettlements: store.presettlements,
    channels: channelDirectory(get(TOKENS.pluginHost), () => [...channels, ...get(TOKENS.packages).instances()], {
      rules: configuration.routing,
      campuses: hospital.campuses.map(({ id, owners = [] }) => ({ id, owners })),
      isHealthy: (id) => get(TOKENS.channelHealth).isHealthy(id),
      placeOf: ({ kind, id }) => (kind === 'terminal' ? get(TOKENS.terminals).placeOf(id) : undefined),
    }),
    hospitals: hospitalDirectory(get(TOKENS.pluginHost), hospital.id, his.id),
    clock,
    random,
    policy: paymentPolicyOf(configuration),
    numbersFrom: numbersFrom(dataFolder),
    reasonToRefuse: () => report.standsStill ?? (get(TOKENS.disk).acceptsPayments() ? undefined : 'the data disk is full'),
    notifyUrl: (channel) => (http.publicNotifyBaseUrl === undefined ? undefined : `${http.publicNotifyBaseUrl.replace(/\/$/, '')}/notify/${channel}`),
    ownerNotifier: applicationNotifier({ registry: get(TOKENS.applications), clock, timers, random, log }),
  }));
  give(TOKENS.patients, (get) => ({ hospitals: get(TOKENS.payments).hospitals, clock, random, saveQuote: (quote) => store.saveQuote(quote) }));
  const findQuote = (quoteId: string) => store.findQuote(quoteId);
  give(TOKENS.insurance, (get) => ({ ...get(TOKENS.payments), presettlements: store.presettlements, centres: centreDirectory(get(TOKENS.pluginHost)) }));
  give(TOKENS.useCases, (get) => ({
    ...joinUseCases(get(TOKENS.payments), get(TOKENS.patients), get(TOKENS.insurance)),
    ...createRegistrationDesk({ ...get(TOKENS.patients), findQuote }),
    ...createPatientDesk({ ...get(TOKENS.patients), audit: get(TOKENS.audit) }),
    ...createInpatientDesk({ ...get(TOKENS.patients), findQuote, discharges: store.discharges }),
    ...createHisDesk(get(TOKENS.payments)),
  }));
  give(TOKENS.checkout, (get) => {
    const unknownTokens = get(TOKENS.metrics).counter({ name: 'hospay_checkout_unknown_codes_total', help: 'Checkout pages asked for under a code nobody was given', labels: [] });
    const { quoteBills: quote, createPayment: create, findOrder: find, cancelPayment: cancel } = get(TOKENS.useCases);
    return createCheckoutDesk({
      codes: database.checkoutCodes, channels: get(TOKENS.payments).channels, clock, random, policy: checkoutPolicyOf(configuration), unknownToken: () => { unknownTokens.add({}); },
      findQuote: (quoteId) => store.findQuote(quoteId), quoteBills: quote, createPayment: create, findOrder: find, cancelPayment: cancel,
    });
  });
  give(TOKENS.quickPay, (get) => createQuickPayDesk({
    hospitalId: hospital.id, store, ...database.quickPay, gateways: gatewayDirectory(get(TOKENS.pluginHost), () => [...channels, ...get(TOKENS.packages).instances()], (id) => get(TOKENS.channelHealth).isHealthy(id)),
    createPayment: (request) => get(TOKENS.useCases).createPayment(request), findOrder: (request) => get(TOKENS.useCases).findOrder(request), policy: configuration.quickPay, clock, random, audit: get(TOKENS.audit),
  }));
}
