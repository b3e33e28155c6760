import { randomUUID } from 'node:crypto';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import iconv from 'iconv-lite';
import { addMonths, addTicks, clockParts, dayNumber, parseTimeText, ticksPerDay, type CalendarTime } from './calendar.js';
import type { Catalog } from './catalog.js';
import { convertValue, rescale, timeToStored } from './convert-value.js';
import { SqlServerError } from './sql-server-error.js';
import { isNational, sqlType, typeFromWritten } from './sql-type.js';
import type { StoredValue } from './stored-value.js';

/** Gives one SQLite handle the T-SQL functions that the translator writes into statements. Errors thrown here reach the caller with their number. */
export function registerFunctions(database: DatabaseSync, catalog: Catalog): void {
  for (const [name, call] of Object.entries(nullIsNull)) {
    database.function(`tsql_${name}`, { useBigIntArguments: true, varargs: true }, (...values) => (values.includes(null) ? null : call(values)));
  }
  const convert = (overlong: 'cut' | 'refuse') => (...[value, from, to, style]: SQLOutputValue[]): StoredValue =>
    convertValue(value ?? null, { from: typeFromWritten(textOf(from)), to: typeFromWritten(textOf(to)), overlong, ...(typeof style === 'bigint' ? { style: Number(style) } : {}) });
  database.function('tsql_convert', { useBigIntArguments: true, varargs: true }, convert('cut'));
  database.function('tsql_store', { useBigIntArguments: true, varargs: true }, convert('refuse'));
  database.function('tsql_like', { useBigIntArguments: true, varargs: true }, (value, pattern, escape) =>
    value === null || pattern === null ? null : likePattern(textOf(pattern), escape === null ? undefined : textOf(escape)).test(textOf(value)) ? 1n : 0n);
  database.function('tsql_has_perms', { varargs: true }, (name, kind) => {
    const key = textOf(name ?? '').split('.').at(-1)?.toLowerCase() ?? '';
    if (textOf(kind ?? '').toUpperCase() === 'DATABASE') return catalog.rights.broad ? 1 : 0;
    return catalog.procedures.has(key) ? (catalog.rights.denied.has(key) ? 0 : 1) : null;
  });
  database.function('tsql_object_id', { useBigIntArguments: true, varargs: true }, (name, kind) =>
    name === null ? null : catalog.objectId(textOf(name), kind === null ? undefined : textOf(kind)));
  database.function('tsql_too_many_rows', { varargs: true }, () => {
    throw new SqlServerError(512, 'Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.');
  });
  database.function('tsql_newid', { varargs: true }, () => randomUUID().toUpperCase());
  database.function('tsql_isdate', { varargs: true }, (value) => (typeof value === 'string' && parseTimeText(value) ? 1n : 0n));
  database.function('tsql_isnumeric', { varargs: true }, (value) => (typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value) ? 1n : 0n));
}

type Call = (values: readonly SQLOutputValue[]) => StoredValue;

