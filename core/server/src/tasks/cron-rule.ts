// When a task is due: `second minute hour day-of-month month day-of-week` in Beijing time (no daylight saving, so a rule is arithmetic).
// A field is `*`, a number, a range `a-b`, a step `*/n` or `a-b/n`, or a list of these. When both day fields are restricted either may match, as
// in cron(8). It is ours, not a library's, because the same arithmetic must say which firings fell into a stop.

export type CronRule = {
  /** The first due time after an instant; undefined when there is none within eight years (30 February). */
  next(after: Date): Date | undefined;
};

const OFFSET_MS = 8 * 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** 29 February may be eight years away (2096 to 2104). */
const LONGEST_SEARCH_DAYS = 8 * 366 + 1;

const FIELDS = [
  { name: 'second', least: 0, most: 59 },
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12 },
  { name: 'day of week', least: 0, most: 7 },
] as const;

export type RuleReading = { readonly kind: 'ok'; readonly rule: CronRule } | { readonly kind: 'refused'; readonly reason: string };

/** Reads a rule, or says what in it is wrong. */
export function readCronRule(text: string): RuleReading {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) return { kind: 'refused', reason: `"${text}" must have six fields: ${FIELDS.map(({ name }) => name).join(', ')}` };
  const fields: (readonly number[])[] = [];
  for (const [index, field] of FIELDS.entries()) {
    const part = parts[index] ?? '';
    const values = readField(part, field);
    if (values === undefined) return { kind: 'refused', reason: `"${part}" is not a ${field.name} (${field.least} to ${field.most}) in "${text}"` };
    fields.push(values);
  }
  const [seconds = [], minutes = [], hours = [], days = [], months = [], weekdays = []] = fields;
  const sets = { days: new Set(days), months: new Set(months), weekdays: new Set(weekdays.map((day) => day % 7)) };
  const eitherDay = parts[3] !== '*' && parts[5] !== '*';
  const times = { seconds, minutes, hours };
  return { kind: 'ok', rule: { next: (after) => nextTime(after, times, (day) => isDue(day, sets, eitherDay)) } };
}

type Times = { readonly seconds: readonly number[]; readonly minutes: readonly number[]; readonly hours: readonly number[] };

function nextTime(after: Date, times: Times, due: (day: Date) => boolean): Date | undefined {
  // Shifted by the offset, UTC fields read as Beijing fields.
  const from = Math.floor((after.getTime() + OFFSET_MS) / 1000) * 1000 + 1000;
  const firstDay = Math.floor(from / DAY_MS) * DAY_MS;
  for (let offset = 0; offset < LONGEST_SEARCH_DAYS; offset += 1) {
    const day = firstDay + offset * DAY_MS;
    if (!due(new Date(day))) continue;
    const time = firstTimeOfDay(times, offset === 0 ? (from - day) / 1000 : 0);
    if (time !== undefined) return new Date(day + time * 1000 - OFFSET_MS);
  }
  return undefined;
}

/** Seconds of the day. */
function firstTimeOfDay({ hours, minutes, seconds }: Times, least: number): number | undefined {
  for (const hour of hours) {
    if (hour * 3600 + 3599 < least) continue;
    for (const minute of minutes) {
      const start = hour * 3600 + minute * 60;
      if (start + 59 < least) continue;
      const second = seconds.find((value) => start + value >= least);
      if (second !== undefined) return start + second;
    }
  }
  return undefined;
}

function isDue(day: Date, { days, months, weekdays }: { readonly days: ReadonlySet<number>; readonly months: ReadonlySet<number>; readonly weekdays: ReadonlySet<number> }, eitherDay: boolean): boolean {
  if (!months.has(day.getUTCMonth() + 1)) return false;
  const [dayOfMonth, dayOfWeek] = [days.has(day.getUTCDate()), weekdays.has(day.getUTCDay())];
  return eitherDay ? dayOfMonth || dayOfWeek : dayOfMonth && dayOfWeek;
}

function readField(text: string, { least, most }: { readonly least: number; readonly most: number }): readonly number[] | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (match === null) return undefined;
    const [, first, last, step] = match;
    if (first !== undefined && last === undefined && step !== undefined) return undefined;
    const from = first === undefined ? least : Number(first);
    const to = first === undefined ? most : Number(last ?? first);
    const by = step === undefined ? 1 : Number(step);
    if (from < least || to > most || from > to || by < 1) return undefined;
    for (let value = from; value <= to; value += by) values.add(value);
  }
  return [...values].toSorted((left, right) => left - right);
}
