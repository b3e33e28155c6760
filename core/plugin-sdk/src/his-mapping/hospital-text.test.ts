import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeText, encodeText } from './hospital-text.js';

const gbk = (text: string) => encodeText(text, 'gbk');

test('text goes into the character set of the HIS and comes back as it was', () => {
  for (const charset of ['utf-8', 'gbk', 'gb18030'] as const) assert.deepEqual(decodeText(encodeText('张三 12.34|€', charset), charset), { kind: 'text', text: '张三 12.34|€' });
  assert.deepEqual(decodeText(encodeText('王龑䶮𠮷', 'gb18030'), 'gbk'), { kind: 'text', text: '王龑䶮𠮷' }, 'answers are read as GB18030');
});

test('a character the character set lacks is never sent as another one', () => {
  for (const character of ['䶮', '㛃', '𠮷']) assert.throws(() => gbk(character), RangeError, character);
});

test('bytes that are not the character set, or were lost before, are no text', () => {
  assert.equal(decodeText(gbk('张三'), 'utf-8').kind, 'garbled');
  assert.equal(decodeText(gbk('张三').subarray(0, 3), 'gbk').kind, 'garbled', 'half a character');
  assert.equal(decodeText(Buffer.from('张\ufffd三'), 'utf-8').kind, 'garbled');
});

test('UTF-8 that says so is not taken for GBK; GBK that says it is UTF-8 is GBK all the same', () => {
  assert.equal(decodeText(Buffer.from('张三丰和李四光'), 'gbk', 'text/xml; charset=utf-8').kind, 'garbled');
  assert.deepEqual(decodeText(gbk('张三丰和李四光'), 'gbk', 'text/xml; charset=UTF8'), { kind: 'text', text: '张三丰和李四光' });
  assert.equal(decodeText(Buffer.from('李清照'), 'gbk').kind, 'garbled', 'or is plainly nothing else');
  assert.deepEqual(decodeText(gbk('联通'), 'gbk'), { kind: 'text', text: '联通' });
  assert.equal(decodeText(Buffer.from('plain'), 'gbk', 'charset=utf-8').kind, 'text');
});
