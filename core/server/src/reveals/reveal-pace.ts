import type { Clock } from '../domain/time.js';

/** An hour at the window has about as many questions of patients; whoever collects needs thousands. */
export const REVEALS_AN_HOUR = 30;
const HOUR_MS = 60 * 60 * 1000;

/** How many each user has taken within the last hour. Memory only: a restart, which no user of the console can make, begins anew; the audit log has all of them. */
export function createRevealPace(clock: Clock, most = REVEALS_AN_HOUR): { take(by: string, count: number): 'taken' | 'refused' | 'firstRefusal' } {
  const takenBy = new Map<string, number[]>();
  const refusedAt = new Map<string, number>();
  return {
    take(by, count) {
      const now = clock.now().getTime();
      const recent = (takenBy.get(by) ?? []).filter((at) => now - at < HOUR_MS);
      if (recent.length + count > most) {
        takenBy.set(by, recent);
        const isFirst = now - (refusedAt.get(by) ?? -Infinity) >= HOUR_MS;
        if (isFirst) refusedAt.set(by, now);
        return isFirst ? 'firstRefusal' : 'refused';
      }
      takenBy.set(by, [...recent, ...Array.from({ length: count }, () => now)]);
      return 'taken';
    },
  };
}
