import { beijingDay, daysBefore, startOfBeijingDay } from '@hospay/plugin-sdk';
import type { Payout, PayoutPolicy } from './payout.js';

/** Days whose statements must have been read: its own, and those after it on which the bank may still have carried it out. */
export function daysThatDecide({ submittedAt }: Payout, { absentFinalDays }: Pick<PayoutPolicy, 'absentFinalDays'>): readonly string[] {
  if (submittedAt === undefined) return [];
  const own = beijingDay(submittedAt);
  return Array.from({ length: absentFinalDays + 1 }, (_, after) => daysBefore(own, -after));
}

/** The bank says that it never had it, and said so after the last of the days on which it could have carried it out. */
export function mayGiveUp(payout: Payout, policy: Pick<PayoutPolicy, 'absentFinalDays'>): boolean {
  const last = daysThatDecide(payout, policy).at(-1);
  if (payout.state !== 'unknown' || payout.absentAt === undefined || last === undefined) return false;
  return Date.parse(payout.absentAt) >= startOfBeijingDay(daysBefore(last, -1)).getTime();
}
