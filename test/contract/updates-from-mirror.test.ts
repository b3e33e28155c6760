/** 系统更新 from a mirror in the hospital's network: looked at, taken with a resume, and from then on as one that was uploaded. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { indexBundle } from '@hospay/appliance/image/bundle-index.js';
import { updateMirror } from '@hospay/server/edges/http/update-mirror.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { codeOf, ConsoleClient, detailOf, firstAdministrator, listOf, type Reply } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';
import { startUpdateMirror } from './update-mirror-stand.js';

let folder = '';
let mirror: Awaited<ReturnType<typeof startUpdateMirror>>;
let house: ConsoleHouse;
let administrator: ConsoleClient;
let other: ConsoleClient;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hospay-mirror-'));
  mirror = await startUpdateMirror(join(folder, 'updates'));
  house = await buildConsoleHouse({ isAppliance: true, updateMirror: updateMirror({ url: mirror.url, timers: SYSTEM_TIMERS, silenceMs: 400, restMs: 10 }) });
  administrator = await firstAdministrator(house);
  await administrator.call('POST', '/users', { login: 'wu.finance', displayName: '吴财务', roles: ['finance'], password: 'Given-By-Boss-1' });
  other = new ConsoleClient(house.origin);
  await other.call('POST', '/session', { login: 'wu.finance', password: 'Given-By-Boss-1' });
  await other.call('POST', '/password', { current: 'Given-By-Boss-1', next: 'Correct-Horse-7' });
  for (const version of ['1.1.0', '0.9.0', '1.2.0']) {
    const file = join(mirror.folder, `hospay-${version}.hpu`);
    copyFileSync(await machine().bundle(version), file);
    await indexBundle(file, version);
  }
});
beforeEach(async () => {
  for (const wrong of Object.keys(mirror.wrongs)) Reflect.deleteProperty(mirror.wrongs, wrong);
  mirror.asked.length = 0;
  // What arrives, and then what waits.
  for (let time = 0; time < 2; time += 1) await administrator.call('DELETE', '/system/update/bundle');
});
after(async () => {
  await house.stop();
  await mirror.stop();
  rmSync(folder, { recursive: true, force: true });
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

type Offered = { file: string; version: string; bytes: number; sha256: string };
type Update = { readonly problem?: { zh: string }; readonly isTaking: boolean; readonly arriving?: { from: string; name: string; arrived: number; total: number }; readonly bundle?: { version: string; manifestSha256: string }; readonly mirror: { address: string; lookedAt?: string; problem?: { zh: string }; offered: readonly Offered[] } };
const read = async (): Promise<Update> => (await administrator.get('/system/update')).body as Update;
const machine = () => house.updates.machine ?? assert.fail('no machine');
const look = (): Promise<Reply> => administrator.call('POST', '/system/update/mirror/look');
const offered = async (version: string): Promise<Offered> => (await read()).mirror.offered.find((one) => one.version === version) ?? assert.fail(`${version} is not offered`);
const take = ({ file, sha256 }: { readonly file: string; readonly sha256: string }, who = administrator): Promise<Reply> => who.call('POST', '/system/update/mirror/take', { file, sha256 });
const settled = (): Promise<Update> => eventually('it is taken and looked at, or not', async () => {
  const now = await read();
  return now.isTaking || (now.bundle === undefined && now.problem === undefined) ? undefined : now;
});
const lying = (): string[] => readdirSync(machine().updatesFolder).filter((name) => name.startsWith('incoming'));

test('a mirror whose certificate nobody vouches for is not listened to; the hospital’s authority, once trusted, vouches for it', async () => {
  const refused = await look();
  assert.deepEqual([codeOf(refused), /证书/.test(String(detailOf(refused).zh)), (await read()).mirror.offered], ['UPDATE_REFUSED', true, []]);
  mirror.trustIts();
  assert.equal((await look()).status, 200);
});

test('what is newer than what runs is offered, newest first, and nothing older; who took it stands in the audit log, and another person approves it', async () => {
  const looked = await look();
  assert.deepEqual(listOf(looked, 'offered').map(({ version }) => version), ['1.2.0', '1.1.0']);
  const now = await read();
  assert.deepEqual([now.mirror.address, now.mirror.problem], [`${mirror.url}/`, undefined]);
  assert.ok(now.mirror.lookedAt !== undefined);
  assert.equal(codeOf(await take(await offered('1.1.0'), other)), 'NOT_PERMITTED');
  assert.equal((await take(await offered('1.1.0'))).status, 202);
  const { bundle } = await settled();
  assert.equal(bundle?.version, '1.1.0');
  assert.equal((await administrator.call('POST', '/system/update/install', { manifestSha256: bundle?.manifestSha256, version: '1.1.0', when: 'window', reason: '按计划更新' })).status, 202);
  assert.deepEqual(machine().entries(), ['hospay-a.efi'], 'nothing is written before another person has approved it');
  const audited = listOf(await administrator.get('/audit?limit=50'), 'rows').find(({ what }) => what === 'update.takeMirror');
  assert.deepEqual(JSON.parse(String(audited?.['after'])), { file: 'hospay-1.1.0.hpu', bytes: (await offered('1.1.0')).bytes, sha256: (await offered('1.1.0')).sha256 });
});

test('an older version cannot be taken by name either, nor what the index does not say', async () => {
  const index = JSON.parse(readFileSync(join(mirror.folder, 'index.json'), 'utf8')) as { bundles: Offered[] };
  const old = index.bundles.find(({ version }) => version === '0.9.0') ?? assert.fail('not in the index');
  assert.deepEqual([codeOf(await take(old)), codeOf(await take({ file: 'hospay-1.2.0.hpu', sha256: '0'.repeat(64) })), codeOf(await take({ file: '../etc/passwd.hpu', sha256: '0'.repeat(64) }))], ['NO_SUCH_ITEM', 'NO_SUCH_ITEM', 'MALFORMED_REQUEST']);
});

test('a line that breaks is gone on with from where it ended', async () => {
  mirror.wrongs.breaks = { afterBytes: 50_000, times: 2 };
  await take(await offered('1.2.0'));
  assert.equal((await settled()).bundle?.version, '1.2.0');
  assert.deepEqual(mirror.asked, [undefined, 'bytes=50000-', 'bytes=100000-']);
});

test('a server that knows no ranges sends all of it again, and what is there is passed over', async () => {
  mirror.wrongs.hasNoRanges = true;
  mirror.wrongs.breaks = { afterBytes: 50_000, times: 1 };
  await take(await offered('1.2.0'));
  assert.equal((await settled()).bundle?.version, '1.2.0');
});

test('a line that breaks for good keeps what has come; taken again, only the rest is asked for', async () => {
  mirror.wrongs.breaks = { afterBytes: 60_000, times: 1 };
  const { bytes, ...wanted } = await offered('1.2.0');
  const broke = take(wanted);
  await eventually('the first half', () => (mirror.asked.length > 0 ? true : undefined));
  mirror.wrongs.status = 503;
  assert.equal((await broke).status, 202);
  const now = await settled();
  assert.match(now.problem?.zh ?? '', /下载中断.*已取 29%，已保留/);
  assert.deepEqual([now.arriving, now.isTaking], [{ from: 'mirror', name: 'hospay-1.2.0.hpu', total: bytes, sha256: wanted.sha256, arrived: 60_000 }, false]);
  delete mirror.wrongs.status;
  const upload = await administrator.send('PUT', `/system/update/bundle?offset=60000&total=${String(bytes)}&name=${wanted.file}`, Buffer.alloc(10));
  assert.equal(detailOf(upload).en, 'what has half arrived is another file: send this one from its beginning');
  mirror.wrongs.isSilent = true;
  await take(wanted);
  // As the platform does when it is stopped.
  house.updates.desk.stop();
  assert.deepEqual(await eventually('it has stopped', async () => { const { isTaking, problem, arriving } = await read(); return isTaking ? undefined : { problem, arrived: arriving?.arrived }; }), { problem: undefined, arrived: 60_000 });
  delete mirror.wrongs.isSilent;
  mirror.asked.length = 0;
  await take(wanted);
  assert.equal((await settled()).bundle?.version, '1.2.0');
  // On a busy machine a pause counts as a broken line, and it asks again: never for what it has.
  assert.ok(mirror.asked.length > 0);
  assert.deepEqual(mirror.asked.filter((range) => !(Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1]) >= 60_000)), []);
});

test('a file of another size than the index says is refused, told or not', async () => {
  const { bytes } = await offered('1.2.0');
  for (const length of [{ bytes: bytes + 1, isUntold: false }, { bytes: bytes - 1, isUntold: false }, { bytes: bytes + 70_000, isUntold: true }, { bytes: bytes - 70_000, isUntold: true }]) {
    mirror.wrongs.length = length;
    await take(await offered('1.2.0'));
    assert.match((await settled()).problem?.zh ?? '', /大小不同/, JSON.stringify(length));
    await administrator.call('DELETE', '/system/update/bundle');
  }
  assert.ok(mirror.asked.length === 4, 'asking again would not help');
});

test('a file of another hash is gone, and is taken from its beginning the next time', async () => {
  const good = readFileSync(join(mirror.folder, 'hospay-1.2.0.hpu'));
  const bad = Buffer.from(good);
  bad[150_000] = 1;
  writeFileSync(join(mirror.folder, 'hospay-1.2.0.hpu'), bad);
  await take(await offered('1.2.0'));
  assert.match((await settled()).problem?.zh ?? '', /SHA-256 与清单不符/);
  assert.deepEqual(lying(), []);
  writeFileSync(join(mirror.folder, 'hospay-1.2.0.hpu'), good);
  await take(await offered('1.2.0'));
  assert.equal((await settled()).bundle?.version, '1.2.0');
});

test('a mirror that redirects, says no, says nothing, or has no index is told apart in both languages, and what it offered before stays', async () => {
  for (const [wrong, zh, en] of [
    [{ status: 302 }, /要求跳转（HTTP 302）/, /redirects \(HTTP 302\)/], [{ status: 404 }, /HTTP 404/, /HTTP 404/], [{ status: 500 }, /HTTP 500/, /HTTP 500/], [{ isSilent: true }, /超时没有应答/, /no answer in time/],
    [{ index: '<html>' }, /不是更新包清单/, /no index of bundles/], [{ index: JSON.stringify({ format: 'hospay-updates/1', bundles: [{ file: '../x.hpu', version: '9.0.0', bytes: 1, sha256: '0'.repeat(64) }] }) }, /不是更新包清单/, /no index/], [{ index: ' '.repeat(300_000) }, /过大/, /too large/],
    ...['01.2.3', '9.0.0-..', '9.0.0-01'].map((version) => [{ index: JSON.stringify({ format: 'hospay-updates/1', bundles: [{ file: 'x.hpu', version, bytes: 1, sha256: '0'.repeat(64) }] }) }, /不是更新包清单/, /no index/] as const),
  ] as const) {
    Object.assign(mirror.wrongs, wrong);
    const detail = detailOf(await look());
    assert.match(String(detail.zh), zh);
    assert.match(String(detail.en), en);
    for (const name of Object.keys(wrong)) Reflect.deleteProperty(mirror.wrongs, name);
    const { mirror: seen } = await read();
    assert.deepEqual([zh.test(seen.problem?.zh ?? ''), seen.offered.length], [true, 2]);
  }
  mirror.wrongs.status = 302;
  await take(await offered('1.2.0'));
  assert.match((await settled()).problem?.zh ?? '', /要求跳转/);
});

test('a bundle that waits stays, and half of an upload too, while the mirror has nothing that could take its place', async () => {
  await take(await offered('1.1.0'));
  assert.equal((await settled()).bundle?.version, '1.1.0');
  const { bytes } = await offered('1.2.0');
  await administrator.send('PUT', '/system/update/bundle?offset=0&total=30&name=next.hpu', Buffer.alloc(10));
  for (const [wrong, said] of [[{ status: 302 }, /要求跳转/], [{ status: 404 }, /HTTP 404/], [{ status: 503 }, /下载中断/], [{ isSilent: true }, /超时没有应答/], [{ length: { bytes: bytes + 70_000, isUntold: true } }, /大小不同/]] as const) {
    Object.assign(mirror.wrongs, wrong);
    await take(await offered('1.2.0'));
    const now = await eventually('it is said', async () => { const seen = await read(); return seen.isTaking || seen.problem === undefined ? undefined : seen; });
    assert.match(now.problem?.zh ?? '', said);
    assert.deepEqual([now.bundle?.version, now.arriving?.from], ['1.1.0', 'upload'], JSON.stringify(wrong));
    for (const name of Object.keys(wrong)) Reflect.deleteProperty(mirror.wrongs, name);
  }
  await administrator.call('DELETE', '/system/update/bundle');
  assert.equal((await read()).bundle?.version, '1.1.0');
  const good = readFileSync(join(mirror.folder, 'hospay-1.2.0.hpu'));
  const wanted = await offered('1.2.0');
  writeFileSync(join(mirror.folder, 'hospay-1.2.0.hpu'), Buffer.alloc(bytes));
  await take(wanted);
  const now = await eventually('it is said', async () => { const seen = await read(); return seen.isTaking || seen.problem === undefined ? undefined : seen; });
  writeFileSync(join(mirror.folder, 'hospay-1.2.0.hpu'), good);
  assert.match(now.problem?.zh ?? '', /SHA-256 与清单不符/);
  assert.deepEqual([now.bundle?.version, lying()], ['1.1.0', ['incoming.hpu']]);
});

test('a mirror that goes silent in the middle is waited for no longer than a while', async () => {
  mirror.wrongs.isSilent = true;
  await take(await offered('1.2.0'));
  assert.match((await settled()).problem?.zh ?? '', /下载中断（超时没有应答）/);
});

test('a platform without a mirror says so', async () => {
  const elsewhere = await buildConsoleHouse({ isAppliance: true });
  try {
    const client = await firstAdministrator(elsewhere);
    assert.equal((await client.get('/system/update')).body['mirror'], undefined);
    assert.match(String(detailOf(await client.call('POST', '/system/update/mirror/look')).zh), /没有配置更新镜像/);
  } finally {
    await elsewhere.stop();
  }
});
