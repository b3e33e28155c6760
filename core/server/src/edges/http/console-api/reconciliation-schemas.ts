/** The shapes of the console API about reconciliation. */
import { Type, type TSchema } from 'typebox';
import { COMPARISON_KINDS, DAY_STATES, DIFFERENCE_CLASSES } from '../../../domain/reconciliation.js';
import { WORK_STATES } from '../../../running-work/ports.js';
import { BilingualSchema } from './bilingual-schema.js';
import { DaySchema } from './schemas.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const closed = { additionalProperties: false } as const;
const Text = Type.String();
const Fen = Type.Integer({ description: '整数分 / Integer fen' });
const Count = Type.Integer({ minimum: 0 });
const Maybe = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema);

const SideSchema = Type.Object({ payments: Count, paymentFen: Fen, refunds: Count, refundFen: Fen }, named('ReconciliationSide'));
const SettlementSchema = Type.Object({ paymentFen: Fen, refundFen: Fen, feeFen: Fen, netFen: Fen, withdrawnFen: Fen }, named('SettlementSums'));
const DaySummarySchema = Type.Object(
  {
    comparison: Type.Enum(COMPARISON_KINDS), source: Text, day: Text, state: Type.Enum(DAY_STATES), reason: BilingualSchema, fileSha256: Maybe(Text), ranAt: Text, runs: Count, openDifferences: Count,
    classes: Type.Array(Type.Object({ class: Type.Enum(['ok', ...DIFFERENCE_CLASSES] as const), ours: SideSchema, theirs: SideSchema }, named('ReconciliationClass'))), settlement: Maybe(SettlementSchema),
    upload: Maybe(Type.Object({ fileName: Text, by: Text, at: Text }, named('ReconciliationUpload'))),
  },
  named('ReconciliationDay'),
);
export const ReconciliationRunSchema = Type.Object(
  {
    id: Text, day: Text, by: Text, state: Type.Enum(WORK_STATES), startedAt: Text, endedAt: Maybe(Text), share: Maybe(Type.Integer({ minimum: 0, maximum: 10_000, description: '已完成，万分之一 / How much is done, in hundredths of a percent' })), step: Maybe(Type.String({ description: '正在对账的一项 / What is compared now' })), problem: Maybe(BilingualSchema),
    mayCancel: Type.Boolean({ description: '由发起人在两项之间中止，已完成的对账保留 / Whoever began it may stop it between two comparisons; what was compared stands' }), isCancelling: Maybe(Type.Boolean()),
  },
  named('ReconciliationRun'),
);
/** 202: it goes on, and the days tell of it. */
export const ReconciliationBegunSchema = Type.Object({ run: ReconciliationRunSchema, isJoined: Type.Boolean({ description: '同一日已有人发起，加入进行中的对账 / Somebody had begun the same day: this is that run' }) }, named('ReconciliationBegun'));
export const ReconciliationDayListSchema = Type.Object({ days: Type.Array(DaySummarySchema), uploadable: Type.Array(Text, { description: '可手工上传对账单的渠道 / Channels whose statement can be brought as a file' }), runs: Type.Array(ReconciliationRunSchema, { description: '各日由人发起的对账：进行中的，及一日内最近一次 / Runs begun by hand: those that go on, and the last of each day within a day' }) }, named('ReconciliationDayList'));
export const StatementUploadPath = Type.Object({ day: DaySchema, source: Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$' }) }, closed);
export const ReconciliationRangeSchema = Type.Object({ from: DaySchema, to: DaySchema }, closed);
export const ReconciliationDayPath = Type.Object({ day: DaySchema }, closed);
export const DifferenceQuery = Type.Object({ comparison: Type.Enum(COMPARISON_KINDS), source: Type.String({ minLength: 1, maxLength: 64 }), class: Maybe(Type.Enum(DIFFERENCE_CLASSES)) }, closed);
const RowState = Type.Enum(['done', 'open', 'failed'] as const);
export const DifferenceListSchema = Type.Object(
  {
    differences: Type.Array(
      Type.Object(
        {
          class: Type.Enum(DIFFERENCE_CLASSES), kind: Type.Enum(['payment', 'refund'] as const), key: Text, tradeNo: Maybe(Text), ourFen: Maybe(Fen), theirFen: Maybe(Fen), ourState: Maybe(RowState), theirState: Maybe(RowState),
          ourAt: Maybe(Text), theirAt: Maybe(Text), foundAt: Text, settledAt: Maybe(Text), settledHow: Maybe(Text),
        },
        named('ReconciliationDifference'),
      ),
    ),
    total: Type.Integer({ minimum: 0, description: '总行数；最多返回 1000 行 / All there are; at most 1,000 are listed' }),
  },
  named('ReconciliationDifferenceList'),
);

/** 日间对账: provisional. */
export const RunningCheckListSchema = Type.Object(
  {
    checks: Type.Array(
      Type.Object(
        {
          comparison: Type.Enum(['channel', 'hospital'] as const), source: Text, day: Text, at: Type.String({ description: '截至 / As of' }), ours: SideSchema, theirs: SideSchema, unknownPayments: Count, unknownFen: Fen,
          found: Type.Integer({ minimum: 0, description: '差异总数；最多列出 200 条 / All there are; at most 200 are listed' }), standing: Type.Integer({ minimum: 0, description: '连续两次存在的 / That stand in two runs on end' }),
          differences: Type.Array(
            Type.Object(
              {
                class: Type.Enum(DIFFERENCE_CLASSES), kind: Type.Enum(['payment', 'refund'] as const), key: Text, tradeNo: Maybe(Text), ourFen: Maybe(Fen), theirFen: Maybe(Fen), ourState: Maybe(RowState), theirState: Maybe(RowState), at: Text, since: Text, runs: Count,
              },
              named('RunningDifference'),
            ),
          ),
        },
        named('RunningCheck'),
      ),
    ),
  },
  named('RunningCheckList'),
);
