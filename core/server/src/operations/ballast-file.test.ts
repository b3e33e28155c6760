import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ballastFile } from './ballast-file.js';
import { clearDataFolder } from './clear-data-folder.js';

const MEGABYTE = 1_048_576;
const folder = mkdtempSync(join(tmpdir(), 'hospay-ballast-'));
after(() => { rmSync(folder, { recursive: true, force: true }); });

test('a ballast is of real blocks, let go it leaves an empty mark, and made again it takes the mark away', async () => {
  const ballast = ballastFile({ folder, wantedBytes: 1024 * MEGABYTE });
  assert.deepEqual(ballast.state(), { kind: 'none' });
  await ballast.make(20 * MEGABYTE);
  assert.deepEqual(ballast.state(), { kind: 'kept', bytes: 20 * MEGABYTE });
  assert.ok(statSync(join(folder, 'ballast')).blocks * 512 >= 20 * MEGABYTE);
  ballast.release();
  assert.deepEqual(ballast.state(), { kind: 'released' });
  assert.equal(statSync(join(folder, 'ballast-released')).size, 0);
  await ballast.make(16 * MEGABYTE);
  assert.deepEqual(readdirSync(folder), ['ballast']);
});

test('it is a gigabyte, less on a small disk, and none on one too small for it', () => {
  const ballast = ballastFile({ folder, wantedBytes: 1024 * MEGABYTE });
  assert.deepEqual([1_000_000, 2_000, 200].map((total) => ballast.sizeOn(total * MEGABYTE) / MEGABYTE), [1024, 100, 0]);
  assert.equal(ballastFile({ folder, wantedBytes: 0 }).sizeOn(1_000_000 * MEGABYTE), 0);
});

test('old logs, exports of other days and leftovers go; the newest logs, the money, statements and keys stay', async () => {
  const data = join(folder, 'data');
  const old = new Date('2026-11-20T00:00:00Z');
  const write = (path: string): void => {
    mkdirSync(join(data, path, '..'), { recursive: true });
    writeFileSync(join(data, path), 'x');
    utimesSync(join(data, path), old, old);
  };
  const [stay, go] = [['logs/hospay.log', 'logs/hospay.log.1', 'money.sqlite', 'platform.sqlite', 'audit-witness', 'statements/2026-11-19/a.gz', 'keys/platform.key', 'bank-statements/a'], ['logs/hospay.log.2', 'logs/hospay.log.17', 'exports/ABC.csv', 'support/a.tar.gz', 'ballast.new']];
  for (const path of [...stay, ...go]) write(path);
  mkdirSync(join(data, 'exports'), { recursive: true });
  writeFileSync(join(data, 'exports/today.csv'), 'x');
  const { files } = await clearDataFolder({ folder: data, now: new Date() });
  assert.equal(files, go.length);
  const exists = (path: string): boolean => statSync(join(data, path), { throwIfNoEntry: false }) !== undefined;
  assert.deepEqual([...stay, 'exports/today.csv'].filter((path) => !exists(path)), []);
  assert.deepEqual(go.filter(exists), []);
});
