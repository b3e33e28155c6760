/** What a HIS tells by HL7 messages over MLLP: one acknowledgement, or a commit before the application's; in UTF-8, and in GBK that no header declares. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createHl7Adapter, readMapping, type Settings } from '@hospay/hospital-adapter-hl7';
import { hl7Pusher, NOTICE_SECURITY, type Hl7PushWire } from '../simulators/his/notices/hl7-pusher.js';
import { tellNoticeStories, type NoticeWire } from './his-notice-stories.js';

type Personality = { readonly charset: 'utf-8' | 'gbk'; readonly wantsCommit: boolean };

const mapping = readMapping(JSON.parse(await readFile(new URL('../../../config/hospitals/lakeside/hl7-mapping.json', import.meta.url), 'utf8')));

function make({ charset }: Personality, allowed: string) {
  const settings: Settings = {
    host: '127.0.0.1', port: 9, noticeSecurity: NOTICE_SECURITY, noticeListener: { host: '127.0.0.1', port: 0, allowedAddresses: [allowed] }, ...(charset === 'gbk' ? { characterSet: 'cp936' } : {}),
  };
  return createHl7Adapter({ settings, mapping, now: () => new Date(), log: { info() {}, warn() {} } });
}

async function open(personality: Personality): Promise<NoticeWire> {
  const [adapter, elsewhere] = [await make(personality, '127.0.0.1'), await make(personality, '10.9.8.7')];
  return {
    adapter,
    connect: ({ port = 0 }) => hl7Pusher({ port, ...personality }),
    stranger: async () => {
      const receiver = await elsewhere.receiveNotices?.(() => Promise.resolve({ kind: 'accepted' }));
      const pusher = hl7Pusher({ port: receiver?.port ?? 0, ...personality });
      return { push: (push, fault) => pusher.push(push, fault), close: async () => { await receiver?.stop(); } };
    },
    stop: async () => {
      await adapter.stop();
      await elsewhere.stop();
    },
  };
}

tellNoticeStories({ name: 'HL7, original mode', open: () => open({ charset: 'utf-8', wantsCommit: false }) });
tellNoticeStories({ name: 'HL7, enhanced mode in GBK', open: () => open({ charset: 'gbk', wantsCommit: true }) });

test('a commit acknowledgement says CA when the notice is kept, CE when it may not be; a message that is no notice gets CR', async (context) => {
  const adapter = await make({ charset: 'utf-8', wantsCommit: true }, '127.0.0.1');
  const answers = [{ kind: 'accepted' as const }, { kind: 'unknown' as const, reason: 'not kept' }];
  const receiver = await adapter.receiveNotices?.(() => Promise.resolve(answers.shift() ?? { kind: 'processing' as const }));
  assert.ok(receiver);
  context.after(async () => { await receiver.stop(); await adapter.stop(); });
  const pusher: Hl7PushWire = hl7Pusher({ port: receiver.port ?? 0, charset: 'utf-8', wantsCommit: true });
  const push = { kind: 'checkedIn' as const, values: { noticeNo: 'QH1', hisRegistrationNo: 'G1' } };
  await pusher.push(push);
  await pusher.push(push);
  await pusher.push({ kind: 'checkedIn', values: { noticeNo: 'QH2' } });
  assert.deepEqual(pusher.acknowledged, ['CA', 'AA', 'CE', 'AE', 'CR']);
});
