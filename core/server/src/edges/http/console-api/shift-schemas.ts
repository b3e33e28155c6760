/** The shapes of the console API about shifts, counted cash and the cashier's daily report. */
import { Type, type TSchema } from 'typebox';
import { BUSINESS_KINDS, PAYMENT_METHODS } from '@hospay/plugin-sdk';
import { CASH_ACT_KINDS } from '../../../domain/shift.js';
import { DaySchema } from './schemas.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const closed = { additionalProperties: false } as const;
const Text = Type.String();
const Instant = Type.String({ description: 'RFC 3339, UTC' });
const Fen = Type.Integer({ description: '整数分 / Integer fen' });
const Count = Type.Integer({ minimum: 0 });
const Maybe = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema);
const LARGEST_FEN = 100_000_000_000;
const TillNo = Type.String({ maxLength: 80, pattern: '^(operator|terminal):[^\\u0000-\\u001f]{1,64}$', description: 'operator:<收费员工号> / terminal:<终端编号>' });
const ShiftNo = Type.String({ pattern: '^JB\\d{12,16}$' });
const Reason = Type.String({ minLength: 2, maxLength: 200, pattern: '\\S' });

const SumSchema = Type.Object({ count: Count, amountFen: Fen }, named('ShiftSum'));
const TenderSchema = Type.Object(
  {
    channel: Text, method: Type.Enum(PAYMENT_METHODS), isECny: Type.Boolean(), taken: SumSchema, refunded: SumSchema,
    refundedOfEarlier: Type.Object(SumSchema.properties, { ...named('ShiftSumOfEarlier'), description: '其中退以前班次的 / The part of refunded whose payment stands in another shift' }), fundFen: Fen, accountFen: Fen,
  },
  named('ShiftTender'),
);
const FiguresSchema = Type.Object(
  {
    tenders: Type.Array(TenderSchema),
    bills: Type.Object({ count: Count, totalFen: Fen, fundFen: Fen, personalAccountFen: Fen, paidFen: Fen, roundingFen: Type.Optional(Type.Integer({ description: '四舍五入（分，可为负） / What the HIS rounded by, signed' })), feeTypes: Type.Array(Type.Object({ business: Type.Enum(BUSINESS_KINDS), feeType: Text, count: Count, totalFen: Fen }, named('FeeTypeSum'))) }, named('ShiftBills')),
    depositsRefunded: SumSchema,
    receipts: Type.Object({ receiptNos: Type.Array(Text), refundedReceiptNos: Type.Array(Text) }, named('ShiftReceipts')),
    changeMoney: SumSchema,
    cashFen: Type.Integer({ description: '应缴现金 / Cash of patients in the till' }),
    expectedFen: Type.Integer({ description: '钱箱应有：应缴现金 + 备用金 / What must lie in the till' }),
    open: Type.Array(Type.Object({ kind: Type.Enum(['payment', 'refund'] as const), number: Text, tradeNo: Text, channel: Text, method: Type.Enum(PAYMENT_METHODS), amountFen: Fen, state: Text }, named('ShiftOpenItem'))),
  },
  named('ShiftFigures'),
);
const DenominationSchema = Type.Object({ faceFen: Type.Integer({ minimum: 1, description: '面额（分） / face in fen' }), pieces: Type.Integer({ minimum: 0, maximum: 1_000_000 }) }, named('Denomination'));
const Denominations = Type.Array(DenominationSchema, { maxItems: 13 });

