import assert from 'node:assert/strict';
import { test } from 'node:test';

import { rawMembers } from './answer-text.js';

test('the members of an answer are kept as they are written', () => {
  const node = '{ "code":"10000", "text":"a \\"}] \\u4e2d \\/", "list":[{"x":"]"},1.50,null] }';
  const members = rawMembers(` {"alipay_trade_query_response" : ${node} ,\n"alipay_cert_sn":"ab","n":-1e3,"sign":"Zm9v+/8="}\n`);
  assert.deepEqual([...(members ?? [])], [['alipay_trade_query_response', node], ['alipay_cert_sn', '"ab"'], ['n', '-1e3'], ['sign', '"Zm9v+/8="']]);
});

test('a name that comes twice, and whatever is not one object, is no answer', () => {
  for (const text of ['', '[]', '"a"', '{}', '{"a":1', '{"a":1}{"b":2}', '{"a":1,"a":2}', '{"a":{"b":1}', '{"a":"b}', '{a:1}', '{"a" 1}', '{"a":1,}', '{"a":}', '{"a":[}', '<html>']) {
    assert.equal(rawMembers(text), undefined, text);
  }
});

test('a long answer is read in one pass', () => {
  const node = `{"text":"${'\\n'.repeat(200_000)}","deep":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
  assert.equal(rawMembers(`{"a":${node},"sign":"x"}`)?.get('a'), node);
});
