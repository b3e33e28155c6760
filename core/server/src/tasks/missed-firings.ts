import type { CronRule } from './cron-rule.js';

/** More missed firings than this are counted as "more": a rule of every second and a week's stop must not fill the store. */
const MOST_LISTED = 100;

/** The firings after `since` up to now, oldest first. When there are too many, the newest are kept. */
export function listMissed(rule: CronRule, since: Date, now: Date): { readonly missed: readonly Date[]; readonly more: boolean } {
  const missed: Date[] = [];
  let more = false;
  for (let due = rule.next(since); due !== undefined && due <= now; due = rule.next(due)) {
    missed.push(due);
    if (missed.length > MOST_LISTED) {
      missed.shift();
      more = true;
    }
  }
  return { missed, more };
}
