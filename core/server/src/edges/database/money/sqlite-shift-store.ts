import { yuanOf } from '../../../domain/bilingual.js';
import { countedCash, inTransit, postCashAct, postShiftCounted, vault, VAULT_KEY } from '../../../domain/cash-postings.js';
import { decideCashAct } from '../../../domain/decide-cash-act.js';
import type { AccountName, Journal } from '../../../domain/ledger.js';
import { differenceFen, payingOut, standingHandOver, sumOfDenominations, type OpenShift, type ShiftRecord } from '../../../domain/shift.js';
import type { CashActRequest, CashActResult, CashPosition, ChangeMoney, CloseRequest, CloseResult, ShiftFilter, ShiftPage, ShiftStore } from '../../../domain/shift-store.js';
import type { GroupCommit } from './group-commit.js';
import type { LedgerWriter } from './ledger-writer.js';
import { number, text } from './rows.js';
import { actFromRow, shiftFromRow, ShiftTable } from './shift-table.js';
import type { SharedRows } from './sqlite-presettlement-store.js';
import type { Statements } from './statements.js';

const ACTS_SHOWN = 50;
const TILLS_AT_ONCE = 8;
/** A shift older than so many others whose cash came to nothing, and that nobody took over, is not shown for ever. One with cash is. */
const LOOKED_BACK = 2_000;

/** Shifts and counted cash in the money database, in the money store's own transactions. */
export class SqliteShiftStore implements ShiftStore {
  readonly #commits: GroupCommit;
  readonly #sql: Statements;
  readonly #table: ShiftTable;
  readonly #ledger: LedgerWriter;
  readonly #shared: Pick<SharedRows, 'saveCase' | 'resolveCase'>;
  readonly #hospitalId: string;

  constructor(parts: { readonly commits: GroupCommit; readonly sql: Statements; readonly ledger: LedgerWriter; readonly shared: Pick<SharedRows, 'saveCase' | 'resolveCase'>; readonly hospitalId: string }) {
    this.#commits = parts.commits;
    this.#sql = parts.sql;
    this.#table = new ShiftTable(parts.sql);
    this.#ledger = parts.ledger;
    this.#shared = parts.shared;
    this.#hospitalId = parts.hospitalId;
  }

