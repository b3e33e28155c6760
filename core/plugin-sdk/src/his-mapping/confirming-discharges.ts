/** 出院补缴: what the patient paid to leave is booked by settling the stay, under our trade number. Nothing else at the HIS knows of the money. */
import type { Confirmation, ConfirmationQuery, ConfirmRequest } from '../hospital-adapter.js';
import type { HisQueryResult, HisResult } from '../hospital/his-result.js';
import { compareBooked } from './booking-owner.js';
import { checked, fenOf, textOf } from './contract-shapes.js';
import type { GuardedCalls } from './guarded-calls.js';
import type { MappedOperation } from './mapped-operation.js';
import { readSingle, type CanonicalRecord } from './read-answer.js';
import { readQuery } from './result-of.js';

type DischargeConfirming = {
  confirm(request: ConfirmRequest, signal: AbortSignal): Promise<HisResult<Confirmation>>;
  ask(request: ConfirmationQuery, signal: AbortSignal): Promise<HisQueryResult<Confirmation>>;
};

export function makeDischargeConfirming<Operation extends MappedOperation>({ operations, run, book }: GuardedCalls<Operation>): DischargeConfirming {
  const { settleDischarge, queryDischarge } = operations;
  const ask: DischargeConfirming['ask'] = async ({ tradeNo, inpatientNo, visitId }, signal) => {
    if (queryDischarge === undefined) return { kind: 'unknown', reason: 'the mapping has no queryDischarge' };
    const asked = { settlementNo: tradeNo, ...(inpatientNo === undefined ? {} : { inpatientNo }), ...(visitId === undefined ? {} : { visitId }) };
    return readQuery(queryDischarge, await run(queryDischarge, asked, signal), confirmationFrom);
  };
  return {
    ask,
    confirm: async (request, signal) => {
      const { tradeNo, inpatientNo, visitId, quoteNo, amountFen, paidAt } = request;
      if (settleDischarge === undefined) return { kind: 'rejected', code: 'HIS_OPERATION_UNMAPPED', message: 'the mapping has no settleDischarge' };
      if (inpatientNo === undefined || visitId === undefined) return { kind: 'rejected', code: 'HIS_VALUE_MISSING', message: 'a discharge names its stay' };
      const settlement = { settlementNo: tradeNo, inpatientNo, visitId, settlementQuoteNo: quoteNo, collectFen: amountFen, refundFen: 0, tradeNo, paidAt };
      return book<Confirmation>(tradeNo, () => run(settleDischarge, settlement, signal), {
        ask: () => ask(request, signal).then((answer) => compareBooked(answer, request)),
        read: (outcome) => {
          const value = checked('confirm', confirmationFrom(readSingle(settleDischarge, outcome.answer, outcome.reading)));
          return { value, owner: value.amountFen === amountFen ? 'unstated' : 'contradicted' };
        },
        ownerOf: () => 'unstated',
      });
    },
  };
}

function confirmationFrom(record: CanonicalRecord): Confirmation {
  return { settlementNo: textOf(record, 'hisSettlementNo'), receiptNo: textOf(record, 'receiptNo'), amountFen: fenOf(record, 'collectFen') };
}
