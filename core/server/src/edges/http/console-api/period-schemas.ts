/** The shapes of the console API about closing months (月结). */
import { Type } from 'typebox';
import { BilingualSchema } from './bilingual-schema.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const Text = Type.String();
const SignedFen = Type.Integer({ description: '整数分，科目正常方向为正 / Integer fen, on the side on which the account is kept' });
const Fen = Type.Integer({ minimum: 0, description: '整数分 / Integer fen' });
const Month = Type.String({ pattern: '^\\d{4}-(0[1-9]|1[0-2])$', description: '北京月份 yyyy-MM / Beijing month' });
const Hash = Type.String({ pattern: '^[0-9a-f]{64}$', description: '所见试算平衡的哈希 / The hash of what was shown' });
const State = Type.Enum(['open', 'proposed', 'closed'] as const, { description: 'open 未结；proposed 待复核；closed 已结' });

export const PeriodPath = Type.Object({ month: Month }, { additionalProperties: false });
const fields = { month: Month, state: State, proposedBy: Type.Optional(Text), closedBy: Type.Optional(Text), closedAt: Type.Optional(Text) };
const LineSchema = Type.Object({ account: Text, code: Text, zh: Text, en: Text, openingFen: SignedFen, debitFen: Fen, creditFen: Fen, closingFen: SignedFen }, named('TrialBalanceLine'));
const BlockerSchema = Type.Object(
  { code: Type.Enum(['notOver', 'notNext', 'dayOpen', 'dayNotCompared', 'suspense'] as const), detail: BilingualSchema, of: Type.Optional(Type.Object({ day: Text, comparison: Text, source: Text, state: Text }, named('PeriodBlockerDay'))) },
  named('PeriodBlocker'),
);
export const PeriodListSchema = Type.Object({ periods: Type.Array(Type.Object(fields, named('Period'))) }, named('PeriodList'));
export const PeriodSheetSchema = Type.Object(
  { ...fields, hash: Hash, blockers: Type.Array(BlockerSchema), lastSeq: Type.Integer({ minimum: 0 }), lines: Type.Array(LineSchema), longFen: SignedFen, shortFen: SignedFen, openCases: Type.Integer({ minimum: 0 }) },
  named('PeriodSheet'),
);
export const PeriodProposalSchema = Type.Object({ hash: Hash }, named('PeriodProposal'));
export const PeriodDecisionSchema = Type.Object({ hash: Hash, decision: Type.Enum(['approve', 'reject'] as const), reason: Type.String({ minLength: 2, maxLength: 200, pattern: '\\S' }) }, named('PeriodDecision'));
