import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { tool } from '../tool.js';
import { uuidOf } from '../verified-root.js';
import { crc32c } from './crc32c.js';

const KIB = 1024;
const SECTOR = 512;

/** One request after another (`-m 1`): what several write at once lies in another order each time. */
const IN_ORDER = ['convert', '-m', '1', '-f', 'raw'];

/** For KVM and what is built on it. Packed by zlib: older hosts read no other. */
export function writeQcow2(raw: string, file: string): void {
  tool('qemu-img', [...IN_ORDER, '-c', '-O', 'qcow2', raw, file]);
}

/** For VMware, packed as an OVF carries it. `identity`: what the disk is, so that the number it carries is the same in each build of it. */
export function writeVmdk(raw: string, file: string, identity: string): void {
  tool('qemu-img', [...IN_ORDER, '-O', 'vmdk', '-o', 'subformat=streamOptimized,adapter_type=lsilogic,hwversion=13', raw, file]);
  edit(file, (disk) => {
    const header = disk.read(0, SECTOR);
    const [at, length] = [Number(header.readBigUInt64LE(28)) * SECTOR, Number(header.readBigUInt64LE(36)) * SECTOR];
    const text = disk.read(at, length).toString('latin1').replace(/\0+$/, '');
    const settled = text.replace(/^CID=[0-9a-f]{1,8}$/m, `CID=${uuidOf(`vmdk ${identity}`).slice(0, 8)}`);
    disk.write(at, Buffer.from(settled.padEnd(length, '\0'), 'latin1'));
  });
}

/**
 * For Hyper-V (generation 2). What qemu-img draws at random is settled (MS-VHDX 2.2.2, 2.3, 2.6.2.6): the numbers of both headers and of their sequence, covered by a checksum; the log, which is
 * empty by the headers and keeps what was; and the number a guest sees as page 83.
 */
export function writeVhdx(raw: string, file: string, identity: string): void {
  tool('qemu-img', [...IN_ORDER, '-O', 'vhdx', '-o', 'subformat=dynamic,block_size=1M', raw, file]);
  edit(file, (disk) => {
    const headers = [64 * KIB, 128 * KIB].map((at) => ({ at, header: disk.read(at, 4 * KIB) })).sort((one, other) => (one.header.readBigUInt64LE(8) < other.header.readBigUInt64LE(8) ? -1 : 1));
    for (const [turn, { at, header }] of headers.entries()) {
      expectMark(header, 'head', file);
      if (!header.subarray(48, 64).every((byte) => byte === 0)) throw new Error(`${file} was not closed: its log is not empty`);
      header.writeBigUInt64LE(BigInt(turn + 1), 8);
      numberOf(`vhdx file ${identity}`).copy(header, 16);
      numberOf(`vhdx data ${identity}`).copy(header, 32);
      header.writeUInt32LE(0, 4);
      header.writeUInt32LE(crc32c(header), 4);
      disk.write(at, header);
      disk.write(Number(header.readBigUInt64LE(72)), Buffer.alloc(header.readUInt32LE(68)));
    }
    const metadata = offsetOfEntry(disk.read(192 * KIB, 64 * KIB), { mark: 'regi', first: 16, count: 8, id: '06a27c8b90479a4bb8fe575f050f886e', file });
    const item = offsetOfEntry(disk.read(metadata, 64 * KIB), { mark: 'metadata', first: 32, count: 10, id: 'ab12cabee6b2234593efc309e000c746', file, short: true });
    disk.write(metadata + item, numberOf(`vhdx page 83 ${identity}`));
  });
}

/** Where the entry of an id points, in one of the tables of VHDX: entries of 32 bytes, id first. */
function offsetOfEntry(table: Buffer, { mark, first, count, id, file, short = false }: { readonly mark: string; readonly first: number; readonly count: number; readonly id: string; readonly file: string; readonly short?: boolean }): number {
  expectMark(table, mark, file);
  for (let index = 0; index < table.readUInt16LE(count); index += 1) {
    const entry = table.subarray(first + index * 32, first + (index + 1) * 32);
    if (entry.toString('hex', 0, 16) === id) return short ? entry.readUInt32LE(16) : Number(entry.readBigUInt64LE(16));
  }
  throw new Error(`${file}: its ${mark} table has no ${id}`);
}

function expectMark(block: Buffer, mark: string, file: string): void {
  if (block.toString('latin1', 0, mark.length) !== mark) throw new Error(`${file}: "${mark}" is not where the format has it`);
}

function numberOf(name: string): Buffer {
  return Buffer.from(uuidOf(name).replaceAll('-', ''), 'hex');
}

type OpenFile = { read(at: number, length: number): Buffer; write(at: number, bytes: Buffer): void };

function edit(file: string, change: (opened: OpenFile) => void): void {
  const opened = openSync(file, 'r+');
  try {
    change({
      read: (at, length) => {
        const bytes = Buffer.alloc(length);
        if (readSync(opened, bytes, 0, length, at) !== length) throw new Error(`${file} ends before byte ${String(at + length)}`);
        return bytes;
      },
      write: (at, bytes) => { writeSync(opened, bytes, 0, bytes.length, at); },
    });
  } finally {
    closeSync(opened);
  }
}

/** Bytes of a disk as a machine sees it. */
export function capacityOf(file: string): number {
  return (JSON.parse(tool('qemu-img', ['info', '--output=json', file])) as { 'virtual-size': number })['virtual-size'];
}
