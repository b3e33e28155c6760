/** The shapes of the console API: they check what comes in, describe what goes out, and are what the console's client types are written from. */
import { REFUND_APPROVAL_STATES } from '../../../domain/refund-approval.js';
import { HIS_NOTICE_KINDS } from '@hospay/plugin-sdk';
import { Type, type TSchema } from 'typebox';
import { CONFIRMATION_STATES } from '../../../domain/confirmation-states.js';
import { HIS_NOTICE_STATES } from '../../../domain/his-notice-states.js';
import { INVOICE_STATES } from '../../../domain/invoice-states.js';
import { CASE_KINDS } from '../../../domain/order-change.js';
import { REFUND_CAUSES } from '../../../domain/order.js';
import { PAYMENT_STATES } from '../../../domain/payment-states.js';
import { REFUND_STATES } from '../../../domain/refund-states.js';
import { TASK_RUN_CAUSES, TASK_RUN_STATES } from '../../../tasks/ports.js';
import { ENTRY_STEPS, LOGIN_PATTERN, REFUSAL_REASONS, RIGHTS, ROLES } from '../../../users/ports.js';
import { BilingualSchema } from './bilingual-schema.js';
import { ReasonSchema } from './change-schemas.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const closed = { additionalProperties: false } as const;
const Text = Type.String();
const Instant = Type.String({ description: 'RFC 3339, UTC' });
const Fen = Type.Integer({ description: '整数分 / Integer fen' });
const Count = Type.Integer({ minimum: 0 });
const Maybe = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema);

const Exact = Type.String({ minLength: 1, maxLength: 64, pattern: '^[^\\u0000-\\u001f]+$' });
export const DaySchema = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: '北京日 / Beijing day, yyyy-MM-dd' });
const Limit = Type.Integer({ minimum: 1, maximum: 200 });
export const TradeNoSchema = Type.String({ minLength: 6, maxLength: 32, pattern: '^[0-9A-Za-z]+$' });
/** As configuration names things: instances, tasks, terminals. */
const Id = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64 });
const DisplayName = Type.String({ minLength: 1, maxLength: 50, pattern: '\\S' });
/** 收费员工号. */
const OperatorId = Type.String({ pattern: '^[0-9A-Za-z_.-]{1,64}$', description: '收费员工号 / The staff number used at windows' });
/** 商户号. */
const MerchantNo = Type.String({ minLength: 1, maxLength: 64, description: '仅商户角色：只看该商户号 / With the role merchant only: the one merchant number he sees' });
const Password = Type.String({ minLength: 1, maxLength: 128 });

// ── Signing in ──
export const ConsoleStateSchema = Type.Object({ hospitalName: Text, version: Text, now: Instant, firstLogin: Type.Boolean({ description: 'no user yet: the first-login code makes one' }), separatedDuties: Type.Boolean({ description: '三员分立 / duties are separated here' }), passkeys: Type.Boolean({ description: '可用通行密钥登录 / passkeys sign in here' }), fenced: Type.Boolean({ description: '由备份恢复，处于隔离状态 / made of a backup, and fenced' }) }, named('ConsoleState'));
export const SignInSchema = Type.Object({ login: Type.String({ minLength: 1, maxLength: 64 }), password: Password }, named('SignIn'));
const Colleague = Type.Object({ login: Type.String({ minLength: 1, maxLength: 64 }), displayName: DisplayName }, closed);
export const FirstLoginSchema = Type.Object({ code: Type.String({ minLength: 1, maxLength: 40 }), login: Type.String({ minLength: 1, maxLength: 64 }), displayName: DisplayName, password: Password, others: Maybe(Type.Object({ system: Colleague, audit: Colleague }, closed)) }, named('FirstLogin'));
/** Spread into what tells a new session and something beside it, once. */
export const SESSION = {
    login: Text, displayName: Text, operatorId: Maybe(Text), merchantNo: Maybe(Text), roles: Type.Array(Type.Enum(ROLES)), rights: Type.Array(Type.Enum(RIGHTS)), mustChangePassword: Type.Boolean(),
  entryStep: Maybe(Type.Enum(ENTRY_STEPS, { description: '登录还差的一步；无则已完全登录 / what is missing before any right; absent: all the way in' })), hasSecondFactor: Type.Boolean(),
  csrfToken: Type.String({ description: 'every write repeats it as x-csrf-token' }), idleSeconds: Count,
};
export const SessionSchema = Type.Object(SESSION, named('Session'));
export const FirstSessionSchema = Type.Object(
  { ...SESSION, colleagues: Type.Array(Type.Object({ login: Text, displayName: Text, role: Type.Enum(ROLES), password: Text, enrolmentCode: Text }, closed), { description: '只显示一次 / told once: first password, and the code to set a second factor up with' }) },
  named('FirstSession'),
);
export const PasswordChangeSchema = Type.Object({ current: Password, next: Password }, named('PasswordChange'));

