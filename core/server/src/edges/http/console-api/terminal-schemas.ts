/** The shapes of the console API about terminals: registration, fleet, groups, configuration, notices, alarms. None has a place for a key. */
import { BilingualSchema } from './bilingual-schema.js';
import { ReasonSchema } from './change-schemas.js';
import { Type } from 'typebox';
import {
  CONFIGURATION_SCOPES, FAULT_COMPONENTS, FAULT_LEVELS, NOTICE_SEVERITIES, TERMINAL_ALARMS, TERMINAL_KINDS,
} from '../../../fleet/ports.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const closed = { additionalProperties: false } as const;
const Text = Type.String();
const Maybe = <Schema extends import('typebox').TSchema>(schema: Schema) => Type.Optional(schema);
const Instant = Type.String({ description: 'RFC 3339, UTC' });
const Count = Type.Integer({ minimum: 0 });
const Id = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', minLength: 1, maxLength: 63 });
const Title = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' });
const Reason = Type.String({ minLength: 2, maxLength: 80, pattern: '\\S' });
const Kind = Type.Enum(TERMINAL_KINDS);

const PLACE = { campus: Maybe(Id), group: Maybe(Id) };
export const NewTerminalSchema = Type.Object({ id: Id, kind: Kind, title: Title, ...PLACE }, named('NewTerminal'));
export const TerminalPlaceSchema = Type.Object({ title: Title, ...PLACE, reason: Maybe(ReasonSchema) }, named('TerminalPlace'));
export const ClaimSchema = Type.Object({ id: Text, code: Type.String({ description: '只显示一次 / Shown once' }), expiresAt: Instant }, named('TerminalClaim'));
export const RevocationSchema = Type.Object({ reason: Reason }, named('Revocation'));
export const RotationAskedSchema = Type.Object({ askedAt: Instant }, named('KeyRotationAsked'));

const FaultSchema = Type.Object(
  {
    id: Count, component: Type.Enum(FAULT_COMPONENTS), code: Text, level: Type.Enum(FAULT_LEVELS), detail: Maybe(Text), raisedAt: Instant, clearedAt: Maybe(Instant),
    zh: Maybe(Text), en: Maybe(Text), nextZh: Maybe(Text), nextEn: Maybe(Text),
  },
  named('TerminalFault'),
);
const SightingSchema = Type.Object({ boot: Maybe(Text), machine: Maybe(Text), address: Maybe(Text), software: Maybe(Text), seq: Type.Integer(), at: Instant }, named('Sighting'));
export const TerminalAlarmSchema = Type.Object(
  {
    id: Count, terminal: Text, kind: Type.Enum(TERMINAL_ALARMS), severity: Count, detail: BilingualSchema, sightings: Type.Array(SightingSchema), raisedAt: Instant, lastSeenAt: Instant, resolvedAt: Maybe(Instant),
    resolvedBy: Maybe(Text), answerable: Type.Boolean({ description: '可由人答复“已移机” / a person may say it was moved' }),
  },
  named('TerminalAlarm'),
);
export const TerminalAlarmListSchema = Type.Object({ alarms: Type.Array(TerminalAlarmSchema) }, named('TerminalAlarmList'));
export const TerminalAlarmAnswerSchema = Type.Object({ alarm: TerminalAlarmSchema }, named('TerminalAlarmAnswer'));
export const MovedSchema = Type.Object({ reason: Reason }, named('TerminalMoved'));

export const TerminalSchema = Type.Object(
  {
    id: Text, kind: Text, title: Text, campus: Maybe(Text), group: Maybe(Text), status: Type.Enum(['unclaimed', 'active', 'disabled'] as const), online: Type.Boolean(), since: Maybe(Instant), lastSeenAt: Maybe(Instant),
    address: Maybe(Text), software: Maybe(Text), machine: Maybe(Text), reportedAt: Maybe(Instant), clockSkewMs: Maybe(Type.Integer({ description: '终端自身时钟减平台时间（毫秒） / its own clock minus the core’s' })),
    keySince: Maybe(Instant), rotation: Type.Enum(['none', 'asked', 'overlap'] as const),
    configuration: Type.Object(
      { state: Type.Enum(['none', 'current', 'behind', 'failed'] as const), desiredVersion: Maybe(Count), reportedVersion: Maybe(Count), error: Maybe(Text), reportedAt: Maybe(Instant) },
      named('TerminalConfigurationState'),
    ),
    faults: Type.Array(FaultSchema), alarms: Type.Array(TerminalAlarmSchema),
  },
  named('Terminal'),
);
const CampusSchema = Type.Object({ id: Text, name: Text }, named('Campus'));
const GroupSchema = Type.Object({ id: Id, title: Title }, named('TerminalGroup'));
export const TerminalListSchema = Type.Object({ terminals: Type.Array(TerminalSchema), campuses: Type.Array(CampusSchema), groups: Type.Array(GroupSchema), now: Instant }, named('TerminalList'));
export const FaultHistorySchema = Type.Object({ faults: Type.Array(FaultSchema) }, named('TerminalFaultHistory'));

