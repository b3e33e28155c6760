import type { BusinessKind, PaymentMethod } from '@hospay/plugin-sdk';

export const INSURANCE_ORDERS = ['insuranceFirst', 'selfPayFirst'] as const;
export type InsuranceOrderOfTenders = (typeof INSURANCE_ORDERS)[number];

/** The times that steer money work, from configuration. All milliseconds. */
export type PaymentPolicy = {
  /** How long a patient may pay after the code is shown; never past the HIS quote. */
  readonly qrLifetimeMs: number;
  /** How long a scanned payment code (付款码) is waited for before it is undone. */
  readonly paymentCodeLifetimeMs: number;
  /** How long a card-holder may take at the card terminal, with a margin. */
  readonly bankCardLifetimeMs: number;
  /** Mixed tender: how long further payments may be added; never past the HIS quote. */
  readonly tenderLifetimeMs: number;
  /** A quote must have at least this long left to start a payment on it. */
  readonly quoteMarginMs: number;
  /** After expiry plus this, a channel's `not found` is believed: a delayed create can no longer arrive. */
  readonly closeMarginMs: number;
  /** Gaps between questions about an open payment; the last one repeats. */
  readonly queryRhythmMs: readonly number[];
  /** The same for payments somebody stands and waits for: scanned code, card, cash. */
  readonly promptQueryRhythmMs: readonly number[];
  /** Gaps between attempts to tell the HIS; the last one repeats, without a cap. */
  readonly confirmRhythmMs: readonly number[];
  /** Money in, hospital not told for this long: a person is called. */
  readonly confirmEscalationMs: number;
  readonly refundRhythmMs: readonly number[];
  readonly refundEscalationMs: number;
  /** Payment still without a definite answer this long after its expiry: a person is called. */
  readonly unknownEscalationMs: number;
  readonly tellOwnerRhythmMs: readonly number[];
  /** 医保结算顺序: which part of an insured order is paid first. `insuranceFirst`: settle, then collect; `selfPayFirst`: collect, then settle, so that a settlement that fails leaves only money that goes back by itself. */
  readonly insuranceOrder: InsuranceOrderOfTenders;
  /** 收费加锁: whether a HIS that can lock bills does so while they are paid. */
  readonly locksBills: boolean;
  /** What an electronic invoice is asked for at the hospital; empty where the HIS issues them by itself, or has none. */
  readonly invoicedBusinesses: readonly BusinessKind[];
  /** Whose receipts are printed on numbered forms (票据号段); empty where the HIS keeps the numbers, or there are none. */
  readonly numberedBusinesses: readonly BusinessKind[];
  /** 日切: when the bill day of a channel instance ends, where that is not midnight; `HH:mm`, Beijing. */
  readonly cutOffs: Readonly<Record<string, string>>;
  /** Gaps between attempts to have an invoice issued or flushed; the last one repeats, without a cap. */
  readonly invoiceRhythmMs: readonly number[];
};

const SECOND = 1000;
const MINUTE = 60 * SECOND;

export const DEFAULT_PAYMENT_POLICY: PaymentPolicy = {
  qrLifetimeMs: 5 * MINUTE,
  paymentCodeLifetimeMs: 60 * SECOND,
  bankCardLifetimeMs: 3 * MINUTE,
  tenderLifetimeMs: 20 * MINUTE,
  quoteMarginMs: 60 * SECOND,
  closeMarginMs: 330 * SECOND,
  promptQueryRhythmMs: [5 * SECOND, 5 * SECOND, 5 * SECOND, 5 * SECOND, 10 * SECOND, 10 * SECOND, 20 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE],
  queryRhythmMs: [10 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE],
  confirmRhythmMs: [SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 20 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE],
  confirmEscalationMs: MINUTE,
  refundRhythmMs: [MINUTE, MINUTE, MINUTE, MINUTE, MINUTE, 5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE],
  refundEscalationMs: 24 * 60 * MINUTE,
  unknownEscalationMs: 10 * MINUTE,
  tellOwnerRhythmMs: [15 * SECOND, 15 * SECOND, 30 * SECOND, 3 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE, 60 * MINUTE, 180 * MINUTE, 360 * MINUTE],
  insuranceOrder: 'insuranceFirst',
  locksBills: false,
  invoicedBusinesses: [],
  numberedBusinesses: [],
  cutOffs: {},
  invoiceRhythmMs: [2 * SECOND, 10 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, 60 * MINUTE],
};

/**
 * Methods whose charge may be sent again under its number when its answer was lost: the patient still has to act on what it shows. A scanned code, a card,
 * counted cash, a charge by agreement and an insurance settlement have happened or not: they are only asked about.
 */
const REPEATABLE: readonly PaymentMethod[] = ['nativeQr', 'jsapi', 'miniProgram', 'h5', 'app', 'webPage'];

export function isRepeatable(method: PaymentMethod): boolean {
  return REPEATABLE.includes(method);
}

/** How long a payment of this method may be paid. */
export function lifetimeOf(policy: PaymentPolicy, method: PaymentMethod): number {
  if (method === 'paymentCode') return policy.paymentCodeLifetimeMs;
  return method === 'bankCard' ? policy.bankCardLifetimeMs : policy.qrLifetimeMs;
}

export function queryRhythmOf(policy: PaymentPolicy, method: PaymentMethod): readonly number[] {
  return isRepeatable(method) ? policy.queryRhythmMs : policy.promptQueryRhythmMs;
}

/** The gap before attempt n+1, after n attempts (n ≥ 1). */
export function gapAfter(rhythmMs: readonly number[], attempts: number): number {
  return rhythmMs[Math.min(Math.max(attempts, 1), rhythmMs.length) - 1] ?? MINUTE;
}
