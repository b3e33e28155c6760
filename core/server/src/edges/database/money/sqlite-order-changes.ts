import type { OrderAggregate } from '../../../domain/order.js';
import type { OrderChanges } from '../../../order-sync/ports.js';
import { number, text } from './rows.js';
import type { Statements } from './statements.js';

export const OWN_CHANGES_SQL = 'SELECT seq, trade_no FROM order_change WHERE owner_kind = ? AND owner_id = ? AND seq > ? ORDER BY seq LIMIT ?';
export const ALL_CHANGES_SQL = 'SELECT seq, trade_no FROM order_change WHERE hospital_id = ? AND seq > ? ORDER BY seq LIMIT ?';

/** Changes of one hospital's orders, read between commits. */
export function sqliteOrderChanges({ sql, load, hospitalId }: { readonly sql: Statements; readonly load: (tradeNo: string) => OrderAggregate | undefined; readonly hospitalId: string }): OrderChanges {
  const mine = (found: OrderAggregate | undefined): OrderAggregate | undefined => (found?.order.hospitalId === hospitalId ? found : undefined);
  return {
    read({ owner, after, limit }) {
      const rows = owner === undefined ? sql.all(ALL_CHANGES_SQL, hospitalId, after, limit) : sql.all(OWN_CHANGES_SQL, owner.kind, owner.id, after, limit);
      return rows.map((row) => {
        const aggregate = load(text(row, 'trade_no'));
        if (aggregate === undefined) throw new Error(`order ${text(row, 'trade_no')} has a change and does not exist`);
        return { seq: number(row, 'seq'), aggregate };
      });
    },
    newest() {
      const row = sql.get('SELECT coalesce(max(seq), 0) AS seq FROM order_change');
      return row === undefined ? 0 : number(row, 'seq');
    },
    find({ owner, tradeNo }) {
      const found = mine(load(tradeNo));
      return owner === undefined || (found?.order.owner.kind === owner.kind && found.order.owner.id === owner.id) ? found : undefined;
    },
    findByKey({ owner, key }) {
      const row = sql.get('SELECT trade_no FROM idempotency WHERE tenant = ? AND key = ?', `${owner.kind}/${owner.id}`, key);
      return row === undefined ? undefined : mine(load(text(row, 'trade_no')));
    },
  };
}
