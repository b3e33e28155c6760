/** The shapes of the console API about returning prepayment accounts (清退). */
import { Type } from 'typebox';
import { TRANSFER_KINDS, TRANSFER_STATES } from '../../../domain/hand-transfer.js';
import { PREPAYMENT_RETURN_STATES, PREPAYMENT_RUN_STATES } from '../../../domain/prepayment-states.js';
import { BilingualSchema } from './bilingual-schema.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const closed = { additionalProperties: false } as const;
const Text = Type.String();
const Fen = Type.Integer({ minimum: 0, description: '整数分 / Integer fen' });
const RunNo = Type.String({ pattern: '^QT[0-9A-Z]{4,32}$', description: '清退批次号 / The number of the run' });

export const PrepaymentRunPath = Type.Object({ runNo: RunNo }, closed);
export const PrepaymentRunListQuery = Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })) }, closed);
export const PrepaymentRunProposalSchema = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 100, description: '批次名称，如"2026 年门诊预交金清退第一批" / What the run is called' }),
    patientIds: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 200, description: '患者 ID，重复的只算一次 / Patients; a repeated one counts once' }),
  },
  named('PrepaymentRunProposal'),
);
export const PrepaymentRunDecisionSchema = Type.Object(
  {
    hash: Type.String({ pattern: '^[0-9a-f]{64}$', description: '所审批内容的哈希，取自批次 / The hash of what was shown, from the run' }),
    decision: Type.Enum(['approve', 'reject'] as const),
    reason: Type.String({ minLength: 1, maxLength: 200 }),
  },
  named('PrepaymentRunDecision'),
);
const ShareSchema = Type.Object({ tradeNo: Text, refundFen: Fen, state: Type.Enum(['planned', 'reserved', 'refused'] as const) }, named('PrepaymentShare'));
const ReturnSchema = Type.Object(
  {
    returnNo: Text, patientId: Text, amountFen: Fen, frozenFen: Fen, transferFen: Fen, state: Type.Enum(PREPAYMENT_RETURN_STATES), shares: Type.Array(ShareSchema), hisReturnNo: Type.Optional(Text), news: Type.Optional(BilingualSchema),
  },
  named('PrepaymentReturn'),
);
export const PrepaymentRunSchema = Type.Object(
  {
    runNo: RunNo, title: Text, state: Type.Enum(PREPAYMENT_RUN_STATES), hash: Text, proposedBy: Text, proposedAt: Text, expiresAt: Text, decidedBy: Type.Optional(Text), decidedAt: Type.Optional(Text),
    totalFen: Fen, alongOrdersFen: Fen, transferFen: Fen, leftOut: Type.Array(Type.Object({ patientId: Text, reason: Text }, named('PrepaymentLeftOut'))), returns: Type.Array(ReturnSchema),
  },
  named('PrepaymentRun'),
);
export const PrepaymentRunListSchema = Type.Object({ runs: Type.Array(PrepaymentRunSchema) }, named('PrepaymentRunList'));
export const PrepaymentRunPauseSchema = Type.Object({ wish: Type.Enum(['pause', 'resume'], { description: 'pause 暂停：不再开始新的账户；resume 继续' }), reason: Type.String({ minLength: 2, maxLength: 200, pattern: '\\S' }) }, named('PrepaymentRunPause'));

const Kind = Type.Enum(TRANSFER_KINDS, { description: 'prepayment 预交金清退；discharge 出院结余' });
const Day = Type.String({ format: 'date' });
const SlipNo = Type.String({ pattern: '^[0-9A-Za-z-]{4,64}$', description: '银行流水号 / The bank\'s number of the transfer' });
const Owed = Type.Integer({ minimum: 1, description: '应付金额（分），整笔 / All of what is owed, integer fen' });
export const TransferSchema = Type.Object(
  {
    transferNo: Text, kind: Kind, subject: Text, amountFen: Fen, state: Type.Enum(TRANSFER_STATES), paidOn: Text, bankName: Text, accountLabel: Text, accountTail: Text, slipNo: Text, recordedBy: Text, recordedAt: Text,
    decidedBy: Type.Optional(Text), decidedAt: Type.Optional(Text), reason: Type.Optional(Text),
  },
  named('HandTransfer'),
);
const DueTransferSchema = Type.Object({ kind: Kind, subject: Text, owedTo: Text, amountFen: Fen, since: Text, waiting: Type.Optional(TransferSchema), payoutNo: Type.Optional(Text) }, named('DueTransfer'));
export const TransferListSchema = Type.Object({ due: Type.Array(DueTransferSchema), recorded: Type.Array(TransferSchema) }, named('TransferList'));
export const TransferDraftSchema = Type.Object(
  {
    kind: Kind, subject: Type.String({ minLength: 1, maxLength: 64 }), amountFen: Owed, paidOn: Day, bankName: Type.String({ minLength: 2, maxLength: 60, pattern: '\\S' }),
    accountName: Type.String({ minLength: 1, maxLength: 60, description: '收款户名，脱敏保存 / Kept masked' }), accountTail: Type.String({ pattern: '^\\d{4}$', description: '收款账号后四位 / Last four digits' }), slipNo: SlipNo,
  },
  named('TransferDraft'),
);
export const TransferPath = Type.Object({ transferNo: Type.String({ pattern: '^ZZ\\d{6,12}$' }) }, closed);
export const TransferDecisionSchema = Type.Object({ decision: Type.Enum(['confirm', 'reject'] as const), amountFen: Owed, slipNo: SlipNo, reason: Type.String({ minLength: 1, maxLength: 200 }) }, named('TransferDecision'));
