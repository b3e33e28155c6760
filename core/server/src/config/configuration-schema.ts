import { QueueSchema, StatementFilesSchema } from './data-sync-schema.js';
import { FORM_KINDS, FORM_MEDIA } from '../domain/numbered-form.js';
import { BUSINESS_KINDS, PAYMENT_METHODS } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';
import { INSURANCE_ORDERS } from '../domain/payment-policy.js';
import { BackupsSchema } from './backups-schema.js';
import { MonitoringSchema } from './monitoring-schema.js';
import { QuickPaySchema } from './quick-pay-schema.js';

const closed = { additionalProperties: false } as const;
const Port = (description: string) => Type.Integer({ minimum: 0, maximum: 65535, description: `${description}; 0 takes any free port` });
const Id = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64, description: 'lower-case letters, digits and hyphens' });
const TimeOfDay = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' });
const Seconds = (minimum: number, description: string) => Type.Integer({ minimum, maximum: 31_536_000, description: `${description}, in seconds` });
const Percent = (description: string) => Type.Integer({ minimum: 1, maximum: 100, description: `${description}, in percent` });
/** A plugin's own settings. The plugin's schema decides about them; here they only have to be a mapping. */
const PluginSettings = Type.Record(Type.String(), Type.Unknown(), { description: "the plugin's own settings; its schema decides which" });

const HospitalSchema = Type.Object(
  {
    id: Id,
    name: Type.String({ minLength: 1, maxLength: 100, description: '医院名称, as printed on receipts' }),
    campuses: Type.Array(Type.Object({ id: Id, name: Type.String({ minLength: 1, maxLength: 100 }), owners: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { description: 'terminals and applications of this campus; a trailing * stands for any ending' })) }, closed), { minItems: 1, description: '院区; who is named nowhere belongs to the first' }),
    merchants: Type.Array(
      Type.Object({ merchantNo: Type.String({ minLength: 1, maxLength: 64 }), name: Type.String({ minLength: 1, maxLength: 100 }), campus: Id }, closed),
      { description: '商户号: merchant numbers that belong to the hospital' },
    ),
  },
  closed,
);

const HttpSchema = Type.Object(
  {
    host: Type.String({ minLength: 1, description: 'address to listen on' }),
    paymentPort: Port('payment API'),
    consolePort: Port('console'),
    tls: Type.Optional(
      Type.Object(
        {
          names: Type.Array(Type.String({ pattern: '^[0-9a-z.:-]{1,253}$' }), { minItems: 1, maxItems: 20, uniqueItems: true, description: 'host names and addresses browsers and applications reach this machine by; the first is its usual one. The appliance’s own authority can vouch for these alone: others make another root' }),
          plainPort: Port('the only one without TLS: root certificate, its fingerprint, health, and the way to the console'),
        },
        { ...closed, description: 'console and payment API over TLS, 1.2 and later; absent: plain HTTP, for the machine itself or behind a proxy' },
      ),
    ),
    consoleAllowedAddresses: Type.Array(Type.String({ pattern: '^[0-9a-fA-F.:]+(/\\d{1,3})?$', maxLength: 64 }), { maxItems: 200, description: 'addresses and networks (CIDR) the console answers; empty: all. The machine itself always may' }),
    publicNotifyBaseUrl: Type.Optional(
      Type.String({ pattern: '^https?://[^\\s/]+(/[^\\s]*)?$', description: 'where channels reach this hospital; absent: queries decide' }),
    ),
  },
  closed,
);

const RelaySchema = Type.Object(
  {
    host: Type.String({ pattern: '^[0-9A-Za-z.:-]{1,253}$', description: 'where the relay stands in the DMZ' }),
    port: Type.Integer({ minimum: 1, maximum: 65535, description: 'its port for the line from the core; a relay takes 8444' }),
    fingerprint: Type.String({ pattern: '^[0-9a-f]{64}$', description: '指纹: SHA-256 of the relay’s certificate, as the relay shows it' }),
    secret: Type.String({ pattern: '^[0-9A-Za-z_-]{43}$', description: '配对密钥, as the relay shows it until it is paired; give it by { secret } or { secretFile }' }),
  },
  { ...closed, description: 'DMZ 中继: takes notifications of channels and phones for the core, which opens the line to it; absent: they reach the payment listener themselves, or queries decide' },
);

