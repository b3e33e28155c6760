/** Asking the HIS to reverse its booking before money goes back, each kind of business by its own operation. */
import type { BusinessKind, RefundApproval, RefundApprovalRequest, RefundGuard } from '../hospital-adapter.js';
import type { HisQueryResult } from '../hospital/his-result.js';
import type { Owner } from './book-once.js';
import { checked, textOf } from './contract-shapes.js';
import type { GuardedCalls } from './guarded-calls.js';
import type { MappedOperation } from './mapped-operation.js';
import { GarbledAnswer, readSingle, type CanonicalRecord } from './read-answer.js';
import { readLeniently, readQuery } from './result-of.js';

/** Nothing when the mapping cannot reverse a bill. */
export function makeRefundGuard<Operation extends MappedOperation>({ operations, run, guarded, book }: GuardedCalls<Operation>): Partial<RefundGuard> {
  const operationsOf = (business: BusinessKind | undefined) => {
    // A settled discharge is undone at a window only.
    if (business === 'discharge') return undefined;
    const [approve, query] = business === 'registration' ? [operations.approveRegistrationRefund, operations.queryRegistrationRefund]
      : business === 'deposit' ? [operations.approveDepositRefund, operations.queryDepositRefund]
      : [operations.approveRefund, operations.queryRefundApproval];
    return approve === undefined || query === undefined ? undefined : { approve, query };
  };
  if (operationsOf('bill') === undefined) return {};

  const ask = async (query: Operation, { refundNo, tradeNo }: Pick<RefundApprovalRequest, 'refundNo' | 'tradeNo'>, signal: AbortSignal): Promise<HisQueryResult<RefundApproval>> =>
    readQuery(query, await run(query, { refundNo, tradeNo }, signal), (record) => {
      const bookedRefundNo = record['bookedRefundNo'];
      if (bookedRefundNo !== undefined && bookedRefundNo !== refundNo) throw new GarbledAnswer(`${query.name}: the row belongs to another refund number`);
      return checked('queryRefundApproval', { hisRefundNo: textOf(record, 'hisRefundNo') });
    });

  return {
    approveRefund: (request, limits) => {
      const { business, ...fields } = request;
      const own = operationsOf(business);
      if (own === undefined) return Promise.resolve({ kind: 'rejected', code: 'HIS_OPERATION_UNMAPPED', message: `the mapping has no refund of a ${business ?? 'bill'}` });
      const { approve, query } = own;
      return guarded('approveRefund', limits, (signal) => book<RefundApproval>(request.refundNo, () => run(approve, fields, signal), {
        ask: () => ask(query, request, signal),
        read: (outcome) => {
          const record = readSingle(approve, outcome.answer, outcome.reading);
          return { value: checked('approveRefund', { hisRefundNo: textOf(record, 'hisRefundNo') }), owner: ownerOfRefund(record, request.refundNo) };
        },
        ownerOf: (outcome) => ownerOfRefund(readLeniently(approve, outcome, ['bookedRefundNo']), request.refundNo),
      }));
    },
    queryRefundApproval: (request, limits) => {
      const own = operationsOf(request.business);
      if (own === undefined) return Promise.resolve({ kind: 'unknown', reason: `the mapping has no refund of a ${request.business ?? 'bill'}` });
      return guarded('queryRefundApproval', limits, (signal) => ask(own.query, request, signal));
    },
  };
}

function ownerOfRefund(record: CanonicalRecord, refundNo: string): Owner {
  return record['bookedRefundNo'] === undefined ? 'unstated' : record['bookedRefundNo'] === refundNo ? 'ours' : 'others';
}
