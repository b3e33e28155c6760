/** A report of a vendor on its way through the house: signed, installed at run time, shut in a process of its own, shown and exported like our own; one that breaks its contract harms nothing. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { fen, type FigureReader, type OperatingReport } from '@hospay/plugin-sdk';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { buildPackage, CONFORMANCE_FILE, makeSigningKey, makeTrustList, signPackage, signTrustList, type ConformanceReport } from '@hospay/plugin-sdk/package';
import { REPORT_RULES } from '@hospay/plugin-sdk/testkit';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { SYSTEM_RANDOM } from '@hospay/server/edges/machine/system-random.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { createBoundary } from '@hospay/server/plugin-host/boundary.js';
import { createInstalledPackages } from '@hospay/server/plugin-host/packages/installed-packages.js';
import { createPackageDesk } from '@hospay/server/plugin-host/packages/package-desk.js';
import { openTrustedPublishers } from '@hospay/server/plugin-host/packages/trusted-publishers.js';
import { createPluginHost, type InstanceConfiguration } from '@hospay/server/plugin-host/plugin-host.js';
import { SILENT_METRICS } from '@hospay/server/plugin-host/ports.js';
import { reportGuest } from '@hospay/server/plugin-host/report-guest.js';
import { figureReader } from '@hospay/server/reports/figure-reader.js';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { codeOf, type ConsoleClient, firstAdministrator, isRecord, listOf } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

const DAY = '2026-11-20';
const TIME = `from=${DAY}&to=${DAY}`;
const EXAMPLE = resolve(import.meta.dirname, '../../../plugins/examples/campus-reports');
const HOSPITAL = { id: 'demo', name: '示范医院' };
const folder = mkdtempSync(join(tmpdir(), 'hospay-reports-'));
const [vendor, root] = [makeSigningKey(), makeSigningKey()];
const rows = new Map<string, InstanceConfiguration>();
let house: ConsoleHouse;
let administrator: ConsoleClient;

const clock = { now: () => new Date() };
const named = (signer: typeof vendor, publisher: string) => ({ keyId: signer.keyId, publisher, publicKeyPem: signer.publicKeyPem });
writeFileSync(join(folder, 'trust.json'), JSON.stringify(signTrustList(makeTrustList({ format: 'hospay-trust-list/1', serial: 1, issuedAt: '2026-11-01T00:00:00.000Z', roots: [named(root, 'Hospital IT')], publishers: [named(vendor, 'City Card Example')], revokedKeys: [], revokedPackages: [] }), root)));
const trust = openTrustedPublishers({ configured: readFileSync(join(folder, 'trust.json'), 'utf8'), file: join(folder, 'packages/trust-list.json') });
const packages = createInstalledPackages({ folder: join(folder, 'packages'), trust: () => trust.current(), clock, log: SILENT_LOG });
const host = createPluginHost({ folders: [], installed: () => packages.readings(), clock, log: SILENT_LOG, metrics: SILENT_METRICS, stores: { open: () => createMemoryStore() }, isFirstParty: () => false, timers: SYSTEM_TIMERS });
const desk = createPackageDesk({
  host, packages, trust, clock, random: SYSTEM_RANDOM, log: SILENT_LOG, configuredIds: [], cutOffs: {}, merchants: [], openMoney: () => Promise.resolve(0),
  rows: { list: () => Promise.resolve([...rows.values()]), save: (configuration) => { rows.set(configuration.id, configuration); return Promise.resolve(); }, remove: (id) => { rows.delete(id); return Promise.resolve(); } },
});

before(async () => {
  house = await buildConsoleHouse();
  administrator = await firstAdministrator(house);
  await house.payAndConfirm('A', { totalFen: fen(123_456), selfPayFen: fen(123_456), feeType: '检查费' });
  await house.payCash('B', 4_000, '0123');
  await desk.start();
});
after(async () => {
  await host.stop();
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
  rmSync(folder, { recursive: true });
});

/** The example, its version and built source changed, packed and signed. */
async function pack(version: string, edit: (source: string) => string = (source) => source, rules: readonly string[] = []): Promise<Uint8Array> {
  const made = mkdtempSync(join(EXAMPLE, '../.packing-'));
  try {
    cpSync(join(EXAMPLE, 'dist'), join(made, 'dist'), { recursive: true, filter: (path) => !path.endsWith('.map') });
    cpSync(join(EXAMPLE, 'package.json'), join(made, 'package.json'));
    writeFileSync(join(made, 'plugin.json'), JSON.stringify({ ...(JSON.parse(readFileSync(join(EXAMPLE, 'plugin.json'), 'utf8')) as object), version }));
    if (rules.length > 0) writeFileSync(join(made, CONFORMANCE_FILE), JSON.stringify({ format: 'hospay-conformance/1', suite: 'report', name: 'campus-reports', sdk: '0.2.0', rules: rules.map((id) => ({ id, result: 'kept' })) } satisfies ConformanceReport));
    const file = join(made, 'dist/campus-days.js');
    writeFileSync(file, edit(readFileSync(file, 'utf8')));
    return await signPackage((await buildPackage(made)).bytes, vendor);
  } finally {
    rmSync(made, { recursive: true });
  }
}
async function install(bytes: Uint8Array) {
  const received = await desk.receive(bytes);
  assert.equal(received.kind, 'ok', JSON.stringify(received));
  return desk.install({ hash: received.value.hash, acceptsCapabilities: true, instance: 'acme', settings: { showsNetOnly: false } });
}
const show = (): void => { house.reportGuests.splice(0, house.reportGuests.length, ...host.reports()); };
const rowsOf = async (query: string): Promise<Record<string, unknown>> => (await administrator.get(`/reports/acme.campus-days/rows?${TIME}${query}`)).body;

