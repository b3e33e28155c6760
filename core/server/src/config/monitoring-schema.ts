import { Type, type Static } from 'typebox';

const closed = { additionalProperties: false } as const;
const Severity = Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3)], { description: '1 urgent 紧急, 2 important 重要, 3 to know 提示' });
const HoldSeconds = (description: string) => Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400, description: `${description}, in seconds` }));

const RuleSchema = Type.Object(
  {
    enabled: Type.Optional(Type.Boolean({ description: 'false switches the rule off' })),
    severity: Type.Optional(Severity),
    raise: Type.Optional(Type.Number({ minimum: 0, description: 'the value from which on it is wrong, in the unit of its measure' })),
    clear: Type.Optional(Type.Number({ minimum: 0, description: 'the value from which on it is well again' })),
    raiseAfterSeconds: HoldSeconds('how long it must be wrong'),
    clearAfterSeconds: HoldSeconds('how long it must be well'),
  },
  closed,
);

const Id = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64 });
const Host = Type.String({ pattern: '^[0-9A-Za-z.:_-]{1,253}$' });
const Port = Type.Integer({ minimum: 1, maximum: 65_535 });
const Mailbox = Type.String({ pattern: '^[0-9A-Za-z._+-]{1,64}@[0-9A-Za-z.-]{1,190}$' });
const AuthorityFile = Type.Optional(Type.String({ minLength: 1, description: 'PEM of the authority that signed its certificate, relative to the configuration; absent: those the system trusts' }));
const DeliverySchema = Type.Object(
  {
    email: Type.Array(
      Type.Object(
        {
          id: Id, leastSeverity: Severity, host: Host, port: Port,
          security: Type.Enum(['startTls', 'tls', 'none'] as const, { description: 'none: a relay inside the house, without a password' }),
          username: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })), password: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'give it by { secret } or { secretFile }' })),
          from: Mailbox, to: Type.Array(Mailbox, { minItems: 1, maxItems: 50 }), authorityFile: AuthorityFile,
        },
        closed,
      ),
      { maxItems: 10, description: '邮件' },
    ),
    webhooks: Type.Array(
      Type.Object(
        {
          id: Id, leastSeverity: Severity, url: Type.String({ pattern: '^https?://[^\\s@]+$', maxLength: 2_048, description: 'give it by { secret } when it carries a key' }),
          template: Type.Enum(['hospay', 'wecom', 'dingtalk'] as const, { description: 'hospay: JSON signed as notifications to applications are; wecom, dingtalk: the text message of a group robot (企业微信、钉钉群机器人)' }),
          secret: Type.Optional(Type.String({ minLength: 16, maxLength: 200, description: 'signs; give it by { secret } or { secretFile }. WeCom needs none' })),
        },
        closed,
      ),
      { maxItems: 10, description: '回调与群机器人' },
    ),
    syslog: Type.Array(
      Type.Object({ id: Id, leastSeverity: Severity, host: Host, port: Port, transport: Type.Enum(['udp', 'tcp', 'tls'] as const), facility: Type.Integer({ minimum: 0, maximum: 23, description: '16 to 23: local0 to local7' }), authorityFile: AuthorityFile }, closed),
      { maxItems: 10, description: '日志服务器, RFC 5424' },
    ),
  },
  { ...closed, description: '告警送达: who is told, and from which severity on; leastSeverity 1 tells of urgent alarms only' },
);

const AuditCollectorSchema = Type.Object(
  {
    id: Id, host: Host, port: Port, facility: Type.Integer({ minimum: 0, maximum: 23, description: '13 is log audit; 16 to 23: local0 to local7' }), authorityFile: AuthorityFile,
    serverName: Type.Optional(Type.String({ pattern: '^[0-9A-Za-z.:_-]{1,253}$', description: 'the name its certificate must carry; absent: the host' })),
    clientCertificateFile: Type.Optional(Type.String({ minLength: 1, description: 'PEM of our certificate with its chain, relative to the configuration, where the collector asks who we are' })),
    clientKey: Type.Optional(Type.String({ minLength: 1, maxLength: 20_000, description: 'PEM of its private key; give it by { secret } or { secretFile }' })),
    longestMessageBytes: Type.Optional(Type.Integer({ minimum: 2_048, maximum: 1_048_576, description: 'what the collector takes as one message; absent: 8192 (RFC 5425 4.3.1). Of a longer row the contents before and after the act are told by their hashes' })),
  },
  closed,
);

const SnmpPassword = Type.String({ minLength: 12, maxLength: 200, description: 'give it by { secret } or { secretFile }' });
/** DisplayString (RFC 2579) is ASCII. */
const SnmpWords = Type.Optional(Type.String({ pattern: '^[ -~]{0,80}$', description: 'ASCII' }));
const SnmpSchema = Type.Object(
  {
    host: Type.String({ pattern: '^[0-9A-Fa-f.:]{2,45}$', description: 'the address it listens on; 0.0.0.0: every one' }), port: Type.Integer({ minimum: 0, maximum: 65_535 }),
    systemName: SnmpWords, contact: SnmpWords, location: SnmpWords,
    allowedSources: Type.Array(Type.String({ pattern: '^[0-9A-Fa-f.:]{2,45}(/\\d{1,3})?$' }), { minItems: 1, maxItems: 20, description: 'addresses, or networks as 10.1.0.0/16, that are answered' }),
    users: Type.Array(
      Type.Object({ name: Type.String({ pattern: '^[0-9A-Za-z._-]{1,32}$' }), authenticationPassword: SnmpPassword, privacyPassword: SnmpPassword }, closed),
      { minItems: 1, maxItems: 4, description: 'authPriv alone: HMAC-SHA-256 and AES-128' },
    ),
  },
  { ...closed, description: '网管: SNMPv3, read-only; absent: off' },
);

/** 监控: alarm rules of this hospital where they differ from the shipped ones, and who is told. */
export const MonitoringSchema = Type.Object(
  {
    sampleSeconds: Type.Integer({ minimum: 2, maximum: 60, description: 'how often rules are evaluated' }),
    rules: Type.Record(Type.String(), RuleSchema, { description: '告警规则, by the id of a rule in core/docs/alarm-rules.md: what is given here stands in the place of what is shipped' }),
    delivery: DeliverySchema,
    auditCollectors: Type.Array(AuditCollectorSchema, { maxItems: 4, description: '审计外送: machines that keep a copy of the audit log, RFC 5424 over TLS (RFC 5425). A new id begins with the first row' }),
    snmp: Type.Optional(SnmpSchema),
  },
  { ...closed, description: '监控与告警' },
);
export type MonitoringConfiguration = Static<typeof MonitoringSchema>;
