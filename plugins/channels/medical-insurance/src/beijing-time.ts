const BEIJING_OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** `yyyy-MM-dd HH:mm:ss` in Beijing, as the centre writes time. */
export function centreTime(at: string | Date): string {
  return new Date(new Date(at).getTime() + BEIJING_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** `yyyyMMddHHmmss` in Beijing. */
export function beijingStamp(at: string | Date): string {
  return centreTime(at).replaceAll(/[-: ]/g, '');
}

/** The Beijing day (yyyy-MM-dd) of an instant. */
export function beijingDay(at: string | Date): string {
  return centreTime(at).slice(0, 10);
}

export function dayBefore(day: string, days = 1): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10);
}

/** `yyyy-MM-dd HH:mm:ss` or `yyyyMMddHHmmss` of Beijing as RFC 3339; undefined when that is no time. */
export function beijingInstant(text: string): string | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})-?(\d{2})-?(\d{2})[ T]?(\d{2}):?(\d{2}):?(\d{2})(?:\.?\d{1,3})?$/.exec(text) ?? [];
  if (second === undefined) return undefined;
  const instant = `${String(year)}-${String(month)}-${String(day)}T${String(hour)}:${String(minute)}:${second}+08:00`;
  // The parser takes a 31st of every month.
  return Number.isNaN(Date.parse(instant)) || beijingDay(instant) !== instant.slice(0, 10) ? undefined : instant;
}
