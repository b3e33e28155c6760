import { Op, UniqueConstraintError } from 'sequelize';
import type { NewTerminal, NextKey, StoredKeys, TerminalPlace } from '../../../terminals/ports.js';
import type { Models, TerminalRow } from './models.js';
import type { SecretBox } from './secret-box.js';

export const TERMINAL_STATUSES = ['unclaimed', 'active', 'disabled'] as const;
export type TerminalStatus = (typeof TERMINAL_STATUSES)[number];

export type StoredTerminal = {
  readonly id: string;
  readonly hospital: string;
  readonly kind: string;
  readonly title: string;
  readonly campus: string | undefined;
  readonly group: string | undefined;
  readonly status: TerminalStatus;
  readonly claimExpiresAt: Date | undefined;
  /** Since when it has its present key. */
  readonly keySince: Date | undefined;
  readonly rotationAskedAt: Date | undefined;
  readonly lastSeenAt: Date | undefined;
  readonly createdAt: Date;
};

export type TerminalStore = {
  /** @throws when the id exists. */
  add(terminal: Pick<NewTerminal, 'id' | 'kind' | 'title'> & Partial<TerminalPlace>, now: Date): Promise<StoredTerminal>;
  find(id: string): Promise<StoredTerminal | undefined>;
  list(): Promise<readonly StoredTerminal[]>;
  /** A new claim code replaces the old one. The terminal's present key stays valid until it is claimed anew. */
  offerClaim(id: string, claim: { readonly hash: string; readonly expiresAt: Date }, now: Date): Promise<boolean>;
  /** Takes the claim exactly once, before its expiry, and stores the terminal's key. */
  takeClaim(claim: { readonly hash: string; readonly key: Uint8Array }, now: Date): Promise<StoredTerminal | undefined>;
  /** Registers a terminal with its key. Undefined: the id exists, and it was not to be replaced. */
  enrol(terminal: NewTerminal, enrolment: { readonly key: Uint8Array; readonly replaces: boolean }, now: Date): Promise<StoredTerminal | undefined>;
  /** The keys of an active terminal. */
  keysOf(id: string): Promise<StoredKeys>;
  place(id: string, place: TerminalPlace & { readonly title: string }, now: Date): Promise<boolean>;
  askRotation(id: string, now: Date): Promise<boolean>;
  keepNextKey(id: string, offer: NextKey, now: Date): Promise<boolean>;
  /** The next key becomes the key; the one before it is kept to be recognised. False: there was no next one. */
  promoteNextKey(id: string, until: Date, now: Date): Promise<boolean>;
  /** Disabling also forgets the keys and any open claim: coming back takes a new one. */
  disable(id: string, now: Date): Promise<boolean>;
  sawAt(id: string, at: Date): Promise<void>;
};

const NO_NEXT_KEY = { nextKeySealed: null, nextDeviceKey: null, nextCoreKey: null, rotationAskedAt: null } as const;
const NO_OTHER_KEYS = { ...NO_NEXT_KEY, previousKeySealed: null, previousKeyUntil: null } as const;
const NO_CLAIM = { claimHash: null, claimExpiresAt: null } as const;

