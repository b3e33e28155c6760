/**
 * Terminals that show a claim code and wait for somebody to approve them. Held in memory only: a restart forgets them, the terminals ask again. A
 * request is worth nothing until a person types its code; whoever sends requests without a terminal nobody stands at only fills a bounded list.
 */
import { LRUCache } from 'lru-cache';
import { refused, type Outcome } from '../domain/errors.js';
import type { Clock } from '../domain/time.js';
import { isSameSecret, signEnrolment } from './device-key.js';
import { normaliseClaimCode } from './claim-code.js';
import type { WaitingTerminal } from './ports.js';

/** Long enough to walk from the terminal to a console, or to call somebody who sits at one. */
export const SHOWN_CODE_LIFE_MS = 15 * 60_000;
const MOST_WAITING = 200;
const MOST_OF_ONE_ADDRESS = 20;
/** The same request id under another code: somebody on the line plays with it. The honest one stays among them. */
const MOST_OF_ONE_CLAIM = 4;
/** A code that ended is not begun again by repeating its request. */
const REMEMBERED_ENDS = { max: 10_000, ttl: 24 * 60 * 60_000 };

export type ShownRequest = {
  readonly claimId: string;
  readonly publicKey: string;
  readonly software: string;
  readonly machine: string | undefined;
  readonly csr: string | undefined;
  readonly address: string | undefined;
  readonly mac: string;
  /** The message without its `mac`. */
  readonly unsigned: object;
};
type Waiting = { readonly askedAt: Date; readonly requests: readonly ShownRequest[] };

export type EnrolmentRequests = {
  /** Keeps the request, or says why not. */
  keep(request: ShownRequest): Outcome<{ readonly expiresAt: Date }>;
  list(): readonly WaitingTerminal[];
  /** The request whose terminal shows this code. */
  find(typed: string): { readonly request: ShownRequest; readonly code: string; readonly waiting: WaitingTerminal } | undefined;
  /** Rejected: it waits no longer, and its code is void. False: it did not wait. */
  end(claimId: string): boolean;
  /** An approval of it has begun: nobody else finds it, and the terminal, which asks all the while, still waits. False: it did not wait. */
  take(claimId: string): boolean;
  /** The approval was carried out. */
  close(claimId: string): void;
  /** The terminal is told at its next question. */
  refuse(claimId: string): void;
  /** The approval could not be carried out (the id exists): the person may choose another. */
  putBack(request: ShownRequest, askedAt: Date): void;
};

export function createEnrolmentRequests(clock: Clock): EnrolmentRequests {
  const perf = { now: () => clock.now().getTime() };
  const waiting = new LRUCache<string, Waiting>({ max: MOST_WAITING * 2, ttl: SHOWN_CODE_LIFE_MS, ttlResolution: 0, noUpdateTTL: true, perf });
  const ended = new LRUCache<string, 'over' | 'rejected' | { readonly takenFrom: Date }>({ ...REMEMBERED_ENDS, ttlResolution: 0, perf });

  const open = (): [string, Waiting][] => [...waiting.entries()];
  const view = (claimId: string, { askedAt }: Waiting, { software, machine, address }: ShownRequest): WaitingTerminal => ({
    claimId, software, machine, address, askedAt, expiresAt: expiryOf(askedAt),
  });
  return {
    keep(request) {
      const { claimId, address } = request;
      const known = waiting.get(claimId);
      if (known !== undefined) {
        const isRepeat = known.requests.some(({ mac }) => mac === request.mac);
        if (!isRepeat && known.requests.length >= MOST_OF_ONE_CLAIM) return refused('TOO_MANY_REQUESTS');
        if (!isRepeat) waiting.set(claimId, { ...known, requests: [...known.requests, request] });
        return { kind: 'ok', value: { expiresAt: expiryOf(known.askedAt) } };
      }
      const end = ended.get(claimId);
      if (typeof end === 'object') return { kind: 'ok', value: { expiresAt: expiryOf(end.takenFrom) } };
      if (end !== undefined) return refused(end === 'rejected' ? 'ENROLMENT_REJECTED' : 'CLAIM_INVALID');
      const others = open();
      if (others.length >= MOST_WAITING || others.filter(([, { requests }]) => requests[0]?.address === address).length >= MOST_OF_ONE_ADDRESS) return refused('TOO_MANY_REQUESTS');
      const askedAt = clock.now();
      waiting.set(claimId, { askedAt, requests: [request] });
      // It ends with its life, whatever becomes of it in between.
      ended.set(claimId, 'over');
      return { kind: 'ok', value: { expiresAt: expiryOf(askedAt) } };
    },
    list: () => open().flatMap(([claimId, found]) => found.requests.slice(0, 1).map((request) => view(claimId, found, request))),
    find(typed) {
      const code = normaliseClaimCode(typed);
      for (const [claimId, found] of open()) {
        const request = found.requests.find(({ mac, unsigned }) => isSameSecret(mac, signEnrolment(code, { kind: 'req', unsigned })));
        if (request !== undefined) return { request, code, waiting: view(claimId, found, request) };
      }
      return undefined;
    },
    end: (claimId) => waiting.delete(claimId),
    take(claimId) {
      const found = waiting.get(claimId);
      if (found === undefined) return false;
      ended.set(claimId, { takenFrom: found.askedAt });
      return waiting.delete(claimId);
    },
    close(claimId) {
      ended.set(claimId, 'over');
    },
    refuse(claimId) {
      ended.set(claimId, 'rejected');
    },
    putBack(request, askedAt) {
      ended.set(request.claimId, 'over');
      const ttl = expiryOf(askedAt).getTime() - clock.now().getTime();
      if (ttl > 0) waiting.set(request.claimId, { askedAt, requests: [request] }, { ttl });
    },
  };
}

function expiryOf(askedAt: Date): Date {
  return new Date(askedAt.getTime() + SHOWN_CODE_LIFE_MS);
}
