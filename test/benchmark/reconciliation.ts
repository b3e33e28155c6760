/**
 * A day of a large hospital compared in its thread beside payments: bills of two merchant numbers of WeChat Pay as files, an insurance centre's lines as told by its plugin, and the HIS's day list. How long it
 * takes, how long it keeps the event loop from turning, what payments notice of it, and the same join of one of them in plain SQL.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { DayListLine, StatementLine } from '@hospay/plugin-sdk';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import type { StatementReaderOf } from '@hospay/server/domain/guests.js';
import { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { openReconciliationThread } from '@hospay/server/platform-reconciliation.js';
import type { ReconciliationEngine } from '@hospay/server/reconciliation/ports.js';
import { ROOT } from '../architecture/source-files.js';
import { longestTurn } from './longest-turn.js';
import { measurePaymentPath } from './payment-path.js';

export type ReconciliationResult = {
  /** Of each of the four sources. */
  readonly rows: number;
  /** All four, one after another; and the slowest of them. */
  readonly seconds: number; readonly slowestSeconds: number; readonly longestTurnMs: number; readonly bareSeconds: number;
  /** Most the whole process held, after and before. */
  readonly memoryMiB: number; readonly memoryBeforeMiB: number;
  /** p99 of payments at 200/s with days compared beside them all the time, and without. */
  readonly paymentsBesideP99Ms: number; readonly paymentsAloneP99Ms: number;
};

const DAY = '2026-11-20';
const MISSING = 7;
const MERCHANT = '1600000001';
const CHANNELS = ['wechat-1', 'wechat-2', 'insurance'] as const;
const HEADER = '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注';
const SUMMARY = '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';
const AT = `${DAY}T10:00:00+08:00`;

