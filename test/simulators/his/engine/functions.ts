import { SqlServerError } from './sql-server-error.js';
import {
  asDecimal, bigintType, bitType, dateType, datetimeType, decimalType, floatType, intType, isNational, maxLength, nvarcharType, sqlType, typeClass, varcharType, writtenType, type SqlType,
} from './sql-type.js';
import type { Typed, TypeTools } from './typed.js';

export interface CallSite {
  readonly translator: TypeTools;
  readonly count: number;
  typed(index: number): Typed;
  /** A bare word such as the `day` of DATEADD. */
  word(index: number): string;
}

interface AggregateSite {
  readonly distinct: boolean;
  readonly star: boolean;
  readonly over: string;
  readonly translator: TypeTools;
}

/** What SQL Server 2008 has; later functions (IIF, CONCAT, FORMAT, STRING_SPLIT ...) answer 195 as that server would. */
export const aggregateFunctions: ReadonlyMap<string, (operands: readonly Typed[], site: AggregateSite) => Typed> = new Map(Object.entries({
  COUNT: (operands, site) => ({ sql: `COUNT(${site.star ? '*' : inner(operands, site)})${site.over}`, type: intType }),
  COUNT_BIG: (operands, site) => ({ sql: `COUNT(${site.star ? '*' : inner(operands, site)})${site.over}`, type: bigintType }),
  SUM: (operands, site) => {
    const operand = first(operands);
    const type = summed(operand.type);
    return { sql: `SUM(${inner(operands, site)})${site.over}`, type };
  },
  AVG: (operands, site) => {
    const operand = first(operands);
    const total: Typed = { sql: `SUM(${inner(operands, site)})${site.over}`, type: summed(operand.type) };
    const rows: Typed = { sql: `COUNT(${inner(operands, site)})${site.over}`, type: intType };
    const average = site.translator.arithmetic('/', total, rows);
    const guarded = `(CASE WHEN ${rows.sql} = 0 THEN NULL ELSE ${average.sql} END)`;
    return { sql: guarded, type: average.type };
  },
  MIN: (operands, site) => ({ sql: `MIN(${inner(operands, site)})${site.over}`, type: first(operands).type }),
  MAX: (operands, site) => ({ sql: `MAX(${inner(operands, site)})${site.over}`, type: first(operands).type }),
  ROW_NUMBER: (_operands, site) => ({ sql: `ROW_NUMBER()${site.over}`, type: bigintType }),
  RANK: (_operands, site) => ({ sql: `RANK()${site.over}`, type: bigintType }),
  DENSE_RANK: (_operands, site) => ({ sql: `DENSE_RANK()${site.over}`, type: bigintType }),
} satisfies Record<string, (operands: readonly Typed[], site: AggregateSite) => Typed>));

/** The aggregates proper, without the ranking functions that need OVER. */
export const aggregateNames: ReadonlySet<string> = new Set(['COUNT', 'COUNT_BIG', 'SUM', 'AVG', 'MIN', 'MAX']);

function inner(operands: readonly Typed[], site: AggregateSite): string {
  return `${site.distinct ? 'DISTINCT ' : ''}${first(operands).sql}`;
}

function first(operands: readonly Typed[]): Typed {
  const [operand] = operands;
  if (!operand) throw new SqlServerError(174, 'The aggregate function requires 1 argument(s).', { severity: 15 });
  return operand;
}

function summed(type: SqlType): SqlType {
  if (typeClass(type) === 'decimal') return type.name === 'money' || type.name === 'smallmoney' ? sqlType('money', { precision: 19, scale: 4 }) : decimalType(38, type.scale);
  if (typeClass(type) === 'string' || typeClass(type) === 'time') throw new SqlServerError(8117, `Operand data type ${type.name} is invalid for sum operator.`);
  return type.name === 'bigint' || typeClass(type) === 'float' ? type : intType;
}

const textParameter = (site: CallSite, index: number): { sql: string; type: SqlType } => {
  const typed = site.typed(index);
  const national = isNational(typed.type);
  const type = typeClass(typed.type) === 'string' ? typed.type : varcharType(maxLength);
  return { sql: typeClass(typed.type) === 'string' ? site.translator.read(typed) : site.translator.assigned(typed, type), type: national ? nvarcharType(type.length) : varcharType(type.length) };
};

const whole = (site: CallSite, index: number): string => site.translator.assigned(site.typed(index), bigintType);

const session = (name: string, type: SqlType) => (site: CallSite): Typed => ({ sql: site.translator.bind(name), type });

const rewritten = (call: string) => (site: CallSite): Typed => {
  const { sql, type } = textParameter(site, 0);
  return { sql: `${call}(${sql})`, type };
};

