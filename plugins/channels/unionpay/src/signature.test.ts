import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { test } from 'node:test';

import { makeTestContext } from '@hospay/plugin-sdk/testkit';

import type { UnionpaySettings } from './settings.js';
import { inflatedContent } from './settlement-archive.js';
import { createSignatureMethod, signed } from './signature.js';

/** Cross-checked values: the text, its SHA-256, and the signatures of methods 11 and 12 with an invented key. */
const TEXT = 'accessType=0&bizType=000201&certId=69629715588&orderId=20260101000001&txnAmt=1000';
const TEXT_SHA256 = 'ea7638c00a780cee30095ca66b9137e8c6870f0f339de739b90ad9bcd22f0b88';
const SECURE_KEY = 'simsecurekey0123456789';
const FIELDS = { orderId: '20260101000001', txnAmt: '1000', accessType: '0', bizType: '000201', empty: '' };

test('method 11 hashes the text with the hash of the key, method 12 does so with SM3', async () => {
  for (const [signMethod, signature] of [
    ['11', 'd5f3c8e7911539c6bd1f79ccc9e2337e9ddd5fd1e5bc1d87bf9e646dcc877d0c'],
    ['12', '5a32e8c296e82b9dfe781bb2f755ef314f42c054516e8067b95db267fc33c3e9'],
  ] as const) {
    const method = createSignatureMethod(makeTestContext({ settings: { merId: '777290058110048', signMethod, secureKey: SECURE_KEY } satisfies UnionpaySettings }));
    assert.equal(await method.sign(TEXT), signature);
    const message = await signed(method, FIELDS);
    assert.equal(await method.doubt(message), undefined);
    assert.equal(await method.doubt({ ...message, txnAmt: '1001' }), 'the signature is wrong');
    assert.equal(await method.doubt({ ...message, signMethod: signMethod === '11' ? '12' : '11' }), 'it is signed by another method');
    assert.equal(await method.doubt({ ...FIELDS, signMethod }), 'it is not signed');
  }
});

test('method 01 signs the ASCII of the hexadecimal digest, under the serial number of the certificate', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const merchantPrivateKeyPem = String(privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const method = createSignatureMethod(makeTestContext({ settings: { merId: '777290058110048', signMethod: '01', certId: '69629715588', merchantPrivateKeyPem, rootCertificatePem: ROOT } satisfies UnionpaySettings }));
  const { signature = '', certId } = await signed(method, { ...FIELDS });
  assert.equal(certId, '69629715588');
  assert.ok(verify('sha256', Buffer.from(TEXT_SHA256, 'ascii'), publicKey, Buffer.from(await method.sign(TEXT), 'base64')));
  assert.equal(Buffer.from(signature, 'base64').length, 256);
});

test('a settlement file comes as base64 of deflated bytes, with the header of zlib or without', async () => {
  assert.equal((await inflatedContent('eJzLSM3JyQcABiwCFQ==')).toString('utf8'), 'hello');
  assert.equal((await inflatedContent(Buffer.from('eJzLSM3JyQcABiwCFQ==', 'base64').subarray(2, -4).toString('base64'))).toString('utf8'), 'hello');
});

/** A made-up authority, valid from 2026 to 2046; nobody holds its key. */
const ROOT = `-----BEGIN CERTIFICATE-----
MIIDNTCCAh2gAwIBAgIQRERERERERERERERERERERDANBgkqhkiG9w0BAQsFADBM
MQswCQYDVQQGDAJDTjERMA8GA1UECgwISW52ZW50ZWQxEjAQBgNVBAsMCUF1dGhv
cml0eTEWMBQGA1UEAwwNSW52ZW50ZWQgUm9vdDAeFw0yNjAxMDEwMDAwMDBaFw00
NjAxMDEwMDAwMDBaMEwxCzAJBgNVBAYMAkNOMREwDwYDVQQKDAhJbnZlbnRlZDES
MBAGA1UECwwJQXV0aG9yaXR5MRYwFAYDVQQDDA1JbnZlbnRlZCBSb290MIIBIjAN
BgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApyRbDX349lCtRdsBPzj3ZftQ+hkl
oyiLeDqGrg1d1S0KXgdF52kqElKY91zEaRbBYnYn/zO/ei/IFtMzzURy+XFCSkWT
VzQE3UZgA2p1FK1vYhKy5K7mInTugePoqAZoBDjiMMKlpHzrqFLo7G/nzGalfbh+
Hzlg7UGaFkVsUnvbqK2f9XvF3IjmhzbzVWup81JiPGfvNpd5Kf8eMK6/dvQ+hUWB
AFxkUCa8R6hGXQ1KzC5Lcna8dBEjOe7m2PSOAxywnPrWvZXw3VieMeI7xB+rdIwy
smAWuLjRURJl300JQSatpX+j7/u9qXM3evEvUMHkx3ijCQjiIxxCr26U8wIDAQAB
oxMwETAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQBw6Ik2GYun
nlMAqpiBi1gcK6d58gj/cZW0tZuP7UFOF3hliNsOC6zhsyyHFP4QSs2MIrRHvuzX
CusncgOTOZEDPOoOT4PmCk0Fps8Jbhn1/eO6RDaegUzSMH89VtfIBoCgdD1qZIPm
Xk/ufQovS6iDlUhCnCjv1HmZWqpXSTifkXlfIRmyLdlbcL8x63mv0I2k1/pBp1ZG
Pskdc5hYWzmKefjkS+HMKbKn/n55THU+P4uZFN8ZcW6gvVseU9X7PVUwkwCGKHdb
sRZEfi+Gi3r6WWkwvJqxPR/2TX5Axl92ReeaGzergfPOZLlkSnjJ5snXlRizj6rx
iEYcdX4nOXj2
-----END CERTIFICATE-----`;