test('a signed report is installed while the house runs, from a process that sees no name, and its numbers are those of our own report', async () => {
  const installed = await install(await pack('1.0.0'));
  assert.equal(installed.kind, 'ok', JSON.stringify(installed));
  assert.deepEqual(installed.value.steps.map(({ step, found }) => `${step}: ${found}`), ['quickRun: 3 checks kept', 'connection: nothing to ask', 'activation: active']);
  show();
  const shown = listOf(await administrator.get('/reports'), 'reports').filter(({ id }) => String(id).startsWith('acme.'));
  assert.deepEqual(shown.map(({ id, group, title }) => [id, group, isRecord(title) && title['zh']]), [['acme.campus-days', 'management', '院区收款日报'], ['acme.operator-months', 'management', '收费员月报']]);

  const own = (await administrator.get(`/reports/volume/rows?${TIME}&by=campus`)).body['rows'] as (string | number)[][];
  const theirs = await rowsOf('');
  assert.deepEqual(theirs['rows'], [[DAY, '东院区', 2, 127_456, 0, 127_456, 10_000]]);
  assert.deepEqual(own.map((row) => [row[0], row[2], row[3], row[5], row[6]]), [['东院区', 2, 127_456, 0, 127_456]], 'the same sums as ours');
  assert.deepEqual(theirs['totals'], ['', '', 2, 127_456, 0, 127_456, ''], 'added up by the platform; a ratio has no sum');
  assert.deepEqual((await rowsOf('&method=cash'))['rows'], [[DAY, '东院区', 1, 4_000, 0, 4_000, 10_000]]);
  assert.deepEqual((await administrator.get(`/reports/acme.operator-months/rows?${TIME}`)).body['rows'], [['2026-11', '0123 王收费', 1, 4_000, 0, 0]], 'the name is written by the platform');
  assert.equal(codeOf(await administrator.get(`/reports/acme.campus-days/rows?${TIME}&by=channel`)), 'MALFORMED_REQUEST');
  assert.equal(codeOf(await administrator.get(`/reports/acme.campus-days/rows?from=2020-01-01&to=${DAY}`)), 'REPORT_TIME_TOO_LONG');
});