// ── Orders ──
export const OrderFilterSchema = Type.Object(
  {
    fromDay: Maybe(DaySchema), toDay: Maybe(DaySchema), tradeNo: Maybe(Exact), paymentNo: Maybe(Exact), channelTradeNo: Maybe(Exact), patientId: Maybe(Exact),
    paymentState: Maybe(Type.Enum(PAYMENT_STATES)), confirmation: Maybe(Type.Enum(CONFIRMATION_STATES)), channel: Maybe(Exact),
    refund: Maybe(Type.Enum(['any', 'inFlight'] as const)),
    after: Maybe(Type.String({ maxLength: 128, description: '`next` of the page before' })), limit: Maybe(Limit),
  },
  closed,
);
const OwnerSchema = Type.Object({ kind: Type.Enum(['terminal', 'application'] as const), id: Text }, named('Owner'));
export const OrderRowSchema = Type.Object(
  {
    tradeNo: Text, createdAt: Instant, patientLabel: Text, description: Text, amountFen: Fen, owner: OwnerSchema, confirmation: Type.Enum(CONFIRMATION_STATES),
    payment: Maybe(Type.Object({ paymentNo: Text, channel: Text, method: Text, state: Type.Enum(PAYMENT_STATES), paidAt: Maybe(Instant) }, closed)),
    refundedFen: Fen, refundingFen: Fen, openCases: Count,
  },
  named('OrderRow'),
);
export const OrderPageSchema = Type.Object(
  { orders: Type.Array(OrderRowSchema), next: Maybe(Text), searchedTo: Maybe(Type.String({ description: '未满一页：已查到此时，用 next 继续查更早的 / Less than a page: looked for back to here; next goes on' })) },
  named('OrderPage'),
);

