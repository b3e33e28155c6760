/** Sets on servers: sshd and smbd of Debian, an object storage that checks every signature, and NFS by the unit of the machine that mounts it. What holds for a folder holds there, and one that fails or hangs is told in words and holds nobody up. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { TARGET_MARK, type BackupSet, type BackupTarget } from '@hospay/server/backups/ports.js';
import { BilingualError } from '@hospay/server/domain/bilingual.js';
import type { Outcome } from '@hospay/server/domain/errors.js';
import type { ServerPlace } from '@hospay/server/edges/backups/rclone.js';
import { serverTarget, type ServerPatience } from '@hospay/server/edges/backups/server-target.js';
import { restoreSet } from '@hospay/server/platform-backup-restore.js';
import { readTargetFile } from '@hospay/server/platform-backup-targets.js';
import { freePort } from '../simulators/free-port.js';
import { ROOT } from '../end-to-end/appliance-under-test.js';
import { buildBackupBench, type BackupBench } from './backup-bench.js';
import { startNfsMachine, startS3Server, startSftpServer, startSmbServer } from './backup-servers.js';

let bench: BackupBench;
let sftp: Awaited<ReturnType<typeof startSftpServer>>;
let smb: Awaited<ReturnType<typeof startSmbServer>>;
let s3: Awaited<ReturnType<typeof startS3Server>>;
let nfs: Awaited<ReturnType<typeof startNfsMachine>>;
let folder = '';
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hospay-servers-'));
  bench = await buildBackupBench();
  for (const name of ['sftp', 'smb', 'nfs']) mkdirSync(join(folder, name));
  [sftp, smb, s3, nfs] = await Promise.all([startSftpServer(join(folder, 'sftp')), startSmbServer(join(folder, 'smb')), startS3Server(), startNfsMachine(join(folder, 'nfs'))]);
  await bench.payAndConfirm('first');
});
after(async () => {
  await Promise.all([sftp.server.stop(), smb.server.stop(), s3.server.stop(), nfs.stop()]);
  await bench.stop();
  rmSync(folder, { recursive: true, force: true });
});

const at = (place: ServerPlace, patience: Partial<ServerPatience> = {}, program?: string): BackupTarget => serverTarget({ id: place.protocol, place, hospital: 'demo', patience: { lookMs: 20_000, ...patience }, nfsSocket: nfs.socketPath, ...(program === undefined ? {} : { program }) });
/** Each with what lies there by name, and a way to put something there. */
const places = (): readonly { readonly place: ServerPlace; readonly names: () => readonly string[]; readonly put: (name: string) => void; readonly unmark: () => void }[] => [
  ...[sftp, smb, nfs].map(({ place, folder: sets }) => ({ place, names: () => readdirSync(sets), put: (name: string) => { writeFileSync(join(sets, name), 'x'); }, unmark: () => { rmSync(join(sets, TARGET_MARK)); } })),
  { place: s3.place, names: () => [...s3.server.objects.keys()].map((key) => key.replace('his/sets/', '')), put: (name) => { s3.server.put(`his/sets/${name}`, 'x'); }, unmark: () => { s3.server.objects.delete(`his/sets/${TARGET_MARK}`); } },
];
const valueOf = (outcome: Outcome<BackupSet>): BackupSet => {
  assert.equal(outcome.kind, 'ok');
  if (outcome.kind !== 'ok') throw new Error('refused');
  return outcome.value;
};
const saysWhy = (text: RegExp) => (error: unknown): boolean => { assert.ok(error instanceof BilingualError, String(error)); assert.match(error.said.zh, text); return true; };
const whyUnusable = async (target: BackupTarget): Promise<string> => { const state = await target.state(); return state.kind === 'ready' ? 'ready' : state.said.zh; };
const MEGABYTE = Buffer.alloc(1_048_576, 7);

