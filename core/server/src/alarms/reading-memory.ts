import type { MeasureId, Reading } from '../domain/alarm-measures.js';
import type { HourOfReadings } from './ports.js';

export type TrendPoint = { readonly at: Date; readonly value: number };

export type ReadingMemory = {
  keep(readings: readonly Reading[], at: Date): void;
  latest(): readonly (Reading & { readonly at: Date })[];
  /** One point a minute of the last hour, or one of five minutes of the last day: the worst is not hidden, it is the highest of its span. */
  trend(of: { readonly measure: MeasureId; readonly subject: string; readonly range: 'hour' | 'day'; readonly now: Date }): readonly TrendPoint[];
  /** Hours that ended before this time and were not dropped yet. */
  hoursBefore(time: Date): readonly HourOfReadings[];
  /** They are kept elsewhere now. */
  dropHours(hours: readonly HourOfReadings[]): void;
  forget(measure: MeasureId, subject: string): void;
};

const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const DAY_STEP_MS = 5 * MINUTE_MS;
const MINUTES_KEPT = 24 * 60;
/** Measures times subjects; a house has about a hundred. More is a fault of a source, and is not kept. */
const MOST_SERIES = 500;

type Sum = { least: number; most: number; total: number; samples: number };
type Series = { readonly measure: MeasureId; readonly subject: string; last: Reading & { readonly at: Date }; minutes: { at: number; most: number }[]; readonly hours: Map<number, Sum> };

/** What was measured lately, in memory: a point a minute for a day, and sums of whole hours for the database. */
export function createReadingMemory(): ReadingMemory {
  const kept = new Map<string, Series>();
  const keyOf = (measure: string, subject: string): string => `${measure} ${subject}`;

  return {
    keep(readings, at) {
      for (const reading of readings) {
        const key = keyOf(reading.measure, reading.subject);
        const known = kept.get(key);
        if (known === undefined && kept.size >= MOST_SERIES) continue;
        const series: Series = known ?? { measure: reading.measure, subject: reading.subject, last: { ...reading, at }, minutes: [], hours: new Map() };
        kept.set(key, series);
        series.last = { ...reading, at };
        addMinute(series, reading.value, at.getTime());
        addHour(series, reading.value, at.getTime());
      }
    },
    latest: () => [...kept.values()].map(({ last }) => last),
    trend({ measure, subject, range, now }) {
      const step = range === 'hour' ? MINUTE_MS : DAY_STEP_MS;
      const from = now.getTime() - (range === 'hour' ? HOUR_MS : DAY_MS);
      const points = new Map<number, number>();
      for (const { at, most } of kept.get(keyOf(measure, subject))?.minutes ?? []) {
        if (at < from || at > now.getTime()) continue;
        const start = Math.floor(at / step) * step;
        points.set(start, Math.max(most, points.get(start) ?? Number.NEGATIVE_INFINITY));
      }
      return [...points].sort(([one], [other]) => one - other).map(([at, value]) => ({ at: new Date(at), value }));
    },
    hoursBefore(time) {
      const running = Math.floor(time.getTime() / HOUR_MS) * HOUR_MS;
      return [...kept.values()].flatMap(({ measure, subject, hours }) =>
        [...hours].filter(([hour]) => hour < running).map(([hour, { least, most, total, samples }]) => ({ hour: new Date(hour), measure, subject, least, most, average: total / samples, samples })),
      );
    },
    dropHours(hours) {
      for (const { measure, subject, hour } of hours) kept.get(keyOf(measure, subject))?.hours.delete(hour.getTime());
    },
    forget(measure, subject) {
      kept.delete(keyOf(measure, subject));
    },
  };
}

function addMinute(series: Series, value: number, at: number): void {
  const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS;
  const last = series.minutes.at(-1);
  if (last?.at === minute) {
    last.most = Math.max(last.most, value);
    return;
  }
  series.minutes.push({ at: minute, most: value });
  if (series.minutes.length > MINUTES_KEPT) series.minutes.shift();
}

function addHour({ hours }: Series, value: number, at: number): void {
  const hour = Math.floor(at / HOUR_MS) * HOUR_MS;
  const sum = hours.get(hour) ?? { least: value, most: value, total: 0, samples: 0 };
  hours.set(hour, { least: Math.min(sum.least, value), most: Math.max(sum.most, value), total: sum.total + value, samples: sum.samples + 1 });
}
