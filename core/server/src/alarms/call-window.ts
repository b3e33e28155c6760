import type { Reading } from '../domain/alarm-measures.js';
import type { Clock } from '../domain/time.js';

/** What a guest (channel or HIS) did with a call. `unknown` and `notSent`: nobody answered. */
export type CallFacts = { readonly instance: string; readonly outcome: string; readonly seconds: number };

export type CallWindow = {
  observe(call: CallFacts): void;
  /** Share without an answer and mean duration of those that answered, of the last five minutes. */
  of(instance: string): { readonly unansweredPercent: number; readonly meanMs: number };
};

const SLOT_MS = 10_000;
const SLOTS = 30;
/** Of fewer calls than this the share is reckoned as if there had been so many: one silence at night is not a failing channel. */
const FEWEST_CALLS = 10;
/** Instances a house has; more is a fault somewhere, and is not counted. */
const MOST_INSTANCES = 200;

type Slot = { at: number; calls: number; unanswered: number; answeredMs: number };

/** Calls to guests in a sliding window. What a guest refuses in its own words is an answer. */
export function createCallWindow({ clock }: { readonly clock: Clock }): CallWindow {
  const slots = new Map<string, Slot[]>();
  const slotNow = (): number => Math.floor(clock.now().getTime() / SLOT_MS);
  return {
    observe({ instance, outcome, seconds }) {
      const known = slots.get(instance) ?? [];
      if (known.length === 0 && slots.size >= MOST_INSTANCES) return;
      const at = slotNow();
      const last = known.at(-1);
      const slot = last?.at === at ? last : { at, calls: 0, unanswered: 0, answeredMs: 0 };
      if (slot !== last) known.push(slot);
      if (known.length > SLOTS) known.shift();
      slot.calls += 1;
      if (outcome === 'unknown' || outcome === 'notSent') slot.unanswered += 1;
      else slot.answeredMs += seconds * 1000;
      slots.set(instance, known);
    },
    of(instance) {
      const from = slotNow() - SLOTS;
      const recent = (slots.get(instance) ?? []).filter(({ at }) => at > from);
      const sum = (pick: (slot: Slot) => number): number => recent.reduce((total, slot) => total + pick(slot), 0);
      const [calls, unanswered] = [sum((slot) => slot.calls), sum((slot) => slot.unanswered)];
      const answered = calls - unanswered;
      return { unansweredPercent: (unanswered / Math.max(calls, FEWEST_CALLS)) * 100, meanMs: answered === 0 ? 0 : sum((slot) => slot.answeredMs) / answered };
    },
  };
}

/** The readings of the HIS and of every channel. */
export function readCalls(window: CallWindow, { his, channels }: { readonly his: string; readonly channels: readonly string[] }): readonly Reading[] {
  const hospital = window.of(his);
  return [
    { measure: 'hisUnanswered', subject: '', value: hospital.unansweredPercent },
    { measure: 'hisSlow', subject: '', value: hospital.meanMs },
    ...channels.map((id): Reading => ({ measure: 'channelUnanswered', subject: id, value: window.of(id).unansweredPercent })),
  ];
}