const PaymentSchema = Type.Object(
  {
    paymentNo: Text, channel: Text, merchantNo: Text, method: Text, amountFen: Fen, state: Type.Enum(PAYMENT_STATES), submittedAt: Instant, expiresAt: Instant, attempts: Count,
    refundableFen: Fen, insuranceSplit: Maybe(Type.Object({ fundFen: Fen, accountFen: Fen }, closed)), channelTradeNo: Maybe(Text), paidAt: Maybe(Instant), fundingSource: Maybe(Text), billDay: Maybe(Text), lastNews: Maybe(BilingualSchema),
  },
  named('PaymentDetail'),
);
const RefundSchema = Type.Object(
  {
    refundNo: Text, paymentNo: Text, refundFen: Fen, state: Type.Enum(REFUND_STATES), cause: Type.Enum(REFUND_CAUSES), reason: Text, requestedBy: Text, requestedAt: Instant,
    needsHisApproval: Type.Boolean(), attempts: Count, hisRefundNo: Maybe(Text), channelRefundNo: Maybe(Text), refundedAt: Maybe(Instant), replaces: Maybe(Text), lastNews: Maybe(BilingualSchema),
  },
  named('RefundDetail'),
);
const InvoiceSchema = Type.Object(
  {
    invoiceRequestNo: Text, amountFen: Fen, state: Type.Enum(INVOICE_STATES), requestedAt: Instant, invoiceCode: Maybe(Text), invoiceNo: Maybe(Text), checkCode: Maybe(Text), issuedAt: Maybe(Instant),
    refundNo: Maybe(Text), redInvoiceCode: Maybe(Text), redInvoiceNo: Maybe(Text), lastNews: Maybe(BilingualSchema),
  },
  named('InvoiceDetail'),
);
export const EntrySchema = Type.Object(
  { line: Count, account: Text, code: Text, titleZh: Text, titleEn: Text, side: Type.Enum(['debit', 'credit'] as const), amountFen: Fen, phase: Type.Enum(['pending', 'voided', 'final'] as const), clearKey: Text },
  named('LedgerEntry'),
);
const journal = {
  seq: Count, at: Instant, acctDate: Text, bizType: Text, bizId: Text, step: Text, tradeNo: Text, causeKind: Text, causeId: Text, totalFen: Fen, hash: Text, entries: Type.Array(EntrySchema),
} as const;
export const JournalSchema = Type.Object(journal, named('Journal'));
const TimelineEventSchema = Type.Object(
  { kind: Type.Literal('event'), at: Instant, axis: Type.Enum(['payment', 'confirmation', 'refund', 'presettlement', 'discharge', 'invoice'] as const), subject: Text, from: Maybe(Text), to: Text, trigger: Text, causeKind: Text, causeId: Text, version: Count },
  named('TimelineEvent'),
);
const TimelineFactSchema = Type.Object(
  { kind: Type.Literal('fact'), at: Instant, factKind: Text, source: Text, sourceId: Text, body: Type.Unknown({ description: '脱敏 / Redacted' }) },
  named('TimelineFact'),
);
const TimelineJournalSchema = Type.Object({ kind: Type.Literal('journal'), ...journal }, named('TimelineJournal'));
const TimelineCaseSchema = Type.Object(
  { kind: Type.Literal('case'), at: Instant, what: Type.Enum(['opened', 'resolved'] as const), caseKind: Type.Enum(CASE_KINDS), subject: Text, severity: Count, detail: BilingualSchema },
  named('TimelineCase'),
);
export const TimelineItemSchema = Type.Union([TimelineEventSchema, TimelineFactSchema, TimelineJournalSchema, TimelineCaseSchema], { title: 'TimelineItem' });
export const OrderDetailSchema = Type.Object(
  {
    tradeNo: Text, version: Count, createdAt: Instant, hospitalId: Text, merchantId: Text, owner: OwnerSchema, patientId: Type.String({ description: '脱敏 / Masked' }), patientLabel: Text, billNos: Type.Array(Text),
    hisQuoteNo: Text, description: Text, totalFen: Fen, fundFen: Fen, personalAccountFen: Fen, amountFen: Fen, roundingFen: Maybe(Type.Integer({ description: '四舍五入（分，可为负） / What the HIS rounded by, signed' })), presettlementNo: Maybe(Text),
    confirmation: Type.Object(
      { state: Type.Enum(CONFIRMATION_STATES), attempts: Count, settlementNo: Maybe(Text), receiptNo: Maybe(Text), pickupWindow: Maybe(Text), guide: Maybe(Text), confirmedAt: Maybe(Instant), hisDay: Maybe(Text), receiptPrintedAt: Maybe(Instant) },
      closed,
    ),
    payments: Type.Array(PaymentSchema), refunds: Type.Array(RefundSchema), invoices: Type.Array(InvoiceSchema), refundableFen: Fen, timeline: Type.Array(TimelineItemSchema),
  },
  named('OrderDetail'),
);
export const RefundRequestSchema = Type.Object(
  { refundFen: Maybe(Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: '不填为全部可退金额 / Absent: all that is left' })), reason: Type.String({ minLength: 2, maxLength: 80, pattern: '\\S' }), operatorId: Maybe(OperatorId) },
  named('RefundRequest'),
);
export const BookingCheckSchema = Type.Object({ from: Instant, to: Instant, reason: Type.String({ minLength: 2, maxLength: 80, pattern: '\\S' }) }, named('BookingCheck'));
export const BookingCheckAnswerSchema = Type.Object({ orders: Count }, named('BookingCheckAnswer'));
export const RefundApprovalSchema = Type.Object(
  {
    approvalNo: Text, tradeNo: Text, refundFen: Fen, reason: Text, operatorId: Maybe(Text), levels: Type.Integer({ minimum: 1, maximum: 2, description: '须几人审批 / How many others approve' }), state: Type.Enum(REFUND_APPROVAL_STATES), hash: Text, proposedBy: Text, proposedAt: Instant, expiresAt: Instant,
    firstApprovedBy: Maybe(Text), decidedBy: Maybe(Text), decidedAt: Maybe(Instant), refundNo: Maybe(Text),
  },
  named('RefundApproval'),
);
export const RefundAcceptedSchema = Type.Object({ refundNo: Maybe(Text), refundFen: Fen, state: Maybe(Type.Enum(REFUND_STATES)), approval: Maybe(RefundApprovalSchema) }, named('RefundAccepted'));

