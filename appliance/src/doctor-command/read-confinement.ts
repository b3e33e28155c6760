/** What really confines a process, as the kernel tells it: `/proc/<pid>` and its control group. What a unit file asks for is not what is in force. */
import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

export type Confinement = {
  readonly pid: number;
  readonly program: string;
  readonly user: number;
  /** `filter`: system calls pass a filter (mode 2). */
  readonly seccomp: 'none' | 'strict' | 'filter';
  readonly noNewPrivileges: boolean;
  /** Capabilities it has, and those it could ever get, by number. */
  readonly capabilities: readonly number[];
  readonly bounding: readonly number[];
  /** Undefined: no limit, or the controller is not there. */
  readonly memoryMaxBytes: number | undefined;
  /** Processors it may use; 0.5 is half of one. */
  readonly cpuMax: number | undefined;
  readonly tasksMax: number | undefined;
  /** It sees `/` and cannot write it. Undefined: not to be seen by us. */
  readonly rootReadOnly: boolean | undefined;
  /** A view of files of its own. */
  readonly ownMounts: boolean | undefined;
  /** It starts with `--permission` of Node: a seat belt, not a wall. */
  readonly nodePermissions: boolean;
};
export type Places = { readonly proc: string; readonly cgroup: string };

const SECCOMP = ['none', 'strict', 'filter'] as const;
const SYSTEM: Places = { proc: '/proc', cgroup: '/sys/fs/cgroup' };

/** Undefined: there is no such process any more. */
export function readConfinement(pid: number, { proc, cgroup }: Places = SYSTEM): Confinement | undefined {
  const own = join(proc, String(pid));
  const status = readIf(join(own, 'status'));
  if (status === undefined) return undefined;
  const words = (readIf(join(own, 'cmdline')) ?? '').split('\0').filter((word) => word !== '');
  const group = join(cgroup, /^0::(.*)$/m.exec(readIf(join(own, 'cgroup')) ?? '')?.[1] ?? '/');
  const root = /^\d+ \d+ \S+ \S+ \/ (\S+)/m.exec(readIf(join(own, 'mountinfo')) ?? '')?.[1];
  const mounts = [pid, 1].map((one) => linkIf(join(proc, String(one), 'ns/mnt')));
  return {
    pid, program: nameOf(words) ?? /^Name:\s*(.*)$/m.exec(status)?.[1] ?? '?', user: Number(/^Uid:\s*\d+\s+(\d+)/m.exec(status)?.[1] ?? -1),
    seccomp: SECCOMP[Number(/^Seccomp:\s*(\d)/m.exec(status)?.[1] ?? 0)] ?? 'none', noNewPrivileges: /^NoNewPrivs:\s*1/m.test(status),
    capabilities: bitsOf(/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1]), bounding: bitsOf(/^CapBnd:\s*([0-9a-f]+)/m.exec(status)?.[1]),
    memoryMaxBytes: limitOf(readIf(join(group, 'memory.max'))), tasksMax: limitOf(readIf(join(group, 'pids.max'))), cpuMax: shareOf(readIf(join(group, 'cpu.max'))),
    rootReadOnly: root === undefined ? undefined : root.split(',').includes('ro'), ownMounts: mounts.includes(undefined) ? undefined : mounts[0] !== mounts[1],
    nodePermissions: words.includes('--permission'),
  };
}

/** Processes it began, and theirs. */
export function childrenOf(pid: number, proc = SYSTEM.proc): readonly number[] {
  const own = (readIf(join(proc, String(pid), 'task', String(pid), 'children')) ?? '').split(' ').filter((one) => one !== '').map(Number);
  return own.flatMap((one) => [one, ...childrenOf(one, proc)]);
}

/** `node --flags path/main.js` is `main.js`. */
function nameOf(words: readonly string[]): string | undefined {
  const script = words.slice(1).find((word) => !word.startsWith('-'));
  return (/(^|\/)node$/.test(words[0] ?? '') && script !== undefined ? script : words[0])?.split('/').slice(-2).join('/');
}

function bitsOf(hexadecimal = '0'): readonly number[] {
  const mask = BigInt(`0x${hexadecimal}`);
  return Array.from({ length: 64 }, (_, bit) => bit).filter((bit) => (mask >> BigInt(bit)) & 1n);
}

function limitOf(text: string | undefined): number | undefined {
  const value = Number(text?.trim());
  return text === undefined || !Number.isFinite(value) ? undefined : value;
}

function shareOf(text: string | undefined): number | undefined {
  const [quota, period] = (text?.trim() ?? 'max').split(' ').map(Number);
  return quota === undefined || period === undefined || Number.isNaN(quota) ? undefined : quota / period;
}

function readIf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function linkIf(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}
