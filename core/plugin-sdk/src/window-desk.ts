/**
 * What a channel of the window contributes beside taking money: the tills that cash is counted into, and the upkeep of card terminals. The work at the
 * end of a shift reads it. It moves no patient's money.
 */
import { Type, type Static } from 'typebox';

const closedObject = { additionalProperties: false } as const;
const Fen = Type.Integer({ description: 'integer fen' });
const Count = Type.Integer({ minimum: 0 });
const Message = Type.String({ maxLength: 500 });

/** One till on one Beijing day, summed from its book. `balanceFen` is what must lie in it: openings + in − out. */
export const TillDaySchema = Type.Object(
  {
    /** `operator:<id>` or `terminal:<id>`. */
    tillNo: Type.String({ minLength: 1, maxLength: 80 }),
    day: Type.String({ format: 'date' }),
    openings: Type.Object({ count: Count, amountFen: Fen }, closedObject),
    takenIn: Type.Object({ count: Count, amountFen: Fen }, closedObject),
    paidOut: Type.Object({ count: Count, amountFen: Fen }, closedObject),
    balanceFen: Fen,
  },
  closedObject,
);
export type TillDay = Static<typeof TillDaySchema>;

/** One Beijing day of all tills. */
export const TillDaysSchema = Type.Array(TillDaySchema, { maxItems: 5_000 });

export const OpenTillOutcomeSchema = Type.Union([
  Type.Object({ kind: Type.Literal('opened') }, closedObject),
  /** This opening number was used for another amount or till: nothing was written. */
  Type.Object({ kind: Type.Literal('contradicts'), message: Message }, closedObject),
]);
export type OpenTillOutcome = Static<typeof OpenTillOutcomeSchema>;

/** The core calls these through the boundary: a throw, a silence or another shape is `unknown`, and the same question may be asked again. */
export type Tills = {
  /** Every till with an entry on that day (yyyy-MM-dd, Beijing time), in the order of their numbers. A book keeps at least eight days: within them the core compares it with the ledger. */
  tillDays(request: { readonly day: string }): Promise<readonly TillDay[]>;
  /** Change money put into a till (备用金). `openingNo` is fixed by the caller: a repeat counts once. `amountFen` may be 0. */
  openTill(request: { readonly openingNo: string; readonly tillNo: string; readonly amountFen: number; readonly openedAt: string }): Promise<OpenTillOutcome>;
};

export const CARD_TERMINAL_OPERATIONS = ['signIn', 'settle', 'reprint'] as const;
export type CardTerminalOperation = (typeof CARD_TERMINAL_OPERATIONS)[number];

export const CardTerminalOutcomeSchema = Type.Union([
  Type.Object({ kind: Type.Literal('done'), message: Message }, closedObject),
  /** The terminal or its acquirer said no, for certain. */
  Type.Object({ kind: Type.Literal('refused'), code: Type.String({ maxLength: 64 }), message: Message }, closedObject),
  /** Nothing was sent: the terminal is busy, or no connection came about. */
  Type.Object({ kind: Type.Literal('notSent'), reason: Message }, closedObject),
  Type.Object({ kind: Type.Literal('unknown'), reason: Message }, closedObject),
]);
export type CardTerminalOutcome = Static<typeof CardTerminalOutcomeSchema>;

/** The longest `longestMs` the core accepts: a terminal that has not answered after eleven minutes will not. */
export const LONGEST_CARD_TERMINAL_OPERATION_MS = 660_000;

export type CardTerminals = {
  /** As the windows name themselves in a charge: the card terminal of window `window-1` is `window-1`. */
  readonly terminalIds: readonly string[];
  /** How long `operate` may take, in milliseconds, where that is longer than the manifest's `callTimeoutMs`: a settlement waits for the acquirer. From then on it is `unknown`. */
  readonly longestMs?: number;
  /** Sign-in (签到), settlement (结算) or a second print of the last slip (重打印). May take as long as the terminal's own time-out. */
  operate(request: { readonly terminalId: string; readonly operation: CardTerminalOperation; readonly operatorId?: string }): Promise<CardTerminalOutcome>;
};
