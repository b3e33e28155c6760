/**
 * 到账: what a channel owes the hospital's bank account for the days it has taken money, beside the lines of the bank's statement. Posting 15, 23 and 24 (core/docs/architecture.md): the money moves from where it was on its way (1121, 1131,
 * cash 1003) to the account (1002). What is overdue, and what nobody expected, hangs under a case until the other half of it is found.
 */
import { fen } from '@hospay/plugin-sdk';
import type { AccountName, Entry } from './ledger.js';
import { bank } from './payout-postings.js';
import { fundsAvailable, longOfStatements, opposite, shortOfStatements } from './reconciliation-postings.js';

/** The source of cash that was handed to the bank: its slips are what is expected. */
export const DEPOSITS = 'deposits';

/** How money of a source comes to the bank. */
export type ArrivalRule = {
  /** A source of statements (a channel instance), or `deposits`. */
  readonly source: string;
  /** The channel instances whose money one settlement of it holds. */
  readonly channels: readonly string[];
  /** The account of the hospital it comes to. */
  readonly account: string;
  /** A line is of this source when its counterparty or summary has one of these. */
  readonly payers: readonly string[];
  /** So many working days after the bill day it is due. */
  readonly afterWorkingDays: number;
  /** So many working days later it hangs, the overdue and the unexpected. */
  readonly lateWorkingDays: number;
};

/** Where a part of what is expected stands; `netFen` above zero is owed to the hospital, whichever side the account is kept on. */
export type MoneyPlace = { readonly account: AccountName; readonly clearKey: string; readonly netFen: number };

/** 应到款: one bill day of a source, or one deposit slip. */
export type ExpectedArrival = {
  readonly source: string;
  /** The bill day, or the number of the slip. */
  readonly key: string;
  /** The day it is of: the bill day, or when the slip was made. */
  readonly day: string;
  /** Below zero: more was given back than taken; the channel keeps it from another day. */
  readonly amountFen: number;
  readonly places: readonly MoneyPlace[];
  /** Overdue, and (all of it) under its case. */
  readonly isHung: boolean;
  /** Its statement was compared, or there is none: nothing more comes off it before the channel settles. */
  readonly isFinal: boolean;
};

/** 实到款: a line of the bank's statement that nothing else explains. */
export type ArrivedLine = {
  readonly account: string;
  readonly bankLineNo: string;
  readonly day: string;
  readonly at: string;
  readonly amountFen: number;
  readonly counterpartyLabel: string;
  readonly summary: string;
  /** Unexpected, and under its case: what of it still hangs. */
  readonly isHung: boolean;
};

export const ARRIVAL_KINDS = ['matched', 'assigned', 'overdue', 'unexpected'] as const;
/** `matched` to the fen by the platform; `assigned` by a person, with what then differs; `overdue` and `unexpected`: one half of it alone, hung under its case. */
export type ArrivalKind = (typeof ARRIVAL_KINDS)[number];

export type Arrival = {
  readonly arrivalNo: string;
  readonly kind: ArrivalKind;
  readonly source: string;
  readonly account: string;
  readonly lines: readonly Pick<ArrivedLine, 'account' | 'bankLineNo' | 'day' | 'amountFen' | 'isHung'>[];
  readonly days: readonly Pick<ExpectedArrival, 'source' | 'key' | 'day' | 'amountFen' | 'places'>[];
  /** '' when the platform did it. */
  readonly by: string;
  readonly reason: string;
  readonly at: string;
};

/** Money of other systems that charge for the same merchant number: the hospital's, and nobody here waits for it. */
export const foreignMoney = (hospitalId: string, netFen: number): MoneyPlace => ({ account: fundsAvailable(hospitalId), clearKey: FOREIGN_KEY, netFen });
const FOREIGN_KEY = 'foreign';
export const isForeign = ({ clearKey }: MoneyPlace): boolean => clearKey === FOREIGN_KEY;

export const caseOfOverdue = ({ source, key }: Pick<ExpectedArrival, 'source' | 'key'>) => ({ kind: 'arrivalShort', subject: `${source}/${key}` }) as const;
export const caseOfUnexpected = ({ account, bankLineNo }: Pick<ArrivedLine, 'account' | 'bankLineNo'>) => ({ kind: 'arrivalLong', subject: `${account}/${bankLineNo}` }) as const;
const keyOf = ({ kind, subject }: { readonly kind: string; readonly subject: string }): string => `${kind}/${subject}`;

export function isOfRule({ payers }: Pick<ArrivalRule, 'payers'>, { counterpartyLabel, summary }: Pick<ArrivedLine, 'counterpartyLabel' | 'summary'>): boolean {
  return payers.some((payer) => counterpartyLabel.includes(payer) || summary.includes(payer));
}

export type FoundArrival = { readonly lines: readonly ArrivedLine[]; readonly days: readonly ExpectedArrival[] };
type Halves = Pick<Arrival, 'lines' | 'days'>;

