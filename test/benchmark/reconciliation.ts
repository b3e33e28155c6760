/** A day of a large hospital beside a channel's statement: how long it takes, how long it keeps the event loop from turning, and the same join in plain SQL. */
import { DatabaseSync } from 'node:sqlite';
import type { ReconciliationRow } from '@hospay/server/domain/reconciliation.js';
import { comparingChannelDay } from '@hospay/server/reconciliation/compare-channel-day.js';
import { inSlices } from '@hospay/server/reconciliation/in-slices.js';
import { longestTurn } from './longest-turn.js';

export type ReconciliationResult = { readonly rows: number; readonly seconds: number; readonly longestTurnMs: number; readonly differences: number; readonly bareSeconds: number };

const DAY = '2026-11-20';
const MISSING = 7;

export async function measureReconciliation({ rows }: { readonly rows: number }): Promise<ReconciliationResult> {
  const row = (index: number): ReconciliationRow => {
    const key = `H20261120${String(index).padStart(7, '0')}ABCDEFGHP01`;
    return { key, paymentKey: key, kind: 'payment', fen: 100 + (index % 5_000), state: 'done', at: `${DAY}T10:00:00+08:00` };
  };
  const ours = Array.from({ length: rows }, (_, index) => row(index));
  const theirs = Array.from({ length: rows - MISSING }, (_, index) => row(rows - 1 - index));
  const breathe = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });
  let differences = 0;
  const began = performance.now();
  const longestTurnMs = await longestTurn(1, async () => {
    const comparison = await inSlices(comparingChannelDay({ day: DAY, ours, theirs, judgedElsewhere: new Set(), earlierLongs: new Map(), isOwnNumber: () => true }), breathe);
    differences = comparison.differences.length;
  });
  const seconds = (performance.now() - began) / 1_000;
  if (differences !== MISSING) throw new Error(`${String(differences)} differences instead of ${String(MISSING)}`);
  return { rows, seconds, longestTurnMs, differences, bareSeconds: bareJoin(ours, theirs) };
}

/** Loaded, indexed and joined by SQLite. */
function bareJoin(ours: readonly ReconciliationRow[], theirs: readonly ReconciliationRow[]): number {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE ours (key TEXT, fen INTEGER) STRICT; CREATE TABLE theirs (key TEXT, fen INTEGER) STRICT; BEGIN');
  const began = performance.now();
  for (const [table, rows] of [['ours', ours], ['theirs', theirs]] as const) {
    const insert = database.prepare(`INSERT INTO ${table} VALUES (?, ?)`);
    for (const { key, fen } of rows) insert.run(key, fen);
    database.exec(`CREATE INDEX ${table}_by_key ON ${table} (key)`);
  }
  const found = database.prepare('SELECT (SELECT count(*) FROM ours o LEFT JOIN theirs t ON t.key = o.key WHERE t.key IS NULL OR t.fen <> o.fen) + (SELECT count(*) FROM theirs t WHERE NOT EXISTS (SELECT 1 FROM ours o WHERE o.key = t.key)) AS n').get();
  database.exec('COMMIT');
  database.close();
  if (found?.['n'] !== MISSING) throw new Error('the plain join found something else');
  return (performance.now() - began) / 1_000;
}
