import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { SILENT_LOG, type Log } from '@hospay/server/domain/log.js';
import { openPlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { SYSTEM_CLOCK } from '@hospay/server/edges/machine/system-clock.js';
import { SYSTEM_RANDOM } from '@hospay/server/edges/machine/system-random.js';
import { healthVariables } from '@hospay/server/edges/snmp/health-variables.js';
import { startSnmpAgent, type SnmpAgentOptions } from '@hospay/server/edges/snmp/start-snmp-agent.js';
import type { BoxHealth } from '@hospay/server/operations/ports.js';
import { ROOT } from '../architecture/source-files.js';

const HEALTH: BoxHealth = {
  state: 'degraded', version: '0.1.0',
  alarms: { urgent: 1, important: 2, toKnow: 0, worst: { rule: 'channel-out', subject: 'wechat-main', severity: 1, words: 'A channel does not answer and is out of the routing' } },
  backup: { ageSeconds: 3_600, proofAgeSeconds: undefined }, disk: { freeBytes: 123_456_789_012, step: 'scarce' }, payments: { unknown: 3, open: 300 },
  channels: [{ id: 'wechat-main', state: 'outOfRouting' }, { id: 'cash', state: 'active' }, { id: 'alipay-main', state: 'notRunning' }],
};
const USER = { name: 'nms', authenticationPassword: 'authentication-1', privacyPassword: 'privacy-password-1' };
const ENGINE_ID = '80007ed905000102030405060708090a0b';
const KNOWN = ['-l', 'authPriv', '-u', 'nms', '-a', 'SHA-256', '-A', USER.authenticationPassword, '-x', 'AES', '-X', USER.privacyPassword];
const SYS_NAME = '1.3.6.1.2.1.1.5.0';

/** Debian ships the tools without the modules every module begins with. */
const MIBS = mkdtempSync(join(tmpdir(), 'hospay-mibs-'));
after(() => { rmSync(MIBS, { recursive: true }); });
copyFileSync(join(ROOT, 'appliance/docs/HOSPAY-MIB.txt'), join(MIBS, 'HOSPAY-MIB.txt'));
const module = (name: string, text: string): void => { writeFileSync(join(MIBS, `${name}.txt`), `${name} DEFINITIONS ::= BEGIN\n${text}\nEND\n`); };
module('SNMPv2-SMI', 'org OBJECT IDENTIFIER ::= { iso 3 }\ndod OBJECT IDENTIFIER ::= { org 6 }\ninternet OBJECT IDENTIFIER ::= { dod 1 }\nprivate OBJECT IDENTIFIER ::= { internet 4 }\nenterprises OBJECT IDENTIFIER ::= { private 1 }');
module('SNMPv2-TC', '');
module('SNMPv2-CONF', '');
module('SNMP-FRAMEWORK-MIB', 'IMPORTS TEXTUAL-CONVENTION FROM SNMPv2-TC;\nSnmpAdminString ::= TEXTUAL-CONVENTION\nDISPLAY-HINT "255t"\nSTATUS current\nDESCRIPTION ""\nSYNTAX OCTET STRING (SIZE (0..255))');
module('HCNUM-TC', 'IMPORTS TEXTUAL-CONVENTION FROM SNMPv2-TC;\nCounterBasedGauge64 ::= TEXTUAL-CONVENTION\nSTATUS current\nDESCRIPTION ""\nSYNTAX Counter64');

/** One of Debian's own tools. Their state (engine ids and boots of others) is kept nowhere. */
function tool(name: string, args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  return new Promise((resolve) => {
    execFile(`/usr/bin/${name}`, [...args], { env: { SNMP_PERSISTENT_DIR: MIBS, SNMPCONFPATH: MIBS, MIBDIRS: MIBS, MIBS: 'HOSPAY-MIB' } }, (error, stdout, stderr) => { resolve({ code: error === null ? 0 : Number(error.code ?? 1), said: `${stdout}${stderr}` }); });
  });
}

/** Values alone: not where the walk ended, nor what the tool tells of itself. */
const linesOf = (said: string): string[] => said.split('\n').filter((line) => line.includes(' = ') && !line.includes('No more variables'));

async function agentFor(context: TestContext, more: Partial<SnmpAgentOptions> = {}) {
  const clock = { ms: 5_000 };
  const warned: unknown[] = [];
  const log: Log = { ...SILENT_LOG, warn: (_text, facts) => { warned.push(facts); } };
  const agent = await startSnmpAgent({
    host: '127.0.0.1', port: 0, allowedSources: ['127.0.0.0/8'], users: [USER], system: { description: 'Hospay 0.1.0', name: 'hospay-1', contact: 'it@hospital.test', location: 'B1' }, engine: { engineId: ENGINE_ID, boots: 7 },
    read: () => Promise.resolve(HEALTH), elapsed: () => clock.ms, random: SYSTEM_RANDOM, log, ...more,
  });
  context.after(() => agent.stop());
  const at = `127.0.0.1:${String(agent.port)}`;
  return { agent, at, clock, warned, ask: (name: string, args: readonly string[], of: readonly string[] = []) => tool(name, ['-v3', ...args, '-r', '0', '-t', '1', at, ...of]) };
}

test('the right user reads the system group and every value of HOSPAY-MIB by the names of its text', async (context) => {
  const { ask } = await agentFor(context);
  const system = await ask('snmpwalk', ['-On', ...KNOWN], ['1.3.6.1.2.1']);
  assert.deepEqual([system.code, linesOf(system.said)], [0, [
    '.1.3.6.1.2.1.1.1.0 = STRING: "Hospay 0.1.0"', '.1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.32473.1', '.1.3.6.1.2.1.1.3.0 = Timeticks: (0) 0:00:00.00', '.1.3.6.1.2.1.1.4.0 = STRING: "it@hospital.test"',
    '.1.3.6.1.2.1.1.5.0 = STRING: "hospay-1"', '.1.3.6.1.2.1.1.6.0 = STRING: "B1"', '.1.3.6.1.2.1.1.7.0 = INTEGER: 72',
  ]]);
  const walked = await ask('snmpbulkwalk', ['-OS', ...KNOWN], ['HOSPAY-MIB::hospayMIB']);
  assert.deepEqual(linesOf(walked.said), [
    'HOSPAY-MIB::hospayState.0 = INTEGER: degraded(2)', 'HOSPAY-MIB::hospayVersion.0 = STRING: 0.1.0',
    'HOSPAY-MIB::hospayAlarmsUrgent.0 = Gauge32: 1', 'HOSPAY-MIB::hospayAlarmsImportant.0 = Gauge32: 2', 'HOSPAY-MIB::hospayAlarmsToKnow.0 = Gauge32: 0',
    'HOSPAY-MIB::hospayWorstAlarmSeverity.0 = INTEGER: urgent(1)', 'HOSPAY-MIB::hospayWorstAlarmRule.0 = STRING: channel-out', 'HOSPAY-MIB::hospayWorstAlarmSubject.0 = STRING: wechat-main', 'HOSPAY-MIB::hospayWorstAlarmText.0 = STRING: A channel does not answer and is out of the routing',
    'HOSPAY-MIB::hospayBackupAge.0 = Gauge32: 3600 seconds', 'HOSPAY-MIB::hospayRestoreProofAge.0 = Gauge32: 4294967295 seconds',
    'HOSPAY-MIB::hospayDiskFree.0 = Counter64: 123456789012 bytes', 'HOSPAY-MIB::hospayDiskStep.0 = INTEGER: scarce(1)', 'HOSPAY-MIB::hospayPaymentsUnknown.0 = Gauge32: 3', 'HOSPAY-MIB::hospayPaymentsOpen.0 = Gauge32: 300',
    'HOSPAY-MIB::hospayChannelId."cash" = STRING: cash', 'HOSPAY-MIB::hospayChannelId."alipay-main" = STRING: alipay-main', 'HOSPAY-MIB::hospayChannelId."wechat-main" = STRING: wechat-main',
    'HOSPAY-MIB::hospayChannelState."cash" = INTEGER: active(1)', 'HOSPAY-MIB::hospayChannelState."alipay-main" = INTEGER: notRunning(3)', 'HOSPAY-MIB::hospayChannelState."wechat-main" = INTEGER: outOfRouting(2)',
  ]);
  const one = await ask('snmpget', ['-OQ', ...KNOWN], ['HOSPAY-MIB::hospayChannelState."cash"', 'HOSPAY-MIB::hospayState.1', '1.3.6.1.4.1.2021.4.5.0']);
  assert.match(one.said, /= active\n.*No Such Instance.*\n.*No Such Object/);
});

test('a wrong password, a user nobody knows, and a request that is not signed and encrypted read nothing, and are said in the log', async (context) => {
  const { ask, warned } = await agentFor(context);
  const swapped = (from: string, to: string): readonly string[] => KNOWN.map((part) => (part === from ? to : part));
  const plain = ['-l', 'noAuthNoPriv', '-u', 'nms'] as const;
  for (const [args, why] of [
    [swapped(USER.authenticationPassword, 'authentication-2'), /Authentication failure/], [swapped(USER.privacyPassword, 'privacy-password-2'), /Decryption error/], [swapped('nms', 'root'), /Unknown user name/], [swapped('SHA-256', 'SHA'), /Authentication failure/],
    [plain, /Unsupported security level/], [['-l', 'noAuthNoPriv', '-u', ''], /Unknown user name|No securityName/], [['-l', 'authNoPriv', ...KNOWN.slice(2, 8)], /Unsupported security level/],
  ] as const) {
    const { code, said } = await ask('snmpget', args, [SYS_NAME]);
    assert.notEqual(code, 0, args.join(' '));
    assert.match(said, why, args.join(' '));
    assert.ok(!said.includes('hospay-1'), args.join(' '));
  }
  assert.ok(warned.some((facts) => JSON.stringify(facts).includes('wrongDigest')) && warned.some((facts) => JSON.stringify(facts).includes('unknownUser')));
  assert.ok(!JSON.stringify(warned).includes('authentication-'), 'no password is said');
});

test('versions 1 and 2c are answered by silence', async (context) => {
  const { at } = await agentFor(context);
  for (const version of ['-v1', '-v2c']) {
    const { code, said } = await tool('snmpget', [version, '-c', 'public', '-r', '0', '-t', '1', at, SYS_NAME]);
    assert.deepEqual([code, /Timeout/.test(said)], [1, true], version);
  }
});

test('nothing can be set, by whoever asks', async (context) => {
  const { ask } = await agentFor(context);
  const { code, said } = await ask('snmpset', KNOWN, [SYS_NAME, 's', 'mine']);
  assert.notEqual(code, 0);
  assert.match(said, /notWritable/);
  assert.match((await ask('snmpget', KNOWN, [SYS_NAME])).said, /hospay-1/);
});

test('an address that is not allowed is not answered at all, also with the right keys', async (context) => {
  const { ask, warned } = await agentFor(context, { allowedSources: ['10.1.0.0/16', '192.0.2.7'] });
  const { code, said } = await ask('snmpget', KNOWN, [SYS_NAME]);
  assert.deepEqual([code, /Timeout/.test(said)], [1, true]);
  assert.deepEqual(warned, [{ from: '127.0.0.1', why: 'address', user: '' }]);
});

/** Passes datagrams on between a tool and the agent, and keeps what went by. */
async function tapTo(context: TestContext, port: number) {
  const [taken, given]: [Buffer[], Buffer[]] = [[], []];
  const tap = createSocket('udp4');
  const beyond = createSocket('udp4');
  let back = 0;
  tap.on('message', (datagram, { port: from }) => { taken.push(datagram); back = from; beyond.send(datagram, port, '127.0.0.1'); });
  beyond.on('message', (datagram) => { given.push(datagram); tap.send(datagram, back, '127.0.0.1'); });
  tap.bind(0, '127.0.0.1');
  await once(tap, 'listening');
  context.after(() => { tap.close(); beyond.close(); });
  return { at: `127.0.0.1:${String(tap.address().port)}`, taken, given };
}

/** What the agent says to a datagram. */
async function reply(datagram: Buffer, port: number): Promise<Buffer | undefined> {
  const socket = createSocket('udp4');
  try {
    socket.send(datagram, port, '127.0.0.1');
    const timer = new AbortController();
    setTimeout(() => { timer.abort(); }, 500);
    const [answer] = (await once(socket, 'message', { signal: timer.signal })) as [Buffer];
    return answer;
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}
const USM_STATS = Buffer.from('060a2b060106030f0101', 'hex');
/** usmStatsNotInTimeWindows.0 */
const NOT_IN_TIME = Buffer.from('060a2b060106030f01010200', 'hex');
/** usmStatsUnknownEngineIDs.0 */
const UNKNOWN_ENGINE = Buffer.from('060a2b060106030f01010400', 'hex');

test('a request that was overheard reads nothing later, nor after a restart', async (context) => {
  const { agent, clock } = await agentFor(context);
  const tap = await tapTo(context, agent.port);
  assert.equal((await tool('snmpget', ['-v3', ...KNOWN, '-r', '0', '-t', '2', tap.at, SYS_NAME])).code, 0);
  const request = tap.taken.at(-1) ?? assert.fail();
  const answered = (await reply(request, agent.port)) ?? assert.fail();
  assert.ok(!answered.includes('hospay-1') && !answered.includes(NOT_IN_TIME), 'within its window it is answered, and nobody reads the answer');
  assert.notDeepEqual(await reply(request, agent.port), answered, 'the same answer is never encrypted alike');
  clock.ms += 151_000;
  const late = (await reply(request, agent.port)) ?? assert.fail();
  assert.ok(late.includes(NOT_IN_TIME));
  const restarted = await agentFor(context, { engine: { engineId: ENGINE_ID, boots: 8 } });
  assert.ok((await reply(request, restarted.agent.port))?.includes(NOT_IN_TIME));
  const another = await agentFor(context, { engine: { engineId: `${ENGINE_ID.slice(0, -2)}ff`, boots: 7 } });
  assert.ok((await reply(request, another.agent.port))?.includes(UNKNOWN_ENGINE), 'another engine does not know it at all');
});

test('a request for another context is not answered, nor one that wants no report', async (context) => {
  const { agent } = await agentFor(context);
  for (const more of [['-n', 'another'], ['-E', `${ENGINE_ID.slice(0, -2)}ff`]]) {
    const tap = await tapTo(context, agent.port);
    const { code } = await tool('snmpget', ['-v3', ...KNOWN, ...more, '-r', '0', '-t', '1', tap.at, SYS_NAME]);
    assert.deepEqual([code, tap.taken.length, tap.given.length], [1, 2, 1], 'only who the engine is was told');
    const [discovery] = tap.taken;
    const silent = Buffer.from(discovery?.toString('hex').replace('040104', '040100') ?? '', 'hex');
    assert.ok(discovery !== undefined && (await reply(discovery, agent.port)) !== undefined);
    assert.equal(await reply(silent, agent.port), undefined);
  }
});

test('a request one bit of which was changed on the way is refused, whichever bit', async (context) => {
  const { agent } = await agentFor(context);
  const tap = await tapTo(context, agent.port);
  await tool('snmpget', ['-v3', ...KNOWN, '-r', '0', '-t', '2', tap.at, SYS_NAME]);
  const request = tap.taken.at(-1) ?? assert.fail();
  assert.ok(!(await reply(request, agent.port))?.includes(USM_STATS), 'as it was it is answered');
  for (let at = 0; at < request.length; at += 7) {
    const changed = Buffer.from(request);
    changed.writeUInt8((changed[at] ?? 0) ^ 0x10, at);
    const answer = await reply(changed, agent.port);
    assert.ok(answer === undefined || answer.includes(USM_STATS), `bit of byte ${String(at)}`);
  }
});

test('what is no message at all, or a part of one, ends nothing', async (context) => {
  const { agent, ask } = await agentFor(context);
  const tap = await tapTo(context, agent.port);
  await tool('snmpget', ['-v3', ...KNOWN, '-r', '0', '-t', '2', tap.at, SYS_NAME]);
  const request = tap.taken.at(-1) ?? assert.fail();
  const socket = createSocket('udp4');
  context.after(() => { socket.close(); });
  const strange = [
    ...Array.from({ length: request.length }, (_, length) => request.subarray(0, length)), ...Array.from({ length: 300 }, () => Buffer.from(SYSTEM_RANDOM.bytes(1 + SYSTEM_RANDOM.nextInt(200)))),
    ...['30840fffffff', '3080', '30820003020103', `30${'30'.repeat(200)}`].map((hex) => Buffer.from(hex, 'hex')),
  ];
  for (const datagram of strange) {
    socket.send(datagram, agent.port, '127.0.0.1');
    // One after another: a socket that is full would drop them unseen.
    await new Promise((go) => { setImmediate(go); });
  }
  assert.match((await ask('snmpget', KNOWN, [SYS_NAME])).said, /hospay-1/);
});

test('a request for everything at once gets what one datagram holds', async (context) => {
  const channels = Array.from({ length: 200 }, (_, index) => ({ id: `channel-${String(index)}`, state: 'active' as const }));
  const { agent, ask } = await agentFor(context, { read: () => Promise.resolve({ ...HEALTH, channels }) });
  const bulk = await ask('snmpbulkget', [...KNOWN, '-Cr2000000000'], ['HOSPAY-MIB::hospayMIB']);
  assert.ok(bulk.code === 0 && bulk.said.split('\n').length > 15);
  const tap = await tapTo(context, agent.port);
  await tool('snmpbulkget', ['-v3', ...KNOWN, '-r', '0', '-t', '2', '-Cr2000000000', tap.at, 'HOSPAY-MIB::hospayMIB']);
  assert.ok(tap.given.length > 1 && tap.given.every(({ length }) => length <= 1_472), 'no answer is torn into pieces by the network');
  const walked = await ask('snmpbulkwalk', KNOWN, ['HOSPAY-MIB::hospayChannelState']);
  assert.equal(walked.said.split('\n').filter((line) => line.includes('active')).length, 200);
  const many = await ask('snmpget', KNOWN, Array.from({ length: 100 }, () => SYS_NAME));
  assert.ok(many.said.includes('tooBig') || many.said.includes('too big') || many.said.includes('Response message would have been too large'), many.said.slice(0, 200));
});

test('a walk is told of one reading, which is five seconds old at most, and requests that would wait without end for the next are let go', async (context) => {
  let [readings, gate] = [0, Promise.resolve()];
  const { agent, ask, clock } = await agentFor(context, { read: async () => { readings += 1; await gate; return HEALTH; } });
  await ask('snmpwalk', KNOWN, ['1.3.6.1.2.1']);
  assert.equal(readings, 1);
  const tap = await tapTo(context, agent.port);
  await tool('snmpget', ['-v3', ...KNOWN, '-r', '0', '-t', '2', tap.at, SYS_NAME]);
  const request = tap.taken.at(-1) ?? assert.fail();
  clock.ms += 5_001;
  const { promise, resolve } = Promise.withResolvers<void>();
  gate = promise;
  const socket = createSocket('udp4');
  context.after(() => { socket.close(); });
  const told = { answers: 0 };
  socket.on('message', () => { told.answers += 1; });
  for (let index = 0; index < 100; index += 1) {
    socket.send(request, agent.port, '127.0.0.1');
    await new Promise((go) => { setImmediate(go); });
  }
  // Until a busy machine has read them all, and answered those it kept.
  await new Promise((go) => { setTimeout(go, 1_500); });
  resolve();
  for (let round = 0; round < 200 && told.answers < 64; round += 1) await new Promise((go) => { setTimeout(go, 25); });
  await new Promise((go) => { setTimeout(go, 300); });
  assert.deepEqual([readings, told.answers], [2, 64]);
});

test('what keeps a manager out is said once a minute, not for each of its requests', async (context) => {
  const { ask, warned, clock } = await agentFor(context);
  const stranger = ['-l', 'noAuthNoPriv', '-u', 'root'];
  for (const seconds of [0, 59, 2]) {
    clock.ms += seconds * 1_000;
    await ask('snmpget', stranger, [SYS_NAME]);
  }
  assert.equal(warned.length, 2);
});

test('a text ends within the octets of its SIZE, and behind a whole character', () => {
  const variables = healthVariables({ ...HEALTH, alarms: { ...HEALTH.alarms, worst: { rule: 'channel-out', subject: `a${'门'.repeat(60)}`, severity: 1, words: '' } } }, { description: '', name: '', contact: '', location: '' }, 0);
  const { value } = variables.find(({ oid }) => oid.join('.').endsWith('.1.2.6.0')) ?? assert.fail();
  // 1 + 26 × 3 octets; another would not fit
  assert.deepEqual(value, { kind: 'text', value: `a${'门'.repeat(26)}` });
});

test('starts are counted durably, and a box made of a backup is another engine', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-snmp-'));
  const open = () => openPlatformDatabase({ dataFolder: folder, hospital: 'demo', clock: SYSTEM_CLOCK, log: SILENT_LOG });
  let database = await open();
  try {
    assert.deepEqual(await database.snmpEngines.boot(ENGINE_ID), { engineId: ENGINE_ID, boots: 1 });
    await database.close();
    database = await open();
    assert.deepEqual(await database.snmpEngines.boot('80007ed905ff'), { engineId: ENGINE_ID, boots: 2 });
    await database.snmpEngines.forget();
    assert.deepEqual(await database.snmpEngines.boot('80007ed905ff'), { engineId: '80007ed905ff', boots: 1 });
  } finally {
    await database.close();
    rmSync(folder, { recursive: true });
  }
});

test('addresses that are made up do not fill the log: so many are told of in a minute, and then no more', async (context) => {
  const { agent, warned, clock } = await agentFor(context, { allowedSources: ['10.0.0.0/8'] });
  const tell = async (from: number): Promise<void> => {
    for (let index = from; index < from + 220; index += 1) {
      const socket = createSocket('udp4');
      socket.bind(0, `127.0.${String(1 + Math.floor(index / 200))}.${String(1 + (index % 200))}`);
      await once(socket, 'listening');
      await new Promise<void>((sent) => { socket.send(Buffer.from('x'), agent.port, '127.0.0.1', () => { sent(); }); });
      socket.close();
    }
    for (let round = 0; round < 100 && warned.length < 200; round += 1) await new Promise((go) => { setTimeout(go, 20); });
    await new Promise((go) => { setTimeout(go, 100); });
  };
  await tell(0);
  assert.equal(warned.length, 200);
  clock.ms += 60_000;
  await tell(1_000);
  assert.ok(warned.length > 200 && warned.length <= 400, String(warned.length));
});
