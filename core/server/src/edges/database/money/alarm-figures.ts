import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { MeasureId, Reading } from '../../../domain/alarm-measures.js';
import { dueAt } from '../../../domain/case-work.js';
import { JOB_KINDS } from '../../../domain/order-change.js';
import type { GroupCommit } from './group-commit.js';
import { number, text } from './rows.js';

/** An application that did not take its news after so many tries has a fault of its own, not a bad moment. */
const OFTEN = 5;
const MEGABYTE = 1024 * 1024;

/** Every statement of the figures. They read open work by its own index: none walks a table that grows with the years (a test asks the planner). */
export const ALARM_FIGURES = {
  unknown: "SELECT count(*) AS n, min(job.first_due_at) AS since FROM payment LEFT JOIN job ON job.kind = 'advancePayment' AND job.subject = payment.payment_no WHERE payment.state = 'unknown' AND payment.state NOT IN ('succeeded', 'closed', 'failed')",
  confirming: "SELECT min(first_due_at) AS since FROM job WHERE kind = 'confirmOrder'",
  payouts: "SELECT count(*) AS n FROM payout WHERE state = 'unknown' AND state NOT IN ('rejected', 'expired', 'succeeded', 'failed', 'returned')",
  cases: 'SELECT severity, opened_at AS at FROM discrepancy_case INDEXED BY discrepancy_case_open WHERE resolved_at IS NULL',
  running: 'SELECT coalesce(sum(standing), 0) AS n FROM running_check',
  callbacks: `SELECT count(*) AS n FROM job WHERE kind = 'tellOwner' AND attempt >= ${String(OFTEN)}`,
  notices: "SELECT count(*) AS n FROM his_notice INDEXED BY his_notice_open WHERE state = 'kept'",
  payoutWaits: "SELECT min(proposed_at) AS at FROM payout WHERE state IN ('proposed', 'firstApproved') AND state NOT IN ('rejected', 'expired', 'succeeded', 'failed', 'returned') AND expires_at > ?",
  settlementWaits: "SELECT min(proposed_at) AS at FROM settlement_batch INDEXED BY settlement_batch_open WHERE state = 'proposed' AND expires_at > ?",
  refundWaits: "SELECT min(proposed_at) AS at FROM refund_approval INDEXED BY refund_approval_open WHERE state IN ('proposed', 'firstApproved') AND expires_at > ?",
  openPayments: "SELECT count(*) AS n, coalesce(sum(state = 'unknown'), 0) AS unknown FROM payment WHERE state NOT IN ('succeeded', 'closed', 'failed')",
  queue: 'SELECT kind, count(*) AS n, min(CASE WHEN leased_by IS NULL THEN due_at END) AS due FROM job GROUP BY kind',
} as const;

/** What waits for another person. Past its time nobody can approve it, and it waits for nobody. */
export const APPROVAL_MEASURES: readonly MeasureId[] = ['approvalWaiting'];

export function readApprovalFigures(database: DatabaseSync, now: Date): readonly Reading[] {
  const subjects = { payouts: 'payoutWaits', settlements: 'settlementWaits', refunds: 'refundWaits' } as const;
  return Object.entries(subjects).map(([subject, figure]) => {
    const at = database.prepare(ALARM_FIGURES[figure]).get(now.toISOString())?.['at'];
    return waitsSince(subject, typeof at === 'string' ? new Date(at) : undefined, now);
  });
}

/** Nothing that waits is well, not gone. */
export function waitsSince(subject: string, since: Date | undefined, now: Date): Reading {
  return { measure: 'approvalWaiting', subject, value: since === undefined ? 0 : Math.max(0, now.getTime() - since.getTime()) / 1000 };
}

export const MONEY_MEASURES: readonly MeasureId[] = ['paymentsUnknown', 'paymentUnknownAge', 'confirmationAge', 'payoutsUnknown', 'casesUrgent', 'casesOverdue', 'runningDifferences', 'callbacksUndelivered', 'hisNoticesOpen', 'queueOpen', 'queueLate'];

/** What of the money store is not over yet. Synchronous and short: it runs between two commits. */
export function readMoneyFigures(database: DatabaseSync, now: Date): readonly Reading[] {
  const ask = (figure: keyof typeof ALARM_FIGURES) => database.prepare(ALARM_FIGURES[figure]).all();
  const count = (figure: keyof typeof ALARM_FIGURES): number => Number(ask(figure)[0]?.['n'] ?? 0);
  const age = (since: unknown): number => (typeof since === 'number' ? Math.max(0, now.getTime() - since) / 1000 : 0);
  const cases = ask('cases').map((row) => ({ severity: number(row, 'severity'), openedAt: new Date(text(row, 'at')) }));
  const topics = ask('queue').map((row) => ({ kind: text(row, 'kind'), open: number(row, 'n'), late: age(row['due']) }));
  const plain = (measure: MeasureId, value: number): Reading => ({ measure, subject: '', value });
  return [
    plain('paymentsUnknown', count('unknown')),
    plain('paymentUnknownAge', age(ask('unknown')[0]?.['since'])),
    plain('confirmationAge', age(ask('confirming')[0]?.['since'])),
    plain('payoutsUnknown', count('payouts')),
    plain('casesUrgent', cases.filter(({ severity }) => severity === 1).length),
    plain('casesOverdue', cases.filter(({ severity, openedAt }) => dueAt(severity, openedAt) < now).length),
    plain('runningDifferences', count('running')),
    plain('callbacksUndelivered', count('callbacks')),
    plain('hisNoticesOpen', count('notices')),
    plain('queueOpen', topics.reduce((sum, { open }) => sum + open, 0)),
    // A topic with nothing to do is well, not gone.
    ...JOB_KINDS.map((kind): Reading => ({ measure: 'queueLate', subject: kind, value: topics.find((topic) => topic.kind === kind)?.late ?? 0 })),
  ];
}

/** Payments that are not over, and those of them without a definite answer. */
export function countOpenPayments(database: DatabaseSync): { readonly open: number; readonly unknown: number } {
  const row = database.prepare(ALARM_FIGURES.openPayments).get();
  return { open: Number(row?.['n'] ?? 0), unknown: Number(row?.['unknown'] ?? 0) };
}

export const MONEY_FILE_MEASURES: readonly MeasureId[] = ['moneyFileMegabytes', 'walMegabytes', 'commitMilliseconds'];

/** Sizes of the file and its log, and the slowest commit since the last reading. */
export function moneyFileFigures(file: string, commits: GroupCommit): () => readonly Reading[] {
  let slowestMs = 0;
  commits.afterCommit = (milliseconds) => { slowestMs = Math.max(slowestMs, milliseconds); };
  const megabytes = (path: string): number => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) / MEGABYTE;
  return () => {
    const slowest = slowestMs;
    slowestMs = 0;
    return [
      { measure: 'moneyFileMegabytes', subject: '', value: megabytes(file) },
      { measure: 'walMegabytes', subject: '', value: megabytes(`${file}-wal`) },
      { measure: 'commitMilliseconds', subject: '', value: slowest },
    ];
  };
}
