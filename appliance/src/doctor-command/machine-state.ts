/** The machine in a few lines: disk, memory, clock, ports, versions. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { release } from 'node:os';

export type MachineState = { readonly disk: { readonly folder: string; readonly totalMegabytes: number; readonly freeMegabytes: number } | undefined; readonly memory: { readonly totalMegabytes: number; readonly availableMegabytes: number }; readonly clock: string; readonly ports: readonly string[]; readonly versions: Readonly<Record<string, string>> };
const MEGABYTE = 1_048_576;
const DEADLINE_MS = 5_000;
/** State of a socket that listens, in `/proc/net/tcp`. */
const LISTENS = '0A';

export function readMachineState(dataFolder: string): MachineState {
  const memory = readFileSync('/proc/meminfo', 'utf8');
  const megabytes = (name: string): number => Math.floor(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(memory)?.[1] ?? 0) / 1_024);
  return {
    disk: diskOf(dataFolder), memory: { totalMegabytes: megabytes('MemTotal'), availableMegabytes: megabytes('MemAvailable') }, clock: readClock(),
    ports: ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => (existsSync(file) ? readPorts(readFileSync(file, 'utf8')) : [])).filter((port, index, all) => all.indexOf(port) === index).toSorted((left, right) => portOf(left) - portOf(right)),
    versions: { node: process.versions.node, kernel: release(), ...(existsSync('/opt/hospay/VERSION') ? { hospay: readFileSync('/opt/hospay/VERSION', 'utf8').trim() } : {}) },
  };
}

function portOf(address: string): number {
  return Number(address.split(':').at(-1));
}

function diskOf(folder: string): MachineState['disk'] {
  if (!existsSync(folder)) return undefined;
  const { blocks, bavail, bsize } = statfsSync(folder);
  return { folder, totalMegabytes: Math.floor((blocks * bsize) / MEGABYTE), freeMegabytes: Math.floor((bavail * bsize) / MEGABYTE) };
}

/** `host:port` of what listens: everywhere, on the machine itself, or on an address of its own. */
export function readPorts(table: string): readonly string[] {
  return table.split('\n').slice(1).flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    if (state !== LISTENS) return [];
    const where = /^0+$/.test(address) ? '*' : address === '0100007F' || address.endsWith('01000000') ? 'localhost' : 'own';
    return [`${where}:${String(Number.parseInt(port, 16))}`];
  });
}

function readClock(): string {
  const chrony = spawnSync('chronyc', ['-n', 'tracking'], { encoding: 'utf8', timeout: DEADLINE_MS });
  if (chrony.status === 0) return /^System time.*$/m.exec(chrony.stdout)?.[0].replace(/\s+/g, ' ') ?? 'chrony';
  const control = spawnSync('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'], { encoding: 'utf8', timeout: DEADLINE_MS });
  return control.status === 0 ? (control.stdout.trim() === 'yes' ? '已同步 synchronised' : '未同步 not synchronised') : '未知（没有 chrony 与 systemd） not known';
}
