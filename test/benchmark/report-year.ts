/** A year's reports over generated orders, through the thread that answers them, beside the same sums in plain SQL over the raw rows. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { openReportReader } from '@hospay/server/edges/database/reports/open-report-reader.js';
import { openThread } from '@hospay/server/edges/machine/thread.js';
import { openMoneyForReports } from '@hospay/server/edges/database/reports/sum-tables.js';
import { FEE_TYPES, hospitalYear } from './hospital-year.js';
import { measureConsoleLists, type ConsoleLists } from './console-lists.js';
import { percentile } from './machine.js';

export type ReportYear = {
  readonly orders: number; readonly generatedSeconds: number;
  /** Journals taken into the sums in a second, and how long the whole history took. */
  readonly fedPerSecond: number; readonly fedSeconds: number;
  /** The slower of the year's reports, median and worst of some; and the same sums in plain SQL. */
  readonly reportMs: { readonly p50: number; readonly worst: number }; readonly bareMs: number;
  readonly pageMs: number; readonly sameFen: boolean;
  /** Lists of the console over the same orders: the slowest of them, and which it is. */
  readonly lists: ConsoleLists;
};

export const YEAR = 2026;
/** The log of one commit with all of them would be as large as the database. */
const ORDERS_A_COMMIT = 100_000;
const REPEATS = 9;
const WAIT_MS = 20;