const UsersSchema = Type.Object(
  {
    separatedDuties: Type.Boolean({ description: '三员分立: system administrator, security administrator and auditor are three persons; also without this, from the first security administrator on' }),
    secondFactorFor: Type.Array(Type.Enum(['administrator', 'systemAdministrator', 'securityAdministrator', 'finance', 'auditor', 'cashier', 'merchant'] as const), { uniqueItems: true, description: 'roles that sign in at the console with two factors; where duties are separated the three and finance do anyway' }),
    passkeyOrigin: Type.Optional(Type.String({ pattern: '^(https://[^\\s/:]+|http://localhost)(:\\d{1,5})?$', description: 'the console’s own address with TLS, as browsers see it: passkeys are bound to it; absent: none are offered' })),
  },
  closed,
);

const MqttSchema = Type.Object(
  {
    mode: Type.Union([Type.Literal('embedded'), Type.Literal('external')]),
    host: Type.String({ minLength: 1, description: 'address the embedded broker listens on' }),
    port: Port('MQTT over TCP'),
    websocketPort: Port('MQTT over WebSocket'),
    enrolPort: Port('listener for terminals that are being claimed'),
    url: Type.Optional(Type.String({ pattern: '^mqtts?://', description: 'broker address when mode is external' })),
    filesFolder: Type.Optional(Type.String({ minLength: 1, description: 'external Mosquitto beside the core: where its configuration, password and rule files are written, relative to the data folder; it must be told (SIGHUP) when they change' })),
    brokerUser: Type.Optional(Type.String({ minLength: 1, maxLength: 32, description: 'the system user Mosquitto becomes when root starts it; it must be able to read filesFolder' })),
    coreUsername: Type.String({ minLength: 1, maxLength: 64 }),
    tls: Type.Optional(
      Type.Object(
        {
          port: Port('MQTT over TLS'),
          websocketPort: Type.Optional(Port('MQTT over WebSocket and TLS')),
          certificateFile: Type.String({ minLength: 1, description: 'PEM, with its chain; relative to the configuration' }),
          privateKeyFile: Type.String({ minLength: 1, description: 'PEM; relative to the configuration' }),
          clientCertificates: Type.Union([Type.Literal('none'), Type.Literal('optional'), Type.Literal('required')], { description: '终端证书: whether terminals show a certificate of the platform’s own authority, beside their password (Mosquitto: optional asks for none)' }),
        },
        { ...closed, description: 'listeners with TLS beside the plain ones; absent: none' },
      ),
    ),
    corePassword: Type.Optional(Type.String({ minLength: 8, description: 'made at start when absent and the broker is embedded' })),
  },
  closed,
);

const OpeningRuleSchema = Type.Object(
  {
    weekdays: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { minItems: 1, uniqueItems: true, description: '1 is Monday' }),
    from: Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' }),
    to: Type.String({ pattern: '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$' }),
    campuses: Type.Optional(Type.Array(Id, { minItems: 1 })),
    groups: Type.Optional(Type.Array(Id, { minItems: 1 })),
  },
  closed,
);

const TerminalsSchema = Type.Object(
  {
    clockSkewAlarmSeconds: Type.Integer({ minimum: 5, maximum: 600, description: '时钟偏差告警: a terminal whose own clock is off by more is named' }),
    reportEverySeconds: Type.Integer({ minimum: 15, maximum: 3_600, description: '心跳间隔: how often a terminal reports when its configuration does not say' }),
    certificateDays: Type.Integer({ minimum: 1, maximum: 825, description: '终端证书有效期, in days; terminals renew by themselves' }),
    openingHours: Type.Optional(Type.Array(OpeningRuleSchema, { maxItems: 100, description: '开机时间: when kiosks should be on; rules of a terminal’s group come before those of its campus, and those before the ones that name neither. Absent: always' })),
    closedDays: Type.Optional(Type.Array(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }), { maxItems: 400, uniqueItems: true, description: '停诊日: days on which no kiosk has to be on' })),
    rotateKeysAfterDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_650, description: '终端密钥轮换: keys older than this are replaced without a visit; absent: only when somebody asks' })),
  },
  { ...closed, description: '终端管理' },
);

const HisSchema = Type.Object(
  {
    id: Id,
    plugin: Id,
    contribution: Type.Optional(Id),
    settings: PluginSettings,
  },
  closed,
);

