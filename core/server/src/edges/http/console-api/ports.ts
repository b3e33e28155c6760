/** What the console needs from the rest of the house. The composition injects it; tests give real stores and in-process guests. */
import type { Static } from 'typebox';
import type { AlarmDesk } from '../../../alarms/ports.js';
import type { AuditTrail } from '../../../domain/audit.js';
import type { Outcome } from '../../../domain/errors.js';
import type { Log } from '../../../domain/log.js';
import type { Clock, RandomSource, Timers } from '../../../domain/time.js';
import type { CredentialAlarm, CredentialEvent, Rotation, RotationSubject, StoredCredential } from '../../../monitoring/ports.js';
import type { ServedTls } from '../http-kit/start-http-server.js';
import type { AuditStore, CollectorView } from '../../../operations/ports.js';
import type { ServerCertificateDesk } from '../../../server-certificate/ports.js';
import type { MissedPolicy, TaskRun } from '../../../tasks/ports.js';
import type {
  ConfigurationAnnouncements, ConfigurationChange, ConfigurationLayer, ConfigurationPreview, ConfiguredTerminal, ExplainedValue, NewNotice, Notice, PositionDesk, StoredFault, TerminalAlarm, TerminalGroup, TerminalState,
} from '../../../fleet/ports.js';
import type { EnrolmentDesk, OfferedClaim, TerminalPlace } from '../../../terminals/ports.js';
import type { AccountWatch, ConsoleUsers, FirstLogin, Passkeys, SecondFactor } from '../../../users/ports.js';
import type { RefundDesk } from '../../../approvals/ports.js';
import type { ChangeDesk } from '../../../changes/ports.js';
import type { ArrivalDesk, PeriodDesk, SettlementDesk } from '../../../settlement/ports.js';
import type { PayoutDesk, ReceiptDesk } from '../../../payouts/ports.js';
import type { QuickPayOffice } from '../../../quick-pay/ports.js';
import type { SinkView } from '../../../event-sinks/ports.js';
import type { JobKind } from '../../../domain/order-change.js';
import type { EventStreams } from './event-streams.js';
import type { QueueOnScreen } from './queue-schemas.js';
import type { BackupDesk, SystemDesk } from '../../../backups/ports.js';
import type { SupportDesk } from '../../../support/ports.js';
import type { UpdateDesk } from '../../../updates/ports.js';
import type { CaseDesk } from '../../../cases/ports.js';
import type { PrepaymentDesk } from '../../../prepayment/ports.js';
import type { ReconciliationDesk, RunningDesk } from '../../../reconciliation/ports.js';
import type { ReportDesk } from '../../../reports/ports.js';
import type { MerchantDesk } from '../../../merchants/ports.js';
import type { StatementFileDesk } from '../../../statement-files/ports.js';
import type { PlainOfMoney, RevealDesk, RevealKind } from '../../../reveals/ports.js';
import type { HandTransferDesk } from '../../../hand-transfers/ports.js';
import type { NumberedFormDesk } from '../../../numbered-forms/ports.js';
import type { ShiftDesk } from '../../../shifts/ports.js';
import type { SavedViewDesk } from '../../../saved-views/ports.js';
import type { DisplayDesk, WallboardView } from '../../../wallboard/ports.js';
import type { RegisteredApplication } from '../../../applications/ports.js';
import type { SetupDesk } from '../../../setup/ports.js';
import type { EventHub } from '../../../live-events/ports.js';
import type { WorkBoard } from '../../../running-work/ports.js';
import type { HisDoctor } from '../../../his-doctor/ports.js';
import type { WindowDesk } from '../../../window-desk/ports.js';
import type { ParameterListSchema } from './parameter-schemas.js';
import type {
  AccountListSchema, CaseFilterSchema, CasePageSchema, HisNoticeFilterSchema, HisNoticePageSchema, JournalFilterSchema, JournalPageSchema, MoneyOverviewSchema, OpenItemListSchema, OrderDetailSchema,
  OrderFilterSchema, OrderPageSchema,
} from './schemas.js';