export const scalarFunctions: ReadonlyMap<string, (site: CallSite) => Typed> = new Map(Object.entries({
  // time
  GETDATE: session('@@now', datetimeType),
  SYSDATETIME: (site) => ({ sql: `tsql_convert(${site.translator.bind('@@now')}, 'datetime', 'datetime2(7)', NULL)`, type: sqlType('datetime2', { scale: 7 }) }),
  DATEADD: (site) => {
    const operand = site.typed(2);
    const type = typeClass(operand.type) === 'time' ? operand.type : datetimeType;
    return { sql: `tsql_dateadd('${site.word(0)}', ${whole(site, 1)}, ${site.translator.converted(operand, type)}, '${writtenType(type)}')`, type };
  },
  DATEDIFF: (site) => {
    const time = (index: number): string => {
      const typed = site.typed(index);
      return typeClass(typed.type) === 'time' ? typed.sql : site.translator.converted(typed, datetimeType);
    };
    return { sql: `tsql_datediff('${site.word(0)}', ${time(1)}, ${time(2)})`, type: intType };
  },
  DATEPART: (site) => ({ sql: `tsql_datepart('${site.word(0)}', ${timeParameter(site, 1)})`, type: intType }),
  DATENAME: (site) => ({ sql: `tsql_datename('${site.word(0)}', ${timeParameter(site, 1)})`, type: nvarcharType(30) }),
  YEAR: (site) => ({ sql: `tsql_datepart('year', ${timeParameter(site, 0)})`, type: intType }),
  MONTH: (site) => ({ sql: `tsql_datepart('month', ${timeParameter(site, 0)})`, type: intType }),
  DAY: (site) => ({ sql: `tsql_datepart('day', ${timeParameter(site, 0)})`, type: intType }),
  ISDATE: (site) => ({ sql: `tsql_isdate(${textParameter(site, 0).sql})`, type: intType }),
  // text
  LEN: (site) => ({ sql: `tsql_len(${textParameter(site, 0).sql})`, type: intType }),
  DATALENGTH: (site) => {
    const typed = site.typed(0);
    return { sql: `tsql_datalength(${site.translator.read(typed)}, '${writtenType(typed.type)}')`, type: intType };
  },
  LTRIM: rewritten('ltrim'),
  RTRIM: rewritten('rtrim'),
  UPPER: rewritten('tsql_upper'),
  LOWER: rewritten('tsql_lower'),
  REVERSE: rewritten('tsql_reverse'),
  SUBSTRING: (site) => {
    const { sql, type } = textParameter(site, 0);
    return { sql: `tsql_substring(${sql}, ${whole(site, 1)}, ${whole(site, 2)})`, type };
  },
  LEFT: (site) => {
    const { sql, type } = textParameter(site, 0);
    return { sql: `tsql_substring(${sql}, 1, ${whole(site, 1)})`, type };
  },
  RIGHT: (site) => {
    const { sql, type } = textParameter(site, 0);
    return { sql: `tsql_right(${sql}, ${whole(site, 1)})`, type };
  },
  REPLACE: (site) => {
    const { sql, type } = textParameter(site, 0);
    return { sql: `tsql_replace(${sql}, ${textParameter(site, 1).sql}, ${textParameter(site, 2).sql})`, type: { ...type, length: isNational(type) ? 4000 : 8000 } };
  },
  STUFF: (site) => {
    const { sql, type } = textParameter(site, 0);
    return { sql: `tsql_stuff(${sql}, ${whole(site, 1)}, ${whole(site, 2)}, ${textParameter(site, 3).sql})`, type: { ...type, length: isNational(type) ? 4000 : 8000 } };
  },
  REPLICATE: (site) => {
    const { sql, type } = textParameter(site, 0);
    return { sql: `tsql_replicate(${sql}, ${whole(site, 1)})`, type: { ...type, length: isNational(type) ? 4000 : 8000 } };
  },
  SPACE: (site) => ({ sql: `tsql_replicate(' ', ${whole(site, 0)})`, type: varcharType(8000) }),
  CHARINDEX: (site) => ({ sql: `tsql_charindex(${textParameter(site, 0).sql}, ${textParameter(site, 1).sql}, ${site.count > 2 ? whole(site, 2) : '1'})`, type: intType }),
  PATINDEX: (site) => ({ sql: `tsql_patindex(${textParameter(site, 0).sql}, ${textParameter(site, 1).sql})`, type: intType }),
  ASCII: (site) => ({ sql: `unicode(${textParameter(site, 0).sql})`, type: intType }),
  UNICODE: (site) => ({ sql: `unicode(${textParameter(site, 0).sql})`, type: intType }),
  CHAR: (site) => ({ sql: `char(${whole(site, 0)})`, type: sqlType('char', { length: 1 }) }),
  NCHAR: (site) => ({ sql: `char(${whole(site, 0)})`, type: sqlType('nchar', { length: 1 }) }),
  QUOTENAME: (site) => ({ sql: `('[' || ${textParameter(site, 0).sql} || ']')`, type: nvarcharType(258) }),
  STR: (site) => ({ sql: `tsql_str(${site.translator.assigned(site.typed(0), floatType)}, ${site.count > 1 ? whole(site, 1) : '10'}, ${site.count > 2 ? whole(site, 2) : '0'})`, type: varcharType(100) }),
  // choice
  ISNULL: (site) => {
    const value = site.typed(0);
    const other = site.typed(1);
    const type = value.isNull ? other.type : value.type;
    return { sql: `ifnull(${site.translator.assigned(value, type)}, ${site.translator.assigned(other, type)})`, type };
  },
  COALESCE: (site) => {
    const all = Array.from({ length: site.count }, (_, index) => site.typed(index));
    const type = site.translator.unified(all);
    return { sql: `coalesce(${all.map((typed) => site.translator.converted(typed, type)).join(', ')})`, type };
  },
  NULLIF: (site) => {
    const value = site.typed(0);
    return { sql: `(CASE WHEN ${site.translator.compare('=', value, site.typed(1))} THEN NULL ELSE ${site.translator.read(value)} END)`, type: value.type };
  },
  ISNUMERIC: (site) => ({ sql: `tsql_isnumeric(${textParameter(site, 0).sql})`, type: intType }),
  // numbers
  ABS: (site) => numeric(site, (sql) => `abs(${sql})`),
  SIGN: (site) => {
    const typed = site.typed(0);
    const one = typeClass(typed.type) === 'decimal' ? 10n ** BigInt(typed.type.scale) : 1n;
    return { sql: `(sign(${typed.sql}) * ${one})`, type: typed.type };
  },
  ROUND: (site) => numeric(site, (sql, type) => `tsql_round(${sql}, ${asDecimal(type)?.scale ?? -1}, ${whole(site, 1)}, ${site.count > 2 ? whole(site, 2) : '0'})`),
  FLOOR: (site) => wholeOf(site, 'floor'),
  CEILING: (site) => wholeOf(site, 'ceiling'),
  POWER: (site) => ({ sql: `power(${site.translator.converted(site.typed(0), floatType)}, ${site.translator.converted(site.typed(1), floatType)})`, type: floatType }),
  // session
  SCOPE_IDENTITY: session('@@scope_identity', decimalType(18, 0)),
  XACT_STATE: session('@@xact_state', sqlType('smallint')),
  ERROR_NUMBER: session('@@error_number', intType),
  ERROR_MESSAGE: session('@@error_message', nvarcharType(4000)),
  ERROR_SEVERITY: session('@@error_severity', intType),
  ERROR_STATE: session('@@error_state', intType),
  ERROR_PROCEDURE: session('@@error_procedure', nvarcharType(128)),
  ERROR_LINE: session('@@error_line', intType),
  DB_NAME: session('@@database', nvarcharType(128)),
  SUSER_SNAME: session('@@login', nvarcharType(128)),
  SYSTEM_USER: session('@@login', nvarcharType(128)),
  USER_NAME: () => ({ sql: "'dbo'", type: nvarcharType(128) }),
  APP_NAME: session('@@application', nvarcharType(128)),
  HOST_NAME: session('@@host', nvarcharType(128)),
  NEWID: () => ({ sql: 'tsql_newid()', type: sqlType('uniqueidentifier') }),
  OBJECT_ID: (site) => ({ sql: `tsql_object_id(${textParameter(site, 0).sql}, ${site.count > 1 ? textParameter(site, 1).sql : 'NULL'})`, type: intType }),
  HAS_PERMS_BY_NAME: (site) => ({ sql: `tsql_has_perms(${textParameter(site, 0).sql}, ${textParameter(site, 1).sql}, ${textParameter(site, 2).sql})`, type: intType }),
  DATABASEPROPERTYEX: (site) => ({ sql: `tsql_serverproperty(${textParameter(site, 1).sql})`, type: nvarcharType(128) }),
  SERVERPROPERTY: (site) => ({ sql: `tsql_serverproperty(${textParameter(site, 0).sql})`, type: nvarcharType(128) }),
} satisfies Record<string, (site: CallSite) => Typed>));

function timeParameter(site: CallSite, index: number): string {
  const typed = site.typed(index);
  return typeClass(typed.type) === 'time' ? typed.sql : site.translator.converted(typed, typeClass(typed.type) === 'string' ? datetimeType : dateType);
}

function numeric(site: CallSite, build: (sql: string, type: SqlType) => string): Typed {
  const typed = site.typed(0);
  const usable = typeClass(typed.type) === 'string' ? { sql: site.translator.assigned(typed, floatType), type: floatType } : typed;
  return { sql: build(usable.sql, usable.type), type: usable.type.name === bitType.name ? intType : usable.type };
}

function wholeOf(site: CallSite, direction: 'floor' | 'ceiling'): Typed {
  const typed = site.typed(0);
  const shape = asDecimal(typed.type);
  if (!shape) return { sql: `${direction === 'floor' ? 'floor' : 'ceil'}(${site.translator.converted(typed, floatType)})`, type: floatType };
  return { sql: `tsql_whole(${typed.sql}, ${shape.scale}, '${direction}')`, type: decimalType(shape.precision, 0) };
}
