import { QueryTypes } from 'sequelize';
import { JOB_KINDS, type JobKind } from '../../../domain/order-change.js';
import type { QueueOnScreen } from '../../http/console-api/ports.js';
import { given, type MoneySource } from './money-source.js';

/** Work that is late by this much waits for more than its turn. */
const LATE_MS = 60_000;
/** After so many tries somebody may want to look. */
const OFTEN = 5;
const LISTED = 100;

type KindRow = { readonly kind: string; readonly waiting: number; readonly running: number; readonly due: number; readonly tried: number; readonly oldest: number | null };
type JobRow = { readonly kind: string; readonly subject: string; readonly tradeNo: string; readonly dueAt: number; readonly since: number; readonly attempts: number; readonly isRunning: number };

/** What waits in the outbox, by topic, and what waits longest or was tried often. */
export async function listQueue({ sequelize }: MoneySource, now: Date): Promise<QueueOnScreen> {
  const at = now.getTime();
  const kinds = await sequelize.query<KindRow>(
    `SELECT kind, sum(leased_by IS NULL) AS waiting, sum(leased_by IS NOT NULL) AS running, sum(due_at <= :late AND leased_by IS NULL) AS due, sum(attempt >= :often) AS tried, min(CASE WHEN leased_by IS NULL AND due_at <= :at THEN due_at END) AS oldest FROM job GROUP BY kind`,
    { replacements: { at, late: at - LATE_MS, often: OFTEN }, type: QueryTypes.SELECT },
  );
  const jobs = await sequelize.query<JobRow>(
    `SELECT kind, subject, trade_no AS "tradeNo", due_at AS "dueAt", first_due_at AS since, attempt AS attempts, leased_by IS NOT NULL AS "isRunning" FROM job WHERE due_at <= :late OR attempt >= :often ORDER BY first_due_at LIMIT :limit`,
    { replacements: { late: at - LATE_MS, often: OFTEN, limit: LISTED }, type: QueryTypes.SELECT },
  );
  const iso = (ms: number): string => new Date(ms).toISOString();
  const topics = new Map(kinds.map((row) => [row.kind, row]));
  return {
    topics: JOB_KINDS.map((kind) => {
      const row = topics.get(kind);
      return { kind, waiting: row?.waiting ?? 0, running: row?.running ?? 0, late: row?.due ?? 0, triedOften: row?.tried ?? 0, ...given('oldestDueAt', row?.oldest === null || row?.oldest === undefined ? undefined : iso(row.oldest)) };
    }),
    jobs: jobs.flatMap(({ kind, subject, tradeNo, dueAt, since, attempts, isRunning }) => {
      const known: JobKind | undefined = JOB_KINDS.find((one) => one === kind);
      return known === undefined ? [] : [{ kind: known, subject, ...given('tradeNo', tradeNo === '' ? undefined : tradeNo), dueAt: iso(dueAt), since: iso(since), attempts, isRunning: isRunning === 1 }];
    }),
  };
}
