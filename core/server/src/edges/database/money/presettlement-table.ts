import type { IdempotencyKey } from '../../../domain/money-store.js';
import type { Presettlement } from '../../../domain/order.js';
import { presettlementColumns, presettlementFromRow, presettlementStateColumns, text } from './rows.js';
import type { Statements } from './statements.js';

/** Rows of pre-settlements and of the bills they hold. Runs inside the store's transaction. */
export class PresettlementTable {
  readonly #sql: Statements;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  find(presettlementNo: string): Presettlement | undefined {
    const row = this.#sql.get('SELECT * FROM presettlement WHERE presettlement_no = ?', presettlementNo);
    return row === undefined ? undefined : presettlementFromRow(row);
  }

  findByKey({ tenant, key }: IdempotencyKey): { readonly presettlement: Presettlement; readonly requestHash: string } | undefined {
    const row = this.#sql.get('SELECT * FROM presettlement WHERE tenant = ? AND idempotency_key = ?', tenant, key);
    return row === undefined ? undefined : { presettlement: presettlementFromRow(row), requestHash: text(row, 'request_hash') };
  }

  /** One that still holds any of the bills. */
  holderOf(hospitalId: string, billNos: readonly string[]): Presettlement | undefined {
    for (const billNo of billNos) {
      const row = this.#sql.get('SELECT p.* FROM presettlement_bill b JOIN presettlement p ON p.presettlement_no = b.presettlement_no WHERE b.hospital_id = ? AND b.bill_no = ?', hospitalId, billNo);
      if (row !== undefined) return presettlementFromRow(row);
    }
    return undefined;
  }

  /** Insured payments of every order that has taken it, or had, and that are not known to be paid. */
  unpaidBy(presettlementNo: string): string[] {
    return this.#sql
      .all("SELECT p.payment_no FROM orders o JOIN payment p ON p.trade_no = o.trade_no WHERE o.presettlement_no = ? AND p.method = 'medicalInsurance' AND p.state <> 'succeeded'", presettlementNo)
      .map((row) => text(row, 'payment_no'));
  }

  countOpen(channel: string): number {
    return Number(this.#sql.get("SELECT count(*) AS n FROM presettlement WHERE channel = ? AND state NOT IN ('settled', 'abandoned')", channel)?.['n'] ?? 0);
  }

  insert(presettlement: Presettlement, { tenant, key, requestHash }: IdempotencyKey): void {
    this.#sql.insert('presettlement', { ...presettlementColumns(presettlement), tenant, idempotency_key: key, request_hash: requestHash });
    for (const billNo of presettlement.billNos) this.#sql.insert('presettlement_bill', { hospital_id: presettlement.hospitalId, bill_no: billNo, presettlement_no: presettlement.presettlementNo });
  }

  /** What the centre holds nothing of any more holds no bill. */
  update(presettlement: Presettlement): void {
    const changed = this.#sql.update('presettlement', presettlementStateColumns(presettlement), 'presettlement_no', presettlement.presettlementNo);
    if (changed !== 1) throw new Error(`pre-settlement ${presettlement.presettlementNo} vanished while it was being changed`);
    if (presettlement.state === 'abandoned') this.#sql.run('DELETE FROM presettlement_bill WHERE presettlement_no = ?', presettlement.presettlementNo);
  }
}
