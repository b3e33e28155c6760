/** Each bank link as the platform runs it, from its folder and by its manifest, behind the boundary, in front of a simulated bank that speaks its protocol. */
import { resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import type { BankLinks } from '@hospay/server/domain/guests.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import type { Clock } from '@hospay/server/domain/time.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { bankLinkDirectory } from '@hospay/server/plugin-host/guest-directories.js';
import { createPluginHost } from '@hospay/server/plugin-host/plugin-host.js';
import { SILENT_METRICS } from '@hospay/server/plugin-host/ports.js';
import { SimulatedBank } from '../simulators/bank/simulated-bank.js';
import { startCiticFrontEnd } from '../simulators/bank/start-citic-front-end.js';
import { startCmbBank } from '../simulators/bank/start-cmb-bank.js';
import { startIcbcClient } from '../simulators/bank/start-icbc-client.js';
import { startIsoBank } from '../simulators/bank/start-iso-bank.js';
import { cmbSettings } from './bank-link-cmb-stand.js';
import { icbcSettings } from './bank-link-icbc-stand.js';
import { MAIN } from './payout-bench.js';
import { startPayouts } from './payout-stand.js';

const FOLDER = resolve(import.meta.dirname, '../../../plugins/bank-links');
const OPENING_FEN = 50_000_000;

type Spoken = { readonly settings: Readonly<Record<string, unknown>>; stop(): Promise<void> };

/** How a bank of each protocol is started, and what the plugin is told of it. */
const PROTOCOLS: Readonly<Record<string, (bank: SimulatedBank) => Promise<Spoken>>> = {
  async citic(bank) {
    const { url, stop } = await startCiticFrontEnd({ bank, userName: 'hospay01' });
    return { stop, settings: { frontEndUrl: url, userName: 'hospay01', accountNos: [MAIN.accountNo], instructionSpacingMs: 0, querySpacingMs: 0 } };
  },
  async cmb(bank) {
    const cdc = await startCmbBank({ bank });
    return { stop: cdc.stop, settings: { ...cmbSettings(cdc, MAIN.accountNo), instructionSpacingMs: 0, querySpacingMs: 0 } };
  },
  async icbc(bank) {
    const client = await startIcbcClient({ bank });
    return { stop: client.stop, settings: { ...icbcSettings(client, MAIN), instructionSpacingMs: 0, querySpacingMs: 0 } };
  },
  async iso20022(bank) {
    const { baseUrl, stop } = await startIsoBank({ bank });
    return { stop, settings: { baseUrl, accountNos: [MAIN.accountNo], debtorName: MAIN.accountName, debtorBankNo: MAIN.bankNo, spacingMs: 0 } };
  },
};
export const LINKS = Object.keys(PROTOCOLS);

/** Payouts over the real money store, host and wire; clock and bank are the test's. */
export async function startPayoutsThrough(context: TestContext, plugin: string) {
  let links: BankLinks | undefined;
  const whenThere: BankLinks = { ofAccount: (accountNo) => links?.ofAccount(accountNo), list: () => links?.list() ?? [] };
  const stand = startPayouts({ linksOf: () => whenThere });
  const clock: Clock = stand.clock;
  const bank = new SimulatedBank({ now: clock.now, accounts: [{ accountNo: MAIN.accountNo, name: MAIN.accountName, openingFen: OPENING_FEN }] });
  const spoken = await PROTOCOLS[plugin]?.(bank);
  if (spoken === undefined) throw new Error(`there is no link ${plugin}`);
  const host = createPluginHost({ folders: [FOLDER], clock, timers: SYSTEM_TIMERS, log: SILENT_LOG, metrics: SILENT_METRICS, stores: { open: () => createMemoryStore() }, isFirstParty: () => true });
  context.after(async () => { await host.stop(); await spoken.stop(); await stand.store.close(); });
  const configured = { id: `${plugin}-main`, plugin, enabled: true, accountNos: [MAIN.accountNo], settings: spoken.settings };
  const { state, reason } = await host.activate(configured);
  if (state !== 'active') throw new Error(`${plugin}: ${reason ?? state}`);
  links = bankLinkDirectory(host, () => [configured]);
  const account = bank.books.find(MAIN.accountNo);
  return { ...stand, bank, host, linkId: configured.id, configured, movedFen: () => (account === undefined ? Number.NaN : bank.books.balanceFen(account) - OPENING_FEN) };
}
