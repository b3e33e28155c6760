/** A few mapped operations for unit tests. */
import { CANONICAL_OPERATIONS, type OperationName } from './canonical-operations.js';
import type { MappedOperation } from './mapped-operation.js';
import type { ReadingMapping } from './value-mapping.js';

function operation(name: OperationName, { fields, ...reading }: ReadingMapping): MappedOperation {
  return { name, canonical: CANONICAL_OPERATIONS[name], fields: new Map(Object.entries(fields)), reading };
}

export const exampleOperations = {
  findPatient: operation('findPatient', {
    fields: { patientId: { column: 'patid' }, name: { column: 'hzxm' }, birthday: { column: 'birth', time: 'yyyymmdd' }, sex: { column: 'sex', translate: { '1': 'male', '2': 'female' }, otherwise: 'unknown' } },
  }),
  listOpenBills: operation('listOpenBills', { fields: { billNo: { column: 'BillNo' }, amountFen: { column: 'amount', money: 'yuan' } } }),
  presettle: operation('presettle', {
    fields: {
      quoteNo: { column: 'quote' }, totalFen: { column: 'total', money: 'fen' }, fundFen: { column: 'fund', money: 'fen' }, personalAccountFen: { column: 'account', money: 'fen' },
      selfPayFen: { column: 'self', money: 'fen' }, validUntil: { secondsFromNow: 900 },
    },
  }),
  confirm: operation('confirm', {
    codes: { from: { out: 'ret_code' }, message: { out: 'ret_msg' }, ok: ['0'], rejected: ['303'], mismatch: ['304'], alreadyPaid: ['302'], unknown: ['99'] },
    fields: { settlementNo: { out: 'settlement_no' }, amountFen: { out: 'booked_amount', money: 'yuan' }, bookedTradeNo: { out: 'booked_trade_no' } },
  }),
  queryConfirmation: operation('queryConfirmation', {
    codes: { from: { out: 'code' }, ok: ['0'], empty: ['900301'] },
    fields: { bookedTradeNo: { column: 'trade_no' }, settlementNo: { column: 'sjh' }, amountFen: { column: 'je', money: 'yuan', sign: 'magnitude' } },
    state: { column: 'jlzt', booked: ['1'], absent: ['9'] },
  }),
  listSlots: operation('listSlots', {
    fields: { slotId: { column: 'hyid' }, beginsAt: { column: 'kssj', time: 'iso' }, endsAt: { column: 'jssj', time: 'iso' }, remaining: { column: 'sys' } },
  }),
} as const;
