/** Outputs of the image made from a small disk and a small root: what the tools of their hosts would read. Nothing is started. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, readSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync, zstdCompressSync } from 'node:zlib';
import { writeOva } from '@hospay/appliance/image/formats/open-virtualization.js';
import { writeSystem, type InstallPlan } from '@hospay/appliance/box/write-system.js';
import { offsetOf, PARTITIONS, writeDisk } from '@hospay/appliance/image/disk.js';
import { compareOutputs } from '@hospay/appliance/image/formats/compare-outputs.js';
import { writeDebianPackage } from '@hospay/appliance/image/formats/debian-package.js';
import { partitionTable } from '@hospay/appliance/image/formats/installer-medium.js';
import { writeOciArchive } from '@hospay/appliance/image/formats/oci-archive.js';
import { capacityOf, writeQcow2, writeVhdx } from '@hospay/appliance/image/formats/virtual-disk.js';
import { unifiedKernel } from '@hospay/appliance/image/unified-kernel.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const EPOCH = 1_700_000_000;
const MIB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'hospay-outputs-'));
after(() => { rmSync(folder, { recursive: true, force: true }); });

/** 48 MiB: something that packs well, something that does not, and holes. */
const raw = join(folder, 'small.raw');
writeFileSync(raw, Buffer.concat([Buffer.alloc(3 * MIB, 'hospay'), Buffer.alloc(20 * MIB), ...Array.from({ length: 3 * 1024 * 32 }, (_, index) => createHash('sha256').update(String(index)).digest()), Buffer.alloc(22 * MIB)]));

test('the same disk gives the same qcow2, and VHDX with the same numbers: whole, of the same size, with the same content', async () => {
  const made = [1, 2].map((turn) => {
    const of = inFolder(`disks-${String(turn)}`);
    writeQcow2(raw, join(of, 'x.qcow2'));
    writeVhdx(raw, join(of, 'x.vhdx'), '9.9.9');
    return of;
  });
  for (const file of ['x.qcow2', 'x.vhdx']) {
    const [one = '', other = ''] = made.map((of) => join(of, file));
    assert.equal(sha256(one), sha256(other), file);
    assert.match(run('qemu-img', ['check', one]), /No errors were found/);
    assert.match(run('qemu-img', ['compare', '-f', 'raw', '-F', file.slice(2), raw, one]), /Images are identical/);
    assert.equal(capacityOf(one), statSync(raw).size);
  }
});

test('an OVA holds OVF, manifest and disk in this order, as ustar; the manifest is true, the same image gives the same file, and the folder holds the same', async () => {
  const [one, other] = await Promise.all(['ova-1', 'ova-2'].map((name) => writeOva({ raw, output: inFolder(name), name: 'hospay-9.9.9', version: '9.9.9', epoch: EPOCH })));
  const [ovfFolder = '', ova = ''] = one ?? [];
  assert.equal(sha256(ova), sha256(other?.[1] ?? ''));
  assert.equal(readFileSync(ova).toString('latin1', 257, 265), 'ustar\u000000');
  const names = ['hospay-9.9.9.ovf', 'hospay-9.9.9.mf', 'hospay-9.9.9-disk1.vmdk'];
  assert.deepEqual(run('tar', ['-tf', ova]).trim().split('\n'), names);
  assert.deepEqual(readdirSync(ovfFolder).toSorted(), names.toSorted());
  const unpacked = inFolder('ova-unpacked');
  run('tar', ['-xf', ova, '-C', unpacked]);
  const lines = readFileSync(join(unpacked, names[1] ?? ''), 'utf8').trimEnd().split('\n');
  assert.deepEqual(lines, [names[0], names[2]].map((name) => `SHA256(${name ?? ''})= ${sha256(join(unpacked, name ?? ''))}`));
  const disk = join(unpacked, names[2] ?? '');
  const ovf = readFileSync(join(unpacked, names[0] ?? ''), 'utf8');
  assert.ok(ovf.includes(`ovf:size="${String(statSync(disk).size)}"`) && ovf.includes(`ovf:capacity="${String(statSync(raw).size)}"`));
  assert.match(run('qemu-img', ['info', disk]), /create type: streamOptimized/);
  assert.match(run('qemu-img', ['compare', '-f', 'raw', '-F', 'vmdk', raw, disk]), /Images are identical/);
});

