/** What holds of an NFS export alone: it is mounted by the machine, apart from the core, for as long as a question takes. That sets go there as to any server is in `backup-servers.test.ts`; the kernel's mount in the image's test. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { TARGET_MARK, type BackupTarget } from '@hospay/server/backups/ports.js';
import { BilingualError } from '@hospay/server/domain/bilingual.js';
import { MountRefused, mountWords } from '@hospay/server/edges/backups/nfs/mount-export.js';
import { FrameReader } from '@hospay/server/edges/backups/nfs/question.js';
import type { NfsPlace } from '@hospay/server/edges/backups/rclone.js';
import { serverTarget, type ServerPatience } from '@hospay/server/edges/backups/server-target.js';
import { startNfsMachine } from './backup-servers.js';

const SET = 'hospay-demo-20261129021500.abcdefgh.tar.zst.age';
const MEGABYTE = Buffer.alloc(1_048_576, 7);
let folder = '';
let nfs: Awaited<ReturnType<typeof startNfsMachine>>;
let mountAsItIs: typeof nfs.machine.mount;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hospay-nfs-'));
  mkdirSync(join(folder, 'server'));
  nfs = await startNfsMachine(join(folder, 'server'));
  mountAsItIs = nfs.machine.mount;
});
afterEach(() => {
  nfs.machine.mount = mountAsItIs;
  nfs.machine.program = '/usr/bin/rclone';
});
after(async () => {
  await nfs.stop();
  rmSync(folder, { recursive: true, force: true });
});

const at = (patience: Partial<ServerPatience> = {}, place: NfsPlace = nfs.place, nfsSocket = nfs.socketPath): BackupTarget => serverTarget({ id: 'nas', place, hospital: 'demo', patience: { lookMs: 20_000, ...patience }, nfsSocket });
const whyUnusable = async (target: BackupTarget): Promise<string> => { const state = await target.state(); return state.kind === 'ready' ? 'ready' : state.said.zh; };
const until = async (isSo: () => boolean): Promise<void> => {
  for (const end = Date.now() + 10_000; !isSo();) {
    assert.ok(Date.now() < end, 'it did not come');
    await new Promise((go) => { setTimeout(go, 20); });
  }
};

test('it is told what is wrong with an export, in words of somebody who administers the server', async () => {
  // As the kernel and mount say it (measured against a server of NFS 4.1).
  const cases: readonly (readonly [string, RegExp])[] = [
    ['mount: special device 10.20.0.33:/nowhere does not exist.', /不存在：核对.*导出路径.*是否允许本机访问/], ['mount: permission denied.', /不允许此账号读写/], ['mount: mount() failed: Connection refused.', /连不上/],
    ['no such host: nas.yiyuan', /连不上/], ['mount: mount() failed: Protocol not supported.', /不支持所写的 NFS 版本/], ['mount: i/o timeout', /没有答复/], ['mount: mount() failed: Connection timed out.', /没有答复/],
  ];
  for (const [said, why] of cases) {
    nfs.machine.mount = () => Promise.reject(new MountRefused(said));
    const told = await whyUnusable(at());
    assert.match(told, why, said);
    assert.match(told, /^nfs:\/\/nas\.yiyuan\/sets /);
  }
  nfs.machine.mount = mountAsItIs;
  assert.match(await whyUnusable(at({}, { ...nfs.place, folder: 'nowhere' })), /不存在/);
  assert.ok(!existsSync(join(folder, 'server/nowhere')));
  assert.match(await whyUnusable(at({}, nfs.place, join(folder, 'no.sock'))), /^本机不能自行挂载 NFS（只有一体机可以）/);
  nfs.machine.program = '/nonexistent/rclone';
  assert.match(await whyUnusable(at()), /rclone cannot be started/);
});

test('a server that says nothing is given up, and who waited for it is not held', async () => {
  nfs.machine.mount = () => new Promise(() => undefined);
  const target = at({ askMs: 600 });
  const since = Date.now();
  await assert.rejects(target.list(), (error: unknown) => { assert.ok(error instanceof BilingualError); assert.match(error.said.zh, /没有答复/); return true; });
  assert.ok(Date.now() - since < 5_000);
  await until(() => nfs.connections.size === 0);
});

test('a set that is broken off ends the program that wrote it, even one that waits for a server and hears of no end', async () => {
  const pid = join(folder, 'pid');
  const program = join(folder, 'rclone-told');
  writeFileSync(program, `#!/bin/sh\nif [ "$1" = rcat ]; then echo $$ > ${pid}; cat > /dev/null; exec sleep 60; fi\nexec /usr/bin/rclone "$@"\n`, { mode: 0o755 });
  nfs.machine.program = program;
  const file = await at().begin(SET);
  for (let piece = 0; piece < 8; piece += 1) await file.write(MEGABYTE);
  await until(() => existsSync(pid));
  const running = `/proc/${readFileSync(pid, 'utf8').trim()}/stat`;
  // A zombie is nobody's work any more.
  const isRunning = (): boolean => existsSync(running) && !/\) Z /.test(readFileSync(running, 'utf8'));
  assert.ok(isRunning());
  await file.discard();
  await until(() => !isRunning());
  assert.deepEqual(readdirSync(nfs.folder), [TARGET_MARK]);
});

test('the machine takes the questions of a target and no others, whoever asks', async () => {
  let mounted = 0;
  nfs.machine.mount = (question) => {
    mounted += 1;
    return mountAsItIs(question);
  };
  const asked = async (question: unknown): Promise<string> => {
    const socket = connect({ path: nfs.socketPath, allowHalfOpen: true });
    const reader = new FrameReader();
    let told = '';
    socket.on('data', (chunk: Buffer) => { for (const { kind, bytes } of reader.take(chunk)) if (kind !== 'alive') told += `${kind}:${bytes.toString('utf8')};`; });
    socket.end(typeof question === 'string' ? question : `${JSON.stringify(question)}\n`);
    await once(socket, 'end');
    socket.destroy();
    return told;
  };
  const place = { host: 'nas', port: 2_049, exportPath: '/', folder: 'sets', version: '4.1' };
  const good = { place, words: ['lsjson', '--files-only', '--no-modtime', '--no-mimetype', 'T:'], connectMs: 1_000, idleMs: 1_000 };
  assert.match(await asked(good), /output:.*\.hospay-backup-target.*end:0;$/s);
  assert.equal(mounted, 1);
  const others: readonly unknown[] = [
    { ...good, words: ['cat', '/etc/shadow'] }, { ...good, words: ['cat', 'T:../../etc/shadow'] }, { ...good, words: ['cat', 'T:sub/x'] }, { ...good, words: ['copy', 'T:', '/tmp'] }, { ...good, words: ['cat', '--config=/x', 'T:x'] }, { ...good, words: ['deletefile', 'T:'] },
    ...[{ exportPath: '/x,exec' }, { exportPath: '/x y' }, { exportPath: 'x' }, { exportPath: '/a/../b' }, { host: '-o' }, { host: 'nas,exec' }, { folder: '../other' }, { folder: '/abs' }, { version: '3' }, { port: 0 }, { options: 'exec' }].map((wrong) => ({ ...good, place: { ...place, ...wrong } })),
    { ...good, connectMs: 0 }, 'no question at all\n', `${'x'.repeat(9_000)}\n`,
  ];
  for (const question of others) assert.match(await asked(question), /^told:(this machine knows no such question|the question is too long);end:1;$/, JSON.stringify(question).slice(0, 200));
  assert.equal(mounted, 1);
  // Who says nothing at all is left.
  assert.equal(await asked(''), '');
});

test('an export is mounted so that a server that goes away is an error after a minute, and nothing of it can be run', () => {
  const place = { host: 'nas', port: 2_049, exportPath: '/volume1/backup', version: '4.1' } as const;
  assert.deepEqual(mountWords(place, '10.20.0.33', '/mnt', 60_000), ['-i', '-t', 'nfs4', '-o', 'nosuid,nodev,noexec,softerr,timeo=100,retrans=2,proto=tcp,vers=4.1,port=2049,addr=10.20.0.33,clientaddr=0.0.0.0', '10.20.0.33:/volume1/backup', '/mnt']);
  assert.deepEqual(mountWords({ ...place, version: '4.2', port: 20_049 }, 'fd00::33', '/mnt', 600).slice(4), ['nosuid,nodev,noexec,softerr,timeo=10,retrans=2,proto=tcp6,vers=4.2,port=20049,addr=fd00::33,clientaddr=::', '[fd00::33]:/volume1/backup', '/mnt']);
});
