import type {
  FormPointer, HandOutFormsResult, NumberedFormStore, RegisterFormsResult, ReturnFormsResult, SettleFormResult, TakeFormRequest, TakeFormResult,
} from '../../../domain/numbered-form-store.js';
import { FORM_KINDS, FORM_MEDIA, FORM_STATES, formNumber, readFormNumber, type FormBatch, type FormNumber, type FormRun, type FormState } from '../../../domain/numbered-form.js';
import type { IdempotencyKey } from '../../../domain/money-store.js';
import type { GroupCommit } from './group-commit.js';
import { number, optionalText, text, type Row } from './rows.js';
import type { Statements } from './statements.js';

/** A run with what became of its numbers. Counted from the rows: nothing is kept beside them that could say something else. */
const RUNS = `
  SELECT r.*, b.kind, b.medium, b.code, b.prefix, b.width, coalesce(r.returned_from - 1, r.last) AS effective_last,
         coalesce((SELECT max(n.value) + 1 FROM form_number n WHERE n.run_no = r.run_no), r.first) AS next,
         (SELECT count(*) FROM form_number n WHERE n.run_no = r.run_no AND n.state = 'printed') AS printed,
         (SELECT count(*) FROM form_number n WHERE n.run_no = r.run_no AND n.state = 'void') AS void,
         (SELECT count(*) FROM form_number n WHERE n.run_no = r.run_no AND n.state = 'given') AS open
    FROM form_run r JOIN form_batch b ON b.batch_no = r.batch_no`;
const NUMBERS = 'SELECT n.*, r.till_no, b.kind, b.medium, b.code, b.prefix, b.width FROM form_number n JOIN form_run r ON r.run_no = n.run_no JOIN form_batch b ON b.batch_no = r.batch_no';
/** Its last number is neither used nor returned: one step in an index, however old the run is. */
const HAS_NUMBERS = '(r.returned_from IS NULL AND NOT EXISTS (SELECT 1 FROM form_number n WHERE n.run_no = r.run_no AND n.value = r.last))';
const SHOWN = 500;

/** Numbered forms (票据) of one hospital in the money database, in the money store's own transactions. */
export class SqliteNumberedFormStore implements NumberedFormStore {
  readonly #commits: GroupCommit;
  readonly #sql: Statements;
  readonly #hospitalId: string;

  constructor({ commits, sql, hospitalId }: { readonly commits: GroupCommit; readonly sql: Statements; readonly hospitalId: string }) {
    this.#commits = commits;
    this.#sql = sql;
    this.#hospitalId = hospitalId;
  }

  register({ batch, by, idempotency, now }: Parameters<NumberedFormStore['register']>[0]): Promise<RegisterFormsResult> {
    return this.#commits.write<RegisterFormsResult>(() => {
      const known = this.#findByKey('form_batch', idempotency);
      if (known !== undefined) return isSame(known, idempotency) ? { kind: 'replayed', batch: this.#mustFindBatch(text(known, 'batch_no')) } : { kind: 'keyReused' };
      const { kind, medium, code, prefix, width, first, last } = batch;
      const other = this.#sql.get('SELECT batch_no FROM form_batch WHERE hospital_id = ? AND code = ? AND prefix = ? AND width = ? AND ? <= last AND ? >= first', this.#hospitalId, code, prefix, width, first, last);
      if (other !== undefined) return { kind: 'overlaps', batchNo: text(other, 'batch_no') };
      const batchNo = `PR${this.#ordinal('form_batch')}`;
      this.#sql.insert('form_batch', { batch_no: batchNo, hospital_id: this.#hospitalId, kind, medium, code, prefix, width, first, last, by, at: now.toISOString(), ...keyColumns(idempotency) });
      return { kind: 'done', batch: this.#mustFindBatch(batchNo) };
    });
  }

  handOut({ batchNo, tillNo, count, by, idempotency, now }: Parameters<NumberedFormStore['handOut']>[0]): Promise<HandOutFormsResult> {
    return this.#commits.write<HandOutFormsResult>(() => {
      const known = this.#findByKey('form_run', idempotency);
      if (known !== undefined) return isSame(known, idempotency) ? { kind: 'replayed', run: this.#mustFindRun(text(known, 'run_no')) } : { kind: 'keyReused' };
      const batch = this.#findBatch(batchNo);
      if (batch === undefined) return { kind: 'notFound' };
      const free = this.#freeParts(batch);
      const part = free.find(({ first, last }) => last - first + 1 >= count);
      if (part === undefined) return { kind: 'notEnough', most: free.reduce((most, { first, last }) => Math.max(most, last - first + 1), 0) };
      const runNo = `PL${this.#ordinal('form_run')}`;
      this.#sql.insert('form_run', { run_no: runNo, batch_no: batchNo, till_no: tillNo, first: part.first, last: part.first + count - 1, by, at: now.toISOString(), ...keyColumns(idempotency) });
      return { kind: 'done', run: this.#mustFindRun(runNo) };
    });
  }

