import type { Difference, ReconciliationRow } from '../domain/reconciliation.js';
import type { DayOf } from '../domain/reconciliation-store.js';
import { compareSettlement, type StatedSums } from './compare-settlement.js';
import { judgeDifferences } from './judge-differences.js';
import type { ReconciliationPorts } from './ports.js';
import { withoutResult } from './run-channel-day.js';

/** The statement of a day beside the movements of the merchant's account, where the channel tells them. */
export async function runSettlementDay(ports: ReconciliationPorts, source: string, day: string, stated: StatedSums): Promise<void> {
  const funds = ports.channels.find(source)?.fundStatement;
  if (funds === undefined) return;
  const of: DayOf = { comparison: 'settlement', source, day };
  const statement = await funds.downloadFundStatement({ day, account: 'basic' });
  if (statement.kind === 'notReady') return withoutResult(ports, { ...of, outcome: 'postponed', reason: `bill_not_ready: ${statement.message}` });
  if (statement.kind === 'unknown') return withoutResult(ports, { ...of, outcome: 'postponed', reason: statement.reason });
  if (statement.kind === 'malformed') return withoutResult(ports, { ...of, outcome: 'stopped', reason: statement.message });
  const fileSha256 = statement.kind === 'ok' ? await ports.archive.keep({ day, name: `${source}-fund-statement`, bytes: statement.raw }) : undefined;
  const settlement = compareSettlement({ stated, movements: statement.kind === 'ok' ? statement.lines : [] });
  const row = (key: string, fen: number): ReconciliationRow => ({ key, paymentKey: key, kind: 'payment', fen, state: 'done', at: `${day}T00:00:00+08:00` });
  const differences = settlement.differences.map(({ class: found, what, expectedFen, actualFen }): Difference => ({ class: found, ours: row(what, expectedFen), theirs: row(what, actualFen) }));
  const none = { payments: 0, paymentFen: 0, refunds: 0, refundFen: 0 };
  const now = ports.clock.now();
  await ports.store.complete({ run: { ...of, outcome: 'compared', reason: '', fileSha256, totals: settlement, at: now }, ...judgeDifferences(of, { differences, classes: [], ours: none, theirs: none }, now) });
}
