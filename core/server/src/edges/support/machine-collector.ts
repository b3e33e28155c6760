/** The machine as its kernel tells it: versions, slot, memory, disks. Nothing is started for it. */
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { arch, cpus, hostname, loadavg, uptime } from 'node:os';
import type { Collected, Collector } from '../../support/ports.js';

/** Where data really lies. A share that is gone would hold us up for ever: it is listed, not asked. */
const LOCAL = new Set(['ext4', 'ext3', 'xfs', 'btrfs', 'vfat', 'tmpfs', 'squashfs', 'overlay', 'f2fs', 'zfs']);
/** What is full of itself, always. */
const READ_ONLY = new Set(['squashfs']);
const KILOBYTE = 1_024;

export function machineCollector({ version, dataFolder, now }: { readonly version: string; readonly dataFolder: string; readonly now: () => Date }): Collector {
  return { id: 'machine', deadlineMs: 5_000, collect: () => collectMachine(version, dataFolder, now()) };
}

async function collectMachine(version: string, dataFolder: string, now: Date): Promise<Collected> {
  const commandLine = read('/proc/cmdline').trim();
  const memory = readMemory(read('/proc/meminfo'));
  const mounts = await readMounts(read('/proc/mounts'));
  const own = await measure(dataFolder).catch(() => undefined);
  const machine = {
    collectedAt: now.toISOString(), product: version, release: read('/opt/hospay/VERSION').trim() || undefined, slot: /hospay\.slot=([ab])/.exec(commandLine)?.[1] ?? 'none', commandLine, runtime: process.version, architecture: arch(), processors: cpus().length, kernel: read('/proc/version').trim(),
    system: /^PRETTY_NAME="?([^"\n]*)/m.exec(read('/etc/os-release'))?.[1], host: hostname(), upSeconds: Math.floor(uptime()), load: loadavg(), memory, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone, dataFolder, mounts,
  };
  const disks = [...mounts.flatMap(({ folder, kind, totalBytes, freeBytes }) => (totalBytes === undefined || freeBytes === undefined || READ_ONLY.has(kind) ? [] : [{ folder, totalBytes, freeBytes }])), ...(own === undefined ? [] : [{ folder: dataFolder, ...own }])];
  return { files: [{ path: 'machine.json', text: `${JSON.stringify(machine, undefined, 2)}\n` }], facts: { disks, ...(memory === undefined ? {} : { memory }) } };
}

type Mount = { readonly device: string; readonly folder: string; readonly kind: string; readonly options: string; readonly totalBytes?: number; readonly freeBytes?: number };
async function readMounts(text: string): Promise<readonly Mount[]> {
  const found = text.split('\n').flatMap((line) => { const [device = '', folder = '', kind = '', options = ''] = line.split(' '); return folder === '' || /^\/(proc|sys|dev)(\/|$)/.test(folder) ? [] : [{ device, folder, kind, options }]; });
  return Promise.all(found.map(async (mount) => ({ ...mount, ...(LOCAL.has(mount.kind) ? await measure(mount.folder).catch(() => ({})) : {}) })));
}

async function measure(folder: string): Promise<{ readonly totalBytes: number; readonly freeBytes: number }> {
  const { blocks, bavail, bsize } = await statfs(folder);
  return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
}

function readMemory(text: string): { readonly totalBytes: number; readonly availableBytes: number } | undefined {
  const of = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * KILOBYTE;
  return of('MemTotal') === 0 ? undefined : { totalBytes: of('MemTotal'), availableBytes: of('MemAvailable') };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
