/**
 * 月结: a month of the books is closed by two persons over its trial balance (试算平衡表). Only when every day of it is balanced or explained and what hangs is exactly what open cases say (I10). A closed month takes no entry any
 * more (I15): what is learned later is posted on the open date. Closing is not taken back.
 */
import { createHash } from 'node:crypto';
import type { Bilingual } from './bilingual.js';
import type { AccountName } from './ledger.js';

/** Amounts in fen; opening and closing on the side on which the account is kept, below zero on the other. */
export type TrialBalanceLine = { readonly account: AccountName; readonly openingFen: number; readonly debitFen: number; readonly creditFen: number; readonly closingFen: number };

/** What is closed: nothing else is approved. */
export type PeriodSheet = {
  /** yyyy-MM, Beijing. */
  readonly month: string;
  /** The newest journal of the month or of any before it. */
  readonly lastSeq: number;
  readonly lastHash: string;
  readonly lines: readonly TrialBalanceLine[];
  /** What hung at its end, 长款 and 短款, and how many cases were open then. */
  readonly longFen: number;
  readonly shortFen: number;
  readonly openCases: number;
};

export type PeriodProposal = { readonly sheet: PeriodSheet; readonly hash: string; readonly by: string; readonly at: string; readonly expiresAt: string };
export type PeriodClose = { readonly sheet: PeriodSheet; readonly hash: string; readonly proposedBy: string; readonly proposedAt: string; readonly closedBy: string; readonly closedAt: string };

/** A proposal is decided within three days, or made again over what is then true. */
export const PERIOD_PROPOSAL_LASTS_MS = 72 * 60 * 60 * 1000;

export function hashOfSheet({ month, lastSeq, lastHash, lines, longFen, shortFen, openCases }: PeriodSheet): string {
  return createHash('sha256').update(JSON.stringify([month, lastSeq, lastHash, lines.map(({ account, openingFen, debitFen, creditFen, closingFen }) => [account, openingFen, debitFen, creditFen, closingFen]), longFen, shortFen, openCases])).digest('hex');
}

export function monthAfter(month: string): string {
  const [year = 0, of = 0] = month.split('-').map(Number);
  return of === 12 ? `${String(year + 1)}-01` : `${String(year)}-${String(of + 1).padStart(2, '0')}`;
}
export function lastDayOf(month: string): string {
  return new Date(Date.parse(`${monthAfter(month)}-01T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

export type ProposeCloseResult = { readonly kind: 'proposed'; readonly proposal: PeriodProposal } | { readonly kind: 'closed' } /** The month before it is open while earlier ones are closed, or a later one is closed. */ | { readonly kind: 'notNext' };
export type DecideCloseResult =
  | { readonly kind: 'decided' } | { readonly kind: 'closed' } | { readonly kind: 'nothingProposed' } | { readonly kind: 'ownProposal' } | { readonly kind: 'notWhatWasShown' } | { readonly kind: 'expired' } | { readonly kind: 'notNext' }
  /** Something of the month is not as it was when it was proposed. */
  | { readonly kind: 'moved'; readonly what: Bilingual };

export type PeriodStore = {
  /** The newest first. */
  listCloses(): Promise<readonly PeriodClose[]>;
  findProposal(month: string): Promise<PeriodProposal | undefined>;
  /** The first month of the books; undefined while there is nothing in them. */
  firstMonth(): Promise<string | undefined>;
  /** Bill days of the month on which a channel was paid. */
  daysWithMoney(month: string): Promise<readonly { readonly day: string; readonly channel: string }[]>;
  /** Journal number and hash up to the end of a month, the cases that were open then, and where suspense is not what open cases say now (empty: it is). */
  readEnd(month: string): Promise<Pick<PeriodSheet, 'lastSeq' | 'lastHash' | 'openCases'> & { readonly problems: readonly string[] }>;
  propose(request: { readonly sheet: PeriodSheet; readonly by: string; readonly now: Date }): Promise<ProposeCloseResult>;
  /** `problem` is asked inside the transaction: what of the month forbids closing it now. */
  decide(request: { readonly month: string; readonly hash: string; readonly isApproved: boolean; readonly by: string; readonly reason: string; readonly now: Date; readonly problem: () => Bilingual | undefined }): Promise<DecideCloseResult>;
};
