import { hashOfSettlement, BATCH_STATES, type DayTurnover, type SettlementBatch, type SettlementSheet, type SettlementSource, type SettlementStore } from '../../../domain/settlement-batch.js';
import { lastEntry, summedParts, turnoverOf } from './day-turnover.js';
import type { GroupCommit } from './group-commit.js';
import { number, optionalText, text, type Row } from './rows.js';
import type { Statements } from './statements.js';

type Parts = { readonly commits: GroupCommit; readonly sql: Statements; readonly hospitalId: string };

/** A day has arrived when an arrival paid it and nothing of it is on its way or hangs any more. */
const ARRIVED = `
  SELECT DISTINCT json_extract(d.value, '$.key') AS day FROM arrival r, json_each(r.days) d
   WHERE r.hospital_id = ?1 AND r.source = ?2 AND r.kind IN ('matched', 'assigned') AND json_extract(d.value, '$.key') >= ?3
     AND NOT EXISTS (SELECT 1 FROM settled_day s WHERE s.source = ?2 AND s.day = json_extract(d.value, '$.key'))
     AND NOT EXISTS (SELECT 1 FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE a.code IN ('1191', '2091') AND c.clear_key = 'arrivalShort/' || ?2 || '/' || json_extract(d.value, '$.key'))
   ORDER BY 1 LIMIT ?4`;
/** More days of a source than are ever looked back. */
const MOST_DAYS = 366;

/** Settlement batches in the money database. */
export class SqliteSettlementStore implements SettlementStore {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async listArrivedDays(request: Parameters<SettlementStore['listArrivedDays']>[0]): Promise<readonly DayTurnover[]> {
    const upTo = lastEntry(this.#parts.sql);
    const drawn = await this.#drawn(request, upTo);
    return this.#arrived(request, drawn, upTo);
  }

  /** Reads what the days say up to an entry, page by page, while payments go on. */
  async #drawn({ sources, from, limit }: ArrivedRequest, upTo: number): Promise<Drawn> {
    const { sql } = this.#parts;
    const drawn = new Map<string, DayTurnover['parts']>();
    for (const source of sources) {
      for (const day of this.#daysOf(source, from, limit)) {
        const pages: DayTurnover['parts'][] = [];
        for (const page of turnoverOf(sql, source, day, { after: 0, upTo })) {
          if (pages.length > 0) await new Promise((go) => { setImmediate(go); });
          pages.push(page);
        }
        drawn.set(keyOf(source.source, day), summedParts(pages));
      }
    }
    return drawn;
  }

