import { createNumberBook, type NumberBook, type PluginContext } from '@hospay/plugin-sdk';

const STATES = ['asked', 'done', 'returned'] as const;
/** `asked`: a cancel may have reached Alipay. `done`: Alipay said that the number is dead. `returned`: the same, and a payment that raced it went back. */
export type Undo = 'none' | (typeof STATES)[number];

export type UndoBook = {
  find(tradeNo: string): Promise<Undo>;
  /** Written before the cancel goes out: whatever becomes of it, this number is never charged again. */
  asked(tradeNo: string): Promise<void>;
  over(tradeNo: string, how: 'done' | 'returned'): Promise<void>;
};

/** The platform asks about an ended payment for a day; a busy hospital cancels some thousand shown codes in one. */
const KEEP_DAYS = 7;

/**
 * Which numbers were cancelled (撤销). Alipay keeps no trade for a code nobody scanned, so nothing but this book can say that its number is closed; and a
 * trade that was paid and undone looks like one that was refunded: what may tell of money is never forgotten.
 */
export function createUndoBook(context: Pick<PluginContext<unknown>, 'store' | 'now'>): UndoBook {
  const book: NumberBook<(typeof STATES)[number]> = createNumberBook({ context, name: 'undo', states: STATES, keepDays: KEEP_DAYS, mayForget: (state) => state === 'done' });
  return {
    find: async (tradeNo) => (await book.find(tradeNo)) ?? 'none',
    asked: (tradeNo) => book.begin(tradeNo, 'asked'),
    over: (tradeNo, how) => book.put(tradeNo, how),
  };
}

/** Nobody can pay under this number any more. */
export function isOver(undo: Undo): boolean {
  return undo === 'done' || undo === 'returned';
}
