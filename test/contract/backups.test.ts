/** Sets of a real data folder: taken while payments go on, read back, proved, and never taken for whole when they are not. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { BackupSet, BackupTarget } from '@hospay/server/backups/ports.js';
import { BilingualError } from '@hospay/server/domain/bilingual.js';
import type { Outcome } from '@hospay/server/domain/errors.js';
import { readSet } from '@hospay/server/edges/backups/archive.js';
import { makeIdentityFile, readIdentities } from '@hospay/server/edges/backups/age-keys.js';
import { folderTarget } from '@hospay/server/edges/backups/folder-target.js';
import { buildBackupBench, type BackupBench } from './backup-bench.js';

let bench: BackupBench;
before(async () => { bench = await buildBackupBench(); });
after(() => bench.stop());

const valueOf = (outcome: Outcome<BackupSet>): BackupSet => {
  assert.equal(outcome.kind, 'ok');
  if (outcome.kind !== 'ok') throw new Error('refused');
  return outcome.value;
};
const setsIn = (folder: string): readonly string[] => readdirSync(folder).filter((name) => !name.startsWith('.'));
const read = async (name: string, identities: readonly string[], folder = bench.usb) => readSet({ source: await bench.targetAt('usb', folder).read(name), identities });
const saysWhy = (text: RegExp) => (error: unknown): boolean => { assert.ok(error instanceof BilingualError, String(error)); assert.match(error.said.zh, text); return true; };

test('a set holds databases, files, configuration and keys, goes to every target, and is read back at once', async () => {
  await bench.payAndConfirm('first');
  bench.later(60);
  const set = valueOf(await bench.deskWith().take({ by: 'li.admin' }));
  assert.equal(set.state, 'good');
  assert.deepEqual(set.copies.map(({ target, verifiedAt, problem }) => [target, verifiedAt !== undefined, problem]), [['usb', true, undefined], ['nas', true, undefined]]);
  assert.match(set.name, /^hospay-demo-20261120\d{6}\.[a-z0-9]{8}\.[a-z0-9]{8}\.tar\.zst\.age$/);
  // The hospital's own key opens it without the box.
  const manifest = await read(set.name, await bench.identities());
  const paths = [...manifest.databases, ...manifest.files].map(({ path }) => path);
  assert.deepEqual(paths, ['data/money.sqlite', 'data/plugins.sqlite', 'data/platform.sqlite', 'data/keys/backup-identity.txt', 'data/keys/platform.key', 'data/statements/2026-11-19/wechat.gz', 'configuration/profiles/house.yaml']);
  assert.equal(manifest.journal.seq, (await bench.store.journalHead()).seq);
  assert.ok(!paths.some((path) => path.includes('logs') || path.includes('exports')));
  assert.equal(existsSync(join(bench.dataFolder, 'backup-work/taking')), false);
  assert.equal(bench.acts.at(-1)?.what, 'backup.take');
});

test('a folder that says it can be made anew is in no set; one that only has a file of that name is', async () => {
  const [cache, kept] = [join(bench.dataFolder, 'made-anew'), join(bench.dataFolder, 'kept')];
  for (const folder of [cache, kept]) mkdirSync(folder);
  writeFileSync(join(cache, 'CACHEDIR.TAG'), 'Signature: 8a477f597d28d172789f06886806bc55\n# what lies here is built\n');
  writeFileSync(join(cache, 'disk.raw'), 'large');
  writeFileSync(join(kept, 'CACHEDIR.TAG'), 'a note\n');
  try {
    bench.later(60);
    const set = valueOf(await bench.deskWith().take({ by: 'li.admin' }));
    const paths = (await read(set.name, await bench.identities())).files.map(({ path }) => path);
    assert.deepEqual([paths.some((path) => path.includes('made-anew')), paths.includes('data/kept/CACHEDIR.TAG')], [false, true]);
  } finally {
    for (const folder of [cache, kept]) rmSync(folder, { recursive: true });
  }
});

test('payments that go on during a backup are in it whole or not at all, and every proved set balances', async () => {
  const desk = bench.deskWith();
  let paid = 0;
  const isOver = { is: false };
  const paying = (async () => {
    while (!isOver.is) {
      await bench.payAndConfirm(`during-${String(paid)}`);
      paid += 1;
      await new Promise((go) => { setImmediate(go); });
    }
  })();
  for (let turn = 0; turn < 4; turn += 1) {
    await new Promise((go) => { setTimeout(go, 30); });
    bench.later(5);
    const set = valueOf(await desk.take({ by: 'system' }));
    assert.equal(set.state, 'good', set.problem?.en);
    const proved = valueOf(await desk.prove({ by: 'system', name: set.name }));
    assert.equal(proved.proofFailedAt, undefined, proved.proof?.en);
    assert.match(proved.proof?.zh ?? '', /已完整恢复并核对/);
  }
  isOver.is = true;
  await paying;
  assert.ok(paid > 4, `only ${String(paid)} payments`);
});

test('a flipped bit, a missing end and another key are told apart from a whole set, and the rest of the copies stay good', async () => {
  bench.later(60);
  const set = valueOf(await bench.deskWith().take({ by: 'system' }));
  const [whole, broken] = [join(bench.usb, set.name), join(bench.root, 'broken')];
  cpSync(bench.usb, broken, { recursive: true });
  const path = join(broken, set.name);
  const bytes = readFileSync(path);
  bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  await assert.rejects(read(set.name, await bench.identities(), broken), saysWhy(/损坏或不完整/));
  cpSync(whole, path);
  for (const cut of [1, 100, Math.floor(bytes.length / 2)]) {
    truncateSync(path, bytes.length - cut);
    await assert.rejects(read(set.name, await bench.identities(), broken), saysWhy(/损坏或不完整/), `cut by ${String(cut)}`);
    cpSync(whole, path);
  }
  await makeIdentityFile(join(bench.root, 'strange.txt'), 'a stranger');
  const strangers = (await readIdentities(join(bench.root, 'strange.txt'))).map(({ identity }) => identity);
  await assert.rejects(read(set.name, strangers, broken), saysWhy(/这把密钥打不开/));
  await assert.rejects(bench.workerWith({ targets: [bench.targetAt('usb', broken)], identity: strangers[0] ?? '' }).verify({ name: set.name, target: 'usb' }), saysWhy(/这把密钥打不开/));
  assert.equal((await read(set.name, await bench.identities())).hospital, 'demo');
});

test('a target without its mark is not written, says why, and the other one still has the set', async () => {
  bench.later(60);
  const gone = join(bench.root, 'not-mounted');
  const targets = [bench.targetAt('gone', gone), bench.targetAt('nas', bench.nas)];
  const desk = bench.deskWith({ targets });
  const set = valueOf(await desk.take({ by: 'system' }));
  assert.equal(set.state, 'good');
  assert.match(set.problem?.zh ?? '', /gone：.*未挂载/);
  assert.equal((await desk.health()).lastFailed, true);
  assert.equal(existsSync(gone), false);
  assert.deepEqual((await desk.targets()).map(({ id, kind }) => [id, kind]), [['gone', 'unusable'], ['nas', 'ready']]);
});

test('a disk that fills up in the middle leaves no set behind, and the attempt is told as failed', async () => {
  bench.later(60);
  const folder = join(bench.root, 'full');
  cpSync(bench.nas, folder, { recursive: true, filter: (path) => !path.endsWith('.age') });
  const real = bench.targetAt('full', folder);
  const small: BackupTarget = {
    ...real,
    async begin(name) {
      const file = await real.begin(name);
      let room = 100_000;
      return { ...file, async write(chunk) { room -= chunk.byteLength; if (room < 0) throw new BilingualError({ zh: `${folder} 空间不足`, en: `${folder} is full` }); await file.write(chunk); } };
    },
  };
  const set = valueOf(await bench.deskWith({ targets: [small] }).take({ by: 'system' }));
  assert.equal(set.state, 'failed');
  assert.match(set.problem?.zh ?? '', /空间不足/);
  assert.deepEqual(setsIn(folder), []);
  // The data disk itself: payments come first.
  bench.later(60);
  const scarce = valueOf(await bench.deskWith({ reserveBytes: Number.MAX_SAFE_INTEGER }).take({ by: 'system' }));
  assert.match(scarce.problem?.zh ?? '', /数据盘剩余空间不足/);
});

test('killed in the middle it leaves only what nobody takes for a set, and the next start says so and clears it', async () => {
  bench.later(60);
  const name = bench.setName();
  writeFileSync(join(bench.usb, `${name}.part`), new Uint8Array(1_000));
  await bench.platform.backups.begin({ name, by: 'system', at: bench.clock.now() });
  assert.ok(!(await bench.targets[0]?.list())?.some((set) => set.name === name));
  await bench.deskWith().start();
  assert.ok(!readdirSync(bench.usb).some((entry) => entry.endsWith('.part')));
  const set = await bench.platform.backups.find(name);
  assert.deepEqual([set?.state, set?.problem?.zh], ['failed', '平台在备份过程中停止']);
});

test('cancelled it ends before its next piece and leaves nothing', async () => {
  bench.later(60);
  const worker = bench.workerWith();
  const name = bench.setName();
  const taking = worker.take({ name, takenAt: bench.clock.now().toISOString() });
  await worker.cancel();
  await assert.rejects(taking, saysWhy(/已取消/));
  assert.ok(!setsIn(bench.usb).some((entry) => entry.startsWith(name)));
});

test('a set whose ledger was altered is not proved, and what is wrong is said', async () => {
  bench.later(60);
  const database = bench.store.database;
  const { sql } = database.prepare("SELECT sql FROM sqlite_master WHERE name = 'entry_no_update'").get() ?? {};
  database.exec('DROP TRIGGER entry_no_update');
  const { id, amount_fen: fen } = database.prepare('SELECT id, amount_fen FROM entry LIMIT 1').get() ?? {};
  database.prepare('UPDATE entry SET amount_fen = ? WHERE id = ?').run(Number(fen) + 1, Number(id));
  const desk = bench.deskWith();
  const { name } = valueOf(await desk.take({ by: 'system' }));
  const earlier = (await desk.health()).lastProvedAt;
  const proof = valueOf(await desk.prove({ by: 'system', name }));
  assert.equal(proof.provedAt, undefined);
  assert.match(proof.proof?.zh ?? '', /恢复演练发现 \d+ 处问题：账本/);
  assert.deepEqual((await desk.health()).lastProvedAt, earlier);
  database.prepare('UPDATE entry SET amount_fen = ? WHERE id = ?').run(Number(fen), Number(id));
  database.exec(String(sql));
  assert.equal(existsSync(join(bench.dataFolder, 'backup-work/proving')), false);
});

test('a set whose secrets need another key is not proved', async () => {
  bench.later(60);
  const [key, aside] = [join(bench.dataFolder, 'keys/platform.key'), readFileSync(join(bench.dataFolder, 'keys/platform.key'))];
  rmSync(key);
  writeFileSync(key, Buffer.alloc(32, 7), { mode: 0o600 });
  const desk = bench.deskWith();
  const { name } = valueOf(await desk.take({ by: 'system' }));
  const proof = valueOf(await desk.prove({ by: 'system', name }));
  writeFileSync(key, aside);
  assert.match(proof.proof?.zh ?? '', /另一把密钥/);
  assert.equal(proof.provedAt, undefined);
});

test('old sets go by the keep rules once a newer one was read back, never the newest proved one, never what is not ours', async () => {
  const folder = join(bench.root, 'kept');
  cpSync(bench.nas, folder, { recursive: true, filter: (path) => !path.endsWith('.age') });
  const strange = ['hospay-other-20200101000000.abcdefgh.tar.zst.age', 'holiday.jpg', 'hospay-demo-20200101000000.abcdefgh.tar.zst.age'];
  for (const name of strange) writeFileSync(join(folder, name), 'x');
  const desk = bench.deskWith({ targets: [folderTarget({ id: 'kept', folder, hospital: 'demo' })] }, { daily: 2, weekly: 1, monthly: 1 });
  const names: string[] = [];
  for (let day = 0; day < 5; day += 1) {
    bench.later(86_400);
    names.push(valueOf(await desk.take({ by: 'system' })).name);
    if (day === 1) await desk.prove({ by: 'system' });
  }
  assert.deepEqual(setsIn(folder).filter((name) => !strange.includes(name)).toSorted(), [names[1], names[3], names[4]].toSorted());
  for (const name of strange) assert.ok(existsSync(join(folder, name)), name);
  assert.equal((await bench.platform.backups.find(names[0] ?? ''))?.state, 'removed');
});

test('two at once, and a box that is fenced: nothing is taken', async () => {
  bench.later(60);
  const desk = bench.deskWith();
  const [first, second] = await Promise.all([desk.take({ by: 'system' }), desk.take({ by: 'system' })]);
  assert.equal(first.kind, 'ok');
  assert.equal(second.kind, 'refused');
  const fence = { set: 'hospay-demo-20261120090000.abcdefgh.tar.zst.age', takenAt: '', restoredAt: '', journal: { seq: 0, hash: '' } };
  const fenced = await bench.deskWith({ fence }).take({ by: 'system' });
  assert.equal(fenced.kind, 'refused');
});

test('a fenced box asks no server of backups, neither for a page nor for a proof; a disk that is plugged in it does', async () => {
  bench.later(60);
  const fence = { set: 'hospay-demo-20261120090000.abcdefgh.tar.zst.age', takenAt: '', restoredAt: '', journal: { seq: 0, hash: '' } };
  const disk = bench.targetAt('nas', bench.nas);
  let asked = 0;
  const server: BackupTarget = { ...disk, protocol: 'sftp', state() { asked += 1; return disk.state(); }, read(name) { asked += 1; return disk.read(name); } };
  assert.equal((await bench.deskWith({ targets: [server] }).take({ by: 'system' })).kind, 'ok');
  asked = 0;
  const fenced = bench.deskWith({ fence, targets: [server] });
  const [told] = await fenced.targets();
  assert.ok(told?.kind === 'unusable' && told.said.zh.includes('隔离'), JSON.stringify(told));
  assert.equal((await fenced.prove({ by: 'system' })).kind, 'refused');
  assert.equal(asked, 0);
  assert.equal((await bench.deskWith({ fence, targets: [disk] }).targets())[0]?.kind, 'ready');
});
