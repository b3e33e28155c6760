/** The ISO 20022 plugin as it ships, over HTTP in front of a simulated bank. */
import type { BankLink, PluginContext } from '@hospay/plugin-sdk';
import { BANK_LINK_FAULTS, makeTestContext, type BankLinkSubject } from '@hospay/plugin-sdk/testkit';
import iso20022, { type IsoSettings } from '@hospay/bank-link-iso20022';
import { SimulatedBank } from '../simulators/bank/simulated-bank.js';
import { startIsoBank, type IsoBank, type IsoBankOptions } from '../simulators/bank/start-iso-bank.js';
import { ACCOUNT_NO, bankInHand, movableClock } from './bank-link-plain-subject.js';

/** Nobody listens on the port of discarded packets. */
const REFUSING_URL = 'http://127.0.0.1:9';
/** The bank's own pace in these tests; the link keeps a little more. */
const BANK_SPACING_MS = 20;

export type IsoStandOptions = { readonly settings?: Partial<IsoSettings>; readonly bank?: Partial<IsoBankOptions>; /** The context the plugin gets, made from the usual one. */ readonly change?: (context: PluginContext<IsoSettings>) => PluginContext<IsoSettings> };
export type IsoStand = { readonly bank: SimulatedBank; readonly iso: IsoBank; readonly link: BankLink; readonly subject: BankLinkSubject; readonly now: () => Date; readonly passDays: (days: number) => void; stop(): Promise<void> };

export async function startIsoStand({ settings = {}, bank: options = {}, change = (context) => context }: IsoStandOptions = {}): Promise<IsoStand> {
  const { now, passDays } = movableClock();
  const bank = new SimulatedBank({ now, accounts: [{ accountNo: ACCOUNT_NO, name: '示范医院', openingFen: 50_000_000 }] });
  const iso = await startIsoBank({ bank, spacingMs: BANK_SPACING_MS, ...options });
  const logged: string[] = [];
  const start = async (baseUrl: string): Promise<BankLink> => {
    const whole: IsoSettings = { baseUrl, accountNos: [ACCOUNT_NO], debtorName: '示范医院', debtorBankNo: '302100011000', spacingMs: BANK_SPACING_MS + 5, approvalReasonCodes: ['AUTH'], ...settings };
    const { bankLinks = {} } = await iso20022.activate(change(makeTestContext({ settings: whole, now, logged: (line) => { logged.push(line); } })));
    const link = bankLinks['iso20022'];
    if (link === undefined) throw new Error('the plugin gave no link');
    return link;
  };
  const link = await start(iso.baseUrl);
  return {
    bank, iso, link, now, passDays, stop: () => iso.stop(),
    subject: {
      link, now, secrets: [], logLines: () => logged, stop: () => iso.stop(),
      control: { ...bankInHand(bank, passDays), faults: BANK_LINK_FAULTS.filter((fault) => fault !== 'saysUnknownAfterExecution'), unreachableLink: () => start(REFUSING_URL), hurried: () => bank.hurried() },
    },
  };
}
