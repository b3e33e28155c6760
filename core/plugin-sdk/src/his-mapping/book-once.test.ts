import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HisQueryResult } from '../hospital/his-result.js';
import { bookOnce, type BookingRules, type Owner } from './book-once.js';
import { GarbledAnswer } from './read-answer.js';
import type { OperationOutcome } from './his-answer.js';

const reading = { request: {}, offset: '+08:00', now: () => new Date(0) };
const answer = { sets: [], out: new Map(), returnStatus: 0 };
const ok: OperationOutcome = { kind: 'ok', answer, reading };
const alreadyPaid: OperationOutcome = { kind: 'alreadyPaid', code: '302', message: '已支付', answer, reading };
const rejected: OperationOutcome = { kind: 'rejected', code: '303', message: '已关闭' };
const mismatch: OperationOutcome = { kind: 'mismatch', code: '304', message: '金额不符' };

/** Runs the rules with a HIS that answers `outcome`, shows `owner`, and whose query says `booked`. */
async function settle(outcome: OperationOutcome, { owner = 'ours', booked = { kind: 'absent' }, garbled = false, verifyRefusals = true, inDoubt = false }: {
  owner?: Owner; booked?: HisQueryResult<string>; garbled?: boolean; verifyRefusals?: boolean; inDoubt?: boolean;
} = {}) {
  let asked = 0;
  const rules: BookingRules<string> = {
    send: () => Promise.resolve(outcome),
    ask: () => { asked += 1; return Promise.resolve(booked); },
    read: () => { if (garbled) throw new GarbledAnswer('no settlement number'); return { value: 'receipt', owner }; },
    ownerOf: () => owner,
    verifyRefusals,
    isInDoubt: () => inDoubt,
  };
  return { result: await bookOnce(rules), asked };
}

test('ok with our number and amount is ok; with anything else nobody knows what was booked', async () => {
  assert.deepEqual((await settle(ok)).result, { kind: 'ok', value: 'receipt' });
  assert.equal((await settle(ok, { owner: 'others' })).result.kind, 'unknown');
  assert.equal((await settle(ok, { owner: 'contradicted' })).result.kind, 'unknown');
  assert.equal((await settle(ok, { garbled: true })).result.kind, 'unknown');
});

test('"already paid" by us is ok, by somebody else rejected, by our number with another amount unknown', async () => {
  assert.deepEqual((await settle(alreadyPaid)).result, { kind: 'ok', value: 'receipt' });
  assert.deepEqual((await settle(alreadyPaid, { owner: 'others' })).result, { kind: 'rejected', code: '302', message: '已支付' });
  assert.equal((await settle(alreadyPaid, { owner: 'contradicted' })).result.kind, 'unknown');
});

test('"already paid" that names nobody is decided by the query under our number', async () => {
  assert.deepEqual((await settle(alreadyPaid, { owner: 'unstated', booked: { kind: 'ok', value: 'found' } })).result, { kind: 'ok', value: 'found' });
  assert.equal((await settle(alreadyPaid, { owner: 'unstated' })).result.kind, 'rejected');
  assert.equal((await settle(alreadyPaid, { owner: 'unstated', booked: { kind: 'unknown', reason: 'timeout' } })).result.kind, 'unknown');
  assert.deepEqual((await settle(alreadyPaid, { garbled: true, booked: { kind: 'ok', value: 'found' } })).result, { kind: 'ok', value: 'found' });
  assert.equal((await settle(alreadyPaid, { garbled: true })).result.kind, 'unknown', 'it says ours, and is not found under our number');
});

test('a refusal is believed only when nothing is booked under our number', async () => {
  assert.deepEqual((await settle(rejected)).result, { kind: 'rejected', code: '303', message: '已关闭' });
  assert.equal((await settle(mismatch)).result.kind, 'mismatch');
  assert.deepEqual((await settle(rejected, { booked: { kind: 'ok', value: 'found' } })).result, { kind: 'ok', value: 'found' });
  assert.equal((await settle(rejected, { booked: { kind: 'unknown', reason: 'timeout' } })).result.kind, 'unknown');
  assert.equal((await settle(rejected, { verifyRefusals: false, booked: { kind: 'ok', value: 'found' } })).asked, 0);
});

test('no refusal is believed while an earlier call under our number may still be running; a success is', async () => {
  assert.equal((await settle(rejected, { inDoubt: true })).result.kind, 'unknown');
  assert.equal((await settle(mismatch, { inDoubt: true })).result.kind, 'unknown');
  assert.equal((await settle(alreadyPaid, { inDoubt: true, owner: 'others' })).result.kind, 'unknown');
  assert.equal((await settle(ok, { inDoubt: true })).result.kind, 'ok');
});

test('an unknown answer stays unknown, unasked: the core decides when to ask', async () => {
  const { result, asked } = await settle({ kind: 'unknown', reason: 'connection lost' });
  assert.deepEqual(result, { kind: 'unknown', reason: 'connection lost' });
  assert.equal(asked, 0);
});
