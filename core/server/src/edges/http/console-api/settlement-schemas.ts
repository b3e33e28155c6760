/** The shapes of the console API about settlement batches (结算批次). */
import { Type } from 'typebox';
import { BATCH_STATES } from '../../../domain/settlement-batch.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const Text = Type.String();
const Fen = Type.Integer({ description: '整数分 / Integer fen' });
const Count = Type.Integer({ minimum: 0 });
const Hash = Type.String({ pattern: '^[0-9a-f]{64}$', description: '所见内容的哈希 / The hash of what was shown' });
const Reason = Type.String({ minLength: 2, maxLength: 200, pattern: '\\S' });

const LineSchema = Type.Object({ source: Text, day: Text, account: Text, campus: Text, grossFen: Fen, refundFen: Fen, feeFen: Fen, payments: Count, refunds: Count }, named('SettlementLine'));
const MoveSchema = Type.Object({ fromAccount: Text, toAccount: Text, amountFen: Fen, payoutNo: Type.Optional(Text), payoutState: Type.Optional(Text) }, named('SettlementMove'));
export const SettlementDraftSchema = Type.Object({ lines: Type.Array(LineSchema), moves: Type.Array(MoveSchema), hash: Hash }, named('SettlementDraft'));
export const SettlementBatchSchema = Type.Object(
  { batchNo: Text, state: Type.Enum(BATCH_STATES), hash: Hash, proposedBy: Text, proposedAt: Text, expiresAt: Text, decidedBy: Type.Optional(Text), decidedAt: Type.Optional(Text), lines: Type.Array(LineSchema), moves: Type.Array(MoveSchema) },
  named('SettlementBatch'),
);
export const SettlementBatchListSchema = Type.Object({ batches: Type.Array(SettlementBatchSchema) }, named('SettlementBatchList'));
export const SettlementPath = Type.Object({ batchNo: Type.String({ pattern: '^JS\\d{8}$' }) }, { additionalProperties: false });
export const SettlementProposalSchema = Type.Object({ hash: Hash }, named('SettlementProposal'));
export const SettlementDecisionSchema = Type.Object({ hash: Hash, decision: Type.Enum(['approve', 'reject'] as const), reason: Reason }, named('SettlementDecision'));
