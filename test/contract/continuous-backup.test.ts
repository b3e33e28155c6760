/** Continuous backup of a real data folder: what was paid after the set is in the restored box, up to the last minute that lies elsewhere, and a gap is told. */
import assert from 'node:assert/strict';
import { copyFileSync, createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import { readIncrementName } from '@hospay/server/backups/increment-name.js';
import type { BackupSet, BackupTarget, ContinuousBackup, IncrementManifest, IncrementWorker } from '@hospay/server/backups/ports.js';
import { BilingualError } from '@hospay/server/domain/bilingual.js';
import { readIncrement, writeSet } from '@hospay/server/edges/backups/archive.js';
import { sealOf } from '@hospay/server/edges/backups/increment-seal.js';
import { streamsOf } from '@hospay/server/edges/backups/streams-file.js';
import { restoreSet, type HowFar } from '@hospay/server/platform-backup-restore.js';
import { buildBackupBench, type BackupBench } from './backup-bench.js';

let bench: BackupBench;
let worker: IncrementWorker;
let bases: Record<string, string>;
beforeEach(async () => {
  bench = await buildBackupBench();
  worker = bench.incrementsWith();
  bases = {};
});
afterEach(async () => {
  await worker.close();
  await bench.stop();
});

/** As the desk is joined to them in the house, without its timer. */
const marking = (): ContinuousBackup => ({ mark: () => worker.mark(), follow: () => undefined, state: () => ({ everySeconds: 60, targets: [] }), start: () => undefined, stop: () => Promise.resolve() });
async function takeSet(): Promise<BackupSet> {
  bench.later(60);
  const taken = await bench.deskWith({ continuous: marking() }).take({ by: 'system' });
  if (taken.kind !== 'ok' || taken.value.state !== 'good') assert.fail(JSON.stringify(taken));
  bases = { usb: taken.value.name, nas: taken.value.name };
  return taken.value;
}
async function increment() {
  bench.later(60);
  await worker.capture({ takenAt: bench.clock.now().toISOString() });
  return worker.send({ bases });
}
const incrementsIn = (folder: string): readonly string[] => readdirSync(folder).filter((name) => readIncrementName(name) !== undefined).toSorted();
let boxes = 0;
async function restore(set: BackupSet, { from = bench.usb, ...how }: HowFar & { readonly from?: string } = {}) {
  boxes += 1;
  const into = join(bench.root, `box-${String(boxes)}`);
  const { proof, manifest } = await restoreSet({ file: join(from, set.name), identities: await bench.identities(), into, now: bench.clock.now(), ...how });
  const money = new DatabaseSync(join(into, 'money.sqlite'), { readOnly: true });
  const orders = money.prepare('SELECT trade_no FROM orders').all().map((row) => row['trade_no']);
  money.close();
  return { into, proof, manifest, orders, has: (order: { readonly tradeNo: string }) => orders.includes(order.tradeNo) };
}

test('what was paid after the set, and a file that came, is in the box that is made of set and increments, whole and proved', async () => {
  const before = await bench.payAndConfirm('before');
  const set = await takeSet();
  const first = await bench.payAndConfirm('first');
  writeFileSync(join(bench.dataFolder, 'statements/2026-11-19/alipay.zip'), 'came later');
  await increment();
  const second = await bench.payAndConfirm('second');
  const sent = await increment();
  assert.deepEqual(sent.map(({ target, waiting, problem, last }) => [target, waiting, problem, last?.no]), [['usb', 0, undefined, 2], ['nas', 0, undefined, 2]]);
  const box = await restore(set);
  assert.deepEqual([box.has(before), box.has(first), box.has(second)], [true, true, true]);
  assert.deepEqual([box.proof.problems, box.proof.increments?.count, box.proof.increments?.missing], [[], 2, undefined]);
  assert.equal(box.manifest.takenAt, bench.clock.now().toISOString());
  assert.equal(box.manifest.journal.seq, (await bench.store.journalHead()).seq);
  assert.equal(readFileSync(join(box.into, 'statements/2026-11-19/alipay.zip'), 'utf8'), 'came later');
  assert.ok(!existsSync(join(box.into, 'backup-increments')) && !existsSync(join(box.into, 'increments')));
  await assert.rejects(restore({ ...set, name: incrementsIn(bench.usb)[0] ?? '' }), (error: unknown) => error instanceof BilingualError && /这是增量/.test(error.said.zh));
  const alone = await restore(set, { setAlone: true });
  assert.deepEqual([alone.has(before), alone.has(first)], [true, false]);
});

test('nothing changed makes no increment, and what has reached every target does not stay on this machine', async () => {
  await takeSet();
  await bench.payAndConfirm('one');
  await increment();
  await increment();
  assert.equal(incrementsIn(bench.usb).length, 1);
  assert.deepEqual(readdirSync(join(bench.dataFolder, 'backup-increments')), []);
  assert.deepEqual(existsSync(join(bench.dataFolder, 'backup-work/increment')), false);
});

test('a restore until a moment has what was there then, and not what came after it', async () => {
  const set = await takeSet();
  const first = await bench.payAndConfirm('first');
  await increment();
  const until = bench.clock.now();
  const second = await bench.payAndConfirm('second');
  await increment();
  const box = await restore(set, { until });
  assert.deepEqual([box.has(first), box.has(second), box.proof.problems], [true, false, []]);
  assert.equal(box.manifest.takenAt, until.toISOString());
});

test('behind a damaged increment, and behind one that is missing, nothing is put in, and it is said', async () => {
  const set = await takeSet();
  const paid = [];
  for (const quote of ['first', 'second', 'third']) {
    paid.push(await bench.payAndConfirm(quote));
    await increment();
  }
  const [, second] = incrementsIn(bench.usb);
  const file = join(bench.usb, second ?? '');
  const whole = readFileSync(file);
  const broken = Buffer.from(whole);
  broken[broken.length - 200] = (broken[broken.length - 200] ?? 0) ^ 1;
  writeFileSync(file, broken);
  const damaged = await restore(set);
  assert.deepEqual(paid.map((order) => damaged.has(order)), [true, false, false]);
  assert.deepEqual([damaged.proof.problems, damaged.proof.increments?.count], [[], 1]);
  assert.match(damaged.proof.increments?.missing?.zh ?? '', /增量 2 不能用/);
  rmSync(file);
  const gap = await restore(set);
  assert.deepEqual(paid.map((order) => gap.has(order)), [true, false, false]);
  assert.match(gap.proof.increments?.missing?.zh ?? '', /缺少增量 2，其后 1 个不能用/);
  // The other target has it.
  const other = await restore(set, { from: bench.nas });
  assert.deepEqual(paid.map((order) => other.has(order)), [true, true, true]);
  // Another increment under its name.
  copyFileSync(join(bench.usb, incrementsIn(bench.usb)[0] ?? ''), file);
  assert.match((await restore(set)).proof.increments?.missing?.zh ?? '', /不是它名字所说的增量/);
});

/** In place of the newest increment: one as it could be made by whoever may write there, knows the public keys and has read how it is done; sealed with what he takes for the identity of the box. */
async function forgeNewest(identity: string, change: (told: IncrementManifest) => Partial<IncrementManifest> = () => ({})): Promise<void> {
  const file = join(bench.usb, incrementsIn(bench.usb).at(-1) ?? '');
  const taken = await readIncrement({ source: createReadStream(file), identities: await bench.identities() });
  const profile = join(bench.root, 'forged.yaml');
  writeFileSync(profile, 'hospital: { id: evil }\n');
  rmSync(file);
  const stranger = createWriteStream(file);
  await writeSet({
    sources: [{ path: 'configuration/profiles/house.yaml', file: profile }], recipients: bench.recipients.map(({ recipient }) => recipient), check: () => undefined,
    manifest: (files) => { const forged = { ...taken, ...change(taken), pages: [], files }; return { ...forged, seal: sealOf(forged, identity) }; },
    write: async (chunk) => { stranger.write(chunk); },
  });
  await new Promise((closed) => { stranger.end(closed); });
}

test('an increment somebody else encrypted to the hospital\'s keys and laid beside the set is not believed', async () => {
  const set = await takeSet();
  const first = await bench.payAndConfirm('first');
  await increment();
  await bench.payAndConfirm('second');
  await increment();
  await forgeNewest('AGE-SECRET-KEY-1GUESS');
  const box = await restore(set);
  assert.deepEqual([box.has(first), box.proof.increments?.count], [true, 1]);
  assert.match(box.proof.increments?.missing?.zh ?? '', /增量 2 不能用；不是这台机器所写/);
  assert.doesNotMatch(readFileSync(join(box.into, 'restored-configuration/profiles/house.yaml'), 'utf8'), /evil/);
});

test('increments after which the ledger or the audit log lacks what the last one promised make no box', async () => {
  const set = await takeSet();
  await bench.payAndConfirm('first');
  await increment();
  await forgeNewest(bench.own.identity, ({ journal }) => ({ journal: { ...journal, seq: journal.seq + 1 } }));
  await assert.rejects(restore(set), (error: unknown) => error instanceof BilingualError && /对不上/.test(error.said.zh));
  await forgeNewest(bench.own.identity, ({ journal, audit }) => ({ journal: { ...journal, seq: 0 }, audit: { ...audit, hash: 'f'.repeat(64) } }));
  await assert.rejects(restore(set), (error: unknown) => error instanceof BilingualError && /对不上/.test(error.said.zh));
  assert.deepEqual((await restore(set, { setAlone: true })).proof.problems, []);
});

test('increments that are older than the copied databases are put in with one that is not, or not at all', async () => {
  const continuous = marking();
  let marked: Awaited<ReturnType<ContinuousBackup['mark']>>;
  // Between the mark and the copies an increment is taken, and then somebody pays.
  const desk = bench.deskWith({
    continuous: { ...continuous, mark: async () => {
      marked = await worker.mark();
      await bench.payAndConfirm('early');
      await worker.capture({ takenAt: bench.clock.now().toISOString() });
      await bench.payAndConfirm('late');
      await new Promise((go) => { setTimeout(go, 5); });
      return marked;
    } },
  });
  const taken = await desk.take({ by: 'system' });
  if (taken.kind !== 'ok') assert.fail();
  await worker.send({ bases });
  assert.equal(incrementsIn(bench.usb).length, 1);
  const journal = (await bench.store.journalHead()).seq;
  const early = await restore(taken.value);
  assert.deepEqual([early.proof.problems, early.proof.increments, early.manifest.journal.seq], [[], undefined, journal]);
  await new Promise((go) => { setTimeout(go, 5); });
  const after = await bench.payAndConfirm('after');
  await increment();
  const whole = await restore(taken.value);
  assert.deepEqual([whole.proof.problems, whole.proof.increments?.count, whole.has(after)], [[], 2, true]);
});

test('payments that go on while increments are taken are in the box as they were committed, and it is whole every time', async () => {
  const set = await takeSet();
  let paid = 0;
  const isOver = { is: false };
  const paying = (async () => {
    while (!isOver.is) {
      await bench.payAndConfirm(`during-${String(paid)}`);
      paid += 1;
      await new Promise((go) => { setImmediate(go); });
    }
  })();
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((go) => { setTimeout(go, 40); });
    await worker.capture({ takenAt: bench.clock.now().toISOString() });
    await worker.send({ bases });
    const box = await restore(set);
    assert.deepEqual([box.proof.problems, box.proof.increments?.missing], [[], undefined]);
    assert.ok((box.proof.increments?.count ?? 0) > turn);
  }
  isOver.is = true;
  await paying;
  await increment();
  assert.equal((await restore(set)).manifest.journal.seq, (await bench.store.journalHead()).seq);
  assert.ok(paid > 5, `only ${String(paid)} payments`);
});

