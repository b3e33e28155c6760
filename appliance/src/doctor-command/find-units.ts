/** Which processes are ours: by systemd where it is, else by the lock of the data folder, with whatever they began. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { childrenOf } from './read-confinement.js';

/** `settings`: what the unit asks for; what is in force is read from the process. */
export type Unit = { readonly unit: string; readonly pid: number | undefined; readonly state: string; readonly settings: Readonly<Record<string, string>> };
const DEADLINE_MS = 5_000;
const SHOWN = ['ProtectSystem', 'PrivateTmp', 'PrivateDevices', 'PrivateNetwork', 'RestrictAddressFamilies', 'IPAddressDeny', 'MemoryMax', 'CPUQuotaPerSecUSec', 'TasksMax', 'DynamicUser', 'User'] as const;

export function isSystemd(proc = '/proc'): boolean {
  return existsSync(join(proc, '1/comm')) && readFileSync(join(proc, '1/comm'), 'utf8').trim() === 'systemd';
}

export function unitsOfSystemd(): readonly Unit[] {
  const { stdout } = spawnSync('systemctl', ['show', 'hospay*.service', '--all', '-p', ['Id', 'MainPID', 'ActiveState', ...SHOWN].join(',')], { encoding: 'utf8', timeout: DEADLINE_MS });
  return readUnits(stdout ?? '');
}

/** Paragraphs of `Key=value`, as systemctl prints them. */
export function readUnits(text: string): readonly Unit[] {
  return text.split(/\n{2,}/).flatMap((paragraph) => {
    const all = new Map(paragraph.split('\n').map((line) => { const at = line.indexOf('='); return [line.slice(0, at), line.slice(at + 1)] as const; }));
    const [unit, pid] = [all.get('Id'), Number(all.get('MainPID'))];
    return unit === undefined ? [] : [{ unit, pid: pid > 0 ? pid : undefined, state: all.get('ActiveState') ?? '', settings: Object.fromEntries(SHOWN.flatMap((key) => { const value = all.get(key); return value === undefined || value === '' ? [] : [[key, value]]; })) }];
  });
}

/** The core that holds the data folder, and what it began: guests of others run in processes of their own. */
export function unitsOfDataFolder(dataFolder: string): readonly Unit[] {
  const pid = holderOf(join(dataFolder, 'lock-holder.json'));
  if (pid === undefined || !existsSync(`/proc/${String(pid)}`)) return [];
  return [{ unit: 'core', pid, state: 'active', settings: {} }, ...childrenOf(pid).map((child) => ({ unit: `core/${String(child)}`, pid: child, state: 'active', settings: {} }))];
}

function holderOf(file: string): number | undefined {
  try {
    const { processId } = JSON.parse(readFileSync(file, 'utf8')) as { readonly processId?: unknown };
    return typeof processId === 'number' && processId > 1 ? processId : undefined;
  } catch {
    return undefined;
  }
}
