import { createNumberBook, type NumberBook, type PluginContext } from '@hospay/plugin-sdk';

const STATES = ['asked', 'accepted', 'closed', 'refused'] as const;
type Kept = (typeof STATES)[number];
/** `asked`: a reversal may have reached UnionPay. `accepted`: UnionPay took one. */
export type Reversal = 'none' | 'asked' | 'accepted';

export type ReversalBook = {
  find(tradeNo: string): Promise<Reversal>;
  /** Written before the reversal goes out: whatever becomes of it, this number is never charged again. */
  asked(tradeNo: string): Promise<void>;
  accepted(tradeNo: string): Promise<void>;
  /** A question asked after the reversal found no payment: the number is dead. */
  closed(tradeNo: string): Promise<void>;
  /** UnionPay refused to reverse a payment that stands. */
  refused(tradeNo: string): Promise<void>;
};

/** The platform asks about an ended payment for a day and a half. */
const KEEP_DAYS = 7;

/**
 * Which scanned codes were reversed (冲正). A query does not tell a payment that was reversed from one that was not, so nothing but this book can; and a
 * reversal whose answer was lost must be carried through by whoever asks next. Only what is proven over is ever forgotten.
 */
export function createReversalBook(context: Pick<PluginContext<unknown>, 'store' | 'now'>): ReversalBook {
  const book: NumberBook<Kept> = createNumberBook({ context, name: 'reversal', states: STATES, keepDays: KEEP_DAYS, mayForget: (state) => state === 'closed' || state === 'refused' });
  return {
    async find(tradeNo) {
      const kept = await book.find(tradeNo);
      if (kept === undefined || kept === 'refused') return 'none';
      return kept === 'asked' ? 'asked' : 'accepted';
    },
    async asked(tradeNo) {
      await book.begin(tradeNo, 'asked');
      // A payment that stood at the first reversal is reversed again.
      if ((await book.find(tradeNo)) === 'refused') await book.put(tradeNo, 'asked');
    },
    accepted: (tradeNo) => book.put(tradeNo, 'accepted'),
    closed: (tradeNo) => book.put(tradeNo, 'closed'),
    refused: (tradeNo) => book.put(tradeNo, 'refused'),
  };
}
