/** The fund statement (资金账单): every movement of the merchant's account at the channel, with the balance after it. */
import { Type, type Static } from 'typebox';

const closedObject = { additionalProperties: false } as const;
const Fen = Type.Integer({ description: 'integer fen' });

/** `basic`: what payments come into and refunds go out of. `operation`: what the merchant put there itself. `fees`: where commission is returned to. */
export const FUND_ACCOUNTS = ['basic', 'operation', 'fees'] as const;
export type FundAccount = (typeof FUND_ACCOUNTS)[number];

/** What a movement is for, whatever the channel calls it. `fee`: commission taken. `feeReturned`: commission given back on a refund. `withdrawal`: paid out to the bank. */
export const FUND_MOVEMENTS = ['payment', 'refund', 'fee', 'feeReturned', 'withdrawal', 'other'] as const;
export type FundMovement = (typeof FUND_MOVEMENTS)[number];

export const FundStatementRequestSchema = Type.Object(
  { day: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'the day, Beijing time' }), account: Type.Enum(FUND_ACCOUNTS) },
  closedObject,
);
export type FundStatementRequest = Static<typeof FundStatementRequestSchema>;

export const FundStatementLineSchema = Type.Object(
  {
    /** The channel's number of this movement (资金流水单号). */
    fundFlowNo: Type.String({ minLength: 1, maxLength: 64 }),
    /** The channel's number of the business behind it: the `channelTradeNo` of a payment, the `channelRefundNo` of a refund (业务单号). */
    businessNo: Type.String({ maxLength: 64 }),
    /** The merchant's own number of it, where the file names it (业务凭证号). */
    voucherNo: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    direction: Type.Union([Type.Literal('in'), Type.Literal('out')]),
    kind: Type.Enum(FUND_MOVEMENTS),
    /** The channel's own word for it. */
    kindWord: Type.String({ maxLength: 64 }),
    /** Positive; `direction` says which way. */
    amountFen: Type.Integer({ minimum: 1 }),
    /** In the account after this movement; below zero when the channel lets it. */
    balanceFen: Fen,
    at: Type.String({ format: 'date-time', description: 'RFC 3339 with offset or Z' }),
  },
  closedObject,
);
export type FundStatementLine = Static<typeof FundStatementLineSchema>;

const Reason = Type.String({ maxLength: 500 });
export const FundStatementOutcomeSchema = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('ok'),
      /** The file's own bytes, uncompressed, and their SHA-256: kept so that the day can be parsed again. */
      raw: Type.Unsafe<Uint8Array>({}),
      sha256: Type.String(),
      /** In the order of the file. */
      lines: Type.Array(FundStatementLineSchema),
      totals: Type.Object({ lines: Type.Integer(), inLines: Type.Integer(), inFen: Type.Integer(), outLines: Type.Integer(), outFen: Type.Integer() }, closedObject),
    },
    closedObject,
  ),
  /** Nothing moved on that day. */
  Type.Object({ kind: Type.Literal('empty') }, closedObject),
  Type.Object({ kind: Type.Literal('notReady'), message: Reason }, closedObject),
  /** The file contradicts itself (its summary differs from its rows) or cannot be read: never half-used. */
  Type.Object({ kind: Type.Literal('malformed'), message: Reason }, closedObject),
  Type.Object({ kind: Type.Literal('unknown'), reason: Reason }, closedObject),
]);
export type FundStatementOutcome = Static<typeof FundStatementOutcomeSchema>;

export const FundStatementEndSchema = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('ok'),
      totals: Type.Object({ lines: Type.Integer(), inLines: Type.Integer(), inFen: Type.Integer(), outLines: Type.Integer(), outFen: Type.Integer() }, closedObject),
    },
    closedObject,
  ),
  Type.Object({ kind: Type.Literal('empty') }, closedObject),
  Type.Object({ kind: Type.Literal('malformed'), message: Reason }, closedObject),
]);
/** How reading a fund statement's file ended, after its lines were given one by one. */
export type FundStatementEnd = Static<typeof FundStatementEndSchema>;
