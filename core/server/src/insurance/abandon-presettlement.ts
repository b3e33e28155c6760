import { ok, refused, type Outcome } from '../domain/errors.js';
import type { Owner } from '../domain/order.js';
import { own } from '../domain/own-words.js';
import type { InsurancePorts } from './ports.js';
import { viewPresettlement, type PresettlementView } from './presettlement-view.js';
import { takeBack } from './take-back.js';

/** Its owner gives a pre-settlement up: from this moment no payment takes it, and the centre is asked to take back what it holds. May be repeated. */
export async function abandonPresettlement(ports: InsurancePorts, request: { readonly owner: Owner; readonly presettlementNo: string; readonly by: string }): Promise<Outcome<PresettlementView>> {
  const { owner, presettlementNo, by } = request;
  const found = await ports.presettlements.find(presettlementNo);
  if (found === undefined || found.owner.kind !== owner.kind || found.owner.id !== owner.id) return refused('PRESETTLEMENT_NOT_FOUND');
  const decided = await ports.presettlements.change({ presettlementNo, cause: { kind: 'request', id: `abandon/${by}` }, now: ports.clock.now() }, (change) => {
    const { state } = change.presettlement;
    if (state === 'settling' || state === 'settled') return 'taken' as const;
    if (state !== 'abandoning' && state !== 'abandoned') change.abandon('request', own('givenUpByOwner'));
    return 'givenUp' as const;
  });
  if (decided.kind !== 'changed') return refused('PRESETTLEMENT_NOT_FOUND');
  if (decided.result === 'taken') return refused('PRESETTLEMENT_SETTLED', decided.presettlement.tradeNo);
  return ok(viewPresettlement(decided.presettlement.state === 'abandoning' ? await takeBack(ports, decided.presettlement) : decided.presettlement));
}
