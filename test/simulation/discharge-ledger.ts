/** Discharge settlements (出院结算) as the platform wrote them, held against the HIS: a stay is settled once, and all that is left of its deposits is on its way back. */
import type { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { number, text } from '@hospay/server/edges/database/money/rows.js';
import { Statements } from '@hospay/server/edges/database/money/statements.js';
import type { Violation } from '@hospay/server/domain/invariants.js';
import type { HospitalWorld } from './hospital-world.js';

export class DischargeLedger {
  readonly #sql: Statements;
  readonly #hospital: HospitalWorld;

  constructor(store: SqliteMoneyStore, hospital: HospitalWorld) {
    this.#sql = new Statements(store.database);
    this.#hospital = hospital;
  }

  open(): readonly string[] {
    return this.#sql.all("SELECT settlement_no FROM discharge WHERE state NOT IN ('returned', 'rejected')").map((row) => text(row, 'settlement_no'));
  }

  /** Whatever has not ended has a live job that will go on with it. */
  checkJobs(): Violation[] {
    const rows = this.#sql.all("SELECT settlement_no FROM discharge d WHERE state NOT IN ('returned', 'rejected') AND NOT EXISTS (SELECT 1 FROM job j WHERE j.kind = 'advanceDischarge' AND j.subject = d.settlement_no)");
    return rows.map((row) => ({ rule: 'I17', subject: text(row, 'settlement_no'), detail: 'no advanceDischarge job will go on with it' }));
  }

  checkEnd(): Violation[] {
    const violations: Violation[] = [];
    const known = new Set<string>();
    for (const row of this.#sql.all('SELECT settlement_no, state, refund_fen, shares FROM discharge')) {
      const settlementNo = text(row, 'settlement_no');
      known.add(settlementNo);
      const state = text(row, 'state');
      const refundFen = this.#hospital.discharges.get(settlementNo);
      const wrong = (detail: string) => violations.push({ rule: 'a stay is settled once', subject: settlementNo, detail });
      if (state === 'rejected' && refundFen !== undefined) wrong('said to be refused; the HIS has settled it');
      if (state !== 'returned') continue;
      if (refundFen !== number(row, 'refund_fen')) wrong(`says ${String(number(row, 'refund_fen'))} fen go back; the HIS ${String(refundFen)}`);
      const shares = JSON.parse(text(row, 'shares')) as readonly { readonly refundFen: number; readonly state: string }[];
      const reservedFen = shares.reduce((sum, share) => (share.state === 'reserved' ? sum + share.refundFen : sum), 0);
      if (reservedFen !== refundFen) wrong(`${String(reservedFen)} fen are on their way back, of ${String(refundFen)}`);
    }
    for (const settlementNo of this.#hospital.discharges.keys()) if (!known.has(settlementNo)) violations.push({ rule: 'a stay is settled once', subject: settlementNo, detail: 'settled at the HIS, and the platform knows nothing of it' });
    return violations;
  }
}
