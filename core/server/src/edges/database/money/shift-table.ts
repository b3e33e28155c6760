import { createHash } from 'node:crypto';
import { beijingDay } from '@hospay/plugin-sdk';
import type { IdempotencyKey } from '../../../domain/money-store.js';
import type { CashAct, CashActKind, Denomination, OpenShift, Shift, ShiftFigures, ShiftRecord } from '../../../domain/shift.js';
import { number, optionalText, text, type Columns, type Row } from './rows.js';
import { readShiftFigures } from './shift-figures.js';
import type { Statements } from './statements.js';

/** The hash before the first shift. */
export const FIRST_SHIFT_HASH = '0'.repeat(64);

/** Rows of closed shifts and of what was done with their cash; they are added and never changed. */
export class ShiftTable {
  readonly #sql: Statements;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  /** The shift of a till nobody has closed yet, as far as it has come. */
  readOpen(tillNo: string, journalHead: number): OpenShift & { readonly toOpening: number } {
    const last = this.#sql.get('SELECT ordinal, to_seq, to_opening, closed_at, figures FROM shift WHERE till_no = ? ORDER BY ordinal DESC LIMIT 1', tillNo);
    const [fromSeq, fromOpening] = last === undefined ? [0, 0] : [number(last, 'to_seq'), number(last, 'to_opening')];
    const newest = this.#sql.get('SELECT max(id) AS id FROM change_money WHERE till_no = ?', tillNo)?.['id'];
    const toOpening = Math.max(fromOpening, typeof newest === 'number' ? newest : 0);
    const fromFormEvent = last === undefined ? 0 : formSpan(shiftFigures(last)).toFormEvent;
    const newestForm = this.#sql.get('SELECT max(id) AS id FROM form_event WHERE till_no = ?', tillNo)?.['id'];
    const toFormEvent = Math.max(fromFormEvent, typeof newestForm === 'number' ? newestForm : 0);
    const openedAt = last === undefined ? this.#firstAct(tillNo) : text(last, 'closed_at');
    return { tillNo, ordinal: last === undefined ? 1 : number(last, 'ordinal') + 1, fromSeq, fromOpening, toOpening, openedAt, figures: readShiftFigures(this.#sql, { tillNo, fromSeq, toSeq: journalHead, fromOpening, toOpening, fromFormEvent, toFormEvent }) };
  }

  /** Tills with a journal or change money after their last close, or with something without an end. Each till costs a few steps in an index, however old it is. */
  openTills(): string[] {
    const tills = (table: string, filter: string): string =>
      `(WITH RECURSIVE known(till) AS (SELECT min(till_no) FROM ${table} WHERE ${filter} UNION ALL SELECT (SELECT min(till_no) FROM ${table} WHERE ${filter} AND till_no > known.till) FROM known WHERE known.till IS NOT NULL) SELECT till FROM known WHERE till IS NOT NULL)`;
    const rows = this.#sql.all(`
      SELECT till FROM ${tills('journal', 'till_no IS NOT NULL')} AS t
       WHERE (SELECT max(seq) FROM journal WHERE till_no = t.till) > coalesce((SELECT max(to_seq) FROM shift WHERE till_no = t.till), 0)
      UNION SELECT till FROM ${tills('change_money', "till_no <> ''")} AS t
       WHERE (SELECT max(id) FROM change_money WHERE till_no = t.till) > coalesce((SELECT max(to_opening) FROM shift WHERE till_no = t.till), 0)
      UNION SELECT till_no FROM payment WHERE till_no IS NOT NULL AND state NOT IN ('succeeded', 'closed', 'failed')
      UNION SELECT till_no FROM refund WHERE till_no IS NOT NULL AND state NOT IN ('succeeded', 'closed', 'rejected')
      ORDER BY 1`);
    return rows.map((row) => text(row, 'till'));
  }

  hasAny(tillNo: string, { fromSeq, fromOpening }: Pick<OpenShift, 'fromSeq' | 'fromOpening'>): boolean {
    return this.#sql.get('SELECT 1 AS n FROM journal WHERE till_no = ? AND seq > ? UNION ALL SELECT 1 FROM change_money WHERE till_no = ? AND id > ? LIMIT 1', tillNo, fromSeq, tillNo, fromOpening) !== undefined;
  }

  /** JB + Beijing day + the number of the shift on that day in this hospital. */
  nextShiftNo(hospitalId: string, now: Date): string {
    const day = beijingDay(now);
    const row = this.#sql.get('SELECT count(*) AS n FROM shift WHERE hospital_id = ? AND closed_day = ?', hospitalId, day);
    return `JB${day.replaceAll('-', '')}${String((row === undefined ? 0 : number(row, 'n')) + 1).padStart(4, '0')}`;
  }

  insert(shift: Omit<Shift, 'hash' | 'prevHash'>, idempotency: IdempotencyKey): Shift {
    const last = this.#sql.get('SELECT hash FROM shift ORDER BY seq DESC LIMIT 1');
    const columns = shiftColumns(shift);
    const prevHash = last === undefined ? FIRST_SHIFT_HASH : text(last, 'hash');
    const hash = shiftHash(columns, prevHash);
    this.#sql.insert('shift', { ...columns, tenant: idempotency.tenant, idempotency_key: idempotency.key, request_hash: idempotency.requestHash, prev_hash: prevHash, hash });
    return { ...shift, prevHash, hash };
  }
  insertAct(act: CashAct, idempotency: IdempotencyKey): void {
    this.#sql.insert('cash_act', {
      act_no: act.actNo, kind: act.kind, hospital_id: act.hospitalId, shift_no: act.shiftNo ?? null, slip_no: act.slipNo ?? null, amount_fen: act.amountFen,
      denominations: act.denominations === undefined ? null : JSON.stringify(act.denominations), reason: act.reason ?? null, reverses: act.reverses ?? null, by: act.by, at: act.at,
      tenant: idempotency.tenant, idempotency_key: idempotency.key, request_hash: idempotency.requestHash,
    });
  }

  findByKey(table: 'shift' | 'cash_act', { tenant, key }: IdempotencyKey): Row | undefined {
    return this.#sql.get(`SELECT * FROM ${table} WHERE tenant = ? AND idempotency_key = ?`, tenant, key);
  }
  find(shiftNo: string): ShiftRecord | undefined {
    const row = this.#sql.get('SELECT * FROM shift WHERE shift_no = ?', shiftNo);
    return row === undefined ? undefined : { shift: shiftFromRow(row), acts: this.actsOf(shiftNo) };
  }
  actsOf(shiftNo: string): CashAct[] {
    return this.#sql.all('SELECT * FROM cash_act WHERE shift_no = ? ORDER BY rowid', shiftNo).map(actFromRow);
  }

  #firstAct(tillNo: string): string {
    const row = this.#sql.get('SELECT min(at) AS at FROM (SELECT at FROM (SELECT at FROM journal WHERE till_no = ? ORDER BY seq LIMIT 1) UNION ALL SELECT at FROM (SELECT at FROM change_money WHERE till_no = ? ORDER BY id LIMIT 1))', tillNo, tillNo);
    return (row === undefined ? undefined : optionalText(row, 'at')) ?? '';
  }
}

/** sha256 over the shift before it and every column of its content, as one JSON array. */
export function shiftHash(columns: Row, prevHash: string): string {
  return createHash('sha256').update(JSON.stringify([prevHash, ...CONTENT.map((column) => columns[column] ?? null)])).digest('hex');
}
const CONTENT = [
  'shift_no', 'hospital_id', 'till_no', 'ordinal', 'from_seq', 'to_seq', 'from_opening', 'to_opening', 'opened_at', 'closed_at', 'closed_day', 'closed_by', 'operator_id', 'figures', 'denominations', 'expected_fen', 'counted_fen',
] as const;

function shiftColumns(shift: Omit<Shift, 'hash' | 'prevHash'>): Columns {
  return {
    shift_no: shift.shiftNo, hospital_id: shift.hospitalId, till_no: shift.tillNo, ordinal: shift.ordinal, from_seq: shift.fromSeq, to_seq: shift.toSeq, from_opening: shift.fromOpening, to_opening: shift.toOpening,
    opened_at: shift.openedAt, closed_at: shift.closedAt, closed_day: beijingDay(shift.closedAt), closed_by: shift.closedBy, operator_id: shift.operatorId ?? null,
    figures: JSON.stringify(shift.figures), denominations: JSON.stringify(shift.denominations), expected_fen: shift.figures.expectedFen, counted_fen: shift.countedFen,
  };
}

/** Which form events a shift closed over. */
export function formSpan({ forms }: Pick<ShiftFigures, 'forms'>): { readonly fromFormEvent: number; readonly toFormEvent: number } {
  return { fromFormEvent: forms?.fromEvent ?? 0, toFormEvent: forms?.toEvent ?? 0 };
}
function shiftFigures(row: Row): ShiftFigures {
  return JSON.parse(text(row, 'figures')) as ShiftFigures;
}

export function shiftFromRow(row: Row): Shift {
  return {
    shiftNo: text(row, 'shift_no'), hospitalId: text(row, 'hospital_id'), tillNo: text(row, 'till_no'), ordinal: number(row, 'ordinal'), fromSeq: number(row, 'from_seq'), toSeq: number(row, 'to_seq'),
    fromOpening: number(row, 'from_opening'), toOpening: number(row, 'to_opening'), openedAt: text(row, 'opened_at'), closedAt: text(row, 'closed_at'), closedBy: text(row, 'closed_by'), operatorId: optionalText(row, 'operator_id'),
    figures: shiftFigures(row), denominations: JSON.parse(text(row, 'denominations')) as Denomination[], countedFen: number(row, 'counted_fen'),
    prevHash: text(row, 'prev_hash'), hash: text(row, 'hash'),
  };
}

export function actFromRow(row: Row): CashAct {
  const denominations = optionalText(row, 'denominations');
  return {
    actNo: text(row, 'act_no'), kind: text(row, 'kind') as CashActKind, hospitalId: text(row, 'hospital_id'), shiftNo: optionalText(row, 'shift_no'), slipNo: optionalText(row, 'slip_no'), amountFen: number(row, 'amount_fen'),
    denominations: denominations === undefined ? undefined : (JSON.parse(denominations) as Denomination[]), reason: optionalText(row, 'reason'), reverses: optionalText(row, 'reverses'), by: text(row, 'by'), at: text(row, 'at'),
  };
}
