import type { SeededRandom } from './random.js';

export const WORLD_FAULTS = {
  'request lost': 0.03,
  'answer lost': 0.04,
  'answer slow': 0.05,
  'channel down': 0.5,
  'channel plugin inactive': 0.25,
  'channel plugin dies': 0.05,
  'plugin dies before a write': 0.012,
  'plugin dies after a write': 0.02,
  'HIS adapter inactive': 0.2,
  'channel refuses connections': 0.08,
  'channel error before doing': 0.03,
  'channel error after doing': 0.04,
  'create arrives late': 0.15,
  'charge declined': 0.04,
  'code scanned, answer in doubt': 0.12,
  'password typed late': 0.45,
  'undo asks to be called again': 0.3,
  'undo arrives late': 0.4,
  'return page lies': 0.3,
  'terminal loses power': 0.18,
  'terminal out of paper': 0.05,
  'terminal answers another exchange': 0.03,
  'terminal used by hand': 0.4,
  'card declined': 0.15,
  'card-holder is gone': 0.5,
  'batch settled in between': 0.2,
  'too little counted in': 0.06,
  'centre refuses to undo': 0.2,
  'account spent meanwhile': 0.04,
  'split left out': 0.3,
  'settlement shown late': 0.12,
  'pre-settlement given up': 0.15,
  'pre-settlement forgotten': 0.1,
  'given up while it settles': 0.15,
  'part of an insured payment is wanted back': 0.5,
  'refund wanted another day': 0.12,
  'channel closes by itself': 0.15,
  'patient refuses the password': 0.3,
  'success reported late': 0.12,
  'success at the last second': 0.1,
  'paid after close': 0.5,
  'amount altered': 0.04,
  'notice never sent': 0.3,
  'notice lost': 0.2,
  'notice duplicated': 0.15,
  'notice late': 0.15,
  'notice forged': 0.12,
  'notice of an unknown order': 0.02,
  'notice of another merchant': 0.1,
  'notice with another amount': 0.03,
  'notice under a second event number': 0.08,
  'stale notice after success': 0.08,
  'refund late or slow': 0.3,
  'refund done at once': 0.2,
  'merchant balance short': 0.2,
  'refund abnormal': 0.12,
  'refund closed by the channel': 0.08,
  'HIS down': 0.4,
  'HIS timeout before commit': 0.06,
  'HIS timeout after commit': 0.1,
  'HIS commits after the deadline': 0.05,
  'HIS garbage': 0.07,
  'HIS rejects after pay': 0.06,
  'HIS books another amount': 0.008,
  'amount changed after quote': 0.05,
  'paid at a window meanwhile': 0.05,
  'HIS refuses refund': 0.12,
  'terminal power cut': 0.1,
  'double press': 0.12,
  'mixed tender given up': 0.25,
  'two payments at once': 0.2,
  'request duplicated': 0.05,
  'second kiosk, same bill': 0.12,
  'cancel while paying': 0.2,
  'gives up waiting for the code': 0.4,
  'patient pays late': 0.12,
  'patient pays twice': 0.1,
  'patient leaves': 0.12,
  'patient tries again': 0.6,
  'comes back later': 0.4,
  'concurrent refunds': 0.4,
  'same key, other body': 0.15,
  'application down': 0.3,
  'application acknowledgement lost': 0.1,
  'announcement missed': 0.02,
  'crash': 0.7,
  'crash before commit': 0.004,
  'crash after commit': 0.008,
  'pause': 0.5,
  'clock jump': 0.4,
  'commit fails': 0.015,
  'disk full': 0.25,
  'mixed order refused': 0.06,
  'insurance settles slowly': 0.2,
  'insurance part fails': 0.12,
  'wallet and centre disagree': 0.15,
  'code left to expire for another way to pay': 0.5,
  'slot taken': 0.1,
  'refunded at a window of the HIS': 0.3,
  'refunded by one key at a window': 0.3,
  'discharged meanwhile': 0.15,
  'till miscounted': 0.3,
  'till closed as a patient pays': 0.5,
  'a doctor has the bill open': 0.06,
  'HIS restored from a backup': 0.12,
  'invoice office refuses': 0.15,
  'invoice handed out on paper': 0.15,
  'prepayment is returned': 0.25,
} as const satisfies Record<string, number>;

