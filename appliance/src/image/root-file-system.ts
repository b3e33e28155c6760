import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tool } from './tool.js';

export const SUITE = 'trixie';
/** Drivers no appliance in a machine room needs, three quarters of the kernel's size. */
const NO_DRIVERS = ['gpu', 'media', 'net/wireless', 'staging', 'infiniband', 'bluetooth', 'isdn', 'iio', 'input/touchscreen', 'input/joystick', 'hwmon', 'pcmcia', 'usb/gadget', 'usb/misc', 'video', 'mtd', 'firewire', 'atm', 'nfc', 'thunderbolt', 'comedi', 'leds', 'rtc/hid', 'power', 'crypto', 'platform'];
const NO_MODULES = ['sound', 'net/bluetooth', 'net/mac80211', 'net/wireless', 'net/batman-adv', 'net/nfc', 'fs/btrfs', 'fs/xfs', 'fs/ocfs2', 'fs/gfs2', 'fs/ceph', 'fs/f2fs', 'fs/bcachefs'];
export const ENABLED = ['hospay-prepare.service', 'hospay.service', 'hospay-restore.service', 'hospay-gate.service', 'hospay-grow.service', 'hospay-relay.service', 'hospay-box.socket', 'hospay-plugin.socket', 'hospay-nfs.socket', 'hospay-screen@tty1.service', 'hospay-screen@ttyS0.service', 'hospay-installer@tty1.service', 'hospay-installer@ttyS0.service', 'systemd-networkd.service', 'systemd-resolved.service', 'chrony.service', 'nftables.service'];
const MASKED = ['getty@.service', 'serial-getty@.service', 'console-getty.service', 'ctrl-alt-del.target', 'systemd-firstboot.service', 'apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer', 'e2scrub_all.timer', 'e2scrub_reap.service', 'fstrim.timer'];

/**
 * The Debian base: packages alone, before anything of ours. Kept between builds while the list of packages and the sources stay as they are.
 * @param sources an apt sources file of this machine, of any suite; its suite is replaced by the appliance's.
 */
export function debianBase({ packages, sources, cache, epoch }: { readonly packages: readonly string[]; readonly sources: string; readonly cache: string; readonly epoch: number }): string {
  const list = readFileSync(sources, 'utf8').replaceAll(/\b(bullseye|bookworm|trixie)\b/g, SUITE);
  const key = createHash('sha256').update(JSON.stringify([packages, list])).digest('hex').slice(0, 16);
  const base = join(cache, `debian-${key}`);
  if (existsSync(base)) return base;
  mkdirSync(cache, { recursive: true });
  const lists = join(cache, sources.endsWith('.sources') ? 'appliance.sources' : 'appliance.list');
  writeFileSync(lists, list);
  const draft = `${base}.new`;
  rmSync(draft, { recursive: true, force: true });
  tool('mmdebstrap', [
    '--variant=minbase', '--mode=root', '--architectures=amd64', '--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr',
    '--aptopt=Apt::Install-Recommends "false"', '--aptopt=Acquire::Languages "none"',
    ...['man', 'info', 'locale'].map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`), '--dpkgopt=path-exclude=/usr/share/doc/*', '--dpkgopt=path-include=/usr/share/doc/*/copyright',
    `--include=${packages.join(',')}`, SUITE, draft, lists,
  ], { env: { SOURCE_DATE_EPOCH: String(epoch) } });
  renameSync(draft, base);
  return base;
}

/** Reads `packages.txt`: names before the `#` of each line. */
export function readPackageList(text: string): string[] {
  return text.split('\n').flatMap((line) => (line.split('#')[0] ?? '').split(/\s+/).filter((word) => word !== '')).sort();
}

/** Base + our files → what the slot will hold. @returns kernel and initial RAM disk, which go into the boot image instead. */
export function composeRoot({ base, overlay, target, epoch }: { readonly base: string; readonly overlay: string; readonly target: string; readonly epoch: number }): { readonly kernel: string; readonly initrd: string } {
  rmSync(target, { recursive: true, force: true });
  tool('cp', ['-a', base, target]);
  cpSync(overlay, target, { recursive: true });
  for (const path of ['etc/initramfs-tools/hooks/hospay', 'etc/initramfs-tools/scripts/local-top/hospay', 'etc/initramfs-tools/scripts/local-bottom/hospay', 'usr/lib/hospay/grow-ledger']) tool('chmod', ['755', join(target, path)]);
  for (const folder of ['state', 'efi', 'backup/usb', 'backup/update', 'opt/hospay', 'var/lib/hospay', 'var/lib/hospay-files']) mkdirSync(join(target, folder), { recursive: true });
  link(target, 'etc/resolv.conf', '../run/systemd/resolve/stub-resolv.conf');
  link(target, 'usr/bin/hospay', '/opt/hospay/bin/hospay');
  link(target, 'usr/bin/node', '/opt/hospay/bin/node');
  link(target, 'etc/localtime', '../usr/share/zoneinfo/Asia/Shanghai');
  const inside = (...command: readonly string[]): string => tool('chroot', [target, ...command], { env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8', SOURCE_DATE_EPOCH: String(epoch), PATH: '/usr/sbin:/usr/bin' } });
  inside('systemd-sysusers');
  inside('systemctl', 'enable', ...ENABLED);
  inside('systemctl', 'mask', ...MASKED);
  const [version] = readdirSync(join(target, 'usr/lib/modules'));
  if (version === undefined) throw new Error('the base has no kernel');
  for (const folder of NO_DRIVERS) rmSync(join(target, 'usr/lib/modules', version, 'kernel/drivers', folder), { recursive: true, force: true });
  for (const folder of NO_MODULES) rmSync(join(target, 'usr/lib/modules', version, 'kernel', folder), { recursive: true, force: true });
  inside('depmod', version);
  rmSync(join(target, `boot/initrd.img-${version}`), { force: true });
  inside('mkinitramfs', '-o', `/boot/initrd.img-${version}`, version);
  // What packages were, for `hospay doctor` and the list of components; the tools that change them stay out.
  mkdirSync(join(target, 'usr/share/hospay'), { recursive: true });
  cpSync(join(target, 'var/lib/dpkg/status'), join(target, 'usr/share/hospay/dpkg-status'));
  const kernel = readPart(target, `boot/vmlinuz-${version}`);
  const initrd = readPart(target, `boot/initrd.img-${version}`);
  const beside = { kernel: `${target}.vmlinuz`, initrd: `${target}.initrd` };
  writeFileSync(beside.kernel, kernel);
  writeFileSync(beside.initrd, initrd);
  for (const path of ['boot', 'vmlinuz', 'vmlinuz.old', 'initrd.img', 'initrd.img.old', 'var/cache', 'var/lib/apt', 'var/lib/dpkg', 'var/log', 'usr/share/initramfs-tools', 'etc/machine-id', 'etc/ssl/private', 'root/.cache']) rmSync(join(target, path), { recursive: true, force: true });
  for (const folder of ['boot', 'var/cache', 'var/log']) mkdirSync(join(target, folder), { recursive: true });
  writeFileSync(join(target, 'etc/machine-id'), '');
  return beside;
}

function readPart(target: string, path: string): Buffer {
  return readFileSync(join(target, path));
}

function link(target: string, path: string, to: string): void {
  rmSync(join(target, path), { force: true });
  symlinkSync(to, join(target, path));
}
