/** A small mapping for unit tests, in plain JSON values so that a test can spoil it. */
const codes = { from: { out: '#2' }, message: { out: '#3' }, ok: ['0'], unknown: ['99'] } as const;

export const exampleMapping = {
  format: 'hospay-tcp-mapping/1',
  hospital: 'example',
  charset: 'gbk',
  wire: { framing: { kind: 'close' }, connection: 'perCall' },
  request: { separator: '|', head: ['call', 'key'] },
  answer: { form: 'positions', rowSeparator: ';', fieldSeparator: ',', endMark: '|END', call: '#1' },
  operations: {
    findPatient: {
      call: 'GC01', rows: '#5', rowWidth: 2, count: '#4', parameters: [{ name: '卡号', from: 'cardNo' }], codes: { ...codes, empty: ['1'] },
      fields: { patientId: { column: '#1' }, name: { column: '#2' }, sex: { constant: 'unknown' } },
    },
    listOpenBills: { call: 'GC02', rows: '#4', parameters: [{ name: '病人', from: 'patientId' }], codes, fields: { billNo: { column: '#1' }, amountFen: { column: '#2', money: 'yuan' } } },
    presettle: {
      call: 'GC03', parameters: [{ name: '处方', from: 'billNos', join: ',' }], codes,
      fields: { quoteNo: { out: '#4' }, totalFen: { out: '#5', money: 'fen' }, fundFen: { out: '#6', money: 'fen' }, personalAccountFen: { out: '#7', money: 'fen' }, selfPayFen: { out: '#8', money: 'fen' }, validUntil: { secondsFromNow: 900 } },
    },
    confirm: {
      call: 'GC04', parameters: [{ name: '订单', from: 'tradeNo' }, { name: '金额', from: 'amountFen', money: 'yuan' }], codes,
      fields: { bookedTradeNo: { out: '#4' }, amountFen: { out: '#5', money: 'yuan' }, settlementNo: { out: '#6' } },
    },
    queryConfirmation: {
      call: 'GC05', parameters: [{ name: '订单', from: 'tradeNo' }], codes: { ...codes, empty: ['1'] },
      fields: { bookedTradeNo: { column: '#4' }, amountFen: { column: '#5', money: 'yuan' }, settlementNo: { column: '#6' } },
    },
  },
} as const;

type Changes = { readonly [Key in keyof typeof exampleMapping]?: unknown };

/** A copy of the example in which whole parts are replaced; undefined leaves one out. */
export function changedMapping(changes: Changes): unknown {
  return JSON.parse(JSON.stringify({ ...exampleMapping, ...changes }));
}
