import type { StatementLine } from '@hospay/plugin-sdk';
import { billDaySpan } from '../domain/bill-day.js';
import { compareFees, type FeeComparison } from '../domain/fee-contract.js';
import type { ReconciliationRow } from '../domain/reconciliation.js';
import { compareChannelDay } from './compare-channel-day.js';
import { sumStatement, wholeFen, type StatedSums } from './compare-settlement.js';
import type { ChannelDayFound, ChannelDayRequest, DayReads, StatementTotals } from './ports.js';
import { isOwnPaymentNo, refundStateOf, rowOfStatement } from './read-rows.js';

const KEYS_AT_ONCE = 200;

/** What of a statement is compared and posted. The rest of its lines is not held while ours are read: a day may have a million of them. */
export type StatedDay = { readonly kind: 'stated'; readonly theirs: readonly ReconciliationRow[]; readonly stated: StatedSums; readonly fees: FeeComparison | undefined };

export function statedDay({ lines, totals }: { readonly lines: readonly StatementLine[]; readonly totals: StatementTotals }, contract: ChannelDayRequest['contract']): StatedDay | Extract<ChannelDayFound, { kind: 'unusable' }> {
  const contradiction = controlTotals(lines, totals);
  if (contradiction !== undefined) return { kind: 'unusable', message: contradiction };
  return { kind: 'stated', theirs: lines.map(rowOfStatement), stated: sumStatement(lines), fees: contract === undefined ? undefined : feesOf(contract, lines) };
}

/** A day of one merchant number beside what its statement says, in one go. Reads only. */
export function compareStatementDay(reads: DayReads, { of, source }: Pick<ChannelDayRequest, 'of' | 'source'>, { theirs, stated, fees }: StatedDay): ChannelDayFound {
  const ours = candidatesOf(reads, { of, source }, theirs);
  const { differences, ...comparison } = compareChannelDay({ day: of.day, cutOff: source.cutOff, ours, theirs, judgedElsewhere: reads.keysJudgedElsewhere(of), earlierLongs: reads.earlierLongs(of), isOwnNumber: isOwnPaymentNo });
  // A mere candidate is counted and no more.
  return { kind: 'compared', comparison: { ...comparison, differences: differences.filter((difference) => difference.class !== 'notThisDay') }, stated, fees };
}

function feesOf(contract: NonNullable<ChannelDayRequest['contract']>, lines: readonly StatementLine[]): FeeComparison {
  return compareFees(contract, lines.filter(({ kind, status }) => kind === 'payment' || refundStateOf(status) !== 'failed').map(({ kind, amountFen, feeMilliFen }) => ({ kind, amountFen, feeFen: wholeFen(feeMilliFen) })));
}

/** The file's own totals must be the sums of its rows: never half-used. */
function controlTotals(lines: readonly StatementLine[], totals: StatementTotals): string | undefined {
  const sum = (kind: StatementLine['kind']): number => lines.reduce((total, line) => (line.kind === kind ? total + line.amountFen : total), 0);
  const figures = [['rows', lines.length, totals.lines], ['payments', sum('payment'), totals.paymentFen], ['refunds', sum('refund'), totals.refundFen]] as const;
  const wrong = figures.find(([, ofRows, told]) => ofRows !== told);
  return wrong === undefined ? undefined : `control totals: the ${wrong[0]} give ${String(wrong[1])}, the file says ${String(wrong[2])}`;
}

/** Ours that may stand in this statement: done ones of the day, those that wait, and what is known under the numbers it names, whatever its day: midnight needs no margin. */
function candidatesOf(reads: DayReads, { of, source: { channels, cutOff } }: Pick<ChannelDayRequest, 'of' | 'source'>, theirs: readonly ReconciliationRow[]): readonly ReconciliationRow[] {
  const source = { source: of.source, channels };
  const ours = new Map<string, ReconciliationRow>();
  for (const page of reads.listChannelRows({ ...source, ...billDaySpan({ cutOff }, of.day) })) for (const row of page) ours.set(row.key, row);
  const unnamed = new Set(reads.parkedKeys(of).filter((key) => !ours.has(key)));
  for (const { key } of theirs) if (!ours.has(key)) unnamed.add(key);
  const unknown = [...unnamed];
  for (let at = 0; at < unknown.length; at += KEYS_AT_ONCE) {
    for (const row of reads.findChannelRows({ ...source, keys: unknown.slice(at, at + KEYS_AT_ONCE) })) ours.set(row.key, row);
  }
  return [...ours.values()];
}
