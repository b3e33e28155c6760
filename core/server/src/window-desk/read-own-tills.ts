import { ok, refused, type Outcome } from '../domain/errors.js';
import { heard } from '../domain/own-words.js';
import type { OwnTills, TillOfDay, WindowDeskPorts } from './ports.js';

/** One till on one day, in every channel that counts cash: what the cashier hands over. A book that does not answer is said, never shown as an empty till. */
export async function readOwnTills({ desks }: Pick<WindowDeskPorts, 'desks'>, { day, tillNo }: { readonly day: string; readonly tillNo: string }): Promise<Outcome<OwnTills>> {
  const counting = desks.tills();
  if (counting.length === 0) return refused('TILL_NOT_AVAILABLE', { zh: '没有运行中的现金渠道', en: 'no active channel counts cash' });
  const tills: TillOfDay[] = [];
  for (const { channel, tills: guest } of counting) {
    const answer = await guest.tillDays({ day });
    if (answer.kind !== 'ok') return refused('TILL_NOT_AVAILABLE', { zh: `${channel} 未给出答复：${heard(answer.reason).zh}`, en: `${channel}: ${answer.reason}` });
    tills.push(...answer.tills.filter((till) => till.tillNo === tillNo).map((till) => ({ ...till, channel })));
  }
  return ok({ day, tills });
}
