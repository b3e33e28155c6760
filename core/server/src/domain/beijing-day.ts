/** China has one time zone and no daylight saving: accounting days, channel bill days and HIS days are all UTC+8. */
const OFFSET_MS = 8 * 60 * 60 * 1000;

/** The Beijing calendar day of an instant, `yyyy-MM-dd`. */
export function beijingDay(at: Date): string {
  return new Date(at.getTime() + OFFSET_MS).toISOString().slice(0, 10);
}

/** `yyyy-MM-dd HH:mm` in Beijing time, for texts people read. */
export function beijingMinute(at: Date): string {
  return new Date(at.getTime() + OFFSET_MS).toISOString().slice(0, 16).replace('T', ' ');
}

/** `yyyyMMddHHmmss` in Beijing time, for numbers people read. */
export function beijingStamp(at: Date): string {
  return new Date(at.getTime() + OFFSET_MS).toISOString().slice(0, 19).replace(/[-:T]/g, '');
}

/** The instant a Beijing day begins. */
export function startOfBeijingDay(day: string): Date {
  return new Date(Date.parse(`${day}T00:00:00.000Z`) - OFFSET_MS);
}