export type OrderFilter = Static<typeof OrderFilterSchema>;
export type OrderPage = Static<typeof OrderPageSchema>;
export type OrderDetail = Static<typeof OrderDetailSchema>;
export type TimelineItem = OrderDetail['timeline'][number];
export type CaseFilter = Static<typeof CaseFilterSchema>;
export type CasePage = Static<typeof CasePageSchema>;
export type HisNoticeFilter = Static<typeof HisNoticeFilterSchema>;
export type HisNoticePage = Static<typeof HisNoticePageSchema>;
export type ParameterList = Static<typeof ParameterListSchema>;
export type AccountList = Static<typeof AccountListSchema>;
export type OpenItemList = Static<typeof OpenItemListSchema>;
export type JournalFilter = Static<typeof JournalFilterSchema>;
export type { QueueOnScreen } from './queue-schemas.js';
export type JournalPage = Static<typeof JournalPageSchema>;
export type MoneyOverview = Static<typeof MoneyOverviewSchema>;

/** How much waits for one person's approval, by what it is, and how many cases are open. */
export type WaitingFor = { readonly refunds: number; readonly payouts: number; readonly settlements: number; readonly prepayment: number; readonly transfers: number; readonly cases: number };

/** Reads the money database for screens and never writes it. */
export type MoneyReader = {
  overview(now: Date): Promise<MoneyOverview>;
  /** Undefined: `after` is not a mark this reader gave out. */
  listOrders(filter: OrderFilter): Promise<OrderPage | undefined>;
  findOrder(tradeNo: string): Promise<OrderDetail | undefined>;
  listCases(filter: CaseFilter): Promise<CasePage>;
  listHisNotices(filter: HisNoticeFilter): Promise<HisNoticePage>;
  listAccounts(): Promise<AccountList>;
  /** What of an account has not returned to zero yet, oldest first. */
  listOpenItems(accountId: number): Promise<OpenItemList>;
  listJournals(filter: JournalFilter): Promise<JournalPage>;
  /** Nothing that is his own proposal. */
  countWaiting(request: { readonly login: string; readonly now: Date }): Promise<WaitingFor>;
  /** What the outbox has still to do. */
  listQueue(now: Date): Promise<QueueOnScreen>;
  /** What of one object is shown masked, plain: for a reveal alone. Undefined: there is none. */
  readPlain(of: { readonly kind: Exclude<RevealKind, 'cardAgreement'>; readonly id: string }): Promise<PlainOfMoney | undefined>;
};

/** The task scheduler and its rows. */
export type TaskDesk = {
  list(): Promise<readonly { readonly name: string; readonly rule: string; readonly missed: MissedPolicy; readonly enabled: boolean; readonly running: boolean; readonly next: Date | undefined; readonly last: TaskRun | undefined }[]>;
  listRuns(filter: { readonly task?: string; readonly limit: number }): Promise<readonly TaskRun[]>;
  runNow(name: string): Promise<{ readonly kind: 'started'; readonly finished: Promise<void> } | { readonly kind: 'refused'; readonly reason: 'unknown' | 'running' | 'stopped' }>;
  setEnabled(name: string, enabled: boolean): Promise<boolean>;
};

export type PluginInstance = {
  readonly id: string; readonly plugin: string; readonly version: string | undefined; readonly kind: 'channel' | 'hospitalAdapter' | 'bankLink' | 'report' | undefined; readonly state: string;
  readonly reason: string | undefined; readonly since: string; readonly inFlight: number;
};
export type PluginPackage = { readonly folder: string; readonly id: string | undefined; readonly version: string | undefined; readonly title: { readonly zh: string; readonly en: string } | undefined; readonly refused: string | undefined };
/** The plugin host. `activate` starts a configured instance again; undefined when the configuration knows none of that id. */
export type PluginDesk = {
  list(): { readonly packages: readonly PluginPackage[]; readonly instances: readonly PluginInstance[] };
  reload(id: string): Promise<{ readonly kind: 'reloaded'; readonly instance: PluginInstance } | { readonly kind: 'kept'; readonly reason: string }>;
  deactivate(id: string): Promise<PluginInstance | undefined>;
  activate(id: string): Promise<PluginInstance | undefined>;
};

