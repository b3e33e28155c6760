/** A small mapping for unit tests, in plain JSON values so that a test can spoil it. */

const answered = { from: { out: 'acknowledgement' }, ok: ['AA/OK'], empty: ['AA/NF'] } as const;

/** New each time. */
export function exampleMapping() {
  const operations: Record<string, Record<string, unknown>> = {
    findPatient: {
      call: 'QBP^Q22', answer: 'RSP^K22', parameters: [{ name: 'QPD-3.1', from: 'cardType' }, { name: 'QPD-3.2', from: 'cardNo' }], codes: { ...answered }, rows: 'PID',
      fields: { patientId: { column: 'PID-3[5=PI].1' }, name: { column: 'PID-5' }, sex: { constant: 'unknown' } },
    },
    listOpenBills: { call: 'QBP^Z01', answer: 'RSP^Z01', parameters: [{ name: 'QPD-3', from: 'patientId' }], codes: { ...answered }, rows: 'ZBL', fields: { billNo: { column: 'ZBL-1' }, amountFen: { column: 'ZBL-2', money: 'yuan' } } },
    presettle: {
      call: 'QBP^Z04', answer: 'RSP^Z04', parameters: [{ name: 'QPD-3', from: 'billNos', join: '~' }],
      fields: {
        quoteNo: { out: 'ZQT-1' }, totalFen: { out: 'ZQT-2', money: 'yuan' }, fundFen: { out: 'ZQT-3', money: 'yuan' }, personalAccountFen: { out: 'ZQT-4', money: 'yuan' }, selfPayFen: { out: 'ZQT-5', money: 'yuan' },
        validUntil: { secondsFromNow: 900 },
      },
    },
    confirm: {
      call: 'DFT^P03', answer: 'ACK', parameters: [{ name: 'FT1-2', from: 'tradeNo' }, { name: 'FT1-11.1.1', from: 'amountFen', money: 'yuan' }],
      codes: { from: { out: 'acknowledgement' }, ok: ['AA'], rejected: ['AR:1'], mismatch: ['AR:2'], alreadyPaid: ['AR:3'] },
      fields: { settlementNo: { out: 'ZPY-1' }, bookedTradeNo: { out: 'ZPY-2' }, amountFen: { out: 'ZPY-3', money: 'yuan' } },
    },
    queryConfirmation: {
      call: 'QBP^Z02', answer: 'RSP^Z02', parameters: [{ name: 'QPD-3', from: 'tradeNo' }], codes: { ...answered }, rows: 'ZPY',
      fields: { settlementNo: { column: 'ZPY-1' }, bookedTradeNo: { column: 'ZPY-2' }, amountFen: { column: 'ZPY-3', money: 'yuan' } },
    },
  };
  return { format: 'hospay-hl7-mapping/1', hospital: 'example', version: '2.4', header: { receivingApplication: 'HIS' }, operations };
}
