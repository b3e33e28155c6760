import assert from 'node:assert/strict';
import test from 'node:test';
import { elementsAt, leavesOf } from '@hospay/plugin-sdk/his-mapping';
import { readLooseText } from './loose-text.js';

const leaves = (text: string): Record<string, string> => {
  const read = readLooseText(text);
  assert.equal(read.kind, 'object', text);
  return Object.fromEntries(leavesOf(read.root));
};

test('keys and values are read with and without quotes; numbers keep every digit they have', () => {
  assert.deepEqual(leaves('{状态:0, 信息 : \'成功\', "金额": 12.50, 卡号:000123, 流水:"12,3:4}", 空:, 无:null}'), { 状态: '0', 信息: '成功', 金额: '12.50', 卡号: '000123', 流水: '12,3:4}', 空: '', 无: '' });
  assert.deepEqual(leaves('{时间:2026-05-06 09:30:00,路径:"a\\\\b\\u4e2d\\n"}'), { 时间: '2026-05-06 09:30:00', 路径: 'a\\b中\n' });
  assert.deepEqual(leaves(' {"a":{b:1},c:[1,2,],} '), { 'a/b': '1', c: '1' });
});

test('a list makes rows of the same name', () => {
  const read = readLooseText('{状态:0,明细:[{处方号:B1,金额:1.20},{处方号:B2,金额:3}],无:[]}');
  assert.equal(read.kind, 'object');
  assert.deepEqual(elementsAt(read.root, '明细').map((row) => Object.fromEntries(leavesOf(row))), [{ 处方号: 'B1', 金额: '1.20' }, { 处方号: 'B2', 金额: '3' }]);
  assert.deepEqual(elementsAt(read.root, '无'), []);
});

test('wherever an answer is cut, it is no answer', () => {
  const whole = '{状态:0,信息:\'成功\',明细:[{处方号:"B1",金额:1.20},{处方号:B2,金额:3}]}';
  assert.equal(readLooseText(whole).kind, 'object');
  for (let length = 0; length < whole.length; length += 1) assert.equal(readLooseText(whole.slice(0, length)).kind, 'malformed', whole.slice(0, length));
});

test('what can be read in two ways is not read at all', () => {
  for (const text of ['ORA-01013: 用户请求取消', '[1]', '{金额:1,金额:2}', '{金额:1}{金额:2}', '{金额:1} x', '{a:1 b:"2"}', '{a:b"c"}', '{:1}', '{a}', '{a:[[1]]}', '{a:\'x\\q\'}', `${'{a:'.repeat(40)}1${'}'.repeat(40)}`, '<html></html>']) {
    assert.equal(readLooseText(text).kind, 'malformed', text);
  }
});
