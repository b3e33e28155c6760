import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskedSettings } from './masked-settings.js';

const fingerprint = (secret: string, place: string) => Buffer.from(`${place} ${secret}`).toString('hex').slice(0, 40);
const text = { type: 'string' };
const schema = { type: 'object', properties: { baseUrl: text, apiKey: text, pin: text, code: text, hidden: { ...text, 'x-secret': true }, hosts: { type: 'array', items: text }, deep: { type: 'object', properties: { port: { type: 'integer' } } } } };

test('only what the schema knows and nobody calls a secret is shown: the rest is a fingerprint, whatever a vendor forgot to mark', () => {
  const masked = maskedSettings(schema, { baseUrl: 'https://pay.example', apiKey: 'canary-1', pin: 'canary-2', hidden: 'canary-3', unknown: { of: 'canary-4' }, hosts: ['a', 'b'], deep: { port: 8 }, code: 'x'.repeat(200) }, 'city', fingerprint, ['pin']);
  assert.deepEqual([masked.get('baseUrl'), masked.get('hosts.1'), masked.get('hosts.2'), masked.get('deep.port')], ['https://pay.example', 'a', 'b', '8']);
  assert.match(masked.get('code') ?? '', /^sha256 [0-9a-f]{64}$/);
  for (const path of ['apiKey', 'pin', 'hidden', 'unknown.of']) assert.match(masked.get(path) ?? '', /^#[0-9a-f]+$/, path);
  assert.ok(!JSON.stringify([...masked]).includes('canary'));
});