/** Of the bank: a seed without a finance office never draws for them. */
export const BANK_FAULTS = {
  'transfer refused': 0.06,
  'transfer arrives late': 0.12,
  'transfer unknown until the statement': 0.2,
  'transfer fails at the bank': 0.12,
  'transfer comes back': 0.25,
  'statement line doubled': 0.2,
  'bank statement late': 0.15,
} as const satisfies Record<string, number>;

/** Of bound cards: a seed without them never draws for them. */
export const CARD_FAULTS = {
  'code mistyped': 0.25,
  'same card bound twice': 0.3,
  'password mistyped': 0.25,
  'card unbound as it pays': 0.35,
  'card cancelled at the bank': 0.12,
  'password forgotten': 0.3,
  'old password typed': 0.5,
  'holder check used again': 0.3,
} as const satisfies Record<string, number>;

/** Of asking again: a seed without it never draws for them. */
export const ASKING_FAULTS = { 'success denied when asked again': 0.3 } as const satisfies Record<string, number>;

/** Of self-tests: a seed without them never draws for them. */
export const SELF_TEST_FAULTS = { 'two tests of one channel at once': 0.5, 'self-test given up': 0.08 } as const satisfies Record<string, number>;

/** Of a clock that is put right under way: only in a storm that names it, and no other seed ever draws for it. */
export const CLOCK_FAULTS = { 'clock jump while the HIS is told': 0.9 } as const satisfies Record<string, number>;
export const CLOCK_STORM: Storm = CLOCK_FAULTS;

/** Every fault and how often it strikes where it can, at full strength. A seed arms some of them, at its own strength: quiet seeds find other bugs than wild ones. */
export const FAULT_KINDS = { ...WORLD_FAULTS, ...BANK_FAULTS, ...CARD_FAULTS, ...ASKING_FAULTS, ...SELF_TEST_FAULTS, ...CLOCK_FAULTS } as const;
export type FaultKind = keyof typeof FAULT_KINDS;
/** Faults that strike in every seed, this often. */
export type Storm = { readonly [kind in FaultKind]?: number };

/** Chance that a seed arms a given fault at all. */
const ARMED = 0.7;

export class Faults {
  readonly counts = new Map<FaultKind, number>();
  readonly #random: SeededRandom;
  readonly #rates = new Map<string, number>();
  readonly #arm: (kinds: Readonly<Record<string, number>>) => void;
  #areOn = true;

  constructor(random: SeededRandom, given: { readonly masked: ReadonlySet<string>; readonly storm: Storm }) {
    this.#random = random;
    const strength = random.pick(0.3, 0.7, 1, 1, 1.6);
    this.#arm = (kinds) => {
      for (const [kind, rate] of Object.entries(kinds)) {
        const isArmed = random.chance(ARMED) && !given.masked.has(kind);
        this.#rates.set(kind, isArmed ? Math.min(0.9, rate * strength) : 0);
      }
      for (const [kind, rate] of Object.entries(given.storm)) if (kind in kinds && !given.masked.has(kind)) this.#rates.set(kind, rate);
    };
    this.#arm(WORLD_FAULTS);
    if (Object.keys(CLOCK_FAULTS).some((kind) => kind in given.storm)) this.#arm(CLOCK_FAULTS);
  }

  /** Whether this seed knows this fault at all. */
  knows(kind: FaultKind): boolean {
    return this.#rates.has(kind);
  }

  /** There is a bank in this seed. */
  armBank(): void {
    this.#arm(BANK_FAULTS);
  }

  /** Patients bind cards in this seed. */
  armCards(): void {
    this.#arm(CARD_FAULTS);
  }

  /** What has ended is asked about again in this seed. */
  armAsking(): void {
    this.#arm(ASKING_FAULTS);
  }

  /** Administrators test channels with one fen in this seed. */
  armSelfTests(): void {
    this.#arm(SELF_TEST_FAULTS);
  }

  /** Whether this fault strikes here and now. */
  strikes(kind: FaultKind): boolean {
    const isHit = this.#random.chance(this.#rates.get(kind) ?? 0) && this.#areOn;
    if (isHit) this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    return isHit;
  }

  /** The world heals: nothing strikes any more. */
  heal(): void {
    this.#areOn = false;
  }
  get areOn(): boolean {
    return this.#areOn;
  }
}
