import assert from 'node:assert/strict';
import { createCipheriv, createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';

import medicalInsurance, { type MedicalInsuranceSettings } from '@hospay/channel-medical-insurance';
import { makeTestContext } from '@hospay/plugin-sdk/testkit';

import { text } from '../simulators/medical-insurance/wire-values.js';
import { call, orderOf, RICH } from './channel-medical-insurance-subject.js';
import { presettled, settled, standOf } from './channel-medical-insurance-stand.js';

const HOUR_MS = 3_600_000;

describe('medical insurance: transports', () => {
  for (const [path, headers, bodyCipher] of [
    ['/mbs/fmi/fsi/api/callFsiService/callService', 'tif', 'plain'],
    ['/fsi/api/rsfComIfsService/{infno}', 'hsaf', 'sm4'],
    ['/fsi/api/{infno}', 'oauth', 'plain'],
    ['/gateway', 'none', 'sm4'],
  ] as const) {
    test(`${path} with ${headers} headers and a ${bodyCipher} body settles a visit`, async (context) => {
      const stand = await standOf(context, { path, headers, bodyCipher });
      assert.equal((await settled(stand)).order.amountFen, 10_000);
    });
  }

  test('a wrong gateway secret, or a wrong SM2 key, settles nothing and is not taken for a refusal of the centre', async (context) => {
    for (const [headers, settings] of [['tif', { gatewaySecret: 'another-secret' }], ['hsaf', { gatewaySecret: 'another-secret' }], ['oauth', { gatewayPassword: 'another-password' }]] as const) {
      const stand = await standOf(context, { headers, settings });
      const outcome = await stand.presettling.findInsured({ voucher: { kind: 'idCard', number: RICH.idNo } }, call);
      assert.ok(outcome.kind === 'notSent' || outcome.kind === 'unknown', JSON.stringify(outcome));
      assert.equal(stand.simulator.interface.received.length, 0);
    }
  });

  test('an OAuth token is used until shortly before its end, and given up when the gateway refuses it', async (context) => {
    const stand = await standOf(context, { headers: 'oauth' });
    await settled(stand);
    assert.equal(stand.simulator.gateway.tokens.size, 1);
    stand.wait(2 * HOUR_MS - 30_000);
    await settled(stand);
    assert.equal(stand.simulator.gateway.tokens.size, 2);
    for (const token of stand.simulator.gateway.tokens.keys()) stand.simulator.gateway.tokens.set(token, 0);
    const { kind } = await stand.presettling.findInsured({ voucher: { kind: 'idCard', number: RICH.idNo } }, call);
    assert.equal(kind, 'unknown');
    await settled(stand);
    assert.equal(stand.simulator.gateway.tokens.size, 3);
  });

  test('x-tif, HSAF and SM4 are those of the published examples', async () => {
    const seen: { headers: IncomingMessage['headers']; body: string; url: string }[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => { chunks.push(chunk); });
      request.on('end', () => {
        seen.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8'), url: request.url ?? '' });
        response.end('{}');
      });
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const now = () => new Date(1_767_225_600_000);
    const ask = async (settings: Partial<MedicalInsuranceSettings>) => {
      const contributions = await medicalInsurance.activate(makeTestContext({
        now,
        settings: { profile: 'inPerson' as const, institutionCode: 'H44999900001', institutionName: '测试医院', baseUrl: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, signIn: 'never' as const, gatewayId: 'SIMPAAS', gatewaySecret: 'SECRET', ...settings },
      }));
      await contributions.presettling?.['medical-insurance']?.findInsured({ voucher: { kind: 'idCard', number: RICH.idNo } }, call);
      await contributions.stop?.();
      return seen.at(-1) ?? assert.fail('nothing arrived');
    };
    const tif = await ask({});
    const nonce = String(tif.headers['x-tif-nonce']);
    assert.equal(tif.headers['x-tif-signature'], createHash('sha256').update(`1767225600SECRET${nonce}1767225600`).digest('hex'));
    // The published example of the same rule.
    assert.equal(createHash('sha256').update('1767225600SECRETabc1231767225600').digest('hex'), '04dc300f4017f453442eb65474ccf668edc2f3c00752035e47d8053cc5d0a270');
    const hsaf = await ask({ headerSigner: 'hsaf', requestPath: '/fsi/{infno}' });
    assert.equal(hsaf.url, '/fsi/1101');
    const signed = '_api_access_key=SIMPAAS&_api_name=1101&_api_timestamp=1767225600000&_api_version=1.0.0';
    assert.equal(hsaf.headers['_api_signature'], createHmac('sha1', 'SECRET').update(signed).digest('base64'));
    const sealed = await ask({ bodyCipher: 'sm4', clientId: '0123456789abcdefXYZ', signingPrivateKey: '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8', answerSignature: 'none' });
    const envelope = Object(JSON.parse(sealed.body));
    const cipher = createCipheriv('sm4-ecb', Buffer.from('0123456789abcdef'), null);
    const input = JSON.stringify({ data: { mdtrt_cert_type: '02', mdtrt_cert_no: RICH.idNo, card_sn: '', begntime: '2026-01-01 08:00:00', psn_cert_type: '', certno: '', psn_name: '' } });
    assert.equal(envelope.input, Buffer.concat([cipher.update(input), cipher.final()]).toString('base64'));
    assert.deepEqual([envelope.enctype, envelope.signtype, Buffer.from(String(envelope.cainfo), 'base64').length], ['SM4', 'SM2', 64]);
    server.close();
  });

  test('settings that can only be wrong together are refused by name, never by value', async () => {
    const settings = { profile: 'inPerson' as const, institutionCode: 'H44999900001', institutionName: '测试医院', baseUrl: 'http://127.0.0.1:1' };
    for (const [given, name] of [[{}, /gatewaySecret/], [{ headerSigner: 'none', bodyCipher: 'sm4' }, /signingPrivateKey/], [{ headerSigner: 'none', bodyCipher: 'sm4', clientId: '0123456789abcdef', signingPrivateKey: '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8' }, /centrePublicKey/]] as const) {
      await assert.rejects(async () => medicalInsurance.activate(makeTestContext({ settings: { ...settings, ...given } })), name);
    }
  });
});

describe('medical insurance: signing in', () => {
  test('one sign-in a day, shared by every message, renewed on the next Beijing day and kept over a restart', async (context) => {
    const stand = await standOf(context);
    await Promise.all([presettled(stand), presettled(stand), presettled(stand)]);
    assert.equal(stand.received('9001').length, 1);
    await (await stand.restart()).presettling.findInsured({ voucher: { kind: 'idCard', number: RICH.idNo } }, call);
    assert.equal(stand.received('9001').length, 1);
    stand.wait(14 * HOUR_MS + 1);
    await settled(stand);
    assert.equal(stand.received('9001').length, 2);
    assert.deepEqual([...new Set(stand.received('2206').map((message) => text(message, 'sign_no')))], ['S2026030201', 'S2026030301']);
  });

  test('without a sign-in nothing is sent; a sign-in the centre forgot is renewed', async (context) => {
    const stand = await standOf(context);
    stand.simulator.faults.inject({ on: '9001', fault: 'refuse' });
    const voucher = { kind: 'idCard', number: RICH.idNo } as const;
    assert.equal((await stand.presettling.findInsured({ voucher }, call)).kind, 'notSent');
    assert.equal((await stand.presettling.findInsured({ voucher }, call)).kind, 'found');
    await stand.store.put('sign-in', { day: '2026-03-02', signNo: 'S-FORGOTTEN' });
    assert.equal((await stand.presettling.findInsured({ voucher }, call)).kind, 'declined');
    assert.equal((await stand.presettling.findInsured({ voucher }, call)).kind, 'found');
  });

  test('where the province wants none, none is made', async (context) => {
    const stand = await standOf(context, { wantsSignIn: false, settings: { signIn: 'never' } });
    const { presettlementNo, insuredFen } = await presettled(stand);
    assert.equal((await stand.channel.charge(orderOf(presettlementNo, insuredFen), call)).kind, 'succeeded');
    assert.equal(stand.received('9001').length, 0);
  });
});
