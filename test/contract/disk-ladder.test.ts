/** The disk ladder over a small disk of its own: a file system in memory, mounted for one process, by root or in a name space of the user's own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ballastFile } from '@hospay/server/operations/ballast-file.js';

const ROOT = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'hospay-small-disk-'));
after(() => { rmSync(folder, { recursive: true, force: true }); });

test('a disk that really fills up: cleared at 90 %, refused at 97 %, the ballast given for the last refunds, and all of it back after the repair', () => {
  const own = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const script = 'mount -t tmpfs -o size=400m tmpfs "$1" && exec "$2" "$3" "$1"';
  const { status, stdout, stderr } = spawnSync('unshare', [...own, '--mount', 'sh', '-c', script, 'small-disk', folder, process.execPath, join(import.meta.dirname, 'small-disk.js')], { encoding: 'utf8' });
  assert.equal(status, 0, `no small disk could be mounted (it needs root, or user name spaces): ${stderr}`);
  assert.deepEqual(JSON.parse(stdout), { ballast: 20, at87: 'scarce', at92: 'clearing', oldLog: false, at98: ['refusing', false, 'kept'], full: 'ENOSPC', afterFull: ['refusing', false, 'released'], afterRepair: ['ample', true, 'kept'] });
});

test('the ballast is let go by the command where no core runs and no configuration can be read, and only once', async () => {
  const data = mkdtempSync(join(folder, 'data-'));
  await ballastFile({ folder: data, wantedBytes: 0 }).make(1_048_576);
  const hospay = (...words: readonly string[]) => spawnSync(process.execPath, [join(ROOT, 'appliance/dist/hospay.js'), '--profile', 'none', '--data-folder', data, 'disk', ...words], { encoding: 'utf8' });
  assert.match(hospay().stdout, /已用 \d+%.*\n压舱文件 1 MB/);
  assert.equal(hospay('release-ballast').status, 0);
  assert.equal(existsSync(join(data, 'ballast')), false);
  assert.match(hospay().stdout, /已释放/);
  const again = hospay('release-ballast');
  assert.equal(again.status, 1);
  assert.match(again.stderr, /没有压舱文件/);
});