const ChannelSchema = Type.Object(
  {
    id: Id,
    plugin: Id,
    contribution: Type.Optional(Id),
    merchantNo: Type.String({ minLength: 1, maxLength: 64 }),
    enabled: Type.Boolean(),
    settings: PluginSettings,
  },
  closed,
);

const BankLinkSchema = Type.Object(
  {
    id: Id,
    plugin: Id,
    contribution: Type.Optional(Id),
    accountNos: Type.Array(Type.String({ pattern: '^[0-9A-Za-z-]{4,34}$' }), { minItems: 1, maxItems: 50, uniqueItems: true, description: '账号: accounts of the hospital that are paid from and read through this link' }),
    enabled: Type.Boolean(),
    settings: PluginSettings,
  },
  closed,
);

const ReportPluginSchema = Type.Object({ id: Id, plugin: Id, enabled: Type.Boolean(), settings: PluginSettings }, closed);

const Ids = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 200 });
const RoutingRuleSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 60 }),
    when: Type.Object(
      {
        methods: Type.Optional(Type.Array(Type.Enum(PAYMENT_METHODS), { minItems: 1 })),
        hospitals: Type.Optional(Ids),
        campuses: Type.Optional(Ids),
        terminalKinds: Type.Optional(Ids),
        terminalGroups: Type.Optional(Ids),
        owners: Type.Optional(Ids),
        feeTypes: Type.Optional(Ids),
        fromFen: Type.Optional(Type.Integer({ minimum: 0, description: 'inclusive' })),
        toFen: Type.Optional(Type.Integer({ minimum: 0, description: 'inclusive' })),
      },
      { ...closed, description: 'all that are given must hold; owners are ids of terminals or applications, a trailing * stands for any ending' },
    ),
    channels: Type.Array(Id, { maxItems: 20, description: 'in order of preference; empty: not offered' }),
  },
  closed,
);

const Instances = Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 20 }));
const Methods = Type.Array(Type.Enum(PAYMENT_METHODS), { minItems: 1, maxItems: 5 });
const Words = Type.Optional(Type.Array(Type.String({ minLength: 3, maxLength: 60 }), { minItems: 1, maxItems: 20 }));
const CheckoutSchema = Type.Object(
  {
    publicBaseUrl: Type.Optional(Type.String({ pattern: '^https?://[^\\s/]+(/[^\\s]*[^\\s/])?$', description: 'where phones reach the payment listener; absent: no aggregated code (聚合码) is given out' })),
    wallets: Type.Object({ wechat: Instances, alipay: Instances, unionpay: Instances, eCny: Instances }, { ...closed, description: 'channel instances of each wallet, in order of preference; what is not named here is not offered on the checkout page (收银台)' }),
    methods: Type.Object({ wechat: Methods, alipay: Methods, unionpay: Methods, eCny: Methods, browser: Methods }, { ...closed, description: 'how a wallet is reached from the browser of its own app, and from any other browser, in order of preference' }),
    userAgents: Type.Object({ wechat: Words, alipay: Words, unionpay: Words, eCny: Words }, { ...closed, description: 'words in the User-Agent by which an app is recognised, whatever their case' }),
    showPatientLabel: Type.Boolean({ description: 'whether the page shows the masked name (张*三)' }),
    billCodeLifetimeSeconds: Type.Integer({ minimum: 300, maximum: 86_400, description: 'longest life of a code on a guide sheet (导诊单), in seconds; it never outlives its Beijing day' }),
    quoteReuseSeconds: Type.Integer({ minimum: 5, maximum: 600, description: 'a reload within this shows the price asked for before instead of asking the HIS again, in seconds' }),
    clientAddressHeader: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9-]{1,60}$', description: 'header in which the reverse proxy in front writes the address of the phone; absent: the address of the connection' })),
  },
  closed,
);

