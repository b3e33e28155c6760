/** What of the image can be seen without building it. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { DISK_MIB, offsetOf, PARTITIONS } from './disk.js';
import { ENABLED, readPackageList } from './root-file-system.js';
import { uuidOf } from './verified-root.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const OVERLAY = join(ROOT, 'appliance/image/rootfs');
const MIB = 1024 * 1024;

test('the partitions follow each other, the last has room to grow, and both slots are alike', () => {
  for (const [index, { name, mib }] of PARTITIONS.entries()) {
    const next = PARTITIONS[index + 1];
    if (next === undefined) assert.ok(offsetOf(name) < (DISK_MIB - 1_024) * MIB, `${name} has no room`);
    else assert.equal(offsetOf(next.name), offsetOf(name) + (mib ?? Number.NaN) * MIB);
  }
  const slots = PARTITIONS.filter(({ name }) => name.startsWith('root-'));
  assert.deepEqual(slots.map(({ name, mib }) => [name, mib]), [['root-a', slots[0]?.mib], ['root-b', slots[0]?.mib]]);
});

test('what a partition is mounted by is a name of the disk', () => {
  const named = [...readFileSync(join(OVERLAY, 'etc/fstab'), 'utf8').matchAll(/^PARTLABEL=(\S+)/gm)].map(([, name]) => name);
  assert.ok(named.length >= 3);
  assert.deepEqual(named.filter((name) => !PARTITIONS.some((partition) => partition.name === name)), []);
});

test('each unit of ours starts at boot, and what it starts is part of the product', () => {
  const startedByUdev = readdirSync(join(OVERLAY, 'etc/udev/rules.d')).map((name) => readFileSync(join(OVERLAY, 'etc/udev/rules.d', name), 'utf8')).join('');
  const units = readdirSync(join(OVERLAY, 'etc/systemd/system')).filter((name) => name.endsWith('.service'));
  for (const unit of units) {
    const [stem = ''] = unit.split(/@?\.service/);
    assert.ok(ENABLED.some((one) => one.startsWith(stem)) || startedByUdev.includes(`${stem}@`), `${unit} is never started`);
    const programs = [...readFileSync(join(OVERLAY, 'etc/systemd/system', unit), 'utf8').matchAll(/^ExecStart=.*?\/opt\/hospay\/(\S+\.js)/gm)].map(([, path]) => path ?? '');
    const scripts = [...readFileSync(join(OVERLAY, 'etc/systemd/system', unit), 'utf8').matchAll(/^ExecStart=\/(usr\/lib\/hospay\/\S+)/gm)].map(([, path]) => path ?? '');
    assert.ok(programs.length + scripts.length > 0, unit);
    assert.deepEqual(scripts.filter((script) => !existsSync(join(OVERLAY, script))), []);
    for (const program of programs) assert.ok(existsSync(join(ROOT, program)), `${unit} starts ${program}`);
  }
});

test('the list of packages names each once, and no reason is taken for a package', () => {
  const packages = readPackageList(readFileSync(join(ROOT, 'appliance/image/packages.txt'), 'utf8'));
  assert.equal(new Set(packages).size, packages.length);
  assert.ok(packages.includes('cryptsetup-bin') && packages.every((name) => /^[a-z0-9][a-z0-9+.-]+$/.test(name)), packages.join(' '));
});

test('numbers in the image are the same in each build of the same thing, and of others others', () => {
  assert.equal(uuidOf('disk 1.0.0'), uuidOf('disk 1.0.0'));
  assert.notEqual(uuidOf('disk 1.0.0'), uuidOf('disk 1.0.1'));
  assert.match(uuidOf('disk 1.0.0'), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
});
