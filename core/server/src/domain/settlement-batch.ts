/**
 * 结算批次 (分账): what of the money that arrived belongs to which campus, and what is therefore moved from the account it came to. Drawn from the ledger: payments and refunds of a bill day by the campus that asked for them, the
 * day's fee shared out by turnover. Proposed by one person and approved by another over its hash; the moves are payouts between the hospital's own accounts.
 */
import { createHash } from 'node:crypto';
import type { Owner } from './order.js';

/** One bill day of one source, of one campus. Integer fen. */
export type SettlementLine = { readonly source: string; readonly day: string; readonly account: string; readonly campus: string; readonly grossFen: number; readonly refundFen: number; readonly feeFen: number; readonly payments: number; readonly refunds: number };
export type SettlementMove = { readonly fromAccount: string; readonly toAccount: string; readonly amountFen: number };
export type SettlementSheet = { readonly lines: readonly SettlementLine[]; readonly moves: readonly SettlementMove[] };

export const netFenOf = ({ grossFen, refundFen, feeFen }: Pick<SettlementLine, 'grossFen' | 'refundFen' | 'feeFen'>): number => grossFen - refundFen - feeFen;

/** What was paid and given back of one bill day, as the ledger has it. */
export type DayTurnover = { readonly source: string; readonly day: string; readonly account: string; readonly feeFen: number; readonly parts: readonly { readonly owner: Owner; readonly grossFen: number; readonly refundFen: number; readonly payments: number; readonly refunds: number }[] };

/** The lines of a day by campus; the fee goes by turnover, to the fen: what rounding leaves goes to the largest remainders. */
export function linesOfDay({ source, day, account, feeFen, parts }: DayTurnover, campusOf: (owner: Owner) => string): SettlementLine[] {
  const campuses = new Map<string, { grossFen: number; refundFen: number; payments: number; refunds: number }>();
  for (const { owner, grossFen, refundFen, payments, refunds } of parts) {
    const campus = campusOf(owner);
    const sum = campuses.get(campus) ?? { grossFen: 0, refundFen: 0, payments: 0, refunds: 0 };
    campuses.set(campus, { grossFen: sum.grossFen + grossFen, refundFen: sum.refundFen + refundFen, payments: sum.payments + payments, refunds: sum.refunds + refunds });
  }
  const names = [...campuses.keys()].toSorted();
  const fees = shareOut(feeFen, names.map((name) => campuses.get(name)?.grossFen ?? 0));
  return names.map((campus, index) => ({ source, day, account, campus, ...(campuses.get(campus) ?? { grossFen: 0, refundFen: 0, payments: 0, refunds: 0 }), feeFen: fees[index] ?? 0 }));
}

/** By weight, in whole fen, all of it; without any weight the first bears it. */
export function shareOut(totalFen: number, weights: readonly number[]): number[] {
  const weight = weights.reduce((sum, one) => sum + one, 0);
  if (weight === 0) return weights.map((_, index) => (index === 0 ? totalFen : 0));
  const size = Math.abs(totalFen);
  const exact = weights.map((one) => BigInt(size) * BigInt(one));
  const floors = exact.map((one) => Number(one / BigInt(weight)));
  const left = size - floors.reduce((sum, one) => sum + one, 0);
  const byRemainder = exact.map((one, index) => ({ index, remainder: one % BigInt(weight) })).toSorted((one, other) => (one.remainder === other.remainder ? one.index - other.index : one.remainder < other.remainder ? 1 : -1)).slice(0, left).map(({ index }) => index);
  return floors.map((one, index) => Math.sign(totalFen) * (one + (byRemainder.includes(index) ? 1 : 0)));
}

/** What goes where: each campus's net from the account it came to; two directions between a pair are one. */
export function movesOf(lines: readonly SettlementLine[], accountOfCampus: (campus: string) => string | undefined): SettlementMove[] {
  const sums = new Map<string, number>();
  for (const line of lines) {
    const to = accountOfCampus(line.campus);
    if (to === undefined || to === line.account) continue;
    const isForward = line.account < to;
    const key = isForward ? `${line.account} ${to}` : `${to} ${line.account}`;
    sums.set(key, (sums.get(key) ?? 0) + (isForward ? netFenOf(line) : -netFenOf(line)));
  }
  return [...sums].filter(([, fen]) => fen !== 0).toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([key, fen]) => {
    const [first = '', second = ''] = key.split(' ');
    return fen > 0 ? { fromAccount: first, toAccount: second, amountFen: fen } : { fromAccount: second, toAccount: first, amountFen: -fen };
  });
}

export const BATCH_STATES = ['proposed', 'approved', 'rejected', 'expired'] as const;
export type BatchState = (typeof BATCH_STATES)[number];
export type SettlementBatch = SettlementSheet & { readonly batchNo: string; readonly state: BatchState; readonly hash: string; readonly proposedBy: string; readonly proposedAt: string; readonly expiresAt: string; readonly decidedBy: string | undefined; readonly decidedAt: string | undefined };

export function hashOfSettlement({ lines, moves }: SettlementSheet): string {
  const told = [lines.map(({ source, day, account, campus, grossFen, refundFen, feeFen }) => [source, day, account, campus, grossFen, refundFen, feeFen]), moves.map(({ fromAccount, toAccount, amountFen }) => [fromAccount, toAccount, amountFen])];
  return createHash('sha256').update(JSON.stringify(told)).digest('hex');
}

/** `account`: where its money comes to, by the rule of arrivals. */
export type SettlementSource = { readonly source: string; readonly channels: readonly string[]; readonly account: string };
export type DecideBatchResult = 'decided' | 'notFound' | 'decidedBefore' | 'ownProposal' | 'notWhatWasShown' | 'expired' | 'dayTaken' | 'moved';

export type SettlementStore = {
  /** Bill days that have arrived whole and stand in no approved batch, with their turnover; the oldest first. */
  listArrivedDays(request: { readonly sources: readonly SettlementSource[]; readonly from: string; readonly limit: number }): Promise<readonly DayTurnover[]>;
  list(limit: number): Promise<readonly SettlementBatch[]>;
  find(batchNo: string): Promise<SettlementBatch | undefined>;
  /** One open batch at a time; pressed twice it is one. */
  propose(request: { readonly sheet: SettlementSheet; readonly by: string; readonly expiresAt: Date; readonly now: Date }): Promise<{ readonly kind: 'proposed'; readonly batch: SettlementBatch } | { readonly kind: 'waits'; readonly batchNo: string }>;
  /** Approved, its days are in no other batch for ever. `hashOf`: of what its days say now, read inside the transaction; another hash than the batch's is `moved`. */
  decide(request: { readonly batchNo: string; readonly hash: string; readonly isApproved: boolean; readonly by: string; readonly reason: string; readonly now: Date; readonly sources: readonly SettlementSource[]; readonly hashOf: (days: readonly DayTurnover[]) => string }): Promise<DecideBatchResult>;
};