  takeBack({ runNo, nextNumber, by, now }: Parameters<NumberedFormStore['takeBack']>[0]): Promise<ReturnFormsResult> {
    return this.#commits.write<ReturnFormsResult>(() => {
      const run = this.#findRun(runNo);
      if (run === undefined) return { kind: 'notFound' };
      if (run.next === undefined) {
        const isRepeat = run.returnedBy === by && readFormNumber(nextNumber)?.value === run.last + 1;
        return isRepeat ? { kind: 'returned', run } : { kind: 'nothingLeft' };
      }
      const next = formNumber(run, run.next);
      if (next !== nextNumber) return { kind: 'moved', next };
      this.#sql.update('form_run', { returned_from: run.next, returned_by: by, returned_at: now.toISOString() }, 'run_no', runNo);
      return { kind: 'returned', run: this.#mustFindRun(runNo) };
    });
  }

  take({ hospitalId, tillNo, tradeNo, kind, media, by, idempotency, now }: TakeFormRequest): Promise<TakeFormResult> {
    return this.#commits.write<TakeFormResult>(() => {
      const known = this.#findByKey('form_number', idempotency);
      if (known !== undefined) return isSame(known, idempotency) ? { kind: 'replayed', form: this.#mustFindNumber(text(known, 'run_no'), number(known, 'value')), left: this.#left(tillNo, kind, media) } : { kind: 'keyReused' };
      const receiptNo = this.#receiptOf(hospitalId, tradeNo);
      if (receiptNo === undefined) return { kind: 'notBooked' };
      const own = this.#sql.get(`${NUMBERS} WHERE n.trade_no = ? AND n.receipt_no = ? AND n.state <> 'void'`, tradeNo, receiptNo);
      if (own !== undefined) return { kind: 'hasNumber', form: numberFrom(own) };
      const run = this.#runsOfTill(tillNo, kind, media)[0];
      if (run?.next === undefined) return { kind: 'noneLeft' };
      this.#sql.insert('form_number', { run_no: run.runNo, value: run.next, state: 'given', trade_no: tradeNo, receipt_no: receiptNo, by, at: now.toISOString(), ...keyColumns(idempotency) });
      const form = this.#mustFindNumber(run.runNo, run.next);
      this.#tell(form, by, now);
      return { kind: 'taken', form, left: this.#left(tillNo, kind, media) };
    });
  }

  confirmPrinted({ by, now, ...pointer }: FormPointer & { readonly by: string; readonly now: Date }): Promise<SettleFormResult> {
    return this.#commits.write<SettleFormResult>(() => {
      const form = this.#point(pointer).form;
      if (form === undefined) return { kind: 'notFound' };
      if (form.state === 'void') return { kind: 'isVoid' };
      return { kind: 'done', form: form.state === 'printed' ? form : this.#move(form, 'printed', undefined, by, now) };
    });
  }

  makeVoid({ reason, by, now, ...pointer }: FormPointer & { readonly reason: string; readonly by: string; readonly now: Date }): Promise<SettleFormResult> {
    return this.#commits.write<SettleFormResult>(() => {
      const { run, form } = this.#point(pointer);
      if (run === undefined) return { kind: 'notFound' };
      if (form !== undefined) return { kind: 'done', form: form.state === 'void' ? form : this.#move(form, 'void', reason, by, now) };
      if (run.next === undefined || formNumber(run, run.next) !== pointer.number) return { kind: 'notNext', next: run.next === undefined ? undefined : formNumber(run, run.next) };
      this.#sql.insert('form_number', { run_no: run.runNo, value: run.next, state: 'void', reason, by, at: now.toISOString() });
      const spoiled = this.#mustFindNumber(run.runNo, run.next);
      this.#tell(spoiled, by, now);
      return { kind: 'done', form: spoiled };
    });
  }

  listBatches(): Promise<readonly FormBatch[]> {
    return this.#read(() => this.#sql.all('SELECT batch_no FROM form_batch WHERE hospital_id = ? ORDER BY rowid DESC LIMIT ?', this.#hospitalId, SHOWN).map((row) => this.#mustFindBatch(text(row, 'batch_no'))));
  }
  listRuns({ tillNo, live = false }: { readonly tillNo?: string; readonly live?: boolean }): Promise<readonly FormRun[]> {
    return this.#read(() => {
      const rows = this.#sql.prepare(`SELECT r.run_no FROM form_run r JOIN form_batch b ON b.batch_no = r.batch_no WHERE b.hospital_id = :hospitalId AND (:tillNo IS NULL OR r.till_no = :tillNo) AND (:live = 0 OR ${HAS_NUMBERS} OR EXISTS (SELECT 1 FROM form_number n WHERE n.run_no = r.run_no AND n.state = 'given')) ORDER BY r.seq DESC LIMIT :limit`)
        .all({ hospitalId: this.#hospitalId, tillNo: tillNo ?? null, live: live ? 1 : 0, limit: SHOWN });
      return rows.map((row) => this.#mustFindRun(text(row, 'run_no')));
    });
  }
  listNumbers(runNo: string): Promise<readonly FormNumber[]> {
    return this.#read(() => this.#sql.all(`${NUMBERS} WHERE n.run_no = ? AND b.hospital_id = ? ORDER BY n.value`, runNo, this.#hospitalId).map(numberFrom));
  }
  findOfOrder(tradeNo: string): Promise<readonly FormNumber[]> {
    return this.#read(() => this.#sql.all(`${NUMBERS} WHERE n.trade_no = ? AND b.hospital_id = ? ORDER BY n.at, n.value`, tradeNo, this.#hospitalId).map(numberFrom));
  }

  /** The receipt that stands of a booked order: the last of its chain (红冲重收). A HIS that gives no number has one receipt an order. */
  #receiptOf(hospitalId: string, tradeNo: string): string | undefined {
    const order = this.#sql.get("SELECT receipt_no FROM orders WHERE trade_no = ? AND hospital_id = ? AND confirmation = 'confirmed'", tradeNo, hospitalId);
    if (order === undefined) return undefined;
    const link = this.#sql.get('SELECT new_receipt_no FROM receipt_link WHERE trade_no = ? ORDER BY id DESC LIMIT 1', tradeNo);
    return (link === undefined ? undefined : text(link, 'new_receipt_no')) ?? optionalText(order, 'receipt_no') ?? tradeNo;
  }

  /** What of a batch is in nobody's hands, in the order of its numbers. */
  #freeParts(batch: FormBatch): { readonly first: number; readonly last: number }[] {
    const free: { first: number; last: number }[] = [];
    let from = batch.first;
    for (const row of this.#sql.all('SELECT first, coalesce(returned_from - 1, last) AS last FROM form_run WHERE batch_no = ? AND coalesce(returned_from - 1, last) >= first ORDER BY first', batch.batchNo)) {
      if (number(row, 'first') > from) free.push({ first: from, last: number(row, 'first') - 1 });
      from = number(row, 'last') + 1;
    }
    return from > batch.last ? free : [...free, { first: from, last: batch.last }];
  }

  /** With numbers left, the one he got first before the others. */
  #runsOfTill(tillNo: string, kind: string, media: readonly string[]): FormRun[] {
    return this.#sql.all(`${RUNS} WHERE b.hospital_id = ? AND r.till_no = ? AND b.kind = ? AND ${HAS_NUMBERS} ORDER BY r.seq`, this.#hospitalId, tillNo, kind).map(runFrom).filter(({ next, medium }) => next !== undefined && media.includes(medium));
  }
  #left(tillNo: string, kind: string, media: readonly string[]): number {
    return this.#runsOfTill(tillNo, kind, media).reduce((sum, { left }) => sum + left, 0);
  }

  #point({ runNo, number: wanted, tillNo, machinesToo = false }: FormPointer): { readonly run?: FormRun; readonly form?: FormNumber | undefined } {
    const run = this.#findRun(runNo);
    const value = readFormNumber(wanted)?.value;
    if (run === undefined || value === undefined || formNumber(run, value) !== wanted) return {};
    const isOwn = tillNo === undefined || run.tillNo === tillNo;
    if (!isOwn && !(machinesToo && run.tillNo.startsWith('terminal:'))) return {};
    const form = this.#findNumber(runNo, value);
    // Of a machine only what it was given: its blank sheets are in the machine.
    return !isOwn && form === undefined ? {} : { run, form };
  }
  #move(form: FormNumber, state: FormState, reason: string | undefined, by: string, now: Date): FormNumber {
    const value = readFormNumber(form.number)?.value ?? 0;
    this.#sql.run('UPDATE form_number SET state = ?, reason = coalesce(?, reason), by = ?, at = ? WHERE run_no = ? AND value = ?', state, reason ?? null, by, now.toISOString(), form.runNo, value);
    const moved = this.#mustFindNumber(form.runNo, value);
    this.#tell(moved, by, now);
    return moved;
  }
  #tell({ tillNo, runNo, number: shown, state, tradeNo, reason }: FormNumber, by: string, now: Date): void {
    this.#sql.insert('form_event', { till_no: tillNo, run_no: runNo, number: shown, state, trade_no: tradeNo ?? null, reason: reason ?? null, by, at: now.toISOString() });
  }

  #findBatch(batchNo: string): FormBatch | undefined {
    const row = this.#sql.get('SELECT * FROM form_batch WHERE batch_no = ? AND hospital_id = ?', batchNo, this.#hospitalId);
    if (row === undefined) return undefined;
    const batch = { ...seriesFrom(row), batchNo, first: number(row, 'first'), last: number(row, 'last'), by: text(row, 'by'), at: text(row, 'at'), inStore: 0 };
    return { ...batch, inStore: this.#freeParts(batch).reduce((sum, { first, last }) => sum + last - first + 1, 0) };
  }
  #mustFindBatch(batchNo: string): FormBatch {
    return must(this.#findBatch(batchNo), batchNo);
  }
  #findRun(runNo: string): FormRun | undefined {
    const row = this.#sql.get(`${RUNS} WHERE r.run_no = ? AND b.hospital_id = ?`, runNo, this.#hospitalId);
    return row === undefined ? undefined : runFrom(row);
  }
  #mustFindRun(runNo: string): FormRun {
    return must(this.#findRun(runNo), runNo);
  }
  #findNumber(runNo: string, value: number): FormNumber | undefined {
    const row = this.#sql.get(`${NUMBERS} WHERE n.run_no = ? AND n.value = ?`, runNo, value);
    return row === undefined ? undefined : numberFrom(row);
  }
  #mustFindNumber(runNo: string, value: number): FormNumber {
    return must(this.#findNumber(runNo, value), `${runNo}/${String(value)}`);
  }
  #findByKey(table: 'form_batch' | 'form_run' | 'form_number', { tenant, key }: IdempotencyKey): Row | undefined {
    return this.#sql.get(`SELECT * FROM ${table} WHERE tenant = ? AND idempotency_key = ?`, tenant, key);
  }
  #ordinal(table: 'form_batch' | 'form_run'): string {
    const row = this.#sql.get(`SELECT count(*) AS n FROM ${table}`);
    return String((row === undefined ? 0 : number(row, 'n')) + 1).padStart(6, '0');
  }
  #read<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve) => { resolve(work()); });
  }
}

