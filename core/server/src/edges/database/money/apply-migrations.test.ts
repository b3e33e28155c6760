import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { applyMigrations } from './apply-migrations.js';
import { MONEY_MIGRATIONS } from './schema.js';

const BEFORE_BUSINESS = MONEY_MIGRATIONS.slice(0, MONEY_MIGRATIONS.findIndex(({ name }) => name === '0011-business'));

/** A database of an earlier version, with an order, its payment and a refund in it. */
function earlierDatabase(): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  database.exec('PRAGMA foreign_keys = ON');
  applyMigrations(database, BEFORE_BUSINESS);
  database.exec(`
    INSERT INTO orders (trade_no, hospital_id, merchant_id, owner_kind, owner_id, quote_id, his_quote_no, patient_id, patient_label, bill_nos, description, total_fen, fund_fen, personal_account_fen,
      amount_fen, created_at, version, confirmation, confirm_attempts, his_day, tender_until, presettlement_no)
    VALUES ('T1', 'h', 'm', 'terminal', 'k', 'Q', 'HQ', 'P', '张*', '["B1"]', '门诊缴费', 100, 0, 0, 100, '2026-11-20', 7, 'confirmed', 1, '2026-11-20', '2026-11-21', 'PS1');
    INSERT INTO payment (payment_no, trade_no, leg, channel, merchant_no, method, amount_fen, state, expires_at, submitted_at, attempts) VALUES ('T1P01', 'T1', 1, 'c', 'm', 'nativeQr', 100, 'succeeded', 'x', 'x', 1);
    INSERT INTO refund (refund_no, trade_no, payment_no, refund_fen, state, cause, reason, requested_by, requested_at, needs_his_approval, reserved_from, is_posted, attempts)
    VALUES ('T1R01', 'T1', 'T1P01', 40, 'succeeded', 'requested', '', 'k', 'x', 1, '2002', 1, 1);
  `);
  return database;
}

test('orders of an earlier version keep every column when their table is made anew, and are for bills', () => {
  const database = earlierDatabase();
  const before = database.prepare('SELECT * FROM orders').get();
  applyMigrations(database);
  const { business, business_subject: subject, queue_no: queueNo, place, window_only: windowOnly, lock_no: lockNo, his_doubt_until: hisDoubtUntil, ...after } = database.prepare('SELECT * FROM orders').get() ?? {};
  assert.deepEqual(after, { ...before });
  assert.deepEqual([business, subject, queueNo, place, windowOnly, lockNo, hisDoubtUntil], ['bill', null, null, null, null, null, null]);
  assert.deepEqual(database.prepare('PRAGMA index_list(orders)').all().map(({ name }) => name).filter((name) => String(name).startsWith('orders_')).sort(), ['orders_by_his_day', 'orders_by_owner', 'orders_by_patient', 'orders_by_presettlement', 'orders_by_receipt', 'orders_by_registration', 'orders_by_time']);
  assert.throws(() => database.exec("DELETE FROM orders WHERE trade_no = 'T1'"), /FOREIGN KEY/, 'what belongs to an order still does');
  assert.throws(() => database.exec("INSERT INTO payment (payment_no, trade_no, leg, channel, merchant_no, method, amount_fen, state, expires_at, submitted_at, attempts) VALUES ('T2P01', 'T2', 1, 'c', 'm', 'cash', 1, 'paying', 'x', 'x', 1)"), /FOREIGN KEY/);
  applyMigrations(database);
});

test('what the HIS had not answered as the new version started may still be carried out for a while', () => {
  const database = earlierDatabase();
  database.exec("UPDATE orders SET confirmation = 'unknown'; UPDATE refund SET state = 'approving'");
  applyMigrations(database);
  for (const table of ['orders', 'refund']) {
    const until = database.prepare(`SELECT his_doubt_until AS until FROM ${table}`).get()?.['until'];
    assert.match(String(until), /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
    assert.ok(Date.parse(String(until)) > Date.now());
  }
});

test('a step that would lose rows changes nothing, and says so', () => {
  const database = earlierDatabase();
  assert.throws(() => { applyMigrations(database, [...BEFORE_BUSINESS, { name: 'loses', rebuilds: true, sql: 'DELETE FROM orders' }]); }, /migration loses would leave rows of (payment|refund) that belong to nothing/);
  assert.equal(database.prepare('SELECT count(*) AS n FROM orders').get()?.['n'], 1);
  assert.throws(() => database.exec('DELETE FROM orders'), /FOREIGN KEY/, 'and the guard is up again');
});

test('a new database takes all steps in one transaction: a step that fails leaves none of them, and the next start begins anew', () => {
  const database = new DatabaseSync(':memory:');
  database.exec('PRAGMA foreign_keys = ON');
  assert.throws(() => { applyMigrations(database, [...MONEY_MIGRATIONS, { name: 'fails', sql: 'CREATE TABLE orders (a)' }]); }, /already exists/);
  assert.deepEqual(database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all().map(({ name }) => name), ['money_migration']);
  assert.equal(database.prepare('PRAGMA foreign_keys').get()?.['foreign_keys'], 1);
  applyMigrations(database);
  assert.equal(database.prepare('SELECT count(*) AS n FROM money_migration').get()?.['n'], MONEY_MIGRATIONS.length);
});

test('a file of a newer version is left alone', () => {
  const database = earlierDatabase();
  applyMigrations(database);
  assert.throws(() => { applyMigrations(database, BEFORE_BUSINESS); }, /newer version/);
});

test('what a newer version only added leaves the file usable to this one, and the newer one goes on where it was', () => {
  const database = new DatabaseSync(':memory:');
  const [added, contracted] = [{ name: '9001-added', sql: 'CREATE TABLE added (a INTEGER)', expands: true }, { name: '9002-contracted', sql: 'DROP TABLE added' }] as const;
  applyMigrations(database, [...MONEY_MIGRATIONS, added]);
  applyMigrations(database);
  applyMigrations(database, [...MONEY_MIGRATIONS, added, contracted]);
  assert.throws(() => { applyMigrations(database); }, /newer version of Hospay \(9002-contracted\)/);
});

test('quotes of an earlier version keep every column when their table is made anew, were not rounded, and still have to add up', () => {
  const database = new DatabaseSync(':memory:');
  applyMigrations(database, MONEY_MIGRATIONS.slice(0, MONEY_MIGRATIONS.findIndex(({ name }) => name === '0025-rounding')));
  database.exec(`INSERT INTO quote (quote_id, hospital_id, owner_kind, owner_id, patient_id, patient_label, his_quote_no, bill_nos, total_fen, fund_fen, personal_account_fen, self_pay_fen, valid_until, quoted_at, fee_type, business, business_subject)
    VALUES ('Q1', 'h', 'terminal', 'k', 'P', '张*', 'HQ', '["B1"]', 100, 30, 20, 50, '2026-11-21', '2026-11-20', '西药', 'deposit', '{"inpatientNo":"ZY1"}')`);
  const before = database.prepare('SELECT * FROM quote').get();
  applyMigrations(database);
  assert.deepEqual({ ...database.prepare('SELECT * FROM quote').get() }, { ...before, rounding_fen: 0 });
  assert.throws(() => database.exec("UPDATE quote SET self_pay_fen = 51 WHERE quote_id = 'Q1'"), /CHECK/);
  database.exec("UPDATE quote SET self_pay_fen = 51, rounding_fen = 1 WHERE quote_id = 'Q1'");
  assert.throws(() => database.exec("UPDATE quote SET self_pay_fen = 150, rounding_fen = 100 WHERE quote_id = 'Q1'"), /CHECK/);
});
