import { openApiDocument, type JsonObject } from '../http-kit/open-api-document.js';
import { mountGroup, openGroup, type MountedGroup } from '../http-kit/route-group.js';
import { certificateRoutes } from './certificate-routes.js';
import { onlyIfAudited } from './only-if-audited.js';
import { authenticateConsole, CSRF_HEADER, SESSION_COOKIE, type ConsoleAccess, type ConsoleCaller } from './console-access.js';
import { machineRoutes } from './machine-routes.js';
import { merchantRoutes } from './merchant-routes.js';
import { fleetRoutes } from './fleet-routes.js';
import { formRoutes } from './form-routes.js';
import { moneyRoutes } from './money-routes.js';
import { peopleRoutes } from './people-routes.js';
import type { Display } from '../../../wallboard/ports.js';
import type { ConsoleApiPorts } from './ports.js';
import { packageRoutes } from './package-routes.js';
import { reconciliationRoutes } from './reconciliation-routes.js';
import { reportRoutes } from './report-routes.js';
import { applicationRoutes } from './application-routes.js';
import { arrivalRoutes } from './arrival-routes.js';
import { approvalRoutes } from './approval-routes.js';
import { changeRoutes } from './change-routes.js';
import { positionRoutes } from './position-routes.js';
import { savedViewRoutes } from './saved-view-routes.js';
import { settlementRoutes } from './settlement-routes.js';
import { periodRoutes } from './period-routes.js';
import { payoutRoutes } from './payout-routes.js';
import { caseRoutes } from './case-routes.js';
import { monitoringRoutes } from './monitoring-routes.js';
import { queueRoutes } from './queue-routes.js';
import { prepaymentRoutes } from './prepayment-routes.js';
import { liveEventRoutes } from './live-event-routes.js';
import { hisDoctorRoutes } from './his-doctor-routes.js';
import { revealRoutes } from './reveal-routes.js';
import { parameterRoutes } from './parameter-routes.js';
import { openRoutes, sessionRoutes } from './session-routes.js';
import { openPasskeyRoutes, secondFactorRoutes } from './second-factor-routes.js';
import { serverCertificateRoutes } from './server-certificate-routes.js';
import { setupRoutes } from './setup-routes.js';
import { systemRoutes } from './system-routes.js';
import { supportRoutes } from './support-routes.js';
import { updateRoutes } from './update-routes.js';
import { shiftRoutes } from './shift-routes.js';
import { quickPayRoutes } from './quick-pay-routes.js';
import { statementFileRoutes } from './statement-file-routes.js';
import { terminalRoutes } from './terminal-routes.js';
import { authenticateDisplay, DISPLAY_HEADER, displayRoutes, wallboardRoutes } from './wallboard-routes.js';
import { badgeRoutes } from './badge-routes.js';
import { workRoutes } from './work-routes.js';
import { windowDeskRoutes } from './window-desk-routes.js';

export const CONSOLE_API_BASE = '/console-api/v1';
export const CONSOLE_API_VERSION = '1.0.0';

