import { chinaMoment, chinaText } from '../machinery/china-time.js';

const DAY_MS = 86_400_000;

/** `yyyyMMddHHmmss` in China. */
export function stampOf(time: Date): string {
  return chinaText(time).replace(/[-: ]/g, '');
}

/** `undefined` when the text is no `yyyyMMddHHmmss`. */
export function momentOf(stamp: string): Date | undefined {
  const time = chinaMoment(stamp.replace(/^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/, '$1-$2-$3 $4:$5:$6'));
  return time === undefined || stampOf(time) !== stamp ? undefined : time;
}

/** The settlement day `yyyyMMdd`: from the cut-off on (`HHmm`) it is tomorrow's. */
export function settlementDayOf(time: Date, cutOff: string): string {
  const isLate = stampOf(time).slice(8, 12) >= cutOff;
  return stampOf(new Date(time.getTime() + (isLate ? DAY_MS : 0))).slice(0, 8);
}
