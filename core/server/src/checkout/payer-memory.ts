import { LRUCache } from 'lru-cache';
import type { Clock, RandomSource } from '../domain/time.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { PayerMemory, PayerVisit } from './ports.js';

/** From the tap to the wallet and back, with a person reading a consent page. */
const MEMORY_MS = 10 * 60_000;
const MOST_VISITS = 20_000;

/** In memory only: a payer's id is personal and of use for one payment. After a restart the browser is simply sent once more. */
export function createPayerMemory({ clock, random }: { readonly clock: Clock; readonly random: RandomSource }): PayerMemory {
  const options = { max: MOST_VISITS, ttl: MEMORY_MS, ttlResolution: 0, perf: { now: () => clock.now().getTime() } };
  const begun = new LRUCache<string, PayerVisit & { readonly channel: string }>(options);
  const identified = new LRUCache<string, string>(options);
  const nameOf = ({ tokenHash, browserHash, channel }: PayerVisit & { readonly channel: string }): string => `${tokenHash}/${browserHash}/${channel}`;
  return {
    begin(visit) {
      const state = makeOpaqueId(random);
      begun.set(state, visit);
      return state;
    },
    finish({ state, browserHash }) {
      const visit = begun.get(state);
      // The browser's hash is made for one code: another code in the same browser has another.
      if (visit?.browserHash !== browserHash) return undefined;
      begun.delete(state);
      return visit.channel;
    },
    remember(visit, payerId) {
      identified.set(nameOf(visit), payerId);
    },
    known: (visit) => identified.get(nameOf(visit)),
  };
}
