/**
 * Plugin packages on disk, as their vendors signed them. A package is believed only because its signature holds: it is verified when it comes, when it is
 * unpacked and at every start, and the unpacked files are compared with the signed ones each time.
 *
 *     <folder>/received/<hash>.hpx         looked at, not installed
 *     <folder>/<id>/versions.json          which version runs, which one ran before
 *     <folder>/<id>/<hash>.hpx, <hash>/    the signed file and what it holds
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { verifyPackage, type PackageVerdict, type TrustListBody, type VerifiedPackage } from '@hospay/plugin-sdk/package';
import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import type { Log } from '../../domain/log.js';
import type { Clock } from '../../domain/time.js';
import { readPackage, type PackageReading, type PluginPackage } from '../read-package.js';

/** A package holds one bundled module and some texts. */
export const LARGEST_PACKAGE_BYTES = 32 * 1024 * 1024;
/** What was looked at and never installed is not kept for ever. */
const MOST_RECEIVED = 8;

const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });
const VersionSchema = Type.Object(
  { hash: Hash, version: Type.String(), publisher: Type.String(), signers: Type.Array(Type.String()), since: Type.String() },
  { additionalProperties: false },
);
const VersionsSchema = Type.Object({ current: VersionSchema, previous: Type.Optional(VersionSchema) }, { additionalProperties: false });
export type InstalledVersion = Static<typeof VersionSchema>;
type Versions = Static<typeof VersionsSchema>;

export type InstalledPlugin = Versions & { readonly id: string };
export type Received = { readonly kind: 'received'; readonly package: VerifiedPackage } | Extract<PackageVerdict, { kind: 'refused' }>;
export type Unpacked = { readonly kind: 'unpacked'; readonly package: PluginPackage; readonly verified: VerifiedPackage } | { readonly kind: 'refused'; readonly reason: string };

export type InstalledPackages = ReturnType<typeof createInstalledPackages>;

