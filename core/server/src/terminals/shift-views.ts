/** Shifts as a window or kiosk is shown them: short enough for one message, whatever was taken. */
import { PAYMENT_METHODS } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';
import { FACES_FEN, type ShiftRecord } from '../domain/shift.js';
import type { RunningShift, ShiftReport } from '../shifts/ports.js';
import { viewRunningShift, viewShift, type ShiftFiguresView } from '../shifts/shift-record-view.js';

const closed = { additionalProperties: false } as const;
const Text = Type.String();
const Fen = Type.Integer({ description: 'integer fen' });
const Count = Type.Integer({ minimum: 0 });
const SumSchema = Type.Object({ count: Count, amountFen: Fen }, closed);
const OpenSchema = Type.Object({ kind: Type.Enum(['payment', 'refund'] as const), number: Text, tradeNo: Text, channel: Text, method: Type.Enum(PAYMENT_METHODS), amountFen: Fen, state: Text }, closed);

const FiguresSchema = Type.Object(
  {
    tenders: Type.Array(Type.Object({ channel: Text, method: Type.Enum(PAYMENT_METHODS), isECny: Type.Boolean(), taken: SumSchema, refunded: SumSchema, refundedOfEarlier: SumSchema, fundFen: Fen, accountFen: Fen }, closed)),
    bills: Type.Object({ count: Count, totalFen: Fen }, closed),
    depositsRefunded: SumSchema, receiptCount: Count, refundedReceiptCount: Count, changeMoney: SumSchema, cashFen: Fen, expectedFen: Fen, open: Type.Array(OpenSchema), openCount: Count,
  },
  closed,
);
export const DenominationsSchema = Type.Array(Type.Object({ faceFen: Type.Integer({ minimum: 1 }), pieces: Type.Integer({ minimum: 0, maximum: 1_000_000 }) }, closed), { maxItems: FACES_FEN.length });
export const RunningShiftSchema = Type.Object(
  { tillNo: Text, ordinal: Count, openedAt: Text, facesFen: Type.Array(Type.Integer()), figures: FiguresSchema, unclearOpenings: Type.Array(Type.Object({ openingNo: Text, amountFen: Fen }, closed)) },
  closed,
);
export const ClosedShiftSchema = Type.Object(
  {
    shiftNo: Text, tillNo: Text, ordinal: Count, openedAt: Text, closedAt: Text, closedBy: Text, operatorId: Type.Optional(Text), figures: FiguresSchema, denominations: DenominationsSchema,
    countedFen: Fen, differenceFen: Fen, handedFen: Fen, takenOverBy: Type.Optional(Text), hash: Text,
  },
  closed,
);
export const ShiftReportPageSchema = Type.Object(
  {
    hospitalName: Text, cashier: Text, from: Text, until: Text, shiftNos: Type.Array(Text), hashes: Type.Array(Text), layout: Type.Enum(['a', 'b'] as const),
    fields: Type.Array(Type.Object({ name: Text, text: Type.Optional(Text), amountFen: Type.Optional(Fen) }, closed)),
  },
  closed,
);

/** What of a list fits into a message; the console shows all. */
const OPEN_SHOWN = 50;
const LONGEST_TEXT = 20_000;

export function runningShiftForTerminal(shift: RunningShift): Static<typeof RunningShiftSchema> {
  const { tillNo, ordinal, openedAt, figures, unclearOpenings } = viewRunningShift(shift);
  return { tillNo, ordinal, openedAt, facesFen: [...FACES_FEN], figures: short(figures), unclearOpenings: unclearOpenings.slice(0, OPEN_SHOWN) };
}

export function closedShiftForTerminal(record: ShiftRecord): Static<typeof ClosedShiftSchema> {
  const { shiftNo, tillNo, ordinal, openedAt, closedAt, closedBy, operatorId, figures, denominations, countedFen, differenceFen, handedFen, takenOverBy, hash } = viewShift(record);
  return {
    shiftNo, tillNo, ordinal, openedAt, closedAt, closedBy, ...(operatorId === undefined ? {} : { operatorId }), figures: short(figures), denominations: [...denominations], countedFen, differenceFen, handedFen,
    ...(takenOverBy === undefined ? {} : { takenOverBy }), hash,
  };
}

export function reportForTerminal({ hospitalName, cashier, from, until, shiftNos, hashes, layoutA, layoutB }: ShiftReport, layout: 'a' | 'b'): Static<typeof ShiftReportPageSchema> {
  const fields = (layout === 'a' ? layoutA : layoutB).map(({ text, ...field }) => (text === undefined ? field : { ...field, text: text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text }));
  return { hospitalName, cashier, from, until, shiftNos: [...shiftNos], hashes: [...hashes], layout, fields };
}

function short({ receipts, bills: { count, totalFen }, open, tenders, ...figures }: ShiftFiguresView): Static<typeof FiguresSchema> {
  return { ...figures, tenders: [...tenders], bills: { count, totalFen }, receiptCount: receipts.receiptNos.length, refundedReceiptCount: receipts.refundedReceiptNos.length, open: open.slice(0, OPEN_SHOWN), openCount: open.length };
}
