import { closeSync, copyFileSync, createReadStream, createWriteStream, mkdirSync, openSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { tool } from './tool.js';
import { uuidOf, type VerifiedRoot } from './verified-root.js';

const MIB = 1024 * 1024;
const SECTOR = 512;
/** The size of a new disk. The ledger is the last partition, so that it can be given the rest of a larger one. */
export const DISK_MIB = 32 * 1024;

/** GPT: the boot partition, two slots, and what a machine keeps, apart so that no part can fill another's. Sizes in MiB. */
export const PARTITIONS = [
  { name: 'esp', mib: 512, type: 'ef00' },
  { name: 'root-a', mib: 1_024, type: '8300' },
  { name: 'root-b', mib: 1_024, type: '8300' },
  { name: 'state', mib: 2_048, type: '8300' },
  { name: 'log', mib: 6_144, type: '8300' },
  { name: 'blob', mib: 6_144, type: '8300' },
  { name: 'ledger', mib: undefined, type: '8300' },
] as const;

/** Bytes from the start of the disk to a partition. */
export function offsetOf(name: (typeof PARTITIONS)[number]['name']): number {
  let at = MIB;
  for (const partition of PARTITIONS) {
    if (partition.name === name) return at;
    at += (partition.mib ?? 0) * MIB;
  }
  throw new Error(`no partition ${name}`);
}

/** Writes a whole disk, without loop devices or mounts. The partitions of the state are empty: each machine makes its own file systems at its first boot. */
export async function writeDisk({ file, version, epoch, loader, boot, root }: { readonly file: string; readonly version: string; readonly epoch: number; readonly loader: string; readonly boot: string; readonly root: VerifiedRoot }): Promise<void> {
  rmSync(file, { force: true });
  closeSync(openSync(file, 'w'));
  truncateSync(file, DISK_MIB * MIB);
  const args = ['--clear', `--disk-guid=${uuidOf(`disk ${version}`)}`];
  for (const [index, { name, mib, type }] of PARTITIONS.entries()) {
    const number = String(index + 1);
    const start = String(offsetOf(name) / SECTOR);
    args.push(`--new=${number}:${start}:${mib === undefined ? '0' : `+${String(mib)}M`}`, `--typecode=${number}:${type}`, `--change-name=${number}:${name}`, `--partition-guid=${number}:${uuidOf(`${name} ${version}`)}`);
  }
  tool('sgdisk', [...args, file]);
  const esp = `${file}.esp`;
  writeBootPartition({ file: esp, version, epoch, loader, boot });
  const { size } = statSync(root.file);
  if (size > PARTITIONS[1].mib * MIB) throw new Error(`the root of ${String(Math.ceil(size / MIB))} MiB does not fit into its slot`);
  await writeAt(file, esp, offsetOf('esp'));
  await writeAt(file, root.file, offsetOf('root-a'));
  rmSync(esp);
}

function writeBootPartition({ file, version, epoch, loader, boot }: { readonly file: string; readonly version: string; readonly epoch: number; readonly loader: string; readonly boot: string }): void {
  rmSync(file, { force: true });
  tool('mkfs.vfat', ['-C', '-F', '32', '-n', 'HOSPAYBOOT', '-i', uuidOf(`boot ${version}`).slice(0, 8), '--invariant', file, String((PARTITIONS[0].mib * MIB) / 1024)]);
  const folder = `${file}.files`;
  rmSync(folder, { recursive: true, force: true });
  for (const path of ['EFI/BOOT', 'EFI/Linux', 'loader']) mkdirSync(`${folder}/${path}`, { recursive: true });
  copyFileSync(loader, `${folder}/EFI/BOOT/BOOTX64.EFI`);
  copyFileSync(boot, `${folder}/EFI/Linux/hospay-a.efi`);
  writeFileSync(`${folder}/loader/loader.conf`, 'timeout 0\neditor no\nauto-entries no\n');
  copyIntoFat(file, [`${folder}/EFI`, `${folder}/loader`], epoch);
  rmSync(folder, { recursive: true, force: true });
}

/** Copies folders into a FAT file system, with one time for all. */
export function copyIntoFat(file: string, folders: readonly string[], epoch: number): void {
  tool('mcopy', ['-s', '-i', file, ...folders, '::/'], { env: { MTOOLS_SKIP_CHECK: '1', SOURCE_DATE_EPOCH: String(epoch), TZ: 'UTC' } });
}

function writeAt(disk: string, from: string, start: number): Promise<void> {
  return pipeline(createReadStream(from), createWriteStream(disk, { flags: 'r+', start }));
}