export function createInstalledPackages({ folder, trust, clock, log }: { readonly folder: string; readonly trust: () => TrustListBody; readonly clock: Clock; readonly log: Log }) {
  const plugins = new Map<string, Versions>();
  const readingOf = new Map<string, PackageReading>();
  const receivedFolder = join(folder, 'received');
  const place = (id: string, hash: string): string => join(folder, id, hash);

  const unpack = async (id: string, hash: string, file: string): Promise<Unpacked> => {
    const verdict = await verifyFile(file, trust());
    if (verdict.kind === 'refused') return { kind: 'refused', reason: verdict.reason };
    const { package: verified } = verdict;
    if (verified.hash !== hash || verified.manifest.id !== id) return { kind: 'refused', reason: 'the file holds another package than its name says' };
    const target = place(id, hash);
    if (!holdsExactly(target, verified)) {
      rmSync(target, { recursive: true, force: true });
      const building = `${target}.new`;
      rmSync(building, { recursive: true, force: true });
      for (const [path, bytes] of verified.files) writeDurably(join(building, path), bytes);
      renameSync(building, target);
    }
    if (file !== `${target}.hpx`) {
      writeDurably(`${target}.hpx.new`, readFileSync(file));
      renameSync(`${target}.hpx.new`, `${target}.hpx`);
    }
    const reading = readPackage(target);
    return reading.kind === 'fits' ? { kind: 'unpacked', package: reading.package, verified } : { kind: 'refused', reason: reading.reason };
  };

  const write = (id: string, versions: Versions): void => {
    const path = join(folder, id, 'versions.json');
    writeDurably(`${path}.new`, Buffer.from(`${JSON.stringify(versions, null, 2)}\n`, 'utf8'));
    renameSync(`${path}.new`, path);
    plugins.set(id, versions);
    // Two versions are kept: the one that runs, and the one to go back to.
    const kept = [versions.current.hash, versions.previous?.hash];
    for (const name of readdirSync(join(folder, id))) if (/^[0-9a-f]{64}/.test(name) && !kept.includes(name.slice(0, 64))) rmSync(join(folder, id, name), { recursive: true, force: true });
  };

  const check = async (id: string, hash: string): Promise<void> => {
    const unpacked = await unpack(id, hash, `${place(id, hash)}.hpx`);
    if (unpacked.kind === 'refused') log.error('an installed plugin package is refused', { plugin: id, hash, reason: unpacked.reason });
    readingOf.set(id, unpacked.kind === 'unpacked' ? { kind: 'fits', package: unpacked.package } : { kind: 'refused', folder: place(id, hash), id, reason: unpacked.reason });
  };

  return {
    /** Reads what is installed and verifies the current version of each plugin again: against the trust list of today, and byte by byte. */
    async load(): Promise<void> {
      if (!existsSync(folder)) return;
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name, 'versions.json');
        if (!entry.isDirectory() || !existsSync(path)) continue;
        const versions: unknown = parse(readFileSync(path, 'utf8'));
        if (!Check(VersionsSchema, versions)) {
          readingOf.set(entry.name, { kind: 'refused', folder: join(folder, entry.name), id: entry.name, reason: 'versions.json cannot be read: install the package again' });
          continue;
        }
        plugins.set(entry.name, versions);
        await check(entry.name, versions.current.hash);
      }
    },
    /** Verifies every current version again, after the trust list has changed. Gives the ids that are refused now. */
    async checkAgain(): Promise<readonly string[]> {
      for (const [id, { current }] of plugins) await check(id, current.hash);
      return [...readingOf].filter(([, reading]) => reading.kind === 'refused').map(([id]) => id);
    },
    readings: (): readonly PackageReading[] => [...readingOf.values()],
    list: (): readonly InstalledPlugin[] => [...plugins].map(([id, versions]) => ({ id, ...versions })),
    find: (id: string): Versions | undefined => plugins.get(id),
    packageOf(id: string): PluginPackage | undefined {
      const reading = readingOf.get(id);
      return reading?.kind === 'fits' ? reading.package : undefined;
    },
    /** Verifies a package and keeps it for a decision. Nothing of it runs. */
    async receive(bytes: Uint8Array): Promise<Received> {
      if (bytes.byteLength > LARGEST_PACKAGE_BYTES) return { kind: 'refused', code: 'archive', reason: `larger than ${String(LARGEST_PACKAGE_BYTES)} bytes` };
      const verdict = await verifyPackage(bytes, trust());
      if (verdict.kind === 'refused') return verdict;
      const { hash } = verdict.package;
      writeDurably(join(receivedFolder, `${hash}.new`), bytes);
      renameSync(join(receivedFolder, `${hash}.new`), join(receivedFolder, `${hash}.hpx`));
      const byAge = readdirSync(receivedFolder).map((name) => join(receivedFolder, name)).toSorted((left, right) => statSync(right).mtimeMs - statSync(left).mtimeMs);
      for (const path of byAge.slice(MOST_RECEIVED)) rmSync(path);
      return { kind: 'received', package: verdict.package };
    },
    /** What was received under this hash, verified again. */
    async received(hash: string): Promise<Received | undefined> {
      const file = join(receivedFolder, `${hash}.hpx`);
      if (!/^[0-9a-f]{64}$/.test(hash) || !existsSync(file)) return undefined;
      const verdict = await verifyFile(file, trust());
      return verdict.kind === 'refused' ? verdict : { kind: 'received', package: verdict.package };
    },
    /** Lays a received package out beside the others of its plugin. It does not become the current one. */
    unpackReceived: (id: string, hash: string): Promise<Unpacked> => unpack(id, hash, join(receivedFolder, `${hash}.hpx`)),
    /** The version before, verified again. */
    async unpackPrevious(id: string): Promise<Unpacked> {
      const previous = plugins.get(id)?.previous;
      return previous === undefined ? { kind: 'refused', reason: 'no version before this one is kept' } : unpack(id, previous.hash, `${place(id, previous.hash)}.hpx`);
    },
    /** From now on, and after a restart, this version is the plugin. */
    makeCurrent(unpacked: Extract<Unpacked, { kind: 'unpacked' }>): void {
      const { manifest, hash, signers } = unpacked.verified;
      const before = plugins.get(manifest.id);
      const previous = before?.current.hash === hash ? before.previous : before?.current;
      const current = { hash, version: manifest.version, publisher: manifest.publisher, signers: signers.map(({ keyId }) => keyId), since: clock.now().toISOString() };
      write(manifest.id, { current, ...(previous === undefined ? {} : { previous }) });
      readingOf.set(manifest.id, { kind: 'fits', package: unpacked.package });
    },
    remove(id: string): void {
      plugins.delete(id);
      readingOf.delete(id);
      // The name that makes it a plugin goes first: half a removal is none that starts.
      rmSync(join(folder, id, 'versions.json'), { force: true });
      rmSync(join(folder, id), { recursive: true, force: true });
    },
  };
}

async function verifyFile(file: string, trust: TrustListBody): Promise<PackageVerdict> {
  if (!existsSync(file)) return { kind: 'refused', code: 'archive', reason: 'the signed file is missing: install the package again' };
  return verifyPackage(readFileSync(file), trust);
}

/** The folder holds the package's files, byte for byte, and nothing else. */
function holdsExactly(folder: string, { files }: VerifiedPackage): boolean {
  if (!existsSync(folder)) return false;
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  return found.length === files.size && [...files].every(([path, bytes]) => existsSync(join(folder, path)) && readFileSync(join(folder, path)).equals(bytes));
}

/** On the disk when it returns. */
function writeDurably(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'w', 0o640);
  try {
    for (let at = 0; at < bytes.byteLength; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
