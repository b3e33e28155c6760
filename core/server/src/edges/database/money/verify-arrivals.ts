import type { DatabaseSync } from 'node:sqlite';
import { entriesOfArrival } from '../../../domain/arrival.js';
import { yuanOf } from '../../../domain/bilingual.js';
import type { ClearBalance, Violation } from '../../../domain/invariants.js';
import { signedFen, type AccountName, type Entry, type Side } from '../../../domain/ledger.js';
import { fen } from '@hospay/plugin-sdk';
import { own } from '../../../domain/own-words.js';
import { entriesOfWriteOff, longOfStatements, shortOfStatements } from '../../../domain/reconciliation-postings.js';
import { arrivalFromRow } from './sqlite-arrival-store.js';
import { number, text } from './rows.js';
import { Statements } from './statements.js';

/**
 * I9, I16: every journal of an arrival is what its halves make; the bank account grew by each line of the statement once and by no more; what hangs under an arrival has an open case, and the other way round. Reads only;
 * runs nightly with the ledger, and in every simulation.
 */
export function verifyArrivals(database: DatabaseSync): Violation[] {
  const sql = new Statements(database);
  const violations: Violation[] = [];
  for (const row of sql.all('SELECT * FROM arrival ORDER BY seq')) {
    const arrival = arrivalFromRow(row);
    const posted = sql.all("SELECT a.name, e.side, e.amount_fen, e.clear_key FROM journal j JOIN entry e ON e.journal_seq = j.seq JOIN account a ON a.id = e.account_id WHERE j.biz_type = 'arrival' AND j.biz_id = ?", arrival.arrivalNo)
      .map((entry): Entry => ({ account: text(entry, 'name') as AccountName, side: text(entry, 'side') as Side, amountFen: fen(number(entry, 'amount_fen')), phase: 'final', clearKey: text(entry, 'clear_key') }));
    if (asText(posted) !== asText(entriesOfArrival(arrival))) violations.push({ rule: 'I9', subject: arrival.arrivalNo, detail: own('arrivalJournal') });
  }
  const [lines, banked] = [
    'SELECT b.account, b.day, sum(b.amount_fen) AS fen FROM arrival_line l JOIN bank_line b ON b.hospital_id = l.hospital_id AND b.account = l.account AND b.bank_line_no = l.bank_line_no GROUP BY b.account, b.day',
    "SELECT substr(a.name, 6) AS account, e.clear_key AS day, sum(CASE e.side WHEN 'debit' THEN e.amount_fen ELSE -e.amount_fen END) AS fen FROM journal j JOIN entry e ON e.journal_seq = j.seq JOIN account a ON a.id = e.account_id WHERE j.biz_type = 'arrival' AND a.code = '1002' GROUP BY a.name, e.clear_key",
  ].map((query) => new Map(sql.all(query).map((row) => [`${text(row, 'account')} ${text(row, 'day')}`, number(row, 'fen')])));
  for (const key of new Set([...(lines?.keys() ?? []), ...(banked?.keys() ?? [])])) {
    const [want, have] = [lines?.get(key) ?? 0, banked?.get(key) ?? 0];
    if (want !== have) violations.push({ rule: 'I16', subject: key, detail: own('linesLedger', yuanOf(want), yuanOf(have)) });
  }
  const hanging = new Set(sql.all("SELECT c.clear_key FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE a.code IN ('1191', '2091') AND c.clear_key LIKE 'arrival%'").map((row) => text(row, 'clear_key')));
  const open = new Set(sql.all("SELECT kind, subject FROM discrepancy_case WHERE kind IN ('arrivalShort', 'arrivalLong') AND resolved_at IS NULL").map((row) => `${text(row, 'kind')}/${text(row, 'subject')}`));
  for (const key of hanging) if (!open.has(key)) violations.push({ rule: 'I9', subject: key, detail: own('hangsNoCase') });
  for (const key of open) if (!hanging.has(key)) violations.push({ rule: 'I9', subject: key, detail: own('caseNothingHangs') });
  return violations;
}

const asText = (entries: readonly Entry[]): string => entries.map(({ account, side, amountFen, clearKey }) => `${account} ${clearKey} ${side} ${String(amountFen)}`).toSorted().join('\n');

/** What the clearing keys hold because of arrivals, and of what two persons wrote off of them. For `checkWholeLedger`. */
export function expectedArrivalBalances(database: DatabaseSync): ClearBalance[] {
  const sql = new Statements(database);
  const arrivals = sql.all('SELECT * FROM arrival').map(arrivalFromRow);
  const sourceOfLine = new Map(arrivals.flatMap(({ source, lines }) => lines.map(({ account, bankLineNo }) => [`${account}/${bankLineNo}`, source])));
  const writtenOff = sql.all("SELECT c.kind, c.subject, a.amount_fen FROM case_act a JOIN discrepancy_case c ON c.id = a.case_id WHERE a.kind = 'approved' AND a.way = 'writeOff' AND c.kind IN ('arrivalShort', 'arrivalLong')").flatMap((row) => {
    const [kind, subject, hung] = [text(row, 'kind'), text(row, 'subject'), number(row, 'amount_fen')];
    const source = kind === 'arrivalShort' ? subject.slice(0, subject.indexOf('/')) : (sourceOfLine.get(subject) ?? '');
    return entriesOfWriteOff([{ account: hung > 0 ? longOfStatements(source) : shortOfStatements(source), side: hung > 0 ? 'credit' : 'debit', amountFen: fen(Math.abs(hung)), phase: 'final', clearKey: `${kind}/${subject}` }], source);
  });
  return [...arrivals.flatMap((arrival) => entriesOfArrival(arrival)), ...writtenOff].map((entry) => ({ account: entry.account, clearKey: entry.clearKey, netFen: signedFen(entry), pendingFen: 0 }));
}
