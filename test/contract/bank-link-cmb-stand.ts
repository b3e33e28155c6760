/** The plugin of China Merchants Bank as it ships, over HTTP in front of a simulated bank. */
import type { BankLink } from '@hospay/plugin-sdk';
import { BANK_LINK_FAULTS, makeTestContext, type BankLinkSubject } from '@hospay/plugin-sdk/testkit';
import cmb, { type CmbSettings } from '@hospay/bank-link-cmb';
import { CMB_CODES } from '../simulators/bank/cmb-actions.js';
import { SimulatedBank } from '../simulators/bank/simulated-bank.js';
import { startCmbBank, type CmbBank, type CmbBankOptions } from '../simulators/bank/start-cmb-bank.js';
import { ACCOUNT_NO, bankInHand, movableClock, receiptsInHand } from './bank-link-plain-subject.js';

/** Nobody listens on the port of discarded packets. */
const REFUSING_URL = 'http://127.0.0.1:9';
/** The bank's own pace in these tests; the link keeps a little more. */
const BANK_SPACING_MS = 20;

export type CmbStand = { readonly bank: SimulatedBank; readonly cdc: CmbBank; readonly link: BankLink; readonly subject: BankLinkSubject; readonly now: () => Date; readonly passDays: (days: number) => void; stop(): Promise<void> };

export function cmbSettings({ baseUrl, userId, businessMode, keys }: CmbBank, accountNo: string): CmbSettings {
  return {
    baseUrl, userId, businessMode, accountNos: [accountNo], signingPrivateKey: Buffer.from(keys.hospital.privateKey, 'hex').toString('base64'), bankPublicKey: Buffer.from(keys.bank.publicKey, 'hex').toString('base64'), symmetricKey: keys.symmetricKey,
    refusedCodes: [CMB_CODES.notEnoughMoney, CMB_CODES.told], notReadyCodes: [CMB_CODES.notReady], receiptNotReadyCodes: [CMB_CODES.receiptNotReady], noReceiptCodes: [CMB_CODES.noReceipt],
  };
}

export async function startCmbStand({ settings = {}, bank: options = {} }: { readonly settings?: Partial<CmbSettings>; readonly bank?: Partial<CmbBankOptions> } = {}): Promise<CmbStand> {
  const { now, passDays } = movableClock();
  const bank = new SimulatedBank({ now, accounts: [{ accountNo: ACCOUNT_NO, name: '示范医院', openingFen: 50_000_000 }] });
  const cdc = await startCmbBank({ bank, instructionSpacingMs: BANK_SPACING_MS, querySpacingMs: BANK_SPACING_MS, ...options });
  const logged: string[] = [];
  const whole: CmbSettings = { ...cmbSettings(cdc, ACCOUNT_NO), instructionSpacingMs: BANK_SPACING_MS + 5, querySpacingMs: BANK_SPACING_MS + 5, ...settings };
  const start = async (baseUrl: string): Promise<BankLink> => {
    const { bankLinks = {} } = await cmb.activate(makeTestContext({ settings: { ...whole, baseUrl }, now, logged: (line) => { logged.push(line); } }));
    const link = bankLinks['cmb'];
    if (link === undefined) throw new Error('the plugin gave no link');
    return link;
  };
  const link = await start(whole.baseUrl);
  return {
    bank, cdc, link, now, passDays, stop: () => cdc.stop(),
    subject: {
      link, now, secrets: [whole.signingPrivateKey, whole.symmetricKey], logLines: () => logged, stop: () => cdc.stop(),
      control: { ...bankInHand(bank, passDays), ...receiptsInHand(bank), faults: BANK_LINK_FAULTS, pageSize: 20, unreachableLink: () => start(REFUSING_URL), hurried: () => bank.hurried() },
    },
  };
}
