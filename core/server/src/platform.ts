/**
 * The composition root: every part of the core is made and joined here, and nowhere else is the container known. Parts are made by factories
 * under typed tokens, all resolved at start, and held by reference from then on: no captive singletons, nothing resolved late.
 */
import 'reflect-metadata';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { container as everybodysContainer, instanceCachingFactory, type InjectionToken } from 'tsyringe';
import { createNonceMemory } from './applications/nonce-memory.js';
import { PERMISSIONS, type ApplicationRegistry } from './applications/ports.js';
import { createRequestBuckets } from './applications/request-buckets.js';
import type { Fence } from './backups/ports.js';
import { liftFence, readFence } from './edges/backups/fence-file.js';
import { numbersFrom } from './edges/backups/numbers-file.js';
import { composeBackups, type Backups } from './platform-backups.js';
import { composeServerCertificate, NO_SERVER_CERTIFICATE, withServerCredentials, startPlainEntrance } from './platform-server-certificate.js';
import type { RunningServerCertificate } from './server-certificate/server-certificate-desk.js';
import { createCheckoutDesk } from './checkout/checkout-desk.js';
import { composeAvailability, type Availability } from './platform-availability.js';
import { composeDataSync, type DataSync } from './platform-data-sync.js';
import { openReconciliationThread } from './platform-reconciliation.js';
import { functionsOf, openFleet, type Fleet } from './platform-fleet.js';
import { feedLiveEvents } from './platform-live-events.js';
import { announcedAudit } from './live-events/announced-audit.js';
import { announceWork } from './live-events/announce-work.js';
import type { WorkBoard } from './running-work/ports.js';
import { createWorkBoard } from './running-work/work-board.js';
import { createEventHub } from './live-events/event-hub.js';
import type { EventHub } from './live-events/ports.js';
import { guestMetrics, observePlatform } from './platform-metrics.js';
import { composeReceipts } from './platform-receipts.js';
import { composeRelay, type PublicSide, type RelayPart } from './platform-relay.js';
import { composeRunning } from './platform-running.js';
import { taskWork } from './platform-tasks.js';
import { composeChanges } from './platform-changes.js';
import { composeSupportDesk } from './platform-support-desk.js';
import { composeUpdates, type BoxPlaces, type Updates } from './platform-updates.js';
import { proposeConfiguration, settleConfiguration, type SettledConfiguration } from './platform-configuration.js';
import type { ChangeDesk } from './changes/ports.js';
import { checkoutPolicyOf } from './config/checkout-policy-of.js';
import type { Configuration } from './config/configuration-schema.js';
import type { LoadedConfiguration } from './config/load-configuration.js';
import { payoutPolicyOf } from './config/payout-policy-of.js';
import { cutOffsOf, paymentPolicyOf } from './config/payment-policy-of.js';
import { walletOfChannel } from './config/wallet-of-channel.js';
import { createCallWindow, type CallWindow } from './alarms/call-window.js';
import { startAlarms, type RunningAlarms } from './platform-alarms.js';
import { composeAuditForwarding } from './platform-audit-forwarding.js';
import { createDictionaryCache, type DictionaryCache } from './dictionary/dictionary-cache.js';
import type { BankLinks } from './domain/guests.js';
import type { Clock, RandomSource, Timers } from './domain/time.js';
import { makeOpaqueId } from './domain/trade-number.js';
import { abandonPresettlement } from './insurance/abandon-presettlement.js';
import { advancePresettlement } from './insurance/advance-presettlement.js';
import { findInsured } from './insurance/find-insured.js';
import { findPresettlement } from './insurance/find-presettlement.js';
import type { InsurancePorts } from './insurance/ports.js';
import { presettle } from './insurance/presettle.js';
import type { JournalWitness } from './edges/database/money/journal-witness.js';
import { cashLedger } from './edges/database/money/cash-ledger.js';
import { openMoneyStore, type StartUpReport } from './edges/database/money/open-money-store.js';
import type { SqliteMoneyStore } from './edges/database/money/sqlite-money-store.js';
import { openMoneyReader } from './edges/database/money-reader/open-money-reader.js';
import { openReportReader } from './edges/database/reports/open-report-reader.js';
import { openPluginStoreFile, type PluginStoreFile } from './edges/database/plugin-store.js';
import { installedInstances } from './edges/database/platform/installed-instances.js';
import { openPlatformDatabase, type PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { PASSWORDS } from './edges/database/platform/password.js';
import { oneTimeCodes } from './edges/sign-in/one-time-codes.js';
import { passkeyCeremonies } from './edges/sign-in/passkey-ceremonies.js';
import { sharedSecrets } from './edges/database/platform/shared-secrets.js';
import { channelNotifications } from './edges/http/channel-notifications.js';
import { checkoutPage } from './edges/http/checkout-page/checkout-page.js';
import { readPageFiles } from './edges/http/checkout-page/page-files.js';
import { startConsole } from './edges/http/console-api/start-console.js';
import { startHttpServer, type RunningHttpServer } from './edges/http/http-kit/start-http-server.js';
import { operationsEndpoints } from './edges/http/operations-endpoints.js';
import { applicationNotifier } from './edges/http/owner-notifier.js';
import { paymentApi } from './edges/http/payment-api/payment-api.js';
import { startEmbeddedBroker, type BrokerTls, type EmbeddedBroker } from './edges/mqtt/embedded-broker.js';
import { startEnrolmentListener, type EnrolmentListener } from './edges/mqtt/enrolment-listener.js';
import { writeMosquittoFiles } from './edges/mqtt/mosquitto-files.js';
import { startTerminalGateway, type TerminalGateway } from './edges/mqtt/terminal-gateway.js';
import { SYSTEM_CLOCK } from './edges/machine/system-clock.js';
import { SYSTEM_RANDOM } from './edges/machine/system-random.js';
import { SYSTEM_TIMERS } from './edges/machine/system-timers.js';
import { openThread } from './edges/machine/thread.js';
import { exportFiles } from './edges/files/export-files.js';
import { caseFiles } from './edges/files/case-files.js';
import { fileArchive } from './edges/files/file-archive.js';
import { JobRunner, type JobHandlers } from './edges/outbox/job-runner.js';
import { nodeScheduleTimer } from './edges/schedule/node-schedule-timer.js';
import { listFleet } from './fleet/list-fleet.js';
import { createPositionDesk } from './fleet/position-desk.js';
import { createCertificateWatch, type CertificateWatch } from './monitoring/certificate-watch.js';
import { observeCertificates } from './monitoring/observe-certificates.js';
import { platformCredentials, type PlatformCredentialPorts } from './monitoring/platform-credentials.js';
import type { WatchPolicy } from './monitoring/ports.js';
import { createRotationDesk, type RotationDesk } from './monitoring/rotation-desk.js';
import { createAuditLog, type AuditLog } from './operations/audit-log.js';
import type { AuditForwarding } from './operations/forward-audit.js';
import { lockDataFolder } from './operations/data-folder-lock.js';
import { ballastFile } from './operations/ballast-file.js';
import { clearDataFolder } from './operations/clear-data-folder.js';
import { spaceOf, watchDiskSpace, type DiskSpaceWatch } from './operations/disk-space.js';
import { createHealth, type Health } from './operations/health.js';
import { createLifecycle, type Lifecycle, type StopReport } from './operations/lifecycle.js';
import type { RunningLog } from './operations/logger.js';
import { createMetrics, type Metrics } from './operations/metrics.js';
import { witnessFile } from './operations/witness-file.js';
import type { DischargeStore } from './domain/discharge-store.js';
import { advanceDischarge } from './inpatients/advance-discharge.js';
import { createHisNoticeDesk } from './his-notices/his-notice-desk.js';
import { createPatientDesk } from './patients/patient-desk.js';
import type { PatientDesk } from './patients/ports.js';
import { createInpatientDesk } from './inpatients/inpatient-desk.js';
import type { InpatientDesk } from './inpatients/ports.js';
import { advanceInvoice } from './invoices/advance-invoice.js';
import { refuseOnPaper } from './invoices/refuse-on-paper.js';
import { findPatient } from './patients/find-patient.js';
import { listOpenBills } from './patients/list-open-bills.js';
import type { PatientPorts } from './patients/ports.js';
import { quoteBills } from './patients/quote-bills.js';
import { addPayment } from './payments/add-payment.js';
import { advancePayment } from './payments/advance-payment.js';
import { advanceTender } from './payments/advance-tender.js';
import { advancePayout } from './payouts/advance-payout.js';
import { createRefundDesk, levelsNeeded } from './approvals/refund-desk.js';
import { createPayoutDesk } from './payouts/payout-desk.js';
import { createArrivalDesk } from './settlement/arrival-desk.js';
import { createSettlementDesk } from './settlement/batch-desk.js';
import { campusOf } from './domain/route-payment.js';
import { createPeriodDesk } from './settlement/period-desk.js';
import type { ArrivalDesk, PeriodDesk, SettlementDesk } from './settlement/ports.js';
import { DEPOSITS } from './domain/arrival.js';
import { own } from './domain/own-words.js';
import { arrivalRulesOf, calendarOf } from './config/arrival-rules-of.js';
import type { PayoutDesk, PayoutPorts, ReceiptDesk } from './payouts/ports.js';
import type { PrepaymentStore } from './domain/prepayment-store.js';
import { createCaseDesk } from './cases/case-desk.js';
import type { CaseDesk } from './cases/ports.js';
import type { PrepaymentDesk, PrepaymentPorts } from './prepayment/ports.js';
import { advancePrepaymentReturn } from './prepayment/advance-return.js';
import { createPrepaymentDesk } from './prepayment/prepayment-desk.js';
import { unlockBills } from './payments/bill-lock.js';
import { checkBooking } from './payments/check-booking.js';
import { checkBookings } from './payments/check-bookings.js';
import { cancelPayment } from './payments/cancel-payment.js';
import { confirmOrder } from './payments/confirm-order.js';
import { createPayment } from './payments/create-payment.js';
import { findOrder, listOpenOrders, markReceiptPrinted } from './payments/find-order.js';
import { reprintReceipt, showOrderOfHospital } from './payments/order-of-hospital.js';
import { viewOrder } from './payments/order-view.js';
import type { PaymentPorts } from './payments/ports.js';
import { receiveNotification } from './payments/receive-notification.js';
import { tellOwnerOfOrder } from './payments/tell-owner.js';
import type { RegistrationDesk } from './registrations/ports.js';
import { createRegistrationDesk } from './registrations/registration-desk.js';
import { bankLinkDirectory, centreDirectory, channelDirectory, gatewayDirectory, hospitalDirectory, windowDeskDirectory } from './plugin-host/guest-directories.js';
import { createChannelHealth, probeChannel, testChannel, type ChannelHealth } from './plugin-host/channel-health.js';
import { createInstalledPackages } from './plugin-host/packages/installed-packages.js';
import { unitGuestLine } from './plugin-host/isolated/unit-line.js';
import { createPackageDesk, type PackageDesk } from './plugin-host/packages/package-desk.js';
import { openTrustedPublishers, type TrustedPublishers } from './plugin-host/packages/trusted-publishers.js';
import { pluginCredentials } from './plugin-host/plugin-credentials.js';
import { createPluginHost, type InstanceConfiguration, type PluginHost } from './plugin-host/plugin-host.js';
import type { PluginPackage } from './plugin-host/read-package.js';
import { createRehearsalStage } from './plugin-host/rehearsal-stage.js';
import { provision } from './provisioning/provision.js';
import { advanceRefund } from './refunds/advance-refund.js';
import { refundAtWindow } from './refunds/refund-at-window.js';
import { createHisDesk } from './refunds/his-desk.js';
import type { HisDesk } from './refunds/ports.js';
import { requestRefund } from './refunds/request-refund.js';
import { tellInsuranceRefund } from './refunds/tell-insurance-refund.js';
import type { ReconciliationDesk, RunningDesk } from './reconciliation/ports.js';
import { createReportDesk } from './reports/report-desk.js';
import type { ReportDesk, ReportNames } from './reports/ports.js';
import { composeParameters } from './platform-parameters.js';
import { composeReveals } from './platform-reveals.js';
import { composeMerchants } from './platform-merchants.js';
import { composeSetup } from './platform-setup.js';
import { startSnmp } from './platform-snmp.js';
import type { MerchantDesk } from './merchants/ports.js';
import { createQuickPayDesk } from './quick-pay/quick-pay-desk.js';
import { createReconciliationDesk } from './reconciliation/reconciliation-desk.js';
import { statementSources } from './reconciliation/statement-sources.js';
import { createHandTransferDesk } from './hand-transfers/hand-transfer-desk.js';
import type { HandTransferDesk } from './hand-transfers/ports.js';
import { createNumberedFormDesk } from './numbered-forms/form-desk.js';
import type { NumberedFormDesk } from './numbered-forms/ports.js';
import type { ShiftDesk } from './shifts/ports.js';
import { createShiftDesk } from './shifts/shift-desk.js';
import type { SupportDesk } from './support/ports.js';
import { createTaskScheduler, type TaskScheduler } from './tasks/task-scheduler.js';
import type { TerminalRegistry, TerminalUseCases } from './terminals/ports.js';
import { revokeTerminal } from './terminals/revoke-terminal.js';
import { movesMoney } from './terminals/place-change.js';
import { createTerminalAnnouncer } from './terminals/terminal-announcer.js';
import { createTerminalDesk } from './terminals/terminal-desk.js';
import { createTerminalPresence, type TerminalPresence } from './terminals/terminal-presence.js';
import { brokerCredentials, createTerminalRegistry } from './terminals/terminal-registry.js';
import { createAccountWatch } from './users/account-watch.js';
import { createConsoleUsers } from './users/console-users.js';
import { createDuties } from './users/duties.js';
import { createFirstLogin } from './users/first-login.js';
import { createPasskeys } from './users/passkeys.js';
import { createSecondFactor } from './users/second-factor.js';
import { createOperatorDesk } from './users/operator-desk.js';
import type { Duties, OperatorDesk } from './users/ports.js';
import { createHisDoctor } from './his-doctor/his-doctor.js';
import { createDisplayDesk } from './wallboard/display-desk.js';
import { createSavedViewDesk } from './saved-views/saved-view-desk.js';
import { createWallboard } from './wallboard/wallboard.js';
import type { WindowDesk } from './window-desk/ports.js';
import { createWindowDesk } from './window-desk/window-desk.js';

export type PlatformOptions = {
  readonly configuration: Configuration;
  /** Relative plugin folders start here. */
  readonly configFolder: string;
  /** The profile it was started with. */
  readonly profile: string;
  /** Asked to stop and start again: a fence was lifted, and everything begins as after any start. */
  readonly startAnew: () => void;
  /** The appliance it runs on, if it does. */
  readonly box?: BoxPlaces | undefined;
  /** Where the machine starts plugins as units of their own; absent: they are children of this process. */
  readonly pluginSocket?: string | undefined;
  /** Authorities the machine was told of besides those of the system, PEM: what is not Node must be told of them too. */
  readonly authoritiesFile?: string | undefined;
  /** Where each value of the configuration came from. */
  readonly loaded: Pick<LoadedConfiguration, 'origins' | 'secretKeys' | 'defaults' | 'below'>;
  /** The built console. */
  readonly consoleFolder: string;
  /** The built checkout page. */
  readonly checkoutPageFolder: string;
  readonly log: RunningLog;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomSource;
};

export type Addresses = { readonly payment: string; readonly console: string; readonly mqtt: number; readonly mqttWebSocket: number; readonly mqttTls: number; readonly enrolment: number };
export type Platform = { readonly addresses: Addresses; readonly report: StartUpReport; readonly firstLoginCode: string | undefined; stop(): Promise<StopReport> };

/** Time, timers and randomness of the machine itself. */
export const MACHINE: Pick<PlatformOptions, 'clock' | 'timers' | 'random'> = { clock: SYSTEM_CLOCK, timers: SYSTEM_TIMERS, random: SYSTEM_RANDOM };

/** A container of our own: libraries keep their parts in the one all share, and resetting that would take them away. */
const container = everybodysContainer.createChildContainer();

const part = <Value>(name: string): InjectionToken<Value> => Symbol(name);
const TOKENS = {
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

/** Opens, joins and starts everything in the order money needs; if a part does not start, those started before it are stopped again. */
export async function startPlatform(given: PlatformOptions): Promise<Platform> {
  // What decides about money is replaced by what was approved of it, once the database is open.
  const options = { ...given };
  const { log, clock, timers } = options;
  const { dataFolder, hospital, http, mqtt } = given.configuration;
  const lifecycle = createLifecycle({ log, clock, timers });
  const running: Running = {};
  const get = <Value>(token: InjectionToken<Value>): Value => container.resolve(token);

  lifecycle.add(once('data folder', () => lockDataFolder(dataFolder, clock.now()), (lock) => { lock.release(); }));
  lifecycle.add(once('fence', () => {
    running.fence = readFence(dataFolder);
    if (running.fence !== undefined) log.error('fenced: this box was made of a backup; it reads, and speaks to nobody until two administrators say that the old one is off', { set: running.fence.set });
  }, () => undefined));
  const unlessFenced = (held: Parameters<typeof lifecycle.add>[0]): void => {
    let isStarted = false;
    lifecycle.add({ ...held, async start() { if (running.fence !== undefined) return; await held.start(); isStarted = true; }, async stop() { if (isStarted) await held.stop(); } });
  };
  lifecycle.add(once('plugin stores', async () => { running.pluginStores = openPluginStoreFile(join(dataFolder, 'plugins.sqlite')); return running.pluginStores; }, (file) => { file.close(); }));
  lifecycle.add(once('money store', () => openMoney(options, running), ({ store, witness, beat }) => closeMoney(store, witness, beat)));
  lifecycle.add(once('money reader', () => {
    running.moneyReader = openMoneyReader({ file: join(dataFolder, 'money.sqlite'), hospitalId: hospital.id });
    return running.moneyReader;
  }, (reader) => reader.close()));
  lifecycle.add(once('reports', () => {
    running.reports = openReportReader({ openThread, moneyFile: join(dataFolder, 'money.sqlite'), sumsFile: join(dataFolder, 'report-sums.sqlite'), log });
    return running.reports;
  }, (reports) => reports.close()));
  lifecycle.add(once('reconciliation thread', () => {
    running.reconciler = openReconciliationThread({ moneyFile: join(dataFolder, 'money.sqlite'), log });
    return running.reconciler;
  }, (reconciler) => reconciler.close()));
  lifecycle.add(once('platform database', async () => {
    const database = await openPlatformDatabase({ dataFolder, hospital: hospital.id, clock, log });
    if (database.otherHospital !== undefined) {
      await database.close();
      throw new Error(otherHospitalWords(hospital.id, database.otherHospital));
    }
    running.audit = auditLogOf(database, dataFolder, clock);
    running.settled = await settleConfiguration(given.configuration, { database, configFolder: given.configFolder, audit: running.audit, clock, log });
    running.asFiled = given.configuration;
    options.configuration = running.settled.configuration;
    compose(options, running, database);
    return database;
  }, (database) => database.close()));
  lifecycle.add(once('backups', async () => {
    running.backups = await composeBackups({ configuration: options.configuration, configFolder: given.configFolder, authoritiesFile: given.authoritiesFile, profile: given.profile, version: VERSION, database: get(TOKENS.database), fence: running.fence, disk: () => get(TOKENS.disk), clock, timers, audit: get(TOKENS.audit), log });
    return running.backups;
  }, (backups) => backups.close()));
  lifecycle.add(once('server certificate', async () => {
    running.serverCertificate = await composeServerCertificate({ configuration: options.configuration, database: get(TOKENS.database), health: get(TOKENS.health), audit: get(TOKENS.audit), changed: () => { get(TOKENS.certificates).nudge(); get(TOKENS.liveEvents).publish('certificates'); }, clock, log });
    return running.serverCertificate;
  }, () => undefined));
  unlessFenced(once('provisioning', () => provisionFrom(options, running, get(TOKENS.database), get(TOKENS.terminals), get(TOKENS.forms)), () => undefined));
  // A fenced box speaks in nobody's name: what it did is forwarded once the fence is lifted.
  unlessFenced({ name: 'audit forwarding', ...TIMES, start: () => { get(TOKENS.auditForwarding).start(); }, stop: () => get(TOKENS.auditForwarding).stop() });
  lifecycle.add({ name: 'disk watch', ...TIMES, start: () => get(TOKENS.disk).start(), stop: () => { get(TOKENS.disk).stop(); } });
  lifecycle.add({ name: 'plugins', ...TIMES, start: () => activatePlugins(get(TOKENS.pluginHost), get(TOKENS.packages), options.configuration), stop: () => { get(TOKENS.channelHealth).stop(); return get(TOKENS.pluginHost).stop(); } });
  unlessFenced({ name: 'window desk', ...TIMES, start: async () => { await get(TOKENS.windowDesk).endInterrupted(); }, stop: () => undefined });
  unlessFenced({ name: 'certificate watch', ...TIMES, start: () => { get(TOKENS.certificates).start(); }, stop: () => get(TOKENS.certificates).stop() });
  lifecycle.add({ name: 'jobs', ...TIMES, start: () => startJobs(running, get(TOKENS.jobs)), stop: () => get(TOKENS.jobs).stop() });
  lifecycle.add({ name: 'event sinks', ...TIMES, start: () => (must(running).report.standsStill === undefined ? get(TOKENS.dataSync).sinks.start() : undefined), stop: () => get(TOKENS.dataSync).sinks.stop() });
  lifecycle.add({ name: 'dictionaries', ...TIMES, start: () => get(TOKENS.dictionary).start(), stop: () => undefined });
  lifecycle.add(once('terminal fleet', async () => { running.fleet = await openFleet({ ...options, database: get(TOKENS.database), registry: get(TOKENS.terminals), audit: get(TOKENS.audit), metrics: get(TOKENS.metrics), health: get(TOKENS.health) }); await get(TOKENS.availability).log.start(); return running.fleet; }, (fleet) => fleet.stop().then(() => get(TOKENS.availability).log.stop())));
  lifecycle.add({ name: 'changes', ...TIMES, start: async () => { await get(TOKENS.changes).resume(running.fence === undefined ? undefined : 'liftFence'); if (running.fence === undefined && running.settled !== undefined) await proposeConfiguration(get(TOKENS.changes), get(TOKENS.database), running.settled, clock); }, stop: () => undefined });
  unlessFenced(once('broker', () => startBroker(options, running), (broker) => broker?.stop()));
  unlessFenced(once('enrolment', async () => {
    running.enrolment = await startEnrolmentListener({ host: mqtt.host, port: mqtt.enrolPort, desk: fleetOf(running).enrolment, log });
    return running.enrolment;
  }, (listener) => listener.stop()));
  unlessFenced(once('terminals', () => startTerminals(options, running), async ({ gateway, announcer }) => { announcer.stop(); get(TOKENS.presence).stop(); await gateway.stop(); await running.counterReader?.close(); }));
  lifecycle.add(once('payment API', async () => {
    running.paymentServer = await startHttpServer({ host: http.host, port: http.paymentPort, ...tlsOf(running), groups: paymentGroups(options), log, clock, timers, random: options.random });
    return running.paymentServer;
  }, (server) => server.stop()));
  const { relay } = given.configuration;
  if (relay !== undefined) unlessFenced(once('relay', () => {
    running.relay = composeRelay(relay, { groups: (more) => publicGroups(options, more), metrics: get(TOKENS.metrics), health: get(TOKENS.health), log, clock, timers, random: options.random });
    running.relay.start();
    return running.relay;
  }, (line) => line.stop()));
  lifecycle.add(once('live events', () => feedLiveEvents({ hub: get(TOKENS.liveEvents), store: must(running).store, registry: get(TOKENS.terminals), timers }), (stop) => { stop(); }));
  lifecycle.add({ name: 'report exports', ...TIMES, start: () => get(TOKENS.reports).start(), stop: () => get(TOKENS.reports).stop() });
  lifecycle.add({ name: 'support bundle', ...TIMES, start: () => { get(TOKENS.support).start(); }, stop: () => { get(TOKENS.support).stop(); } });
  lifecycle.add(once('alarms', () => startAlarmsPart(options, running, get(TOKENS.database)), (alarms) => alarms.stop()));
  lifecycle.add(once('snmp', () => startSnmpPart(options, running), (agent) => agent?.stop()));
  lifecycle.add(once('console', () => startConsolePart(options, running, get(TOKENS.database)), (server) => server.stop()));
  lifecycle.add(once('plain entrance', () => startPlainEntrance({ http, host: http.host, opened: running.serverCertificate, health: get(TOKENS.health), log, clock, timers, random: options.random }), (server) => server?.stop()));
  // Last: what starts before it is what a system on trial is judged by.
  lifecycle.add({ name: 'update trial', ...TIMES, start: () => { get(TOKENS.updates).start(); }, stop: () => { get(TOKENS.updates).stop(); } });
  unlessFenced({ name: 'tasks', ...TIMES, start: () => get(TOKENS.tasks).start(), stop: () => get(TOKENS.tasks).stop() });

  await lifecycle.start();
  log.info('started', { dataFolder });
  return { ...describeRunning(running), stop: () => lifecycle.stop() };
}

/** What the parts leave for each other and for `describeRunning`. */
type Running = {
  /** This box was made of a backup. */
  fence?: Fence | undefined;
  backups?: Backups;
  audit?: AuditLog;
  settled?: SettledConfiguration;
  /** The configuration as the files have it. */
  asFiled?: Configuration;
  pluginStores?: PluginStoreFile;
  store?: SqliteMoneyStore;
  report?: StartUpReport;
  moneyReader?: ReturnType<typeof openMoneyReader>;
  reports?: ReturnType<typeof openReportReader>;
  reconciler?: ReturnType<typeof openReconciliationThread>;
  broker?: EmbeddedBroker;
  enrolment?: EnrolmentListener;
  corePassword?: string;
  gateway?: TerminalGateway;
  fleet?: Fleet;
  calls?: CallWindow;
  alarms?: RunningAlarms;
  /** External broker beside the core: its files, written anew. */
  writeBrokerFiles?: () => Promise<void>;
  counterReader?: { close(): Promise<void> };
  paymentServer?: RunningHttpServer;
  relay?: RelayPart;
  consoleServer?: RunningHttpServer;
  firstLoginCode?: string;
  /** Undefined where TLS is off. */
  serverCertificate?: RunningServerCertificate | undefined;
};

/** Generous: a cold disk or a HIS that is slow to answer must not fail a start; a part that is later than this will not come. */
const TIMES = { startDeadlineMs: 60_000, stopDeadlineMs: 40_000 } as const;
const WITNESS_EVERY_MS = 1_000;
const VERSION = '0.1.0';

function auditLogOf(database: PlatformDatabase, dataFolder: string, clock: Clock): AuditLog {
  return createAuditLog({ store: database.auditEvents, witness: witnessFile(join(dataFolder, 'audit-witness')), clock });
}

type Get = <Wanted>(wanted: InjectionToken<Wanted>) => Wanted;

function compose({ configuration, configFolder, profile, loaded, startAnew, box, pluginSocket, log, clock, timers, random }: PlatformOptions, running: Running, database: PlatformDatabase): void {
  const { hospital, his, channels, dictionaries, disk, http, dataFolder } = configuration;
  const { store, report, pluginStores, moneyReader, reports, reconciler } = must(running);
  const calls = (running.calls = createCallWindow({ clock }));
  container.reset();
  const give = <Value>(token: InjectionToken<Value>, make: (get: Get) => Value): void => {
    container.register(token, { useFactory: instanceCachingFactory((from) => make((wanted) => from.resolve(wanted))) });
  };
  give(TOKENS.database, () => database);
  give(TOKENS.store, () => store);
  give(TOKENS.metrics, createMetrics);
  give(TOKENS.health, () => createHealth({ timers }));
  give(TOKENS.liveEvents, () => createEventHub({ timers, random }));
  give(TOKENS.audit, (get) => announcedAudit(running.audit ?? auditLogOf(database, dataFolder, clock), get(TOKENS.liveEvents)));
  give(TOKENS.auditForwarding, () => composeAuditForwarding({ configuration, configFolder, database, clock, timers, log }));
  give(TOKENS.disk, (get) => watchDiskSpace({
    limits: { warnPercent: disk.warnPercent, clearPercent: disk.clearPercent, refusePercent: disk.refusePaymentsPercent, roomyBytes: disk.roomyMegabytes * MEGABYTE, warnBelowBytes: disk.warnBelowMegabytes * MEGABYTE, refuseBelowBytes: disk.refusePaymentsBelowMegabytes * MEGABYTE },
    intervalMs: disk.checkSeconds * 1000, timers, log, audit: get(TOKENS.audit), ballast: ballastFile({ folder: dataFolder, wantedBytes: disk.ballastMegabytes * MEGABYTE }), clear: () => clearDataFolder({ folder: dataFolder, now: clock.now() }), readSpace: () => spaceOf(dataFolder),
  }));
  // A fenced box finds no plugin: whatever it would say, it would say in the name of a box that may still run.
  const productFolders = running.fence !== undefined ? [] : configuration.plugins.folders.map((folder) => resolve(configFolder, folder));
  const isFirstParty = ({ folder }: Pick<PluginPackage, 'folder'>): boolean => productFolders.some((place) => dirname(folder) === place);
  const sourcesNow = (get: Get) => statementSources([...channels, ...get(TOKENS.packages).instances()], (id) => get(TOKENS.payments).channels.find(id)?.merchantNo, get(TOKENS.payments).policy.cutOffs);
  give(TOKENS.pluginHost, (get) => createPluginHost({ folders: productFolders, installed: () => (running.fence === undefined ? installed.readings() : []), clock, timers, log, metrics: guestMetrics(get(TOKENS.metrics), (facts) => { get(TOKENS.channelHealth).observe(facts); calls.observe(facts); }), stores: pluginStores, isFirstParty, startLine: pluginSocket === undefined ? undefined : unitGuestLine(pluginSocket), deliverNotice: (adapter, notice) => get(TOKENS.hisNotices).receiveNotice({ hospitalId: hospital.id, adapter, notice }), changed: () => { get(TOKENS.certificates).nudge(); get(TOKENS.liveEvents).publish('plugins'); } }));
  const trust = openTrustedPublishers({ configured: running.settled?.trustList, file: join(dataFolder, 'plugin-packages/trust-list.json') });
  const installed = createInstalledPackages({ folder: join(dataFolder, 'plugin-packages'), trust: () => trust.current(), clock, log });
  give(TOKENS.packages, (get) => createPackageDesk({
    host: get(TOKENS.pluginHost), packages: installed, trust, clock, random, log,
    rows: installedInstances(database.pluginInstances, clock),
    configuredIds: instancesOf(configuration).map(({ id }) => id),
    cutOffs: cutOffsOf(configuration.settlement),
    merchants: hospital.merchants.map(({ merchantNo }) => merchantNo),
    openMoney: (instance) => store.countOpenMoney(instance),
  }));
  give(TOKENS.certificates, (get) => createCertificateWatch({
    sources: [pluginCredentials(get(TOKENS.pluginHost), database.keyedFingerprint), withServerCredentials(platformCredentials(platformKeys(configuration, configFolder, database, trust)), () => running.serverCertificate)],
    store: database.credentials,
    rehearsedFingerprints: (owner) => database.rotations.rehearsedFingerprints(owner),
    policy: watchPolicyOf(configuration),
    clock, timers, log, audit: get(TOKENS.audit),
  }));
  const stageOf = (get: Get) => createRehearsalStage({ host: get(TOKENS.pluginHost), configuredIds: instancesOf(configuration).map(({ id }) => id), isFirstParty, replaceSettings: (id, settings) => get(TOKENS.packages).replaceSettings(id, settings), keyedFingerprint: database.keyedFingerprint, clock, random });
  give(TOKENS.rotations, (get) => createRotationDesk({
    stage: stageOf(get),
    rotations: database.rotations, policy: watchPolicyOf(configuration), clock, audit: get(TOKENS.audit),
  }));
  give(TOKENS.changes, (get) => composeChanges({ database, packages: get(TOKENS.packages), plugins: pluginDesk(configuration, get), host: get(TOKENS.pluginHost), terminals: { placeOf: (id) => get(TOKENS.terminals).placeOf(id), place: (id, place) => placeTerminal(get(TOKENS.terminals), running, id, place) }, updates: get(TOKENS.updates).acts, rotations: get(TOKENS.rotations), stage: stageOf(get), loaded: { ...loaded, configuration: running.asFiled ?? configuration }, fence: { read: () => readFence(dataFolder), lift: (lifted) => { liftFence(dataFolder, lifted); }, startAnew: () => { timers.after(START_ANEW_AFTER_MS, startAnew); } }, expiresAfterMs: configuration.approvals.expiresAfterSeconds * 1000, clock, audit: get(TOKENS.audit), log }));
  give(TOKENS.work, (get) => createWorkBoard({ clock, timers, changed: announceWork(get(TOKENS.liveEvents)) }));
  give(TOKENS.updates, (get) => composeUpdates({
    configuration, places: box, backups: { health: () => backupsOf(running).desk.health() }, health: get(TOKENS.health), packages: () => installed.readings(),
    channels: () => get(TOKENS.pluginHost).list().instances.flatMap(({ id, kind, state }) => (kind === 'channel' && state === 'active' ? [id] : [])),
    openMoney: (channel) => store.countOpenMoney(channel), answers: (channel) => probeChannel(get(TOKENS.pluginHost), channel, { clock, random }), work: get(TOKENS.work), clock, timers, audit: get(TOKENS.audit), log,
  }));
  give(TOKENS.support, (get) => composeSupportDesk({ dataFolder, configFolder, profile, work: get(TOKENS.work), clock, timers, audit: get(TOKENS.audit) }));
  give(TOKENS.channelHealth, (get) => createChannelHealth({ clock, timers, log, probe: (instance) => probeChannel(get(TOKENS.pluginHost), instance, { clock, random }) }));
  give(TOKENS.applications, () => applicationRegistry(database, configuration));
  give(TOKENS.terminals, () => createTerminalRegistry({ rows: database.terminals, clock, random, merchantIdOf: () => merchantIdOf(configuration) }));
  give(TOKENS.presence, (get) => createTerminalPresence({ clock, timers, touchLastSeen: (deviceId, at) => get(TOKENS.terminals).touchLastSeen(deviceId, at), changed: (deviceId, isOnline) => { get(TOKENS.availability).log.noted(deviceId, isOnline); get(TOKENS.liveEvents).publish('terminals', [deviceId]); } }));
  give(TOKENS.availability, (get) => composeAvailability({ configuration, database, registry: get(TOKENS.terminals), presence: () => get(TOKENS.presence), metrics: get(TOKENS.metrics), clock, log }));
  give(TOKENS.payments, (get): PaymentPorts => ({
    store,
    presettlements: store.presettlements,
    channels: channelDirectory(get(TOKENS.pluginHost), () => [...channels, ...get(TOKENS.packages).instances()], {
      rules: configuration.routing,
      campuses: hospital.campuses.map(({ id, owners = [] }) => ({ id, owners })),
      isHealthy: (id) => get(TOKENS.channelHealth).isHealthy(id),
      placeOf: ({ kind, id }) => (kind === 'terminal' ? get(TOKENS.terminals).placeOf(id) : undefined),
    }),
    hospitals: hospitalDirectory(get(TOKENS.pluginHost), hospital.id, his.id),
    clock,
    random,
    policy: paymentPolicyOf(configuration),
    numbersFrom: numbersFrom(dataFolder),
    reasonToRefuse: () => report.standsStill ?? (get(TOKENS.disk).acceptsPayments() ? undefined : 'the data disk is full'),
    notifyUrl: (channel) => (http.publicNotifyBaseUrl === undefined ? undefined : `${http.publicNotifyBaseUrl.replace(/\/$/, '')}/notify/${channel}`),
    ownerNotifier: applicationNotifier({ registry: get(TOKENS.applications), clock, timers, random, log }),
  }));
  give(TOKENS.patients, (get) => ({ hospitals: get(TOKENS.payments).hospitals, clock, random, saveQuote: (quote) => store.saveQuote(quote) }));
  const findQuote = (quoteId: string) => store.findQuote(quoteId);
  give(TOKENS.insurance, (get) => ({ ...get(TOKENS.payments), presettlements: store.presettlements, centres: centreDirectory(get(TOKENS.pluginHost)) }));
  give(TOKENS.useCases, (get) => ({
    ...joinUseCases(get(TOKENS.payments), get(TOKENS.patients), get(TOKENS.insurance)),
    ...createRegistrationDesk({ ...get(TOKENS.patients), findQuote }),
    ...createPatientDesk({ ...get(TOKENS.patients), audit: get(TOKENS.audit) }),
    ...createInpatientDesk({ ...get(TOKENS.patients), findQuote, discharges: store.discharges }),
    ...createHisDesk(get(TOKENS.payments)),
  }));
  give(TOKENS.checkout, (get) => {
    const unknownTokens = get(TOKENS.metrics).counter({ name: 'hospay_checkout_unknown_codes_total', help: 'Checkout pages asked for under a code nobody was given', labels: [] });
    const { quoteBills: quote, createPayment: create, findOrder: find, cancelPayment: cancel } = get(TOKENS.useCases);
    return createCheckoutDesk({
      codes: database.checkoutCodes, channels: get(TOKENS.payments).channels, clock, random, policy: checkoutPolicyOf(configuration), unknownToken: () => { unknownTokens.add({}); },
      findQuote: (quoteId) => store.findQuote(quoteId), quoteBills: quote, createPayment: create, findOrder: find, cancelPayment: cancel,
    });
  });
  give(TOKENS.windowDesk, (get) => createWindowDesk({
    desks: windowDeskDirectory(get(TOKENS.pluginHost), () => [...channels, ...get(TOKENS.packages).instances()]),
    rows: database.windowDesk, ledger: cashLedger(store.database), shifts: store.shiftsOf(hospital.id), cases: store, audit: get(TOKENS.audit), clock, timers, random, log,
  }));
  give(TOKENS.shifts, (get) => createShiftDesk({
    store: store.shiftsOf(hospital.id), openings: database.windowDesk, audit: get(TOKENS.audit), clock, random, hospitalName: hospital.name,
    walletOf: walletOfChannel(configuration.checkout.wallets, (id) => [...channels, ...get(TOKENS.packages).instances()].find((channel) => channel.id === id)?.plugin),
  }));
  give(TOKENS.reconciliation, (get) => createReconciliationDesk({
    engine: reconciler.engine, store: store.reconciliation, channels: get(TOKENS.payments).channels, hospitals: get(TOKENS.payments).hospitals, hospitalId: hospital.id, archive: fileArchive(join(configuration.dataFolder, 'statements')),
    contracts: configuration.settlement.contracts, sources: () => sourcesNow(get), clock, log, audit: get(TOKENS.audit),
  }));
  give(TOKENS.running, (get) => composeRunning({ engine: reconciler.engine, configuration, store, payments: get(TOKENS.payments), calls, isHealthy: (id) => get(TOKENS.channelHealth).isHealthy(id), sources: () => sourcesNow(get) }));
  give(TOKENS.reports, (get) => createReportDesk({
    reader: { ...reports.reader, terminalDays: ({ day }) => get(TOKENS.availability).reader.read(day) }, guests: () => get(TOKENS.pluginHost).reports(), hospital, files: exportFiles(join(dataFolder, 'exports')), exportChanged: ({ by }) => { get(TOKENS.liveEvents).publish('exports', [], by); }, audit: get(TOKENS.audit), clock, random, log,
    names: () => reportNames(configuration, get(TOKENS.terminals), database, sourcesNow(get)),
  }));
  give(TOKENS.dataSync, (get) => composeDataSync({ configuration, configFolder, metrics: get(TOKENS.metrics), store, database, registry: get(TOKENS.applications), tellRhythmMs: get(TOKENS.payments).policy.tellOwnerRhythmMs, audit: get(TOKENS.audit), clock, timers, random, log }));
  give(TOKENS.forms, (get) => createNumberedFormDesk({ hospitalId: hospital.id, forms: store.formsOf(hospital.id), store, policy: get(TOKENS.payments).policy, audit: get(TOKENS.audit), clock }));
  give(TOKENS.transfers, (get) => createHandTransferDesk({ transfers: store.transfersOf(hospital.id), audit: get(TOKENS.audit), clock }));
  give(TOKENS.cases, (get) => createCaseDesk({ cases: store.cases, files: caseFiles(join(dataFolder, 'case-files'), { seal: database.sealFile, open: database.openFile }), audit: get(TOKENS.audit), clock }));
  give(TOKENS.prepayment, (get) => createPrepaymentDesk(prepaymentPorts(get(TOKENS.payments), store.prepayments, hospital.id)));
  give(TOKENS.bankLinks, (get) => bankLinkDirectory(get(TOKENS.pluginHost), () => (configuration.bankLinks ?? []).filter(({ enabled }) => enabled)));
  give(TOKENS.payoutPorts, (get) => ({
    hospitalId: hospital.id, store, ...store.payoutsOf(hospital.id), links: get(TOKENS.bankLinks), accounts: configuration.payouts.accounts, vault: database.payees,
    archive: fileArchive(join(dataFolder, 'bank-statements'), { seal: database.sealFile }), policy: payoutPolicyOf(configuration.payouts), clock, random, audit: get(TOKENS.audit), log,
  }));
  give(TOKENS.payouts, (get) => createPayoutDesk(get(TOKENS.payoutPorts)));
  give(TOKENS.receipts, (get) => composeReceipts({ dataFolder, store, database, payouts: get(TOKENS.payoutPorts) }));
  give(TOKENS.quickPay, (get) => createQuickPayDesk({
    hospitalId: hospital.id, store, ...database.quickPay, gateways: gatewayDirectory(get(TOKENS.pluginHost), () => [...channels, ...get(TOKENS.packages).instances()], (id) => get(TOKENS.channelHealth).isHealthy(id)),
    createPayment: (request) => get(TOKENS.useCases).createPayment(request), findOrder: (request) => get(TOKENS.useCases).findOrder(request), policy: configuration.quickPay, clock, random, audit: get(TOKENS.audit),
  }));
  give(TOKENS.arrivals, (get) => createArrivalDesk({ arrivals: store.arrivalsOf(hospital.id), rules: () => arrivalRulesOf(configuration.settlement, sourcesNow(get)), calendar: calendarOf(configuration.settlement), clock, audit: get(TOKENS.audit) }));
  give(TOKENS.periods, (get) => createPeriodDesk({ periods: store.periods, ledger: (range) => reports.reader.ledger(range), days: (range) => store.reconciliation.listDays(range), sources: () => sourcesNow(get), tellsDays: (comparison, source) => tellsDays(get(TOKENS.payments), hospital.id, comparison, source), hospitalId: hospital.id, clock, audit: get(TOKENS.audit) }));
  give(TOKENS.settlements, (get) => createSettlementDesk({
    batches: store.settlementsOf(hospital.id), sources: () => arrivalRulesOf(configuration.settlement, sourcesNow(get)).filter(({ source }) => source !== DEPOSITS),
    campusOf: (owner) => (owner.kind === 'terminal' ? get(TOKENS.terminals).placeOf(owner.id)?.campus : undefined) ?? campusOf(hospital.campuses.map(({ id, owners = [] }) => ({ id, owners })), owner) ?? '',
    accountOfCampus: (campus) => configuration.settlement.shares.find((share) => share.campus === campus)?.account, payouts: get(TOKENS.payouts), expiresAfterMs: configuration.approvals.expiresAfterSeconds * 1000, clock, audit: get(TOKENS.audit),
  }));
  give(TOKENS.merchants, (get) => composeMerchants({
    configuration, installed: () => get(TOKENS.packages).instances(), sources: () => sourcesNow(get), money: moneyReader.reader.merchants, sums: reports.reader, reports: get(TOKENS.reports), statements: get(TOKENS.dataSync).statements,
    arrivals: get(TOKENS.arrivals), settlements: get(TOKENS.settlements), audit: get(TOKENS.audit),
  }));
  give(TOKENS.duties, () => createDuties({ users: database.users, isDemanded: configuration.users.separatedDuties }));
  give(TOKENS.operators, (get) => createOperatorDesk({ users: database.users, clock, random, audit: get(TOKENS.audit), duties: get(TOKENS.duties) }));
  give(TOKENS.hisNotices, (get) => createHisNoticeDesk({ ...createHisDesk(get(TOKENS.payments)), store, notices: store.hisNotices, clock, random, policy: paymentPolicyOf(configuration), log }));
  give(TOKENS.jobs, (get) => new JobRunner({ store, clock, timers, owner: `core-${makeOpaqueId(random, 8)}`, handlers: { ...jobHandlers(get(TOKENS.payments), get(TOKENS.insurance), store.discharges), advanceNotice: (job) => get(TOKENS.hisNotices).advanceNotice(job), advancePrepaymentReturn: (job) => advancePrepaymentReturn(prepaymentPorts(get(TOKENS.payments), store.prepayments, hospital.id), job), advancePayout: (job) => advancePayout(get(TOKENS.payoutPorts), job), sendStatementFile: (job) => get(TOKENS.dataSync).sendStatementFile(job) }, onFailure: (job, error) => { log.error('job failed; it is due again', { kind: job.kind, subject: job.subject, error }); } }));
  give(TOKENS.dictionary, (get) => createDictionaryCache({
    names: dictionaries.names,
    staleAfterMs: dictionaries.staleAfterSeconds * 1000,
    loader: { load: (name) => loadDictionary(get(TOKENS.payments), hospital.id, name) },
    store: database.dictionaries,
    clock,
    log,
  }));
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
  for (const token of Object.values(TOKENS)) container.resolve<unknown>(token);
  observePlatform({ metrics: container.resolve(TOKENS.metrics), health: container.resolve(TOKENS.health), store, report, jobs: container.resolve(TOKENS.jobs), host: container.resolve(TOKENS.pluginHost), hisId: his.id, isConnected: () => running.gateway?.isConnected() === true, disk: () => container.resolve(TOKENS.disk).state(), clock });
  observeCertificates({ metrics: container.resolve(TOKENS.metrics), health: container.resolve(TOKENS.health), latest: () => container.resolve(TOKENS.certificates).latest(), clock });
}

/** Every use case with its ports given: what the edges call. */
function joinUseCases(payments: PaymentPorts, patients: PatientPorts, insurance: InsurancePorts) {
  return {
    findPatient: (request: Parameters<typeof findPatient>[1]) => findPatient(patients, request),
    listOpenBills: (request: Parameters<typeof listOpenBills>[1]) => listOpenBills(patients, request),
    quoteBills: (request: Parameters<typeof quoteBills>[1]) => quoteBills(patients, request),
    createPayment: (request: Parameters<typeof createPayment>[1]) => createPayment(payments, request),
    addPayment: (request: Parameters<typeof addPayment>[1]) => addPayment(payments, request),
    findOrder: (request: Parameters<typeof findOrder>[1]) => findOrder(payments, request),
    listOpenOrders: (owner: Parameters<typeof listOpenOrders>[1]) => listOpenOrders(payments, owner),
    cancelPayment: (request: Parameters<typeof cancelPayment>[1]) => cancelPayment(payments, request),
    markReceiptPrinted: (request: Parameters<typeof markReceiptPrinted>[1]) => markReceiptPrinted(payments, request),
    requestRefund: async (request: Parameters<typeof requestRefund>[1]) => (await refuseOnPaper(payments, request)) ?? requestRefund(payments, request),
    findInsured: (request: Parameters<typeof findInsured>[1]) => findInsured(insurance, request),
    presettle: (request: Parameters<typeof presettle>[1]) => presettle(insurance, request),
    findPresettlement: (request: Parameters<typeof findPresettlement>[1]) => findPresettlement(insurance, request),
    abandonPresettlement: (request: Parameters<typeof abandonPresettlement>[1]) => abandonPresettlement(insurance, request),
  };
}

/** What reports call things: as terminals, people and campuses are called now. */
async function reportNames({ hospital }: Configuration, registry: TerminalRegistry, database: PlatformDatabase, sources: ReportNames['sources']): Promise<ReportNames> {
  const [terminals, users] = await Promise.all([registry.list(), database.users.list()]);
  const terminalOf = new Map(terminals.map(({ deviceId, title, kind, campus }) => [deviceId, { title, kind, campus }]));
  const operatorOf = new Map(users.flatMap(({ operatorId, login, displayName }) => [[login, displayName], ...(operatorId === undefined ? [] : [[operatorId, displayName]])] as [string, string][]));
  return {
    hospital: hospital.name, sources, campus: (id) => hospital.campuses.find((campus) => campus.id === id)?.name ?? id, terminal: (id) => terminalOf.get(id), operator: (operatorNo) => operatorOf.get(operatorNo),
  };
}

/** Whether a channel gives statements, or the HIS its day list; undefined while the plugin is not there to be asked. */
function tellsDays({ channels, hospitals }: Pick<PaymentPorts, 'channels' | 'hospitals'>, hospitalId: string, comparison: 'channel' | 'hospital', source: string): boolean | undefined {
  if (comparison === 'hospital') {
    const hospital = hospitals.find(hospitalId);
    return hospital === undefined ? undefined : hospital.listDay !== undefined;
  }
  const channel = channels.find(source);
  return channel === undefined ? undefined : channel.givesStatements !== false;
}

function prepaymentPorts(payments: PaymentPorts, prepayments: PrepaymentStore, hospitalId: string): PrepaymentPorts {
  return { ...payments, hospitalId, prepayments, refundForHis: createHisDesk(payments).refundForHis };
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

/** The answer to whoever approved goes out first. */
const START_ANEW_AFTER_MS = 1_500;

async function openMoney({ configuration, log, clock, timers }: PlatformOptions, running: Running) {
  const { store, witness, report } = await openMoneyStore({
    file: join(configuration.dataFolder, 'money.sqlite'),
    witnessFile: join(configuration.dataFolder, 'journal-witness'),
    now: () => clock.now(),
    fenced: running.fence === undefined ? undefined : 'fenced: this box was made of a backup, and nobody has said yet that the old one is off',
    numbersFrom: numbersFrom(configuration.dataFolder),
    spreadMs: 5_000,
  });
  running.store = store;
  running.report = report;
  log.info('money store opened', { quickCheck: report.quickCheck, journals: report.head.seq, wokenJobs: report.wokenJobs });
  if (report.safeMode !== undefined) log.error('safe mode: the money store answers but writes nothing', { reason: report.safeMode });
  const beat: { timer?: { cancel(): void } } = {};
  const witnessAgain = (): void => {
    beat.timer = timers.after(WITNESS_EVERY_MS, () => {
      void store.journalHead().then((head) => { if (report.standsStill === undefined) witness.write(head); }).catch((error: unknown) => { log.error('the journal head was not witnessed', { error }); }).finally(witnessAgain);
    });
  };
  witnessAgain();
  return { store, witness: report.standsStill === undefined ? witness : undefined, beat };
}

async function closeMoney(store: SqliteMoneyStore, witness: JournalWitness | undefined, beat: { timer?: { cancel(): void } }): Promise<void> {
  beat.timer?.cancel();
  witness?.write(await store.journalHead());
  await store.close();
}

async function provisionFrom({ configuration, clock, random }: PlatformOptions, running: Running, database: PlatformDatabase, terminals: TerminalRegistry, forms: NumberedFormDesk): Promise<void> {
  await provision(
    {
      terminalStatus: async (id) => (await database.terminals.find(id))?.status,
      addTerminal: (terminal) => database.terminals.add(terminal, clock.now()),
      async offerClaim(id) {
        const offered = await terminals.offerClaim(id);
        if (offered.kind === 'refused') throw new Error(`no claim code for terminal ${id}: ${offered.code}`);
        return offered.value.code;
      },
      async writeClaim(file, code) {
        const path = resolve(configuration.dataFolder, file);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, `${code}\n`, { mode: 0o600 });
      },
      hasApplication: async (id) => (await database.applications.find(id)) !== undefined,
      addApplication: (application) => database.applications.add(application, clock.now()),
      hasOperator: async (operatorNo) => (await database.users.findByLogin(operatorNo)) !== undefined,
      addOperator: async ({ operatorNo, displayName, role, password }) => database.users.add({ id: makeOpaqueId(random), login: operatorNo, displayName, passwordHash: await PASSWORDS.hash(password), operatorKey: await PASSWORDS.operatorKey(password), roles: [role], mustChangePassword: false }, clock.now()),
      forms,
    },
    // In safe mode the money store is not written, and what was provisioned before is there.
    must(running).report.standsStill === undefined ? configuration.provision : { ...configuration.provision, forms: [] },
  );
}

/** Every configured guest: the HIS adapter first. */
function instancesOf({ his, channels, bankLinks = [], reports = [] }: Configuration): InstanceConfiguration[] {
  return [
    { id: his.id, plugin: his.plugin, contribution: his.contribution, settings: his.settings, enabled: true },
    ...channels.map(({ id, plugin, contribution, settings, enabled, merchantNo }) => ({ id, plugin, contribution, settings, enabled, merchantNo })),
    ...bankLinks.map(({ id, plugin, contribution, accountNos, settings, enabled }) => ({ id, plugin, contribution, accountNos, settings, enabled })),
    ...reports.map(({ id, plugin, settings, enabled }) => ({ id, plugin, settings, enabled })),
  ];
}

async function activatePlugins(host: PluginHost, packages: PackageDesk, configuration: Configuration): Promise<void> {
  host.discover();
  await Promise.all(instancesOf(configuration).map((instance) => host.activate(instance)));
  await packages.start();
}

async function startAlarmsPart({ configuration, configFolder, clock, timers, random, log }: PlatformOptions, running: Running, database: PlatformDatabase): Promise<RunningAlarms> {
  const get = <Value>(token: InjectionToken<Value>): Value => container.resolve(token);
  const { store, report } = must(running);
  running.alarms = await startAlarms({
    configuration, configFolder, database, store, safeMode: report.safeMode, calls: running.calls ?? createCallWindow({ clock }), channelHealth: get(TOKENS.channelHealth), host: get(TOKENS.pluginHost), tasks: get(TOKENS.tasks), certificates: get(TOKENS.certificates), disk: get(TOKENS.disk), backups: backupsOf(running).desk,
    terminals: fleetOf(running).watch, presence: get(TOKENS.presence), forwarding: get(TOKENS.auditForwarding), readKiosksAway: () => get(TOKENS.availability).readAway(), metrics: get(TOKENS.metrics), changed: () => { get(TOKENS.liveEvents).publish('alarms'); }, isBrokerConnected: () => running.gateway?.isConnected() === true, isRelayAway: () => running.relay?.isConnected() === false, channels: () => channelsNow(configuration, get), clock, timers, random, audit: get(TOKENS.audit), log,
  });
  return running.alarms;
}

function startSnmpPart({ configuration, clock, random, log }: PlatformOptions, running: Running) {
  const get = <Value>(token: InjectionToken<Value>): Value => container.resolve(token);
  return startSnmp({
    configuration, version: VERSION, database: get(TOKENS.database), store: must(running).store, health: get(TOKENS.health), alarms: alarmsOf(running).desk, backups: backupsOf(running).desk, disk: get(TOKENS.disk), host: get(TOKENS.pluginHost), channelHealth: get(TOKENS.channelHealth),
    channels: () => channelsNow(configuration, get), elapsed: () => performance.now(), clock, random, log,
  });
}

/** Configured and installed. */
function channelsNow(configuration: Configuration, get: Get): readonly string[] {
  return [...configuration.channels.filter(({ enabled }) => enabled), ...get(TOKENS.packages).instances()].map(({ id }) => id);
}

async function startConsolePart({ configuration, configFolder, loaded, consoleFolder, log, clock, timers, random }: PlatformOptions, running: Running, database: PlatformDatabase) {
  const get = <Value>(token: InjectionToken<Value>): Value => container.resolve(token);
  const { hospital, http } = configuration;
  const fleet = fleetOf(running);
  const [audit, tasks, registry, presence, dictionary] = [get(TOKENS.audit), get(TOKENS.tasks), get(TOKENS.terminals), get(TOKENS.presence), get(TOKENS.dictionary)];
  const { reader } = must(running).moneyReader;
  const { passkeyOrigin, secondFactorFor } = configuration.users;
  const userPorts = {
    users: database.users, sessions: database.sessions, passwords: PASSWORDS, clock, random, audit, merchants: hospital.merchants.map(({ merchantNo }) => merchantNo), duties: get(TOKENS.duties), secondFactorFor, secondFactors: database.secondFactors, codes: oneTimeCodes(),
    issuer: `Hospay ${hospital.name}`, passkeys: database.passkeys, ceremonies: passkeyOrigin === undefined ? undefined : passkeyCeremonies({ origin: passkeyOrigin, title: `Hospay ${hospital.name}` }),
  };
  await userPorts.duties.look();
  const firstLogin = createFirstLogin(userPorts);
  const listTerminals = async () => listFleet({ terminals: await registry.list(), presenceOf: (id) => presence.of(id), watch: fleet.watch, configuration: fleet.configuration, now: clock.now() });
  const code = await firstLogin.open();
  if (code !== undefined) running.firstLoginCode = code;
  const adapter = () => {
    const { id } = configuration.his;
    const hospitalAdapter = get(TOKENS.pluginHost).hospitalAdapter(id);
    const instance = get(TOKENS.pluginHost).list().instances.find((one) => one.id === id);
    return hospitalAdapter === undefined ? { reason: instance?.reason ?? instance?.state ?? `no instance ${id}` } : { hospital: hospitalAdapter };
  };
  const users = createConsoleUsers(userPorts);
  const hisDoctor = createHisDoctor({
    adapter, dictionaries: configuration.dictionaries.names, unconfirmed: async () => (await reader.overview(clock.now())).unconfirmed.count, clock, elapsed: () => performance.now(), audit,
    changed: () => { get(TOKENS.liveEvents).publish('hisDoctor'); }, ended: (examination) => setup.examined(examination),
  });
  const { store } = must(running);
  const setup = composeSetup({
    configuration, configFolder, rows: database.setup, users: () => users.list(), isSeparated: () => userPorts.duties.isSeparated(), adapter, examination: () => hisDoctor.latest(), instances: () => get(TOKENS.pluginHost).list().instances, guests: get(TOKENS.payments).channels,
    testConnection: (channel) => testChannel(get(TOKENS.pluginHost), channel, { clock, random }), terminals: listTerminals, waitingTerminals: () => fleet.enrolment.waiting(),
    hospitalId: hospital.id, merchantId: merchantIdOf(configuration), ...get(TOKENS.useCases), findByKey: (tenant, key) => store.findOrderByKey(tenant, key), saveQuote: (quote) => store.saveQuote(quote),
    listSelfTests: (limit) => reader.listSelfTests(limit), inUse: () => reader.readInUse(clock.now()), journalsOf: async (tradeNo) => (await reader.listJournals({ tradeNo })).journals, clock, random, audit,
  });
  const server = await startConsole({
    host: http.host, port: http.consolePort, staticFolder: consoleFolder, hospitalName: hospital.name, version: VERSION, secureCookies: http.tls !== undefined, ...tlsOf(running), serverCertificate: running.serverCertificate ?? NO_SERVER_CERTIFICATE,
    log, clock, timers, random, liveEvents: get(TOKENS.liveEvents), work: get(TOKENS.work), users, firstLogin, secondFactor: createSecondFactor(userPorts), passkeys: createPasskeys(userPorts), accountWatch: createAccountWatch({ ...userPorts, refusals: database.signInRefusals }), isSeparated: () => userPorts.duties.isSeparated(), allowedAddresses: http.consoleAllowedAddresses, money: reader,
    refunds: createRefundDesk({ requestRefund: get(TOKENS.useCases).requestRefund, approvals: must(running).store.refundApprovals, rules: configuration.approvals.refunds, expiresAfterMs: configuration.approvals.expiresAfterSeconds * 1000, clock, audit: get(TOKENS.audit) }),
    checkBookings: (time) => checkBookings(get(TOKENS.payments), { hospitalId: hospital.id, ...time }),
    windowDesk: get(TOKENS.windowDesk),
    shifts: get(TOKENS.shifts),
    forms: get(TOKENS.forms),
    transfers: get(TOKENS.transfers),
    cases: get(TOKENS.cases),
    reveals: composeReveals({ money: reader, database, clock, audit, log }),
    reconciliation: get(TOKENS.reconciliation),
    running: get(TOKENS.running),
    reports: get(TOKENS.reports),
    statementFiles: get(TOKENS.dataSync).statements,
    merchants: get(TOKENS.merchants),
    prepayment: get(TOKENS.prepayment),
    payouts: get(TOKENS.payouts),
    receipts: get(TOKENS.receipts),
    arrivals: get(TOKENS.arrivals),
    periods: get(TOKENS.periods),
    quickPay: get(TOKENS.quickPay).office,
    settlements: get(TOKENS.settlements),
    queue: {
      async wake(request) {
        const woken = await must(running).store.wakeWork(request);
        get(TOKENS.jobs).nudge();
        return woken;
      },
      sinks: () => get(TOKENS.dataSync).sinks.views(),
    },
    tasks: { list: () => tasks.list(), listRuns: (filter) => database.tasks.listRuns(filter), runNow: (name) => tasks.runNow(name), setEnabled: (name, isEnabled) => tasks.setEnabled(name, isEnabled) },
    plugins: pluginDesk(configuration, get),
    parameters: composeParameters({ effective: configuration, loaded: { ...loaded, configuration: running.asFiled ?? configuration }, isPending: running.settled?.pending !== undefined, database, host: get(TOKENS.pluginHost) }),
    packages: get(TOKENS.packages),
    changes: get(TOKENS.changes),
    certificates: get(TOKENS.certificates),
    rotations: get(TOKENS.rotations),
    alarms: alarmsOf(running).desk,
    auditCollectors: () => get(TOKENS.auditForwarding).views(),
    terminals: {
      list: listTerminals,
      async register(terminal) {
        if ((await database.terminals.find(terminal.id)) !== undefined) return false;
        await database.terminals.add(terminal, clock.now());
        return true;
      },
      offerClaim: (id) => registry.offerClaim(id),
      revoke: (id) => revokeTerminal({ registry, authority: fleet.authority, log }, id),
      place: (id, place) => placeTerminal(registry, running, id, place),
      movesMoney: (before, after) => movesMoney({ rules: configuration.routing, shares: configuration.settlement.shares }, before, after),
      askRotation: (id) => registry.askRotation(id),
      enrolment: fleet.enrolment,
    },
    fleet: { groups: fleet.groups, configuration: fleet.configuration, notices: fleet.notices, watch: fleet.watch, campuses: hospital.campuses.map(({ id, name }) => ({ id, name })) },
    dictionaries: { states: () => dictionary.states(), reload: (name) => dictionary.reload(name) },
    applications: { list: () => database.applications.list(), disable: (id) => database.applications.change(id, { status: 'disabled' }, clock.now()) },
    displays: createDisplayDesk({ rows: database.displays, clock, random, audit }),
    positions: createPositionDesk({ rows: database.terminalPositions, terminals: async () => (await registry.list()).map(({ deviceId }) => deviceId), clock, audit }),
    savedViews: createSavedViewDesk({ rows: database.savedViews, users: database.users, clock, audit }),
    hisDoctor,
    backups: backupsOf(running).desk,
    system: backupsOf(running).system,
    updates: get(TOKENS.updates).desk,
    support: get(TOKENS.support),
    setup,
    wallboard: createWallboard({ money: reader, terminals: listTerminals, days: (range) => get(TOKENS.reconciliation).listDays(range), alarms: alarmsOf(running).desk, version: VERSION, backupProvedAt: () => backupsOf(running).desk.provedAt(), clock }),
    audit,
    auditEvents: database.auditEvents,
  });
  running.consoleServer = server;
  return server;
}

async function placeTerminal(registry: TerminalRegistry, running: Running, id: string, place: Parameters<TerminalRegistry['place']>[1]): Promise<boolean> {
  const before = registry.placeOf(id)?.group;
  if (!(await registry.place(id, place))) return false;
  if (before !== place.group) await fleetOf(running).configuration.placed(id);
  return true;
}

function pluginDesk(configuration: Configuration, get: Get) {
  const host = get(TOKENS.pluginHost);
  return {
    list: () => host.list(),
    reload: (id: string) => host.reload(id),
    deactivate: (id: string) => host.deactivate(id),
    async activate(id: string) {
      const known = instancesOf(configuration).find((instance) => instance.id === id) ?? get(TOKENS.packages).find(id);
      return known === undefined ? undefined : host.activate({ ...known, enabled: true });
    },
  };
}

function fleetOf({ fleet }: Running): Fleet {
  if (fleet === undefined) throw new Error('the fleet is not open yet');
  return fleet;
}

function backupsOf({ backups }: Running): Backups {
  if (backups === undefined) throw new Error('backups are not open yet');
  return backups;
}

function alarmsOf({ alarms }: Running): RunningAlarms {
  if (alarms === undefined) throw new Error('alarms are not watched yet');
  return alarms;
}

function startJobs(running: Running, jobs: JobRunner): void {
  const { store, report } = must(running);
  // In safe mode and behind a fence nothing may be written, so nothing may be asked either: an answer could not be kept.
  if (report.standsStill !== undefined) return;
  store.onChanged(() => { jobs.nudge(); });
  jobs.start();
}

/** Its accounts would be out of sight, and whoever comes first would make new ones beside its ledger. */
function otherHospitalWords(given: string, owner: string): string {
  return `hospital.id 是 ${given}，而数据目录属于 ${owner}：改回 ${owner}，或换一个空的数据目录 hospital.id is ${given}, and the data folder is of ${owner}: put ${owner} back, or take an empty data folder`;
}

async function startBroker({ configuration: { mqtt, dataFolder }, configFolder, log, random, clock }: PlatformOptions, running: Running): Promise<EmbeddedBroker | undefined> {
  const password = mqtt.corePassword ?? makeOpaqueId(random, 40);
  const credentials = brokerCredentials(container.resolve(TOKENS.terminals), { username: mqtt.coreUsername, password }, () => clock.now());
  running.corePassword = password;
  const { authority, watch } = fleetOf(running);
  const tls = mqtt.tls === undefined ? undefined : { port: mqtt.tls.port, websocketPort: mqtt.tls.websocketPort, certificateFile: resolve(configFolder, mqtt.tls.certificateFile), privateKeyFile: resolve(configFolder, mqtt.tls.privateKeyFile), mode: mqtt.tls.clientCertificates };
  /** Written now, whenever a terminal is claimed or revoked, and every day. */
  const keepMosquittoFiles = async (folder: string): Promise<void> => {
    const write = async (): Promise<void> => {
      const clients = tls?.mode === 'required' ? { authorityPem: authority.certificatePem, revocationListPem: await authority.revocationListPem() } : undefined;
      const listeners = { host: mqtt.host, port: mqtt.port, ...(mqtt.websocketPort === 0 ? {} : { websocketPort: mqtt.websocketPort }), ...(mqtt.brokerUser === undefined ? {} : { runAs: mqtt.brokerUser }), ...(tls === undefined ? {} : { tls: { ...tls, clients } }) };
      await writeMosquittoFiles({ folder, listeners, credentials, randomBytes: (length) => random.bytes(length) });
    };
    await write();
    running.writeBrokerFiles = write;
    credentials.onChanged(() => { write().catch((error: unknown) => { log.error('the broker files were not written', { error }); }); });
  };
  if (mqtt.mode === 'external') {
    if (mqtt.filesFolder !== undefined) await keepMosquittoFiles(resolve(dataFolder, mqtt.filesFolder));
    return undefined;
  }
  const encrypted: BrokerTls | undefined = tls === undefined ? undefined : {
    port: tls.port, websocketPort: tls.websocketPort, certificatePem: await readFile(tls.certificateFile, 'utf8'), privateKeyPem: await readFile(tls.privateKeyFile, 'utf8'),
    clients: tls.mode === 'none' ? undefined : { mode: tls.mode, authorityPem: authority.certificatePem, isGood: (deviceId, serial) => authority.isGood(deviceId, serial) },
  };
  running.broker = await startEmbeddedBroker({ host: mqtt.host, port: mqtt.port, websocketPort: mqtt.websocketPort, tls: encrypted, arrived: (deviceId, address) => { watch.arrived(deviceId, address); }, credentials, log });
  return running.broker;
}

async function startTerminals(options: PlatformOptions, running: Running) {
  const { configuration: { mqtt, hospital }, clock, timers, random, log } = options;
  const { store } = must(running);
  const payments = container.resolve(TOKENS.payments);
  const audit = container.resolve(TOKENS.audit);
  const { reader } = (running.counterReader = openMoneyReader({ file: join(options.configuration.dataFolder, 'money.sqlite'), hospitalId: hospital.id }));
  const useCases: TerminalUseCases = {
    ...container.resolve(TOKENS.useCases), ...container.resolve(TOKENS.checkout), ...container.resolve(TOKENS.windowDesk), ...container.resolve(TOKENS.shifts), ...container.resolve(TOKENS.forms),
    searchOrders: (request) => reader.searchOrders(request),
    showOrderOfHospital: (request) => showOrderOfHospital(payments, request),
    reprintReceipt: (request) => reprintReceipt({ ...payments, audit }, request),
    refundAtWindow: (request) => refundAtWindow({ ...payments, audit, limits: options.configuration.counters.refundLimits, needsApproval: (change, asked) => levelsNeeded(options.configuration.approvals.refunds, change, asked) > 0 }, request),
  };
  const { centres } = container.resolve(TOKENS.insurance);
  // The centre answers for a channel, and the HIS can tell it what it must know of bills.
  const isInsured = (): boolean => payments.hospitals.find(hospital.id)?.insuranceDetails !== undefined && options.configuration.channels.some(({ id }) => centres.find(id) !== undefined);
  const registry = container.resolve(TOKENS.terminals);
  const { watch, configuration, notices, authority, signer } = fleetOf(running);
  const desk = createTerminalDesk({
    registry, useCases, operators: container.resolve(TOKENS.operators), clock, random, log,
    fleet: {
      heard: (message) => { watch.heard(message); }, clockOff: (message) => { watch.clockOff(message); }, report: (deviceId, report) => watch.report(deviceId, report),
      configurationReported: (deviceId, reported) => watch.configurationReported(deviceId, reported), issueCertificate: (deviceId, csr) => authority.issue(deviceId, csr), noticeKey: signer.publicKey,
    },
    configurationOf: (terminal) => ({
      hospitalName: hospital.name, title: terminal.title, kind: terminal.kind, ...(terminal.group === undefined ? {} : { group: terminal.group }), methods: isInsured() ? ['nativeQr', 'medicalInsurance'] : ['nativeQr'],
      ...(options.configuration.payments.insuranceOrder === undefined ? {} : { insuranceOrder: options.configuration.payments.insuranceOrder }),
      ...(payments.policy.numberedBusinesses.length === 0 ? {} : { numberedBusinesses: [...payments.policy.numberedBusinesses] }),
      ...offeredBy(useCases.offeredFunctions(hospital.id)),
      cardTypes: ['visitCard', 'idCard', 'insuranceCard', 'healthCode', 'outpatientNo'], ...functionsOf(configuration.desiredOf(terminal)?.document),
    }),
  });
  const announcer = createTerminalAnnouncer({ registry, desk, configuration, notices, signer, clock, timers, random, log });
  running.gateway = await startTerminalGateway({
    url: mqtt.url ?? running.broker?.url ?? `mqtt://${mqtt.host}:${String(mqtt.port)}`,
    username: mqtt.coreUsername,
    password: running.corePassword ?? '',
    desk,
    presence: container.resolve(TOKENS.presence),
    orders: {
      onChanged: (listener) => store.onChanged(listener),
      async find(tradeNo) {
        const found = await store.findOrder(tradeNo);
        return found === undefined ? undefined : { owner: found.order.owner, view: viewOrder(found) };
      },
    },
    announcer,
    log,
  });
  return { gateway: running.gateway, announcer };
}

function paymentGroups(options: PlatformOptions) {
  const { configuration: { checkout }, clock } = options;
  const get = <Value>(token: InjectionToken<Value>): Value => container.resolve(token);
  return [
    ...paymentApi({
      authentication: { registry: get(TOKENS.applications), nonces: createNonceMemory(), buckets: createRequestBuckets(), clock },
      useCases: { ...get(TOKENS.useCases), ...get(TOKENS.checkout), ...get(TOKENS.quickPay) },
      statements: get(TOKENS.dataSync).statements,
      orderSync: get(TOKENS.dataSync).orderSync,
      merchants: get(TOKENS.merchants),
      clock,
    }),
    ...publicGroups(options, { clientAddressHeader: checkout.clientAddressHeader }),
    operationsEndpoints({ live: () => get(TOKENS.health).live(), ready: () => get(TOKENS.health).ready(), metricsPage: () => get(TOKENS.metrics).page() }),
  ];
}

/** What may be reached from outside the house, and all that a relay reaches: notifications of channels and the checkout page. */
function publicGroups({ configuration: { checkout }, checkoutPageFolder, clock, random }: PlatformOptions, { clientAddressHeader, waitedMs }: PublicSide) {
  const get = <Value>(token: InjectionToken<Value>): Value => container.resolve(token);
  const payments = get(TOKENS.payments);
  return [
    channelNotifications({ receiveNotification: (channelId, raw) => receiveNotification(payments, channelId, raw), clock, ...(waitedMs === undefined ? {} : { waitedMs }) }),
    ...(checkout.publicBaseUrl === undefined ? [] : checkoutPage({ useCases: get(TOKENS.checkout), files: readPageFiles(checkoutPageFolder), publicBaseUrl: checkout.publicBaseUrl, clientAddressHeader, random })),
  ];
}

async function loadDictionary(payments: PaymentPorts, hospitalId: string, name: string) {
  const hospital = payments.hospitals.find(hospitalId);
  if (hospital === undefined) return { kind: 'failed' as const, reason: own('hospitalNotActive') };
  const loaded = await hospital.loadDictionary({ name });
  return loaded.kind === 'ok' ? { kind: 'ok' as const, entries: loaded.value } : { kind: 'failed' as const, reason: loaded.kind === 'unknown' ? loaded.reason : `${loaded.code} ${loaded.message}` };
}

function applicationRegistry(database: PlatformDatabase, configuration: Configuration): ApplicationRegistry {
  return {
    async find(appId) {
      const [stored, secret] = await Promise.all([database.applications.find(appId), database.applications.secretOf(appId)]);
      if (stored === undefined || secret === undefined) return undefined;
      const permissions = PERMISSIONS.filter((permission) => stored.permissions.includes(permission));
      return { appId, hospitalId: stored.hospital, merchantId: merchantIdOf(configuration), merchantNo: stored.merchantNo, secret, permissions, notifyUrl: stored.notifyUrl, status: stored.status };
    },
  };
}

/** One hospital, its first merchant: which merchant serves which terminal group becomes routing data. */
function merchantIdOf({ hospital }: Configuration): string {
  return hospital.merchants[0]?.merchantNo ?? hospital.id;
}

function describeRunning(running: Running): Pick<Platform, 'addresses' | 'report' | 'firstLoginCode'> {
  const { report } = must(running);
  return {
    report,
    firstLoginCode: running.firstLoginCode,
    addresses: { console: running.consoleServer?.origin ?? '', payment: running.paymentServer?.origin ?? '', mqtt: running.broker?.port ?? 0, mqttWebSocket: running.broker?.websocketPort ?? 0, mqttTls: running.broker?.tlsPort ?? 0, enrolment: running.enrolment?.port ?? 0 },
  };
}

function tlsOf({ serverCertificate }: Running): { readonly tls?: RunningServerCertificate } {
  return serverCertificate === undefined ? {} : { tls: serverCertificate };
}

/** What the platform itself holds: secrets shared with applications and terminals, publishers' keys, certificates on this machine. */
function platformKeys({ certificates: { watchedFiles }, monitoring: { auditCollectors } }: Configuration, configFolder: string, database: PlatformDatabase, trust: TrustedPublishers): PlatformCredentialPorts {
  return {
    ...sharedSecrets(database),
    publishers() {
      const { roots, publishers } = trust.current();
      return [...roots.map((key) => ({ ...key, isRoot: true })), ...publishers.map((key) => ({ ...key, isRoot: false }))];
    },
    files: [
      ...watchedFiles,
      ...auditCollectors.flatMap(({ id, clientCertificateFile }) => (clientCertificateFile === undefined ? [] : [{ name: `audit-collector-${id}`, title: `审计外送客户端证书 audit collector ${id}`, certificateFile: clientCertificateFile, privateKeyFile: undefined }])),
    ].map((file) => ({ ...file, certificateFile: resolve(configFolder, file.certificateFile), privateKeyFile: file.privateKeyFile === undefined ? undefined : resolve(configFolder, file.privateKeyFile) })),
    readFile: (path) => readFile(path, 'utf8').catch(() => undefined),
  };
}

function watchPolicyOf({ certificates: { alarmDays, sharedSecretDays } }: Configuration): WatchPolicy {
  return { alarmDays, sharedSecretDays };
}

type Opened = 'store' | 'report' | 'pluginStores' | 'moneyReader' | 'reports' | 'reconciler';
function must({ store, report, pluginStores, moneyReader, reports, reconciler }: Running): { readonly [Part in Opened]-?: NonNullable<Running[Part]> } {
  if (store === undefined || report === undefined || pluginStores === undefined || moneyReader === undefined || reports === undefined || reconciler === undefined) throw new Error('the stores are not open yet');
  return { store, report, pluginStores, moneyReader, reports, reconciler };
}

function offeredBy(functions: readonly string[] | undefined): { readonly functions?: string[] } {
  return functions === undefined ? {} : { functions: [...functions] };
}

/** A part that is what its start returned. */
function once<Value>(name: string, start: () => Value | Promise<Value>, stop: (value: Value) => unknown): Parameters<Lifecycle['add']>[0] {
  let value: { readonly it: Value } | undefined;
  return {
    name,
    ...TIMES,
    async start() {
      value = { it: await start() };
    },
    async stop() {
      if (value !== undefined) await stop(value.it);
    },
  };
}

const MEGABYTE = 1024 * 1024;
