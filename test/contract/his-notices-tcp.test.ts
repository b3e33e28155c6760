/** What a HIS tells by sending a line over TCP: in GBK, framed by a line end or by a length. */
import { createTcpAdapter, readMapping, type Settings } from '@hospay/hospital-adapter-tcp';
import { NOTICE_KEY, tcpPusher } from '../simulators/his/notices/tcp-pusher.js';
import { PERSONALITIES, readExample } from './hospital-adapter-tcp-subject.js';
import { tellNoticeStories, type NoticeWire } from './his-notice-stories.js';

async function open(personality: keyof typeof PERSONALITIES): Promise<NoticeWire> {
  const { mapping, credentials } = PERSONALITIES[personality];
  const prepared = readMapping(await readExample(mapping));
  const make = (allowed: string) => {
    const settings: Settings = { server: '127.0.0.1', port: 9, ...credentials, noticeKey: NOTICE_KEY, noticeListener: { host: '127.0.0.1', port: 0, allowedAddresses: [allowed] } };
    return createTcpAdapter({ settings, mapping: prepared, now: () => new Date(), log: { info() {}, warn() {} } });
  };
  const [adapter, elsewhere] = [make('127.0.0.1'), make('10.9.8.7')];
  return {
    adapter,
    connect: ({ port = 0 }) => tcpPusher(personality, port),
    stranger: async () => {
      const receiver = await elsewhere.receiveNotices?.(() => Promise.resolve({ kind: 'accepted' }));
      const pusher = tcpPusher(personality, receiver?.port ?? 0);
      return { push: (push, fault) => pusher.push(push, fault), close: async () => { await receiver?.stop(); } };
    },
    stop: async () => {
      await adapter.stop();
      await elsewhere.stop();
    },
  };
}

for (const personality of ['agent', 'frontMachine'] as const) tellNoticeStories({ name: `TCP, ${personality}`, open: () => open(personality) });