  addChangeMoney({ openingNo, tillNo, channel, amountFen }: ChangeMoney, now: Date): Promise<void> {
    return this.#commits.write(() => {
      this.#sql.run('INSERT OR IGNORE INTO change_money (opening_no, till_no, channel, amount_fen, at) VALUES (?,?,?,?,?)', openingNo, tillNo, channel, amountFen, now.toISOString());
    });
  }

  close(request: CloseRequest): Promise<CloseResult> {
    return this.#commits.write<CloseResult>(() => {
      const { tillNo, denominations, by, operatorId, idempotency, now } = request;
      const known = this.#table.findByKey('shift', idempotency);
      if (known !== undefined) return text(known, 'request_hash') === idempotency.requestHash ? { kind: 'replayed', shift: shiftFromRow(known) } : { kind: 'keyReused' };
      const head = this.#ledger.head().seq;
      const { figures, toOpening, ...open } = this.#table.readOpen(tillNo, head);
      if (!this.#table.hasAny(tillNo, open)) return { kind: 'nothingToClose' };
      const [leaving] = payingOut(figures);
      if (leaving !== undefined) return { kind: 'payingOut', refundNo: leaving.number };
      if (figures.expectedFen !== request.expectedFen) return { kind: 'tillMoved', expectedFen: figures.expectedFen };
      const counted = {
        ...open, shiftNo: this.#table.nextShiftNo(this.#hospitalId, now), hospitalId: this.#hospitalId, figures, toSeq: head, toOpening,
        closedAt: now.toISOString(), closedBy: by, operatorId, denominations, countedFen: sumOfDenominations(denominations), prevHash: '', hash: '',
      };
      // The count stands in the shift it closes.
      const toSeq = this.#post(postShiftCounted(counted), `shift/${counted.shiftNo}`, now) ?? head;
      const shift = this.#table.insert({ ...counted, toSeq }, idempotency);
      this.#tellCase({ shift, acts: [] }, differenceFen(shift), now);
      return { kind: 'closed', shift };
    });
  }

  act(request: CashActRequest): Promise<CashActResult> {
    return this.#commits.write<CashActResult>(() => {
      const { idempotency, now } = request;
      const known = this.#table.findByKey('cash_act', idempotency);
      if (known !== undefined) return text(known, 'request_hash') === idempotency.requestHash ? { kind: 'replayed', act: actFromRow(known) } : { kind: 'keyReused' };
      const record = request.kind === 'handOver' || request.kind === 'recount' ? this.#table.find(request.shiftNo) : undefined;
      const target = request.kind === 'reversal' ? this.#sql.get('SELECT * FROM cash_act WHERE act_no = ?', request.reverses) : undefined;
      const decided = decideCashAct(request, {
        record,
        target: target === undefined ? undefined : { act: actFromRow(target), isReversed: this.#isReversed(text(target, 'act_no')) },
        vaultFen: this.#clearFen(vault(this.#hospitalId), VAULT_KEY),
        inTransitFen: (slipNo) => this.#clearFen(inTransit(this.#hospitalId), slipNo),
        isSlipUsed: (slipNo) => this.#sql.all(`SELECT act_no FROM cash_act WHERE kind = 'deposit' AND slip_no = ?`, slipNo).some((row) => !this.#isReversed(text(row, 'act_no'))),
      }, this.#hospitalId);
      if (decided.kind !== 'act') return decided;
      const { act } = decided;
      this.#post(postCashAct(act, { record, reversed: target === undefined ? undefined : actFromRow(target) }), `cashAct/${act.actNo}`, now);
      this.#table.insertAct(act, idempotency);
      if (act.kind === 'recount' && record !== undefined) this.#tellCase(record, act.amountFen - record.shift.figures.expectedFen, now);
      return { kind: 'done', act };
    });
  }

  readOpen(tillNo: string): Promise<OpenShift> {
    return this.#read(() => openOf(this.#table.readOpen(tillNo, this.#ledger.head().seq)));
  }
  async listOpen(): Promise<readonly OpenShift[]> {
    const shifts: OpenShift[] = [];
    for (const [index, tillNo] of this.#table.openTills().entries()) {
      // A large hospital has hundreds of tills, and payments go on between them.
      if (index % TILLS_AT_ONCE === TILLS_AT_ONCE - 1) await new Promise((resolve) => { setImmediate(resolve); });
      shifts.push(openOf(this.#table.readOpen(tillNo, this.#ledger.head().seq)));
    }
    return shifts;
  }
  find(shiftNo: string): Promise<ShiftRecord | undefined> {
    return this.#read(() => this.#table.find(shiftNo));
  }

  list({ tillNo, day, before, limit }: ShiftFilter): Promise<ShiftPage> {
    return this.#read(() => {
      const rows = this.#sql.prepare(
        `SELECT * FROM shift WHERE hospital_id = :hospitalId AND seq < :before AND (:tillNo IS NULL OR till_no = :tillNo) AND (:day IS NULL OR closed_day = :day) ORDER BY seq DESC LIMIT :limit`,
      ).all({ hospitalId: this.#hospitalId, before: before ?? Number.MAX_SAFE_INTEGER, tillNo: tillNo ?? null, day: day ?? null, limit: limit + 1 });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return { shifts: page.map((row) => ({ shift: shiftFromRow(row), acts: this.#table.actsOf(text(row, 'shift_no')) })), next: rows.length > limit && last !== undefined ? number(last, 'seq') : undefined };
    });
  }

  readCash(): Promise<CashPosition> {
    return this.#read(() => {
      // A shift whose cash came to nothing waits as well: somebody still has to say that he has looked at it. It is found by the acts, not by the balance.
      const waiting = this.#sql.all(
        `SELECT shift_no FROM shift s WHERE hospital_id = ? AND (seq > (SELECT coalesce(max(seq), 0) FROM shift) - ? OR shift_no IN (SELECT c.clear_key FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE a.name = ?)) AND (SELECT coalesce(sum(CASE kind WHEN 'handOver' THEN 1 WHEN 'reversal' THEN -1 ELSE 0 END), 0) FROM cash_act a WHERE a.shift_no = s.shift_no) = 0 ORDER BY seq`, this.#hospitalId, LOOKED_BACK, countedCash(this.#hospitalId),
      ).flatMap((row) => this.#table.find(text(row, 'shift_no')) ?? []).filter((record) => standingHandOver(record) === undefined);
      return {
        vaultFen: this.#clearFen(vault(this.#hospitalId), VAULT_KEY),
        waiting,
        inTransit: this.#sql.all('SELECT c.clear_key, c.net_fen FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE a.name = ? ORDER BY c.clear_key', inTransit(this.#hospitalId))
          .map((row) => ({ slipNo: text(row, 'clear_key'), amountFen: number(row, 'net_fen') })),
        acts: this.#sql.all('SELECT * FROM cash_act WHERE hospital_id = ? ORDER BY rowid DESC LIMIT ?', this.#hospitalId, ACTS_SHOWN).map(actFromRow),
      };
    });
  }

  #post(journal: Journal | undefined, id: string, now: Date): number | undefined {
    return journal === undefined ? undefined : this.#ledger.post(journal, { tradeNo: '', cause: { kind: 'operator', id }, at: now.toISOString() });
  }

  /** One case for what is open of a shift, or none: with the amount, the person and the shift. */
  #tellCase({ shift }: ShiftRecord, difference: number, now: Date): void {
    const { shiftNo, tillNo, closedBy, operatorId, countedFen } = shift;
    for (const kind of ['cashLong', 'cashShort'] as const) this.#shared.resolveCase(kind, shiftNo, now);
    if (difference === 0) return;
    const who = operatorId === undefined ? closedBy : `${operatorId} (${closedBy})`;
    const [amount, counted] = [yuanOf(Math.abs(difference)), yuanOf(countedFen + difference - differenceFen(shift))];
    const detail = {
      zh: `交班${difference > 0 ? '长款' : '短款'} ${amount} 元：钱箱 ${tillNo}，${who}，实点 ${counted} 元。请与收费员核对；重新清点，或提出处理方案`,
      en: `${difference > 0 ? 'long' : 'short'} by ${amount} yuan: ${tillNo}, ${who}, ${counted} yuan counted. Ask the cashier; count again, or propose how it ends`,
    };
    this.#shared.saveCase({ kind: difference > 0 ? 'cashLong' : 'cashShort', subject: shiftNo, severity: 2, detail }, undefined, now);
  }

  #clearFen(account: AccountName, clearKey: string): number {
    const row = this.#sql.get('SELECT c.net_fen FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE a.name = ? AND c.clear_key = ?', account, clearKey);
    return row === undefined ? 0 : number(row, 'net_fen');
  }
  #isReversed(actNo: string): boolean {
    return this.#sql.get('SELECT 1 AS n FROM cash_act WHERE reverses = ?', actNo) !== undefined;
  }
  #read<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve) => { resolve(work()); });
  }
}

function openOf({ toOpening: _toOpening, ...open }: ReturnType<ShiftTable['readOpen']>): OpenShift {
  return open;
}
