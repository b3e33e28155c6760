import { fen } from '@hospay/plugin-sdk';
import { createHash } from 'node:crypto';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { hisRefusal } from '../domain/his-refusal.js';
import type { StoredQuote } from '../domain/order.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import { viewQuote } from '../patients/quote-view.js';
import type { HeldRegistrationView, HoldRegistrationRequest, RegistrationPorts } from './ports.js';

/**
 * Holds a slot for a patient (锁号并预约) and keeps what it costs as a quote: it is paid like bills, by `createPayment`, and the HIS is told by its own operation for
 * registrations. Our number is made of the caller's key, so that a repeat after a lost answer finds the registration the first one made. What nobody pays falls free
 * at the HIS by itself, at the time the quote ends.
 */
export async function holdRegistration(ports: RegistrationPorts, request: HoldRegistrationRequest): Promise<Outcome<HeldRegistrationView>> {
  const hospital = ports.hospitals.find(request.hospitalId);
  if (hospital === undefined) return refused('HIS_UNAVAILABLE');
  const hold = hospital.facet('holdRegistration');
  if (hold === undefined) return refused('FUNCTION_NOT_OFFERED', 'registration');
  const { patientId, scheduleId, slotId, when } = request;
  const registrationNo = registrationNoOf(request.idempotency);
  const held = await hold({ registrationNo, patientId, scheduleId, slotId, when });
  if (held.kind !== 'ok') return hisRefusal(held);
  const { hisRegistrationNo, totalFen, fundFen, personalAccountFen, selfPayFen, expiresAt, queueNo } = held.value;
  if (totalFen !== fundFen + personalAccountFen + selfPayFen) return refused('HIS_UNAVAILABLE', `the price of the registration does not add up: ${hisRegistrationNo}`);
  const quote: StoredQuote = {
    quoteId: makeOpaqueId(ports.random),
    hospitalId: request.hospitalId,
    owner: request.owner,
    patientId,
    patientLabel: request.patientLabel,
    hisQuoteNo: hisRegistrationNo,
    // One live order per registration, whoever pays it.
    billNos: [`registration/${hisRegistrationNo}`],
    totalFen: fen(totalFen),
    fundFen: fen(fundFen),
    personalAccountFen: fen(personalAccountFen),
    selfPayFen: fen(selfPayFen),
    feeType: '挂号',
    business: 'registration',
    subject: { hisRegistrationNo, registrationNo },
    validUntil: expiresAt,
    quotedAt: ports.clock.now().toISOString(),
  };
  await ports.saveQuote(quote);
  return ok({ registrationNo, hisRegistrationNo, ...(queueNo === undefined ? {} : { queueNo }), quote: viewQuote(quote) });
}

/** 30 places, of the caller and its key alone. */
function registrationNoOf({ tenant, key }: HoldRegistrationRequest['idempotency']): string {
  return `R${createHash('sha256').update(`registration\n${tenant}\n${key}`).digest('hex').slice(0, 29).toUpperCase()}`;
}
