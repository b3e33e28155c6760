/**
 * The form of a set: tar, compressed by zstd, encrypted by age to every recipient. With its key it is opened by any machine: `age -d -i KEY SET | zstd -d | tar x`.
 * Everything streams: a set may be larger than the memory of the box. (age-encryption 0.3 works in pieces of 64 KiB; its writing and reading streams hold one each.)
 */
import { Decrypter, Encrypter } from 'age-encryption';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { MANIFEST_NAME, type IncrementManifest, type Manifest, type SavedFile } from '../../backups/ports.js';
import { BilingualError, type Bilingual } from '../../domain/bilingual.js';
import { parseIncrementManifest, parseManifest } from './manifest.js';

/** What goes into a set: a place in it, and the file on this machine. */
export type Source = { readonly path: string; readonly file: string };
export type Packed = { readonly bytes: number; readonly sha256: string };

const LEVEL = 3;
const LARGEST_MANIFEST_BYTES = 64 * 1_048_576;
const BROKEN: Bilingual = { zh: '备份文件损坏或不完整', en: 'the set is damaged or cut short' };

export type WriteSetRequest = {
  readonly sources: readonly Source[];
  readonly recipients: readonly string[];
  /** Made of what was really packed. */
  readonly manifest: (files: readonly SavedFile[]) => Manifest | IncrementManifest;
  readonly write: (chunk: Uint8Array) => Promise<void>;
  readonly packed?: (bytes: number) => void;
  /** Asked between pieces; a throw ends everything. */
  readonly check: () => void;
};

/** A file that went away since it was listed is left out; one that grew is taken as long as it was. @throws what `write` and `check` throw */
export async function writeSet({ sources, recipients, manifest, write, packed = () => {}, check }: WriteSetRequest): Promise<Packed> {
  const tar = pack();
  const compressor = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 } });
  const fill = async (): Promise<void> => {
    const files: SavedFile[] = [];
    for (const source of sources) {
      check();
      const saved = await packFile(tar, source, packed);
      if (saved !== undefined) files.push(saved);
    }
    const text = Buffer.from(JSON.stringify(manifest(files)), 'utf8');
    await new Promise<void>((resolve, reject) => { tar.entry({ name: MANIFEST_NAME, mode: 0o600 }, text, (error) => { if (error) reject(error); else resolve(); }); });
    tar.finalize();
  };
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  const compressing = pipeline(Readable.from(tar), compressor);
  const hash = createHash('sha256');
  let bytes = 0;
  const drain = async (): Promise<void> => {
    for await (const chunk of await encrypter.encrypt(streamOf(compressor))) {
      check();
      hash.update(chunk);
      bytes += chunk.byteLength;
      await write(chunk);
    }
  };
  try {
    await Promise.all([fill(), compressing, drain()]);
  } catch (error) {
    tar.destroy();
    compressor.destroy();
    await compressing.catch(() => undefined);
    throw error;
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function packFile(tar: ReturnType<typeof pack>, { path, file }: Source, packed: (bytes: number) => void): Promise<SavedFile | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return undefined;
  const { size, mode, mtime } = found;
  const hash = createHash('sha256');
  const counting = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      hash.update(chunk);
      packed(chunk.byteLength);
      done(undefined, chunk);
    },
  });
  const entry = tar.entry({ name: path, size, mode: mode & 0o700, mtime });
  // `end` is inclusive: of an empty file nothing is read.
  if (size === 0) await pipeline(Readable.from([]), counting, entry);
  else await pipeline(createReadStream(file, { end: size - 1, highWaterMark: 1_048_576 }), counting, entry);
  return { path, bytes: size, sha256: hash.digest('hex') };
}

export type ReadSetRequest = {
  readonly source: AsyncIterable<Uint8Array>;
  readonly identities: readonly string[];
  /** Given every file as it comes; what it does not read is read for it. Without it only hashes are compared. */
  readonly take?: (path: string, content: AsyncIterable<Uint8Array>) => Promise<void>;
  readonly read?: (bytes: number) => void;
  readonly check?: () => void;
};

/**
 * Reads a set to its end and compares every file with its manifest.
 * @throws BilingualError for another key, another format, a flipped bit, a missing end; whatever `take` was given until then is worth nothing
 */
