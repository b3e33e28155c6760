/** Wall-clock arithmetic on sortable text; no time zone ever enters. */
export interface CalendarTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** Units of 100 ns since midnight. */
  readonly ticks: bigint;
}

export const ticksPerMillisecond = 10_000n;
export const ticksPerDay = 864_000_000_000n;

/** Days since 0001-01-01, the count TDS uses for date and datetime2. */
export function dayNumber(time: Pick<CalendarTime, 'year' | 'month' | 'day'>): number {
  const date = new Date(0);
  date.setUTCFullYear(time.year, time.month - 1, time.day);
  return Math.round(date.getTime() / 86_400_000) + daysFromYearOneToUnixEpoch;
}

const daysFromYearOneToUnixEpoch = 719_162;
/** Day number of 1900-01-01, the origin of datetime and smalldatetime. */
export const dayNumberOf1900 = 693_595;

export function fromDayNumber(days: number, ticks: bigint): CalendarTime {
  const date = new Date((days - daysFromYearOneToUnixEpoch) * 86_400_000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(), ticks };
}

/** The wall clock at an instant, `utcOffsetMinutes` east of Greenwich. */
export function wallClock(instant: Date, utcOffsetMinutes: number): CalendarTime {
  const shifted = new Date(instant.getTime() + utcOffsetMinutes * 60_000);
  const sinceMidnight = BigInt(shifted.getUTCHours() * 3_600_000 + shifted.getUTCMinutes() * 60_000 + shifted.getUTCSeconds() * 1000 + shifted.getUTCMilliseconds());
  return { year: shifted.getUTCFullYear(), month: shifted.getUTCMonth() + 1, day: shifted.getUTCDate(), ticks: sinceMidnight * ticksPerMillisecond };
}

export function addTicks(time: CalendarTime, ticks: bigint): CalendarTime {
  const total = BigInt(dayNumber(time)) * ticksPerDay + time.ticks + ticks;
  return fromDayNumber(Number(total / ticksPerDay), total % ticksPerDay);
}

export function addMonths(time: CalendarTime, months: number): CalendarTime {
  const index = time.year * 12 + (time.month - 1) + months;
  const year = Math.floor(index / 12);
  const month = (index % 12) + 1;
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return { year, month, day: Math.min(time.day, lastDay), ticks: time.ticks };
}

export function clockParts(ticks: bigint): { hour: number; minute: number; second: number; fraction: bigint } {
  const seconds = Number(ticks / 10_000_000n);
  return { hour: Math.floor(seconds / 3600), minute: Math.floor(seconds / 60) % 60, second: seconds % 60, fraction: ticks % 10_000_000n };
}

/** Sortable text: `yyyy-mm-dd`, `hh:mm:ss.fffffff` or both. */
export function dateText(time: CalendarTime): string {
  return `${pad(time.year, 4)}-${pad(time.month, 2)}-${pad(time.day, 2)}`;
}

export function clockText(ticks: bigint, digits: number): string {
  const { hour, minute, second, fraction } = clockParts(ticks);
  const base = `${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}`;
  return digits === 0 ? base : `${base}.${pad(Number(fraction), 7).slice(0, digits)}`;
}

/** Reads the sortable text, and the forms SQL Server documents for literals that do not depend on DATEFORMAT. Undefined when it is none of them. */
export function parseTimeText(text: string): CalendarTime | undefined {
  const trimmed = text.trim();
  const match =
    /^(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{4})\/(\d{1,2})\/(\d{1,2})|(\d{4})(\d{2})(\d{2}))?(?:(?:^|[ T]+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.:](\d{1,7}))?)?\s*(AM|PM)?)?$/i.exec(trimmed);
  if (!match) return undefined;
  const at = (index: number): number | undefined => (match[index] === undefined ? undefined : Number(match[index]));
  const year = at(1) ?? at(4) ?? at(7) ?? 1900;
  const month = at(2) ?? at(5) ?? at(8) ?? 1;
  const day = at(3) ?? at(6) ?? at(9) ?? 1;
  let hour = at(10) ?? 0;
  const half = match[14]?.toUpperCase();
  if (half === 'PM' && hour < 12) hour += 12;
  if (half === 'AM' && hour === 12) hour = 0;
  const minute = at(11) ?? 0;
  const second = at(12) ?? 0;
  const fraction = BigInt((match[13] ?? '').padEnd(7, '0'));
  if (month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return undefined;
  if (year < 1 || hour > 23 || minute > 59 || second > 59) return undefined;
  return { year, month, day, ticks: BigInt((hour * 60 + minute) * 60 + second) * 10_000_000n + fraction };
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
