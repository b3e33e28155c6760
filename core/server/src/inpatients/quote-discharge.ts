import { fen, ZERO_FEN } from '@hospay/plugin-sdk';
import { askHospital } from '../domain/ask-hospital.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { maskName } from '../domain/mask.js';
import type { StoredQuote } from '../domain/order.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import { viewQuote } from '../patients/quote-view.js';
import type { DischargeQuoteView, InpatientPorts, QuoteDischargeRequest } from './ports.js';

/**
 * What a stay comes to at its end (出院预结算): either something is still to be collected, and is paid by the quote like bills; or what is left of the deposits goes back by
 * `settleDischarge`. A stay that a window must see first (orders open, drugs not returned) is refused with the HIS's own words.
 */
export async function quoteDischarge(ports: InpatientPorts, request: QuoteDischargeRequest): Promise<Outcome<DischargeQuoteView>> {
  const { hospitalId, inpatientNo, visitId, owner } = request;
  const stay = { inpatientNo, visitId };
  const found = await askHospital(ports.hospitals, hospitalId, 'findInpatient', { cardType: 'inpatientNo', cardNo: inpatientNo });
  if (found.kind !== 'ok') return found;
  const inpatient = found.value.find((candidate) => candidate.inpatientNo === inpatientNo && candidate.visitId === visitId);
  if (inpatient === undefined) return refused('INPATIENT_NOT_FOUND');
  if (ports.hospitals.find(hospitalId)?.facet('checkDischarge') !== undefined) {
    const checked = await askHospital(ports.hospitals, hospitalId, 'checkDischarge', stay);
    if (checked.kind !== 'ok') return checked;
    if (checked.value.mayBeSettled === 'no') return refused('DISCHARGE_HINDERED', checked.value.hindrance);
  }
  const quoted = await askHospital(ports.hospitals, hospitalId, 'presettleDischarge', stay);
  if (quoted.kind !== 'ok') return quoted;
  const { settlementQuoteNo, totalFen, fundFen, personalAccountFen, selfPayFen, depositFen, collectFen, refundFen, validUntil } = quoted.value;
  if (totalFen !== fundFen + personalAccountFen + selfPayFen || selfPayFen - depositFen !== collectFen - refundFen || (collectFen > 0 && refundFen > 0)) {
    return refused('HIS_UNAVAILABLE', `the discharge does not add up: ${settlementQuoteNo}`);
  }
  const quote: StoredQuote = {
    quoteId: makeOpaqueId(ports.random),
    hospitalId,
    owner,
    patientId: inpatient.patientId,
    patientLabel: maskName(inpatient.name),
    hisQuoteNo: settlementQuoteNo,
    // One live order per stay, whoever pays.
    billNos: [`discharge/${inpatientNo}/${visitId}`],
    // Fund, account and deposits are the HIS's own business: what is paid here is what is still to be collected.
    totalFen: fen(collectFen),
    fundFen: ZERO_FEN,
    personalAccountFen: ZERO_FEN,
    selfPayFen: fen(collectFen),
    feeType: '出院结算',
    business: 'discharge',
    subject: { inpatientNo, visitId, ...(collectFen > 0 ? {} : { returnFen: refundFen }) },
    validUntil,
    quotedAt: ports.clock.now().toISOString(),
  };
  await ports.saveQuote(quote);
  return ok({ quote: viewQuote(quote), totalFen, fundFen, personalAccountFen, selfPayFen, depositFen, collectFen, refundFen });
}
