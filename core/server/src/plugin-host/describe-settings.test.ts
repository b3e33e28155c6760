import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import test from 'node:test';
import { describeSm2PublicKey } from '@hospay/plugin-sdk';
import { Type } from 'typebox';
import { describeSettings, secretsIn } from './describe-settings.js';
import { settingsLeaves } from './settings-leaves.js';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicKeyPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const privateKeyPem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const ofPublicHalf = createHash('sha256').update(pair.publicKey.export({ type: 'spki', format: 'der' })).digest('hex');
const keyedFingerprint = (secret: string, place: string): string => createHash('sha256').update(`host ${place} ${secret}`).digest('hex');

const schema = Type.Object({
  appKey: Type.String({ title: '应用密钥 / App key', 'x-secret': true }),
  privateKey: Type.String({ 'x-secret': true }),
  signing: Type.Optional(Type.String({ 'x-secret': true })),
  merchants: Type.Array(Type.Object({ key: Type.String({ 'x-secret': true }) })),
  verification: Type.Union([Type.Object({ mode: Type.Literal('key'), publicKeyPem: Type.String() }), Type.Object({ mode: Type.Literal('none') })], { 'x-credential': true }),
  address: Type.String({ title: '地址 / Address' }),
});
const settings = { appKey: 'canary-app-key-0001', privateKey: privateKeyPem, merchants: [{ key: 'canary-merchant-1' }, { key: 'canary-merchant-2' }], verification: { mode: 'key', publicKeyPem }, address: 'https://bank.example' };

test('every secret and every key in PEM format is found in the settings, without its plugin saying a word', () => {
  const found = describeSettings({ schema, settings, keyedFingerprint });
  assert.deepEqual(found.map(({ name, kind, holder }) => [name, kind, holder]), [
    ['appKey', 'sharedSecret', 'ours'], ['privateKey', 'privateKey', 'ours'], ['merchants.key', 'sharedSecret', 'ours'], ['merchants.key/2', 'sharedSecret', 'ours'], ['verification.publicKeyPem', 'publicKey', 'ours'],
  ]);
  assert.deepEqual(found[0]?.title, { zh: '应用密钥', en: 'App key' });
  assert.equal(found[1]?.fingerprint, ofPublicHalf, 'a private key is known by its public half');
  assert.equal(found[0]?.fingerprint, keyedFingerprint('canary-app-key-0001', 'appKey'), 'a shared secret only by the key of this platform');
  assert.doesNotMatch(JSON.stringify(found), /canary|PRIVATE/);
});

test('what the plugin says of a secret goes before, but its fingerprints are the host\'s own', () => {
  const said = [{ name: 'appKey', title: { zh: '云 POS AppKey', en: 'Cloud POS AppKey' }, use: { zh: '签名', en: 'signs' }, holder: 'theirs' as const, kind: 'sharedSecret' as const, fingerprint: 'f'.repeat(64) }];
  const [appKey] = describeSettings({ schema, settings, said, keyedFingerprint });
  assert.deepEqual([appKey?.title.zh, appKey?.holder, appKey?.fingerprint], ['云 POS AppKey', 'theirs', keyedFingerprint('canary-app-key-0001', 'appKey')]);
});

test('an SM2 private key is known by its public half once the plugin says what it is; a key nobody can read is still seen to change', () => {
  const said = [{ name: 'signing', title: { zh: 'SM2 私钥', en: 'SM2 key' }, use: { zh: '签名', en: 'signs' }, holder: 'ours' as const, kind: 'privateKey' as const }];
  const of = (signing: string) => describeSettings({ schema, settings: { ...settings, signing }, said, keyedFingerprint }).find(({ name }) => name === 'signing');
  // The key pair of GB/T 32918.5 annex A.2.
  const known = of('3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8');
  const publicHalf = describeSm2PublicKey('0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13');
  assert.deepEqual([known?.kind, known?.problem, known?.fingerprint], ['privateKey', undefined, publicHalf.fingerprint]);
  const broken = of('canary that is no key');
  assert.deepEqual([broken?.problem, broken?.fingerprint], ['unreadable', keyedFingerprint('canary that is no key', 'signing')]);
});

test('every secret of the settings is known, in lists too, so that none is told', () => {
  assert.deepEqual(secretsIn(schema, settings), ['canary-app-key-0001', privateKeyPem, 'canary-merchant-1', 'canary-merchant-2']);
});

test('a rotation may change keys and what is marked to belong to them, and no address', () => {
  assert.deepEqual(settingsLeaves(schema).filter(({ isCredential, isInList }) => isCredential && !isInList).map(({ path, choices }) => [path, choices]), [['appKey', []], ['privateKey', []], ['signing', []], ['verification.mode', ['key', 'none']], ['verification.publicKeyPem', []]]);
});
