import { chinaText } from '../machinery/china-time.js';

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function part(value: unknown, name: string): Fields {
  const found: unknown = isFields(value) ? value[name] : undefined;
  return isFields(found) ? found : {};
}

export function list(value: unknown, name: string): readonly Fields[] {
  const found: unknown = isFields(value) ? value[name] : undefined;
  return Array.isArray(found) ? found.filter(isFields) : [];
}

export function text(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** Yuan in fen; NaN when it is none. */
export function fenOf(value: unknown): number {
  const written = typeof value === 'number' ? String(value) : value;
  const [, sign = '', whole = '', decimals = ''] = typeof written === 'string' ? (/^(-?)(\d+)(?:\.(\d{1,2})0*)?$/.exec(written) ?? []) : [];
  return whole === '' ? Number.NaN : Number(`${sign}${whole}${decimals.padEnd(2, '0')}`);
}

/** `yyyy-MM-dd HH:mm:ss` in Beijing. */
export function beijing(at: Date | string): string {
  return chinaText(new Date(at));
}
