/** What the schedule does, joined. Called by the composition root, of which it is a part. */
import type { ChangeDesk } from './changes/ports.js';
import type { Configuration } from './config/configuration-schema.js';
import type { DictionaryCache } from './dictionary/dictionary-cache.js';
import type { Clock } from './domain/time.js';
import type { SqliteMoneyStore } from './edges/database/money/sqlite-money-store.js';
import { verifyLedger } from './edges/database/money/verify-ledger.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import type { CertificateWatch } from './monitoring/certificate-watch.js';
import type { RotationDesk } from './monitoring/rotation-desk.js';
import type { AuditLog } from './operations/audit-log.js';
import type { PayoutDesk, ReceiptDesk } from './payouts/ports.js';
import type { DataSync } from './platform-data-sync.js';
import type { ReconciliationDesk, RunningDesk } from './reconciliation/ports.js';
import { checkSums } from './reports/check-sums.js';
import type { ReportDesk, ReportReader } from './reports/ports.js';
import type { ArrivalDesk } from './settlement/ports.js';
import type { TaskWork } from './tasks/task-scheduler.js';
import type { createQuickPayDesk } from './quick-pay/quick-pay-desk.js';
import type { WindowDesk } from './window-desk/ports.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Long enough for an owner to ask what became of a code of last week. */
const EXPIRED_CODE_DAYS = 7;
/** Hours of readings: long enough to compare a month with the one before. */
const READING_HOUR_DAYS = 62;

export type TaskParts = {
  readonly retention: Configuration['retention'];
  readonly store: SqliteMoneyStore;
  readonly database: PlatformDatabase;
  readonly audit: AuditLog;
  readonly dictionary: DictionaryCache;
  readonly reader: ReportReader;
  readonly clock: Clock;
  /** Looked up when a task runs: tasks are joined before some of these. */
  readonly desks: () => TaskDesks;
};
export type TaskDesks = {
  readonly certificates: CertificateWatch; readonly rotations: RotationDesk; readonly windowDesk: WindowDesk; readonly reconciliation: ReconciliationDesk; readonly running: RunningDesk; readonly quickPay: ReturnType<typeof createQuickPayDesk>;
  readonly dataSync: DataSync; readonly payouts: PayoutDesk; readonly receipts: ReceiptDesk; readonly arrivals: ArrivalDesk; readonly reports: ReportDesk; readonly changes: ChangeDesk; readonly keepTerminalKeys: () => Promise<string>;
};

/** What each task of the schedule does, by its name. */
export function taskWork({ retention, store, database, audit, dictionary, reader, clock, desks }: TaskParts): ReadonlyMap<string, TaskWork> {
  return new Map<string, TaskWork>([
    ['watch-certificates', async () => {
      const { rotations, certificates } = desks();
      await rotations.forgetOld();
      const { credentials, raised, resolved, open } = await certificates.checkNow();
      return `${String(credentials)} keys and certificates; ${String(raised)} alarms raised, ${String(resolved)} ended, ${String(open)} open`;
    }],
    ['reload-dictionaries', async () => (await dictionary.reloadAll()).map(({ name, entries, problem }) => `${name}: ${problem ?? `${String(entries)} entries`}`).join('; ') || 'no dictionaries are configured'],
    ['settle-card-terminals', () => desks().windowDesk.settleCardTerminals()],
    ['compare-tills', () => desks().windowDesk.compareTills()],
    ['reconcile-days', () => desks().reconciliation.runDue()],
    ['ask-ended-again', () => desks().running.askEndedAgain()],
    ['check-running-day', () => desks().running.runCheck()],
    ['ask-agreements', () => desks().quickPay.askOpenAgreements()],
    ['make-statement-files', () => desks().dataSync.statements.makeDue()],
    ['import-bank-statements', () => desks().payouts.importDue()],
    ['fetch-bank-receipts', () => desks().receipts.fetchDue()],
    ['match-arrivals', () => desks().arrivals.matchDue()],
    ['check-report-sums', () => checkSums({ reader, clock })],
    ['keep-terminal-keys', () => desks().keepTerminalKeys()],
    ['verify-ledger', () => {
      const { journals, entries, problems } = verifyLedger(store.database);
      if (problems.length > 0) throw new Error(problems.slice(0, 5).join('; '));
      return Promise.resolve(`${String(journals)} journals, ${String(entries)} entries, no problem`);
    }],
    ['verify-audit-log', async () => {
      const { rows, findings } = await audit.verify();
      if (findings.length > 0) throw new Error(`${String(findings.length)} findings, the first: ${JSON.stringify(findings[0])}`);
      return `${String(rows)} rows, no finding`;
    }],
    ['remove-expired-rows', async () => {
      const [runs, codes] = [await database.tasks.removeRunsBefore(new Date(clock.now().getTime() - retention.taskRunDays * DAY_MS)), await database.checkoutCodes.removeExpired(new Date(clock.now().getTime() - EXPIRED_CODE_DAYS * DAY_MS))];
      const reminders = await store.hisNotices.removeRemindersBefore(new Date(clock.now().getTime() - retention.taskRunDays * DAY_MS));
      const asked = await database.windowDesk.removeBefore(new Date(clock.now().getTime() - retention.auditDays * DAY_MS));
      const bindings = await database.quickPay.agreements.removeBefore(new Date(clock.now().getTime() - retention.auditDays * DAY_MS));
      const files = await desks().reports.removeExpired();
      const terminals = await database.fleet.removeBefore(new Date(clock.now().getTime() - retention.auditDays * DAY_MS));
      const alarms = await database.alarms.removeBefore(new Date(clock.now().getTime() - retention.auditDays * DAY_MS), new Date(clock.now().getTime() - READING_HOUR_DAYS * DAY_MS));
      const changes = await desks().changes.expireOld();
      return `${String(runs)} task runs, ${String(codes)} expired codes, ${String(asked)} rows of the window desk, ${String(bindings)} of bound cards, ${String(reminders)} reminders of the HIS, ${String(terminals)} of terminals, ${String(files)} exports, ${String(alarms)} alarms removed; ${String(changes)} changes expired`;
    }],
  ]);
}
