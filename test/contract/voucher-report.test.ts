/** 记账凭证: what accounting takes over is the ledger, voucher by voucher balanced. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ledgerRows } from '@hospay/server/edges/database/reports/ledger-rows.js';
import { channelDays } from '@hospay/server/edges/database/reports/reconciled-rows.js';
import { RECONCILIATION_REPORTS } from '@hospay/server/reports/reconciliation-reports.js';
import type { DayRange, ReportNames, ReportInput, ReportReader } from '@hospay/server/reports/ports.js';
import { VOUCHER_REPORT } from '@hospay/server/reports/voucher-report.js';
import { startWithBooks } from './reconciliation-books-stand.js';
import { booked, DAY, lineOf, statementOf } from './reconciliation-scripted-stand.js';

test('every voucher of a day balances, all of them are the ledger, and a business done several times a day is one voucher', async (context) => {
  const { stand, said, run, database } = await startWithBooks(context);
  const [one, two] = [await stand.takePaid({ amountFen: 1_000 }), await stand.takePaid({ amountFen: 250 })];
  for (const fee of [6_000, 9_000]) {
    said.statement = statementOf([lineOf(one.paymentNo, 1_000, { feeMilliFen: fee }), lineOf(two.paymentNo, 250)]);
    said.dayLists.set(DAY, [booked(one.tradeNo, 1_000), booked(two.tradeNo, 250)]);
    await run();
  }
  const reader = { ledger: (of: Parameters<ReportReader['ledger']>[0]) => Promise.resolve(ledgerRows(database, of)) } as unknown as ReportInput;
  const { rows, totals } = await VOUCHER_REPORT.read(reader, { from: DAY, to: DAY, limit: 100 }, {} as ReportNames);
  const shown = rows.map(([, no, business, code, , detail, debit, credit]) => [no, business, code, detail, debit, credit]);
  assert.deepEqual(shown, [
    ['记-20261120-01', 'confirmation/confirmed', '2001', 'demo', 1_250, 0], ['记-20261120-01', 'confirmation/confirmed', '2002', 'demo', 0, 1_250],
    ['记-20261120-02', 'payment/succeeded', '1121', 'working/1900000009', 1_250, 0], ['记-20261120-02', 'payment/succeeded', '2001', 'demo', 0, 1_250],
    ['记-20261120-03', 'reconciliation/run', '1121', 'working/1900000009', 0, 9], ['记-20261120-03', 'reconciliation/run', '2002', 'demo', 1_250, 0], ['记-20261120-03', 'reconciliation/run', '3001', 'demo', 0, 1_250], ['记-20261120-03', 'reconciliation/run', '6001', 'working', 9, 0],
  ]);
  assert.deepEqual(totals?.slice(6, 8), [3_759, 3_759]);
  const ledger = database.prepare("SELECT sum(CASE side WHEN 'debit' THEN amount_fen ELSE 0 END) AS debit FROM entry WHERE phase = 'final'").get();
  assert.equal(ledger?.['debit'], 3_759);
});

test('渠道手续费: what a channel kept of a day is what the ledger has of it, also where the channel tells nothing of its account, and a day that is run again counts once', async (context) => {
  const { stand, said, run, database, of } = await startWithBooks(context);
  const [one, two] = [await stand.takePaid({ amountFen: 1_000 }), await stand.takePaid({ amountFen: 250 })];
  const fees = RECONCILIATION_REPORTS.find(({ id }) => id === 'channel-fees') ?? assert.fail();
  const reader = { channelDays: (range: DayRange) => Promise.resolve(channelDays(database, range)) } as unknown as ReportInput;
  const heads = ['交易笔数', '交易金额', '应收手续费', '实扣手续费', '差异'].map((head) => fees.columns.findIndex(({ zh }) => zh === head));
  for (const [fee, bookedFen] of [[6_000, 7], [9_000, 10]] as const) {
    said.statement = statementOf([lineOf(one.paymentNo, 1_000, { feeMilliFen: fee }), lineOf(two.paymentNo, 250, { feeMilliFen: 1_000 })]);
    said.dayLists.set(DAY, [booked(one.tradeNo, 1_000), booked(two.tradeNo, 250)]);
    await run();
    const { rows, totals } = await fees.read(reader, { from: DAY, to: DAY, limit: 100 }, {} as ReportNames);
    assert.deepEqual(rows.map((row) => heads.map((at) => row[at])), [[2, 1_250, bookedFen, null, null]]);
    assert.deepEqual(heads.map((at) => totals?.[at]), [2, 1_250, bookedFen, null, null]);
    assert.equal(of('6001/working', DAY), bookedFen, 'the ledger');
  }
});
