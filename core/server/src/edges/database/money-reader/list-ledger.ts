/** The ledger for screens: accounts, what is not cleared, journals with their entries. */
import { startOfBeijingDay } from '@hospay/plugin-sdk';
import { Op, QueryTypes, type WhereOptions } from 'sequelize';
import { CHART, type AccountCode } from '../../../domain/ledger.js';
import type { AccountList, JournalFilter, JournalPage, OpenItemList } from '../../http/console-api/ports.js';
import { given, type MoneySource } from './money-source.js';
import type { EntryRow, JournalRow } from './read-models.js';

const JOURNAL_PAGE = 50;
const OPEN_ITEMS_SHOWN = 200;
const DAY_MS = 24 * 60 * 60_000;

export async function listAccounts({ models, sequelize }: MoneySource): Promise<AccountList> {
  const [accounts, balances, open] = await Promise.all([
    models.accounts.findAll({ order: ['code', 'name'] }),
    models.balances.findAll(),
    sequelize.query<{ accountId: number; items: number }>('SELECT account_id AS "accountId", count(*) AS items FROM clear_balance GROUP BY account_id', { type: QueryTypes.SELECT }),
  ]);
  const balanceOf = new Map(balances.map((row) => [row.get().accountId, row.get()]));
  const openOf = new Map(open.map(({ accountId, items }) => [accountId, items]));
  const views = accounts.map((row) => {
    const { id, name, code, normal } = row.get();
    const { debitFinal = 0, creditFinal = 0, debitPending = 0, creditPending = 0 } = balanceOf.get(id) ?? {};
    return {
      id, account: name, code, ...titles(code), normal, debitFen: debitFinal, creditFen: creditFinal, balanceFen: normal === 'debit' ? debitFinal - creditFinal : creditFinal - debitFinal,
      pendingDebitFen: debitPending, pendingCreditFen: creditPending, openItems: openOf.get(id) ?? 0,
    };
  });
  return { accounts: views, differenceFen: views.reduce((sum, { debitFen, creditFen }) => sum + debitFen - creditFen, 0) };
}

export async function listOpenItems({ models }: MoneySource, accountId: number): Promise<OpenItemList> {
  const rows = (await models.clearBalances.findAll({ where: { accountId }, order: ['openedAt', 'clearKey'], limit: OPEN_ITEMS_SHOWN + 1 })).map((row) => row.get());
  return { items: rows.slice(0, OPEN_ITEMS_SHOWN).map(({ clearKey, netFen, pendingFen, openedAt }) => ({ clearKey, netFen, pendingFen, openedAt })), more: rows.length > OPEN_ITEMS_SHOWN };
}

/** Journals of an order or a Beijing day (or from the beginning), in the order they were written. */
export async function listJournals(source: MoneySource, { day, tradeNo, after, limit = JOURNAL_PAGE }: JournalFilter): Promise<JournalPage> {
  const first = day === undefined ? 0 : await firstSeqAt(source, dayStart(day, 0));
  const end = day === undefined ? undefined : await firstSeqAt(source, dayStart(day, 1));
  const where: WhereOptions<JournalRow> = {
    ...(tradeNo === undefined ? {} : { tradeNo }),
    seq: { [Op.gte]: Math.max(first, (after ?? -1) + 1), ...(end === undefined ? {} : { [Op.lt]: end }) },
  };
  const journals = await readJournals(source, where, limit + 1);
  const page = journals.slice(0, limit);
  return { journals: page, ...given('next', journals.length > limit ? page.at(-1)?.seq : undefined) };
}

export async function readJournals({ models }: MoneySource, where: WhereOptions<JournalRow>, limit?: number): Promise<JournalPage['journals']> {
  const journals = (await models.journals.findAll({ where, order: ['seq'], ...(limit === undefined ? {} : { limit }) })).map((row) => row.get());
  const entries = (await models.entries.findAll({ where: { journalSeq: { [Op.in]: journals.map(({ seq }) => seq) } }, order: ['journalSeq', 'line'] })).map((row) => row.get());
  const accounts = await models.accounts.findAll({ where: { id: { [Op.in]: [...new Set(entries.map(({ accountId }) => accountId))] } } });
  const accountOf = new Map(accounts.map((row) => [row.get().id, row.get()]));
  const entriesOf = Map.groupBy(entries, ({ journalSeq }) => journalSeq);
  const viewEntry = ({ line, accountId, side, amountFen, phase, clearKey }: EntryRow) => {
    const { name = `account ${String(accountId)}`, code = '' } = accountOf.get(accountId) ?? {};
    return { line, account: name, code, ...titles(code), side, amountFen, phase, clearKey };
  };
  return journals.map(({ seq, at, acctDate, bizType, bizId, step, tradeNo, causeKind, causeId, totalFen, hash }) => ({
    seq, at, acctDate, bizType, bizId, step, tradeNo, causeKind, causeId, totalFen, hash, entries: (entriesOf.get(seq) ?? []).map(viewEntry),
  }));
}

/** Journals carry no index on time, but their numbers have no gaps and grow with it: twenty look-ups find a day among a million. */
export async function firstSeqAt({ models }: MoneySource, at: string): Promise<number> {
  const last = (await models.journals.findOne({ order: [['seq', 'DESC']] }))?.get();
  let low = 1;
  let high = (last?.seq ?? 0) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const journal = (await models.journals.findOne({ where: { seq: { [Op.gte]: middle } }, order: ['seq'] }))?.get();
    if (journal !== undefined && journal.at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function dayStart(day: string, plusDays: number): string {
  const at = startOfBeijingDay(day).getTime();
  return Number.isNaN(at) ? day : new Date(at + plusDays * DAY_MS).toISOString();
}

function titles(code: string): { readonly titleZh: string; readonly titleEn: string } {
  const entry = isCode(code) ? CHART[code] : { zh: code, en: code };
  return { titleZh: entry.zh, titleEn: entry.en };
}
function isCode(code: string): code is AccountCode {
  return Object.hasOwn(CHART, code);
}