test('a target that is away gets what waits when it comes back; the others do not wait for it', async () => {
  const set = await takeSet();
  renameSync(bench.nas, `${bench.nas}-away`);
  const order = await bench.payAndConfirm('while-away');
  const sent = await increment();
  assert.deepEqual(sent.map(({ target, waiting, problem }) => [target, waiting, problem === undefined]), [['usb', 0, true], ['nas', 1, false]]);
  assert.ok((await restore(set)).has(order));
  await bench.payAndConfirm('more');
  await increment();
  renameSync(`${bench.nas}-away`, bench.nas);
  const back = await increment();
  assert.deepEqual(back.map(({ waiting, problem }) => [waiting, problem]), [[0, undefined], [0, undefined]]);
  const box = await restore(set, { from: bench.nas });
  assert.deepEqual([box.has(order), box.proof.increments?.missing], [true, undefined]);
});

test('a drive that was exchanged is not taken for the one that has the set: it is told to lack it, and what lies on the old one', async () => {
  const set = await takeSet();
  await bench.payAndConfirm('on-the-first');
  await increment();
  renameSync(bench.usb, `${bench.usb}-in-the-safe`);
  mkdirSync(bench.usb);
  writeFileSync(join(bench.usb, '.hospay-backup-target'), '');
  const [empty, nas] = await increment();
  assert.deepEqual([empty?.lacksBase, empty?.missing?.no, nas?.lacksBase, nas?.missing], [true, 1, false, undefined]);
  const order = await bench.payAndConfirm('on-the-second');
  await increment();
  const next = await takeSet();
  const [filled] = await increment();
  assert.deepEqual([filled?.lacksBase, (filled?.missing?.no ?? 0) > ((await worker.mark()).no)], [false, false]);
  assert.ok((await restore(next)).has(order));
  assert.ok(!(await restore(set, { from: `${bench.usb}-in-the-safe` })).has(order));
});