test('it is exported like our own: to a file of the one who asked, and what a spreadsheet would run is text', async () => {
  const upgraded = await install(await pack('1.1.0', (source) => source.replace("zh: '院区收款日报'", "zh: '=HYPERLINK(1)'").replace("zh: '院区', en: 'Campus', kind: 'campus', cell: ({ row: { of } }) => of.campus ?? ''", "zh: '@院区', en: 'Campus', kind: 'text', cell: () => '=1+1|x'")));
  assert.equal(upgraded.kind, 'ok', JSON.stringify(upgraded));
  show();
  for (const format of ['csv', 'xlsx'] as const) assert.equal((await administrator.call('POST', '/report-exports', { report: 'acme.campus-days', format, from: DAY, to: DAY })).status, 200);
  const done = await eventually('both are written', async () => {
    const exports = listOf(await administrator.get('/report-exports'), 'exports');
    return exports.every(({ state }) => state === 'done') ? exports : undefined;
  });
  assert.deepEqual(done.map(({ fileName, rows: written }) => [fileName, written]).toSorted(), [[`acme.campus-days-${DAY}-${DAY}.csv`, 1], [`acme.campus-days-${DAY}-${DAY}.xlsx`, 1]]);
  const csv = done.find(({ format }) => format === 'csv');
  const file = await (await fetch(`${house.origin}/console-api/v1/report-exports/${String(csv?.['id'])}/file`, { headers: { cookie: administrator.cookie ?? '' } })).text();
  assert.match(file, new RegExp(`\\r\\n日期,'@院区,收款笔数,收款金额,退款金额,净额,占当日收款\\r\\n${DAY},'=1\\+1\\|x,2,1274\\.56,0\\.00,1274\\.56,100\\.00%\\r\\n合计,,2,1274\\.56,0\\.00,1274\\.56,\\r\\n$`));
  assert.match(file, /^示范医院 =HYPERLINK\(1\)\r\n/, 'a heading begins with the hospital’s own name');
});

test('a version whose rows are half fen is not installed, and the one before goes on', async () => {
  const refusal = await install(await pack('1.2.0', (source) => source.replace('cell: ({ row }) => row.paidFen }', 'cell: ({ row }) => row.paidFen / 2 }')));
  assert.ok(refusal.kind === 'refused');
  assert.match(refusal.detail ?? '', /rows\.fitColumns is broken: acme\.campus-days: row 1, 收款金额 \(Paid\): 5000\.5 is not a whole number of fen/);
  show();
  assert.equal(((await rowsOf(''))['rows'] as unknown[]).length, 1);
  assert.equal(host.list().instances.find(({ id }) => id === 'acme')?.version, '1.1.0');
});

test('a report that ends its process is refused with a reason; ours and the payments go on, and it is started again', async () => {
  assert.equal((await install(await pack('1.3.0', (source) => source.replace('async read({ from, to, channel, method }, reader) {', '$& if (channel === "die") process.exit(3);')))).kind, 'ok');
  show();
  const answer = await administrator.get(`/reports/acme.campus-days/rows?${TIME}&channel=die`);
  assert.deepEqual([answer.status, codeOf(answer)], [422, 'REPORT_UNREADABLE']);
  assert.equal((await administrator.get(`/reports/volume/rows?${TIME}&by=method`)).status, 200);
  await house.payCash('C', 100, '0123');
  await eventually('it is started again', () => Promise.resolve(host.list().instances.find(({ id, state }) => id === 'acme' && state === 'active')));
  show();
  assert.deepEqual((await rowsOf('&method=cash'))['rows'], [[DAY, '=1+1|x', 2, 4_100, 0, 4_100, 10_000]].map(([day, , ...figures]) => [day, '东院区', ...figures]));
});

