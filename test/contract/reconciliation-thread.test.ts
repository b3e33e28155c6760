/** Days compared in their thread say what they say without one; a thread that ends takes nothing with it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { DayListLine, FundStatementLine, StatementLine } from '@hospay/plugin-sdk';
import type { StatementReaderOf } from '@hospay/server/domain/guests.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { openReconciliationThread } from '@hospay/server/platform-reconciliation.js';
import { readFundStatementFile, readStatementFile } from '@hospay/server/plugin-host/read-statement-file.js';
import { createReconciliationEngine } from '@hospay/server/reconciliation/engine.js';
import type { ChannelDayRequest } from '@hospay/server/reconciliation/ports.js';
import { SANDBOX_READER } from './reconciliation-parts.js';

const DAY = '2026-11-20';
const AT = `${DAY}T10:00:00+08:00`;
/** More than are told at once. */
const ROWS = 4_100;
const tradeNo = (index: number): string => `H20261120100000${String(index).padStart(9, '0')}`;
const of = { comparison: 'channel', source: 'wechat', day: DAY } as const;
const contract = { source: 'wechat', from: DAY, rateMillionths: 6_000, refundsFee: true };
const lines = Array.from({ length: ROWS }, (_, index): StatementLine => ({ kind: 'payment', tradeNo: `${tradeNo(index + 1)}P01`, channelTradeNo: `42${String(index)}`, amountFen: 100, feeMilliFen: 600, status: 'SUCCESS', at: AT }));
const totals = { lines: ROWS, paymentFen: ROWS * 100, refundFen: 0 };
const NOTHING = "{ kind: 'ok', totals: { paymentFen: 0, refundFen: 0, lines: 0 } }";
const OF_DEMO = { hospitalId: 'demo', day: DAY };
const request = (statement: ChannelDayRequest['statement']): ChannelDayRequest => ({ of, source: { channels: ['wechat'] }, contract, statement });
const listed = lines.map(({ tradeNo: paymentNo, amountFen }): DayListLine => ({ kind: 'payment', tradeNo: paymentNo.slice(0, -3), settlementNo: 'S', amountFen, paidAt: AT }));

async function bothEngines(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-thread-'));
  const moneyFile = join(folder, 'money.sqlite');
  const store = new SqliteMoneyStore({ file: moneyFile });
  seedPayments(store);
  const thread = openReconciliationThread({ moneyFile, log: SILENT_LOG });
  context.after(async () => {
    await thread.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });
  return { folder, store, beside: thread.engine, here: createReconciliationEngine({ reads: store.reconciliation, readFile: readStatementFile, readFundFile: readFundStatementFile }) };
}

/** One payment less than the statement has, and one that it has not: 0 … ROWS - 1. */
function seedPayments({ database }: SqliteMoneyStore): void {
  const seq = `WITH RECURSIVE seq (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM seq WHERE i < ${String(ROWS - 1)})`;
  database.exec(`PRAGMA foreign_keys = OFF;
    ${seq} INSERT INTO orders (trade_no, hospital_id, merchant_id, owner_kind, owner_id, quote_id, his_quote_no, patient_id, patient_label, bill_nos, description, total_fen, fund_fen, personal_account_fen, amount_fen, created_at, version, confirmation, his_day, confirm_attempts)
      SELECT 'H20261120100000' || printf('%09d', i), 'demo', 'm1', 'terminal', 'kiosk-1', 'q', 'h', 'p', '测*', '[]', '门诊缴费', 100, 0, 0, 100, '${DAY}T02:00:00.000Z', 1, 'confirmed', '${DAY}', 1 FROM seq;
    ${seq} INSERT INTO payment (payment_no, trade_no, leg, channel, merchant_no, method, amount_fen, state, expires_at, submitted_at, paid_at, attempts, bill_day)
      SELECT 'H20261120100000' || printf('%09d', i) || 'P01', 'H20261120100000' || printf('%09d', i), 1, 'wechat', '1900', 'nativeQr', 100, 'succeeded', '${DAY}T02:10:00.000Z', '${DAY}T02:00:00.000Z', '${DAY}T02:00:00.000Z', 1, '${DAY}' FROM seq;`);
}

