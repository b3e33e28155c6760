import { beijingDay } from '@hospay/plugin-sdk';
import type { Comparison, Difference, ReconciliationRow } from '../domain/reconciliation.js';
import { addRow, closeComparison, noRows } from './control-totals.js';
import type { HeldRows } from './held-rows.js';
import { joinRows, sortTheirs } from './join-rows.js';

export type HospitalDay = {
  /** The day of the payment time we told the HIS, yyyy-MM-dd, Beijing. */
  readonly day: string;
  /**
   * Orders and refunds as the HIS should have them. A payment is `done` when the HIS has confirmed it, `open` when its money is in and the HIS has not answered yet,
   * `failed` when there is no money for it: never paid, or given back without a booking. Beside those of the day whatever the platform knows under a number the HIS names. They are gone through once.
   */
  readonly ours: Iterable<ReconciliationRow>;
  /** The HIS's list of the day, and of the days around it where something was not found in it. */
  readonly theirs: HeldRows;
  readonly isOwnNumber: (tradeNo: string) => boolean;
};

/**
 * A day of the platform beside the HIS's day list. What the HIS has booked without money (医院单边账) is a case for finance and never cancelled by the platform.
 * @throws Error when the control totals do not close.
 */
export function compareHospitalDay(request: HospitalDay): Comparison {
  const { theirs, day } = request;
  const equal = { ours: noRows(), theirs: noRows() };
  const found = new Map<number, Difference>();
  const oursAlone: Difference[] = [];
  const { ours, isTaken } = joinRows(request.ours, theirs, {
    met(own, index) {
      const row = theirs.at(index);
      const difference = judgePair(day, own, row);
      if (difference !== undefined) return void found.set(index, difference);
      addRow(equal.ours, own);
      addRow(equal.theirs, row);
    },
    alone: (own) => { oursAlone.push(judgeOurs(day, own)); },
  });
  const { differences, alone } = sortTheirs(theirs, isTaken, found);
  // A foreign file may have a million of them: too many arguments for one push.
  for (const difference of judgeAlone(request, alone)) differences.push(difference);
  for (const difference of oursAlone) differences.push(difference);
  return closeComparison({ ours, theirs: theirs.sums(), equal, differences });
}

function judgePair(day: string, ours: ReconciliationRow, theirs: ReconciliationRow): Difference | undefined {
  const isOfDay = beijingDay(ours.at) === day || beijingDay(theirs.at) === day;
  // Found while looking for something else, in the lists of the days around.
  if (!isOfDay) return { class: 'notThisDay', ours, theirs };
  if (ours.state === 'failed') return { class: 'hisExtra', ours, theirs };
  if (ours.state === 'open') return { class: 'hisAhead', ours, theirs };
  if (ours.fen !== theirs.fen) return { class: 'hisAmount', ours, theirs };
  return beijingDay(ours.at) === beijingDay(theirs.at) ? undefined : { class: 'matchedAcrossDays', ours, theirs };
}

function judgeAlone({ day, isOwnNumber }: HospitalDay, alone: readonly ReconciliationRow[]): Difference[] {
  const net = new Map<string, number>();
  for (const { kind, paymentKey, fen } of alone) net.set(paymentKey, (net.get(paymentKey) ?? 0) + (kind === 'payment' ? fen : -fen));
  const paid = new Set(alone.flatMap(({ kind, paymentKey }) => (kind === 'payment' ? [paymentKey] : [])));
  return alone.map((theirs): Difference => {
    if (beijingDay(theirs.at) !== day) return { class: 'notThisDay', theirs };
    if (!isOwnNumber(theirs.paymentKey)) return { class: 'foreign', theirs };
    return paid.has(theirs.paymentKey) && net.get(theirs.paymentKey) === 0 ? { class: 'netZero', theirs } : { class: 'hisExtra', theirs };
  });
}

function judgeOurs(day: string, ours: ReconciliationRow): Difference {
  if (beijingDay(ours.at) !== day) return { class: 'notThisDay', ours };
  // Came and went back while the HIS held nothing: net zero, and listed.
  if (ours.state === 'failed') return { class: 'netZero', ours };
  return { class: ours.state === 'open' ? 'hisPending' : 'hisMissing', ours };
}
