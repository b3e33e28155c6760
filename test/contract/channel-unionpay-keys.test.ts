import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { UnionpaySettingsSchema } from '@hospay/channel-unionpay';
import { Value } from 'typebox/value';

import { call } from './channel-requests.js';
import { orderOf, paidOrder, standOf } from './channel-unionpay-stand.js';
import { activateUnionpay, unionpaySettings } from './channel-unionpay-subject.js';

const DAY_MS = 86_400_000;

describe('unionpay: whose certificate signs', () => {
  test('a new certificate of UnionPay is accepted as it comes: its issuers are known', async (context) => {
    const stand = await standOf(context);
    stand.simulator.signAs('next');
    assert.equal((await stand.channel.charge(orderOf(stand, 'ROTATED01'), call())).kind, 'pending');
  });

  for (const [signer, reason] of [
    ['foreign', /does not lead to the configured root/],
    ['ownMiddle', /does not lead to the configured root/],
    ['otherOwner', /belongs to somebody else/],
    ['expired', /is not valid now/],
  ] as const) {
    test(`a signature right in itself by the certificate "${signer}" is unknown`, async (context) => {
      const stand = await standOf(context);
      const paid = await paidOrder(stand, 'SIGNERS01');
      stand.simulator.signAs(signer);
      const charged = await stand.channel.charge(orderOf(stand, 'SIGNERS02'), call());
      assert.match(charged.kind === 'unknown' ? charged.reason : charged.kind, reason);
      assert.equal((await stand.channel.query(paid, call())).kind, 'unknown');
    });
  }

  test('a certificate whose issuer is no longer valid is not believed, even when it is valid itself', async (context) => {
    const stand = await standOf(context);
    for (const [years, kind] of [[3, 'pending'], [4.5, 'unknown']] as const) {
      stand.clock.atMs += years * 365 * DAY_MS;
      assert.equal((await stand.channel.charge(orderOf(stand, `AFTER0${String(years).replace('.', '')}Y`), call())).kind, kind);
      stand.clock.atMs -= years * 365 * DAY_MS;
    }
  });

  test('who owns UnionPay\'s certificate, and where the name stands, can be told', async (context) => {
    const stand = await standOf(context);
    stand.simulator.signAs('otherOwner');
    const agreed = await stand.again({ settings: { signerOwners: ['中国银联股份有限公司', '某某科技有限公司'] } });
    assert.equal((await agreed.channel.charge(orderOf(stand, 'OWNERS001'), call())).kind, 'pending');
    stand.simulator.signAs('unionpay');
    const elsewhere = await stand.again({ settings: { signerOwnerPart: 4, signerOwners: ['SIM00001'] } });
    assert.equal((await elsewhere.channel.charge(orderOf(stand, 'OWNERS002'), call())).kind, 'pending');
    const beyond = await stand.again({ settings: { signerOwnerPart: 6 } });
    assert.equal((await beyond.channel.charge(orderOf(stand, 'OWNERS003'), call())).kind, 'unknown');
  });

  test('without the middle certificate nothing leads to the root', async (context) => {
    const stand = await standOf(context);
    const { channel } = await stand.again({ settings: { middleCertificatePems: [] } });
    assert.equal((await channel.charge(orderOf(stand, 'NOMIDDLE1'), call())).kind, 'unknown');
  });

  test('a secure key of somebody else signs nothing', async (context) => {
    const stand = await standOf(context, { signMethod: '11' });
    stand.simulator.faults.inject({ on: 'charge', fault: { kind: 'badSignature' } });
    assert.equal((await stand.channel.charge(orderOf(stand, 'OTHERKEY1'), call())).kind, 'unknown');
    const { channel } = await stand.again({ settings: { secureKey: 'another key' } });
    assert.equal((await channel.charge(orderOf(stand, 'OTHERKEY2'), call())).kind, 'unknown', 'UnionPay refuses, and the refusal cannot be verified');
    assert.equal(stand.simulator.find('OTHERKEY2'), undefined);
  });
});

describe('unionpay: settings', () => {
  test('what the signature method needs, and the terminal number of scanned codes, is missed when the plugin starts', async (context) => {
    const { simulator } = await standOf(context);
    const certified = unionpaySettings(simulator.merchantCredentials, '01', simulator);
    const secure = unionpaySettings(simulator.merchantCredentials, '11', simulator);
    for (const name of ['certId', 'merchantPrivateKeyPem', 'rootCertificatePem'] as const) {
      const { [name]: _left, ...others } = certified;
      await assert.rejects(activateUnionpay({ settings: others }), /needs certId, merchantPrivateKeyPem and rootCertificatePem/);
    }
    const { secureKey: _key, ...keyless } = secure;
    await assert.rejects(activateUnionpay({ settings: keyless }), /needs secureKey/);
    const { termId: _terminal, ...without } = certified;
    await assert.rejects(activateUnionpay({ settings: without }), /termId is needed/);
    assert.ok(await activateUnionpay({ settings: { ...without, methods: ['nativeQr'] } }));
  });

  test('a key that cannot sign and a root that issues nothing are found when the plugin starts', async (context) => {
    const stand = await standOf(context);
    const settings = unionpaySettings(stand.simulator.merchantCredentials, '01', stand.simulator);
    await assert.rejects(activateUnionpay({ settings: { ...settings, merchantPrivateKeyPem: 'no key' } }), /does not fit/);
    await paidOrder(stand, 'LEAFCERT1');
    const leaf = new URLSearchParams(stand.simulator.makeNotification('LEAFCERT1').body.toString('utf8')).get('signPubKeyCert') ?? '';
    await assert.rejects(activateUnionpay({ settings: { ...settings, rootCertificatePem: leaf } }), /not the certificate of an authority/);
    await assert.rejects(activateUnionpay({ settings: { ...settings, middleCertificatePems: ['-----BEGIN CERTIFICATE-----'] } }), /not the certificate of an authority/);
  });

  test('settings that would send signed requests in the clear, or misspell a key, are refused', async (context) => {
    const { simulator } = await standOf(context);
    const settings = unionpaySettings(simulator.merchantCredentials, '01', simulator);
    assert.ok(Value.Check(UnionpaySettingsSchema, settings));
    assert.ok(Value.Check(UnionpaySettingsSchema, { ...settings, gatewayUrl: 'https://gateway.test.95516.com', fileUrl: 'https://filedownload.test.95516.com/' }));
    for (const wrong of [{ gatewayUrl: 'http://10.0.0.8' }, { fileUrl: 'http://filedownload.95516.com/' }, { merId: '7772900581' }, { signMethod: '02' }, { merid: '1' }, { settlementCutOff: '25:00' }, { termId: '1' }, { refusalCodes: ['0'] }]) {
      assert.ok(!Value.Check(UnionpaySettingsSchema, { ...settings, ...wrong }), JSON.stringify(wrong));
    }
  });
});