export type CapabilityChangeOnScreen = { readonly capability: string; readonly before: string; readonly after: string; readonly grows: boolean };
/** A package that was looked at; nothing of it has run. `settingsSchema`: JSON schema of the settings form. */
export type ReceivedPackage = {
  readonly hash: string; readonly id: string; readonly version: string; readonly titleZh: string; readonly titleEn: string; readonly publisher: string;
  readonly signers: readonly { readonly keyId: string; readonly publisher: string }[]; readonly tier: 'bronze' | 'silver'; readonly replaces: string | undefined;
  readonly capabilityChanges: readonly CapabilityChangeOnScreen[]; readonly settingsSchema: object;
};
export type PackageVersion = { readonly hash: string; readonly version: string; readonly publisher: string; readonly signers: readonly string[]; readonly since: string };
export type InstalledPlugin = { readonly id: string; readonly current: PackageVersion; readonly previous: PackageVersion | undefined; readonly instances: readonly string[]; readonly refused: string | undefined };
export type TrustListOnScreen = { readonly serial: number; readonly issuedAt: string; readonly publishers: readonly { readonly keyId: string; readonly publisher: string }[]; readonly withdrawnKeys: number; readonly withdrawnPackages: number };
/** Plugin packages as they are; changing them is a change that others approve. */
export type PackageDesk = {
  list(): readonly InstalledPlugin[];
  trustList(): TrustListOnScreen;
  /** The hospital's merchant numbers. */
  readonly merchants: readonly string[];
  receive(bytes: Uint8Array): Promise<Outcome<ReceivedPackage>>;
};

export type TerminalOnScreen = {
  readonly id: string; readonly kind: string; readonly title: string; readonly campus: string | undefined; readonly group: string | undefined; readonly status: 'unclaimed' | 'active' | 'disabled';
  readonly online: boolean; readonly since: Date | undefined; readonly lastSeenAt: Date | undefined; readonly address: string | undefined; readonly state: TerminalState | undefined; readonly keySince: Date | undefined;
  readonly rotation: 'none' | 'asked' | 'overlap';
  readonly configuration: { readonly state: 'none' | 'current' | 'behind' | 'failed'; readonly desiredVersion: number | undefined };
  readonly faults: readonly StoredFault[]; readonly alarms: readonly TerminalAlarm[];
};
export type TerminalsOnScreen = {
  list(): Promise<readonly TerminalOnScreen[]>;
  /** False: the id exists. */
  register(terminal: { readonly id: string; readonly kind: string; readonly title: string; readonly campus?: string; readonly group?: string }): Promise<boolean>;
  offerClaim(id: string): Promise<Outcome<OfferedClaim>>;
  /** False: there is none. */
  revoke(id: string): Promise<boolean>;
  /** False: there is none. */
  place(id: string, place: TerminalPlace & { readonly title: string }): Promise<boolean>;
  /** Whether money goes another way when a terminal moves so: then others approve it. */
  movesMoney(before: TerminalPlace, after: TerminalPlace): boolean;
  askRotation(id: string): Promise<Outcome<{ readonly askedAt: Date }>>;
  readonly enrolment: Pick<EnrolmentDesk, 'waiting' | 'find' | 'approve' | 'reject'>;
};
/** Groups, configuration and notices of terminals, and what is wrong with them. */
export type FleetOnScreen = {
  readonly campuses: readonly { readonly id: string; readonly name: string }[];
  readonly groups: {
    list(): Promise<readonly TerminalGroup[]>;
    add(group: TerminalGroup, by: string): Promise<Outcome<TerminalGroup>>;
    rename(group: TerminalGroup, by: string): Promise<Outcome<TerminalGroup>>;
    remove(id: string, by: string): Promise<Outcome<{ readonly id: string }>>;
    isKnown(id: string): Promise<boolean>;
  };
  readonly configuration: Pick<ConfigurationAnnouncements, 'desiredOf'> & {
    layers(): readonly ConfigurationLayer[];
    change(request: ConfigurationChange & { readonly by: string }): Promise<Outcome<ConfigurationLayer>>;
    preview(request: ConfigurationChange, terminals: readonly ConfiguredTerminal[]): Promise<Outcome<ConfigurationPreview>>;
    explain(terminal: ConfiguredTerminal): readonly ExplainedValue[];
    groupRemoved(): Promise<void>;
  };
  readonly notices: {
    list(): Promise<readonly Notice[]>;
    issue(notice: NewNotice, by: string): Promise<Outcome<Notice>>;
    withdraw(noticeId: string, act: { readonly by: string; readonly reason: string }): Promise<Outcome<Notice>>;
  };
  readonly watch: {
    listAlarms(): Promise<readonly TerminalAlarm[]>;
    listFaults(id: string): Promise<readonly StoredFault[]>;
    answerMoved(id: number, answer: { readonly by: string; readonly reason: string }): Promise<Outcome<TerminalAlarm>>;
  };
};

