/** A request is valid while its time is within this of ours, on either side. */
export const CLOCK_TOLERANCE_MS = 300_000;
/** A request dated ahead of us by the tolerance stays valid for twice of it: its nonce is kept at least that long. */
const KEEP_MS = 2 * CLOCK_TOLERANCE_MS;
/** Per application and generation; the request rate keeps it far below. When it is full, requests wait: forgetting would let a replay in. */
const MOST_NONCES = 200_000;

export type NonceMemory = {
  /** `fresh` exactly once per application and nonce while a request with it can be valid. */
  claim(appId: string, nonce: string, now: Date): 'fresh' | 'used' | 'full';
};

/**
 * Remembers nonces in two generations per application, so that forgetting costs nothing. It does not survive a restart: of a request replayed
 * just after one, the signature and the time hold, and the idempotency key makes its second run change nothing.
 */
export function createNonceMemory(mostNonces = MOST_NONCES): NonceMemory {
  const applications = new Map<string, { since: number; current: Set<string>; previous: Set<string> }>();
  return {
    claim(appId, nonce, now) {
      const at = now.getTime();
      let memory = applications.get(appId);
      if (memory === undefined) {
        memory = { since: at, current: new Set(), previous: new Set() };
        applications.set(appId, memory);
      }
      const ageMs = at - memory.since;
      // A clock set back makes the age negative: nothing is forgotten then.
      if (ageMs > KEEP_MS) {
        memory.previous = ageMs > 2 * KEEP_MS ? new Set() : memory.current;
        memory.current = new Set();
        memory.since = at;
      }
      if (memory.current.has(nonce) || memory.previous.has(nonce)) return 'used';
      if (memory.current.size >= mostNonces) return 'full';
      memory.current.add(nonce);
      return 'fresh';
    },
  };
}
