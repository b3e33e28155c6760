import { createHash } from 'node:crypto';
import type { ChangeLine } from '../domain/change-proposal.js';
import type { KeyedFingerprint } from './describe-settings.js';
import { settingsLeaves } from './settings-leaves.js';

/** Longer texts are certificates: their digest says as much to a person as they do. */
const LONGEST_SHOWN = 80;
const PRINT_LETTERS = 16;

/** Settings as they may be shown and hashed: of a secret, and of what the schema does not know, a fingerprint that only this platform can make. */
export function maskedSettings(schema: unknown, settings: Readonly<Record<string, unknown>>, instance: string, fingerprint: KeyedFingerprint): ReadonlyMap<string, string> {
  const open = new Set(settingsLeaves(schema).filter(({ isSecret }) => !isSecret).map(({ path }) => path));
  const masked = new Map<string, string>();
  const visit = (value: unknown, path: string, inSchema: string): void => {
    if (Array.isArray(value)) value.forEach((member: unknown, index) => { visit(member, `${path}.${String(index + 1)}`, inSchema); });
    else if (typeof value === 'object' && value !== null) for (const [key, member] of Object.entries(value)) visit(member, path === '' ? key : `${path}.${key}`, inSchema === '' ? key : `${inSchema}.${key}`);
    else if (value !== undefined) masked.set(path, written(String(value), open.has(inSchema), (text) => fingerprint(text, `${instance} ${inSchema}`)));
  };
  visit(settings, '', '');
  return masked;
}

function written(text: string, isOpen: boolean, keyed: (text: string) => string): string {
  if (!isOpen) return `#${keyed(text)}`;
  return text.length <= LONGEST_SHOWN ? text : `sha256 ${createHash('sha256').update(text).digest('hex')}`;
}

/** What differs between two masked settings, in the order of their paths. */
export function settingsLines(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly ChangeLine[] {
  const short = (text: string | undefined): string | undefined => (text?.startsWith('#') === true ? text.slice(0, PRINT_LETTERS + 1) : text);
  return [...new Set([...before.keys(), ...after.keys()])].toSorted().filter((path) => before.get(path) !== after.get(path)).map((path) => line(`settings.${path}`, short(before.get(path)), short(after.get(path))));
}

/** Without the side that is not there. */
export function line(name: string, before: string | undefined, after: string | undefined): ChangeLine {
  return { name, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}
