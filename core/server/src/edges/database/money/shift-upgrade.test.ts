import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { fen } from '@hospay/plugin-sdk';
import type { Entry } from '../../../domain/ledger.js';
import { applyMigrations } from './apply-migrations.js';
import { cashLedger } from './cash-ledger.js';
import { GENESIS_HASH, journalHash } from './ledger-writer.js';
import { MONEY_MIGRATIONS } from './schema.js';
import { ShiftTable } from './shift-table.js';
import { Statements } from './statements.js';
import { verifyLedger } from './verify-ledger.js';

const BEFORE_SHIFTS = MONEY_MIGRATIONS.slice(0, MONEY_MIGRATIONS.findIndex(({ name }) => name === '0013-shifts'));
const DAY = '2026-11-20';
const AT = '2026-11-20T02:00:00.000Z';

/** A database of an earlier version in which a payment in cash was posted under its day. */
function earlierDatabase(): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  applyMigrations(database, BEFORE_SHIFTS);
  const entries: readonly Entry[] = [
    { account: '1001/cash/CASH', side: 'debit', amountFen: fen(500), phase: 'final', clearKey: DAY },
    { account: '2001/h', side: 'credit', amountFen: fen(500), phase: 'final', clearKey: 'T1' },
  ];
  const hash = journalHash({ seq: 1, journal: { bizType: 'payment', bizId: 'T1P01', step: 'succeeded' }, written: { tradeNo: 'T1', cause: { kind: 'answer', id: 'a' }, at: AT }, entries, prevHash: GENESIS_HASH });
  database.exec(`
    INSERT INTO orders (trade_no, hospital_id, merchant_id, owner_kind, owner_id, quote_id, his_quote_no, patient_id, patient_label, bill_nos, description, total_fen, fund_fen, personal_account_fen, amount_fen, created_at, version, confirmation, confirm_attempts)
    VALUES ('T1', 'h', 'm', 'terminal', 'window-1', 'Q', 'HQ', 'P', '张*', '["B1"]', '门诊缴费', 500, 0, 0, 500, '${AT}', 2, 'toConfirm', 0);
    INSERT INTO payment (payment_no, trade_no, leg, channel, merchant_no, method, amount_fen, state, expires_at, submitted_at, attempts, bill_day) VALUES ('T1P01', 'T1', 1, 'cash', 'CASH', 'cash', 500, 'succeeded', 'x', 'x', 1, '${DAY}');
    INSERT INTO account (id, name, code, normal) VALUES (1, '1001/cash/CASH', '1001', 'debit'), (2, '2001/h', '2001', 'credit');
    INSERT INTO journal (seq, biz_type, biz_id, step, trade_no, acct_date, at, cause_kind, cause_id, n_entries, total_fen, prev_hash, hash) VALUES (1, 'payment', 'T1P01', 'succeeded', 'T1', '${DAY}', '${AT}', 'answer', 'a', 2, 500, '${GENESIS_HASH}', '${hash}');
    INSERT INTO entry (journal_seq, line, account_id, side, amount_fen, phase, clear_key) VALUES (1, 1, 1, 'debit', 500, 'final', '${DAY}'), (1, 2, 2, 'credit', 500, 'final', 'T1');
    INSERT INTO balance VALUES (1, 500, 0, 0, 0), (2, 0, 500, 0, 0);
    INSERT INTO clear_balance VALUES (1, '${DAY}', 500, 0, '${AT}'), (2, 'T1', 500, 0, '${AT}');
  `);
  return database;
}

test('what was posted before there were shifts keeps its hash, stands under its day and in no shift, and is compared with the tills as before', () => {
  const database = earlierDatabase();
  applyMigrations(database);
  assert.deepEqual(verifyLedger(database).problems, []);
  const table = new ShiftTable(new Statements(database));
  assert.deepEqual(table.openTills(), []);
  assert.deepEqual([table.readOpen('terminal:window-1', 1).figures.cashFen, table.hasAny('terminal:window-1', { fromSeq: 0, fromOpening: 0 })], [0, false]);
  assert.deepEqual(cashLedger(database).cashOfDay(DAY).channels, [{ channel: 'cash', merchantNos: ['CASH'], takenIn: { count: 1, amountFen: 500 }, paidOut: { count: 0, amountFen: 0 } }]);
  for (const name of ['shift', 'cash_act', 'change_money']) assert.ok(database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = ?").get(`${name}_no_update`) !== undefined, name);
  database.close();
});
