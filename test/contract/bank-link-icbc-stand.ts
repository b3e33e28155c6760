/** The ICBC plugin as it ships, over HTTP in front of its simulated client program. */
import type { BankLink } from '@hospay/plugin-sdk';
import { BANK_LINK_FAULTS, makeTestContext, type BankLinkSubject } from '@hospay/plugin-sdk/testkit';
import icbc, { type IcbcSettings } from '@hospay/bank-link-icbc';
import { ICBC_CODES } from '../simulators/bank/icbc-actions.js';
import { SimulatedBank } from '../simulators/bank/simulated-bank.js';
import { startIcbcClient, type IcbcClient, type IcbcClientOptions } from '../simulators/bank/start-icbc-client.js';
import { ACCOUNT_NO, bankInHand, movableClock } from './bank-link-plain-subject.js';

/** Nobody listens on the port of discarded packets. */
const REFUSING_URL = 'http://127.0.0.1:9';
const ACCOUNT_NAME = '示范医院';
/** The bank's own pace in these tests; the link keeps a little more. */
const BANK_SPACING_MS = 20;

export type IcbcStand = { readonly bank: SimulatedBank; readonly client: IcbcClient; readonly link: BankLink; readonly subject: BankLinkSubject; readonly now: () => Date; readonly passDays: (days: number) => void; stop(): Promise<void> };

/** What the plugin is told of a client program and one account. */
export function icbcSettings({ serviceUrl, signUrl, groupCis, certificateId }: Pick<IcbcClient, 'serviceUrl' | 'signUrl' | 'groupCis' | 'certificateId'>, account: { readonly accountNo: string; readonly accountName: string }): IcbcSettings {
  return {
    serviceUrl, signUrl, groupCis, certificateId, accountNos: [account.accountNo], accountName: account.accountName,
    refusedCodes: [ICBC_CODES.notEnoughMoney, ICBC_CODES.told], absentCodes: [ICBC_CODES.absent], noMovementCodes: [ICBC_CODES.noMovements], notReadyCodes: [ICBC_CODES.notReady],
  };
}

export async function startIcbcStand({ settings = {}, bank: options = {} }: { readonly settings?: Partial<IcbcSettings>; readonly bank?: Partial<IcbcClientOptions> } = {}): Promise<IcbcStand> {
  const { now, passDays } = movableClock();
  const bank = new SimulatedBank({ now, accounts: [{ accountNo: ACCOUNT_NO, name: ACCOUNT_NAME, openingFen: 50_000_000 }] });
  const client = await startIcbcClient({ bank, instructionSpacingMs: BANK_SPACING_MS, querySpacingMs: BANK_SPACING_MS, ...options });
  const logged: string[] = [];
  const whole: IcbcSettings = { ...icbcSettings(client, { accountNo: ACCOUNT_NO, accountName: ACCOUNT_NAME }), instructionSpacingMs: BANK_SPACING_MS + 5, querySpacingMs: BANK_SPACING_MS + 5, ...settings };
  const start = async (addresses: Partial<Pick<IcbcSettings, 'serviceUrl' | 'signUrl'>>): Promise<BankLink> => {
    const { bankLinks = {} } = await icbc.activate(makeTestContext({ settings: { ...whole, ...addresses }, now, logged: (line) => { logged.push(line); } }));
    const link = bankLinks['icbc'];
    if (link === undefined) throw new Error('the plugin gave no link');
    return link;
  };
  const link = await start({});
  return {
    bank, client, link, now, passDays, stop: () => client.stop(),
    subject: {
      link, now, secrets: [], logLines: () => logged, stop: () => client.stop(),
      control: { ...bankInHand(bank, passDays), faults: BANK_LINK_FAULTS, pageSize: 20, unreachableLink: () => start({ serviceUrl: REFUSING_URL, signUrl: REFUSING_URL }), hurried: () => bank.hurried() },
    },
  };
}
