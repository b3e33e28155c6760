import { ok, refused, type Outcome } from '../domain/errors.js';
import { hisRefusal } from '../domain/his-refusal.js';
import type { Owner } from '../domain/order.js';
import type { RegistrationPorts } from './ports.js';

/**
 * Gives a held, unpaid registration back before its time (取消预约). An order on it is cancelled first; one that is paid is refunded, not cancelled: the HIS refuses it
 * here. May be repeated.
 */
export async function cancelRegistration(ports: RegistrationPorts, request: { readonly owner: Owner; readonly quoteId: string }): Promise<Outcome<{ readonly quoteId: string }>> {
  const quote = await ports.findQuote(request.quoteId);
  const { registrationNo, hisRegistrationNo } = quote?.subject ?? {};
  const isOwn = quote?.owner.kind === request.owner.kind && quote.owner.id === request.owner.id;
  if (quote?.business !== 'registration' || !isOwn || registrationNo === undefined || hisRegistrationNo === undefined) return refused('QUOTE_NOT_FOUND');
  const hospital = ports.hospitals.find(quote.hospitalId);
  if (hospital === undefined) return refused('HIS_UNAVAILABLE');
  const cancel = hospital.facet('cancelRegistration');
  if (cancel === undefined) return refused('FUNCTION_NOT_OFFERED', 'registration');
  const cancelled = await cancel({ registrationNo, hisRegistrationNo });
  return cancelled.kind === 'ok' ? ok({ quoteId: quote.quoteId }) : hisRefusal(cancelled);
}
