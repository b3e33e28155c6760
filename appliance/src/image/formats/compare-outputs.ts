import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Whether files of two builds are the same, byte by byte; `cmp` passes over the holes of a disk quickly. @param names relative to both folders */
export function compareOutputs(one: string, other: string, names: readonly string[]): ReadonlyArray<{ readonly name: string; readonly found: 'same' | 'different' | 'missing' }> {
  return names.map((name) => {
    const files = [one, other].map((folder) => join(folder, name));
    if (files.some((file) => !existsSync(file))) return { name, found: 'missing' };
    const { status, error } = spawnSync('cmp', ['--silent', ...files]);
    if (error !== undefined || status === null || status > 1) throw new Error(`${name} cannot be compared: ${error?.message ?? `cmp ended with ${String(status)}`}`);
    return { name, found: status === 0 ? 'same' : 'different' };
  });
}
