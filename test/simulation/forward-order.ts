/** A layer that plants take away: refunds of one order take turns, the last payment first. */
import type { ChangeRequest, ChangeResult, KeyKeeping, MoneyStore } from '@hospay/server/domain/money-store.js';
import type { OrderChange } from '@hospay/server/domain/order-change.js';
import type { OrderAggregate, Payment } from '@hospay/server/domain/order.js';

/** Whoever asks on behalf of a refund `isTurned` says so of sees the payments of its order the other way round. */
export function inForwardOrder(store: MoneyStore, isTurned: (found: Pick<OrderAggregate, 'payments' | 'refunds'>, refundNo: string) => boolean): MoneyStore {
  return {
    ...store,
    async findOrderByRefund(refundNo) {
      const found = await store.findOrderByRefund(refundNo);
      return found === undefined || !isTurned(found, refundNo) ? found : { ...found, payments: turned(found.payments) };
    },
    change: <Result>(request: ChangeRequest & KeyKeeping<NoInfer<Result>>, work: (change: OrderChange) => Result): Promise<ChangeResult<Result>> =>
      store.change<Result>(request, (change) => work(request.job?.kind === 'advanceRefund' && isTurned(change, request.job.subject) ? turnedRound(change) : change)),
  };
}

function turned(payments: readonly Payment[]): Payment[] {
  return payments.map((payment) => ({ ...payment, leg: -payment.leg }));
}

function turnedRound(change: OrderChange): OrderChange {
  return new Proxy(change, {
    get(target, name): unknown {
      if (name === 'payments') return turned(target.payments);
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (...given: unknown[]): unknown => Reflect.apply(member, target, given) : member;
    },
  });
}