export async function measureReconciliation({ rows, paymentsAloneP99Ms }: { readonly rows: number; readonly paymentsAloneP99Ms: number }): Promise<ReconciliationResult> {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-reconciliation-'));
  const moneyFile = join(folder, 'money.sqlite');
  try {
    await generate(moneyFile, rows);
    const bareSeconds = bareJoin(rows);
    const { engine, close } = openReconciliationThread({ moneyFile, log: SILENT_LOG });
    try {
      const memoryBeforeMiB = mostMiB();
      const each: number[] = [];
      let longestTurnMs = 0;
      for (const source of SOURCES) {
        // Making what the other side tells is no part of what is measured.
        const compare = source(engine, rows);
        longestTurnMs = Math.max(longestTurnMs, await longestTurn(1, async () => { each.push(await timed(compare)); }));
      }
      const memoryMiB = mostMiB();
      const paymentsBesideP99Ms = await paymentsBeside(engine, rows);
      return { rows, seconds: each.reduce((sum, seconds) => sum + seconds, 0), slowestSeconds: Math.max(...each), longestTurnMs, bareSeconds, memoryMiB, memoryBeforeMiB, paymentsBesideP99Ms, paymentsAloneP99Ms };
    } finally {
      await close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Days are compared over and over while patients pay. */
async function paymentsBeside(engine: ReconciliationEngine, rows: number): Promise<number> {
  const bill = billOf('wechat-1', rows);
  const over = new AbortController();
  const comparing = (async () => {
    while (!over.signal.aborted) await compareFile(engine, 'wechat-1', new Uint8Array(bill));
  })();
  const { overheadMs } = await measurePaymentPath({ count: 1_000, inFlight: 200, perSecond: 200 });
  over.abort();
  await comparing;
  return overheadMs.p99;
}

type Compare = () => Promise<void>;

/** Two bills as files, an insurance centre's lines, the HIS's day list: each as its side tells it. */
const SOURCES: readonly ((engine: ReconciliationEngine, rows: number) => Compare)[] = [
  ...(['wechat-1', 'wechat-2'] as const).map((channel) => (engine: ReconciliationEngine, rows: number): Compare => {
    const bill = billOf(channel, rows);
    return () => compareFile(engine, channel, bill);
  }),
  (engine, rows) => {
    const lines = Array.from({ length: rows - MISSING }, (_, index): StatementLine => ({ kind: 'payment', tradeNo: paymentNo('insurance', index), channelTradeNo: `S${String(index)}`, amountFen: fenOf(index), feeMilliFen: 0, status: 'settled', at: AT }));
    const totals = { paymentFen: lines.reduce((sum, { amountFen }) => sum + amountFen, 0), refundFen: 0, lines: lines.length };
    return async () => { mustFind(await engine.channelDay({ of: { comparison: 'channel', source: 'insurance', day: DAY }, source: { channels: ['insurance'] }, contract: undefined, statement: { kind: 'lines', lines, totals } })); };
  },
  (engine, rows) => {
    const lines = Array.from({ length: rows - MISSING }, (_, index): DayListLine => ({ kind: 'payment', tradeNo: tradeNo('wechat-1', index), settlementNo: `S${String(index)}`, amountFen: fenOf(index), paidAt: AT }));
    return async () => { mustBe((await engine.hospitalDay({ hospitalId: 'demo', day: DAY, lines })).differences.length); };
  },
];

async function compareFile(engine: ReconciliationEngine, source: (typeof CHANNELS)[number], raw: Uint8Array): Promise<void> {
  mustFind(await engine.channelDay({ of: { comparison: 'channel', source, day: DAY }, source: { channels: [source] }, contract: undefined, statement: { kind: 'file', reader: READER, raw } }));
}

const READER: StatementReaderOf = { entryPath: join(ROOT, 'plugins/channels/wechat-pay/dist/index.js'), fingerprint: 'bench', channel: 'wechat-pay', settings: { mchid: MERCHANT, appid: 'wx' } };

function mustFind(found: Awaited<ReturnType<ReconciliationEngine['channelDay']>>): void {
  if (found.kind !== 'compared') throw new Error(found.message);
  mustBe(found.comparison.differences.length);
}

function mustBe(differences: number): void {
  if (differences !== MISSING) throw new Error(`${String(differences)} differences instead of ${String(MISSING)}`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const since = performance.now();
  await work();
  return (performance.now() - since) / 1_000;
}

/** Most resident memory so far; KiB on Linux. */
function mostMiB(): number {
  return process.resourceUsage().maxRSS / 1_024;
}

const tradeNo = (channel: (typeof CHANNELS)[number], index: number): string => `H2026112010000${String(CHANNELS.indexOf(channel))}${String(index).padStart(9, '0')}`;
const paymentNo = (channel: (typeof CHANNELS)[number], index: number): string => `${tradeNo(channel, index)}P01`;
const fenOf = (index: number): number => 100 + (index % 5_000);
const yuan = (amountFen: number): string => `${String(Math.floor(amountFen / 100))}.${String(amountFen % 100).padStart(2, '0')}`;

/** A trade bill as WeChat Pay writes it, the last payments missing. */
function billOf(channel: (typeof CHANNELS)[number], rows: number): Uint8Array {
  const parts: Buffer[] = [Buffer.from(`\uFEFF${HEADER}\r\n`)];
  let totalFen = 0;
  const SLICE = 10_000;
  for (let at = 0; at < rows - MISSING; at += SLICE) {
    let text = '';
    for (let index = at; index < Math.min(at + SLICE, rows - MISSING); index += 1) {
      const amount = yuan(fenOf(index));
      totalFen += fenOf(index);
      text += `\`${DAY} 10:00:00,\`wx01,\`${MERCHANT},\`0,\`,\`42000000${String(index).padStart(20, '0')},\`${paymentNo(channel, index)},\`o1,\`NATIVE,\`SUCCESS,\`OTHERS,\`CNY,\`${amount},\`0.00,\`0,\`0,\`0.00,\`0.00,\`,\`,\`门诊缴费,\`,\`0.00000,\`0.60%,\`${amount},\`0.00,\`\r\n`;
    }
    parts.push(Buffer.from(text));
  }
  parts.push(Buffer.from(`${SUMMARY}\r\n\`${String(rows - MISSING)},\`${yuan(totalFen)},\`0.00,\`0.00,\`0.00000,\`${yuan(totalFen)},\`0.00\r\n`));
  return new Uint8Array(Buffer.concat(parts));
}

/** Orders of one day, each paid once and booked, written without the machinery that is measured elsewhere. */
async function generate(moneyFile: string, rows: number): Promise<void> {
  const store = new SqliteMoneyStore({ file: moneyFile });
  const { database } = store;
  database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; PRAGMA foreign_keys = OFF');
  for (const [number, channel] of CHANNELS.entries()) {
    const trade = `'H2026112010000${String(number)}' || printf('%09d', i)`;
    const seq = `WITH RECURSIVE seq (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM seq WHERE i < ${String(rows - 1)})`;
    // Only the first channel's orders are in the HIS's list.
    const hospital = number === 0 ? 'demo' : 'other';
    database.exec(`BEGIN;
      ${seq} INSERT INTO orders (trade_no, hospital_id, merchant_id, owner_kind, owner_id, quote_id, his_quote_no, patient_id, patient_label, bill_nos, description, total_fen, fund_fen, personal_account_fen, amount_fen, created_at, version, confirmation, his_day, confirm_attempts, paid_at)
        SELECT ${trade}, '${hospital}', 'm1', 'terminal', 'kiosk-1', 'q', 'h', 'p', '测*', '[]', '门诊缴费', 100 + i % 5000, 0, 0, 100 + i % 5000, '${DAY}T02:00:00.000Z', 1, 'confirmed', '${DAY}', 1, '${DAY}T02:00:00.000Z' FROM seq;
      ${seq} INSERT INTO payment (payment_no, trade_no, leg, channel, merchant_no, method, amount_fen, state, expires_at, submitted_at, channel_trade_no, paid_at, attempts, bill_day)
        SELECT ${trade} || 'P01', ${trade}, 1, '${channel}', '${MERCHANT}', 'nativeQr', 100 + i % 5000, 'succeeded', '${DAY}T02:10:00.000Z', '${DAY}T02:00:00.000Z', '42000000' || printf('%020d', i), '${DAY}T02:00:00.000Z', 1, '${DAY}' FROM seq;
      COMMIT`);
  }
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  await store.close();
}

/** Two lists of numbers and amounts loaded, indexed and joined by SQLite. */
function bareJoin(rows: number): number {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE ours (key TEXT, fen INTEGER) STRICT; CREATE TABLE theirs (key TEXT, fen INTEGER) STRICT; BEGIN');
  const began = performance.now();
  for (const [table, count] of [['ours', rows], ['theirs', rows - MISSING]] as const) {
    const insert = database.prepare(`INSERT INTO ${table} VALUES (?, ?)`);
    for (let index = 0; index < count; index += 1) insert.run(paymentNo('wechat-1', index), fenOf(index));
    database.exec(`CREATE INDEX ${table}_by_key ON ${table} (key)`);
  }
  const found = database.prepare('SELECT (SELECT count(*) FROM ours o LEFT JOIN theirs t ON t.key = o.key WHERE t.key IS NULL OR t.fen <> o.fen) + (SELECT count(*) FROM theirs t WHERE NOT EXISTS (SELECT 1 FROM ours o WHERE o.key = t.key)) AS n').get();
  database.exec('COMMIT');
  database.close();
  if (found?.['n'] !== MISSING) throw new Error('the plain join found something else');
  return (performance.now() - began) / 1_000;
}
