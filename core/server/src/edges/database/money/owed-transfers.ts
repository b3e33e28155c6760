import { fen } from '@hospay/plugin-sdk';
import { remainderOf, type DischargeShare } from '../../../domain/discharge.js';
import { mask } from '../../../domain/mask.js';
import { CASE_OF_TRANSFER, type TransferKind } from '../../../domain/hand-transfer.js';
import { transferFen, type PrepaymentShare } from '../../../domain/prepayment.js';
import { number, text } from './rows.js';
import type { Statements } from './statements.js';

export type Owed = { readonly owedTo: string; readonly amountFen: number };

/** What no order can give back of a prepayment account or a stay, whether or not it was paid since. */
export function owedTransfer(sql: Statements, hospitalId: string, kind: TransferKind, subject: string): Owed | undefined {
  if (kind === 'prepayment') {
    const row = sql.get("SELECT * FROM prepayment_return WHERE return_no = ? AND hospital_id = ? AND state = 'returned'", subject, hospitalId);
    return row === undefined ? undefined : { owedTo: mask('patientNumber', text(row, 'patient_id')), amountFen: transferFen({ amountFen: fen(number(row, 'amount_fen')), shares: JSON.parse(text(row, 'shares')) as PrepaymentShare[] }) };
  }
  const row = sql.get("SELECT * FROM discharge WHERE settlement_no = ? AND hospital_id = ? AND state = 'returned'", subject, hospitalId);
  return row === undefined ? undefined : { owedTo: `${mask('patientNumber', text(row, 'inpatient_no'))}/${mask('patientNumber', text(row, 'visit_id'))} ${text(row, 'patient_label')}`, amountFen: remainderOf({ refundFen: fen(number(row, 'refund_fen')), shares: JSON.parse(text(row, 'shares')) as DischargeShare[] }) };
}

export function isStillOwed(sql: Statements, kind: TransferKind, subject: string): boolean {
  return sql.get('SELECT 1 AS n FROM discrepancy_case WHERE kind = ? AND subject = ? AND resolved_at IS NULL', CASE_OF_TRANSFER[kind], subject) !== undefined;
}

/** The same while its case is open: undefined once it was paid. */
export function owedWhileOpen(sql: Statements, hospitalId: string, kind: TransferKind, subject: string): Owed | undefined {
  return isStillOwed(sql, kind, subject) ? owedTransfer(sql, hospitalId, kind, subject) : undefined;
}

/** The payout that pays this debt, or may: never a transfer by hand beside it. */
export function livePayoutNo(sql: Statements, kind: TransferKind, subject: string): string | undefined {
  const row = sql.get('SELECT payout_no FROM payout WHERE kind = ? AND subject = ? AND is_live = 1', kind, subject);
  return row === undefined ? undefined : text(row, 'payout_no');
}