function isSame(row: Row, { requestHash }: IdempotencyKey): boolean {
  return text(row, 'request_hash') === requestHash;
}
function keyColumns({ tenant, key, requestHash }: IdempotencyKey) {
  return { tenant, idempotency_key: key, request_hash: requestHash };
}
function must<Found>(found: Found | undefined, name: string): Found {
  if (found === undefined) throw new Error(`${name} was written and is not there`);
  return found;
}
function oneOf<Word extends string>(words: readonly Word[], row: Row, column: string): Word {
  const found = words.find((word) => word === text(row, column));
  if (found === undefined) throw new Error(`${column} ${text(row, column)} of a form cannot be read`);
  return found;
}
function seriesFrom(row: Row): Pick<FormRun, 'kind' | 'medium' | 'code' | 'prefix' | 'width'> {
  return { kind: oneOf(FORM_KINDS, row, 'kind'), medium: oneOf(FORM_MEDIA, row, 'medium'), code: text(row, 'code'), prefix: text(row, 'prefix'), width: number(row, 'width') };
}
function runFrom(row: Row): FormRun {
  const [last, next] = [number(row, 'effective_last'), number(row, 'next')];
  return {
    ...seriesFrom(row), runNo: text(row, 'run_no'), batchNo: text(row, 'batch_no'), tillNo: text(row, 'till_no'), first: number(row, 'first'), last, next: next > last ? undefined : next, left: Math.max(0, last - next + 1),
    printed: number(row, 'printed'), void: number(row, 'void'), open: number(row, 'open'), by: text(row, 'by'), at: text(row, 'at'), returnedBy: optionalText(row, 'returned_by'), returnedAt: optionalText(row, 'returned_at'),
  };
}
function numberFrom(row: Row): FormNumber {
  const { prefix, width, ...series } = seriesFrom(row);
  return {
    ...series, runNo: text(row, 'run_no'), tillNo: text(row, 'till_no'), number: formNumber({ prefix, width }, number(row, 'value')), state: oneOf(FORM_STATES, row, 'state'),
    tradeNo: optionalText(row, 'trade_no'), receiptNo: optionalText(row, 'receipt_no'), reason: optionalText(row, 'reason'), by: text(row, 'by'), at: text(row, 'at'),
  };
}