/** Functions that answer NULL when any argument is NULL. */
const nullIsNull: Readonly<Record<string, Call>> = {
  add: ([a, b]) => wide(integer(a) + integer(b)),
  multiply: ([a, b]) => wide(integer(a) * integer(b)),
  divide: ([a, b]) => {
    if (b === 0n || b === 0) throw divideByZero();
    return typeof a === 'bigint' && typeof b === 'bigint' ? a / b : Number(a) / Number(b);
  },
  modulo: ([a, b]) => {
    if (b === 0n) throw divideByZero();
    return integer(a) % integer(b);
  },
  divide_decimal: ([a, aScale, b, bScale, scale]) => {
    if (b === 0n) throw divideByZero();
    const shift = integer(scale) + integer(bScale) - integer(aScale);
    return wide(shift >= 0n ? (integer(a) * 10n ** shift) / integer(b) : integer(a) / (integer(b) * 10n ** -shift));
  },
  round: ([value, scale, digits, truncate]) => {
    if (typeof value === 'number') return Number(value.toFixed(Math.max(0, Number(digits))));
    const dropped = integer(scale) - integer(digits);
    if (dropped <= 0n) return integer(value);
    const unit = 10n ** dropped;
    return integer(truncate) === 0n ? rescale(integer(value), Number(dropped), 0) * unit : (integer(value) / unit) * unit;
  },
  whole: ([value, scale, direction]) => {
    const unit = 10n ** integer(scale);
    const floor = integer(value) >= 0n || integer(value) % unit === 0n ? integer(value) / unit : integer(value) / unit - 1n;
    return direction === 'floor' || integer(value) % unit === 0n ? floor : floor + 1n;
  },
  len: ([value]) => BigInt(textOf(value).replace(/ +$/, '').length),
  datalength: ([value, type]) => {
    if (value instanceof Uint8Array) return BigInt(value.length);
    const declared = typeFromWritten(textOf(type));
    if (typeof value === 'string' && /char/.test(declared.name)) return BigInt(isNational(declared) ? value.length * 2 : iconv.encode(value, 'cp936').length);
    return { bit: 1n, tinyint: 1n, smallint: 2n, int: 4n, bigint: 8n, float: 8n, real: 4n, datetime: 8n, smalldatetime: 4n, money: 8n, smallmoney: 4n, date: 3n }[declared.name as string] ?? 9n;
  },
  upper: ([value]) => textOf(value).toUpperCase(),
  lower: ([value]) => textOf(value).toLowerCase(),
  reverse: ([value]) => [...textOf(value)].toReversed().join(''),
  substring: ([value, start, length]) => {
    if (integer(length) < 0n) throw new SqlServerError(537, 'Invalid length parameter passed to the LEFT or SUBSTRING function.');
    const from = Number(start) - 1;
    return textOf(value).slice(Math.max(0, from), Math.max(0, from + Number(length)));
  },
  right: ([value, length]) => (integer(length) <= 0n ? '' : textOf(value).slice(-Number(length))),
  replace: ([value, search, replacement]) => (search === '' ? textOf(value) : textOf(value).replace(new RegExp(escapeRegExp(textOf(search)), 'gi'), () => textOf(replacement))),
  stuff: ([value, start, length, insertion]) => {
    const from = Number(start) - 1;
    const source = textOf(value);
    return from < 0 || from >= source.length ? null : source.slice(0, from) + textOf(insertion) + source.slice(from + Number(length));
  },
  replicate: ([value, count]) => (integer(count) < 0n ? null : textOf(value).repeat(Math.min(8000, Number(count)))),
  charindex: ([search, value, start]) => BigInt(textOf(value).toLowerCase().indexOf(textOf(search).toLowerCase(), Math.max(0, Number(start) - 1)) + 1),
  patindex: ([pattern, value]) => {
    const written = textOf(pattern);
    const open = written.startsWith('%');
    const body = written.replace(/^%/, '').replace(/%$/, '');
    const found = new RegExp((open ? '' : '^') + likeSource(body, undefined) + (written.endsWith('%') ? '' : '$'), 'is').exec(textOf(value));
    return BigInt(found ? found.index + 1 : 0);
  },
  str: ([value, length, digits]) => {
    const written = Number(value).toFixed(Number(digits));
    return written.length > Number(length) ? '*'.repeat(Number(length)) : written.padStart(Number(length));
  },
  serverproperty: ([name]) => ({ productversion: '11.0.7001.0', productlevel: 'SP4', edition: 'Hospital simulator', collation: 'Chinese_PRC_CI_AS', servername: 'HIS', engineedition: '2' })[textOf(name).toLowerCase()] ?? null,
  dateadd: ([part, count, stored, type]) => {
    const time = requireTime(stored);
    const amount = integer(count);
    const months = monthsOf[partName(part)];
    const ticks = ticksOf[partName(part)];
    const moved = months !== undefined ? addMonths(time, Number(amount) * months) : ticks !== undefined ? addTicks(time, amount * ticks) : undefined;
    if (!moved) throw invalidPart(part);
    if (moved.year < 1753 || moved.year > 9999) throw new SqlServerError(517, 'Adding a value to a datetime column caused an overflow.');
    return timeToStored(moved, typeFromWritten(textOf(type)));
  },
  datediff: ([part, from, to]) => {
    const [start, end] = [requireTime(from), requireTime(to)];
    const name = partName(part);
    if (name === 'year') return BigInt(end.year - start.year);
    if (name === 'quarter') return BigInt(end.year * 4 + Math.floor((end.month - 1) / 3) - (start.year * 4 + Math.floor((start.month - 1) / 3)));
    if (name === 'month') return BigInt(end.year * 12 + end.month - (start.year * 12 + start.month));
    const unit = ticksOf[name];
    if (unit === undefined) throw invalidPart(part);
    const count = (time: CalendarTime): bigint => (BigInt(dayNumber(time)) * ticksPerDay + time.ticks + (name === 'week' ? ticksPerDay : 0n)) / unit;
    return convertValue(count(end) - count(start), { from: sqlType('bigint'), to: sqlType('int') });
  },
  datepart: ([part, stored]) => BigInt(datePart(partName(part), requireTime(stored)) ?? failPart(part)),
  datename: ([part, stored]) => {
    const time = requireTime(stored);
    if (partName(part) === 'month') return monthNames[time.month - 1] ?? '';
    if (partName(part) === 'weekday') return dayNames[(dayNumber(time) + 1) % 7] ?? '';
    return String(datePart(partName(part), time) ?? failPart(part));
  },
};

