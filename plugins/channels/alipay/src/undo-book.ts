import type { PluginContext } from '@hospay/plugin-sdk';

import { chinaTime } from './china-time.js';

/** `asked`: a cancel may have reached Alipay. `done`: Alipay said that the number is dead. `returned`: the same, and a payment that raced it went back. */
export type Undo = 'none' | 'asked' | 'done' | 'returned';

export type UndoBook = {
  find(tradeNo: string): Promise<Undo>;
  /** Written before the cancel goes out: whatever becomes of it, this number is never charged again. */
  asked(tradeNo: string): Promise<void>;
  over(tradeNo: string, how: 'done' | 'returned'): Promise<void>;
};

/** The platform asks about an ended payment for a day; a busy hospital cancels some thousand shown codes in one. */
const KEPT_MS = 7 * 86_400_000;
const SWEPT_AT_ONCE = 20;

/**
 * Which numbers were cancelled (撤销). Alipay keeps no trade for a code nobody scanned, so nothing but this book can say that its number is closed; and a
 * trade that was paid and undone looks like one that was refunded. Entries are swept by the day they were made, but for the rare ones that may tell of money.
 */
export function createUndoBook({ store, now }: Pick<PluginContext<unknown>, 'store' | 'now'>): UndoBook {
  const dayKey = (time: number): string => `undo-day/${chinaTime(new Date(time)).slice(0, 10)}/`;
  const sweep = async (): Promise<void> => {
    const oldest = dayKey(now().getTime() - KEPT_MS);
    for (const { key } of await store.list('undo-day/', { limit: SWEPT_AT_ONCE })) {
      if (key >= oldest) return;
      const entry = `undo/${key.slice(oldest.length)}`;
      if ((await store.get(entry)) === 'done') await store.delete(entry);
      await store.delete(key);
    }
  };
  return {
    async find(tradeNo) {
      const kept = await store.get(`undo/${tradeNo}`);
      if (kept === undefined) return 'none';
      return kept === 'done' || kept === 'returned' ? kept : 'asked';
    },
    async asked(tradeNo) {
      await sweep();
      if (await store.claim(`undo/${tradeNo}`, 'asked')) await store.put(`${dayKey(now().getTime())}${tradeNo}`, true);
    },
    over: (tradeNo, how) => store.put(`undo/${tradeNo}`, how),
  };
}

/** Nobody can pay under this number any more. */
export function isOver(undo: Undo): boolean {
  return undo === 'done' || undo === 'returned';
}
