import { beijingDay, daysBefore, type BankCallContext, type BankStatementOutcome, type BankStatementRequest } from '@hospay/plugin-sdk';

import type { AccountMovements } from './account-movements.js';
import type { CurrentBalance } from './current-balance.js';

/** How far before a day its opening balance is looked for, the nearest first: most accounts moved the day before. */
const LOOKS_BACK_DAYS: readonly number[] = [1, 7, 89];
const LOOKS_AHEAD_DAYS = 89;

type Ports = { readonly movements: AccountMovements; readonly balance: CurrentBalance; readonly now: () => Date };
/** `isProof`: of a movement. Yesterday's balance may be told late, so that another one only makes a doubt. */
type Edge = { readonly kind: 'balance'; readonly balanceFen: number; readonly isProof: boolean } | { readonly kind: 'none' } | { readonly kind: 'unknown'; readonly reason: string };

/**
 * The statement of one day. The bank tells movements with the balance after each and no balances of a day, so these are found beside it: what the day begins with is the balance after the last movement before it, what it
 * ends with must be the balance before the first movement after it, or what the bank says yesterday ended with. A row that is missing, doubled or changed does not fit between them.
 */
export function createDayStatement(ports: Ports) {
  return async ({ accountNo, day }: BankStatementRequest, call: BankCallContext): Promise<BankStatementOutcome> => {
    if (day >= beijingDay(ports.now())) return { kind: 'notReady', reason: 'the day is not over' };
    const read = await ports.movements.all({ accountNo, of: { kind: 'days', first: day, last: day } }, call);
    if (read.kind === 'notReady' || read.kind === 'unknown') return read;
    const file = { fileName: `icbc-${accountNo}-${day}.xml`, bytes: read.bytes };
    const unusable = (reason: string): BankStatementOutcome => ({ kind: 'unusable', reason, ...file });
    if (read.kind === 'unreadable') return unusable(read.reason);
    const { rows } = read;
    if (new Set(rows.map(({ line }) => line.bankLineNo)).size < rows.length) return unusable('a movement stands in the statement twice');
    const broken = rows.findIndex((row, index) => index > 0 && (rows[index - 1]?.balanceFen ?? 0) + row.signedFen !== row.balanceFen);
    if (broken >= 0) return unusable(`row ${String(broken + 1)} does not follow from the balance before it`);

    const before = await balanceBefore(ports, accountNo, day, call);
    if (before.kind === 'unknown') return before;
    const after = await balanceAfter(ports, accountNo, day, call);
    if (after.kind === 'unknown') return after;
    const [first, last] = [rows[0], rows.at(-1)];
    const openingFen = before.kind === 'balance' ? before.balanceFen : first?.balanceFen === undefined ? edge(after) : first.balanceFen - first.signedFen;
    const closingFen = last?.balanceFen ?? openingFen;
    if (openingFen === undefined || closingFen === undefined) return { kind: 'unknown', reason: 'the account has no movement by which its balance could be known' };
    if (first !== undefined && openingFen + first.signedFen !== first.balanceFen) return unusable('the first row does not follow from the balance of the days before: movements are missing');
    if (after.kind === 'balance' && after.balanceFen !== closingFen) {
      return after.isProof ? unusable('the balance after the day is another than its last row says: movements are missing') : { kind: 'unknown', reason: 'the bank’s balance of yesterday is another than the last movement says: something is not told yet' };
    }
    return { kind: 'statement', accountNo, day, openingFen, closingFen, lines: rows.map(({ line }) => line), ...file };
  };
}

function edge(found: Edge): number | undefined {
  return found.kind === 'balance' ? found.balanceFen : undefined;
}

/** After the last movement before the day; `none` when there was none for so long. */
async function balanceBefore({ movements }: Ports, accountNo: string, day: string, call: BankCallContext): Promise<Edge> {
  for (const days of LOOKS_BACK_DAYS) {
    const read = await movements.all({ accountNo, of: { kind: 'days', first: daysBefore(day, days), last: daysBefore(day) } }, call);
    if (read.kind !== 'rows') return { kind: 'unknown', reason: `the days before: ${read.reason}` };
    const balanceFen = read.rows.at(-1)?.balanceFen;
    if (balanceFen !== undefined) return { kind: 'balance', balanceFen, isProof: true };
  }
  return { kind: 'none' };
}

/** Before the first movement of a closed day after it, or what yesterday ended with when there is none. `none` when that lies too far ahead. */
async function balanceAfter({ movements, balance, now }: Ports, accountNo: string, day: string, call: BankCallContext): Promise<Edge> {
  const [next, yesterday, latest] = [daysBefore(day, -1), daysBefore(beijingDay(now())), daysBefore(day, -LOOKS_AHEAD_DAYS)];
  if (next <= yesterday) {
    const page = await movements.firstPage({ accountNo, of: { kind: 'days', first: next, last: latest < yesterday ? latest : yesterday } }, call);
    if (page.kind !== 'page') return { kind: 'unknown', reason: `the days after: ${page.reason}` };
    const [first] = page.rows;
    if (first?.balanceFen !== undefined) return { kind: 'balance', balanceFen: first.balanceFen - first.signedFen, isProof: true };
    if (latest < yesterday) return { kind: 'none' };
  }
  const current = await balance(accountNo, call);
  if (current.kind === 'unknown') return current;
  return current.closedFen === undefined ? { kind: 'unknown', reason: 'the bank does not say what yesterday ended with' } : { kind: 'balance', balanceFen: current.closedFen, isProof: false };
}
