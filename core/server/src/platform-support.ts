/** The support bundle (支持包) joined: who collects what. Works on files alone, whether or not a core runs. Part of the composition root. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { existsSync } from 'node:fs';
import { SYSTEM_TIMERS } from './edges/machine/system-timers.js';
import { databaseCollector } from './edges/support/database-collector.js';
import { certificateFiles, configurationCollector, logCollector } from './edges/support/file-collectors.js';
import { machineCollector } from './edges/support/machine-collector.js';
import { systemCollectors } from './edges/support/system-collectors.js';
import { collectBundle } from './support/collect-bundle.js';
import type { Bundle, Collector } from './support/ports.js';

export type SupportOptions = { readonly dataFolder: string; readonly configFolder: string; /** As they are given to the core. */ readonly words: readonly string[]; readonly version: string; readonly now: Date; readonly without?: readonly string[]; readonly databaseDeadlineMs?: number };

const SALT_BYTES = 32;
const HERE = import.meta.dirname;
export const SUPPORT_PROGRAM = join(HERE, 'platform-support-main.js');

export function collectSupport({ dataFolder, configFolder, words, version, now, without, databaseDeadlineMs }: SupportOptions): Promise<Bundle> {
  const collectors: readonly Collector[] = [
    machineCollector({ version, dataFolder, now: () => now }), ...systemCollectors(), logCollector(dataFolder),
    configurationCollector({ program: join(HERE, 'main.js'), words }),
    databaseCollector({ program: SUPPORT_PROGRAM, dataFolder, certificates: () => certificateFiles([configFolder, dataFolder]), ...(databaseDeadlineMs === undefined ? {} : { deadlineMs: databaseDeadlineMs }) }),
    { id: 'core', deadlineMs: 2_000, collect: () => Promise.resolve({ files: [], facts: { coreRuns: isHeld(join(dataFolder, 'lock.sqlite')) } }) },
  ];
  return collectBundle({ collectors, version, now, timers: SYSTEM_TIMERS, salt: randomBytes(SALT_BYTES), ...(without === undefined ? {} : { without }) });
}

/** The core holds its data folder by a lock that ends with it. */
function isHeld(file: string): boolean {
  if (!existsSync(file)) return false;
  const database = new DatabaseSync(file, { readOnly: true, timeout: 0 });
  try {
    database.prepare('SELECT count(*) FROM sqlite_master').get();
    return false;
  } catch (error) {
    // SQLITE_BUSY and its extended codes.
    return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === 5;
  } finally {
    database.close();
  }
}
