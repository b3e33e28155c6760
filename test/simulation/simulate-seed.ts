import type { Violation } from '@hospay/server/domain/invariants.js';
import type { Storm } from './faults.js';
import type { PlantedBug } from './planted-bug.js';
import { World } from './world.js';

export type SeedReport = {
  readonly seed: number;
  /** Over every event: the same seed gives the same digest. */
  readonly digest: string;
  readonly events: number;
  readonly orders: number;
  readonly virtualMs: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly marks: Readonly<Record<string, number>>;
  readonly violations: readonly (Violation & { readonly at: string })[];
  /** The newest events before the violation. */
  readonly lastLines: readonly string[];
};

/** Plays one seed from the first visit to days after the last, and says what it met and what broke. */
export async function simulateSeed(seed: number, options: { readonly plant?: PlantedBug | undefined; readonly masked?: ReadonlySet<string>; readonly storm?: Storm | undefined; readonly hasFinanceOffice?: boolean | undefined; readonly hasBoundCards?: boolean | undefined; readonly asksAgain?: boolean | undefined; readonly testsChannels?: boolean | undefined } = {}): Promise<SeedReport> {
  const world = new World({ seed, ...options });
  await world.play();
  return {
    seed,
    digest: world.history.digest(),
    events: world.history.events,
    orders: world.orders,
    virtualMs: world.time.now - world.startedAt,
    faults: Object.fromEntries(world.faults.counts),
    marks: Object.fromEntries(world.history.marks),
    violations: world.violations,
    lastLines: world.violations.length === 0 ? [] : world.history.lastLines,
  };
}
