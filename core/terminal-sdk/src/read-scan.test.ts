import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isIdNumber, readScan } from './read-scan.js';

const ID = idNumber('44010119900307123');
function idNumber(first: string): string {
  const sum = [...first].reduce((total, digit, index) => total + Number(digit) * (2 ** (17 - index) % 11), 0);
  return `${first}${'10X98765432'[sum % 11] ?? ''}`;
}

test('a payment code says whose it is by its first digits and its length', () => {
  for (const first of ['10', '11', '12', '13', '14', '15']) assert.deepEqual(readScan(`${first}4567890123456789`.slice(0, 18)), { kind: 'paymentCode', wallet: 'wechat', text: `${first}4567890123456789` });
  for (const first of ['25', '26', '27', '28', '29', '30']) for (const length of [16, 24]) assert.equal(kindOf(`${first}${'7'.repeat(length - 2)}`), 'paymentCode/alipay');
  assert.equal(kindOf(`62${'4'.repeat(17)}`), 'paymentCode/unionpay');
});

test('what is too long, too short or begins otherwise is no payment code', () => {
  assert.equal(kindOf('164567890123456789'), 'visitCard');
  assert.equal(kindOf('1345678901234567'), 'visitCard');
  assert.equal(kindOf(`62${'4'.repeat(16)}`), 'visitCard');
  assert.equal(kindOf('24'.padEnd(18, '1')), 'visitCard');
});

test('an ID number has a right check character; a wrong one is a card of the hospital', () => {
  assert.equal(kindOf(ID), 'idCard');
  assert.ok(isIdNumber(ID.toLowerCase()));
  const wrong = `${ID.slice(0, 17)}${ID.endsWith('1') ? '2' : '1'}`;
  assert.ok(!isIdNumber(wrong));
  assert.equal(kindOf(wrong), 'visitCard');
});

test('eighteen digits that are a WeChat code and an ID number of Beijing are asked about, never guessed', () => {
  const both = Array.from({ length: 999 }, (_, index) => idNumber(`11010119900307${String(index + 1).padStart(3, '0')}`)).find((id) => /^\d{18}$/.test(id)) ?? assert.fail('none');
  const scan = readScan(both);
  assert.ok(scan.kind === 'ambiguous');
  assert.deepEqual(scan.candidates.map(({ kind }) => kind), ['paymentCode', 'idCard']);
});

test('our own codes are ours by their address; another address is unreadable', () => {
  const url = 'http://pay.example.test:8080/c/AbCdEfGhIjKlMnOp';
  assert.deepEqual(readScan(` ${url}\n`), { kind: 'checkout', url });
  assert.equal(kindOf(url, 'http://pay.example.test:8080'), 'checkout');
  assert.equal(kindOf(url, 'http://other.example.test'), 'unreadable');
  assert.equal(kindOf('https://example.test/x'), 'unreadable');
});

test('vouchers of the insurance, cards and order numbers are told apart', () => {
  assert.equal(kindOf('4'.repeat(28)), 'insuranceVoucher');
  assert.equal(kindOf('C0000001'), 'visitCard');
  assert.equal(kindOf('H20261127093000ABCDEFGH1'), 'tradeNo');
  assert.equal(kindOf('?'), 'unreadable');
});

function kindOf(text: string, checkoutOrigin?: string): string {
  const scan = readScan(text, checkoutOrigin === undefined ? {} : { checkoutOrigin });
  return scan.kind === 'paymentCode' ? `${scan.kind}/${scan.wallet}` : scan.kind;
}