// ── Overview, cases, ledger ──
export const CaseSchema = Type.Object(
  { id: Count, kind: Type.Enum(CASE_KINDS), subject: Text, tradeNo: Maybe(Text), severity: Count, detail: BilingualSchema, openedAt: Instant, resolvedAt: Maybe(Instant), dueAt: Instant, owner: Maybe(Text), isProposed: Maybe(Type.Boolean()) },
  named('Case'),
);
export const CaseFilterSchema = Type.Object({ state: Type.Enum(['open', 'resolved'] as const), before: Maybe(Type.Integer({ minimum: 1 })), limit: Maybe(Limit) }, closed);
export const CasePageSchema = Type.Object({ cases: Type.Array(CaseSchema), next: Maybe(Count) }, named('CasePage'));
export const HisNoticeSchema = Type.Object(
  {
    seq: Count, noticeId: Text, adapter: Text, kind: Type.Enum(HIS_NOTICE_KINDS), noticeNo: Text, state: Type.Enum(HIS_NOTICE_STATES), receivedAt: Instant, endedAt: Maybe(Instant), repeats: Count,
    values: Type.Array(Type.Object({ name: Text, value: Text }, closed), { description: '不含患者信息 / Nothing about the patient' }), isAboutPatient: Type.Boolean({ description: '另有患者信息，须查看 / It also says who the patient is, for a reveal' }), news: Maybe(BilingualSchema),
    error: Maybe(Type.Object({ code: Text, zh: Text, en: Text, nextZh: Text, nextEn: Text }, closed)), tradeNos: Type.Array(Text, { maxItems: 20, description: '涉及的平台订单 / Orders of ours it is about' }),
  },
  named('HisNotice'),
);
export const HisNoticeFilterSchema = Type.Object({ state: Maybe(Type.Enum(HIS_NOTICE_STATES)), kind: Maybe(Type.Enum(HIS_NOTICE_KINDS)), number: Maybe(Type.String({ minLength: 1, maxLength: 64, description: '医院推送编号或平台记录号 / Its number at the HIS, or ours' })), before: Maybe(Type.Integer({ minimum: 1 })), limit: Maybe(Limit) }, closed);
export const HisNoticePageSchema = Type.Object({ notices: Type.Array(HisNoticeSchema), next: Maybe(Count) }, named('HisNoticePage'));
/** One row per channel, and one more for the digital yuan it carried. */
export const ChannelDaySchema = Type.Object({ channel: Text, isECny: Type.Boolean(), paidCount: Count, paidFen: Fen, refundedCount: Count, refundedFen: Fen }, named('ChannelDay'));
const UnknownPaymentSchema = Type.Object({ tradeNo: Text, paymentNo: Text, channel: Text, amountFen: Fen, submittedAt: Instant, attempts: Count }, named('UnknownPayment'));
export const MoneyOverviewSchema = Type.Object(
  {
    day: Text, channels: Type.Array(ChannelDaySchema), paidCount: Count, paidFen: Fen, refundedCount: Count, refundedFen: Fen, hours: Type.Array(Type.Object({ hour: Count, paidCount: Count, paidFen: Fen }, closed)),
    unknownPayments: Type.Object({ count: Count, oldest: Type.Array(UnknownPaymentSchema) }, closed),
    unconfirmed: Type.Object({ count: Count, amountFen: Fen }, closed),
    refundsInFlight: Type.Object({ count: Count, amountFen: Fen }, closed),
    cases: Type.Object({ count: Count, urgent: Count, newest: Type.Array(CaseSchema) }, closed),
  },
  named('MoneyOverview'),
);
const Problem = Type.Object({ kind: Type.Enum(['plugin', 'terminal', 'task', 'dictionary', 'credential'] as const), id: Text, state: Text, detail: Maybe(BilingualSchema) }, named('MachineProblem'));
export const OverviewSchema = Type.Object(
  {
    money: MoneyOverviewSchema,
    certificates: Type.Object({ open: Count, urgent: Count }, { ...closed, description: '证书与密钥告警 / Open alarms about keys and certificates' }),
    alarms: Type.Object({ open: Count, urgent: Count }, { ...closed, description: '监控告警 / Open alarms of monitoring' }),
    machine: Type.Object({ terminals: Type.Object({ online: Count, total: Count }, closed), plugins: Type.Object({ active: Count, total: Count }, closed), problems: Type.Array(Problem) }, closed),
    now: Instant,
  },
  named('Overview'),
);
export const AccountSchema = Type.Object(
  {
    id: Count, account: Text, code: Text, titleZh: Text, titleEn: Text, normal: Type.Enum(['debit', 'credit'] as const), debitFen: Fen, creditFen: Fen, balanceFen: Fen,
    pendingDebitFen: Fen, pendingCreditFen: Fen, openItems: Count,
  },
  named('LedgerAccount'),
);
export const AccountListSchema = Type.Object({ accounts: Type.Array(AccountSchema), differenceFen: Type.Integer({ description: '借贷之差，必为 0 / Debits less credits: always 0' }) }, named('AccountList'));
export const OpenItemListSchema = Type.Object(
  { items: Type.Array(Type.Object({ clearKey: Text, netFen: Fen, pendingFen: Fen, openedAt: Instant }, named('OpenItem'))), more: Type.Boolean() },
  named('OpenItemList'),
);
export const JournalFilterSchema = Type.Object({ day: Maybe(DaySchema), tradeNo: Maybe(TradeNoSchema), after: Maybe(Type.Integer({ minimum: 0 })), limit: Maybe(Limit) }, closed);
export const JournalPageSchema = Type.Object({ journals: Type.Array(JournalSchema), next: Maybe(Count) }, named('JournalPage'));

