/** SQL types as a mapping writes them: `varchar(32)`, `decimal(12,2)`, `int`. */

export type SqlType =
  | { readonly kind: 'character'; readonly name: 'varchar' | 'char' | 'nvarchar' | 'nchar'; readonly length: number }
  | { readonly kind: 'decimal'; readonly name: 'decimal' | 'numeric'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'money'; readonly name: 'money' | 'smallmoney' }
  | { readonly kind: 'integer'; readonly name: 'int' | 'bigint' | 'smallint' | 'tinyint' }
  | { readonly kind: 'time'; readonly name: 'datetime' | 'smalldatetime' | 'date' };

/** `length` of a (max) type. */
export const MAX_LENGTH = 1_000_000;

/** @returns undefined when the text is not a type the engine sends. */
export function parseSqlType(text: string): SqlType | undefined {
  const match = /^([a-z]+)\s*(?:\(\s*(\d+|max)\s*(?:,\s*(\d+)\s*)?\))?$/.exec(text.trim().toLowerCase());
  if (match === null) return undefined;
  const [, name, first, second] = match;
  if (name === 'varchar' || name === 'char' || name === 'nvarchar' || name === 'nchar') return characterType(name, first, second);
  if (name === 'decimal' || name === 'numeric') return decimalType(name, first, second);
  if (first !== undefined) return undefined;
  if (name === 'money' || name === 'smallmoney') return { kind: 'money', name };
  if (name === 'int' || name === 'bigint' || name === 'smallint' || name === 'tinyint') return { kind: 'integer', name };
  if (name === 'datetime' || name === 'smalldatetime' || name === 'date') return { kind: 'time', name };
  return undefined;
}

/** A length must be written: without one SQL Server means 1 or 30, depending on where it stands. */
function characterType(name: 'varchar' | 'char' | 'nvarchar' | 'nchar', first: string | undefined, second: string | undefined): SqlType | undefined {
  if (first === undefined || second !== undefined) return undefined;
  const variable = name === 'varchar' || name === 'nvarchar';
  if (first === 'max') return variable ? { kind: 'character', name, length: MAX_LENGTH } : undefined;
  const length = Number(first);
  const largest = name === 'nvarchar' || name === 'nchar' ? 4000 : 8000;
  return length >= 1 && length <= largest ? { kind: 'character', name, length } : undefined;
}

function decimalType(name: 'decimal' | 'numeric', first: string | undefined, second: string | undefined): SqlType | undefined {
  if (first === undefined || first === 'max') return undefined;
  const precision = Number(first);
  const scale = Number(second ?? 0);
  return precision >= 1 && precision <= 38 && scale <= precision ? { kind: 'decimal', name, precision, scale } : undefined;
}
