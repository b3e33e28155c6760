import assert from 'node:assert/strict';
import test from 'node:test';
import { encodeText } from '@hospay/plugin-sdk/his-mapping';
import { frameRequest, readFrame, type Frame } from './framing.js';
import type { Framing } from './mapping-schema.js';

const TEXT = encodeText('GC0101|0|成功|李清照|12.34|车弢|END', 'gbk');
const FRAMINGS: readonly Framing[] = [
  { kind: 'terminator', text: '\r\n' }, { kind: 'terminator', text: '#' }, { kind: 'length', digits: 8 }, { kind: 'length', digits: 4, counts: 'whole' }, { kind: 'length', bytes: 4 }, { kind: 'length', bytes: 2, counts: 'whole' },
];
const read = (bytes: Buffer, framing: Framing, ended = false): Frame => readFrame(bytes, framing, { charset: 'gbk', ended });

test('wherever an answer is cut into reads, it is whole with its last byte and not before', () => {
  for (const framing of FRAMINGS) {
    const framed = frameRequest(TEXT, framing, 'gbk');
    for (let length = 0; length < framed.length; length += 1) assert.deepEqual(read(framed.subarray(0, length), framing), { kind: 'more' }, `${JSON.stringify(framing)} after ${String(length)}`);
    const whole = read(Buffer.concat([framed, Buffer.from('xy')]), framing);
    assert.equal(whole.kind === 'whole' && whole.text.equals(TEXT) && whole.rest.toString(), 'xy', JSON.stringify(framing));
  }
});

test('an answer that ends with its connection is whole when that has ended, and not before', () => {
  assert.deepEqual(read(TEXT, { kind: 'close' }), { kind: 'more' });
  const whole = read(TEXT, { kind: 'close' }, true);
  assert.ok(whole.kind === 'whole' && whole.text.equals(TEXT));
});

test('what was promised and did not come before the end is not whole', () => {
  for (const framing of FRAMINGS) assert.deepEqual(read(frameRequest(TEXT, framing, 'gbk').subarray(0, -1), framing, true), { kind: 'more' });
});

test('text where a length should be, and a length that is none, are garbled', () => {
  assert.equal(read(Buffer.from('java.lang.Exception'), { kind: 'length', digits: 4 }).kind, 'garbled');
  assert.equal(read(Buffer.from('0001x'), { kind: 'length', digits: 4, counts: 'whole' }).kind, 'garbled');
});
