import assert from 'node:assert/strict';
import test from 'node:test';
import type { Credential } from '@hospay/plugin-sdk';
import { judgeCredential } from './judge-credential.js';

const DAY_MS = 86_400_000;
const NOW = new Date('2026-11-23T23:40:00Z');
const policy = { alarmDays: [60, 30, 7, 1], sharedSecretDays: 365 };
const inDays = (days: number): string => new Date(NOW.getTime() + days * DAY_MS).toISOString();
const certificate = (set: Partial<Credential> = {}): Credential => ({
  name: 'certificate', title: { zh: '证书', en: 'Certificate' }, use: { zh: '签名', en: 'signs' }, holder: 'ours', kind: 'certificate', serial: '00AB', notBefore: inDays(-300), notAfter: inDays(400), publicKeyFingerprint: 'a'.repeat(64), ...set,
});
const key = (publicKeyFingerprint: string): Credential => ({ name: 'privateKey', title: { zh: '私钥', en: 'Key' }, use: { zh: '签名', en: 'signs' }, holder: 'ours', kind: 'privateKey', publicKeyFingerprint });
const judge = (credential: Credential, others: readonly Credential[] = [], since = NOW): (string | number)[][] =>
  judgeCredential(credential, [credential, ...others], { now: NOW, since, policy }).map(({ kind, thresholdDays, severity }) => [kind, ...(thresholdDays === undefined ? [] : [thresholdDays]), severity]);

test('the nearer the end the graver: 60, 30, 7 and 1 days, and then it has ended', () => {
  const at = (days: number) => judge(certificate({ notAfter: inDays(days) }));
  assert.deepEqual([at(60.01), at(60), at(30), at(8), at(7), at(1), at(0.01), at(0), at(-5)], [[], [['expiring', 60, 3]], [['expiring', 30, 2]], [['expiring', 30, 2]], [['expiring', 7, 1]], [['expiring', 1, 1]], [['expiring', 1, 1]], [['expired', 1]], [['expired', 1]]]);
});

test('while a rotation overlaps, the one of its group that ends last decides', () => {
  const old = certificate({ name: 'old', group: 'platform', notAfter: inDays(5) });
  const next = certificate({ name: 'next', group: 'platform', notAfter: inDays(900) });
  assert.deepEqual([judge(old, [next]), judge(old, [{ ...next, group: 'another' }]), judge(next, [old])], [[], [['expiring', 7, 1]], []]);
  const startsTooLate = { ...next, notBefore: inDays(6) };
  assert.deepEqual(judge(old, [startsTooLate]), [['expiring', 7, 1]], 'a successor that begins after the end leaves a hole');
});

test('a certificate that is not of one piece with its private key or its serial is told at once', () => {
  const paired = certificate({ belongsTo: 'privateKey' });
  assert.deepEqual(judge(paired, [key('a'.repeat(64))]), []);
  assert.deepEqual(judge(paired, [key('b'.repeat(64))]), [['keyMismatch', 1]]);
  assert.deepEqual(judge(paired), [['missing', 1]]);
  assert.deepEqual(judge(certificate({ mustHaveSerial: 'ab' })), [], 'leading zeros and case do not make another serial');
  assert.deepEqual(judge(certificate({ mustHaveSerial: 'AC' })), [['serialMismatch', 1]]);
});

test('what is missing or cannot be read is told, unless another of its group stands in', () => {
  assert.deepEqual(judge(certificate({ problem: 'unreadable' })), [['unreadable', 1]]);
  const missing = certificate({ problem: 'missing', group: 'platform' });
  assert.deepEqual([judge(missing), judge(missing, [certificate({ name: 'other', group: 'platform' })])], [[['missing', 1]], []]);
});

test('a certificate before its time, one whose end nobody knows, and a secret nobody has changed for a year', () => {
  assert.deepEqual(judge(certificate({ notBefore: inDays(2) })), [['notYetValid', 1]]);
  const { notAfter: _end, ...endless } = certificate();
  assert.deepEqual(judge(endless), [['expiryUnknown', 3]]);
  const secret: Credential = { ...key(''), name: 'apiKey', kind: 'sharedSecret' };
  assert.deepEqual([judge(secret, [], new Date(NOW.getTime() - 364 * DAY_MS)), judge(secret, [], new Date(NOW.getTime() - 366 * DAY_MS))], [[], [['old', 3]]]);
});