export type DictionaryOnScreen = { readonly name: string; readonly entries: number; readonly loadedAt: Date | undefined; readonly ageSeconds: number | undefined; readonly stale: boolean; readonly problem: string | undefined };
export type DictionaryDesk = { states(): Promise<readonly DictionaryOnScreen[]>; reload(name: string): Promise<DictionaryOnScreen | undefined> };

/** The certificate watch: what it knows, what is wrong. */
export type CertificateDesk = {
  readonly alarmDays: readonly number[];
  list(): Promise<readonly StoredCredential[]>;
  history(of: { readonly owner: string; readonly name: string }): Promise<readonly CredentialEvent[]>;
  /** Open and ended ones, newest first. */
  alarms(): Promise<readonly CredentialAlarm[]>;
  openAlarms(): Promise<readonly CredentialAlarm[]>;
  checkNow(): Promise<{ readonly credentials: number; readonly raised: number; readonly resolved: number; readonly open: number }>;
  confirm(id: number, by: string): Promise<Outcome<CredentialAlarm>>;
};
export type RotationDesk = {
  subjects(): Promise<readonly RotationSubject[]>;
  list(): Promise<readonly Rotation[]>;
  rehearse(request: { readonly instance: string; readonly changes: readonly { readonly path: string; readonly value?: string }[]; readonly by: string }): Promise<Outcome<Rotation>>;
};

export type AuditDesk = AuditTrail & { /** False while an act could not be written down. */ canRecord(): Promise<boolean>; verify(): Promise<{ readonly rows: number; readonly findings: readonly { readonly kind: string }[] }> };

