import { assertNever } from './assert-never.js';
import type { AlarmRule } from './alarm-rules.js';

/**
 * Where one rule stands for one subject. `rising` and `falling` count how long samples have said so; the sum grows by samples seen, never by
 * the clock alone, so that a machine that slept, a clock that jumped and a source that was silent neither raise nor clear anything.
 */
export type AlarmPhase =
  | { readonly kind: 'clear' }
  | { readonly kind: 'rising'; readonly heldMs: number; readonly at: number }
  | { readonly kind: 'raised' }
  | { readonly kind: 'falling'; readonly heldMs: number; readonly at: number };

export const CLEAR: AlarmPhase = { kind: 'clear' };
export const RAISED: AlarmPhase = { kind: 'raised' };

/** `turned`: what happened with this sample. */
export type Judgement = { readonly phase: AlarmPhase; readonly turned: 'raised' | 'cleared' | undefined };

/** One sample. `value` undefined: it could not be read, which is not "well". Times in milliseconds; `longestGapMs` is what two samples may lie apart to count as one span. */
export type Sample = { readonly value: number | undefined; readonly at: number; readonly longestGapMs: number };

type Limits = Pick<AlarmRule, 'wrong' | 'raise' | 'clear' | 'raiseAfterSeconds' | 'clearAfterSeconds'>;

/** Hysteresis: a value between the two thresholds keeps what is, and each turn needs its time. Pure. */
export function judgeSample(phase: AlarmPhase, rule: Limits, { value, at, longestGapMs }: Sample): Judgement {
  const stay = (next: AlarmPhase): Judgement => ({ phase: next, turned: undefined });
  const isWrong = value !== undefined && (rule.wrong === 'above' ? value >= rule.raise : value <= rule.raise);
  const isWell = value !== undefined && (rule.wrong === 'above' ? value <= rule.clear : value >= rule.clear);
  const longer = (held: { readonly heldMs: number; readonly at: number }): number => held.heldMs + Math.min(Math.max(0, at - held.at), longestGapMs);
  const rise = (heldMs: number): Judgement => (heldMs >= rule.raiseAfterSeconds * 1000 ? { phase: RAISED, turned: 'raised' } : stay({ kind: 'rising', heldMs, at }));
  const fall = (heldMs: number): Judgement => (heldMs >= rule.clearAfterSeconds * 1000 ? { phase: CLEAR, turned: 'cleared' } : stay({ kind: 'falling', heldMs, at }));
  switch (phase.kind) {
    case 'clear': return isWrong ? rise(0) : stay(CLEAR);
    case 'rising':
      if (value === undefined) return stay({ ...phase, at });
      return isWrong ? rise(longer(phase)) : stay(CLEAR);
    case 'raised': return isWell ? fall(0) : stay(RAISED);
    case 'falling': return isWell ? fall(longer(phase)) : stay(RAISED);
    default: return assertNever(phase);
  }
}
