import { LRUCache } from 'lru-cache';
import type { Clock } from '../domain/time.js';
import type { Pace } from './ports.js';

/** Two phones and a kiosk looking at one code ask about once a second together; a reload storm is held to this. */
export const PAGE_PACE = { perSecond: 4, burst: 40 } as const;
/** A channel is asked about one payment at most every three seconds, whoever is impatient. */
export const FRESH_PACE = { perSecond: 1 / 3, burst: 2 } as const;
/** A phone whose sheet was reprinted, a whole waiting room behind one address: some misses are nobody's fault. */
export const GUESS_PACE = { perSecond: 1 / 2, burst: 30 } as const;
const MOST_KEYS = 50_000;

/** A token bucket per key. What is forgotten when too many are kept begins with a full bucket again. */
export function createPace(clock: Clock, { perSecond, burst }: { readonly perSecond: number; readonly burst: number }): Pace {
  const buckets = new LRUCache<string, { readonly tokens: number; readonly atMs: number }>({ max: MOST_KEYS });
  const left = (key: string): { readonly tokens: number; readonly atMs: number } => {
    const atMs = clock.now().getTime();
    const before = buckets.get(key) ?? { tokens: burst, atMs };
    return { tokens: Math.min(burst, before.tokens + (Math.max(0, atMs - before.atMs) * perSecond) / 1_000), atMs };
  };
  return {
    isSpent: (key) => left(key).tokens < 1,
    take(key) {
      const { tokens, atMs } = left(key);
      buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, atMs });
      return tokens >= 1;
    },
  };
}
