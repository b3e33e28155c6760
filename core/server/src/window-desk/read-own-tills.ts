import { ok, refused, type Outcome } from '../domain/errors.js';
import type { OwnTills, TillOfDay, WindowDeskPorts } from './ports.js';

/** One till on one day, in every channel that counts cash: what the cashier hands over. A book that does not answer is said, never shown as an empty till. */
export async function readOwnTills({ desks }: Pick<WindowDeskPorts, 'desks'>, { day, tillNo }: { readonly day: string; readonly tillNo: string }): Promise<Outcome<OwnTills>> {
  const counting = desks.tills();
  if (counting.length === 0) return refused('TILL_NOT_AVAILABLE', 'no active channel counts cash');
  const tills: TillOfDay[] = [];
  for (const { channel, tills: guest } of counting) {
    const answer = await guest.tillDays({ day });
    if (answer.kind !== 'ok') return refused('TILL_NOT_AVAILABLE', `${channel}: ${answer.reason}`);
    tills.push(...answer.tills.filter((till) => till.tillNo === tillNo).map((till) => ({ ...till, channel })));
  }
  return ok({ day, tills });
}