// ── The machine ──
const TaskRunSchema = Type.Object(
  { id: Count, fireTime: Instant, state: Type.Enum(TASK_RUN_STATES), cause: Type.Enum(TASK_RUN_CAUSES), startedAt: Maybe(Instant), finishedAt: Maybe(Instant), result: Maybe(BilingualSchema) },
  named('TaskRun'),
);
export const TaskSchema = Type.Object(
  { name: Text, rule: Text, missed: Type.Enum(['runOnce', 'skip'] as const), enabled: Type.Boolean(), running: Type.Boolean(), next: Maybe(Instant), last: Maybe(TaskRunSchema) },
  named('Task'),
);
export const TaskListSchema = Type.Object({ tasks: Type.Array(TaskSchema) }, named('TaskList'));
export const TaskRunListSchema = Type.Object({ runs: Type.Array(TaskRunSchema) }, named('TaskRunList'));
export const TaskChangeSchema = Type.Object({ enabled: Type.Boolean() }, named('TaskChange'));
export const NamePath = Type.Object({ name: Id }, closed);
export const IdPath = Type.Object({ id: Id }, closed);

const InstanceSchema = Type.Object(
  { id: Text, plugin: Text, version: Maybe(Text), kind: Maybe(Type.Enum(['channel', 'hospitalAdapter', 'bankLink', 'report'] as const)), state: Text, reason: Maybe(BilingualSchema), since: Instant, inFlight: Count },
  named('PluginInstance'),
);
const PackageSchema = Type.Object({ id: Maybe(Text), folder: Type.String({ description: '插件目录名与其上一级；不含服务器路径 / The package’s folder and the one above; no path of the machine' }), version: Maybe(Text), titleZh: Maybe(Text), titleEn: Maybe(Text), refused: Maybe(BilingualSchema) }, named('PluginPackage'));
export const PluginListSchema = Type.Object({ packages: Type.Array(PackageSchema), instances: Type.Array(InstanceSchema) }, named('PluginList'));
export const InstanceAnswerSchema = Type.Object({ instance: InstanceSchema }, named('PluginInstanceAnswer'));

