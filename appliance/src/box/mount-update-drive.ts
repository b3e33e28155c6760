/** `hospay-update-drive@.service`: mounts a drive labelled HOSPAYUPDATE (HOSPAYUPD in FAT and exFAT) where the core looks for bundles, for reading alone. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { BOX_GROUP } from './box-places.js';
import { isMountedAt, updateDriveOptions } from './update-drive.js';

const AT = '/backup/update';
const [device = ''] = process.argv.slice(2);

// Over another drive's it would be taken away with that one.
if (isMountedAt(readFileSync('/proc/self/mountinfo', 'utf8'), AT)) {
  process.stderr.write('another drive with updates is plugged in: pull one out, then plug this one in again\n');
  process.exit(1);
}
const type = spawnSync('blkid', ['-o', 'value', '-s', 'TYPE', device], { encoding: 'utf8' }).stdout.trim();
const { status, stderr } = spawnSync('mount', ['-t', type, '-o', updateDriveOptions(type, BOX_GROUP).join(','), device, AT], { encoding: 'utf8' });
if (status !== 0) {
  process.stderr.write(`the drive with updates cannot be mounted: ${stderr}`);
  process.exit(1);
}
