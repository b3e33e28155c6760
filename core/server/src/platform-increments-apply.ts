/** Increments put into an unpacked set, one after the other, as far as they are whole. Part of the composition root; runs where sets are restored and proved. */
import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readIncrementName } from './backups/increment-name.js';
import type { AppliedIncrements, BackupTarget, IncrementManifest, Manifest } from './backups/ports.js';
import { BilingualError, inOneLine, saidOf, type Bilingual } from './domain/bilingual.js';
import { readIncrement } from './edges/backups/archive.js';
import { applyPages, withoutLog } from './edges/backups/apply-pages.js';
import { readIdentities } from './edges/backups/age-keys.js';
import { DATABASES, OWN_IDENTITY } from './edges/backups/data-files.js';
import { isSealed } from './edges/backups/increment-seal.js';
import { hasMark, headsIn } from './platform-backup-heads.js';
import { isIncrement } from './edges/backups/set-files.js';
import { unpackInto } from './edges/backups/unpack.js';

export type IncrementSource = { readonly list: () => Promise<readonly string[]>; readonly read: (name: string) => Promise<AsyncIterable<Uint8Array>> };
export type ApplyRequest = {
  /** Where the set was unpacked: `data/…`, `configuration/…`. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly source: IncrementSource;
  readonly identities: readonly string[];
  /** Not what was taken later. */
  readonly until?: Date | undefined;
  readonly check?: () => void;
  /** Of the disk: what the payments keep. */
  readonly reserveBytes?: number;
};

/** The increments that lie beside a set, in its folder or on its server. */
export function besideSet(file: string, from: Pick<BackupTarget, 'increments' | 'read'> | undefined): IncrementSource {
  if (from !== undefined) return { list: async () => (await from.increments()).map(({ name }) => name), read: (name) => from.read(name) };
  const folder = dirname(file);
  return { list: () => Promise.resolve(existsSync(folder) ? readdirSync(folder).filter((name) => isIncrement(name)) : []), read: (name) => Promise.resolve(createReadStream(join(folder, name), { highWaterMark: 1_048_576 })) };
}

/**
 * What follows the set, up to the first that is missing or damaged: what comes after a gap fits nothing. The manifest that is returned says what the data then are.
 * @throws BilingualError when what was put in does not fit the set
 */
export async function applyIncrements(request: ApplyRequest): Promise<{ readonly manifest: Manifest; readonly applied: AppliedIncrements | undefined }> {
  const { folder, manifest, check = () => {} } = request;
  const { follows, copiedAtMs } = manifest;
  if (follows === undefined || copiedAtMs === undefined) return { manifest, applied: undefined };
  const { chain, missing: gap } = await listChain(request, follows);
  const own = await ownIdentity(folder);
  const scratch = join(folder, 'increments');
  // Begun before the databases were copied: they may be older than the set, and are put in with one that is not, or not at all.
  let held: { readonly from: string; readonly increment: IncrementManifest }[] = [];
  let last: IncrementManifest | undefined;
  let count = 0;
  let missing = gap;
  try {
    for (const { name, no } of chain) {
      check();
      const from = join(scratch, String(no));
      let increment: IncrementManifest;
      try {
        assertRoom(folder, request.reserveBytes ?? 0);
        increment = await unpack(request, name, from);
        if (!isSealed(increment, own)) throw new BilingualError({ zh: '不是这台机器所写', en: 'the box of the set did not make it' });
        if (increment.stream !== follows.stream || increment.no !== no || increment.hospital !== manifest.hospital) throw new BilingualError({ zh: '不是它名字所说的增量', en: 'it is not the increment its name says' });
      } catch (error) {
        if (!(error instanceof BilingualError)) throw error;
        missing = inOneLine([{ zh: `增量 ${String(no)} 不能用`, en: `increment ${String(no)} cannot be used` }, saidOf(error)]);
        break;
      }
      if (request.until !== undefined && new Date(increment.takenAt) > request.until) break;
      held.push({ from, increment });
      if (increment.beganAtMs <= copiedAtMs) continue;
      for (const one of held) {
        putIn(folder, one.from, one.increment);
        // A day of them takes the room of one.
        rmSync(one.from, { recursive: true });
      }
      count += held.length;
      held = [];
      last = increment;
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  if (last === undefined) return { manifest, applied: missing === undefined ? undefined : { count: 0, upTo: manifest.takenAt, missing } };
  return { manifest: settle(folder, manifest, last), applied: { count, upTo: last.takenAt, missing } };
}

/** Of the box the set was taken of. @throws BilingualError when the set has none */
async function ownIdentity(folder: string): Promise<string> {
  const [own] = await readIdentities(join(folder, 'data', OWN_IDENTITY));
  return own?.identity ?? '';
}

type Chain = { readonly chain: readonly { readonly name: string; readonly no: number }[]; readonly missing: Bilingual | undefined };
async function listChain({ manifest, source }: ApplyRequest, follows: NonNullable<Manifest['follows']>): Promise<Chain> {
  const named = (await source.list()).flatMap((name) => {
    const read = readIncrementName(name);
    return read?.hospital === manifest.hospital && read.stream === follows.stream && read.no > follows.no ? [{ name, no: read.no }] : [];
  }).toSorted((left, right) => left.no - right.no);
  const whole = named.findIndex(({ no }, index) => no !== follows.no + 1 + index);
  if (whole === -1) return { chain: named, missing: undefined };
  const gap = follows.no + 1 + whole;
  return { chain: named.slice(0, whole), missing: { zh: `缺少增量 ${String(gap)}，其后 ${String(named.length - whole)} 个不能用`, en: `increment ${String(gap)} is missing, the ${String(named.length - whole)} after it are of no use` } };
}

async function unpack({ source, identities, check }: ApplyRequest, name: string, into: string): Promise<IncrementManifest> {
  mkdirSync(into, { recursive: true, mode: 0o700 });
  return readIncrement({ source: await source.read(name), identities, ...(check === undefined ? {} : { check }), take: (path, content) => unpackInto(into, path, content) });
}

function putIn(folder: string, from: string, { pages, files }: IncrementManifest): void {
  for (const { path } of pages) {
    const database = basename(path, '.pages');
    if (path !== `data/${database}.pages` || !DATABASES.some((name) => name === database)) throw new BilingualError({ zh: `增量中有不认识的数据库 ${database}`, en: `the increment has a database nobody knows: ${database}` });
    applyPages(join(from, path), join(folder, 'data', database));
  }
  for (const { path } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true, mode: 0o700 });
    renameSync(join(from, path), join(folder, path));
  }
}

/** The databases are single files again, hold what the last increment promised, and the manifest names the rows they end with. */
function settle(folder: string, manifest: Manifest, last: IncrementManifest): Manifest {
  for (const name of DATABASES) withoutLog(join(folder, 'data', name));
  const opened = new Map<string, DatabaseSync>(DATABASES.map((name) => [name, new DatabaseSync(join(folder, 'data', name), { readOnly: true })]));
  try {
    const open = (name: string): DatabaseSync | undefined => opened.get(name);
    if (!hasMark(open, 'journal', last.journal) || !hasMark(open, 'audit', last.audit)) throw new BilingualError({ zh: '增量与备份集对不上', en: 'the increments do not fit the set' });
    return { ...manifest, takenAt: last.takenAt, ...headsIn(open) };
  } finally {
    for (const database of opened.values()) database.close();
  }
}

function assertRoom(folder: string, reserveBytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < reserveBytes) throw new BilingualError({ zh: '数据盘剩余空间不足', en: 'the disk has no room for it' });
}
