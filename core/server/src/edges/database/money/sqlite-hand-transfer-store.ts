import { CASE_OF_TRANSFER, TRANSFER_KINDS, TRANSFER_STATES, type DecideTransferResult, type DueTransfer, type HandTransfer, type HandTransferStore, type RecordTransferResult, type TransferKind } from '../../../domain/hand-transfer.js';
import type { GroupCommit } from './group-commit.js';
import { livePayoutNo, owedTransfer, owedWhileOpen } from './owed-transfers.js';
import { number, optionalText, text, type Row } from './rows.js';
import type { SharedRows } from './sqlite-presettlement-store.js';
import type { Statements } from './statements.js';

/** Transfers by hand in the money database, beside the cases they close. */
export class SqliteHandTransferStore implements HandTransferStore {
  readonly #commits: GroupCommit;
  readonly #sql: Statements;
  readonly #shared: Pick<SharedRows, 'resolveCase'>;
  readonly #hospitalId: string;

  constructor({ commits, sql, shared, hospitalId }: { readonly commits: GroupCommit; readonly sql: Statements; readonly shared: Pick<SharedRows, 'resolveCase'>; readonly hospitalId: string }) {
    this.#commits = commits;
    this.#sql = sql;
    this.#shared = shared;
    this.#hospitalId = hospitalId;
  }

