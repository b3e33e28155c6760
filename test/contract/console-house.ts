/**
 * The console in front of a real house in a temporary folder: the SQLite money store, the platform database, the use cases, and in-process guests
 * whose answers a test writes down. The clock is the test's.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fen, type StatementOutcome } from '@hospay/plugin-sdk';
import { createHandTransferDesk } from '@hospay/server/hand-transfers/hand-transfer-desk.js';
import { createMerchantDesk } from '@hospay/server/merchants/merchant-desk.js';
import { createNumberedFormDesk } from '@hospay/server/numbered-forms/form-desk.js';
import { createChangeDesk } from '@hospay/server/changes/change-desk.js';
import { createRefundDesk } from '@hospay/server/approvals/refund-desk.js';
import { createSettlementDesk } from '@hospay/server/settlement/batch-desk.js';
import { createPeriodDesk } from '@hospay/server/settlement/period-desk.js';
import { createArrivalDesk } from '@hospay/server/settlement/arrival-desk.js';
import { caseFiles } from '@hospay/server/edges/files/case-files.js';
import { parameterChange } from '@hospay/server/platform-parameters.js';
import { composeReveals } from '@hospay/server/platform-reveals.js';
import { createCaseDesk } from '@hospay/server/cases/case-desk.js';
import { advancePrepaymentReturn } from '@hospay/server/prepayment/advance-return.js';
import type { AgreementsGuest } from '@hospay/server/domain/guests.js';
import { createAgreementOffice } from '@hospay/server/quick-pay/agreement-office.js';
import { instanceChanges } from '@hospay/server/plugin-host/instance-changes.js';
import { createPrepaymentDesk } from '@hospay/server/prepayment/prepayment-desk.js';
import { createHisDesk } from '@hospay/server/refunds/his-desk.js';
import { createDictionaryCache } from '@hospay/server/dictionary/dictionary-cache.js';
import type { ChainHead } from '@hospay/server/operations/ports.js';
import type { JobKind } from '@hospay/server/domain/order-change.js';
import type { StoredQuote } from '@hospay/server/domain/order.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { refused, type Outcome } from '@hospay/server/domain/errors.js';
import { DEFAULT_PAYMENT_POLICY } from '@hospay/server/domain/payment-policy.js';
import { cashLedger } from '@hospay/server/edges/database/money/cash-ledger.js';
import { openMoneyReader } from '@hospay/server/edges/database/money-reader/open-money-reader.js';
import { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { openPlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { PASSWORDS } from '@hospay/server/edges/database/platform/password.js';
import { oneTimeCodes } from '@hospay/server/edges/sign-in/one-time-codes.js';
import { passkeyCeremonies } from '@hospay/server/edges/sign-in/passkey-ceremonies.js';
import type { InstalledPlugin, PluginDesk, PluginInstance, ReceivedPackage } from '@hospay/server/edges/http/console-api/ports.js';
import { startConsole } from '@hospay/server/edges/http/console-api/start-console.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { createAuditLog } from '@hospay/server/operations/audit-log.js';
import { advancePayment } from '@hospay/server/payments/advance-payment.js';
import { cancelPayment } from '@hospay/server/payments/cancel-payment.js';
import { confirmOrder } from '@hospay/server/payments/confirm-order.js';
import { createPayment } from '@hospay/server/payments/create-payment.js';
import type { OrderView } from '@hospay/server/payments/order-view.js';
import type { PaymentPorts } from '@hospay/server/payments/ports.js';
import { advanceInvoice } from '@hospay/server/invoices/advance-invoice.js';
import { exportFiles } from '@hospay/server/edges/files/export-files.js';
import type { ReportGuest } from '@hospay/server/domain/guests.js';
import { createAvailabilityReader } from '@hospay/server/fleet/read-availability.js';
import { openReportReader } from '@hospay/server/edges/database/reports/open-report-reader.js';
import { openThread } from '@hospay/server/edges/machine/thread.js';
import { createReportDesk } from '@hospay/server/reports/report-desk.js';
import { createReconciliationDesk } from '@hospay/server/reconciliation/reconciliation-desk.js';
import { advanceRefund } from '@hospay/server/refunds/advance-refund.js';
import { checkBooking } from '@hospay/server/payments/check-booking.js';
import { checkBookings } from '@hospay/server/payments/check-bookings.js';
import { requestRefund } from '@hospay/server/refunds/request-refund.js';
import { createShiftDesk } from '@hospay/server/shifts/shift-desk.js';
import { createTaskScheduler } from '@hospay/server/tasks/task-scheduler.js';
import { createConfigurationDesk } from '@hospay/server/fleet/configuration-desk.js';
import { createGroupDesk } from '@hospay/server/fleet/group-desk.js';
import { createPositionDesk } from '@hospay/server/fleet/position-desk.js';
import { listFleet } from '@hospay/server/fleet/list-fleet.js';
import { createNoticeDesk } from '@hospay/server/fleet/notice-desk.js';
import { createTerminalWatch } from '@hospay/server/fleet/terminal-watch.js';
import { canonicalJson } from '@hospay/server/terminals/canonical-json.js';
import { createEnrolmentDesk } from '@hospay/server/terminals/enrolment-desk.js';
import { revokeTerminal } from '@hospay/server/terminals/revoke-terminal.js';
import { placeChange } from '@hospay/server/terminals/place-change.js';
import { createTerminalRegistry } from '@hospay/server/terminals/terminal-registry.js';
import { createAccountWatch } from '@hospay/server/users/account-watch.js';
import { createConsoleUsers } from '@hospay/server/users/console-users.js';
import { createDuties } from '@hospay/server/users/duties.js';
import { createFirstLogin } from '@hospay/server/users/first-login.js';
import { createPasskeys } from '@hospay/server/users/passkeys.js';
import type { Role } from '@hospay/server/users/ports.js';
import { createSecondFactor } from '@hospay/server/users/second-factor.js';
import type { SinkView } from '@hospay/server/event-sinks/ports.js';
import { announcedAudit } from '@hospay/server/live-events/announced-audit.js';
import { createEventHub } from '@hospay/server/live-events/event-hub.js';
import { feedLiveEvents } from '@hospay/server/platform-live-events.js';
import { announceWork } from '@hospay/server/live-events/announce-work.js';
import { createWorkBoard } from '@hospay/server/running-work/work-board.js';
import { createHisDoctor } from '@hospay/server/his-doctor/his-doctor.js';
import { applicationChanges } from '@hospay/server/applications/application-changes.js';
import { createSavedViewDesk } from '@hospay/server/saved-views/saved-view-desk.js';
import type { TaskWork } from '@hospay/server/tasks/task-scheduler.js';
import { createDisplayDesk } from '@hospay/server/wallboard/display-desk.js';
import { createWallboard } from '@hospay/server/wallboard/wallboard.js';
import { createWindowDesk } from '@hospay/server/window-desk/window-desk.js';
import { consoleBackups } from './console-backups.js';
import { composeSupportDesk } from '@hospay/server/platform-support-desk.js';
import { consoleUpdates } from './console-updates.js';
import { consoleAlarms } from './console-alarms.js';
import { consoleParameters } from './console-parameters.js';
import { serverX509 } from '@hospay/server/edges/certificates/server-x509.js';
import { serverCertificateStore } from '@hospay/server/platform-server-certificate.js';
import { openServerCertificate } from '@hospay/server/server-certificate/server-certificate-desk.js';
import type { UpdateMirror } from '@hospay/server/updates/ports.js';
import { consoleCertificates } from './console-certificates.js';
import { consoleSetup } from './console-setup.js';
import { sampleQuote, ScriptedChannel, ScriptedHospital } from './scripted-guests.js';
import { createPayoutBench, owe } from './payout-bench.js';
import { scriptedCash, ScriptedWindowDesk } from './scripted-window-desk.js';
import { scriptedPlugin } from './scripted-changes.js';
import { startStatementBench } from './statement-bench.js';
import { filesByHand, reconciliationOver } from './reconciliation-parts.js';

const owner = { kind: 'terminal', id: 'kiosk-1' } as const;

/** The scripted channels and the scripted cash box charge for the first and the last; the second is another's. */
export const MERCHANTS = [{ merchantNo: '1900000001', name: '示范医院（微信）', campus: '总院' }, { merchantNo: '2088000000000011', name: '示范医院（支付宝）', campus: '东院区' }, { merchantNo: 'CASH', name: '示范医院（现金）', campus: '总院' }];

