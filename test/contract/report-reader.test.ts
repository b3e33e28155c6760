import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { openReportReader } from '@hospay/server/edges/database/reports/open-report-reader.js';
import { openThread } from '@hospay/server/edges/machine/thread.js';
import { openSums } from '@hospay/server/edges/database/reports/sum-tables.js';
import { checkSums } from '@hospay/server/reports/check-sums.js';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { buildConsoleHouse } from './console-house.js';

const DAY = '2026-11-20';

async function openHouse(context: TestContext) {
  const house = await buildConsoleHouse();
  const folder = mkdtempSync(join(tmpdir(), 'hospay-report-sums-'));
  const sumsFile = join(folder, 'report-sums.sqlite');
  const reports = openReportReader({ openThread, moneyFile: house.moneyFile, sumsFile, log: SILENT_LOG });
  context.after(async () => {
    await reports.close();
    await house.stop();
    rmSync(folder, { recursive: true });
  });
  return { house, reader: reports.reader, sumsFile };
}

test('the thread of the reports sees what was committed a moment ago, and what it is asked while payments go on it answers', async (context) => {
  const { house, reader } = await openHouse(context);
  await house.payAndConfirm('A');
  assert.deepEqual((await reader.sums({ from: DAY, to: DAY, by: ['channel'] })).map(({ of, paidFen, bookedFen }) => [of.channel, paidFen, bookedFen]), [['scripted', 10_000, 10_000]]);
  const order = await house.payAndConfirm('B');
  const { rows, next } = await reader.transactions({ from: DAY, to: DAY, limit: 10, sources: [] });
  assert.deepEqual(rows.map(({ amountFen, hisFen, comparedAt }) => [amountFen, hisFen, comparedAt]), [[10_000, 10_000, ''], [10_000, 10_000, '']]);
  assert.ok(rows.some(({ tradeNo }) => tradeNo === order.tradeNo));
  assert.equal(next, undefined);
  const first = await reader.transactions({ from: DAY, to: DAY, limit: 1, sources: [] });
  const second = await reader.transactions({ from: DAY, to: DAY, limit: 1, after: first.next, sources: [] });
  assert.deepEqual([...first.rows, ...second.rows], rows, 'page by page it is the same');
});

test('what cannot be answered fails that question alone', async (context) => {
  const { reader } = await openHouse(context);
  await assert.rejects(reader.sums({ from: DAY, to: DAY, by: ['nonsense' as 'day'] }));
  assert.deepEqual(await reader.sums({ from: DAY, to: DAY, by: ['day'] }), []);
});

test('the nightly check finds a fen that was planted, fails, and has the sums reckoned anew', async (context) => {
  const { house, reader, sumsFile } = await openHouse(context);
  await house.payAndConfirm('A');
  house.later(24 * 3_600);
  const clock = { now: house.now };
  assert.match((await checkSums({ reader, clock })).en, /every sum is that of the orders/);
  const beside = openSums(sumsFile);
  beside.exec('UPDATE day_sum SET paid_fen = paid_fen + 1');
  beside.close();
  await assert.rejects(checkSums({ reader, clock }), /paidFen: 10001 kept, 10000 reckoned/);
  await eventually('the sums are right again', async () => ((await reader.sums({ from: DAY, to: DAY, by: [] }))[0]?.paidFen === 10_000 ? true : undefined));
  assert.match((await checkSums({ reader, clock })).en, /every sum is that of the orders/);
});

test('a thread that dies fails what it was asked, and the next question starts another', async (context) => {
  const house = await buildConsoleHouse();
  const folder = mkdtempSync(join(tmpdir(), 'hospay-report-thread-'));
  const reports = openReportReader({ openThread, moneyFile: join(folder, 'money.sqlite'), sumsFile: join(folder, 'report-sums.sqlite'), log: SILENT_LOG });
  context.after(async () => {
    await reports.close();
    await house.stop();
    rmSync(folder, { recursive: true });
  });
  await house.payAndConfirm('A');
  await assert.rejects(reports.reader.state({}), /the thread of the reports ended/, 'there is no money database yet');
  house.store.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  copyFileSync(house.moneyFile, join(folder, 'money.sqlite'));
  assert.deepEqual((await reports.reader.sums({ from: DAY, to: DAY, by: [] })).map(({ paidFen }) => paidFen), [10_000]);
});
