import type { SetupStep } from '../../api/console-api';
import { showTime } from '../../time/beijing-time';

/** In the order they are taken. */
export const STEPS = ['administrators', 'clock', 'certificates', 'his', 'channel', 'terminal', 'goLive'] as const;

/** What fills the words of a finding: times as Beijing reads them, and for what nobody knows a dash. */
export function shownValues({ values }: Pick<SetupStep, 'values'>): Record<string, string> {
  const shown = Object.fromEntries(Object.entries(values).map(([name, text]) => [name, /^\d{4}-\d{2}-\d{2}T/.test(text) ? showTime(text) : text]));
  return { browserSeconds: '—', hisSeconds: '—', reason: '', at: '', ...shown };
}
