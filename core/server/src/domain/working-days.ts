/** 工作日: banks and channels settle on them. Weekends are off, but for the days worked in exchange (调休); holidays are off. Both lists come from the configuration, as the State Council publishes them each year. */
import { daysBefore } from '@hospay/plugin-sdk';

export type WorkingCalendar = { readonly holidays: ReadonlySet<string>; readonly workdays: ReadonlySet<string> };

export function isWorkingDay(day: string, { holidays, workdays }: WorkingCalendar): boolean {
  if (workdays.has(day)) return true;
  if (holidays.has(day)) return false;
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6;
}

/** The `count`-th working day after `day`; with 0 the day itself. */
export function workingDayAfter(day: string, count: number, calendar: WorkingCalendar): string {
  let reached = day;
  for (let left = count; left > 0;) {
    reached = daysBefore(reached, -1);
    if (isWorkingDay(reached, calendar)) left -= 1;
  }
  return reached;
}
