import { beijingDay, daysBefore, type BankCallContext, type BankStatementOutcome, type BankStatementRequest } from '@hospay/plugin-sdk';

import { countedOf, isSame, type AccountRows, type Continuation, type NoRows, type Page } from './account-rows.js';
import type { CurrentBalance } from './current-balance.js';
import type { StatementRow } from './statement-rows.js';

/** So far the days after are looked at; beyond lies no day anybody still imports. */
const DAYS_AFTER = 89;

type Ports = { readonly rows: AccountRows; readonly balance: CurrentBalance; readonly now: () => Date };

/**
 * The statement of one day. The bank tells movements with the balance after each, and how many there are and of how much; what the day ends with must be the balance before the first movement after it, or the account's
 * balance now. A row that is missing, doubled or changed does not fit.
 */
export function createDayStatement(ports: Ports) {
  return async ({ accountNo, day }: BankStatementRequest, call: BankCallContext): Promise<BankStatementOutcome> => {
    if (day >= beijingDay(ports.now())) return { kind: 'notReady', reason: 'the day is not over' };
    const read = await wholeDay(ports.rows, { accountNo, day }, call);
    if (read.kind === 'notReady' || read.kind === 'unknown') return read;
    const file = { fileName: `cmb-${accountNo}-${day}.json`, bytes: new TextEncoder().encode(read.text) };
    const unusable = (reason: string): BankStatementOutcome => ({ kind: 'unusable', reason, ...file });
    if (read.kind === 'unreadable') return unusable(read.reason);
    const { rows } = read;
    if (new Set(rows.map(({ line }) => line.bankLineNo)).size < rows.length) return unusable('a movement stands in the statement twice');
    const broken = rows.findIndex((row, index) => index > 0 && (rows[index - 1]?.balanceFen ?? 0) + row.signedFen !== row.balanceFen);
    if (broken >= 0) return unusable(`row ${String(broken + 1)} does not follow from the balance before it`);
    const after = await balanceAfter(ports, accountNo, day, call);
    if (after.kind === 'unknown') return after;
    const [first, last] = [rows[0], rows.at(-1)];
    const closingFen = last?.balanceFen ?? after.balanceFen;
    if (after.balanceFen !== closingFen) return after.isNow ? { kind: 'unknown', reason: 'the balance of now is another than the day ended with: something moves, or movements are missing' } : unusable('the balance after the day is another than its last row says: movements are missing');
    return { kind: 'statement', accountNo, day, openingFen: first === undefined ? closingFen : first.balanceFen - first.signedFen, closingFen, lines: rows.map(({ line }) => line), ...file };
  };
}

type WholeDay = { readonly kind: 'rows'; readonly rows: readonly StatementRow[]; readonly text: string } | NoRows;

async function wholeDay(account: AccountRows, { accountNo, day }: BankStatementRequest, call: BankCallContext): Promise<WholeDay> {
  const pages: Page[] = [];
  const textsOf = (last?: string): string => [...pages.map(({ text }) => text), ...(last === undefined ? [] : [last])].join('\n');
  const places = new Set<string>();
  let next: Continuation | undefined;
  do {
    const page = await account.page({ accountNo, first: day, last: day }, next, call);
    if (page.kind === 'unreadable') return { ...page, text: textsOf(page.text) };
    if (page.kind !== 'page') return page;
    pages.push(page);
    next = page.next;
    const place = JSON.stringify(next?.place);
    if (next !== undefined && places.has(place)) return { kind: 'unreadable', reason: 'the statement goes on where it was before: it has no end', text: textsOf() };
    places.add(place);
  } while (next !== undefined);
  const rows = pages.flatMap((page) => page.rows);
  const whole = countedOf(rows);
  const isCounted = pages.every(({ totals }) => isSame(totals, whole)) || pages.every((page) => isSame(page.totals, countedOf(page.rows)));
  return isCounted ? { kind: 'rows', rows, text: textsOf() } : { kind: 'unreadable', reason: 'the bank counts other movements than it lists', text: textsOf() };
}

type Edge = { readonly kind: 'balance'; readonly balanceFen: number; /** Of this moment, which a payment may just have changed. */ readonly isNow: boolean } | { readonly kind: 'unknown'; readonly reason: string };

/** Before the first movement after the day, or the balance of now when there is none. */
async function balanceAfter({ rows, balance, now }: Ports, accountNo: string, day: string, call: BankCallContext): Promise<Edge> {
  const [next, today, latest] = [daysBefore(day, -1), beijingDay(now()), daysBefore(day, -DAYS_AFTER)];
  const page = await rows.page({ accountNo, first: next, last: latest < today ? latest : today }, undefined, call);
  if (page.kind !== 'page') return { kind: 'unknown', reason: `the days after: ${page.reason}` };
  const [first] = page.rows;
  if (first !== undefined) return { kind: 'balance', balanceFen: first.balanceFen - first.signedFen, isNow: false };
  if (latest < today) return { kind: 'unknown', reason: 'nothing moved for so long that the balance of the day cannot be known' };
  const current = await balance(accountNo, call);
  return current.kind === 'unknown' ? current : { kind: 'balance', balanceFen: current.ledgerFen, isNow: true };
}