/** The console's API: what anybody may call, and what a session may. To be given to `startHttpServer`. */
export function consoleApi(ports: ConsoleApiPorts): readonly MountedGroup[] {
  const signedIn = mountGroup<ConsoleAccess, ConsoleCaller>({
    basePath: CONSOLE_API_BASE,
    tag: { name: 'console', zh: '管理控制台', en: 'Console' },
    routes: [...sessionRoutes(ports), ...secondFactorRoutes(ports), ...liveEventRoutes(ports), ...workRoutes(ports), ...badgeRoutes(ports), ...moneyRoutes(ports), ...windowDeskRoutes(ports), ...shiftRoutes(ports), ...formRoutes(ports), ...reconciliationRoutes(ports), ...reportRoutes(ports), ...statementFileRoutes(ports), ...prepaymentRoutes(ports), ...payoutRoutes(ports), ...approvalRoutes(ports), ...changeRoutes(ports), ...arrivalRoutes(ports), ...periodRoutes(ports), ...quickPayRoutes(ports), ...settlementRoutes(ports), ...caseRoutes(ports), ...revealRoutes(ports), ...machineRoutes(ports), ...parameterRoutes(ports), ...queueRoutes(ports), ...monitoringRoutes(ports), ...terminalRoutes(ports), ...fleetRoutes(ports), ...packageRoutes(ports), ...certificateRoutes(ports), ...serverCertificateRoutes(ports), ...displayRoutes(ports), ...hisDoctorRoutes(ports), ...setupRoutes(ports), ...systemRoutes(ports), ...updateRoutes(ports), ...supportRoutes(ports), ...applicationRoutes(ports), ...merchantRoutes(ports), ...peopleRoutes(ports), ...savedViewRoutes(ports), ...positionRoutes(ports)],
    authenticate: async (request, access) => onlyIfAudited(ports.audit, { request, access }, await authenticateConsole(ports.users, request, access)),
    authenticationErrors: ['NOT_SIGNED_IN', 'NOT_PERMITTED', 'ENTRY_STEP_FIRST', 'AUDIT_UNAVAILABLE'],
    callerName: ({ login }) => login,
    security: { name: 'session', scheme: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE, description: `写操作另带会话的 ${CSRF_HEADER} / Writes also carry the session's ${CSRF_HEADER}` } },
  });
  const onDisplays = mountGroup<'display', Display>({
    basePath: CONSOLE_API_BASE,
    tag: { name: 'display', zh: '监控大屏', en: 'Wallboard' },
    routes: wallboardRoutes(ports),
    authenticate: (request) => authenticateDisplay(ports.displays, request),
    authenticationErrors: ['NOT_SIGNED_IN', 'NOT_PERMITTED'],
    callerName: ({ id }) => `display ${String(id)}`,
    security: { name: 'display', scheme: { type: 'apiKey', in: 'header', name: DISPLAY_HEADER, description: '大屏令牌：只读大屏 / The token of a screen: it reads the wallboard and nothing else' } },
  });
  const groups: MountedGroup[] = [signedIn, onDisplays];
  groups.push(openGroup({ basePath: CONSOLE_API_BASE, tag: { name: 'open', zh: '无需登录', en: 'Without a session' }, routes: [...openRoutes(ports, () => describe(groups)), ...openPasskeyRoutes(ports)] }));
  return groups;
}

/** The OpenAPI 3.1 document of the console API, made from the very routes that serve it. */
export function consoleApiDocument(): JsonObject {
  return describe(consoleApi(NO_PORTS));
}

function describe(groups: readonly MountedGroup[]): JsonObject {
  return openApiDocument({ title: 'Hospay console API 管理控制台接口', version: CONSOLE_API_VERSION, description: '金额单位均为分（整数）。 / Amounts are integer fen.' }, groups);
}

