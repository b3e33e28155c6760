import assert from 'node:assert/strict';
import test from 'node:test';
import { HIS_RESULT_SCHEMAS } from '../hospital-adapter.js';
import { HOSPITAL_FACETS } from '../hospital/facets.js';
import { CANONICAL_OPERATIONS, OPERATION_NAMES } from './canonical-operations.js';

test('every operation the contract can answer can be mapped, and every mapped facet has a schema', () => {
  const composed = new Set(['insuranceDetails', 'loadDictionary']);
  const unmapped = Object.keys(HIS_RESULT_SCHEMAS).filter((name) => !composed.has(name) && !Object.hasOwn(CANONICAL_OPERATIONS, name));
  assert.deepEqual(unmapped, []);
  for (const name of HOSPITAL_FACETS) assert.ok(Object.hasOwn(HIS_RESULT_SCHEMAS, name), name);
});

test('fields follow the contract\'s schemas: money, counts, times, days, words and numbers', () => {
  const { holdRegistration, listSchedules, issueInvoice } = CANONICAL_OPERATIONS;
  assert.deepEqual(holdRegistration.request, { registrationNo: 'text', scheduleId: 'text', slotId: 'text', patientId: 'text', hisLockNo: 'text', when: 'text' });
  assert.deepEqual(holdRegistration.result['selfPayFen'], { kind: 'money', presence: 'needed', maxLength: 500 });
  assert.deepEqual(holdRegistration.result['expiresAt']?.kind, 'time');
  assert.deepEqual(listSchedules.result['remaining']?.kind, 'count');
  assert.deepEqual(listSchedules.result['session'], { kind: 'word', presence: 'needed', maxLength: 500 });
  assert.deepEqual(listSchedules.result['day'], { kind: 'date', presence: 'needed', maxLength: 500 });
  assert.deepEqual(listSchedules.result['doctorName'], { kind: 'text', presence: 'optional', maxLength: 100 });
  assert.equal(issueInvoice.request['amountFen'], 'money');
  assert.equal(issueInvoice.books, true);
});

test('only what asks and what reads may be repeated by itself', () => {
  for (const name of OPERATION_NAMES) {
    const isQuestion = /^(find|list|query|check(Card|Discharge)$|presettle|read|sum|ping|dictionary|insurance|accountBalance|queuePlaces|resolve)/.test(name);
    assert.equal(CANONICAL_OPERATIONS[name].books, !isQuestion, name);
  }
});
