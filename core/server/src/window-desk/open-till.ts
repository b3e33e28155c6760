import { createHash } from 'node:crypto';
import { ok, refused, type Outcome } from '../domain/errors.js';
import type { AskedKey, OpenTillRequest, TillOpening, WindowDeskPorts } from './ports.js';

/**
 * Change money (备用金) is counted into a till. The number follows from the asker's own key and the time is that of the first asking: repeated after a silence, a power cut or
 * midnight, the book counts it once and on one day.
 */
export async function openTill(ports: WindowDeskPorts, { tillNo, amountFen, channel, asker, asked }: OpenTillRequest): Promise<Outcome<TillOpening>> {
  const desks = ports.desks.tills().filter((desk) => channel === undefined || desk.channel === channel);
  const [desk] = desks;
  if (desk === undefined) return refused('TILL_NOT_AVAILABLE', channel === undefined ? { zh: '没有运行中的现金渠道', en: 'no active channel counts cash' } : { zh: `渠道 ${channel} 未运行，或不收现金`, en: `${channel} is not active, or counts no cash` });
  if (desks.length > 1) return refused('MALFORMED_REQUEST', { zh: `请指明渠道：${desks.map((one) => one.channel).join('、')}`, en: `channel: name one of ${desks.map((one) => one.channel).join(', ')}` });
  const intent: TillOpening = {
    openingNo: openingNoOf(asked), channel: desk.channel, tillNo, amountFen, state: 'requested', message: '', askedBy: asker.by, operatorId: asker.operatorId, openedAt: ports.clock.now(),
  };
  const { opening } = await ports.rows.addOpening(intent, asked);
  if (opening.channel !== desk.channel || opening.tillNo !== tillNo || opening.amountFen !== amountFen) return refused('IDEMPOTENCY_KEY_REUSED');
  if (opening.state === 'opened' || opening.state === 'contradicts') return ok(opening);
  const { openingNo, openedAt } = opening;
  const facts = { openingNo, channel: desk.channel, amountFen, ...(opening.operatorId === undefined ? {} : { operatorId: opening.operatorId }) };
  await ports.audit.record({ who: asker.by, what: 'till.open', object: `till ${tillNo}`, after: facts });
  const answer = await desk.tills.openTill({ openingNo, tillNo, amountFen, openedAt: openedAt.toISOString() });
  const said = answer.kind === 'opened' ? ({ state: 'opened', message: '' } as const) : answer.kind === 'contradicts' ? ({ state: 'contradicts', message: answer.message } as const) : ({ state: 'unknown', message: answer.reason } as const);
  // Before the row says so: an opening that is called counted in is in a shift, whatever fails in between.
  if (said.state === 'opened') await ports.shifts.addChangeMoney({ openingNo, tillNo, channel: desk.channel, amountFen }, ports.clock.now());
  const stands = (await ports.rows.answerOpening(openingNo, said)) ?? { ...opening, ...said };
  await ports.audit.record({ who: asker.by, what: 'till.answer', object: `till ${tillNo}`, after: { openingNo, state: stands.state } });
  return ok(stands);
}

/** Two askers with the same key of their own never meet in the book. */
function openingNoOf({ tenant, key }: AskedKey): string {
  return `TO${createHash('sha256').update(`${tenant}\n${key}`).digest('hex').slice(0, 30)}`;
}
