import assert from 'node:assert/strict';
import test from 'node:test';
import type { Credential, HoldingCredentials } from '@hospay/plugin-sdk';
import { SILENT_LOG } from '../domain/log.js';
import { createBoundary } from './boundary.js';
import { instanceCredentials } from './instance-credentials.js';
import { SILENT_METRICS } from './ports.js';

const credential = (set: Partial<Credential>): Credential => ({ name: 'downloaded', title: { zh: '密钥', en: 'Key' }, use: { zh: '签名', en: 'signs' }, holder: 'theirs', kind: 'publicKey', fingerprint: 'a'.repeat(64), ...set });
const schema = { type: 'object', properties: { key: { type: 'string', 'x-secret': true } } };

/** Asks a plugin that answers so. Timers run at once where `isLate`: the deadline passes before the answer. */
async function ask(guest: Partial<HoldingCredentials>, isLate = false) {
  const timers = { after: (_ms: number, task: () => void) => { if (isLate) queueMicrotask(task); return { cancel() {} }; } };
  const boundary = createBoundary({ plugin: 'p', instance: 'i', limits: { callTimeoutMs: 100, concurrency: 1 }, clock: { now: () => new Date() }, timers, log: SILENT_LOG, metrics: SILENT_METRICS });
  return instanceCredentials({ instance: 'i', plugin: 'p', schema, settings: { key: 'canary-secret-0001' }, keyedFingerprint: () => 'b'.repeat(64), running: { guest, boundary } });
}
const answering = (...credentials: Credential[]): HoldingCredentials => ({ listCredentials: () => Promise.resolve({ kind: 'credentials', credentials }) });

test('a plain hash that a plugin gives of a shared secret is not kept: it could be guessed from', async () => {
  const { credentials } = await ask(answering(credential({ kind: 'sharedSecret', name: 'session' }), credential({})));
  assert.deepEqual(credentials.map(({ name, fingerprint }) => [name, fingerprint?.slice(0, 1)]), [['key', 'b'], ['session', undefined], ['downloaded', 'a']]);
});

test('a plugin that throws, answers in another shape or too late has not listed: its settings are read all the same', async () => {
  for (const [guest, isLate] of [[{ listCredentials: () => Promise.reject(new Error('no')) }, false], [answering(credential({ name: 'with blanks' })), false], [{ listCredentials: () => new Promise<never>(() => {}) }, true]] as const) {
    const { isComplete, problem, credentials } = await ask(guest, isLate);
    assert.deepEqual([isComplete, problem !== undefined, credentials.map(({ name }) => name)], [false, true, ['key']]);
  }
});

test('of two with one name the first is taken; a plugin without the facet has what its settings show', async () => {
  const twice = await ask(answering(credential({}), credential({ fingerprint: 'c'.repeat(64) })));
  assert.deepEqual(twice.credentials.map(({ fingerprint }) => fingerprint?.slice(0, 1)), ['b', 'a']);
  const silent = await ask({});
  assert.deepEqual([silent.isComplete, silent.credentials.map(({ name }) => name)], [true, ['key']]);
});
