/** 系统更新 from a drive somebody plugged in: looked at, taken, and from then on as one that was uploaded. */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { makeSigningKey } from '@hospay/plugin-sdk/package';
import { BilingualError } from '@hospay/server/domain/bilingual.js';
import { ok, refused, type Outcome } from '@hospay/server/domain/errors.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { openBoxLine } from '@hospay/server/edges/machine/box-line.js';
import { bundleFiles } from '@hospay/server/edges/machine/bundle-files.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import type { WorkHear } from '@hospay/server/running-work/ports.js';
import type { Box, UpdateBundle } from '@hospay/server/updates/ports.js';
import { createUpdateDesk } from '@hospay/server/updates/update-desk.js';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { codeOf, ConsoleClient, detailOf, firstAdministrator, listOf, type Reply } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

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
beforeEach(async () => {
  house.updates.plugged.drive = house.updates.mounted;
  // What arrives, and then what waits.
  for (let time = 0; time < 2; time += 1) await administrator.call('DELETE', '/system/update/bundle');
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

type Update = { readonly problem?: { zh: string }; readonly arriving?: { from: string; name: string; arrived: number; total: number }; readonly bundle?: { version: string; manifestSha256: string } };
const read = async (): Promise<Update> => (await administrator.get('/system/update')).body;
const machine = () => house.updates.machine ?? assert.fail('no machine');
const take = (file: string, who = administrator): Promise<Reply> => who.call('POST', '/system/update/drive/take', { file });
const settled = (): Promise<Update> => eventually('the bundle is taken and looked at', async () => {
  const now = await read();
  return now.bundle === undefined && now.problem === undefined ? undefined : now;
});
const lying = (): string[] => readdirSync(machine().updatesFolder).filter((name) => name.startsWith('incoming'));
/** A drive that gives its first piece and then what the test wants. */
function slowDrive(then: () => Promise<void>, first: Uint8Array = new Uint8Array(10)): { readonly closed: () => number } {
  let closed = 0;
  house.updates.plugged.drive = {
    list: () => Promise.resolve(ok([])),
    open: () => Promise.resolve(ok({ total: 20, async *pieces() { yield first; await then(); yield first; }, close() { closed += 1; } })),
  };
  return { closed: () => closed };
}

test('the bundles of a drive are listed with their sizes; one is taken, verified, and proposed and approved as one that was uploaded', async () => {
  copyFileSync(await machine().bundle('1.1.0'), join(house.updates.driveFolder, 'hospay-1.1.0.hpu'));
  symlinkSync('/etc/passwd', join(house.updates.driveFolder, 'link.hpu'));
  writeFileSync(join(house.updates.driveFolder, 'read me.txt'), 'x');
  const bytes = readFileSync(join(house.updates.driveFolder, 'hospay-1.1.0.hpu')).byteLength;
  const files = listOf(await administrator.get('/system/update/drive'), 'files');
  assert.deepEqual(files.map(({ name, bytes: size, problem }) => [name, size, problem !== undefined]), [['hospay-1.1.0.hpu', bytes, false], ['link.hpu', 0, true]]);
  assert.deepEqual([(await take('hospay-1.1.0.hpu')).status, (await settled()).bundle?.version], [202, '1.1.0']);
  const { bundle } = await read();
  assert.equal((await administrator.call('POST', '/system/update/install', { manifestSha256: bundle?.manifestSha256, version: '1.1.0', when: 'now', reason: '按计划更新' })).status, 202);
  const change = listOf(await other.get('/changes'), 'changes')[0] ?? assert.fail('no change');
  assert.equal((await other.call('POST', `/changes/${String(change['changeNo'])}/decisions`, { hash: change['hash'], decision: 'approve', reason: '已核对' })).body['state'], 'applied');
  assert.deepEqual(machine().entries(), ['hospay-a.efi', 'hospay-b+3.efi']);
  const audited = listOf(await administrator.get('/audit?limit=50'), 'rows').filter(({ what }) => what === 'update.takeDrive');
  assert.deepEqual(audited.map(({ who, after: told }) => [who, told]), [['li.admin', JSON.stringify({ file: 'hospay-1.1.0.hpu', bytes })]]);
});

test('what is not there, is a link, has another name or is asked for by somebody without the right is refused, and what lay there stays', async () => {
  copyFileSync(await machine().bundle('1.2.0'), join(house.updates.driveFolder, 'hospay-1.2.0.hpu'));
  await take('hospay-1.2.0.hpu');
  assert.equal((await settled()).bundle?.version, '1.2.0');
  assert.deepEqual([codeOf(await take('none.hpu')), codeOf(await take('link.hpu')), codeOf(await take('../esp.hpu')), codeOf(await take('hospay-1.2.0.hpu', other))], ['NO_SUCH_ITEM', 'UPDATE_REFUSED', 'MALFORMED_REQUEST', 'NOT_PERMITTED']);
  assert.equal((await read()).bundle?.version, '1.2.0');
});

test('a file of the drive that nobody we trust has signed is refused and gone', async () => {
  copyFileSync(await machine().bundle('1.3.0', { signer: makeSigningKey() }), join(house.updates.driveFolder, 'stranger.hpu'));
  await take('stranger.hpu');
  assert.match((await settled()).problem?.zh ?? '', /不是由本机信任的密钥签名/);
  assert.deepEqual(lying(), []);
});

test('a drive that is pulled out in the middle leaves nothing half taken, and it is said', async () => {
  const { closed } = slowDrive(() => Promise.reject(new BilingualError({ zh: 'U 盘读取中断', en: 'the drive cannot be read any more' })));
  assert.equal((await take('one.hpu')).status, 202);
  assert.equal((await settled()).problem?.zh, 'U 盘读取中断');
  assert.deepEqual([lying(), closed()], [[], 1]);
  const failed = listOf(await administrator.get('/work'), 'work').find(({ kind, state }) => kind === 'updateTaking' && state === 'failed');
  assert.ok(failed !== undefined);
});

test('a bundle that waits stays when the drive with the next is pulled out, and what is thrown away first is what arrives', async () => {
  copyFileSync(await machine().bundle('1.2.0'), join(house.updates.driveFolder, 'hospay-1.2.0.hpu'));
  await take('hospay-1.2.0.hpu');
  assert.equal((await settled()).bundle?.version, '1.2.0');
  slowDrive(() => Promise.reject(new BilingualError({ zh: 'U 盘读取中断', en: 'the drive cannot be read any more' })));
  await take('one.hpu');
  const broke = await eventually('it broke off', async () => { const now = await read(); return now.problem === undefined ? undefined : now; });
  assert.deepEqual([broke.problem?.zh, broke.bundle?.version, lying()], ['U 盘读取中断', '1.2.0', ['incoming.hpu']]);
  await administrator.send('PUT', '/system/update/bundle?offset=0&total=30&name=next.hpu', Buffer.alloc(10));
  assert.deepEqual([(await read()).arriving?.arrived, (await read()).bundle?.version], [10, '1.2.0']);
  await administrator.call('DELETE', '/system/update/bundle');
  assert.deepEqual([(await read()).arriving, (await read()).bundle?.version], [undefined, '1.2.0']);
  await administrator.call('DELETE', '/system/update/bundle');
  assert.deepEqual([(await read()).bundle, lying()], [undefined, []]);
});

test('what waited cannot be installed any more once another lies in its place, verified or not', async () => {
  const { desk } = house.updates;
  const sendAll = async (version: string): Promise<void> => {
    const bytes = readFileSync(await machine().bundle(version));
    await desk.receive({ offset: 0, total: bytes.length, bytes, by: 'li.admin' });
  };
  await sendAll('1.2.0');
  assert.equal((await settled()).bundle?.version, '1.2.0');
  await sendAll('1.3.0');
  assert.equal(desk.waiting(), undefined);
  assert.equal((await settled()).bundle?.version, '1.3.0');
});

const stale = refused('UPDATE_REFUSED', { zh: '本机已是该版本', en: 'this machine runs it' });
/** A desk whose machine looks at a bundle for as long as the test wants, and says what it wants. */
function slowMachine(status?: Box['status']) {
  const looks: PromiseWithResolvers<Outcome<UpdateBundle>>[] = [];
  const box: Box = {
    ...(openBoxLine({ path: machine().socket, timers: SYSTEM_TIMERS, log: SILENT_LOG }) ?? assert.fail('no machine')),
    ...(status === undefined ? {} : { status }),
    inspect() {
      const look = Promise.withResolvers<Outcome<UpdateBundle>>();
      looks.push(look);
      return look.promise;
    },
  };
  const files = bundleFiles(machine().updatesFolder);
  const facts = () => Promise.resolve(house.updates.facts);
  const work = { during: <Value>(_begun: unknown, run: (hear: WorkHear) => Promise<Value>) => run({ step() {}, isCancelled: () => false }), begin: (): never => assert.fail('nothing is taken') };
  const desk = createUpdateDesk({ box, files, drive: house.updates.mounted, mirror: undefined, window: { from: '22:00', to: '05:00' }, facts, work, clock: { now: () => house.now() }, timers: SYSTEM_TIMERS, audit: { record: () => Promise.resolve() }, log: SILENT_LOG });
  return {
    desk, files, looks,
    send: (text: string, offset: number, total = 6): Promise<unknown> => desk.receive({ offset, total, bytes: Buffer.from(text), by: 'li.admin' }),
    async say(index: number, answer: Outcome<UpdateBundle>): Promise<void> {
      (looks[index] ?? assert.fail('not looked at')).resolve(answer);
      // The machine is asked how it is meanwhile.
      await new Promise((go) => { setTimeout(go, 100); });
    },
  };
}

test('the bundle that was installed lies there after the restart it asked for, and goes without a word; any other that is refused is told', async () => {
  const committed: Box['status'] = () => Promise.resolve(ok({ version: '1.2.0', isTrying: false, slots: [], last: { version: '1.2.0', from: '1.1.0', outcome: 'committed', at: '2026-11-20T01:00:00.000Z' } }));
  for (const [status, problem] of [[committed, undefined], [undefined, '本机已是该版本']] as const) {
    const { files } = slowMachine();
    files.begin({ from: 'upload', name: 'one.hpu', total: 3 });
    await files.write(0, Buffer.from('abc'));
    files.finish();
    // The platform starts again.
    const { desk, say } = slowMachine(status);
    assert.equal((await desk.read()).problem, undefined);
    await say(0, stale);
    assert.deepEqual([(await desk.read()).problem?.zh.split('：').at(-1), files.size()], [problem, undefined]);
    await desk.discard('li.admin');
  }
});

test('a machine that does not answer takes no bundle away: it is said, and what lies there is looked at again once it does', async () => {
  const state = { isThere: false };
  const silent = refused('UPDATE_REFUSED', { zh: '本机服务没有应答', en: 'no answer' });
  const { desk, files, looks, send, say } = slowMachine(() => Promise.resolve(state.isThere ? ok({ version: '1.1.0', isTrying: false, slots: [] }) : silent));
  await send('bundle', 0);
  await say(0, silent);
  assert.deepEqual([(await desk.read()).problem?.zh.split('：').at(-1), files.size(), looks.length], ['本机服务没有应答', 6, 1]);
  state.isThere = true;
  await desk.read();
  assert.equal(looks.length, 2);
  await say(1, stale);
  assert.deepEqual([(await desk.read()).problem?.zh.split('：').at(-1), files.size()], ['本机已是该版本', undefined]);
  await desk.discard('li.admin');
});

test('what the machine says late of a bundle takes nothing away of the next one, whether that arrives or lies in its place', async () => {
  const { desk, files, looks, send, say } = slowMachine();
  const next: UpdateBundle = { version: '1.5.0', manifestSha256: '5'.repeat(64), sdk: '0.2.0', builtAt: '2026-11-20T02:00:00.000Z', upgradesFrom: '1.0.0', notes: { zh: '下一个', en: 'the next' } };
  await send('first!', 0);
  await send('sec', 0);
  await say(0, stale);
  assert.deepEqual([files.size(), files.arriving()?.arrived], [undefined, 3], 'the first is gone, the second goes on arriving');
  await send('ond', 3);
  await send('third!', 0);
  await say(1, stale);
  assert.deepEqual([files.size(), (await desk.read()).problem], [6, undefined], 'of the second nothing counts any more');
  await say(2, ok(next));
  assert.equal(desk.waiting()?.version, '1.5.0');
  assert.equal(looks.length, 3, 'nothing is looked at twice');
  await desk.discard('li.admin');
});

test('half a copy from a drive is gone when the platform starts again; half an upload is not', async () => {
  const folder = machine().updatesFolder;
  const startAgain = (): void => {
    const never = (): never => assert.fail('nothing is asked of it');
    createUpdateDesk({ box: undefined, files: bundleFiles(folder), drive: house.updates.mounted, mirror: undefined, window: { from: '22:00', to: '05:00' }, facts: never, work: { during: never, begin: never }, clock: { now: () => house.now() }, timers: SYSTEM_TIMERS, audit: { record: never }, log: SILENT_LOG });
  };
  for (const [from, left] of [['drive', undefined], ['upload', 3]] as const) {
    const files = bundleFiles(folder);
    files.begin({ from, name: 'one.hpu', total: 9 });
    await files.write(0, Buffer.from('abc'));
    startAgain();
    assert.equal(bundleFiles(folder).arriving()?.arrived, left, from);
  }
});

test('while one is taken its progress is shown and no other comes in; throwing it away stops it', async () => {
  const gate = Promise.withResolvers<void>();
  slowDrive(() => gate.promise);
  await take('one.hpu');
  const { arriving } = await eventually('the first piece', async () => { const now = await read(); return now.arriving?.arrived === 10 ? now : undefined; });
  assert.deepEqual(arriving, { from: 'drive', name: 'one.hpu', total: 20, arrived: 10 });
  assert.deepEqual([codeOf(await take('two.hpu')), codeOf(await administrator.send('PUT', '/system/update/bundle?offset=0&total=3', Buffer.from('abc')))], ['CONFLICT', 'CONFLICT']);
  const discarded = administrator.call('DELETE', '/system/update/bundle');
  setTimeout(gate.resolve, 50);
  assert.equal((await discarded).status, 200);
  assert.deepEqual([lying(), (await read()).arriving], [[], undefined]);
});

test('a disk that is full keeps no half, not even of a file that could be gone on with', async () => {
  house.updates.plugged.drive = {
    list: () => Promise.resolve(ok([])),
    open: () => Promise.resolve(ok({
      total: 20, sha256: '0'.repeat(64), close() {},
      async *pieces() {
        yield await Promise.resolve(new Uint8Array(10));
        rmSync(join(machine().updatesFolder, 'incoming.hpu.part'));
        symlinkSync('/dev/full', join(machine().updatesFolder, 'incoming.hpu.part'));
        yield new Uint8Array(10);
      },
    })),
  };
  await take('one.hpu');
  assert.match((await settled()).problem?.zh ?? '', /数据盘空间不足/);
  assert.deepEqual(lying(), []);
});

test('what is asked to stop at the board stops and leaves nothing', async () => {
  const gate = Promise.withResolvers<void>();
  slowDrive(() => gate.promise);
  await take('stopped.hpu');
  const work = listOf(await administrator.get('/work'), 'work').find(({ subject }) => subject === 'stopped.hpu') ?? assert.fail('not on the board');
  assert.equal((await administrator.call('DELETE', `/work/${String(work['id'])}`)).status, 200);
  gate.resolve();
  await eventually('its end', async () => listOf(await administrator.get('/work'), 'work').find(({ subject, state }) => subject === 'stopped.hpu' && state === 'cancelled'));
  assert.deepEqual(lying(), []);
});

test('a half of another file is not gone on with, and what was begun before a restart is', async () => {
  const bytes = readFileSync(await machine().bundle('1.4.0'));
  const send = (name: string, offset: number, total = bytes.length): Promise<Reply> => administrator.send('PUT', `/system/update/bundle?offset=${String(offset)}&total=${String(total)}&name=${name}`, bytes.subarray(offset, offset + 100_000));
  await send('hospay-1.4.0.hpu', 0);
  assert.deepEqual((await read()).arriving, { from: 'upload', name: 'hospay-1.4.0.hpu', total: bytes.length, arrived: 100_000 });
  for (const wrong of [await send('other.hpu', 100_000), await send('hospay-1.4.0.hpu', 100_000, bytes.length + 1)]) assert.equal(detailOf(wrong).en, 'what has half arrived is another file: send this one from its beginning');
  assert.deepEqual(bundleFiles(machine().updatesFolder).arriving(), { from: 'upload', name: 'hospay-1.4.0.hpu', total: bytes.length, arrived: 100_000 }, 'as a platform finds it that has just started');
  assert.equal((await send('hospay-1.4.0.hpu', 100_000)).status, 200);
});
