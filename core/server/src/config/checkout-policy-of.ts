import type { Configuration } from './configuration-schema.js';

/** The configured checkout in the words of its use cases. */
export function checkoutPolicyOf({ checkout, hospital, payments }: Pick<Configuration, 'checkout' | 'hospital' | 'payments'>) {
  return {
    hospitalName: hospital.name,
    publicBaseUrl: checkout.publicBaseUrl,
    wallets: checkout.wallets,
    methods: checkout.methods,
    userAgents: checkout.userAgents,
    showPatientLabel: checkout.showPatientLabel,
    billCodeLifetimeMs: checkout.billCodeLifetimeSeconds * 1_000,
    quoteReuseMs: checkout.quoteReuseSeconds * 1_000,
    quoteMarginMs: payments.quoteMarginSeconds * 1_000,
  };
}
