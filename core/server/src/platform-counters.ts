/** Counters joined: tills and card terminals, shifts, numbered forms, transfers by hand, and the operators there. Part of the composition root. */
import { walletOfChannel } from './config/wallet-of-channel.js';
import { cashLedger } from './edges/database/money/cash-ledger.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { createHandTransferDesk } from './hand-transfers/hand-transfer-desk.js';
import { createNumberedFormDesk } from './numbered-forms/form-desk.js';
import { give, TOKENS } from './platform-container.js';
import { must, type Running } from './platform-opened.js';
import type { PlatformOptions } from './platform-options.js';
import { windowDeskDirectory } from './plugin-host/guest-directories.js';
import { createShiftDesk } from './shifts/shift-desk.js';
import { createDuties } from './users/duties.js';
import { createOperatorDesk } from './users/operator-desk.js';
import { createWindowDesk } from './window-desk/window-desk.js';

export function composeCounters({ configuration, clock, timers, random, log }: PlatformOptions, running: Running, database: PlatformDatabase): void {
  const { hospital, channels } = configuration;
  const { store } = must(running);
  give(TOKENS.windowDesk, (get) => createWindowDesk({
    desks: windowDeskDirectory(get(TOKENS.pluginHost), () => [...channels, ...get(TOKENS.packages).instances()]),
    rows: database.windowDesk, ledger: cashLedger(store.database), shifts: store.shiftsOf(hospital.id), cases: store, audit: get(TOKENS.audit), clock, timers, random, log,
  }));
  give(TOKENS.shifts, (get) => createShiftDesk({
    store: store.shiftsOf(hospital.id), openings: database.windowDesk, audit: get(TOKENS.audit), clock, random, hospitalName: hospital.name,
    walletOf: walletOfChannel(configuration.checkout.wallets, (id) => [...channels, ...get(TOKENS.packages).instances()].find((channel) => channel.id === id)?.plugin),
  }));
  give(TOKENS.forms, (get) => createNumberedFormDesk({ hospitalId: hospital.id, forms: store.formsOf(hospital.id), store, policy: get(TOKENS.payments).policy, audit: get(TOKENS.audit), clock }));
  give(TOKENS.transfers, (get) => createHandTransferDesk({ transfers: store.transfersOf(hospital.id), audit: get(TOKENS.audit), clock }));
  give(TOKENS.duties, () => createDuties({ users: database.users, isDemanded: configuration.users.separatedDuties }));
  give(TOKENS.operators, (get) => createOperatorDesk({ users: database.users, clock, random, audit: get(TOKENS.audit), duties: get(TOKENS.duties) }));
}
