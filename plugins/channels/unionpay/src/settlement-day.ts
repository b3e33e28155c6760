import { beijingStamp } from '@hospay/plugin-sdk';

const DAY_MS = 86_400_000;

/** The settlement day `MMDD` an instant falls into: after the cut-off it is the next day's. */
export function settlementDayOf(time: string | Date, cutOff: string): string {
  const isLate = beijingStamp(time).slice(8, 12) >= cutOff.replace(':', '');
  return beijingStamp(new Date(new Date(time).getTime() + (isLate ? DAY_MS : 0))).slice(4, 8);
}
