/** The shapes of second factors (二次验证), passkeys (通行密钥) and sessions (会话). */
import { Type } from 'typebox';
import { SESSION } from './schemas.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const closed = { additionalProperties: false } as const;
const Text = Type.String();
const Instant = Type.String({ description: 'RFC 3339, UTC' });
const Count = Type.Integer({ minimum: 0 });
const Maybe = Type.Optional;
const Code = Type.String({ minLength: 6, maxLength: 24, description: '验证器的六位验证码，或一个恢复码 / six digits of the authenticator, or a recovery code' });
const Ticket = Type.String({ pattern: '^[0-9A-Z]{32}$', description: '仪式编号，只用一次 / names one ceremony, good for one answer' });
/** As the browser's WebAuthn gives it; checked by the cryptography, not by its shape. */
const Answer = Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), { maxProperties: 12, description: 'WebAuthn: PublicKeyCredential JSON' });

export const CodeSchema = Type.Object({ code: Code }, named('SecondFactorCode'));
export const OfferRequestSchema = Type.Object({ enrolmentCode: Maybe(Type.String({ minLength: 1, maxLength: 24, description: '安全管理员给的设置码 / given by the security administrator' })) }, named('SecondFactorOfferRequest'));
export const OfferSchema = Type.Object({ secret: Type.String({ description: 'Base32' }), uri: Type.String({ description: 'otpauth://' }) }, named('SecondFactorOffer'));
const RecoveryCodes = Type.Array(Text, { description: '只显示一次，每个只用一次 / told once, each good for one use' });
export const RecoveryCodesSchema = Type.Object({ recoveryCodes: RecoveryCodes }, named('RecoveryCodes'));
export const EnrolledSchema = Type.Object({ ...SESSION, recoveryCodes: RecoveryCodes }, named('Enrolled'));
export const EnrolmentCodeSchema = Type.Object({ enrolmentCode: Type.String({ description: '72 小时内有效，只显示一次 / for 72 hours, told once' }) }, named('EnrolmentCode'));

const PasskeySchema = Type.Object({ id: Text, title: Text, createdAt: Instant, lastUsedAt: Maybe(Instant) }, named('Passkey'));
export const SecondFactorStatusSchema = Type.Object(
  { since: Maybe(Instant), recoveryCodesLeft: Count, isRequired: Type.Boolean(), needsEnrolmentCode: Type.Boolean(), passkeysOffered: Type.Boolean(), passkeys: Type.Array(PasskeySchema) },
  named('SecondFactorStatus'),
);
export const CeremonySchema = Type.Object({ ticket: Text, options: Type.Record(Type.String(), Type.Unknown(), { description: 'WebAuthn: PublicKeyCredential…OptionsJSON' }) }, named('PasskeyCeremony'));
export const PasskeySignInSchema = Type.Object({ ticket: Ticket, answer: Answer }, named('PasskeySignIn'));
export const NewPasskeySchema = Type.Object({ ticket: Ticket, title: Type.String({ minLength: 1, maxLength: 64, pattern: '\\S' }), answer: Answer }, named('NewPasskey'));
export const PasskeyAnswerSchema = Type.Object({ passkey: PasskeySchema }, named('PasskeyAnswer'));
export const PasskeyPath = Type.Object({ id: Type.String({ pattern: '^[\\w-]{1,1400}$' }) }, closed);

const UserSessionSchema = Type.Object(
  { id: Text, login: Text, displayName: Text, since: Instant, lastUsedAt: Instant, address: Maybe(Text), agent: Maybe(Text), isProven: Type.Boolean({ description: '已通过二次验证 / the second factor was proven' }), isThis: Type.Boolean({ description: '就是发出本请求的会话 / the one that asks' }) },
  named('UserSession'),
);
export const SessionListSchema = Type.Object({ sessions: Type.Array(UserSessionSchema) }, named('SessionList'));
export const SessionFilterSchema = Type.Object({ everybody: Maybe(Type.Literal('true', { description: '所有人的，需 seeUsers / of everybody, needs seeUsers' })) }, closed);
export const SessionPath = Type.Object({ id: Type.String({ pattern: '^[0-9A-Za-z]{8,64}$' }) }, closed);