test('a set goes to all four beside a folder, is read back from each and proved, and the keep rules remove there as well', async () => {
  bench.later(60);
  const targets = [...places().map(({ place }) => at(place)), bench.targetAt('nas', bench.nas)];
  const desk = bench.deskWith({ targets }, { daily: 1, weekly: 0, monthly: 0 });
  assert.deepEqual((await desk.targets()).map(({ id, protocol, kind }) => [id, protocol, kind]), [['sftp', 'sftp', 'ready'], ['smb', 'smb', 'ready'], ['nfs', 'nfs', 'ready'], ['s3', 's3', 'ready'], ['nas', 'folder', 'ready']]);
  for (const { place, put } of places()) for (const strange of ['holiday.jpg', 'hospay-other-20200101000000.abcdefgh.tar.zst.age']) assert.doesNotThrow(() => { put(strange); }, place.protocol);
  const first = valueOf(await desk.take({ by: 'li.admin' }));
  assert.deepEqual(first.copies.map(({ target, verifiedAt, problem }) => [target, verifiedAt !== undefined, problem]), targets.map(({ id }) => [id, true, undefined]));
  for (const target of targets) assert.ok((await target.list()).some(({ name, bytes }) => name === first.name && bytes === first.bytes), target.id);
  assert.deepEqual((await bench.workerWith({ targets }).prove({ name: first.name, target: 's3' })).problems, []);
  bench.later(86_400);
  const second = valueOf(await desk.take({ by: 'system' }));
  assert.deepEqual(second.copies.map(({ problem }) => problem), targets.map(() => undefined));
  for (const { place, names } of places()) assert.deepEqual(names().toSorted(), [TARGET_MARK, 'holiday.jpg', second.name, 'hospay-other-20200101000000.abcdefgh.tar.zst.age'].toSorted(), place.protocol);
  for (const target of targets) await target.remove(second.name);
  for (const target of targets) await target.remove(second.name);
});

test('broken off in the middle nothing is called a set, and neither a piece nor an upload stays', async () => {
  bench.later(60);
  for (const { place, names } of places()) {
    const target = at(place);
    const name = bench.setName();
    const file = await target.begin(name);
    for (let piece = 0; piece < 40; piece += 1) await file.write(MEGABYTE);
    await file.discard();
    assert.deepEqual(names().filter((one) => one.startsWith(name)), [], place.protocol);
    assert.ok(!(await target.list()).some((set) => set.name === name));
  }
  assert.equal(s3.server.uploads.size, 0);
});

test('a piece a crash left is no set and goes with the next one; what another box is writing stays', async () => {
  bench.later(60);
  for (const { place, names, put } of places()) {
    const [crashed, others] = [`${bench.setName()}.part`, 'hospay-demo-ost-20261120090000.abcdefgh.tar.zst.age.part'];
    put(crashed);
    put(others);
    const target = at(place);
    assert.ok(!(await target.list()).some(({ name }) => name.endsWith('.part')), place.protocol);
    const file = await target.begin(bench.setName());
    assert.ok(!names().includes(crashed), place.protocol);
    assert.ok(names().includes(others), place.protocol);
    await file.discard();
  }
  // Of an upload that never ended, pieces lie where no listing shows them.
  for (const key of ['his/sets/hospay-demo-20200101000000.abcdefgh.tar.zst.age.part', 'photos/x.jpg']) s3.server.uploads.set(key, { key, parts: new Map(), metadata: {} });
  await at(s3.place).clean();
  assert.deepEqual([...s3.server.uploads.keys()], ['photos/x.jpg']);
  s3.server.uploads.clear();
});

test('increments go to a server while a set is written there, neither takes the piece of the other away, and a restore from the server puts them in', async () => {
  const targets = places().map(({ place }) => at(place));
  const worker = bench.incrementsWith({ targets });
  try {
    const desk = bench.deskWith({ targets, continuous: { mark: () => worker.mark(), follow: () => undefined, state: () => ({ everySeconds: 60, targets: [] }), start: () => undefined, stop: () => Promise.resolve() } });
    bench.later(60);
    const set = valueOf(await desk.take({ by: 'system' }));
    const order = await bench.payAndConfirm('behind-the-set');
    bench.later(60);
    const name = bench.setName();
    const writing = await Promise.all(targets.map((target) => target.begin(name)));
    for (const file of writing) await file.write(MEGABYTE);
    await worker.capture({ takenAt: bench.clock.now().toISOString() });
    const sent = await worker.send({ bases: Object.fromEntries(targets.map(({ id }) => [id, set.name])) });
    assert.deepEqual(sent.map(({ target, waiting, problem, lacksBase }) => [target, waiting, problem, lacksBase]), targets.map(({ id }) => [id, 0, undefined, false]));
    for (const file of writing) await file.write(MEGABYTE);
    for (const file of writing) await file.finish();
    for (const [index, target] of targets.entries()) {
      assert.ok((await target.list()).some((one) => one.name === name && one.bytes === 2 * MEGABYTE.length), target.id);
      const into = join(folder, `continued-${target.id}`);
      const { proof } = await restoreSet({ file: set.name, from: target, identities: await bench.identities(), into, now: bench.clock.now() });
      assert.deepEqual([proof.problems, proof.increments?.count, proof.increments?.missing], [[], 1, undefined]);
      const money = new DatabaseSync(join(into, 'money.sqlite'), { readOnly: true });
      assert.equal(money.prepare('SELECT count(*) AS n FROM orders WHERE trade_no = ?').get(order.tradeNo)?.['n'], 1);
      money.close();
      for (const { name: one } of [...(await target.increments()), { name }, { name: set.name }]) await target.remove(one);
      assert.deepEqual(places()[index]?.names().filter((one) => one.includes(set.name.slice(0, 30))), []);
    }
  } finally {
    await worker.close();
  }
});

