import type { DatabaseSync } from 'node:sqlite';
import { yuanOf } from '../../../domain/bilingual.js';
import type { ClearBalance, Violation } from '../../../domain/invariants.js';
import { signedFen, type AccountName, type Entry } from '../../../domain/ledger.js';
import { own } from '../../../domain/own-words.js';
import { FUNDS_KEY, fundsAvailable, hangingFen, longOfStatements, shortOfStatements } from '../../../domain/reconciliation-postings.js';
import { caseKeyOf, classOf } from './reconciliation-ledger.js';
import { number, optionalText, text, type Row } from './rows.js';
import { Statements } from './statements.js';

/**
 * I10: what hangs on 1191 and 2091 for statements is exactly what the differences that nobody settled say, under the same cases, and every one of these cases is open. Reads only; runs nightly with the ledger, and in every
 * simulation.
 */
export function verifySuspense(database: DatabaseSync): Violation[] {
  const sql = new Statements(database);
  const violations: Violation[] = [];
  const expected = new Map<string, number>();
  for (const row of sql.all("SELECT * FROM reconciliation_difference WHERE comparison = 'channel' AND settled_at IS NULL AND posted IS NOT NULL")) {
    const long = hangingFen(figuresOf(row));
    if (long === 0) continue;
    const key = `${(long > 0 ? longOfStatements : shortOfStatements)(text(row, 'source'))} [${caseKeyOf(row)}]`;
    expected.set(key, (expected.get(key) ?? 0) + Math.abs(long));
    const kind = optionalText(row, 'case_kind') ?? '';
    const subject = optionalText(row, 'case_subject') ?? '';
    if (sql.get('SELECT 1 AS n FROM discrepancy_case WHERE kind = ? AND subject = ? AND resolved_at IS NULL', kind, subject) === undefined) violations.push({ rule: 'I10', subject: caseKeyOf(row), detail: own('amountHangs', yuanOf(long)) });
  }
  const actual = new Map(
    sql.all("SELECT a.name, c.clear_key, c.net_fen FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE a.code IN ('1191', '2091') AND a.name NOT LIKE '____/T/%' AND c.clear_key NOT LIKE 'arrival%'").map((row) => [`${text(row, 'name')} [${text(row, 'clear_key')}]`, number(row, 'net_fen')]),
  );
  for (const key of new Set([...expected.keys(), ...actual.keys()])) {
    const [want, have] = [expected.get(key) ?? 0, actual.get(key) ?? 0];
    if (want !== have) violations.push({ rule: 'I10', subject: key, detail: own('differencesLedger', yuanOf(want), yuanOf(have)) });
  }
  return violations;
}

function figuresOf(row: Row): Parameters<typeof hangingFen>[0] {
  const fenOf = (column: string): number | undefined => (typeof row[column] === 'number' ? row[column] : undefined);
  const stateIn = (column: string) => (['done', 'open', 'failed'] as const).find((state) => state === optionalText(row, column));
  return { class: classOf(row), kind: text(row, 'kind') === 'refund' ? 'refund' : 'payment', ourFen: fenOf('our_fen'), theirFen: fenOf('their_fen'), ourState: stateIn('our_state'), theirState: stateIn('their_state') };
}

/** What the clearing keys hold because of reconciliation: differences, HIS days that are the hospital's, fees. For `checkWholeLedger`. */
export function expectedReconciliationBalances(database: DatabaseSync): ClearBalance[] {
  const sql = new Statements(database);
  const line = (account: AccountName, clearKey: string, netFen: number): ClearBalance => ({ account, clearKey, netFen, pendingFen: 0 });
  const ofDifferences = sql.all('SELECT posted FROM reconciliation_difference WHERE posted IS NOT NULL').flatMap((row) => (JSON.parse(text(row, 'posted')) as Entry[]).map((entry) => line(entry.account, entry.clearKey, signedFen(entry))));
  const ofHisDays = sql.all('SELECT * FROM his_day_agreed').flatMap((row) => {
    const [hospitalId, agreedFen] = [text(row, 'hospital_id'), number(row, 'agreed_fen')];
    return [line(`2002/${hospitalId}`, text(row, 'day'), -agreedFen), line(fundsAvailable(hospitalId), FUNDS_KEY, agreedFen)];
  });
  // A fee stands on its own account and on the money's, in the same journal.
  const ofFees = sql.all(`SELECT a.name, e.side, e.amount_fen, e.clear_key, m.name AS money FROM entry e JOIN account a ON a.id = e.account_id AND a.code = '6001'
    JOIN entry o ON o.journal_seq = e.journal_seq AND o.amount_fen = e.amount_fen AND o.side <> e.side AND o.clear_key = e.clear_key JOIN account m ON m.id = o.account_id AND m.code IN ('1121', '1131') GROUP BY e.id`)
    .flatMap((row) => {
      const signed = text(row, 'side') === 'debit' ? number(row, 'amount_fen') : -number(row, 'amount_fen');
      return [line(text(row, 'name') as AccountName, text(row, 'clear_key'), signed), line(text(row, 'money') as AccountName, text(row, 'clear_key'), -signed)];
    });
  return [...ofDifferences, ...ofHisDays, ...ofFees];
}