const Signer = Type.Object({ keyId: Text, publisher: Text }, named('PackageSigner'));
export const ReceivedPackageSchema = Type.Object(
  {
    hash: Text, id: Text, version: Text, titleZh: Text, titleEn: Text, publisher: Text, signers: Type.Array(Signer), tier: Type.Enum(['bronze', 'silver'] as const), replaces: Maybe(Text),
    capabilityChanges: Type.Array(Type.Object({ capability: Text, before: Text, after: Text, grows: Type.Boolean() }, named('CapabilityChange'))),
    settingsSchema: Type.Object({}, { additionalProperties: true }),
  },
  named('ReceivedPackage'),
);
const VersionSchema = Type.Object({ hash: Text, version: Text, publisher: Text, signers: Type.Array(Text), since: Instant }, named('PackageVersion'));
export const InstalledPluginsSchema = Type.Object(
  {
    plugins: Type.Array(Type.Object({ id: Text, current: VersionSchema, previous: Maybe(VersionSchema), instances: Type.Array(Text), refused: Maybe(BilingualSchema) }, named('InstalledPlugin'))),
    trustList: Type.Object({ serial: Count, issuedAt: Text, publishers: Type.Array(Signer), withdrawnKeys: Count, withdrawnPackages: Count }, named('TrustList')),
    merchants: Type.Array(Text, { description: '本院商户号：安装的通道只能收到其中之一 / The hospital’s merchant numbers: an installed channel takes money for one of them' }),
  },
  named('InstalledPlugins'),
);
export const HashPath = Type.Object({ hash: Type.String({ pattern: '^[0-9a-f]{64}$' }) }, closed);
export const InstallSchema = Type.Object(
  {
    instance: Type.Optional(Id), contribution: Type.Optional(Id), merchantNo: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    settings: Type.Optional(Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), { maxProperties: 200 })), acceptsCapabilities: Type.Boolean(), reason: ReasonSchema,
  },
  named('Install'),
);
export const InstallReportSchema = Type.Object(
  { id: Text, version: Text, previous: Maybe(Text), steps: Type.Array(Type.Object({ step: Text, instance: Text, found: Text }, named('InstallStep'))) },
  named('InstallReport'),
);
export const RemovedPluginSchema = Type.Object({ instances: Type.Array(Text) }, named('RemovedPlugin'));
export const TrustListChangeSchema = Type.Object({ serial: Count, stopped: Type.Array(Text) }, named('TrustListChange'));

const DictionarySchema = Type.Object({ name: Text, entries: Count, loadedAt: Maybe(Instant), ageSeconds: Maybe(Count), stale: Type.Boolean(), problem: Maybe(BilingualSchema) }, named('Dictionary'));
export const DictionaryListSchema = Type.Object({ dictionaries: Type.Array(DictionarySchema) }, named('DictionaryList'));
export const DictionaryAnswerSchema = Type.Object({ dictionary: DictionarySchema }, named('DictionaryAnswer'));

