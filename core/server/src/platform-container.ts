/** The container, known nowhere else, and the tokens of all parts. Part of the composition root. */
import { container as everybodysContainer, instanceCachingFactory, type InjectionToken } from 'tsyringe';
import type { ApplicationRegistry } from './applications/ports.js';
import type { CaseDesk } from './cases/ports.js';
import type { ChangeDesk } from './changes/ports.js';
import type { createCheckoutDesk } from './checkout/checkout-desk.js';
import type { DictionaryCache } from './dictionary/dictionary-cache.js';
import type { BankLinks } from './domain/guests.js';
import type { SqliteMoneyStore } from './edges/database/money/sqlite-money-store.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import type { JobRunner } from './edges/outbox/job-runner.js';
import type { HandTransferDesk } from './hand-transfers/ports.js';
import type { createHisNoticeDesk } from './his-notices/his-notice-desk.js';
import type { InpatientDesk } from './inpatients/ports.js';
import type { InsurancePorts } from './insurance/ports.js';
import type { EventHub } from './live-events/ports.js';
import type { MerchantDesk } from './merchants/ports.js';
import type { CertificateWatch } from './monitoring/certificate-watch.js';
import type { RotationDesk } from './monitoring/rotation-desk.js';
import type { NumberedFormDesk } from './numbered-forms/ports.js';
import type { AuditLog } from './operations/audit-log.js';
import type { DiskSpaceWatch } from './operations/disk-space.js';
import type { AuditForwarding } from './operations/forward-audit.js';
import type { Health } from './operations/health.js';
import type { Metrics } from './operations/metrics.js';
import type { PatientDesk, PatientPorts } from './patients/ports.js';
import type { PaymentPorts } from './payments/ports.js';
import type { PayoutDesk, PayoutPorts, ReceiptDesk } from './payouts/ports.js';
import type { Availability } from './platform-availability.js';
import type { DataSync } from './platform-data-sync.js';
import type { Updates } from './platform-updates.js';
import type { joinUseCases } from './platform-use-cases.js';
import type { ChannelHealth } from './plugin-host/channel-health.js';
import type { PackageDesk } from './plugin-host/packages/package-desk.js';
import type { PluginHost } from './plugin-host/plugin-host.js';
import type { PrepaymentDesk } from './prepayment/ports.js';
import type { createQuickPayDesk } from './quick-pay/quick-pay-desk.js';
import type { ReconciliationDesk, RunningDesk } from './reconciliation/ports.js';
import type { HisDesk } from './refunds/ports.js';
import type { RegistrationDesk } from './registrations/ports.js';
import type { ReportDesk } from './reports/ports.js';
import type { WorkBoard } from './running-work/ports.js';
import type { ArrivalDesk, PeriodDesk, SettlementDesk } from './settlement/ports.js';
import type { ShiftDesk } from './shifts/ports.js';
import type { SupportDesk } from './support/ports.js';
import type { TaskScheduler } from './tasks/task-scheduler.js';
import type { TerminalRegistry } from './terminals/ports.js';
import type { TerminalPresence } from './terminals/terminal-presence.js';
import type { Duties, OperatorDesk } from './users/ports.js';
import type { WindowDesk } from './window-desk/ports.js';

/** A container of our own: libraries keep their parts in the one all share, and resetting that would take them away. */
const container = everybodysContainer.createChildContainer();

/** Parts are made by factories under typed tokens, all resolved at start, and held by reference from then on: no captive singletons, nothing resolved late. */
const part = <Value>(name: string): InjectionToken<Value> => Symbol(name);
export const TOKENS = {
  database: part<PlatformDatabase>('database'),
  store: part<SqliteMoneyStore>('store'),
  metrics: part<Metrics>('metrics'),
  health: part<Health>('health'),
  liveEvents: part<EventHub>('liveEvents'),
  audit: part<AuditLog>('audit'),
  auditForwarding: part<AuditForwarding>('auditForwarding'),
  disk: part<DiskSpaceWatch>('disk'),
  pluginHost: part<PluginHost>('pluginHost'),
  channelHealth: part<ChannelHealth>('channelHealth'),
  packages: part<PackageDesk>('packages'),
  changes: part<ChangeDesk>('changes'),
  updates: part<Updates>('updates'),
  support: part<SupportDesk>('support'),
  work: part<WorkBoard>('work'),
  certificates: part<CertificateWatch>('certificates'),
  rotations: part<RotationDesk>('rotations'),
  applications: part<ApplicationRegistry>('applications'),
  terminals: part<TerminalRegistry>('terminals'),
  presence: part<TerminalPresence>('presence'),
  availability: part<Availability>('availability'),
  payments: part<PaymentPorts>('payments'),
  patients: part<PatientPorts>('patients'),
  insurance: part<InsurancePorts>('insurance'),
  useCases: part<ReturnType<typeof joinUseCases> & RegistrationDesk & InpatientDesk & PatientDesk & HisDesk>('useCases'),
  checkout: part<ReturnType<typeof createCheckoutDesk>>('checkout'),
  windowDesk: part<WindowDesk>('windowDesk'),
  shifts: part<ShiftDesk>('shifts'),
  forms: part<NumberedFormDesk>('forms'),
  transfers: part<HandTransferDesk>('transfers'),
  cases: part<CaseDesk>('cases'),
  reconciliation: part<ReconciliationDesk>('reconciliation'),
  running: part<RunningDesk>('running'),
  reports: part<ReportDesk>('reports'),
  merchants: part<MerchantDesk>('merchants'),
  dataSync: part<DataSync>('dataSync'),
  prepayment: part<PrepaymentDesk>('prepayment'),
  bankLinks: part<BankLinks>('bankLinks'),
  payoutPorts: part<PayoutPorts>('payoutPorts'),
  payouts: part<PayoutDesk>('payouts'),
  receipts: part<ReceiptDesk>('receipts'),
  quickPay: part<ReturnType<typeof createQuickPayDesk>>('quickPay'),
  arrivals: part<ArrivalDesk>('arrivals'),
  periods: part<PeriodDesk>('periods'),
  settlements: part<SettlementDesk>('settlements'),
  duties: part<Duties>('duties'),
  operators: part<OperatorDesk>('operators'),
  hisNotices: part<ReturnType<typeof createHisNoticeDesk>>('hisNotices'),
  jobs: part<JobRunner>('jobs'),
  dictionary: part<DictionaryCache>('dictionary'),
  tasks: part<TaskScheduler>('tasks'),
} as const;

export type Get = <Wanted>(wanted: InjectionToken<Wanted>) => Wanted;

export const get: Get = (wanted) => container.resolve(wanted);

export function give<Value>(token: InjectionToken<Value>, make: (get: Get) => Value): void {
  container.register(token, { useFactory: instanceCachingFactory((from) => make((wanted) => from.resolve(wanted))) });
}

/** A start finds nothing of the one before it in this process. */
export function forgetParts(): void {
  container.reset();
}

/** Once all are given: what cannot be made shows now. */
export function makeEveryPart(): void {
  for (const token of Object.values(TOKENS)) container.resolve<unknown>(token);
}
