import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { isStatementSigned, readStatement, type ApiResult, type Statement } from '@hospay/payment-sdk';
import { signStatementFile, type Application } from '@hospay/server/applications/ports.js';
import { PAYMENTS_SQL, REFUNDS_SQL, CHANGED_SQL } from '@hospay/server/edges/database/statement-files/read-day-facts.js';
import { statementFolder } from '@hospay/server/edges/files/statement-folder.js';
import { STATEMENT_COLUMNS, statementWriter } from '@hospay/server/statement-files/write-statement-file.js';
import { OTHER, startStand, type Stand } from './payment-api-stand.js';

const DAY = '2026-11-20';
const NEXT = '2026-11-21';
const HIS: Application = { appId: 'his', hospitalId: 'demo', merchantId: 'm1', secret: 'the secret of the HIS itself, long enough', permissions: ['read', 'statement', 'hospital'], notifyUrl: undefined, status: 'active' };

function value<Value>(result: ApiResult<Value>): Value {
  if (result.kind !== 'ok') assert.fail(`expected an answer, got ${JSON.stringify(result)}`);
  return result.value;
}
function code(result: ApiResult<unknown>): string {
  return result.kind === 'refused' ? result.error.code : result.kind;
}
const shown = ({ rows }: Statement) => rows.map(({ kind, amountFen, idempotencyKey }) => [kind, amountFen, idempotencyKey]);
/** What the ledger has under a day of one application's orders: net of refunds, by the clear key of 1121. */
function ledgerOf({ store }: Stand, day: string, appId: string): { paymentFen: number; refundFen: number } {
  const row = store.database.prepare(`
    SELECT coalesce(sum(CASE WHEN e.side = 'debit' THEN e.amount_fen END), 0) AS paid, coalesce(sum(CASE WHEN e.side = 'credit' THEN e.amount_fen END), 0) AS refunded
      FROM entry e JOIN account a ON a.id = e.account_id JOIN journal j ON j.seq = e.journal_seq JOIN orders o ON o.trade_no = j.trade_no
     WHERE a.code = '1121' AND e.phase = 'final' AND e.clear_key = ? AND o.owner_kind = 'application' AND o.owner_id = ?`).get(day, appId);
  return { paymentFen: Number(row?.['paid']), refundFen: Number(row?.['refunded']) };
}
async function refundWhole(stand: Stand, tradeNo: string, refundFen: number, idempotencyKey: string): Promise<string> {
  const asked = value(await stand.client().requestRefund(tradeNo, { refundFen, reason: '退' }, { idempotencyKey }));
  await stand.work('advanceRefund');
  return asked.refund.refundNo;
}

