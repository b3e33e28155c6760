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

test('the example is a mapping', () => {
  assert.equal(readMapping(exampleMapping).operations.confirm.call, 'B204');
});

test('what the service cannot be called with is told by its place', () => {
  const { service, message, operations } = exampleMapping;
  assert.deepEqual(complaintsOf(changedMapping({ message: undefined })), [
    'message: missing; an argument of the service is the message', 'answerRoot: expected exactly where there is no message',
    'operations.findPatient.parameters[0].name: expected the name of an argument, got "Card/Type"', 'operations.findPatient.parameters[1].name: expected the name of an argument, got "Card/No"',
  ]);
  assert.match(complaintsOf(changedMapping({ service: { ...service, arguments: [{ name: 'name', is: 'call' }] } })).join(), /service\.arguments: expected one argument that is the message, got 0/);
  assert.match(complaintsOf(changedMapping({ service: { ...service, arguments: [{ name: 'xml', is: 'message' }] } })).join(), /operations\.confirm\.call: has no place/);
  assert.deepEqual(complaintsOf(changedMapping({ service: { ...service, arguments: [{ name: 'xml', is: 'message' }] }, message: { ...message, call: 'Head/TradeCode' } })), []);
  assert.match(complaintsOf(changedMapping({ service: { ...service, method: undefined } })).join(), /service\.method: missing; the call has another place/);
  assert.match(complaintsOf(changedMapping({ message: { ...message, number: 'ID' } })).join(), /number and numberEcho come together/);
  assert.match(complaintsOf(changedMapping({ operations: { ...operations, confirm: { ...operations.confirm, parameters: [{ name: 'a><b', from: 'tradeNo' }] } } })).join(), /operations\.confirm\.parameters\[0\]\.name: expected a path of elements/);
});

test('a Fault of the server\'s side can never be listed as a refusal', () => {
  assert.match(complaintsOf({ ...exampleMapping, refusingFaults: ['Server'] }).join(), /refusingFaults\[0\]: expected text like/);
  assert.deepEqual(complaintsOf({ ...exampleMapping, refusingFaults: ['Client', 'Client.Authentication', 'Sender'] }), []);
});
