import { beijingDay, type PaymentReference, type PluginStore } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

import { SplitSchema } from './settlement.js';

/** What 2208 names of a settlement, and 6203 and 6301 of an order. */
const RefundableSchema = Type.Object({
  settlementId: Type.String(),
  split: SplitSchema,
  visitNo: Type.String(),
  personNo: Type.String(),
  insuredPlace: Type.Optional(Type.String()),
  mobile: Type.Optional(
    Type.Object({
      token: Type.String(),
      voucher: Type.Object({ kind: Type.String(), number: Type.String() }),
      person: Type.Optional(Type.Object({ name: Type.String(), idType: Type.String(), idNo: Type.String() })),
    }),
  ),
});
export type Refundable = Static<typeof RefundableSchema>;
const check = Compile(RefundableSchema);

/** Older than `refundDays`, or never ours. */
export const RECORDS_GONE = { kind: 'declined', code: 'RECORDS_GONE', message: '该笔医保结算的退费凭据已过保留期，请到医保经办机构办理 / what this refund needs is no longer kept here: the centre’s own counter has to do it' } as const;

type Payment = Pick<PaymentReference, 'tradeNo' | 'submittedAt'>;

const PAGE = 500;

/**
 * What a settlement can still be undone with after its attempts are forgotten. Personal numbers and vouchers stay here, out of the platform's books, and go as soon as
 * the settlement is undone, or can be undone no longer (`refundDays`).
 */
export class RefundBook {
  readonly #store: PluginStore;

  constructor(store: PluginStore) {
    this.#store = store;
  }

  async find(payment: Payment): Promise<Refundable | undefined> {
    const value: unknown = await this.#store.get(keyOf(payment));
    if (value === undefined) return undefined;
    if (!check.Check(value)) throw new Error('what a refund needs cannot be read in the store');
    return value;
  }

  async keep(day: string, tradeNo: string, refundable: Refundable): Promise<void> {
    await this.#store.put(`refundable/${day}/${tradeNo}`, refundable);
  }

  async undone(payment: Payment): Promise<void> {
    await this.#store.delete(keyOf(payment));
  }

  /** Removes what was paid on days before one. */
  async forget(before: string): Promise<number> {
    let removed = 0;
    for (;;) {
      const page = await this.#store.list('refundable/', { limit: PAGE });
      const old = page.filter(({ key }) => key < `refundable/${before}/`);
      for (const { key } of old) await this.#store.delete(key);
      removed += old.length;
      if (old.length < PAGE) return removed;
    }
  }
}

function keyOf({ tradeNo, submittedAt }: Payment): string {
  return `refundable/${beijingDay(submittedAt)}/${tradeNo}`;
}
