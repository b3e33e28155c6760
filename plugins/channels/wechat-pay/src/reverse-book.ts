import { createNumberBook, type PluginContext } from '@hospay/plugin-sdk';

/** Which numbers were asked to be reversed (撤销). */
export type ReverseBook = {
  isAsked(tradeNo: string): Promise<boolean>;
  /** Written before the reverse goes out: whatever becomes of it, this number is never charged again, and no success of it is believed. */
  ask(tradeNo: string): Promise<void>;
};

/** WeChat Pay reverses for seven days; afterwards its own state of the trade (REVOKED) is all there is to know. */
const KEEP_DAYS = 9;

/** A reverse that may be under way makes every word about the payment that was said before it worthless; only this book knows that there is one. */
export function createReverseBook(context: Pick<PluginContext<unknown>, 'store' | 'now'>): ReverseBook {
  const book = createNumberBook({ context, name: 'reverse', states: ['asked'], keepDays: KEEP_DAYS, mayForget: () => true });
  return {
    isAsked: async (tradeNo) => (await book.find(tradeNo)) !== undefined,
    ask: (tradeNo) => book.begin(tradeNo, 'asked'),
  };
}
