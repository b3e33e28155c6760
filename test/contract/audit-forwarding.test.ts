import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { rulesInForce } from '@hospay/server/domain/alarm-rules.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import type { Timers } from '@hospay/server/domain/time.js';
import { auditCollector, type CollectorSettings } from '@hospay/server/edges/alarm-delivery/audit-collector.js';
import { openPlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { createAuditLog } from '@hospay/server/operations/audit-log.js';
import { createAuditForwarding, type AuditForwarding } from '@hospay/server/operations/forward-audit.js';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { startHoldingOn, startSilent, startSyslogStream, startTurningAway } from './alarm-listeners.js';
import { makeHospitalAuthority } from './hospital-authority.js';

const AUTHORITY = await makeHospitalAuthority(new Date());
const keyed = async (...names: string[]) => {
  const { chainPem, privateKeyPem } = await AUTHORITY.keyed({ names });
  return { cert: chainPem, key: privateKeyPem };
};
const TLS = await keyed('localhost');
const PEER = await keyed('hospay.hospital.test');
/** Rests and deadlines in a tenth of their time, and what each was. */
function quickTimers() {
  const asked: number[] = [];
  const timers: Timers = { after: (ms, task) => { asked.push(ms); return SYSTEM_TIMERS.after(ms / 10, task); } };
  return { timers, asked };
}

/** The real log and cursors on a file, forwarded to collectors on the loopback. `restart` is a new process over the same file. */
async function openBench(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-forwarding-'));
  let now = new Date('2026-11-27T01:00:00.000Z');
  const clock = { now: () => now };
  const open = () => openPlatformDatabase({ dataFolder: folder, hospital: 'demo', clock, log: SILENT_LOG });
  let database = await open();
  let forwarding: AuditForwarding | undefined;
  const { timers, asked } = quickTimers();
  let audit = createAuditLog({ store: database.auditEvents, witness: { read: () => Promise.resolve(undefined), write: () => Promise.resolve() }, clock });
  context.after(async () => {
    await forwarding?.stop();
    await database.close();
    rmSync(folder, { recursive: true });
  });
  const settings = (more: Partial<CollectorSettings> & { readonly port: number }): CollectorSettings => ({
    id: 'centre', host: 'localhost', facility: 13, hospital: 'demo', hostname: 'hospay-1', serverName: undefined, longestMessageBytes: undefined, readKeys: () => ({ authorityPem: AUTHORITY.rootPem, client: undefined }), ...more,
  });
  const bench = {
    asked,
    get audit() { return audit; },
    later(seconds: number) { now = new Date(now.getTime() + seconds * 1000); },
    view: (index = 0) => forwarding?.views()[index] ?? assert.fail('not begun'),
    record: async (count: number) => { for (let index = 0; index < count; index += 1) await audit.record({ who: 'li.admin', what: 'refund.request', object: `order ${String(index)}`, before: { paidFen: 100 }, after: { paidFen: 0 }, reason: 'wrong bill' }); },
    begin(...collectors: (Partial<CollectorSettings> & { readonly port: number })[]) {
      forwarding = createAuditForwarding({ store: database.auditEvents, cursors: database.auditCollectors, collectors: collectors.map((one) => auditCollector(settings(one), { timers })), clock, timers, log: SILENT_LOG });
      forwarding.start();
    },
    async end() { await forwarding?.stop(); },
    async restart(...collectors: (Partial<CollectorSettings> & { readonly port: number })[]) {
      await bench.end();
      await database.close();
      database = await open();
      audit = createAuditLog({ store: database.auditEvents, witness: { read: () => Promise.resolve(undefined), write: () => Promise.resolve() }, clock });
      bench.begin(...collectors);
    },
  };
  return bench;
}

async function collectorOf(context: TestContext, tls: Parameters<typeof startSyslogStream>[0] = TLS, port = 0, most = Infinity) {
  const collector = await startSyslogStream(tls, port, most);
  context.after(() => collector.stop());
  return collector;
}

const parameter = (message: string, name: string): string => new RegExp(` ${name}="((?:[^"\\\\\\]]|\\\\.)*)"`).exec(message)?.[1] ?? '';
const textOf = (message: string): string => message.slice(message.indexOf('\uFEFF') + 1);
const seqs = (messages: readonly string[]): number[] => messages.map((message) => Number(parameter(message, 'seq')));
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);
const comes = (what: string, collector: { readonly messages: readonly string[] }, count: number) => eventually(what, () => (collector.messages.length >= count ? true : undefined));

