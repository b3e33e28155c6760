import { Worker } from 'node:worker_threads';
import type { Storm } from './faults.js';
import type { SeedOrder } from './seed-worker.js';
import type { SeedReport } from './simulate-seed.js';

export type Batch = {
  readonly firstSeed: number;
  readonly seeds: number;
  readonly plant?: string | undefined;
  readonly masked?: readonly string[];
  readonly storm?: Storm | undefined;
  readonly hasFinanceOffice?: boolean | undefined;
  readonly hasBoundCards?: boolean | undefined;
  readonly asksAgain?: boolean | undefined;
  readonly testsChannels?: boolean | undefined;
  readonly workers: number;
  /** Called for each report; true stops the batch. */
  readonly onReport?: (report: SeedReport) => boolean;
};

export type Summary = {
  readonly seeds: number;
  readonly orders: number;
  readonly events: number;
  readonly virtualMs: number;
  readonly faults: ReadonlyMap<string, number>;
  readonly marks: ReadonlyMap<string, number>;
  readonly failed: readonly SeedReport[];
  /** Seeds that were played twice and gave two histories. */
  readonly unrepeatable: readonly number[];
};

/** One seed in a hundred is played twice. */
const REPEAT_EVERY = 100;

/** Plays consecutive seeds on worker threads and adds the reports up. */
export async function runSeeds(batch: Batch): Promise<Summary> {
  const total = { seeds: 0, orders: 0, events: 0, virtualMs: 0, faults: new Map<string, number>(), marks: new Map<string, number>(), failed: [] as SeedReport[], unrepeatable: [] as number[] };
  let next = batch.firstSeed;
  let isStopped = false;
  const drive = async () => {
    const worker = new Worker(new URL('./seed-worker.js', import.meta.url));
    try {
      while (!isStopped && next < batch.firstSeed + batch.seeds) {
        const seed = next;
        next += 1;
        const report = await play(worker, { seed, plant: batch.plant, masked: batch.masked ?? [], storm: batch.storm, hasFinanceOffice: batch.hasFinanceOffice, hasBoundCards: batch.hasBoundCards, asksAgain: batch.asksAgain, testsChannels: batch.testsChannels });
        if (seed % REPEAT_EVERY === 0 && (await play(worker, { seed, plant: batch.plant, masked: batch.masked ?? [], storm: batch.storm, hasFinanceOffice: batch.hasFinanceOffice, hasBoundCards: batch.hasBoundCards, asksAgain: batch.asksAgain, testsChannels: batch.testsChannels })).digest !== report.digest) total.unrepeatable.push(seed);
        total.seeds += 1;
        total.orders += report.orders;
        total.events += report.events;
        total.virtualMs += report.virtualMs;
        add(total.faults, report.faults);
        add(total.marks, report.marks);
        if (report.violations.length > 0) total.failed.push(report);
        if (batch.onReport?.(report) === true) isStopped = true;
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: batch.workers }, drive));
  return total;
}

function play(worker: Worker, order: SeedOrder): Promise<SeedReport> {
  return new Promise((resolve, reject) => {
    const settle = (report: SeedReport) => {
      worker.off('error', reject);
      resolve(report);
    };
    worker.once('message', settle);
    worker.once('error', reject);
    // A worker thread has no origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    worker.postMessage(order);
  });
}

function add(total: Map<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) total.set(name, (total.get(name) ?? 0) + count);
}
