import { createHash } from 'node:crypto';
import { isSecretKey } from '../domain/sensitive.js';
import type { KeyedFingerprint } from './describe-settings.js';
import { settingsLeaves } from './settings-leaves.js';

/** Longer texts are certificates: their digest says as much to a person as they do. */
const LONGEST_SHOWN = 80;

/** Settings as they may be shown and hashed: of a secret, of what is called like one, and of what the schema does not know, a fingerprint that only this platform can make. `secrets`: what the manifest says besides. */
export function maskedSettings(schema: unknown, settings: Readonly<Record<string, unknown>>, instance: string, fingerprint: KeyedFingerprint, secrets: readonly string[] = []): ReadonlyMap<string, string> {
  const open = new Set(settingsLeaves(schema).filter(({ isSecret }) => !isSecret).map(({ path }) => path));
  const masked = new Map<string, string>();
  const visit = (value: unknown, path: string, inSchema: string): void => {
    if (Array.isArray(value)) value.forEach((member: unknown, index) => { visit(member, `${path}.${String(index + 1)}`, inSchema); });
    else if (typeof value === 'object' && value !== null) for (const [key, member] of Object.entries(value)) visit(member, path === '' ? key : `${path}.${key}`, inSchema === '' ? key : `${inSchema}.${key}`);
    else if (value !== undefined) masked.set(path, written(typeof value === 'string' ? value : JSON.stringify(value), open.has(inSchema) && !inSchema.split('.').some((name) => isSecretKey(name) || secrets.includes(name)), (text) => fingerprint(text, `${instance} ${inSchema}`)));
  };
  visit(settings, '', '');
  return masked;
}

function written(text: string, isOpen: boolean, keyed: (text: string) => string): string {
  if (!isOpen) return `#${keyed(text)}`;
  return text.length <= LONGEST_SHOWN ? text : `sha256 ${createHash('sha256').update(text).digest('hex')}`;
}
