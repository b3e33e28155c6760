import { daysBefore } from '@hospay/plugin-sdk';
import { billDayAt } from '../domain/bill-day.js';
import type { Comparison, Difference, ReconciliationRow } from '../domain/reconciliation.js';
import { addRow, closeComparison, noRows } from './control-totals.js';
import type { HeldRows } from './held-rows.js';
import { joinRows, sortTheirs } from './join-rows.js';

export type ChannelDay = {
  /** The bill day of the channel, yyyy-MM-dd, Beijing. */
  readonly day: string;
  /** 日切: when it ends, where that is not midnight. */
  readonly cutOff?: string | undefined;
  /**
   * Rows that may stand in this statement: done ones of the day, those parked from earlier days, and whatever the platform knows
   * (in any state) under a number that the statement names. Each number once. They are gone through once.
   */
  readonly ours: Iterable<ReconciliationRow>;
  /** Keys of ours that were found in another day's statement, or given up there: they are no business of this day. */
  readonly judgedElsewhere: ReadonlySet<string>;
  /** The statement, as the channel gave it. */
  readonly theirs: HeldRows;
  /** Payments of earlier statements that stand as 长款, by their key, with what is still too much. */
  readonly earlierLongs: ReadonlyMap<string, number>;
  /** Whether a number can be one of this platform's. */
  readonly isOwnNumber: (paymentKey: string) => boolean;
};

/** Rows that stood alone for this many days are waited for no longer (T+2). */
const LONGEST_WAIT_DAYS = 2;
type Pair = readonly [ReconciliationRow, ReconciliationRow];

/**
 * A day of the platform beside a channel's statement. Pure: the same input gives the same answer, whatever ran before.
 * @throws Error when the control totals do not close.
 */
export function compareChannelDay(request: ChannelDay): Comparison {
  const { theirs } = request;
  const equal = { ours: noRows(), theirs: noRows() };
  const found = new Map<number, Difference>();
  const undoneAt = new Map<number, Pair>();
  const oursAlone: Difference[] = [];
  const { ours, isTaken } = joinRows(request.ours, theirs, {
    met(own, index) {
      const row = theirs.at(index);
      if (row.kind === 'payment' && own.state !== 'done') return void undoneAt.set(index, [own, row]);
      const difference = judgePair(request, own, row);
      if (difference !== undefined) return void found.set(index, difference);
      addRow(equal.ours, own);
      addRow(equal.theirs, row);
    },
    alone: (own) => { oursAlone.push(judgeOurs(request, own)); },
  });
  const { differences, alone } = sortTheirs(theirs, isTaken, found);
  const undone = [...undoneAt].toSorted(([one], [other]) => one - other).map(([, pair]) => pair);
  const cancelled = findCancelled(alone, undone);
  for (const [own, row] of undone) differences.push(cancelled.has(row.paymentKey) ? { class: 'netZero', ours: own, theirs: row } : { class: 'longUnknown', ours: own, theirs: row });
  // A foreign file may have a million of them: too many arguments for one push.
  for (const difference of judgeAlone(request, alone, cancelled)) differences.push(difference);
  for (const difference of oursAlone) differences.push(difference);
  return closeComparison({ ours, theirs: theirs.sums(), equal, differences });
}

/** Both sides have it, and ours is done, or it is a refund. Undefined: they are equal. */
function judgePair({ day, cutOff }: ChannelDay, ours: ReconciliationRow, theirs: ReconciliationRow): Difference | undefined {
  if (!agrees(ours, theirs)) return { class: 'status', ours, theirs };
  if (ours.fen !== theirs.fen) return { class: 'amount', ours, theirs };
  if (ours.state === 'open') return { class: 'refundUnderway', ours, theirs };
  return billDayAt(ours.at, cutOff) === day ? undefined : { class: 'matchedAcrossDays', ours, theirs };
}

/** A statement tells a refund's state as of its making and is never updated: an open one there agrees with whatever we learned since, except that it failed. */
function agrees(ours: ReconciliationRow, theirs: ReconciliationRow): boolean {
  if (theirs.state === 'open') return ours.state !== 'failed';
  return ours.state === theirs.state;
}

/** Payments that came and went back whole in one statement without our books knowing of either: 一正一负. */
function findCancelled(alone: readonly ReconciliationRow[], undone: readonly Pair[]): ReadonlySet<string> {
  const left = new Map<string, { paid: number; refunded: number }>();
  for (const row of [...alone, ...undone.map(([, theirs]) => theirs)]) {
    if (row.state === 'failed') continue;
    const sums = left.get(row.paymentKey) ?? { paid: 0, refunded: 0 };
    if (row.kind === 'payment') sums.paid += row.fen;
    else sums.refunded += row.fen;
    left.set(row.paymentKey, sums);
  }
  return new Set([...left].flatMap(([key, { paid, refunded }]) => (paid > 0 && paid === refunded ? [key] : [])));
}

function judgeAlone({ earlierLongs, isOwnNumber }: ChannelDay, alone: readonly ReconciliationRow[], cancelled: ReadonlySet<string>): Difference[] {
  const refunded = new Map<string, number>();
  for (const { kind, state, paymentKey, fen } of alone) if (kind === 'refund' && state !== 'failed') refunded.set(paymentKey, (refunded.get(paymentKey) ?? 0) + fen);
  return alone.map((theirs): Difference => {
    const { kind, state, paymentKey } = theirs;
    if (theirs.isUnnamed !== true && !isOwnNumber(paymentKey)) return { class: 'foreign', theirs };
    if (state === 'failed') return { class: 'notThisDay', theirs };
    if (cancelled.has(paymentKey)) return { class: 'netZero', theirs };
    if (kind === 'payment') return { class: 'longNoOrder', theirs };
    const longFen = earlierLongs.get(paymentKey);
    return longFen !== undefined && refunded.get(paymentKey) === longFen ? { class: 'settledByRefund', theirs } : { class: 'refundTheirsOnly', theirs };
  });
}

/** Ours alone: waited for on its own day, after T+2 a 短款; a mere candidate belongs to another day. */
function judgeOurs({ day, cutOff, judgedElsewhere }: ChannelDay, ours: ReconciliationRow): Difference {
  const ownDay = billDayAt(ours.at, cutOff);
  if (ours.state !== 'done' || judgedElsewhere.has(ours.key)) return { class: 'notThisDay', ours };
  if (ownDay === day) return { class: 'crossDayOurs', ours };
  if (ownDay > daysBefore(day, LONGEST_WAIT_DAYS)) return { class: 'notThisDay', ours };
  return { class: ours.kind === 'payment' ? 'short' : 'refundOursOnly', ours };
}
