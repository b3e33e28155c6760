/**
 * A day of a large hospital compared in its thread beside payments: bills of two merchant numbers of WeChat Pay as files, an insurance centre's lines as told by its plugin, and the HIS's day list. How long it
 * takes, how long it keeps the event loop from turning, what the process holds, what payments notice of it, and the same join of one of them in plain SQL.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { DayListLine, StatementLine } from '@hospay/plugin-sdk';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import type { StatementReaderOf } from '@hospay/server/domain/guests.js';
import { openReconciliationThread } from '@hospay/server/platform-reconciliation.js';
import type { ReconciliationEngine } from '@hospay/server/reconciliation/ports.js';
import { ROOT } from '../architecture/source-files.js';
import { longestTurn } from './longest-turn.js';
import { measurePaymentPath } from './payment-path.js';
import { CHANNELS, DAY, fenOf, MERCHANT, MISSING, paymentNo, tradeNo } from './reconciliation-data.js';

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

const HEADER = '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注';
const SUMMARY = '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';
const AT = `${DAY}T10:00:00+08:00`;

export async function measureReconciliation({ rows }: { readonly rows: number }): Promise<ReconciliationResult> {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-reconciliation-'));
  const moneyFile = join(folder, 'money.sqlite');
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(new URL('reconciliation-data.js', import.meta.url)), moneyFile, String(rows)]);
    const { bareSeconds } = JSON.parse(stdout) as { bareSeconds: number };
    const { engine, close } = openReconciliationThread({ moneyFile, log: SILENT_LOG });
    try {
      const memoryBeforeMiB = mostMiB();
      const each: number[] = [];
      let longestTurnMs = 0;
      for (const source of SOURCES) {
        // Making what the other side tells is no part of what is measured, nor is collecting what that left behind.
        const compare = source(engine, rows);
        collect();
        longestTurnMs = Math.max(longestTurnMs, await longestTurn(1, async () => { each.push(await timed(compare)); }));
      }
      const memoryMiB = mostMiB();
      const paymentsAloneP99Ms = await paymentsP99Ms();
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
  const p99Ms = await paymentsP99Ms();
  over.abort();
  await comparing;
  return p99Ms;
}

async function paymentsP99Ms(): Promise<number> {
  await measurePaymentPath({ count: 500, inFlight: 16 });
  const { overheadMs } = await measurePaymentPath({ count: 1_000, inFlight: 200, perSecond: 200 });
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
  (engine, rows) => async () => {
    const day = await engine.openHospitalDay({ hospitalId: 'demo', day: DAY });
    for (let at = 0; at < rows - MISSING; at += LIST_PAGE) {
      await day.tell(Array.from({ length: Math.min(LIST_PAGE, rows - MISSING - at) }, (_, index): DayListLine => ({ kind: 'payment', tradeNo: tradeNo('wechat-1', at + index), settlementNo: `S${String(at + index)}`, amountFen: fenOf(at + index), paidAt: AT })));
    }
    mustBe((await day.compare(undefined)).differences.length);
    await day.close();
  },
];
/** Rows that a hospital adapter gives at once. */
const LIST_PAGE = 500;

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

function collect(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
}

/** Most resident memory so far; KiB on Linux. */
function mostMiB(): number {
  return process.resourceUsage().maxRSS / 1_024;
}

const yuan = (amountFen: number): string => `${String(Math.floor(amountFen / 100))}.${String(amountFen % 100).padStart(2, '0')}`;

/** A trade bill as WeChat Pay writes it, the last payments missing. Counted before it is written, so that it is in memory once, as a channel gives it away. */
function billOf(channel: (typeof CHANNELS)[number], rows: number): Uint8Array {
  let length = 0;
  for (const part of billParts(channel, rows - MISSING)) length += Buffer.byteLength(part);
  const bill = Buffer.from(new ArrayBuffer(length));
  let at = 0;
  for (const part of billParts(channel, rows - MISSING)) at += bill.write(part, at);
  return new Uint8Array(bill.buffer);
}

function* billParts(channel: (typeof CHANNELS)[number], rows: number): Generator<string> {
  yield `\uFEFF${HEADER}\r\n`;
  let totalFen = 0;
  for (let index = 0; index < rows; index += 1) {
    const amount = yuan(fenOf(index));
    totalFen += fenOf(index);
    yield `\`${DAY} 10:00:00,\`wx01,\`${MERCHANT},\`0,\`,\`42000000${String(index).padStart(20, '0')},\`${paymentNo(channel, index)},\`o1,\`NATIVE,\`SUCCESS,\`OTHERS,\`CNY,\`${amount},\`0.00,\`0,\`0,\`0.00,\`0.00,\`,\`,\`门诊缴费,\`,\`0.00000,\`0.60%,\`${amount},\`0.00,\`\r\n`;
  }
  yield `${SUMMARY}\r\n\`${String(rows)},\`${yuan(totalFen)},\`0.00,\`0.00,\`0.00000,\`${yuan(totalFen)},\`0.00\r\n`;
}
