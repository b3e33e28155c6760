import { ok, refused, type Outcome } from '../domain/errors.js';
import type { RotationSubject, Settings } from './ports.js';

/** A new value of one setting, by its dotted path; no value takes the setting away. */
export type SettingChange = { readonly path: string; readonly value?: string | undefined };

/** The running settings with the changes made. Only keys and what belongs to them may change: a rotation moves no address and no merchant. */
export function candidateSettings({ settings, rotatable }: RotationSubject, changes: readonly SettingChange[]): Outcome<{ readonly settings: Settings; readonly changedPaths: readonly string[] }> {
  const candidate: Record<string, unknown> = structuredClone({ ...settings });
  const changedPaths: string[] = [];
  for (const { path, value } of changes) {
    const known = rotatable.find((setting) => setting.path === path);
    if (known === undefined) return refused('MALFORMED_REQUEST', { zh: `${path} 不是该实例的密钥或证书`, en: `${path} is no key and no certificate of this instance` });
    put(candidate, path.split('.'), value);
    changedPaths.push(path);
  }
  return changedPaths.length === 0 ? refused('MALFORMED_REQUEST', { zh: '没有填写要更换的密钥或证书', en: 'changes: none was given' }) : ok({ settings: candidate, changedPaths });
}

function put(target: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: string | undefined): void {
  if (rest.length === 0) {
    if (value === undefined) delete target[key];
    else target[key] = value;
    return;
  }
  const inner = target[key];
  const copy: Record<string, unknown> = typeof inner === 'object' && inner !== null ? { ...inner } : {};
  target[key] = copy;
  put(copy, rest, value);
}
