import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { test, type TestContext } from 'node:test';

import { selfSignedCertificate } from '../simulators/machinery/certificate-writer.js';
import { scannedCodeSettings } from './channel-wechat-pay-subject.js';
import { call, orderOf, referenceTo } from './channel-requests.js';
import { standOf, type Stand } from './channel-wechat-pay-stand.js';

test('over TLS a reverse shows the merchant certificate', async (context) => {
  const stand = await standOverTls(context);
  const order = orderOf(stand, 'TLSREV01', 'paymentCode', { authCode: stand.simulator.newPaymentCode('asksPassword') });
  assert.equal((await stand.channel.charge(order, call())).kind, 'pending');
  assert.equal((await stand.channel.close(referenceTo(order), call())).kind, 'closed');
  assert.equal(stand.simulator.orders.findOrder('TLSREV01')?.state, 'REVOKED');
});

test('a reverse with the certificate of somebody else is unknown: the number is not dead', async (context) => {
  const stand = await standOverTls(context);
  const order = orderOf(stand, 'TLSREV02', 'paymentCode', { authCode: stand.simulator.newPaymentCode('asksPassword') });
  await stand.channel.charge(order, call());
  const stranger = await stand.again({ merchantCertificatePem: certificateOf('4C'.repeat(20), stand.simulator.merchantCredentials.merchantPrivateKeyPem) });
  assert.equal((await stranger.channel.close(referenceTo(order), call())).kind, 'unknown');
  assert.equal(stand.simulator.orders.findOrder('TLSREV02')?.state, 'USERPAYING');
});

/** The simulator behind TLS, under a certificate this process trusts for as long as the test runs. */
async function standOverTls(context: TestContext): Promise<Stand> {
  const { privateKey: keyPem } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
  const certificatePem = certificateOf('4B'.repeat(20), keyPem);
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, certificatePem]);
  context.after(() => { setDefaultCACertificates(before); });
  return standOf(context, {
    settings: (credentials) => ({ methods: ['paymentCode'], ...scannedCodeSettings(credentials, 'v2'), reverseAfterMs: 0 }),
    simulator: { tls: { keyPem, certificatePem }, reverseWaitMs: 0 },
  });
}

function certificateOf(serialNumber: string, privateKeyPem: string): string {
  const privateKey = createPrivateKey(privateKeyPem);
  return selfSignedCertificate({
    serialNumber,
    commonName: 'localhost',
    organisation: 'Hospay tests',
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 86_400_000),
    publicKey: createPublicKey(privateKey),
    privateKey,
  });
}
