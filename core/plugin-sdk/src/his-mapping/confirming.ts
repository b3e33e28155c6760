/** Telling the HIS that an order is paid, and asking it what it has booked, each kind of business by its own operation. */
import type { BusinessKind, Confirmation, ConfirmationQuery, ConfirmRequest, HospitalAdapter } from '../hospital-adapter.js';
import type { HisQueryResult, HisResult } from '../hospital/his-result.js';
import { compareBooked, ownerOfConfirmation } from './booking-owner.js';
import type { OperationName } from './canonical-operations.js';
import { checked, confirmationFrom } from './contract-shapes.js';
import { makeDischargeConfirming } from './confirming-discharges.js';
import type { GuardedCalls } from './guarded-calls.js';
import type { HisRequest } from './his-answer.js';
import type { MappedOperation } from './mapped-operation.js';
import { GarbledAnswer, readSingle } from './read-answer.js';
import { readLeniently, readQuery } from './result-of.js';

export function makeConfirming<Operation extends MappedOperation>({ operations, run, guarded, book }: GuardedCalls<Operation>): Pick<HospitalAdapter, 'confirm' | 'queryConfirmation'> {
  const queryOf = (business: BusinessKind | undefined): Operation => {
    const own = business === 'registration' ? operations.queryRegistration : business === 'deposit' ? operations.queryDeposit : undefined;
    return own ?? operations.queryConfirmation;
  };
  const discharging = makeDischargeConfirming({ operations, run, guarded, book });
  const ask = async ({ tradeNo, business, paidAt }: ConfirmationQuery, signal: AbortSignal): Promise<HisQueryResult<Confirmation>> => {
    const operation = queryOf(business);
    return readQuery(operation, await run(operation, { tradeNo, ...(paidAt === undefined ? {} : { paidAt }) }, signal), (record) => {
      if (record['bookedTradeNo'] !== tradeNo) throw new GarbledAnswer(`${operation.name}: the row belongs to another trade number`);
      return checked('queryConfirmation', confirmationFrom(record));
    });
  };
  const confirmationOf = ({ business, insurance }: ConfirmRequest): Operation | undefined => {
    if (business === 'registration') return operations.confirmRegistration;
    if (business === 'deposit') return operations.confirmDeposit;
    return insurance === undefined ? operations.confirm : operations.confirmInsured;
  };
  /** The second step of a HIS that books in two. Only both together are a booking; it is repeated with the first until it is answered. */
  const tellArrival = async (request: ConfirmRequest, booked: { readonly kind: 'ok'; readonly value: Confirmation }, signal: AbortSignal): Promise<HisResult<Confirmation>> => {
    const operation = operations.confirmArrival;
    if (operation === undefined || (request.business ?? 'bill') !== 'bill') return booked;
    const { settlementNo, receiptNo } = booked.value;
    const told = await run(operation, { ...bookingOf(request), settlementNo, receiptNo }, signal);
    if (told.kind === 'ok' || told.kind === 'alreadyPaid') return booked;
    // The first step stands: whatever the second says, the money is not on its way back.
    const why = told.kind === 'unknown' ? told.reason : told.kind === 'empty' ? 'an empty answer' : `${told.code} ${told.message}`;
    return { kind: 'unknown', reason: `booked, and its arrival was not: ${why}`.slice(0, 500) };
  };

  return {
    confirm: (request, limits) => {
      if (request.business === 'discharge') return guarded('confirm', limits, (signal) => discharging.confirm(request, signal));
      const operation = confirmationOf(request);
      // Never booked as something else: as a bill, or as if the patient had paid it all himself.
      if (operation === undefined) return Promise.resolve(unmapped(request));
      return guarded('confirm', limits, async (signal) => {
        const booked = await book<Confirmation>(request.tradeNo, () => run(operation, bookingOf(request), signal), {
          ask: () => ask(request, signal).then((answer) => compareBooked(answer, request)),
          read: (outcome) => {
            const record = readSingle(operation, outcome.answer, outcome.reading);
            return { value: checked('confirm', confirmationFrom(record)), owner: ownerOfConfirmation(record, request) };
          },
          ownerOf: (outcome) => ownerOfConfirmation(readLeniently(operation, outcome, ['bookedTradeNo', 'amountFen']), request),
        });
        return booked.kind === 'ok' ? tellArrival(request, booked, signal) : booked;
      });
    },
    queryConfirmation: (request, limits) => guarded('queryConfirmation', limits, (signal) => (request.business === 'discharge' ? discharging.ask(request, signal) : ask(request, signal))),
  };
}

function unmapped({ business, insurance }: ConfirmRequest): HisResult<never> {
  if (insurance !== undefined) return { kind: 'rejected', code: 'HIS_INSURANCE_UNMAPPED', message: 'the mapping has no confirmInsured' };
  const name: OperationName = business === 'deposit' ? 'confirmDeposit' : 'confirmRegistration';
  return { kind: 'rejected', code: 'HIS_OPERATION_UNMAPPED', message: `the mapping has no ${name}` };
}

/** A HIS that books one way of payment takes the last one's, with the whole amount; of an insured order beside it what the insurance pays. */
function bookingOf(request: ConfirmRequest): HisRequest {
  const { tradeNo, patientId, quoteNo, billNos, amountFen, paidAt, channel, channelTradeNo, terminalId, hisRegistrationNo, inpatientNo, visitId, insurance } = request;
  return {
    tradeNo, patientId, quoteNo, billNos, amountFen, paidAt, channel, channelTradeNo, terminalId,
    ...(hisRegistrationNo === undefined ? {} : { hisRegistrationNo }),
    ...(inpatientNo === undefined ? {} : { inpatientNo }),
    ...(visitId === undefined ? {} : { visitId }),
    ...(insurance === undefined ? {} : { insuranceSettlementNo: insurance.settlementNo, insuranceVisitNo: insurance.visitNo, fundFen: insurance.fundFen, accountFen: insurance.accountFen, cashFen: insurance.cashFen }),
  };
}