const PaymentsSchema = Type.Object(
  {
    quoteMarginSeconds: Seconds(0, 'a quote that would end sooner than this after the QR does is asked for again'),
    qrLifetimeSeconds: Seconds(30, 'how long a patient may scan'),
    paymentCodeLifetimeSeconds: Seconds(20, 'how long a scanned payment code is waited for before it is undone'),
    bankCardLifetimeSeconds: Seconds(60, 'how long a card-holder may take at the card terminal'),
    tenderLifetimeSeconds: Seconds(60, 'how long further payments may be added to a mixed order'),
    closeMarginSeconds: Seconds(0, 'after expiry, how long a delayed create may still arrive before an order is closed for good'),
    promptQueryRhythmSeconds: Type.Array(Type.Integer({ minimum: 1, maximum: 86_400 }), { minItems: 1, maxItems: 20, description: 'the same where somebody stands and waits: scanned code, card, cash' }),
    queryRhythmSeconds: Type.Array(Type.Integer({ minimum: 1, maximum: 86_400 }), { minItems: 1, maxItems: 20, description: 'waits between queries; the last repeats' }),
    refundQueryRhythmSeconds: Type.Array(Type.Integer({ minimum: 1, maximum: 86_400 }), { minItems: 1, maxItems: 20, description: 'the same for refunds' }),
    insuranceOrder: Type.Optional(Type.Enum(INSURANCE_ORDERS, { description: '医保结算顺序: insuranceFirst (default) settles with the insurance and then collects what is left; selfPayFirst collects first and settles last, as some provinces want' })),
    locksBills: Type.Optional(Type.Boolean({ description: '收费加锁: the HIS keeps bills from doctors and other cashiers while they are paid, where it can; default false' })),
    invoicedBusinesses: Type.Optional(Type.Array(Type.Enum(BUSINESS_KINDS), { uniqueItems: true, description: 'businesses for which the hospital is asked to issue an electronic invoice after its booking; default none: many HIS issue them by themselves' })),
    numberedBusinesses: Type.Optional(Type.Array(Type.Enum(BUSINESS_KINDS), { uniqueItems: true, description: '票据号段: businesses whose receipts are printed under numbers that were handed out to tills; default none. Beside an electronic invoice the numbers are business serials (业务流水), never paper forms' })),
    confirmRhythmSeconds: Type.Array(Type.Integer({ minimum: 1, maximum: 86_400 }), { minItems: 1, maxItems: 20, description: 'waits between attempts to tell the HIS; the last repeats without end' }),
    confirmEscalationSeconds: Seconds(1, 'paid but unknown to the HIS for this long: a case is opened for a person'),
    refundEscalationSeconds: Seconds(1, 'a refund without an end for this long: a case is opened for a person'),
    unknownEscalationSeconds: Seconds(1, 'a payment without a definite answer this long after its expiry: a case is opened for a person'),
    tellOwnerRhythmSeconds: Type.Array(Type.Integer({ minimum: 1, maximum: 86_400 }), { minItems: 1, maxItems: 20, description: 'waits between attempts to tell an application; the last repeats' }),
  },
  closed,
);

const AccountNo = Type.String({ pattern: '^[0-9A-Za-z-]{4,34}$' });
const PayoutsSchema = Type.Object(
  {
    accounts: Type.Array(
      Type.Object(
        { id: Id, title: Type.String({ minLength: 1, maxLength: 60 }), accountNo: AccountNo, accountName: Type.String({ minLength: 1, maxLength: 120, description: '户名, as the bank has it' }), bankName: Type.String({ minLength: 1, maxLength: 120 }), bankNo: Type.Optional(Type.String({ pattern: '^\\d{12}$', description: '联行号' })) },
        closed,
      ),
      { maxItems: 20, description: "the hospital's own accounts: what is paid from them goes through the bank link that holds them; money moved between them goes to no other" },
    ),
    secondApprovalFromFen: Type.Integer({ minimum: 1, description: '大额付款: from this amount on two persons beside the proposer approve, in fen' }),
    approvalSeconds: Seconds(600, 'how long a proposed payout may be approved'),
    queryRhythmSeconds: Type.Array(Type.Integer({ minimum: 1, maximum: 86_400 }), { minItems: 1, maxItems: 20, description: 'waits between questions about a payout; the last repeats until the statement decides' }),
    unknownEscalationSeconds: Seconds(60, 'sent and without a definite answer for this long: a case is opened for a person'),
    lateEscalationSeconds: Seconds(600, 'approved and not sent, or at the bank and not paid, for this long: a case is opened for a person'),
    absentFinalDays: Type.Integer({ minimum: 0, maximum: 30, description: 'so many days after its own a transfer that is absent at the bank and in no statement may be given up by a person' }),
    returnWatchDays: Type.Integer({ minimum: 0, maximum: 60, description: '退票: so many days the bank is asked whether a paid transfer came back' }),
    statementLateDays: Type.Integer({ minimum: 1, maximum: 10, description: 'a closed day of which the bank gives no statement for so many days is a case' }),
  },
  { ...closed, description: '付款（银企直联）' },
);

