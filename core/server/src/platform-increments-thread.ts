/** The thread in which increments are taken and sent. Started by `composeBackups`; it reads the databases beside those who write them, and writes nothing but its work folder, what waits, and the targets. */
import { parentPort, workerData } from 'node:worker_threads';
import type { IncrementWorker } from './backups/ports.js';
import { openTarget, type TargetOptions } from './edges/backups/open-target.js';
import { serveThread } from './edges/machine/serve-thread.js';
import { createIncrementWorker, type IncrementWorkerParts } from './platform-increments-worker.js';

export type IncrementThreadData = Omit<IncrementWorkerParts, 'targets'> & { readonly targets: readonly TargetOptions[] };

if (parentPort !== null) {
  const { targets, ...parts } = workerData as IncrementThreadData;
  // It keeps its place: for moments a payment may wait for it, and then it must not wait for others.
  const worker = createIncrementWorker({ ...parts, targets: targets.map((target) => openTarget(target)) });
  serveThread<IncrementWorker>(parentPort, worker, () => worker.close());
}
