import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { BilingualError } from '../../domain/bilingual.js';
import { applyPages, withoutLog } from './apply-pages.js';
import { LogFollower, LogLost } from './log-follower.js';
import { snapshotDatabase } from './snapshot.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hospay-log-'));
  file = join(folder, 'money.sqlite');
});
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

function open(autocheckpoint = 1_000): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = ${String(autocheckpoint)}; CREATE TABLE IF NOT EXISTS payment (id INTEGER PRIMARY KEY, state TEXT, note BLOB); CREATE INDEX IF NOT EXISTS by_state ON payment (state)`);
  return database;
}
function contents(of: string): unknown {
  const database = new DatabaseSync(of, { readOnly: true });
  try {
    assert.deepEqual(database.prepare('PRAGMA integrity_check').all().map((row) => row['integrity_check']), ['ok']);
    return database.prepare('SELECT id, state, hex(note) AS note FROM payment ORDER BY id').all();
  } finally {
    database.close();
  }
}
let taken = 0;
/** What the follower sees, put into the copy. */
function follow(follower: LogFollower, copy: string): number {
  const change = follower.look();
  if (change.pages > 0) {
    taken += 1;
    const pages = join(folder, `${String(taken)}.pages`);
    change.writeTo(pages);
    applyPages(pages, copy);
  }
  change.accept();
  return change.pages;
}

test('a copy that is given every change has what the database has, and nothing twice when nothing was written', async () => {
  const database = open();
  const follower = new LogFollower(file);
  const copy = join(folder, 'copy.sqlite');
  await snapshotDatabase(file, copy);
  database.exec("INSERT INTO payment VALUES (1, 'paid', zeroblob(9000)), (2, 'open', zeroblob(20))");
  assert.ok(follow(follower, copy) > 0);
  database.exec("UPDATE payment SET state = 'refunded' WHERE id = 1; DELETE FROM payment WHERE id = 2");
  follow(follower, copy);
  assert.equal(follow(follower, copy), 0);
  withoutLog(copy);
  assert.deepEqual(contents(copy), contents(file));
  follower.close();
  database.close();
});

test('what is not committed is not seen, and what was rolled back never', async () => {
  const database = open();
  const follower = new LogFollower(file);
  const copy = join(folder, 'copy.sqlite');
  await snapshotDatabase(file, copy);
  // So little is kept in memory that pages go to the log before their commit.
  database.exec("PRAGMA cache_size = 10; BEGIN; INSERT INTO payment SELECT value, 'open', zeroblob(2000) FROM generate_series(1, 400)".replace('FROM generate_series(1, 400)', 'FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 400) SELECT value FROM n)'));
  const before = follower.look();
  assert.equal(before.pages, 0);
  before.accept();
  database.exec('ROLLBACK');
  const after = follower.look();
  assert.equal(after.pages, 0);
  after.accept();
  // What is committed now lies in the log where the other was.
  database.exec("INSERT INTO payment VALUES (1, 'paid', zeroblob(9000))");
  follow(follower, copy);
  withoutLog(copy);
  assert.deepEqual(contents(copy), contents(file));
  follower.close();
  database.close();
});

test('whoever would begin the log anew cannot while something in it was not seen', async () => {
  const database = open(0);
  const follower = new LogFollower(file);
  const copy = join(folder, 'copy.sqlite');
  await snapshotDatabase(file, copy);
  for (let turn = 1; turn <= 6; turn += 1) {
    for (const mode of ['TRUNCATE', 'RESTART', 'PASSIVE']) database.exec(`INSERT INTO payment (state, note) VALUES ('${mode}', zeroblob(9000)); PRAGMA wal_checkpoint(${mode})`);
    if (turn % 2 === 0) follow(follower, copy);
  }
  withoutLog(copy);
  assert.deepEqual(contents(copy), contents(file));
  follower.close();
  database.close();
});

test('what is half written, or is not what was written, is not handed out', () => {
  const database = open(0);
  const follower = new LogFollower(file);
  database.exec("INSERT INTO payment VALUES (1, 'paid', zeroblob(9000))");
  const log = readFileSync(`${file}-wal`);
  const broken = Buffer.from(log);
  broken[broken.length - 100] = (broken[broken.length - 100] ?? 0) ^ 1;
  writeFileSync(`${file}-wal`, broken);
  const look = follower.look();
  assert.equal(look.pages, 0);
  look.accept();
  writeFileSync(`${file}-wal`, log);
  const whole = follower.look();
  assert.ok(whole.pages > 0);
  whole.accept();
  follower.close();
  database.close();
});

test('what could not be kept is seen again with what came after it', async () => {
  const database = open();
  const follower = new LogFollower(file);
  const copy = join(folder, 'copy.sqlite');
  await snapshotDatabase(file, copy);
  database.exec("INSERT INTO payment VALUES (1, 'paid', zeroblob(9000))");
  const lost = follower.look();
  assert.ok(lost.pages > 0);
  lost.giveBack();
  database.exec("INSERT INTO payment VALUES (2, 'paid', zeroblob(9000))");
  follow(follower, copy);
  withoutLog(copy);
  assert.deepEqual(contents(copy), contents(file));
  follower.close();
  database.close();
});

test('beside a writer who never pauses and a log that begins anew again and again, the copy is the database', async (context) => {
  const database = open();
  const follower = new LogFollower(file, { holdWritersAboveBytes: 8 * 1_048_576 });
  const copy = join(folder, 'copy.sqlite');
  await snapshotDatabase(file, copy);
  // Bursts, pauses as short as between two payments, transactions larger than the cache, some rolled back; and somebody who reads an old state for a while.
  const writer = new Worker(`
    const { workerData } = require('node:worker_threads');
    const { DatabaseSync } = require('node:sqlite');
    const database = new DatabaseSync(workerData, { timeout: 5000 });
    database.exec('PRAGMA wal_autocheckpoint = 300; PRAGMA cache_size = 50; PRAGMA synchronous = NORMAL');
    const reader = new DatabaseSync(workerData, { readOnly: true, timeout: 5000 });
    const until = Date.now() + 4000;
    const pause = new Int32Array(new SharedArrayBuffer(4));
    let turn = 0;
    while (Date.now() < until) {
      turn += 1;
      database.exec('BEGIN IMMEDIATE');
      const rows = turn % 37 === 0 ? 300 : 1 + turn % 5;
      for (let row = 0; row < rows; row += 1) database.prepare('INSERT INTO payment (id, state, note) VALUES (?, ?, randomblob(?)) ON CONFLICT (id) DO UPDATE SET state = excluded.state, note = excluded.note').run(1 + Math.floor(Math.random() * 3000), 'turn ' + turn, Math.floor(Math.random() * 3000));
      if (turn % 11 === 0) database.exec('DELETE FROM payment WHERE id % 7 = ' + turn % 7);
      database.exec(turn % 13 === 0 ? 'ROLLBACK' : 'COMMIT');
      if (turn % 50 === 0) { reader.exec('BEGIN'); reader.prepare('SELECT count(*) FROM payment').get(); }
      if (turn % 50 === 20 && reader.isTransaction) reader.exec('ROLLBACK');
      Atomics.wait(pause, 0, 0, turn % 9 === 0 ? 12 : Math.random() * 3);
    }
    reader.close();
    database.close();
  `, { eval: true, workerData: file });
  const run = { isOver: false };
  const ended = new Promise<number>((resolve) => { writer.once('exit', (code) => { run.isOver = true; resolve(code); }); });
  let looks = 0;
  while (!run.isOver) {
    await new Promise((go) => { setTimeout(go, Math.random() * 60); });
    if (looks % 9 === 4) follower.look().giveBack();
    else follow(follower, copy);
    looks += 1;
  }
  assert.equal(await ended, 0);
  follow(follower, copy);
  context.diagnostic(`${String(looks)} looks, sequence of the log ${String(sequenceOf(file))}`);
  assert.ok(sequenceOf(file) > 0, 'the log never began anew');
  withoutLog(copy);
  assert.deepEqual(contents(copy), contents(file));
  follower.close();
  database.close();
});

test('a log that is worked off while nobody writes begins anew and stays short', () => {
  const database = open(0);
  const follower = new LogFollower(file);
  const lengths: number[] = [];
  for (let turn = 1; turn <= 40; turn += 1) {
    database.prepare('INSERT INTO payment (state, note) VALUES (?, zeroblob(1000000))').run(String(turn));
    const change = follower.look();
    change.accept();
    lengths.push(logBytes(file));
  }
  assert.ok(Math.max(...lengths) < 12 * 1_048_576, String(Math.max(...lengths)));
  follower.close();
  database.close();
});

test('a log that went on behind the back of the follower is told as lost, never skipped', () => {
  const database = open(0);
  const follower = new LogFollower(file);
  database.exec("INSERT INTO payment VALUES (1, 'paid', zeroblob(9000))");
  follower.look().accept();
  // All of it is in the database: SQLite itself does not look at the log any more.
  database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  // The log of a database that began it anew more than once since.
  const [mine, others] = [file, join(folder, 'others.sqlite')];
  file = others;
  const other = open(0);
  for (let turn = 0; turn < 4; turn += 1) other.exec(`INSERT INTO payment (state) VALUES ('${String(turn)}'); PRAGMA wal_checkpoint(RESTART)`);
  other.exec("INSERT INTO payment (state) VALUES ('last')");
  const log = readFileSync(`${others}-wal`);
  other.close();
  writeFileSync(`${mine}-wal`, log);
  assert.throws(() => follower.look(), LogLost);
  writeFileSync(`${mine}-wal`, '');
  assert.throws(() => follower.look(), LogLost);
  follower.close();
  database.close();
});

test('pages of another database, or of none, are refused', async () => {
  const database = open();
  const follower = new LogFollower(file);
  database.exec("INSERT INTO payment VALUES (1, 'paid', zeroblob(9000))");
  const pages = join(folder, 'a.pages');
  const change = follower.look();
  change.writeTo(pages);
  change.accept();
  const other = join(folder, 'other.sqlite');
  const small = new DatabaseSync(other);
  small.exec('PRAGMA page_size = 1024; CREATE TABLE t (a)');
  small.close();
  assert.throws(() => { applyPages(pages, other); }, BilingualError);
  assert.throws(() => { applyPages(file, other); }, BilingualError);
  follower.close();
  database.close();
});

function logBytes(of: string): number {
  return readHead(of).bytes;
}
function sequenceOf(of: string): number {
  return readHead(of).sequence;
}
function readHead(of: string): { readonly bytes: number; readonly sequence: number } {
  const bytes = existsSync(`${of}-wal`) ? readFileSync(`${of}-wal`) : Buffer.alloc(0);
  return { bytes: bytes.length, sequence: bytes.length < 32 ? 0 : bytes.readUInt32BE(12) };
}
