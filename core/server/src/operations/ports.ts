import type { DiskStep } from '../backups/ports.js';
import type { Severity } from '../domain/alarm-rules.js';

/** What the operations folder needs from outside. */

/** One row of the audit log. `before` and `after` are JSON text, redacted before they get here. */
export type AuditRow = {
  readonly seq: number;
  readonly at: string;
  readonly who: string;
  readonly what: string;
  readonly object: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly reason: string | null;
  readonly previousHash: string;
  readonly hash: string;
};

/** Append-only storage of audit rows. */
export type AuditStore = {
  append(row: AuditRow): Promise<void>;
  last(): Promise<AuditRow | undefined>;
  /** Rows with `seq` above `afterSeq`, ascending, at most `limit`. */
  read(range: { readonly afterSeq: number; readonly limit: number }): Promise<readonly AuditRow[]>;
};

export type ChainHead = { readonly seq: number; readonly hash: string };

/** A row on its way to another machine. `hashed` is the text its hash is of. */
export type ForwardedRow = AuditRow & { readonly hashed: string };
/** Another machine that keeps a copy of the audit log. `send` resolves when it took all of them, in their order; `problem` carries nothing the far side wrote. After a problem any of them may have been taken. */
export type AuditCollector = {
  readonly id: string;
  /** For screens: host and port. */
  readonly target: string;
  send(rows: readonly ForwardedRow[]): Promise<{ readonly ok: true } | { readonly ok: false; readonly problem: string }>;
};
/** How far a collector has come. `since`: when it was first known. `takenAt`: when it last took a row. */
export type CollectorCursor = { readonly seq: number; readonly since: Date; readonly takenAt: Date | undefined };
export type CollectorCursors = {
  /** Begins before the first row where the collector is new. */
  open(collector: string, now: Date): Promise<CollectorCursor>;
  move(collector: string, seq: number, takenAt: Date): Promise<void>;
};
export type CollectorView = {
  readonly id: string; readonly target: string;
  /** Rows it has not taken. */
  readonly behind: number;
  readonly takenSeq: number; readonly takenAt: Date | undefined;
  /** How long it has taken nothing although there was something to take. */
  readonly waitingSeconds: number;
  /** Why it did not take the last ones it was sent. */
  readonly problem: string | undefined;
};

/** Remembers the newest row outside the database, so that a chain cut short or replaced by an older copy is seen. */
export type AuditWitness = { read(): Promise<ChainHead | undefined>; write(head: ChainHead): Promise<void> };

/** What a network management (网管) may know of this box: counts, ages and ids, nobody's money and nobody's name. */
export type BoxHealth = {
  readonly state: (typeof HEALTH_STATES)[number];
  readonly version: string;
  readonly alarms: { readonly urgent: number; readonly important: number; readonly toKnow: number; readonly worst: { readonly rule: string; readonly subject: string; readonly severity: Severity; readonly words: string } | undefined };
  /** Undefined: never. */
  readonly backup: { readonly ageSeconds: number | undefined; readonly proofAgeSeconds: number | undefined };
  readonly disk: { readonly freeBytes: number | undefined; readonly step: DiskStep };
  readonly payments: { readonly unknown: number; readonly open: number };
  readonly channels: readonly { readonly id: string; readonly state: ChannelHealthState }[];
};
export const HEALTH_STATES = ['ready', 'degraded', 'notReady'] as const;
export const CHANNEL_HEALTH = ['active', 'outOfRouting', 'notRunning'] as const;
export type ChannelHealthState = (typeof CHANNEL_HEALTH)[number];

/** Who the SNMP agent is (RFC 3411 5, in hex), and how often it has started. */
export type SnmpEngine = { readonly engineId: string; readonly boots: number };
export type SnmpEngines = {
  /** Counts this start, durably, before anything is answered; `freshId` where there was none. */
  boot(freshId: string): Promise<SnmpEngine>;
  forget(): Promise<void>;
};
