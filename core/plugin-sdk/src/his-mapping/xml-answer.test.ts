import assert from 'node:assert/strict';
import test from 'node:test';
import { exampleOperations } from './example-operations.js';
import { readRows } from './read-answer.js';
import { readXmlAnswer } from './xml-answer.js';

const list = { ...exampleOperations.listOpenBills, rows: 'List/Bill' };
const context = { request: {}, offset: '+08:00', now: () => new Date(0) };

test('rows stand at their path, everything else of the document is said of the answer as a whole', () => {
  const read = readXmlAnswer(list, '<Response><Code>0</Code><List><Bill><BillNo>007</BillNo><amount>1.20</amount></Bill></List></Response>', { root: 'response', beside: new Map([['ret', 0]]) });
  assert.equal(read.kind, 'answer');
  assert.equal(read.answer.out.get('code'), '0');
  assert.equal(read.answer.out.get('ret'), 0);
  assert.deepEqual(readRows(list, read.answer, context), [{ billNo: '007', billType: '', billedAt: '', departmentName: '', doctorName: '', amountFen: 120 }]);
});

test('an exception, half a document and the answer to something else are no answer', () => {
  for (const text of ['Timeout expired. The timeout period elapsed', '<Response><Code>0</Code>', '', '<Fault><Code>0</Code></Fault>', '<!DOCTYPE x [<!ENTITY a "b">]><Response/>']) {
    assert.equal(readXmlAnswer(list, text, { root: 'Response' }).kind, 'malformed', text);
  }
});
