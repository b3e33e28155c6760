/** Measures of the platform joined. Called by the composition root, of which it is a part. */
import type { DiskState } from './backups/ports.js';
import type { Clock } from './domain/time.js';
import type { StartUpReport } from './edges/database/money/open-money-store.js';
import type { SqliteMoneyStore } from './edges/database/money/sqlite-money-store.js';
import { JobRunner } from './edges/outbox/job-runner.js';
import type { Health } from './operations/health.js';
import { DURATION_BUCKETS, type Metrics } from './operations/metrics.js';
import type { ChannelHealth } from './plugin-host/channel-health.js';
import type { PluginHost } from './plugin-host/plugin-host.js';
import type { GuestMetrics } from './plugin-host/ports.js';

/** How channels and the HIS answer, and how often they break their contract. */
export function guestMetrics(metrics: Metrics, heard: (facts: Parameters<ChannelHealth['observe']>[0] & { readonly seconds: number }) => void): GuestMetrics {
  const seconds = metrics.histogram({ name: 'hospay_guest_call_seconds', help: 'How long channels and the HIS take', labels: ['instance', 'operation', 'outcome'], buckets: DURATION_BUCKETS });
  const late = metrics.counter({ name: 'hospay_guest_late_answers_total', help: 'Answers that came after the core had stopped listening', labels: ['instance', 'operation'] });
  const broke = metrics.counter({ name: 'hospay_guest_contract_breaks_total', help: 'Throws, malformed answers, deadlines', labels: ['instance', 'operation', 'how'] });
  return {
    answered(facts) {
      const { instance, operation, outcome } = facts;
      seconds.observe(facts.seconds, { instance, operation, outcome });
      heard(facts);
    },
    late: ({ instance, operation }) => { late.add({ instance, operation }); },
    broke: ({ instance, operation, how }) => { broke.add({ instance, operation, how }); },
  };
}

export type ObservedParts = { readonly metrics: Metrics; readonly health: Health; readonly store: SqliteMoneyStore; readonly report: StartUpReport; readonly jobs: JobRunner; readonly host: PluginHost; readonly hisId: string; readonly isConnected: () => boolean; readonly disk: () => DiskState; readonly clock: Clock };

/** Figures of the money store, and what must be well for the platform to be ready. */
export function observePlatform({ metrics, health, store, report, jobs, host, hisId, isConnected, disk, clock }: ObservedParts): void {
  const count = (sql: string) => Number(store.database.prepare(sql).get()?.['n'] ?? 0);
  metrics.collectProcess();
  metrics.observedGauge({ name: 'hospay_jobs_running', help: 'Durable jobs being worked on', read: () => jobs.runningCount });
  metrics.observedGauge({ name: 'hospay_jobs_open', help: 'Durable jobs not yet done', read: () => count('SELECT count(*) AS n FROM job') });
  metrics.observedGauges({
    name: 'hospay_queue_oldest_due_seconds', help: 'How long the oldest due work of a topic waits', labels: ['topic'],
    read: () => store.database.prepare('SELECT kind, min(due_at) AS due FROM job WHERE leased_by IS NULL GROUP BY kind').all().map((row) => ({ labels: { topic: String(row['kind']) }, value: Math.max(0, clock.now().getTime() - Number(row['due'])) / 1_000 })),
  });
  metrics.observedGauge({ name: 'hospay_payments_unknown', help: 'Payments without a definite answer', read: () => count("SELECT count(*) AS n FROM payment WHERE state = 'unknown'") });
  metrics.observedGauge({ name: 'hospay_confirmations_open', help: 'Paid orders the hospital has not confirmed', read: () => count("SELECT count(*) AS n FROM orders WHERE confirmation IN ('toConfirm', 'confirming', 'unknown')") });
  metrics.observedGauge({ name: 'hospay_his_notices_open', help: 'Notices of the HIS that are kept and not decided yet', read: () => count("SELECT count(*) AS n FROM his_notice WHERE state = 'kept'") });
  metrics.observedGauge({ name: 'hospay_payouts_unknown', help: 'Payouts the bank may have paid, without a definite answer', read: () => count("SELECT count(*) AS n FROM payout WHERE state IN ('submitted', 'unknown')") });
  metrics.observedGauge({ name: 'hospay_presettlements_open', help: 'Pre-settlements the insurance centre holds fees for, not settled yet', read: () => count("SELECT count(*) AS n FROM presettlement WHERE state NOT IN ('settled', 'abandoned')") });
  metrics.observedGauge({ name: 'hospay_cases_open', help: 'Discrepancy cases waiting for a person', read: () => count('SELECT count(*) AS n FROM discrepancy_case WHERE resolved_at IS NULL') });
  health.add({ name: 'money store', kind: 'live', deadlineMs: 2_000, check: () => (count('SELECT 1 AS n') === 1 ? { ok: true } : { ok: false, reason: 'no answer' }) });
  health.add({ name: 'safe mode', kind: 'ready', deadlineMs: 1_000, check: () => (report.standsStill === undefined ? { ok: true } : { ok: false, reason: report.standsStill }) });
  health.add({ name: 'hospital adapter', kind: 'ready', deadlineMs: 1_000, check: () => (host.hospitalAdapter(hisId) === undefined ? { ok: false, reason: `${hisId} is not active` } : { ok: true }) });
  health.add({ name: 'data disk', kind: 'notice', deadlineMs: 1_000, check: () => (disk().step === 'ample' ? { ok: true } : { ok: false, reason: `step ${disk().step}` }) });
  health.add({ name: 'terminals', kind: 'ready', deadlineMs: 1_000, check: () => (isConnected() ? { ok: true } : { ok: false, reason: 'no connection to the broker' }) });
}
