/** `npm run bench [-- --report-orders N] [--reconciliation-rows N] [--only reconciliation]`: prints the machine, then each measure beside its bare limit, as a table and as one JSON line. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { measureBareLimit } from './bare-limit.js';
import { measureBoundary } from './boundary.js';
import { describeMachine } from './machine.js';
import { measurePaymentPath } from './payment-path.js';
import { measureQueueDrain } from './queue-drain.js';
import { measureReconciliation, type ReconciliationResult } from './reconciliation.js';
import { measureReportYear } from './report-year.js';
import { measureSettlement } from './settlement.js';
import { measureSm2 } from './sm2.js';

const { values } = parseArgs({ options: { 'report-orders': { type: 'string', default: '200000' }, 'reconciliation-rows': { type: 'string', default: '200000' }, only: { type: 'string' } } });
if (values.only !== undefined && values.only !== 'reconciliation') throw new Error('--only: reconciliation');
const countOf = (name: 'report-orders' | 'reconciliation-rows'): number => {
  const count = Number(values[name]);
  if (!Number.isSafeInteger(count) || count < 100) throw new Error(`--${name}: a whole number, at least a hundred`);
  return count;
};
const [reportOrders, reconciliationRows] = [countOf('report-orders'), countOf('reconciliation-rows')];
if (values.only === 'reconciliation') {
  process.stdout.write(`${JSON.stringify(await measureReconciliation({ rows: reconciliationRows }))}\n`);
  process.exit();
}
/** What it holds is told of the process, so it has one of its own. */
async function measureReconciliationApart(): Promise<ReconciliationResult> {
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), '--only', 'reconciliation', '--reconciliation-rows', String(reconciliationRows)]);
  return JSON.parse(stdout) as ReconciliationResult;
}
const machine = describeMachine();
process.stdout.write(`${machine.cpu}, ${String(machine.cores)} cores, ${String(machine.memoryGiB)} GiB, Node ${machine.node}, SQLite ${machine.sqlite}, ${String(machine.fsyncPerSecond)} fsync/s\n\n`);

await measurePaymentPath({ count: 500, inFlight: 16 });
const sustained = await measurePaymentPath({ count: 10_000, inFlight: 64 });
const paced = await measurePaymentPath({ count: 1_000, inFlight: 200, perSecond: 200 });
const bareGrouped = measureBareLimit({ count: 10_000, paymentsPerCommit: Math.max(1, Math.round(sustained.payments / (sustained.commits / 4))) });
const bareSingle = measureBareLimit({ count: 2_000, paymentsPerCommit: 1 });
const door = await measureBoundary({ count: 5_000 });
const sm2 = await measureSm2({ count: 200 });
const year = await measureReportYear({ orders: reportOrders });
if (!year.sameFen) throw new Error('the sums of the reports are not those of the raw rows');
const reconciled = await measureReconciliationApart();
const settled = await measureSettlement({ paymentsADay: 20_000 });
const queue = await measureQueueDrain({ jobs: 10_000 });
const us = (ms: number): string => (ms * 1000).toFixed(0);

const rows = [
  ['measure', 'Hospay', 'bare limit', 'aim'],
  ['payments/s sustained, 64 at once', sustained.perSecond.toFixed(0), `${bareGrouped.perSecond.toFixed(0)} (same rows, same grouping)`, '≥ 1000'],
  ['commits for those payments', String(sustained.commits), String(sustained.payments * 4), ''],
  ['overhead at 200/s, median ms', paced.overheadMs.p50.toFixed(2), `${(1000 / bareSingle.perSecond).toFixed(2)} (one commit of the same rows)`, '≤ 5'],
  ['overhead at 200/s, p99 ms', paced.overheadMs.p99.toFixed(2), '', '≤ 25'],
  ['plugin call in this process, median µs', us(door.inProcessMs.p50), `${us(door.bareCallMs.p50)} (the call without the door)`, '≤ 50'],
  ['plugin call in a process of its own, median µs', us(door.isolatedMs.p50), `${us(door.bareMessageMs.p50)} (a bare message and its echo)`, '≤ 1000'],
  ['plugin call in a process of its own, p99 µs', us(door.isolatedMs.p99), us(door.bareMessageMs.p99), ''],
  [`event loop held up by ${String(sm2.count)} SM2 signatures and verifications, longest ms`, sm2.longestTurnMs.toFixed(1), `${sm2.idleTurnMs.toFixed(1)} idle, ${sm2.onTheLoopMs.toFixed(0)} with the same work on the loop`, '≤ 5'],
  [`slowest of four reports of a year of ${String(year.orders)} orders, median ms`, year.reportMs.p50.toFixed(0), `${year.bareMs.toFixed(0)} (months by method from the raw rows)`, '< 1000'],
  [`slowest of ${String(year.lists.each.length)} lists of the console over ${String(year.orders)} orders, median ms`, year.lists.p50Ms.toFixed(1), `${year.lists.slowest}; worst of all ${year.lists.worstMs.toFixed(0)}, ${year.lists.each.toSorted((left, right) => right.worstMs - left.worstMs)[0]?.name ?? ''}`, '< 100'],
  ['journals taken into the sums of reports, per second', year.fedPerSecond.toFixed(0), '', '≥ 20000'],
  [`a day of four sources of ${String(reconciled.rows)} rows each, s`, reconciled.seconds.toFixed(2), `${reconciled.bareSeconds.toFixed(2)} (one such join in plain SQL, nothing read or judged)`, '< 60 at 1,000,000'],
  ['most memory of the process that compares it, MiB', reconciled.memoryMiB.toFixed(0), `${reconciled.memoryBeforeMiB.toFixed(0)} before`, '< 1024 at 1,000,000'],
  ['event loop held up by it, longest ms', reconciled.longestTurnMs.toFixed(1), `${sm2.idleTurnMs.toFixed(1)} idle`, '≤ 10'],
  ['overhead at 200/s with days compared beside, p99 ms', reconciled.paymentsBesideP99Ms.toFixed(2), `${reconciled.paymentsAloneP99Ms.toFixed(2)} alone`, '≤ 10 more'],
  [`a settlement batch of three days of ${String(settled.payments / 3)} payments drawn, s`, settled.seconds.toFixed(2), `${settled.bareSeconds.toFixed(2)} (the same sums in one SQL statement)`, ''],
  ['event loop held up by it, longest ms', settled.longestTurnMs.toFixed(1), `${(settled.bareSeconds * 1000).toFixed(0)} in one statement`, '≤ 10'],
  [`queue drained after an outage, ${String(queue.jobs)} jobs, per second`, queue.perSecond.toFixed(0), `${queue.barePerSecond.toFixed(0)} (the same rows leased and deleted, same grouping)`, ''],
  ['event loop held up by it, longest ms', queue.longestTurnMs.toFixed(1), '', '≤ 10'],
] as const;
const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
for (const row of rows) process.stdout.write(`${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`);
process.stdout.write(`\n${JSON.stringify({ machine, sustained, paced, bareGrouped, bareSingle, door, sm2, year, reconciled, settled, queue })}\n`);
