import { notSupported, SqlServerError } from './sql-server-error.js';

/** A T-SQL type. `length` counts characters (national types) or bytes, `maxLength` meaning (max). */
export interface SqlType {
  readonly name: SqlTypeName;
  readonly length: number;
  readonly precision: number;
  readonly scale: number;
}

export type SqlTypeName =
  | 'bit' | 'tinyint' | 'smallint' | 'int' | 'bigint'
  | 'decimal' | 'numeric' | 'money' | 'smallmoney'
  | 'float' | 'real'
  | 'char' | 'varchar' | 'nchar' | 'nvarchar'
  | 'binary' | 'varbinary'
  | 'date' | 'time' | 'datetime' | 'smalldatetime' | 'datetime2'
  | 'uniqueidentifier';

export type SqlTypeClass = 'integer' | 'decimal' | 'float' | 'string' | 'binary' | 'time' | 'guid';

export const maxLength = -1;

export function sqlType(name: SqlTypeName, size: { length?: number; precision?: number; scale?: number } = {}): SqlType {
  return { name, length: size.length ?? 0, precision: size.precision ?? 0, scale: size.scale ?? 0 };
}

export const bitType = sqlType('bit');
export const intType = sqlType('int');
export const bigintType = sqlType('bigint');
export const floatType = sqlType('float');
export const moneyType = sqlType('money', { precision: 19, scale: 4 });
export const datetimeType = sqlType('datetime');
export const dateType = sqlType('date');

export function decimalType(precision: number, scale: number): SqlType {
  return sqlType('decimal', { precision, scale });
}

export function varcharType(length: number): SqlType {
  return sqlType('varchar', { length });
}

export function nvarcharType(length: number): SqlType {
  return sqlType('nvarchar', { length });
}

/** Builds a type from its written form: `parseTypeName('decimal', [12, 2])`. */
export function namedType(written: string, sizes: readonly (number | 'max')[]): SqlType {
  const name = aliases.get(written.toLowerCase()) ?? written.toLowerCase();
  const [first, second] = sizes;
  const length = first === 'max' ? maxLength : (first ?? 1);
  switch (name) {
    case 'bit': case 'tinyint': case 'smallint': case 'int': case 'bigint': case 'date': case 'datetime': case 'smalldatetime':
    case 'uniqueidentifier': case 'float': case 'real':
      return sqlType(name);
    case 'decimal': case 'numeric':
      return sqlType(name, { precision: first === undefined || first === 'max' ? 18 : first, scale: second === undefined || second === 'max' ? 0 : second });
    case 'money':
      return moneyType;
    case 'smallmoney':
      return sqlType('smallmoney', { precision: 10, scale: 4 });
    case 'char': case 'varchar': case 'nchar': case 'nvarchar': case 'binary': case 'varbinary':
      return sqlType(name, { length });
    case 'time': case 'datetime2':
      return sqlType(name, { scale: first === undefined || first === 'max' ? 7 : first });
    case 'text':
      return varcharType(maxLength);
    case 'ntext':
      return nvarcharType(maxLength);
    case 'image':
      return sqlType('varbinary', { length: maxLength });
    case 'sysname':
      return nvarcharType(128);
    case 'xml': case 'sql_variant': case 'datetimeoffset': case 'timestamp': case 'rowversion': case 'hierarchyid': case 'geometry': case 'geography':
      throw notSupported(`the type ${name}`);
    default:
      throw new SqlServerError(2715, `Cannot find data type ${written}.`);
  }
}

const aliases = new Map([['integer', 'int'], ['dec', 'decimal'], ['character', 'char'], ['double', 'float']]);

export function typeClass(type: SqlType): SqlTypeClass {
  switch (type.name) {
    case 'bit': case 'tinyint': case 'smallint': case 'int': case 'bigint': return 'integer';
    case 'decimal': case 'numeric': case 'money': case 'smallmoney': return 'decimal';
    case 'float': case 'real': return 'float';
    case 'char': case 'varchar': case 'nchar': case 'nvarchar': return 'string';
    case 'binary': case 'varbinary': return 'binary';
    case 'date': case 'time': case 'datetime': case 'smalldatetime': case 'datetime2': return 'time';
    case 'uniqueidentifier': return 'guid';
  }
}

