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

/** Remembers the newest row outside the database, so that a chain cut short or replaced by an older copy is seen. */
export type AuditWitness = { read(): Promise<ChainHead | undefined>; write(head: ChainHead): Promise<void> };
