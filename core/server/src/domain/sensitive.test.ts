import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import test from 'node:test';
import { REDACTED, Sensitive, isSecretKey, isSensitiveKey, redact, redactText } from './sensitive.js';

test('a wrapped value prints as redacted however it is printed, and is given out only by reveal', () => {
  const wrapped = new Sensitive('canary-7f3a');
  for (const printed of [String(wrapped), ['', wrapped].join(''), JSON.stringify({ wrapped }), inspect(wrapped), inspect({ deep: [wrapped] })]) {
    assert.doesNotMatch(printed, /canary/);
  }
  assert.equal(wrapped.reveal(), 'canary-7f3a');
});

test('identity, bank card and phone numbers and keys are found inside sentences', () => {
  for (const canary of ['110101199003070718', '13812345678', '+86 13812345678', '6222021234567890128', '6222 0212 3456 7890 128', '-----BEGIN PRIVATE KEY-----\nMIIcanary\n-----END PRIVATE KEY-----']) {
    assert.equal(redactText(`patient ${canary} said`), `patient ${REDACTED} said`, canary);
  }
});

test('the numbers people need to find a payment stay readable', () => {
  for (const text of ['H202611222310159Q7XK2M4B', 'H202611222310159Q7XK2M4BP01', '4200001234202611221234567890', '2026-11-22T23:10:15.000Z', 'amountFen 12345678', 'settled in 1790000000000 ms']) {
    assert.equal(redactText(text), text);
  }
});

test('a moment in the name of a set or a bundle stays, whatever its last digit; a card of as many digits does not', () => {
  // Both moments have the check digit of a card.
  for (const text of ['backup hospay-demo-20261129072819.8gfn9wpu.tar.zst.age', 'hospay-support-20261129-072819']) assert.equal(redactText(text), text);
  for (const card of ['30569309025904', '38520000023237']) assert.equal(redactText(`card ${card}`), `card ${REDACTED}`);
});

test('a number of bank card length without a valid check digit is an order number and stays', () => {
  assert.equal(redactText('6222021234567890123'), '6222021234567890123');
});

test('whatever stands under a personal or secret key is redacted, at any depth', () => {
  const redacted = JSON.stringify(
    redact({ patient: { name: 'Canary Zhang', idNo: 'c1', items: [{ phone: 'c2', cardNo: 'c3' }] }, settings: { apiV3Key: 'c4', merchantPrivateKeyPem: 'c5', merchantSecret: 'c6', password: 'c7' }, 姓名: 'c8' }),
  );
  assert.doesNotMatch(redacted, /Canary|"c\d"/);
});

test('keys that merely resemble personal ones are kept', () => {
  for (const key of ['taskName', 'tradeNo', 'merchantNo', 'publicKeyId', 'publicKeyPem', 'terminalId', 'keyId', 'tokens_left_count', 'publicKey', 'idempotencyKey', 'clearKey', 'key', 'monkey_business']) assert.equal(isSensitiveKey(key), false, key);
  for (const key of ['corePassword', 'apiV3Key', 'notificationKey', 'api_key', 'privateKeyPem', 'accessToken', 'clientSecret']) assert.equal(isSecretKey(key), true, key);
});

test('an error is unfolded with its cause, and neither message nor stack nor cause leaks', () => {
  const redacted = JSON.stringify(redact({ error: new Error('lookup of 110101199003070718 failed', { cause: new Error('phone 13812345678') }) }));
  assert.doesNotMatch(redacted, /110101199003070718|13812345678/);
  assert.match(redacted, /lookup of/);
});

test('a value that contains itself ends instead of running for ever', () => {
  const loop: Record<string, unknown> = {};
  loop['again'] = loop;
  assert.match(JSON.stringify(redact(loop)), /\[deeper\]/);
});