export async function readSet(request: ReadSetRequest): Promise<Manifest> {
  const { manifest, found } = await readArchive(request, parseManifest);
  return compared(manifest, [...manifest.databases, ...manifest.files], found);
}
/** The same of an increment. */
export async function readIncrement(request: ReadSetRequest): Promise<IncrementManifest> {
  const { manifest, found } = await readArchive(request, parseIncrementManifest);
  return compared(manifest, [...manifest.pages, ...manifest.files], found);
}

async function readArchive<Of>({ source, identities, take, read = () => {}, check = () => {} }: ReadSetRequest, parse: (text: string) => Of): Promise<{ readonly manifest: Of; readonly found: ReadonlyMap<string, SavedFile> }> {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  let plain: AsyncIterable<Uint8Array>;
  try {
    plain = await decrypter.decrypt(streamOf(source));
  } catch (error) {
    throw new BilingualError(saidOf(error));
  }
  const tar = extract();
  const reading = pipeline(Readable.from(plain), createZstdDecompress(), tar);
  // Heard where the entries are read.
  reading.catch(() => undefined);
  const found = new Map<string, SavedFile>();
  let manifest: Of | undefined;
  try {
    for await (const entry of tar) {
      check();
      const { name, type } = entry.header;
      if (type !== 'file' || !isSafePath(name) || found.has(name) || manifest !== undefined) throw new BilingualError(BROKEN);
      if (name === MANIFEST_NAME) {
        manifest = parse(await textOf(bytesOf(entry)));
        continue;
      }
      const hash = createHash('sha256');
      let bytes = 0;
      const counted = async function* (): AsyncGenerator<Uint8Array> {
        for await (const chunk of bytesOf(entry)) {
          check();
          hash.update(chunk);
          bytes += chunk.byteLength;
          read(chunk.byteLength);
          yield chunk;
        }
      };
      const content = counted();
      if (take !== undefined) await take(name, content);
      while ((await content.next()).done !== true) check();
      found.set(name, { path: name, bytes, sha256: hash.digest('hex') });
    }
    await reading;
  } catch (error) {
    tar.destroy();
    if (error instanceof BilingualError) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') throw new BilingualError({ zh: '解开备份的磁盘空间不足', en: 'the disk it is unpacked on is full' });
    throw new BilingualError(saidOf(error));
  }
  if (manifest === undefined) throw new BilingualError(BROKEN);
  return { manifest, found };
}

function compared<Of>(manifest: Of, told: readonly SavedFile[], found: ReadonlyMap<string, SavedFile>): Of {
  for (const { path, bytes, sha256 } of told) {
    const file = found.get(path);
    if (file?.bytes !== bytes || file.sha256 !== sha256) throw new BilingualError({ zh: `备份中的 ${path} 与清单不符`, en: `${path} in the set is not what its manifest says` });
  }
  if (told.length !== found.size) throw new BilingualError({ zh: '备份中有清单以外的文件', en: 'the set holds files its manifest does not name' });
  return manifest;
}

/** Below the folder it is unpacked into, and nowhere else. */
function isSafePath(path: string): boolean {
  return path.length < 400 && /^[^/\\\0][^\\\0]*$/.test(path) && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

async function* bytesOf(entry: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const piece of entry) {
    if (!(piece instanceof Uint8Array)) throw new Error('a tar entry gives bytes');
    yield piece;
  }
}

async function textOf(entry: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of entry) {
    bytes += piece.byteLength;
    if (bytes > LARGEST_MANIFEST_BYTES) throw new BilingualError(BROKEN);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function saidOf(error: unknown): Bilingual {
  const text = error instanceof Error ? error.message : String(error);
  if (text.includes('no identity matched')) return { zh: '这把密钥打不开该备份：文件名中列出了能打开它的密钥短号', en: 'this key does not open the set: its file name lists the short ids of those that do' };
  return { zh: `${BROKEN.zh}（${text.slice(0, 120)}）`, en: `${BROKEN.en} (${text.slice(0, 120)})` };
}

/** A web stream of a Node stream, read no faster than it is asked for. */
function streamOf(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const pieces = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await pieces.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await pieces.return?.();
    },
  });
}