test('a line that is cut while a set is written or read is told, and what came of it is no set', async () => {
  bench.later(60);
  const file = await at(sftp.place, { idleMs: 3_000 }).begin(bench.setName());
  await file.write(MEGABYTE);
  await sftp.server.stop();
  await assert.rejects((async () => { for (let piece = 0; piece < 200; piece += 1) await file.write(MEGABYTE); await file.finish(); })(), saysWhy(/sftp:\/\/.*(连不上|无法使用)/));
  await file.discard();
  sftp = await startSftpServer(mkdtempSync(join(folder, 'sftp-')));
  assert.deepEqual(await at(sftp.place).list(), []);
});

test('without its mark a server is no target, and nothing is written', async () => {
  for (const { place, names, put, unmark } of places()) {
    unmark();
    const lying = names();
    await assert.rejects(at(place).begin(bench.setName()), saysWhy(/没有标记文件/), place.protocol);
    assert.match(await whyUnusable(at(place)), /没有标记文件/);
    assert.deepEqual(names(), lying);
    put(TARGET_MARK);
    // Another path by the time it ends.
    const file = await at(place).begin(bench.setName());
    await file.write(MEGABYTE);
    unmark();
    await assert.rejects(file.finish(), saysWhy(/没有标记文件/), place.protocol);
    await file.discard();
    assert.deepEqual(names(), lying);
    put(TARGET_MARK);
  }
});

test('whose host key is another than the pinned ones is told nothing, not even who asks', async () => {
  const one = sftp.place.hostKeys.slice(0, 1);
  for (const hostKeys of [[sftp.anotherHostKey], one]) assert.match(await whyUnusable(at({ ...sftp.place, hostKeys })), /主机密钥与配置的不符，未发送任何内容/);
  assert.equal(await whyUnusable(at({ ...sftp.place, hostKeys: [...sftp.place.hostKeys, sftp.anotherHostKey] })), 'ready');
});

test('a key that opens with its passphrase is taken, and with another it is said which of them is wrong', async () => {
  assert.equal(await whyUnusable(at({ ...sftp.place, privateKey: sftp.guardedKey, passphrase: 'a phrase' })), 'ready');
  assert.match(await whyUnusable(at({ ...sftp.place, privateKey: sftp.guardedKey, passphrase: 'another' })), /私钥打不开/);
  assert.match(await whyUnusable(at({ ...sftp.place, privateKey: 'no key at all' })), /私钥打不开/);
});

