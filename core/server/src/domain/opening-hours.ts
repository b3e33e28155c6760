/** Opening hours (开机时间): when terminals should be on. Beijing has no summer time, so a day is its first instant and the minutes after it. */
import { startOfBeijingDay } from '@hospay/plugin-sdk';

/** Milliseconds since the epoch; `to` is after it. */
export type Span = { readonly from: number; readonly to: number };
/** Weekdays from 1 (Monday) to 7; `from` and `to` as HH:mm, `24:00` for the end of a day. Without campuses and groups it is for all that no other rule names. */
export type OpeningRule = { readonly weekdays: readonly number[]; readonly from: string; readonly to: string; readonly campuses?: readonly string[] | undefined; readonly groups?: readonly string[] | undefined };
export type OpeningHours = { readonly rules: readonly OpeningRule[]; /** Days on which nothing has to be on. */ readonly closedDays: ReadonlySet<string> };

const MINUTE_MS = 60_000;
const WEEK_DAYS = 7;

/** When a terminal of this place should be on during a day: all day where no rule stands, never on a closed day. */
export function openingOf({ rules, closedDays }: OpeningHours, { campus, group }: { readonly campus: string | undefined; readonly group: string | undefined }, day: string): readonly Span[] {
  const start = startOfBeijingDay(day).getTime();
  if (closedDays.has(day)) return [];
  if (rules.length === 0) return [{ from: start, to: start + 24 * 60 * MINUTE_MS }];
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + WEEK_DAYS - 1) % WEEK_DAYS + 1;
  return joined(nearest(rules, campus, group).filter(({ weekdays }) => weekdays.includes(weekday)).map(({ from, to }) => ({ from: start + minutesOf(from) * MINUTE_MS, to: start + minutesOf(to) * MINUTE_MS })));
}

/** Rules of its group, else of its campus, else those that name neither. */
function nearest(rules: readonly OpeningRule[], campus: string | undefined, group: string | undefined): readonly OpeningRule[] {
  const ofGroup = rules.filter(({ groups }) => group !== undefined && groups?.includes(group) === true);
  if (ofGroup.length > 0) return ofGroup;
  const ofCampus = rules.filter(({ campuses, groups }) => groups === undefined && campus !== undefined && campuses?.includes(campus) === true);
  return ofCampus.length > 0 ? ofCampus : rules.filter(({ campuses, groups }) => campuses === undefined && groups === undefined);
}

export function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** Sorted, none touching another. */
export function joined(spans: readonly Span[]): readonly Span[] {
  const done: Span[] = [];
  for (const span of spans.filter(({ from, to }) => to > from).toSorted((left, right) => left.from - right.from)) {
    const last = done.at(-1);
    if (last !== undefined && span.from <= last.to) done[done.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else done.push(span);
  }
  return done;
}

/** What lies in both; each of them joined. */
export function within(left: readonly Span[], right: readonly Span[]): readonly Span[] {
  return left.flatMap((one) => right.map((other) => ({ from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) }))).filter(({ from, to }) => to > from);
}

/** What of the first is not in the second; each of them joined. */
export function without(left: readonly Span[], right: readonly Span[]): readonly Span[] {
  return right.reduce<readonly Span[]>((rest, cut) => rest.flatMap(({ from, to }) => [{ from, to: Math.min(to, cut.from) }, { from: Math.max(from, cut.to), to }].filter((piece) => piece.to > piece.from)), left);
}

export function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0);
}
