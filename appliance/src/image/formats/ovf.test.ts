import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { crc32c } from './crc32c.js';
import { manifestText, ovfText } from './open-virtualization.js';
import { readFormats } from './outputs.js';

type Item = Readonly<Record<string, string>>;
const DISK = { file: 'hospay-9.9.9-disk1.vmdk', bytes: 1_234_567, capacityBytes: 32 * 1024 ** 3 };

function parsed(): { readonly envelope: any; readonly items: readonly Item[] } { // oxlint-disable-line no-explicit-any -- a document as it is read
  const text = ovfText({ name: 'hospay-9.9.9', version: '9.9.9', disk: DISK });
  assert.equal(XMLValidator.validate(text), true);
  const envelope = new XMLParser({ ignoreAttributes: false, parseTagValue: false, removeNSPrefix: true, isArray: (name) => ['File', 'Disk', 'Item', 'Config'].includes(name) }).parse(text).Envelope;
  return { envelope, items: envelope.VirtualSystem.VirtualHardwareSection.Item };
}

test('an OVF refers to the disk beside it, with its size in the file and its size as a machine sees it', () => {
  const { envelope, items } = parsed();
  assert.deepEqual(envelope.References.File, [{ '@_id': 'file1', '@_href': DISK.file, '@_size': '1234567' }]);
  const [disk] = envelope.DiskSection.Disk;
  assert.deepEqual([disk['@_fileRef'], disk['@_capacity'], disk['@_capacityAllocationUnits']], ['file1', String(DISK.capacityBytes), 'byte']);
  assert.match(disk['@_format'], /#streamOptimized$/);
  assert.deepEqual(items.filter(({ HostResource }) => HostResource !== undefined).map(({ HostResource }) => HostResource), [`ovf:/disk/${disk['@_diskId']}`]);
});

test('its hardware is what ESXi 6.5 and later take: each part hangs on one that is there, each number is given once, none is of virtio', () => {
  const { envelope, items } = parsed();
  const { VirtualSystemType } = envelope.VirtualSystem.VirtualHardwareSection.System;
  assert.equal(VirtualSystemType, 'vmx-13');
  const numbers = items.map(({ InstanceID }) => InstanceID);
  assert.equal(new Set(numbers).size, numbers.length);
  for (const { Parent, ElementName } of items) if (Parent !== undefined) assert.ok(numbers.includes(Parent), ElementName);
  for (const item of items) {
    const names = Object.keys(item).filter((name) => !name.startsWith('@'));
    assert.deepEqual(names, names.toSorted(), 'its schema wants the elements in alphabetical order');
  }
  const kinds = items.flatMap(({ ResourceSubType }) => ResourceSubType ?? []);
  assert.ok(kinds.includes('VirtualSCSI') && kinds.includes('VmxNet3') && !kinds.some((kind) => /virtio/i.test(kind)), kinds.join(' '));
  const network = items.find(({ ResourceType }) => ResourceType === '10');
  assert.equal(network?.['Connection'], envelope.NetworkSection.Network['@_name']);
  const settings = envelope.VirtualSystem.VirtualHardwareSection.Config.map((one: Item) => `${one['@_key'] ?? ''}=${one['@_value'] ?? ''}`);
  assert.ok(settings.includes('firmware=efi'), settings.join(' '));
});

test('a manifest is what openssl sha256 of version 1 writes, without the space that ESXi refuses', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-mf-'));
  context.after(() => { rmSync(folder, { recursive: true, force: true }); });
  const files = ['a.ovf', 'b.vmdk'].map((name) => join(folder, name));
  for (const file of files) writeFileSync(file, file);
  const lines = (await manifestText(files)).split('\n');
  assert.equal(lines.pop(), '');
  const read = lines.map((line) => /^SHA256\(([A-Za-z0-9._-]+)\)= ([0-9a-f]{64})$/.exec(line)?.slice(1));
  assert.deepEqual(read, files.map((file) => [file.slice(folder.length + 1), createHash('sha256').update(file).digest('hex')]));
});

test('the checksum of VHDX headers is CRC-32C, by the example of RFC 3720', () => {
  assert.equal(crc32c(Buffer.alloc(32)), 0x8a9136aa);
  assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
});

test('formats are named, or all; an unknown one is refused with what there is', () => {
  assert.deepEqual(readFormats('vhdx, qcow2'), ['qcow2', 'vhdx']);
  assert.ok(readFormats('all').length >= 4);
  assert.throws(() => readFormats('qcow2,vdi'), /no format vdi; there are raw, qcow2, ova/);
});
