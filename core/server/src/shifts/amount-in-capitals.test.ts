import assert from 'node:assert/strict';
import { test } from 'node:test';
import { amountInCapitals } from './amount-in-capitals.js';

const EXAMPLES: readonly (readonly [number, string])[] = [
  [0, '零元整'],
  [1, '壹分'],
  [10, '壹角整'],
  [12, '壹角贰分'],
  [100, '壹元整'],
  [101, '壹元零壹分'],
  [140_950, '壹仟肆佰零玖元伍角整'],
  [600_714, '陆仟零柒元壹角肆分'],
  [168_032, '壹仟陆佰捌拾元零叁角贰分'],
  [10_700_053, '壹拾万柒仟元零伍角叁分'],
  [1_640_902, '壹万陆仟肆佰零玖元零贰分'],
  [32_504, '叁佰贰拾伍元零肆分'],
  [1_000_000, '壹万元整'],
  [1_000_100, '壹万零壹元整'],
  [10_000_000_000, '壹亿元整'],
  [10_000_000_100, '壹亿零壹元整'],
  [10_001_000_000, '壹亿零壹万元整'],
  [12_345_678_901, '壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元零壹分'],
  [100_000, '壹仟元整'],
  [100_500, '壹仟零伍元整'],
  [101_000, '壹仟零壹拾元整'],
  [20_000_000, '贰拾万元整'],
  [1_000_000_000_000, '壹佰亿元整'],
  [-32_504, '负叁佰贰拾伍元零肆分'],
];

test('amounts are written as the rules for payment documents want them', () => {
  for (const [amountFen, text] of EXAMPLES) assert.equal(amountInCapitals(amountFen), text, String(amountFen));
});

test('every amount up to a million yuan reads back as itself', () => {
  for (let amountFen = 0; amountFen < 100_000_000; amountFen += 9_973) assert.equal(readBack(amountInCapitals(amountFen)), amountFen, amountInCapitals(amountFen));
});

test('what is no whole number of fen has no capitals', () => {
  assert.throws(() => amountInCapitals(0.5), RangeError);
});

/** Reads capitals by place values alone: 零 and 整 carry none. */
function readBack(text: string): number {
  const digit = (character: string): number => '零壹贰叁肆伍陆柒捌玖'.indexOf(character);
  const [yuan = '', small = ''] = text.includes('元') ? text.split('元') : ['', text];
  let [total, group, last] = [0, 0, 0];
  for (const character of yuan) {
    const place = '拾佰仟'.indexOf(character);
    if (place >= 0) group += last * 10 ** (place + 1);
    else if (character === '万') total += (group + last) * 10_000;
    else if (digit(character) > 0) { last = digit(character); continue; }
    if (character === '万') group = 0;
    last = 0;
  }
  const jiao = /(.)角/.exec(small)?.[1];
  const fen = /(.)分/.exec(small)?.[1];
  return (total + group + last) * 100 + (jiao === undefined ? 0 : digit(jiao) * 10) + (fen === undefined ? 0 : digit(fen));
}
