import type { ChangeRequest, ChangeResult, KeyKeeping, MoneyStore } from '@hospay/server/domain/money-store.js';
import type { OrderChange } from '@hospay/server/domain/order-change.js';

/** Something more in every change, before it is written. */
export function alsoAfter(store: MoneyStore, more: (change: OrderChange) => void): MoneyStore {
  return {
    ...store,
    change: <Result>(request: ChangeRequest & KeyKeeping<NoInfer<Result>>, work: (change: OrderChange) => Result): Promise<ChangeResult<Result>> =>
      store.change<Result>(request, (change) => {
        const result = work(change);
        more(change);
        return result;
      }),
  };
}
