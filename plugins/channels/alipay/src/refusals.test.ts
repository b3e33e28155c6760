import assert from 'node:assert/strict';
import { test } from 'node:test';

import { refusalMeaning } from './refusals.js';

test('what Alipay documents as unknown is unknown for every operation', () => {
  for (const operation of ['charge', 'query', 'close', 'cancel', 'refund', 'queryRefund', 'bill'] as const) {
    for (const refusal of [
      { code: '20000', subCode: undefined }, { code: '20000', subCode: 'ACQ.TRADE_NOT_EXIST' }, { code: '40004', subCode: 'ACQ.SYSTEM_ERROR' }, { code: '40004', subCode: 'aop.unknow-error' },
      { code: '40004', subCode: 'isp.unknow-error' }, { code: '40004', subCode: undefined }, { code: '40004', subCode: 'constructor' }, { code: '10003', subCode: undefined }, { code: '40005', subCode: 'ACQ.INVALID_PARAMETER' },
    ]) assert.equal(refusalMeaning(operation, refusal), 'unknown', `${operation} ${JSON.stringify(refusal)}`);
  }
});

test('a sub code counts only for a business failure, and only under its operation', () => {
  assert.equal(refusalMeaning('query', { code: '40004', subCode: 'ACQ.TRADE_NOT_EXIST' }), 'notFound');
  assert.equal(refusalMeaning('query', { code: '40002', subCode: 'ACQ.TRADE_NOT_EXIST' }), 'unknown');
  assert.equal(refusalMeaning('charge', { code: '40004', subCode: 'ACQ.TRADE_NOT_EXIST' }), 'unknown');
});
