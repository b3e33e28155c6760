import assert from 'node:assert/strict';
import test from 'node:test';
import { elementsAt, leavesOf, readXml, writeXml } from './xml-message.js';

const documentOf = (text: string) => {
  const read = readXml(text);
  assert.equal(read.kind, 'document', text);
  return read.root;
};

test('values are written to their paths, in order, and read back as they were', () => {
  const text = writeXml('Request', [{ path: 'Head/TradeCode', text: '1104' }, { path: 'Head/User', text: '' }, { path: 'CardNo', text: '00123' }, { path: 'Name', text: '张三 <&"\'> ]]>' }]);
  assert.equal(text, '<Request><Head><TradeCode>1104</TradeCode><User></User></Head><CardNo>00123</CardNo><Name>张三 &lt;&amp;&quot;&apos;&gt; ]]&gt;</Name></Request>');
  const leaves = leavesOf(documentOf(text));
  assert.equal(leaves.get('head/tradecode'), '1104');
  assert.equal(leaves.get('cardno'), '00123', 'a card number keeps its zeros');
  assert.equal(leaves.get('name'), '张三 <&"\'> ]]>');
});

test('lists, CDATA, comments and a declaration are read; blanks inside a text stay', () => {
  const root = documentOf('<?xml version="1.0" encoding="GBK"?><Response><!-- x --><List><Item><No>1</No><Text><![CDATA[a <b> &]]></Text></Item><Item><No> 2 </No></Item></List></Response>');
  const items = elementsAt(root, 'List/Item');
  assert.deepEqual(items.map((item) => [...leavesOf(item)]), [[['no', '1'], ['text', 'a <b> &']], [['no', ' 2 ']]]);
  assert.deepEqual(elementsAt(root, 'List/Nobody'), []);
});

test('what is no document is said to be none: error texts, cut documents, document types', () => {
  for (const text of ['', 'System.Data.SqlClient.SqlException: Timeout expired', '<Response><a>1</a>', '<a></b>', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', '<a>1</a><b>2</b>']) assert.equal(readXml(text).kind, 'malformed', text);
});

test('a character that XML cannot carry is refused, not lost', () => {
  assert.throws(() => writeXml('a', [{ path: 'b', text: 'x\u0001y' }]), RangeError);
});
