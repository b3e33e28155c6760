/** Live events (实时推送) joined: what tells the hub that something changed. Called by the composition root, of which it is a part. */
import type { Timers } from './domain/time.js';
import { changedSince } from './edges/database/money/changed-since.js';
import type { SqliteMoneyStore } from './edges/database/money/sqlite-money-store.js';
import type { EventHub } from './live-events/ports.js';
import { watchMoney } from './live-events/watch-money.js';
import type { TerminalRegistry } from './terminals/ports.js';

/** Begins to publish what the money store commits and what becomes of terminals; acts of people, tasks, exports and plugins publish where they are joined. @returns how to stop */
export function feedLiveEvents({ hub, store, registry, timers }: { readonly hub: EventHub; readonly store: SqliteMoneyStore; readonly registry: Pick<TerminalRegistry, 'onChanged'>; readonly timers: Timers }): () => void {
  const watch = watchMoney({ hub, look: changedSince(store.database), timers });
  store.commits.committed = () => { watch.committed(); };
  const order = (tradeNo: string): void => {
    hub.publish('orders', [tradeNo]);
    // A cashier may not hear of orders; that a running till may hold something else he may.
    hub.publish('tills');
  };
  const leave = [store.onChanged(order), registry.onChanged((deviceId) => { hub.publish('terminals', [deviceId]); })];
  return () => {
    store.commits.committed = undefined;
    for (const forget of leave) forget();
    watch.stop();
    hub.stop();
  };
}
