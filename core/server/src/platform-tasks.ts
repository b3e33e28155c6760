/** What the schedule does, joined. Called by the composition root, of which it is a part. */
import type { BackupDesk, BackupSet } from './backups/ports.js';
import type { ChangeDesk } from './changes/ports.js';
import type { Configuration } from './config/configuration-schema.js';
import type { DictionaryCache } from './dictionary/dictionary-cache.js';
import { BilingualError, inOneLine, type Bilingual } from './domain/bilingual.js';
import type { Outcome } from './domain/errors.js';
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
  readonly dataSync: DataSync; readonly payouts: PayoutDesk; readonly receipts: ReceiptDesk; readonly arrivals: ArrivalDesk; readonly reports: ReportDesk; readonly changes: ChangeDesk; readonly backups: BackupDesk; readonly keepTerminalKeys: () => Promise<Bilingual>; readonly renewServerCertificate: () => Promise<Bilingual>; readonly lookForUpdates: () => Promise<Bilingual>;
};

/** What each task of the schedule does, by its name. */
export function taskWork({ retention, store, database, audit, dictionary, reader, clock, desks }: TaskParts): ReadonlyMap<string, TaskWork> {
  return new Map<string, TaskWork>([
    ['watch-certificates', async () => {
      const { rotations, certificates } = desks();
      await rotations.forgetOld();
      const { credentials, raised, resolved, open } = await certificates.checkNow();
      return { zh: `密钥与证书 ${String(credentials)} 个；新增告警 ${String(raised)} 条，消除 ${String(resolved)} 条，未消除 ${String(open)} 条`, en: `${String(credentials)} keys and certificates; ${String(raised)} alarms raised, ${String(resolved)} ended, ${String(open)} open` };
    }],
    ['reload-dictionaries', async () => {
      const loaded = (await dictionary.reloadAll()).map(({ name, entries, problem }) => (problem === undefined ? { zh: `${name}：${String(entries)} 条`, en: `${name}: ${String(entries)} entries` } : { zh: `${name}：未能更新（${problem}）`, en: `${name}: not reloaded (${problem})` }));
      return loaded.length === 0 ? { zh: '未配置字典', en: 'No dictionaries are configured' } : inOneLine(loaded);
    }],
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
    ['renew-server-certificate', () => desks().renewServerCertificate()],
    ['look-for-updates', () => desks().lookForUpdates()],
    ['keep-terminal-keys', () => desks().keepTerminalKeys()],
    ['verify-ledger', () => {
      const { journals, entries, problems } = verifyLedger(store.database);
      const found = problems.slice(0, 5).join('; ');
      if (problems.length > 0) throw new BilingualError({ zh: `账本校验发现 ${String(problems.length)} 处问题，请立即联系运维人员：${found}`, en: `${String(problems.length)} problems in the ledger, tell those who look after it at once: ${found}` });
      return Promise.resolve({ zh: `校验凭证 ${String(journals)} 张、分录 ${String(entries)} 条，无问题`, en: `${String(journals)} journals, ${String(entries)} entries, no problem` });
    }],
    ['back-up', async () => sayBackup(await desks().backups.take({ by: 'system' }))],
    ['prove-backup', async () => {
      const proved = await desks().backups.prove({ by: 'system' });
      if (proved.kind === 'refused') throw new BilingualError(proved.code === 'NO_SUCH_ITEM' ? { zh: '还没有读回核对过的备份', en: 'There is no verified backup yet' } : BUSY);
      const { proofFailedAt, proof = BUSY } = proved.value;
      if (proofFailedAt !== undefined) throw new BilingualError(proof);
      return proof;
    }],
    ['verify-audit-log', async () => {
      const { rows, findings } = await audit.verify();
      const first = JSON.stringify(findings[0]);
      if (findings.length > 0) throw new BilingualError({ zh: `审计日志链校验发现 ${String(findings.length)} 处异常，首处：${first}`, en: `${String(findings.length)} findings in the audit log, the first: ${first}` });
      return { zh: `校验审计记录 ${String(rows)} 条，无异常`, en: `${String(rows)} rows, no finding` };
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
      return {
        zh: `已清理：任务记录 ${String(runs)} 条、过期付款码 ${String(codes)} 个、窗口记录 ${String(asked)} 条、绑卡记录 ${String(bindings)} 条、HIS 提醒 ${String(reminders)} 条、终端记录 ${String(terminals)} 条、导出文件 ${String(files)} 个、告警记录 ${String(alarms)} 条；变更申请过期 ${String(changes)} 个`,
        en: `${String(runs)} task runs, ${String(codes)} expired codes, ${String(asked)} rows of the window desk, ${String(bindings)} of bound cards, ${String(reminders)} reminders of the HIS, ${String(terminals)} of terminals, ${String(files)} exports, ${String(alarms)} alarms removed; ${String(changes)} changes expired`,
      };
    }],
  ]);
}

const BUSY: Bilingual = { zh: '备份或恢复演练正在进行', en: 'A backup or a proof is running' };

/** A target that did not get the set is a failure, also when another one did: two are there because one may be gone. */
function sayBackup(taken: Outcome<BackupSet>): Bilingual {
  if (taken.kind === 'refused') throw new BilingualError(BUSY);
  const { state, problem, bytes = 0, copies } = taken.value;
  if (problem !== undefined) throw new BilingualError(state === 'good' ? { zh: `备份已完成，但缺少一处：${problem.zh}`, en: `It was taken, but not everywhere: ${problem.en}` } : problem);
  return { zh: `已备份到 ${String(copies.length)} 处并读回核对，${(bytes / 1_048_576).toFixed(1)} MB`, en: `Taken to ${String(copies.length)} targets and read back, ${(bytes / 1_048_576).toFixed(1)} MB` };
}
