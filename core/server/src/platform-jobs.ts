/** What the platform does by itself: jobs of the outbox, and tasks of the schedule (定时任务). Part of the composition root. */
import type { DischargeStore } from './domain/discharge-store.js';
import { makeOpaqueId } from './domain/trade-number.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { JobRunner, type JobHandlers } from './edges/outbox/job-runner.js';
import { nodeScheduleTimer } from './edges/schedule/node-schedule-timer.js';
import { advanceDischarge } from './inpatients/advance-discharge.js';
import { advancePresettlement } from './insurance/advance-presettlement.js';
import type { InsurancePorts } from './insurance/ports.js';
import { advanceInvoice } from './invoices/advance-invoice.js';
import { advancePayment } from './payments/advance-payment.js';
import { advanceTender } from './payments/advance-tender.js';
import { unlockBills } from './payments/bill-lock.js';
import { checkBooking } from './payments/check-booking.js';
import { confirmOrder } from './payments/confirm-order.js';
import type { PaymentPorts } from './payments/ports.js';
import { tellOwnerOfOrder } from './payments/tell-owner.js';
import { advancePayout } from './payouts/advance-payout.js';
import { give, TOKENS } from './platform-container.js';
import { backupsOf, fleetOf, must, type Running } from './platform-opened.js';
import type { PlatformOptions } from './platform-options.js';
import { prepaymentPorts } from './platform-payouts.js';
import { taskWork } from './platform-tasks.js';
import { advancePrepaymentReturn } from './prepayment/advance-return.js';
import { advanceRefund } from './refunds/advance-refund.js';
import { createHisDesk } from './refunds/his-desk.js';
import { tellInsuranceRefund } from './refunds/tell-insurance-refund.js';
import { createTaskScheduler } from './tasks/task-scheduler.js';

export function composeJobs({ configuration, log, clock, timers, random }: PlatformOptions, running: Running, database: PlatformDatabase): void {
  const { hospital } = configuration;
  const { store, reports } = must(running);
  give(TOKENS.jobs, (get) => new JobRunner({ store, clock, timers, owner: `core-${makeOpaqueId(random, 8)}`, handlers: { ...jobHandlers(get(TOKENS.payments), get(TOKENS.insurance), store.discharges), advanceNotice: (job) => get(TOKENS.hisNotices).advanceNotice(job), advancePrepaymentReturn: (job) => advancePrepaymentReturn(prepaymentPorts(get(TOKENS.payments), store.prepayments, hospital.id), job), advancePayout: (job) => advancePayout(get(TOKENS.payoutPorts), job), sendStatementFile: (job) => get(TOKENS.dataSync).sendStatementFile(job) }, onFailure: (job, error) => { log.error('job failed; it is due again', { kind: job.kind, subject: job.subject, error }); } }));
  give(TOKENS.tasks, (get) => createTaskScheduler({ definitions: configuration.tasks, work: taskWork({
    retention: configuration.retention, store, database, audit: get(TOKENS.audit), dictionary: get(TOKENS.dictionary), reader: reports.reader, clock,
    desks: () => ({
      backups: backupsOf(running).desk,
      certificates: get(TOKENS.certificates), rotations: get(TOKENS.rotations), windowDesk: get(TOKENS.windowDesk), reconciliation: get(TOKENS.reconciliation), running: get(TOKENS.running), quickPay: get(TOKENS.quickPay), dataSync: get(TOKENS.dataSync),
      payouts: get(TOKENS.payouts), receipts: get(TOKENS.receipts), arrivals: get(TOKENS.arrivals), reports: get(TOKENS.reports), changes: get(TOKENS.changes),
      lookForUpdates: () => get(TOKENS.updates).lookAtMirror(),
      renewServerCertificate: () => running.serverCertificate?.renew() ?? Promise.resolve({ zh: '未启用 HTTPS', en: 'TLS is off' }),
      async keepTerminalKeys() {
        await running.writeBrokerFiles?.();
        return fleetOf(running).keepKeys();
      },
    }),
  }), store: database.tasks, timer: nodeScheduleTimer({ log, now: () => clock.now() }), clock, log, changed: (task) => { get(TOKENS.liveEvents).publish('tasks', [task]); } }));
}

function jobHandlers(payments: PaymentPorts, insurance: InsurancePorts, discharges: DischargeStore): Omit<JobHandlers, 'advanceNotice' | 'advancePrepaymentReturn' | 'advancePayout' | 'sendStatementFile'> {
  return {
    advancePayment: (job) => advancePayment(payments, job),
    advanceTender: (job) => advanceTender(payments, job),
    confirmOrder: (job) => confirmOrder(payments, job),
    advanceRefund: (job) => advanceRefund(payments, job),
    tellOwner: (job) => tellOwnerOfOrder(payments, job),
    advancePresettlement: (job) => advancePresettlement(insurance, job),
    tellInsuranceRefund: (job) => tellInsuranceRefund(payments, job),
    unlockBills: (job) => unlockBills(payments, job),
    checkBooking: (job) => checkBooking(payments, job),
    advanceInvoice: (job) => advanceInvoice(payments, job),
    advanceDischarge: (job) => advanceDischarge({ ...payments, discharges, refundForHis: createHisDesk(payments).refundForHis }, job),
  };
}

export function startJobs(running: Running, jobs: JobRunner): void {
  const { store, report } = must(running);
  // In safe mode and behind a fence nothing may be written, so nothing may be asked either: an answer could not be kept.
  if (report.standsStill !== undefined) return;
  store.onChanged(() => { jobs.nudge(); });
  jobs.start();
}
