import { startOfBeijingDay } from '@hospay/plugin-sdk';
import type { Clock } from '../domain/time.js';
import { joined, lengthOf, openingOf, within, without, type OpeningHours, type Span } from '../domain/opening-hours.js';
import type { Fault, PresenceStay, PresenceStore, StoredFault, TerminalDay } from './ports.js';
import { PLATFORM } from './ports.js';

export type KioskPlace = { readonly id: string; readonly campus: string | undefined; readonly group: string | undefined };
export type AvailabilityPorts = {
  readonly presence: Pick<PresenceStore, 'between' | 'firstOf'>;
  readonly faultsBetween: (from: Date, to: Date) => Promise<readonly StoredFault[]>;
  /** Kiosks that are in service now. */
  readonly kiosks: () => Promise<readonly KioskPlace[]>;
  readonly hours: OpeningHours;
  readonly clock: Clock;
};
const DAY_MS = 24 * 60 * 60 * 1000;

/** Gives the days of kiosks: one row for each that should have been on, in the order of their ids. */
export type AvailabilityReader = { read(day: string): Promise<readonly TerminalDay[]> };

/**
 * 自助机可用率: what each kiosk should have been on during a day, and was. A kiosk is missed from the time when it was first on line; of days before the log began nothing is claimed, and of today what is over.
 */
export function createAvailabilityReader(ports: AvailabilityPorts): AvailabilityReader {
  /** It does not change once it is there. */
  const firsts = new Map<string, Date>();
  const noteFirsts = async (places: readonly KioskPlace[]): Promise<void> => {
    for (const { id } of places) {
      const first = firsts.has(id) ? undefined : await ports.presence.firstOf(id);
      if (first !== undefined) firsts.set(id, first);
    }
  };
  return {
    async read(day) {
      const places = await ports.kiosks();
      await noteFirsts(places);
      return readDay(ports, day, places, firsts);
    },
  };
}

async function readDay({ presence, faultsBetween, hours, clock }: AvailabilityPorts, day: string, places: readonly KioskPlace[], firsts: ReadonlyMap<string, Date>): Promise<readonly TerminalDay[]> {
  const start = startOfBeijingDay(day);
  const end = new Date(Math.min(start.getTime() + DAY_MS, clock.now().getTime()));
  if (end <= start) return [];
  const [stays, faults] = await Promise.all([presence.between(start, end), faultsBetween(start, end)]);
  const whole: Span = { from: start.getTime(), to: end.getTime() };
  const [staysOf, faultsOf] = [Map.groupBy(stays, ({ terminal }) => terminal), Map.groupBy(faults, ({ terminal }) => terminal)];
  const spansOf = (terminal: string): readonly Span[] => joined((staysOf.get(terminal) ?? []).map((stay) => spanOf(stay, whole)));
  const platform = spansOf(PLATFORM);
  return places.toSorted((left, right) => (left.id < right.id ? -1 : 1)).flatMap((place) => {
    const first = firsts.get(place.id);
    if (first === undefined) return [];
    const due = within(openingOf(hours, place, day), [{ from: Math.max(whole.from, first.getTime()), to: whole.to }]);
    return due.length === 0 ? [] : [dayOf(place.id, day, due, spansOf(place.id), platform, (faultsOf.get(place.id) ?? []).map((fault) => ({ fault, span: spanOf({ since: fault.raisedAt, until: fault.clearedAt }, whole) })))];
  });
}

type FaultSpan = { readonly fault: Fault; readonly span: Span };

function dayOf(terminal: string, day: string, due: readonly Span[], stays: readonly Span[], platform: readonly Span[], faults: readonly FaultSpan[]): TerminalDay {
  const online = within(due, stays);
  const away = without(due, stays);
  const timeOf = (chosen: (fault: Fault) => boolean): readonly Span[] => within(joined(faults.filter(({ fault }) => chosen(fault)).map(({ span }) => span)), due);
  const tally = (chosen: (fault: Fault) => boolean) => {
    const spans = timeOf(chosen);
    return { count: spans.length, ms: lengthOf(spans) };
  };
  return {
    terminal, day, dueMs: lengthOf(due), onlineMs: lengthOf(online), availableMs: lengthOf(without(online, timeOf(({ level }) => level === 'critical'))),
    outages: away.length, longestMs: away.reduce((longest, { from, to }) => Math.max(longest, to - from), 0), platformDownMs: lengthOf(without(away, platform)),
    paper: tally(isOutOfPaper), printer: tally((fault) => fault.component === 'printer' && fault.level === 'critical' && !isOutOfPaper(fault)), cashBox: tally(({ component, level }) => component === 'cashBox' && level !== 'notice'),
  };
}

function isOutOfPaper({ component, code }: Fault): boolean {
  return component === 'printer' && code === 'paperOut';
}

/** What is open goes on until the end of the time. */
function spanOf({ since, until }: Pick<PresenceStay, 'since' | 'until'>, whole: Span): Span {
  return { from: Math.max(whole.from, since.getTime()), to: Math.min(whole.to, until?.getTime() ?? whole.to) };
}
