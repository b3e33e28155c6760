import type { InsideLine } from './inside-line.js';
import type { NotificationStore } from './notification-store.js';
import type { Say } from './say.js';
import { CLIENT_ADDRESS_HEADER, WAITED_HEADER } from './tunnel.js';

/** Nobody waits for the answer: a busy core may take its time. */
const DEADLINE_MS = 15_000;

/**
 * Hands stored notifications to the core, oldest first, one at a time; each is removed once the core has answered for it, whatever it said. One the core cannot take now (5xx) stays, and does
 * not keep the others. The core knows each by what it says: what came by a repeat meanwhile is applied once.
 */
export async function forwardStored({ line, store, say }: { readonly line: Pick<InsideLine, 'ask' | 'isConnected'>; readonly store: NotificationStore; readonly say: Say }): Promise<void> {
  let forwarded = 0;
  for (const name of store.list(Date.now())) {
    const notification = line.isConnected() ? store.read(name) : undefined;
    if (notification === undefined) continue;
    const { target, headers, body, address, receivedAtMs } = notification;
    const told = await line.ask({ method: 'POST', target, body, headers: { ...headers, [CLIENT_ADDRESS_HEADER]: address, [WAITED_HEADER]: String(Math.max(0, Date.now() - receivedAtMs)) } }, DEADLINE_MS);
    if (told === undefined || told.status >= 500) continue;
    store.remove(name);
    forwarded += 1;
  }
  if (forwarded > 0) say('stored notifications were handed to the inside', { forwarded, stored: store.count });
}
