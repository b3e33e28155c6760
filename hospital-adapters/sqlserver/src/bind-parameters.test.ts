import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRepresentable, type RequestValue } from '@hospay/plugin-sdk/his-mapping';
import { bindParameters } from './bind-parameters.js';
import { preparedExample } from './example-mapping.js';

const hospital = { codePage: 'cp936', offset: '+08:00' };
const { findPatient, presettle, confirm } = preparedExample.operations;

const payment: Record<string, RequestValue> = {
  tradeNo: 'HP20260105000001', patientId: 'P1', quoteNo: 'Q1', billNos: ['B1'], amountFen: 12_345, paidAt: '2026-01-04T23:40:00Z', channel: 'WX',
  channelTradeNo: '4200001', terminalId: 'K-01',
};

function valuesOf(result: ReturnType<typeof bindParameters>) {
  assert.equal(result.kind, 'bound');
  return result.kind === 'bound' ? Object.fromEntries(result.parameters.filter(({ direction }) => direction === 'in').map(({ name, value }) => [name, value])) : {};
}

test('amounts go out in the declared unit, times on the hospital\'s wall clock, constants as they are', () => {
  assert.deepEqual(valuesOf(bindParameters(confirm, payment, hospital)), {
    trade_no: 'HP20260105000001', amount: 123.45, paid: '2026010507:40:00', terminal: 'K-01', operator: '999999',
  });
});

test('words are translated, and one the mapping does not know is refused unsent', () => {
  assert.deepEqual(valuesOf(bindParameters(findPatient, { cardType: 'visitCard', cardNo: 'A1' }, hospital)), { card_type: '2', card_no: 'A1' });
  const refused = bindParameters(findPatient, { cardType: 'healthCode', cardNo: 'A1' }, hospital);
  assert.equal(refused.kind === 'refused' && refused.code, 'HIS_VALUE_UNMAPPED');
});

test('a character the code page cannot hold is refused, never sent as a question mark', () => {
  for (const rare of ['䶮', '㛃', '𠮷', '😀']) {
    const refused = bindParameters(findPatient, { cardType: 'idCard', cardNo: `A${rare}` }, hospital);
    assert.equal(refused.kind === 'refused' && refused.code, 'HIS_VALUE_NOT_REPRESENTABLE', rare);
  }
  assert.equal(isRepresentable('张三丰（门诊）', 'cp936'), true);
  assert.deepEqual(valuesOf(bindParameters(confirm, { ...payment, terminalId: '䶮' }, hospital))['terminal'], '䶮', 'nvarchar holds every character');
});

test('text with a NUL or half a character is refused', () => {
  for (const cardNo of ['12\u00003', '12\ud83d']) {
    const refused = bindParameters(findPatient, { cardType: 'idCard', cardNo }, hospital);
    assert.equal(refused.kind === 'refused' && refused.code, 'HIS_VALUE_NOT_REPRESENTABLE');
  }
});

test('varchar lengths count bytes of the code page, and a longer value is refused, not cut', () => {
  assert.equal(bindParameters(findPatient, { cardType: 'idCard', cardNo: '一二三四五六七八九' }, hospital).kind, 'bound');
  const refused = bindParameters(findPatient, { cardType: 'idCard', cardNo: '一二三四五六七八九十' }, hospital);
  assert.equal(refused.kind === 'refused' && refused.code, 'HIS_VALUE_TOO_LONG');
  assert.ok(refused.kind === 'refused' && !refused.message.includes('一'), 'the value itself stays out of the message');
});

test('text declared as cut is cut at whole characters', () => {
  assert.equal(valuesOf(bindParameters(confirm, { ...payment, terminalId: '门诊大厅一号机' }, hospital))['terminal'], '门诊大厅');
  assert.equal(valuesOf(bindParameters(confirm, { ...payment, terminalId: 'abc😀' }, hospital))['terminal'], 'abc');
});

test('a list is joined only when no value contains the separator', () => {
  assert.deepEqual(valuesOf(bindParameters(presettle, { patientId: 'P', billNos: ['B1', 'B2'] }, hospital)), { bills: 'B1,B2' });
  assert.equal(bindParameters(presettle, { patientId: 'P', billNos: ['B1,B9', 'B2'] }, hospital).kind, 'refused');
});

test('an amount the HIS\'s column cannot hold is refused', () => {
  const refused = bindParameters(confirm, { ...payment, amountFen: 1_234_567_890_123 }, hospital);
  assert.equal(refused.kind === 'refused' && refused.code, 'HIS_VALUE_OUT_OF_RANGE');
});

test('quotes and SQL in a card number are plain characters of a typed value', () => {
  assert.equal(valuesOf(bindParameters(findPatient, { cardType: 'idCard', cardNo: "' OR 1=1 --" }, hospital))['card_no'], "' OR 1=1 --");
});
