import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { backup, DatabaseSync } from 'node:sqlite';

/** All in one step: between two steps a commit of the payments would begin the copy anew, for ever on a busy morning. */
const ALL_PAGES = 2_147_483_647;

/**
 * A copy of a database as it is at one moment, while others write it: SQLite's online backup reads one snapshot and holds up no writer. The copy is one file, without a log beside it.
 */
export async function snapshotDatabase(from: string, to: string): Promise<void> {
  // Without this a missing file would be an empty database, and a backup of nothing.
  await stat(from);
  const source = new DatabaseSync(from, { readOnly: true, timeout: 10_000 });
  try {
    await backup(source, to, { rate: ALL_PAGES });
  } finally {
    source.close();
  }
  const copy = new DatabaseSync(to);
  try {
    copy.exec('PRAGMA journal_mode = DELETE');
  } finally {
    copy.close();
  }
}

/** With its log: what a copy takes at most. */
export function bytesOfDatabase(file: string): number {
  return [file, `${file}-wal`].reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
}

export function bytesOfFiles(files: readonly { readonly file: string }[]): number {
  return files.reduce((sum, { file }) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}