  /** What the days say now: what was drawn, and the few entries that came behind it. */
  #arrived({ sources, from, limit }: ArrivedRequest, drawn: Drawn, upTo: number): readonly DayTurnover[] {
    const { sql } = this.#parts;
    const now = lastEntry(sql);
    return sources.flatMap((source) => this.#daysOf(source, from, limit).map((day): DayTurnover => {
      const fee = sql.get("SELECT coalesce(sum(CASE e.side WHEN 'debit' THEN e.amount_fen ELSE -e.amount_fen END), 0) AS fen FROM entry e JOIN account a ON a.id = e.account_id WHERE a.name = '6001/' || ? AND e.clear_key = ?", source.source, day);
      const before = drawn.get(keyOf(source.source, day));
      const parts = summedParts([...(before === undefined ? [] : [before]), ...turnoverOf(sql, source, day, { after: before === undefined ? 0 : upTo, upTo: now })]);
      return { source: source.source, day, account: source.account, feeFen: fee === undefined ? 0 : number(fee, 'fen'), parts };
    }));
  }

  #daysOf({ source }: SettlementSource, from: string, limit: number): readonly string[] {
    return this.#parts.sql.all(ARRIVED, this.#parts.hospitalId, source, from, limit).map((row) => text(row, 'day'));
  }

  list(limit: number): Promise<readonly SettlementBatch[]> {
    return Promise.resolve(this.#parts.sql.all('SELECT * FROM settlement_batch WHERE hospital_id = ? ORDER BY seq DESC LIMIT ?', this.#parts.hospitalId, limit).map(batchFrom));
  }
  find(batchNo: string): Promise<SettlementBatch | undefined> {
    return Promise.resolve(this.#find(batchNo));
  }

  propose({ sheet, by, expiresAt, now }: Parameters<SettlementStore['propose']>[0]): ReturnType<SettlementStore['propose']> {
    const { commits, sql, hospitalId } = this.#parts;
    return commits.write<Awaited<ReturnType<SettlementStore['propose']>>>(() => {
      const hash = hashOfSettlement(sheet);
      sql.run("UPDATE settlement_batch SET state = 'expired' WHERE hospital_id = ? AND state = 'proposed' AND expires_at <= ?", hospitalId, now.toISOString());
      const open = sql.get("SELECT * FROM settlement_batch WHERE hospital_id = ? AND state = 'proposed'", hospitalId);
      if (open !== undefined) return text(open, 'hash') === hash && text(open, 'proposed_by') === by ? { kind: 'proposed', batch: batchFrom(open) } : { kind: 'waits', batchNo: text(open, 'batch_no') };
      const count = sql.get('SELECT count(*) AS n FROM settlement_batch');
      const batchNo = `JS${String((count === undefined ? 0 : number(count, 'n')) + 1).padStart(8, '0')}`;
      sql.insert('settlement_batch', { batch_no: batchNo, hospital_id: hospitalId, sheet: JSON.stringify({ lines: sheet.lines, moves: sheet.moves }), hash, state: 'proposed', proposed_by: by, proposed_at: now.toISOString(), expires_at: expiresAt.toISOString() });
      const batch = this.#find(batchNo);
      if (batch === undefined) throw new Error(`${batchNo} was written and is not there`);
      return { kind: 'proposed', batch };
    });
  }

  async decide({ batchNo, hash, isApproved, by, reason, now, sources, hashOf }: Parameters<SettlementStore['decide']>[0]): ReturnType<SettlementStore['decide']> {
    const { commits, sql } = this.#parts;
    const upTo = lastEntry(sql);
    const shown = this.#find(batchNo);
    const request = { sources, from: firstDayOf(shown?.lines ?? []), limit: MOST_DAYS };
    // Most of it is read before the transaction, in which only what came meanwhile is added.
    const drawn = isApproved && shown?.state === 'proposed' ? await this.#drawn(request, upTo) : new Map<string, DayTurnover['parts']>();
    return commits.write<Awaited<ReturnType<SettlementStore['decide']>>>(() => {
      const batch = this.#find(batchNo);
      if (batch === undefined) return 'notFound';
      if (batch.state !== 'proposed') return batch.state === (isApproved ? 'approved' : 'rejected') && batch.decidedBy === by ? 'decided' : 'decidedBefore';
      if (batch.hash !== hash) return 'notWhatWasShown';
      if (isApproved && batch.proposedBy === by) return 'ownProposal';
      if (isApproved && Date.parse(batch.expiresAt) <= now.getTime()) return 'expired';
      const days = new Map(batch.lines.map(({ source, day }) => [`${source} ${day}`, { source, day }]));
      if (isApproved && [...days.values()].some(({ source, day }) => sql.get('SELECT 1 AS n FROM settled_day WHERE source = ? AND day = ?', source, day) !== undefined)) return 'dayTaken';
      // A late refund, another fee, a day that hangs again: what was approved over is what is moved, or nothing is.
      if (isApproved && hashOf(this.#arrived(request, drawn, upTo).filter(({ source, day }) => days.has(`${source} ${day}`))) !== batch.hash) return 'moved';
      sql.update('settlement_batch', { state: isApproved ? 'approved' : 'rejected', decided_by: by, decided_at: now.toISOString(), reason }, 'batch_no', batchNo);
      if (isApproved) for (const { source, day } of days.values()) sql.insert('settled_day', { source, day, batch_no: batchNo });
      return 'decided';
    });
  }

  #find(batchNo: string): SettlementBatch | undefined {
    const row = this.#parts.sql.get('SELECT * FROM settlement_batch WHERE batch_no = ?', batchNo);
    return row === undefined ? undefined : batchFrom(row);
  }
}

type ArrivedRequest = Parameters<SettlementStore['listArrivedDays']>[0];
/** By source and day. */
type Drawn = ReadonlyMap<string, DayTurnover['parts']>;
const keyOf = (source: string, day: string): string => `${source} ${day}`;

function firstDayOf(lines: readonly { readonly day: string }[]): string {
  return lines.map(({ day }) => day).toSorted()[0] ?? '';
}

function batchFrom(row: Row): SettlementBatch {
  const state = BATCH_STATES.find((known) => known === text(row, 'state'));
  if (state === undefined) throw new Error(`batch ${text(row, 'batch_no')} cannot be read`);
  const { lines, moves } = JSON.parse(text(row, 'sheet')) as SettlementSheet;
  return {
    batchNo: text(row, 'batch_no'), lines, moves, state, hash: text(row, 'hash'), proposedBy: text(row, 'proposed_by'), proposedAt: text(row, 'proposed_at'), expiresAt: text(row, 'expires_at'), decidedBy: optionalText(row, 'decided_by'), decidedAt: optionalText(row, 'decided_at'),
  };
}
