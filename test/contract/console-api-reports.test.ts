import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { auditorBeside, codeOf, ConsoleClient, firstAdministrator, isRecord, listOf } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

const DAY = '2026-11-20';
let house: ConsoleHouse;
let administrator: ConsoleClient;
let auditor: ConsoleClient;

before(async () => {
  house = await buildConsoleHouse();
  administrator = await firstAdministrator(house);
  auditor = await auditorBeside(house, administrator);
  await house.payAndConfirm('A');
  await house.payCash('B', 4_000, '0123');
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

test('the catalogue says what each report takes and has, in both languages, and every one of it answers', async () => {
  const reports = listOf(await auditor.get('/reports'), 'reports');
  assert.ok(reports.length >= 16);
  for (const { id, title, columns } of reports) {
    assert.ok(isRecord(title) && title['zh'] !== '' && title['en'] !== '', String(id));
    assert.equal((await auditor.get(`/reports/${String(id)}/rows?from=${DAY}&to=${DAY}`)).status, 200, String(id));
    assert.ok(Array.isArray(columns) && columns.filter(isRecord).every(({ zh, en }) => zh !== '' && en !== ''), String(id));
  }
});

test('a report is read with its totals, and what it does not take is refused', async () => {
  const { body } = await administrator.get(`/reports/volume/rows?from=${DAY}&to=${DAY}&by=method`);
  assert.deepEqual(body['rows'], [['nativeQr', '', 1, 10_000, 0, 0, 10_000, 7_143, 10_000, 0, 0], ['cash', '', 1, 4_000, 0, 0, 4_000, 2_857, 4_000, 0, 0]]);
  assert.deepEqual(body['totals'], ['', '', 2, 14_000, 0, 0, 14_000, 10_000, 7_000, 0, 0]);
  assert.equal(body['behind'], 0);
  assert.equal(codeOf(await administrator.get(`/reports/nothing/rows?from=${DAY}&to=${DAY}`)), 'NO_SUCH_ITEM');
  assert.equal(codeOf(await administrator.get(`/reports/volume/rows?from=${DAY}&to=2026-01-01`)), 'REPORT_TIME_TOO_LONG');
  assert.equal(codeOf(await administrator.get(`/reports/volume/rows?from=${DAY}&to=${DAY}&unit=week`)), 'MALFORMED_REQUEST');
  assert.equal(codeOf(await administrator.get('/reports/volume/rows')), 'MALFORMED_REQUEST');
});

test('an export is begun, followed, fetched by its own and by nobody else, and thrown away', async () => {
  const begun = await auditor.call('POST', '/report-exports', { report: 'platform-transactions', format: 'csv', from: DAY, to: DAY });
  assert.equal(begun.status, 200);
  const own = await eventually('the export is done', async () => listOf(await auditor.get('/report-exports'), 'exports').find(({ state }) => state === 'done'));
  assert.deepEqual([own['rows'], own['share'], own['fileName']], [2, 10_000, `platform-transactions-${DAY}-${DAY}.csv`]);
  const path = `/report-exports/${String(own['id'])}`;
  const file = await fetch(`${house.origin}/console-api/v1${path}/file`, { headers: { cookie: auditor.cookie ?? '' } });
  assert.deepEqual([file.status, file.headers.get('content-disposition')], [200, `attachment; filename="platform-transactions-${DAY}-${DAY}.csv"`]);
  assert.match(await file.text(), /示范医院 平台交易明细/);
  assert.deepEqual(listOf(await administrator.get('/report-exports'), 'exports'), []);
  assert.equal(codeOf(await administrator.get(`${path}/file`)), 'NO_SUCH_ITEM');
  assert.equal(codeOf(await administrator.call('DELETE', path)), 'NO_SUCH_ITEM');
  assert.equal((await auditor.call('DELETE', path)).status, 200);
  assert.equal(codeOf(await auditor.get(`${path}/file`)), 'NO_SUCH_ITEM');
  const acts = listOf(await auditor.get('/audit'), 'rows').filter(({ object }) => object === 'report platform-transactions').map(({ who, what }) => `${String(who)} ${String(what)}`);
  assert.deepEqual(acts.toSorted(), ['chen.audit report.download', 'chen.audit report.export']);
});

test('who may not read money sees no report: a cashier, and somebody who is not signed in', async () => {
  await administrator.call('POST', '/users', { login: 'wang.cash', displayName: '王收费', roles: ['cashier'], password: 'Given-By-Boss-1' });
  const cashier = new ConsoleClient(house.origin);
  await cashier.call('POST', '/session', { login: 'wang.cash', password: 'Given-By-Boss-1' });
  await cashier.call('POST', '/password', { current: 'Given-By-Boss-1', next: 'Correct-Horse-9' });
  for (const path of ['/reports', `/reports/volume/rows?from=${DAY}&to=${DAY}`, '/report-exports']) {
    assert.equal(codeOf(await cashier.get(path)), 'NOT_PERMITTED', path);
    assert.equal(codeOf(await new ConsoleClient(house.origin).get(path)), 'NOT_SIGNED_IN', path);
  }
});
