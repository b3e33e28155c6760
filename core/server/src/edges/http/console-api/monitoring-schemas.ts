/** The shapes of the console API about monitoring (监控与告警). */
import { Type } from 'typebox';
import { ALARM_ACTS, TREND_RANGES } from '../../../alarms/ports.js';
import { MEASURE_GROUPS, MEASURES } from '../../../domain/alarm-measures.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const closed = { additionalProperties: false } as const;
const Text = Type.String();
const Instant = Type.String({ description: 'RFC 3339, UTC' });
const Count = Type.Integer({ minimum: 0 });
const Value = Type.Number({ description: '按测点单位 / In the unit of the measure' });
const Unit = Type.Enum(['count', 'flag', 'seconds', 'milliseconds', 'percent', 'megabytes'] as const, { description: 'flag：1 异常，0 正常 / 1 is wrong, 0 is well' });
const MeasureId = Type.Enum(MEASURES.map(({ id }) => id));
const Maybe = Type.Optional;
const Note = Type.String({ minLength: 2, maxLength: 300, pattern: '\\S' });

const AlarmRuleSchema = Type.Object(
  { id: Text, measure: MeasureId, unit: Unit, severity: Count, titleZh: Text, titleEn: Text, repairZh: Text, repairEn: Text, page: Text, wrong: Type.Enum(['above', 'below'] as const), raise: Value, clear: Value, raiseAfterSeconds: Count, clearAfterSeconds: Count },
  named('AlarmRule'),
);
const ProblemSchema = Type.Object(
  {
    id: Count, rule: Text, subject: Text, severity: Count, value: Value, valueNow: Maybe(Value), raisedAt: Instant, seconds: Count, acknowledgedAt: Maybe(Instant), acknowledgedBy: Maybe(Text),
    muted: Type.Boolean({ description: '静默中，不送达 / Its news is held back' }),
  },
  named('Problem'),
);
const MuteSchema = Type.Object({ id: Count, rule: Type.String({ description: '空：全部规则 / Empty: every rule' }), since: Instant, until: Instant, by: Text, reason: Text }, named('AlarmMute'));
const ReadingSchema = Type.Object({ measure: MeasureId, group: Type.Enum(MEASURE_GROUPS), unit: Unit, titleZh: Text, titleEn: Text, subject: Text, value: Value, at: Instant }, named('Reading'));
const DeliveryChannelSchema = Type.Object(
  {
    id: Text, kind: Type.Enum(['email', 'webhook', 'syslog'] as const), target: Type.String({ description: '主机与端口 / Host and port' }), leastSeverity: Count, waitingSeconds: Count,
    last: Maybe(Type.Object({ state: Type.Enum(['waiting', 'delivered', 'dropped'] as const), at: Instant, attempts: Count, problem: Maybe(Text) }, closed)),
  },
  named('DeliveryChannel'),
);
const AuditCollectorSchema = Type.Object(
  {
    id: Text, target: Type.String({ description: '主机与端口 / Host and port' }), behind: Type.Integer({ minimum: 0, description: '未送达的审计行数 / Rows it has not taken' }), takenSeq: Type.Integer({ minimum: 0, description: '已送到的审计序号 / Up to this row it has them' }),
    takenAt: Maybe(Instant), waitingSeconds: Count, problem: Maybe(Text),
  },
  named('AuditCollector'),
);
export const MonitoringSchema = Type.Object(
  { problems: Type.Array(ProblemSchema), rules: Type.Array(AlarmRuleSchema), mutes: Type.Array(MuteSchema), readings: Type.Array(ReadingSchema), channels: Type.Array(DeliveryChannelSchema), auditCollectors: Type.Array(AuditCollectorSchema), now: Instant },
  named('Monitoring'),
);
export const TrendQuery = Type.Object({ range: Type.Enum(TREND_RANGES, { description: 'hour 每分钟，day 每五分钟，month 每小时；均取段内最高 / the highest of each minute, five minutes, hour' }) }, closed);
export const TrendsSchema = Type.Object(
  { range: Type.Enum(TREND_RANGES), series: Type.Array(Type.Object({ measure: MeasureId, points: Type.Array(Type.Object({ at: Instant, value: Value }, closed)) }, named('Trend'))) },
  named('Trends'),
);
export const AlarmHistoryQuery = Type.Object({ before: Maybe(Type.Integer({ minimum: 1 })) }, closed);
const PastAlarmSchema = Type.Object(
  {
    id: Count, rule: Text, titleZh: Text, titleEn: Text, unit: Unit, subject: Text, severity: Count, value: Value, raisedAt: Instant, clearedAt: Maybe(Instant),
    acts: Type.Array(Type.Object({ what: Type.Enum(ALARM_ACTS), at: Instant, who: Text, note: Text, value: Maybe(Value) }, named('AlarmAct'))),
  },
  named('PastAlarm'),
);
export const AlarmHistorySchema = Type.Object({ alarms: Type.Array(PastAlarmSchema), next: Maybe(Count) }, named('AlarmHistory'));
export const AlarmPath = Type.Object({ id: Type.String({ pattern: '^[1-9]\\d{0,8}$' }) }, closed);
export const ChannelPath = Type.Object({ id: Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64 }) }, closed);
export const AcknowledgeSchema = Type.Object({ note: Note }, named('AlarmAcknowledgement'));
export const AcknowledgedSchema = Type.Object({ id: Count, acknowledgedAt: Instant }, named('AcknowledgedAlarm'));
export const NewMuteSchema = Type.Object({ rule: Type.String({ maxLength: 64, description: '空：全部规则 / Empty: every rule' }), until: Type.String({ format: 'date-time' }), reason: Note }, named('NewAlarmMute'));
export const MuteAnswerSchema = Type.Object({ mute: MuteSchema }, named('AlarmMuteAnswer'));
export const MuteEndedSchema = Type.Object({ id: Count }, named('EndedAlarmMute'));
export const TestedSchema = Type.Object({ delivered: Type.Boolean(), problem: Maybe(Text) }, named('AlarmTest'));