test('what is wrong is said in both languages so that somebody at night knows what to do', async () => {
  const nobody = await freePort();
  const { privateKey: _, ...byPassword } = sftp.place;
  const cases: readonly (readonly [string, ServerPlace, RegExp, RegExp])[] = [
    ['a key nobody knows', { ...sftp.place, privateKey: sftp.strangersKey }, /不接受用户名、口令或密钥/, /does not take the user name/],
    ['a password where only keys are taken', { ...byPassword, password: 'wrong' }, /不接受用户名、口令或密钥/, /does not take/],
    ['a wrong password', { ...smb.place, password: 'wrong' }, /不接受用户名、口令或密钥/, /does not take/],
    ['a wrong secret', { ...s3.place, secretAccessKey: 'wrong' }, /不接受用户名、口令或密钥/, /does not take/],
    ['an unknown key', { ...s3.place, accessKeyId: 'AKUNKNOWN' }, /不接受用户名、口令或密钥/, /does not take/],
    ['nobody listens', { ...sftp.place, port: nobody }, /连不上/, /cannot be reached/],
    ['nobody listens', { ...smb.place, port: nobody }, /连不上/, /cannot be reached/],
    ['nobody listens', { ...s3.place, endpoint: `http://127.0.0.1:${String(nobody)}` }, /连不上/, /cannot be reached/],
    ['no such share', { ...smb.place, share: 'nosuch' }, /不存在/, /is not there/],
    ['no such folder', { ...smb.place, folder: 'nosuch' }, /不存在/, /is not there/],
    ['no such folder', { ...sftp.place, folder: '/nosuch' }, /不存在/, /is not there/],
    ['no such bucket', { ...s3.place, bucket: 'nosuch' }, /不存在/, /is not there/],
  ];
  for (const [what, place, zh, en] of cases) {
    const state = await at(place).state();
    if (state.kind === 'ready') throw new Error(`${place.protocol} is ready: ${what}`);
    assert.match(state.said.zh, zh, `${place.protocol}: ${what}: ${state.said.zh}`);
    assert.match(state.said.en, en, `${place.protocol}: ${what}: ${state.said.en}`);
    assert.doesNotMatch(`${state.said.zh}${state.said.en}`, /canary|Geheim|Signature=/, what);
  }
  assert.match(await whyUnusable(at(sftp.place, {}, '/nonexistent/rclone')), /未安装 rclone/);
});

test('an account that may only read, a storage that is full and a clock that is wrong are told apart', async () => {
  const written = async (place: ServerPlace): Promise<void> => {
    const file = await at(place).begin(bench.setName());
    try {
      for (let piece = 0; piece < 40; piece += 1) await file.write(MEGABYTE);
      await file.finish();
    } finally {
      await file.discard();
    }
  };
  await assert.rejects(written({ ...smb.place, share: 'archive' }), saysWhy(/不允许此账号读写/));
  const under = async (fault: 'full' | 'readOnly' | 'late', work: () => Promise<void>): Promise<void> => {
    s3.server.state.fault = fault;
    try {
      await work();
    } finally {
      s3.server.state.fault = undefined;
    }
  };
  await under('readOnly', () => assert.rejects(written(s3.place), saysWhy(/不允许此账号读写/)));
  await under('full', () => assert.rejects(written(s3.place), saysWhy(/空间或配额已满/)));
  await under('late', async () => { assert.match(await whyUnusable(at(s3.place)), /拒绝本机的时间/); });
  assert.ok(!(await at(s3.place).list()).some(({ name }) => name === bench.setName()));
});

test('a server that falls silent in the middle is given up, and the other target has the set', async () => {
  bench.later(60);
  // Patient until it is frozen: on a busy machine a connection takes its time.
  const hanging = at(sftp.place, { connectMs: 5_000, idleMs: 5_000, askMs: 5_000, pieceMs: 1_500, endMs: 1_500 });
  const freezing: BackupTarget = { ...hanging, async begin(name) { const file = await hanging.begin(name); sftp.server.freeze(); return file; } };
  const since = Date.now();
  const set = valueOf(await bench.deskWith({ targets: [freezing, bench.targetAt('nas', bench.nas)] }).take({ by: 'system' }));
  const took = Date.now() - since;
  try {
    assert.equal(set.state, 'good');
    assert.deepEqual(set.copies.map(({ target, verifiedAt }) => [target, verifiedAt !== undefined]), [['sftp', false], ['nas', true]]);
    assert.match(set.problem?.zh ?? '', /sftp：.*(没有答复|连不上|无法使用)/);
    assert.ok(took < 30_000, `${String(took)} ms`);
    assert.match(await whyUnusable(at(sftp.place, { connectMs: 500, idleMs: 700, askMs: 1_500 })), /没有答复/);
    // A page waits for nobody, and a start for no server.
    const looked = Date.now();
    assert.match(await whyUnusable(at(sftp.place, { lookMs: 100 })), /正在连接，尚无答复/);
    assert.ok(Date.now() - looked < 3_000);
    const started = Date.now();
    await bench.deskWith({ targets: [at(sftp.place, { askMs: 20_000 })] }).start();
    assert.ok(Date.now() - started < 10_000, `the start took ${String(Date.now() - started)} ms`);
  } finally {
    sftp.server.thaw();
  }
  assert.ok(!(await at(sftp.place).list()).some(({ name }) => name === set.name));
});

