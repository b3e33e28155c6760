/** 日间对账: what has ended is asked about once more, and the day that is not over is compared, over the real store and use cases; the channel and the HIS say what the test wants. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { PaymentNews, RefundNews } from '@hospay/plugin-sdk';
import type { Bilingual } from '@hospay/server/domain/bilingual.js';
import { readMoneyFigures } from '@hospay/server/edges/database/money/alarm-figures.js';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { createRunningDesk } from '@hospay/server/reconciliation/running-desk.js';
import { booked, DAY, lineOf, startScripted, statementOf } from './reconciliation-scripted-stand.js';
import { reconciliationOver } from './reconciliation-parts.js';

const MINUTE = 60_000;

async function start(context: TestContext) {
  const scripted = await startScripted(context);
  const { stand } = scripted;
  const { store, ports, channel, clock } = stand;
  const asked: string[] = [];
  const said = { payment: undefined as PaymentNews | undefined, refund: undefined as RefundNews | undefined, spare: undefined as Bilingual | undefined, isHealthy: true };
  const listening = { id: channel.id, query: async (request: Parameters<typeof channel.query>[0]) => { asked.push(request.tradeNo); return said.payment ?? channel.query(request); }, queryRefund: async (request: Parameters<typeof channel.queryRefund>[0]) => { asked.push(request.refundNo); return said.refund ?? channel.queryRefund(request); } };
  const desk = createRunningDesk({
    ended: store.running, running: store.running, money: store, engine: reconciliationOver(store.reconciliation).engine, channels: { find: (id) => (id === channel.id ? listening : undefined) }, hospitals: { find: () => stand.hospital }, hospitalId: 'demo', sources: () => [{ source: 'working', channels: ['working'] }],
    isHealthy: () => said.isHealthy, policy: ports.policy, clock, random: ports.random, marginMs: 10 * MINUTE, breathe: () => Promise.resolve(), reasonToSpareHis: () => said.spare, listChecks: () => store.running.listChecks(),
  });
  const again = async (afterMinutes: number): Promise<readonly string[]> => {
    clock.advance(afterMinutes * MINUTE);
    await desk.askEndedAgain();
    return asked.splice(0);
  };
  const count = (table: string): number => Number(store.database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);
  const urgent = () => store.database.prepare("SELECT kind, subject, severity FROM discrepancy_case WHERE resolved_at IS NULL AND severity = 1").all().map((row) => [row['kind'], row['subject'], row['severity']]);
  const refundPart = async (tradeNo: string, refundFen: number): Promise<string> => {
    const before = new Set((await store.findOrder(tradeNo))?.refunds.map(({ refundNo }) => refundNo));
    const done = await stand.client().requestRefund(tradeNo, { refundFen, reason: '退费' }, { idempotencyKey: `refund-${tradeNo}-${String(refundFen)}` });
    assert.ok(done.kind === 'ok', JSON.stringify(done));
    await stand.work();
    clock.advance(2 * MINUTE);
    await stand.work();
    return (await store.findOrder(tradeNo))?.refunds.find(({ refundNo }) => !before.has(refundNo))?.refundNo ?? '';
  };
  const check = async (comparison: 'channel' | 'hospital' = 'hospital') => {
    await desk.runCheck();
    const found = desk.listChecks().find((one) => one.comparison === comparison && one.day === DAY);
    return found?.differences.map(({ class: of, key, runs }) => [of, key, runs]);
  };
  return { ...scripted, desk, listening, asked, said: Object.assign(said, { his: scripted.said }), again, count, urgent, refundPart, check };
}

test('what succeeded is asked about once more, not before five minutes, once, and an answer that agrees writes nothing of its own', async (context) => {
  const { stand, again, count, refundPart, check, desk } = await start(context);
  const { tradeNo, paymentNo } = await stand.takePaid({ amountFen: 1_000 });
  const refundNo = await refundPart(tradeNo, 400);
  assert.deepEqual(await again(2.5), [], 'four and a half minutes after it was paid');
  const [facts, journals, version] = [count('fact'), count('journal'), (await stand.store.findOrder(tradeNo))?.order.version];
  assert.deepEqual(await again(3), [paymentNo, refundNo]);
  assert.deepEqual(await again(10), []);
  assert.deepEqual([count('fact'), count('journal'), (await stand.store.findOrder(tradeNo))?.order.version], [facts, journals, version]);
  await check('channel');
  const [of] = desk.listChecks().filter(({ comparison }) => comparison === 'channel');
  assert.deepEqual([of?.ours, of?.theirs], [{ payments: 1, paymentFen: 1_000, refunds: 1, refundFen: 400 }, { payments: 1, paymentFen: 1_000, refunds: 1, refundFen: 400 }]);
});

test('a success the channel denies is asked about a second time, then a case of severity 1; nothing is undone', async (context) => {
  const { stand, said, again, urgent, check, count } = await start(context);
  const { tradeNo, paymentNo } = await stand.takePaid({ amountFen: 1_000 });
  const journals = count('journal');
  said.payment = { kind: 'notFound' };
  assert.deepEqual([await again(6), urgent()], [[paymentNo], []], 'a channel that is being repaired denies for a moment');
  assert.deepEqual([await again(6), urgent()], [[paymentNo], [['channelDenies', paymentNo, 1]]]);
  assert.deepEqual([await again(6), urgent()], [[], [['channelDenies', paymentNo, 1]]]);
  const found = await stand.store.findOrder(tradeNo);
  assert.deepEqual([found?.payments[0]?.state, found?.order.confirmation, found?.refunds, count('journal')], ['succeeded', 'confirmed', [], journals]);
  assert.deepEqual(await check('channel'), [['status', paymentNo, 1]]);
  assert.deepEqual(verifyLedger(stand.store.database).problems, []);
});

test('a denial that was of the moment is no case', async (context) => {
  const { stand, said, again, urgent } = await start(context);
  await stand.takePaid({ amountFen: 1_000 });
  said.payment = { kind: 'closed' };
  await again(6);
  said.payment = undefined;
  assert.deepEqual([(await again(6)).length, urgent(), (await again(6)).length], [1, [], 0]);
});

test('what went back whole may be closed at its channel: no denial', async (context) => {
  const { stand, said, again, urgent, refundPart } = await start(context);
  const { tradeNo } = await stand.takePaid({ amountFen: 1_000 });
  await refundPart(tradeNo, 1_000);
  said.payment = { kind: 'closed' };
  for (let round = 0; round < 4; round += 1) await again(6);
  assert.deepEqual(urgent(), []);
});

test('a refund that is denied, and one the channel had given up and paid after all, are cases; no refund is made anew', async (context) => {
  const { stand, said, again, urgent, refundPart } = await start(context);
  const { tradeNo } = await stand.takePaid({ amountFen: 1_000 });
  const done = await refundPart(tradeNo, 300);
  said.refund = { kind: 'closed' };
  await again(6);
  await again(6);
  assert.deepEqual(urgent(), [['channelDenies', done, 1]]);
  said.refund = undefined;
  stand.store.database.prepare("UPDATE refund SET state = 'closed' WHERE refund_no = ?").run(done);
  stand.store.database.prepare('UPDATE discrepancy_case SET resolved_at = opened_at').run();
  stand.store.database.prepare("INSERT INTO state_event (trade_no, axis, subject, from_state, to_state, trigger, cause_kind, cause_id, order_version, at) VALUES (?, 'refund', ?, 'processing', 'closed', 'query', 'query', 'x', 9, ?)").run(tradeNo, done, stand.clock.now().toISOString());
  await again(6);
  await again(6);
  assert.deepEqual([urgent(), (await stand.store.findOrder(tradeNo))?.refunds.length], [[['channelDenies', done, 1]], 1]);
});

test('another amount or another number told again is a case, and moves nothing', async (context) => {
  const { stand, said, again, urgent } = await start(context);
  const { paymentNo } = await stand.takePaid({ amountFen: 1_000 });
  const news = stand.channel.newsOf(paymentNo);
  assert.ok(news.kind === 'succeeded');
  said.payment = { ...news, amountFen: 999 };
  await again(6);
  assert.deepEqual(urgent(), [['amountMismatch', paymentNo, 1]]);
});

test('a payment that was refused and paid after all is taken through the state machine; one that was closed is left to its own work', async (context) => {
  const { stand, again, urgent } = await start(context);
  stand.channel.charge = (request) => {
    stand.channel.orders.set(request.tradeNo, { request, state: 'open', paidAt: '' });
    return Promise.resolve({ kind: 'declined', code: 'BALANCE', message: 'not enough' });
  };
  const refused = await stand.takePayment({ amountFen: 700 });
  assert.equal((await stand.store.findOrder(refused.tradeNo))?.payments[0]?.state, 'failed');
  stand.channel.pay(refused.paymentNo);
  assert.deepEqual(await again(6), [refused.paymentNo]);
  await stand.work('advancePayment');
  assert.equal((await stand.store.findOrder(refused.tradeNo))?.payments[0]?.state, 'succeeded');
  await stand.work();
  assert.equal((await stand.store.findOrder(refused.tradeNo))?.order.confirmation, 'confirmed');
  assert.deepEqual([await again(6), urgent()], [[refused.paymentNo], []], 'its second end is an end of its own');
});

test('a payment that was closed, or failed when it was asked about, has work of its own that asks after the end: it is not asked twice', async (context) => {
  const { stand, again } = await start(context);
  const { tradeNo } = await stand.takePayment({ amountFen: 700 });
  stand.clock.advance(6 * MINUTE);
  await stand.work();
  stand.clock.advance(6 * MINUTE);
  await stand.work();
  assert.equal((await stand.store.findOrder(tradeNo))?.payments[0]?.state, 'closed');
  const failed = await stand.takePayment({ amountFen: 800, idempotencyKey: 'fails-when-asked' });
  stand.channel.query = () => Promise.resolve({ kind: 'declined', code: 'RISK', message: 'refused' });
  stand.clock.advance(15_000);
  await stand.work();
  assert.equal((await stand.store.findOrder(failed.tradeNo))?.payments[0]?.state, 'failed');
  assert.deepEqual([await again(6), await again(6)], [[], []]);
});

test('a channel that does not answer is asked no more in this run, and after three silences its statement decides; one that is out is not asked at all', async (context) => {
  const { stand, said, again, count } = await start(context);
  const [first, second] = [await stand.takePaid({ amountFen: 1_000, idempotencyKey: 'silent-payment-1' }), await stand.takePaid({ amountFen: 2_000, idempotencyKey: 'silent-payment-2' })];
  said.isHealthy = false;
  assert.deepEqual([await again(6), count('asked_later')], [[], 2]);
  said.isHealthy = true;
  said.payment = { kind: 'unknown', reason: 'timeout' };
  const rounds: number[] = [];
  for (let round = 0; round < 6; round += 1) rounds.push((await again(6)).length);
  assert.deepEqual([rounds, count('asked_later')], [[1, 1, 1, 1, 1, 1], 0], `three questions each of ${first.paymentNo} and ${second.paymentNo}`);
});

test('cash and card terminals are not asked, what is older than a day is not, and one run does so much and no more', async (context) => {
  const { stand, again, desk, count } = await start(context);
  await stand.takePaid({ amountFen: 1_000, idempotencyKey: 'by-card-payment' });
  stand.store.database.exec("UPDATE payment SET method = 'bankCard'");
  assert.deepEqual(await again(6), []);
  const old = await stand.takePaid({ amountFen: 2_000, idempotencyKey: 'of-yesterday-01' });
  assert.deepEqual(await again(25 * 60), [], old.paymentNo);
  const insert = stand.store.database.prepare("INSERT INTO asked_later (kind, number, ended_at, tries, is_denied, due_at) VALUES ('payment', ?, '2026-11-20T00:00:00.000Z', 0, 0, 0)");
  for (let index = 0; index < 700; index += 1) insert.run(`N${String(index)}`);
  assert.match((await desk.askEndedAgain()).en, /more next time/);
  assert.equal(count('asked_later'), 400);
});

test('today beside the HIS’s list: what is young is not judged, what stands in two runs on end raises the alarm, and nothing is opened or posted', async (context) => {
  const { stand, said, check, cases, count } = await start(context);
  const measured = (): number | undefined => readMoneyFigures(stand.store.database, stand.clock.now()).find(({ measure }) => measure === 'runningDifferences')?.value;
  const { tradeNo } = await stand.takePaid({ amountFen: 1_000 });
  const journals = count('journal');
  assert.deepEqual(await check(), [], 'just paid');
  stand.clock.advance(11 * MINUTE);
  assert.deepEqual([await check(), measured()], [[['hisMissing', tradeNo, 1]], 0]);
  stand.clock.advance(5 * MINUTE);
  assert.deepEqual([await check(), measured()], [[['hisMissing', tradeNo, 2]], 1]);
  assert.deepEqual([cases(), count('journal'), count('reconciliation_run'), count('reconciliation_difference')], [[], journals, 0, 0]);
  said.his.dayLists.set(DAY, [booked(tradeNo, 1_000, { paidAt: stand.clock.now().toISOString() })]);
  assert.deepEqual([await check(), measured()], [[], 0], 'their side is young now');
});

test('the final run of the day takes the place of the provisional one, which does not come back', async (context) => {
  const { stand, said, check, run, count, desk } = await start(context);
  const { tradeNo, paymentNo } = await stand.takePaid({ amountFen: 1_000 });
  stand.clock.advance(11 * MINUTE);
  assert.deepEqual(await check(), [['hisMissing', tradeNo, 1]]);
  assert.equal(count('running_check'), 2);
  said.his.statement = { kind: 'notReady', message: 'not yet' };
  said.his.dayLists.set(DAY, [booked(tradeNo, 1_000)]);
  await run();
  assert.deepEqual(desk.listChecks().map(({ comparison }) => comparison), ['channel'], 'a day whose bill is not there is not reconciled');
  said.his.statement = statementOf([lineOf(paymentNo, 1_000)]);
  await run();
  assert.equal(count('running_check'), 0);
  await desk.runCheck();
  assert.equal(count('running_check'), 0);
});

test('what is booked while the list is read is no difference: ours is read first, and what waited is read again', async (context) => {
  const { stand, said, check } = await start(context);
  const { tradeNo, paymentNo } = await stand.takePayment({ amountFen: 1_000 });
  stand.channel.pay(paymentNo);
  stand.clock.advance(15_000);
  await stand.work('advancePayment');
  stand.clock.advance(11 * MINUTE);
  assert.deepEqual(await check(), [['hisPending', tradeNo, 1]]);
  const { listDay } = stand.hospital as unknown as { listDay: (request: { day: string; page: number; pageSize: number }) => Promise<unknown> };
  Object.assign(stand.hospital, {
    async listDay(request: { day: string; page: number; pageSize: number }) {
      await stand.work('confirmOrder');
      said.his.dayLists.set(DAY, [booked(tradeNo, 1_000, { paidAt: String((await stand.store.findOrder(tradeNo))?.order.paidAt) })]);
      return listDay(request);
    },
  });
  assert.deepEqual(await check(), []);
});

test('a HIS that is slow, or does not answer, is left in peace: what was found before stands', async (context) => {
  const { stand, said, check, desk } = await start(context);
  const { tradeNo } = await stand.takePaid({ amountFen: 1_000 });
  stand.clock.advance(11 * MINUTE);
  assert.deepEqual(await check(), [['hisMissing', tradeNo, 1]]);
  const pages = said.his.pages.length;
  said.spare = { zh: '医院系统应答缓慢', en: 'it is slow' };
  assert.deepEqual([await check(), said.his.pages.length], [[['hisMissing', tradeNo, 1]], pages]);
  said.spare = undefined;
  said.his.listDayAnswers.push({ kind: 'unknown', reason: 'timeout' });
  assert.deepEqual(await check(), [['hisMissing', tradeNo, 1]]);
  const { listDay } = stand.hospital as unknown as { listDay: (request: { day: string; page: number; pageSize: number }) => Promise<unknown> };
  Object.assign(stand.hospital, { listDay: (request: { day: string; page: number; pageSize: number }) => { stand.clock.advance(MINUTE); return listDay(request); } });
  assert.deepEqual(await check(), [['hisMissing', tradeNo, 2]]);
  const read = said.his.pages.length;
  stand.clock.advance(5 * MINUTE);
  assert.match((await desk.runCheck()).en, /its last list took long/);
  stand.clock.advance(5 * MINUTE);
  await desk.runCheck();
  assert.equal(said.his.pages.length, read + 1, 'ten times as long as the list took');
});
