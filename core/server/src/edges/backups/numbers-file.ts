import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NUMBERS_FILE } from './data-files.js';
import { writeDurably } from './fence-file.js';

/**
 * Where the numbers of further payments and refunds of an order begin to count. Those between the backup and the disaster are used at channels and unknown here: a restored box counts from somewhere else,
 * so that no number is sent twice for two things. At random: a set that is restored twice counts from two places.
 */
export function numbersFrom(dataFolder: string): number {
  try {
    const kept: unknown = JSON.parse(readFileSync(join(dataFolder, NUMBERS_FILE), 'utf8'));
    if (typeof kept === 'object' && kept !== null && 'from' in kept && typeof kept.from === 'number' && Number.isSafeInteger(kept.from) && kept.from >= 0) return kept.from;
    throw new Error(`${NUMBERS_FILE} in the data folder cannot be read: restore it from the backup, or numbers would be used twice`);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
    throw error;
  }
}

/** For a box that was just restored. */
export function countFromElsewhere(dataFolder: string): void {
  const before = numbersFrom(dataFolder);
  let from = before;
  while (from === before) from = randomInt(1, 1_000) * 100;
  writeDurably(dataFolder, NUMBERS_FILE, { from });
}