const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
const FeeRate = {
  rateMillionths: Type.Integer({ minimum: 0, maximum: 1_000_000, description: '费率, in millionths: 6000 is 0.6%' }), capFen: Type.Optional(Type.Integer({ minimum: 0, description: '封顶, of one payment, in fen' })), floorFen: Type.Optional(Type.Integer({ minimum: 0, description: '保底, of one payment, in fen' })),
};
const SettlementSchema = Type.Object(
  {
    holidays: Type.Array(Day, { maxItems: 400, uniqueItems: true, description: '节假日: days without bank business besides weekends, as published for each year' }),
    workdays: Type.Array(Day, { maxItems: 200, uniqueItems: true, description: '调休工作日: weekend days that are worked' }),
    arrivals: Type.Array(
      Type.Object(
        {
          source: Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64, description: 'the channel whose statement it is, or deposits: cash that was handed to the bank' }),
          account: Id,
          payers: Type.Array(Type.String({ minLength: 2, maxLength: 60 }), { minItems: 1, maxItems: 10, description: 'a line of the bank is of this source when its counterparty or summary has one of these' }),
          afterWorkingDays: Type.Integer({ minimum: 0, maximum: 40, description: '到账周期: T+N, working days after the bill day' }),
          lateWorkingDays: Type.Integer({ minimum: 0, maximum: 20, description: 'so many working days later what did not come, or came unexpected, is a case' }),
        },
        closed,
      ),
      { maxItems: 40, description: '到账规则: what comes to which account, when, and from whom' },
    ),
    shares: Type.Array(Type.Object({ campus: Id, account: Id }, closed), { maxItems: 40, description: '分账: where a campus keeps its money; what came to another account is moved there by settlement batches' }),
    cutOffs: Type.Array(Type.Object({ channel: Id, at: Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' }) }, closed), { maxItems: 100, description: '日切: when the bill day of a channel, configured or installed, ends, Beijing time, where that is not 00:00; from 12:00 on it ends the day of its own date (23:00: the last hour is the next day’s), before that the day before' }),
    contracts: Type.Array(
      Type.Object(
        {
          source: Id, from: Day, ...FeeRate,
          tiers: Type.Optional(Type.Array(Type.Object({ fromFen: Type.Integer({ minimum: 1 }), ...FeeRate }, closed), { maxItems: 10, description: '阶梯费率: payments from an amount on' })),
          subsidyMillionths: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, description: '手续费补贴: so much of each fee somebody else bears' })),
          refundsFee: Type.Boolean({ description: 'whether a refund brings its fee back' }),
        },
        closed,
      ),
      { maxItems: 100, description: '渠道费率合同: statements are held against it; from its first day until the next one of the source' },
    ),
  },
  { ...closed, description: '清结算' },
);

const ApprovalsSchema = Type.Object(
  {
    refunds: Type.Array(
      Type.Object(
        {
          fromFen: Type.Optional(Type.Integer({ minimum: 1, description: 'of one order, with what was sent back of it before, in fen' })),
          olderThanDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650, description: 'after it was paid' })),
          channels: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 40, uniqueItems: true, description: 'the order was paid through one of them' })),
          roles: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 40 }), { minItems: 1, maxItems: 10, uniqueItems: true, description: 'who asks has no role but these' })),
          levels: Type.Enum([1, 2] as const, { description: 'how many others approve' }),
        },
        closed,
      ),
      { maxItems: 20, description: '退款审批: a refund of which a rule matches is approved by others; the strictest rule counts' },
    ),
    expiresAfterSeconds: Seconds(600, 'how long a proposal may be approved'),
  },
  { ...closed, description: '审批' },
);

const TaskSchema = Type.Object(
  {
    name: Id,
    rule: Type.String({ minLength: 1, maxLength: 100, description: 'cron rule with seconds first: "0 30 2 * * *"; Beijing time' }),
    enabled: Type.Boolean(),
    missed: Type.Union([Type.Literal('runOnce'), Type.Literal('skip')], { description: 'what to do at start with firings that fell into a stop' }),
  },
  closed,
);

