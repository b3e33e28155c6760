/**
 * Time as hospital systems write it. A HIS knows only its own wall clock, so every conversion names the hospital's offset; the machine's
 * own time zone never takes part.
 */

/** `datetime`: a SQL date/time type, handed over by the driver. `iso`: RFC 3339, or the same without an offset. `hl7`: yyyymmdd[HHMM[SS[.S…]]][±hhmm]. */
export const TIME_FORMATS = ['yyyymmddHH:MM:SS', 'yyyymmddHHMMSS', 'yyyy-mm-dd HH:MM:SS', 'yyyymmdd', 'yyyy-mm-dd', 'iso', 'hl7', 'datetime'] as const;
export type TimeFormat = (typeof TIME_FORMATS)[number];

type WallClock = { readonly year: number; readonly month: number; readonly day: number; readonly hour: number; readonly minute: number; readonly second: number };

const PATTERNS: Readonly<Record<Exclude<TimeFormat, 'datetime'>, RegExp>> = {
  'yyyymmddHH:MM:SS': /^(\d{4})(\d{2})(\d{2})(\d{2}):(\d{2}):(\d{2})$/,
  'yyyymmddHHMMSS': /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/,
  'yyyy-mm-dd HH:MM:SS': /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})(?:\.\d{1,7})?$/,
  'yyyymmdd': /^(\d{4})(\d{2})(\d{2})$/,
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
  if (typeof value !== 'string') return undefined;
  const match = PATTERNS[format].exec(value.trim());
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map((part) => (part === undefined ? 0 : Number(part)));
  const wallClock = { year, month, day, hour, minute, second };
  if (!isRealTime(wallClock)) return undefined;
  const ownOffset = format === 'iso' || format === 'hl7' ? match[7]?.replace(/(\d)(\d{2})$/, '$1:$2') : undefined;
  return `${isoWallClock(wallClock)}${ownOffset ?? offset}`;
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
    case 'yyyymmdd': return date.replaceAll('-', '');
    case 'yyyy-mm-dd': return date;
    case 'iso': return `${date}T${clock}${offset}`;
    case 'hl7': return `${date.replaceAll('-', '')}${clock.replaceAll(':', '')}${offset.replace(':', '')}`;
    case 'datetime': return new Date(Math.floor(shifted.getTime() / 1000) * 1000);
  }
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
