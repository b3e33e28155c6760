import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaseFiles } from '../../cases/ports.js';

/** Receipts, letters, screenshots: they name patients, so they lie encrypted, under the SHA-256 of what they say, whose name is bound in. */
export type FileSealing = { seal(bytes: Uint8Array, name: string): string; open(sealed: string, name: string): Uint8Array };

/** Altered, moved, or sealed with another key: it is not the file any more. */
function opened(unseal: () => Uint8Array): Uint8Array | undefined {
  try {
    return unseal();
  } catch {
    return undefined;
  }
}

/** Attachments of cases under `<folder>/<SHA-256>.sealed`. A file is there whole or not at all, and never written twice. */
export function caseFiles(folder: string, { seal, open: unseal }: FileSealing): CaseFiles {
  const nameOf = (sha256: string): string => `${sha256}.sealed`;
  return {
    async keep(bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const unfinished = join(folder, `.${nameOf(sha256)}`);
      const handle = await open(unfinished, 'w', 0o600);
      try {
        await handle.writeFile(seal(bytes, nameOf(sha256)));
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(unfinished, join(folder, nameOf(sha256)));
      return sha256;
    },
    async open(sha256) {
      if (!/^[0-9a-f]{64}$/.test(sha256)) return undefined;
      const sealed = await readFile(join(folder, nameOf(sha256)), 'utf8').catch(() => undefined);
      if (sealed === undefined) return undefined;
      const bytes = opened(() => unseal(sealed, nameOf(sha256)));
      return bytes !== undefined && createHash('sha256').update(bytes).digest('hex') === sha256 ? bytes : undefined;
    },
  };
}