test('lines, a file and a day list are judged in the thread as without it, to the row and to the fen', async (context) => {
  const { beside, here } = await bothEngines(context);
  const raw = Buffer.from(JSON.stringify({ lines, totals }));
  for (const statement of [{ kind: 'lines', lines, totals } as const, { kind: 'file', reader: SANDBOX_READER, raw } as const]) {
    const expected = await here.channelDay(request(statement));
    assert.equal(expected.kind === 'compared' && expected.comparison.differences.map(({ class: found }) => found).toSorted().join(), 'crossDayOurs,longNoOrder');
    assert.deepEqual(await beside.channelDay(request(statement)), expected);
  }
  const [inThread, without] = [await beside.openHospitalDay(OF_DEMO), await here.openHospitalDay(OF_DEMO)];
  const compared = async (told: readonly DayListLine[], classes: readonly string[]): Promise<void> => {
    await inThread.tell(told);
    await without.tell(told);
    const expected = await without.compare(undefined);
    assert.deepEqual(expected.differences.map(({ class: found }) => found).toSorted(), classes);
    assert.deepEqual(await inThread.compare(undefined), expected);
  };
  await compared(listed, ['hisExtra', 'hisMissing']);
  await compared([{ kind: 'payment', tradeNo: tradeNo(0), settlementNo: 'S', amountFen: 100, paidAt: AT }], ['hisExtra']);
});

test('the movements of an account are held against what its statement says in the thread as without it, told or read from a file', async (context) => {
  const { beside, here, folder } = await bothEngines(context);
  const movements = lines.map((_, index): FundStatementLine => ({ fundFlowNo: `F${String(index)}`, businessNo: 'B', direction: 'in', kind: 'payment', kindWord: '交易', amountFen: 100, balanceFen: 0, at: AT }));
  const stated = { paymentFen: ROWS * 100 + 1, refundFen: 0, feeFen: 0 };
  const expected = await here.settlementDay({ day: DAY, stated, statement: { kind: 'lines', lines: movements } });
  assert.deepEqual(expected.kind === 'compared' && expected.settlement.differences.map(({ class: found }) => found), ['bankShort']);
  assert.deepEqual(await beside.settlementDay({ day: DAY, stated, statement: { kind: 'lines', lines: movements } }), expected);
  const readerThatSums = (inFen: number): StatementReaderOf => readerOf(folder, `({ raw }, _, give) => { for (const line of JSON.parse(Buffer.from(raw).toString())) give(line); return { kind: 'ok', totals: { lines: ${String(ROWS)}, inLines: ${String(ROWS)}, inFen: ${String(inFen)}, outLines: 0, outFen: 0 } }; }`, 'fundStatementReaders');
  const reader = readerThatSums(ROWS * 100);
  assert.deepEqual(await beside.settlementDay({ day: DAY, stated, statement: { kind: 'file', reader, raw: Buffer.from(JSON.stringify(movements)) } }), expected);
  const contradicting = await beside.settlementDay({ day: DAY, stated, statement: { kind: 'file', reader: readerThatSums(ROWS * 100 + 1), raw: Buffer.from(JSON.stringify(movements)) } });
  assert.match(contradicting.kind === 'unusable' ? contradicting.message : '', /control totals: the sums in/);
  const unreadable = await beside.settlementDay({ day: DAY, stated, statement: { kind: 'file', reader, raw: Buffer.from('x') } });
  assert.match(unreadable.kind === 'unusable' ? unreadable.message : '', /the reader of odd failed/);
});

test('a day that is not over is held beside its list as it was when it was opened; one that was closed is held no more', async (context) => {
  const { beside, here } = await bothEngines(context);
  const now = { now: new Date(`${DAY}T12:00:00+08:00`), marginMs: 600_000 };
  const without = await here.openHospitalDayNow(OF_DEMO);
  await without.tell(listed);
  const expected = await without.compare(now);
  assert.deepEqual(expected.differences.map(({ class: found }) => found).toSorted(), ['hisExtra', 'hisMissing']);
  const opened = await beside.openHospitalDayNow(OF_DEMO);
  await opened.tell(listed);
  assert.deepEqual(await opened.compare(now), expected);
  await opened.close();
  await assert.rejects(opened.compare(now), /the day was closed/);
  await assert.rejects(opened.tell(listed), /the day was closed/);
});

