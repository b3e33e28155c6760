import type { HisBudgetClass } from '@hospay/plugin-sdk';
import type { Reading } from '../domain/alarm-measures.js';
import type { Clock } from '../domain/time.js';

/** What the adapter's budget did in the last five minutes, from counters that only grow. */
export type BudgetWindow = {
  /** Takes the counters as they stand now and gives the readings. */
  note(classes: readonly HisBudgetClass[]): readonly Reading[];
  latest(): readonly HisBudgetClass[];
};

const WINDOW_MS = 5 * 60_000;
/** Of fewer calls than this the share is reckoned as if there had been so many. */
const FEWEST_CALLS = 10;
const MOST_SAMPLES = 100;

type Sample = { readonly at: number; readonly calls: number; readonly turnedAway: number };

export function createBudgetWindow({ clock }: { readonly clock: Clock }): BudgetWindow {
  const samples = new Map<string, Sample[]>();
  let last: readonly HisBudgetClass[] = [];
  /** The first sample of the window, and the newest. */
  const shareOf = ({ name, calls, refused, expired }: HisBudgetClass): number => {
    const now: Sample = { at: clock.now().getTime(), calls, turnedAway: refused + expired };
    const known = samples.get(name) ?? [];
    // The adapter was started anew: what it counted before is over.
    const kept = (known.at(-1)?.calls ?? 0) > calls ? [] : known.filter(({ at }) => at > now.at - WINDOW_MS).slice(-MOST_SAMPLES);
    // Of what was counted before the first sample nobody knows when it was.
    const begin = kept[0] ?? now;
    samples.set(name, [...kept, now]);
    return ((now.turnedAway - begin.turnedAway) / Math.max(now.calls - begin.calls, FEWEST_CALLS)) * 100;
  };
  return {
    note(classes) {
      last = classes;
      for (const name of samples.keys()) if (!classes.some((known) => known.name === name)) samples.delete(name);
      return classes.flatMap((own): Reading[] => [
        { measure: 'hisTurnedAway', subject: own.name, value: shareOf(own) }, { measure: 'hisWaiting', subject: own.name, value: own.waiting }, { measure: 'hisBreakerOpen', subject: own.name, value: own.isOpen ? 1 : 0 },
      ]);
    },
    latest: () => last,
  };
}
