/** Stories of the finance office, over the channels', the HIS's and the insurance centre's real protocols: what a morning may bring, and what the books say after it. */
import assert from 'node:assert/strict';
import { memoryMoneyStore } from './memory-money-store.js';
import { NO_CASE_FILES } from './no-case-files.js';
import { test } from 'node:test';
import { createCaseDesk } from '@hospay/server/cases/case-desk.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import type { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { createReconciliationDesk } from '@hospay/server/reconciliation/reconciliation-desk.js';
import { call } from './channel-medical-insurance-subject.js';
import { settled, standOf } from './channel-medical-insurance-stand.js';
import { startReconciliationStand } from './reconciliation-stand.js';
import { reconciliationOver } from './reconciliation-parts.js';

const DAY = '2026-11-20';
const NEXT = '2026-11-21';
const BALANCED = { 'channel/alipay': 'balanced', 'channel/wechat': 'balanced', 'hospital/demo': 'balanced', 'settlement/wechat': 'balanced' };

/** Accounts of the chart by their first four digits, each by what clears it, in fen. */
function booksOf(store: SqliteMoneyStore): Record<string, Record<string, number>> {
  const books: Record<string, Record<string, number>> = {};
  for (const row of store.database.prepare('SELECT a.code, c.clear_key AS key, c.net_fen AS fen FROM clear_balance c JOIN account a ON a.id = c.account_id').all()) {
    const code = String(row['code']);
    books[code] = { ...books[code], [String(row['key'])]: Number(row['fen']) };
  }
  assert.deepEqual(verifyLedger(store.database).problems, []);
  return books;
}

test('story: the bill is late: nothing is booked before it is there, and when it is the day closes by itself', async (context) => {
  const stand = await startReconciliationStand(context, { waitsForBills: true });
  await stand.takePaid('wechat', 10_000);
  stand.clock.set(`${NEXT}T00:10:00Z`);
  await stand.desk.runDue();
  assert.deepEqual(booksOf(stand.store), { 1121: { [DAY]: 10_000 }, 3001: { funds: 10_000 } }, 'the HIS has told its day; the channel has not');
  stand.clock.set(`${NEXT}T02:30:00Z`);
  await stand.desk.runDue();
  assert.deepEqual(booksOf(stand.store), { 1121: { [DAY]: 9_940 }, 3001: { funds: 10_000 }, 6001: { [DAY]: 60 } });
  assert.deepEqual([await stand.states(DAY), stand.cases()], [BALANCED, []]);
});

test('story: the bill is empty: on a day without payments that is in order; on another it is waited for, and after two days it is a 短款', async (context) => {
  const stand = await startReconciliationStand(context);
  stand.clock.set(`${NEXT}T03:00:00Z`);
  assert.equal((await stand.states(DAY))['channel/wechat'], 'balanced');
  assert.deepEqual(booksOf(stand.store), {});
  const { paymentNo } = await stand.takePaid('wechat', 4_400);
  stand.wechat.faults.inject({ on: 'bill', fault: { kind: 'dropRow', outTradeNo: paymentNo } });
  for (const [day, state, hangs] of [['2026-11-22', 'open', undefined], ['2026-11-23', 'balanced', undefined], ['2026-11-24', 'explained', { [`statementShort/${paymentNo}`]: 4_400 }]] as const) {
    stand.clock.set(`${day}T03:00:00Z`);
    const yesterday = new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
    assert.equal((await stand.states(yesterday))['channel/wechat'], state, day);
    assert.deepEqual(booksOf(stand.store)['1191'], hangs, day);
  }
});

test('story: the bill comes twice, and names a payment twice: the second file changes nothing, the second row hangs until the channel takes it back', async (context) => {
  const stand = await startReconciliationStand(context);
  const { paymentNo } = await stand.takePaid('wechat', 10_000);
  const twice = { on: 'bill', fault: { kind: 'addRow', row: { outTradeNo: paymentNo, transactionId: '4200000000000000000000000009', amountFen: 10_000 } } } as const;
  stand.wechat.faults.inject(twice);
  stand.clock.set(`${NEXT}T03:00:00Z`);
  assert.equal((await stand.states(DAY))['channel/wechat'], 'explained');
  const books = booksOf(stand.store);
  assert.deepEqual(books['2091'], { [`statementLong/${paymentNo}`]: 10_000 });
  stand.wechat.faults.inject(twice);
  await stand.states(DAY);
  assert.deepEqual(booksOf(stand.store), books, 'the same file again');
  assert.deepEqual([await stand.states(DAY), booksOf(stand.store)['2091'], stand.cases()], [BALANCED, undefined, []], 'a file without the second row');
});

