/** Notices of the HIS (HIS 推送) as the platform keeps them: whatever is not carried out has a job that will go on with it, and in the quiet world nothing is left. */
import type { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { text } from '@hospay/server/edges/database/money/rows.js';
import { Statements } from '@hospay/server/edges/database/money/statements.js';
import type { Violation } from '@hospay/server/domain/invariants.js';

export class NoticeLedger {
  readonly #sql: Statements;

  constructor(store: SqliteMoneyStore) {
    this.#sql = new Statements(store.database);
  }

  checkJobs(): Violation[] {
    const rows = this.#sql.all("SELECT notice_id FROM his_notice n WHERE state = 'kept' AND NOT EXISTS (SELECT 1 FROM job j WHERE j.kind = 'advanceNotice' AND j.subject = n.notice_id)");
    return rows.map((row) => ({ rule: 'I17', subject: text(row, 'notice_id'), detail: 'no advanceNotice job will go on with it' }));
  }

  checkEnd(): Violation[] {
    return this.#sql.all("SELECT notice_no FROM his_notice WHERE state = 'kept'").map((row) => ({ rule: 'a notice is carried out or refused', subject: text(row, 'notice_no'), detail: 'kept, and nobody ever decided it' }));
  }
}