test('an OCI archive is whole by its digests, runs the core as its user with volumes for what it keeps, and is the same each time', async () => {
  const root = inFolder('root');
  for (const path of ['opt/hospay', 'boot', 'usr/lib/modules/6.12', 'var/lib/hospay', `opt/${'long/'.repeat(30)}`]) mkdirSync(join(root, path), { recursive: true });
  for (const path of ['opt/hospay/VERSION', 'boot/vmlinuz', 'usr/lib/modules/6.12/x.ko', `opt/${'long/'.repeat(30)}x`]) writeFileSync(join(root, path), path);
  const archives = ['1.tar', '2.tar'].map((name) => join(folder, name));
  for (const file of archives) await writeOciArchive({ root, file, version: '9.9.9', epoch: EPOCH });
  const [archive = '', again = ''] = archives;
  assert.equal(sha256(archive), sha256(again));
  const layout = inFolder('oci');
  run('tar', ['-xf', archive, '-C', layout]);
  assert.deepEqual(json(join(layout, 'oci-layout')), { imageLayoutVersion: '1.0.0' });
  const blob = ({ digest, size }: { digest: string; size: number }): string => {
    const file = join(layout, 'blobs', digest.replace(':', '/'));
    assert.deepEqual([`sha256:${sha256(file)}`, statSync(file).size], [digest, size]);
    return file;
  };
  const manifest = json(blob(json(join(layout, 'index.json')).manifests[0]));
  const { config, rootfs } = json(blob(manifest.config));
  assert.deepEqual([config.User, Object.keys(config.Volumes)], ['700:700', ['/state', '/var/lib/hospay', '/var/lib/hospay-files']]);
  assert.deepEqual(config.Entrypoint.slice(-1), ['--start-core']);
  const layers: string[] = manifest.layers.map(blob);
  assert.deepEqual(rootfs.diff_ids, layers.map((file) => `sha256:${createHash('sha256').update(gunzipSync(readFileSync(file))).digest('hex')}`));
  const [system = '', owned = ''] = layers.map((file) => run('tar', ['--numeric-owner', '-tvzf', file]));
  assert.match(system, /^-\S+ 0\/0 .* \.\/opt\/hospay\/VERSION$/m);
  assert.doesNotMatch(system, /vmlinuz|x\.ko/);
  assert.match(owned, /^drwx------ 700\/700 .* var\/lib\/hospay\/$/m);
});

test('the package for a system of the Debian family holds the product, units in the same sandbox with their own folders, and its bundle all to install it without a network', () => {
  const product = inFolder('product');
  mkdirSync(join(product, 'bin'));
  writeFileSync(join(product, 'VERSION'), '9.9.9-rc.1\n');
  const sources = join(ROOT, 'appliance/image');
  const unit = readFileSync(join(sources, 'rootfs/etc/systemd/system/hospay.service'), 'utf8');
  const [one, other] = ['deb-1', 'deb-2'].map((name) => writeDebianPackage({ product, files: join(sources, 'debian'), unit, bill: '{}', output: inFolder(name), version: '9.9.9-rc.1', epoch: EPOCH }));
  const [deb = '', bundle = ''] = one ?? [];
  assert.equal(sha256(bundle), sha256(other?.[1] ?? ''));
  assert.deepEqual(['Package', 'Version', 'Architecture'].map((field) => run('dpkg-deb', ['--field', deb, field]).trim()), ['hospay', '9.9.9~rc.1', 'amd64']);
  assert.match(run('dpkg-deb', ['--field', deb, 'Depends']), /libc6 \(>= 2\.28\).*systemd/);
  const contents = run('dpkg-deb', ['--contents', deb]);
  for (const path of ['opt/hospay/VERSION', 'usr/lib/systemd/system/hospay.service', 'usr/lib/systemd/system/hospay-prepare.service', 'usr/lib/sysusers.d/hospay.conf', 'usr/lib/tmpfiles.d/hospay.conf', 'usr/share/doc/hospay/copyright', 'usr/share/hospay/sbom.cdx.json']) assert.match(contents, new RegExp(` root/root .* \\./${path}$`, 'm'), path);
  const tree = inFolder('deb-unpacked');
  run('dpkg-deb', ['--raw-extract', deb, tree]);
  const installed = readFileSync(join(tree, 'usr/lib/systemd/system/hospay.service'), 'utf8');
  assert.match(installed, /^EnvironmentFile=\/run\/hospay\/laid-out\/hospay\/secrets\.env$/m);
  assert.doesNotMatch(installed, /\/state\b/);
  assert.match(installed, /^ProtectSystem=strict$/m);
  for (const script of ['postinst', 'prerm', 'postrm']) {
    assert.ok((statSync(join(tree, 'DEBIAN', script)).mode & 0o111) !== 0, script);
    run('sh', ['-n', join(tree, 'DEBIAN', script)]);
  }
  const unpacked = inFolder('bundle-unpacked');
  run('tar', ['-xf', bundle, '-C', unpacked]);
  assert.deepEqual(readdirSync(unpacked).toSorted(), ['INSTALL.md', 'SHA256SUMS', 'hospay_9.9.9~rc.1_amd64.deb', 'sbom.cdx.json']);
  assert.match(run('sh', ['-c', `cd ${unpacked} && sha256sum -c SHA256SUMS`]), /hospay_9\.9\.9~rc\.1_amd64\.deb: OK/);
});

