import { startOfBeijingDay } from '@hospay/plugin-sdk';
import { heard, own } from '../../../domain/own-words.js';
import { hashOfSheet, lastDayOf, monthAfter, PERIOD_PROPOSAL_LASTS_MS, type DecideCloseResult, type PeriodClose, type PeriodProposal, type PeriodSheet, type PeriodStore, type ProposeCloseResult } from '../../../domain/period-close.js';
import type { GroupCommit } from './group-commit.js';
import { GENESIS_HASH } from './ledger-writer.js';
import { number, optionalText, text, type Row } from './rows.js';
import type { Statements } from './statements.js';
import { verifyArrivals } from './verify-arrivals.js';
import { verifySuspense } from './verify-suspense.js';
import type { DatabaseSync } from 'node:sqlite';

type Parts = { readonly commits: GroupCommit; readonly sql: Statements; readonly database: DatabaseSync };

/** 月结 in the money database: the close and the wall against later entries are one transaction. */
export class SqlitePeriodStore implements PeriodStore {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  listCloses(): Promise<readonly PeriodClose[]> {
    return Promise.resolve(this.#parts.sql.all('SELECT * FROM period_close ORDER BY month DESC').map(closeFrom));
  }
  findProposal(month: string): Promise<PeriodProposal | undefined> {
    return Promise.resolve(this.#proposal(month));
  }
  firstMonth(): Promise<string | undefined> {
    const first = this.#parts.sql.get('SELECT min(acct_date) AS day FROM journal');
    return Promise.resolve(first === undefined ? undefined : optionalText(first, 'day')?.slice(0, 7));
  }
  daysWithMoney(month: string): Promise<readonly { readonly day: string; readonly channel: string }[]> {
    const rows = this.#parts.sql.all('SELECT DISTINCT bill_day, channel FROM payment WHERE bill_day BETWEEN ? AND ? ORDER BY 1, 2', `${month}-01`, lastDayOf(month));
    return Promise.resolve(rows.map((row) => ({ day: text(row, 'bill_day'), channel: text(row, 'channel') })));
  }
  readEnd(month: string): ReturnType<PeriodStore['readEnd']> {
    const { sql } = this.#parts;
    const end = startOfBeijingDay(`${monthAfter(month)}-01`).toISOString();
    const open = sql.get('SELECT count(*) AS n FROM discrepancy_case WHERE opened_at < ?1 AND (resolved_at IS NULL OR resolved_at >= ?1)', end);
    return Promise.resolve({ ...this.#end(month), openCases: open === undefined ? 0 : number(open, 'n'), problems: this.#problems() });
  }

  propose({ sheet, by, now }: Parameters<PeriodStore['propose']>[0]): Promise<ProposeCloseResult> {
    return this.#parts.commits.write<ProposeCloseResult>(() => {
      const refusal = this.#refusal(sheet.month);
      if (refusal !== undefined) return { kind: refusal };
      const hash = hashOfSheet(sheet);
      const waiting = this.#proposal(sheet.month);
      // Pressed twice it is one proposal; another person's over the same sheet stands as well.
      if (waiting?.hash === hash && Date.parse(waiting.expiresAt) > now.getTime()) return { kind: 'proposed', proposal: waiting };
      this.#parts.sql.insert('period_act', { month: sheet.month, kind: 'proposed', by_login: by, at: now.toISOString(), hash, sheet: JSON.stringify(sheet), reason: '' });
      return { kind: 'proposed', proposal: { sheet, hash, by, at: now.toISOString(), expiresAt: new Date(now.getTime() + PERIOD_PROPOSAL_LASTS_MS).toISOString() } };
    });
  }

  decide({ month, hash, isApproved, by, reason, now, problem }: Parameters<PeriodStore['decide']>[0]): Promise<DecideCloseResult> {
    return this.#parts.commits.write<DecideCloseResult>(() => {
      const refusal = this.#refusal(month);
      if (refusal !== undefined) return { kind: refusal };
      const proposal = this.#proposal(month);
      if (proposal === undefined) return { kind: 'nothingProposed' };
      if (proposal.hash !== hash) return { kind: 'notWhatWasShown' };
      if (isApproved && proposal.by === by) return { kind: 'ownProposal' };
      if (isApproved && Date.parse(proposal.expiresAt) <= now.getTime()) return { kind: 'expired' };
      if (isApproved) {
        const { lastSeq, lastHash } = this.#end(month);
        if (lastSeq !== proposal.sheet.lastSeq || lastHash !== proposal.sheet.lastHash) return { kind: 'moved', what: { zh: '该月份在提出月结之后又有新的记账', en: 'the month has new entries' } };
        const [unclosed] = this.#problems();
        const against = problem() ?? (unclosed === undefined ? undefined : heard(unclosed));
        if (against !== undefined) return { kind: 'moved', what: against };
      }
      this.#parts.sql.insert('period_act', { month, kind: isApproved ? 'approved' : 'rejected', by_login: by, at: now.toISOString(), hash, reason, proposed_by: proposal.by });
      if (isApproved) this.#parts.sql.insert('period_close', { month, sheet: JSON.stringify(proposal.sheet), hash, last_seq: proposal.sheet.lastSeq, proposed_by: proposal.by, proposed_at: proposal.at, closed_by: by, closed_at: now.toISOString() });
      return { kind: 'decided' };
    });
  }

  /** Months are closed one after the other; the first one closed may be any. */
  #refusal(month: string): 'closed' | 'notNext' | undefined {
    const last = this.#parts.sql.get('SELECT max(month) AS month FROM period_close');
    const closed = last === undefined ? undefined : optionalText(last, 'month');
    if (closed === undefined || month === monthAfter(closed)) return undefined;
    return this.#parts.sql.get('SELECT 1 AS n FROM period_close WHERE month = ?', month) === undefined ? 'notNext' : 'closed';
  }
  #end(month: string): { readonly lastSeq: number; readonly lastHash: string } {
    const row = this.#parts.sql.get('SELECT seq, hash FROM journal WHERE seq = (SELECT max(seq) FROM journal WHERE acct_date <= ?)', lastDayOf(month));
    return row === undefined ? { lastSeq: 0, lastHash: GENESIS_HASH } : { lastSeq: number(row, 'seq'), lastHash: text(row, 'hash') };
  }
  /** Suspense without a case, an arrival that is not in the ledger. */
  #problems(): readonly string[] {
    const { database } = this.#parts;
    return [...verifySuspense(database), ...verifyArrivals(database)].map(({ rule, subject, detail }) => own('booksProblem', subject, detail, rule));
  }
  #proposal(month: string): PeriodProposal | undefined {
    const row = this.#parts.sql.get('SELECT * FROM period_act WHERE month = ? ORDER BY seq DESC LIMIT 1', month);
    if (row === undefined || text(row, 'kind') !== 'proposed') return undefined;
    const at = text(row, 'at');
    return { sheet: JSON.parse(text(row, 'sheet')) as PeriodSheet, hash: text(row, 'hash'), by: text(row, 'by_login'), at, expiresAt: new Date(Date.parse(at) + PERIOD_PROPOSAL_LASTS_MS).toISOString() };
  }
}

function closeFrom(row: Row): PeriodClose {
  return { sheet: JSON.parse(text(row, 'sheet')) as PeriodSheet, hash: text(row, 'hash'), proposedBy: text(row, 'proposed_by'), proposedAt: text(row, 'proposed_at'), closedBy: text(row, 'closed_by'), closedAt: text(row, 'closed_at') };
}