  listDue(): Promise<readonly DueTransfer[]> {
    const rows = this.#sql.all("SELECT kind, subject, opened_at FROM discrepancy_case WHERE kind IN ('prepaymentTransfer', 'dischargeTransfer') AND resolved_at IS NULL ORDER BY opened_at, subject");
    return Promise.resolve(rows.flatMap((row) => {
      const [kind, subject] = [kindOfCase(text(row, 'kind')), text(row, 'subject')];
      const owed = owedTransfer(this.#sql, this.#hospitalId, kind, subject);
      const payoutNo = livePayoutNo(this.#sql, kind, subject);
      return owed === undefined ? [] : [{ kind, subject, ...owed, since: text(row, 'opened_at'), waiting: this.#waiting(kind, subject), ...(payoutNo === undefined ? {} : { payoutNo }) }];
    }));
  }
  list(limit: number): Promise<readonly HandTransfer[]> {
    return Promise.resolve(this.#sql.all('SELECT * FROM hand_transfer WHERE hospital_id = ? ORDER BY seq DESC LIMIT ?', this.#hospitalId, limit).map(transferFrom));
  }

  record({ draft, by, now }: Parameters<HandTransferStore['record']>[0]): Promise<RecordTransferResult> {
    return this.#commits.write<RecordTransferResult>(() => {
      const { kind, subject, amountFen, paidOn, bankName, accountLabel, accountTail, slipNo } = draft;
      const owed = owedWhileOpen(this.#sql, this.#hospitalId, kind, subject);
      if (owed === undefined) return { kind: 'notFound' };
      if (owed.amountFen !== amountFen) return { kind: 'amountDiffers', amountFen: owed.amountFen };
      const waiting = this.#waiting(kind, subject);
      if (waiting !== undefined) return isSame(waiting, draft) && waiting.recordedBy === by ? { kind: 'recorded', transfer: waiting } : { kind: 'waits', transferNo: waiting.transferNo };
      const payoutNo = livePayoutNo(this.#sql, kind, subject);
      if (payoutNo !== undefined) return { kind: 'waits', transferNo: payoutNo };
      const used = this.#sql.get("SELECT transfer_no FROM hand_transfer WHERE hospital_id = ? AND bank_name = ? AND slip_no = ? AND state <> 'rejected'", this.#hospitalId, bankName, slipNo);
      if (used !== undefined) return { kind: 'slipUsed', transferNo: text(used, 'transfer_no') };
      const count = this.#sql.get('SELECT count(*) AS n FROM hand_transfer');
      const transferNo = `ZZ${String((count === undefined ? 0 : number(count, 'n')) + 1).padStart(6, '0')}`;
      this.#sql.insert('hand_transfer', { transfer_no: transferNo, hospital_id: this.#hospitalId, kind, subject, amount_fen: amountFen, state: 'recorded', paid_on: paidOn, bank_name: bankName, account_label: accountLabel, account_tail: accountTail, slip_no: slipNo, recorded_by: by, recorded_at: now.toISOString() });
      return { kind: 'recorded', transfer: this.#mustFind(transferNo) };
    });
  }

  decide({ transferNo, isConfirmed, amountFen, slipNo, reason, by, now }: Parameters<HandTransferStore['decide']>[0]): Promise<DecideTransferResult> {
    return this.#commits.write<DecideTransferResult>(() => {
      const row = this.#sql.get('SELECT * FROM hand_transfer WHERE transfer_no = ? AND hospital_id = ?', transferNo, this.#hospitalId);
      if (row === undefined) return { kind: 'notFound' };
      const transfer = transferFrom(row);
      const wanted = isConfirmed ? 'confirmed' : 'rejected';
      if (transfer.state !== 'recorded') return transfer.state === wanted && transfer.decidedBy === by ? { kind: 'decided', transfer } : { kind: 'decidedBefore' };
      if (isConfirmed && transfer.recordedBy === by) return { kind: 'ownRecord' };
      if (transfer.amountFen !== amountFen || transfer.slipNo !== slipNo) return { kind: 'notWhatWasShown' };
      this.#sql.update('hand_transfer', { state: wanted, decided_by: by, decided_at: now.toISOString(), reason }, 'transfer_no', transferNo);
      if (isConfirmed) this.#shared.resolveCase(CASE_OF_TRANSFER[transfer.kind], transfer.subject, now);
      return { kind: 'decided', transfer: this.#mustFind(transferNo) };
    });
  }

  #waiting(kind: TransferKind, subject: string): HandTransfer | undefined {
    const row = this.#sql.get("SELECT * FROM hand_transfer WHERE kind = ? AND subject = ? AND state = 'recorded'", kind, subject);
    return row === undefined ? undefined : transferFrom(row);
  }
  #mustFind(transferNo: string): HandTransfer {
    const row = this.#sql.get('SELECT * FROM hand_transfer WHERE transfer_no = ?', transferNo);
    if (row === undefined) throw new Error(`${transferNo} was written and is not there`);
    return transferFrom(row);
  }
}

function kindOfCase(kind: string): TransferKind {
  return kind === CASE_OF_TRANSFER.prepayment ? 'prepayment' : 'discharge';
}
function isSame(transfer: HandTransfer, { amountFen, paidOn, bankName, accountLabel, accountTail, slipNo }: Parameters<HandTransferStore['record']>[0]['draft']): boolean {
  return transfer.amountFen === amountFen && transfer.paidOn === paidOn && transfer.bankName === bankName && transfer.accountLabel === accountLabel && transfer.accountTail === accountTail && transfer.slipNo === slipNo;
}
function transferFrom(row: Row): HandTransfer {
  const [kind, state] = [TRANSFER_KINDS.find((known) => known === text(row, 'kind')), TRANSFER_STATES.find((known) => known === text(row, 'state'))];
  if (kind === undefined || state === undefined) throw new Error(`transfer ${text(row, 'transfer_no')} cannot be read`);
  return {
    transferNo: text(row, 'transfer_no'), kind, subject: text(row, 'subject'), amountFen: number(row, 'amount_fen'), state, paidOn: text(row, 'paid_on'), bankName: text(row, 'bank_name'), accountLabel: text(row, 'account_label'), accountTail: text(row, 'account_tail'),
    slipNo: text(row, 'slip_no'), recordedBy: text(row, 'recorded_by'), recordedAt: text(row, 'recorded_at'), decidedBy: optionalText(row, 'decided_by'), decidedAt: optionalText(row, 'decided_at'), reason: optionalText(row, 'reason'),
  };
}
