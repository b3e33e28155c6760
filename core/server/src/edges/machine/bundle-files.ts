import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { BundleFiles } from '../../updates/ports.js';

const NAME = 'incoming.hpu';

/** The one bundle that lies in a folder: a part while it arrives, which goes on where it ended. */
export function bundleFiles(folder: string): BundleFiles {
  const [file, part] = [join(folder, NAME), join(folder, `${NAME}.part`)];
  const sizeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.size;
  return {
    name: NAME,
    size: () => sizeOf(file),
    arrived: () => sizeOf(part) ?? sizeOf(file) ?? 0,
    async write(offset, bytes) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const opened = await open(part, offset === 0 ? 'w' : 'r+', 0o600);
      try {
        await opened.write(bytes, 0, bytes.byteLength, offset);
        await opened.sync();
      } finally {
        await opened.close();
      }
    },
    finish() {
      renameSync(part, file);
      const opened = openSync(folder, 'r');
      try {
        fsyncSync(opened);
      } finally {
        closeSync(opened);
      }
    },
    remove() {
      for (const path of [file, part]) rmSync(path, { force: true });
    },
  };
}
