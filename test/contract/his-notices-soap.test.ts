/** What a HIS tells by calling a web service of ours: plain, in GBK, and in the encrypted envelope of a regional platform. */
import { createSoapAdapter, readMapping, type Settings } from '@hospay/hospital-adapter-soap';
import { createGuestHttp } from '@hospay/plugin-sdk/host';
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