/**
 * To the fen or not at all: each line that is the sum of days in a row (a Monday brings three), the oldest first; then what came on one bank day together. `lines` and `expected` are of one source, in their order.
 */
export function matchArrivals(lines: readonly ArrivedLine[], expected: readonly ExpectedArrival[]): FoundArrival[] {
  const found: FoundArrival[] = [];
  let [open, waiting] = [lines, expected];
  const take = (group: readonly ArrivedLine[]): void => {
    const [first] = group;
    if (first === undefined) return;
    const days = rowOfDays(waiting.filter(({ day }) => day <= first.day), sumOf(group));
    if (days === undefined) return;
    found.push({ lines: group, days });
    open = open.filter((line) => !group.includes(line));
    waiting = waiting.filter((day) => !days.includes(day));
  };
  for (const line of lines) take([line]);
  for (const group of Map.groupBy(open, ({ day }) => day).values()) if (group.length > 1) take(group);
  return found;
}

function rowOfDays(waiting: readonly ExpectedArrival[], amountFen: number): readonly ExpectedArrival[] | undefined {
  for (let from = 0; from < waiting.length; from += 1) {
    let sum = 0;
    for (let to = from; to < waiting.length; to += 1) {
      sum += waiting[to]?.amountFen ?? 0;
      if (sum === amountFen) return waiting.slice(from, to + 1);
    }
  }
  return undefined;
}

/** Lines against days. What is left over of the lines hangs as 长款 under the last of them, what is missing as 短款 under the last day; one of the two may be empty. */
export function entriesOfArrival({ source, lines, days }: Pick<Arrival, 'source' | 'lines' | 'days'>): Entry[] {
  const money = lines.map((line): Entry => place(line.isHung ? { account: longOfStatements(source), clearKey: keyOf(caseOfUnexpected(line)) } : { account: bank(line.account), clearKey: line.day }, line.amountFen));
  const owed = days.flatMap(({ places }) => places.map(({ account, clearKey, netFen }) => place({ account, clearKey }, -netFen)));
  const leftFen = differenceOf({ lines, days });
  const [line, day] = [lines.at(-1), days.at(-1)];
  if (leftFen > 0 && line !== undefined) return [...money, ...owed, place({ account: longOfStatements(source), clearKey: keyOf(caseOfUnexpected(line)) }, -leftFen)];
  if (leftFen !== 0 && day !== undefined) return [...money, ...owed, ...hang(source, day, -leftFen)];
  return [...money, ...owed];
}

/** 短款 on 1191; of a day on which more was given back than taken, 长款. */
function hang(source: string, day: Halves['days'][number], missingFen: number): Entry[] {
  return [place({ account: missingFen > 0 ? shortOfStatements(source) : longOfStatements(source), clearKey: keyOf(caseOfOverdue(day)) }, missingFen)];
}

/** What came more than was expected. */
export function differenceOf({ lines, days }: Halves): number {
  return sumOf(lines) - sumOf(days);
}
function sumOf(parts: readonly { readonly amountFen: number }[]): number {
  return parts.reduce((sum, { amountFen }) => sum + amountFen, 0);
}

/** Debit above zero, credit below. */
function place(where: Pick<Entry, 'account' | 'clearKey'>, signedFen: number): Entry {
  const entry: Entry = { ...where, side: 'debit', amountFen: fen(Math.abs(signedFen)), phase: 'final' };
  return signedFen > 0 ? entry : opposite(entry);
}

/** The other half of an arrival, as a person or the platform names it: with the amounts that were shown. */
export type ArrivalRequest = {
  readonly kind: ArrivalKind;
  readonly rule: ArrivalRule;
  readonly lines: readonly { readonly bankLineNo: string; readonly amountFen: number }[];
  readonly days: readonly { readonly key: string; readonly amountFen: number }[];
  readonly by: string;
  readonly reason: string;
  readonly now: Date;
};
export type ArrivalResult = { readonly kind: 'posted'; readonly arrival: Arrival } /** A line or a day is not there (any more), or of another amount. */ | { readonly kind: 'changed'; readonly what: string };

export type ArrivalStore = {
  /** What a source still owes, the oldest first; bill days before `before` only. */
  listExpected(request: { readonly rule: ArrivalRule; readonly before: string }): Promise<readonly ExpectedArrival[]>;
  /** Lines of an account that nothing explains, in the order of the bank; `from` is their oldest day, but what hangs is always there. */
  listLines(request: { readonly account: string; readonly from: string }): Promise<readonly ArrivedLine[]>;
  /** The newest first. */
  listArrivals(limit: number): Promise<readonly Arrival[]>;
  /** Looks again at both halves inside the transaction, posts them, opens and ends the cases. */
  post(request: ArrivalRequest): Promise<ArrivalResult>;
};
