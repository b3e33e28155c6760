import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import { fen } from '@hospay/plugin-sdk';
import { StoreUnavailable } from '../../../domain/money-store.js';
import type { Journal } from '../../../domain/ledger.js';
import { LedgerWriter } from './ledger-writer.js';
import { openMoneyStore } from './open-money-store.js';
import { Statements } from './statements.js';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'hospay-store-')); });
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

const open = () => openMoneyStore({ file: join(folder, 'money.sqlite'), witnessFile: join(folder, 'witness'), now: () => new Date('2026-11-20T00:00:00Z'), spreadMs: 1000 });

function journal(step: string): Journal {
  const amountFen = fen(100);
  return {
    bizType: 'payment', bizId: 'P1', step,
    entries: [
      { account: '1121/c/m', side: 'debit', amountFen, phase: 'final', clearKey: 'day' },
      { account: '2001/h', side: 'credit', amountFen, phase: 'final', clearKey: 'order' },
    ],
  };
}

async function post(steps: readonly string[]): Promise<void> {
  const { store, witness } = await open();
  const ledger = new LedgerWriter(new Statements(store.database));
  await store.commits.write(() => {
    for (const step of steps) ledger.post(journal(step), { tradeNo: 'T1', cause: { kind: 'timer', id: '1' }, at: '2026-11-20T00:00:00.000Z' });
  });
  witness.write(await store.journalHead());
  await store.close();
}

test('a healthy file opens for writing and its head equals the witness', async () => {
  await post(['a', 'b']);
  const { store, report } = await open();
  assert.equal(report.safeMode, undefined);
  assert.deepEqual(report.head, report.witness);
  assert.equal(report.head.seq, 2);
  await store.close();
});

test('a journal shorter than its witness opens in safe mode: reads answer, writes are refused', async () => {
  await post(['a', 'b']);
  writeFileSync(join(folder, 'witness'), `3 ${'a'.repeat(64)}\n`);
  const { store, report } = await open();
  assert.match(report.safeMode ?? '', /3 was witnessed/);
  await assert.rejects(store.commits.write(() => 1), StoreUnavailable);
  assert.equal((await store.journalHead()).seq, 2);
  await store.close();
});

test('a file restored from an older backup and written on is not the one that was witnessed', async () => {
  await post(['a', 'b']);
  writeFileSync(join(folder, 'witness'), `2 ${'b'.repeat(64)}\n`);
  const { store, report } = await open();
  assert.match(report.safeMode ?? '', /not the one that was witnessed/);
  await store.close();
});

test('a broken link of the hash chain opens in safe mode', async () => {
  await post(['a', 'b', 'c']);
  const file = new DatabaseSync(join(folder, 'money.sqlite'));
  file.exec(`DROP TRIGGER journal_no_update; UPDATE journal SET hash = '${'0'.repeat(64)}' WHERE seq = 2`);
  file.close();
  const { store, report } = await open();
  assert.match(report.safeMode ?? '', /breaks at 3/);
  await store.close();
});

test('journals and facts cannot be edited or deleted, and the same step cannot be posted twice', async () => {
  await post(['a']);
  const { store } = await open();
  assert.throws(() => { store.database.exec('UPDATE journal SET total_fen = 1'); }, /append-only/);
  assert.throws(() => { store.database.exec('DELETE FROM entry'); }, /append-only/);
  const ledger = new LedgerWriter(new Statements(store.database));
  await assert.rejects(store.commits.write(() => { ledger.post(journal('a'), { tradeNo: 'T1', cause: { kind: 'timer', id: '1' }, at: '2026-11-20T00:00:00.000Z' }); }), /UNIQUE/);
  await store.close();
});

test('one failing piece of a batch takes nothing else with it, and a failed commit refuses the whole batch without a trace', async () => {
  const { store } = await open();
  const good = store.commits.write(() => { store.database.exec("INSERT INTO account (name, code, normal) VALUES ('x', '1121', 'debit')"); });
  const bad = store.commits.write(() => { store.database.exec("INSERT INTO account (name, code, normal) VALUES ('y', '1121', 'wrong')"); });
  await good;
  await assert.rejects(bad);
  store.commits.beforeCommit = () => { throw new Error('disk full'); };
  await assert.rejects(store.commits.write(() => { store.database.exec("INSERT INTO account (name, code, normal) VALUES ('z', '1121', 'debit')"); }), StoreUnavailable);
  store.commits.beforeCommit = undefined;
  assert.deepEqual(store.database.prepare('SELECT name FROM account').all().map((row) => row['name']), ['x']);
  await store.close();
});