test('a stop waits for no target that takes its time: what it has not got waits on this machine for the next start', async () => {
  await worker.close();
  let discarded = 0;
  const held = Promise.withResolvers<void>();
  // A server that accepts the bytes and never says that it has them.
  const [usb] = bench.targets;
  const slow: BackupTarget = { ...(usb ?? assert.fail()), id: 'slow', begin: () => Promise.resolve({ write: () => Promise.resolve(), finish: () => held.promise, discard() { discarded += 1; held.reject(new BilingualError({ zh: '已中断', en: 'ended' })); return Promise.resolve(); } }) };
  const stopping = bench.incrementsWith({ targets: [slow] });
  await stopping.mark();
  await bench.payAndConfirm('on-its-way');
  await stopping.capture({ takenAt: bench.clock.now().toISOString() });
  const sending = stopping.send({ bases: {} });
  await new Promise((go) => { setTimeout(go, 100); });
  await stopping.close();
  assert.equal((await sending)[0]?.problem?.zh, '已中断');
  assert.ok(discarded > 0);
  assert.equal(readdirSync(join(bench.dataFolder, 'backup-increments')).length, 1);
  // The next start knows of it, takes away what a crash left half written, and sends it.
  writeFileSync(join(bench.dataFolder, 'backup-increments', '.hospay-demo-half'), 'half');
  renameSync(bench.nas, `${bench.nas}-away`);
  worker = bench.incrementsWith();
  await worker.mark();
  assert.deepEqual((await worker.send({ bases: {} })).map(({ target, waiting }) => [target, waiting]), [['usb', 0], ['nas', 1]]);
  renameSync(`${bench.nas}-away`, bench.nas);
  await worker.send({ bases: {} });
  assert.deepEqual([incrementsIn(bench.usb).length, readdirSync(join(bench.dataFolder, 'backup-increments')).length], [1, 0]);
});

