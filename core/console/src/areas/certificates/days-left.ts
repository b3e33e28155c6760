import type { Tone } from '../../parts/tones';

const DAY_SECONDS = 86_400;

export type Left = { readonly key: 'ended' | 'hours' | 'days'; readonly count: number };

/** How much is left of a certificate, as a person says it: hours on the last day, else whole days. */
export function daysLeft(secondsLeft: number): Left {
  if (secondsLeft <= 0) return { key: 'ended', count: Math.floor(-secondsLeft / DAY_SECONDS) };
  return secondsLeft < DAY_SECONDS ? { key: 'hours', count: Math.ceil(secondsLeft / 3_600) } : { key: 'days', count: Math.floor(secondsLeft / DAY_SECONDS) };
}

/** The tone of the same steps the alarms have. */
export function toneOfDays(secondsLeft: number, alarmDays: readonly number[]): Tone {
  const days = secondsLeft / DAY_SECONDS;
  if (days <= 7) return 'bad';
  if (days <= 30) return 'wait';
  return days <= Math.max(...alarmDays) ? 'info' : 'good';
}