export async function measureReportYear({ orders }: { readonly orders: number }): Promise<ReportYear> {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-report-year-'));
  const moneyFile = join(folder, 'money.sqlite');
  try {
    const began = performance.now();
    const journals = await generateYear(moneyFile, orders);
    const generatedSeconds = (performance.now() - began) / 1000;
    const { reader, close } = openReportReader({ openThread, moneyFile, sumsFile: join(folder, 'report-sums.sqlite'), log: SILENT_LOG });
    try {
      const feedingSince = performance.now();
      for (let state = await reader.state({}); state.behind > 0; state = await reader.state({})) await new Promise((resolve) => { setTimeout(resolve, WAIT_MS); });
      const fedSeconds = (performance.now() - feedingSince) / 1000;
      const range = { from: `${String(YEAR)}-01-01`, to: `${String(YEAR)}-12-31` };
      // Nearly a year, so that days stand at both ends; and the whole one, split by what makes most rows.
      const questions = [
        () => reader.sums({ ...range, by: ['month', 'method'] }), () => reader.sums({ from: `${String(YEAR)}-01-05`, to: `${String(YEAR)}-12-27`, by: ['channel', 'business', 'feeType'] }), () => reader.sums({ ...range, by: ['ownerKind', 'ownerId'] }),
        () => reader.curve({ ...range, by: 'day' }),
      ];
      const times: number[] = [];
      for (let repeat = 0; repeat < REPEATS; repeat += 1) {
        const each: number[] = [];
        for (const ask of questions) each.push(await timed(ask));
        times.push(Math.max(...each));
      }
      const pageMs = await timed(() => reader.transactions({ from: `${String(YEAR)}-07-01`, to: `${String(YEAR)}-07-31`, limit: 50, sources: [] }));
      const keptFen = (await reader.sums({ ...range, by: [] }))[0]?.paidFen;
      const bare = bareYear(moneyFile);
      const lists = await measureConsoleLists({ moneyFile, year: YEAR, orders });
      return { lists, orders, generatedSeconds, fedSeconds, fedPerSecond: journals / fedSeconds, reportMs: { p50: percentile(times, 0.5), worst: Math.max(...times) }, bareMs: bare.ms, pageMs, sameFen: bare.fen === keptFen };
    } finally {
      await close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work();
  return performance.now() - since;
}

/** What a report of a year would be without kept sums. */
function bareYear(moneyFile: string): { readonly ms: number; readonly fen: number } {
  const money = openMoneyForReports(moneyFile);
  try {
    const since = performance.now();
    const rows = money.prepare(`SELECT substr(bill_day, 1, 7) AS month, method, count(*) AS n, sum(amount_fen) AS fen FROM payment WHERE bill_day BETWEEN '${String(YEAR)}-01-01' AND '${String(YEAR)}-12-31' AND state = 'succeeded' GROUP BY 1, 2`).all();
    return { ms: performance.now() - since, fen: rows.reduce((sum, row) => sum + Number(row['fen']), 0) };
  } finally {
    money.close();
  }
}

/** Orders spread over the year, each paid once and booked: the rows the reports read, written without the machinery that is measured elsewhere. */
export async function generateYear(moneyFile: string, orders: number): Promise<number> {
  const store = new SqliteMoneyStore({ file: moneyFile });
  const { database } = store;
  database.exec(`PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; PRAGMA foreign_keys = OFF;
    INSERT INTO account (id, name, code, normal) VALUES (1, '1121/main', '1121', 'debit'), (2, '2001/main', '2001', 'credit'), (3, '2002/main', '2002', 'credit')`);
  for (let feeType = 0; feeType < FEE_TYPES; feeType += 1) {
    database.exec(`INSERT INTO quote (quote_id, hospital_id, owner_kind, owner_id, patient_id, patient_label, his_quote_no, bill_nos, total_fen, fund_fen, personal_account_fen, self_pay_fen, valid_until, quoted_at, fee_type)
      VALUES ('Q${String(feeType)}', 'main', 'terminal', 't', 'p', '*', 'h', '[]', 0, 0, 0, 0, '', '', '类别${String(feeType)}')`);
  }
  const order = database.prepare(`INSERT INTO orders (trade_no, hospital_id, merchant_id, owner_kind, owner_id, quote_id, his_quote_no, patient_id, patient_label, bill_nos, description, total_fen, fund_fen, personal_account_fen, amount_fen, created_at, version,
    confirmation, confirmed_at, his_day, confirm_attempts, paid_at) VALUES (?, 'main', 'm', 'terminal', ?, ?, 'h', 'P1', '张*三', '[]', '门诊缴费', ?, 0, 0, ?, ?, 1, 'confirmed', ?, ?, 1, ?)`);
  const payment = database.prepare(`INSERT INTO payment (payment_no, trade_no, leg, channel, merchant_no, method, amount_fen, state, expires_at, submitted_at, paid_at, attempts, bill_day, till_no) VALUES (?, ?, 1, ?, 'm', ?, ?, 'succeeded', '', ?, ?, 1, ?, ?)`);
  const journal = database.prepare(`INSERT INTO journal (seq, biz_type, biz_id, step, trade_no, acct_date, at, cause_kind, cause_id, n_entries, total_fen, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, 'answer', '', 2, ?, '', ?)`);
  const entry = database.prepare(`INSERT INTO entry (journal_seq, line, account_id, side, amount_fen, phase, clear_key) VALUES (?, ?, ?, ?, ?, 'final', ?)`);
  const refund = database.prepare(`INSERT INTO refund (refund_no, trade_no, payment_no, refund_fen, state, cause, reason, requested_by, requested_at, needs_his_approval, reserved_from, refunded_at, is_posted, attempts) VALUES (?, ?, ?, ?, 'succeeded', 'console', '', 'user/f', ?, 0, '2001', ?, 1, 1)`);
  let [index, seq] = [0, 1];
  /** Debit and credit of one journal. */
  const post = (bizType: string, bizId: string, step: string, tradeNo: string, day: string, at: string, amountFen: number, [debit, debitKey]: readonly [number, string], [credit, creditKey]: readonly [number, string]): void => {
    journal.run(seq, bizType, bizId, step, tradeNo, day, at, amountFen, String(seq));
    entry.run(seq, 1, debit, 'debit', amountFen, debitKey);
    entry.run(seq, 2, credit, 'credit', amountFen, creditKey);
    seq += 1;
  };
  database.exec('BEGIN');
  for (const { at: instant, day, terminal, channel, method, feeType, amountFen, refundedAfterDays } of hospitalYear({ orders, year: YEAR })) {
    if (index % ORDERS_A_COMMIT === ORDERS_A_COMMIT - 1) database.exec('COMMIT; BEGIN');
    const at = instant.toISOString();
    const tradeNo = `H${String(index).padStart(12, '0')}`;
    index += 1;
    order.run(tradeNo, terminal, `Q${String(feeType)}`, amountFen, amountFen, at, at, day, at);
    payment.run(`${tradeNo}P01`, tradeNo, channel, method, amountFen, at, at, day, `terminal:${terminal}`);
    post('payment', `${tradeNo}P01`, 'succeeded', tradeNo, day, at, amountFen, [1, day], [2, tradeNo]);
    post('confirmation', tradeNo, 'confirmed', tradeNo, day, at, amountFen, [2, tradeNo], [3, day]);
    if (refundedAfterDays === undefined) continue;
    const back = new Date(instant.getTime() + refundedAfterDays * 86_400_000 + 3_600_000).toISOString();
    const backDay = new Date(Date.parse(back) + 8 * 3_600_000).toISOString().slice(0, 10);
    refund.run(`${tradeNo}R01`, tradeNo, `${tradeNo}P01`, amountFen, back, back);
    post('refund', `${tradeNo}R01`, 'succeeded', tradeNo, backDay, back, amountFen, [2, tradeNo], [1, backDay]);
  }
  database.exec('COMMIT');
  await store.close();
  return seq - 1;
}
