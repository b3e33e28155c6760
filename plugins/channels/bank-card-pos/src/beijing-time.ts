const BEIJING_OFFSET_MS = 8 * 3_600_000;
const HALF_YEAR_MS = 183 * 86_400_000;

/** The Beijing day (yyyyMMdd) of an instant. */
export function beijingDate(at: string | Date): string {
  return new Date(new Date(at).getTime() + BEIJING_OFFSET_MS).toISOString().slice(0, 10).replaceAll('-', '');
}

/** `yyyyMMddHHmmss` in Beijing. */
export function beijingStamp(at: Date): string {
  return new Date(at.getTime() + BEIJING_OFFSET_MS).toISOString().slice(0, 19).replaceAll(/[-T:]/g, '');
}

/** `yyyyMMdd` and `HHmmss` of Beijing as RFC 3339; undefined when that is no time. */
export function beijingTime(date: string, time: string): string | undefined {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(date) ?? [];
  const [, hour, minute, second] = /^(\d{2})(\d{2})(\d{2})$/.exec(time) ?? [];
  if (year === undefined || month === undefined || day === undefined || hour === undefined || minute === undefined || second === undefined) return undefined;
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`;
  const at = Date.parse(text);
  // The parser takes a 31st of every month.
  return Number.isNaN(at) || beijingDate(new Date(at)) !== date ? undefined : text;
}

/** A slip carries no year: the one that brings it nearest to `near` is meant. */
export function beijingTimeNear(monthDay: string, time: string, near: Date): string | undefined {
  const year = Number(beijingDate(near).slice(0, 4));
  return [year - 1, year, year + 1]
    .map((candidate) => beijingTime(`${String(candidate)}${monthDay}`, time))
    .find((text) => text !== undefined && Math.abs(Date.parse(text) - near.getTime()) < HALF_YEAR_MS);
}