test('an object storage behind a certificate of the hospital is believed by that authority alone', async () => {
  const [keyFile, certificateFile] = [join(folder, 'tls.key'), join(folder, 'tls.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyFile, '-out', certificateFile, '-days', '30', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' });
  const authorityPem = readFileSync(certificateFile, 'utf8');
  const { server, place } = await startS3Server({ keyPem: readFileSync(keyFile, 'utf8'), certificatePem: authorityPem });
  try {
    assert.match(await whyUnusable(at(place)), /证书不被信任/);
    assert.equal(await whyUnusable(at({ ...place, authorityPem })), 'ready');
    // Of the machine itself (答应文件 authorities), beside those of the system.
    assert.equal(await whyUnusable(at({ ...place, furtherAuthoritiesFile: certificateFile })), 'ready');
    const heard = server.state.requests.length;
    assert.match(await whyUnusable(at(place)), /证书不被信任/);
    assert.equal(server.state.requests.length, heard);
  } finally {
    await server.stop();
  }
});

test('what comes short, answers without end or takes too little is found out: nothing of it is called a set or a whole one', async () => {
  bench.later(60);
  /** rclone, but for one command. */
  const but = (command: string, does: string): string => {
    const program = join(folder, `rclone-${command}`);
    writeFileSync(program, `#!/bin/sh\nif [ "$1" = ${command} ]; then\n${does}\nfi\nexec /usr/bin/rclone "$@"\n`, { mode: 0o755 });
    return program;
  };
  const name = bench.setName();
  const short = await at(smb.place, {}, but('rcat', 'head -c 1000 | /usr/bin/rclone "$@"; cat > /dev/null; exit 0')).begin(name);
  await short.write(MEGABYTE);
  await assert.rejects(short.finish(), saysWhy(/只有 1000 字节，应为 1048576 字节/));
  await short.discard();
  const slow = await at(smb.place, { slowAfterMs: 300 }, but('rcat', 'while dd bs=2048 count=1 of=/dev/null 2>/dev/null; do sleep 0.05; done')).begin(name);
  await assert.rejects((async () => { for (let piece = 0; piece < 20; piece += 1) await slow.write(Buffer.alloc(65_536)); })(), saysWhy(/太慢/));
  await slow.discard();
  await assert.rejects(at(smb.place, {}, but('lsjson', 'exec yes')).list(), saysWhy(/无法使用/));
  assert.ok(!(await at(smb.place).list()).some((set) => set.name === name));
  const whole = await at(smb.place).begin(name);
  await whole.write(MEGABYTE);
  await whole.finish();
  const cut = await at(smb.place, {}, but('cat', '/usr/bin/rclone "$@" | head -c 1000; exit 1')).read(name);
  await assert.rejects((async () => { for await (const _ of cut) { /* to its end */ } })(), saysWhy(/无法使用/));
  const staying = await at(smb.place, { pieceMs: 2_000 }, but('cat', '/usr/bin/rclone "$@"; exec sleep 300 >&-')).read(name);
  await assert.rejects((async () => { for await (const _ of staying) { /* to its end */ } })(), saysWhy(/没有答复/));
  await at(smb.place).remove(name);
});

test('no secret stands on a command line or in a file, and what is not secret is gone afterwards', async () => {
  const seen = join(folder, 'seen');
  const spy = join(folder, 'rclone-spy');
  writeFileSync(spy, `#!/bin/sh\n{ printf '%s\\n' "$@"; env | grep -a -c RCLONE_CONFIG_T_; cat /tmp/hospay-target-*/* 2>/dev/null; } >> ${seen}\nexec /usr/bin/rclone "$@"\n`);
  chmodSync(spy, 0o755);
  // A process that was killed on this machine may have left one.
  const left = new Set(readdirSync(tmpdir()));
  const temporary = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('hospay-target-') && !left.has(name));
  for (const { place } of places()) {
    const target = at(place, {}, spy);
    assert.deepEqual(await Promise.all([whyUnusable(target), whyUnusable(target)]), ['ready', 'ready'], place.protocol);
    assert.equal(await whyUnusable(target), 'ready');
  }
  const text = readFileSync(seen, 'utf8');
  // However often a page looks.
  assert.equal(text.match(/^lsjson$/gm)?.length, 3);
  assert.doesNotMatch(text, /canary|Geheim|PRIVATE KEY/);
  assert.deepEqual(temporary(), []);
});