test('a file that is only looked at stays with whoever brought it', async (context) => {
  const { beside } = await bothEngines(context);
  const raw = new Uint8Array(Buffer.from(JSON.stringify({ lines, totals })));
  const read = await beside.readStatement({ reader: SANDBOX_READER, day: DAY, raw, cutOff: undefined });
  assert.deepEqual([read, raw.length > 0], [{ kind: 'ok', totals, rowsOfDay: new Map([[DAY, ROWS]]) }, true]);
  const cut = await beside.readStatement({ reader: SANDBOX_READER, day: DAY, raw, cutOff: '09:00' });
  assert.deepEqual(cut.kind === 'ok' && [...cut.rowsOfDay], [[DAY, ROWS]]);
  const late = await beside.readStatement({ reader: SANDBOX_READER, day: DAY, raw, cutOff: '11:00' });
  assert.deepEqual(late.kind === 'ok' && [...late.rowsOfDay], [['2026-11-19', ROWS]]);
});

test('a reader that throws, says something of another shape or is not there has read nothing', async (context) => {
  const { beside, folder } = await bothEngines(context);
  const raw = Buffer.from('file');
  for (const [body, why] of [
    ["() => { throw new Error('no such column'); }", /failed: no such column/],
    ["() => ({ kind: 'ok', totals: {} })", /does not answer in the shape of the contract/],
    ['undefined', /does not answer in the shape of the contract/],
    ["(file, settings, give) => { give({}); }", /gives a line that is not in the shape of the contract/],
    // It is not asked whether the reader minds.
    [`(file, settings, give) => { try { give({}); } catch {} return ${NOTHING}; }`, /gives a line that is not in the shape of the contract/],
    [`(file, settings, give) => { give(${JSON.stringify(lines[0])}); return { kind: 'empty' }; }`, /calls empty/],
    // What was given before is part of no day.
    [`(file, settings, give) => { give(${JSON.stringify(lines[0])}); return ${NOTHING}; }`, /control totals: 1 rows, the file says 0/],
  ] as const) {
    const found = await beside.channelDay(request({ kind: 'file', reader: readerOf(folder, body), raw }));
    assert.match(found.kind === 'unusable' ? found.message : '', why);
  }
});

test('a thread that ends fails the day it was at; the next day finds another', async (context) => {
  const { beside, folder } = await bothEngines(context);
  await assert.rejects(beside.channelDay(request({ kind: 'file', reader: readerOf(folder, '() => process.exit(3)'), raw: Buffer.from('file') })), /the thread of the reconciliation ended: exit 3/);
  assert.equal((await beside.channelDay(request({ kind: 'lines', lines, totals }))).kind, 'compared');
});

test('a day that was told to a thread that ended is no other day of the next thread', async (context) => {
  const { beside, folder } = await bothEngines(context);
  const lost = await beside.openHospitalDay(OF_DEMO);
  await assert.rejects(beside.channelDay(request({ kind: 'file', reader: readerOf(folder, '() => process.exit(3)'), raw: Buffer.from('file') })), /ended/);
  const next = await beside.openHospitalDay(OF_DEMO);
  await next.tell(listed);
  await assert.rejects(lost.compare(undefined), /the thread started anew/);
  assert.equal((await next.compare(undefined)).theirs.payments, ROWS);
});

test('a line that a reader gives after its end belongs to no file', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-thread-'));
  context.after(() => { rmSync(folder, { recursive: true }); });
  const late: ((line: unknown) => void)[] = [];
  Object.assign(globalThis, { lateLines: late });
  context.after(() => { Reflect.deleteProperty(globalThis, 'lateLines'); });
  const taken: StatementLine[] = [];
  const end = await readStatementFile(readerOf(folder, `(file, settings, give) => { globalThis.lateLines.push(give); give(${JSON.stringify(lines[0])}); return { kind: 'ok', totals: { lines: 1, paymentFen: 100, refundFen: 0 } }; }`), { day: DAY, raw: Buffer.from('file') }, (line) => { taken.push(line); });
  assert.throws(() => { late[0]?.(lines[1]); }, /ended already/);
  assert.deepEqual([end.kind, taken.length], ['ok', 1]);
});

let written = 0;
function readerOf(folder: string, body: string, readers: 'statementReaders' | 'fundStatementReaders' = 'statementReaders'): StatementReaderOf {
  written += 1;
  const entryPath = join(folder, `reader-${String(written)}.mjs`);
  writeFileSync(entryPath, `export default { settings: {}, activate() { return {}; }, ${readers}: { odd: ${body} } };`);
  return { entryPath, fingerprint: 'test', channel: 'odd', settings: {} };
}
