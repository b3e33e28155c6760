import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openSm4, sealSm4 } from '@hospay/plugin-sdk';

import { mobileKey, signedText } from './mobile-envelope.js';

// Invented; the results are those of openssl sm4-ecb and of two independent clients.
const APP_ID = 'SIMAPPID0123456789ABCDEF01234567';
const APP_SECRET = 'SIMSECRET0123456789ABCDEF0123456';

test('the key is the first sixteen characters of the secret sealed under the app id', () => {
  const key = mobileKey(APP_ID, APP_SECRET);
  assert.equal(key.toString('ascii'), 'B417F46079E32CA8');
  assert.equal(sealSm4({ key }, '{"a":"1"}').toString('hex').toUpperCase(), '4FD01C177BFEC9A8ACA2FE3014A59100');
  assert.equal(openSm4({ key }, Buffer.from('4FD01C177BFEC9A8ACA2FE3014A59100', 'hex'))?.toString('utf8'), '{"a":"1"}');
});

test('what is signed is in the order of names, at every depth, without what is empty and without the signature', () => {
  const text = signedText(
    JSON.stringify({ version: '2.0.1', appId: 'A', signData: 'x', encData: 'y', extra: { z: 1 }, message: '', success: true, data: { b: { d: '四', c: '' }, a: [{ z: 1, y: null }, 'x'], n: null } }),
    'SECRET',
  );
  assert.equal(text, 'appId=A&data={"a":[{"z":1},"x"],"b":{"d":"四"}}&success=true&version=2.0.1&key=SECRET');
});

test('a number is signed as it was written', () => {
  assert.equal(signedText('{"data":{"fundPay":70.00,"n":1e2,"big":12345678901234567890}}', 'S'), 'data={"big":12345678901234567890,"fundPay":70.00,"n":1e2}&key=S');
});
