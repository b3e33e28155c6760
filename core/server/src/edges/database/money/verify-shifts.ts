import type { DatabaseSync } from 'node:sqlite';
import type { ClearBalance, Violation } from '../../../domain/invariants.js';
import type { AccountName } from '../../../domain/ledger.js';
import type { CashAct, ShiftRecord } from '../../../domain/shift.js';
import { checkShifts } from '../../../domain/shift-invariants.js';
import { number, optionalText, text } from './rows.js';
import { readShiftFigures } from './shift-figures.js';
import { actFromRow, FIRST_SHIFT_HASH, formSpan, shiftFromRow, shiftHash, ShiftTable } from './shift-table.js';
import { Statements } from './statements.js';

/** Figures are drawn anew of so many of the newest shifts. Of older ones neither content nor journals can have changed: both chains say so. */
const REDRAWN = 5_000;

/**
 * Every closed shift again: chain and hash of its content, its figures drawn anew from its journals, its cash by the ledger, its differences by the open cases. Reads only; runs nightly with the ledger,
 * and in every simulation, which asks so often that its statements stay prepared (`sql`).
 */
export function verifyShifts(database: DatabaseSync, sql: Statements = new Statements(database)): Violation[] {
  const table = new ShiftTable(sql);
  const head = sql.get('SELECT coalesce(max(seq), 0) AS seq FROM journal');
  const rows = readShiftRows(database);
  const newest = sql.get('SELECT max(seq) AS seq FROM shift')?.['seq'];
  const redrawnFrom = sql.get('SELECT shift_no FROM shift WHERE seq = ?', typeof newest === 'number' ? Math.max(1, newest - REDRAWN) : 0);
  let isRedrawn = false;
  const figuresNow = ({ shift }: ShiftRecord) => {
    isRedrawn ||= redrawnFrom === undefined || shift.shiftNo === text(redrawnFrom, 'shift_no');
    return isRedrawn ? readShiftFigures(sql, { ...shift, ...formSpan(shift.figures) }) : undefined;
  };
  const tillNos = sql.all('SELECT till_no FROM journal WHERE till_no IS NOT NULL UNION SELECT till_no FROM change_money ORDER BY 1').map((row) => text(row, 'till_no'));
  return [
    ...checkChain(sql),
    ...checkShifts({
      ...rows,
      open: tillNos.map((tillNo) => table.readOpen(tillNo, head === undefined ? 0 : number(head, 'seq'))),
      figuresNow,
      balances: clearBalances(sql),
      hasCase: (kind, shiftNo) => sql.get('SELECT 1 AS n FROM discrepancy_case WHERE kind = ? AND subject = ? AND resolved_at IS NULL', kind, shiftNo) !== undefined,
      tillJournals: sql.all(
        `SELECT DISTINCT j.seq, j.till_no, e.clear_key FROM entry e JOIN account a ON a.id = e.account_id JOIN journal j ON j.seq = e.journal_seq WHERE a.code = '1001' AND (e.clear_key LIKE 'operator:%' OR e.clear_key LIKE 'terminal:%') ORDER BY j.seq`,
      ).map((row) => ({ seq: number(row, 'seq'), tillNo: optionalText(row, 'till_no'), clearKey: text(row, 'clear_key') })),
    }),
  ];
}

/** All shifts with their acts, and the acts on no shift, in the order they were written. Shifts are read one at a time: memory stays flat however old the hospital is. */
export function readShiftRows(database: DatabaseSync): { readonly records: Iterable<ShiftRecord>; readonly deposits: readonly CashAct[] } {
  const sql = new Statements(database);
  const acts = sql.all('SELECT * FROM cash_act ORDER BY rowid').map(actFromRow);
  const ofShift = Map.groupBy(acts, ({ shiftNo }) => shiftNo);
  const shifts = database.prepare('SELECT * FROM shift ORDER BY seq');
  const records = {
    *[Symbol.iterator]() {
      for (const row of shifts.iterate()) yield { shift: shiftFromRow(row), acts: ofShift.get(text(row, 'shift_no')) ?? [] };
    },
  };
  return { records, deposits: ofShift.get(undefined) ?? [] };
}

function checkChain(sql: Statements): Violation[] {
  const found: Violation[] = [];
  let prevHash = FIRST_SHIFT_HASH;
  for (const row of sql.prepare('SELECT * FROM shift ORDER BY seq').iterate()) {
    const subject = text(row, 'shift_no');
    if (text(row, 'prev_hash') !== prevHash) found.push({ rule: 'S2', subject, detail: 'does not carry the hash of the shift before it' });
    if (text(row, 'hash') !== shiftHash(row, text(row, 'prev_hash'))) found.push({ rule: 'S2', subject, detail: 'does not have the hash of its content' });
    prevHash = text(row, 'hash');
  }
  return found;
}

function clearBalances(sql: Statements): ClearBalance[] {
  return sql.all("SELECT a.name, c.clear_key, c.net_fen, c.pending_fen FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE a.code IN ('1001', '1191', '2091')")
    .map((row) => ({ account: text(row, 'name') as AccountName, clearKey: text(row, 'clear_key'), netFen: number(row, 'net_fen'), pendingFen: number(row, 'pending_fen') }));
}
