import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { createMemoryStore } from '@hospay/plugin-sdk/host';

import { arrived } from './channel-alipay-subject.js';
import { call, orderOf } from './channel-requests.js';
import { paidOrder, standOf } from './channel-alipay-stand.js';

describe('alipay: certificates', () => {
  test('a new certificate of Alipay is fetched once, proven by the configured roots, and kept over a restart', async (context) => {
    const stand = await standOf(context, { mode: 'certificate' });
    stand.simulator.changeCertificate();
    const both = await Promise.all(['ROTATED1', 'ROTATED2'].map((tradeNo) => stand.channel.charge(orderOf(stand, tradeNo), call())));
    assert.deepEqual(both.map(({ kind }) => kind), ['pending', 'pending']);
    stand.simulator.faults.inject({ on: 'certificate', times: 'always', fault: { kind: 'failBeforeExecuting', status: 502 } });
    const { channel } = await stand.again();
    assert.equal((await channel.charge(orderOf(stand, 'ROTATED3'), call())).kind, 'pending');
    const forgetful = await stand.again({ store: createMemoryStore() });
    assert.equal((await forgetful.channel.charge(orderOf(stand, 'ROTATED4'), call())).kind, 'unknown');
  });

  test('a certificate nobody has issued is unknown, and is not asked for again and again', async (context) => {
    const stand = await standOf(context, { mode: 'certificate' });
    stand.simulator.faults.inject({ on: 'precreate', times: 'always', fault: { kind: 'unknownCertificate' } });
    assert.equal((await stand.channel.charge(orderOf(stand, 'INVENTED'), call())).kind, 'unknown');
    stand.simulator.faults.clear();
    stand.simulator.changeCertificate();
    assert.equal((await stand.channel.charge(orderOf(stand, 'GAPPED01'), call())).kind, 'unknown', 'within the shortest gap nothing is fetched');
    stand.clock.atMs += 10_000;
    assert.equal((await stand.channel.charge(orderOf(stand, 'GAPPED01'), call({ attempt: 2 }))).kind, 'pending');
  });

  test('a certificate that does not lead to the configured roots is not accepted', async (context) => {
    const stand = await standOf(context, { mode: 'certificate' });
    const { verification } = settingsOf(stand.simulator.merchantCredentials);
    // The leaf of the app is no root: nothing is signed by it.
    const { channel, logLines } = await stand.again({ settings: { verification: { ...verification, alipayRootCertificatePem: verification.appCertificatePem } } });
    stand.simulator.changeCertificate();
    assert.equal((await channel.charge(orderOf(stand, 'NOROOTS1'), call())).kind, 'unknown');
    assert.ok(logLines.every((line) => !line.includes('is in use')));
  });

  test('a fetched certificate with another number than the asked one, or a forged answer around it, is not accepted', async (context) => {
    const stand = await standOf(context, { mode: 'certificate' });
    stand.simulator.changeCertificate();
    const old = Buffer.from(stand.simulator.merchantCredentials.alipayCertificatePem).toString('base64');
    stand.simulator.faults.inject({ on: 'certificate', fault: { kind: 'otherFields', fields: { alipay_cert_content: old } } });
    assert.equal((await stand.channel.charge(orderOf(stand, 'OTHERSN1'), call())).kind, 'unknown');
    stand.clock.atMs += 10_000;
    stand.simulator.faults.inject({ on: 'certificate', fault: { kind: 'badSignature' } });
    assert.equal((await stand.channel.charge(orderOf(stand, 'OTHERSN2'), call())).kind, 'unknown');
    stand.clock.atMs += 10_000;
    assert.equal((await stand.channel.charge(orderOf(stand, 'OTHERSN3'), call())).kind, 'pending');
  });

  test('numbers that strangers invent in notifications do not keep a new certificate of Alipay out', async (context) => {
    const stand = await standOf(context, { mode: 'certificate' });
    await paidOrder(stand, 'INVENT01');
    const raw = arrived(stand.simulator.makeNotification({ outTradeNo: 'INVENT01' }), new Date(stand.clock.atMs));
    const invented = Buffer.from(Buffer.from(raw.body).toString('latin1').replace(/alipay_cert_sn=[0-9a-f]+/, `alipay_cert_sn=${'e'.repeat(32)}`), 'latin1');
    assert.equal((await stand.channel.readNotification({ ...raw, body: invented })).kind, 'refused');
    stand.simulator.changeCertificate();
    assert.equal((await stand.channel.charge(orderOf(stand, 'INVENT02'), call())).kind, 'pending');
  });

  test('a notification signed with a new certificate is read', async (context) => {
    const stand = await standOf(context, { mode: 'certificate' });
    stand.simulator.changeCertificate();
    await paidOrder(stand, 'NEWCERT1');
    const fresh = await stand.again({ store: createMemoryStore() });
    const raw = arrived(stand.simulator.makeNotification({ outTradeNo: 'NEWCERT1' }), new Date(stand.clock.atMs));
    assert.equal((await fresh.channel.readNotification(raw)).kind, 'payment');
  });

  test('an expired certificate proves nothing', async (context) => {
    const stand = await standOf(context, { mode: 'certificate' });
    stand.clock.atMs += 6 * 365 * 86_400_000;
    assert.equal((await stand.channel.charge(orderOf(stand, 'EXPIREDC'), call())).kind, 'unknown');
  });

  test('the gateway refuses a request that names another certificate', async (context) => {
    const stand = await standOf(context, { mode: 'certificate' });
    const { verification } = settingsOf(stand.simulator.merchantCredentials);
    const { channel } = await stand.again({ settings: { verification: { ...verification, alipayRootCertificatePem: verification.alipayCertificatePem } } });
    const outcome = await channel.charge(orderOf(stand, 'WRONGSN1'), call());
    assert.equal(outcome.kind === 'declined' && outcome.code, 'isv.invalid-alipay-root-cert-sn');
  });
});

function settingsOf({ appCertificatePem, alipayCertificatePem, alipayRootCertificatePem }: { readonly appCertificatePem: string; readonly alipayCertificatePem: string; readonly alipayRootCertificatePem: string }): {
  readonly verification: { readonly mode: 'certificate'; readonly appCertificatePem: string; readonly alipayCertificatePem: string; readonly alipayRootCertificatePem: string };
} {
  return { verification: { mode: 'certificate', appCertificatePem, alipayCertificatePem, alipayRootCertificatePem } };
}
