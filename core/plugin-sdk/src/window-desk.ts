/**
 * What a channel of the window contributes beside taking money: the tills that cash is counted into, and the upkeep of card terminals. The work at the
 * end of a shift reads it. It moves no patient's money.
 */
import { Type, type Static } from 'typebox';

const closedObject = { additionalProperties: false } as const;
const Fen = Type.Integer({ description: 'integer fen' });
const Count = Type.Integer({ minimum: 0 });

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

export type OpenTillOutcome =
  | { readonly kind: 'opened' }
  /** This opening number was used for another amount or till: nothing was written. */
  | { readonly kind: 'contradicts'; readonly message: string };

export type Tills = {
  /** Every till with an entry on that day (yyyy-MM-dd, Beijing time), in the order of their numbers. */
  tillDays(request: { readonly day: string }): Promise<readonly TillDay[]>;
  /** Change money put into a till (备用金). `openingNo` is fixed by the caller: a repeat counts once. `amountFen` may be 0. */
  openTill(request: { readonly openingNo: string; readonly tillNo: string; readonly amountFen: number; readonly openedAt: string }): Promise<OpenTillOutcome>;
};

export const CARD_TERMINAL_OPERATIONS = ['signIn', 'settle', 'reprint'] as const;
export type CardTerminalOperation = (typeof CARD_TERMINAL_OPERATIONS)[number];

export type CardTerminalOutcome =
  | { readonly kind: 'done'; readonly message: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** Nothing was sent: the terminal is busy, or no connection came about. */
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export type CardTerminals = {
  readonly terminalIds: readonly string[];
  /** Sign-in (签到), settlement (结算) or a second print of the last slip (重打印). May take as long as the terminal's own time-out. */
  operate(request: { readonly terminalId: string; readonly operation: CardTerminalOperation; readonly operatorId?: string }): Promise<CardTerminalOutcome>;
};
