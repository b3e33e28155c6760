/** What a HIS tells by writing it into a middle table that we poll: the flag of a row is set when its notice is kept, never before. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'node:test';
import { createSqlServerAdapter, readMapping } from '@hospay/hospital-adapter-sqlserver';
import { defaultLogin, startHisSimulator } from '../simulators/his/his-simulator.js';
import { middleTablePusher } from '../simulators/his/notices/middle-table-pusher.js';
import { tellNoticeStories, type NoticeWire } from './his-notice-stories.js';

async function open(): Promise<NoticeWire & { readonly his: Awaited<ReturnType<typeof startHisSimulator>>; readonly warnings: readonly string[] }> {
  const his = await startHisSimulator({ personality: 'middleTables' });
  const mapping = JSON.parse(await readFile(new URL('../../../config/hospitals/middle-tables/sqlserver-mapping.json', import.meta.url), 'utf8'));
  Object.assign(mapping.notices, { everyMs: 20, againAfterMs: 0 });
  const warnings: string[] = [];
  const adapter = createSqlServerAdapter({
    settings: { server: his.host, port: his.port, database: his.databaseName, user: defaultLogin.user, password: defaultLogin.password, breaker: { failureThreshold: 100 } },
    mapping: readMapping(mapping), now: () => new Date(), log: { info() {}, warn: (message, facts) => { warnings.push(`${message} ${JSON.stringify(facts)}`); } },
  });
  return {
    adapter, his, warnings,
    connect: () => middleTablePusher(his),
    stop: async () => {
      await adapter.stop();
      await his.stop();
    },
  };
}

tellNoticeStories({
  name: 'middle table', open,
  without: {
    garbage: 'columns have types', wrongKey: 'the HIS writes into its own database', stranger: 'nobody connects to us', question: 'a refund that is under way is told again by itself', unknown: 'a row nobody kept waits still',
  },
});

test('middle table: a row that is no notice is named once and left, and those behind it are taken', async (context) => {
  const { adapter, his, warnings, stop } = await open();
  const taken: string[] = [];
  const receiver = await adapter.receiveNotices?.((notice) => { taken.push(notice.kind); return Promise.resolve({ kind: 'accepted' }); });
  context.after(async () => { await receiver?.stop(); await stop(); });
  const pusher = middleTablePusher(his);
  assert.equal((await pusher.push({ kind: 'refundRequested', values: { hisRefundNo: 'TF1', tradeNo: 'H1', reason: '没有金额' } })).kind, 'noAnswer');
  const next = await pusher.push({ kind: 'checkedIn', values: { noticeNo: 'QH1', hisRegistrationNo: 'G1' } });
  assert.deepEqual([next.kind, taken], ['told', ['checkedIn']]);
  await pause(100);
  assert.equal(warnings.filter((warning) => warning.includes('is no notice')).length, 1, warnings.join('\n'));
});
