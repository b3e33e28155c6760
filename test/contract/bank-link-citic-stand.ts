/** The CITIC plugin as it ships, over HTTP in front of its simulated front-end machine. */
import type { BankLink, PluginContext } from '@hospay/plugin-sdk';
import { BANK_LINK_FAULTS, makeTestContext, type BankLinkSubject } from '@hospay/plugin-sdk/testkit';
import citic, { type CiticSettings } from '@hospay/bank-link-citic';
import { CITIC_CODES } from '../simulators/bank/citic-actions.js';
import { SimulatedBank } from '../simulators/bank/simulated-bank.js';
import { startCiticFrontEnd, type CiticFrontEnd, type CiticFrontEndOptions } from '../simulators/bank/start-citic-front-end.js';
import { ACCOUNT_NO, bankInHand, movableClock, receiptsInHand } from './bank-link-plain-subject.js';

/** Nobody listens on the port of discarded packets. */
const REFUSING_URL = 'http://127.0.0.1:9/';
const USER = 'hospay01';
/** The bank's own pace in these tests; the link keeps a little more. */
const BANK_SPACING_MS = 20;

export type CiticStand = { readonly bank: SimulatedBank; readonly frontEnd: CiticFrontEnd; readonly link: BankLink; readonly subject: BankLinkSubject; readonly now: () => Date; readonly passDays: (days: number) => void; stop(): Promise<void> };

export async function startCiticStand({ settings = {}, bank: options = {} }: { readonly settings?: Partial<CiticSettings>; readonly bank?: Partial<CiticFrontEndOptions> } = {}): Promise<CiticStand> {
  const { now, passDays } = movableClock();
  const bank = new SimulatedBank({ now, accounts: [{ accountNo: ACCOUNT_NO, name: '示范医院', openingFen: 50_000_000 }] });
  const frontEnd = await startCiticFrontEnd({ bank, userName: USER, instructionSpacingMs: BANK_SPACING_MS, querySpacingMs: BANK_SPACING_MS, ...options });
  const logged: string[] = [];
  const start = async (frontEndUrl: string): Promise<BankLink> => {
    const whole: CiticSettings = {
      frontEndUrl, userName: USER, accountNos: [ACCOUNT_NO], instructionSpacingMs: BANK_SPACING_MS + 5, querySpacingMs: BANK_SPACING_MS + 5,
      refusedCodes: [CITIC_CODES.notEnoughMoney, CITIC_CODES.told], absentCodes: [CITIC_CODES.absent], notReadyCodes: [CITIC_CODES.notReady], receiptNumber: 'tranNo', ...settings,
    };
    const context: PluginContext<CiticSettings> = makeTestContext({ settings: whole, now, logged: (line) => { logged.push(line); } });
    const { bankLinks = {} } = await citic.activate(context);
    const link = bankLinks['citic'];
    if (link === undefined) throw new Error('the plugin gave no link');
    return link;
  };
  const link = await start(frontEnd.url);
  return {
    bank, frontEnd, link, now, passDays, stop: () => frontEnd.stop(),
    subject: {
      link, now, secrets: [], logLines: () => logged, stop: () => frontEnd.stop(),
      control: { ...bankInHand(bank, passDays), ...receiptsInHand(bank), faults: BANK_LINK_FAULTS, pageSize: 20, unreachableLink: () => start(REFUSING_URL), hurried: () => bank.hurried() },
    },
  };
}

