import { fen, LARGEST_PAYMENT_FEN, ZERO_FEN } from '@hospay/plugin-sdk';
import { askHospital } from '../domain/ask-hospital.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { maskName } from '../domain/mask.js';
import type { StoredQuote } from '../domain/order.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import { viewQuote, type QuoteView } from '../patients/quote-view.js';
import type { InpatientPorts, QuoteDepositRequest } from './ports.js';

/** Long enough to pay it, short enough that the stay is still the same. */
const VALID_MS = 15 * 60_000;

/**
 * A deposit (住院预交金) of an amount the family chooses, for a stay the HIS shows as in hospital at this moment. It is paid like bills; the HIS books it once by our
 * trade number, and refuses it when the patient has been discharged meanwhile: then the money goes back by itself.
 */
export async function quoteDeposit(ports: InpatientPorts, request: QuoteDepositRequest): Promise<Outcome<QuoteView>> {
  const { hospitalId, owner, inpatientNo, visitId, amountFen } = request;
  if (!Number.isSafeInteger(amountFen) || amountFen <= 0 || amountFen > LARGEST_PAYMENT_FEN) return refused('MALFORMED_REQUEST', 'amountFen is no amount of a payment');
  const found = await askHospital(ports.hospitals, hospitalId, 'findInpatient', { cardType: 'inpatientNo', cardNo: inpatientNo });
  if (found.kind !== 'ok') return found;
  const stay = found.value.find((candidate) => candidate.inpatientNo === inpatientNo && candidate.visitId === visitId);
  if (stay === undefined) return refused('INPATIENT_NOT_FOUND');
  if (stay.state !== 'admitted') return refused('DEPOSIT_NOT_TAKEN', stay.state);
  const now = ports.clock.now();
  const quoteId = makeOpaqueId(ports.random);
  const quote: StoredQuote = {
    quoteId,
    hospitalId,
    owner,
    patientId: stay.patientId,
    patientLabel: maskName(stay.name),
    hisQuoteNo: `${inpatientNo}/${visitId}`,
    // Two relatives may each bring a deposit at the same time: it is of the quote, not of the stay, that there is one order.
    billNos: [`deposit/${quoteId}`],
    totalFen: fen(amountFen),
    fundFen: ZERO_FEN,
    personalAccountFen: ZERO_FEN,
    selfPayFen: fen(amountFen),
    feeType: '住院预交金',
    business: 'deposit',
    subject: { inpatientNo, visitId },
    validUntil: new Date(now.getTime() + VALID_MS).toISOString(),
    quotedAt: now.toISOString(),
  };
  await ports.saveQuote(quote);
  return ok(viewQuote(quote));
}
