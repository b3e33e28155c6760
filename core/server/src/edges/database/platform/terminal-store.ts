import { Op } from 'sequelize';
import type { Models, TerminalRow } from './models.js';
import type { SecretBox } from './secret-box.js';

export const TERMINAL_STATUSES = ['unclaimed', 'active', 'disabled'] as const;
export type TerminalStatus = (typeof TERMINAL_STATUSES)[number];

export type StoredTerminal = {
  readonly id: string;
  readonly hospital: string;
  readonly kind: string;
  readonly title: string;
  readonly status: TerminalStatus;
  readonly claimExpiresAt: Date | undefined;
  readonly lastSeenAt: Date | undefined;
  readonly createdAt: Date;
};

export type TerminalStore = {
  /** @throws when the id exists. */
  add(terminal: { readonly id: string; readonly kind: string; readonly title: string }, now: Date): Promise<StoredTerminal>;
  find(id: string): Promise<StoredTerminal | undefined>;
  list(): Promise<readonly StoredTerminal[]>;
  /** A new claim code replaces the old one. The terminal's present key stays valid until it is claimed anew. */
  offerClaim(id: string, claim: { readonly hash: string; readonly expiresAt: Date }, now: Date): Promise<boolean>;
  /** Takes the claim exactly once, before its expiry, and stores the terminal's key. */
  takeClaim(claim: { readonly hash: string; readonly key: Uint8Array }, now: Date): Promise<StoredTerminal | undefined>;
  /** The key of an active terminal. */
  keyOf(id: string): Promise<Uint8Array | undefined>;
  rename(id: string, title: string, now: Date): Promise<boolean>;
  /** Disabling also forgets the key and any open claim: coming back takes a new claim. */
  disable(id: string, now: Date): Promise<boolean>;
  sawAt(id: string, at: Date): Promise<void>;
};

export function terminalStore({ terminals }: Models, hospital: string, box: SecretBox): TerminalStore {
  const place = (id: string) => `terminal.keySealed ${id}`;
  const row = async (id: string) => (await terminals.findOne({ where: { id, hospital } }))?.get();
  const changed = async (id: string, values: Partial<TerminalRow>, now: Date) => (await terminals.update({ ...values, updatedAt: now }, { where: { id, hospital } }))[0] === 1;
  return {
    async add({ id, kind, title }, now) {
      const created: TerminalRow = { id, hospital, kind, title, status: 'unclaimed', keySealed: null, claimHash: null, claimExpiresAt: null, lastSeenAt: null, createdAt: now, updatedAt: now };
      await terminals.create(created);
      return asTerminal(created);
    },
    async find(id) {
      const found = await row(id);
      return found === undefined ? undefined : asTerminal(found);
    },
    async list() {
      return (await terminals.findAll({ where: { hospital }, order: ['id'] })).map((terminal) => asTerminal(terminal.get()));
    },
    offerClaim: (id, { hash, expiresAt }, now) => changed(id, { claimHash: hash, claimExpiresAt: expiresAt }, now),
    async takeClaim({ hash, key }, now) {
      const offered = (await terminals.findOne({ where: { hospital, claimHash: hash } }))?.get();
      if (offered === undefined) return undefined;
      const [count] = await terminals.update(
        { keySealed: box.seal(key, place(offered.id)), status: 'active', claimHash: null, claimExpiresAt: null, updatedAt: now },
        // The claim is consumed by the same statement that checks it: of two takers one finds no row.
        { where: { id: offered.id, hospital, claimHash: hash, claimExpiresAt: { [Op.gt]: now } } },
      );
      const taken = count === 1 ? await row(offered.id) : undefined;
      return taken === undefined ? undefined : asTerminal(taken);
    },
    async keyOf(id) {
      const found = await row(id);
      return found?.status === 'active' && found.keySealed !== null ? box.open(found.keySealed, place(id)) : undefined;
    },
    rename: (id, title, now) => changed(id, { title }, now),
    disable: (id, now) => changed(id, { status: 'disabled', keySealed: null, claimHash: null, claimExpiresAt: null }, now),
    async sawAt(id, at) {
      await terminals.update({ lastSeenAt: at }, { where: { id, hospital } });
    },
  };
}

function asTerminal({ id, hospital, kind, title, status, claimExpiresAt, lastSeenAt, createdAt }: TerminalRow): StoredTerminal {
  const known = TERMINAL_STATUSES.find((name) => name === status);
  // A status this program does not know gives no rights.
  return { id, hospital, kind, title, status: known ?? 'disabled', claimExpiresAt: claimExpiresAt ?? undefined, lastSeenAt: lastSeenAt ?? undefined, createdAt };
}