const monthNames = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const partNames: Readonly<Record<string, string>> = {
  yy: 'year', yyyy: 'year', qq: 'quarter', q: 'quarter', mm: 'month', m: 'month', dd: 'day', d: 'day', dy: 'dayofyear', y: 'dayofyear', wk: 'week', ww: 'week',
  dw: 'weekday', w: 'weekday', hh: 'hour', mi: 'minute', n: 'minute', ss: 'second', s: 'second', ms: 'millisecond', mcs: 'microsecond', ns: 'nanosecond',
};

function partName(part: SQLOutputValue | undefined): string {
  const written = textOf(part).toLowerCase();
  return partNames[written] ?? written;
}

const monthsOf: Readonly<Record<string, number>> = { year: 12, quarter: 3, month: 1 };
const ticksOf: Readonly<Record<string, bigint>> = {
  day: ticksPerDay, dayofyear: ticksPerDay, weekday: ticksPerDay, week: ticksPerDay * 7n, hour: 36_000_000_000n, minute: 600_000_000n, second: 10_000_000n, millisecond: 10_000n, microsecond: 10n,
};

function datePart(part: string, time: CalendarTime): number | undefined {
  const { hour, minute, second, fraction } = clockParts(time.ticks);
  switch (part) {
    case 'year': return time.year;
    case 'quarter': return Math.floor((time.month - 1) / 3) + 1;
    case 'month': return time.month;
    case 'day': return time.day;
    case 'dayofyear': return dayNumber(time) - dayNumber({ year: time.year, month: 1, day: 1 }) + 1;
    // DATEFIRST 7: Sunday is 1.
    case 'weekday': return ((dayNumber(time) + 1) % 7) + 1;
    case 'hour': return hour;
    case 'minute': return minute;
    case 'second': return second;
    case 'millisecond': return Number(fraction / 10_000n);
    default: return undefined;
  }
}

function failPart(part: SQLOutputValue | undefined): never {
  throw invalidPart(part);
}

function invalidPart(part: SQLOutputValue | undefined): SqlServerError {
  return new SqlServerError(155, `'${textOf(part)}' is not a recognized datepart option.`, { severity: 15 });
}

function requireTime(stored: SQLOutputValue | undefined): CalendarTime {
  const time = parseTimeText(textOf(stored));
  if (!time) throw new SqlServerError(241, 'Conversion failed when converting date and/or time from character string.');
  return time;
}

function divideByZero(): SqlServerError {
  return new SqlServerError(8134, 'Divide by zero error encountered.');
}

/** Scaled integers live in 64 bits; past that SQL Server might still go on, the simulator says so instead of turning to floats. */
function wide(value: bigint): bigint {
  if (value > 9_223_372_036_854_775_807n || value < -9_223_372_036_854_775_808n) throw new SqlServerError(8115, 'Arithmetic overflow error converting expression to data type numeric.', { state: 2 });
  return value;
}

function integer(value: SQLOutputValue | undefined): bigint {
  return typeof value === 'bigint' ? value : BigInt(Math.trunc(Number(value)));
}

function textOf(value: SQLOutputValue | undefined): string {
  return typeof value === 'string' ? value : value === null || value === undefined ? '' : String(value);
}

const patterns = new Map<string, RegExp>();

function likePattern(pattern: string, escape: string | undefined): RegExp {
  const key = `${escape ?? ''}\u0000${pattern}`;
  const known = patterns.get(key);
  if (known) return known;
  if (patterns.size > 500) patterns.clear();
  const built = new RegExp(`^${likeSource(pattern, escape)} *$`, 'is');
  patterns.set(key, built);
  return built;
}

function likeSource(pattern: string, escape: string | undefined): string {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? '';
    if (escape !== undefined && character === escape) source += escapeRegExp(pattern[++at] ?? '');
    else if (character === '%') source += '.*';
    else if (character === '_') source += '.';
    else if (character === '[' && pattern.includes(']', at + 1)) {
      const end = pattern.indexOf(']', at + 1);
      source += `[${pattern.slice(at + 1, end).replace(/[\\[]/g, '\\$&')}]`;
      at = end;
    } else source += escapeRegExp(character);
  }
  return source;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