test('its tier is what its signed statement proves by the rules of reports', async () => {
  const all = REPORT_RULES.map(({ id }) => id);
  for (const [rules, tier] of [[all, 'silver'], [all.slice(1), 'bronze']] as const) {
    const received = await desk.receive(await pack('1.4.0', undefined, rules));
    assert.ok(received.kind === 'ok', JSON.stringify(received));
    assert.equal(received.value.tier, tier);
  }
});

test('removed, it is gone from the catalogue; an export of what does not fit has no file, and says why', async () => {
  assert.equal((await desk.remove('campus-reports')).kind, 'ok');
  show();
  assert.equal(listOf(await administrator.get('/reports'), 'reports').some(({ id }) => String(id).startsWith('acme.')), false);
  assert.equal(codeOf(await administrator.get(`/reports/acme.campus-days/rows?${TIME}`)), 'NO_SUCH_ITEM');
  assert.equal(codeOf(await administrator.call('POST', '/report-exports', { report: 'acme.campus-days', format: 'csv', from: DAY, to: DAY })), 'NO_SUCH_ITEM');
  house.reportGuests.push(guestOf(() => Promise.resolve({ kind: 'rows', rows: [[DAY, 12.5]] })).guest);
  assert.equal((await administrator.call('POST', '/report-exports', { report: 'acme.bad', format: 'xlsx', from: DAY, to: DAY })).status, 200);
  const failed = await eventually('it has ended', async () => listOf(await administrator.get('/report-exports'), 'exports').find(({ report, state }) => report === 'acme.bad' && state === 'failed'));
  assert.match(JSON.stringify(failed['problem']), /acme\.bad: row 1, 金额 \(Amount\): 12\.5 is not a whole number of fen/);
  assert.equal(codeOf(await administrator.get(`/report-exports/${String(failed['id'])}/file`)), 'NO_SUCH_ITEM');
});

// ── In this process, over the boundary alone ──

const COLUMNS = [{ zh: '日期', en: 'Day', kind: 'day' }, { zh: '金额', en: 'Amount', kind: 'fen', isTotalled: true }] satisfies OperatingReport['columns'];
const EMPTY: FigureReader = { sums: () => Promise.resolve([]), hours: () => Promise.resolve([]), tills: () => Promise.resolve([]), terminals: () => Promise.resolve([]) };

function guestOf(read: OperatingReport['read'], callTimeoutMs = 5_000) {
  const due: (() => void)[] = [];
  const boundary = createBoundary({ plugin: 'p', instance: 'acme', limits: { callTimeoutMs, concurrency: 1 }, clock, log: SILENT_LOG, metrics: SILENT_METRICS, timers: { after: (_ms, run) => { due.push(run); return { cancel: () => void (due.includes(run) && due.splice(due.indexOf(run), 1)) }; } } });
  const declaration = { title: { zh: '坏报表', en: 'Bad' }, parameters: [], mostDays: 31, columns: COLUMNS };
  return { guest: reportGuest('acme.bad', { declaration, report: { ...declaration, read } }, boundary, SILENT_LOG), passTheDeadline: () => { due[0]?.(); } };
}
const REQUEST = { from: DAY, to: DAY, hospital: HOSPITAL };

test('what a report does wrong is an outcome with a reason: a throw, a stray shape, a row too short, half a fen, a text for an amount', async () => {
  const answers: [() => unknown, RegExp][] = [
    [() => { throw new Error('bug'); }, /threw in read/],
    [() => [[DAY, 1]], /not in the shape of the contract/],
    [() => ({ kind: 'rows', rows: [[DAY, 1]], totals: [1] }), /not in the shape/],
    [() => ({ kind: 'rows', rows: [[DAY, { toString: () => '1' }]] }), /is not a message|not in the shape/],
    [() => ({ kind: 'rows', rows: [[DAY]] }), /row 1 has 1 cells for 2 columns/],
    [() => ({ kind: 'rows', rows: [[DAY, 1], [DAY, 0.1 + 0.2]] }), /row 2, 金额 \(Amount\): 0\.30000000000000004 is not a whole number of fen/],
    [() => ({ kind: 'rows', rows: [[DAY, '100']] }), /is a text where a number belongs/],
    [() => ({ kind: 'rows', rows: [['yesterday', 100]] }), /is not a day/],
    [() => ({ kind: 'unknown', reason: 'no figures' }), /^no figures$/],
  ];
  for (const [answer, reason] of answers) {
    const outcome = await guestOf(() => Promise.resolve(answer() as never)).guest.read(REQUEST, EMPTY);
    assert.ok(outcome.kind === 'unknown', JSON.stringify(outcome));
    assert.match(outcome.reason, reason);
  }
});

