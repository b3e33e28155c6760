/**
 * The registered terminals over their rows. The claim code of an open claim is held in memory only: the database has its one-way name, so a
 * stolen backup enrols nobody. A restart voids open claims; the console makes another.
 */
import { LRUCache } from 'lru-cache';
import { ok, refused } from '../domain/errors.js';
import type { Clock, RandomSource } from '../domain/time.js';
import { makeClaimCode } from './claim-code.js';
import { brokerPasswordOf, claimIdOf } from './device-key.js';
import type { BrokerCredentials, Terminal, TerminalRegistry, TerminalRow, TerminalRows } from './ports.js';

/** Long enough to walk from the console to the kiosk. */
const CLAIM_LIFE_MS = 30 * 60_000;
/** Opening a sealed key and reading a row for every message would cost more than the message; another node's revocation is seen after this. */
const REMEMBERED_MS = 5_000;
const MOST_REMEMBERED = 10_000;
const MOST_OPEN_CLAIMS = 1_000;

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
  const listeners = new Set<(deviceId: string) => void>();
  const changed = (deviceId: string) => {
    remembered.delete(deviceId);
    for (const listener of listeners) listener(deviceId);
  };
  const withKey = async (row: TerminalRow): Promise<Terminal> => ({
    deviceId: row.id, hospitalId: row.hospital, merchantId: merchantIdOf(row), title: row.title, kind: row.kind, status: row.status,
    key: row.status === 'active' ? await rows.keyOf(row.id) : undefined, lastSeenAt: row.lastSeenAt,
  });

  return {
    async find(deviceId) {
      const known = remembered.get(deviceId);
      if (known !== undefined) return known;
      const row = await rows.find(deviceId);
      if (row === undefined) return undefined;
      const terminal = await withKey(row);
      remembered.set(deviceId, terminal);
      return terminal;
    },
    list: async () => Promise.all((await rows.list()).map(withKey)),
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
      changed(taken.id);
      return withKey(taken);
    },
    touchLastSeen: (deviceId, at) => rows.sawAt(deviceId, at),
    async revoke(deviceId) {
      const revoked = await rows.disable(deviceId, clock.now());
      changed(deviceId);
      return revoked;
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What brokers are told: names and derived passwords, never keys. */
export function brokerCredentials(registry: TerminalRegistry, core: BrokerCredentials['core']): BrokerCredentials {
  const credentialOf = (terminal: Terminal | undefined) =>
    terminal?.status === 'active' && terminal.key !== undefined ? { deviceId: terminal.deviceId, password: brokerPasswordOf(terminal.key), group: terminal.kind } : undefined;
  return {
    core,
    terminal: async (deviceId) => credentialOf(await registry.find(deviceId)),
    list: async () => (await registry.list()).map(credentialOf).filter((credential) => credential !== undefined),
    onChanged: (listener) => registry.onChanged(listener),
  };
}
