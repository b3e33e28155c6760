import assert from 'node:assert/strict';
import test from 'node:test';
import { Type } from 'typebox';
import { describeMismatches, listMismatches } from './schema-mismatch.js';

const closed = { additionalProperties: false } as const;
const Schema = Type.Object({ mqtt: Type.Object({ port: Type.Integer({ maximum: 65535, description: 'TCP port' }), host: Type.String() }, closed) }, closed);

test('a value that fits has no mismatch', () => {
  assert.deepEqual(listMismatches(Schema, { mqtt: { port: 1, host: 'x' } }), []);
});

test('an unknown key is named once, with the keys that are known there', () => {
  assert.deepEqual(listMismatches(Schema, { mqtt: { port: 1, host: 'x', prot: 2 } }), [{ key: 'mqtt.prot', expects: 'is not a known key; known here: port, host' }]);
});

test('a missing key and a value out of range are named with what is expected, never with the value', () => {
  const text = describeMismatches(listMismatches(Schema, { mqtt: { port: 70123 } }));
  assert.match(text, /mqtt\.host: is required and missing/);
  assert.match(text, /mqtt\.port: must be <= 65535 \(TCP port\)/);
  assert.doesNotMatch(text, /70123/);
});
