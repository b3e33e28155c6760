/**
 * Time as hospital systems write it. A HIS knows only its own wall clock, so every conversion names the hospital's offset; the machine's
 * own time zone never takes part.
 */

/**
 * `datetime`: a SQL date/time type, handed over by the driver. `iso`: RFC 3339, or the same without an offset. `hl7`: yyyymmdd[HHMM[SS[.S…]]][±hhmm]. `m`, `d` and `H` alone: without a
 * leading zero, as Windows in Chinese writes them. `epoch…`: counted from 1970-01-01 UTC. The time of day alone is for a HIS that takes day
 * and time in two fields; it is sent, never read.
 */
export const TIME_FORMATS = [
  'yyyymmddHH:MM:SS', 'yyyymmddHHMMSS', 'yyyy-mm-dd HH:MM:SS', 'yyyy-mm-dd HH:MM', 'yyyy/m/d H:MM:SS', 'yyyymmdd', 'yyyy-mm-dd', 'yyyy/m/d', 'HHMMSS', 'HH:MM:SS',
  'epochSeconds', 'epochMillis', 'iso', 'hl7', 'datetime',
] as const;
export type TimeFormat = (typeof TIME_FORMATS)[number];
/** Formats without a day. */
export const CLOCK_FORMATS: ReadonlySet<TimeFormat> = new Set<TimeFormat>(['HHMMSS', 'HH:MM:SS']);
type WrittenFormat = Exclude<TimeFormat, 'datetime' | 'epochSeconds' | 'epochMillis' | 'HHMMSS' | 'HH:MM:SS'>;

type WallClock = { readonly year: number; readonly month: number; readonly day: number; readonly hour: number; readonly minute: number; readonly second: number };

const PATTERNS: Readonly<Record<WrittenFormat, RegExp>> = {
  'yyyymmddHH:MM:SS': /^(\d{4})(\d{2})(\d{2})(\d{2}):(\d{2}):(\d{2})$/,
  'yyyymmddHHMMSS': /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/,
  'yyyy-mm-dd HH:MM:SS': /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})(?:\.\d{1,7})?$/,
  'yyyy-mm-dd HH:MM': /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2})$/,
  'yyyy/m/d H:MM:SS': /^(\d{4})\/(\d{1,2})\/(\d{1,2}) (\d{1,2}):(\d{2}):(\d{2})$/,
  'yyyymmdd': /^(\d{4})(\d{2})(\d{2})$/,
  'yyyy/m/d': /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/,
  'yyyy-mm-dd': /^(\d{4})-(\d{2})-(\d{2})$/,
  'iso': /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?$/,
  'hl7': /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(?:(\d{2})(?:\.\d{1,4})?)?)?([+-]\d{4})?$/,
};

/**
 * Reads a HIS time.
 * @param value text in `format`, or the driver's Date for `datetime` (whose UTC fields are the wall clock: the pool sets `useUTC`)
 * @param offset the hospital's offset, for example `+08:00`
 * @returns RFC 3339 with offset, for example `2026-01-05T07:40:00+08:00`; undefined when it is not such a time
 */
export function readHisTime(value: unknown, format: TimeFormat, offset: string): string | undefined {
  if (format === 'datetime') return value instanceof Date && !Number.isNaN(value.getTime()) ? `${value.toISOString().slice(0, 19)}${offset}` : undefined;
  if (format === 'epochSeconds' || format === 'epochMillis') return readEpoch(value, format === 'epochSeconds' ? 1000 : 1, offset);
  if (typeof value !== 'string' || format === 'HHMMSS' || format === 'HH:MM:SS') return undefined;
  const match = PATTERNS[format].exec(value.trim());
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map((part) => (part === undefined ? 0 : Number(part)));
  const wallClock = { year, month, day, hour, minute, second };
  if (!isRealTime(wallClock)) return undefined;
  const ownOffset = format === 'iso' || format === 'hl7' ? match[7]?.replace(/(\d)(\d{2})$/, '$1:$2') : undefined;
  return `${isoWallClock(wallClock)}${ownOffset ?? offset}`;
}

/** Instants before 2000 and after 2100 are figures of something else, or the other unit. */
const EARLIEST_EPOCH_MS = Date.UTC(2000, 0, 1);
const LATEST_EPOCH_MS = Date.UTC(2100, 0, 1);

function readEpoch(value: unknown, unitMs: number, offset: string): string | undefined {
  const digits = typeof value === 'string' ? value.trim() : typeof value === 'number' || typeof value === 'bigint' ? String(value) : '';
  const at = /^\d{9,14}$/.test(digits) ? Number(digits) * unitMs : Number.NaN;
  if (!(at >= EARLIEST_EPOCH_MS && at < LATEST_EPOCH_MS)) return undefined;
  return `${new Date(at + offsetMs(offset)).toISOString().slice(0, 19)}${offset}`;
}

/**
 * Writes an instant as the HIS wants it: text, or for `datetime` a Date whose UTC fields are the hospital's wall clock.
 * @param instant RFC 3339 with offset or Z
 */
export function writeHisTime(instant: string, format: TimeFormat, offset: string): string | Date {
  const at = Date.parse(instant);
  if (Number.isNaN(at)) throw new RangeError(`not a time in RFC 3339: "${instant.slice(0, 40)}"`);
  const shifted = new Date(at + offsetMs(offset));
  const iso = shifted.toISOString();
  const date = iso.slice(0, 10);
  const clock = iso.slice(11, 19);
  switch (format) {
    case 'yyyymmddHH:MM:SS': return date.replaceAll('-', '') + clock;
    case 'yyyymmddHHMMSS': return date.replaceAll('-', '') + clock.replaceAll(':', '');
    case 'yyyy-mm-dd HH:MM:SS': return `${date} ${clock}`;
    case 'yyyy-mm-dd HH:MM': return `${date} ${clock.slice(0, 5)}`;
    case 'yyyy/m/d H:MM:SS': return `${withoutZeros(date)} ${Number(clock.slice(0, 2))}${clock.slice(2)}`;
    case 'yyyy/m/d': return withoutZeros(date);
    case 'HHMMSS': return clock.replaceAll(':', '');
    case 'HH:MM:SS': return clock;
    case 'epochSeconds': return Math.floor(at / 1000).toString();
    case 'epochMillis': return at.toString();
    case 'yyyymmdd': return date.replaceAll('-', '');
    case 'yyyy-mm-dd': return date;
    case 'iso': return `${date}T${clock}${offset}`;
    case 'hl7': return `${date.replaceAll('-', '')}${clock.replaceAll(':', '')}${offset.replace(':', '')}`;
    case 'datetime': return new Date(Math.floor(shifted.getTime() / 1000) * 1000);
  }
}

/** `2026-01-05` as `2026/1/5`. */
function withoutZeros(date: string): string {
  return date.split('-').map(Number).join('/');
}

/** Milliseconds of `+08:00` or `-03:30`. */
export function offsetMs(offset: string): number {
  const match = /^([+-])(\d{2}):(\d{2})$/.exec(offset);
  if (match === null) throw new RangeError(`not an offset like +08:00: "${offset}"`);
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return (match[1] === '-' ? -minutes : minutes) * 60_000;
}

function isRealTime({ year, month, day, hour, minute, second }: WallClock): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1900 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
}

function isoWallClock({ year, month, day, hour, minute, second }: WallClock): string {
  const two = (value: number) => value.toString().padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`;
}
