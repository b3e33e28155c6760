/** The shapes of the console API about working on cases (差错处理). */
import { Type } from 'typebox';
import { CASE_ACT_KINDS, CASE_WAYS, CASE_WORK_STATES } from '../../../domain/case-work.js';
import { CASE_KINDS } from '../../../domain/order-change.js';
import { BilingualSchema } from './bilingual-schema.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const closed = { additionalProperties: false } as const;
const Text = Type.String();
const SignedFen = Type.Integer({ description: '整数分；长款为正，短款为负 / Integer fen; long above zero, short below' });
const Reason = Type.String({ minLength: 2, maxLength: 500, pattern: '\\S' });
const Way = Type.Enum(CASE_WAYS, { description: 'writeOff 核销挂账；explain 说明结案（无挂账）' });

export const CasePath = Type.Object({ id: Type.String({ pattern: '^[1-9]\\d{0,14}$', description: '差错单编号 / Number of the case' }) }, closed);
export const CaseFilePath = Type.Object({ id: Type.String({ pattern: '^[1-9]\\d{0,14}$' }), seq: Type.String({ pattern: '^[1-9]\\d{0,14}$', description: '附件编号 / Number of the attachment' }) }, closed);
export const CaseNoteSchema = Type.Object({ text: Type.String({ minLength: 1, maxLength: 1_000, pattern: '\\S' }), isContact: Type.Boolean({ description: '患者联系记录 / A talk with the patient' }) }, named('CaseNote'));
export const CaseProposalSchema = Type.Object({ way: Way, reason: Reason }, named('CaseEndProposal'));
export const CaseDecisionSchema = Type.Object({ hash: Type.String({ pattern: '^[0-9a-f]{64}$', description: '所见方案的哈希 / The hash of what was shown' }), decision: Type.Enum(['approve', 'reject'] as const), reason: Reason }, named('CaseDecision'));
export const CaseWorkSchema = Type.Object(
  {
    id: Type.Integer({ minimum: 1 }), kind: Type.Enum(CASE_KINDS), subject: Text, tradeNo: Type.Optional(Text), severity: Type.Integer({ minimum: 1 }), detail: BilingualSchema, openedAt: Text, resolvedAt: Type.Optional(Text), dueAt: Text, state: Type.Enum(CASE_WORK_STATES),
    owner: Type.Optional(Text), hangingFen: SignedFen, ways: Type.Array(Way),
    proposal: Type.Optional(Type.Object({ hash: Text, way: Way, amountFen: SignedFen, reason: Text, by: Text, at: Text, expiresAt: Text }, named('CaseProposal'))),
    attachments: Type.Array(Type.Object({ seq: Type.Integer({ minimum: 1 }), name: Text, mediaType: Text, bytes: Type.Integer({ minimum: 1 }), sha256: Text, by: Text, at: Text }, named('CaseAttachment'))),
    acts: Type.Array(Type.Object({ kind: Type.Enum(CASE_ACT_KINDS), by: Text, at: Text, text: Text }, named('CaseAct'))),
  },
  named('CaseWork'),
);
