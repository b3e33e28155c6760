import type { DatabaseSync } from 'node:sqlite';
import type { Violation } from '../../../domain/invariants.js';
import { hashOfSheet, lastDayOf, type PeriodSheet } from '../../../domain/period-close.js';
import { number, text } from './rows.js';
import { Statements } from './statements.js';

/** I15: a closed month ends at the journal it was closed with, and its sheet is the one two persons saw. The chain of hashes proves what stands before. */
export function verifyPeriods(database: DatabaseSync): Violation[] {
  const sql = new Statements(database);
  return sql.all('SELECT * FROM period_close ORDER BY month').flatMap((row): Violation[] => {
    const month = text(row, 'month');
    const sheet = JSON.parse(text(row, 'sheet')) as PeriodSheet;
    const problem = (detail: string): Violation => ({ rule: 'I15', subject: month, detail });
    const last = sql.get('SELECT seq, hash FROM journal WHERE seq = (SELECT max(seq) FROM journal WHERE acct_date <= ?)', lastDayOf(month));
    const isAsClosed = last === undefined ? sheet.lastSeq === 0 : number(last, 'seq') === sheet.lastSeq && text(last, 'hash') === sheet.lastHash;
    return [...(hashOfSheet(sheet) === text(row, 'hash') ? [] : [problem('its sheet is not what was approved')]), ...(isAsClosed ? [] : [problem('it has entries after it was closed')])];
  });
}
