/** What each server generation is spoken to in: the protocol version and exactly the SET statements, as the server hears them. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { readMapping, SQL_SERVER_VERSIONS, type Settings, type SqlServerVersion } from '@hospay/hospital-adapter-sqlserver';
import { HospitalBench } from '@hospay/plugin-sdk/testkit';
import { makeSqlServerSubject, type SubjectOptions } from './hospital-adapter-sqlserver-subject.js';

async function openVersion(context: TestContext, settings: Partial<Settings>, changeMapping?: SubjectOptions['changeMapping']) {
  const subject = await makeSqlServerSubject({ settings, ...(changeMapping === undefined ? {} : { changeMapping }) });
  context.after(() => subject.stop?.());
  return { subject, bench: new HospitalBench(subject), his: subject.his };
}

const ANSI = ['set ansi_nulls on', 'set ansi_null_dflt_on on', 'set ansi_padding on', 'set ansi_warnings on', 'set arithabort on', 'set concat_null_yields_null on'];
const RAILS = ['SET LOCK_TIMEOUT 3000', 'SET DEADLOCK_PRIORITY LOW', 'SET XACT_ABORT ON'];
const REST = ['set textsize 2147483647', 'set transaction isolation level read committed'];
/** As the vendor's own client has it: nothing of the ANSI options, of the language, of how dates are read. */
const VENDOR = ['set cursor_close_on_commit off', 'set implicit_transactions off', 'set numeric_roundabort off', ...REST, ...RAILS];
const MODERN = [
  ...ANSI, 'set cursor_close_on_commit off', 'set datefirst 7', 'set dateformat ymd', 'set implicit_transactions off', 'set numeric_roundabort off', 'set quoted_identifier on', ...REST, ...RAILS,
];

const EXPECTED: Readonly<Record<SqlServerVersion, { readonly tdsVersion: number; readonly sets: readonly string[] }>> = {
  sql2000: { tdsVersion: 0x71000001, sets: VENDOR },
  sql2005: { tdsVersion: 0x72090002, sets: VENDOR },
  sql2008: { tdsVersion: 0x730a0003, sets: VENDOR },
  sql2008r2: { tdsVersion: 0x730b0003, sets: VENDOR },
  sql2012: { tdsVersion: 0x74000004, sets: MODERN },
  sql2014: { tdsVersion: 0x74000004, sets: MODERN },
  sql2016: { tdsVersion: 0x74000004, sets: MODERN },
  sql2017: { tdsVersion: 0x74000004, sets: MODERN },
  sql2019: { tdsVersion: 0x74000004, sets: MODERN },
  sql2022: { tdsVersion: 0x74000004, sets: MODERN },
};

for (const version of SQL_SERVER_VERSIONS) {
  test(`${version} is spoken to in its protocol, with exactly its SET options, and a payment is booked and found`, async (context) => {
    const { bench, his } = await openVersion(context, { version, encrypt: false });
    const { request } = await bench.newPayment();
    const booked = await bench.book(request);
    assert.deepEqual(await bench.query(request.tradeNo), { kind: 'ok', value: booked });
    assert.deepEqual(await bench.query('NOT-THERE'), { kind: 'absent' });
    const [login] = his.logins;
    assert.equal(login?.tdsVersion, EXPECTED[version].tdsVersion);
    assert.deepEqual(login?.settings, EXPECTED[version].sets);
  });
}

test('a server of 2000 says its errors and its unknown words like any other, over its own protocol', async (context) => {
  const { subject, bench, his } = await openVersion(context, { version: 'sql2000' });
  const { request } = await bench.newPayment();
  his.faults.add({ procedure: 'usp_hospay_confirm', fault: { kind: 'server-error', number: 50_000, text: '系统忙', afterCommit: true } });
  const lost = await bench.confirm(request);
  assert.match(lost.kind === 'unknown' ? lost.reason : JSON.stringify(lost), /SQL error 50000: 系统忙/);
  assert.equal((await bench.query(request.tradeNo)).kind, 'ok');
  const slow = await subject.adapter.loadDictionary?.({ name: 'departments' }, bench.context());
  assert.ok(slow?.kind === 'ok' && slow.value.some(({ name }) => name === '心血管内科'));
});

test('a server of 2000 does not tell that a transaction was left open: it is asked, and such a booking is unknown', async (context) => {
  const { bench, his } = await openVersion(context, { version: 'sql2000' }, ({ operations }) => {
    const confirm = operations['confirm'];
    assert.ok(confirm && Array.isArray(confirm['parameters']));
    const list = confirm['parameters'].map(({ name, direction }: { name: string; direction?: string }) => `@${name} = @${name}${direction === 'out' ? ' OUTPUT' : ''}`);
    delete confirm['procedure'];
    Object.assign(confirm, { sql: `BEGIN TRANSACTION\nEXEC dbo.usp_hospay_confirm ${list.join(', ')}` });
  });
  const { request } = await bench.newPayment();
  const result = await bench.confirm(request);
  assert.match(result.kind === 'unknown' ? result.reason : JSON.stringify(result), /transaction open/);
  assert.deepEqual(await bench.query(request.tradeNo), { kind: 'absent' });
  const other = await openVersion(context, { version: 'sql2000' });
  const payment = await other.bench.newPayment();
  other.his.faults.add({ procedure: 'batch', fault: { kind: 'drop-before-execute' } });
  const unasked = await other.bench.confirm(payment.request);
  assert.equal(unasked.kind, 'unknown', 'what cannot be asked is not believed');
  assert.equal((await other.bench.query(payment.request.tradeNo)).kind, 'ok');
  assert.ok(his.logins.length > 0);
});

test('each option can be said by hand: on, off, or left to the server, and so can the date format', async (context) => {
  const { subject, bench, his } = await openVersion(context, {
    version: 'sql2008', setOptions: { quotedIdentifier: false, ansiWarnings: true, ansiNulls: null, xactAbort: null }, dateFormat: 'dmy', lockTimeoutMs: 1_500,
  });
  await subject.adapter.ping?.(bench.context());
  assert.deepEqual(his.logins[0]?.settings, [
    'set ansi_warnings on', 'set cursor_close_on_commit off', 'set dateformat dmy', 'set implicit_transactions off', 'set numeric_roundabort off', 'set quoted_identifier off', ...REST,
    'SET LOCK_TIMEOUT 1500', 'SET DEADLOCK_PRIORITY LOW',
  ]);
});

test('a generation that encrypts insists on it: a server without TLS is not logged in to', async (context) => {
  const { subject, bench, his } = await openVersion(context, { version: 'sql2022' });
  const result = await subject.adapter.findPatient({ cardType: 'visitCard', cardNo: 'C0000002' }, bench.context());
  assert.match(result.kind === 'unknown' ? result.reason : JSON.stringify(result), /^notSent: cannot connect/);
  assert.equal(his.logins.length, 0);
  assert.ok(his.faults.refusedEncryption > 0);
});

test('types a generation does not have are refused when the mapping is read', () => {
  const mapping = (type: string, more: object = {}) => ({
    format: 'hospay-sqlserver-mapping/1', hospital: 'x', codePage: 'cp936',
    operations: { listDay: { procedure: 'p', parameters: [{ name: 'day', type, from: 'day', ...more }], fields: {} } },
  });
  assert.throws(() => readMapping(mapping('date', { time: 'datetime' }), 'sql2005'), /parameters\[0\]\.type: a server of this version has no type date/);
  assert.throws(() => readMapping(mapping('varchar(max)', { time: 'yyyymmdd' }), 'sql2000'), /parameters\[0\]\.type: a server of this version has no \(max\) types/);
});
