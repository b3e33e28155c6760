/**
 * Time as Chinese channels, centres and bills write it. China has one time zone and no daylight saving: accounting days, bill days and HIS days are all UTC+8.
 * Instants go in as `Date` or RFC 3339 and come out as RFC 3339 with `+08:00`.
 */
const OFFSET_MS = 8 * 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;
const HALF_YEAR_MS = 183 * DAY_MS;

/** `yyyy-MM-dd HH:mm:ss` in Beijing. */
export function beijingTime(at: Date | string): string {
  return new Date(new Date(at).getTime() + OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** `yyyyMMddHHmmss` in Beijing. */
export function beijingStamp(at: Date | string): string {
  return beijingTime(at).replaceAll(/[-: ]/g, '');
}

const WRITTEN_BEFORE_16_UTC = /^\d{4}-\d\d-\d\dT(?:0\d|1[0-5]):[\d:.]+Z$/;
const WRITTEN_IN_BEIJING = /^\d{4}-\d\d-\d\dT[\d:.]+\+08:00$/;

/** The Beijing calendar day of an instant, `yyyy-MM-dd`. */
export function beijingDay(at: Date | string): string {
  // What is written in Beijing's zone says its day itself, and what is written in UTC until 16:00 as well.
  if (typeof at === 'string' && (WRITTEN_IN_BEIJING.test(at) || WRITTEN_BEFORE_16_UTC.test(at))) return at.slice(0, 10);
  return beijingTime(at).slice(0, 10);
}

/** RFC 3339 in Beijing's zone with whole seconds: `2026-11-22T23:05:00+08:00`. */
export function beijingRfc3339(at: Date | string): string {
  return `${beijingTime(at).replace(' ', 'T')}+08:00`;
}

/** The instant a Beijing day (`yyyy-MM-dd`) begins. */
export function startOfBeijingDay(day: string): Date {
  return new Date(Date.parse(`${day}T00:00:00.000Z`) - OFFSET_MS);
}

/** The day this many days before another, both `yyyy-MM-dd`. */
export function daysBefore(day: string, days = 1): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10);
}

/** Reads `yyyy-MM-dd HH:mm:ss` and `yyyyMMddHHmmss` of Beijing, fractions of a second dropped, as RFC 3339; `undefined` when that is no time. */
export function instantOfBeijing(text: string | undefined): string | undefined {
  const [, year = '', month = '', day = '', hour = '', minute = '', second] = /^(\d{4})-?(\d\d)-?(\d\d)[ T]?(\d\d):?(\d\d):?(\d\d)(?:\.\d{1,6}|\d{3})?$/.exec(text ?? '') ?? [];
  if (second === undefined) return undefined;
  const isDay = Number(day) >= 1 && Number(day) <= daysIn(Number(year), Number(month));
  // Not by the parser: it takes a 31st of every month, and files have a million times.
  return isDay && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60 ? `${year}-${month}-${day}T${hour}:${minute}:${second}+08:00` : undefined;
}

/** 0 for what is no month. */
function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : month >= 1 && month <= 12 ? 31 : 0;
}

/** Reads `MMddHHmmss` of Beijing, which names no year: the one that brings it nearest to `near` is meant. `undefined` when that is no time within half a year of it. */
export function instantNear(text: string, near: Date | string): string | undefined {
  const middle = new Date(near).getTime();
  const year = Number(beijingStamp(near).slice(0, 4));
  return [year - 1, year, year + 1].flatMap((candidate) => instantOfBeijing(`${String(candidate)}${text}`) ?? []).find((instant) => Math.abs(Date.parse(instant) - middle) <= HALF_YEAR_MS);
}
