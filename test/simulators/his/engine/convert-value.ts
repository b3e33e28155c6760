import iconv from 'iconv-lite';
import { addTicks, clockParts, clockText, dateText, dayNumberOf1900, fromDayNumber, parseTimeText, ticksPerDay, type CalendarTime } from './calendar.js';
import { notSupported, SqlServerError } from './sql-server-error.js';
import { isNational, maxLength, typeClass, type SqlType } from './sql-type.js';
import type { StoredValue } from './stored-value.js';

/** What happens to a string longer than its target: CAST and variables cut it, a table column refuses it with 8152. */
export type Overlong = 'cut' | 'refuse';

export interface Conversion {
  readonly from: SqlType;
  readonly to: SqlType;
  readonly style?: number;
  readonly overlong?: Overlong;
  /** 8114 for parameters and decimals, 245 for literals and expressions; both carry the documented text. */
  readonly forParameter?: boolean;
}

/** Converts a stored value from one T-SQL type to another with SQL Server's rules and error numbers. */
export function convertValue(value: StoredValue, conversion: Conversion): StoredValue {
  if (value === null) return null;
  switch (typeClass(conversion.to)) {
    case 'integer': return toInteger(value, conversion);
    case 'decimal': return toDecimal(value, conversion);
    case 'float': return toFloat(value, conversion);
    case 'string': return toText(value, conversion);
    case 'binary': return toBinary(value, conversion);
    case 'time': return toTime(value, conversion);
    case 'guid': return toGuid(value, conversion);
  }
}

function failed(value: StoredValue, { from, to, forParameter }: Conversion): SqlServerError {
  if (forParameter || typeClass(to) === 'decimal' || typeClass(to) === 'float') {
    return new SqlServerError(8114, `Error converting data type ${from.name} to ${to.name}.`, { state: 5 });
  }
  if (typeClass(to) === 'time') return new SqlServerError(241, 'Conversion failed when converting date and/or time from character string.');
  if (typeClass(to) === 'guid') return new SqlServerError(8169, 'Conversion failed when converting from a character string to uniqueidentifier.', { state: 2 });
  return new SqlServerError(245, `Conversion failed when converting the ${from.name} value '${String(value)}' to data type ${to.name}.`);
}

function overflow(to: SqlType): SqlServerError {
  return new SqlServerError(8115, `Arithmetic overflow error converting expression to data type ${to.name}.`, { state: 2 });
}

const integerRange: Partial<Record<SqlType['name'], readonly [bigint, bigint]>> = {
  tinyint: [0n, 255n],
  smallint: [-32_768n, 32_767n],
  int: [-2_147_483_648n, 2_147_483_647n],
  bigint: [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
};

function toInteger(value: StoredValue, conversion: Conversion): bigint {
  const { from, to } = conversion;
  let whole: bigint;
  if (typeof value === 'bigint') {
    whole = typeClass(from) === 'decimal' ? (from.name === 'money' || from.name === 'smallmoney' ? rescale(value, from.scale, 0) : value / 10n ** BigInt(from.scale)) : value;
  } else if (typeof value === 'number') {
    whole = BigInt(Math.trunc(value));
  } else if (typeof value === 'string' && typeClass(from) === 'string') {
    const trimmed = value.trim();
    if (to.name === 'bit' && /^(true|false)$/i.test(trimmed)) return /^true$/i.test(trimmed) ? 1n : 0n;
    if (!/^[+-]?\d*$/.test(trimmed) || /^[+-]$/.test(trimmed)) throw failed(value, conversion);
    whole = trimmed === '' ? 0n : BigInt(trimmed.replace(/^\+/, ''));
  } else if (value instanceof Uint8Array) {
    whole = value.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  } else {
    throw failed(value, conversion);
  }
  if (to.name === 'bit') return whole === 0n ? 0n : 1n;
  const range = integerRange[to.name];
  if (range && (whole < range[0] || whole > range[1])) {
    if (typeClass(from) === 'string' && to.name === 'int') throw new SqlServerError(248, `The conversion of the ${from.name} value '${String(value)}' overflowed an int column.`);
    throw overflow(to);
  }
  return whole;
}

/** Moves a scaled integer to another scale, rounding half away from zero as SQL Server does. */
export function rescale(scaled: bigint, fromScale: number, toScale: number): bigint {
  if (toScale >= fromScale) return scaled * 10n ** BigInt(toScale - fromScale);
  const divisor = 10n ** BigInt(fromScale - toScale);
  const magnitude = scaled < 0n ? -scaled : scaled;
  const rounded = (magnitude + divisor / 2n) / divisor;
  return scaled < 0n ? -rounded : rounded;
}

function toDecimal(value: StoredValue, conversion: Conversion): bigint {
  const { from, to } = conversion;
  let scaled: bigint;
  if (typeof value === 'bigint') {
    scaled = rescale(value, typeClass(from) === 'decimal' ? from.scale : 0, to.scale);
  } else if (typeof value === 'number') {
    scaled = decimalFromText(expandExponent(value), to.scale) ?? 0n;
  } else if (typeof value === 'string' && typeClass(from) === 'string') {
    const text = to.name === 'money' || to.name === 'smallmoney' ? value.trim().replace(/^([+-]?)[¥$￥]/, '$1').replaceAll(',', '') : value.trim();
    const parsed = decimalFromText(text, to.scale);
    if (parsed === undefined) throw failed(value, conversion);
    scaled = parsed;
  } else {
    throw failed(value, conversion);
  }
  if ((scaled < 0n ? -scaled : scaled) >= 10n ** BigInt(to.precision)) {
    throw new SqlServerError(8115, `Arithmetic overflow error converting ${from.name} to data type ${to.name}.`, { state: 8 });
  }
  return scaled;
}

function expandExponent(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20) : text;
}

