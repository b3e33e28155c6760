/**
 * The registered terminals over their rows. The claim code of an open claim is held in memory only: the database has its one-way name, so a
 * stolen backup enrols nobody. A restart voids open claims; the console makes another.
 */
import { LRUCache } from 'lru-cache';
import { ok, refused } from '../domain/errors.js';
import type { Clock, RandomSource } from '../domain/time.js';
import { makeClaimCode } from './claim-code.js';
import { brokerPasswordOf, claimIdOf, keyIdOf } from './device-key.js';
import { deriveAgreedKey, newAgreement } from './key-agreement.js';
import type { BrokerCredential, BrokerCredentials, Terminal, TerminalChange, TerminalPlace, TerminalRegistry, TerminalRow, TerminalRows } from './ports.js';

/** Long enough to walk from the console to the kiosk. */
const CLAIM_LIFE_MS = 30 * 60_000;
/** Opening a sealed key and reading a row for every message would cost more than the message; another node's revocation is seen after this. */
const REMEMBERED_MS = 5_000;
const MOST_REMEMBERED = 10_000;
const MOST_OPEN_CLAIMS = 1_000;
/** Long enough for a terminal that used its next key once and lost power before it wrote that down. */
export const KEY_OVERLAP_MS = 60 * 60_000;

export type TerminalRegistryParts = {
  readonly rows: TerminalRows;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly merchantIdOf: (row: TerminalRow) => string;
};

