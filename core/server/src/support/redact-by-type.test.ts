import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SensitiveType } from './ports.js';
import { createTypeRedactor } from './redact-by-type.js';

const SALT = Buffer.alloc(32, 7);
/** Synthetic: Luhn and the check characters are right, nobody has them. */
const [CARD, ID, PHONE] = ['6222021234567890128', '110101199003070038', '13800138000'];
const BODY = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\nMzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu';
const PEM = `-----BEGIN PRIVATE KEY-----\n${BODY}\n-----END PRIVATE KEY-----`;
const redact = (text: string, before: readonly string[] = []) => {
  const redactor = createTypeRedactor(SALT);
  for (const one of [...before, text]) redactor.learn(one);
  return redactor.redact(text);
};

const CANARIES: readonly (readonly [what: string, type: SensitiveType, text: string, canary: string])[] = [
  ['a card number', 'card', `paid with ${CARD} at the window`, CARD], ['a card number with spaces', 'card', 'paid with 6222 0212 3456 7890 128.', '3456 7890'], ['a card number in a number of JSON', 'card', '{"level":"info","value":4111111111111111}', '4111111111111111'],
  ['an identity number', 'idNumber', `the HIS said ${ID} is unknown`, ID], ['an identity number ending in x', 'idNumber', '证件11010119900307004x不存在', '11010119900307004x'],
  ['a mobile number', 'phone', `called ${PHONE}`, PHONE], ['a mobile number with country code and gaps', 'phone', 'called +86 138-0013-8000', '0013'],
  ['a name beside its key in JSON', 'name', '{"level":"error","patientName":"欧阳娜娜"}', '欧阳娜娜'], ['a name beside its key in text', 'name', 'refused: patientName=欧阳娜娜, code 3', '欧阳娜娜'], ['a name after a Chinese key', 'name', '已退款，患者姓名：欧阳娜娜', '欧阳娜娜'], ['a name in a sentence', 'name', '患者张小三的账单已支付', '张小三'],
  ['a name in JSON inside a text', 'name', 'body {\\"name\\":\\"欧阳娜娜\\"}', '欧阳娜娜'], ['a name in XML', 'name', '<ns:patientName type="x">欧阳娜娜</ns:patientName>', '欧阳娜娜'], ['a Latin name of several words', 'name', 'payerName: Anna Maria Li, ok', 'Maria'],
  ["a hospital's number of a patient", 'patientNumber', '{"patientId":"P0012345"}', 'P0012345'], ['an address', 'personal', '{"address":"幸福路一号"}', '幸福路'],
  ['a private key', 'key', `before\n${PEM}\nafter`, 'MzEfYyjiWA4R4'], ['a private key without its end', 'key', `-----BEGIN RSA PRIVATE KEY-----\n${BODY}`, 'MzEfYyjiWA4R4'], ['a private key in JSON', 'key', JSON.stringify({ level: 'error', message: PEM }), 'MzEfYyjiWA4R4'], ['the rest of a key whose head was cut off', 'key', BODY, 'MzEfYyjiWA4R4'],
  ['an age identity', 'key', 'AGE-SECRET-KEY-1QQPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGP', 'QGPQYQ'],
  ['a password in JSON', 'secret', '{"password":"correct-horse"}', 'correct-horse'], ['a password of several words', 'secret', 'password: correct horse battery', 'battery'], ['a token in a URL', 'secret', 'GET /x?token=abc123def456&y=1', 'abc123def456'], ['a bearer', 'secret', 'authorization: Bearer abcdef123456', 'abcdef123456'], ['a cookie', 'secret', '"cookie":"hospay_session=abcdefabcdef; a=b"', 'abcdefabcdef'],
  ['the user of a URL', 'secret', 'Server=tcp://his:pw123@10.0.0.5:1433', 'pw123'], ['a JWT', 'secret', 'got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'eyJzdWIiOiIxIn0'], ['a secret of the configuration', 'secret', 'channels.0.settings.apiV3Key  0123456789abcdef  ← house.yaml', '0123456789abcdef'],
];
for (const [what, type, text, canary] of CANARIES) {
  test(`${what} does not leave, and is counted by its type`, () => {
    const { text: left, redactions } = redact(text);
    assert.ok(!left.includes(canary), left);
    assert.ok((redactions[type] ?? 0) > 0, JSON.stringify(redactions));
    assert.match(left, new RegExp(`\\[${type}#[0-9a-f]{6}\\]`));
  });
}

test('a name that stands beside its key in one file is found without it in another', () => {
  const { text } = redact('欧阳娜娜 came back', ['{"patientName":"欧阳娜娜"}']);
  assert.ok(!text.includes('欧阳娜娜'), text);
});

test('the same value has the same pseudonym in one bundle, however it is written, and another one in the next', () => {
  const pseudonymOf = (text: string, salt = SALT): string => /\[card#[0-9a-f]+\]/.exec(createTypeRedactor(salt).redact(text).text)?.[0] ?? '';
  assert.equal(pseudonymOf(`a ${CARD}`), pseudonymOf('{"x":"b 6222 0212 3456 7890 128"}'));
  assert.notEqual(pseudonymOf(`a ${CARD}`), pseudonymOf('a 4111111111111111'));
  assert.notEqual(pseudonymOf(`a ${CARD}`), pseudonymOf(`a ${CARD}`, Buffer.alloc(32, 8)));
});

test('what support works with stays: order and terminal numbers, states, hashes, paths, times, amounts', () => {
  for (const text of [
    '{"level":"info","at":"2026-11-28T20:23:40.000Z","message":"payment changed","tradeNo":"H2026112812345678","terminal":"kiosk-1","amountFen":12345,"state":"unknown"}',
    'head 5 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'at Object.run (/opt/hospay/core/server/dist/edges/http/console-api/System1Routes.js:12:3)', 'hospital.name  示范医院  ← house.yaml', 'channels.0.settings.apiV3Key  ••••••  ← house.yaml',
    'idempotencyKey: K-1', 'NTPSynchronized=yes',
  ]) assert.equal(redact(text).text, text);
});

test('an address that lets in whoever knows it is told without what lets in', () => {
  for (const [text, secret] of [['monitoring.delivery.webhooks.0.url  https://chat.example/send?key=robot-5  ← house.yaml', 'robot-5'], ['"https://chat.example/send?v=1&access_token=f00-ba4&to=duty"', 'f00-ba4']] as const) {
    const { text: left, redactions } = redact(text);
    assert.ok(!left.includes(secret) && left.includes('https://chat.example/send?'), left);
    assert.deepEqual(redactions, { secret: 1 });
  }
});
