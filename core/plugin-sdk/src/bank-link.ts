/**
 * A bank-enterprise link (银企直联): pays out of the hospital's own account at its bank, and reads that account's statement. An instruction is accepted, approved at the bank where the account wants it, processed, final,
 * and possibly returned (退票) days later. Accepted is not paid.
 */
import { Type, type Static } from 'typebox';
import type { HoldingCredentials } from './credential.js';

const closedObject = { additionalProperties: false } as const;
const Fen = Type.Integer({ description: 'integer fen' });
const Message = Type.String({ maxLength: 500 });
const Time = Type.String({ format: 'date-time', description: 'RFC 3339 with offset or Z' });
const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'the day, Beijing time' });
/** Fits the shortest reference any bank takes (20 characters). */
const InstructionNo = Type.String({ pattern: '^[0-9A-Z]{8,20}$' });
const AccountNo = Type.String({ pattern: '^[0-9A-Za-z-]{4,34}$' });

export const PayeeSchema = Type.Object(
  {
    accountNo: AccountNo,
    accountName: Type.String({ minLength: 1, maxLength: 120 }),
    bankName: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
    /** 联行号 (CNAPS): 12 digits. Most banks want it, or the bank's name, for an account elsewhere. */
    bankNo: Type.Optional(Type.String({ pattern: '^\\d{12}$' })),
    isPersonal: Type.Boolean(),
  },
  closedObject,
);
export type Payee = Static<typeof PayeeSchema>;

export const TransferRequestSchema = Type.Object(
  {
    /** Fixed by the core before the first call and the same for ever: one instruction number is one transfer. */
    instructionNo: InstructionNo,
    fromAccountNo: AccountNo,
    payee: PayeeSchema,
    amountFen: Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 }),
    /** What the payee reads on his own statement (用途). */
    purpose: Type.String({ minLength: 1, maxLength: 60 }),
  },
  closedObject,
);
export type TransferRequest = Static<typeof TransferRequestSchema>;

/** What names a transfer in every later question. `requestedAt`: when the core committed it; banks are asked by day. */
export const TransferReferenceSchema = Type.Object({ instructionNo: InstructionNo, fromAccountNo: AccountNo, amountFen: Type.Integer({ minimum: 1 }), requestedAt: Time }, closedObject);
export type TransferReference = Static<typeof TransferReferenceSchema>;

const Paid = { paidAt: Type.Optional(Time), /** The bank's own number of it. */ bankTransferNo: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })), feeFen: Type.Optional(Type.Integer({ minimum: 0 })) };

export const TransferOutcomeSchema = Type.Union([
  /** The bank has it. Paid or not is for `query` to say. */
  Type.Object({ kind: Type.Literal('accepted'), bankTransferNo: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })), /** Somebody must approve it in the bank's own system. */ awaitsBankApproval: Type.Boolean() }, closedObject),
  Type.Object({ kind: Type.Literal('succeeded'), ...Paid }, closedObject),
  /** The bank said no and will not pay, for certain: only codes its manual lists as final; or the link sent nothing because the bank's message cannot carry the instruction (a name outside of GBK), with a code of its own that begins with `LINK_`. */
  Type.Object({ kind: Type.Literal('refused'), code: Type.String({ maxLength: 64 }), message: Message }, closedObject),
  /** No byte can have arrived. */
  Type.Object({ kind: Type.Literal('notSent'), reason: Message }, closedObject),
  /** Anything else. The core asks; it never sends an unknown transfer again. */
  Type.Object({ kind: Type.Literal('unknown'), reason: Message }, closedObject),
]);
export type TransferOutcome = Static<typeof TransferOutcomeSchema>;

