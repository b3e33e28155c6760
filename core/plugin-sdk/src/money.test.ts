import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fen, fenFromYuan, splitFen, yuanFromFen } from './money.js';

test('yuan text and fen convert exactly in both directions for every cent up to ¥100 and around large amounts', () => {
  for (let value = -10_000; value <= 10_000; value += 1) assert.equal(fenFromYuan(yuanFromFen(fen(value))), value);
  for (const value of [999_999_999_999, 123_456_789_012_345, -99_999_999_999]) assert.equal(fenFromYuan(yuanFromFen(fen(value))), value);
  assert.equal(fenFromYuan('0.1'), 10);
  assert.equal(fenFromYuan('12'), 1200);
});

test('anything that is not plain yuan text is refused by name', () => {
  for (const text of ['', ' 1', '1.234', '1e3', '1,000.00', 'abc', '--1', '.5', '1.', '１.00', 'NaN']) {
    assert.throws(() => fenFromYuan(text), RangeError, text);
  }
  assert.throws(() => fen(0.5), RangeError);
  assert.throws(() => fen(2 ** 53), RangeError);
});

test('a split always sums to the whole and gives the odd fen to the largest remainders', () => {
  assert.deepEqual(splitFen(fen(100), [1, 1, 1]), [34, 33, 33]);
  assert.deepEqual(splitFen(fen(5), [2, 3, 0]), [2, 3, 0]);
  for (let amount = 0; amount < 500; amount += 7) {
    const parts = splitFen(fen(amount), [3, 7, 11, 13]);
    assert.equal(parts.reduce((sum, part) => sum + part, 0), amount);
  }
  assert.throws(() => splitFen(fen(-1), [1]), RangeError);
  assert.throws(() => splitFen(fen(1), [0]), RangeError);
});
