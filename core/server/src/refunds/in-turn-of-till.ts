import { oneAfterAnotherPerSubject } from '@hospay/plugin-sdk';
import type { MoneyStore } from '../domain/money-store.js';

/** Of one running platform: notes leave one till one refund at a time. */
const turns = new WeakMap<MoneyStore, ReturnType<typeof oneAfterAnotherPerSubject>>();

/** Looking at what a till holds, paying out of it and writing that down belong together. */
export function inTurnOfTill<Result>(store: MoneyStore, tillNo: string, work: () => Promise<Result>): Promise<Result> {
  const inTurn = turns.get(store) ?? oneAfterAnotherPerSubject();
  turns.set(store, inTurn);
  return inTurn(tillNo, work);
}
