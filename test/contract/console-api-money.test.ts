import assert from 'node:assert/strict';
import { E_CNY } from '@hospay/plugin-sdk';
import { after, before, test } from 'node:test';
import type { OrderView } from '@hospay/server/payments/order-view.js';
import { codeOf, type ConsoleClient, firstAdministrator, isRecord, listOf } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

let house: ConsoleHouse;
let finance: ConsoleClient;
let orders: { confirmed: OrderView; waiting: OrderView; unknown: OrderView; rejected: OrderView; yesterday: OrderView };

before(async () => {
  house = await buildConsoleHouse({ startAt: '2026-11-19T02:00:00.000Z' });
  const yesterday = await house.payAndConfirm('Q0', { patientId: 'P0' });
  house.later(24 * 3600);
  const confirmed = await house.payAndConfirm('Q1');
  house.later(60);
  house.channel.chargeAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  const unknown = await house.pay('Q2');
  house.later(60);
  house.hospital.confirmAnswers = [{ kind: 'rejected', code: '300303', message: '已关闭' }];
  const rejected = await house.payAndConfirm('Q3');
  await house.refundArrives(rejected);
  house.later(60);
  const waiting = await house.pay('Q4', { patientId: 'P4' });
  orders = { confirmed, waiting, unknown, rejected, yesterday };
  finance = await firstAdministrator(house);
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

const numbers = async (query: string) => listOf(await finance.get(`/orders?${query}`), 'orders').map((order) => order['tradeNo']);

test('orders come newest first and page by page without loss or repetition, while new ones arrive in front', async () => {
  const first = await finance.get('/orders?limit=2');
  assert.deepEqual(listOf(first, 'orders').map((order) => order['tradeNo']), [orders.waiting.tradeNo, orders.rejected.tradeNo]);
  const rest = await finance.get(`/orders?limit=2&after=${encodeURIComponent(String(first.body['next']))}`);
  assert.deepEqual(listOf(rest, 'orders').map((order) => order['tradeNo']), [orders.unknown.tradeNo, orders.confirmed.tradeNo]);
  const last = await finance.get(`/orders?limit=2&after=${encodeURIComponent(String(rest.body['next']))}`);
  assert.deepEqual([listOf(last, 'orders').map((order) => order['tradeNo']), last.body['next']], [[orders.yesterday.tradeNo], undefined]);
  assert.equal(codeOf(await finance.get('/orders?after=anything')), 'MALFORMED_REQUEST');
  assert.equal(codeOf(await finance.get('/orders?sort=1')), 'MALFORMED_REQUEST');
});

test('after a restore of the HIS finance has the bookings of a time asked about; a time without an end, or too long, is refused', async () => {
  const body = { from: '2026-11-18T00:00:00.000Z', to: '2026-11-22T00:00:00.000Z', reason: 'HIS 恢复备份' };
  const asked = await finance.call('POST', '/bookings/checks', body);
  assert.deepEqual([asked.status, asked.body], [200, { orders: 2 }]);
  for (const wrong of [{ ...body, to: body.from }, { ...body, to: '2026-12-22T00:00:00.000Z' }, { ...body, from: 'yesterday' }, { ...body, reason: ' ' }]) assert.equal(codeOf(await finance.call('POST', '/bookings/checks', wrong)), 'MALFORMED_REQUEST');
});

test('each filter finds exactly its orders', async () => {
  const { confirmed, waiting, unknown, rejected, yesterday } = orders;
  assert.deepEqual(await numbers('fromDay=2026-11-19&toDay=2026-11-19'), [yesterday.tradeNo]);
  assert.deepEqual(await numbers(`tradeNo=${confirmed.tradeNo}`), [confirmed.tradeNo]);
  assert.deepEqual(await numbers(`paymentNo=${unknown.payments[0]?.paymentNo ?? ''}`), [unknown.tradeNo]);
  assert.deepEqual(await numbers(`channelTradeNo=4200${rejected.tradeNo.slice(-9)}`), [rejected.tradeNo]);
  assert.deepEqual(await numbers('patientId=P4'), [waiting.tradeNo]);
  assert.deepEqual(await numbers('paymentState=unknown'), [unknown.tradeNo]);
  assert.deepEqual(await numbers('confirmation=confirmed&fromDay=2026-11-20'), [confirmed.tradeNo]);
  assert.deepEqual(await numbers('channel=scripted&paymentState=paying'), [waiting.tradeNo]);
  assert.deepEqual(await numbers('channel=other'), []);
  assert.deepEqual(await numbers('refund=any'), [rejected.tradeNo]);
  assert.deepEqual(await numbers('refund=inFlight'), []);
  assert.deepEqual(await numbers(`tradeNo=${encodeURIComponent("' OR 1=1 --")}`), []);
});

test('one timeline tells the order: facts before what they changed, journals after, and every journal balances in each phase', async () => {
  const detail = await finance.get(`/orders/${orders.rejected.tradeNo}`);
  const timeline = listOf(detail, 'timeline');
  const told = timeline.filter((item) => item['kind'] === 'event').map((item) => `${String(item['axis'])} ${String(item['to'])}`);
  assert.deepEqual(told, [
    'payment created', 'payment submitted', 'payment paying', 'payment succeeded', 'confirmation toConfirm', 'confirmation confirming', 'confirmation rejected', 'refund reserved', 'refund submitted', 'refund processing', 'refund succeeded',
  ]);
  const times = timeline.map((item) => String(item['at']));
  assert.deepEqual(times, times.toSorted());
  const paidAt = timeline.findIndex((item) => item['to'] === 'succeeded');
  assert.equal(timeline.slice(0, paidAt).findLast((item) => item['kind'] !== 'event')?.['kind'], 'fact', 'what the channel said stands before what it changed');
  const journals = timeline.filter((item) => item['kind'] === 'journal');
  assert.deepEqual(journals.map((journal) => journal['step']), ['succeeded', 'reserved', 'accepted', 'succeeded']);
  for (const [index, item] of timeline.entries()) {
    if (item['kind'] !== 'journal') continue;
    const changed = timeline.slice(0, index).findLast((earlier) => earlier['kind'] === 'event');
    assert.equal(changed?.['causeId'], item['causeId'], 'a journal stands right after the change it belongs to');
  }
  for (const journal of journals) {
    const entries = Array.isArray(journal['entries']) ? journal['entries'].filter(isRecord) : [];
    for (const phase of ['pending', 'voided', 'final']) {
      const sum = entries.filter((entry) => entry['phase'] === phase).reduce((total, entry) => total + Number(entry['amountFen']) * (entry['side'] === 'debit' ? 1 : -1), 0);
      assert.equal(sum, 0, `${String(journal['step'])} ${phase}`);
    }
  }
  assert.deepEqual(detail.body['refundableFen'], 0);
});

test('titles of accounts come from the chart, and patient numbers are masked', async () => {
  const detail = await finance.get(`/orders/${orders.confirmed.tradeNo}`);
  const text = JSON.stringify(detail.body);
  for (const title of ['渠道在途', '已收待认', 'HIS 结算应付']) assert.ok(text.includes(title), title);
  assert.equal(detail.body['patientId'], '**');
});

test('a refund is asked for once per key, in fen, and stands in the order at once', async () => {
  const order = await house.payAndConfirm('Q9');
  const ask = (body: unknown, key: string) => finance.call('POST', `/orders/${order.tradeNo}/refunds`, body, { 'idempotency-key': key });
  const accepted = await ask({ refundFen: 6_000, reason: '退药' }, 'refund-0001');
  assert.deepEqual([accepted.status, accepted.body['refundFen'], accepted.body['state']], [200, 6_000, 'reserved']);
  assert.equal((await ask({ refundFen: 6_000, reason: '退药' }, 'refund-0001')).body['refundNo'], accepted.body['refundNo'], 'the same key repeats the first answer');
  assert.equal(codeOf(await ask({ refundFen: 5_999, reason: '退药' }, 'refund-0001')), 'IDEMPOTENCY_KEY_REUSED');
  assert.equal(codeOf(await ask({ refundFen: 6_000, reason: '再退' }, 'refund-0002')), 'REFUND_EXCEEDS_PAYMENT');
  assert.equal(codeOf(await ask({ refundFen: 0.5, reason: '再退' }, 'refund-0003')), 'MALFORMED_REQUEST');
  assert.equal(codeOf(await ask({ refundFen: 1 }, 'refund-0004')), 'MALFORMED_REQUEST', 'without a reason');
  assert.equal(codeOf(await finance.call('POST', `/orders/${order.tradeNo}/refunds`, { reason: '退药' })), 'MALFORMED_REQUEST', 'without a key');
  assert.equal(codeOf(await finance.call('POST', '/orders/H000000/refunds', { reason: '退药' }, { 'idempotency-key': 'refund-0005' })), 'ORDER_NOT_FOUND');
  const rest = await ask({ reason: '退余款' }, 'refund-0006');
  assert.equal(rest.body['refundFen'], 4_000, 'no amount means all that is left');
  const detail = await finance.get(`/orders/${order.tradeNo}`);
  assert.deepEqual(listOf(detail, 'refunds').map((refund) => [refund['refundFen'], refund['requestedBy']]), [[6_000, 'user/li.admin'], [4_000, 'user/li.admin']]);
  assert.equal(detail.body['refundableFen'], 0);
  const row = listOf(await finance.get(`/orders?tradeNo=${order.tradeNo}`), 'orders')[0];
  assert.deepEqual([row?.['refundedFen'], row?.['refundingFen']], [0, 10_000]);
});

test('an unpaid order cannot be refunded', async () => {
  const refused = await finance.call('POST', `/orders/${orders.waiting.tradeNo}/refunds`, { reason: '不想要了' }, { 'idempotency-key': 'refund-1001' });
  assert.deepEqual([refused.status, codeOf(refused)], [409, 'NOT_REFUNDABLE']);
});

test('the overview counts what was paid and refunded today, by channel, and what is open', async () => {
  const fresh = await buildConsoleHouse();
  try {
    const client = await firstAdministrator(fresh);
    await fresh.payAndConfirm('A');
    fresh.hospital.confirmAnswers = [{ kind: 'mismatch', code: '300304', message: '金额不符' }];
    await fresh.refundArrives(await fresh.payAndConfirm('B'));
    fresh.channel.chargeAnswers = [{ kind: 'unknown', reason: 'timeout' }];
    await fresh.pay('C');
    const { body } = await client.get('/overview');
    assert.ok(isRecord(body['money']));
    const { channels, unknownPayments, hours } = body['money'];
    assert.deepEqual(channels, [{ channel: 'scripted', isECny: false, paidCount: 2, paidFen: 20_000, refundedCount: 1, refundedFen: 10_000 }]);
    assert.ok(isRecord(unknownPayments) && unknownPayments['count'] === 1);
    assert.ok(Array.isArray(hours) && hours.length === 24);
    assert.deepEqual(hours[9], { hour: 9, paidCount: 2, paidFen: 20_000 }, 'nine in the morning in Beijing');
    assert.ok(isRecord(body['machine']));
    assert.deepEqual(body['machine']['plugins'], { active: 1, total: 2 });
    assert.deepEqual(fresh.undeclared, []);
  } finally {
    await fresh.stop();
  }
});

test('digital yuan is counted as a method of its own, whichever channel carried it, and so is what goes back to it', async () => {
  const fresh = await buildConsoleHouse();
  try {
    await fresh.payAndConfirm('A');
    const order = await fresh.pay('B');
    fresh.later(10);
    fresh.isPaid(order, { fundingSource: E_CNY });
    await fresh.run('advancePayment', order.tradeNo);
    fresh.hospital.confirmAnswers = [{ kind: 'rejected', code: '1', message: 'no' }];
    await fresh.run('confirmOrder', order.tradeNo);
    await fresh.refundArrives(order);
    const { channels, paidFen, refundedFen } = await fresh.money.overview(fresh.now());
    assert.deepEqual(channels, [
      { channel: 'scripted', isECny: false, paidCount: 1, paidFen: 10_000, refundedCount: 0, refundedFen: 0 },
      { channel: 'scripted', isECny: true, paidCount: 1, paidFen: 10_000, refundedCount: 1, refundedFen: 10_000 },
    ]);
    assert.deepEqual([paidFen, refundedFen], [20_000, 10_000]);
  } finally {
    await fresh.stop();
  }
});

test('the day is counted once however often it is looked at, and a new day begins at midnight in Beijing', async () => {
  const fresh = await buildConsoleHouse();
  try {
    const look = async () => {
      const { paidCount, paidFen, refundedFen, day } = await fresh.money.overview(fresh.now());
      return { day, paidCount, paidFen, refundedFen };
    };
    assert.deepEqual(await look(), { day: '2026-11-20', paidCount: 0, paidFen: 0, refundedFen: 0 });
    await fresh.payAndConfirm('A');
    assert.equal((await look()).paidCount, 1);
    await fresh.payAndConfirm('B');
    fresh.hospital.confirmAnswers = [{ kind: 'rejected', code: '1', message: 'no' }];
    await fresh.refundArrives(await fresh.payAndConfirm('C'));
    await Promise.all([look(), look()]);
    assert.deepEqual(await look(), { day: '2026-11-20', paidCount: 3, paidFen: 30_000, refundedFen: 10_000 });
    fresh.later(16 * 3600);
    assert.deepEqual(await look(), { day: '2026-11-21', paidCount: 0, paidFen: 0, refundedFen: 0 });
    await fresh.payAndConfirm('D');
    assert.deepEqual(await look(), { day: '2026-11-21', paidCount: 1, paidFen: 10_000, refundedFen: 0 });
  } finally {
    await fresh.stop();
  }
});

test('debits equal credits over all accounts, and journals are read by day and by order', async () => {
  const accounts = await finance.get('/ledger/accounts');
  assert.equal(accounts.body['differenceFen'], 0);
  assert.ok(listOf(accounts, 'accounts').some((account) => account['code'] === '1121' && account['titleZh'] === '渠道在途'));
  const inTransit = listOf(accounts, 'accounts').find((account) => account['code'] === '1121');
  const open = listOf(await finance.get(`/ledger/accounts/${String(inTransit?.['id'])}/open-items`), 'items');
  assert.deepEqual(open.reduce((sum, item) => sum + Number(item['netFen']), 0), inTransit?.['balanceFen']);
  const yesterday = listOf(await finance.get('/ledger/journals?day=2026-11-19'), 'journals');
  assert.deepEqual(yesterday.map((journal) => [journal['tradeNo'], journal['step']]), [[orders.yesterday.tradeNo, 'succeeded'], [orders.yesterday.tradeNo, 'confirmed']]);
  assert.deepEqual(listOf(await finance.get('/ledger/journals?day=2026-11-18'), 'journals'), []);
  const ofOrder = listOf(await finance.get(`/ledger/journals?tradeNo=${orders.rejected.tradeNo}`), 'journals');
  assert.deepEqual(ofOrder.map((journal) => journal['step']), ['succeeded', 'reserved', 'accepted', 'succeeded']);
  const first = await finance.get('/ledger/journals?day=2026-11-20&limit=1');
  const second = await finance.get(`/ledger/journals?day=2026-11-20&limit=1&after=${String(first.body['next'])}`);
  assert.equal(Number(listOf(second, 'journals')[0]?.['seq']), Number(listOf(first, 'journals')[0]?.['seq']) + 1);
});

test('cases are listed while they are open and after', async () => {
  const order = await house.pay('QC');
  house.later(10);
  house.isPaid(order, { amountFen: 1 });
  await house.run('advancePayment', order.tradeNo);
  const open = listOf(await finance.get('/cases?state=open'), 'cases');
  assert.deepEqual(open.map((row) => [row['kind'], row['tradeNo'], row['severity']]), [['amountMismatch', order.tradeNo, 1]]);
  assert.deepEqual(listOf(await finance.get('/cases?state=resolved'), 'cases'), []);
});

test('the reader of the console cannot write the money database, whatever it is asked', async () => {
  const untouched = await house.store.journalHead();
  const { openSequelize } = await import('@hospay/server/edges/database/platform/open-platform-database.js');
  const file = String(house.store.database.prepare('PRAGMA database_list').get()?.['file']);
  const { sequelize, close } = openSequelize(file, 'readOnly');
  await assert.rejects(sequelize.query('UPDATE orders SET amount_fen = 1'), /readonly|read-only|query_only|attempt to write/i);
  await close();
  assert.deepEqual(await house.store.journalHead(), untouched);
});