test('a report that never ends is stopped at its deadline, its signal says so, and its reader answers nothing more', async () => {
  let late: FigureReader | undefined;
  let signal: AbortSignal | undefined;
  const { guest, passTheDeadline } = guestOf((_request, reader, context) => {
    [late, signal] = [reader, context.signal];
    return new Promise<never>(() => {});
  });
  const reading = guest.read(REQUEST, EMPTY);
  await eventually('it was handed over', () => Promise.resolve(signal));
  passTheDeadline();
  assert.deepEqual(await reading, { kind: 'unknown', reason: 'no answer before the deadline' });
  assert.equal(signal?.aborted, true);
  await assert.rejects(() => (late ?? assert.fail()).sums({ from: DAY, to: DAY, by: [] }), /the read has ended/);
});

test('a read asks so many questions and no more', async () => {
  const { guest } = guestOf(async (_request, { sums }) => {
    for (let asked = 0; asked < 51; asked += 1) await sums({ from: DAY, to: DAY, by: [] });
    return { kind: 'rows', rows: [] };
  });
  assert.deepEqual(await guest.read(REQUEST, EMPTY), { kind: 'unknown', reason: 'the plugin threw in read' });
});

test('the lent reader trusts no question: unknown words, turned times and endless ones are rejected, and what it gives are ids and whole figures', async () => {
  const names = { terminal: (id: string) => (id === 'kiosk-1' ? { title: '自助机', kind: 'kiosk', campus: 'east' } : undefined) };
  const reader = figureReader(house.reportPorts.reader, names);
  const time = { from: DAY, to: DAY };
  for (const question of [{ ...time, by: ['patient'] }, { ...time, by: ['day', 'day'] }, { ...time, by: [], sql: 'x' }, { from: DAY, to: '2026-11-19', by: [] }, { from: '1900-01-01', to: DAY, by: [] }, { from: '2026-13-01', to: DAY, by: [] }, undefined, 'sums'] as never[]) {
    await assert.rejects(() => reader.sums(question), /not in the shape of the contract|the time of a question/, JSON.stringify(question));
  }
  const whole = await reader.sums({ ...time, by: [] });
  const split = await reader.sums({ ...time, by: ['channel', 'terminal', 'campus', 'operator', 'feeType', 'merchant'] });
  assert.equal(split.reduce((sum, { paidFen }) => sum + paidFen, 0), whole[0]?.paidFen);
  assert.deepEqual(split.map(({ of: { terminal, campus, operator } }) => [terminal, campus, operator]).toSorted(), [['kiosk-1', 'east', ''], ['kiosk-1', 'east', '0123']]);
  const asked: unknown[] = [];
  const row = whole[0] ?? assert.fail();
  const endless = figureReader({ ...house.reportPorts.reader, sums: (of) => { asked.push(of.most); return Promise.resolve(Array.from({ length: (of.most ?? 1e9) + 1 }, () => ({ ...row, of: {} }))); } }, names);
  await assert.rejects(() => endless.sums({ ...time, by: ['day'] }), /more than 20000 rows: split by less/);
  assert.deepEqual(asked, [20_000], 'and no more are fetched than show that it is too many');
  await assert.rejects(() => reader.hours({ from: '2020-01-01', to: DAY }), /the time of a question is from 1 to 800 days/);
  assert.deepEqual((await reader.hours(time)).reduce((sum, { paidFen }) => sum + paidFen, 0), whole[0]?.paidFen);
});
