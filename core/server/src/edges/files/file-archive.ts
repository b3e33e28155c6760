import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip, gunzip, gzip } from 'node:zlib';
import type { FileArchive } from '../../reconciliation/ports.js';

const compress = promisify(gzip);

const decompress = promisify(gunzip);
const LARGEST_FILE_BYTES = 512 * 1_048_576;
/** Between two of them everything that waits goes first. */
const AT_ONCE_BYTES = 2 * 1_048_576;

/** `seal`: files that name people's accounts lie encrypted; `name` is bound in. */
type Sealing = { readonly seal?: (bytes: Uint8Array, name: string) => string };

/** Keeps files under `<folder>/<day>/<name>-<SHA-256 of the uncompressed bytes>.gz`, sealed ones with `.sealed` behind it. A file is there whole or not at all, and never written twice. */
export function fileArchive(folder: string, { seal }: Sealing = {}): FileArchive {
  const placeOf = (day: string, name: string, sha256: string): { readonly into: string; readonly file: string } => {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new Error(`not a day: ${day}`);
    return { into: join(folder, day), file: `${name.replaceAll(/[^\w.-]/g, '_')}-${sha256}.gz${seal === undefined ? '' : '.sealed'}` };
  };
  return {
    async keep({ day, name, bytes }) {
      const pieces = bytes instanceof Uint8Array ? [bytes] : bytes;
      const sha256 = await hashOf(pieces);
      const { into, file } = placeOf(day, name, sha256);
      await mkdir(into, { recursive: true });
      if ((await readdir(into)).includes(file)) return sha256;
      const unfinished = join(into, `.${file}`);
      const handle = await open(unfinished, 'w', 0o600);
      try {
        if (seal === undefined) await pipeline(Readable.from(slicesOf(pieces)), createGzip(), (parts: AsyncIterable<Uint8Array>) => handle.writeFile(parts));
        else await handle.writeFile(seal(await compress(Buffer.concat(pieces)), `${day}/${file}`));
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(unfinished, join(into, file));
      return sha256;
    },
    async read({ day, name, sha256 }) {
      const { into, file } = placeOf(day, name, sha256);
      // What is sealed is read by those who may know people's accounts, not from here.
      if (seal !== undefined || !/^[0-9a-f]{64}$/.test(sha256)) return undefined;
      const compressed = await readFile(join(into, file)).catch(() => undefined);
      const bytes = compressed === undefined ? undefined : await decompress(compressed, { maxOutputLength: LARGEST_FILE_BYTES }).catch(() => undefined);
      return bytes !== undefined && (await hashOf([bytes])) === sha256 ? bytes : undefined;
    },
  };
}

async function hashOf(pieces: readonly Uint8Array[]): Promise<string> {
  const hash = createHash('sha256');
  let atOnce = 0;
  for (const slice of slicesOf(pieces)) {
    atOnce += slice.length;
    if (atOnce > AT_ONCE_BYTES) {
      atOnce = slice.length;
      await new Promise((go) => { setImmediate(go); });
    }
    hash.update(slice);
  }
  return hash.digest('hex');
}

function* slicesOf(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const piece of pieces) for (let at = 0; at < piece.length; at += AT_ONCE_BYTES) yield piece.subarray(at, at + AT_ONCE_BYTES);
}
