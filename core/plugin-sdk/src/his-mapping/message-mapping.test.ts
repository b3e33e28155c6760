import assert from 'node:assert/strict';
import test from 'node:test';
import { bindMessage, messageAnswer, prepareMessage, type MessageOperationMapping } from './message-mapping.js';
import { readFound, readRows } from './read-answer.js';

const FIND: MessageOperationMapping = {
  call: '1003', rows: 'List/Item',
  parameters: [{ name: 'CardType', from: 'cardType', translate: { visitCard: '2' } }, { name: 'CardNo', from: 'cardNo', maxLength: 10 }, { name: 'User', constant: '999999' }],
  fields: { patientId: { column: 'PatientID' }, name: { column: 'Name' }, phone: { column: 'Tel' }, sex: { column: 'Sex', translate: { '1': 'male' }, otherwise: 'unknown' } },
  codes: { from: { out: 'ResultCode' }, ok: ['0'], empty: ['100201'] },
};

function prepared(mapping: MessageOperationMapping) {
  const complaints: string[] = [];
  return { operation: prepareMessage('findPatient', 'operations.findPatient', mapping, complaints), complaints };
}

const hospital = { codePage: 'cp936', offset: '+08:00' };
const context = { request: {}, offset: '+08:00', now: () => new Date(0) };

test('a message carries texts under their names; what the HIS cannot hold is refused unsent', () => {
  const { operation, complaints } = prepared(FIND);
  assert.deepEqual(complaints, []);
  const bound = bindMessage(operation, { cardType: 'visitCard', cardNo: '0012' }, hospital);
  assert.deepEqual(bound.kind === 'bound' && bound.values.map(({ name, text }) => [name, text]), [['CardType', '2'], ['CardNo', '0012'], ['User', '999999']]);
  const refusalOf = (request: Record<string, string>) => {
    const outcome = bindMessage(operation, request, hospital);
    return outcome.kind === 'refused' ? outcome.code : 'bound';
  };
  assert.equal(refusalOf({ cardType: 'visitCard', cardNo: '䶮' }), 'HIS_VALUE_NOT_REPRESENTABLE');
  assert.equal(refusalOf({ cardType: 'visitCard', cardNo: '12345678901' }), 'HIS_VALUE_TOO_LONG');
  assert.equal(refusalOf({ cardType: 'healthCode', cardNo: '1' }), 'HIS_VALUE_UNMAPPED');
  assert.equal(refusalOf({ cardType: 'visitCard' }), 'HIS_VALUE_MISSING');
});

test('an element that was left out is an empty value, and makes a row garbage only where the platform needs it', () => {
  const { operation } = prepared(FIND);
  const rows = (row: Record<string, string>) => readRows(operation, messageAnswer(operation, { rows: [new Map(Object.entries(row))], out: new Map() }), context);
  assert.deepEqual(rows({ patientid: 'P1', name: '张三', sex: '1' }), [{ patientId: 'P1', name: '张三', sex: 'male' }]);
  assert.throws(() => rows({ name: '张三', sex: '1' }), /patientId is empty/);
});

test('a query without rows is a single row, and absent by the HIS\'s own state', () => {
  const complaints: string[] = [];
  const query = prepareMessage('queryConfirmation', 'operations.queryConfirmation', {
    call: '3004', parameters: [{ name: 'OrderNo', from: 'tradeNo' }],
    fields: { bookedTradeNo: { column: 'OrderNo' }, settlementNo: { column: 'SerialNo' }, amountFen: { column: 'Fee', money: 'fen' } },
    codes: { from: { out: 'ResultCode' }, ok: ['0'] }, state: { column: 'Paid', booked: ['1'], absent: ['0'] },
  }, complaints);
  assert.deepEqual(complaints, []);
  const found = (row: Record<string, string>) => readFound(query, messageAnswer(query, { rows: [new Map(Object.entries(row))], out: new Map() }), context);
  assert.equal(found({ orderno: 'T1', paid: '0' }), undefined);
  assert.deepEqual(found({ orderno: 'T1', paid: '1', serialno: 'S1', fee: '100' })?.['amountFen'], 100);
  assert.throws(() => found({ orderno: 'T1', serialno: 'S1', fee: '100' }), /state/);
});

test('mistakes in a message mapping are told by path', () => {
  const { codes: _codes, rows: _rows, ...bare } = FIND;
  assert.deepEqual(prepared(bare).complaints, [
    'operations.findPatient.codes: missing: without a return code an empty answer cannot be told from no answer',
    'operations.findPatient.rows: missing: a list needs the place of its rows',
  ]);
  assert.match(prepared({ ...FIND, parameters: [{ name: 'CardNo', from: 'cardNumber' }] }).complaints[0] ?? '', /^operations\.findPatient\.parameters\[0\]\.from: expected one of cardType, cardNo/);
});
