/** Money that leaves by the bank (付款) with its receipts, and prepayments that go back, joined. Part of the composition root. */
import { join } from 'node:path';
import { payoutPolicyOf } from './config/payout-policy-of.js';
import type { PrepaymentStore } from './domain/prepayment-store.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { fileArchive } from './edges/files/file-archive.js';
import type { PaymentPorts } from './payments/ports.js';
import { createPayoutDesk } from './payouts/payout-desk.js';
import { give, TOKENS } from './platform-container.js';
import { must, type Running } from './platform-opened.js';
import type { PlatformOptions } from './platform-options.js';
import { composeReceipts } from './platform-receipts.js';
import { bankLinkDirectory } from './plugin-host/guest-directories.js';
import type { PrepaymentPorts } from './prepayment/ports.js';
import { createPrepaymentDesk } from './prepayment/prepayment-desk.js';
import { createHisDesk } from './refunds/his-desk.js';

export function composePayouts({ configuration, clock, random, log }: PlatformOptions, running: Running, database: PlatformDatabase): void {
  const { hospital, dataFolder } = configuration;
  const { store } = must(running);
  give(TOKENS.prepayment, (get) => createPrepaymentDesk(prepaymentPorts(get(TOKENS.payments), store.prepayments, hospital.id)));
  give(TOKENS.bankLinks, (get) => bankLinkDirectory(get(TOKENS.pluginHost), () => (configuration.bankLinks ?? []).filter(({ enabled }) => enabled)));
  give(TOKENS.payoutPorts, (get) => ({
    hospitalId: hospital.id, store, ...store.payoutsOf(hospital.id), links: get(TOKENS.bankLinks), accounts: configuration.payouts.accounts, vault: database.payees,
    archive: fileArchive(join(dataFolder, 'bank-statements'), { seal: database.sealFile }), policy: payoutPolicyOf(configuration.payouts), clock, random, audit: get(TOKENS.audit), log,
  }));
  give(TOKENS.payouts, (get) => createPayoutDesk(get(TOKENS.payoutPorts)));
  give(TOKENS.receipts, (get) => composeReceipts({ dataFolder, store, database, payouts: get(TOKENS.payoutPorts) }));
}

export function prepaymentPorts(payments: PaymentPorts, prepayments: PrepaymentStore, hospitalId: string): PrepaymentPorts {
  return { ...payments, hospitalId, prepayments, refundForHis: createHisDesk(payments).refundForHis };
}
