/** Turns a canonical request into typed parameters that the HIS's procedure can hold. */
import { fitText, isRefusal, refuse, writeValue, type HisRequest, type Refusal, type ValueRefusal } from '@hospay/plugin-sdk/his-mapping';
import type { PreparedOperation, PreparedParameter } from './read-mapping.js';
import { MAX_LENGTH, type SqlType } from './sql-type.js';

export type BoundValue = string | number | bigint | Date | null;
export type BoundParameter = { readonly name: string; readonly sqlType: SqlType; readonly direction: 'in' | 'out'; readonly value: BoundValue; readonly field?: string };

export type BindResult =
  | { readonly kind: 'bound'; readonly parameters: readonly BoundParameter[] }
  /** Definite: nothing was sent. The message names the parameter, never the value. */
  | { readonly kind: 'refused'; readonly code: ValueRefusal; readonly message: string };

/** @param request canonical fields by name; @param hospital code page of char and varchar, and offset of the HIS's wall clock */
export function bindParameters(
  operation: PreparedOperation,
  request: HisRequest,
  hospital: { readonly codePage: string; readonly offset: string },
): BindResult {
  const parameters: BoundParameter[] = [];
  for (const parameter of operation.parameters) {
    if (parameter.source.kind === 'out') {
      parameters.push({ name: parameter.name, sqlType: parameter.sqlType, direction: 'out', value: null });
      continue;
    }
    const value = writeValue({ source: parameter.source, mapping: parameter.mapping }, request, hospital.offset);
    const fitted = isRefusal(value) ? value : fitToType(value, parameter, hospital.codePage);
    if (isRefusal(fitted)) return { kind: 'refused', code: fitted.refusal, message: `@${parameter.name}: ${fitted.why}` };
    const field = parameter.source.kind === 'field' ? { field: parameter.source.field } : {};
    parameters.push({ name: parameter.name, sqlType: parameter.sqlType, direction: 'in', value: fitted, ...field });
  }
  return { kind: 'bound', parameters };
}

function fitToType(value: BoundValue, parameter: PreparedParameter, codePage: string): BoundValue | Refusal {
  const { sqlType, mapping } = parameter;
  if (value === null) return null;
  switch (sqlType.kind) {
    case 'character': return fitCharacters(String(value), sqlType, codePage, mapping.cut === true);
    case 'integer': return fitInteger(value, sqlType.name);
    case 'decimal': return fitDecimal(value, sqlType.precision - sqlType.scale);
    case 'money': return fitDecimal(value, sqlType.name === 'money' ? 13 : 6);
    case 'time': return value instanceof Date ? value : refuse('HIS_VALUE_OUT_OF_RANGE', 'expected a time');
  }
}

function fitCharacters(text: string, { name, length }: Extract<SqlType, { kind: 'character' }>, codePage: string, mayCut: boolean): string | Refusal {
  const isNational = name === 'nvarchar' || name === 'nchar';
  return fitText(text, { codePage: isNational ? undefined : codePage, size: length === MAX_LENGTH ? undefined : length, mayCut });
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
