import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FileArchive } from '../../reconciliation/ports.js';

const compress = promisify(gzip);

/** `seal`: files that name people's accounts lie encrypted; `name` is bound in. */
type Sealing = { readonly seal?: (bytes: Uint8Array, name: string) => string };

/** Keeps files under `<folder>/<day>/<name>-<SHA-256 of the uncompressed bytes>.gz`, sealed ones with `.sealed` behind it. A file is there whole or not at all, and never written twice. */
export function fileArchive(folder: string, { seal }: Sealing = {}): FileArchive {
  return {
    async keep({ day, name, bytes }) {
      if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new Error(`not a day: ${day}`);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const into = join(folder, day);
      await mkdir(into, { recursive: true });
      const file = `${name.replaceAll(/[^\w.-]/g, '_')}-${sha256}.gz${seal === undefined ? '' : '.sealed'}`;
      if ((await readdir(into)).includes(file)) return sha256;
      const unfinished = join(into, `.${file}`);
      const handle = await open(unfinished, 'w', 0o600);
      try {
        const compressed = await compress(bytes);
        await handle.writeFile(seal === undefined ? compressed : seal(compressed, `${day}/${file}`));
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(unfinished, join(into, file));
      return sha256;
    },
  };
}
