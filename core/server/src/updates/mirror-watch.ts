import { compare, gt } from 'semver';
import type { Bilingual } from '../domain/bilingual.js';
import { ok, reasonOf, type Outcome } from '../domain/errors.js';
import type { Clock } from '../domain/time.js';
import type { MirrorBundle, MirrorView, UpdateMirror } from './ports.js';

/** What the hospital's mirror had when somebody, or the night, last looked. A look that fails leaves what the one before saw. */
export function createMirrorWatch({ mirror, clock }: { readonly mirror: UpdateMirror; readonly clock: Clock }) {
  let known: readonly MirrorBundle[] = [];
  let lookedAt: string | undefined;
  let problem: Bilingual | undefined;
  let looking: Promise<Outcome<object>> | undefined;
  const look = async (): Promise<Outcome<object>> => {
    const listed = await mirror.list();
    problem = listed.kind === 'refused' ? reasonOf(listed) : undefined;
    if (listed.kind === 'refused') return listed;
    known = listed.value;
    lookedAt = clock.now().toISOString();
    return ok({});
  };
  return {
    /** Whoever asks meanwhile hears of the one that looks. */
    look(): Promise<Outcome<object>> {
      looking ??= look().finally(() => { looking = undefined; });
      return looking;
    },
    /** @param running the version of the machine; while it is unknown nothing is offered, and an older one never is */
    read: (running: string | undefined): MirrorView => ({ address: mirror.address, lookedAt, problem, offered: running === undefined ? [] : known.filter(({ version }) => gt(version, running)).toSorted((one, other) => compare(other.version, one.version)) }),
  };
}
