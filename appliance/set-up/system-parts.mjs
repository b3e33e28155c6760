/** Debian packages the tests need: a real browser, a second broker, a Chinese font, a network management's tools, servers that keep backups. Installed by apt as root, else named. */
import { existsSync } from 'node:fs';
import { run, say, seconds, stopBecause } from './say.mjs';

const PARTS = [
  { package: 'chromium', isThere: () => existsSync('/usr/bin/chromium') },
  { package: 'fonts-noto-cjk', isThere: () => existsSync('/usr/share/fonts/opentype/noto') },
  { package: 'snmp', isThere: () => existsSync('/usr/bin/snmpget') },
  { package: 'mosquitto', isThere: () => existsSync('/usr/sbin/mosquitto') },
  { package: 'rclone', isThere: () => existsSync('/usr/bin/rclone') },
  { package: 'openssh-server', isThere: () => existsSync('/usr/sbin/sshd') },
  { package: 'samba', isThere: () => existsSync('/usr/sbin/smbd') },
];

/** What a hospital has around an image that is tested. */
const IMAGE_TEST_PARTS = [
  ...PARTS.filter((part) => part.package === 'snmp'),
  { package: 'nfs-ganesha', isThere: () => existsSync('/usr/bin/ganesha.nfsd') },
  { package: 'nfs-ganesha-vfs', isThere: () => existsSync('/usr/lib/x86_64-linux-gnu/ganesha/libfsalvfs.so') },
];

/** What builds and starts an image. */
const IMAGE_TOOLS = [
  { package: 'mmdebstrap', isThere: () => existsSync('/usr/bin/mmdebstrap') },
  { package: 'squashfs-tools', isThere: () => existsSync('/usr/bin/mksquashfs') },
  { package: 'cryptsetup-bin', isThere: () => existsSync('/usr/sbin/veritysetup') },
  { package: 'binutils', isThere: () => existsSync('/usr/bin/objcopy') },
  { package: 'mtools', isThere: () => existsSync('/usr/bin/mcopy') },
  { package: 'dosfstools', isThere: () => existsSync('/usr/sbin/mkfs.vfat') },
  { package: 'gdisk', isThere: () => existsSync('/usr/sbin/sgdisk') },
  { package: 'qemu-utils', isThere: () => existsSync('/usr/bin/qemu-img') },
  { package: 'fdisk', isThere: () => existsSync('/usr/sbin/sfdisk') },
  { package: 'xorriso', isThere: () => existsSync('/usr/bin/xorriso') },
  { package: 'qemu-system-x86', isThere: () => existsSync('/usr/bin/qemu-system-x86_64') },
  { package: 'ovmf', isThere: () => existsSync('/usr/share/OVMF/OVMF_CODE.fd') || existsSync('/usr/share/OVMF/OVMF_CODE_4M.fd') },
];

export function ensureSystemParts() {
  ensure(PARTS, 'the tests need');
}

export function ensureImageTools() {
  ensure(IMAGE_TOOLS, 'building an image needs');
}

export function ensureImageTestParts() {
  ensure(IMAGE_TEST_PARTS, 'testing an image needs');
}

function ensure(parts, need) {
  const missing = parts.filter((part) => !part.isThere()).map((part) => part.package);
  if (missing.length === 0) return;
  const command = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    stopBecause(`${need} ${missing.join(', ')}. Install them as root on a Debian-family system and run again:\n  apt-get update && ${command}`);
  }
  say(`installing ${missing.join(', ')} with apt …`);
  const since = Date.now();
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], { capture: true, env });
  const result = run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { capture: true, env });
  const still = parts.filter((part) => !part.isThere()).map((part) => part.package);
  if (still.length > 0) stopBecause(`apt could not install ${still.join(', ')}:\n${result.stderr}\nInstall them by hand and run again:\n  ${command}`);
  say(`installed in ${seconds(since)}`);
}