test('story: somebody refunds at the channel’s own console: a 短款 under its case, the HIS still has its booking, and two persons write it off', async (context) => {
  const stand = await startReconciliationStand(context);
  const paidAt = stand.clock.now().toISOString();
  const { paymentNo, tradeNo } = await stand.takePaid('wechat', 6_600);
  await stand.refundBeside('wechat', { paymentNo, amountFen: 6_600, paidAt, refundNo: 'CONSOLE1' });
  stand.clock.set(`${NEXT}T03:00:00Z`);
  assert.deepEqual(await stand.states(DAY), { ...BALANCED, 'channel/wechat': 'explained' });
  assert.deepEqual([stand.differences('channel', 'wechat', DAY), booksOf(stand.store)['1191']], [[['refundTheirsOnly', 'refund', 'CONSOLE1']], { 'statementStatus/CONSOLE1': 6_600 }]);
  assert.equal((await stand.order(tradeNo))?.order.confirmation, 'confirmed');
  const desk = createCaseDesk({ cases: stand.store.cases, files: NO_CASE_FILES, clock: stand.clock, audit: { record: () => Promise.resolve() } });
  const id = Number(stand.store.database.prepare('SELECT id FROM discrepancy_case').get()?.['id']);
  const proposed = await desk.proposeEnd({ id, way: 'writeOff', reason: '商户平台误退，HIS 已线下补退', by: 'li' });
  assert.ok(proposed.kind === 'ok');
  const ended = await desk.decideEnd({ id, hash: proposed.value.proposal?.hash ?? '', isApproved: true, reason: '同意', by: 'wang' });
  assert.ok(ended.kind === 'ok' && ended.value.state === 'ended', JSON.stringify(ended));
  const { 1191: hangs, 6002: lost } = booksOf(stand.store);
  assert.deepEqual([hangs, lost, await stand.states(DAY)], [undefined, { 'statementStatus/CONSOLE1': 6_600 }, BALANCED]);
});

test('story: the insurance has a settlement the hospital does not: it hangs on what the fund owes, under a case, and is gone when the centre takes it out of its books', async (context) => {
  const insurance = await standOf(context);
  const paid = await settled(insurance);
  const { reconciliation, centre, institutionCode } = insurance.simulator;
  const record = centre.settlements.get(paid.payment.channelTradeNo ?? '') ?? assert.fail();
  reconciliation.oddities.hidden.add(record.settlementId);
  reconciliation.oddities.extra.push({ ...record, settlementId: 'SL8888888888', msgid: 'H44999900001202603020200008888', totalFen: 500, fundFen: 300, accountFen: 200, cashFen: 0 });
  const store = memoryMoneyStore();
  context.after(() => store.close());
  insurance.wait(86_400_000);
  const day = '2026-03-02';
  const desk = createReconciliationDesk({
    contracts: [],
    ...reconciliationOver(store.reconciliation), channels: { find: () => ({ merchantNo: institutionCode, methods: ['medicalInsurance'], downloadStatement: (request) => insurance.channel.downloadStatement(request, call) }) }, hospitals: { find: () => undefined }, hospitalId: 'demo',
    sources: () => [{ source: 'insurance', channels: ['insurance'] }], clock: { now: () => new Date('2026-03-03T03:00:00Z') }, log: SILENT_LOG,
    audit: { record: () => Promise.resolve() },
  });
  const state = async () => (await desk.runDay({ day, by: 'user/test' })).find(({ comparison }) => comparison === 'channel')?.state;
  assert.equal(await state(), 'explained');
  const [found] = desk.listDifferences({ comparison: 'channel', source: 'insurance', day });
  assert.deepEqual([found?.class, found?.theirFen], ['longNoOrder', 500]);
  assert.deepEqual(booksOf(store), { 1131: { [day]: 500 }, 2091: { [`statementLong/${found?.key ?? ''}`]: 500 } });
  reconciliation.oddities.extra.length = 0;
  assert.deepEqual([await state(), booksOf(store)], ['balanced', {}]);
});