/** `-12.345` at scale 2 → -1235n (half away from zero); undefined when it is not a plain decimal number. */
export function decimalFromText(text: string, scale: number): bigint | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text);
  if (!match || ((match[2] ?? '') === '' && (match[3] ?? '') === '')) return undefined;
  const fraction = match[3] ?? '';
  const scaled = rescale(BigInt(`${match[2] ?? ''}${fraction}` || '0'), fraction.length, scale);
  return match[1] === '-' ? -scaled : scaled;
}

/** 1234n at scale 2 → `12.34`. */
export function decimalText(scaled: bigint, scale: number): string {
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(scale + 1, '0');
  const sign = scaled < 0n ? '-' : '';
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function toFloat(value: StoredValue, conversion: Conversion): number {
  const { from, to } = conversion;
  let result: number;
  if (typeof value === 'bigint') result = typeClass(from) === 'decimal' ? Number(decimalText(value, from.scale)) : Number(value);
  else if (typeof value === 'number') result = value;
  else if (typeof value === 'string' && typeClass(from) === 'string') {
    result = value.trim() === '' ? 0 : Number(value);
    if (Number.isNaN(result)) throw failed(value, conversion);
  } else throw failed(value, conversion);
  return to.name === 'real' ? Math.fround(result) : result;
}

function toText(value: StoredValue, conversion: Conversion): string {
  const { from, to, style = 0 } = conversion;
  const text = textOf(value, from, style);
  if (to.length !== maxLength && typeClass(from) !== 'string' && overlongNumber(text, from, to)) throw overflow(to);
  return fitText(text, conversion);
}

function overlongNumber(text: string, from: SqlType, to: SqlType): boolean {
  return text.length > to.length && ['integer', 'decimal', 'float'].includes(typeClass(from));
}

function textOf(value: StoredValue, from: SqlType, style: number): string {
  if (typeof value === 'bigint') {
    if (typeClass(from) !== 'decimal') return value.toString();
    return from.name === 'money' || from.name === 'smallmoney' ? decimalText(rescale(value, from.scale, style === 2 ? 4 : 2), style === 2 ? 4 : 2) : decimalText(value, from.scale);
  }
  if (typeof value === 'number') return floatText(value);
  if (value instanceof Uint8Array) {
    if (style === 1) return `0x${Buffer.from(value).toString('hex').toUpperCase()}`;
    if (style === 2) return Buffer.from(value).toString('hex').toUpperCase();
    return iconv.decode(Buffer.from(value), 'cp936');
  }
  if (value === null) return '';
  return typeClass(from) === 'time' ? styledTime(value, from, style) : value;
}

function floatText(value: number): string {
  const short = Number(value.toPrecision(6));
  if (short !== 0 && (Math.abs(short) >= 1e6 || Math.abs(short) < 1e-4)) {
    const [mantissa = '0', exponent = '0'] = short.toExponential().split('e');
    const power = Number(exponent);
    return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(3, '0')}`;
  }
  return String(short);
}

/** Cuts or refuses what does not fit, and drops what code page 936 cannot hold when the target is not national. */
export function fitText(text: string, { to, overlong = 'cut' }: Conversion): string {
  const held = isNational(to) ? text : iconv.decode(iconv.encode(text, 'cp936'), 'cp936');
  if (to.length === maxLength) return held;
  const size = isNational(to) ? held.length : asciiOnly(held) ? held.length : iconv.encode(held, 'cp936').length;
  const fixed = to.name === 'char' || to.name === 'nchar';
  if (size <= to.length) return fixed ? held + ' '.repeat(to.length - size) : held;
  const cut = isNational(to) ? held.slice(0, to.length) : cutBytes(held, to.length);
  // SQL Server lets trailing blanks go without complaint.
  if (overlong === 'refuse' && held.trimEnd() !== cut.trimEnd()) throw new SqlServerError(8152, 'String or binary data would be truncated.', { state: 14 });
  return cut;
}

function asciiOnly(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 127) return false;
  return true;
}

function cutBytes(text: string, bytes: number): string {
  let used = 0;
  let result = '';
  for (const character of text) {
    used += iconv.encode(character, 'cp936').length;
    if (used > bytes) break;
    result += character;
  }
  return result;
}

function toBinary(value: StoredValue, conversion: Conversion): Uint8Array {
  const { from, to, style = 0, overlong = 'cut' } = conversion;
  let bytes: Uint8Array;
  if (value instanceof Uint8Array) bytes = value;
  else if (typeof value === 'string' && typeClass(from) === 'string') {
    bytes = style === 1 || style === 2 ? Buffer.from(value.replace(/^0x/i, ''), 'hex') : isNational(from) ? Buffer.from(value, 'utf16le') : iconv.encode(value, 'cp936');
  } else if (typeof value === 'bigint' && typeClass(from) === 'integer') {
    const width = from.name === 'bigint' ? 8 : from.name === 'smallint' ? 2 : from.name === 'tinyint' || from.name === 'bit' ? 1 : 4;
    bytes = Buffer.from(BigInt.asUintN(width * 8, value).toString(16).padStart(width * 2, '0'), 'hex');
  } else throw failed(value, conversion);
  if (to.length === maxLength) return bytes;
  if (bytes.length > to.length) {
    if (overlong === 'refuse') throw new SqlServerError(8152, 'String or binary data would be truncated.', { state: 14 });
    return bytes.slice(0, to.length);
  }
  if (to.name !== 'binary' || bytes.length === to.length) return bytes;
  const padded = new Uint8Array(to.length);
  padded.set(bytes);
  return padded;
}

function toTime(value: StoredValue, conversion: Conversion): string {
  const { from, to } = conversion;
  if (typeof value === 'bigint' && typeClass(from) === 'integer') return timeToStored(fromDayNumber(dayNumberOf1900 + Number(value), 0n), to);
  if (typeof value === 'number') {
    const days = Math.floor(value);
    return timeToStored(fromDayNumber(dayNumberOf1900 + days, BigInt(Math.round((value - days) * 86_400_000)) * 10_000n), to);
  }
  if (typeof value !== 'string') throw failed(value, conversion);
  const parsed = parseStyledTime(value, conversion.style) ?? parseTimeText(value);
  if (!parsed) throw failed(value, conversion);
  if ((to.name === 'datetime' && parsed.year < 1753) || (to.name === 'smalldatetime' && (parsed.year < 1900 || parsed.year > 2079))) {
    throw new SqlServerError(242, `The conversion of a ${from.name} data type to a ${to.name} data type resulted in an out-of-range value.`, { state: 3 });
  }
  return timeToStored(parsed, to);
}

/** Brings a time to the precision of its type and to its sortable text. */
export function timeToStored(time: CalendarTime, to: SqlType): string {
  if (to.name === 'date') return dateText(time);
  if (to.name === 'time') return clockText(roundTicks(time.ticks, 10n ** BigInt(7 - to.scale)) % ticksPerDay, to.scale);
  const rounded = addTicks({ ...time, ticks: 0n }, roundedTicks(time.ticks, to));
  return `${dateText(rounded)} ${clockText(rounded.ticks, to.name === 'datetime2' ? to.scale : 3)}`;
}

function roundedTicks(ticks: bigint, to: SqlType): bigint {
  if (to.name === 'smalldatetime') return roundTicks(ticks, 600_000_000n);
  if (to.name === 'datetime2') return roundTicks(ticks, 10n ** BigInt(7 - to.scale));
  // datetime counts 1/300 s: .000, .003, .007.
  const counts = (ticks * 3n + 50_000n) / 100_000n;
  return ((counts * 10n + 1n) / 3n) * 10_000n;
}

function roundTicks(ticks: bigint, unit: bigint): bigint {
  return ((ticks + unit / 2n) / unit) * unit;
}

function parseStyledTime(text: string, style: number | undefined): CalendarTime | undefined {
  const trimmed = text.trim();
  const rebuilt =
    style === 101 || style === 110 ? trimmed.replace(/^(\d{1,2})[/-](\d{1,2})[/-](\d{4})/, '$3-$1-$2')
    : style === 103 || style === 104 || style === 105 ? trimmed.replace(/^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})/, '$3-$2-$1')
    : undefined;
  return rebuilt === undefined ? undefined : parseTimeText(rebuilt);
}

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** CONVERT(varchar, <time>, style). Source: SQL Server documentation, "CAST and CONVERT", date and time styles. */
function styledTime(stored: string, from: SqlType, style: number): string {
  const time = parseTimeText(stored);
  if (!time) return stored;
  const { hour, minute, second, fraction } = clockParts(time.ticks);
  const two = (value: number): string => String(value).padStart(2, '0');
  const year = String(time.year).padStart(4, '0');
  const clock = `${two(hour)}:${two(minute)}:${two(second)}`;
  const thousandths = String(fraction / 10_000n).padStart(3, '0');
  const modern = from.name === 'date' || from.name === 'time' || from.name === 'datetime2';
  switch (style) {
    case 0: case 100: {
      if (modern) return stored;
      const half = hour < 12 ? 'AM' : 'PM';
      return `${monthNames[time.month - 1] ?? ''} ${String(time.day).padStart(2, ' ')} ${year} ${String(hour % 12 || 12).padStart(2, ' ')}:${two(minute)}${half}`;
    }
    case 1: return `${two(time.month)}/${two(time.day)}/${year.slice(2)}`;
    case 101: return `${two(time.month)}/${two(time.day)}/${year}`;
    case 102: return `${year}.${two(time.month)}.${two(time.day)}`;
    case 103: return `${two(time.day)}/${two(time.month)}/${year}`;
    case 104: return `${two(time.day)}.${two(time.month)}.${year}`;
    case 105: return `${two(time.day)}-${two(time.month)}-${year}`;
    case 110: return `${two(time.month)}-${two(time.day)}-${year}`;
    case 111: return `${year}/${two(time.month)}/${two(time.day)}`;
    case 12: return `${year.slice(2)}${two(time.month)}${two(time.day)}`;
    case 112: return `${year}${two(time.month)}${two(time.day)}`;
    case 8: case 24: case 108: return clock;
    case 14: case 114: return `${clock}:${thousandths}`;
    case 20: case 120: return from.name === 'date' ? `${year}-${two(time.month)}-${two(time.day)}` : `${year}-${two(time.month)}-${two(time.day)} ${clock}`;
    case 21: case 25: case 121: return modern ? stored : `${year}-${two(time.month)}-${two(time.day)} ${clock}.${thousandths}`;
    case 23: return `${year}-${two(time.month)}-${two(time.day)}`;
    case 126: return `${year}-${two(time.month)}-${two(time.day)}T${clock}${fraction === 0n ? '' : `.${thousandths}`}`;
    default: throw notSupported(`CONVERT style ${style}`);
  }
}

function toGuid(value: StoredValue, conversion: Conversion): string {
  if (typeof value === 'string' && /^\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/i.test(value.trim())) {
    return value.trim().replace(/[{}]/g, '').toUpperCase();
  }
  throw failed(value, conversion);
}