export const TransferNewsSchema = Type.Union([
  Type.Object({ kind: Type.Literal('processing'), awaitsBankApproval: Type.Boolean() }, closedObject),
  Type.Object({ kind: Type.Literal('succeeded'), ...Paid }, closedObject),
  Type.Object({ kind: Type.Literal('failed'), code: Type.String({ maxLength: 64 }), message: Message }, closedObject),
  /** 退票: it was paid and came back. */
  Type.Object({ kind: Type.Literal('returned'), returnedAt: Type.Optional(Time), message: Message }, closedObject),
  /** The bank says it never had it. Not final before the bank's day is closed: an instruction may still arrive. A code that only may mean it is `unknown`. */
  Type.Object({ kind: Type.Literal('absent') }, closedObject),
  Type.Object({ kind: Type.Literal('unknown'), reason: Message }, closedObject),
]);
export type TransferNews = Static<typeof TransferNewsSchema>;

export const BankStatementRequestSchema = Type.Object({ accountNo: AccountNo, day: Day }, closedObject);
export type BankStatementRequest = Static<typeof BankStatementRequestSchema>;

export const BankStatementLineSchema = Type.Object(
  {
    /** The bank's number of the movement, unique within the account. */
    bankLineNo: Type.String({ minLength: 1, maxLength: 64 }),
    direction: Type.Union([Type.Literal('in'), Type.Literal('out')]),
    amountFen: Type.Integer({ minimum: 1 }),
    balanceFen: Type.Optional(Fen),
    at: Time,
    counterpartyName: Type.Optional(Type.String({ maxLength: 200 })),
    counterpartyAccountNo: Type.Optional(AccountNo),
    summary: Type.String({ maxLength: 500 }),
    /** Of a transfer of ours. */
    instructionNo: Type.Optional(Type.String({ minLength: 1, maxLength: 35 })),
    /** The other half of an earlier line: a returned transfer (退票), a reversal. */
    isReturn: Type.Boolean(),
  },
  closedObject,
);
export type BankStatementLine = Static<typeof BankStatementLineSchema>;

export const BankStatementOutcomeSchema = Type.Union([
  /** Opening + in − out = closing, or the link must answer `unusable`. */
  Type.Object({ kind: Type.Literal('statement'), accountNo: AccountNo, day: Day, openingFen: Fen, closingFen: Fen, lines: Type.Array(BankStatementLineSchema, { maxItems: 200_000 }), fileName: Type.String({ maxLength: 200 }), bytes: Type.Unsafe<Uint8Array>({}) }, closedObject),
  Type.Object({ kind: Type.Literal('notReady'), reason: Message }, closedObject),
  /** It contradicts itself; kept as it came. */
  Type.Object({ kind: Type.Literal('unusable'), reason: Message, fileName: Type.String({ maxLength: 200 }), bytes: Type.Unsafe<Uint8Array>({}) }, closedObject),
  Type.Object({ kind: Type.Literal('unknown'), reason: Message }, closedObject),
]);
export type BankStatementOutcome = Static<typeof BankStatementOutcomeSchema>;

export const BankBalanceOutcomeSchema = Type.Union([
  Type.Object({ kind: Type.Literal('balance'), availableFen: Fen, ledgerFen: Fen }, closedObject),
  Type.Object({ kind: Type.Literal('unknown'), reason: Message }, closedObject),
]);
export type BankBalanceOutcome = Static<typeof BankBalanceOutcomeSchema>;

/** What a receipt may be, by the media type it is kept and handed out as. */
export const BANK_RECEIPT_MEDIA = ['application/pdf', 'application/ofd', 'application/xml'] as const;
export type BankReceiptMedia = (typeof BANK_RECEIPT_MEDIA)[number];

/** Which movement a receipt is asked of. Before its statement is read the core knows of a transfer only its instruction number and between which days it moved. At least one of the two numbers is given. */
export const BankReceiptRequestSchema = Type.Object(
  {
    accountNo: AccountNo,
    direction: Type.Union([Type.Literal('in'), Type.Literal('out')]),
    amountFen: Type.Integer({ minimum: 1 }),
    firstDay: Day,
    lastDay: Day,
    instructionNo: Type.Optional(InstructionNo),
    /** As the link's own statement named it. */
    bankLineNo: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  },
  closedObject,
);
export type BankReceiptRequest = Static<typeof BankReceiptRequestSchema>;

