/** What a HIS tells by calling a web service of ours: plain, in GBK, and in the encrypted envelope of a regional platform. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createSoapAdapter, readMapping, type Settings } from '@hospay/hospital-adapter-soap';
import { createGuestHttp } from '@hospay/plugin-sdk/host';
import { readXml } from '@hospay/plugin-sdk/his-mapping';
import { NOTICE_PASSWORD, soapPusher } from '../simulators/his/notices/soap-pusher.js';
import { PERSONALITIES, readExample } from './hospital-adapter-soap-subject.js';
import { tellNoticeStories, type NoticeWire } from './his-notice-stories.js';

async function open(personality: keyof typeof PERSONALITIES): Promise<NoticeWire> {
  const { mapping, credentials } = PERSONALITIES[personality];
  const http = createGuestHttp({ isAllowed: () => false, secretOf: () => undefined });
  const prepared = readMapping(await readExample(mapping));
  const make = (allowed: string) => {
    const settings: Settings = { url: 'http://127.0.0.1:9/his', ...credentials, noticePassword: NOTICE_PASSWORD, noticeListener: { host: '127.0.0.1', port: 0, allowedAddresses: [allowed] } };
    return createSoapAdapter({ settings, mapping: prepared, http, now: () => new Date(), log: { info() {}, warn() {} } });
  };
  const [adapter, elsewhere] = [make('127.0.0.0/8'), make('10.9.8.7')];
  return {
    adapter,
    connect: ({ port = 0 }) => soapPusher(personality, port),
    stranger: async () => {
      const receiver = await elsewhere.receiveNotices?.(() => Promise.resolve({ kind: 'accepted' }));
      const pusher = soapPusher(personality, receiver?.port ?? 0);
      return { push: (push, fault) => pusher.push(push, fault), close: async () => { await receiver?.stop(); } };
    },
    stop: async () => {
      await adapter.stop();
      await elsewhere.stop();
      http.stop();
    },
  };
}

for (const personality of ['selfService', 'gbk', 'encrypted'] as const) tellNoticeStories({ name: `SOAP, ${personality}`, open: () => open(personality) });

async function listen(context: TestContext, listener: Partial<NonNullable<Settings['noticeListener']>> = {}) {
  const http = createGuestHttp({ isAllowed: () => false, secretOf: () => undefined });
  const settings: Settings = { url: 'http://127.0.0.1:9/his', ...PERSONALITIES.gbk.credentials, noticePassword: NOTICE_PASSWORD, noticeListener: { host: '127.0.0.1', port: 0, allowedAddresses: ['127.0.0.1'], ...listener } };
  const adapter = createSoapAdapter({ settings, mapping: readMapping(await readExample('soap-gbk')), http, now: () => new Date(), log: { info() {}, warn() {} } });
  let delivered = 0;
  const receiver = await adapter.receiveNotices?.(() => { delivered += 1; return Promise.resolve({ kind: 'accepted' }); });
  context.after(async () => { await receiver?.stop(); await adapter.stop(); http.stop(); });
  const port = receiver?.port ?? 0;
  return { port, pusher: soapPusher('gbk', port), delivered: () => delivered };
}
const CHECK_IN = { kind: 'checkedIn' as const, values: { noticeNo: 'QH1', hisRegistrationNo: 'G1' } };

test('the service describes its one method to the tools of the vendor', async (context) => {
  const { port } = await listen(context);
  const answer = await fetch(`http://127.0.0.1:${String(port)}/push?wsdl`);
  const read = readXml(await answer.text());
  assert.ok(read.kind === 'document');
  const text = await (await fetch(`http://127.0.0.1:${String(port)}/push?wsdl`)).text();
  for (const part of ['targetNamespace="http://tempuri.org/"', 'name="runservice"', 'name="servicename"', 'name="inxml"', 'name="outxml"', `location="http://127.0.0.1:${String(port)}/push"`]) assert.ok(text.includes(part), part);
  assert.equal((await fetch(`http://127.0.0.1:${String(port)}/push`, { method: 'PUT' })).status, 405);
});

test('a message that is too large and one too many in a minute are not taken, and nothing is refused by that', async (context) => {
  const small = await listen(context, { largestBytes: 256 });
  assert.deepEqual([(await small.pusher.push(CHECK_IN)).kind, small.delivered()], ['error', 0]);
  const few = await listen(context, { perMinute: 1 });
  assert.deepEqual([(await few.pusher.push(CHECK_IN)).kind, (await few.pusher.push(CHECK_IN)).kind, few.delivered()], ['told', 'error', 1]);
});