test('two builds at different times give the same boot partition, and differences are found by name', async () => {
  const names = ['disk-1', 'disk-2'];
  for (const name of names) {
    const of = inFolder(name);
    for (const part of ['loader', 'boot', 'root']) writeFileSync(join(of, part), part.padEnd(8_192, '.'));
    await writeDisk({ file: join(of, 'disk.raw'), version: '9.9.9', epoch: EPOCH, loader: join(of, 'loader'), boot: join(of, 'boot'), root: { file: join(of, 'root'), rootHash: '', hashOffset: 0 } });
    // FAT knows a time to two seconds.
    await new Promise((wake) => { setTimeout(wake, 2_100); });
  }
  const [one = '', other = ''] = names.map((name) => join(folder, name));
  const [first, second] = [one, other].map((of) => readAt(join(of, 'disk.raw'), 0, 20 * MIB));
  assert.ok(first === second);
  writeFileSync(join(other, 'boot'), 'another');
  assert.deepEqual(compareOutputs(one, other, ['loader', 'boot', 'none']).map(({ found }) => found), ['same', 'different', 'missing']);
});

test('a boot image does not tell when it was built', (context) => {
  const cache = join(ROOT, 'data/image/cache');
  const stub = (existsSync(cache) ? readdirSync(cache) : []).map((name) => join(cache, name, 'usr/lib/systemd/boot/efi/linuxx64.efi.stub')).find((file) => existsSync(file));
  if (stub === undefined) { context.skip('no image was built here, and its Debian base brings the stub'); return; }
  const of = inFolder('boot-image');
  for (const part of ['kernel', 'initrd']) writeFileSync(join(of, part), part);
  const file = join(of, 'x.efi');
  unifiedKernel({ stub, kernel: join(of, 'kernel'), initrd: join(of, 'initrd'), commandLine: 'root=x', osRelease: 'ID=x\n', file });
  const image = readFileSync(file);
  assert.equal(image.readUInt32LE(image.readUInt32LE(0x3c) + 8), 0);
  assert.ok(image.includes('root=x'));
});

test('an installed disk has every partition, the last as long as the disk allows, the content of the medium, and nothing of what was on it', async () => {
  const { plan, medium } = smallMedium('medium');
  const disk = diskOf('disk.raw');
  // A file system of before where this machine's state will be: it would be taken for its own.
  run('mke2fs', ['-q', '-F', '-t', 'ext4', '-E', `offset=${String(offsetOf('state'))}`, disk, '64m']);
  await writeSystem({ plan, medium, disk, say: () => {} });
  const { partitiontable } = JSON.parse(run('sfdisk', ['--json', disk])) as { partitiontable: { partitions: { name: string; start: number; size: number }[] } };
  assert.deepEqual(partitiontable.partitions.map(({ name, start }) => [name, start * 512]), PARTITIONS.map(({ name }) => [name, offsetOf(name)]));
  const ledger = partitiontable.partitions.at(-1);
  assert.ok(((ledger?.start ?? 0) + (ledger?.size ?? 0)) * 512 > statSync(disk).size - 2 * MIB);
  for (const [name, text] of [['esp', 'boot'], ['root-a', 'root']] as const) assert.equal(readAt(disk, offsetOf(name), 4), text);
  assert.equal(spawnSync('blkid', ['-p', '-O', String(offsetOf('state')), disk]).status, 2, 'something is found where the state will be');
});

test('a damaged medium touches no disk', async () => {
  const { plan, medium } = smallMedium('damaged');
  writeFileSync(join(medium, 'root.img'), Buffer.alloc(MIB, 'rust'));
  const disk = diskOf('spared.raw');
  const before = readAt(disk, 0, MIB);
  await assert.rejects(writeSystem({ plan, medium, disk, say: () => {} }), /the medium is damaged \(root-a\); nothing was written/);
  assert.equal(readAt(disk, 0, MIB), before);
});

function smallMedium(name: string): { readonly plan: InstallPlan; readonly medium: string } {
  const medium = inFolder(name);
  const [root, esp] = [Buffer.alloc(MIB, 'root'), Buffer.alloc(2 * MIB, 'boot')];
  writeFileSync(join(medium, 'root.img'), root);
  writeFileSync(join(medium, 'esp.img.zst'), zstdCompressSync(esp));
  const sum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  const part = (file: string, at: 'esp' | 'root-a', content: Buffer): InstallPlan['parts'][number] => ({ name: at, file, offset: offsetOf(at), bytes: content.length, sha256: sum(content), fileSha256: sha256(join(medium, file)) });
  return { medium, plan: { version: '9.9.9', minimumBytes: 0, table: partitionTable(), parts: [part('root.img', 'root-a', root), part('esp.img.zst', 'esp', esp)] } };
}

function diskOf(name: string): string {
  const disk = join(folder, name);
  writeFileSync(disk, 'what was there');
  truncateSync(disk, 40 * 1024 * MIB);
  return disk;
}

function readAt(file: string, at: number, length: number): string {
  const opened = openSync(file, 'r');
  const bytes = Buffer.alloc(length);
  readSync(opened, bytes, 0, length, at);
  closeSync(opened);
  return bytes.toString('latin1');
}

function inFolder(name: string): string {
  mkdirSync(join(folder, name));
  return join(folder, name);
}

function json(file: string): any { // oxlint-disable-line no-explicit-any -- a document as it is read
  return JSON.parse(readFileSync(file, 'utf8'));
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  assert.equal(status, 0, `${command}: ${error?.message ?? stderr}`);
  return stdout;
}
