/** `hospay-backup-drive@.service`: mounts a drive labelled HOSPAYBACKUP (HOSPAYBAK in FAT and exFAT) where the backup target `usb` is, writable for the core alone. */
import { spawnSync } from 'node:child_process';
import { chownSync, readFileSync } from 'node:fs';
import { BOX_GROUP } from './box-places.js';
import { isMountedAt } from './update-drive.js';

const AT = '/backup/usb';
/** None of these keeps owners: who may write is said at the mount. */
const WITHOUT_OWNERS = ['vfat', 'exfat'];
const [device = ''] = process.argv.slice(2);

// Two drives that take turns, and for a moment both are in: over the first one's, the second would be taken away with that one, and the sets with it.
if (isMountedAt(readFileSync('/proc/self/mountinfo', 'utf8'), AT)) {
  process.stderr.write('another backup drive is plugged in: pull it out, then plug this one in again\n');
  process.exit(1);
}
const type = spawnSync('blkid', ['-o', 'value', '-s', 'TYPE', device], { encoding: 'utf8' }).stdout.trim();
const options = ['nosuid', 'nodev', 'noexec', ...(WITHOUT_OWNERS.includes(type) ? [`uid=${String(BOX_GROUP)}`, `gid=${String(BOX_GROUP)}`, 'umask=0077'] : [])];
const { status, stderr } = spawnSync('mount', ['-o', options.join(','), device, AT], { encoding: 'utf8' });
if (status !== 0) {
  process.stderr.write(`the backup drive cannot be mounted: ${stderr}`);
  process.exit(1);
}
if (!WITHOUT_OWNERS.includes(type)) chownSync(AT, BOX_GROUP, BOX_GROUP);
