/** The shapes of the console API about payouts (付款) and bank statements. */
import { BANK_RECEIPT_MEDIA } from '@hospay/plugin-sdk';
import { Type } from 'typebox';
import { LINE_MEANINGS } from '../../../domain/bank-line.js';
import { RECEIPT_STATES } from '../../../domain/bank-receipt.js';
import { TRANSFER_KINDS } from '../../../domain/hand-transfer.js';
import { PAYOUT_STATES } from '../../../domain/payout-states.js';
import { PAYOUT_KINDS } from '../../../domain/payout.js';
import { RefusalShape } from '../http-kit/error-answer.js';
import { BilingualSchema } from './bilingual-schema.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const closed = { additionalProperties: false } as const;
const Text = Type.String();
const Fen = Type.Integer({ minimum: 0, description: '整数分 / Integer fen' });
const Amount = Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: '整数分 / Integer fen' });
const Day = Type.String({ format: 'date', description: '北京日期 / Beijing day' });
const PayoutNo = Type.String({ pattern: '^FK[0-9A-Z]{18}$', description: '付款单号，即银行指令号 / The number of the payout, its instruction number at the bank' });
const AccountId = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64, description: '配置中的本院账户 / An account of the configuration' });
const Reason = Type.String({ minLength: 2, maxLength: 200, pattern: '\\S' });
const Hash = Type.String({ pattern: '^[0-9a-f]{64}$', description: '所审批内容的哈希，取自付款单 / The hash of what was shown, from the payout' });

export const PayoutPath = Type.Object({ payoutNo: PayoutNo }, closed);
export const PayoutListQuery = Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })) }, closed);
export const PayoutSchema = Type.Object(
  {
    payoutNo: PayoutNo, kind: Type.Enum(PAYOUT_KINDS), subject: Text, amountFen: Fen, fromAccount: Text, payeeLabel: Text, payeeTail: Text, payeeBank: Text, purpose: Text, state: Type.Enum(PAYOUT_STATES), hash: Text, needsSecond: Type.Boolean(),
    proposedBy: Text, proposedAt: Text, expiresAt: Text, firstApprovedBy: Type.Optional(Text), decidedBy: Type.Optional(Text), decidedAt: Type.Optional(Text), submittedAt: Type.Optional(Text), paidAt: Type.Optional(Text), returnedAt: Type.Optional(Text),
    bankTransferNo: Type.Optional(Text), feeFen: Fen, awaitsBankApproval: Type.Boolean(), mayBeGivenUp: Type.Boolean(), news: Type.Optional(BilingualSchema),
  },
  named('Payout'),
);
const AccountSchema = Type.Object({ id: Text, title: Text, bankName: Text, tail: Text, hasLink: Type.Boolean(), hasReceipts: Type.Boolean({ description: '银行提供电子回单 / Its bank link fetches receipts' }) }, named('HospitalAccount'));
/** 电子回单. */
export const BankReceiptSchema = Type.Object(
  {
    subject: Type.String({ description: '付款单号，或 line/账户/流水号 / The payout, or the line' }), state: Type.Enum(RECEIPT_STATES, { description: 'awaited 待取；kept 已归档；none 银行不出具；givenUp 不再自动取' }), tries: Type.Integer({ minimum: 1 }), receiptNo: Type.Optional(Text), mediaType: Type.Optional(Type.Enum(BANK_RECEIPT_MEDIA)), bytes: Type.Optional(Type.Integer({ minimum: 1 })),
    sha256: Type.Optional(Text), keptAt: Type.Optional(Text), dueAt: Type.Optional(Text), news: Type.Optional(BilingualSchema),
  },
  named('BankReceipt'),
);
export const PayoutListSchema = Type.Object({ payouts: Type.Array(PayoutSchema), accounts: Type.Array(AccountSchema), receipts: Type.Array(BankReceiptSchema) }, named('PayoutList'));
const ResultSchema = Type.Object({ subject: Text, payout: Type.Optional(PayoutSchema), refused: Type.Optional(Type.Object(RefusalShape, named('PayoutRefused'))) }, named('PayoutResult'));
export const PayoutResultsSchema = Type.Object({ results: Type.Array(ResultSchema) }, named('PayoutResults'));

