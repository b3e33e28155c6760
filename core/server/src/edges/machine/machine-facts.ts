import { statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { MachineFacts } from '../../backups/ports.js';

/** The databases of the data folder, and where each keeps which of its migrations are done. */
const DATABASES = [['money.sqlite', 'money_migration'], ['platform.sqlite', 'schema_migration'], ['plugins.sqlite', undefined], ['report-sums.sqlite', undefined]] as const;

export async function readMachineFacts({ dataFolder, version, startedAt }: { readonly dataFolder: string; readonly version: string; readonly startedAt: Date }): Promise<MachineFacts> {
  const free = await statfs(dataFolder).then(({ bavail, bsize }) => bavail * bsize, () => undefined);
  return {
    version, runtime: `Node.js ${process.versions.node}, SQLite ${process.versions.sqlite ?? ''}`.trim(), startedAt, hostName: hostname(), timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone, dataFolder, freeBytes: free,
    databases: DATABASES.flatMap(([name, table]) => {
      const file = join(dataFolder, name);
      if (statSync(file, { throwIfNoEntry: false }) === undefined) return [];
      const bytes = [file, `${file}-wal`].reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
      return [{ name, bytes, ...(table === undefined ? { schema: undefined, migrations: 0 } : schemaOf(file, table)) }];
    }),
  };
}

function schemaOf(file: string, table: string): { readonly schema: string | undefined; readonly migrations: number } {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 1_000 });
  try {
    const names = database.prepare(`SELECT name FROM ${table} ORDER BY rowid`).all().map(({ name }) => String(name));
    return { schema: names.at(-1), migrations: names.length };
  } finally {
    database.close();
  }
}
