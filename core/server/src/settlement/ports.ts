/** What clearing and settlement (清结算) need from outside, and what the console and the clock ask of them. */
import type { Arrival, ArrivalRule, ArrivalStore, ArrivedLine, ExpectedArrival } from '../domain/arrival.js';
import type { AuditTrail } from '../domain/audit.js';
import type { Outcome } from '../domain/errors.js';
import type { Clock } from '../domain/time.js';
import type { WorkingCalendar } from '../domain/working-days.js';

export type ArrivalPorts = {
  readonly arrivals: ArrivalStore;
  /** As configured, with the channels of each source as they are now. */
  rules(): readonly ArrivalRule[];
  readonly calendar: WorkingCalendar;
  readonly clock: Clock;
  readonly audit: AuditTrail;
};

/** `waiting`: not due. `due`: it should have come. `hung`: overdue, under its case. `unsettled`: its statement was not compared yet. */
export type ExpectedState = 'waiting' | 'due' | 'hung' | 'unsettled';
export type ExpectedView = Pick<ExpectedArrival, 'source' | 'key' | 'day' | 'amountFen'> & { readonly account: string; readonly dueOn: string; readonly state: ExpectedState };
export type LineView = Pick<ArrivedLine, 'account' | 'bankLineNo' | 'day' | 'at' | 'amountFen' | 'counterpartyLabel' | 'summary' | 'isHung'> & { /** Whose rule it is of; undefined: of none, a person may know. */ readonly source: string | undefined };
export type ArrivalView = Pick<Arrival, 'arrivalNo' | 'kind' | 'source' | 'account' | 'by' | 'reason' | 'at'> & {
  readonly lines: readonly Pick<ArrivedLine, 'bankLineNo' | 'day' | 'amountFen'>[];
  readonly days: readonly Pick<ExpectedArrival, 'key' | 'amountFen'>[];
  readonly arrivedFen: number;
  readonly expectedFen: number;
};

export type ArrivalDesk = {
  /** What is expected, what came unexplained, and the newest arrivals. */
  listArrivals(): Promise<{ readonly expected: readonly ExpectedView[]; readonly lines: readonly LineView[]; readonly arrivals: readonly ArrivalView[] }>;
  /** Matches to the fen what can be matched, and hangs what is late. Repeating it is harmless. Tells what it did in one line. */
  matchDue(): Promise<string>;
  /** A person says which lines pay which days, as they were shown; what then differs hangs. Refuses NO_SUCH_ITEM (no such source), CONFLICT (not what was shown). */
  assign(request: { readonly source: string; readonly lines: readonly { readonly bankLineNo: string; readonly amountFen: number }[]; readonly days: readonly { readonly key: string; readonly amountFen: number }[]; readonly reason: string; readonly by: string }): Promise<Outcome<ArrivalView>>;
};
