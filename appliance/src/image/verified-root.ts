import { createHash } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { tool } from './tool.js';

export type VerifiedRoot = { readonly file: string; /** The hash of all of it: it stands in the boot image, and a signature over that is one over everything. */ readonly rootHash: string; /** Bytes before the tree of hashes. */ readonly hashOffset: number };

/** Packs a folder into squashfs and puts the dm-verity tree behind it. The same folder gives the same bytes: times, salt and numbers come from `epoch` and `name`. */
export function verifiedRoot(folder: string, file: string, { epoch, name, compression }: { readonly epoch: number; readonly name: string; readonly compression: number }): VerifiedRoot {
  rmSync(file, { force: true });
  tool('mksquashfs', [folder, file, '-comp', 'zstd', '-Xcompression-level', String(compression), '-b', '128K', '-all-time', String(epoch), '-mkfs-time', String(epoch), '-noappend', '-no-progress', '-quiet', '-xattrs']);
  const { size } = statSync(file);
  const hashOffset = Math.ceil(size / 4_096) * 4_096;
  const salt = createHash('sha256').update(`salt ${name}`).digest('hex');
  const printed = tool('veritysetup', ['format', file, file, `--hash-offset=${String(hashOffset)}`, `--data-blocks=${String(hashOffset / 4_096)}`, `--salt=${salt}`, `--uuid=${uuidOf(`verity ${name}`)}`]);
  const rootHash = /^Root hash:\s+([0-9a-f]{64})$/m.exec(printed)?.[1];
  if (rootHash === undefined) throw new Error(`veritysetup named no root hash:\n${printed}`);
  return { file, rootHash, hashOffset };
}

/** A number that is the same in each build of the same thing (RFC 9562, version 8). */
export function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
