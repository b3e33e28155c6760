import { createHash } from 'node:crypto';
import { copyFileSync, createReadStream, createWriteStream, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import type { InstallPlan } from '../../box/write-system.js';
import { copyIntoFat, offsetOf, PARTITIONS } from '../disk.js';
import { tool } from '../tool.js';
import { unifiedKernel } from '../unified-kernel.js';
import type { VerifiedRoot } from '../verified-root.js';

const MIB = 1024 * 1024;
const SECTOR = 512;
/** Less would be no ledger to speak of. */
const SMALLEST_LEDGER_MIB = 8 * 1024;
const TYPES = { ef00: 'C12A7328-F81F-11D2-BA4B-00C04FD430C9', 8300: '0FC63DAF-8483-4772-8E79-3D69D8477DE4' } as const;

/** What starts the verified root, as `unifiedKernel` takes it. */
export type BootParts = { readonly stub: string; readonly kernel: string; readonly initrd: string; readonly osRelease: string };

/**
 * Writes an ISO for bare metal (UEFI; as a CD, or written onto a USB stick as it is): the same verified root, started as an installer, and the boot partition of a machine. Its boot image names
 * the root's hash and the plan's, so that one signature over it will cover all of the medium.
 * @param disk the raw disk, whose boot partition is taken
 */
export async function writeInstallerMedium({ disk, root, boot, file, version, epoch }: { readonly disk: string; readonly root: VerifiedRoot; readonly boot: BootParts; readonly file: string; readonly version: string; readonly epoch: number }): Promise<void> {
  const tree = `${file}.tree`;
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(join(tree, 'hospay'), { recursive: true });
  copyFileSync(root.file, join(tree, 'hospay/root.img'));
  const espBytes = (PARTITIONS[0].mib ?? 0) * MIB;
  const esp = (): Readable => createReadStream(disk, { start: offsetOf('esp'), end: offsetOf('esp') + espBytes - 1 });
  await pipeline(esp(), createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 12 } }), createWriteStream(join(tree, 'hospay/esp.img.zst')));
  const rootSum = await sha256(createReadStream(root.file));
  const plan: InstallPlan = {
    version,
    minimumBytes: offsetOf('ledger') + SMALLEST_LEDGER_MIB * MIB,
    table: partitionTable(),
    parts: [
      { name: 'root-a', file: 'root.img', offset: offsetOf('root-a'), bytes: statSync(root.file).size, sha256: rootSum, fileSha256: rootSum },
      { name: 'esp', file: 'esp.img.zst', offset: offsetOf('esp'), bytes: espBytes, sha256: await sha256(esp()), fileSha256: await sha256(createReadStream(join(tree, 'hospay/esp.img.zst'))) },
    ],
  };
  const text = JSON.stringify(plan);
  writeFileSync(join(tree, 'hospay/install.json'), text);
  const image = `${file}.efi`;
  unifiedKernel({ ...boot, file: image, commandLine: commandLineOf(root, createHash('sha256').update(text).digest('hex')) });
  const firmware = writeFirmwarePartition(`${file}.fat`, image, epoch);
  tool('find', [tree, '-exec', 'touch', '-d', `@${String(epoch)}`, '{}', '+']);
  tool('xorriso', ['-as', 'mkisofs', '-quiet', '-r', '-V', 'HOSPAY_INSTALL', '-append_partition', '2', '0xef', firmware, '-appended_part_as_gpt', '-e', '--interval:appended_partition_2:all::', '-no-emul-boot', '-partition_offset', '16', '-o', file, tree], { env: { SOURCE_DATE_EPOCH: String(epoch) } });
  for (const left of [tree, firmware, image, `${image}.cmdline`, `${image}.osrel`]) rmSync(left, { recursive: true });
}

/** Nothing of the machine's own disks is mounted (`fstab=no`), and the target of the installer is reached instead of the appliance's. */
function commandLineOf({ rootHash, hashOffset }: VerifiedRoot, planHash: string): string {
  return `root=/dev/mapper/hospay-root rootfstype=squashfs ro panic=30 hospay.installer=${planHash} hospay.roothash=${rootHash} hospay.hashoffset=${String(hashOffset)} fstab=no systemd.gpt_auto=no systemd.unit=hospay-installer.target console=tty0 console=ttyS0,115200 quiet loglevel=3 systemd.show_status=false mitigations=auto`;
}

/** The partitions of `writeDisk`, as `sfdisk` reads them, without numbers: each installed disk draws its own. */
export function partitionTable(): string {
  const lines = PARTITIONS.map(({ name, mib, type }) => `start=${String(offsetOf(name) / SECTOR)}, ${mib === undefined ? '' : `size=${String((mib * MIB) / SECTOR)}, `}type=${TYPES[type]}, name="${name}"`);
  return `label: gpt\n\n${lines.join('\n')}\n`;
}

/** What the firmware starts from, of a CD and of a stick. */
function writeFirmwarePartition(file: string, image: string, epoch: number): string {
  rmSync(file, { force: true });
  tool('mkfs.vfat', ['-C', '-F', '16', '-n', 'HOSPAYINST', '--invariant', file, String((Math.ceil(statSync(image).size / MIB) + 2) * 1024)]);
  const folder = `${file}.files`;
  mkdirSync(join(folder, 'EFI/BOOT'), { recursive: true });
  copyFileSync(image, join(folder, 'EFI/BOOT/BOOTX64.EFI'));
  copyIntoFat(file, [join(folder, 'EFI')], epoch);
  rmSync(folder, { recursive: true });
  return file;
}

async function sha256(content: Readable): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(content, hash);
  return hash.digest('hex');
}