test("a day's file holds this application's succeeded payments and refunds and nobody else's, equal to the ledger to the fen, with totals, hash and signature", async (context) => {
  const stand = await startStand(context, { more: [HIS] });
  const other = stand.client({ appId: OTHER.appId, secret: OTHER.secret });
  const first = await stand.takePaid({ amountFen: 10_001, idempotencyKey: 'statement-pay-1' });
  stand.clock.advance(1_000);
  await stand.takePaid({ amountFen: 250, idempotencyKey: '-2-3-formula' });
  await stand.takePayment({ amountFen: 777 });
  stand.clock.advance(1_000);
  const foreign = await stand.takePayment({ amountFen: 888, client: other });
  stand.channel.pay(foreign.paymentNo);
  await other.findPayment(foreign.tradeNo, { fresh: true });
  await stand.work('confirmOrder');
  const refundNo = await refundWhole(stand, first.tradeNo, 6_000, 'statement-refund');
  stand.clock.advance(60_000);
  await stand.work('advanceRefund');
  assert.equal(code(await stand.client().downloadStatement(DAY)), 'STATEMENT_NOT_READY');

  stand.clock.set(`${NEXT}T02:00:00.000Z`);
  await stand.statements.desk.makeDue();
  const statement = value(await stand.client().downloadStatement(DAY));
  assert.deepEqual(shown(statement), [['payment', 10_001, 'statement-pay-1'], ['payment', 250, '-2-3-formula'], ['refund', 6_000, 'statement-refund']]);
  assert.deepEqual(statement.rows.map((row) => [row.at, row.settlementNo, row.refundNo]), [
    ['2026-11-20 10:00:00', `S${first.tradeNo.slice(-6)}`, ''], ['2026-11-20 10:00:01', statement.rows[1]?.settlementNo, ''], ['2026-11-20 10:01:02', `S${first.tradeNo.slice(-6)}`, refundNo],
  ]);
  const { paymentFen, refundFen } = statement;
  assert.deepEqual({ paymentFen, refundFen }, ledgerOf(stand, DAY, 'hospital-app'));
  assert.deepEqual({ paymentFen, refundFen }, { paymentFen: 10_251, refundFen: 6_000 });
  assert.deepEqual([statement.hospitalId, statement.scope, statement.appId, statement.day, statement.version], ['demo', 'application', 'hospital-app', DAY, 1]);
  const text = Buffer.from(statement.raw).toString('utf8');
  assert.ok(text.startsWith('hospay-statement,1\r\nhead,demo,application,hospital-app,2026-11-20,1,2026-11-21 10:00:00\r\nkind,tradeNo,'));
  assert.match(text, /\r\ntotal,payment,2,102\.51\r\ntotal,refund,1,60\.00\r\nsha256,[0-9a-f]{64}\r\n$/);
  assert.match(text, /,'-2-3-formula,/, 'a spreadsheet must not run it');
  assert.match(text, /,'=4200/);

  const [listed] = value(await stand.client().listStatements({ from: DAY, to: DAY }));
  assert.ok(listed !== undefined);
  assert.deepEqual([listed.payments, listed.paymentFen, listed.refunds, listed.refundFen, listed.sha256, listed.bodySha256], [2, 10_251, 1, 6_000, statement.sha256, statement.bodySha256]);
  assert.ok(isStatementSigned({ secret: stand.application.secret, appId: 'hospital-app', fileName: listed.fileName, raw: statement.raw, signature: listed.signature }));
  assert.deepEqual(shown(value(await other.downloadStatement(DAY))).map(([, amountFen]) => amountFen), [888]);
  const whole = value(await stand.client({ appId: 'his', secret: HIS.secret }).downloadStatement(DAY, { scope: 'hospital' }));
  assert.deepEqual([whole.rows.map(({ ownerId, amountFen }) => [ownerId, amountFen]), whole.paymentFen - whole.refundFen], [[['hospital-app', 10_001], ['hospital-app', 250], ['other-app', 888], ['hospital-app', 6_000]], 5_139]);
});

test("another's file cannot be asked for: no name in the request reaches it, and the hospital's is for the HIS alone", async (context) => {
  const stand = await startStand(context, { more: [HIS] });
  await stand.takePaid({ amountFen: 10_001 });
  stand.clock.set(`${NEXT}T02:00:00.000Z`);
  await stand.statements.desk.makeDue();
  const other = stand.client({ appId: OTHER.appId, secret: OTHER.secret });
  assert.deepEqual(value(await other.downloadStatement(DAY)).rows, []);
  assert.deepEqual(value(await other.listStatements({ from: DAY, to: DAY })).map(({ fileName }) => fileName), ['hospay-application-other-app-2026-11-20-v1.csv']);
  assert.equal(code(await other.downloadStatement(DAY, { scope: 'hospital' })), 'NOT_PERMITTED');
  assert.equal(code(await other.listStatements({ from: DAY, to: DAY, scope: 'hospital' })), 'NOT_PERMITTED');
  assert.equal(code(await other.downloadStatement(DAY, { version: 2 })), 'NO_SUCH_ITEM');
  for (const day of ['2026-02-30', '../..']) assert.equal(code(await other.downloadStatement(day)), 'MALFORMED_REQUEST');
  assert.equal(code(await other.listStatements({ from: '2026-01-01', to: '2026-11-01' })), 'MALFORMED_REQUEST');
});

test('a payment at 23:59:59 Beijing time stands under that day, one at midnight under the next', async (context) => {
  const stand = await startStand(context);
  stand.clock.set('2026-11-20T15:59:00.000Z');
  const { tradeNo, paymentNo } = await stand.takePayment();
  stand.clock.set('2026-11-20T15:59:59.000Z');
  stand.channel.pay(paymentNo);
  stand.clock.set('2026-11-20T16:00:30.000Z');
  await stand.client().findPayment(tradeNo, { fresh: true });
  const next = await stand.takePaid({ amountFen: 42 });
  stand.clock.set('2026-11-22T02:00:00.000Z');
  await stand.statements.desk.makeDue();
  const numbers = async (day: string) => value(await stand.client().downloadStatement(day)).rows.map((row) => row.tradeNo);
  assert.deepEqual([await numbers(DAY), await numbers(NEXT)], [[tradeNo], [next.tradeNo]]);
});

test('run again it makes nothing; a late success and a refund of a day that is over each make a version, and the old ones stay as they were', async (context) => {
  const stand = await startStand(context);
  const { desk } = stand.statements;
  const late = await stand.takePayment({ amountFen: 300 });
  const paid = await stand.takePaid({ amountFen: 10_000 });
  stand.channel.pay(late.paymentNo);
  await refundWhole(stand, paid.tradeNo, 4_000, 'refund-of-that-day');
  stand.clock.set(`${NEXT}T02:00:00.000Z`);
  assert.match((await desk.makeDue()).en, /made: 2026-11-20 hospital version 1, 2026-11-20 hospital-app version 1/);
  const first = value(await stand.client().downloadStatement(DAY));
  assert.deepEqual([first.paymentFen, first.refundFen], [10_000, 0]);
  for (let again = 0; again < 2; again += 1) assert.equal((await desk.makeDue()).en, '1 days looked at; nothing has changed');

  await stand.work('advanceRefund');
  assert.match((await desk.makeDue()).en, /hospital-app version 2/);
  await stand.client().findPayment(late.tradeNo, { fresh: true });
  await stand.work('confirmOrder');
  stand.clock.set('2026-11-25T02:00:00.000Z');
  assert.match((await desk.makeDue()).en, /2026-11-20 hospital-app version 3/);
  const versions = value(await stand.client().listStatements({ from: DAY, to: DAY }));
  assert.deepEqual(versions.map(({ version, payments, paymentFen, refundFen }) => [version, payments, paymentFen, refundFen]), [[3, 2, 10_300, 4_000], [2, 1, 10_000, 4_000], [1, 1, 10_000, 0]]);
  const newest = value(await stand.client().downloadStatement(DAY));
  assert.deepEqual({ paymentFen: newest.paymentFen, refundFen: newest.refundFen }, ledgerOf(stand, DAY, 'hospital-app'));
  assert.deepEqual(Buffer.from(value(await stand.client().downloadStatement(DAY, { version: 1 })).raw), Buffer.from(first.raw), 'the first, to the byte');
  assert.throws(() => stand.store.database.exec('UPDATE statement_file SET payment_fen = 0'), /append-only/);
});

test('days long over are made anew for what changes them alone: a booking that came late, a refund of that day that came through; not for a refund of today', async (context) => {
  const stand = await startStand(context);
  const { desk } = stand.statements;
  const unbooked = await stand.takePayment({ amountFen: 300 });
  stand.channel.pay(unbooked.paymentNo);
  await stand.client().findPayment(unbooked.tradeNo, { fresh: true });
  stand.clock.advance(1_000);
  const paid = await stand.takePayment({ amountFen: 10_000 });
  stand.channel.pay(paid.paymentNo);
  await stand.client().findPayment(paid.tradeNo, { fresh: true });
  stand.clock.set('2026-11-25T02:00:00.000Z');
  assert.match((await desk.makeDue()).en, /2 days looked at; made: 2026-11-20 hospital version 1/, 'the first run looks at every day that has money');
  const settlements = async () => value(await stand.client().downloadStatement(DAY)).rows.map(({ settlementNo }) => settlementNo !== '');
  assert.deepEqual(await settlements(), [false, false]);
  await stand.work('confirmOrder');
  assert.match((await desk.makeDue()).en, /2 days looked at; made: 2026-11-20 hospital version 2, 2026-11-20 hospital-app version 2/);
  assert.deepEqual(await settlements(), [true, true]);

  await refundWhole(stand, paid.tradeNo, 1_000, 'refund-of-the-25th');
  stand.clock.set('2026-11-28T02:00:00.000Z');
  await desk.makeDue();
  await stand.work('advanceRefund');
  assert.match((await desk.makeDue()).en, /2 days looked at; made: 2026-11-25 hospital version 2, 2026-11-25 hospital-app version/, 'under the day of its request; the day of the payment is left alone');
  const refunds = value(await stand.client().downloadStatement('2026-11-25'));
  assert.deepEqual({ paymentFen: refunds.paymentFen, refundFen: refunds.refundFen }, ledgerOf(stand, '2026-11-25', 'hospital-app'));
  assert.equal(refunds.refundFen, 1_000);
});

test('days the platform was off are made when it is back, each once; what was broken off is made by the next run', async (context) => {
  const stand = await startStand(context);
  stand.clock.set(`${NEXT}T02:00:00.000Z`);
  await stand.statements.desk.makeDue();
  stand.clock.set('2026-11-23T02:00:00.000Z');
  await stand.takePaid({ amountFen: 500 });
  stand.clock.set('2026-11-25T02:00:00.000Z');
  stand.store.database.exec("CREATE TRIGGER full BEFORE INSERT ON statement_file WHEN NEW.app_id = 'hospital-app' BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
  await assert.rejects(stand.statements.desk.makeDue(), /the disk is full/);
  stand.store.database.exec('DROP TRIGGER full');
  await stand.statements.desk.makeDue();
  const hospital = stand.store.statementFilesOf('demo').list({ receiver: { scope: 'hospital', appId: '' }, from: DAY, to: '2026-11-30' });
  assert.deepEqual(hospital.map(({ day, version, paymentFen }) => [day, version, paymentFen]), [['2026-11-24', 1, 0], ['2026-11-23', 1, 500], ['2026-11-22', 1, 0], ['2026-11-21', 1, 0], ['2026-11-20', 1, 0]]);
  const own = value(await stand.client().listStatements({ from: DAY, to: '2026-11-30' }));
  assert.deepEqual(own.map(({ day, version, paymentFen }) => [day, version, paymentFen]), hospital.map(({ day, version, paymentFen }) => [day, version, paymentFen]), 'an empty day has its file: nothing is not the same as not yet');
  assert.equal(value(await stand.client().downloadStatement('2026-11-23')).paymentFen, 500);
  assert.match((await stand.statements.desk.makeDue()).en, /nothing has changed/);
});

test('files are kept for their time and what they said for ever', async (context) => {
  const stand = await startStand(context);
  stand.clock.set(`${NEXT}T02:00:00.000Z`);
  await stand.statements.desk.makeDue();
  const [file] = stand.store.statementFilesOf('demo').list({ from: DAY, to: DAY });
  assert.ok(file !== undefined && existsSync(join(stand.statements.folder, DAY, file.fileName)));
  stand.clock.set('2027-01-21T02:00:00.000Z');
  assert.match((await stand.statements.desk.makeDue()).en, /files of 1 days removed/);
  assert.ok(!existsSync(join(stand.statements.folder, DAY)));
  assert.equal(code(await stand.client().downloadStatement(DAY)), 'NO_SUCH_ITEM');
  assert.deepEqual(value(await stand.client().listStatements({ from: DAY, to: DAY })), []);
  assert.equal(stand.store.statementFilesOf('demo').list({ from: DAY, to: DAY }).length, 3);
});

test('a file is nowhere to be seen before it is whole, and a name that leads elsewhere is refused', async (context) => {
  const stand = await startStand(context);
  const folder = statementFolder(stand.statements.folder);
  const file = await folder.begin();
  await file.write('half');
  await assert.rejects(file.keep({ day: DAY, fileName: '../elsewhere.csv' }), /not a statement file/);
  assert.equal(await folder.open({ day: DAY, fileName: 'hospay-hospital-2026-11-20-v1.csv' }), undefined);
  await file.keep({ day: DAY, fileName: 'hospay-hospital-2026-11-20-v1.csv' });
  assert.equal(await readFile(join(stand.statements.folder, DAY, 'hospay-hospital-2026-11-20-v1.csv'), 'utf8'), 'half');
});

test('a day and what has changed are found by their indexes, however many days and orders there are', async (context) => {
  const { store } = await startStand(context);
  const plan = (sql: string) => store.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all().map((row) => String(row['detail']));
  for (const [sql, index] of [[PAYMENTS_SQL, /payment_by_day_number/], [REFUNDS_SQL, /refund_by_request_day/], [REFUNDS_SQL, /refund_by_(refunded_)?day/], [CHANGED_SQL, /SEARCH e USING INTEGER PRIMARY KEY \(rowid>/]] as const) {
    const steps = plan(sql);
    assert.ok(steps.some((step) => index.test(step)), steps.join('\n'));
    assert.deepEqual(steps.filter((step) => /^SCAN (?!\(subquery|CONSTANT)/.test(step)), [], steps.join('\n'));
  }
  assert.ok(!plan(PAYMENTS_SQL).some((step) => /TEMP B-TREE/.test(step)), 'a slice is read in the order it is given');
});

test('the example of the guide is a file the SDK reads and the core would write, and its vector is what the core signs', async () => {
  const guide = await readFile(new URL('../../../core/docs/data-sync.md', import.meta.url), 'utf8');
  const example = Buffer.from(`${(/```csv\n([^`]*)\n```/.exec(guide)?.[1] ?? '').replaceAll('\n', '\r\n')}\r\n`);
  const read = readStatement(example);
  assert.ok(read.kind === 'ok', JSON.stringify(read));
  const { rows, hospitalId, scope, appId, day, version } = read.value;
  const writer = statementWriter({ hospitalId, scope: scope === 'hospital' ? 'hospital' : 'application', appId, day, version, madeAt: new Date('2026-11-21T02:00:00Z') });
  const written = `${writer.head()}${writer.rows(rows.map((row) => ({ ...row, merchantNo: '', ownerKind: 'application' as const, at: `${row.at.replace(' ', 'T')}+08:00` })))}${writer.foot().text}`;
  assert.equal(written, example.toString('utf8'));
  for (const column of STATEMENT_COLUMNS) if (column !== 'kind') assert.ok(guide.includes(`\`${column}\``), column);
  const vector = signStatementFile('test-secret-0123456789abcdef0123456789', { appId: 'hospital-app', fileName: 'hospay-application-hospital-app-2026-11-20-v1.csv', sha256: createHash('sha256').digest('hex') });
  assert.ok(guide.includes(vector), vector);
});
