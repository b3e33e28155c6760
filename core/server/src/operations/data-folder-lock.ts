import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse';
  readonly code = 'DATA_FOLDER_IN_USE';
}

/** A collected handle would close and drop its lock: the process keeps them until released. */
const held = new Set<DatabaseSync>();

export type DataFolderLock = { release(): void };

/**
 * Takes the data folder for this process alone, for as long as it lives. The lock is an operating-system lock on `lock.sqlite`, held by an open
 * exclusive transaction: the system drops it with the process, so a `kill -9` or a power cut leaves nothing to clean up, and a recycled process
 * id cannot pretend to hold it. `lock-holder.json` beside it only tells people who it is.
 * @throws DataFolderInUse when another process, or this one, holds it.
 */
export function lockDataFolder(dataFolder: string, startedAt: Date): DataFolderLock {
  mkdirSync(dataFolder, { recursive: true, mode: 0o750 });
  const holderPath = join(dataFolder, 'lock-holder.json');
  const database = new DatabaseSync(join(dataFolder, 'lock.sqlite'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw error;
    throw new DataFolderInUse(
      `another process uses the data folder ${dataFolder} (${describeHolder(holderPath)}). Stop it first, or start with another data folder. ` +
        `数据目录正被另一个进程使用：请先停止该进程，或换用其他数据目录。`,
    );
  }
  held.add(database);
  writeFileSync(holderPath, `${JSON.stringify({ processId: process.pid, startedAt: startedAt.toISOString() })}\n`);
  return {
    release() {
      if (held.delete(database)) database.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  // SQLITE_BUSY (5) and its extended codes.
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === 5;
}

function describeHolder(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim().slice(0, 200);
  } catch {
    return 'holder unknown';
  }
}