export function createTerminalRegistry({ rows, clock, random, merchantIdOf }: TerminalRegistryParts): TerminalRegistry {
  const perf = { now: () => clock.now().getTime() };
  const remembered = new LRUCache<string, Terminal>({ max: MOST_REMEMBERED, ttl: REMEMBERED_MS, ttlResolution: 0, perf });
  const openClaims = new LRUCache<string, { readonly deviceId: string; readonly code: string }>({ max: MOST_OPEN_CLAIMS, ttl: CLAIM_LIFE_MS, ttlResolution: 0, perf });
  const listeners = new Set<(deviceId: string, change: TerminalChange) => void>();
  const places = new Map<string, TerminalPlace>();
  const overlaps = new Map<string, number>();
  const changed = (deviceId: string, change: TerminalChange) => {
    remembered.delete(deviceId);
    for (const listener of listeners) listener(deviceId, change);
  };
  const withKeys = async (row: TerminalRow): Promise<Terminal> => {
    const { id, campus, group, title, kind, status, keySince, rotationAskedAt, lastSeenAt } = row;
    places.set(id, { campus, group });
    const { current, next, previous } = status === 'active' ? await rows.keysOf(id) : { current: undefined, next: undefined, previous: undefined };
    if (previous !== undefined && previous.until > clock.now()) overlaps.set(id, previous.until.getTime());
    return { deviceId: id, hospitalId: row.hospital, merchantId: merchantIdOf(row), title, kind, campus, group, status, key: current, nextKey: next?.key, previousKey: previous, keySince, rotationAskedAt, lastSeenAt };
  };

  return {
    async find(deviceId) {
      const known = remembered.get(deviceId);
      if (known !== undefined) return known;
      const row = await rows.find(deviceId);
      if (row === undefined) return undefined;
      const terminal = await withKeys(row);
      remembered.set(deviceId, terminal);
      return terminal;
    },
    list: async () => Promise.all((await rows.list()).map(withKeys)),
    async offerClaim(deviceId) {
      const now = clock.now();
      const code = makeClaimCode(random);
      const claimId = claimIdOf(code);
      const expiresAt = new Date(now.getTime() + CLAIM_LIFE_MS);
      if (!(await rows.offerClaim(deviceId, { hash: claimId, expiresAt }, now))) return refused('NO_SUCH_ITEM');
      for (const [earlier, claim] of openClaims.entries()) if (claim.deviceId === deviceId) openClaims.delete(earlier);
      openClaims.set(claimId, { deviceId, code });
      return ok({ claimId, code, expiresAt });
    },
    findClaim: (claimId) => Promise.resolve(openClaims.get(claimId)),
    async takeClaim({ claimId, key }) {
      const taken = await rows.takeClaim({ hash: claimId, key }, clock.now());
      openClaims.delete(claimId);
      if (taken === undefined) return undefined;
      changed(taken.id, 'enrolled');
      return withKeys(taken);
    },
    async enrol(terminal, enrolment) {
      const enrolled = await rows.enrol(terminal, enrolment, clock.now());
      if (enrolled === undefined) return refused('CONFLICT', { zh: '该编号的终端已登记；要以这台机器替换它，请勾选“替换原有机器”后批准', en: 'a terminal of this id is registered; approve with "replaces" to put this machine in its place' });
      changed(enrolled.id, 'enrolled');
      return ok(await withKeys(enrolled));
    },
    async place(deviceId, place) {
      const isThere = await rows.place(deviceId, place, clock.now());
      if (!isThere) return false;
      const before = places.get(deviceId);
      places.set(deviceId, { campus: place.campus, group: place.group });
      // A title or campus is no business of the broker; a group opens and closes topics.
      if (before?.group !== place.group) changed(deviceId, 'placed');
      else remembered.delete(deviceId);
      return true;
    },
    placeOf: (deviceId) => places.get(deviceId),
    async askRotation(deviceId) {
      const now = clock.now();
      if (!(await rows.askRotation(deviceId, now))) return refused('NO_SUCH_ITEM');
      changed(deviceId, 'rotationAsked');
      return ok({ askedAt: now });
    },
    async agreeNextKey(deviceId, devicePublicKey) {
      const [row, { current, next }] = await Promise.all([rows.find(deviceId), rows.keysOf(deviceId)]);
      if (current === undefined) return refused('UNKNOWN_CALLER');
      // Who has stolen a key must not be able to keep it by asking for another.
      if (row?.rotationAskedAt === undefined) return refused('CONFLICT', 'no rotation of this key was asked for');
      const overlapSeconds = KEY_OVERLAP_MS / 1000;
      // The answer was lost: the same half has its answer already.
      if (next?.devicePublicKey === devicePublicKey) return ok({ corePublicKey: next.corePublicKey, kid: keyIdOf(next.key), overlapSeconds });
      const agreement = newAgreement(random);
      const shared = agreement.sharedWith(devicePublicKey);
      if (shared === undefined) return refused('MALFORMED_REQUEST', 'publicKey: is no point of P-256');
      const key = deriveAgreedKey({ shared, bound: { oldKey: current }, devicePublicKey, corePublicKey: agreement.publicKey, deviceId });
      if (!(await rows.keepNextKey(deviceId, { key, devicePublicKey, corePublicKey: agreement.publicKey }, clock.now()))) return refused('UNKNOWN_CALLER');
      changed(deviceId, 'rotated');
      return ok({ corePublicKey: agreement.publicKey, kid: keyIdOf(key), overlapSeconds });
    },
    async promoteNextKey(deviceId) {
      const now = clock.now();
      if (await rows.promoteNextKey(deviceId, new Date(now.getTime() + KEY_OVERLAP_MS), now)) overlaps.set(deviceId, now.getTime() + KEY_OVERLAP_MS);
      changed(deviceId, 'rotated');
    },
    endOverlaps() {
      const now = clock.now().getTime();
      for (const [deviceId, until] of overlaps) {
        if (until > now) continue;
        overlaps.delete(deviceId);
        changed(deviceId, 'keyEnded');
      }
    },
    touchLastSeen: (deviceId, at) => rows.sawAt(deviceId, at),
    async revoke(deviceId) {
      const revoked = await rows.disable(deviceId, clock.now());
      overlaps.delete(deviceId);
      changed(deviceId, 'revoked');
      return revoked;
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What brokers are told: names and derived passwords, never keys. */
export function brokerCredentials(registry: TerminalRegistry, core: BrokerCredentials['core'], now: () => Date = () => new Date()): BrokerCredentials {
  const credentialOf = (terminal: Terminal | undefined): BrokerCredential | undefined => {
    if (terminal?.status !== 'active' || terminal.key === undefined) return undefined;
    const { previousKey } = terminal;
    const keys = [terminal.key, terminal.nextKey, previousKey !== undefined && previousKey.until > now() ? previousKey.key : undefined].filter((key) => key !== undefined);
    return { deviceId: terminal.deviceId, passwords: keys.map(brokerPasswordOf), groups: [terminal.kind, ...(terminal.group === undefined ? [] : [terminal.group])] };
  };
  return {
    core,
    terminal: async (deviceId) => credentialOf(await registry.find(deviceId)),
    list: async () => (await registry.list()).map(credentialOf).filter((credential) => credential !== undefined),
    onChanged: (listener) => registry.onChanged(listener),
  };
}
