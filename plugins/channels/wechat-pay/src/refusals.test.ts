import assert from 'node:assert/strict';
import { test } from 'node:test';

import { refusalMeaning, type RefusableOperation } from './refusals.js';

const OPERATIONS: readonly RefusableOperation[] = ['charge', 'query', 'close', 'refund', 'queryRefund', 'bill'];

test('a code that is not listed is unknown for every operation', () => {
  for (const operation of OPERATIONS) {
    for (const code of ['NEVER_HEARD_OF', 'toString', '__proto__', 'constructor']) {
      assert.equal(refusalMeaning({ operation, status: 400, code, requestId: undefined }), 'unknown');
    }
  }
});

test('429, 5xx and redirects are unknown whatever code they carry', () => {
  for (const status of [302, 429, 500, 502, 503]) {
    assert.equal(refusalMeaning({ operation: 'refund', status, code: 'NOT_ENOUGH', requestId: undefined }), 'unknown');
    assert.equal(refusalMeaning({ operation: 'query', status, code: 'ORDER_NOT_EXIST', requestId: undefined }), 'unknown');
  }
});

test('a code means something only under the operation that documents it', () => {
  assert.equal(refusalMeaning({ operation: 'query', status: 404, code: 'ORDER_NOT_EXIST', requestId: undefined }), 'notFound');
  assert.equal(refusalMeaning({ operation: 'charge', status: 404, code: 'ORDER_NOT_EXIST', requestId: undefined }), 'unknown');
  assert.equal(refusalMeaning({ operation: 'refund', status: 403, code: 'NOT_ENOUGH', requestId: undefined }), 'declined');
  assert.equal(refusalMeaning({ operation: 'close', status: 400, code: 'ORDERPAID', requestId: undefined }), 'alreadyPaid');
});

test('the unsigned Request-ID can make a refusal less certain, never more', () => {
  const about = { operation: 'charge', status: 403, code: 'NO_AUTH' } as const;
  assert.equal(refusalMeaning({ ...about, requestId: '08ABC-268435456' }), 'declined');
  assert.equal(refusalMeaning({ ...about, requestId: '08ABC-268498689' }), 'contested');
  assert.equal(refusalMeaning({ operation: 'charge', status: 400, code: 'NEVER_HEARD_OF', requestId: '08ABC-268498689' }), 'unknown');
});
