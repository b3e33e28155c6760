/** Statements that a person brings: read before they are taken, used only where the channel gives none, and never mistaken for its own. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { StatementLine, StatementReading } from '@hospay/plugin-sdk';
import type { DaySummary } from '@hospay/server/domain/reconciliation-store.js';
import { findDayStatement } from '@hospay/server/reconciliation/day-statement.js';
import { viewDay } from '@hospay/server/reconciliation/reconciliation-view.js';
import type { FundStatementGuest } from '@hospay/server/domain/guests.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { runSettlementDay } from '@hospay/server/reconciliation/run-settlement-day.js';
import { filesByHand, reconciliationOver } from './reconciliation-parts.js';
import { DAY, lineOf, sha256, startScripted, statementOf } from './reconciliation-scripted-stand.js';

const fileWith = (lines: readonly StatementLine[], paymentFen = lines.reduce((sum, { amountFen }) => sum + amountFen, 0)): Uint8Array => Buffer.from(JSON.stringify({ lines, totals: { lines: lines.length, paymentFen, refundFen: 0 } }));

const uploadOf = (day: DaySummary | undefined): unknown => (day === undefined ? 'no day' : viewDay(day).upload);

async function dayWithoutStatement(context: TestContext) {
  const scripted = await startScripted(context);
  const { paymentNo } = await scripted.stand.takePaid({ amountFen: 1_000 });
  scripted.stand.clock.advance(86_400_000);
  scripted.said.statement = { kind: 'notReady', message: 'not yet' };
  scripted.said.files = filesByHand();
  const bring = (bytes: Uint8Array, set: { readonly day?: string; readonly source?: string; readonly fileName?: string } = {}) => scripted.desk.uploadStatement({ day: DAY, source: 'working', fileName: 'bill 1.csv', bytes, reason: '渠道接口停用', by: 'user/li', ...set });
  const channelDay = () => scripted.desk.listDays({ from: DAY, to: DAY }).find(({ comparison }) => comparison === 'channel');
  return { ...scripted, paymentNo, bring, channelDay };
}

test('a day whose statement the channel does not give is run with the file a person brought; the day, its archive and the audit log say whose it was', async (context) => {
  const { bring, channelDay, paymentNo, archive, audited, stand } = await dayWithoutStatement(context);
  const bytes = fileWith([lineOf(paymentNo, 1_000)]);
  const days = await bring(bytes);
  assert.deepEqual(days.kind === 'ok' && days.value.map(({ comparison, state }) => [comparison, state]), [['channel', 'balanced'], ['hospital', 'explained']]);
  assert.deepEqual([channelDay()?.fileSha256, uploadOf(channelDay())], [sha256(bytes), { fileName: 'bill 1.csv', by: 'user/li', at: stand.clock.now().toISOString() }]);
  assert.deepEqual(await archive.read({ day: DAY, name: 'working-statement', sha256: sha256(bytes) }), bytes);
  const [act] = audited;
  assert.deepEqual([act?.who, act?.what, act?.object], ['user/li', 'reconciliation.upload', `statement working ${DAY}`]);
});

test('what the channel itself gives goes before a file that was brought, then and ever after; a newer file before an older', async (context) => {
  const { bring, channelDay, found, said, run, paymentNo } = await dayWithoutStatement(context);
  await bring(fileWith([lineOf(paymentNo, 900)]));
  assert.deepEqual(found('channel'), [['amount', paymentNo]]);
  await bring(fileWith([lineOf(paymentNo, 1_000)]));
  assert.deepEqual(found('channel'), []);
  said.statement = statementOf([lineOf(paymentNo, 1_100)]);
  await run();
  assert.deepEqual([found('channel'), uploadOf(channelDay())], [[['amount', paymentNo]], undefined]);
  await bring(fileWith([lineOf(paymentNo, 1_000)]));
  assert.deepEqual(found('channel'), [['amount', paymentNo]], 'the file that was altered to hide it changes nothing');
});

test('a file that cannot be used is refused while the person still holds it, and leaves nothing behind', async (context) => {
  const { bring, channelDay, said, stand, paymentNo, audited } = await dayWithoutStatement(context);
  const good = fileWith([lineOf(paymentNo, 1_000)]);
  const refusals = [
    [await bring(Buffer.from('a,b,c')), 'STATEMENT_UNUSABLE', /not JSON/],
    [await bring(fileWith([lineOf(paymentNo, 1_000)], 999)), 'STATEMENT_UNUSABLE', /totals/],
    [await bring(fileWith([])), 'STATEMENT_UNUSABLE', /no rows/],
    [await bring(fileWith([lineOf(paymentNo, 1_000, { at: '2026-11-19T10:00:00+08:00' })])), 'STATEMENT_UNUSABLE', /2026-11-19, not of 2026-11-20/],
    [await bring(good, { fileName: '..' }), 'MALFORMED_REQUEST', /name/],
    [await bring(new Uint8Array()), 'MALFORMED_REQUEST', /1 to 67108864 bytes/],
    [await bring(good, { day: '2026-11-21' }), 'CONFLICT', /not over/],
    [await bring(good, { source: 'another' }), 'NO_SUCH_ITEM', /another/],
  ] as const;
  for (const [answer, code, detail] of refusals) {
    assert.equal(answer.kind === 'refused' && answer.code, code, String(detail));
    assert.match((answer.kind === 'refused' ? answer.detail : undefined) ?? '', detail);
  }
  said.files = undefined;
  const unreadable = await bring(good);
  assert.equal(unreadable.kind === 'refused' && unreadable.code, 'NO_SUCH_ITEM', 'a channel that reads no files');
  assert.deepEqual([channelDay(), audited, stand.store.reconciliation.findUpload({ source: 'working', day: DAY })], [undefined, [], undefined]);
});

test('a channel that needs its own books to read a file reads it itself, when it is brought and at every run', async (context) => {
  const { bring, channelDay, said, run, paymentNo } = await dayWithoutStatement(context);
  let reading: StatementReading = { kind: 'ok', lines: [lineOf(paymentNo, 1_000)], totals: { lines: 1, paymentFen: 1_000, refundFen: 0 } };
  const read: { readonly day: string; readonly raw: string }[] = [];
  // A guest without a reader: the channel is asked.
  said.files = { ...filesByHand({ readStatement: ({ day, raw }) => { read.push({ day, raw: Buffer.from(raw).toString() }); return Promise.resolve(reading); } }), reader: undefined };
  await bring(Buffer.from('POS file'));
  await run();
  assert.deepEqual([read, channelDay()?.state], [[1, 2, 3].map(() => ({ day: DAY, raw: 'POS file' })), 'balanced']);
  reading = { kind: 'malformed', message: 'the mapping was changed' };
  await run();
  assert.deepEqual([channelDay()?.state, channelDay()?.reason], ['stopped', 'the mapping was changed']);
});

test('a file that is not in the archive as it was is not used', async (context) => {
  const { bring, stand, paymentNo } = await dayWithoutStatement(context);
  await bring(fileWith([lineOf(paymentNo, 1_000)]));
  const lost = { keep: () => Promise.reject(new Error('not asked for')), read: () => Promise.resolve(undefined) };
  const found = await findDayStatement({ store: stand.store.reconciliation, archive: lost }, { downloadStatement: () => Promise.resolve({ kind: 'unknown', reason: 'silent' }), statementFiles: filesByHand() }, { source: 'working', day: DAY });
  assert.equal(found.kind === 'broken' && found.reason, 'the file bill 1.csv that user/li brought is not in the archive as it was');
});

test('a file that the channel fetches is proven by its hash before it is read, and kept as it came', async (context) => {
  const { said, run, channelDay, archive, paymentNo } = await dayWithoutStatement(context);
  const raw = new Uint8Array(fileWith([lineOf(paymentNo, 1_000)]));
  const told = { kind: 'file' as const, raw, sha256: sha256(raw) };
  said.files = filesByHand({ canFetch: true, fetchStatement: () => Promise.resolve(told) });
  await run();
  assert.deepEqual([channelDay()?.state, channelDay()?.fileSha256], ['balanced', sha256(raw)]);
  assert.deepEqual(await archive.read({ day: DAY, name: 'working-statement', sha256: sha256(raw) }), raw);
  said.files = filesByHand({ canFetch: true, fetchStatement: () => Promise.resolve({ ...told, sha256: sha256(Buffer.from('another')) }) });
  await run();
  assert.deepEqual([channelDay()?.state, channelDay()?.reason], ['stopped', 'the file does not have the SHA-256 that was told with it']);
});

test('a fund statement is proven by its hash before anything of it is used, told or fetched', async (context) => {
  const { stand } = await dayWithoutStatement(context);
  const raw = new Uint8Array(Buffer.from('fund file'));
  const lines = [{ fundFlowNo: 'F1', businessNo: 'B', direction: 'in', kind: 'payment', kindWord: '交易', amountFen: 1_000, balanceFen: 1_000, at: `${DAY}T10:00:00+08:00` } as const];
  const never = () => Promise.resolve({ kind: 'unknown' as const, reason: 'not asked' });
  const settle = async (funds: FundStatementGuest) => {
    const ports = { ...reconciliationOver(stand.store.reconciliation), channels: { find: () => ({ merchantNo: 'M1', methods: [], downloadStatement: never, fundStatement: funds }) }, hospitals: { find: () => undefined }, hospitalId: 'demo', sources: () => [], contracts: [], clock: stand.clock, log: SILENT_LOG, audit: { record: () => Promise.resolve() } };
    await runSettlementDay(ports, 'working', DAY, { paymentFen: 1_000, refundFen: 0, feeFen: 0 });
    const [day] = stand.store.reconciliation.listDays({ from: DAY, to: DAY }).filter(({ comparison }) => comparison === 'settlement');
    return [day?.state, day?.reason];
  };
  const told = (hash: string): FundStatementGuest => ({ downloadFundStatement: () => Promise.resolve({ kind: 'ok', raw, sha256: hash, lines, totals: { lines: 1, inLines: 1, inFen: 1_000, outLines: 0, outFen: 0 } }) });
  const fetched = (hash: string): FundStatementGuest => ({ downloadFundStatement: never, reader: { ...filesByHand().reader ?? assert.fail('no reader'), channel: 'nobody' }, fetchFundStatement: () => Promise.resolve({ kind: 'file', raw: new Uint8Array(raw), sha256: hash }) });
  for (const of of [told, fetched]) assert.deepEqual(await settle(of('another')), ['stopped', 'the file does not have the SHA-256 that was told with it']);
  assert.deepEqual(await settle(fetched(sha256(raw))), ['stopped', 'the reader of nobody does not answer in the shape of the contract']);
  assert.deepEqual(await settle(told(sha256(raw))), ['balanced', '']);
});
