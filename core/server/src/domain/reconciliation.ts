/**
 * Reconciliation (对账): the platform's rows of a day beside the channel's statement, the HIS's day list and the movements of the merchant's account. Amounts are
 * integer fen. 长款 (long): they hold more money than our books say. 短款 (short): they hold less.
 */
export type RowKind = 'payment' | 'refund';

/** `done`: the money moved. `open`: not decided yet. `failed`: definitely not. */
export type RowState = 'done' | 'open' | 'failed';

/** One payment or refund as one side has it. */
export type ReconciliationRow = {
  /** By which the sides find each other: the number of the payment or of the refund; between platform and HIS, of a payment, the trade number. */
  readonly key: string;
  readonly kind: RowKind;
  readonly fen: number;
  readonly state: RowState;
  /** When it happened as that side has it, RFC 3339. The channel's time decides the day; the HIS's is the payment time we told it. */
  readonly at: string;
  /** The payment's own key, of a refund that of its payment. */
  readonly paymentKey: string;
  /** It bears no number of anybody's system, so that it cannot be foreign. */
  readonly isUnnamed?: true;
  /** The order, where this side knows it. */
  readonly tradeNo?: string;
};

/**
 * What can become of a row. `ok` is only counted; the rest is written down.
 * No difference: `notThisDay` a candidate that belongs to another day, `matchedAcrossDays` both have it, under different days (跨日), `netZero` a payment and its whole
 * refund that cancel out (一正一负), `refundUnderway` a refund that both sides have and neither has finished, `foreign` not of this platform (非本系统), `settledByRefund` an earlier 长款 that went back (账平, 处置后).
 * Waiting: `crossDayOurs` only ours so far (to T+2), `longUnknown` they have the money and we do not know it yet, `hisAhead` the HIS has booked and we do not know it yet,
 * `hisPending` paid, and the HIS is still being told.
 * For a person: the rest.
 */
export const DIFFERENCE_CLASSES = [
  'notThisDay', 'matchedAcrossDays', 'netZero', 'refundUnderway', 'foreign', 'settledByRefund',
  'crossDayOurs', 'longUnknown', 'hisAhead', 'hisPending',
  'longNoOrder', 'short', 'amount', 'status', 'refundTheirsOnly', 'refundOursOnly', 'duplicateTheirs', 'hisMissing', 'hisExtra', 'hisAmount', 'fee', 'bankLong', 'bankShort',
] as const;
export type DifferenceClass = (typeof DIFFERENCE_CLASSES)[number];

const NO_DIFFERENCE: readonly DifferenceClass[] = ['notThisDay', 'matchedAcrossDays', 'netZero', 'refundUnderway', 'foreign', 'settledByRefund'];
const WAITING: readonly DifferenceClass[] = ['crossDayOurs', 'longUnknown', 'hisAhead', 'hisPending'];

/** What a class asks for: nothing, another look, or a person. */
export function needOf(found: DifferenceClass): 'nothing' | 'anotherLook' | 'person' {
  if (NO_DIFFERENCE.includes(found)) return 'nothing';
  return WAITING.includes(found) ? 'anotherLook' : 'person';
}

type Both = { readonly ours: ReconciliationRow; readonly theirs: ReconciliationRow };
type Ours = { readonly ours: ReconciliationRow; readonly theirs?: never };
type Theirs = { readonly theirs: ReconciliationRow; readonly ours?: never };

/** A row, or a pair of rows, that is not simply equal. */
export type Difference =
  | ({ readonly class: 'crossDayOurs' | 'short' | 'refundOursOnly' | 'hisMissing' | 'hisPending' } & Ours)
  | ({ readonly class: 'longNoOrder' | 'refundTheirsOnly' | 'duplicateTheirs' | 'foreign' | 'settledByRefund' } & Theirs)
  | ({ readonly class: 'matchedAcrossDays' | 'refundUnderway' | 'longUnknown' | 'amount' | 'status' | 'hisAhead' | 'hisAmount' } & Both)
  | ({ readonly class: 'notThisDay' | 'netZero' } & (Ours | Theirs | Both))
  | ({ readonly class: 'hisExtra' } & (Theirs | Both))
  /** Of a day's sums: ours is what the statement makes, theirs what the account or the bank has. */
  | ({ readonly class: 'fee' | 'bankLong' | 'bankShort' } & Both);

/** Rows and fen of each side, payments and refunds apart. */
export type SideTotals = { readonly payments: number; readonly paymentFen: number; readonly refunds: number; readonly refundFen: number };
export type ClassTotals = { readonly class: DifferenceClass | 'ok'; readonly ours: SideTotals; readonly theirs: SideTotals };

export type Comparison = {
  readonly differences: readonly Difference[];
  /** One for each class that occurs. Over all classes they sum to `ours` and `theirs`. */
  readonly classes: readonly ClassTotals[];
  readonly ours: SideTotals;
  readonly theirs: SideTotals;
};

/** What is compared: the platform with a channel's statement, with the HIS's day list, and a channel's statement with its account. */
export const COMPARISON_KINDS = ['channel', 'hospital', 'settlement'] as const;
export type ComparisonKind = (typeof COMPARISON_KINDS)[number];

/**
 * `postponed`: the other side's file is not there yet; it is fetched again. `stopped`: the file contradicts itself; nothing of it was used. `open`: something needs
 * another look. `explained`: every difference has its case. `balanced`: no difference.
 */
export const DAY_STATES = ['postponed', 'stopped', 'open', 'explained', 'balanced'] as const;
export type DayState = (typeof DAY_STATES)[number];
