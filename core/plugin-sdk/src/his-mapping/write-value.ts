/**
 * Turns a canonical request field into what a mapping sends. What the HIS cannot hold is refused here, before a byte is sent: a lossy
 * character would arrive as "?" and match or name another patient, a cut number would be another number.
 */
import iconv from 'iconv-lite';
import { fen, yuanFromFen } from '../money.js';
import type { RequestFieldKind } from './canonical-fields.js';
import type { HisRequest } from './his-answer.js';
import { writeHisTime } from './his-time.js';
import type { ValueMapping } from './value-mapping.js';

export type ValueSource =
  | { readonly kind: 'constant'; readonly value: string | number | null }
  | { readonly kind: 'field'; readonly field: string; readonly fieldKind: RequestFieldKind };

export type ValueRefusal = 'HIS_VALUE_NOT_REPRESENTABLE' | 'HIS_VALUE_TOO_LONG' | 'HIS_VALUE_UNMAPPED' | 'HIS_VALUE_OUT_OF_RANGE' | 'HIS_VALUE_MISSING';
/** Definite: nothing was sent. `why` names the rule, never the value. */
export type Refusal = { readonly refusal: ValueRefusal; readonly why: string };
export const refuse = (refusal: ValueRefusal, why: string): Refusal => ({ refusal, why });

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refusal' in value;
}

export type MappedValue = { readonly source: ValueSource; readonly mapping: ValueMapping };

/** The value as text (amounts as exact decimals), a number, a Date for `datetime`, or null. */
export function writeValue({ source, mapping }: MappedValue, request: HisRequest, offset: string): string | number | Date | null | Refusal {
  if (source.kind === 'constant') return source.value;
  const value = request[source.field];
  if (value === undefined) return mapping.optional === true ? '' : refuse('HIS_VALUE_MISSING', `the request has no ${source.field}`);
  if (typeof value === 'object') return joinList(value, mapping.join ?? ',');
  if (typeof value === 'number') return source.fieldKind === 'money' ? moneyText(value, mapping.money ?? 'fen') : value;
  if (mapping.time !== undefined) return writeHisTime(source.fieldKind === 'day' ? `${value}T00:00:00${offset}` : value, mapping.time, offset);
  if (mapping.translate === undefined) return value;
  return mapping.translate[value] ?? refuse('HIS_VALUE_UNMAPPED', `the mapping has no word for this ${source.field}`);
}

function joinList(values: readonly string[], separator: string): string | Refusal {
  if (values.some((value) => value.includes(separator))) return refuse('HIS_VALUE_NOT_REPRESENTABLE', `a value contains the separator "${separator}"`);
  return values.join(separator);
}

function moneyText(amountFen: number, unit: 'yuan' | 'fen'): string {
  return unit === 'yuan' ? yuanFromFen(fen(amountFen)) : fen(amountFen).toString();
}

/** `size` counts bytes of `codePage`, without one UTF-16 units; undefined means no limit. */
export type TextLimit = { readonly codePage: string | undefined; readonly size: number | undefined; readonly mayCut: boolean };

/** Whether the text can be sent as it is, shortened where people only read it, or not at all. */
export function fitText(text: string, { codePage, size, mayCut }: TextLimit): string | Refusal {
  if (text.includes('\u0000') || !text.isWellFormed()) return refuse('HIS_VALUE_NOT_REPRESENTABLE', 'contains characters that are not text');
  if (codePage !== undefined && !isRepresentable(text, codePage)) return refuse('HIS_VALUE_NOT_REPRESENTABLE', `contains characters that code page ${codePage} does not have`);
  const sizeOf = (value: string): number => (codePage === undefined ? value.length : iconv.encode(value, codePage).length);
  if (size === undefined || sizeOf(text) <= size) return text;
  if (!mayCut) return refuse('HIS_VALUE_TOO_LONG', `${sizeOf(text)} ${codePage === undefined ? 'characters' : 'bytes'}, ${size} fit`);
  let kept = '';
  for (const character of text) {
    if (sizeOf(kept + character) > size) break;
    kept += character;
  }
  return kept;
}

/** Whether text survives the way into the code page and back. */
export function isRepresentable(text: string, codePage: string): boolean {
  return iconv.decode(iconv.encode(text, codePage), codePage) === text;
}
