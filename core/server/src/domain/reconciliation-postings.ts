/**
 * What reconciliation posts (numbers are the lines of the posting table in core/docs/architecture.md): 5 the HIS day, 13 the channel's fee, 26–28 what the other side holds more or less than our books. Until a statement
 * speaks of a day, account 1121 of that day says what we believe; afterwards it says what the channel holds, and the difference hangs under its case.
 */
import { fen } from '@hospay/plugin-sdk';
import type { AccountName, Entry, Side } from './ledger.js';
import type { DifferenceClass, RowKind, RowState } from './reconciliation.js';

/** What of the hospital's money nobody waits for any more; it is one, and nothing clears it. */
export const fundsAvailable = (hospitalId: string): AccountName => `3001/${hospitalId}`;
export const FUNDS_KEY = 'funds';
export const longOfStatements = (source: string): AccountName => `2091/${source}`;
export const shortOfStatements = (source: string): AccountName => `1191/${source}`;
/** Fees of a source under the bill day. */
export const feesOf = (source: string): AccountName => `6001/${source}`;
export const shortWrittenOff = (source: string): AccountName => `6002/${source}`;
export const longWrittenOff = (source: string): AccountName => `7001/${source}`;

/** A difference as it stands in the books. Amounts in fen. */
export type StandingDifference = {
  readonly source: string;
  /** Of the statement. */
  readonly day: string;
  readonly class: DifferenceClass;
  readonly kind: RowKind;
  readonly ourFen: number | undefined;
  readonly theirFen: number | undefined;
  readonly ourState: RowState | undefined;
  readonly theirState: RowState | undefined;
  /** `refunded`: the channel gave it back, in the statement of `settledByDay`. Undefined: not settled. */
  readonly settledHow: string | undefined;
  readonly settledByDay: string | undefined;
  /** Kind and subject of its case; what hangs, hangs under it. */
  readonly caseKey: string;
  /** What our own journal of this payment or refund moved on accounts 1121 and 1131. Empty: it has none. */
  readonly own: readonly Entry[];
  /** Where money of this source lies that no payment of ours tells of. */
  readonly account: AccountName;
};

/** 长款 (above zero) or 短款 (below) because of a difference between platform and statement, in fen; 0 where nothing hangs. */
export function hangingFen({ class: found, kind, ourFen = 0, theirFen = 0, ourState, theirState }: Pick<StandingDifference, 'class' | 'kind' | 'ourFen' | 'theirFen' | 'ourState' | 'theirState'>): number {
  const sign = kind === 'payment' ? 1 : -1;
  switch (found) {
    case 'longNoOrder': case 'duplicateTheirs': case 'refundTheirsOnly':
      return sign * theirFen;
    case 'short': case 'refundOursOnly':
      return -sign * ourFen;
    case 'amount':
      return sign * (theirFen - ourFen);
    case 'status':
      // Not decided here: the refund is asked about, and nobody has a case.
      return ourState === 'open' ? 0 : sign * ((theirState === 'done' ? theirFen : 0) - (ourState === 'done' ? ourFen : 0));
    default:
      return 0;
  }
}

/** What a difference stands for in the ledger now. Another answer later replaces it: the old entries are taken back, the new ones posted. */
export function entriesOfDifference(difference: StandingDifference): Entry[] {
  const { source, day, settledHow, settledByDay, caseKey, own } = difference;
  // 跨日: the money is in the statement of another day than ours.
  if (difference.class === 'matchedAcrossDays') return settledHow === undefined ? own.flatMap((entry) => (entry.clearKey === day ? [] : [opposite(entry), { ...entry, clearKey: day }])) : [];
  const long = hangingFen(difference);
  if (long === 0) return [];
  const money = moneyOf(difference, long);
  if (settledHow === undefined) return [...money, suspense(long, source, caseKey)];
  // 26, third case: what was too much left again, on another day.
  if (settledHow === 'refunded' && settledByDay !== undefined) return [...money, ...money.map((entry) => ({ ...opposite(entry), clearKey: settledByDay }))];
  return [];
}

function moneyOf({ class: found, day, own, account, ourState }: StandingDifference, long: number): Entry[] {
  const isOursAlone = found === 'short' || found === 'refundOursOnly' || (found === 'status' && ourState === 'done');
  if (isOursAlone && own.length > 0) return own.map(opposite);
  return [{ account: own[0]?.account ?? account, side: long > 0 ? 'debit' : 'credit', amountFen: fen(Math.abs(long)), phase: 'final', clearKey: day }];
}

/** Under its case: 2091 where they hold more, 1191 where they hold less. */
function suspense(long: number, source: string, caseKey: string): Entry {
  return { account: long > 0 ? longOfStatements(source) : shortOfStatements(source), side: long > 0 ? 'credit' : 'debit', amountFen: fen(Math.abs(long)), phase: 'final', clearKey: caseKey };
}

/** 26 and 27, last case: two persons agreed that what hangs under a case is gone for good, or the hospital's. */
export function entriesOfWriteOff(hanging: readonly Entry[], source: string): Entry[] {
  return hanging.flatMap((entry) => {
    const isLong = entry.account.startsWith('2091/');
    return [opposite(entry), { ...entry, account: isLong ? longWrittenOff(source) : shortWrittenOff(source) }];
  });
}

/** 13 and 14. `feeFen`: what the day's fees are now more than posted; below zero when less. */
export function entriesOfFee({ source, day, account, feeFen }: { readonly source: string; readonly day: string; readonly account: AccountName; readonly feeFen: number }): Entry[] {
  return transfer({ account: feesOf(source), clearKey: day }, { account, clearKey: day }, feeFen);
}

/** 5: what the HIS has of a day as we have it is the hospital's. `agreedFen` below zero: a day on which more was given back than taken. */
export function entriesOfHisDay({ hospitalId, day, agreedFen }: { readonly hospitalId: string; readonly day: string; readonly agreedFen: number }): Entry[] {
  return transfer({ account: `2002/${hospitalId}`, clearKey: day }, { account: fundsAvailable(hospitalId), clearKey: FUNDS_KEY }, agreedFen);
}

type Place = Pick<Entry, 'account' | 'clearKey'>;
function transfer(debit: Place, credit: Place, signedFen: number): Entry[] {
  if (signedFen === 0) return [];
  const amountFen = fen(Math.abs(signedFen));
  const [first, second]: readonly Side[] = signedFen > 0 ? ['debit', 'credit'] : ['credit', 'debit'];
  return [{ ...debit, side: first ?? 'debit', amountFen, phase: 'final' }, { ...credit, side: second ?? 'credit', amountFen, phase: 'final' }];
}

export function opposite(entry: Entry): Entry {
  return { ...entry, side: entry.side === 'debit' ? 'credit' : 'debit' };
}
