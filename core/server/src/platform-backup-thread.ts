/** The thread in which sets are taken and proved. Started by `openBackupThread`; it composes its own parts and writes nothing but its work folder and the targets. */
import { parentPort, workerData } from 'node:worker_threads';
import type { BackupWorker } from './backups/ports.js';
import { BilingualError, writeBilingual } from './domain/bilingual.js';
import { STOP_THREAD, type ThreadQuestion, type ThreadReply } from './domain/thread.js';
import { openTarget, type TargetOptions } from './edges/backups/open-target.js';
import { yieldProcessor } from './edges/machine/yield-processor.js';
import { createBackupWorker, type BackupWorkerParts } from './platform-backup-worker.js';

/** What a thread can be given: targets by what they are made of. */
export type BackupThreadData = Omit<BackupWorkerParts, 'targets'> & { readonly targets: readonly TargetOptions[] };

if (parentPort !== null) serve(parentPort, workerData as BackupThreadData);

function serve(port: NonNullable<typeof parentPort>, { targets, ...parts }: BackupThreadData): void {
  yieldProcessor();
  const worker = createBackupWorker({ ...parts, targets: targets.map((target) => openTarget(target)) });
  let running: Promise<unknown> = Promise.resolve();
  // Sender and thread are of one version.
  const answers: Readonly<Record<string, (of: never) => Promise<unknown>>> = {
    take: (of: Parameters<BackupWorker['take']>[0]) => worker.take(of), verify: (of: Parameters<BackupWorker['verify']>[0]) => worker.verify(of), prove: (of: Parameters<BackupWorker['prove']>[0]) => worker.prove(of),
    progress: () => worker.progress(), cancel: () => worker.cancel(),
  };
  const answer = async ({ id, name, of }: ThreadQuestion): Promise<void> => {
    try {
      const value = await answers[name]?.(of as never);
      port.postMessage({ id, value: { value } } satisfies ThreadReply);
    } catch (error) {
      // What is said to people keeps both its languages on the way.
      if (error instanceof BilingualError) port.postMessage({ id, value: { said: writeBilingual(error.said) } } satisfies ThreadReply);
      else port.postMessage({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) } satisfies ThreadReply);
    }
  };
  port.on('message', (question: ThreadQuestion) => {
    if (question.name !== STOP_THREAD) {
      running = Promise.allSettled([running, answer(question)]);
      return;
    }
    // A stop waits for no backup: it ends before its next piece and takes its own away.
    void worker.cancel().then(() => running).then(() => { port.close(); });
  });
}
