/** 系统更新 at the console, over the appliance's own service on a machine of plain files: uploaded in pieces, held against what is, approved by another, tried, committed or taken back. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeSigningKey } from '@hospay/plugin-sdk/package';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { openBoxLine } from '@hospay/server/edges/machine/box-line.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { confirmRunning } from '@hospay/server/updates/confirm-running.js';
import { isInWindow, minutesUntilWindow } from '@hospay/server/updates/preflight.js';
import { codeOf, ConsoleClient, detailOf, firstAdministrator, isRecord, listOf, type Reply } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

const PIECE = 100_000;
let house: ConsoleHouse;
let administrator: ConsoleClient;
let other: ConsoleClient;
before(async () => {
  house = await buildConsoleHouse({ isAppliance: true });
  administrator = await firstAdministrator(house);
  await administrator.call('POST', '/users', { login: 'wu.finance', displayName: '吴财务', roles: ['finance'], password: 'Given-By-Boss-1' });
  other = new ConsoleClient(house.origin);
  await other.call('POST', '/session', { login: 'wu.finance', password: 'Given-By-Boss-1' });
  await other.call('POST', '/password', { current: 'Given-By-Boss-1', next: 'Correct-Horse-7' });
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

type Update = { readonly slots: readonly { slot: string; state: string; version?: string }[]; readonly problem?: { zh: string }; readonly arriving?: { arrived: number }; readonly isTrying: boolean; readonly bundle?: { version: string; manifestSha256: string; checks: readonly { check: string; level: string; subject?: string; said: { zh: string } }[] } };
const read = async (): Promise<Update> => (await administrator.get('/system/update')).body as unknown as Update;
const machine = () => house.updates.machine ?? assert.fail('no machine');
const send = (bytes: Buffer, offset: number): Promise<Reply> => administrator.send('PUT', `/system/update/bundle?offset=${String(offset)}&total=${String(bytes.length)}`, bytes.subarray(offset, offset + PIECE));
async function upload(file: string): Promise<Update> {
  const bytes = readFileSync(file);
  for (let offset = 0; offset < bytes.length; offset += PIECE) assert.equal((await send(bytes, offset)).status, 200);
  for (;;) {
    const now = await read();
    if (now.bundle !== undefined || now.problem !== undefined) return now;
    await new Promise((go) => { setTimeout(go, 20); });
  }
}
const install = async (more: object = {}): Promise<Reply> => {
  const { bundle } = await read();
  return administrator.call('POST', '/system/update/install', { manifestSha256: bundle?.manifestSha256 ?? '0'.repeat(64), version: bundle?.version ?? '0.0.0', when: 'now', reason: '对账修正', ...more });
};
async function approve(): Promise<Reply> {
  const change = listOf(await other.get('/changes'), 'changes')[0] ?? assert.fail('no change');
  return other.call('POST', `/changes/${String(change['changeNo'])}/decisions`, { hash: change['hash'], decision: 'approve', reason: '已核对' });
}

test('a bundle is sent in pieces; a line that broke goes on where it ended, and what is no bundle is refused and gone', async () => {
  const bytes = readFileSync(await machine().bundle('1.1.0'));
  assert.equal((await send(bytes, 0)).body['arrived'], PIECE);
  const wrong = await send(bytes, PIECE * 2);
  assert.deepEqual([codeOf(wrong), detailOf(wrong).en], ['CONFLICT', `${String(PIECE)} bytes have arrived: go on from there`]);
  assert.equal((await read()).arriving?.arrived, PIECE);
  assert.equal((await send(bytes, PIECE)).status, 200);
  assert.equal(codeOf(await other.send('PUT', `/system/update/bundle?offset=0&total=3`, Buffer.from('abc'))), 'NOT_PERMITTED');
  const stranger = await upload(await machine().bundle('1.1.0', { signer: makeSigningKey() }));
  assert.match(stranger.problem?.zh ?? '', /不是由本机信任的密钥签名/);
  assert.equal(stranger.bundle, undefined);
  assert.equal(codeOf(await install()), 'CONFLICT');
});

test('what stands against an update is said by name, plugin by plugin, and then it is not proposed', async () => {
  const { bundle } = await upload(await machine().bundle('1.1.0', { sdk: '0.3.0' }));
  const levels = new Map(bundle?.checks.map(({ check, level }) => [check, level]));
  assert.deepEqual([levels.get('plugin'), levels.get('health'), levels.get('backup'), levels.get('proof'), levels.get('disk')], ['stop', 'good', 'good', 'good', 'good']);
  const refused = await install();
  assert.deepEqual(codeOf(refused), 'CONFLICT');
  assert.match(String(detailOf(refused).zh), /插件 市民卡（city-card 1\.4\.0）要求接口 \^0\.2\.0/);
  await upload(await machine().bundle('1.1.0'));
  const { facts } = house.updates;
  for (const [change, undo, said] of [
    [() => { facts.lastProvedAt = undefined; }, () => { facts.lastProvedAt = new Date(house.now()); }, /没有成功的恢复演练/],
    [() => { facts.lastGoodBackupAt = new Date(house.now().getTime() - 40 * 3_600_000); }, () => { facts.lastGoodBackupAt = new Date(house.now()); }, /36 小时内没有完好的备份/],
    [() => { facts.freeBytes = 100; }, () => { facts.freeBytes = 50 * 1024 ** 3; }, /少于 1024 MB/],
    [() => { facts.health = { ok: false, failing: ['ledger'] }; }, () => { facts.health = { ok: true, failing: [] }; }, /健康检查未通过：ledger/],
  ] as const) {
    change();
    assert.match(String(detailOf(await install()).zh), said);
    undo();
  }
  facts.openMoney = 2;
  assert.equal((await read()).bundle?.checks.find(({ check }) => check === 'openMoney')?.level, 'look', 'whoever approves should know; it is no reason to wait for ever');
});

test('another person approves exactly that bundle: only then the other slot is written, and the machine restarts', async () => {
  const proposed = await install();
  assert.equal(proposed.status, 202, JSON.stringify(proposed.body));
  assert.deepEqual([machine().entries(), house.updates.restarts], [['hospay-a.efi'], []]);
  const made = await approve();
  assert.equal(made.status, 200, JSON.stringify(made.body));
  assert.equal(made.body['state'], 'applied', JSON.stringify(made.body));
  assert.deepEqual([machine().entries(), house.updates.restarts, house.updates.noted.length], [['hospay-a.efi', 'hospay-b+3.efi'], ['now'], 1]);
  assert.ok(JSON.stringify((await administrator.get('/audit?limit=50')).body).includes('update.install'));
});

test('a system on trial is committed once it is ready and the channels that answered before answer again', async () => {
  machine().restart('b', '1.1.0');
  assert.equal((await read()).isTrying, true);
  assert.match(String((await read()).bundle?.checks.find(({ check }) => check === 'trial')?.said.zh), /试运行/);
  const asked: string[] = [];
  let answersNow = 0;
  let ready = 0;
  const { decided } = confirmRunning({
    box: openBoxLine({ path: machine().socket, timers: SYSTEM_TIMERS, log: SILENT_LOG }) ?? assert.fail('no machine'), expected: () => ['wechat', 'alipay'], clock: { now: () => new Date() }, audit: { record: () => Promise.resolve() }, log: SILENT_LOG,
    ready: () => { ready += 1; return Promise.resolve({ ok: ready > 1, failing: ['plugins'] }); },
    answers: (channel) => { asked.push(channel); answersNow += 1; return Promise.resolve(answersNow > 2); },
    // As fast as it goes.
    timers: { ...SYSTEM_TIMERS, after: (_ms, act) => SYSTEM_TIMERS.after(1, act) },
  });
  await decided;
  assert.ok(ready > 2 && asked.filter((channel) => channel === 'wechat').length >= 2, JSON.stringify(asked));
  assert.deepEqual(machine().entries(), ['hospay-a.efi', 'hospay-b.efi']);
  assert.deepEqual((await read()).slots.map(({ slot, version, state }) => [slot, version, state]), [['a', '1.0.0', 'good'], ['b', '1.1.0', 'good']]);
});

test('one whose channel stays silent goes back by itself and says which', async () => {
  await administrator.call('DELETE', '/system/update/bundle');
  await upload(await machine().bundle('1.2.0'));
  assert.equal((await install()).status, 202);
  assert.equal((await approve()).body['state'], 'applied');
  machine().restart('a', '1.2.0');
  let now = Date.parse('2026-11-20T02:00:00Z');
  const { decided } = confirmRunning({
    box: openBoxLine({ path: machine().socket, timers: SYSTEM_TIMERS, log: SILENT_LOG }) ?? assert.fail('no machine'), ready: () => Promise.resolve({ ok: true, failing: [] }), expected: () => ['wechat'], answers: () => Promise.resolve(false),
    clock: { now: () => new Date(now) }, audit: { record: () => Promise.resolve() }, log: SILENT_LOG, timers: { ...SYSTEM_TIMERS, after: (ms, act) => { now += ms * 20; return SYSTEM_TIMERS.after(1, act); } },
  });
  await decided;
  assert.deepEqual([machine().entries(), machine().restarts()], [['hospay-a+0-3.efi', 'hospay-b.efi'], 1]);
  machine().restart('b', '1.1.0');
  const last = (await administrator.get('/system/update')).body['last'];
  assert.ok(isRecord(last) && last['outcome'] === 'reverted' && JSON.stringify(last['reason']).includes('wechat'), JSON.stringify(last));
});

test('the machine itself checks what it is asked: a folder that is not its own, an unknown wish, and what is no request', async () => {
  const ask = (line: string): Promise<string> => new Promise((go) => {
    const socket = connect(machine().socket);
    let said = '';
    socket.on('data', (chunk: Buffer) => { said += chunk.toString('utf8'); });
    socket.on('close', () => { go(said); });
    socket.write(`${line}\n`);
  });
  for (const line of ['{"ask":"inspect","bundle":"../../etc/shadow.hpu"}', '{"ask":"poweroff"}', 'nonsense', '{"ask":"stage","bundle":"incoming.hpu"}']) assert.match(await ask(line), /knows no such request/);
  writeFileSync(join(machine().updatesFolder, 'other.hpu'), 'x');
  assert.match(await ask('{"ask":"inspect","bundle":"other.hpu"}'), /damaged or cut short/);
});

test('a platform on a machine of somebody else’s says so and takes no bundle', async () => {
  const elsewhere = await buildConsoleHouse();
  try {
    const client = await firstAdministrator(elsewhere);
    assert.equal((await client.get('/system/update')).body['isAppliance'], false);
    assert.equal(codeOf(await client.send('PUT', '/system/update/bundle?offset=0&total=3', Buffer.from('abc'))), 'UPDATE_REFUSED');
  } finally {
    await elsewhere.stop();
  }
});

test('the window for restarts may pass midnight, and a restart outside waits for its beginning', () => {
  const night = { from: '22:00', to: '05:00' };
  assert.deepEqual([isInWindow(21 * 60 + 59, night), isInWindow(22 * 60, night), isInWindow(3 * 60, night), isInWindow(5 * 60, night)], [false, true, true, false]);
  assert.deepEqual([minutesUntilWindow(20 * 60, night), minutesUntilWindow(23 * 60, night), minutesUntilWindow(6 * 60, night)], [120, 0, 16 * 60]);
  assert.equal(minutesUntilWindow(6 * 60, { from: '02:00', to: '04:00' }), 20 * 60);
});
