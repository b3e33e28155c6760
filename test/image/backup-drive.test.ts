/** A drive for backups that is plugged in while another one is: the image's own program, in its own root, in a mount namespace of its own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

/** A first drive lies where drives are mounted; then the unit's program is called for a second one. */
const SECOND_DRIVE = `set -e
mount --make-rprivate /
mount -t tmpfs rw "$BOX"; mkdir "$BOX/upper" "$BOX/work" "$BOX/root"
mount -t overlay root -o "lowerdir=$IMAGE,upperdir=$BOX/upper,workdir=$BOX/work" "$BOX/root"
cd "$BOX/root"
mount -t proc proc proc; mount -t tmpfs first backup/usb
exec chroot . /opt/hospay/bin/node /opt/hospay/appliance/dist/box/mount-backup-drive.js /dev/vdz
`;

let box = '';
before(() => { box = mkdtempSync(join(tmpdir(), 'hospay-two-drives-')); });
after(() => { rmSync(box, { recursive: true, force: true }); });

test('a second drive for backups is refused while the first is mounted, and whoever looks is told which to pull out', () => {
  const image = join(process.env['HOSPAY_IMAGE_WORK'] ?? '', 'root');
  assert.ok(existsSync(join(image, 'opt/hospay')), `no root of an image in ${image}: run npm run test:image`);
  const { status, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', SECOND_DRIVE], { encoding: 'utf8', env: { PATH: process.env['PATH'], IMAGE: image, BOX: box } });
  assert.match(stderr, /another backup drive is plugged in: pull it out, then plug this one in again/);
  assert.equal(status, 1, stderr);
});
