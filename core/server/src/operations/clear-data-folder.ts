import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

export type ClearRequest = { readonly folder: string; readonly now: Date };

const DAY_MS = 86_400_000;
/** What is made again when somebody asks, or was never finished. Of the logs the newest two stay: they say how the disk became full. */
const SPARE: readonly { readonly folder: string; readonly name: RegExp; readonly olderThanMs: number }[] = [
  { folder: 'logs', name: /\.log\.([2-9]|\d{2,})$/, olderThanMs: 0 },
  { folder: 'exports', name: /./, olderThanMs: DAY_MS },
  { folder: 'support', name: /\.tar\.gz(\.new)?$/, olderThanMs: DAY_MS },
  { folder: '.', name: /\.new$/, olderThanMs: DAY_MS },
];

/** Takes old logs, exports of other days and leftovers out of the data folder. Never the audit log, the money, statements or backups. */
export async function clearDataFolder({ folder, now }: ClearRequest): Promise<{ readonly files: number; readonly bytes: number }> {
  let [files, bytes] = [0, 0];
  for (const { folder: below, name, olderThanMs } of SPARE) {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true }).catch(() => [])) {
      const path = join(folder, below, entry.name);
      const found = entry.isFile() && name.test(entry.name) ? await stat(path).catch(() => undefined) : undefined;
      if (found === undefined || now.getTime() - found.mtimeMs < olderThanMs) continue;
      await rm(path, { force: true });
      files += 1;
      bytes += found.size;
    }
  }
  return { files, bytes };
}
