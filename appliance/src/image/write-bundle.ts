import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeSigningKey, readSigningKey, signBytes, type SigningKey } from '@hospay/plugin-sdk/package';
import { pack } from 'tar-stream';
import { BUNDLE_FILES, type BundleManifest } from '../update/bundle.js';
import type { KeyChanges } from '../update/update-keys.js';
import type { BuiltSystem } from './build-system.js';

export type BundleRequest = {
  readonly file: string;
  readonly system: { readonly root: Pick<BuiltSystem['root'], 'file'>; readonly boot: BuiltSystem['boot'] };
  readonly version: string;
  readonly upgradesFrom: string;
  readonly sdk: string;
  readonly epoch: number;
  readonly notes: BundleManifest['notes'];
  readonly signers: readonly SigningKey[];
  readonly keys?: KeyChanges;
};

/** Writes an update bundle: see `bundle.ts` for its form. The same system, keys and notes give the same bytes: Ed25519 signatures are no dice. */
export async function writeBundle({ file, system, version, upgradesFrom, sdk, epoch, notes, signers, keys }: BundleRequest): Promise<BundleManifest> {
  const { root, boot } = system;
  const manifest: BundleManifest = {
    format: 'hospay-update/1', version, builtAt: new Date(epoch * 1000).toISOString(), sdk, upgradesFrom, notes,
    root: await fileOf(root.file), boot: { a: await fileOf(boot.a), b: await fileOf(boot.b) }, ...(keys === undefined ? {} : { keys }),
  };
  const text = Buffer.from(JSON.stringify(manifest), 'utf8');
  const signatures = Buffer.from(JSON.stringify(signers.map((key) => ({ keyId: key.keyId, signature: signBytes('hospay-update/1', text, key) }))), 'utf8');
  const tar = pack();
  const written = pipeline(tar, createWriteStream(file));
  const sources = [text, signatures, root.file, boot.a, boot.b];
  for (const [index, name] of BUNDLE_FILES.entries()) {
    const source = sources[index] ?? '';
    const header = { name, mode: 0o444, mtime: new Date(0), uid: 0, gid: 0 };
    if (typeof source === 'string') await pipeline(createReadStream(source), tar.entry({ ...header, size: statSync(source).size }));
    else await new Promise<void>((resolve, reject) => { tar.entry(header, source, (error) => { if (error) reject(error); else resolve(); }); });
  }
  tar.finalize();
  await written;
  return manifest;
}

/** The key in a file, or, for whoever builds images to try them, one made there at the first time. A release is signed by keys that never saw a building machine's repository. */
export function developmentKey(file: string): SigningKey {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, makeSigningKey().privateKeyPem, { mode: 0o600 });
  }
  return readSigningKey(readFileSync(file, 'utf8'));
}

async function fileOf(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 1_048_576 })) if (piece instanceof Uint8Array) hash.update(piece);
  return { bytes: statSync(path).size, sha256: hash.digest('hex') };
}
