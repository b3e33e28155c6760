import assert from 'node:assert/strict';
import test from 'node:test';
import { exampleMapping } from './example-mapping.js';
import { readMapping } from './read-mapping.js';
import { readReply, type Reply } from './read-reply.js';
import { writeRequest } from './write-request.js';

const { operations, answer } = readMapping(exampleMapping);
const separated = { ...answer, separator: '|' };
const read = (text: string, operation = operations.findPatient, mapping = separated): Reply => readReply(text, operation, mapping, { number: '7' });
const rowsOf = (reply: Reply): object[] => (reply.kind === 'answer' ? (reply.answer.sets[0]?.rows ?? []).map((row) => Object.fromEntries(row)) : []);
const garbled = (reply: Reply): string => (reply.kind === 'garbled' ? reply.reason : 'an answer');

test('positions are counted from one, of the answer and within its rows', () => {
  assert.deepEqual(rowsOf(read('GC01|0|成功|2|P1|张三|P2|李四|END')), [{ '#1': 'P1', '#2': '张三' }, { '#1': 'P2', '#2': '李四' }]);
  assert.deepEqual(rowsOf(read('GC02|0|成功|B1,1.20;B2,3.40;|END\r\n', operations.listOpenBills)), [{ '#1': 'B1', '#2': '1.20' }, { '#1': 'B2', '#2': '3.40' }]);
  const none = read('GC01|0|成功|0|END');
  assert.ok(none.kind === 'answer' && none.answer.sets.length === 1 && rowsOf(none).length === 0);
});

test('an answer that is cut is none: its mark, a row or a part of one is missing', () => {
  const whole = 'GC01|0|成功|2|P1|张三|P2|李四|END';
  for (let length = 0; length < whole.length; length += 1) assert.match(garbled(read(whole.slice(0, length))), /end mark is missing/);
  assert.match(garbled(read('GC01|0|成功|2|P1|张三|END')), /2 rows were told, 1 came/);
  assert.match(garbled(read('GC01|0|成功|2|P1|张三|P2|END')), /last row is not whole/);
  const cutList = read('GC02|0|END', operations.listOpenBills);
  assert.ok(cutList.kind === 'answer' && cutList.answer.sets.length === 0, 'no list, not an empty one');
});

test('an answer to another call, or to another number, is none', () => {
  assert.match(garbled(read('GC04|0|成功|0|END')), /does not repeat GC01/);
  const numbered = { ...separated, number: '#2' };
  assert.match(garbled(read('GC05|8|0|END', operations.queryConfirmation, numbered)), /does not carry the number/);
  assert.equal(read('GC05|7|0|END', operations.queryConfirmation, numbered).kind, 'answer');
  assert.match(garbled(read('未处理的异常: 连接超时')), /cut/);
});

test('values that could move a position are refused, and the value is not told', () => {
  const { request } = exampleMapping;
  const head = { call: 'GC01', key: 'k', client: 'c', number: '7' };
  const write = (text: string, forbidden = '') => writeRequest({ ...request, head: [...request.head], forbidden, end: '\r\n' }, head, [{ name: '卡号', text, field: 'cardNo' }]);
  assert.deepEqual(write('C 1'), { kind: 'text', text: 'GC01|k|C 1\r\n' });
  for (const text of ['a|b', 'a\'b', 'a"b', 'a\nb', 'a\rb', 'a\u0000b', 'a\tb', 'a\u007fb']) assert.match(JSON.stringify(write(text)), /^\{"kind":"refused","message":"卡号: holds (the separator|a quote|a control character)"\}$/, JSON.stringify(text));
  assert.equal(write('a^b', '^;').kind, 'refused');
});