export function terminalStore({ terminals }: Models, hospital: string, box: SecretBox): TerminalStore {
  // Each column has a place of its own: a sealed key moved from one to the other does not open.
  const place = (id: string, column: 'keySealed' | 'nextKeySealed' | 'previousKeySealed' = 'keySealed') => `terminal.${column} ${id}`;
  const row = async (id: string) => (await terminals.findOne({ where: { id, hospital } }))?.get();
  const changed = async (id: string, values: Partial<TerminalRow>, now: Date, where: object = {}) => (await terminals.update({ ...values, updatedAt: now }, { where: { ...where, id, hospital } }))[0] === 1;
  const found = async (id: string) => {
    const terminal = await row(id);
    return terminal === undefined ? undefined : asTerminal(terminal);
  };
  const blank = ({ id, kind, title, campus, group }: Pick<NewTerminal, 'id' | 'kind' | 'title'> & Partial<TerminalPlace>, now: Date): TerminalRow => ({
    id, hospital, kind, title, campus: campus ?? null, groupId: group ?? null, status: 'unclaimed', keySealed: null, keySince: null, ...NO_OTHER_KEYS, ...NO_CLAIM, lastSeenAt: null, createdAt: now, updatedAt: now,
  });
  return {
    async add(terminal, now) {
      const created = blank(terminal, now);
      await terminals.create(created);
      return asTerminal(created);
    },
    find: found,
    async list() {
      return (await terminals.findAll({ where: { hospital }, order: ['id'] })).map((terminal) => asTerminal(terminal.get()));
    },
    offerClaim: (id, { hash, expiresAt }, now) => changed(id, { claimHash: hash, claimExpiresAt: expiresAt }, now),
    async takeClaim({ hash, key }, now) {
      const offered = (await terminals.findOne({ where: { hospital, claimHash: hash } }))?.get();
      if (offered === undefined) return undefined;
      // The claim is consumed by the same statement that checks it: of two takers one finds no row.
      const taken = await changed(offered.id, { keySealed: box.seal(key, place(offered.id)), keySince: now, status: 'active', ...NO_OTHER_KEYS, ...NO_CLAIM }, now, { claimHash: hash, claimExpiresAt: { [Op.gt]: now } });
      return taken ? found(offered.id) : undefined;
    },
    async enrol(terminal, { key, replaces }, now) {
      const keyed = { keySealed: box.seal(key, place(terminal.id)), keySince: now, status: 'active' };
      try {
        await terminals.create({ ...blank(terminal, now), ...keyed });
      } catch (error) {
        if (!(error instanceof UniqueConstraintError)) throw error;
        if (!replaces) return undefined;
        const { kind, title, campus, group } = terminal;
        if (!(await changed(terminal.id, { ...keyed, kind, title, campus: campus ?? null, groupId: group ?? null, ...NO_OTHER_KEYS, ...NO_CLAIM }, now))) return undefined;
      }
      return found(terminal.id);
    },
    async keysOf(id) {
      const terminal = await row(id);
      if (terminal === undefined || terminal.status !== 'active') return { current: undefined, next: undefined, previous: undefined };
      const { keySealed, nextKeySealed, nextDeviceKey, nextCoreKey, previousKeySealed, previousKeyUntil } = terminal;
      return {
        current: keySealed === null ? undefined : box.open(keySealed, place(id)),
        next: nextKeySealed === null || nextDeviceKey === null || nextCoreKey === null ? undefined : { key: box.open(nextKeySealed, place(id, 'nextKeySealed')), devicePublicKey: nextDeviceKey, corePublicKey: nextCoreKey },
        previous: previousKeySealed === null || previousKeyUntil === null ? undefined : { key: box.open(previousKeySealed, place(id, 'previousKeySealed')), until: previousKeyUntil },
      };
    },
    place: (id, { title, campus, group }, now) => changed(id, { title, campus: campus ?? null, groupId: group ?? null }, now),
    askRotation: (id, now) => changed(id, { rotationAskedAt: now }, now, { status: 'active' }),
    keepNextKey: (id, { key, devicePublicKey, corePublicKey }, now) =>
      changed(id, { nextKeySealed: box.seal(key, place(id, 'nextKeySealed')), nextDeviceKey: devicePublicKey, nextCoreKey: corePublicKey }, now, { status: 'active' }),
    async promoteNextKey(id, until, now) {
      const terminal = await row(id);
      if (terminal === undefined || terminal.nextKeySealed === null || terminal.keySealed === null) return false;
      const [next, current] = [box.open(terminal.nextKeySealed, place(id, 'nextKeySealed')), box.open(terminal.keySealed, place(id))];
      const values = { keySealed: box.seal(next, place(id)), keySince: now, previousKeySealed: box.seal(current, place(id, 'previousKeySealed')), previousKeyUntil: until, ...NO_NEXT_KEY };
      return changed(id, values, now, { status: 'active', nextKeySealed: terminal.nextKeySealed });
    },
    disable: (id, now) => changed(id, { status: 'disabled', keySealed: null, keySince: null, ...NO_OTHER_KEYS, ...NO_CLAIM }, now),
    async sawAt(id, at) {
      await terminals.update({ lastSeenAt: at }, { where: { id, hospital } });
    },
  };
}

function asTerminal({ id, hospital, kind, title, campus, groupId, status, claimExpiresAt, keySince, rotationAskedAt, lastSeenAt, createdAt }: TerminalRow): StoredTerminal {
  const known = TERMINAL_STATUSES.find((name) => name === status);
  // A status this program does not know gives no rights.
  return {
    id, hospital, kind, title, campus: campus ?? undefined, group: groupId ?? undefined, status: known ?? 'disabled', claimExpiresAt: claimExpiresAt ?? undefined, keySince: keySince ?? undefined,
    rotationAskedAt: rotationAskedAt ?? undefined, lastSeenAt: lastSeenAt ?? undefined, createdAt,
  };
}
