import type { PluginContext } from '@hospay/plugin-sdk';

/** Which numbers were asked to be reversed (撤销). */
export type ReverseBook = {
  isAsked(tradeNo: string): Promise<boolean>;
  /** Written before the reverse goes out: whatever becomes of it, this number is never charged again, and no success of it is believed. */
  ask(tradeNo: string): Promise<void>;
};

const DAY_MS = 86_400_000;
/** WeChat Pay reverses for seven days; afterwards its own state of the trade is all there is to know. */
const KEPT_MS = 9 * DAY_MS;
const SWEPT_AT_ONCE = 20;

/** A reverse that may be under way makes every word about the payment that was said before it worthless; only this book knows that there is one. */
export function createReverseBook({ store, now }: Pick<PluginContext<unknown>, 'store' | 'now'>): ReverseBook {
  const dayKey = (time: number): string => `reverse-day/${new Date(time).toISOString().slice(0, 10)}/`;
  const sweep = async (): Promise<void> => {
    const oldest = dayKey(now().getTime() - KEPT_MS);
    for (const { key } of await store.list('reverse-day/', { limit: SWEPT_AT_ONCE })) {
      if (key >= oldest) return;
      await store.delete(`reverse/${key.slice(oldest.length)}`);
      await store.delete(key);
    }
  };
  return {
    isAsked: async (tradeNo) => (await store.get(`reverse/${tradeNo}`)) !== undefined,
    async ask(tradeNo) {
      await sweep();
      if (await store.claim(`reverse/${tradeNo}`, true)) await store.put(`${dayKey(now().getTime())}${tradeNo}`, true);
    },
  };
}