export const RunningShiftListSchema = Type.Object(
  {
    facesFen: Type.Array(Type.Integer()),
    shifts: Type.Array(
      Type.Object({ tillNo: Text, ordinal: Count, openedAt: Instant, figures: FiguresSchema, unclearOpenings: Type.Array(Type.Object({ openingNo: Text, amountFen: Fen }, named('UnclearOpening'))) }, named('RunningShift')),
    ),
  },
  named('RunningShiftList'),
);
const ActSchema = Type.Object(
  {
    actNo: Text, kind: Type.Enum(CASH_ACT_KINDS), shiftNo: Maybe(Text), slipNo: Maybe(Text), amountFen: Fen, denominations: Maybe(Denominations), reason: Maybe(Text), reverses: Maybe(Text), by: Text, at: Instant,
  },
  named('CashAct'),
);
const ShiftSchema = Type.Object(
  {
    shiftNo: Text, tillNo: Text, ordinal: Count, openedAt: Instant, closedAt: Instant, closedBy: Text, operatorId: Maybe(Text), figures: FiguresSchema, denominations: Denominations, countedFen: Fen,
    standingCountFen: Type.Integer({ description: '有效清点金额 / The count that stands: the last one' }),
    differenceFen: Type.Integer({ description: '正为长款，负为短款 / Above zero long, below short' }),
    handedFen: Type.Integer({ description: '上缴现金：清点减备用金 / What is handed over' }),
    takenOverBy: Maybe(Text), hash: Text, acts: Type.Array(ActSchema),
  },
  named('Shift'),
);
export const ShiftAnswerSchema = Type.Object({ shift: ShiftSchema }, named('ShiftAnswer'));
export const ShiftPageSchema = Type.Object({ shifts: Type.Array(ShiftSchema), next: Maybe(Count) }, named('ShiftPage'));
export const ShiftFilterSchema = Type.Object({ tillNo: Maybe(TillNo), day: Maybe(DaySchema), before: Maybe(Type.Integer({ minimum: 1 })) }, closed);
export const ShiftPath = Type.Object({ shiftNo: ShiftNo }, closed);
export const ClosingSchema = Type.Object(
  { tillNo: TillNo, denominations: Denominations, expectedFen: Type.Integer({ minimum: -LARGEST_FEN, maximum: LARGEST_FEN, description: '清点时显示的应有金额 / What was shown to lie in the till when it was counted' }) },
  named('ShiftClosing'),
);
export const TakingOverSchema = Type.Object({ amountFen: Type.Integer({ minimum: -LARGEST_FEN, maximum: LARGEST_FEN }) }, named('CashTakingOver'));
export const RecountSchema = Type.Object({ denominations: Denominations, reason: Reason }, named('ShiftRecount'));
export const DepositSchema = Type.Object({ slipNo: Type.String({ pattern: '^[0-9A-Za-z-]{1,40}$', description: '银行现金缴款单号 / Number of the bank slip' }), amountFen: Type.Integer({ minimum: 1, maximum: LARGEST_FEN }) }, named('CashDeposit'));
export const ReversalSchema = Type.Object({ reason: Reason }, named('CashReversal'));
export const ActPath = Type.Object({ actNo: Type.String({ pattern: '^CA[0-9A-Z]{4,40}$' }) }, closed);
export const ActAnswerSchema = Type.Object({ act: ActSchema }, named('CashActAnswer'));
export const CashPositionSchema = Type.Object(
  { facesFen: Type.Array(Type.Integer()), vaultFen: Fen, waiting: Type.Array(ShiftSchema), inTransit: Type.Array(Type.Object({ slipNo: Text, amountFen: Fen }, named('CashInTransit'))), acts: Type.Array(ActSchema) },
  named('CashPosition'),
);

const FieldSchema = Type.Object({ name: Text, text: Maybe(Text), amountFen: Maybe(Fen) }, named('ReportField'));
export const ReportQuery = Type.Object({ shiftNo: Maybe(ShiftNo), tillNo: Maybe(TillNo), day: Maybe(DaySchema) }, closed);
export const ReportFileQuery = Type.Object({ ...ReportQuery.properties, layout: Type.Enum(['a', 'b'] as const) }, closed);
export const ReportSchema = Type.Object(
  {
    hospitalName: Text, tillNo: Text, cashier: Text, from: Instant, until: Instant, shiftNos: Type.Array(Text), hashes: Type.Array(Text),
    items: Type.Array(Type.Object({ name: Text, amountFen: Fen }, named('ReportItem'))), layoutA: Type.Array(FieldSchema), layoutB: Type.Array(FieldSchema), denominations: Denominations,
    open: Type.Array(Type.Object({ kind: Type.Enum(['payment', 'refund'] as const), number: Text, method: Text, amountFen: Fen }, named('ReportOpenItem'))),
  },
  named('ShiftReport'),
);
