import assert from 'node:assert/strict';
import test from 'node:test';
import { MappingError } from '@hospay/plugin-sdk/his-mapping';
import { changedMapping, exampleMapping } from './example-mapping.js';
import { readMapping } from './read-mapping.js';

function complaintsOf(input: unknown): readonly string[] {
  try {
    readMapping(input);
  } catch (error) {
    if (error instanceof MappingError) return error.complaints;
    throw error;
  }
  return [];
}

const { wire, request, answer, operations } = exampleMapping;
const kept = { framing: { kind: 'length', digits: 4 }, connection: 'kept' } as const;

test('the example is a mapping', () => {
  assert.equal(readMapping(exampleMapping).operations.findPatient.rowWidth, 2);
  assert.deepEqual(complaintsOf(changedMapping({ wire: kept })), []);
});

test('a wire that cannot show a cut or a late answer is refused', () => {
  const { endMark: _endMark, ...unmarked } = answer;
  const { call: _call, ...unnamed } = answer;
  assert.match(complaintsOf(changedMapping({ answer: unmarked })).join(), /answer\.endMark: missing/);
  assert.match(complaintsOf(changedMapping({ answer: { ...unmarked, frameIsWhole: true } })).join(), /answer\.frameIsWhole: a closed connection does not show/);
  assert.deepEqual(complaintsOf(changedMapping({ wire: kept, answer: { ...unmarked, frameIsWhole: true } })), []);
  assert.match(complaintsOf(changedMapping({ wire: { ...wire, connection: 'kept' } })).join(), /wire\.connection: a connection that ends every answer cannot be kept/);
  assert.match(complaintsOf(changedMapping({ wire: kept, answer: unnamed })).join(), /answer\.call: missing; on a kept connection/);
  assert.match(complaintsOf(changedMapping({ wire: { ...kept, halfClose: true } })).join(), /wire\.halfClose/);
  assert.match(complaintsOf(changedMapping({ wire: { ...kept, framing: { kind: 'length' } } })).join(), /wire\.framing: expected exactly one of digits and bytes/);
  assert.match(complaintsOf(changedMapping({ request: { ...request, head: ['call', 'number'] } })).join(), /answer\.number: expected exactly where/);
});

test('a terminator that could be half of a Chinese character is refused', () => {
  const terminatedBy = (text: string) => complaintsOf(changedMapping({ wire: { framing: { kind: 'terminator', text }, connection: 'perCall' } }));
  for (const text of ['\r\n', '#', '$', '\u001c\r', '#END']) assert.deepEqual(terminatedBy(text), [], JSON.stringify(text));
  for (const text of ['|', 'END', '0', '}', '~']) assert.notDeepEqual(terminatedBy(text), [], text);
});

test('places of an answer of positions are positions, and its rows can be told apart', () => {
  const { findPatient, listOpenBills } = operations;
  const { rowWidth: _rowWidth, count, ...rest } = findPatient;
  const { rowSeparator: _rowSeparator, ...unparted } = answer;
  assert.match(complaintsOf(changedMapping({ operations: { ...operations, listOpenBills: { ...listOpenBills, fields: { ...listOpenBills.fields, billNo: { column: 'No' } } } } })).join(), /operations\.listOpenBills\.fields\.billNo: expected a position such as #3, got "No"/);
  assert.match(complaintsOf(changedMapping({ answer: unparted, operations: { ...operations, findPatient: { ...rest, count } } })).join(), /operations\.findPatient\.rows: rows need answer\.rowSeparator/);
  assert.match(complaintsOf(changedMapping({ answer: { ...answer, endMark: '|' }, operations: { ...operations, findPatient: { ...rest, rowWidth: 2 } } })).join(), /operations\.findPatient\.count: missing/);
  assert.match(complaintsOf(changedMapping({ operations: { ...operations, confirm: { ...operations.confirm, parameters: [{ name: 'x', constant: 'a|b' }] } } })).join(), /operations\.confirm\.parameters\[0\]\.constant: holds a character/);
});
