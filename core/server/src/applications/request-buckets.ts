export type RequestRate = { readonly perSecond: number; readonly burst: number };

/** A busy hospital's whole online traffic is about 55 payments a second at its peak. */
export const DEFAULT_REQUEST_RATE: RequestRate = { perSecond: 100, burst: 200 };

export type RequestBuckets = {
  /** False when the application has asked too often. */
  take(appId: string, now: Date): boolean;
};

/** One token bucket per application: a broken loop in one does not slow the others. */
export function createRequestBuckets({ perSecond, burst }: RequestRate = DEFAULT_REQUEST_RATE): RequestBuckets {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(appId, now) {
      const at = now.getTime();
      const bucket = buckets.get(appId) ?? { tokens: burst, at };
      const refilled = Math.min(burst, bucket.tokens + (Math.max(0, at - bucket.at) * perSecond) / 1000);
      const isAllowed = refilled >= 1;
      buckets.set(appId, { tokens: isAllowed ? refilled - 1 : refilled, at });
      return isAllowed;
    },
  };
}
