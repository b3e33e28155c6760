import type { Timers } from '../domain/time.js';
import type { EventHub, LiveTopic } from './ports.js';

/** Commits come by the hundred a second; looking once after a burst is enough. */
const LOOK_AFTER_MS = 300;

/** Looks after commits what has changed, and publishes it. Without a commit nothing is looked at. */
export function watchMoney({ hub, look, timers }: { readonly hub: Pick<EventHub, 'publish'>; readonly look: () => readonly LiveTopic[]; readonly timers: Timers }): { committed(): void; stop(): void } {
  let waiting: { cancel(): void } | undefined;
  let isStopped = false;
  return {
    committed() {
      if (isStopped) return;
      waiting ??= timers.after(LOOK_AFTER_MS, () => {
        waiting = undefined;
        // What has a state changes by work of the outbox: its list is another after any commit.
        for (const topic of ['queue', ...look()] as const) hub.publish(topic);
      });
    },
    stop() {
      isStopped = true;
      waiting?.cancel();
    },
  };
}
