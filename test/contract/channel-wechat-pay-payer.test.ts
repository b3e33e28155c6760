import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, test, type TestContext } from 'node:test';

import type { WechatPaySettings } from '@hospay/channel-wechat-pay';
import type { IdentifyingPayer, PaymentChannel, PayerIdOutcome } from '@hospay/plugin-sdk';

import { BROWSING_PAYER_OPEN_ID } from '../simulators/wechat-pay/payer-authorisation.js';
import type { MerchantCredentials } from '../simulators/wechat-pay/merchant-credentials.js';
import { call, orderOf } from './channel-requests.js';
import { standOf, type Stand } from './channel-wechat-pay-stand.js';
import { REFUSING_ADDRESS } from './channel-wechat-pay-subject.js';

const RETURN_URL = 'https://pay.hospital.example/checkout?code=C1';
const WECHAT = { 'user-agent': 'Mozilla/5.0 (iPhone) MicroMessenger/8.0.50' };

/** 网页授权: who pays in WeChat's own browser. */
describe('wechat-pay: learning who pays', () => {
  test("WeChat's browser comes back with a code that names the payer once, and the order is his", async (context) => {
    const { stand, identifying, come } = await authorising(context);
    const query = await come('state01');
    assert.deepEqual(new URLSearchParams(query).getAll('state'), ['state01']);
    assert.deepEqual(await identifying.findPayerId({ query }, call()), { kind: 'found', payerId: BROWSING_PAYER_OPEN_ID });
    assert.equal((await identifying.findPayerId({ query }, call())).kind, 'refused', 'a code is single use');
    const outcome = await stand.channel.charge(orderOf(stand, 'BROWSING', 'jsapi', { payerId: BROWSING_PAYER_OPEN_ID }), call());
    assert.equal(outcome.kind, 'pending');
  });

  test("the page is asked for the least it can tell, by the sub-merchant's own app where it has one", async (context) => {
    for (const isPartner of [false, true]) {
      const { stand, identifying } = await authorising(context, { isPartner });
      const { url } = await identifying.payerIdAddress({ returnUrl: RETURN_URL, state: 's1' });
      const { searchParams, hash, pathname } = new URL(url);
      const { appId, subMerchant } = stand.simulator.merchantCredentials;
      assert.deepEqual([pathname, hash, searchParams.get('scope'), searchParams.get('response_type'), searchParams.get('redirect_uri')], ['/connect/oauth2/authorize', '#wechat_redirect', 'snsapi_base', 'code', RETURN_URL]);
      assert.equal(searchParams.get('appid'), isPartner ? subMerchant.appId : appId);
      assert.ok(!url.includes(stand.simulator.merchantCredentials.appSecret));
    }
  });

  test("a sub-merchant's payer is found by its own app and secret", async (context) => {
    const { identifying, come } = await authorising(context, { isPartner: true });
    assert.equal((await identifying.findPayerId({ query: await come('s1') }, call())).kind, 'found');
  });

  test('a code that is invented, run out or missing is refused', async (context) => {
    const { stand, identifying, come } = await authorising(context);
    for (const query of ['code=0123456789abcdef&state=s', '', '?state=s', 'code=%26secret%3D1', 'code=']) {
      assert.equal((await identifying.findPayerId({ query }, call())).kind, 'refused', query);
    }
    const nobodyThere = identifyingOf((await stand.again({ tokenUrl: `${REFUSING_ADDRESS}/sns/oauth2/access_token` })).channel);
    assert.equal((await nobodyThere.findPayerId({ query: 'code=%26secret%3D1' }, call())).kind, 'refused', 'what is no code is never sent');
    const old = await come('s1');
    stand.clock.atMs += 301_000;
    assert.equal((await identifying.findPayerId({ query: old }, call())).kind, 'refused');
  });

  test('a wrong secret, an answer that cannot be read, or none at all is unknown: the code may still be good', async (context) => {
    const { stand, come } = await authorising(context);
    const query = await come('s1');
    const find = async (settings: Partial<WechatPaySettings>): Promise<PayerIdOutcome> => identifyingOf((await stand.again(settings)).channel).findPayerId({ query }, call());
    assert.equal((await find({ appSecret: 'f'.repeat(32) })).kind, 'unknown');
    assert.equal((await find({ tokenUrl: `${REFUSING_ADDRESS}/sns/oauth2/access_token` })).kind, 'unknown');
    for (const [status, body] of [[200, '<html>'], [200, '{"openid":"no id"}'], [200, '{"openid":1}'], [502, '{"openid":"oSimulatedBrowsingPayer0001"}'], [302, '']] as const) {
      const port = await answering(context, status, body);
      assert.equal((await find({ tokenUrl: `http://127.0.0.1:${String(port)}/sns/oauth2/access_token` })).kind, 'unknown', body);
    }
    assert.equal((await find({})).kind, 'found');
  });

  test('another browser is not let through, and without the secret of the app the channel does not offer it', async (context) => {
    const { stand, identifying } = await authorising(context);
    const { url } = await identifying.payerIdAddress({ returnUrl: RETURN_URL, state: 's1' });
    const answer = await fetch(url, { redirect: 'manual', headers: { 'user-agent': 'Mozilla/5.0 Chrome' } });
    assert.equal(answer.status, 200);
    const bare = await standOf(context);
    assert.equal(Reflect.get(bare.channel, 'payerIdAddress'), undefined);
    assert.ok(stand.logLines.every((line) => !line.includes(stand.simulator.merchantCredentials.appSecret)));
  });
});

async function authorising(context: TestContext, { isPartner = false }: { readonly isPartner?: boolean } = {}): Promise<{ stand: Stand; identifying: IdentifyingPayer; come: (state: string) => Promise<string> }> {
  const secretOf = ({ appSecret, subMerchant }: MerchantCredentials): string => (isPartner ? subMerchant.appSecret : appSecret);
  const bare = await standOf(context, { isPartner, settings: (credentials) => ({ appSecret: secretOf(credentials) }) });
  const pages = { authorizeUrl: `${bare.simulator.baseUrl}connect/oauth2/authorize`, tokenUrl: `${bare.simulator.baseUrl}sns/oauth2/access_token` };
  const stand = { ...bare, ...(await bare.again(pages)), again: (change: Partial<WechatPaySettings> = {}) => bare.again({ ...pages, ...change }) };
  const identifying = identifyingOf(stand.channel);
  /** WeChat's browser opens the page; gives the query it comes back with. */
  const come = async (state: string): Promise<string> => {
    const { url } = await identifying.payerIdAddress({ returnUrl: RETURN_URL, state });
    const answer = await fetch(url, { redirect: 'manual', headers: WECHAT });
    assert.equal(answer.status, 302);
    const back = new URL(answer.headers.get('location') ?? '');
    assert.equal(back.host, 'pay.hospital.example');
    return back.search;
  };
  return { stand, identifying, come };
}

function identifyingOf(channel: PaymentChannel): IdentifyingPayer {
  const { payerIdAddress, findPayerId } = channel;
  assert.ok(payerIdAddress !== undefined && findPayerId !== undefined, 'the channel learns who pays');
  return { payerIdAddress, findPayerId };
}

async function answering(context: TestContext, status: number, body: string): Promise<number> {
  const server = createServer((_request, response) => { response.writeHead(status, { location: 'https://127.0.0.1/' }).end(body); });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}
