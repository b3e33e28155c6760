import { LRUCache } from 'lru-cache';
import type { Clock, RandomSource } from '../domain/time.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { PayerMemory, PayerVisit } from './ports.js';

/** From the tap to the wallet and back, with a person reading a consent page. */
const MEMORY_MS = 10 * 60_000;
const MOST_VISITS = 20_000;

/** In memory only: a payer's id is personal and of use for one payment. After a restart the browser scans the code once more. */
export function createPayerMemory({ clock, random }: { readonly clock: Clock; readonly random: RandomSource }): PayerMemory {
  const options = { max: MOST_VISITS, ttl: MEMORY_MS, ttlResolution: 0, perf: { now: () => clock.now().getTime() } };
  const begun = new LRUCache<string, PayerVisit & { readonly channel: string }>(options);
  const identified = new LRUCache<string, string>(options);
  const sentAway = new LRUCache<string, true>(options);
  const codeAndBrowser = ({ tokenHash, browserHash }: PayerVisit): string => `${tokenHash}/${browserHash}`;
  const nameOf = (visit: PayerVisit & { readonly channel: string }): string => `${codeAndBrowser(visit)}/${visit.channel}`;
  return {
    begin(visit) {
      const state = makeOpaqueId(random);
      begun.set(state, visit);
      sentAway.set(codeAndBrowser(visit), true);
      return state;
    },
    finish({ state, browserHash }) {
      const visit = begun.get(state);
      // The browser's hash is made for one code: another code in the same browser has another.
      if (visit?.browserHash !== browserHash) return undefined;
      begun.delete(state);
      return visit.channel;
    },
    wasSentAway: (visit) => sentAway.has(codeAndBrowser(visit)),
    remember(visit, payerId) {
      identified.set(nameOf(visit), payerId);
    },
    known: (visit) => identified.get(nameOf(visit)),
  };
}
