/** The port through which shifts are closed and counted cash is moved: the same writer and the same transactions as the money, beside `MoneyStore`. */
import type { Bilingual } from './bilingual.js';
import type { IdempotencyKey } from './money-store.js';
import type { CashAct, CashActKind, Denomination, OpenShift, Shift, ShiftRecord } from './shift.js';

export type ChangeMoney = { readonly openingNo: string; readonly tillNo: string; readonly channel: string; readonly amountFen: number };

export type CloseRequest = {
  readonly tillNo: string;
  readonly denominations: readonly Denomination[];
  /** What the person who counted was shown that must lie in the till. When it is another amount by now, nothing is closed: the count would be of another till. */
  readonly expectedFen: number;
  readonly by: string;
  readonly operatorId: string | undefined;
  readonly idempotency: IdempotencyKey;
  readonly now: Date;
};

export type CloseResult =
  | { readonly kind: 'closed' | 'replayed'; readonly shift: Shift }
  | { readonly kind: 'keyReused' }
  /** Neither payment nor refund nor change money since the close before. */
  | { readonly kind: 'nothingToClose' }
  /** A cash refund is being paid out of it: whether its notes have left the till is not known, so no count can be right. */
  | { readonly kind: 'payingOut'; readonly refundNo: string }
  | { readonly kind: 'tillMoved'; readonly expectedFen: number };

export type CashActRequest = {
  readonly actNo: string;
  readonly by: string;
  /** The staff number of who acts, where his account has one. */
  readonly operatorId: string | undefined;
  readonly idempotency: IdempotencyKey;
  readonly now: Date;
} & (
  | { readonly kind: 'handOver'; readonly shiftNo: string; /** What he was shown and counted. */ readonly amountFen: number }
  | { readonly kind: 'recount'; readonly shiftNo: string; readonly denominations: readonly Denomination[]; readonly reason: string }
  | { readonly kind: 'deposit'; readonly slipNo: string; readonly amountFen: number }
  | { readonly kind: 'reversal'; readonly reverses: string; readonly reason: string }
);

export type CashActResult =
  | { readonly kind: 'done' | 'replayed'; readonly act: CashAct }
  | { readonly kind: 'keyReused' }
  | { readonly kind: 'notFound' }
  /** Who handed over does not take over. */
  | { readonly kind: 'samePerson' }
  /** Another amount than the one that stands. */
  | { readonly kind: 'amountDiffers'; readonly amountFen: number }
  /** The vault, or what is under way with that slip, is less than that. */
  | { readonly kind: 'cashNotThere'; readonly amountFen: number }
  /** Handed over already, not handed over, slip used, act reversed already … */
  | { readonly kind: 'conflict'; readonly why: Bilingual };

export type ShiftFilter = { readonly tillNo?: string; readonly day?: string; readonly before?: number; readonly limit: number };
export type ShiftPage = { readonly shifts: readonly ShiftRecord[]; readonly next: number | undefined };

/** The cash outside of tills, and what was done with it last. */
export type CashPosition = {
  readonly vaultFen: number;
  /** Closed shifts that nobody has taken over, oldest first. */
  readonly waiting: readonly ShiftRecord[];
  readonly inTransit: readonly { readonly slipNo: string; readonly amountFen: number }[];
  /** Newest first. */
  readonly acts: readonly CashAct[];
};

export type ShiftStore = {
  /** Change money that was counted into a till. Once for each opening, in the shift that is open then. */
  addChangeMoney(money: ChangeMoney, now: Date): Promise<void>;
  /** Reads the figures under lock, posts the count, writes the shift and its case, in one transaction. */
  close(request: CloseRequest): Promise<CloseResult>;
  act(request: CashActRequest): Promise<CashActResult>;
  /** The shift of this till that is not closed; figures are all zero where it has not begun. */
  readOpen(tillNo: string): Promise<OpenShift>;
  /** Every till with something to close or something without an end, in the order of their numbers. */
  listOpen(): Promise<readonly OpenShift[]>;
  find(shiftNo: string): Promise<ShiftRecord | undefined>;
  /** Newest first. */
  list(filter: ShiftFilter): Promise<ShiftPage>;
  readCash(): Promise<CashPosition>;
};

export type { CashActKind };
