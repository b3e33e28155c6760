/** A bundle as one file: tar, compressed by gzip, so that every desk can open it without our program. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, gzipSync } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { BilingualError } from '../../domain/bilingual.js';
import { BUNDLE_FORMAT, BUNDLE_MANIFEST, type Bundle, type BundleManifest } from '../../support/ports.js';

/** A bundle is small; whatever is larger is not one. */
const LARGEST_BYTES = 64 * 1_048_576;

export async function packBundle({ manifest, files }: Bundle): Promise<Uint8Array> {
  const tar = pack();
  const mtime = new Date(manifest.collectedAt);
  const chunks: Buffer[] = [];
  const draining = (async () => { for await (const chunk of tar) chunks.push(chunk as Buffer); })();
  for (const { path, text } of [{ path: BUNDLE_MANIFEST, text: `${JSON.stringify(manifest, undefined, 2)}\n` }, ...files]) {
    await new Promise<void>((resolve, reject) => { tar.entry({ name: `${manifest.name}/${path}`, mode: 0o600, mtime }, text, (error) => { if (error) reject(error); else resolve(); }); });
  }
  tar.finalize();
  await draining;
  return gzipSync(Buffer.concat(chunks));
}

/** @throws BilingualError when it is no bundle, of another form, or not what its manifest says */
export async function unpackBundle(bytes: Uint8Array): Promise<Bundle> {
  const texts = await readEntries(bytes).catch(() => { throw new BilingualError({ zh: '不是支持包，或文件已损坏', en: 'this is no support bundle, or it is damaged' }); });
  const written = texts.get(BUNDLE_MANIFEST);
  const manifest = written === undefined ? undefined : (JSON.parse(written) as BundleManifest);
  if (manifest?.product !== 'hospay' || manifest.formatVersion !== BUNDLE_FORMAT) throw new BilingualError({ zh: '不是本版本的支持包', en: 'this is no support bundle of this version' });
  const files = manifest.files.map(({ path, sha256 }) => {
    const text = texts.get(path);
    if (text === undefined || createHash('sha256').update(text).digest('hex') !== sha256) throw new BilingualError({ zh: `支持包中的 ${path} 与清单不符`, en: `${path} in the bundle is not what its manifest says` });
    return { path, text };
  });
  return { manifest, files };
}

async function readEntries(bytes: Uint8Array): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  const tar = extract();
  const reading = pipeline(Readable.from([bytes]), createGunzip(), tar);
  let total = 0;
  for await (const entry of tar) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) {
      total += (chunk as Buffer).byteLength;
      if (total > LARGEST_BYTES) throw new Error('too large');
      chunks.push(chunk as Buffer);
    }
    texts.set(entry.header.name.replace(/^[^/]+\//, ''), Buffer.concat(chunks).toString('utf8'));
  }
  await reading;
  return texts;
}
