import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { plainValue, readAnswer, readForm, textToSign } from './fields.js';

describe('unionpay: fields of a message', () => {
  test('a value may hold "=", and "&" within the braces it consists of', () => {
    assert.deepEqual(readAnswer('a=1&signature=ab+/==&riskRateInfo={commodityName=a&b={c&d}}&b='), { a: '1', signature: 'ab+/==', riskRateInfo: '{commodityName=a&b={c&d}}', b: '' });
    assert.deepEqual(readAnswer('signPubKeyCert=-----BEGIN\r\nMII=\r\n-----END&a=1'), { signPubKeyCert: '-----BEGIN\r\nMII=\r\n-----END', a: '1' });
  });

  test('a brace that is never closed, or closed before the value ends, is a letter like any other', () => {
    assert.deepEqual(readAnswer('respMsg={open&respCode=00'), { respMsg: '{open', respCode: '00' });
    assert.deepEqual(readAnswer('respMsg={a}b&respCode=00'), { respMsg: '{a}b', respCode: '00' });
    assert.deepEqual(readAnswer('respMsg=a{b&respCode=00}'), { respMsg: 'a{b', respCode: '00}' });
  });

  test('what is no list of fields, or names one twice, is nothing', () => {
    for (const text of ['', 'nothing', 'a=1&', 'a=1&b', '=1', 'a=1&a=1', '<html>a=1</html>', 'a=1&__proto__%=2']) assert.equal(readAnswer(text), undefined, text);
    assert.equal(readForm(Buffer.from('a=1&a=2')), undefined);
    assert.equal(readForm(new Uint8Array([0xff, 0xfe, 0x3d, 0x31])), undefined, 'bytes that are no UTF-8');
  });

  test('a form is decoded once', () => {
    assert.deepEqual(readForm(Buffer.from('a=%2B+%25&b=%E9%97%A8')), { a: '+ %', b: '门' });
  });

  test('signed is everything but the signature and what is empty, sorted by name', () => {
    assert.equal(textToSign({ txnAmt: '1', signature: 'x', accessType: '0', empty: '', Z: '2' }), 'Z=2&accessType=0&txnAmt=1');
  });

  test('a description loses what would break the list', () => {
    assert.equal(plainValue('CT & "A=B" {x}+\n1'), 'CT   "A B"  x   1');
  });
});
