import { fenFromYuan } from '@hospay/plugin-sdk';

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A part of an answer that should be an object; provinces leave empty ones out or send null. */
export function fieldsAt(value: unknown, name: string): Fields | undefined {
  const found: unknown = isFields(value) ? value[name] : undefined;
  return isFields(found) ? found : undefined;
}

/** A part that should be a list; one province sends the only element bare. */
export function listAt(value: unknown, name: string): readonly Fields[] {
  const found: unknown = isFields(value) ? value[name] : undefined;
  if (Array.isArray(found)) return found.filter(isFields);
  return isFields(found) ? [found] : [];
}

/** Text of a value that may come as text or as a number; empty when it is absent. */
export function textAt(fields: Fields | undefined, name: string): string {
  const value = fields?.[name];
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' ? String(value) : '';
}

/** The amount at `name` in fen; undefined when there is none. @throws RangeError when it is there and is no amount of two decimals. */
export function fenAt(fields: Fields | undefined, name: string): number | undefined {
  const text = textAt(fields, name);
  if (text === '' || text === 'null') return undefined;
  // 12.340000 is 12.34; a third decimal that is not zero is no money.
  return fenFromYuan(text.replace(/(\.\d{2})0+$/, '$1'));
}

export function readJson(bytes: Uint8Array): unknown {
  try {
    // Foreign bytes must not be mended silently: a name with replacement characters is somebody else's.
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
