/**
 * 差错处理: what people do about a case. Whoever takes it owns it; notes and talks with the patient are kept; one person proposes how it ends, another one decides over exactly what was shown. A case that only the platform can
 * end (an answer that is missing, a refund on its way) is worked on here and ended there.
 */
import { createHash } from 'node:crypto';
import { beijingDay, daysBefore, startOfBeijingDay } from '@hospay/plugin-sdk';
import type { Bilingual } from './bilingual.js';
import type { CaseKind } from './order-change.js';

export const CASE_ACT_KINDS = ['taken', 'noted', 'contacted', 'proposed', 'approved', 'rejected'] as const;
export type CaseActKind = (typeof CASE_ACT_KINDS)[number];

/** 核销: what hangs under it is written off. 说明: nothing hangs, and the explanation is all there is to do. */
export const CASE_WAYS = ['writeOff', 'explain'] as const;
export type CaseWay = (typeof CASE_WAYS)[number];

export type CaseAct = { readonly kind: CaseActKind; readonly by: string; readonly at: string; readonly text: string };

export type CaseProposal = {
  /** SHA-256 over what was shown: case, way, amount, reason, by whom, when. Whoever decides names it. */
  readonly hash: string;
  readonly way: CaseWay;
  /** Integer fen that is written off: 长款 above zero, 短款 below. 0 when nothing hangs. */
  readonly amountFen: number;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
  readonly expiresAt: string;
};

export const LARGEST_ATTACHMENT_BYTES = 8 * 1024 * 1024;
/** 附件: a file that was put to a case; its bytes lie encrypted under their hash. */
export type CaseAttachment = { readonly seq: number; readonly name: string; readonly mediaType: string; readonly bytes: number; readonly sha256: string; readonly by: string; readonly at: string };

export const CASE_WORK_STATES = ['open', 'taken', 'proposed', 'ended'] as const;
export type CaseWorkState = (typeof CASE_WORK_STATES)[number];

export type CaseWork = {
  readonly id: number;
  readonly kind: CaseKind;
  readonly subject: string;
  readonly tradeNo: string | undefined;
  readonly severity: number;
  readonly detail: Bilingual;
  readonly openedAt: string;
  readonly resolvedAt: string | undefined;
  readonly dueAt: string;
  readonly state: CaseWorkState;
  /** Who took it last. */
  readonly owner: string | undefined;
  /** What hangs on 2091 (above zero) or 1191 (below) under this case. */
  readonly hangingFen: number;
  /** How a person may end it; none when only the platform can. */
  readonly ways: readonly CaseWay[];
  readonly proposal: CaseProposal | undefined;
  readonly acts: readonly CaseAct[];
  readonly attachments: readonly CaseAttachment[];
};

/** Nobody and nothing else ends these. */
const EXPLAINED: ReadonlySet<CaseKind> = new Set(['channelDenies', 'feeDiffers', 'bankStatementGap', 'payoutReturned', 'payoutStrange', 'secondChannelPayment', 'lateSuccessRefunded', 'unknownOrder', 'ownerNotTold', 'hisNoticeChanged', 'hisWithoutMoney', 'hisBookingMissing', 'hisBookingAmount', 'settlementDifference', 'statementLong', 'statementShort', 'statementAmount', 'statementStatus']);
const WRITTEN_OFF: ReadonlySet<CaseKind> = new Set(['arrivalShort', 'arrivalLong', 'statementLong', 'statementShort', 'statementAmount', 'statementStatus']);

export function waysOf(kind: CaseKind, hangingFen: number): readonly CaseWay[] {
  if (hangingFen !== 0) return WRITTEN_OFF.has(kind) ? ['writeOff'] : [];
  return EXPLAINED.has(kind) ? ['explain'] : [];
}

const HOUR_MS = 60 * 60_000;
/** Severity 1 within two hours, 2 by noon of the next day (Beijing), 3 within five days. */
export function dueAt(severity: number, openedAt: Date): Date {
  if (severity === 1) return new Date(openedAt.getTime() + 2 * HOUR_MS);
  if (severity === 2) return new Date(startOfBeijingDay(daysBefore(beijingDay(openedAt), -1)).getTime() + 12 * HOUR_MS);
  return new Date(openedAt.getTime() + 5 * 24 * HOUR_MS);
}

/** A proposal is decided within three days, or made again over what is then true. */
export const PROPOSAL_LASTS_MS = 72 * HOUR_MS;

export function hashOfProposal(caseId: number, { way, amountFen, reason, by, at }: Omit<CaseProposal, 'hash' | 'expiresAt'>): string {
  return createHash('sha256').update(JSON.stringify([caseId, way, amountFen, reason, by, at])).digest('hex');
}

export type AddCaseActResult = { readonly kind: 'added' } | { readonly kind: 'notFound' } | { readonly kind: 'ended' };
export type ProposeEndResult = { readonly kind: 'proposed'; readonly proposal: CaseProposal } | { readonly kind: 'notFound' } | { readonly kind: 'ended' } | { readonly kind: 'notThisWay' } | { readonly kind: 'waits'; readonly by: string };
export type DecideEndResult = { readonly kind: 'decided' } | { readonly kind: 'notFound' } | { readonly kind: 'ended' } | { readonly kind: 'nothingProposed' } | { readonly kind: 'ownProposal' } | { readonly kind: 'notWhatWasShown' } | { readonly kind: 'expired' };

export type CaseStore = {
  find(id: number): Promise<CaseWork | undefined>;
  add(request: { readonly id: number; readonly kind: 'taken' | 'noted' | 'contacted'; readonly text: string; readonly by: string; readonly now: Date }): Promise<AddCaseActResult>;
  /** One proposal at a time; one that has run out is replaced. */
  /** Kept after its bytes are; the same bytes again are the same attachment. */
  attach(request: { readonly id: number; readonly attachment: Omit<CaseAttachment, 'seq' | 'at'>; readonly now: Date }): Promise<{ readonly kind: 'attached'; readonly seq: number } | { readonly kind: 'notFound' }>;
  propose(request: { readonly id: number; readonly way: CaseWay; readonly reason: string; readonly by: string; readonly now: Date }): Promise<ProposeEndResult>;
  /** Approved: what hangs is written off, the differences behind it and the case end, in one transaction. It must still be what was shown. */
  decide(request: { readonly id: number; readonly hash: string; readonly isApproved: boolean; readonly reason: string; readonly by: string; readonly now: Date }): Promise<DecideEndResult>;
};
