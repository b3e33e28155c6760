import { fen } from '@hospay/plugin-sdk';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { hisRefusal } from '../domain/his-refusal.js';
import type { Owner, StoredQuote } from '../domain/order.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { PatientPorts } from './ports.js';
import { viewQuote, type QuoteView } from './quote-view.js';

/**
 * Pre-settles bills (预结算) and keeps the quote: the self-pay amount of the kept quote is the only amount that may be charged, whatever a
 * terminal sends later. The owner who asked is the only one who may pay on it.
 */
export async function quoteBills(
  ports: PatientPorts,
  request: { readonly hospitalId: string; readonly owner: Owner; readonly patientId: string; readonly patientLabel: string; readonly billNos: readonly string[] },
): Promise<Outcome<QuoteView>> {
  const hospital = ports.hospitals.find(request.hospitalId);
  if (hospital === undefined) return refused('HIS_UNAVAILABLE');
  const billNos = [...new Set(request.billNos)].toSorted();
  const presettled = await hospital.presettle({ patientId: request.patientId, billNos });
  if (presettled.kind === 'rejected' || presettled.kind === 'mismatch') return refused('BILL_NOT_FOUND', `${presettled.code} ${presettled.message}`);
  if (presettled.kind === 'unknown') return hisRefusal(presettled);
  const { value } = presettled;
  // A rounding that the HIS states is its own business; one that nobody states is a mistake.
  if (value.totalFen + (value.roundingFen ?? 0) !== value.fundFen + value.personalAccountFen + value.selfPayFen) {
    return refused('HIS_UNAVAILABLE', `the HIS quote does not add up: ${value.quoteNo}`);
  }
  const quote: StoredQuote = {
    quoteId: makeOpaqueId(ports.random),
    hospitalId: request.hospitalId,
    owner: request.owner,
    patientId: request.patientId,
    patientLabel: request.patientLabel,
    hisQuoteNo: value.quoteNo,
    billNos,
    totalFen: fen(value.totalFen),
    fundFen: fen(value.fundFen),
    personalAccountFen: fen(value.personalAccountFen),
    selfPayFen: fen(value.selfPayFen),
    ...(value.roundingFen === undefined || value.roundingFen === 0 ? {} : { roundingFen: value.roundingFen }),
    feeType: value.feeType,
    validUntil: value.validUntil,
    quotedAt: ports.clock.now().toISOString(),
  };
  await ports.saveQuote(quote);
  return ok(viewQuote(quote));
}