export const BankReceiptOutcomeSchema = Type.Union([
  Type.Object({ kind: Type.Literal('receipt'), /** The bank's own number of it. */ receiptNo: Type.String({ pattern: '^[0-9A-Za-z._-]{1,64}$' }), mediaType: Type.Enum(BANK_RECEIPT_MEDIA), bytes: Type.Unsafe<Uint8Array>({}) }, closedObject),
  /** The movement, or its receipt, is not there yet. */
  Type.Object({ kind: Type.Literal('notReady'), reason: Message }, closedObject),
  /** The bank makes none of this movement and never will: only codes its manual lists as that. */
  Type.Object({ kind: Type.Literal('none'), reason: Message }, closedObject),
  Type.Object({ kind: Type.Literal('unknown'), reason: Message }, closedObject),
]);
export type BankReceiptOutcome = Static<typeof BankReceiptOutcomeSchema>;

/** Every call ends at its deadline: what was sent without an answer by then is `unknown`. */
export type BankCallContext = {
  /** Absolute deadline, RFC 3339; after it the core has stopped listening. */
  readonly deadline: string;
  /** Aborts at the deadline. Pass it to the wire client. */
  readonly signal: AbortSignal;
};

/** A statement is read page by page at the bank's pace: it may take this long, whatever the manifest's `callTimeoutMs`. */
export const LONGEST_BANK_STATEMENT_MS = 600_000;
/** The largest file one statement is kept as. */
export const LARGEST_BANK_STATEMENT_BYTES = 128 * 1_048_576;
/** A page or two; what is larger is no receipt. */
export const LARGEST_BANK_RECEIPT_BYTES = 8 * 1_048_576;

/** Whether bytes begin as what they are called: a bank's error page under the name of a receipt is none. An OFD is a ZIP. */
export function isBankReceiptMedia(bytes: Uint8Array, mediaType: BankReceiptMedia): boolean {
  const starts = new TextDecoder('latin1').decode(bytes.subarray(0, 64));
  switch (mediaType) {
    case 'application/pdf':
      return starts.startsWith('%PDF-');
    case 'application/ofd':
      return starts.startsWith('PK\u0003\u0004');
    case 'application/xml':
      // With or without a UTF-8 byte order mark; a page of HTML is none.
      return /^(\u00ef\u00bb\u00bf)?\s*<(\?xml|[A-Za-z_])/.test(starts) && !/^(\u00ef\u00bb\u00bf)?\s*<(!doctype\s+)?html/i.test(starts);
  }
}

/**
 * The core calls these through the boundary: a throw, a silence or another shape is `unknown`. The link keeps the pace its bank sets: it waits for its turn within the deadline, and what did not get one was
 * not sent (`notSent` for `pay`, else `unknown`).
 */
export type BankLink = {
  /** The accounts that may be paid from and read: exactly those the hospital's configuration names for this link. */
  readonly accountNos: readonly string[];
  /** One try of one transfer. The link never repeats it by itself. */
  pay(request: TransferRequest, context: BankCallContext): Promise<TransferOutcome>;
  /** What became of it. Asked again for some days after a success, because it may still come back. */
  query(request: TransferReference, context: BankCallContext): Promise<TransferNews>;
  /** One whole Beijing day of one account; `notReady` while the day is not over. */
  statement(request: BankStatementRequest, context: BankCallContext): Promise<BankStatementOutcome>;
  /** The account as it stands now. */
  balance?(request: { readonly accountNo: string }, context: BankCallContext): Promise<BankBalanceOutcome>;
  /** 电子回单: the bank's receipt of one movement, where the bank gives them through the link. Asked seldom and again for weeks; the same movement has the same receipt. */
  receipt?(request: BankReceiptRequest, context: BankCallContext): Promise<BankReceiptOutcome>;
} & Partial<HoldingCredentials>;
