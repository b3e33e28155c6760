import { AGREEMENT_OPERATIONS, HOSPITAL_FACETS, LONGEST_CARD_TERMINAL_OPERATION_MS, PAYMENT_METHODS, problemsOfReport, type Contributions, type PluginManifest } from '@hospay/plugin-sdk';
import { isRecord } from '../domain/is-record.js';

/** Facets come whole: half a facet could take money it can neither return nor explain. */
const CHANNEL_FACETS = [['refund', 'queryRefund'], ['readNotification', 'answerNotification'], ['close'], ['downloadStatement'], ['fetchStatement'], ['readStatement'], ['downloadFundStatement'], ['fetchFundStatement'], ['payerIdAddress', 'findPayerId'], ['tellInsuranceRefund'], ['listCredentials'], ['probe']] as const;
/** A link that cannot be asked what became of a transfer, or be held against the account's statement, may not pay. */
const BANK_LINK_OPERATIONS = ['pay', 'query', 'statement'] as const;
const BANK_LINK_FACETS = [['balance'], ['receipt'], ['listCredentials']] as const;
const ACCOUNT_NO = /^[0-9A-Za-z-]{4,34}$/;
const ADAPTER_OPERATIONS = ['findPatient', 'listOpenBills', 'presettle', 'confirm', 'queryConfirmation'] as const;
const ADAPTER_TOGETHER = [
  ['approveRefund', 'queryRefundApproval'], ['lockSlot', 'unlockSlot'], ['holdRegistration', 'cancelRegistration'], ['lockBills', 'unlockBills'],
  ['presettleDischarge', 'settleDischarge', 'queryDischarge', 'listDeposits'], ['issueInvoice', 'queryInvoice', 'redFlushInvoice'],
] as const;
const ADAPTER_ALONE = ['listDay', 'loadDictionary', 'ping', 'insuranceDetails', 'listCredentials', 'receiveNotices', 'readBudget', ...HOSPITAL_FACETS].filter((name) => !ADAPTER_TOGETHER.some((facet) => facet.some((other) => other === name)));
const ADAPTER_FACETS: readonly (readonly string[])[] = [...ADAPTER_TOGETHER, ...ADAPTER_ALONE.map((name) => [name])];
/** What a plugin may give beside a channel, under the channel's own name, and what each must be able to do. */
export const CHANNEL_COMPANIONS = { tills: ['tillDays', 'openTill'], cardTerminals: ['operate'], presettling: ['findInsured', 'presettle', 'abandon'], agreements: AGREEMENT_OPERATIONS } as const;
export const COMPANION_KINDS = ['tills', 'cardTerminals', 'presettling', 'agreements'] as const;
export type CompanionKind = (typeof COMPANION_KINDS)[number];

/** Compares what a plugin returned with what it declared. An empty list: exactly that, and usable. */
export function checkContributions(manifest: PluginManifest, contributions: unknown): string[] {
  if (!isRecord(contributions)) return ['activate did not return contributions'];
  const unknown = Object.keys(contributions).filter((key) => !['channels', 'hospitalAdapters', 'bankLinks', 'reports', ...COMPANION_KINDS, 'stop'].includes(key));
  const problems = unknown.map((key) => `"${key}" is not a kind of contribution this platform knows`);
  if (contributions['stop'] !== undefined && typeof contributions['stop'] !== 'function') problems.push('stop is not a function');
  problems.push(...compare('channels', manifest.contributes.channels, contributions['channels'], channelProblems));
  problems.push(...compare('hospitalAdapters', manifest.contributes.hospitalAdapters, contributions['hospitalAdapters'], adapterProblems));
  problems.push(...compare('bankLinks', manifest.contributes.bankLinks, contributions['bankLinks'], bankLinkProblems));
  problems.push(...compare('reports', manifest.contributes.reports, contributions['reports'], problemsOfReport));
  for (const kind of COMPANION_KINDS) problems.push(...companionProblems(kind, manifest.contributes.channels, contributions[kind]));
  return problems;
}

export function isContributions(manifest: PluginManifest, value: unknown): value is Contributions {
  return checkContributions(manifest, value).length === 0;
}

function compare(kind: string, declared: readonly string[] = [], given: unknown, check: (value: unknown) => string[]): string[] {
  if (given !== undefined && !isRecord(given)) return [`${kind} is not a mapping`];
  const names = Object.keys(given ?? {});
  return [
    ...declared.filter((name) => !names.includes(name)).map((name) => `${kind}.${name} is declared in plugin.json but was not given`),
    ...names.filter((name) => !declared.includes(name)).map((name) => `${kind}.${name} was given but is not declared in plugin.json`),
    ...names.filter((name) => declared.includes(name)).flatMap((name) => check(given?.[name]).map((problem) => `${kind}.${name}: ${problem}`)),
  ];
}

