/** The shapes of the console API about keys and certificates. None has a place for key material. */
import { CREDENTIAL_HOLDERS, CREDENTIAL_KINDS } from '@hospay/plugin-sdk';
import { Type } from 'typebox';
import { CREDENTIAL_ALARMS, CREDENTIAL_EVENTS, REHEARSAL_STEPS, ROTATION_STATES } from '../../../monitoring/ports.js';
import { BilingualSchema } from './bilingual-schema.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const closed = { additionalProperties: false } as const;
const Text = Type.String();
const Instant = Type.String({ description: 'RFC 3339, UTC' });
const Count = Type.Integer({ minimum: 0 });
const Fingerprint = Type.String({ description: 'SHA-256; 共享密钥为平台自有密钥的 HMAC / of a shared secret an HMAC by a key of this platform' });
const Owner = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64 });

const AlarmSchema = Type.Object(
  {
    id: Count, owner: Text, name: Text, kind: Type.Enum(CREDENTIAL_ALARMS), severity: Count, thresholdDays: Type.Optional(Count), detail: BilingualSchema, raisedAt: Instant, resolvedAt: Type.Optional(Instant), resolvedBy: Type.Optional(Text),
    confirmable: Type.Boolean({ description: '可由人确认 / a person may end it' }),
  },
  named('CredentialAlarm'),
);
const CredentialSchema = Type.Object(
  {
    owner: Text, name: Text, titleZh: Text, titleEn: Text, useZh: Text, useEn: Text, holder: Type.Enum(CREDENTIAL_HOLDERS), kind: Type.Enum(CREDENTIAL_KINDS), serial: Type.Optional(Text), subject: Type.Optional(Text),
    issuer: Type.Optional(Text), notBefore: Type.Optional(Instant), notAfter: Type.Optional(Instant), secondsLeft: Type.Optional(Type.Integer()), fingerprint: Type.Optional(Fingerprint), firstSeenAt: Instant, lastSeenAt: Instant,
    since: Instant, present: Type.Boolean(),
  },
  named('Credential'),
);
export const CredentialListSchema = Type.Object({ credentials: Type.Array(CredentialSchema), alarms: Type.Array(AlarmSchema), alarmDays: Type.Array(Count), now: Instant }, named('CredentialList'));
export const CredentialHistoryQuery = Type.Object({ owner: Owner, name: Type.String({ minLength: 1, maxLength: 120 }) }, closed);
export const CredentialHistorySchema = Type.Object(
  { events: Type.Array(Type.Object({ at: Instant, what: Type.Enum(CREDENTIAL_EVENTS), before: Type.Optional(Fingerprint), after: Type.Optional(Fingerprint), wasRehearsed: Type.Boolean() }, named('CredentialEvent'))) },
  named('CredentialHistory'),
);
export const CheckedSchema = Type.Object({ credentials: Count, raised: Count, resolved: Count, open: Count }, named('CredentialCheck'));
export const AlarmAnswerSchema = Type.Object({ alarm: AlarmSchema }, named('CredentialAlarmAnswer'));
export const NumberPath = Type.Object({ id: Type.String({ pattern: '^[1-9]\\d{0,8}$' }) }, closed);

const RotatableSchema = Type.Object({ path: Text, titleZh: Text, titleEn: Text, secret: Type.Boolean(), choices: Type.Array(Text), long: Type.Boolean() }, named('RotatableSetting'));
const SubjectSchema = Type.Object({ instance: Text, plugin: Text, origin: Type.Enum(['configured', 'installed'] as const), settings: Type.Array(RotatableSchema) }, named('RotationSubject'));
export const RotationSchema = Type.Object(
  {
    id: Count, instance: Text, state: Type.Enum(ROTATION_STATES), changedPaths: Type.Array(Text),
    steps: Type.Array(Type.Object({ step: Type.Enum(REHEARSAL_STEPS), result: Type.Enum(['passed', 'warning', 'failed', 'skipped'] as const), found: Type.Array(BilingualSchema) }, named('RehearsalStep'))),
    rehearsedAt: Instant, rehearsedBy: Text, carriedOutAt: Type.Optional(Instant), carriedOutBy: Type.Optional(Text), takenBackAt: Type.Optional(Instant),
    carriesOut: Type.Enum(['byCall', 'inConfigurationFile'] as const, { description: '配置文件中的实例须改文件并重启 / instances of the configuration file are changed there' }),
  },
  named('Rotation'),
);
export const RotationListSchema = Type.Object({ subjects: Type.Array(SubjectSchema), rotations: Type.Array(RotationSchema) }, named('RotationList'));
export const RotationAnswerSchema = Type.Object({ rotation: RotationSchema }, named('RotationAnswer'));
export const RehearsalSchema = Type.Object(
  {
    instance: Owner,
    changes: Type.Array(Type.Object({ path: Type.String({ minLength: 1, maxLength: 120 }), value: Type.Optional(Type.String({ maxLength: 32_768, description: '缺省则删除 / absent: taken away' })) }, named('SettingChange')), { minItems: 1, maxItems: 30 }),
  },
  named('Rehearsal'),
);
