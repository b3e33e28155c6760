/** Reconciliation of whole days, statement and day list fetched over the real protocols. Failure modes between hospital and channel by their numbers. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createRunningDesk } from '@hospay/server/reconciliation/running-desk.js';
import { startReconciliationStand } from './reconciliation-stand.js';
import { reconciliationOver } from './reconciliation-parts.js';

const DAY = '2026-11-20';
const NEXT = '2026-11-21';
const BALANCED = { 'channel/alipay': 'balanced', 'channel/wechat': 'balanced', 'hospital/demo': 'balanced', 'settlement/wechat': 'balanced' };
const ofNobody = (n: number): string => `H20261120090000ABCDEF${String(n).padStart(3, '0')}P01`;

test('a whole day at WeChat Pay, Alipay and the HIS: payments and a refund on both, every fen found, the files kept as they came', async (context) => {
  const stand = await startReconciliationStand(context);
  const first = await stand.takePaid('wechat', 12_345);
  await stand.takePaid('wechat', 1);
  const third = await stand.takePaid('alipay', 8_000);
  await stand.refund(first, 2_345);
  await stand.refund(third, 8_000);
  stand.clock.set(`${NEXT}T02:10:00Z`);
  assert.deepEqual(await stand.states(DAY), BALANCED);
  assert.deepEqual(stand.cases(), []);
  const [alipay, wechat, hospital] = stand.desk.listDays({ from: DAY, to: DAY });
  assert.deepEqual(wechat?.totals, {
    classes: [{ class: 'ok', ours: { payments: 2, paymentFen: 12_346, refunds: 1, refundFen: 2_345 }, theirs: { payments: 2, paymentFen: 12_346, refunds: 1, refundFen: 2_345 } }],
    ours: { payments: 2, paymentFen: 12_346, refunds: 1, refundFen: 2_345 }, theirs: { payments: 2, paymentFen: 12_346, refunds: 1, refundFen: 2_345 },
  });
  const files = readdirSync(join(stand.folder, 'statements', DAY));
  assert.equal(files.length, 4);
  for (const summary of [alipay, wechat, hospital]) {
    const file = files.find((name) => name.includes(summary?.fileSha256 ?? 'none'));
    assert.equal(createHash('sha256').update(gunzipSync(readFileSync(join(stand.folder, 'statements', DAY, file ?? '')))).digest('hex'), summary?.fileSha256);
  }
  assert.deepEqual(stand.ledgerProblems(), []);
});

test('日间对账 over the real protocols: WeChat Pay and Alipay say again what they said, also of what went back in part and whole, and today agrees with the HIS as far as it is', async (context) => {
  const stand = await startReconciliationStand(context);
  const { store, ports, clock } = stand;
  const desk = createRunningDesk({
    ended: store.running, running: store.running, money: store, engine: reconciliationOver(store.reconciliation).engine, channels: ports.channels, hospitals: ports.hospitals, hospitalId: 'demo', sources: () => [{ source: 'wechat', channels: ['wechat'] }, { source: 'alipay', channels: ['alipay'] }], isHealthy: () => true,
    policy: ports.policy, clock, random: ports.random, marginMs: 600_000, breathe: () => Promise.resolve(), reasonToSpareHis: () => undefined, listChecks: () => store.running.listChecks(),
  });
  for (const channel of ['wechat', 'alipay'] as const) {
    await stand.takePaid(channel, 12_345);
    await stand.refund(await stand.takePaid(channel, 8_000), 1_000);
    await stand.refund(await stand.takePaid(channel, 5_000), 5_000);
  }
  await stand.takePaid('wechat', 600);
  clock.advance(700);
  assert.match((await desk.askEndedAgain()).en, /^11 asked again: 11 agree, 0 denied, 0 told something else, 0 without an answer; 0 wait$/);
  await desk.runCheck();
  assert.deepEqual(desk.listChecks().map(({ comparison, source, ours, theirs, found }) => [comparison, source, ours.paymentFen - ours.refundFen, theirs.paymentFen - theirs.refundFen, found]), [['channel', 'alipay', 19_345, 19_345, 0], ['channel', 'wechat', 19_945, 19_945, 0], ['hospital', 'demo', 39_290, 39_290, 0]]);
  assert.deepEqual([stand.cases(), stand.ledgerProblems()], [[], []]);
});

test('failure mode 2: the HIS has booked an order whose payment was never made: a case for finance of severity 1, opened once, and nothing is cancelled at the HIS', async (context) => {
  const stand = await startReconciliationStand(context);
  await stand.takePaid('wechat', 5_000);
  const unpaid = await stand.take('wechat', 7_000);
  const found = await stand.order(unpaid.tradeNo);
  assert.ok(found !== undefined);
  const { patientId, hisQuoteNo: quoteNo, billNos } = found.order;
  const booked = await stand.hospital().confirm({ tradeNo: unpaid.tradeNo, patientId, quoteNo, billNos: [...billNos], amountFen: 7_000, paidAt: stand.clock.now().toISOString(), channel: 'wechat', channelTradeNo: '4200000000', terminalId: 'kiosk-1' });
  assert.equal(booked.kind, 'ok', JSON.stringify(booked));
  // The code is never scanned, and its order ends.
  stand.clock.advance(3_600);
  await stand.work();
  stand.clock.set(`${NEXT}T03:00:00Z`);
  const calls = stand.his.calls.length;
  for (let run = 0; run < 2; run += 1) {
    assert.deepEqual(await stand.states(DAY), { ...BALANCED, 'hospital/demo': 'explained' });
    assert.deepEqual(stand.differences('hospital', 'demo', DAY), [['hisExtra', 'payment', unpaid.tradeNo]]);
    assert.deepEqual(stand.cases(), [['hisWithoutMoney', unpaid.tradeNo, 1]]);
  }
  // A batch is the pool trying a connection that was idle.
  assert.deepEqual([...new Set(stand.his.calls.slice(calls).flatMap(({ procedure }) => (procedure === 'batch' ? [] : [procedure])))], ['usp_hospay_day_list'], 'only its list is read');
  assert.deepEqual(stand.his.hospital.listRefunds(), []);
  assert.equal((await stand.order(unpaid.tradeNo))?.payments[0]?.state, 'closed');
});

test('failure mode 18: money under a number no order has is 长款 with a case; its refund on the next day makes both even (账平, 处置后), and running either day again changes nothing', async (context) => {
  for (const channel of ['wechat', 'alipay'] as const) await context.test(channel, async (inner) => {
    const stand = await startReconciliationStand(inner);
    const day = { ...BALANCED };
    await stand.takePaid(channel, 3_000);
    const paidAt = stand.clock.now().toISOString();
    await stand.chargeBeside(channel, ofNobody(1), 6_600);
    stand.clock.set(`${NEXT}T03:00:00Z`);
    assert.deepEqual(await stand.states(DAY), { ...day, [`channel/${channel}`]: 'explained' });
    assert.deepEqual(stand.differences('channel', channel, DAY), [['longNoOrder', 'payment', ofNobody(1)]]);
    assert.deepEqual(stand.cases(), [['statementLong', ofNobody(1), 2]]);
    await stand.refundBeside(channel, { paymentNo: ofNobody(1), amountFen: 6_600, paidAt, refundNo: 'CONSOLE1' });
    stand.clock.set('2026-11-22T03:00:00Z');
    for (let run = 0; run < 2; run += 1) {
      assert.equal((await stand.states(NEXT))[`channel/${channel}`], 'balanced');
      assert.deepEqual(stand.differences('channel', channel, NEXT).map(([found, kind]) => [found, kind]), [['settledByRefund', 'refund']]);
      assert.deepEqual(await stand.states(DAY), day);
      assert.deepEqual(stand.differences('channel', channel, DAY), [['longNoOrder', 'payment', ofNobody(1), 'refunded']]);
      assert.deepEqual(stand.cases(), []);
    }
  });
});

test('failure mode 18: a payment around midnight that the channel lists under the next day waits, is found there, and its own day is balanced after', async (context) => {
  const stand = await startReconciliationStand(context, { from: `${DAY}T15:58:00Z` });
  const late = await stand.takePaid('wechat', 4_400);
  const dropped = { kind: 'dropRow', outTradeNo: late.paymentNo } as const;
  stand.wechat.faults.inject({ on: 'bill', fault: dropped });
  stand.clock.set(`${NEXT}T03:00:00Z`);
  assert.equal((await stand.states(DAY))['channel/wechat'], 'open');
  assert.deepEqual(stand.differences('channel', 'wechat', DAY), [['crossDayOurs', 'payment', late.paymentNo]]);
  stand.wechat.faults.inject({ on: 'bill', fault: { kind: 'addRow', row: { outTradeNo: late.paymentNo, transactionId: '4200000000000000000000000001', amountFen: 4_400 } } });
  stand.clock.set('2026-11-22T03:00:00Z');
  assert.equal((await stand.states(NEXT))['channel/wechat'], 'balanced');
  assert.deepEqual(stand.differences('channel', 'wechat', NEXT), [['matchedAcrossDays', 'payment', late.paymentNo]]);
  assert.deepEqual(stand.differences('channel', 'wechat', DAY), [['crossDayOurs', 'payment', late.paymentNo, 'matched']]);
  stand.wechat.faults.inject({ on: 'bill', fault: dropped });
  assert.equal((await stand.states(DAY))['channel/wechat'], 'balanced', 'its own statement still lacks it, and that is in order now');
});

test('ours that no statement has to T+2 is 短款 of severity 1, and a case no longer when a later statement has it', async (context) => {
  const stand = await startReconciliationStand(context);
  const lost = await stand.takePaid('wechat', 4_400);
  stand.wechat.faults.inject({ on: 'bill', fault: { kind: 'dropRow', outTradeNo: lost.paymentNo } });
  stand.clock.set(`${NEXT}T03:00:00Z`);
  await stand.states(DAY);
  assert.deepEqual(stand.cases().filter(([kind]) => kind === 'statementShort'), []);
  stand.clock.set('2026-11-22T03:00:00Z');
  await stand.states(NEXT);
  stand.clock.set('2026-11-23T03:00:00Z');
  assert.equal((await stand.states('2026-11-22'))['channel/wechat'], 'explained');
  assert.deepEqual(stand.cases().filter(([kind]) => kind === 'statementShort'), [['statementShort', lost.paymentNo, 1]]);
  stand.wechat.faults.inject({ on: 'bill', fault: { kind: 'addRow', row: { outTradeNo: lost.paymentNo, transactionId: '4200000000000000000000000001', amountFen: 4_400 } } });
  stand.clock.set('2026-11-24T03:00:00Z');
  await stand.states('2026-11-23');
  assert.deepEqual(stand.cases().filter(([kind]) => kind === 'statementShort'), []);
});

test('failure mode 19: paid and given back the same day with nothing in the HIS: net zero, listed, no difference: of our own order that the HIS refused, and of a number nobody knows', async (context) => {
  const stand = await startReconciliationStand(context);
  const refused = await stand.take('wechat', 9_900);
  const [bill] = (await stand.order(refused.tradeNo))?.order.billNos ?? [];
  await stand.his.hospital.settleAtWindow([bill ?? '']);
  stand.pay('wechat', refused.paymentNo);
  for (let round = 0; round < 6; round += 1) {
    stand.clock.advance(60);
    await stand.work();
  }
  assert.equal((await stand.order(refused.tradeNo))?.refunds[0]?.state, 'succeeded');
  await stand.chargeBeside('alipay', ofNobody(2), 700);
  await stand.refundBeside('alipay', { paymentNo: ofNobody(2), amountFen: 700, paidAt: stand.clock.now().toISOString(), refundNo: 'CONSOLE2' });
  stand.clock.set(`${NEXT}T03:00:00Z`);
  assert.deepEqual(await stand.states(DAY), BALANCED);
  assert.deepEqual(stand.differences('hospital', 'demo', DAY).filter(([, , key]) => key === refused.tradeNo), [['netZero', 'payment', refused.tradeNo]]);
  assert.deepEqual(stand.differences('channel', 'alipay', DAY), [['netZero', 'payment', ofNobody(2)], ['netZero', 'refund', 'CONSOLE2']]);
  assert.deepEqual(stand.cases(), []);
});

test('failure mode 20: what another system took under the same merchant number, and what the HIS took at its own window, is listed as 非本系统 and is no difference', async (context) => {
  const stand = await startReconciliationStand(context);
  await stand.takePaid('wechat', 2_000);
  await stand.chargeBeside('wechat', 'SHOP202611200001', 1_500);
  const { billNo } = await stand.newQuote(3_300);
  await stand.his.hospital.settleAtWindow([billNo]);
  stand.clock.set(`${NEXT}T03:00:00Z`);
  assert.deepEqual(await stand.states(DAY), BALANCED);
  assert.deepEqual(stand.differences('channel', 'wechat', DAY), [['foreign', 'payment', 'SHOP202611200001']]);
  assert.deepEqual([...new Set(stand.differences('hospital', 'demo', DAY).map(([found]) => found))], ['foreign']);
  assert.deepEqual(stand.cases(), []);
});

test('failure mode 21: a bill that is not ready postpones the day; when it is there the day is run, and running it again writes nothing twice', async (context) => {
  const stand = await startReconciliationStand(context, { waitsForBills: true });
  await stand.takePaid('wechat', 2_000);
  await stand.chargeBeside('wechat', ofNobody(3), 800);
  stand.clock.set(`${NEXT}T00:10:00Z`);
  assert.match((await stand.desk.runDue()).en, /^2026-11-20: .*channel wechat postponed/);
  const [, early] = stand.desk.listDays({ from: DAY, to: DAY });
  assert.deepEqual([early?.source, early?.state, early?.reason.startsWith('bill_not_ready')], ['wechat', 'postponed', true]);
  assert.deepEqual(stand.differences('channel', 'wechat', DAY), []);
  stand.clock.set(`${NEXT}T02:10:00Z`);
  assert.match((await stand.desk.runDue()).en, /channel wechat explained/);
  const first = { rows: stand.desk.listDifferences({ comparison: 'channel', source: 'wechat', day: DAY }), cases: stand.store.database.prepare('SELECT * FROM discrepancy_case').all() };
  assert.deepEqual(first.rows.map(({ class: found, key }) => [found, key]), [['longNoOrder', ofNobody(3)]]);
  stand.clock.advance(3_600);
  await stand.states(DAY);
  assert.deepEqual({ rows: stand.desk.listDifferences({ comparison: 'channel', source: 'wechat', day: DAY }), cases: stand.store.database.prepare('SELECT * FROM discrepancy_case').all() }, first);
  assert.equal(stand.desk.listDays({ from: DAY, to: DAY }).find(({ comparison, source }) => comparison === 'channel' && source === 'wechat')?.runs, 3);
});

test('failure mode 21: a file that contradicts itself stops the day with a case and nothing of it is used; the next good file resolves it', async (context) => {
  const stand = await startReconciliationStand(context);
  await stand.takePaid('wechat', 2_000);
  stand.wechat.faults.inject({ on: 'bill', fault: { kind: 'summaryMismatch' } });
  stand.clock.set(`${NEXT}T03:00:00Z`);
  assert.equal((await stand.states(DAY))['channel/wechat'], 'stopped');
  assert.deepEqual([stand.cases(), stand.differences('channel', 'wechat', DAY)], [[['statementUnusable', `channel/wechat/${DAY}`, 2]], []]);
  assert.deepEqual(await stand.states(DAY), BALANCED);
  assert.deepEqual(stand.cases(), []);
});

test('failure mode 22: HIS, platform, statement and the merchant’s account are compared with each other: a statement that says more than the account holds differs from both', async (context) => {
  const stand = await startReconciliationStand(context);
  const paid = await stand.takePaid('wechat', 10_000);
  stand.wechat.faults.inject({ on: 'bill', fault: { kind: 'changeAmount', outTradeNo: paid.paymentNo, amountFen: 10_100 } });
  stand.clock.set(`${NEXT}T03:00:00Z`);
  const states = await stand.states(DAY);
  assert.deepEqual(states, { ...BALANCED, 'channel/wechat': 'explained', 'settlement/wechat': 'explained' });
  assert.deepEqual(stand.differences('channel', 'wechat', DAY), [['amount', 'payment', paid.paymentNo]]);
  assert.deepEqual(stand.differences('settlement', 'wechat', DAY), [['bankShort', 'payment', 'payments']]);
  assert.deepEqual(stand.cases().map(([kind]) => kind), ['statementAmount', 'settlementDifference']);
  assert.deepEqual(await stand.states(DAY), BALANCED, 'the file that came after is right');
  assert.deepEqual(stand.cases(), []);
});

test('the channel has money for a payment we hold unpaid: the platform asks by itself, the order is booked, and the day is balanced when it is run again', async (context) => {
  const stand = await startReconciliationStand(context);
  const unheard = await stand.take('alipay', 5_500);
  stand.pay('alipay', unheard.paymentNo);
  stand.clock.set(`${DAY}T01:00:01Z`);
  assert.equal((await stand.states(DAY))['channel/alipay'], 'open');
  assert.deepEqual(stand.differences('channel', 'alipay', DAY), [['longUnknown', 'payment', unheard.paymentNo]]);
  await stand.work();
  assert.deepEqual([(await stand.order(unheard.tradeNo))?.payments[0]?.state, (await stand.order(unheard.tradeNo))?.order.confirmation], ['succeeded', 'confirmed']);
  assert.deepEqual(await stand.states(DAY), BALANCED);
  assert.deepEqual(stand.differences('channel', 'alipay', DAY), [['longUnknown', 'payment', unheard.paymentNo, 'rerun']]);
  assert.deepEqual(stand.cases(), []);
});
