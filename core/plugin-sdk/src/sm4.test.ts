import assert from 'node:assert/strict';
import test from 'node:test';

import { openSm4, sealSm4 } from './sm4.js';

const KEY = Buffer.from('0123456789abcdeffedcba9876543210', 'hex');
/** As China Merchants Bank wants it: the user number, filled up with zeros, is the initial value. */
const BANK = { key: Buffer.from('0123456789abcdef'), iv: Buffer.from('U123456789'.padEnd(16, '0')) };

test('one block under itself is the example of GB/T 32907', () => {
  assert.equal(sealSm4({ key: KEY }, KEY).subarray(0, 16).toString('hex'), '681edf34d206965e86b3e94f536e4246');
});

test('with an initial value the blocks are chained, as a bank link wants it', () => {
  assert.equal(BANK.iv.toString(), 'U123456789000000');
  assert.equal(sealSm4(BANK, '{"a":1}').toString('base64'), '8D1WKPwktG1+d34eaTN3jg==');
  assert.equal(openSm4(BANK, Buffer.from('8D1WKPwktG1+d34eaTN3jg==', 'base64'))?.toString(), '{"a":1}');
  const sealed = sealSm4(BANK, 'same block here.same block here.');
  assert.notDeepEqual(sealed.subarray(0, 16), sealed.subarray(16, 32));
});

test('another key, a cut or a changed text opens nothing', () => {
  const sealed = sealSm4({ key: KEY }, '缴费成功');
  assert.equal(openSm4({ key: KEY }, sealed)?.toString(), '缴费成功');
  assert.equal(openSm4({ key: BANK.key }, sealed), undefined);
  assert.equal(openSm4({ key: KEY }, sealed.subarray(0, 15)), undefined);
  assert.equal(openSm4({ key: KEY }, Buffer.concat([sealed.subarray(0, -1), Buffer.of((sealed.at(-1) ?? 0) ^ 1)])), undefined);
});

test('a key or initial value of another length is said, not taken for a changed text', () => {
  assert.throws(() => sealSm4({ key: KEY.subarray(1) }, ''), RangeError);
  assert.throws(() => openSm4({ key: KEY.subarray(1) }, Buffer.alloc(16)), RangeError);
  assert.throws(() => openSm4({ key: KEY, iv: KEY.subarray(1) }, Buffer.alloc(16)), { name: 'TypeError' });
});
