import { fen } from '@hospay/plugin-sdk';
import { LINE_MEANINGS, type BankLine } from '../../../domain/bank-line.js';
import { PAYOUT_STATES } from '../../../domain/payout-states.js';
import type { BankStatementRecord } from '../../../domain/payout-store.js';
import { PAYOUT_KINDS, type Payout, type PayoutReservation } from '../../../domain/payout.js';
import { number, optionalText, text, type Columns, type Row } from './rows.js';

const RESERVATIONS: readonly PayoutReservation[] = ['none', 'pending', 'posted'];

export function payoutFromRow(row: Row): Payout {
  const kind = PAYOUT_KINDS.find((known) => known === text(row, 'kind'));
  const state = PAYOUT_STATES.find((known) => known === text(row, 'state'));
  const reservation = RESERVATIONS.find((known) => known === text(row, 'reservation'));
  if (kind === undefined || state === undefined || reservation === undefined) throw new Error(`payout ${text(row, 'payout_no')} cannot be read`);
  return {
    payoutNo: text(row, 'payout_no'), hospitalId: text(row, 'hospital_id'), kind, subject: text(row, 'subject'), amountFen: fen(number(row, 'amount_fen')), fromAccount: text(row, 'from_account'),
    payee: { label: text(row, 'payee_label'), tail: text(row, 'payee_tail'), bankName: text(row, 'payee_bank'), isPersonal: number(row, 'payee_is_personal') === 1, fingerprint: text(row, 'payee_fingerprint') }, sealedPayee: text(row, 'payee_sealed'),
    purpose: text(row, 'purpose'), needsSecond: number(row, 'needs_second') === 1, state, proposedBy: text(row, 'proposed_by'), proposedAt: text(row, 'proposed_at'), expiresAt: text(row, 'expires_at'),
    firstApprovedBy: optionalText(row, 'first_approved_by'), decidedBy: optionalText(row, 'decided_by'), decidedAt: optionalText(row, 'decided_at'), reservation, attempts: number(row, 'attempts'), asked: number(row, 'asked'),
    submittedAt: optionalText(row, 'submitted_at'), absentAt: optionalText(row, 'absent_at'), awaitsBankApproval: number(row, 'awaits_bank_approval') === 1, bankTransferNo: optionalText(row, 'bank_transfer_no'), feeFen: fen(number(row, 'fee_fen')),
    paidAt: optionalText(row, 'paid_at'), returnedAt: optionalText(row, 'returned_at'), lastNews: optionalText(row, 'last_news'),
  };
}

export function payoutColumns(payout: Payout): Columns {
  const { payee } = payout;
  return {
    payout_no: payout.payoutNo, hospital_id: payout.hospitalId, kind: payout.kind, subject: payout.subject, amount_fen: payout.amountFen, from_account: payout.fromAccount, payee_label: payee.label, payee_tail: payee.tail, payee_bank: payee.bankName,
    payee_is_personal: payee.isPersonal ? 1 : 0, payee_fingerprint: payee.fingerprint, payee_sealed: payout.sealedPayee, purpose: payout.purpose, needs_second: payout.needsSecond ? 1 : 0, proposed_by: payout.proposedBy, proposed_at: payout.proposedAt,
    expires_at: payout.expiresAt, ...payoutStateColumns(payout),
  };
}

/** What may change after it was shown. */
export function payoutStateColumns(payout: Payout): Columns {
  return {
    state: payout.state, first_approved_by: payout.firstApprovedBy ?? null, decided_by: payout.decidedBy ?? null, decided_at: payout.decidedAt ?? null, reservation: payout.reservation, attempts: payout.attempts, asked: payout.asked,
    submitted_at: payout.submittedAt ?? null, absent_at: payout.absentAt ?? null, awaits_bank_approval: payout.awaitsBankApproval ? 1 : 0, bank_transfer_no: payout.bankTransferNo ?? null, fee_fen: payout.feeFen, paid_at: payout.paidAt ?? null,
    returned_at: payout.returnedAt ?? null, last_news: payout.lastNews?.slice(0, 500) ?? null,
  };
}

export function bankLineFromRow(row: Row): BankLine {
  const meaning = LINE_MEANINGS.find((known) => known === text(row, 'meaning'));
  if (meaning === undefined) throw new Error(`bank line ${text(row, 'bank_line_no')} cannot be read`);
  return {
    account: text(row, 'account'), bankLineNo: text(row, 'bank_line_no'), day: text(row, 'day'), direction: text(row, 'direction') === 'in' ? 'in' : 'out', amountFen: number(row, 'amount_fen'), balanceFen: optionalNumber(row, 'balance_fen'), at: text(row, 'at'),
    counterpartyLabel: text(row, 'counterparty_label'), counterpartyTail: text(row, 'counterparty_tail'), summary: text(row, 'summary'), instructionNo: optionalText(row, 'instruction_no'), isReturn: number(row, 'is_return') === 1,
    payoutNo: optionalText(row, 'payout_no'), meaning,
  };
}

export function bankStatementFromRow(row: Row): BankStatementRecord {
  const outcome = (['imported', 'notReady', 'unusable'] as const).find((known) => known === text(row, 'outcome'));
  if (outcome === undefined) throw new Error(`bank statement ${text(row, 'account')} ${text(row, 'day')} cannot be read`);
  return {
    account: text(row, 'account'), day: text(row, 'day'), outcome, reason: text(row, 'reason'), fileSha256: optionalText(row, 'file_sha256'), openingFen: optionalNumber(row, 'opening_fen'), closingFen: optionalNumber(row, 'closing_fen'), lines: number(row, 'lines'),
    at: text(row, 'at'),
  };
}

function optionalNumber(row: Row, column: string): number | undefined {
  const value = row[column];
  return typeof value === 'number' ? value : undefined;
}
