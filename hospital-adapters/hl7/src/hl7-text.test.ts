import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hl7Context } from '@medplum/core';
import { decodeBytes } from './character-set.js';
import { escapeText, unescapeText } from './hl7-text.js';

const usual = new Hl7Context();
const plain = (text: string, context = usual) => unescapeText(text, context, (bytes) => decodeBytes(bytes, 'gb18030'));

test('whatever a value holds stands as one value in the message, and comes back as it was', () => {
  for (const value of ['a|b', 'a^b', 'a&b', 'a~b', 'a\\b', 'C:\\F\\', '|^~\\&', "x'; DROP--", '张三|', 'line\rFT1|1', 'line\nend', '\u000b\u001c', '']) {
    const escaped = escapeText(value, usual);
    assert.deepEqual([...escaped].filter((character) => '|^~&'.includes(character) || character < ' '), [], value);
    assert.equal(plain(escaped), value);
  }
});

test('every sequence of the standard is read; one that nobody knows stays as it is written', () => {
  assert.equal(plain('1\\F\\2\\S\\3\\T\\4\\R\\5\\E\\6'), '1|2^3&4~5\\6');
  assert.equal(plain('\\H\\重要\\N\\ 请空腹\\.br\\明日'), '重要 请空腹\n明日');
  assert.equal(plain('\\XC4E3\\'), '你', 'hexadecimal bytes are of the message\'s character set');
  assert.equal(plain('\\Q9\\ C:\\dir\\F\\x'), '\\Q9\\ C:\\dir|x');
  assert.equal(plain('ends with \\'), 'ends with \\');
});

test('separators are those of the message', () => {
  const other = new Hl7Context('\r', '#', '@', '*', '!', '%');
  assert.equal(escapeText('a#b@c|d', other), 'a!F!b!S!c|d');
  assert.equal(plain('a!F!b!S!c!T!!R!!E!', other), 'a#b@c%*!');
});

test('two quotes alone are a value on the way out and nothing on the way in', () => {
  assert.equal(plain('""'), '');
  assert.equal(plain(escapeText('""', usual)), '""');
});
