import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { fen } from '@hospay/plugin-sdk';
import { checkDay } from '@hospay/server/edges/database/reports/check-day.js';
import { sumFeeder, type SumFeeder } from '@hospay/server/edges/database/reports/feed-sums.js';
import { queryCurve, querySums } from '@hospay/server/edges/database/reports/query-sums.js';
import { openSums } from '@hospay/server/edges/database/reports/sum-tables.js';
import type { SumDimension, SumRow } from '@hospay/server/reports/ports.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';
import { MINUTE, startPayouts } from './payout-stand.js';
import { startWithBooks } from './reconciliation-books-stand.js';
import { booked, lineOf, statementOf } from './reconciliation-scripted-stand.js';

const DAY = '2026-11-20';
const NEXT = '2026-11-21';
let house: ConsoleHouse;
let money: DatabaseSync;
let sums: DatabaseSync;
let feeder: SumFeeder;

before(async () => {
  house = await buildConsoleHouse();
  money = house.store.database;
  const priced = (amountFen: number, feeType: string) => ({ totalFen: fen(amountFen), selfPayFen: fen(amountFen), feeType });
  await house.payAndConfirm('A', priced(1_201, '检查费'));
  await house.payAndConfirm('B', priced(2_300, '西药费'));
  await house.payCash('C', 4_000, '0123');
  house.hospital.confirmAnswers = [{ kind: 'rejected', code: '300303', message: '单据已关闭' }];
  await house.refundArrives(await house.payAndConfirm('REJECTED', priced(8_800, '西药费')));
  await house.pay('WAITING', priced(777, '检查费'));
  house.later(24 * 3_600);
  await house.payAndConfirm('D', priced(150, '检查费'));
});
beforeEach(() => {
  sums = openSums(':memory:');
  feeder = sumFeeder(money, sums);
});
after(() => house.stop());

const feedAll = (limit = 100): void => {
  while (feeder.feed(limit) === limit);
};
const sumsBy = (by: readonly SumDimension[], from = DAY, to = NEXT): readonly SumRow[] => querySums(sums, { from, to, by });
const shown = (rows: readonly SumRow[]) => rows.map(({ of, paidCount, paidFen, refundedCount, refundedFen }) => [...Object.values(of), paidCount, paidFen, refundedCount, refundedFen]);

test('a payment is in the sums under its bill day, channel, fee type and till, a refund beside it, and what waits for its end is in none', () => {
  feedAll();
  assert.deepEqual(shown(sumsBy(['day', 'channel'])), [[DAY, 'cash-main', 1, 4_000, 0, 0], [DAY, 'scripted', 3, 12_301, 1, 8_800], [NEXT, 'scripted', 1, 150, 0, 0]]);
  assert.deepEqual(shown(sumsBy(['feeType'], DAY, DAY)), [['', 1, 4_000, 0, 0], ['检查费', 1, 1_201, 0, 0], ['西药费', 2, 11_100, 1, 8_800]]);
  assert.deepEqual(shown(sumsBy(['tillNo', 'method'], DAY, DAY)), [['operator:0123', 'cash', 1, 4_000, 0, 0], ['terminal:kiosk-1', 'nativeQr', 3, 12_301, 1, 8_800]]);
  assert.equal(querySums(sums, { from: DAY, to: NEXT, by: ['day', 'channel'], most: 1 }).length, 2, 'one more than asked for says that there are more');
  const [all] = sumsBy([]);
  assert.equal(all?.bookedFen, 1_201 + 2_300 + 150, 'the HIS refused one, and was not told of the notes yet');
  assert.deepEqual(queryCurve(sums, { from: DAY, to: NEXT, by: 'day' }).map(({ day, paidFen, refundedFen }) => [day, paidFen, refundedFen]), [[DAY, 16_301, 8_800], [NEXT, 150, 0]]);
});

test('fed one journal at a time, or by somebody who broke off and began again, the sums are the same: each journal is taken in once', () => {
  feedAll();
  const whole = sumsBy(['day', 'channel', 'method', 'business', 'feeType', 'ownerKind', 'ownerId', 'tillNo']);
  sums = openSums(':memory:');
  feeder = sumFeeder(money, sums);
  while (feeder.feed(1) === 1) feeder = sumFeeder(money, sums);
  assert.deepEqual(sumsBy(['day', 'channel', 'method', 'business', 'feeType', 'ownerKind', 'ownerId', 'tillNo']), whole);
  assert.equal(feeder.feed(100), 0);
  assert.deepEqual(feeder.state().behind, 0);
});

