import { computed, reactive, shallowRef, watch, type ShallowRef } from 'vue';
import { useRoute, useRouter, type LocationQuery } from 'vue-router';
import type { SavedFilter } from '../api/console-api';
import { useSession } from '../session/session-store';
import { beijingDay, dayPlus } from '../time/beijing-time';
import { useSavedViews, type ListName } from './saved-view-store';

type Values<Field extends string> = { [Name in Field]: string };
export type ListFilters<Field extends string = string> = {
  /** Undefined: none is kept of it. */
  readonly list: ListName | undefined;
  /** As they stand in the fields; empty: not narrowed. */
  readonly values: Values<Field>;
  /** As they were asked for last. */
  readonly asked: ShallowRef<Readonly<Values<Field>>>;
  /** Asks by what stands in the fields, and puts it into the address. */
  readonly search: () => void;
  readonly reset: () => void;
  /** Settles once it is known whether a default view is to be taken. */
  readonly ready: Promise<void>;
  /** What a view keeps of what was asked for. */
  readonly kept: () => SavedFilter[];
  readonly take: (filters: readonly SavedFilter[]) => void;
};
export type ListFilterRules<Field extends string> = {
  /** What the list is narrowed to by itself. */
  readonly blank: () => Values<Field>;
  /** Fields that ask as soon as they change; the others wait for the person to say so. */
  readonly immediate: readonly NoInfer<Field>[];
  /** Fields of one order or one patient: no view keeps them. */
  readonly unkept?: readonly NoInfer<Field>[];
  /** Fields that name a person: the address is kept by the browser and read by whoever sits there next, so they do not stand in it. */
  readonly unwritten?: readonly NoInfer<Field>[];
  /** First and last day: a view whose last day is today keeps how many days, so that it means the same tomorrow. */
  readonly days?: readonly [from: NoInfer<Field>, to: NoInfer<Field>];
  /** Something else than before is asked for. */
  readonly onAsked: () => void;
};
/** In a view, in place of both days. */
const LAST_DAYS = 'lastDays';

/** What a list is narrowed by: in the address, so that it can be sent and found again; by a name, so that it can be kept (保存的视图). */
export function useListFilters<Field extends string>(list: ListName | undefined, { blank, immediate, unkept = [], unwritten = [], days, onAsked }: ListFilterRules<Field>): ListFilters<Field> {
  const [route, router, session, saved] = [useRoute(), useRouter(), useSession(), useSavedViews()];
  const here = route.path;
  const fields = Object.keys(blank()) as Field[];
  const today = (): string => beijingDay(session.now().toISOString());
  const isOurs = (query: LocationQuery): boolean => fields.some((field) => typeof query[field] === 'string');
  /** The address says all or nothing: a field it leaves out is not narrowed. */
  const fromAddress = (query: LocationQuery): Values<Field> => {
    const first = blank();
    if (!isOurs(query)) return first;
    return Object.fromEntries(fields.map((field) => [field, typeof query[field] === 'string' ? query[field] : days?.includes(field) === true ? first[field] : ''])) as Values<Field>;
  };
  const values = reactive(fromAddress(route.query)) as Values<Field>;
  const asked = shallowRef<Readonly<Values<Field>>>({ ...values });
  const isAsked = (names: readonly Field[]): boolean => names.every((name) => values[name] === asked.value[name]);
  let written = JSON.stringify(route.query);

  const filtersOf = (of: Readonly<Values<Field>>): SavedFilter[] => {
    const [from, to] = days ?? [];
    const isRunning = from !== undefined && to !== undefined && of[to] === today() && of[from] <= of[to];
    const plain = fields.filter((field) => !unkept.includes(field) && of[field].trim() !== '' && !(isRunning && days?.includes(field) === true));
    const span = isRunning ? [{ field: LAST_DAYS, value: String(Math.round((Date.parse(of[to]) - Date.parse(of[from])) / 86_400_000) + 1) }] : [];
    return [...plain.map((field) => ({ field, value: of[field].trim() })), ...span];
  };
  const set = (filters: readonly SavedFilter[]): void => {
    const kept = new Map(filters.map(({ field, value }) => [field, value]));
    const span = Number(kept.get(LAST_DAYS));
    const next = Object.fromEntries(fields.map((field) => [field, kept.get(field) ?? (days?.includes(field) === true ? blank()[field] : '')])) as Values<Field>;
    Object.assign(values, next);
    if (days !== undefined && Number.isInteger(span) && span > 0) Object.assign(values, { [days[0]]: dayPlus(today(), 1 - span), [days[1]]: today() });
  };
  const write = (): void => {
    const others = Object.fromEntries(Object.entries(route.query).filter(([name]) => !fields.some((field) => field === name)));
    const query = { ...others, ...Object.fromEntries(fields.filter((field) => values[field].trim() !== '' && !unwritten.includes(field)).map((field) => [field, values[field].trim()])) };
    written = JSON.stringify(query);
    void router.replace({ query });
  };
  const askNow = (): void => {
    asked.value = { ...values };
    onAsked();
  };
  const search = (): void => {
    askNow();
    write();
  };
  const takeDefault = (): boolean => {
    const first = list === undefined ? undefined : saved.of(list).find(({ isDefault }) => isDefault);
    if (first !== undefined) set(first.filters);
    return first !== undefined;
  };
  const ready = list === undefined || isOurs(route.query) ? Promise.resolve() : saved.ready().then(() => {
    // Whoever was faster than the answer has chosen for himself.
    if (isAsked(fields) && !isOurs(route.query) && route.path === here && takeDefault()) asked.value = { ...values };
  });

  watch(() => immediate.map((field) => values[field]), () => { if (!isAsked(immediate)) search(); });
  // A link to this very list, or the way back in the browser.
  watch(() => route.query, (query) => {
    if (route.path !== here || JSON.stringify(query) === written) return;
    written = JSON.stringify(query);
    Object.assign(values, fromAddress(query));
    if (!isOurs(query)) takeDefault();
    if (!isAsked(fields)) askNow();
  });
  return {
    list, values, asked, search, ready,
    reset() {
      Object.assign(values, blank());
      search();
    },
    kept: () => filtersOf(asked.value),
    take(filters) {
      set(filters);
      search();
    },
  };
}

/** Days as the library's range has them. */
export function useDays<From extends string, To extends string>(values: { [Name in From | To]: string }, [from, to]: readonly [From, To]) {
  return computed({
    get: (): [string, string] => [values[from], values[to]],
    set: ([first, last]: [string, string]) => { Object.assign(values, { [from]: first, [to]: last }); },
  });
}
