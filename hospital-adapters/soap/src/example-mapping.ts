/** A small mapping for unit tests, in plain JSON values so that a test can spoil it. */
const codes = { from: { out: 'ResultCode' }, message: { out: 'ResultContent' }, ok: ['0'], unknown: ['99'] } as const;

export const exampleMapping = {
  format: 'hospay-soap-mapping/1',
  hospital: 'example',
  charset: 'utf-8',
  service: { namespace: 'http://his.example/', method: 'Call', arguments: [{ name: 'name', is: 'call' }, { name: 'xml', is: 'message' }] },
  message: { root: 'Request', answerRoot: 'Response' },
  operations: {
    findPatient: {
      call: 'B201', rows: 'List/Item', parameters: [{ name: 'Card/Type', from: 'cardType', translate: { visitCard: '2' } }, { name: 'Card/No', from: 'cardNo' }], codes: { ...codes, empty: ['1'] },
      fields: { patientId: { column: 'ID' }, name: { column: 'Name' }, sex: { column: 'Sex', translate: { '1': 'male' }, otherwise: 'unknown' } },
    },
    listOpenBills: { call: 'B202', rows: 'List/Item', parameters: [{ name: 'ID', from: 'patientId' }], codes, fields: { billNo: { column: 'No' }, amountFen: { column: 'Fee', money: 'yuan' } } },
    presettle: {
      call: 'B203', parameters: [{ name: 'Bills', from: 'billNos', join: ',' }], codes,
      fields: { quoteNo: { out: 'No' }, totalFen: { out: 'A', money: 'fen' }, fundFen: { out: 'B', money: 'fen' }, personalAccountFen: { out: 'C', money: 'fen' }, selfPayFen: { out: 'D', money: 'fen' }, validUntil: { secondsFromNow: 900 } },
    },
    confirm: {
      call: 'B204', parameters: [{ name: 'OrderNo', from: 'tradeNo' }, { name: 'Fee', from: 'amountFen', money: 'yuan' }], codes,
      fields: { settlementNo: { out: 'No' }, amountFen: { out: 'Fee', money: 'yuan' }, bookedTradeNo: { out: 'OrderNo' } },
    },
    queryConfirmation: {
      call: 'B205', rows: 'List/Item', parameters: [{ name: 'OrderNo', from: 'tradeNo' }], codes: { ...codes, empty: ['1'] },
      fields: { bookedTradeNo: { column: 'OrderNo' }, settlementNo: { column: 'No' }, amountFen: { column: 'Fee', money: 'yuan' } },
    },
  },
} as const;

type Changes = { readonly [Key in keyof typeof exampleMapping]?: unknown } & { readonly envelope?: unknown; readonly answerRoot?: unknown };

/** A copy of the example in which whole parts are replaced; undefined leaves one out. */
export function changedMapping(changes: Changes): unknown {
  return JSON.parse(JSON.stringify({ ...exampleMapping, ...changes }));
}
