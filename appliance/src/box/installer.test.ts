import assert from 'node:assert/strict';
import { test } from 'node:test';
import { installerDialog } from './installer-dialog.js';
import { readDisks, type Disk } from './installer-disks.js';

const GB = 1_000_000_000;
const LSBLK = JSON.stringify({
  blockdevices: [
    { name: 'sda', path: '/dev/sda', type: 'disk', size: 480 * GB, ro: false, vendor: 'ATA     ', model: 'SSD-480', serial: 'S1', mountpoints: [null], children: [{ name: 'sda1', path: '/dev/sda1', type: 'part', size: GB, ro: false, fstype: 'vfat', partlabel: 'esp', mountpoints: [null] }, { name: 'sda7', path: '/dev/sda7', type: 'part', size: GB, ro: false, fstype: 'ext4', partlabel: 'ledger', mountpoints: [null] }] },
    { name: 'sdb', path: '/dev/sdb', type: 'disk', size: 64 * GB, ro: false, model: 'stick', mountpoints: [null], children: [{ name: 'sdb1', path: '/dev/sdb1', type: 'part', size: GB, ro: false, fstype: 'iso9660', mountpoints: ['/run/hospay-medium'] }] },
    { name: 'sdc', path: '/dev/sdc', type: 'disk', size: 8 * GB, ro: false, model: null, mountpoints: [null] },
    { name: 'sr0', path: '/dev/sr0', type: 'rom', size: GB, ro: true, mountpoints: [null] },
    { name: 'loop0', path: '/dev/loop0', type: 'loop', size: GB, ro: true, mountpoints: [null] },
  ],
});

/** Plays what somebody types; after it, nobody types any more. */
async function played(typed: readonly string[], write: (disk: Disk) => Promise<void> = () => Promise.resolve()): Promise<{ readonly written: string[]; readonly said: string }> {
  const written: string[] = [];
  const said: string[] = [];
  const left = [...typed];
  const over = new Error('nobody types any more');
  await installerDialog({
    version: '9.9.9',
    say: (text) => said.push(text),
    ask: () => { const line = left.shift(); return line === undefined ? Promise.reject(over) : Promise.resolve(line); },
    disks: () => readDisks(LSBLK, 25 * GB),
    write: async (disk) => { await write(disk); written.push(disk.path); },
  }).catch((error: unknown) => { if (error !== over) throw error; });
  return { written, said: said.join('\n') };
}

test('disks are shown with what is on them; the medium itself, CDs and disks that are too small are not for the taking', () => {
  const disks = readDisks(LSBLK, 25 * GB);
  assert.deepEqual(disks.map(({ name, label, holds, holdsLedger, unfit }) => [name, label, holds.join(' '), holdsLedger, unfit]), [
    ['sda', 'ATA SSD-480 S1', 'esp ledger', true, undefined],
    ['sdb', 'stick', 'iso9660', false, 'inUse'],
    ['sdc', '', '', false, 'tooSmall'],
  ]);
});

test('a disk is written only after its name, and then "erase" and its name', async () => {
  assert.deepEqual((await played(['sda', 'erase sda'])).written, ['/dev/sda']);
  for (const typed of [['sda', 'sda'], ['sda', 'yes'], ['sda', 'erase sdb'], ['erase sda'], ['sda', ''], ['', '/dev/sda']]) {
    const { written } = await played(typed);
    assert.deepEqual(written, [], typed.join(' / '));
  }
});

test('what cannot be used is refused by name and reason, and a disk with a ledger is called one', async () => {
  const { written, said } = await played(['sdb', 'erase sdb', 'sdc', 'sdz', 'sda']);
  assert.deepEqual(written, []);
  for (const part of ['sdb cannot be used 不可用: in use', 'sdc cannot be used 不可用: too small', 'There is no disk sdz', 'LEDGER of a Hospay machine']) assert.ok(said.includes(part), part);
});

test('an installation that fails says why and shows the disks again', async () => {
  const { written, said } = await played(['sda', 'erase sda', '', 'sda'], () => Promise.reject(new Error('the medium is damaged')));
  assert.deepEqual(written, []);
  assert.match(said, /Not installed 未安装: the medium is damaged[^]*Disks 磁盘/);
});
