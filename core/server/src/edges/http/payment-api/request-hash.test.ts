import assert from 'node:assert/strict';
import test from 'node:test';
import { requestHash } from './request-hash.js';

test('a key stands for method, path and content, whatever the order of JSON keys', () => {
  const hash = requestHash('POST', '/payments', { a: 1, b: { c: [1, 2], d: 'x' } });
  assert.equal(requestHash('POST', '/payments', { b: { d: 'x', c: [1, 2] }, a: 1 }), hash);
  for (const other of [
    requestHash('PUT', '/payments', { a: 1, b: { c: [1, 2], d: 'x' } }),
    requestHash('POST', '/payment', { a: 1, b: { c: [1, 2], d: 'x' } }),
    requestHash('POST', '/payments', { a: 1, b: { c: [2, 1], d: 'x' } }),
    requestHash('POST', '/payments', { a: '1', b: { c: [1, 2], d: 'x' } }),
    requestHash('POST', '/payments', { a: 1, b: { c: [1, 2], d: 'x' }, e: null }),
  ]) {
    assert.notEqual(other, hash);
  }
});
