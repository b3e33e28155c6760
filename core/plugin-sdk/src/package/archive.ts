import { extract, pack } from 'tar-stream';
import type { PackageFiles } from './package-files.js';

/** The bytes are no archive this platform would open. The message says what is wrong; nothing was written. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

const MOST_FILES = 200;
const LARGEST_FILE_BYTES = 8 * 1_048_576;
const LARGEST_ARCHIVE_BYTES = 32 * 1_048_576;
/** Plain names only: no absolute paths, no `..`, no hidden files, nothing a file system would read differently. */
const PATH = /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9_.-]*(\/[A-Za-z0-9][A-Za-z0-9_.-]*)*$/;

/** A tar with nothing in it that could differ between two machines: sorted, no owner, no time, one mode. The same files give the same bytes. */
export async function writeArchive(files: PackageFiles): Promise<Buffer> {
  const archive = pack();
  const chunks: Buffer[] = [];
  archive.on('data', (chunk) => { if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk)); });
  const done = new Promise<void>((resolve, reject) => {
    archive.on('end', resolve);
    archive.on('error', reject);
  });
  for (const path of [...files.keys()].sort()) {
    archive.entry({ name: path, mode: 0o444, mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '', type: 'file' }, Buffer.from(files.get(path) ?? new Uint8Array()));
  }
  archive.finalize();
  await done;
  return Buffer.concat(chunks);
}

/**
 * Reads such an archive into memory. Links, devices, directories, strange paths, doubles, too many or too large files are refused before anything of it
 * is used, and so are bytes that are not exactly what `writeArchive` makes of these files: nothing may hide between them.
 * @throws ArchiveError
 */
export async function readArchive(bytes: Uint8Array): Promise<PackageFiles> {
  if (bytes.length > LARGEST_ARCHIVE_BYTES) throw new ArchiveError(`the package is larger than ${String(LARGEST_ARCHIVE_BYTES)} bytes`);
  const files = new Map<string, Uint8Array>();
  const reader = extract();
  const read = (async () => {
    for await (const entry of reader) {
      const { name, type, size } = entry.header;
      if (type !== 'file') throw new ArchiveError(`${printable(name)} is a ${type}: only files belong in a package`);
      if (!PATH.test(name)) throw new ArchiveError(`${printable(name)} is no path for a package`);
      if (files.has(name)) throw new ArchiveError(`${name} is there twice`);
      if (files.size >= MOST_FILES) throw new ArchiveError(`more than ${String(MOST_FILES)} files`);
      if (size > LARGEST_FILE_BYTES) throw new ArchiveError(`${name} is larger than ${String(LARGEST_FILE_BYTES)} bytes`);
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) if (chunk instanceof Uint8Array) chunks.push(chunk);
      files.set(name, Buffer.concat(chunks));
    }
  })();
  reader.end(Buffer.from(bytes));
  try {
    await read;
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    throw new ArchiveError('this is not a plugin package (a tar archive)');
  }
  if (files.size === 0) throw new ArchiveError('this is not a plugin package (a tar archive)');
  if (!(await writeArchive(files)).equals(bytes)) throw new ArchiveError('the archive holds more than its files, or was not packed by the packer');
  return files;
}

function printable(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}
