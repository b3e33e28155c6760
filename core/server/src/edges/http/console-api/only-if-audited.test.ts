import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok } from '../../../domain/errors.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import { onlyIfAudited } from './only-if-audited.js';

const CALLER = ok({} as ConsoleCaller);
const ask = async (method: string, access: ConsoleAccess, { writable = false, target = '/console-api/v1/x' } = {}) => (await onlyIfAudited({ canRecord: () => Promise.resolve(writable) }, { request: { method, target }, access }, CALLER)).kind;

test('while the audit log cannot be written acts of administration are refused; reading, refunds, tills and one\'s own session are not', async () => {
  for (const access of ['operate', 'manageUsers', 'assignRoles', 'approveChange', 'approvePayout', 'proposePayout', 'reveal', 'audit'] as const) assert.equal(await ask('POST', access), 'refused', access);
  for (const access of ['refund', 'cash', 'closeShift', 'windowDesk', 'session', 'entry'] as const) assert.equal(await ask('POST', access), 'ok', access);
  assert.equal(await ask('GET', 'operate'), 'ok');
  assert.equal(await ask('POST', 'operate', { writable: true }), 'ok');
});

test('letting the ballast go is what brings the log back, and is not refused', async () => {
  assert.equal(await ask('POST', 'operate', { target: '/console-api/v1/system/ballast/release' }), 'ok');
});
