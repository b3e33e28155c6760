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
