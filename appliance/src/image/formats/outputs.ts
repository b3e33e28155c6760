import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { VerifiedRoot } from '../verified-root.js';
import { writeDebianPackage } from './debian-package.js';
import { writeInstallerMedium, type BootParts } from './installer-medium.js';
import { writeOciArchive } from './oci-archive.js';
import { writeOva } from './open-virtualization.js';
import { writeQcow2, writeVhdx } from './virtual-disk.js';

/** What of an image is built, and how to speak of it. */
export type BuiltImage = {
  /** Folder of the outputs. */
  readonly output: string;
  /** `hospay-1.0.0`: what files of it are called. */
  readonly name: string;
  readonly version: string;
  /** Seconds: the time of the commit. */
  readonly epoch: number;
  /** The root file system, as a folder. */
  readonly target: string;
  /** The bill of materials of `/opt/hospay` alone. */
  readonly productBill: string;
  /** `appliance/image`, where files of the image lie. */
  readonly sources: string;
  /** What starts the root. */
  readonly boot: BootParts;
  readonly root: VerifiedRoot;
  /** The raw disk. */
  readonly disk: string;
  readonly say: (text: string) => void;
};

/** Each format, for whom, and how it is written. @returns the files of it that are given away. */
const WRITERS = {
  raw: () => [],
  // KVM, Proxmox, and the domestic platforms built on them.
  qcow2: ({ output, name, disk }) => written(join(output, `${name}.qcow2`), (file) => { writeQcow2(disk, file); }),
  // VMware.
  ova: async ({ output, name, version, epoch, disk }) => {
    const [folder = '', ova = ''] = await writeOva({ raw: disk, output, name, version, epoch });
    return [...['ovf', 'mf'].map((ending) => join(folder, `${name}.${ending}`)), join(folder, `${name}-disk1.vmdk`), ova];
  },
  // Hyper-V.
  vhdx: ({ output, name, version, disk }) => written(join(output, `${name}.vhdx`), (file) => { writeVhdx(disk, file, version); }),
  // Podman, Docker.
  oci: async ({ output, name, version, epoch, target }) => {
    const file = join(output, `${name}-oci.tar`);
    await writeOciArchive({ root: target, file, version, epoch });
    return [file];
  },
  // Systems of the Debian family that a hospital brings itself.
  deb: ({ output, version, epoch, target, productBill, sources }) => {
    const unit = readFileSync(join(sources, 'rootfs/etc/systemd/system/hospay.service'), 'utf8');
    return writeDebianPackage({ product: join(target, 'opt/hospay'), files: join(sources, 'debian'), unit, bill: productBill, output, version, epoch });
  },
  // Bare metal.
  iso: async ({ output, name, version, epoch, disk, root, boot }) => {
    const file = join(output, `${name}-installer.iso`);
    await writeInstallerMedium({ disk, root, boot, file, version, epoch });
    return [file];
  },
} as const satisfies Record<string, (image: BuiltImage) => readonly string[] | Promise<readonly string[]>>;

export type Format = keyof typeof WRITERS;
const FORMATS = Object.keys(WRITERS) as Format[];

/** `ova,vhdx`, or `all`. @throws Error naming what there is. */
export function readFormats(text: string): readonly Format[] {
  if (text === 'all') return FORMATS;
  const named = text.split(',').map((name) => name.trim());
  const unknown = named.filter((name) => !FORMATS.some((format) => format === name));
  if (unknown.length > 0) throw new Error(`--formats: no format ${unknown.join(', ')}; there are ${FORMATS.join(', ')}, or all`);
  return FORMATS.filter((format) => named.includes(format));
}

/** Writes the formats one after another. @returns every file that is given away, without the raw disk, which is what others are made from. */
export async function writeOutputs(formats: readonly Format[], image: BuiltImage): Promise<readonly string[]> {
  const files: string[] = [];
  for (const format of formats) {
    const made = await WRITERS[format](image);
    for (const file of made) image.say(`${format}: ${file.slice(image.output.length + 1)}, ${(statSync(file).size / 1_000_000).toFixed(1)} MB`);
    files.push(...made);
  }
  return files;
}

function written(file: string, write: (file: string) => void): readonly string[] {
  write(file);
  return [file];
}