export function isNational(type: SqlType): boolean {
  return type.name === 'nchar' || type.name === 'nvarchar';
}

/** Higher wins when two types meet. Source: SQL Server documentation, "Data type precedence". */
const precedence: readonly SqlTypeName[] = [
  'binary', 'varbinary', 'char', 'varchar', 'nchar', 'nvarchar', 'uniqueidentifier', 'bit', 'tinyint', 'smallint', 'int', 'bigint',
  'smallmoney', 'money', 'numeric', 'decimal', 'real', 'float', 'time', 'date', 'smalldatetime', 'datetime', 'datetime2',
];

/** The type both sides of a comparison, CASE, COALESCE or UNION column are brought to. */
export function commonType(left: SqlType, right: SqlType): SqlType {
  const [lower, higher] = precedence.indexOf(left.name) <= precedence.indexOf(right.name) ? [left, right] : [right, left];
  const kind = typeClass(higher);
  if (kind === 'decimal' && higher.name !== 'money' && higher.name !== 'smallmoney') {
    const other = asDecimal(lower);
    if (other === undefined) return higher;
    const scale = Math.max(other.scale, higher.scale);
    return decimalType(Math.min(38, Math.max(other.precision - other.scale, higher.precision - higher.scale) + scale), scale);
  }
  if ((kind === 'string' || kind === 'binary') && typeClass(lower) === kind) {
    const length = lower.length === maxLength || higher.length === maxLength ? maxLength : Math.max(lower.length, higher.length);
    return { ...higher, length };
  }
  if (kind === 'time' && lower.name === higher.name) return { ...higher, scale: Math.max(lower.scale, higher.scale) };
  return higher;
}

/** The decimal shape an integer or decimal type counts as in arithmetic. */
export function asDecimal(type: SqlType): { precision: number; scale: number } | undefined {
  switch (type.name) {
    case 'bit': return { precision: 1, scale: 0 };
    case 'tinyint': return { precision: 3, scale: 0 };
    case 'smallint': return { precision: 5, scale: 0 };
    case 'int': return { precision: 10, scale: 0 };
    case 'bigint': return { precision: 19, scale: 0 };
    case 'decimal': case 'numeric': case 'money': case 'smallmoney': return { precision: type.precision, scale: type.scale };
    case 'float': case 'real': case 'char': case 'varchar': case 'nchar': case 'nvarchar': case 'binary': case 'varbinary': case 'date': case 'time': case 'datetime': case 'smalldatetime':
    case 'datetime2': case 'uniqueidentifier':
      return undefined;
  }
}

/** `decimal(12,2)`, `varchar(max)`: the written form, also used as a key. */
export function writtenType(type: SqlType): string {
  switch (typeClass(type)) {
    case 'string': case 'binary': return `${type.name}(${type.length === maxLength ? 'max' : type.length})`;
    case 'decimal': return type.name === 'money' || type.name === 'smallmoney' ? type.name : `${type.name}(${type.precision},${type.scale})`;
    case 'time': return type.name === 'time' || type.name === 'datetime2' ? `${type.name}(${type.scale})` : type.name;
    case 'integer': case 'float': case 'guid': return type.name;
  }
}

const readTypes = new Map<string, SqlType>();

/** Reads back what `writtenType` wrote. */
export function typeFromWritten(text: string): SqlType {
  const known = readTypes.get(text);
  if (known) return known;
  const match = /^(\w+)(?:\((.*)\))?$/.exec(text);
  const sizes = match?.[2]?.split(',').map((size) => (size === 'max' ? 'max' as const : Number(size))) ?? [];
  const type = namedType(match?.[1] ?? text, sizes);
  readTypes.set(text, type);
  return type;
}