test('every row reaches the collector in its order, and whoever holds the copy proves the chain by it alone', async (context) => {
  const [bench, collector] = [await openBench(context), await collectorOf(context)];
  await bench.record(3);
  bench.begin({ port: collector.port });
  await comes('three rows', collector, 3);
  await bench.audit.record({ who: 'wang', what: 'session.refused', object: 'user "wang"]\\\nforged', reason: 'wrong password' });
  await comes('the fourth', collector, 4);
  assert.deepEqual(seqs(collector.messages), upTo(4));
  // log audit (13) × 8 + notice (5)
  assert.match(collector.messages[0] ?? '', /^<109>1 2026-11-27T01:00:00\.000Z hospay-1 hospay \d+ AUDIT \[hospay@32473 hospital="demo" seq="1" hash="[0-9a-f]{64}" previousHash="0{64}" who="li\.admin" what="refund\.request" object="order 0" whole="yes"\] \uFEFF\[1,/);
  for (const [index, message] of collector.messages.entries()) {
    assert.equal(createHash('sha256').update(textOf(message)).digest('hex'), parameter(message, 'hash'));
    if (index > 0) assert.equal(parameter(message, 'previousHash'), parameter(collector.messages[index - 1] ?? '', 'hash'));
  }
  assert.ok(collector.messages[3]?.includes('object="user \\"wang\\"\\]\\\\ forged"') && !collector.messages[3].includes('\n'), 'nobody breaks out of the structured data, or forges a line');
  assert.equal((await eventually('all is taken', () => (bench.view().takenSeq === 4 ? bench.view() : undefined))).waitingSeconds, 0);
});

test('what was taken is not sent again after a restart, and what was not is', async (context) => {
  const [bench, collector] = [await openBench(context), await collectorOf(context)];
  await bench.record(2);
  bench.begin({ port: collector.port });
  await eventually('two are taken', () => (bench.view().takenSeq === 2 ? true : undefined));
  await bench.end();
  await bench.record(2);
  await bench.restart({ port: collector.port });
  await bench.record(1);
  await comes('five rows', collector, 5);
  assert.deepEqual(seqs(collector.messages), upTo(5));
});

test('a collector that is away for days holds up neither an act nor another collector, is an alarm over restarts too, and gets all of it when it is back', async (context) => {
  const [bench, collector, gone] = [await openBench(context), await collectorOf(context), await startSyslogStream(TLS)];
  await gone.stop();
  const both = [{ port: collector.port }, { id: 'copy', port: gone.port }] as const;
  await bench.record(1);
  bench.begin(...both);
  await comes('the other has it', collector, 1);
  await eventually('it is refused', () => (bench.view(1).problem === 'ECONNREFUSED' ? true : undefined));
  bench.later(3 * 86_400);
  await bench.record(120);
  await comes('the other has all', collector, 121);
  await bench.restart(...both);
  const rule = rulesInForce({}).find(({ measure }) => measure === 'auditUnforwarded') ?? assert.fail();
  const waiting = await eventually('it waits', () => (bench.view(1).problem === undefined ? undefined : bench.view(1)));
  assert.deepEqual([waiting.behind, waiting.takenSeq, waiting.waitingSeconds >= rule.raise], [121, 0, true]);
  const back = await collectorOf(context, TLS, gone.port);
  await comes('it has all', back, 121);
  assert.deepEqual(seqs(back.messages), upTo(121));
  assert.ok((await eventually('it is well', () => (bench.view(1).behind === 0 ? bench.view(1) : undefined))).waitingSeconds <= rule.clear);
});

test('a long backlog goes out in bounded pieces with a rest between them', async (context) => {
  const [bench, collector] = [await openBench(context), await collectorOf(context)];
  await bench.record(250);
  bench.begin({ port: collector.port });
  await comes('all of it', collector, 250);
  assert.deepEqual(collector.connections, [100, 100, 50]);
  assert.equal(bench.asked.filter((ms) => ms === 1_000).length, 2, 'a second behind each full piece');
  assert.deepEqual(seqs(collector.messages), upTo(250));
});

test('a collector that lets go before everything was said has taken nothing', async (context) => {
  const bench = await openBench(context);
  const away = await startTurningAway(TLS);
  context.after(() => away.stop());
  await bench.record(2);
  bench.begin({ port: away.port });
  await eventually('it was tried', () => (away.turnedAway() > 1 && bench.view().problem !== undefined ? true : undefined));
  assert.equal(bench.view().takenSeq, 0);
  const collector = await collectorOf(context);
  await bench.restart({ port: collector.port });
  await comes('they come', collector, 2);
});

test('a collector that says nothing is given up and tried again', async (context) => {
  const bench = await openBench(context);
  const silent = await startSilent();
  context.after(() => silent.stop());
  await bench.record(1);
  bench.begin({ port: silent.port });
  assert.deepEqual((await eventually('it is late', () => (bench.view().problem === undefined ? undefined : bench.view()))).problem, 'no answer in time');
});

test('a collector that reads everything has taken it only when it lets go: one that stays has not, nor one that dies at that moment', async (context) => {
  const bench = await openBench(context);
  const [staying, dying] = [await startHoldingOn(TLS, 'stays'), await startHoldingOn(TLS, 'dies')];
  context.after(() => Promise.all([staying.stop(), dying.stop()]));
  await bench.record(1);
  bench.begin({ port: staying.port }, { id: 'copy', port: dying.port });
  await eventually('both were read to the end, and are tried again', () => (staying.ended() > 1 && dying.ended() > 1 ? true : undefined));
  assert.deepEqual([0, 1].map((index) => [bench.view(index).problem, bench.view(index).takenSeq]), [['no answer in time', 0], ['ECONNRESET', 0]]);
});

test('a collector that drops a connection with too much in it gets less at once, and in the end all of it', async (context) => {
  const [bench, collector] = [await openBench(context), await collectorOf(context, TLS, 0, 30)];
  await bench.record(120);
  bench.begin({ port: collector.port });
  await eventually('all is taken', () => (bench.view().takenSeq === 120 ? true : undefined));
  assert.deepEqual([...new Set(seqs(collector.messages))], upTo(120));
  // What was dropped counts one over; of the last, what was left.
  assert.ok(collector.connections.every((count) => count <= 31), String(collector.connections));
});

test('rows go to nobody whose certificate is of another authority or carries another name', async (context) => {
  const [bench, other] = [await openBench(context), await collectorOf(context, await keyed('another.hospital.test'))];
  const stranger = await collectorOf(context);
  await bench.record(1);
  bench.begin({ port: other.port }, { id: 'copy', port: stranger.port, readKeys: () => ({ authorityPem: undefined, client: undefined }) }, { id: 'named', port: other.port, serverName: 'another.hospital.test' });
  await comes('the named one has it', other, 1);
  await eventually('both are refused', () => (bench.view(0).problem !== undefined && bench.view(1).problem !== undefined ? true : undefined));
  assert.deepEqual([bench.view(0).problem, bench.view(1).problem, other.messages.length, stranger.messages.length], ['ERR_TLS_CERT_ALTNAME_INVALID', 'SELF_SIGNED_CERT_IN_CHAIN', 1, 0]);
});

test('a server name that is an address is what the certificate is held against, whatever name was dialled', async (context) => {
  const [bench, named, addressed] = [await openBench(context), await collectorOf(context), await collectorOf(context, await keyed('192.0.2.7'))];
  await bench.record(1);
  bench.begin({ port: named.port, serverName: '192.0.2.7' }, { id: 'copy', port: addressed.port, serverName: '192.0.2.7' });
  await comes('the addressed one has it', addressed, 1);
  await eventually('the other is refused', () => (bench.view(0).problem === 'ERR_TLS_CERT_ALTNAME_INVALID' ? true : undefined));
  assert.equal(named.messages.length, 0);
});

test('a collector that asks who we are is shown our certificate; without one it takes nothing, and a renewed one needs no restart', async (context) => {
  const bench = await openBench(context);
  const collector = await collectorOf(context, { ...TLS, requestCert: true, rejectUnauthorized: true, ca: AUTHORITY.rootPem });
  let client: { certificatePem: string; keyPem: string } | undefined;
  await bench.record(1);
  bench.begin({ port: collector.port, readKeys: () => ({ authorityPem: AUTHORITY.rootPem, client }) });
  await eventually('it is refused', () => (bench.view().problem === undefined ? undefined : true));
  assert.deepEqual([collector.messages.length, bench.view().takenSeq], [0, 0]);
  client = { certificatePem: PEER.cert, keyPem: PEER.key };
  await comes('it takes them', collector, 1);
});

test('a file of keys that cannot be read is said, and mended without a restart', async (context) => {
  const [bench, collector] = [await openBench(context), await collectorOf(context)];
  let isThere = false;
  await bench.record(1);
  bench.begin({ port: collector.port, readKeys: () => { if (!isThere) throw new Error('ENOENT'); return { authorityPem: AUTHORITY.rootPem, client: undefined }; } });
  await eventually('it is said', () => (bench.view().problem === 'KEY_FILE_UNREADABLE' ? true : undefined));
  isThere = true;
  await comes('it takes them', collector, 1);
});

test('a row that is longer than a collector takes is told by the hashes of what it held, and still has its place in the chain', async (context) => {
  const [bench, collector] = [await openBench(context), await collectorOf(context)];
  await bench.audit.record({ who: 'li.admin', what: 'parameter.set', object: 'x'.repeat(9_000), before: { note: '长'.repeat(3_900) }, after: null });
  bench.begin({ port: collector.port }, { id: 'large', port: collector.port, longestMessageBytes: 65_536 });
  await comes('both', collector, 2);
  const [large, short] = collector.messages.toSorted((one, other) => other.length - one.length);
  assert.deepEqual([parameter(large ?? '', 'whole'), parameter(short ?? '', 'whole'), parameter(large ?? '', 'hash')], ['yes', 'no', parameter(short ?? '', 'hash')]);
  assert.ok(Buffer.byteLength(short ?? '') <= 8_192);
  const [, , , , , before] = JSON.parse(textOf(large ?? '')) as string[];
  assert.ok(textOf(short ?? '').includes(`sha256:${createHash('sha256').update(before ?? '').digest('hex')}`));
});

test('no patient and no secret leaves: what the log redacts is redacted in its copies', async (context) => {
  const [bench, collector] = [await openBench(context), await collectorOf(context)];
  await bench.audit.record({ who: 'li.admin', what: 'patient.find', object: 'patient 13800138000', after: { name: '张三', idNumber: '110101199003074514', apiV3Key: 'canary-key' }, reason: 'card 4111111111111111, 110101199003074514' });
  bench.begin({ port: collector.port });
  await comes('it', collector, 1);
  for (const canary of ['13800138000', '张三', '110101199003074514', 'canary-key', '4111111111111111']) assert.ok(!collector.messages[0]?.includes(canary), canary);
});