/** A companion serves one channel: without it nobody could settle what it prepared, or say whose till it is. */
function companionProblems(kind: CompanionKind, channels: readonly string[] = [], given: unknown): string[] {
  if (given === undefined) return [];
  if (!isRecord(given)) return [`${kind} is not a mapping`];
  return Object.entries(given).flatMap(([name, companion]) => {
    if (!channels.includes(name)) return [`${kind}.${name} belongs to a channel that is not contributed`];
    if (!isRecord(companion)) return [`${kind}.${name}: is not an object`];
    const problems = [...missing(companion, CHANNEL_COMPANIONS[kind]).map((operation) => `has no ${operation}`), ...(kind === 'cardTerminals' ? cardTerminalsProblems(companion) : [])];
    return problems.map((problem) => `${kind}.${name}: ${problem}`);
  });
}

/** A window finds its card terminal by its own id, and waits for it as long as it says. */
function cardTerminalsProblems({ terminalIds, longestMs }: Readonly<Record<string, unknown>>): string[] {
  const ids: readonly unknown[] | undefined = Array.isArray(terminalIds) ? terminalIds : undefined;
  const problems = ids === undefined || ids.some((id) => typeof id !== 'string' || id === '') || new Set(ids).size < ids.length ? ['terminalIds must be a list of different names'] : [];
  const isTime = longestMs === undefined || (typeof longestMs === 'number' && Number.isSafeInteger(longestMs) && longestMs > 0 && longestMs <= LONGEST_CARD_TERMINAL_OPERATION_MS);
  return isTime ? problems : [...problems, `longestMs must be a whole number of milliseconds up to ${String(LONGEST_CARD_TERMINAL_OPERATION_MS)}`];
}

function channelProblems(channel: unknown): string[] {
  if (!isRecord(channel)) return ['is not an object'];
  const problems = missing(channel, ['charge', 'query']).map((name) => `has no ${name}; a channel that cannot be charged and asked may not take money`);
  if (typeof channel['merchantNo'] !== 'string' || channel['merchantNo'] === '') problems.push('has no merchantNo');
  const methods: unknown = channel['methods'];
  if (!Array.isArray(methods) || methods.length === 0 || methods.some((method) => !PAYMENT_METHODS.some((known) => known === method))) problems.push(`methods must be among ${PAYMENT_METHODS.join(', ')}`);
  if (channel['fetchStatement'] !== undefined && channel['downloadStatement'] === undefined) problems.push('has fetchStatement without downloadStatement, which reads a day whole');
  if (channel['fetchFundStatement'] !== undefined && channel['downloadFundStatement'] === undefined) problems.push('has fetchFundStatement without downloadFundStatement, which reads a day whole');
  if (channel['refunds'] !== undefined && channel['refunds'] !== 'wholeOnly') problems.push('refunds is neither absent nor wholeOnly');
  return [...problems, ...facetProblems(channel, CHANNEL_FACETS)];
}

function adapterProblems(adapter: unknown): string[] {
  if (!isRecord(adapter)) return ['is not an object'];
  const problems = missing(adapter, ADAPTER_OPERATIONS).map((name) => `has no ${name}`);
  const dictionaries: unknown = adapter['dictionaries'];
  if (dictionaries !== undefined && (!Array.isArray(dictionaries) || dictionaries.some((name) => typeof name !== 'string'))) problems.push('dictionaries must be a list of names');
  return [...problems, ...facetProblems(adapter, ADAPTER_FACETS)];
}

function bankLinkProblems(link: unknown): string[] {
  if (!isRecord(link)) return ['is not an object'];
  const problems = missing(link, BANK_LINK_OPERATIONS).map((name) => `has no ${name}; a link that cannot be asked and read may not pay`);
  const accounts: unknown = link['accountNos'];
  const areAccounts = Array.isArray(accounts) && accounts.length > 0 && new Set(accounts).size === accounts.length && accounts.every((account) => typeof account === 'string' && ACCOUNT_NO.test(account));
  return [...problems, ...(areAccounts ? [] : ['accountNos must be a list of different account numbers']), ...facetProblems(link, BANK_LINK_FACETS)];
}

function facetProblems(value: Readonly<Record<string, unknown>>, facets: readonly (readonly string[])[]): string[] {
  return facets.flatMap((facet) => {
    const wrong = facet.filter((name) => value[name] !== undefined && typeof value[name] !== 'function').map((name) => `${name} is not a function`);
    const absent = missing(value, facet);
    return absent.length === 0 || absent.length === facet.length ? wrong : [...wrong, ...absent.map((name) => `has no ${name} though it has ${facet.filter((other) => !absent.includes(other)).join(', ')}`)];
  });
}

function missing(value: Readonly<Record<string, unknown>>, names: readonly string[]): string[] {
  return names.filter((name) => typeof value[name] !== 'function');
}

/** Class instances count: their methods are reached by name, as the platform will. */
