import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { applyMigrations } from './apply-migrations.js';
import { MONEY_MIGRATIONS } from './schema.js';

const BEFORE = MONEY_MIGRATIONS.slice(0, MONEY_MIGRATIONS.findIndex(({ name }) => name === '0035-data-sync'));
const order = (tradeNo: string, at: string) => `
  INSERT INTO orders (trade_no, hospital_id, merchant_id, owner_kind, owner_id, quote_id, his_quote_no, patient_id, patient_label, bill_nos, description, total_fen, fund_fen, personal_account_fen, amount_fen, created_at, version, confirmation, confirm_attempts)
  VALUES ('${tradeNo}', 'h', 'm', 'application', 'app', 'Q', 'HQ', 'P', '张*', '["B1"]', '门诊缴费', 500, 0, 0, 500, '${at}', 2, 'toConfirm', 0);`;

test('orders from before have a change each, in the order in which they were made; new and changed ones come behind them', () => {
  const database = new DatabaseSync(':memory:');
  applyMigrations(database, BEFORE);
  database.exec(order('T2', '2026-11-20T02:00:00.000Z') + order('T1', '2026-11-20T01:00:00.000Z'));
  applyMigrations(database);
  const changes = () => database.prepare('SELECT seq, trade_no FROM order_change ORDER BY seq').all().map((row) => [row['seq'], row['trade_no']]);
  assert.deepEqual(changes(), [[1, 'T1'], [2, 'T2']]);
  database.exec(order('T3', '2026-11-20T03:00:00.000Z'));
  database.exec("UPDATE orders SET version = 3 WHERE trade_no = 'T1'");
  assert.deepEqual(changes(), [[2, 'T2'], [3, 'T3'], [4, 'T1']]);
  database.exec("UPDATE orders SET version = 4 WHERE trade_no = 'T1'");
  assert.deepEqual(changes().at(-1), [5, 'T1'], 'never its old number again');
  database.close();
});

test('rows of statement files cannot be rewritten, and the hospital\'s own carry no application', () => {
  const database = new DatabaseSync(':memory:');
  applyMigrations(database);
  const file = (scope: string, appId: string) => `INSERT INTO statement_file (hospital_id, scope, app_id, day, version, payments, payment_fen, refunds, refund_fen, body_sha256, file_name, bytes, sha256, made_at) VALUES ('h', '${scope}', '${appId}', '2026-11-20', 1, 0, 0, 0, 0, 'a', '${scope}${appId}', 1, 'b', 'x')`;
  database.exec(file('hospital', ''));
  assert.throws(() => database.exec(file('hospital', 'app')), /CHECK constraint/);
  assert.throws(() => database.exec(file('application', '')), /CHECK constraint/);
  assert.throws(() => database.exec("UPDATE statement_file SET sha256 = 'c'"), /append-only/);
  assert.throws(() => database.exec('DELETE FROM statement_file'), /append-only/);
  database.close();
});

test('files from before 0046 stay as they are, with what became of sending them; a merchant has files beside them', () => {
  const database = new DatabaseSync(':memory:');
  applyMigrations(database, MONEY_MIGRATIONS.slice(0, MONEY_MIGRATIONS.findIndex(({ name }) => name === '0046-merchant-orders')));
  const file = (id: number, scope: string, appId: string) => `INSERT INTO statement_file (id, hospital_id, scope, app_id, day, version, payments, payment_fen, refunds, refund_fen, body_sha256, file_name, bytes, sha256, made_at) VALUES (${String(id)}, 'h', '${scope}', '${appId}', '2026-11-20', 1, 1, 500, 0, 0, 'a', '${scope}${appId}', 1, 'b', 'x')`;
  database.exec(`${file(7, 'application', 'app')}; INSERT INTO statement_delivery (file_id, app_id, what, attempts) VALUES (7, 'app', 'file', 2)`);
  assert.throws(() => database.exec(file(8, 'merchant', 'M1')), /CHECK constraint/);
  applyMigrations(database);
  database.exec(file(8, 'merchant', 'M1'));
  assert.deepEqual(database.prepare('SELECT f.id, f.app_id, f.payment_fen, d.attempts FROM statement_file f LEFT JOIN statement_delivery d ON d.file_id = f.id ORDER BY f.id').all().map((row) => Object.values(row)), [[7, 'app', 500, 2], [8, 'M1', 500, null]]);
  assert.throws(() => database.exec(file(9, 'merchant', 'M1').replace("'merchantM1'", "'other'")), /UNIQUE constraint/);
  assert.throws(() => database.exec('DELETE FROM statement_file WHERE id = 7'), /append-only/);
  assert.throws(() => database.exec("INSERT INTO statement_delivery (file_id, app_id, what, attempts) VALUES (99, 'app', 'file', 0)"), /FOREIGN KEY/);
  database.close();
});