/** Everything the console API calls. */
export type ConsoleUseCases = {
  readonly users: ConsoleUsers;
  readonly firstLogin: FirstLogin;
  readonly secondFactor: SecondFactor;
  readonly passkeys: Passkeys;
  /** 账号安全. */
  readonly accountWatch: AccountWatch;
  /** 三员分立. */
  readonly isSeparated: () => boolean;
  readonly money: MoneyReader;
  /** Refunds, and their approvals. */
  readonly refunds: RefundDesk;
  /** Every order the HIS said it booked in the time is asked about again. How many. */
  checkBookings(time: { readonly from: Date; readonly to: Date }): Promise<number>;
  /** Tills and card terminals. */
  readonly windowDesk: Pick<WindowDesk, 'readTillDays' | 'cashChannels' | 'openTill' | 'listCardTerminals' | 'operateCardTerminal' | 'findCardTerminalOperation'>;
  /** Shifts and counted cash. */
  readonly shifts: ShiftDesk;
  /** Numbered forms: the store, the register, and making numbers void. */
  readonly forms: Pick<NumberedFormDesk, 'registerForms' | 'handOutForms' | 'returnForms' | 'listFormBatches' | 'listFormRuns' | 'listFormNumbers' | 'confirmForm' | 'voidForm'>;
  readonly prepayment: PrepaymentDesk;
  readonly transfers: HandTransferDesk;
  /** Payouts through the bank link, and what its statements say. */
  readonly payouts: Omit<PayoutDesk, 'importDue'>;
  readonly receipts: Omit<ReceiptDesk, 'fetchDue'>;
  /** What comes to the hospital's accounts. */
  readonly arrivals: ArrivalDesk;
  /** What arrived by campus, and the moves that follow. */
  readonly settlements: SettlementDesk;
  /** Closing months. */
  readonly periods: PeriodDesk;
  readonly quickPay: QuickPayOffice;
  readonly cases: CaseDesk;
  /** 脱敏数据查看. */
  readonly reveals: RevealDesk;
  readonly reconciliation: Pick<ReconciliationDesk, 'runDay' | 'listDays' | 'listDifferences' | 'uploadStatement' | 'uploadable'>;
  readonly running: Pick<RunningDesk, 'listChecks'>;
  readonly reports: Pick<ReportDesk, 'list' | 'read' | 'startExport' | 'listExports' | 'cancelExport' | 'openExport'>;
  readonly statementFiles: Pick<StatementFileDesk, 'list' | 'openFor'>;
  /** 商户管理控制台. */
  readonly merchants: MerchantDesk;
  readonly tasks: TaskDesk;
  /** Moves the due time of waiting work to now; how much of it. What runs is left alone. */
  readonly queue: { wake(request: { readonly kind: JobKind; readonly subject: string | undefined; readonly now: Date }): Promise<number>; /** Brokers of the hospital that are told of events. */ sinks(): readonly SinkView[] };
  readonly plugins: PluginDesk;
  /** 参数管理. */
  readonly parameters: { list(): Promise<ParameterList> };
  readonly packages: PackageDesk;
  /** 变更申请. */
  readonly changes: Omit<ChangeDesk, 'resume' | 'expireOld'>;
  readonly certificates: CertificateDesk;
  /** 服务器证书. */
  readonly serverCertificate: ServerCertificateDesk;
  readonly rotations: RotationDesk;
  readonly alarms: AlarmDesk;
  /** Who keeps copies of the audit log, and how far they have come. */
  readonly auditCollectors: () => readonly CollectorView[];
  readonly terminals: TerminalsOnScreen;
  readonly fleet: FleetOnScreen;
  readonly dictionaries: DictionaryDesk;
  readonly audit: AuditDesk;
  readonly auditEvents: Pick<AuditStore, 'last' | 'read'>;
};

export type ConsoleApiPorts = ConsoleUseCases & {
  /** 实时推送, one per window of the console. */
  readonly eventStreams: Pick<EventStreams, 'open'>;
  /** 进行中的工作. */
  readonly work: WorkBoard;
  /** 监控大屏, and the screens that may show it. */
  readonly wallboard: { read(): Promise<WallboardView> };
  readonly displays: DisplayDesk;
  readonly savedViews: SavedViewDesk;
  readonly positions: PositionDesk;
  readonly hisDoctor: HisDoctor;
  /** 备份与系统. */
  readonly backups: Omit<BackupDesk, 'start' | 'provedAt' | 'cleaned'>;
  readonly system: SystemDesk;
  /** 系统更新. */
  readonly updates: Pick<UpdateDesk, 'read' | 'receive' | 'lookAtDrive' | 'takeFromDrive' | 'lookAtMirror' | 'takeFromMirror' | 'discard'>;
  /** 支持包. */
  readonly support: Pick<SupportDesk, 'read' | 'collect' | 'download'>;
  /** 首次开通. */
  readonly setup: Omit<SetupDesk, 'examined'>;
  readonly applications: { list(): Promise<readonly RegisteredApplication[]>; /** False: there is none. */ disable(id: string): Promise<boolean> };
  readonly clock: Clock;
  readonly hospitalName: string;
  readonly version: string;
  /** True when browsers reach the console over TLS: the cookie then never travels without it. */
  readonly secureCookies: boolean;
};

/** What `startConsole` needs. */
export type ConsolePorts = Omit<ConsoleApiPorts, 'eventStreams'> & {
  readonly liveEvents: EventHub;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Absent: plain HTTP. */
  readonly tls?: ServedTls;
  /** The built console: `core/console/dist`. */
  readonly staticFolder: string;
  readonly log: Log;
  readonly timers: Timers;
  readonly random: RandomSource;
  /** In tests: told when an answer is not what its route declares. */
  /** Networks the console answers; absent or empty: all. */
  readonly allowedAddresses?: readonly string[];
  readonly onUndeclaredAnswer?: (operationId: string, what: string) => void;
};
