import type { DatabaseSync } from 'node:sqlite';
import { number, text } from './rows.js';
import { MONEY_MIGRATIONS, type Migration } from './schema.js';

/**
 * Brings the money database to this version, one transaction a step; a new database takes all of them in one: there is nothing to keep between two
 * steps, and one wait for the disk is enough. A file that a newer version has only expanded is taken as it is: a machine whose update goes back must find its
 * money usable. @throws when the file is newer in another way, or a step would leave rows that belong to nothing
 */
export function applyMigrations(database: DatabaseSync, migrations: readonly Migration[] = MONEY_MIGRATIONS): void {
  database.exec('CREATE TABLE IF NOT EXISTS money_migration (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP) STRICT');
  if (!database.prepare('PRAGMA table_info(money_migration)').all().some((column) => column['name'] === 'expands')) database.exec('ALTER TABLE money_migration ADD COLUMN expands INTEGER NOT NULL DEFAULT 0');
  const applied = new Map(database.prepare('SELECT name, expands FROM money_migration').all().map((row) => [text(row, 'name'), number(row, 'expands') === 1]));
  const known = new Set(migrations.map(({ name }) => name));
  const strange = [...applied].filter(([name, expands]) => !known.has(name) && !expands).map(([name]) => name);
  if (strange.length > 0) throw new Error(`this data folder was written by a newer version of Hospay (${strange.join(', ')}); start that version instead`);
  if (applied.size === 0) applyTogether(database, migrations);
  else for (const migration of migrations) if (!applied.has(migration.name)) applyTogether(database, [migration]);
}

function applyTogether(database: DatabaseSync, steps: readonly Migration[]): void {
  // While a table is made anew its rows are away for a moment: the references to them are looked at when it is back.
  const rebuilds = steps.some((step) => step.rebuilds === true);
  if (rebuilds) database.exec('PRAGMA foreign_keys = OFF');
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const step of steps) apply(database, step);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  } finally {
    if (rebuilds) database.exec('PRAGMA foreign_keys = ON');
  }
}

function apply(database: DatabaseSync, { name, sql, rebuilds, expands }: Migration): void {
  database.exec(sql);
  const [orphan] = rebuilds === true ? database.prepare('PRAGMA foreign_key_check').all() : [];
  if (orphan !== undefined) throw new Error(`migration ${name} would leave rows of ${text(orphan, 'table')} that belong to nothing`);
  database.prepare('INSERT INTO money_migration (name, expands) VALUES (?, ?)').run(name, expands === true ? 1 : 0);
}
