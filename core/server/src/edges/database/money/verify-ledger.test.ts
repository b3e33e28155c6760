import assert from 'node:assert/strict';
import test from 'node:test';
import type { Journal } from '../../../domain/ledger.js';
import { fen } from '@hospay/plugin-sdk';
import { LedgerWriter } from './ledger-writer.js';
import { SqliteMoneyStore } from './sqlite-money-store.js';
import { Statements } from './statements.js';
import { verifyLedger } from './verify-ledger.js';

const pay = (tradeNo: string, phase: 'final' | 'pending' = 'final'): Journal => ({
  bizType: 'payment',
  bizId: tradeNo,
  step: phase,
  entries: [
    { account: '1121/wechat-main/1900000001', side: 'debit', amountFen: fen(1200), phase, clearKey: '2026-03-02' },
    { account: '2001/main', side: 'credit', amountFen: fen(1200), phase, clearKey: tradeNo },
  ],
});

function ledger() {
  const { database } = new SqliteMoneyStore({ file: ':memory:' });
  const writer = new LedgerWriter(new Statements(database));
  const written = { tradeNo: 'H1', cause: { kind: 'query' as const, id: 'q' }, at: '2026-03-02T02:00:00.000Z' };
  for (const journal of [pay('H1'), pay('H2'), pay('H3', 'pending')]) writer.post(journal, written);
  return database;
}

test('a whole ledger has no problem, and its head is the journal head', () => {
  const database = ledger();
  const found = verifyLedger(database);
  assert.deepEqual(found.problems, []);
  assert.equal(found.journals, 3);
  assert.equal(found.entries, 6);
  assert.equal(found.head.seq, 3);
  database.close();
});

const DAMAGE: readonly { readonly what: string; readonly sql: string; readonly says: RegExp }[] = [
  { what: 'an amount changed in an entry', sql: 'DROP TRIGGER entry_no_update; UPDATE entry SET amount_fen = 1300 WHERE journal_seq = 2 AND line = 1', says: /journal 2 does not have the hash/ },
  { what: 'a journal taken out', sql: 'PRAGMA foreign_keys = OFF; DROP TRIGGER journal_no_delete; DELETE FROM journal WHERE seq = 2', says: /journal 3 follows 1/ },
  { what: 'an entry left without its journal', sql: 'PRAGMA foreign_keys = OFF; DROP TRIGGER journal_no_delete; DELETE FROM journal WHERE seq = 3', says: /belong to no journal/ },
  { what: 'a cause rewritten', sql: "DROP TRIGGER journal_no_update; UPDATE journal SET cause_id = 'x' WHERE seq = 1", says: /journal 1 does not have the hash/ },
  { what: 'a balance out of step', sql: 'UPDATE balance SET debit_final = debit_final + 1 WHERE account_id = 1', says: /balance of .* is not the sum/ },
  { what: 'a pending balance out of step', sql: 'UPDATE balance SET credit_pending = 0 WHERE account_id = 2', says: /balance of 2001\/main is not the sum/ },
  { what: 'a clearing balance gone', sql: "DELETE FROM clear_balance WHERE clear_key = 'H1'", says: /clearing balance 2001\/main\[H1\] is not the sum/ },
  { what: 'a clearing balance too many', sql: "INSERT INTO clear_balance VALUES (2, 'H9', 5, 0, 'now')", says: /clearing balance 2001\/main\[H9\] is not the sum/ },
  { what: 'a guard against deletion gone', sql: 'DROP TRIGGER fact_no_delete', says: /table fact has lost its guard against delete/ },
];

for (const { what, sql, says } of DAMAGE) {
  test(`the rebuild sees ${what}`, () => {
    const database = ledger();
    database.exec(sql);
    assert.match(verifyLedger(database).problems.join('\n'), says);
    database.close();
  });
}