test('where the box is gone, sets are listed, fetched and restored from the server a file describes', async () => {
  bench.later(60);
  const worker = bench.incrementsWith({ targets: [at(smb.place)] });
  const { name } = valueOf(await bench.deskWith({ targets: [at(smb.place)], continuous: { mark: () => worker.mark(), follow: () => undefined, state: () => ({ everySeconds: 60, targets: [] }), start: () => undefined, stop: () => Promise.resolve() } }).take({ by: 'system' }));
  await bench.payAndConfirm('fetched');
  bench.later(60);
  await worker.capture({ takenAt: bench.clock.now().toISOString() });
  await worker.send({ bases: {} });
  await worker.close();
  const { protocol: _, password, ...described } = smb.place;
  const file = join(folder, 'server.yaml');
  writeFileSync(file, JSON.stringify({ smb: { ...described, password: { secret: 'NAS_PASSWORD' } } }));
  const hospay = async (words: readonly string[]) => {
    const child = spawn(process.execPath, [join(ROOT, 'core/server/dist/platform-backup-main.js'), ...words], { stdio: ['ignore', 'pipe', 'pipe'], env: { NAS_PASSWORD: password } });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { said += chunk.toString('utf8'); });
    const code = await new Promise<number | null>((resolve) => { child.once('close', resolve); });
    return { code, said };
  };
  const listing = hospay(['list', '--server', file, '--wait-seconds', '30']);
  // A machine whose network is not there yet.
  renameSync(join(smb.folder, TARGET_MARK), join(smb.folder, 'aside'));
  setTimeout(() => { renameSync(join(smb.folder, 'aside'), join(smb.folder, TARGET_MARK)); }, 2_000);
  const listed = await listing;
  assert.equal(listed.code, 0, listed.said);
  assert.match(listed.said, new RegExp(name));
  const fetched = await hospay(['fetch', name, '--server', file, '--into', folder]);
  assert.equal(fetched.code, 0, fetched.said);
  assert.match(fetched.said, /其后的增量 1 个/);
  assert.equal(readdirSync(folder).filter((one) => one.endsWith('-000001.tar.zst.age')).length, 1);
  assert.ok(readFileSync(join(folder, name)).equals(readFileSync(join(smb.folder, name))));
  assert.match((await hospay(['fetch', name, '--server', file, '--into', folder])).said, /已存在/);
  const into = join(folder, 'restored');
  const restored = await hospay(['restore', name, '--server', file, '--identity', bench.safeFile, '--into', into]);
  assert.equal(restored.code, 0, restored.said);
  assert.match(restored.said, /含增量 1 个/);
  assert.ok(existsSync(join(into, 'fence.json')));
});

test('a file that describes no server is refused with what does not fit, and tells no value of it', async () => {
  const described = join(folder, 'described.yaml');
  const refused = (content: unknown, why: RegExp): void => {
    writeFileSync(described, JSON.stringify(content));
    assert.throws(() => readTargetFile(described, {}), (error: unknown) => { assert.ok(error instanceof BilingualError); assert.match(error.said.zh, why); assert.doesNotMatch(error.said.zh, /canary/); return true; });
  };
  const { protocol: _, hostKeys, ...account } = sftp.place;
  refused({ smb: { host: 'nas', share: 's', user: 'u', passwrod: 'canary' } }, /smb\.password: is required and missing.*smb\.passwrod: is not a known key/);
  refused({ smb: { host: 'nas', share: 's', user: 'u', password: { secret: 'HOSPAY_TEST_NOWHERE' } } }, /HOSPAY_TEST_NOWHERE/);
  refused({ sftp: { ...account, privateKey: 'canary' } }, /sftp\.hostKeys: is required/);
  refused({ sftp: { ...account, hostKeys, password: 'canary' } }, /must have a password or a privateKey, not both/);
  refused({ folder: '/mnt/usb', s3: { endpoint: 'https://s3.yiyuan.cn', bucket: 'hospay', accessKeyId: 'a', secretAccessKey: 'canary' } }, /must be one of folder, sftp, s3, smb, nfs/);
  refused('smb', /./);
});
