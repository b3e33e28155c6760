/** A box made of a set: never over anything, never half, with its own witnesses, and fenced. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BilingualError } from '@hospay/server/domain/bilingual.js';
import { StoreUnavailable } from '@hospay/server/domain/money-store.js';
import { readIdentities } from '@hospay/server/edges/backups/age-keys.js';
import { liftFence, readFence } from '@hospay/server/edges/backups/fence-file.js';
import { numbersFrom } from '@hospay/server/edges/backups/numbers-file.js';
import { openMoneyStore } from '@hospay/server/edges/database/money/open-money-store.js';
import { createOrderSync } from '@hospay/server/order-sync/order-sync.js';
import { requestRefund } from '@hospay/server/refunds/request-refund.js';
import { restoreSet } from '@hospay/server/platform-backup-restore.js';
import { buildBackupBench, type BackupBench } from './backup-bench.js';

let bench: BackupBench;
let file = '';
let paid = '';
before(async () => {
  bench = await buildBackupBench();
  paid = (await bench.payAndConfirm('restored')).tradeNo;
  bench.later(60);
  const taken = await bench.deskWith().take({ by: 'system' });
  assert.equal(taken.kind, 'ok');
  if (taken.kind === 'ok') file = join(bench.usb, taken.value.name);
});
after(() => bench.stop());

const restore = async (name: string) => restoreSet({ file, identities: (await readIdentities(bench.safeFile)).map(({ identity }) => identity), into: join(bench.root, name), now: bench.clock.now() });
const saysWhy = (text: RegExp) => (error: unknown): boolean => { assert.ok(error instanceof BilingualError, String(error)); assert.match(error.said.zh, text); return true; };

test('it is never put over a data folder, a file or anything else that is there', async () => {
  await assert.rejects(restoreSet({ file, identities: await bench.identities(), into: bench.dataFolder, now: bench.clock.now() }), saysWhy(/已有的数据目录/));
  writeFileSync(join(bench.root, 'a-file'), 'x');
  await assert.rejects(restore('a-file'), saysWhy(/不是目录/));
  mkdirSync(join(bench.root, 'full'));
  writeFileSync(join(bench.root, 'full/photo.jpg'), 'x');
  await assert.rejects(restore('full'), saysWhy(/不是空目录/));
  mkdirSync(join(bench.root, 'empty'));
  await restore('empty');
  assert.deepEqual(readdirSync(bench.root).filter((name) => name.includes('restoring')), []);
});

test('a set that is cut short leaves no data folder and no pieces', async () => {
  const cut = join(bench.root, 'hospay-demo-20261120090000.abcdefgh.tar.zst.age');
  writeFileSync(cut, readFileSync(file).subarray(0, 5_000));
  await assert.rejects(restoreSet({ file: cut, identities: await bench.identities(), into: join(bench.root, 'cut'), now: bench.clock.now() }), saysWhy(/损坏或不完整/));
  assert.ok(!existsSync(join(bench.root, 'cut')));
  assert.deepEqual(readdirSync(bench.root).filter((name) => name.includes('restoring')), []);
});

test('the fenced store reads and writes nothing, and opens whole once the fence is lifted', async () => {
  await restore('box');
  const data = join(bench.root, 'box');
  const fence = readFence(data);
  assert.equal(fence?.journal.seq, (await bench.store.journalHead()).seq);
  const open = (fenced: string | undefined) => openMoneyStore({ file: join(data, 'money.sqlite'), witnessFile: join(data, 'journal-witness'), now: () => bench.clock.now(), spreadMs: 0, fenced, numbersFrom: numbersFrom(data) });
  const closed = await open('fenced');
  assert.deepEqual([closed.report.safeMode, closed.report.standsStill], [undefined, 'fenced']);
  assert.equal((await closed.store.findOrder(paid))?.order.confirmation, 'confirmed');
  await assert.rejects(closed.store.claimJobs({ kinds: ['advancePayment'], owner: 'x', now: bench.clock.now(), leaseMs: 1_000, limit: 1 }), StoreUnavailable);
  await closed.store.close();
  liftFence(data, { changeNo: 'BG00000001', proposedBy: 'li', approvedBy: 'wang', at: bench.clock.now().toISOString() });
  assert.equal(readFence(data), undefined);
  const opened = await open(undefined);
  assert.equal(opened.report.standsStill, undefined);
  const asked = await requestRefund({ ...bench.ports, store: opened.store }, { tradeNo: paid, refundFen: undefined, reason: '退费', requestedBy: 'li', idempotency: { tenant: 'user/li', key: 'refund-of-a-restored-box', requestHash: 'r' } });
  assert.equal(asked.kind, 'ok', JSON.stringify(asked));
  const [refund] = (await opened.store.findOrder(paid))?.refunds ?? [];
  assert.equal(refund?.refundNo, `${paid}R${String(numbersFrom(data) + 1)}`);
  assert.ok(numbersFrom(data) >= 100);
  await opened.store.close();
});

test('two boxes made of one set count from two places, and cursors of before the restore are none any more', async () => {
  await restore('first');
  await restore('second');
  // One in a thousand is the same.
  assert.ok(numbersFrom(join(bench.root, 'first')) > 0 && numbersFrom(join(bench.root, 'second')) > 0);
  const changes = bench.store.orderChangesOf('demo');
  const request = { owner: undefined, reader: 'app', limit: 10 };
  const read = createOrderSync(changes).readChanges(request);
  assert.equal(read.kind, 'ok');
  const cursor = read.kind === 'ok' ? read.value.cursor : '';
  assert.equal(createOrderSync(changes).readChanges({ ...request, cursor }).kind, 'ok');
  const later = createOrderSync(changes, numbersFrom(join(bench.root, 'first'))).readChanges({ ...request, cursor });
  assert.equal(later.kind === 'refused' && later.code, 'CURSOR_INVALID');
});
