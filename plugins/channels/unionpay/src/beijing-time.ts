const BEIJING_OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** `yyyyMMddHHmmss` in Beijing time, as txnTime and payTimeout are written. */
export function beijingStamp(time: string | Date): string {
  return new Date(new Date(time).getTime() + BEIJING_OFFSET_MS).toISOString().slice(0, 19).replace(/[-:T]/g, '');
}

/** The instant of a `yyyyMMddHHmmss`; `undefined` for anything that is no time. */
export function instantOf(stamp: string): string | undefined {
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(stamp) ?? [];
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`;
  return Number.isNaN(Date.parse(text)) || beijingStamp(text) !== stamp ? undefined : text;
}

/** The instant of a `MMDDHHmmss`, which names no year: the one closest to `near`. `undefined` for anything that is no time. */
export function instantNear(text: string, near: string): string | undefined {
  const year = Number(beijingStamp(near).slice(0, 4));
  const distance = (candidate: string): number => Math.abs(Date.parse(candidate) - Date.parse(near));
  return [year - 1, year, year + 1]
    .flatMap((candidate) => instantOf(`${String(candidate)}${text}`) ?? [])
    .toSorted((left, right) => distance(left) - distance(right))[0];
}

/** The settlement day `MMDD` an instant falls into: after the cut-off it is the next day's. */
export function settlementDayOf(time: string | Date, cutOff: string): string {
  const isLate = beijingStamp(time).slice(8, 12) >= cutOff.replace(':', '');
  return beijingStamp(new Date(new Date(time).getTime() + (isLate ? DAY_MS : 0))).slice(4, 8);
}
