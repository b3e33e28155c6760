import type { DatabaseSync } from 'node:sqlite';
import type { ClearBalance, Violation } from '../../../domain/invariants.js';
import type { AccountName } from '../../../domain/ledger.js';
import type { Cause } from '../../../domain/order-change.js';
import { checkPayouts } from '../../../domain/payout-invariants.js';
import { payoutFromRow } from './payout-rows.js';
import { number, optionalText, text } from './rows.js';
import { Statements } from './statements.js';

/** Every payout beside its clearing account, its history and its facts. Reads only; runs nightly with the ledger, and in every simulation. */
export function verifyPayouts(database: DatabaseSync): Violation[] {
  const sql = new Statements(database);
  return checkPayouts({
    payouts: sql.all('SELECT * FROM payout ORDER BY seq').map(payoutFromRow),
    balances: sql.all("SELECT a.name, c.clear_key, c.net_fen, c.pending_fen FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE a.code = '2021'")
      .map((row): ClearBalance => ({ account: text(row, 'name') as AccountName, clearKey: text(row, 'clear_key'), netFen: number(row, 'net_fen'), pendingFen: number(row, 'pending_fen') })),
    events: sql.all("SELECT * FROM state_event WHERE axis = 'payout' ORDER BY id")
      .map((row) => ({ subject: text(row, 'subject'), from: optionalText(row, 'from_state'), to: text(row, 'to_state'), trigger: text(row, 'trigger'), cause: { kind: text(row, 'cause_kind') as Cause['kind'], id: text(row, 'cause_id') } })),
    isFact: (sourceId) => sql.get("SELECT 1 AS n FROM fact WHERE source_id = ? AND (source = 'console' OR source LIKE 'bank/%')", sourceId) !== undefined,
  });
}
