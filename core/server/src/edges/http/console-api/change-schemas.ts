/** The shapes of changes (变更申请). */
import { Type } from 'typebox';
import { CHANGE_KINDS, CHANGE_STATES } from '../../../domain/change-proposal.js';
import { RefusalShape } from '../http-kit/error-answer.js';
import { BilingualSchema } from './bilingual-schema.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const closed = { additionalProperties: false } as const;
const Text = Type.String();
const ChangeNo = Type.String({ pattern: '^BG\\d{8}$', description: '变更单号 / The number of the change' });
const Hash = Type.String({ pattern: '^[0-9a-f]{64}$', description: '所审批内容的哈希 / The hash of what was shown' });

/** Why it is wanted: whoever approves reads it. */
export const ReasonSchema = Type.String({ minLength: 2, maxLength: 200, pattern: '\\S' });
export const ReasonBody = Type.Object({ reason: ReasonSchema }, named('ChangeReason'));
export const ReasonQuery = Type.Object({ reason: ReasonSchema }, closed);

const LineSchema = Type.Object({ name: Text, before: Type.Optional(Text), after: Type.Optional(Text) }, named('ChangeLine'));
export const ChangeSchema = Type.Object(
  {
    changeNo: ChangeNo, kind: Type.Enum(CHANGE_KINDS), subject: Text, lines: Type.Array(LineSchema, { description: '现在与变更后；密钥只显示指纹 / Now and after; of secrets only fingerprints' }), levels: Type.Enum([0, 1, 2] as const, { description: '0：上线前由一人直接执行 / 0: made by one person before there were two' }),
    state: Type.Enum(CHANGE_STATES), hash: Hash, contentHash: Text, stateHash: Text, reason: Text, proposedBy: Text, proposedAt: Text, expiresAt: Text, firstApprovedBy: Type.Optional(Text), decidedBy: Type.Optional(Text), decidedAt: Type.Optional(Text), endedAt: Type.Optional(Text), error: Type.Optional(BilingualSchema),
  },
  named('Change'),
);
/** 202: nothing has been changed yet. */
export const ProposedChangeSchema = Type.Object({ change: ChangeSchema }, named('ProposedChange'));
export const ChangeListSchema = Type.Object({ needsTwo: Type.Boolean({ description: '是否已启用双人复核 / Whether two persons are needed by now' }), changes: Type.Array(ChangeSchema) }, named('ChangeList'));
export const ChangePath = Type.Object({ changeNo: ChangeNo }, closed);
const Decision = Type.Enum(['approve', 'refuse'] as const);
export const ChangeDecisionSchema = Type.Object({ hash: Hash, decision: Decision, reason: ReasonSchema }, named('ChangeDecision'));
export const ChangeDecisionsSchema = Type.Object({ changes: Type.Array(Type.Object({ changeNo: ChangeNo, hash: Hash }, named('ShownChange')), { minItems: 1, maxItems: 50 }), decision: Decision, reason: ReasonSchema }, named('ChangeDecisions'));
export const ChangeResultsSchema = Type.Object(
  { results: Type.Array(Type.Object({ changeNo: ChangeNo, change: Type.Optional(ChangeSchema), error: Type.Optional(Type.Object(RefusalShape, named('ChangeError'))) }, named('ChangeResult'))) },
  named('ChangeResults'),
);
