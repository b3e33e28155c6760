import { isRecord } from '../domain/is-record.js';
import { isSecretKey } from '../domain/sensitive.js';
import type { KeyedFingerprint } from './describe-settings.js';
import { maskedSettings } from './masked-settings.js';

/**
 * Parts of the configuration as they may be shown and hashed: by paths a person reads (`channels.wechat.merchantNo`), of secrets fingerprints. What a plugin's settings hold is known by the schema of the
 * instance that runs; of one that does not run yet everything is taken for a secret.
 */
export function maskedParts(parts: Readonly<Record<string, unknown>>, schemaOf: (instance: string) => unknown, fingerprint: KeyedFingerprint): ReadonlyMap<string, string> {
  const masked = new Map<string, string>();
  const visit = (value: unknown, path: string, name: string): void => {
    if (Array.isArray(value)) {
      if (value.some(isRecord)) value.forEach((member: unknown, index) => { visit(member, `${path}.${nameOf(member, index)}`, name); });
      else masked.set(path, value.map((member) => text(member)).join(', '));
    } else if (isRecord(value)) {
      const { settings, id, ...rest } = value;
      for (const [key, member] of Object.entries({ ...(isRecord(settings) ? {} : { settings }), ...(id === undefined ? {} : { id }), ...rest })) if (member !== undefined) visit(member, path === '' ? key : `${path}.${key}`, key);
      if (isRecord(settings)) for (const [key, shown] of maskedSettings(schemaOf(String(id)), settings, String(id), fingerprint)) masked.set(`${path}.settings.${key}`, shown);
    } else masked.set(path, isSecretKey(name) || name === 'trustList' && path === 'trustList' ? `#${fingerprint(text(value), path)}` : text(value));
  };
  visit(parts, '', '');
  return masked;
}

/** As a person calls it: by its id, its number or its name; else by its place. */
function nameOf(member: unknown, index: number): string {
  if (isRecord(member)) for (const key of ['id', 'merchantNo', 'name', 'campus', 'source']) if (typeof member[key] === 'string') return `${String(index + 1)}(${member[key]})`;
  return String(index + 1);
}
function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
