import type { PluginContext } from '@hospay/plugin-sdk';

import { beijingStamp } from './beijing-time.js';

/** `asked`: a reversal may have reached UnionPay. `accepted`: UnionPay took one. */
export type Reversal = 'none' | 'asked' | 'accepted';

export type ReversalBook = {
  find(tradeNo: string): Promise<Reversal>;
  /** Written before the reversal goes out: whatever becomes of it, this number is never charged again. */
  asked(tradeNo: string): Promise<void>;
  accepted(tradeNo: string): Promise<void>;
  /** UnionPay refused to reverse a payment that stands. */
  refused(tradeNo: string): Promise<void>;
};

/** The platform asks about an ended payment for a day and a half. */
const KEPT_MS = 7 * 86_400_000;
const SWEPT_AT_ONCE = 20;

/**
 * Which scanned codes were reversed (冲正). A query does not tell a payment that was reversed from one that was not, so nothing but this book can; and a
 * reversal whose answer was lost must be carried through by whoever asks next. Entries are swept by the day they were made.
 */
export function createReversalBook({ store, now }: Pick<PluginContext<unknown>, 'store' | 'now'>): ReversalBook {
  const dayKey = (time: number): string => `reversal-day/${beijingStamp(new Date(time)).slice(0, 8)}/`;
  const sweep = async (): Promise<void> => {
    const oldest = dayKey(now().getTime() - KEPT_MS);
    for (const { key } of await store.list('reversal-day/', { limit: SWEPT_AT_ONCE })) {
      if (key >= oldest) return;
      await store.delete(`reversal/${key.slice(oldest.length)}`);
      await store.delete(key);
    }
  };
  return {
    async find(tradeNo) {
      const kept = await store.get(`reversal/${tradeNo}`);
      return kept === undefined ? 'none' : kept === 'accepted' ? 'accepted' : 'asked';
    },
    async asked(tradeNo) {
      await sweep();
      if (await store.claim(`reversal/${tradeNo}`, 'asked')) await store.put(`${dayKey(now().getTime())}${tradeNo}`, true);
    },
    accepted: (tradeNo) => store.put(`reversal/${tradeNo}`, 'accepted'),
    refused: (tradeNo) => store.delete(`reversal/${tradeNo}`),
  };
}
