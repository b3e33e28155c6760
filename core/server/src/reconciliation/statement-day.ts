import type { StatementLine } from '@hospay/plugin-sdk';
import { yuanOf } from '../domain/bilingual.js';
import { billDaySpan } from '../domain/bill-day.js';
import { compareFees, type FeeComparison } from '../domain/fee-contract.js';
import { own } from '../domain/own-words.js';
import type { ReconciliationRow } from '../domain/reconciliation.js';
import { compareChannelDay } from './compare-channel-day.js';
import { addStated, nothingStated, wholeFen, type StatedSums } from './compare-settlement.js';
import { holdRows, type HeldRows } from './held-rows.js';
import type { ChannelDayFound, ChannelDayRequest, DayReads, StatementTotals } from './ports.js';
import { isOwnPaymentNo, refundStateOf, rowOfStatement } from './read-rows.js';
import { watchKeys } from './watch-keys.js';

const KEYS_AT_ONCE = 200;

/** What of a statement is compared and posted. Its lines themselves are not held: a day may have a million of them. */
export type StatedDay = { readonly kind: 'stated'; readonly theirs: HeldRows; readonly stated: StatedSums; readonly fees: FeeComparison | undefined };

/** Takes a statement line by line. The file's own totals must be the sums of its rows: never half-used. */
export function openStatedDay(contract: ChannelDayRequest['contract']): { take(line: StatementLine): void; close(totals: StatementTotals): StatedDay | Extract<ChannelDayFound, { kind: 'unusable' }> } {
  const theirs = holdRows();
  const [stated, amounts] = [nothingStated(), { payment: 0, refund: 0 }];
  const fees = contract === undefined ? undefined : compareFees(contract);
  return {
    take(line) {
      const { kind, amountFen, feeMilliFen, status } = line;
      theirs.add(rowOfStatement(line));
      addStated(stated, line);
      amounts[kind] += amountFen;
      if (kind === 'payment' || refundStateOf(status) !== 'failed') fees?.add({ kind, amountFen, feeFen: wholeFen(feeMilliFen) });
    },
    close(totals) {
      const figures = [['controlRows', theirs.length, totals.lines], ['controlPayments', amounts.payment, totals.paymentFen], ['controlRefunds', amounts.refund, totals.refundFen]] as const;
      const wrong = figures.find(([, ofRows, told]) => ofRows !== told);
      if (wrong !== undefined) return { kind: 'unusable', message: own(wrong[0], ...[wrong[1], wrong[2]].map(wrong[0] === 'controlRows' ? String : yuanOf)) };
      return { kind: 'stated', theirs, stated, fees: fees?.found() };
    },
  };
}

/** A day of one merchant number beside what its statement says, in one go. Reads only. */
export function compareStatementDay(reads: DayReads, { of, source }: Pick<ChannelDayRequest, 'of' | 'source'>, { theirs, stated, fees }: StatedDay): ChannelDayFound {
  const ours = candidatesOf(reads, { of, source }, theirs);
  const { differences, ...comparison } = compareChannelDay({ day: of.day, cutOff: source.cutOff, ours, theirs, judgedElsewhere: reads.keysJudgedElsewhere(of), earlierLongs: reads.earlierLongs(of), isOwnNumber: isOwnPaymentNo });
  // A mere candidate is counted and no more.
  return { kind: 'compared', comparison: { ...comparison, differences: differences.filter((difference) => difference.class !== 'notThisDay') }, stated, fees };
}

/** Ours that may stand in this statement: done ones of the day, those that wait, and what is known under the numbers it names, whatever its day: midnight needs no margin. */
function* candidatesOf(reads: DayReads, { of, source: { channels, cutOff } }: Pick<ChannelDayRequest, 'of' | 'source'>, theirs: HeldRows): Generator<ReconciliationRow> {
  const source = { source: of.source, channels };
  const parked = new Set(reads.parkedKeys(of));
  const named = watchKeys(theirs);
  for (const page of reads.listChannelRows({ ...source, ...billDaySpan({ cutOff }, of.day) })) {
    for (const row of page) {
      parked.delete(row.key);
      named.see(row.key);
      yield row;
    }
  }
  const unknown = [...new Set([...parked, ...named.unseen()])];
  for (let at = 0; at < unknown.length; at += KEYS_AT_ONCE) yield* reads.findChannelRows({ ...source, keys: unknown.slice(at, at + KEYS_AT_ONCE) });
}
