/**
 * 日切: a channel's bill day need not end at midnight. Its cut-off, `HH:mm` in Beijing, ends the day of its own date when it lies in the second half of the day (23:00: the last hour belongs to the next day), and the day before when it
 * lies in the first (01:00: the first hour belongs to the day before).
 */
import { beijingDay, startOfBeijingDay } from '@hospay/plugin-sdk';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/** By how much a bill day begins, and ends, before midnight. */
function aheadMs(cutOff: string | undefined): number {
  if (cutOff === undefined) return 0;
  const [hours = 0, minutes = 0] = cutOff.split(':').map(Number);
  const at = hours * 60 + minutes;
  return (at >= DAY_MINUTES / 2 ? DAY_MINUTES - at : -at) * MINUTE_MS;
}

/** The bill day of an instant. Undefined: the channel cuts at midnight. */
export function billDayAt(at: Date | string, cutOff: string | undefined): string {
  if (cutOff === undefined) return beijingDay(at);
  return beijingDay(new Date(new Date(at).getTime() + aheadMs(cutOff)));
}

/** From when until when a bill day lasts; what is at `to` is of the next. */
export function billDaySpan({ cutOff }: { readonly cutOff?: string | undefined }, day: string): { readonly from: Date; readonly to: Date } {
  const from = startOfBeijingDay(day).getTime() - aheadMs(cutOff);
  return { from: new Date(from), to: new Date(from + DAY_MINUTES * MINUTE_MS) };
}
