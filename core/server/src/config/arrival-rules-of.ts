import type { ArrivalRule } from '../domain/arrival.js';
import type { StatementSource } from '../domain/reconciliation-store.js';
import type { WorkingCalendar } from '../domain/working-days.js';
import type { Configuration } from './configuration-schema.js';

/** The configured rules with the channels whose money one settlement of a source holds now. */
export function arrivalRulesOf({ arrivals }: Configuration['settlement'], sources: readonly StatementSource[]): readonly ArrivalRule[] {
  return arrivals.map((rule) => ({ ...rule, channels: sources.find(({ source, channels }) => source === rule.source || channels.includes(rule.source))?.channels ?? [rule.source] }));
}

export function calendarOf({ holidays, workdays }: Configuration['settlement']): WorkingCalendar {
  return { holidays: new Set(holidays), workdays: new Set(workdays) };
}
