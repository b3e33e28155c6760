/** Notices of the HIS as the money store keeps them, and the port through which they are written: the same transactions as the money. */
import type { HisNotice, HisNoticeKind } from '@hospay/plugin-sdk';
import type { ErrorCode } from './errors.js';
import type { ClaimedJob } from './money-store.js';
import type { HisNoticeState } from './his-notice-states.js';
import type { CaseDraft } from './order-change.js';

/** One notice. Hospital, adapter, kind and the HIS's own number make it one for ever. */
export type StoredNotice = {
  readonly noticeId: string;
  readonly hospitalId: string;
  /** The adapter instance that brought it. */
  readonly adapter: string;
  readonly kind: HisNoticeKind;
  readonly noticeNo: string;
  readonly content: HisNotice;
  readonly state: HisNoticeState;
  /** Of a refused one. */
  readonly code: ErrorCode | undefined;
  /** What was done, or why it is not done yet: for people. */
  readonly news: string | undefined;
  readonly receivedAt: string;
  readonly endedAt: string | undefined;
  /** How often the HIS has told it again. */
  readonly repeats: number;
};

export type NewNotice = Pick<StoredNotice, 'noticeId' | 'hospitalId' | 'adapter' | 'kind' | 'noticeNo' | 'content' | 'receivedAt'>;

export type KeptNotice =
  | { readonly kind: 'kept' | 'known'; readonly notice: StoredNotice }
  /** The same number with other content: the first stays what it is, and a case is opened. */
  | { readonly kind: 'otherContent'; readonly notice: StoredNotice };

/** What carrying it out came to. */
export type NoticeOutcome =
  | { readonly kind: 'done'; readonly news?: string }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly news?: string }
  | { readonly kind: 'undecided'; readonly news: string };

export type EndNotice = { readonly noticeId: string; readonly outcome: NoticeOutcome; readonly now: Date; /** Opened in the same transaction. */ readonly case?: CaseDraft; /** The job this is the result of: not its newest token → nothing is written. */ readonly job?: ClaimedJob; readonly dueAt?: Date };

export type HisNoticeStore = {
  /** Writes it and schedules its work, before the HIS is told anything. `hasWork` false: it is only for people, and done. */
  keep(notice: NewNotice, hasWork: boolean): Promise<KeptNotice>;
  find(noticeId: string): Promise<StoredNotice | undefined>;
  /** The refund the HIS asked for under its own number, by whichever adapter. */
  findRefund(asked: { readonly hospitalId: string; readonly hisRefundNo: string }): Promise<StoredNotice | undefined>;
  /** Reminders received before then, which nobody reads any more. @returns how many */
  removeRemindersBefore(before: Date): Promise<number>;
  /** Writes the outcome of a kept one; one that has ended stays as it is. Undefined: fenced, or no such notice. */
  end(ended: EndNotice): Promise<StoredNotice | undefined>;
};
