import type { ClaimedJob, JobThen } from '../../../domain/money-store.js';
import type { JobKind, JobRequest } from '../../../domain/order-change.js';
import { number, text, type Row } from './rows.js';
import type { Statements } from './statements.js';

/**
 * Durable work, one row per kind and subject. A claim is a visibility timeout (`due_at` moves to the end of the lease) and a new token; a
 * result is accepted only with the newest token. Asking for the same work again is new work: it starts with its first gap, and a running attempt
 * is fenced (token 0 is nobody's) and its work done again, which is harmless because every outside call repeats under the same number.
 * Tokens come from one sequence for the whole table: a job that ended and was asked for again never meets a token it gave out before.
 */
export class JobTable {
  readonly #sql: Statements;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  schedule(request: JobRequest, tradeNo: string): void {
    const due = request.dueAt.getTime();
    this.#sql.run(
      `INSERT INTO job (kind, subject, trade_no, due_at, first_due_at, attempt, token, leased_by) VALUES (?,?,?,?,?,0,0,NULL)
       ON CONFLICT (kind, subject) DO UPDATE SET due_at = excluded.due_at, attempt = 0, answered = 0, token = 0, leased_by = NULL`,
      request.kind, request.subject, tradeNo, due, due,
    );
  }

  drop(kind: JobKind, subject: string): void {
    this.#sql.run('DELETE FROM job WHERE kind = ? AND subject = ?', kind, subject);
  }

  claim(request: { readonly kinds: readonly JobKind[]; readonly owner: string; readonly now: Date; readonly leaseMs: number; readonly limit: number; readonly held?: readonly number[] }): ClaimedJob[] {
    const now = request.now.getTime();
    const marks = request.kinds.map(() => '?').join(', ');
    const due = this.#sql.all(`SELECT kind, subject FROM job WHERE kind IN (${marks}) AND due_at <= ? AND ${NOT_HELD} ORDER BY due_at, kind, subject LIMIT ?`, ...request.kinds, now, listOf(request.held), request.limit);
    return due.map((row) => {
      const claimed = this.#sql.get(
        'UPDATE job SET token = ?, attempt = attempt + 1, due_at = ?, leased_by = ? WHERE kind = ? AND subject = ? RETURNING *',
        this.#nextToken(), now + request.leaseMs, request.owner, text(row, 'kind'), text(row, 'subject'),
      );
      if (claimed === undefined) throw new Error('a due job vanished inside its own transaction');
      return { ...jobFromRow(claimed), leasedUntil: new Date(now + request.leaseMs), leaseMs: request.leaseMs };
    });
  }

  isNewest(job: ClaimedJob): boolean {
    return this.#sql.get('SELECT 1 FROM job WHERE kind = ? AND subject = ? AND token = ?', job.kind, job.subject, job.token) !== undefined;
  }

  settle(job: ClaimedJob, then: JobThen): boolean {
    if (then === 'done') return this.#sql.run('DELETE FROM job WHERE kind = ? AND subject = ? AND token = ?', job.kind, job.subject, job.token) === 1;
    return (
      this.#sql.run('UPDATE job SET due_at = ?, answered = answered + ?, leased_by = NULL WHERE kind = ? AND subject = ? AND token = ?', then.dueAt.getTime(), then.isAnswered === true ? 1 : 0, job.kind, job.subject, job.token) === 1
    );
  }

  nextDueAt(kinds: readonly JobKind[], held?: readonly number[]): Date | undefined {
    const marks = kinds.map(() => '?').join(', ');
    const row = this.#sql.get(`SELECT min(due_at) AS due FROM job WHERE kind IN (${marks}) AND ${NOT_HELD}`, ...kinds, listOf(held));
    return row === undefined || row['due'] === null ? undefined : new Date(number(row, 'due'));
  }

  wakeAll(now: Date, spreadMs: number, own?: { readonly owner: string; readonly leaseMs: number }): number {
    const owner = own?.owner ?? '';
    const leased = this.#sql.run('UPDATE job SET due_at = ?, token = 0, leased_by = NULL WHERE leased_by IS NOT NULL AND leased_by <> ?', now.getTime(), owner);
    // Spread by the last character of the number, so that a restart does not ask about every open payment in one instant.
    this.#sql.run('UPDATE job SET due_at = min(due_at, ? + (unicode(substr(subject, -4, 1)) * 97) % ?) WHERE leased_by IS NULL', now.getTime(), Math.max(1, spreadMs));
    if (own !== undefined) this.#sql.run('UPDATE job SET due_at = min(due_at, ?) WHERE leased_by = ?', now.getTime() + own.leaseMs, owner);
    return leased;
  }

  /** What waits is due now, nobody's order is changed otherwise: attempts, gaps and tokens stay as they are. */
  wake(kind: JobKind, subject: string | undefined, now: Date): number {
    const which = subject === undefined ? '' : ' AND subject = ?';
    return this.#sql.run(`UPDATE job SET due_at = ? WHERE kind = ? AND leased_by IS NULL AND due_at > ?${which}`, now.getTime(), kind, now.getTime(), ...(subject === undefined ? [] : [subject]));
  }

  #nextToken(): number {
    const row = this.#sql.get('UPDATE job_token SET last = last + 1 RETURNING last');
    if (row === undefined) throw new Error('the sequence of job tokens is gone');
    return number(row, 'last');
  }
}

/** A job that was asked for again while it ran has another token (0): it is held no longer. */
const NOT_HELD = 'token NOT IN (SELECT value FROM json_each(?))';
function listOf(held: readonly number[] = []): string {
  return JSON.stringify(held);
}

function jobFromRow(row: Row): Omit<ClaimedJob, 'leasedUntil' | 'leaseMs'> {
  return {
    kind: text(row, 'kind') as JobKind,
    subject: text(row, 'subject'),
    tradeNo: text(row, 'trade_no'),
    attempt: number(row, 'attempt'),
    token: number(row, 'token'),
    answered: number(row, 'answered'),
    firstDueAt: new Date(number(row, 'first_due_at')),
  };
}