const Code = Type.String({ minLength: 10, maxLength: 40, description: '终端屏幕上的登记码；大小写、空格、连字符不计 / as the terminal shows it' });
export const WaitingTerminalSchema = Type.Object(
  { claimId: Text, software: Text, machine: Maybe(Text), address: Maybe(Text), askedAt: Instant, expiresAt: Instant },
  named('WaitingTerminal'),
);
export const WaitingListSchema = Type.Object({ waiting: Type.Array(WaitingTerminalSchema) }, named('WaitingTerminals'));
export const CodeSchema = Type.Object({ code: Code }, named('ShownCode'));
export const WaitingAnswerSchema = Type.Object({ waiting: WaitingTerminalSchema }, named('WaitingTerminalAnswer'));
export const ApprovalSchema = Type.Object(
  { code: Code, id: Id, kind: Kind, title: Title, ...PLACE, replaces: Maybe(Type.Boolean({ description: '该编号已存在：新机器顶替 / the id exists: this machine takes its place' })) },
  named('TerminalApproval'),
);
export const RejectionSchema = Type.Object({ claimId: Type.String({ pattern: '^[0-9a-f]{64}$' }), reason: Reason }, named('TerminalRejection'));

export const GroupListSchema = Type.Object({ groups: Type.Array(GroupSchema) }, named('TerminalGroupList'));
export const NewGroupSchema = GroupSchema;
export const GroupTitleSchema = Type.Object({ title: Title }, named('TerminalGroupTitle'));
export const GroupAnswerSchema = Type.Object({ group: GroupSchema }, named('TerminalGroupAnswer'));

const Document = Type.Unknown({ description: '终端配置，见 terminal-protocol.md / as terminal-protocol.md says' });
export const LayerSchema = Type.Object({ scope: Type.Enum(CONFIGURATION_SCOPES), scopeId: Text, revision: Count, document: Document, changedAt: Instant, changedBy: Text }, named('ConfigurationLayer'));
export const LayerListSchema = Type.Object({ layers: Type.Array(LayerSchema) }, named('ConfigurationLayers'));
export const LayerChangeSchema = Type.Object({ scope: Type.Enum(CONFIGURATION_SCOPES), scopeId: Type.String({ maxLength: 63, description: '默认层为空 / empty for the defaults' }), revision: Type.Integer({ minimum: 0, description: '所见版本，新建为 0 / as seen; 0 for a new one' }), document: Document }, named('ConfigurationChange'));
export const LayerAnswerSchema = Type.Object({ layer: LayerSchema }, named('ConfigurationLayerAnswer'));
const ValueSource = { scope: Type.Enum(CONFIGURATION_SCOPES), scopeId: Text, value: Type.Unknown() };
export const ExplainedValueSchema = Type.Object(
  { path: Text, ...ValueSource, below: Type.Array(Type.Object(ValueSource, closed), { description: '被覆盖的值，由近及远 / What it lies over, the nearest first' }) },
  named('ConfigurationValue'),
);
export const EffectiveSchema = Type.Object({ version: Maybe(Count), hash: Maybe(Text), document: Maybe(Document), values: Type.Array(ExplainedValueSchema) }, named('EffectiveConfiguration'));
export const ValueChangeSchema = Type.Object({ path: Text, before: Maybe(Type.Unknown()), after: Maybe(Type.Unknown()) }, named('ConfigurationValueChange'));
export const LayerPreviewSchema = Type.Object({ changes: Type.Array(ValueChangeSchema), terminals: Type.Array(Text, { description: '期望配置将改变的终端 / Those that would get another configuration' }) }, named('ConfigurationPreview'));

const NoticeText = Type.String({ minLength: 1, maxLength: 300, pattern: '\\S' });
export const NoticeSchema = Type.Object(
  {
    noticeId: Text, audience: Text, severity: Type.Enum(NOTICE_SEVERITIES), zh: Text, en: Maybe(Text), validFrom: Instant, validUntil: Instant, createdAt: Instant, createdBy: Text, withdrawnAt: Maybe(Instant),
    withdrawnBy: Maybe(Text), state: Type.Enum(['planned', 'shown', 'over', 'withdrawn'] as const),
  },
  named('TerminalNotice'),
);
export const NoticeListSchema = Type.Object({ notices: Type.Array(NoticeSchema) }, named('TerminalNoticeList'));
export const NewNoticeSchema = Type.Object(
  {
    audience: Type.String({ minLength: 1, maxLength: 72, description: 'all、终端类型、分组，或 terminal/终端编号 / all, a kind, a group, or terminal/{id}' }), severity: Type.Enum(NOTICE_SEVERITIES), zh: NoticeText, en: Maybe(NoticeText),
    validFrom: Type.String({ format: 'date-time' }), validUntil: Type.String({ format: 'date-time' }),
  },
  named('NewTerminalNotice'),
);
export const NoticeAnswerSchema = Type.Object({ notice: NoticeSchema }, named('TerminalNoticeAnswer'));
export const WithdrawalSchema = Type.Object({ reason: Reason }, named('NoticeWithdrawal'));
export const NoticePath = Type.Object({ noticeId: Type.String({ pattern: '^N[0-9A-Z]{15}$' }) }, closed);
