import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMountedAt, updateDriveOptions } from './update-drive.js';

test('a drive with updates is mounted for reading alone: nothing on it is run, and no journal is played back onto it', () => {
  for (const type of ['vfat', 'exfat', 'ext4']) assert.deepEqual(['ro', 'nosuid', 'nodev', 'noexec', 'nosymfollow'].filter((option) => !updateDriveOptions(type, 700).includes(option)), [], type);
  assert.deepEqual(updateDriveOptions('exfat', 700).slice(5), ['uid=700', 'gid=700', 'umask=0277']);
  assert.deepEqual(updateDriveOptions('ext4', 700).slice(5), ['noload']);
});

test('a second drive is seen to find the place taken', () => {
  const mounts = '36 35 8:17 / /backup/update ro,nosuid shared:1 - exfat /dev/sdb1 ro\n37 35 8:33 / /backup/usb rw - ext4 /dev/sdc1 rw\n';
  assert.deepEqual(['/backup/update', '/backup/usb', '/backup'].map((place) => isMountedAt(mounts, place)), [true, true, false]);
});
