/** A worker thread: plays the seeds it is sent, one at a time, and answers each with its report. */
import { parentPort } from 'node:worker_threads';
import type { Storm } from './faults.js';
import { plantedBug } from './planted-bugs.js';
import { simulateSeed } from './simulate-seed.js';

export type SeedOrder = { readonly seed: number; readonly plant?: string | undefined; readonly masked: readonly string[]; readonly storm?: Storm | undefined; readonly hasFinanceOffice?: boolean | undefined; readonly hasBoundCards?: boolean | undefined; readonly asksAgain?: boolean | undefined; readonly testsChannels?: boolean | undefined };

if (parentPort === null) throw new Error('seed-worker runs only as a worker thread');
const port = parentPort;

port.on('message', (order: SeedOrder) => {
  void simulateSeed(order.seed, { plant: order.plant === undefined ? undefined : plantedBug(order.plant), masked: new Set(order.masked), storm: order.storm, hasFinanceOffice: order.hasFinanceOffice, hasBoundCards: order.hasBoundCards, asksAgain: order.asksAgain, testsChannels: order.testsChannels }).then((report) => { port.postMessage(report); });
});
