import { beijingDay, daysBefore, type BankCallContext, type BankStatementOutcome, type BankStatementRequest } from '@hospay/plugin-sdk';

import type { AccountRows, NoRows } from './account-rows.js';
import type { CurrentBalance } from './current-balance.js';
import type { Row } from './statement-rows.js';

/** The bank answers for three months at most. */
const DAYS_BACK = 89;

type Ports = { readonly rows: AccountRows; readonly balance: CurrentBalance; readonly now: () => Date };
/** `isNow`: the account's balance of this moment, which a payment may just have changed. */
type Edge = { readonly kind: 'balance'; readonly balanceFen: number; readonly isNow?: true } | { readonly kind: 'none' } | { readonly kind: 'unknown'; readonly reason: string };

/**
 * The statement of one day. The bank tells movements with the balance after each and no balances of a day, so these are found beside it: what the day begins with is the balance after the last movement before it, what it
 * ends with must be the balance before the first movement after it, or the account's balance now. A row that is missing, doubled or changed does not fit between them.
 */
export function createDayStatement(ports: Ports) {
  return async ({ accountNo, day }: BankStatementRequest, call: BankCallContext): Promise<BankStatementOutcome> => {
    if (day >= beijingDay(ports.now())) return { kind: 'notReady', reason: 'the day is not over' };
    const read = await wholeDay(ports.rows, { accountNo, day }, call);
    if (read.kind === 'notReady' || read.kind === 'unknown') return read;
    const file = { fileName: `citic-${accountNo}-${day}.xml`, bytes: read.bytes };
    const unusable = (reason: string): BankStatementOutcome => ({ kind: 'unusable', reason, ...file });
    if (read.kind === 'unreadable') return unusable(read.reason);
    const { rows } = read;
    if (new Set(rows.map(({ line }) => line.bankLineNo)).size < rows.length) return unusable('a movement stands in the statement twice');
    const broken = rows.findIndex((row, index) => index > 0 && (rows[index - 1]?.balanceFen ?? 0) + row.signedFen !== row.balanceFen);
    if (broken >= 0) return unusable(`row ${String(broken + 1)} does not follow from the balance before it`);

    const [before, after] = [await balanceBefore(ports, accountNo, day, call), await balanceAfter(ports, accountNo, day, call)];
    if (before.kind === 'unknown') return before;
    if (after.kind === 'unknown') return after;
    const [first, last] = [rows[0], rows.at(-1)];
    const openingFen = before.kind === 'balance' ? before.balanceFen : first === undefined ? edge(after) : first.balanceFen - first.signedFen;
    const closingFen = last === undefined ? openingFen : last.balanceFen;
    if (openingFen === undefined || closingFen === undefined) return { kind: 'unknown', reason: 'the account has no movement by which its balance could be known' };
    if (first !== undefined && openingFen + first.signedFen !== first.balanceFen) return unusable('the first row does not follow from the balance of the days before');
    if (after.kind === 'balance' && after.isNow === true && after.balanceFen !== closingFen) return { kind: 'unknown', reason: 'the balance of now is another than the day ended with: something moves, or movements are missing' };
    if (after.kind === 'balance' && after.balanceFen !== closingFen) return unusable('the balance after the day is another than its last row says: movements are missing');
    return { kind: 'statement', accountNo, day, openingFen, closingFen, lines: rows.map(({ line }) => line), ...file };
  };
}

function edge(found: Edge): number | undefined {
  return found.kind === 'balance' ? found.balanceFen : undefined;
}

type WholeDay = { readonly kind: 'rows'; readonly rows: readonly Row[]; readonly bytes: Uint8Array } | NoRows;

async function wholeDay(account: AccountRows, { accountNo, day }: BankStatementRequest, call: BankCallContext): Promise<WholeDay> {
  const rows: Row[] = [];
  const files: Uint8Array[] = [];
  let total: number | undefined;
  do {
    const page = await account.page({ accountNo, first: day, last: day }, rows.length + 1, call);
    if (page.kind === 'unreadable') return { ...page, bytes: joined([...files, page.bytes]) };
    if (page.kind !== 'page') return page;
    if (total !== undefined && page.total !== total) return { kind: 'unknown', reason: 'the statement changed while it was read' };
    total = page.total;
    files.push(page.bytes);
    if (page.rows.length === 0 && rows.length < total) return { kind: 'unreadable', reason: 'a page of the statement is empty', bytes: joined(files) };
    rows.push(...page.rows);
  } while (rows.length < total);
  return { kind: 'rows', rows, bytes: joined(files) };
}

/** After the last movement before the day; `none` when there was none in three months. */
async function balanceBefore({ rows }: Ports, accountNo: string, day: string, call: BankCallContext): Promise<Edge> {
  const wanted = { accountNo, first: daysBefore(day, DAYS_BACK), last: daysBefore(day) };
  const first = await rows.page(wanted, 1, call);
  if (first.kind !== 'page') return { kind: 'unknown', reason: `the days before: ${first.reason}` };
  if (first.total === 0) return { kind: 'none' };
  const page = first.rows.length === first.total ? first : await rows.page(wanted, first.total, call);
  if (page.kind !== 'page') return { kind: 'unknown', reason: `the days before: ${page.reason}` };
  const last = page.rows.at(-1);
  return last === undefined || page.total !== first.total ? { kind: 'unknown', reason: 'the days before changed while they were read' } : { kind: 'balance', balanceFen: last.balanceFen };
}

/** Before the first movement after the day, or the balance of now when there is none. `none` when that lies more than three months back. */
async function balanceAfter({ rows, balance, now }: Ports, accountNo: string, day: string, call: BankCallContext): Promise<Edge> {
  const [next, today] = [daysBefore(day, -1), beijingDay(now())];
  const isFarBack = daysBefore(today, DAYS_BACK) > next;
  const page = await rows.page({ accountNo, first: next, last: isFarBack ? daysBefore(next, -DAYS_BACK) : today }, 1, call);
  if (page.kind !== 'page') return { kind: 'unknown', reason: `the days after: ${page.reason}` };
  const [first] = page.rows;
  if (first !== undefined) return { kind: 'balance', balanceFen: first.balanceFen - first.signedFen };
  if (isFarBack) return { kind: 'none' };
  const current = await balance(accountNo, call);
  return current.kind === 'unknown' ? current : { kind: 'balance', balanceFen: current.ledgerFen, isNow: true };
}

function joined(files: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(files.flatMap((file, index) => (index === 0 ? [file] : [Buffer.from('\n'), file]))));
}
