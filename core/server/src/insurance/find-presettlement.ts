import { ok, refused, type Outcome } from '../domain/errors.js';
import type { Owner } from '../domain/order.js';
import type { InsurancePorts } from './ports.js';
import { viewPresettlement, type PresettlementView } from './presettlement-view.js';

/** What became of a pre-settlement, for its owner. */
export async function findPresettlement(ports: Pick<InsurancePorts, 'presettlements'>, { owner, presettlementNo }: { readonly owner: Owner; readonly presettlementNo: string }): Promise<Outcome<PresettlementView>> {
  const found = await ports.presettlements.find(presettlementNo);
  return found === undefined || found.owner.kind !== owner.kind || found.owner.id !== owner.id ? refused('PRESETTLEMENT_NOT_FOUND') : ok(viewPresettlement(found));
}
