import { declarationOf, type Agreements, type BankLink, type CardTerminals, type Contributions, type HospitalAdapter, type PaymentChannel, type PaymentMethod, type Presettling, type ReportDeclaration, type Tills } from '@hospay/plugin-sdk';
import { own } from '../domain/own-words.js';
import type { Refusal } from './activate-plugin.js';
import type { CheckedReport } from './report-guest.js';

/** Merchant and methods as they were checked: a guest that changes them later changes nothing here. */
type ChannelContribution = {
  readonly kind: 'channel'; readonly name: string; readonly channel: PaymentChannel; readonly merchantNo: string; readonly methods: readonly PaymentMethod[]; readonly refundsWholeOnly: boolean;
  readonly presettling: Presettling | undefined; readonly agreements: Agreements | undefined; readonly tills: Tills | undefined; readonly cardTerminals: { readonly desk: CardTerminals; readonly terminalIds: readonly string[]; readonly longestMs: number | undefined } | undefined;
};
/** Accounts as they were checked, too. */
type BankLinkContribution = { readonly kind: 'bankLink'; readonly link: BankLink; readonly accountNos: readonly string[] };
/** All reports of a package at once: none of them stands for another. */
type ReportContribution = { readonly kind: 'report'; readonly reports: Readonly<Record<string, CheckedReport>> };
export type Contribution = ChannelContribution | BankLinkContribution | ReportContribution | { readonly kind: 'hospitalAdapter'; readonly adapter: HospitalAdapter };

/** The contribution that this instance is. */
export function pickContribution(
  { contribution, merchantNo, accountNos }: { readonly contribution?: string | undefined; readonly merchantNo?: string | undefined; readonly accountNos?: readonly string[] | undefined },
  { channels = {}, hospitalAdapters = {}, bankLinks = {}, reports = {}, presettling = {}, agreements = {}, tills = {}, cardTerminals = {} }: Pick<Contributions, 'channels' | 'hospitalAdapters' | 'bankLinks' | 'reports' | 'presettling' | 'agreements' | 'tills' | 'cardTerminals'>,
): Contribution | Refusal {
  if (Object.keys(reports).length > 0) {
    // Checked against its schema when it was given.
    return { kind: 'report', reports: Object.fromEntries(Object.entries(reports).map(([name, report]) => [name, { report, declaration: structuredClone(declarationOf(report)) as ReportDeclaration }])) };
  }
  const names = [...Object.keys(channels), ...Object.keys(hospitalAdapters), ...Object.keys(bankLinks)];
  const name = contribution ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined) return { kind: 'attention', reason: own('severalContributions', names.join(', ')) };
  const [channel, adapter, link] = [channels[name], hospitalAdapters[name], bankLinks[name]];
  if (link !== undefined) return pickBankLink(link, accountNos);
  if (adapter !== undefined) return { kind: 'hospitalAdapter', adapter };
  if (channel === undefined) return { kind: 'attention', reason: own('noContribution', name, names.join(', ')) };
  if (merchantNo !== undefined && channel.merchantNo !== merchantNo) return { kind: 'attention', reason: own('otherMerchant', channel.merchantNo, merchantNo) };
  const desk = cardTerminals[name];
  return {
    kind: 'channel', name, channel, merchantNo: channel.merchantNo, methods: [...channel.methods], refundsWholeOnly: channel.refunds === 'wholeOnly', presettling: presettling[name], agreements: agreements[name], tills: tills[name],
    cardTerminals: desk === undefined ? undefined : { desk, terminalIds: [...desk.terminalIds], longestMs: desk.longestMs },
  };
}

/** The accounts stand in the configuration, where two links with one account are refused; a link that would pay from others than these is not used. */
function pickBankLink(link: BankLink, configured: readonly string[] = []): BankLinkContribution | Refusal {
  const accountNos = [...link.accountNos];
  const isSame = accountNos.length === configured.length && configured.every((account) => accountNos.includes(account));
  if (!isSame) return { kind: 'attention', reason: own('otherAccounts', accountNos.join(', '), configured.length === 0 ? own('noAccount') : configured.join(', ')) };
  return { kind: 'bankLink', link, accountNos };
}
