/** The shapes of the console API about tills and card terminals. */
import { CARD_TERMINAL_OPERATIONS } from '@hospay/plugin-sdk';
import { Type } from 'typebox';
import { CARD_TERMINAL_STATES, CASH_COMPARISON_STATES, TILL_OPENING_STATES } from '../../../window-desk/ports.js';
import { DaySchema } from './schemas.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const closed = { additionalProperties: false } as const;
const Text = Type.String();
const Instant = Type.String({ description: 'RFC 3339, UTC' });
const Fen = Type.Integer({ description: '整数分 / Integer fen' });
const Count = Type.Integer({ minimum: 0 });
const Channel = Type.String({ minLength: 1, maxLength: 64 });

const SumSchema = Type.Object({ count: Count, amountFen: Fen }, named('CountedSum'));
const InAndOutSchema = Type.Object({ takenIn: SumSchema, paidOut: SumSchema }, named('CashInAndOut'));
const OpeningSchema = Type.Object(
  { openingNo: Text, channel: Text, tillNo: Text, amountFen: Fen, state: Type.Enum(TILL_OPENING_STATES), message: Text, askedBy: Text, operatorId: Type.Optional(Text), openedAt: Instant },
  named('TillOpening'),
);
export const TillDayQuery = Type.Object({ day: DaySchema }, closed);
export const TillDaysSchema = Type.Object(
  {
    day: DaySchema,
    tills: Type.Array(Type.Object({ channel: Text, tillNo: Text, day: DaySchema, openings: SumSchema, takenIn: SumSchema, paidOut: SumSchema, balanceFen: Fen }, named('TillDay'))),
    comparisons: Type.Array(
      Type.Object(
        {
          channel: Text, merchantNos: Type.Array(Text), state: Type.Enum(CASH_COMPARISON_STATES), book: Type.Optional(InAndOutSchema), ledger: InAndOutSchema,
          differenceFen: Type.Optional(Type.Integer({ description: '钱箱账本 − 账本 1001 / book − ledger' })),
        },
        named('CashComparison'),
      ),
    ),
    unclearOpenings: Type.Array(OpeningSchema),
    channels: Type.Array(Text, { description: '可放入备用金的渠道 / channels that count cash now' }),
  },
  named('TillDays'),
);
export const NewOpeningSchema = Type.Object(
  { channel: Channel, tillNo: Type.String({ pattern: '^(operator|terminal):[0-9A-Za-z_.-]{1,64}$', description: 'operator:<收费员工号> / terminal:<终端编号>' }), amountFen: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }) },
  named('NewTillOpening'),
);
export const OpeningAnswerSchema = Type.Object({ opening: OpeningSchema }, named('TillOpeningAnswer'));

const OperationSchema = Type.Object(
  {
    operationNo: Text, channel: Text, terminalId: Text, operation: Type.Enum(CARD_TERMINAL_OPERATIONS), state: Type.Enum(CARD_TERMINAL_STATES), code: Type.Optional(Text), message: Text, nextZh: Text, nextEn: Text,
    askedBy: Text, operatorId: Type.Optional(Text), askedAt: Instant, endedAt: Type.Optional(Instant),
  },
  named('CardTerminalRun'),
);
export const CardTerminalListSchema = Type.Object(
  { terminals: Type.Array(Type.Object({ channel: Text, terminalId: Text, last: Type.Optional(OperationSchema) }, named('CardTerminal'))), operations: Type.Array(OperationSchema) },
  named('CardTerminalList'),
);
export const NewOperationSchema = Type.Object({ channel: Channel, terminalId: Type.String({ minLength: 1, maxLength: 64 }), operation: Type.Enum(CARD_TERMINAL_OPERATIONS) }, named('NewCardTerminalRun'));
export const OperationAnswerSchema = Type.Object({ operation: OperationSchema }, named('CardTerminalRunAnswer'));
export const OperationPath = Type.Object({ operationNo: Type.String({ pattern: '^CT[0-9A-Za-z_-]{4,40}$' }) }, closed);
