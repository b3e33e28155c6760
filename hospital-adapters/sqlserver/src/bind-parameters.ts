/**
 * Turns a canonical request into typed parameters. What the HIS's column cannot hold is refused here, before a byte is sent: a lossy
 * character would arrive as "?" and match or name another patient, a cut number would be another number.
 */
import iconv from 'iconv-lite';
import { fen, yuanFromFen } from '@hospay/plugin-sdk';
import { writeHisTime } from './his-time.js';
import type { PreparedOperation, PreparedParameter } from './read-mapping.js';
import { MAX_LENGTH, type SqlType } from './sql-type.js';

export type RequestValue = string | number | readonly string[];
export type BoundValue = string | number | bigint | Date | null;
export type BoundParameter = { readonly name: string; readonly sqlType: SqlType; readonly direction: 'in' | 'out'; readonly value: BoundValue; readonly field?: string };

export type BindResult =
  | { readonly kind: 'bound'; readonly parameters: readonly BoundParameter[] }
  /** Definite: nothing was sent. The message names the parameter, never the value. */
  | { readonly kind: 'refused'; readonly code: ValueRefusal; readonly message: string };

export type ValueRefusal = 'HIS_VALUE_NOT_REPRESENTABLE' | 'HIS_VALUE_TOO_LONG' | 'HIS_VALUE_UNMAPPED' | 'HIS_VALUE_OUT_OF_RANGE';

/** @param request canonical fields by name; @param hospital code page of char and varchar, and offset of the HIS's wall clock */
export function bindParameters(
  operation: PreparedOperation,
  request: Readonly<Record<string, RequestValue>>,
  hospital: { readonly codePage: string; readonly offset: string },
): BindResult {
  const parameters: BoundParameter[] = [];
  for (const parameter of operation.parameters) {
    if (parameter.source.kind === 'out') {
      parameters.push({ name: parameter.name, sqlType: parameter.sqlType, direction: 'out', value: null });
      continue;
    }
    const value = sourceValue(parameter, request, hospital.offset);
    const fitted = isRefusal(value) ? value : fitToType(value, parameter, hospital.codePage);
    if (isRefusal(fitted)) return { kind: 'refused', code: fitted.refusal, message: `@${parameter.name}: ${fitted.why}` };
    const field = parameter.source.kind === 'field' ? { field: parameter.source.field } : {};
    parameters.push({ name: parameter.name, sqlType: parameter.sqlType, direction: 'in', value: fitted, ...field });
  }
  return { kind: 'bound', parameters };
}

type Refusal = { readonly refusal: ValueRefusal; readonly why: string };
const refuse = (refusal: ValueRefusal, why: string): Refusal => ({ refusal, why });

function isRefusal(value: BoundValue | Refusal): value is Refusal {
  return typeof value === 'object' && value !== null && 'refusal' in value;
}

function sourceValue(parameter: PreparedParameter, request: Readonly<Record<string, RequestValue>>, offset: string): BoundValue | Refusal {
  const { source, mapping } = parameter;
  if (source.kind !== 'field') return source.kind === 'constant' ? source.value : null;
  const value = request[source.field];
  if (value === undefined) throw new RangeError(`the request has no ${source.field}`);
  if (typeof value === 'object') return joinList(value, mapping.join ?? ',');
  if (typeof value === 'number') return source.fieldKind === 'money' ? moneyValue(value, mapping.money ?? 'fen', parameter.sqlType) : value;
  if (mapping.time !== undefined) return writeHisTime(source.fieldKind === 'day' ? `${value}T00:00:00${offset}` : value, mapping.time, offset);
  if (mapping.translate === undefined) return value;
  return mapping.translate[value] ?? refuse('HIS_VALUE_UNMAPPED', `the mapping has no word for this ${source.field}`);
}

function joinList(values: readonly string[], separator: string): string | Refusal {
  if (values.some((value) => value.includes(separator))) return refuse('HIS_VALUE_NOT_REPRESENTABLE', `a value contains the separator "${separator}"`);
  return values.join(separator);
}

/** The driver takes decimals as numbers and rounds `value * 10^scale`, which is exact for every amount the money module allows. */
function moneyValue(amountFen: number, unit: 'yuan' | 'fen', sqlType: SqlType): string | number {
  const text = unit === 'yuan' ? yuanFromFen(fen(amountFen)) : fen(amountFen).toString();
  return sqlType.kind === 'character' ? text : Number(text);
}

function fitToType(value: BoundValue, parameter: PreparedParameter, codePage: string): BoundValue | Refusal {
  const { sqlType, mapping } = parameter;
  if (value === null) return null;
  switch (sqlType.kind) {
    case 'character': return fitText(String(value), sqlType, codePage, mapping.cut === true);
    case 'integer': return fitInteger(value, sqlType.name);
    case 'decimal': return fitDecimal(value, sqlType.precision - sqlType.scale);
    case 'money': return fitDecimal(value, sqlType.name === 'money' ? 13 : 6);
    case 'time': return value instanceof Date ? value : refuse('HIS_VALUE_OUT_OF_RANGE', 'expected a time');
  }
}

function fitText(text: string, sqlType: Extract<SqlType, { kind: 'character' }>, codePage: string, cut: boolean): string | Refusal {
  if (text.includes('\u0000') || !text.isWellFormed()) return refuse('HIS_VALUE_NOT_REPRESENTABLE', 'contains characters that are not text');
  const national = sqlType.name === 'nvarchar' || sqlType.name === 'nchar';
  if (!national && !isRepresentable(text, codePage)) return refuse('HIS_VALUE_NOT_REPRESENTABLE', `contains characters that code page ${codePage} does not have`);
  const sizeOf = (value: string): number => (national ? value.length : iconv.encode(value, codePage).length);
  if (sqlType.length === MAX_LENGTH || sizeOf(text) <= sqlType.length) return text;
  if (!cut) return refuse('HIS_VALUE_TOO_LONG', `${sizeOf(text)} ${national ? 'characters' : 'bytes'}, ${sqlType.name} holds ${sqlType.length}`);
  let kept = '';
  for (const character of text) {
    if (sizeOf(kept + character) > sqlType.length) break;
    kept += character;
  }
  return kept;
}

/** Whether text survives the way into the code page and back. */
export function isRepresentable(text: string, codePage: string): boolean {
  return iconv.decode(iconv.encode(text, codePage), codePage) === text;
}

const INTEGER_LIMITS = {
  tinyint: [0n, 255n],
  smallint: [-32_768n, 32_767n],
  int: [-2_147_483_648n, 2_147_483_647n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
} as const;

function fitInteger(value: Exclude<BoundValue, null>, name: keyof typeof INTEGER_LIMITS): number | bigint | Refusal {
  const text = String(value);
  if (!/^-?\d{1,19}$/.test(text)) return refuse('HIS_VALUE_OUT_OF_RANGE', `not a whole number for ${name}`);
  const whole = BigInt(text);
  const [smallest, largest] = INTEGER_LIMITS[name];
  if (whole < smallest || whole > largest) return refuse('HIS_VALUE_OUT_OF_RANGE', `outside of ${name}`);
  return name === 'bigint' ? whole : Number(whole);
}

function fitDecimal(value: Exclude<BoundValue, null>, wholeDigits: number): number | Refusal {
  const number = typeof value === 'number' ? value : Number(String(value));
  if (!Number.isFinite(number)) return refuse('HIS_VALUE_OUT_OF_RANGE', 'not a number');
  if (Math.abs(number) >= 10 ** wholeDigits) return refuse('HIS_VALUE_OUT_OF_RANGE', `more than ${wholeDigits} digits before the point`);
  return number;
}
