/** How many requests one address may make: a bucket for each, of the most recent addresses. */
export type AddressPace = { take(address: string, nowMs: number): boolean };

const MOST_ADDRESSES = 10_000;

export function createAddressPace({ perSecond, burst }: { readonly perSecond: number; readonly burst: number }): AddressPace {
  const buckets = new Map<string, { readonly tokens: number; readonly atMs: number }>();
  return {
    take(address, nowMs) {
      const before = buckets.get(address) ?? { tokens: burst, atMs: nowMs };
      const tokens = Math.min(burst, before.tokens + (Math.max(0, nowMs - before.atMs) * perSecond) / 1_000);
      // The oldest is forgotten first: a Map keeps the order in which keys came.
      buckets.delete(address);
      if (buckets.size >= MOST_ADDRESSES) for (const [oldest] of buckets) { buckets.delete(oldest); break; }
      buckets.set(address, { tokens: tokens >= 1 ? tokens - 1 : tokens, atMs: nowMs });
      return tokens >= 1;
    },
  };
}
