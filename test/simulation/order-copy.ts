import type { Violation } from '@hospay/server/domain/invariants.js';
import type { OrderChanges } from '@hospay/server/order-sync/ports.js';

/** Somebody who keeps a copy of all orders by their changes (订单数据同步), a few at a time, through crashes and restarts of the platform. */
export class OrderCopy {
  #cursor = 0;
  readonly #versions = new Map<string, number>();
  readonly #violations: Violation[] = [];

  /** Reads on; the platform may be another incarnation each time. */
  read(changes: OrderChanges, limit = 3): number {
    const page = changes.read({ owner: undefined, after: this.#cursor, limit });
    for (const { seq, aggregate: { order: { tradeNo, version } } } of page) {
      const before = this.#versions.get(tradeNo) ?? 0;
      if (version <= before) this.#violations.push({ rule: 'order data sync', subject: tradeNo, detail: `version ${String(version)} was given behind version ${String(before)}` });
      this.#versions.set(tradeNo, version);
      this.#cursor = seq;
    }
    return page.length;
  }

  /** Reads to the end and holds the copy beside the orders: by number and version. */
  check(changes: OrderChanges, orders: readonly { readonly tradeNo: string; readonly version: number }[]): Violation[] {
    while (this.read(changes, 50) > 0);
    const wrong = orders.filter(({ tradeNo, version }) => this.#versions.get(tradeNo) !== version);
    return [...this.#violations, ...wrong.map(({ tradeNo, version }): Violation => ({ rule: 'order data sync', subject: tradeNo, detail: `is version ${String(version)}, the copy has ${String(this.#versions.get(tradeNo) ?? 'none')}` }))];
  }
}
