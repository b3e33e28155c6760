import type { NoticeReceiver } from '../../hospital/his-notices.js';

/** What is wrong with a message the HIS sends: it ends early, it is something else, its amount is none. */
export const NOTICE_SPOILS = ['cut', 'garbage', 'noAmount'] as const;
export type NoticeSpoil = (typeof NOTICE_SPOILS)[number];

export type ToldRefund = { readonly hisRefundNo: string; readonly tradeNo: string; /** Integer fen. */ readonly refundFen: number; readonly reason: string };

/** The HIS's own side of the line by which it tells something. */
export type HisNoticeSide = {
  /** Spoils this line knows; a line of typed columns cannot be cut. */
  readonly spoils: readonly NoticeSpoil[];
  /** Tells a refund, and what the HIS understood of the answer. `nothing`: no answer, or the interface's own error, which says nothing of the notice. */
  tellRefund(refund: ToldRefund, spoil?: NoticeSpoil): Promise<'accepted' | 'processing' | 'refused' | 'unknown' | 'nothing'>;
  close(): Promise<void>;
};

/** For adapters that receive notices. */
export type NoticeControl = { connect(receiver: NoticeReceiver): Promise<HisNoticeSide> | HisNoticeSide };