const absent = (): never => {
  throw new Error('only the document was asked for');
};
/** Describing calls nothing. */
const NO_PORTS: ConsoleApiPorts = {
  users: { signIn: absent, findSession: absent, signOut: absent, changePassword: absent, listSessions: absent, endSession: absent, list: absent, add: absent, change: absent, resetPassword: absent },
  secondFactor: { prove: absent, offer: absent, confirm: absent, renewRecoveryCodes: absent, reset: absent, status: absent },
  passkeys: { isOffered: false, beginSignIn: absent, signIn: absent, beginAdding: absent, add: absent, list: absent, remove: absent },
  accountWatch: { read: absent, countWaiting: absent },
  isSeparated: absent,
  firstLogin: { open: absent, isOpen: absent, complete: absent },
  money: { overview: absent, listOrders: absent, findOrder: absent, listCases: absent, listHisNotices: absent, listAccounts: absent, listOpenItems: absent, listJournals: absent, listQueue: absent, readPlain: absent, countWaiting: absent },
  refunds: { requestRefund: absent, listApprovals: absent, decideApproval: absent },
  checkBookings: absent,
  windowDesk: { readTillDays: absent, cashChannels: absent, openTill: absent, listCardTerminals: absent, operateCardTerminal: absent, findCardTerminalOperation: absent },
  shifts: {
    readRunningShift: absent, listRunningShifts: absent, closeShift: absent, findShift: absent, listShifts: absent, readCash: absent, takeOverCash: absent, recountShift: absent, depositCash: absent, reverseCashAct: absent,
    readShiftReport: absent,
  },
  forms: { registerForms: absent, handOutForms: absent, returnForms: absent, listFormBatches: absent, listFormRuns: absent, listFormNumbers: absent, confirmForm: absent, voidForm: absent },
  reconciliation: { runDay: absent, listDays: absent, listDifferences: absent, uploadStatement: absent, uploadable: absent },
  running: { listChecks: absent },
  reports: { list: absent, read: absent, startExport: absent, listExports: absent, cancelExport: absent, openExport: absent },
  statementFiles: { list: absent, openFor: absent },
  merchants: {
    list: absent, read: absent, listPayments: absent, findOrder: absent, readFigures: absent, readSettlement: absent, listStatements: absent, openStatement: absent, startExport: absent, listExports: absent, cancelExport: absent, openExport: absent,
  },
  reveals: { reveal: absent, revealFile: absent },
  transfers: { listTransfers: absent, recordTransfer: absent, decideTransfer: absent },
  cases: { findCase: absent, takeCase: absent, noteCase: absent, attachFile: absent, openFile: absent, proposeEnd: absent, decideEnd: absent },
  prepayment: { proposeRun: absent, pauseRun: absent, decideRun: absent, findRun: absent, listRuns: absent, patientsOf: absent },
  payouts: {
    listAccounts: absent, listPayouts: absent, findPayout: absent, findByKey: absent, proposePayouts: absent, proposeSettlement: absent, decidePayouts: absent, giveUpPayout: absent, listStatements: absent, listLines: absent, importDay: absent,
  },
  receipts: { listReceipts: absent, accountsWithReceipts: absent, fetchNow: absent, openReceipt: absent },
  arrivals: { listArrivals: absent, matchDue: absent, assign: absent },
  settlements: { drawBatch: absent, listBatches: absent, proposeBatch: absent, decideBatch: absent, carryOut: absent },
  periods: { listPeriods: absent, readPeriod: absent, proposeClose: absent, decideClose: absent },
  quickPay: { searchAgreements: absent, readAgreement: absent, unbindForHolder: absent, listLockedPasswords: absent, unlockPassword: absent },
  queue: { wake: absent, sinks: absent },
  tasks: { list: absent, listRuns: absent, runNow: absent, setEnabled: absent },
  plugins: { list: absent, reload: absent, deactivate: absent, activate: absent },
  parameters: { list: absent },
  packages: { list: absent, trustList: absent, merchants: [], receive: absent },
  changes: { request: absent, list: absent, decide: absent, carryOut: absent },
  serverCertificate: { read: absent, request: absent, takeAnswer: absent, upload: absent, goBack: absent, root: absent },
  certificates: { alarmDays: [], list: absent, history: absent, alarms: absent, openAlarms: absent, checkNow: absent, confirm: absent },
  alarms: { rules: [], problems: absent, readings: absent, mutes: absent, channels: absent, history: absent, trend: absent, acknowledge: absent, mute: absent, endMute: absent, test: absent },
  auditCollectors: () => [],
  rotations: { subjects: absent, list: absent, rehearse: absent },
  terminals: { list: absent, register: absent, offerClaim: absent, revoke: absent, place: absent, movesMoney: absent, askRotation: absent, enrolment: { waiting: absent, find: absent, approve: absent, reject: absent } },
  fleet: {
    campuses: [],
    groups: { list: absent, add: absent, rename: absent, remove: absent, isKnown: absent },
    configuration: { layers: absent, change: absent, preview: absent, desiredOf: absent, explain: absent, groupRemoved: absent },
    notices: { list: absent, issue: absent, withdraw: absent },
    watch: { listAlarms: absent, listFaults: absent, answerMoved: absent },
  },
  dictionaries: { states: absent, reload: absent },
  wallboard: { read: absent },
  displays: { list: absent, add: absent, withdraw: absent, letIn: absent },
  positions: { list: absent, put: absent },
  savedViews: { list: absent, add: absent, change: absent, remove: absent, listSharedWith: absent, listShared: absent, share: absent, withdraw: absent },
  eventStreams: { open: absent },
  work: { during: absent, begin: absent, list: absent, listOf: absent, cancel: absent },
  hisDoctor: { latest: absent, begin: absent, cancel: absent },
  backups: { take: absent, prove: absent, list: absent, health: absent, targets: absent, continuous: absent, recipients: [], keep: { daily: 0, weekly: 0, monthly: 0 }, fence: undefined },
  system: { read: absent, lastChecks: absent, disk: absent, releaseBallast: absent },
  updates: { read: absent, receive: absent, lookAtDrive: absent, takeFromDrive: absent, lookAtMirror: absent, takeFromMirror: absent, discard: absent },
  support: { read: absent, collect: absent, download: absent },
  setup: { read: absent, skip: absent, resume: absent, measureClock: absent, testConnection: absent, beginSelfTest: absent, findSelfTest: absent, cancelSelfTest: absent, goLive: absent },
  applications: { list: absent, disable: absent },
  audit: { canRecord: absent, record: absent, verify: absent },
  auditEvents: { last: absent, read: absent },
  clock: { now: absent },
  hospitalName: '',
  version: '',
  secureCookies: true,
};
