import assert from 'node:assert/strict';
import { test } from 'node:test';
import iconv from 'iconv-lite';
import { characterSetOf } from './character-set.js';
import { parsePosition } from './hl7-position.js';
import { readMessage, valueAt } from './read-message.js';

const message = (application: string, declared: string, name: string) =>
  `MSH|^~\\&|${application}|A|B|C|20260506||RSP^K22|1|P|2.5.1||||||${declared}\rMSA|AA|7\rPID|1||P1||${name}\r`;

test('a message that names its character set is read by it, whatever the setting says', () => {
  assert.equal(characterSetOf(iconv.encode(message('HIS', 'GB 18030-2000', '张三'), 'gb18030'), 'utf-8'), 'gb18030');
  assert.equal(characterSetOf(Buffer.from(message('HIS', 'UNICODE UTF-8', '张三')), 'cp936'), 'utf-8');
  assert.equal(characterSetOf(Buffer.from(message('HIS', 'UNICODE UTF-8~GB 18030-2000', '张三')), 'cp936'), 'utf-8');
  assert.equal(characterSetOf(iconv.encode(message('HIS', '', '张三'), 'cp936'), 'cp936'), 'cp936');
});

test('characters before MSH-18 eat no delimiter, in either set', () => {
  // 脇 is C3 7C in GBK: its second byte is the field separator.
  assert.equal(iconv.encode('脇', 'cp936').toString('hex'), 'c37c');
  assert.equal(characterSetOf(iconv.encode(message('脇', 'GB 18030-2000', '张三'), 'gb18030'), 'utf-8'), 'gb18030');
  assert.equal(characterSetOf(Buffer.from(message('医院甲', 'UNICODE UTF-8', '张三')), 'gb18030'), 'utf-8');
});

test('values whose bytes look like delimiters stay whole', () => {
  const name = parsePosition('PID-5');
  assert.ok(name !== undefined);
  for (const text of ['脇', '乗', '俓', '縗', '王龑䶮', '𠮷野']) {
    const read = readMessage(iconv.encode(message('HIS', '', text), 'gb18030'), 'gb18030');
    assert.ok(read.kind === 'message');
    assert.equal(valueAt(read.message, name), text);
  }
});

test('what is no HL7 message is malformed, never an exception', () => {
  for (const text of ['', 'ORA-06550: 系统错误', '<xml/>', 'MSH', 'MSH|||||', 'MSHabcde', 'MSH|^~\\&|A\rat java.lang.Thread.run\r', 'PID|1\rMSH|^~\\&|']) {
    assert.equal(readMessage(Buffer.from(text), 'utf-8').kind, 'malformed', text);
  }
});
