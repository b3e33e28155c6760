import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export type Machine = { readonly cpu: string; readonly cores: number; readonly memoryGiB: number; readonly node: string; readonly sqlite: string; readonly fsyncPerSecond: number };

/** What the numbers were measured on. Durable speed is fsync speed, so the drive comes first. */
export function describeMachine(): Machine {
  const database = new DatabaseSync(':memory:');
  const version = database.prepare('SELECT sqlite_version() AS version').get()?.['version'];
  database.close();
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    sqlite: String(version),
    fsyncPerSecond: measureFsync(),
  };
}

function measureFsync(): number {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-fsync-'));
  const file = openSync(join(folder, 'probe'), 'w');
  const page = Buffer.alloc(4096, 1);
  const until = performance.now() + 1_000;
  let count = 0;
  while (performance.now() < until) {
    writeSync(file, page, 0, page.length, (count % 1000) * page.length);
    fsyncSync(file);
    count += 1;
  }
  closeSync(file);
  rmSync(folder, { recursive: true });
  return count;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
