import type { RandomSource, Timers } from '../domain/time.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { EventHub, LiveEvent, LiveListener, LiveTopic } from './ports.js';

/** A screen needs no more than two looks a second, and a busy morning changes orders more often than that. */
const TOGETHER_MS = 500;
/** More ids than this say as much as none: the list is asked for anyway. */
const MOST_IDS = 20;
/** At two a second for each of some busy topics: minutes, longer than any line between a browser and its hospital is away by accident. */
const KEPT_EVENTS = 1_000;

type Pending = { readonly topic: LiveTopic; readonly onlyFor: string | undefined; readonly ids: Set<string>; isMany: boolean };

/** One hub for the house: it gathers what changed, numbers it, keeps the newest for those who come back, and tells who listens. */
export function createEventHub({ timers, random }: { readonly timers: Timers; readonly random: RandomSource }): EventHub {
  const generation = makeOpaqueId(random, 12);
  const pending = new Map<string, Pending>();
  const listeners = new Set<LiveListener>();
  let kept: readonly LiveEvent[] = [];
  let seq = 0;
  let waiting: { cancel(): void } | undefined;
  let isStopped = false;

  const tell = (): void => {
    waiting = undefined;
    const told = [...pending.values()].map(({ topic, onlyFor, ids, isMany }): LiveEvent => ({ seq: (seq += 1), topic, ids: isMany ? [] : [...ids], onlyFor }));
    pending.clear();
    kept = [...kept, ...told].slice(-KEPT_EVENTS);
    for (const event of told) for (const listener of listeners) listener.changed(event);
  };

  return {
    publish(topic, ids = [], onlyFor) {
      if (isStopped) return;
      const key = `${topic} ${onlyFor ?? ''}`;
      const found = pending.get(key) ?? { topic, onlyFor, ids: new Set<string>(), isMany: false };
      pending.set(key, found);
      for (const id of ids) found.ids.add(id);
      found.isMany ||= ids.length === 0 || found.ids.size > MOST_IDS;
      if (found.isMany) found.ids.clear();
      waiting ??= timers.after(TOGETHER_MS, tell);
    },
    sessionsChanged() {
      for (const listener of listeners) listener.sessionsChanged();
    },
    mark: () => `${generation}-${String(seq)}`,
    markOf: (event) => `${generation}-${String(event.seq)}`,
    since(mark) {
      const at = mark.lastIndexOf('-');
      const number = mark.slice(at + 1);
      if (mark.slice(0, Math.max(at, 0)) !== generation || !/^\d{1,15}$/.test(number)) return undefined;
      const last = Number(number);
      const oldest = kept[0]?.seq ?? seq + 1;
      return last > seq || last < oldest - 1 ? undefined : kept.filter((event) => event.seq > last);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      isStopped = true;
      waiting?.cancel();
      pending.clear();
    },
  };
}
