/** Orders that the insurance and a wallet pay together, in the sums of reports and in 医保对账. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beijingDay } from '@hospay/plugin-sdk';
import { checkDay } from '@hospay/server/edges/database/reports/check-day.js';
import { sumFeeder } from '@hospay/server/edges/database/reports/feed-sums.js';
import { ledgerRows } from '@hospay/server/edges/database/reports/ledger-rows.js';
import { querySums } from '@hospay/server/edges/database/reports/query-sums.js';
import { channelDays } from '@hospay/server/edges/database/reports/reconciled-rows.js';
import { openSums } from '@hospay/server/edges/database/reports/sum-tables.js';
import { INSURANCE_REPORT } from '@hospay/server/reports/insurance-report.js';
import type { ReportNames, ReportReader } from '@hospay/server/reports/ports.js';
import { insurance, later, newStandForEachTest, now, paidWithCashRest, refund, run, store, wallet } from './insured-orders-stand.js';

newStandForEachTest();

const NAMES: ReportNames = { hospital: '示范医院', campus: (id) => id, terminal: () => undefined, operator: () => undefined, sources: [] };

test('fund and personal account are summed apart, a booking is shared out over its tenders, and what is undone is taken off again', async () => {
  const sums = openSums(':memory:');
  const feeder = sumFeeder(store.database, sums);
  const day = beijingDay(now);
  const range = { from: day, to: day };
  const absent = (): never => { throw new Error('not asked for'); };
  const reader: ReportReader = {
    sums: (of) => Promise.resolve(querySums(sums, of)), channelDays: (of) => Promise.resolve(channelDays(store.database, of)), state: absent, curve: absent, transactions: absent, differences: absent, tills: absent, ledger: absent, checkDay: absent, rebuild: absent,
  };
  const byMethod = () => querySums(sums, { ...range, by: ['method'] }).map(({ of, paidFen, refundedFen, bookedFen, reversedFen, fundFen, accountFen }) => [of.method, paidFen, refundedFen, bookedFen, reversedFen, fundFen, accountFen]);
  const owedByInsurance = (): number => ledgerRows(store.database, { from: '2000-01-01', to: '2099-12-31' }).filter(({ code }) => code === '1131').reduce((sum, { debitFen, creditFen }) => sum + debitFen - creditFen, 0);
  const { tradeNo } = await paidWithCashRest();
  await run('confirmOrder');
  feeder.feed(100);
  assert.deepEqual(byMethod(), [['medicalInsurance', 7_500, 0, 7_500, 0, 6_000, 1_500], ['nativeQr', 2_500, 0, 2_500, 0, 0, 0]]);
  assert.deepEqual((await INSURANCE_REPORT.read({ ...reader, terminalDays: () => Promise.resolve([]) }, { ...range, limit: 10 }, NAMES)).rows, [[day, 'insurance', '', '', 1, 7_500, 6_000, 1_500, '', 'none', null, 'none']]);
  assert.equal(owedByInsurance(), 7_500, 'the ledger has the same');

  assert.equal((await refund(tradeNo, undefined)).kind, 'ok');
  // In whichever order they are asked: each answers for its own payment.
  for (const [channel, leg, refundFen] of [[wallet, 2, 2_500], [insurance, 1, 7_500]] as const) {
    channel.refundAnswers = [1, 2].filter((index) => refundNosOf(tradeNo, leg).includes(index)).map((index) => ({ kind: 'succeeded', refundNo: `${tradeNo}R0${String(index)}`, tradeNo: `${tradeNo}P0${String(leg)}`, refundFen, channelRefundNo: `C${String(leg)}`, refundedAt: now.toISOString() }));
  }
  for (let turn = 0; turn < 4; turn += 1) {
    later(120);
    await run('advanceRefund');
  }
  feeder.feed(100);
  const [insured] = byMethod();
  assert.deepEqual(insured, ['medicalInsurance', 7_500, 7_500, 7_500, 7_500, 0, 0]);
  assert.deepEqual((await INSURANCE_REPORT.read({ ...reader, terminalDays: () => Promise.resolve([]) }, { ...range, limit: 10 }, NAMES)).rows.map((row) => row.slice(4, 8)), [[0, 0, 0, 0]]);
  assert.equal(owedByInsurance(), 0);
  assert.deepEqual(checkDay(store.database, sums, day).differences, []);
  sums.exec('UPDATE day_sum SET fund_fen = fund_fen + 1, account_fen = account_fen - 1 WHERE fund_fen = 0 AND refunded_fen = 7500');
  assert.equal(checkDay(store.database, sums, day).differences.length, 2, 'a fen between fund and account is found');
});

function refundNosOf(tradeNo: string, leg: number): number[] {
  return store.database.prepare('SELECT refund_no FROM refund WHERE payment_no = ?').all(`${tradeNo}P0${String(leg)}`).map((row) => Number(String(row['refund_no']).slice(-2)));
}
