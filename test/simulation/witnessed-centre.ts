import type { PresettlingGuest } from '@hospay/server/domain/guests.js';
import type { WorldView } from './world-view.js';

/** The last to see a call to the insurance centre before money moves, whatever is planted below: what must hold of the calls themselves is asked here. */
export function witnessedCentre(centre: PresettlingGuest, world: WorldView): PresettlingGuest {
  const stateOf = (presettlementNo: string): string | undefined => {
    const state = world.sql.get('SELECT state FROM presettlement WHERE presettlement_no = ?', presettlementNo)?.['state'];
    return typeof state === 'string' ? state : undefined;
  };
  return {
    findInsured: (request) => centre.findInsured(request),
    presettle: (request) => {
      const state = stateOf(request.presettlementNo);
      world.expect(state === 'requested' || state === 'unknown', 'intent before the call', request.presettlementNo, `is ${state ?? 'not written down'}, and the centre is asked to price it`);
      return centre.presettle(request);
    },
    abandon: (request) => {
      const state = stateOf(request.presettlementNo);
      world.expect(state === 'abandoning', 'intent before the call', request.presettlementNo, `is ${state ?? 'not written down'}, and the centre is asked to take it back`);
      return centre.abandon(request);
    },
  };
}
