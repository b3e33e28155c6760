/** Returns of prepayment accounts as the platform wrote them, held against the HIS: paid out is what it gave up, once, and nothing it gave up stays. */
import type { Violation } from '@hospay/server/domain/invariants.js';
import { number, text } from '@hospay/server/edges/database/money/rows.js';
import type { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { Statements } from '@hospay/server/edges/database/money/statements.js';
import type { PrepaymentAccounts } from './prepayment-accounts.js';

const OPEN = "SELECT r.return_no FROM prepayment_return r JOIN prepayment_run p ON p.run_no = r.run_no WHERE (p.state = 'approved' OR (p.state = 'paused' AND r.state <> 'planned')) AND r.state NOT IN ('returned', 'refused', 'changed')";
const RULE = 'a prepayment is returned once';

export class PrepaymentLedger {
  readonly #sql: Statements;
  readonly #accounts: PrepaymentAccounts;

  constructor(store: SqliteMoneyStore, accounts: PrepaymentAccounts) {
    this.#sql = new Statements(store.database);
    this.#accounts = accounts;
  }

  open(): readonly string[] {
    return this.#sql.all(OPEN).map((row) => text(row, 'return_no'));
  }

  checkJobs(): Violation[] {
    const rows = this.#sql.all(`${OPEN} AND NOT EXISTS (SELECT 1 FROM job j WHERE j.kind = 'advancePrepaymentReturn' AND j.subject = r.return_no)`);
    return rows.map((row) => ({ rule: 'I17', subject: text(row, 'return_no'), detail: 'no advancePrepaymentReturn job will go on with it' }));
  }

  checkEnd(): Violation[] {
    const violations: Violation[] = [];
    const returned = new Set<string>();
    for (const row of this.#sql.all('SELECT return_no, state, amount_fen, shares FROM prepayment_return')) {
      const returnNo = text(row, 'return_no');
      const givenUp = this.#accounts.givenUp.get(returnNo);
      const wrong = (detail: string) => violations.push({ rule: RULE, subject: returnNo, detail });
      if (text(row, 'state') !== 'returned') continue;
      returned.add(returnNo);
      const amountFen = number(row, 'amount_fen');
      if (givenUp?.amountFen !== amountFen) wrong(`${String(amountFen)} fen are paid out; the HIS gave up ${String(givenUp?.amountFen)}`);
      const shares = JSON.parse(text(row, 'shares')) as readonly { readonly refundFen: number; readonly state: string }[];
      const alongFen = shares.reduce((sum, share) => (share.state === 'reserved' ? sum + share.refundFen : sum), 0);
      if (givenUp !== undefined && alongFen !== givenUp.alongFen) wrong(`${String(alongFen)} fen go back along orders; in the HIS ${String(givenUp.alongFen)}`);
    }
    for (const returnNo of this.#accounts.givenUp.keys()) if (!returned.has(returnNo)) violations.push({ rule: RULE, subject: returnNo, detail: 'the HIS gave it up, and it is not on its way back' });
    return violations;
  }
}
