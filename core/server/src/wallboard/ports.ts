/** What the wallboard (监控大屏) shows, and who may look at it without signing in. No patient is on it. */
import type { AlarmDesk } from '../alarms/ports.js';
import type { AuditTrail } from '../domain/audit.js';
import type { Outcome } from '../domain/errors.js';
import type { Severity } from '../domain/alarm-rules.js';
import type { DayState } from '../domain/reconciliation.js';
import type { Clock, RandomSource } from '../domain/time.js';

/** A screen that may show the wallboard: it holds a token that reads this and nothing else, until it is withdrawn. */
export type Display = {
  readonly id: number;
  readonly title: string;
  /** The only address it may ask from. Undefined: any. */
  readonly address: string | undefined;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly withdrawnAt: Date | undefined;
  readonly lastSeenAt: Date | undefined;
  readonly lastAddress: string | undefined;
};
export type DisplayRows = {
  add(display: { readonly title: string; readonly address: string | undefined; readonly tokenHash: string; readonly by: string; readonly at: Date }): Promise<Display>;
  list(): Promise<readonly Display[]>;
  findByToken(tokenHash: string): Promise<Display | undefined>;
  seen(id: number, at: Date, address: string): Promise<void>;
  /** Undefined: there is none, or it is withdrawn already. */
  withdraw(id: number, at: Date): Promise<Display | undefined>;
};
export type DisplayPorts = { readonly rows: DisplayRows; readonly clock: Clock; readonly random: RandomSource; readonly audit: AuditTrail };

export type DisplayDesk = {
  list(): Promise<readonly Display[]>;
  /** The token is told once and kept as its hash. */
  add(request: { readonly title: string; readonly address?: string; readonly by: string }): Promise<{ readonly display: Display; readonly token: string }>;
  /** Errors: NO_SUCH_ITEM. */
  withdraw(request: { readonly id: number; readonly by: string }): Promise<Outcome<Display>>;
  /** Errors: NOT_SIGNED_IN for a token nobody gave out or one that is withdrawn; NOT_PERMITTED from another address. */
  letIn(request: { readonly token: string; readonly address: string }): Promise<Outcome<Display>>;
};

/** One tile: what it shows, of when, and how often it is read. Its reader may fail: then what was read last stays, with its time. */
export type Tile<Value> = { readonly at: Date; readonly everySeconds: number; readonly value: Value };
/** Undefined: never read since the platform started. */
export type WallboardView = { readonly [Name in keyof WallboardTiles]: Tile<WallboardTiles[Name]> | undefined } & { readonly now: Date };

/** Amounts in integer fen. */
export type WallboardTiles = {
  readonly money: { readonly day: string; readonly paidFen: number; readonly paidCount: number; readonly refundedFen: number; readonly refundedCount: number; readonly hours: readonly { readonly hour: number; readonly paidCount: number; readonly paidFen: number }[] };
  /** `ended` and `succeeded`: payments of orders of the last quarter of an hour that have an end. `isOut`: it does not answer and is out of the routing. */
  readonly channels: readonly { readonly channel: string; readonly paidFen: number; readonly paidCount: number; readonly ended: number; readonly succeeded: number; readonly unansweredPercent: number; readonly isOut: boolean }[];
  readonly open: { readonly unknownPayments: number; readonly oldestUnknownSeconds: number; readonly unconfirmed: number; readonly unconfirmedFen: number; readonly refundsInFlight: number; readonly refundsInFlightFen: number };
  readonly terminals: { readonly kinds: readonly { readonly kind: string; readonly online: number; readonly total: number }[]; readonly faulty: number };
  readonly cases: { readonly count: number; readonly urgent: number; readonly newest: readonly { readonly kind: string; readonly severity: number; readonly openedAt: string }[] };
  readonly his: { readonly isActive: boolean; readonly meanMs: number; readonly unansweredPercent: number; readonly waiting: number };
  readonly reconciliation: readonly { readonly comparison: string; readonly source: string; readonly day: string; readonly state: DayState }[];
  readonly alarms: { readonly count: number; readonly urgent: number; readonly worst: readonly { readonly rule: string; readonly zh: string; readonly en: string; readonly subject: string; readonly severity: Severity; readonly raisedAt: Date }[] };
  /** `provedAt`: when a backup was last restored and found whole. */
  readonly machine: { readonly version: string; readonly diskFreeMegabytes: number; readonly backupProvedAt: Date | undefined };
};

type CaseOnBoard = { readonly kind: string; readonly severity: number; readonly openedAt: string };
export type WallboardPorts = {
  readonly money: {
    overview(now: Date): Promise<{
      readonly day: string; readonly paidCount: number; readonly paidFen: number; readonly refundedCount: number; readonly refundedFen: number; readonly hours: WallboardTiles['money']['hours'];
      readonly channels: readonly { readonly channel: string; readonly paidCount: number; readonly paidFen: number }[];
      readonly unknownPayments: { readonly count: number; readonly oldest: readonly { readonly submittedAt: string }[] };
      readonly unconfirmed: { readonly count: number; readonly amountFen: number }; readonly refundsInFlight: { readonly count: number; readonly amountFen: number };
      readonly cases: { readonly count: number; readonly urgent: number; readonly newest: readonly CaseOnBoard[] };
    }>;
    /** By channel: payments of orders since then that have an end, and those of them that succeeded. */
    outcomesSince(since: Date): Promise<readonly { readonly channel: string; readonly ended: number; readonly succeeded: number }[]>;
  };
  readonly terminals: () => Promise<readonly { readonly kind: string; readonly status: string; readonly online: boolean; readonly faults: readonly { readonly level: string }[] }[]>;
  readonly days: (range: { readonly from: string; readonly to: string }) => readonly { readonly comparison: string; readonly source: string; readonly day: string; readonly state: DayState }[];
  readonly alarms: Pick<AlarmDesk, 'problems' | 'readings' | 'rules'>;
  readonly version: string;
  readonly backupProvedAt: () => Date | undefined;
  readonly clock: Clock;
};
