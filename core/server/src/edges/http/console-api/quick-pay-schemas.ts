/** The shapes of the console API about bound cards (快捷支付): of a card its bank and last four digits, of its holder a mask; tokens are in no answer. */
import { CARD_KINDS } from '@hospay/plugin-sdk';
import { Type } from 'typebox';
import { AGREEMENT_STATES, AGREEMENT_TRIGGERS } from '../../../domain/agreement-states.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const closed = { additionalProperties: false } as const;
const Text = Type.String();
const Reason = Type.String({ minLength: 2, maxLength: 100, pattern: '\\S' });
const AgreementNo = Type.String({ pattern: '^A[0-9A-Z]{19}$', description: '签约号 / Number of the agreement' });
const State = Type.Enum(AGREEMENT_STATES, { description: 'requested 待验证码；confirming 验证中；active 已签约；failed 未成；ending 解约中；ended 已解约' });

export const AgreementPath = Type.Object({ agreementNo: AgreementNo }, closed);
export const AgreementQuery = Type.Object(
  { state: Type.Optional(State), agreementNo: Type.Optional(AgreementNo), userId: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: '应用内用户号，精确匹配 / Exact' })), lastFour: Type.Optional(Type.String({ pattern: '^\\d{4}$' })) },
  closed,
);
export const AgreementSchema = Type.Object(
  {
    agreementNo: Text, state: State, appId: Text, userLabel: Type.String({ description: '用户号，脱敏 / Masked' }), channel: Text, bankName: Type.Optional(Text), cardKind: Type.Optional(Type.Enum(CARD_KINDS)), lastFour: Type.Optional(Text), requestedAt: Text,
    codeExpiresAt: Type.Optional(Text), boundAt: Type.Optional(Text), codesEntered: Type.Integer({ minimum: 0 }), news: Type.Optional(Text),
    events: Type.Array(Type.Object({ from: Type.Optional(State), to: State, by: Type.Enum([...AGREEMENT_TRIGGERS, 'request'] as const), cause: Text, at: Text }, named('AgreementEvent')), { description: '仅在查询一笔时给出 / Only of one that is read' }),
  },
  named('CardAgreement'),
);
export const AgreementListSchema = Type.Object({ agreements: Type.Array(AgreementSchema) }, named('CardAgreementList'));
export const UnbindingSchema = Type.Object({ reason: Reason }, named('CardUnbinding'));

export const LockPath = Type.Object({ lockNo: Type.String({ pattern: '^[0-9a-f]{32}$', description: '取自锁定列表 / From the list' }) }, closed);
export const LockedPasswordSchema = Type.Object({ lockNo: Text, appId: Text, userLabel: Text, failures: Type.Integer({ minimum: 0 }), lockedUntil: Text }, named('LockedPassword'));
export const LockedPasswordListSchema = Type.Object({ locked: Type.Array(LockedPasswordSchema) }, named('LockedPasswordList'));
export const UnlockSchema = Type.Object({ reason: Reason }, named('PasswordUnlock'));
