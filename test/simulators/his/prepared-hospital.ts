/** A hospital takes a tenth of a second to build; a suite builds thousands. Each process builds one a day, and copies its file. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from './engine/database.js';
import { Hospital } from './hospital.js';

const prepared = new Map<string, Promise<string>>();

/** Lays a hospital as it is after its scripts at `file`. Its bills and clinics are of the hospital's today. */
export async function copyPreparedHospital(scripts: readonly string[], file: string): Promise<void> {
  const key = [new Date(Date.now() + UTC_OFFSET_MINUTES * 60_000).toISOString().slice(0, 10), ...scripts].join();
  const building = prepared.get(key) ?? prepare(scripts);
  prepared.set(key, building);
  copyFileSync(await building, file);
}

const UTC_OFFSET_MINUTES = 480;

async function prepare(scripts: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-his-prepared-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'his.sqlite');
  const database = new Database({ file, name: 'his', now: () => new Date(), utcOffsetMinutes: UTC_OFFSET_MINUTES });
  const hospital = new Hospital(database);
  await hospital.prepare(scripts);
  hospital.close();
  // The last connection to close writes everything into the one file.
  database.close();
  return file;
}
