import type { PluginContext } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * The two orders of a mixed payment as they are sent, written down before the first byte: WeChat Pay refuses a repeat with other parameters, and only this knows
 * them, since the payer is named once. Persons are in it as WeChat Pay gets them, sealed with its key: nobody here can read them.
 */
const KeptSchema = Type.Object({
  cash: Type.Record(Type.String(), Type.Unknown()),
  insurance: Type.Record(Type.String(), Type.Unknown()),
  /** Whose key the persons are sealed with. */
  sealedFor: Type.String(),
  /** Of the cash order, once it is placed: from then on it is not placed again, which would make another. */
  prepayId: Type.Optional(Type.String()),
});
export type KeptMixedOrder = Static<typeof KeptSchema>;
const check = Compile(KeptSchema);

export type MixedOrderBook = {
  find(tradeNo: string): Promise<KeptMixedOrder | undefined>;
  /** What stands under the number from now on: this, or what another call wrote before. */
  begin(tradeNo: string, order: KeptMixedOrder): Promise<KeptMixedOrder>;
  placed(tradeNo: string, order: KeptMixedOrder, prepayId: string): Promise<KeptMixedOrder & { readonly prepayId: string }>;
  /** It is over: nothing will be sent again. */
  forget(tradeNo: string): Promise<void>;
};

const DAY_MS = 86_400_000;
/** A prepay_id lives two hours, an authorisation minutes. */
const KEPT_MS = 2 * DAY_MS;
const SWEPT_AT_ONCE = 20;

export function createMixedOrderBook({ store, now }: Pick<PluginContext<unknown>, 'store' | 'now'>): MixedOrderBook {
  const dayKey = (time: number): string => `mixed-day/${new Date(time).toISOString().slice(0, 10)}/`;
  const find = async (tradeNo: string): Promise<KeptMixedOrder | undefined> => {
    const value: unknown = await store.get(`mixed/${tradeNo}`);
    if (value !== undefined && !check.Check(value)) throw new Error('a mixed order in the store cannot be read');
    return value;
  };
  const sweep = async (): Promise<void> => {
    const oldest = dayKey(now().getTime() - KEPT_MS);
    for (const { key } of await store.list('mixed-day/', { limit: SWEPT_AT_ONCE })) {
      if (key >= oldest) return;
      await store.delete(`mixed/${key.slice(oldest.length)}`);
      await store.delete(key);
    }
  };
  return {
    find,
    async begin(tradeNo, order) {
      await sweep();
      // The day first: an order nobody sweeps would stay for ever.
      await store.put(`${dayKey(now().getTime())}${tradeNo}`, true);
      return (await store.claim(`mixed/${tradeNo}`, order)) ? order : ((await find(tradeNo)) ?? order);
    },
    async placed(tradeNo, order, prepayId) {
      const placed = { ...order, prepayId };
      await store.put(`mixed/${tradeNo}`, placed);
      return placed;
    },
    forget: (tradeNo) => store.delete(`mixed/${tradeNo}`),
  };
}