const CertificatesSchema = Type.Object(
  {
    alarmDays: Type.Array(Type.Integer({ minimum: 1, maximum: 3_650 }), { minItems: 1, maxItems: 10, uniqueItems: true, description: '证书到期告警: so many days before the end of a key or certificate an alarm is raised, once for each' }),
    sharedSecretDays: Type.Optional(Type.Integer({ minimum: 30, maximum: 3_650, description: 'a shared secret that has not changed for so long is named; absent: its age is only shown' })),
    watchedFiles: Type.Array(
      Type.Object(
        {
          name: Id,
          title: Type.String({ minLength: 1, maxLength: 60 }),
          certificateFile: Type.String({ minLength: 1, description: 'PEM; relative to the configuration' }),
          privateKeyFile: Type.Optional(Type.String({ minLength: 1, description: 'PEM; only to see that it belongs to the certificate' })),
        },
        closed,
      ),
      { maxItems: 50, description: 'certificates on this machine that others serve with: the proxy in front of the console, the broker' },
    ),
  },
  { ...closed, description: '证书与密钥监控' },
);

const RetentionSchema = Type.Object(
  {
    auditDays: Type.Integer({ minimum: 400, description: '审计日志 at least 400 days' }),
    idempotencyDays: Type.Integer({ minimum: 7, description: 'stored answers of the payment API' }),
    taskRunDays: Type.Integer({ minimum: 7 }),
    logFiles: Type.Integer({ minimum: 1, maximum: 1000, description: 'how many rotated log files are kept' }),
  },
  closed,
);

const FormNumber = Type.String({ pattern: '^[0-9A-Za-z-]{0,16}[0-9]{1,12}$', maxLength: 24 });

const ProvisionSchema = Type.Object(
  {
    terminals: Type.Array(
      Type.Object(
        { id: Id, kind: Type.String({ minLength: 1, maxLength: 32 }), title: Type.String({ minLength: 1, maxLength: 100 }), claimFile: Type.String({ minLength: 1, description: 'where the claim code is written, relative to the data folder' }) },
        closed,
      ),
    ),
    operators: Type.Optional(
      Type.Array(
        Type.Object(
          { operatorNo: Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{2,31}$' }), displayName: Type.String({ minLength: 1, maxLength: 60 }), role: Type.Enum(['cashier', 'doctor'] as const), password: Type.String({ minLength: 12, maxLength: 128, description: 'give it by { secretFile }' }) },
          closed,
        ),
        { maxItems: 100, description: '操作员: accounts of windows and doctor stations that are made at the first start' },
      ),
    ),
    forms: Type.Optional(
      Type.Array(
        Type.Object(
          {
            kind: Type.Enum(FORM_KINDS), medium: Type.Enum(FORM_MEDIA, { description: 'paper 纸质票据, serial 业务流水' }), code: Type.String({ pattern: '^[0-9A-Za-z-]{0,20}$', description: '票据代码' }),
            firstNumber: FormNumber, lastNumber: FormNumber,
            handOut: Type.Array(Type.Object({ tillNo: Type.String({ pattern: '^(operator|terminal):[^\\u0000-\\u001f]{1,64}$' }), count: Type.Integer({ minimum: 1, maximum: 1_000_000 }) }, closed), { maxItems: 200 }),
          },
          closed,
        ),
        { maxItems: 100, description: '票据号段: forms the hospital begins with, registered and handed out once; from then on the console keeps them' },
      ),
    ),
    applications: Type.Array(
      Type.Object(
        {
          id: Id,
          title: Type.String({ minLength: 1, maxLength: 100 }),
          secret: Type.String({ minLength: 32, maxLength: 128, description: 'signs its requests; give it by { secret } or { secretFile }' }),
          permissions: Type.Array(Type.Union([Type.Literal('read'), Type.Literal('pay'), Type.Literal('refund'), Type.Literal('statement'), Type.Literal('hospital'), Type.Literal('merchant')])),
          merchantNo: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'the merchant whose money it may read, with the permission merchant' })),
          notifyUrl: Type.Optional(Type.String({ pattern: '^https?://' })),
        },
        closed,
      ),
    ),
  },
  closed,
);

