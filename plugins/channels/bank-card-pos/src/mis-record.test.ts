import assert from 'node:assert/strict';
import { test } from 'node:test';

import iconv from 'iconv-lite';

import { ANSWER_BYTES, decodeAnswer, encodeRequest } from './mis-record.js';

const REFUND = { posId: 'POS01', operatorNo: '0101', type: '02', amountFen: 1_234, originalDate: '20260302', originalReferenceNo: '000100000001', echo: '042' } as const;

test('a request is sixty bytes, each field in its place', () => {
  const record = encodeRequest(REFUND, 60);
  assert.equal(record.length, 60);
  assert.equal(record.toString('latin1'), `POS01   0101    0200000000123420260302000100000001${' '.repeat(6)}042 `);
});

test('a value that does not fit its field is refused, never cut off', () => {
  for (const wrong of [{ posId: 'POS000001' }, { operatorNo: '收银员' }, { originalReferenceNo: '0001000000012' }, { amountFen: 1_000_000_000_000 }]) assert.throws(() => encodeRequest({ ...REFUND, ...wrong }, 60), RangeError);
});

test('an answer is cut by bytes: two for each Chinese character, the check digits at the end', () => {
  const text = `000308621483******9012    000003000000000001交易成功${' '.repeat(32)}8983101481600011000000100000103021000000001000000031234560302042`;
  const bytes = iconv.encode(text, 'gbk');
  assert.equal(bytes.length, ANSWER_BYTES);
  const answer = decodeAnswer(bytes);
  assert.deepEqual(
    [answer?.code, answer?.bankId, answer?.voucherNo, answer?.amount, answer?.message, answer?.merchantNo, answer?.terminalNo, answer?.batchNo, answer?.date, answer?.time, answer?.referenceNo, answer?.settlementDate, answer?.echo],
    ['00', '0308', '000003', '000000000001', '交易成功', '898310148160001', '10000001', '000001', '0302', '100000', '000100000003', '0302', '042'],
  );
});

test('an answer that is too short is no answer', () => {
  assert.equal(decodeAnswer(Buffer.alloc(ANSWER_BYTES - 1, ' ')), undefined);
});