// ── People ──
const AuditRowSchema = Type.Object(
  { seq: Count, at: Instant, who: Text, what: Text, object: Text, before: Maybe(Text), after: Maybe(Text), reason: Maybe(Text), hash: Text },
  named('AuditRow'),
);
export const AuditFilterSchema = Type.Object({ before: Maybe(Type.Integer({ minimum: 1 })), limit: Maybe(Limit) }, closed);
export const AuditPageSchema = Type.Object({ rows: Type.Array(AuditRowSchema), next: Maybe(Count) }, named('AuditPage'));
export const AuditVerificationSchema = Type.Object({ ok: Type.Boolean(), rows: Count, findings: Type.Array(Text), checkedAt: Instant }, named('AuditCheck'));

export const UserSchema = Type.Object(
  { login: Text, displayName: Text, roles: Type.Array(Type.Enum(ROLES)), status: Type.Enum(['active', 'disabled'] as const), lockedUntil: Maybe(Instant), mustChangePassword: Type.Boolean(), hasSecondFactor: Type.Boolean(), operatorId: Maybe(Text), merchantNo: Maybe(Text), createdAt: Instant },
  named('User'),
);
const ACCOUNT = { login: Text, displayName: Text };
export const AccountWatchSchema = Type.Object(
  {
    isSeparated: Type.Boolean(), withoutSecondFactor: Type.Array(Type.Object({ ...ACCOUNT, roles: Type.Array(Type.Enum(ROLES)), codeUntil: Maybe(Type.String({ description: '已发放的设置码有效至 / Until when the code holds that was handed out' })) }, named('AccountWithoutFactor'))),
    withoutRoles: Type.Array(Type.Object(ACCOUNT, named('Account'))), locked: Type.Array(Type.Object({ ...ACCOUNT, until: Instant }, named('AccountUntil'))), disabled: Type.Array(Type.Object(ACCOUNT, named('Account'))), enrolments: Type.Array(Type.Object({ ...ACCOUNT, until: Instant }, named('AccountUntil'))),
    refusals: Type.Object(
      {
        since: Instant, count: Count, isWhole: Type.Boolean({ description: 'false：多于所列 / More than are told' }),
        rows: Type.Array(Type.Object({ login: Maybe(Type.String({ description: '缺省：没有此用户名 / Absent: nobody has the login that was typed' })), from: Maybe(Text), reason: Type.Enum(REFUSAL_REASONS), count: Count, lastAt: Instant }, named('SignInRefusal'))),
      },
      named('SignInRefusals'),
    ),
  },
  named('AccountWatch'),
);
export const UserListSchema = Type.Object({ users: Type.Array(UserSchema) }, named('UserList'));
export const MerchantListSchema = Type.Object({ merchants: Type.Array(Type.Object({ merchantNo: Text, name: Text, campus: Text }, named('MerchantOnList'))) }, named('MerchantList'));
export const UserAnswerSchema = Type.Object({ user: UserSchema }, named('UserAnswer'));
/** None: an account that may nothing until somebody with `assignRoles` says what. */
const Roles = Type.Array(Type.Enum(ROLES), { maxItems: ROLES.length });
export const NewUserSchema = Type.Object({ login: Type.String({ minLength: 1, maxLength: 64 }), displayName: DisplayName, roles: Roles, password: Password, operatorId: Maybe(OperatorId), merchantNo: Maybe(MerchantNo) }, named('NewUser'));
export const UserChangeSchema = Type.Object({ displayName: Maybe(DisplayName), roles: Maybe(Roles), status: Maybe(Type.Enum(['active', 'disabled'] as const)), operatorId: Maybe(Type.String({ pattern: '^[0-9A-Za-z_.-]{0,64}$', description: '空：不再有工号 / Empty: none any more' })), merchantNo: Maybe(MerchantNo) }, named('UserChange'));
export const PasswordResetSchema = Type.Object({ password: Password }, named('PasswordReset'));
export const LoginPath = Type.Object({ login: Type.String({ pattern: LOGIN_PATTERN }) }, closed);

export const ErrorListSchema = Type.Object(
  { errors: Type.Array(Type.Object({ code: Text, httpStatus: Count, zh: Text, en: Text, nextZh: Text, nextEn: Text }, named('ErrorMeaning'))) },
  named('ErrorList'),
);
export const DoneSchema = Type.Object({ done: Type.Literal(true) }, named('Done'));
