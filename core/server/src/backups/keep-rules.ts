import { readSetName } from './set-name.js';
import type { KeepRules } from './ports.js';

/** A set as the rules see it. */
export type KeptSet = { readonly name: string; readonly isVerified: boolean; readonly isProved: boolean };

/**
 * Which sets of a target are to go: the newest of each of the last `daily` days, `weekly` weeks and `monthly` months stay, as grandfather, father and son. What was never read back stands
 * for no day; the newest verified and the newest proved always stay; what is not a set of this hospital is not looked at.
 */
export function whichToRemove(sets: readonly KeptSet[], hospital: string, { daily, weekly, monthly }: KeepRules): readonly string[] {
  const own = sets.flatMap((set) => {
    const name = readSetName(set.name);
    return name?.hospital === hospital ? [{ ...set, stamp: name.stamp }] : [];
  }).toSorted((left, right) => (left.stamp < right.stamp ? 1 : -1));
  const good = own.filter(({ isVerified }) => isVerified);
  const [newestGood] = good;
  // Nothing that can be relied on lies here: whatever else lies here stays.
  if (newestGood === undefined) return [];
  const kept = new Set<string>([newestGood.name]);
  const proved = good.find(({ isProved }) => isProved);
  if (proved !== undefined) kept.add(proved.name);
  for (const [count, periodOf] of [[daily, dayOf], [weekly, weekOf], [monthly, monthOf]] as const) {
    const periods = new Set<string>();
    for (const { name, stamp } of good) {
      const period = periodOf(stamp);
      if (periods.has(period)) continue;
      if (periods.size >= count) break;
      periods.add(period);
      kept.add(name);
    }
  }
  // One that was never read back may be whole all the same: it goes when something newer is known to be.
  return own.filter(({ name, stamp, isVerified }) => !kept.has(name) && (isVerified || stamp < newestGood.stamp)).map(({ name }) => name);
}

const dayOf = (stamp: string): string => stamp.slice(0, 8);
const monthOf = (stamp: string): string => stamp.slice(0, 6);
const DAY_MS = 86_400_000;
/** The Monday it belongs to. */
function weekOf(stamp: string): string {
  const at = Date.UTC(Number(stamp.slice(0, 4)), Number(stamp.slice(4, 6)) - 1, Number(stamp.slice(6, 8)));
  return String(Math.floor((at / DAY_MS + 3) / 7));
}
