const OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** `yyyyMMddHHmmss` in China. */
export function stampOf(time: Date): string {
  return new Date(time.getTime() + OFFSET_MS).toISOString().slice(0, 19).replace(/[-:T]/g, '');
}

/** `undefined` when the text is no `yyyyMMddHHmmss`. */
export function momentOf(stamp: string): Date | undefined {
  if (!/^\d{14}$/.test(stamp)) return undefined;
  const time = new Date(`${stamp.slice(0, 4)}-${stamp.slice(4, 6)}-${stamp.slice(6, 8)}T${stamp.slice(8, 10)}:${stamp.slice(10, 12)}:${stamp.slice(12)}+08:00`);
  return Number.isNaN(time.getTime()) || stampOf(time) !== stamp ? undefined : time;
}

/** The settlement day `yyyyMMdd`: from the cut-off on (`HHmm`) it is tomorrow's. */
export function settlementDayOf(time: Date, cutOff: string): string {
  const isLate = stampOf(time).slice(8, 12) >= cutOff;
  return stampOf(new Date(time.getTime() + (isLate ? DAY_MS : 0))).slice(0, 8);
}
