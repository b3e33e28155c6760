import type { SQLInputValue } from 'node:sqlite';
import type { HospitalBooks } from './hospital-books.js';

/** All rows of all tables at one moment: last night's backup. */
export type HospitalBackup = ReadonlyMap<string, readonly Record<string, SQLInputValue>[]>;

export function backUp({ handle }: HospitalBooks): HospitalBackup {
  return new Map(tablesOf(handle).map((table) => [table, handle.prepare(`SELECT * FROM "${table}"`).all().map((row) => ({ ...row }))]));
}

/** What happened since is forgotten. Whoever is connected stays so, as after a restore of one database of a server. */
export async function restore(books: HospitalBooks, backup: HospitalBackup): Promise<void> {
  await books.write(() => {
    const { handle } = books;
    handle.exec('PRAGMA defer_foreign_keys = ON');
    for (const table of tablesOf(handle)) handle.exec(`DELETE FROM "${table}"`);
    for (const [table, rows] of backup) {
      for (const row of rows) {
        const columns = Object.keys(row);
        handle.prepare(`INSERT INTO "${table}" (${columns.map((name) => `"${name}"`).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`).run(...Object.values(row));
      }
    }
  });
}

function tablesOf(handle: HospitalBooks['handle']): string[] {
  return handle.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '#%' AND name <> '__catalog'").all().map((row) => String(row['name']));
}
