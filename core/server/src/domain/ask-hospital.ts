import type { FacetAnswer, FacetRequest, HospitalFacet } from '@hospay/plugin-sdk';
import { ok, refused, type Outcome } from './errors.js';
import type { Hospitals } from './guests.js';
import { hisRefusal } from './his-refusal.js';

/** Operations whose answer is a result (not a query by key). */
type Answered<Name extends HospitalFacet> = Extract<FacetAnswer<Name>, { readonly kind: 'ok' }>['value'];

/** One optional question to the HIS, told as it is: read live, nothing kept. Refused when this HIS does not have it. */
export async function askHospital<Name extends Exclude<HospitalFacet, 'queryDischarge' | 'queryInvoice'>>(
  hospitals: Hospitals,
  hospitalId: string,
  name: Name,
  request: FacetRequest<Name>,
): Promise<Outcome<Answered<Name>>> {
  const hospital = hospitals.find(hospitalId);
  if (hospital === undefined) return refused('HIS_UNAVAILABLE');
  const ask = hospital.facet(name);
  if (ask === undefined) return refused('FUNCTION_NOT_OFFERED', name);
  const answer = await ask(request);
  return answer.kind === 'ok' ? ok(answer.value) : hisRefusal(answer);
}