test('what waits takes no more of the disk than it may: the oldest goes, and the target that lacks it is told to have a gap', async () => {
  await worker.close();
  worker = bench.incrementsWith({ mostWaitingBytes: 1 });
  await takeSet();
  rmSync(join(bench.nas, '.hospay-backup-target'));
  await bench.payAndConfirm('lost');
  await increment();
  const [, nas] = await increment();
  assert.equal(nas?.missing?.no, 1);
  assert.deepEqual(readdirSync(join(bench.dataFolder, 'backup-increments')), []);
});

test('a full data disk takes no increment, says so, and the next has what it did not', async () => {
  const set = await takeSet();
  const order = await bench.payAndConfirm('on-a-full-disk');
  const full = bench.incrementsWith({ reserveBytes: Number.MAX_SAFE_INTEGER });
  await assert.rejects(full.capture({ takenAt: bench.clock.now().toISOString() }), (error: unknown) => error instanceof BilingualError && /剩余空间不足/.test(error.said.zh));
  await full.close();
  await increment();
  assert.ok((await restore(set)).has(order));
});

test('an increment that cannot be kept is seen again with the next, in the same run', async () => {
  const set = await takeSet();
  const order = await bench.payAndConfirm('not-kept');
  const waiting = join(bench.dataFolder, 'backup-increments');
  rmSync(waiting, { recursive: true, force: true });
  writeFileSync(waiting, 'no folder');
  await assert.rejects(worker.capture({ takenAt: bench.clock.now().toISOString() }), BilingualError);
  rmSync(waiting);
  const { stream } = await worker.mark();
  await increment();
  assert.equal(readIncrementName(incrementsIn(bench.usb)[0] ?? '')?.stream, stream);
  assert.ok((await restore(set)).has(order));
});

test('the weekly proof puts the increments in and says up to when', async () => {
  const desk = bench.deskWith({ continuous: marking() });
  bench.later(60);
  const taken = await desk.take({ by: 'system' });
  if (taken.kind !== 'ok') assert.fail();
  await bench.payAndConfirm('proved');
  await increment();
  const proved = await desk.prove({ by: 'system' });
  if (proved.kind !== 'ok') assert.fail();
  assert.equal(proved.value.proofFailedAt, undefined, proved.value.proof?.zh);
  assert.match(proved.value.proof?.zh ?? '', /含增量 1 个，数据截至 2026-11-20 09:/);
});

