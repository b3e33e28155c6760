/** The thread in which sets are taken and proved. Started by `composeBackups`; it composes its own parts and writes nothing but its work folder and the targets. */
import { parentPort, workerData } from 'node:worker_threads';
import type { BackupWorker } from './backups/ports.js';
import { openTarget, type TargetOptions } from './edges/backups/open-target.js';
import { serveThread } from './edges/machine/serve-thread.js';
import { yieldProcessor } from './edges/machine/yield-processor.js';
import { createBackupWorker, type BackupWorkerParts } from './platform-backup-worker.js';

/** What a thread can be given: targets by what they are made of. */
export type BackupThreadData = Omit<BackupWorkerParts, 'targets'> & { readonly targets: readonly TargetOptions[] };

if (parentPort !== null) {
  const { targets, ...parts } = workerData as BackupThreadData;
  yieldProcessor();
  const worker = createBackupWorker({ ...parts, targets: targets.map((target) => openTarget(target)) });
  // A stop waits for no backup: it ends before its next piece and takes its own away.
  serveThread<BackupWorker>(parentPort, worker, () => worker.cancel());
}
