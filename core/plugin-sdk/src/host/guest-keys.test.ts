import assert from 'node:assert/strict';
import { createPublicKey, verify as nodeVerify } from 'node:crypto';
import { test } from 'node:test';

import { sm2 } from 'sm-crypto-v2';

import { createGuestKeys } from './guest-keys.js';

// GM/T 0003.5, appendix A: the curve's example key pair.
const PRIVATE_KEY = '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8';
const PUBLIC_KEY = '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13';
const keys = createGuestKeys((name) => ({ hex: PRIVATE_KEY, base64: Buffer.from(PRIVATE_KEY, 'hex').toString('base64'), broken: 'not a key' })[name]);
const data = Buffer.from('message digest');

test('an SM2 signature is verified with its public key and its user id, and with no other', async () => {
  for (const key of ['hex', 'base64']) {
    const signature = await keys.sign({ key, algorithm: 'SM2-SM3', data, userId: 'ALICE123@YAHOO.COM' });
    assert.equal(signature.length, 64);
    const verify = (given: object): Promise<boolean> => keys.verify({ publicKey: PUBLIC_KEY, algorithm: 'SM2-SM3', data, signature, userId: 'ALICE123@YAHOO.COM', ...given });
    assert.equal(await verify({}), true);
    assert.equal(await verify({ publicKey: Buffer.from(PUBLIC_KEY, 'hex').toString('base64') }), true);
    assert.equal(await verify({ userId: '1234567812345678' }), false);
    assert.equal(await verify({ data: Buffer.from('message digesu') }), false);
    assert.equal(await verify({ signature: signature.map((byte, index) => (index === 40 ? byte ^ 1 : byte)) }), false);
    assert.equal(await verify({ signature: signature.subarray(1) }), false);
    assert.equal(await verify({ publicKey: 'nonsense' }), false);
  }
});

test('OpenSSL, which knows only the empty user id, finds our signature genuine', async () => {
  const signature = Buffer.from(await keys.sign({ key: 'hex', algorithm: 'SM2-SM3', data, userId: '' }));
  const publicKey = createPublicKey({ key: Buffer.from(`3059301306072a8648ce3d020106082a811ccf5501822d034200${PUBLIC_KEY}`, 'hex'), format: 'der', type: 'spki' });
  const integers = [signature.subarray(0, 32), signature.subarray(32)].map((bytes) => {
    const value = Buffer.from(BigInt(`0x${bytes.toString('hex')}`).toString(16).padStart(64, '0').replace(/^(00)+(?=..)/, ''), 'hex');
    const signed = (value[0] ?? 0) > 127 ? Buffer.concat([Buffer.of(0), value]) : value;
    return Buffer.concat([Buffer.of(2, signed.length), signed]);
  });
  const body = Buffer.concat(integers);
  const der = Buffer.concat([Buffer.of(0x30, body.length), body]);
  assert.equal(nodeVerify('sm3', data, publicKey, der), true);
  assert.equal(nodeVerify('sm3', Buffer.from('message digesu'), publicKey, der), false);
});

test('the user id nobody agreed on is that of the standard', async () => {
  const signature = await keys.sign({ key: 'hex', algorithm: 'SM2-SM3', data });
  assert.equal(await keys.verify({ publicKey: PUBLIC_KEY, algorithm: 'SM2-SM3', data, signature, userId: '1234567812345678' }), true);
});

test('a secret that is no SM2 key gives no signature and is not quoted', async () => {
  await assert.rejects(keys.sign({ key: 'broken', algorithm: 'SM2-SM3', data }), (error: Error) => error.message.includes('does not fit') && !error.message.includes('not a key'));
});

test('SM2 work is done beside the event loop: the loop turns between its answers', async () => {
  let turns = 0;
  const turning = setInterval(() => { turns += 1; }, 1);
  await Promise.all(Array.from({ length: 50 }, () => keys.sign({ key: 'hex', algorithm: 'SM2-SM3', data })));
  clearInterval(turning);
  assert.ok(turns > 1, 'nothing ran while the signatures were made');
});

test('a guest that asks for very much waits for itself: another is served in its turn, and what is too much is refused', async () => {
  const [greedy, other] = [createGuestKeys(() => PRIVATE_KEY), createGuestKeys(() => PRIVATE_KEY)];
  const ended: string[] = [];
  const flood = Array.from({ length: 700 }, () =>
    greedy.sign({ key: 'k', algorithm: 'SM2-SM3', data }).then(() => ended.push('greedy'), () => ended.push('refused')));
  const served = other.sign({ key: 'k', algorithm: 'SM2-SM3', data }).then(() => ended.push('other'));
  await Promise.all([...flood, served]);
  const signed = ended.filter((name) => name !== 'refused');
  assert.ok(ended.length - signed.length >= 150, `${String(ended.length - signed.length)} of 700 were refused`);
  assert.ok(signed.indexOf('other') < 20, `served after ${String(signed.indexOf('other'))} of the other guest's`);
});

test('however many keys signatures are verified with, the thread lives: a genuine one is never taken for forged', async () => {
  const verdicts: boolean[] = [];
  for (let count = 0; count < 110; count += 1) {
    const { privateKey, publicKey } = sm2.generateKeyPairHex();
    const own = createGuestKeys(() => privateKey);
    const signature = await own.sign({ key: 'own', algorithm: 'SM2-SM3', data });
    verdicts.push(await own.verify({ publicKey, algorithm: 'SM2-SM3', data, signature }));
  }
  assert.deepEqual(verdicts.filter((isGenuine) => !isGenuine), []);
});

test('nobody signs or verifies more than a mebibyte at once', async () => {
  const [most, more] = [new Uint8Array(1_048_576), new Uint8Array(1_048_577)];
  const signature = await keys.sign({ key: 'hex', algorithm: 'SM2-SM3', data: most });
  assert.equal(await keys.verify({ publicKey: PUBLIC_KEY, algorithm: 'SM2-SM3', data: most, signature }), true);
  await assert.rejects(keys.sign({ key: 'hex', algorithm: 'SM2-SM3', data: more }));
  assert.equal(await keys.verify({ publicKey: PUBLIC_KEY, algorithm: 'SM2-SM3', data: more, signature }), false);
});

test('SM3 with a secret gives the digest of the standard', async () => {
  const digest = await createGuestKeys(() => 'b').digestWithSecret({ key: 'x', algorithm: 'sm3', before: Buffer.from('a'), after: Buffer.from('c') });
  // GB/T 32905, appendix A: SM3("abc").
  assert.equal(digest, '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0');
});