/** The whole configuration of one appliance. Unknown keys are refused everywhere except inside a plugin's settings, where the plugin refuses them. */
export const ConfigurationSchema = Type.Object(
  {
    hospital: HospitalSchema,
    dataFolder: Type.String({ minLength: 1, description: 'where all state lives' }),
    http: HttpSchema,
    relay: Type.Optional(RelaySchema),
    users: UsersSchema,
    mqtt: MqttSchema,
    terminals: TerminalsSchema,
    store: Type.Object({ kind: Type.Literal('sqlite') }, closed),
    plugins: Type.Object({ folders: Type.Array(Type.String({ minLength: 1 }), { description: 'folders whose sub-folders hold plugins' }), trustList: Type.Optional(Type.String({ minLength: 1, description: '信任清单: whose plugin packages may be installed; a file, relative to the configuration. Without it no package is accepted' })), instances: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { description: 'ids of channels that are installed at run time, so that routing may name them before they are there' })) }, closed),
    his: HisSchema,
    channels: Type.Array(ChannelSchema),
    bankLinks: Type.Optional(Type.Array(BankLinkSchema, { maxItems: 20, description: '银企直联: links to the banks that keep the hospital’s own accounts; absent: money is paid out by hand' })),
    reports: Type.Optional(Type.Array(ReportPluginSchema, { maxItems: 50, description: '报表插件: reports of plugins beside the platform’s own; packages installed at run time need no entry here' })),
    routing: Type.Array(RoutingRuleSchema, { description: '路由: which channels serve a new payment; the first rule that matches decides, without one all channels may' }),
    payments: PaymentsSchema,
    payouts: PayoutsSchema,
    quickPay: QuickPaySchema,
    settlement: SettlementSchema,
    reconciliation: Type.Object({ runningMarginSeconds: Seconds(60, '日间对账: what has happened more recently on either side is not judged yet') }, { ...closed, description: '对账' }),
    approvals: ApprovalsSchema,
    statementFiles: StatementFilesSchema,
    queue: QueueSchema,
    checkout: CheckoutSchema,
    counters: Type.Object(
      {
        refundLimits: Type.Array(
          Type.Object({ role: Type.Enum(['cashier'] as const), amountFen: Type.Integer({ minimum: 0, description: 'of one order, in fen' }), days: Type.Integer({ minimum: 1, maximum: 365, description: 'after it was paid' }) }, closed),
          { maxItems: 10, description: '窗口退款权限: what an operator of a role may send back at a window; above it finance does' },
        ),
      },
      { ...closed, description: '窗口与医生站' },
    ),
    dictionaries: Type.Object({ names: Type.Array(Type.String({ minLength: 1, maxLength: 64 })), staleAfterSeconds: Seconds(60, 'a dictionary older than this is shown as stale') }, closed),
    tasks: Type.Array(TaskSchema),
    certificates: CertificatesSchema,
    monitoring: MonitoringSchema,
    provision: ProvisionSchema,
    retention: RetentionSchema,
    backups: BackupsSchema,
    updates: Type.Object(
      { windowFrom: TimeOfDay, windowTo: TimeOfDay, mirror: Type.Optional(Type.String({ pattern: '^https://[^\\s/@?#]+(/[^\\s?#]*)?$', maxLength: 500, description: "a folder of the hospital's web server with bundles and their index.json; looked at every night, never installed from by itself" })) },
      { ...closed, description: 'when the machine may restart into an update by itself; may pass midnight' },
    ),
    disk: Type.Object(
      {
        warnPercent: Percent('from which on a disk is said to be scarce'),
        clearPercent: Percent('from which on old logs and exports are removed'),
        refusePaymentsPercent: Percent('from which on new payments stop; queries, refunds and notifications go on'),
        roomyMegabytes: Type.Integer({ minimum: 1, description: 'with more than this free, the percentages say nothing' }),
        warnBelowMegabytes: Type.Integer({ minimum: 1 }),
        refusePaymentsBelowMegabytes: Type.Integer({ minimum: 1, description: 'new payments stop, queries, refunds and notifications go on' }),
        ballastMegabytes: Type.Integer({ minimum: 0, maximum: 65_536, description: 'kept for a repair, at most 5 % of the disk; 0: none' }),
        checkSeconds: Seconds(1, 'how often the free space is read'),
      },
      closed,
    ),
    logging: Type.Object(
      { level: Type.Union([Type.Literal('debug'), Type.Literal('info'), Type.Literal('warn'), Type.Literal('error')]), largestFileMegabytes: Type.Integer({ minimum: 1, maximum: 1024 }) },
      closed,
    ),
  },
  closed,
);
export type Configuration = Static<typeof ConfigurationSchema>;

/** The JSON Schema of the configuration, written to `config/schemas/configuration.schema.json` for editors and reviewers. */
export function configurationJsonSchema(): object {
  const schema: object = JSON.parse(JSON.stringify(ConfigurationSchema));
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Hospay configuration', ...schema };
}
