/** Numbers that say whom a fault strikes, such as an order's. */
type Numbers<Name extends string> = { readonly [Key in Name]?: string | undefined };

/** Where a fault strikes, whom (anybody when not said), how often (once when not said), and what it is. `Kinds`: the faults of each place. */
export type FaultRule<Kinds, Name extends string, Place extends keyof Kinds = keyof Kinds> = Numbers<Name> & {
  readonly on: Place | readonly Place[];
  readonly times?: number | 'always';
  readonly fault: Kinds[Place];
};

/** A planted fault: how often it struck, and the way to take it out. */
export type PlantedFault = { readonly timesStruck: () => number; readonly remove: () => void };

type Planted<Kinds, Name extends string, Place extends keyof Kinds = keyof Kinds> = { readonly rule: FaultRule<Kinds, Name, Place>; struck: number };

/** The faults planted in one simulator. The first that fits an event strikes it; files take every one at once. */
export class FaultList<Kinds, Name extends string = never> {
  readonly #names: readonly Name[];
  #planted: Planted<Kinds, Name>[] = [];

  constructor(...names: readonly Name[]) {
    this.#names = names;
  }

  /** Strikes `times` times (default once) and is then spent. */
  inject<Place extends keyof Kinds>(rule: FaultRule<Kinds, Name, Place>): PlantedFault {
    const planted: Planted<Kinds, Name> = { rule, struck: 0 };
    this.#planted.push(planted);
    return {
      timesStruck: () => planted.struck,
      remove: () => { this.#planted = this.#planted.filter((other) => other !== planted); },
    };
  }

  clear(): void {
    this.#planted = [];
  }

  /** The fault that strikes this event, if any. */
  take<Place extends keyof Kinds>(place: Place, about: Numbers<Name> = {}): Kinds[Place] | undefined {
    const planted = this.#planted.filter((candidate) => isOf(candidate, place)).find((candidate) => this.#fits(candidate, about));
    if (planted === undefined) return undefined;
    planted.struck += 1;
    return planted.rule.fault;
  }

  /** Every fault for one file. */
  takeAll<Place extends keyof Kinds>(place: Place): readonly Kinds[Place][] {
    const fitting = this.#planted.filter((candidate) => isOf(candidate, place)).filter((candidate) => this.#fits(candidate, {}));
    for (const planted of fitting) planted.struck += 1;
    return fitting.map(({ rule }) => rule.fault);
  }

  #fits({ rule, struck }: Planted<Kinds, Name>, about: Numbers<Name>): boolean {
    const { times = 1 } = rule;
    return (times === 'always' || struck < times) && this.#names.every((name) => rule[name] === undefined || rule[name] === about[name]);
  }
}

function isOf<Kinds, Name extends string, Place extends keyof Kinds>(planted: Planted<Kinds, Name>, place: Place): planted is Planted<Kinds, Name, Place> {
  const { on } = planted.rule;
  return Array.isArray(on) ? on.includes(place) : on === place;
}
