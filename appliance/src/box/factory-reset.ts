/**
 * 恢复出厂: asked at the screen, done at the next start before anything of Hospay runs. The request is a file, so that a power cut in the middle goes on where it was and never leaves half a machine that takes payments.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { writeWhole } from '../update/durable-file.js';
import { KEPT_SECRETS } from './restore-box.js';

/**
 * `network`: what was said of network, time and authorities; the hospital's configuration and all data stay. `configuration`: besides, profile, mappings, secrets and role; ledger, accounts and audit log stay.
 * `everything`: all of it, and every key with it.
 */
export const RESETS = ['network', 'configuration', 'everything'] as const;
export type ResetKind = (typeof RESETS)[number];
export type ResetFolders = {
  readonly state: string;
  /** The data folder of the core. */
  readonly data: string;
  /** Emptied by `everything`. */
  readonly wiped: readonly string[];
  /** Lets the device forget the blocks that are free in this file system. */
  readonly trim: (folder: string) => void;
};
/** 清除记录: what whoever takes the machine over, or away, can be shown. `keys`: first 16 hex digits of the SHA-256 of each key file that is gone. */
export type Erasure = { readonly kind: ResetKind; readonly at: string; readonly by: string; readonly keys: readonly { readonly name: string; readonly sha256: string }[] };

const ASKED = 'reset-asked.json';
const ERASED = 'erased.json';
/** Read where a new machine gets its profile. */
export const OWNER_KEPT = 'hospital-kept.json';
const OF_THE_NETWORK = ['network.json', 'time.json', 'authorities.json', 'answers-taken.json'];
const OF_THE_CONFIGURATION = [...OF_THE_NETWORK, 'config', 'secrets.json', 'restored.json', 'role.json', 'relay'];
/** Revoked keys of updates stay revoked, and what runs in which slot is not the hospital's; nor are the machine's number and its `/var`, on which the emptied partitions are mounted. */
const OF_THE_SYSTEM = new Set(['update-keys.json', 'update.json', 'machine-id', 'var', 'lost+found', ASKED, ERASED]);

/** @param by who asked: a sign-in name, or that nobody could be asked */
export function askForReset({ state }: Pick<ResetFolders, 'state'>, kind: ResetKind, by: string, now: Date): void {
  writeWhole(join(state, ASKED), JSON.stringify({ kind, by, at: now.toISOString() }), 0o600);
}

/** Does what was asked, again if the power went in the middle. @returns what was done, for the journal */
export function carryOutReset({ state, data, wiped, trim }: ResetFolders): readonly string[] {
  const asked = join(state, ASKED);
  if (!existsSync(asked)) return [];
  const { kind, by, at } = JSON.parse(readFileSync(asked, 'utf8')) as { kind: ResetKind; by: string; at: string };
  const before = lastErasure(state);
  // Of a run that was cut off, the keys it had written down.
  const keys = before?.at === at ? before.keys : kind === 'network' ? [] : kind === 'configuration' ? keysIn(dirname(join(data, KEPT_SECRETS)), ['appliance-secrets.json']) : keysIn(dirname(join(data, KEPT_SECRETS)));
  writeWhole(join(state, ERASED), JSON.stringify({ kind, at, by, keys } satisfies Erasure), 0o644);
  switch (kind) {
    case 'network':
      for (const name of OF_THE_NETWORK) rmSync(join(state, name), { force: true });
      break;
    case 'configuration':
      keepOwner(state);
      for (const name of OF_THE_CONFIGURATION) rmSync(join(state, name), { recursive: true, force: true });
      // Every start copies the secrets there for the backups.
      rmSync(join(data, KEPT_SECRETS), { force: true });
      break;
    case 'everything':
      for (const folder of wiped) empty(folder, new Set(['lost+found']));
      empty(state, OF_THE_SYSTEM);
      // The blocks too: a virtual disk that is thin, and a drive of flash, forget what was there. Others do not.
      for (const folder of [state, ...wiped]) trim(folder);
  }
  rmSync(asked);
  return [`reset (${kind}) as ${by} asked at ${at}: done`];
}

/** Whose ledger it is stays with the ledger: under another hospital the core does not start on it. */
function keepOwner(state: string): void {
  const file = join(state, 'config/profiles/appliance.yaml');
  if (!existsSync(file)) return;
  const { hospital } = (parse(readFileSync(file, 'utf8')) ?? {}) as { hospital?: unknown };
  if (hospital !== undefined) writeWhole(join(state, OWNER_KEPT), JSON.stringify(hospital), 0o644);
}

export function lastErasure(state: string): Erasure | undefined {
  const file = join(state, ERASED);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Erasure) : undefined;
}

function empty(folder: string, kept: ReadonlySet<string>): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (!kept.has(name)) rmSync(join(folder, name), { recursive: true, force: true });
}

function keysIn(folder: string, only?: readonly string[]): Erasure['keys'] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => (only === undefined || only.includes(name)) && statSync(join(folder, name)).isFile())
    .toSorted()
    .map((name) => ({ name, sha256: createHash('sha256').update(readFileSync(join(folder, name))).digest('hex').slice(0, 16) }));
}
