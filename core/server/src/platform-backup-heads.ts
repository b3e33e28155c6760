/** The two hash chains of the databases, as backups name them. Part of the composition root. */
import type { DatabaseSync } from 'node:sqlite';
import type { ChainMark } from './backups/ports.js';
import { GENESIS_HASH } from './edges/database/money/ledger-writer.js';

const CHAINS = { journal: { database: 'money.sqlite', table: 'journal', genesis: GENESIS_HASH }, audit: { database: 'platform.sqlite', table: 'audit_event', genesis: '0'.repeat(64) } } as const;
export type Chain = keyof typeof CHAINS;
export type Heads = Readonly<Record<Chain, ChainMark>>;

/** The newest rows of the two chains, in databases as they are opened: those of a copy, or of a moment. */
export function headsIn(open: (database: string) => DatabaseSync | undefined): Heads {
  const head = (chain: Chain): ChainMark => {
    const { database, table, genesis } = CHAINS[chain];
    const row = open(database)?.prepare(`SELECT seq, hash FROM ${table} ORDER BY seq DESC LIMIT 1`).get();
    return row === undefined ? { seq: 0, hash: genesis } : { seq: Number(row['seq']), hash: String(row['hash']) };
  };
  return { journal: head('journal'), audit: head('audit') };
}

/** Whether a chain has this row. */
export function hasMark(open: (database: string) => DatabaseSync | undefined, chain: Chain, { seq, hash }: ChainMark): boolean {
  if (seq === 0) return true;
  const { database, table } = CHAINS[chain];
  return open(database)?.prepare(`SELECT hash FROM ${table} WHERE seq = ?`).get(seq)?.['hash'] === hash;
}
