import { createHash } from 'node:crypto';
import type { AuditAct, AuditTrail } from '../domain/audit.js';
import { redact, redactText } from '../domain/sensitive.js';
import type { Clock } from '../domain/time.js';
import type { AuditRow, AuditStore, AuditWitness, ChainHead } from './ports.js';

export type AuditFinding =
  /** A row's content does not give its hash, or it does not follow from the row before. */
  | { readonly kind: 'altered'; readonly seq: number }
  | { readonly kind: 'gap'; readonly expectedSeq: number; readonly foundSeq: number }
  /** The witness saw a row the store no longer has, or has with another hash. */
  | { readonly kind: 'truncated'; readonly lastSeq: number; readonly witnessedSeq: number }
  | { readonly kind: 'replaced'; readonly seq: number };

export type AuditVerification = { readonly rows: number; readonly findings: readonly AuditFinding[] };

export type AuditLog = AuditTrail & {
  /** Reads the whole chain and compares it with the witness. No finding: nothing was altered, removed or replaced. */
  verify(): Promise<AuditVerification>;
  /** Whether an act can be written: true unless the last one could not, and then only once another is. An act nobody could answer for must not be done. */
  canRecord(): Promise<boolean>;
};

const BEFORE_THE_FIRST = '0'.repeat(64);
const PAGE_ROWS = 1000;

/**
 * Hash-chained, append-only audit log. Each row's hash covers the row and the hash before it; after each row the head is written to a witness
 * outside the database, because a chain that was cut short still verifies by itself.
 */
export function createAuditLog({ store, witness, clock }: { readonly store: AuditStore; readonly witness: AuditWitness; readonly clock: Clock }): AuditLog {
  let queue: Promise<unknown> = Promise.resolve();
  let head: ChainHead | undefined;
  let lastFailed = false;

  const append = async (act: AuditAct): Promise<void> => {
    head ??= (await store.last()) ?? { seq: 0, hash: BEFORE_THE_FIRST };
    const row = makeRow(act, clock.now(), head);
    try {
      await store.append(row);
    } catch (error) {
      // The row may or may not be there: ask again before the next one.
      head = undefined;
      throw error;
    }
    head = { seq: row.seq, hash: row.hash };
    await witness.write(head);
  };

  const record = (act: AuditAct): Promise<void> => {
    const appended = queue.then(() => append(act));
    queue = appended.then(() => { lastFailed = false; }, () => { lastFailed = true; });
    return appended;
  };
  return {
    record,
    async canRecord() {
      await queue;
      return !lastFailed || record({ who: 'system', what: 'audit.resume', object: 'audit log' }).then(() => true, () => false);
    },
    async verify() {
      await queue;
      return verifyChain(store, await witness.read());
    },
  };
}

async function verifyChain(store: AuditStore, witnessed: ChainHead | undefined): Promise<AuditVerification> {
  const findings: AuditFinding[] = [];
  let head: ChainHead = { seq: 0, hash: BEFORE_THE_FIRST };
  let rows = 0;
  for (;;) {
    const page = await store.read({ afterSeq: head.seq, limit: PAGE_ROWS });
    for (const row of page) {
      if (row.seq !== head.seq + 1) findings.push({ kind: 'gap', expectedSeq: head.seq + 1, foundSeq: row.seq });
      if (row.previousHash !== head.hash || row.hash !== hashOf(row)) findings.push({ kind: 'altered', seq: row.seq });
      if (witnessed?.seq === row.seq && witnessed.hash !== row.hash) findings.push({ kind: 'replaced', seq: row.seq });
      head = { seq: row.seq, hash: row.hash };
      rows += 1;
    }
    if (page.length < PAGE_ROWS) break;
  }
  if (witnessed !== undefined && head.seq < witnessed.seq) findings.push({ kind: 'truncated', lastSeq: head.seq, witnessedSeq: witnessed.seq });
  return { rows, findings };
}

function makeRow(act: AuditAct, at: Date, head: ChainHead): AuditRow {
  const content = {
    seq: head.seq + 1,
    at: at.toISOString(),
    who: redactText(act.who),
    what: act.what,
    object: redactText(act.object),
    before: asText(act.before),
    after: asText(act.after),
    reason: act.reason === undefined ? null : redactText(act.reason),
    previousHash: head.hash,
  };
  return { ...content, hash: hashOf(content) };
}

function asText(value: unknown): string | null {
  return value === undefined ? null : (JSON.stringify(redact(value)) ?? null);
}

/** SHA-256 over what `hashedText` says. */
function hashOf(row: Omit<AuditRow, 'hash'>): string {
  return createHash('sha256').update(hashedText(row)).digest('hex');
}

/** The row's fields in a fixed order, as a JSON list so that no field can run into the next. */
export function hashedText({ seq, at, who, what, object, before, after, reason, previousHash }: Omit<AuditRow, 'hash'>): string {
  return JSON.stringify([seq, at, who, what, object, before, after, reason, previousHash]);
}