test('a page that cannot be written leaves sums and mark where they were', () => {
  feeder.feed(4);
  const [earlier, mark] = [sumsBy(['day']), feeder.state().seq];
  sums.exec("CREATE TRIGGER full BEFORE INSERT ON hour_sum BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
  assert.throws(() => feedAll(), /the disk is full/);
  assert.deepEqual([sumsBy(['day']), feeder.state().seq], [earlier, mark]);
  sums.exec('DROP TRIGGER full');
  feedAll();
  assert.deepEqual(checkDay(money, sums, DAY).differences, []);
});

test('a day reckoned from the orders is the kept one to the fen, and a fen that was planted is found where it is', () => {
  feedAll();
  assert.deepEqual([DAY, NEXT].map((day) => checkDay(money, sums, day).differences), [[], []]);
  sums.exec(`UPDATE day_sum SET paid_fen = paid_fen + 1 WHERE day = '${DAY}' AND group_id = (SELECT id FROM sum_group WHERE channel = 'cash-main')`);
  const [planted, ...more] = checkDay(money, sums, DAY).differences;
  assert.match(planted ?? '', /cash-main\/cash\/.*paidFen: 4001 kept, 4000 reckoned/);
  assert.deepEqual(more, []);
  sums.exec(`UPDATE day_sum SET booked_fen = booked_fen - 1 WHERE day = '${NEXT}'`);
  assert.deepEqual(checkDay(money, sums, NEXT).differences, ['bookedFen: 149 kept, 150 reckoned']);
});

test('a journal that is another one than was fed throws the sums away: a restored database is summed anew', () => {
  feedAll();
  const right = sumsBy(['day', 'channel']);
  sums.exec("UPDATE fed SET hash = 'of another file'; UPDATE day_sum SET paid_fen = 1");
  feedAll();
  assert.deepEqual(sumsBy(['day', 'channel']), right);
});

test('whole months are read as months and the days around them singly: the sum of a time is that of its days', () => {
  feedAll();
  const ofDays = (from: string, to: string) => querySums(sums, { from, to, by: ['day'] }).reduce((sum, { paidFen }) => sum + paidFen, 0);
  for (const [from, to] of [['2026-11-01', '2026-11-30'], ['2026-11-20', '2026-12-31'], ['2026-10-15', '2026-11-20'], ['2026-01-01', '2026-12-31'], [NEXT, NEXT], ['2026-11-21', '2026-11-30']] as const) {
    assert.equal(querySums(sums, { from, to, by: [] })[0]?.paidFen ?? 0, ofDays(from, to), `${from} to ${to}`);
  }
  assert.deepEqual(shown(sumsBy(['month'], '2026-01-01', '2026-12-31')), [['2026-11', 5, 16_451, 1, 8_800]]);
});

test('what the bank paid out is no refund, and a day that was reconciled stays what it was: the sums are of orders alone', async (context) => {
  const office = startPayouts();
  const { payoutNo } = await office.approved();
  await office.work();
  office.bank.carryOut(payoutNo);
  await office.later(MINUTE);
  assert.equal((await office.read(payoutNo)).state, 'succeeded');
  feeder = sumFeeder(office.store.database, sums);
  feedAll();
  assert.deepEqual(sumsBy([]).map(({ paidCount, refundedCount }) => [paidCount, refundedCount]), [[0, 0]]);

  const { stand, said, run, journals } = await startWithBooks(context);
  const one = await stand.takePaid({ amountFen: 1_000 });
  said.statement = statementOf([lineOf(one.paymentNo, 1_000, { feeMilliFen: 6_000 })]);
  said.dayLists.set(DAY, [booked(one.tradeNo, 1_000)]);
  const earlier = journals();
  assert.equal((await run()).hospital, 'balanced');
  assert.ok(journals() > earlier, 'the day was posted');
  sums = openSums(':memory:');
  feeder = sumFeeder(stand.store.database, sums);
  feedAll();
  assert.deepEqual(sumsBy([]).map(({ paidFen, refundedFen, bookedFen, reversedFen }) => [paidFen, refundedFen, bookedFen, reversedFen]), [[1_000, 0, 1_000, 0]]);
});

test('a file of sums that is damaged is thrown away like an old one: what stands in it stands in the journal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-damaged-sums-'));
  const file = join(folder, 'report-sums.sqlite');
  for (const damage of [() => { writeFileSync(file, 'no database at all'.repeat(300)); }, () => { writeFileSync(file, readFileSync(file).fill(0xA5, 8_192, 20_480)); }]) {
    damage();
    sums = openSums(file);
    feeder = sumFeeder(money, sums);
    feedAll();
    assert.deepEqual(checkDay(money, sums, DAY).differences, []);
    sums.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    sums.close();
  }
  rmSync(folder, { recursive: true });
});
