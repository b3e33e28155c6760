import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SLOTS, type Slot } from '../update/bundle.js';
import type { UpdateKey } from '../update/update-keys.js';
import { billOfMaterials, readDpkgStatus, type DebianPackage } from './bill-of-materials.js';
import type { BootParts } from './formats/installer-medium.js';
import { packProduct } from './pack-product.js';
import { composeRoot } from './root-file-system.js';
import { unifiedKernel } from './unified-kernel.js';
import { verifiedRoot, type VerifiedRoot } from './verified-root.js';

export type SystemRequest = {
  /** The repository, built. */
  readonly repository: string;
  /** The unpacked Debian base. */
  readonly base: string;
  readonly output: string;
  readonly version: string;
  /** Seconds: the time of the commit. The same commit gives the same times. */
  readonly epoch: number;
  readonly compression: number;
  /** Whose updates the system takes. */
  readonly updateKeys: readonly UpdateKey[];
  readonly say: (text: string) => void;
  /** A last hand on the root before it is packed. */
  readonly change?: (root: string) => void;
};
export type BuiltSystem = {
  readonly root: VerifiedRoot;
  /** A boot image a slot: each names its own. */ readonly boot: Readonly<Record<Slot, string>>;
  /** The root file system, as a folder. */
  readonly target: string;
  /** What starts a root. */
  readonly starts: BootParts;
  /** 软件物料清单 (CycloneDX) of all of it, and of `/opt/hospay` alone. */
  readonly bill: string;
  readonly productBill: string;
};

/** One version of the system: the verified root, and the boot image that opens it from either slot. */
export function buildSystem({ repository, base, output, version, epoch, compression, updateKeys, say, change = () => {} }: SystemRequest): BuiltSystem {
  say('root file system …');
  const target = join(output, 'root');
  const { kernel, initrd } = composeRoot({ base, overlay: join(repository, 'appliance/image/rootfs'), target, epoch });
  const npmPackages = packProduct(repository, join(target, 'opt/hospay'), version);
  const osRelease = `NAME="Hospay appliance"\nID=hospay\nVERSION_ID=${version}\nPRETTY_NAME="Hospay appliance ${version}"\n`;
  writeFileSync(join(target, 'usr/lib/os-release'), osRelease);
  mkdirSync(join(target, 'usr/share/hospay'), { recursive: true });
  const billOf = (name: string, debian: readonly DebianPackage[]): string => JSON.stringify(billOfMaterials({ name, version, epoch, npm: npmPackages, debian, copyrightOf: (one) => textIn(join(target, 'usr/share/doc', one, 'copyright')) }), null, 1);
  const bill = billOf('Hospay appliance', readDpkgStatus(readFileSync(join(target, 'usr/share/hospay/dpkg-status'), 'utf8')));
  writeFileSync(join(target, 'usr/share/hospay/sbom.cdx.json'), bill);
  writeFileSync(join(target, 'usr/share/hospay/update-keys.json'), JSON.stringify(updateKeys, null, 1));
  change(target);
  say('squashfs and dm-verity …');
  const root = verifiedRoot(target, join(output, 'root.img'), { epoch, name: version, compression });
  const starts = { stub: join(base, 'usr/lib/systemd/boot/efi/linuxx64.efi.stub'), kernel, initrd, osRelease };
  const bootOf = (slot: Slot): string => {
    const file = join(output, `hospay-${slot}.efi`);
    unifiedKernel({ ...starts, file, commandLine: commandLineOf(slot, root) });
    return file;
  };
  const [a, b] = SLOTS.map(bootOf);
  return { root, boot: { a: a ?? '', b: b ?? '' }, target, starts, bill, productBill: billOf('Hospay', []) };
}

function commandLineOf(slot: Slot, { rootHash, hashOffset }: VerifiedRoot): string {
  return `root=/dev/mapper/hospay-root rootfstype=squashfs ro panic=30 hospay.slot=${slot} hospay.roothash=${rootHash} hospay.hashoffset=${String(hashOffset)} console=tty0 console=ttyS0,115200 quiet loglevel=3 systemd.show_status=false mitigations=auto`;
}

function textIn(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