test('increments stay behind the newest two sets; those of another box are nobody\'s to remove', async () => {
  const { stream } = await worker.mark();
  streamsOf(bench.dataFolder).remember(stream);
  const desk = bench.deskWith({ continuous: marking(), streams: streamsOf(bench.dataFolder).known() });
  for (let night = 0; night < 3; night += 1) {
    bench.later(86_400);
    const taken = await desk.take({ by: 'system' });
    assert.equal(taken.kind, 'ok');
    await bench.payAndConfirm(`night-${String(night)}`);
    await increment();
    if (night === 0) copyFileSync(join(bench.usb, incrementsIn(bench.usb)[0] ?? ''), join(bench.usb, (incrementsIn(bench.usb)[0] ?? '').replace(stream, 'ffffffff')));
  }
  const left = incrementsIn(bench.usb).map((name) => readIncrementName(name));
  assert.deepEqual(left.map((read) => [read?.stream === stream, read?.no]), [[false, 1], [true, 2], [true, 3]]);
});

test('a run that begins anew has a name of its own, and its increments follow only the sets of that run', async () => {
  const set = await takeSet();
  const first = await bench.payAndConfirm('first');
  await increment();
  await worker.close();
  worker = bench.incrementsWith();
  const second = await bench.payAndConfirm('second');
  await increment();
  const third = await bench.payAndConfirm('third');
  await increment();
  const box = await restore(set);
  assert.deepEqual([box.has(first), box.has(second), box.has(third), box.proof.problems], [true, false, false, []]);
  const next = await takeSet();
  assert.ok((await restore(next)).has(third));
});

test('increments of another history are refused even where the same box seems to have made them, and the set alone is there to be had', async () => {
  await bench.payAndConfirm('first');
  // Another hospital's set, and increments of this one that bear its seal.
  const other = await buildBackupBench();
  const strange = bench.incrementsWith({ targets: [other.targetAt('usb', other.usb)], identity: other.own.identity, recipients: [other.own.recipient, other.safe] });
  try {
    other.later(60);
    const taken = await other.deskWith({ continuous: { ...marking(), mark: () => strange.mark() } }).take({ by: 'system' });
    if (taken.kind !== 'ok') assert.fail();
    await bench.payAndConfirm('second');
    await strange.capture({ takenAt: bench.clock.now().toISOString() });
    await strange.send({ bases: {} });
    assert.equal(incrementsIn(other.usb).length, 1);
    const restoreOther = (into: string, how: HowFar = {}) => other.identities().then((identities) => restoreSet({ file: join(other.usb, taken.value.name), identities, into: join(other.root, into), now: other.clock.now(), ...how }));
    await assert.rejects(restoreOther('one'), (error: unknown) => error instanceof BilingualError && /对不上|核对未通过|读不出|已损坏/.test(error.said.zh));
    assert.deepEqual((await restoreOther('two', { setAlone: true })).proof.problems, []);
  } finally {
    await strange.close();
    await other.stop();
  }
});

test('a log that is lost begins another run, and the next set is what its increments follow', async () => {
  const set = await takeSet();
  const { stream } = await worker.mark();
  // The log is emptied behind the back of everybody, as a broken disk may.
  await bench.payAndConfirm('first');
  await increment();
  const writer = new DatabaseSync(join(bench.dataFolder, 'plugins.sqlite'));
  writer.exec("INSERT INTO plugin_record VALUES ('wechat', 'k', '1')");
  writer.exec('PRAGMA wal_checkpoint(PASSIVE)');
  writer.close();
  await increment();
  writeFileSync(join(bench.dataFolder, 'plugins.sqlite-wal'), '');
  await assert.rejects(worker.capture({ takenAt: bench.clock.now().toISOString() }), BilingualError);
  const again = await worker.mark();
  assert.notEqual(again.stream, stream);
  assert.equal(again.no, 0);
  assert.deepEqual((await restore(set)).proof.problems, []);
});

test('a set that asks for its mark while the first increment begins is of the same run: none is left behind that holds the logs', async () => {
  const [mark, captured] = await Promise.all([worker.mark(), worker.capture({ takenAt: bench.clock.now().toISOString() })]);
  assert.equal(mark.stream, captured.stream);
  assert.deepEqual(await worker.mark(), captured);
});

test('a run that is about to begin when the platform stops opens nothing', async () => {
  const asked = assert.rejects(worker.mark(), /stopping/);
  await worker.close();
  await asked;
});
