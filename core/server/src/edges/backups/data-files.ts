import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Source } from './archive.js';

/** Copies of these are taken by SQLite itself, before any file: a row may name a file, never the other way round. */
export const DATABASES = ['money.sqlite', 'plugins.sqlite', 'platform.sqlite'] as const;
/** Where sets are prepared and proved, below the data folder: the same disk, the same protection. */
export const WORK_FOLDER = 'backup-work';
/** Increments that have not reached every target yet. */
export const INCREMENTS_FOLDER = 'backup-increments';
/** Runs of this box that made increments: those alone are its own to remove. */
export const STREAMS_FILE = 'backup-streams.json';
/** Beside the file that opens the secret box: who has one has the other, and neither is in a database. */
export const OWN_IDENTITY = 'keys/backup-identity.txt';
const CACHE_TAG = 'CACHEDIR.TAG';
const CACHE_SIGNATURE = 'Signature: 8a477f597d28d172789f06886806bc55';
export const FENCE_FILE = 'fence.json';
export const NUMBERS_FILE = 'numbers.json';

/**
 * What a restored box does without: logs, exports of a day, bundles for support, the ballast, sums that are reckoned anew, locks, and the witnesses, which are written anew from the heads of the very copies in the set. A fence is of one box alone.
 * Everything else in the data folder is taken, also what a later version of the platform will keep there.
 */
const LEFT_OUT: readonly string[] = ['logs', 'exports', 'report-sums.sqlite', 'report-sums.sqlite-wal', 'report-sums.sqlite-shm', 'lock.sqlite', 'lock.sqlite-wal', 'lock.sqlite-shm', 'lock.sqlite-journal', 'lock-holder.json', 'journal-witness', 'audit-witness', 'ballast', 'ballast-released', 'support', FENCE_FILE, STREAMS_FILE, INCREMENTS_FOLDER, WORK_FOLDER];

/** Every file of the data folder that belongs into a set, under `data/`. `except`: folders of targets that lie inside. Unfinished files (`.name`, `name.new`) are nobody's yet. */
export async function listDataFiles(dataFolder: string, except: readonly string[]): Promise<readonly Source[]> {
  const away = new Set(except.map(real));
  const databases = new Set(DATABASES.flatMap((name) => [name, `${name}-wal`, `${name}-shm`, `${name}-journal`]));
  const found: Source[] = [];
  const walk = async (folder: string, place: string): Promise<void> => {
    // A folder with a lock of its own is the data folder of another box.
    if (away.has(real(folder)) || (place !== '' && (existsSync(join(folder, 'lock.sqlite')) || isCache(folder)))) return;
    for (const entry of (await readdir(folder, { withFileTypes: true }).catch(() => [])).toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
      const { name } = entry;
      if (name.startsWith('.') || name.endsWith('.new')) continue;
      if (place === '' && (LEFT_OUT.includes(name) || databases.has(name))) continue;
      const [file, path] = [join(folder, name), place === '' ? name : `${place}/${name}`];
      if (entry.isDirectory()) await walk(file, path);
      else if (entry.isFile()) found.push({ path: `data/${path}`, file });
    }
  };
  await walk(dataFolder, '');
  return found;
}

/** A folder that can be made anew says so, as backup programs agreed: https://bford.info/cachedir/. */
function isCache(folder: string): boolean {
  try {
    return readFileSync(join(folder, CACHE_TAG), 'latin1').startsWith(CACHE_SIGNATURE);
  } catch {
    return false;
  }
}

/** The configuration as its files have it, whatever a profile refers to: under `configuration/`. Never secrets of the environment. */
export async function listConfigurationFiles(configFolder: string): Promise<readonly Source[]> {
  const found: Source[] = [];
  const walk = async (folder: string, place: string): Promise<void> => {
    for (const entry of (await readdir(folder, { withFileTypes: true }).catch(() => [])).toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
      const [file, path] = [join(folder, entry.name), `${place}/${entry.name}`];
      if (entry.isDirectory()) await walk(file, path);
      else if (entry.isFile()) found.push({ path, file });
    }
  };
  await walk(configFolder, 'configuration');
  return found;
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
