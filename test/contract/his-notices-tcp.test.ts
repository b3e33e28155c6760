/** What a HIS tells by sending a line over TCP: in GBK, framed by a line end or by a length. */
import assert from 'node:assert/strict';
import { createConnection } from 'node:net';
import { test } from 'node:test';
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

test('TCP: a message that never ends is cut off, one too many in a minute is not taken, a silent connection is closed; the next is taken', async (context) => {
  const mapping = readMapping(await readExample('tcp-agent'));
  const adapter = createTcpAdapter({
    settings: { server: '127.0.0.1', port: 9, ...PERSONALITIES.agent.credentials, noticeKey: NOTICE_KEY, noticeListener: { host: '127.0.0.1', port: 0, allowedAddresses: ['127.0.0.1'], largestBytes: 256, idleMs: 100, perMinute: 2 } },
    mapping, now: () => new Date(), log: { info() {}, warn() {} },
  });
  let delivered = 0;
  const receiver = await adapter.receiveNotices?.(() => { delivered += 1; return Promise.resolve({ kind: 'accepted' }); });
  context.after(async () => { await receiver?.stop(); await adapter.stop(); });
  const port = receiver?.port ?? 0;
  const ends = (bytes: string) => new Promise<string>((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port }, () => { socket.write(bytes); });
    socket.on('error', () => undefined);
    socket.on('close', () => { resolve('closed'); });
  });
  assert.equal(await ends('GC1203|'.repeat(100)), 'closed');
  assert.equal(await ends('GC1203|'), 'closed');
  const pusher = tcpPusher('agent', port);
  const kinds = [];
  for (let count = 1; count <= 3; count += 1) kinds.push((await pusher.push({ kind: 'checkedIn', values: { noticeNo: 'QH1', hisRegistrationNo: 'G1' } })).kind);
  assert.deepEqual([kinds, delivered], [['told', 'told', 'noAnswer'], 2]);
});