export const PayoutProposalSchema = Type.Object(
  {
    fromAccount: AccountId,
    debts: Type.Array(
      Type.Object(
        {
          kind: Type.Enum(TRANSFER_KINDS, { description: 'prepayment 预交金清退；discharge 出院结余' }), subject: Type.String({ minLength: 1, maxLength: 64 }), amountFen: Amount,
          accountName: Type.String({ minLength: 1, maxLength: 120, pattern: '\\S', description: '收款户名，加密保存 / Kept encrypted' }), accountNo: Type.String({ pattern: '^[0-9A-Za-z-]{8,34}$', description: '收款账号，加密保存，只显示后四位 / Kept encrypted, shown by its last four' }),
          bankName: Type.String({ minLength: 2, maxLength: 120, pattern: '\\S', description: '收款银行' }), bankNo: Type.Optional(Type.String({ pattern: '^\\d{12}$', description: '联行号' })),
        },
        named('PayoutDebt'),
      ),
      { minItems: 1, maxItems: 100 },
    ),
  },
  named('PayoutProposal'),
);
export const SettlementPayoutSchema = Type.Object(
  { requestKey: Type.String({ minLength: 16, maxLength: 64, description: '重复提交沿用同一键 / The same for a repeat' }), fromAccount: AccountId, toAccount: AccountId, amountFen: Amount, purpose: Type.String({ minLength: 1, maxLength: 60, pattern: '\\S' }) },
  named('SettlementPayout'),
);
export const PayoutDecisionSchema = Type.Object(
  { payouts: Type.Array(Type.Object({ payoutNo: PayoutNo, hash: Hash }, named('ShownPayout')), { minItems: 1, maxItems: 100 }), decision: Type.Enum(['approve', 'reject'] as const), reason: Reason },
  named('PayoutDecision'),
);
export const PayoutAbsenceSchema = Type.Object({ hash: Hash, reason: Reason }, named('PayoutAbsence'));

export const BankStatementQuery = Type.Object({ from: Day, to: Day }, closed);
export const BankLineQuery = Type.Object({ day: Day, account: Type.Optional(AccountId) }, closed);
export const BankImportSchema = Type.Object({ day: Day }, named('BankImport'));
const StatementSchema = Type.Object(
  { account: Text, day: Text, outcome: Type.Enum(['imported', 'notReady', 'unusable'] as const), reason: BilingualSchema, fileSha256: Type.Optional(Text), openingFen: Type.Optional(Type.Integer()), closingFen: Type.Optional(Type.Integer()), lines: Type.Integer({ minimum: 0 }), at: Text },
  named('BankStatement'),
);
export const BankStatementListSchema = Type.Object({ statements: Type.Array(StatementSchema) }, named('BankStatementList'));
const LineSchema = Type.Object(
  {
    account: Text, bankLineNo: Text, day: Text, direction: Type.Enum(['in', 'out'] as const), amountFen: Fen, balanceFen: Type.Optional(Type.Integer()), at: Text, counterpartyLabel: Text, counterpartyTail: Text, summary: Text, instructionNo: Type.Optional(Text),
    isReturn: Type.Boolean(), payoutNo: Type.Optional(Text), meaning: Type.Enum(LINE_MEANINGS, { description: 'paid 付款；returned 退票；arrived 本院账户到账；strange 异常；nobodys 非本平台付款' }),
  },
  named('BankLine'),
);
export const BankLineListSchema = Type.Object({ lines: Type.Array(LineSchema), receipts: Type.Array(BankReceiptSchema) }, named('BankLineList'));
export const BankLinePath = Type.Object({ account: AccountId, bankLineNo: Type.String({ minLength: 1, maxLength: 64, description: '银行流水号 / As the statement names it' }) }, closed);
