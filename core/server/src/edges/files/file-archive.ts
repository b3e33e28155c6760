import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FileArchive } from '../../reconciliation/ports.js';

const compress = promisify(gzip);

/** Keeps files under `<folder>/<day>/<name>-<SHA-256 of the uncompressed bytes>.gz`. A file is there whole or not at all, and never written twice. */
export function fileArchive(folder: string): FileArchive {
  return {
    async keep({ day, name, bytes }) {
      if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new Error(`not a day: ${day}`);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const into = join(folder, day);
      await mkdir(into, { recursive: true });
      const file = `${name.replaceAll(/[^\w.-]/g, '_')}-${sha256}.gz`;
      if ((await readdir(into)).includes(file)) return sha256;
      const unfinished = join(into, `.${file}`);
      const handle = await open(unfinished, 'w', 0o600);
      try {
        await handle.writeFile(await compress(bytes));
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(unfinished, join(into, file));
      return sha256;
    },
  };
}
