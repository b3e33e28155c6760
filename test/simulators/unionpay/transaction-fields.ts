import { settlementDayOf, stampOf } from './beijing-time.js';
import type { Fields } from './message-signature.js';
import type { SimulatedTransaction } from './simulated-records.js';

/** What UnionPay tells of a transaction in an answer to a query and in a notification: the request's own fields, and what came of it. */
export function transactionFields(transaction: SimulatedTransaction, { merId, cutOff }: { readonly merId: string; readonly cutOff: string }): Fields {
  const { orderId, txnTime, txnType, txnSubType, bizType, txnAmt, reqReserved, origQryId, queryId, traceNo, doneAt, isECny, payCardType } = transaction;
  return {
    version: '5.1.0',
    encoding: 'utf-8',
    accessType: '0',
    merId,
    orderId,
    txnTime,
    txnType,
    txnSubType,
    bizType,
    txnAmt: String(txnAmt),
    currencyCode: '156',
    ...(reqReserved === undefined ? {} : { reqReserved }),
    ...(origQryId === undefined ? {} : { origQryId }),
    ...(doneAt === undefined
      ? {}
      : {
          queryId,
          traceNo,
          traceTime: stampOf(new Date(doneAt)).slice(4),
          settleAmt: String(txnAmt),
          settleCurrencyCode: '156',
          settleDate: settlementDayOf(new Date(doneAt), cutOff).slice(4),
          payCardType,
          // No public protocol tells how digital yuan shows; the plugin is configured with this mark.
          payType: isECny ? 'DCEP' : '0001',
          ...(isECny ? {} : { issInsCode: '01020000', accNo: '6216***********0018' }),
        }),
  };
}