/** The databases of the first house of this process as its migrations left them: the next ones begin with a copy. */
let migrated: { readonly money: Uint8Array; readonly platform: Uint8Array } | undefined;

export type ConsoleHouse = Awaited<ReturnType<typeof buildConsoleHouse>>;

export type ConsoleHouseOptions = {
  readonly staticFolder?: string;
  readonly startAt?: string;
  /** Most tests are of what comes behind the door. */
  readonly secondFactorFor?: readonly Role[];
  readonly separatedDuties?: boolean;
  readonly passkeyOrigin?: string;
  readonly allowedAddresses?: readonly string[];
  readonly host?: string;
  /** The box was made of a backup. */
  readonly fenced?: boolean;
  /** It runs on a (simulated) machine with two slots. */
  readonly isAppliance?: boolean;
  /** Of the hospital's network, with bundles. */
  readonly updateMirror?: UpdateMirror;
  /** Where an address has to be known before the server is there. */
  readonly port?: number;
};

export async function buildConsoleHouse({ staticFolder = join(tmpdir(), 'no-console-here'), startAt = '2026-11-20T01:00:00.000Z', secondFactorFor = [], separatedDuties = false, passkeyOrigin, allowedAddresses = [], fenced = false, isAppliance = false, updateMirror, host = '127.0.0.1', port = 0 }: ConsoleHouseOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-console-'));
  let now = new Date(startAt);
  const clock = { now: () => now };
  const random = { bytes: (length: number) => new Uint8Array(randomBytes(length)), nextInt: (limit: number) => randomBytes(4).readUInt32LE() % limit };
  const files = { money: join(folder, 'money.sqlite'), platform: join(folder, 'platform.sqlite') };
  if (migrated !== undefined) for (const name of ['money', 'platform'] as const) writeFileSync(files[name], migrated[name]);
  const store = new SqliteMoneyStore({ file: files.money });
  const platform = await openPlatformDatabase({ dataFolder: folder, hospital: 'demo', clock, log: SILENT_LOG });
  migrated ??= { money: imageOf(files.money), platform: imageOf(files.platform) };
  const money = openMoneyReader({ file: join(folder, 'money.sqlite'), hospitalId: 'demo' });
  const channel = new ScriptedChannel();
  /** Of another merchant. */
  const east = new ScriptedChannel({ id: 'alipay-east', merchantNo: '2088000000000011' });
  let chosen = channel;
  const hospital = new ScriptedHospital();
  const ports: PaymentPorts = {
    store,
    presettlements: store.presettlements,
    channels: { find: (id) => (id === east.id ? east : channel), choose: () => chosen },
    hospitals: { find: () => hospital },
    clock,
    random,
    policy: { ...DEFAULT_PAYMENT_POLICY, invoicedBusinesses: ['bill'] },
    reasonToRefuse: () => undefined,
    notifyUrl: () => undefined,
    ownerNotifier: { tell: () => Promise.resolve(true) },
  };

  let head: ChainHead | undefined;
  /** What screens are told that changed. */
  const liveEvents = createEventHub({ timers: SYSTEM_TIMERS, random });
  const audit = announcedAudit(createAuditLog({ store: platform.auditEvents, witness: { read: () => Promise.resolve(head), write: (next) => { head = next; return Promise.resolve(); } }, clock }), liveEvents);
  const userPorts = { users: platform.users, sessions: platform.sessions, passwords: PASSWORDS, clock, random, audit, merchants: MERCHANTS.map(({ merchantNo }) => merchantNo), duties: createDuties({ users: platform.users, isDemanded: separatedDuties }), secondFactorFor,
    secondFactors: platform.secondFactors, codes: oneTimeCodes(), issuer: 'Hospay 示范医院', passkeys: platform.passkeys, ceremonies: passkeyOrigin === undefined ? undefined : passkeyCeremonies({ origin: passkeyOrigin, title: 'Hospay 示范医院' }) };
  const users = createConsoleUsers(userPorts);
  const firstLogin = createFirstLogin(userPorts);
  const registry = createTerminalRegistry({ rows: platform.terminals, clock, random, merchantIdOf: () => 'm1' });
  const fleetPorts = { store: platform.fleet, clock, log: SILENT_LOG, audit };
  const groups = createGroupDesk(fleetPorts);
  const fleet = {
    watch: createTerminalWatch({ ...fleetPorts, policy: { clockSkewAlarmMs: 30_000, reportEverySeconds: 60 } }),
    groups,
    configuration: createConfigurationDesk({ ...fleetPorts, canonical: canonicalJson, isKnown: async (scope, id) => scope === 'defaults' || (scope === 'group' ? groups.isKnown(id) : (await platform.terminals.find(id)) !== undefined) }),
    notices: createNoticeDesk({ ...fleetPorts, random, isTerminal: async (id) => (await platform.terminals.find(id)) !== undefined }),
    enrolment: createEnrolmentDesk({ registry, clock, random, log: SILENT_LOG }),
  };
  await Promise.all([fleet.watch.start(), fleet.configuration.start()]);
  const tasks = createTaskScheduler({
    definitions: [
      { name: 'verify-ledger', rule: '0 30 2 * * *', missed: 'runOnce', enabled: true },
      { name: 'reload-dictionaries', rule: '0 0 6 * * *', missed: 'skip', enabled: true },
    ],
    work: new Map<string, TaskWork>([['verify-ledger', () => Promise.resolve({ zh: '校验凭证 12 张，无问题', en: '12 journals, no problem' })], ['reload-dictionaries', () => Promise.reject(new Error('the hospital system does not answer'))]]),
    store: platform.tasks,
    timer: { at: () => ({ cancel() {} }) },
    clock,
    log: SILENT_LOG,
    changed: (task) => { liveEvents.publish('tasks', [task]); },
  });
  await tasks.start();
  const dictionary = createDictionaryCache({
    names: ['department', 'fee-category'],
    staleAfterMs: 86_400_000,
    loader: { load: (name) => Promise.resolve(name === 'department' ? { kind: 'ok', entries: [{ code: '01', name: '内科' }, { code: '02', name: '外科' }] } : { kind: 'failed', reason: 'the hospital system does not answer' }) },
    store: platform.dictionaries,
    clock,
    log: SILENT_LOG,
  });
  await dictionary.start();

  const windowDesks = new ScriptedWindowDesk();
  const cash = scriptedCash(clock.now);
  const certificates = consoleCertificates({ platform, clock, audit });
  const serverCertificate = await openServerCertificate({ x509: serverX509('示范医院'), store: serverCertificateStore(platform), names: ['pay.hospital.test', '10.20.0.5'], changed: () => undefined, audit, clock, log: SILENT_LOG });
  const instances = new Map<string, PluginInstance>([
    ['wechat-main', { id: 'wechat-main', plugin: 'wechat-pay', version: '1.0.0', kind: 'channel', state: 'active', reason: undefined, since: startAt, inFlight: 0 }],
    ['his-main', { id: 'his-main', plugin: 'sqlserver', version: '1.0.0', kind: 'hospitalAdapter', state: 'waiting', reason: 'the database refused the connection', since: startAt, inFlight: 0 }],
  ]);
  const moveInstance = (id: string, state: string) => {
    const known = instances.get(id);
    if (known === undefined) return undefined;
    const moved = { ...known, state, reason: undefined, since: now.toISOString() };
    instances.set(id, moved);
    return moved;
  };

  // Begun when it is first asked: most tests ask for no report, and a thread loads modules for a tenth of a second.
  const reportReader = openReportReader({ openThread: (request) => openThread({ ...request, starts: 'whenAsked' }), moneyFile: join(folder, 'money.sqlite'), sumsFile: join(folder, 'report-sums.sqlite'), log: SILENT_LOG });
  /** Reports of plugins that run. */
  const reportGuests: ReportGuest[] = [];
  const availability = createAvailabilityReader({
    presence: platform.presence, faultsBetween: (from, to) => platform.fleet.faultsBetween(from, to), hours: { rules: [], closedDays: new Set() }, clock, kiosks: () => Promise.resolve([{ id: 'kiosk-1', campus: 'east', group: undefined }]),
  });
  const reportPorts = {
    reader: { ...reportReader.reader, terminalDays: ({ day }: { readonly day: string }) => availability.read(day) }, guests: () => reportGuests, hospital: { id: 'demo' }, files: exportFiles(join(folder, 'exports')), exportChanged: ({ by }: { readonly by: string }) => { liveEvents.publish('exports', [], by); }, audit, clock, random, log: SILENT_LOG,
    names: () => Promise.resolve({
      hospital: '示范医院', campus: (id: string) => (id === 'east' ? '东院区' : id), operator: (operatorNo: string) => (operatorNo === '0123' ? '王收费' : undefined), sources: [{ source: channel.id, channels: [channel.id] }],
      terminal: (id: string) => (id === 'kiosk-1' ? { title: '门诊大厅自助机', kind: 'kiosk', campus: 'east' } : undefined),
    }),
  };
  const reports = createReportDesk(reportPorts);
  const prepaymentPorts = { ...ports, hospitalId: 'demo', prepayments: store.prepayments, refundForHis: createHisDesk(ports).refundForHis };
  const payouts = createPayoutBench({ store, clock, audit });
  const alarms = await consoleAlarms({ platform, clock, audit, changed: () => { liveEvents.publish('alarms'); } });
  const arrivals = createArrivalDesk({
    arrivals: store.arrivalsOf('demo'), rules: () => [{ source: channel.id, channels: [channel.id], account: 'icbc-main', payers: ['财付通'], afterWorkingDays: 1, lateWorkingDays: 1 }], calendar: { holidays: new Set(), workdays: new Set() }, clock, audit,
  });
  const silent = () => Promise.resolve({ kind: 'unknown' as const, reason: 'the gateway does not answer' });
  const cardGateway = { isSilent: false };
  const gateway: AgreementsGuest = { requestBinding: silent, confirmBinding: silent, queryBinding: silent, queryAgreement: silent, confirmPayment: silent, unbind: () => (cardGateway.isSilent ? silent() : Promise.resolve({ kind: 'unbound' as const })) };
  const quickPay = createAgreementOffice({ ...platform.quickPay, gateways: { find: () => gateway, choose: () => undefined }, audit, clock });
  const periods = createPeriodDesk({ periods: store.periods, ledger: (range) => reportReader.reader.ledger(range), days: (range) => store.reconciliation.listDays(range), sources: () => [{ source: channel.id, channels: [channel.id] }], tellsDays: () => undefined, hospitalId: 'demo', clock, audit });
  const settlements = createSettlementDesk({
    batches: store.settlementsOf('demo'), sources: () => [{ source: channel.id, channels: [channel.id], account: 'icbc-main' }], campusOf: ({ id }) => (id === 'kiosk-1' ? 'east' : 'main'), accountOfCampus: (campus) => (campus === 'east' ? 'ccb-east' : 'icbc-main'), payouts: payouts.desk,
    expiresAfterMs: 72 * 3_600_000, clock, audit,
  });
  const refunds = createRefundDesk({ requestRefund: (request) => requestRefund(ports, request), approvals: store.refundApprovals, rules: [{ fromFen: 1_000_000, levels: 1 }, { fromFen: 5_000_000, levels: 2 }], expiresAfterMs: 72 * 3_600_000, clock, audit });
  const plugins: PluginDesk = {
    list: () => ({
      packages: [
        { folder: 'channels/wechat-pay', id: 'wechat-pay', version: '1.0.0', title: { zh: '微信支付', en: 'WeChat Pay' }, refused: undefined },
        { folder: 'channels/old-bank', id: 'old-bank', version: undefined, title: undefined, refused: 'needs SDK ^9.0.0; this platform has 1.0.0: install a matching version of the plugin' },
      ],
      instances: [...instances.values()],
    }),
    reload(id) {
      const instance = moveInstance(id, 'active');
      return Promise.resolve(instance === undefined ? { kind: 'kept', reason: 'no such instance' } : { kind: 'reloaded', instance });
    },
    deactivate: (id) => Promise.resolve(moveInstance(id, 'stopped')),
    activate: (id) => Promise.resolve(moveInstance(id, 'active')),
  };
  const routing = { byGroup: false };
  const place: Parameters<typeof placeChange>[0]['place'] = async (id, to) => {
    if (!(await registry.place(id, to))) return false;
    await fleet.configuration.placed(id);
    return true;
  };
  const scripted = scriptedPlugin();
  const backups = await consoleBackups({ folder, platform, clock, audit, isFenced: fenced });
  const parameters = consoleParameters({ folder, database: platform });
  const work = createWorkBoard({ clock, timers: SYSTEM_TIMERS, changed: announceWork(liveEvents) });
  const updates = await consoleUpdates({ mirror: updateMirror, folder, isAppliance, work, clock, audit });
  const support = composeSupportDesk({ dataFolder: folder, configFolder: parameters.loaded.configFolder, profile: 'house', work, clock, timers: SYSTEM_TIMERS, audit });
  const changes = createChangeDesk({ acts: [backups.act, ...updates.acts, ...scripted.acts, parameterChange({ loaded: parameters.loaded, database: platform, clock }), ...certificates.changes, ...instanceChanges(plugins), placeChange({ placeOf: (id) => registry.placeOf(id), place, audit }), ...applicationChanges({ rows: platform.applications, merchants: ['1900000001'], keyedFingerprint: platform.keyedFingerprint, clock, audit })], store: platform.changes, expiresAfterMs: 72 * 3_600_000, clock, audit, log: SILENT_LOG });
  const vendorPackages: { installed: readonly InstalledPlugin[]; received: Outcome<ReceivedPackage> } = { installed: [], received: refused('PLUGIN_REFUSED', 'unsigned: no trusted key of Acme has signed it') };
  /** Why the adapter does not run, while it does not. */
  const hisLine = { reason: '' };
  const sinks: SinkView[] = [];
  const leaving: (() => void)[] = [];
  const statementFiles = startStatementBench({ after: (leave) => { leaving.push(leave); } }, { store, registry: { find: () => Promise.resolve(undefined) }, applications: [{ appId: 'hospital-app', permissions: ['statement'] }], clock, audit, push: [{ application: 'hospital-app', what: 'notice' }], merchants: MERCHANTS.map(({ merchantNo }) => merchantNo) });
  /** Which merchant a channel charges for now. */
  const charging = new Map([[channel.id, channel.merchantNo], [east.id, east.merchantNo]]);
  const merchants = createMerchantDesk({
    merchants: MERCHANTS, campusName: (id) => (id === 'east' ? '东院区' : id), channelsOf: (merchantNo) => [...charging].filter(([, of]) => of === merchantNo).map(([id]) => id), sources: () => [...charging.keys()].map((source) => ({ source, channels: [source] })), money: money.reader.merchants, sums: reportReader.reader, reports,
    statements: statementFiles.desk, arrivals, settlements, audit,
  });
  const undeclared: string[] = [];
  const statement: { answer: StatementOutcome; gate: Promise<void> } = { answer: { kind: 'empty' }, gate: Promise.resolve() };
  /** Terminals that are there. */
  const online = new Set(['kiosk-1']);
  const listTerminals = async () => listFleet({ terminals: await registry.list(), presenceOf: (id) => ({ online: online.has(id), since: now }), watch: fleet.watch, configuration: fleet.configuration, now });
  const positions = createPositionDesk({ rows: platform.terminalPositions, terminals: async () => (await registry.list()).map(({ deviceId }) => deviceId), clock, audit });
  const savedViews = createSavedViewDesk({ rows: platform.savedViews, users: platform.users, clock, audit });
  const hisDoctor = createHisDoctor({
    adapter: () => (hisLine.reason === '' ? { hospital } : { reason: hisLine.reason }), dictionaries: ['department'], unconfirmed: async () => (await money.reader.overview(now)).unconfirmed.count, clock, elapsed: () => performance.now(), audit,
    changed: () => { liveEvents.publish('hisDoctor'); }, ended: (examination) => setup.desk.examined(examination),
  });
  const setup = consoleSetup({
    ports, store, money: money.reader, platform, users, channel, terminals: listTerminals, waiting: () => fleet.enrolment.waiting(), hisReason: () => hisLine.reason, examination: () => hisDoctor.latest(), clock, random, audit,
  });
  const reconciliation = createReconciliationDesk({
    contracts: [],
    ...reconciliationOver(store.reconciliation), channels: { find: () => ({ merchantNo: '1900000001', methods: [], downloadStatement: () => statement.gate.then(() => statement.answer), statementFiles: filesByHand() }) }, hospitals: { find: () => undefined }, hospitalId: 'demo', sources: () => [{ source: channel.id, channels: [channel.id] }],
    clock, log: SILENT_LOG, audit,
  });
  const server = await startConsole({
    host,
    port,
    staticFolder,
    hospitalName: '示范医院',
    version: '0.1.0',
    secureCookies: false,
    log: SILENT_LOG,
    clock,
    timers: SYSTEM_TIMERS,
    random,
    liveEvents,
    work,
    users,
    firstLogin,
    secondFactor: createSecondFactor(userPorts),
    passkeys: createPasskeys(userPorts),
    accountWatch: createAccountWatch({ ...userPorts, refusals: platform.signInRefusals }),
    isSeparated: () => userPorts.duties.isSeparated(),
    allowedAddresses,
    money: money.reader,
    refunds,
    checkBookings: (time) => checkBookings(ports, { hospitalId: 'demo', ...time }),
    windowDesk: createWindowDesk({ desks: windowDesks, rows: platform.windowDesk, ledger: cashLedger(store.database), shifts: store.shiftsOf('demo'), cases: store, audit, clock, timers: SYSTEM_TIMERS, random, log: SILENT_LOG }),
    shifts: createShiftDesk({ store: store.shiftsOf('demo'), openings: platform.windowDesk, audit, clock, random, hospitalName: '示范医院', walletOf: (id) => (id.startsWith('wechat') ? 'wechat' : undefined) }),
    forms: createNumberedFormDesk({ hospitalId: 'demo', forms: store.formsOf('demo'), store, policy: { invoicedBusinesses: ['bill'], numberedBusinesses: ['bill', 'deposit'] }, audit, clock }),
    reconciliation,
    running: { listChecks: () => store.running.listChecks() },
    reports,
    statementFiles: statementFiles.desk,
    merchants,
    cases: createCaseDesk({ cases: store.cases, files: caseFiles(join(folder, 'case-files'), { seal: platform.sealFile, open: platform.openFile }), audit, clock }),
    reveals: composeReveals({ money: money.reader, database: { payees: payouts.ports.vault, quickPay: platform.quickPay }, clock, audit, log: SILENT_LOG }),
    transfers: createHandTransferDesk({ transfers: store.transfersOf('demo'), audit, clock }),
    prepayment: createPrepaymentDesk(prepaymentPorts),
    payouts: payouts.desk,
    receipts: payouts.receipts,
    quickPay,
    applications: { list: () => platform.applications.list(), disable: (id) => platform.applications.change(id, { status: 'disabled' }, now) },
    displays: createDisplayDesk({ rows: platform.displays, clock, random, audit }),
    savedViews,
    positions,
    hisDoctor,
    backups: backups.desk,
    system: backups.system,
    updates: updates.desk,
    support,
    setup: setup.desk,
    wallboard: createWallboard({
      money: money.reader, terminals: listTerminals, days: (range) => store.reconciliation.listDays(range), alarms: alarms.desk,
      version: '0.1.0', backupProvedAt: () => backups.desk.provedAt(), clock,
    }),
    arrivals,
    periods,
    settlements,
    queue: { wake: (request) => store.wakeWork(request), sinks: () => sinks },
    tasks: { list: () => tasks.list(), listRuns: (filter) => platform.tasks.listRuns(filter), runNow: (name) => tasks.runNow(name), setEnabled: (name, enabled) => tasks.setEnabled(name, enabled) },
    packages: {
      list: () => vendorPackages.installed,
      trustList: () => ({ serial: 0, issuedAt: '1970-01-01T00:00:00.000Z', publishers: [], withdrawnKeys: 0, withdrawnPackages: 0 }),
      receive: () => Promise.resolve(vendorPackages.received),
      merchants: ['1900000001'],
    },
    changes,
    certificates: certificates.watch,
    serverCertificate,
    rotations: certificates.rotations,
    alarms: alarms.desk,
    auditCollectors: alarms.collectors,
    plugins,
    parameters,
    terminals: {
      list: listTerminals,
      async register(terminal) {
        if ((await platform.terminals.find(terminal.id)) !== undefined) return false;
        await platform.terminals.add(terminal, now);
        return true;
      },
      offerClaim: (id) => registry.offerClaim(id),
      revoke: (id) => revokeTerminal({ registry, authority: undefined, log: SILENT_LOG }, id),
      place,
      // As where payments are routed by group.
      movesMoney: (before, after) => routing.byGroup && before.group !== after.group,
      askRotation: (id) => registry.askRotation(id),
      enrolment: fleet.enrolment,
    },
    fleet: { ...fleet, campuses: [{ id: 'main', name: '总院' }, { id: 'east', name: '东院区' }] },
    dictionaries: { states: () => dictionary.states(), reload: (name) => dictionary.reload(name) },
    audit,
    auditEvents: platform.auditEvents,
    onUndeclaredAnswer: (operationId, what) => undeclared.push(`${operationId}: ${what}`),
  });

  const stopFeeding = feedLiveEvents({ hub: liveEvents, store, registry, timers: SYSTEM_TIMERS });

  const house = {
    /** Parameters as the console is told of them. */
    parameters,
    liveEvents,
    /** As somebody else asks for one. */
    refunds,
    reconciliation,
    /** What the first set-up finds outside the house's own stores. */
    setup: setup.scripted,
    /** Terminals as the console runs them: what they report is put in from here. */
    fleet,
    online,
    savedViews,
    positions,
    origin: server.origin,
    folder,
    moneyFile: join(folder, 'money.sqlite'),
    store,
    channel,
    hospital,
    platform,
    audit,
    certificates,
    serverCertificate,
    backups,
    updates,
    support,
    /** What is measured is put in from here. */
    alarms,
    windowDesks,
    settlements,
    arrivals,
    merchants,
    charging,
    /** A plugin that changes are made of. */
    plugin: scripted.plugin,
    /** Packages of vendors as the console is told of them. */
    vendorPackages,
    hisLine,
    /** Whether the group of a terminal decides its channel. */
    routing,
    /** The bank behind the bank link, and payouts in front of it. */
    payouts,
    /** The gateway behind bound cards, silent when it is told to be. */
    cardGateway,
    /** A card of a user, bound. */
    async bindCard({ agreementNo, userId, lastFour, token }: { readonly agreementNo: string; readonly userId: string; readonly lastFour: string; readonly token: string }): Promise<void> {
      const { agreements } = platform.quickPay;
      await agreements.begin({ agreementNo, holder: { appId: 'hospital-app', userId }, channel: 'quick-pay', state: 'requested', bankName: undefined, cardKind: undefined, lastFour: undefined, requestedAt: now, codeExpiresAt: undefined, codesEntered: 0, boundAt: undefined, lastNews: undefined }, `key-${agreementNo}`, { mostCards: 5, mostBegun: 10, since: now });
      await agreements.move(agreementNo, { from: ['requested'], to: 'confirming', by: 'confirm', cause: 'a code was entered', at: now });
      await agreements.activate(agreementNo, { token, bankName: '建设银行', cardKind: 'debit', lastFour }, { by: 'answer', cause: 'bound', at: now });
    },
    /** A debt no order can give back. */
    owe: (subject: string, amountFen: number): void => { owe(store, { subject, amountFen, at: now }); },
    /** What the channel's statement says, whatever the day, once its gate is open. */
    statement,
    reports,
    reportPorts,
    reportGuests,
    presence: platform.presence,
    statementFiles,
    /** What the console is told of sinks. */
    sinks,
    users,
    firstLogin,
    registry,
    money: money.reader,
    /** Answers that were not what their route declares; must stay empty. */
    undeclared,
    now: () => now,
    later(seconds: number) {
      now = new Date(now.getTime() + seconds * 1000);
    },
    async pay(quoteId: string, set: Partial<StoredQuote> = {}): Promise<OrderView> {
      await store.saveQuote(sampleQuote(quoteId, now, set));
      const created = await createPayment(ports, {
        owner, merchantId: 'm1', idempotency: { tenant: 'terminal/kiosk-1', key: `key-${quoteId}`, requestHash: quoteId }, quoteId, amountFen: set.selfPayFen ?? 10_000, method: 'nativeQr', description: '门诊缴费',
      });
      if (created.kind === 'refused') throw new Error(`payment refused: ${created.code}`);
      return created.value;
    },
    /** Paid at window-1 in notes: the cash channel says so in its answer. */
    async payCash(quoteId: string, amountFen: number, operatorId: string): Promise<void> {
      const amount = fen(amountFen);
      await store.saveQuote(sampleQuote(quoteId, now, { owner, totalFen: amount, selfPayFen: amount }));
      const created = await createPayment({ ...ports, channels: { find: () => cash, choose: () => cash } }, { owner, merchantId: 'm1', idempotency: { tenant: 'terminal/kiosk-1', key: `key-${quoteId}`, requestHash: quoteId }, quoteId, amountFen, method: 'cash', tenderedFen: amountFen, operatorId, description: '门诊缴费' });
      if (created.kind === 'refused') throw new Error(`payment refused: ${created.code}`);
    },
    /** The channel says at the next question that this order is paid. */
    isPaid(order: OrderView, set: Record<string, unknown> = {}) {
      channel.queryAnswers = [{ kind: 'succeeded', tradeNo: order.payments[0]?.paymentNo ?? '', merchantNo: channel.merchantNo, amountFen: order.amountFen, channelTradeNo: `4200${order.tradeNo.slice(-9)}`, paidAt: now.toISOString(), ...set }];
    },
    cancel: (order: OrderView) => cancelPayment(ports, { owner, tradeNo: order.tradeNo, by: 'kiosk-1' }),
    async run(kind: JobKind, tradeNo?: string): Promise<void> {
      const jobs = await store.claimJobs({ kinds: [kind], owner: 'test', now, leaseMs: 1, limit: 20 });
      for (const job of jobs) {
        if (tradeNo !== undefined && job.tradeNo !== tradeNo) {
          await store.putBackJob(job, { dueAt: now });
          continue;
        }
        if (kind === 'advancePayment') await advancePayment(ports, job);
        if (kind === 'confirmOrder') await confirmOrder(ports, job);
        if (kind === 'advanceRefund') await advanceRefund(ports, job);
        if (kind === 'advanceInvoice') await advanceInvoice(ports, job);
        if (kind === 'checkBooking') await checkBooking(ports, job);
        if (kind === 'advancePayout') await payouts.advance(job);
        if (kind === 'advancePrepaymentReturn') await advancePrepaymentReturn(prepaymentPorts, job);
      }
    },
    async payAndConfirm(quoteId: string, set: Partial<StoredQuote> = {}): Promise<OrderView> {
      const order = await house.pay(quoteId, set);
      house.later(10);
      house.isPaid(order);
      await house.run('advancePayment', order.tradeNo);
      await house.run('confirmOrder', order.tradeNo);
      return order;
    },
    /** As `payAndConfirm`, charged for the merchant of the eastern campus. */
    async payAtEast(quoteId: string, set: Partial<StoredQuote> = {}): Promise<OrderView> {
      chosen = east;
      const order = await house.pay(quoteId, set);
      chosen = channel;
      house.later(10);
      east.queryAnswers = [{ kind: 'succeeded', tradeNo: order.payments[0]?.paymentNo ?? '', merchantNo: east.merchantNo, amountFen: order.amountFen, channelTradeNo: `2026${order.tradeNo.slice(-9)}`, paidAt: now.toISOString() }];
      await house.run('advancePayment', order.tradeNo);
      await house.run('confirmOrder', order.tradeNo);
      return order;
    },
    /** The channel has sent the money of this refund back. */
    async refundArrives(order: OrderView, index = 1): Promise<void> {
      const refundNo = `${order.tradeNo}R${String(index).padStart(2, '0')}`;
      await house.run('advanceRefund', order.tradeNo);
      house.later(61);
      const refund = (await store.findOrder(order.tradeNo))?.refunds.find((candidate) => candidate.refundNo === refundNo);
      channel.queryRefundAnswers = [{ kind: 'succeeded', refundNo, tradeNo: order.payments[0]?.paymentNo ?? '', refundFen: refund?.refundFen ?? 0, channelRefundNo: `5030${refundNo.slice(-9)}`, refundedAt: now.toISOString() }];
      await house.run('advanceRefund', order.tradeNo);
    },
    async stop(): Promise<void> {
      await server.stop();
      stopFeeding();
      await updates.stop();
      support.stop();
      await alarms.stop();
      await tasks.stop();
      await reports.stop();
      await reportReader.close();
      await money.close();
      await store.close();
      await platform.close();
      for (const leave of leaving) leave();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return house;
}

function imageOf(file: string): Uint8Array {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.serialize();
  } finally {
    database.close();
  }
}
