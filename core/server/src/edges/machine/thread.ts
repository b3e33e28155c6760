import { Worker } from 'node:worker_threads';
import { STOP_THREAD, type AskThread, type ThreadQuestion, type ThreadReply, type ThreadRequest } from '../../domain/thread.js';

type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void };
/** A thread of its own for long work beside the payments. One that dies fails what was asked of it; the next question starts another. */
export function openThread({ module, data, called, log, starts, mostMegabytes, mostYoungMegabytes, told }: ThreadRequest): AskThread {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let isClosed = false;
  let last = 0;

  const lost = (died: Worker, reason: string): void => {
    if (worker !== died) return;
    worker = undefined;
    if (!isClosed) log.error(`the thread of the ${called} ended; the next question starts another`, { reason });
    for (const { reject } of waiting.values()) reject(new Error(`the thread of the ${called} ended: ${reason}`));
    waiting.clear();
  };
  const start = (): Worker => {
    const resourceLimits = { ...(mostMegabytes === undefined ? {} : { maxOldGenerationSizeMb: mostMegabytes }), ...(mostYoungMegabytes === undefined ? {} : { maxYoungGenerationSizeMb: mostYoungMegabytes }) };
    const started = new Worker(module, { workerData: data, resourceLimits });
    started.on('message', (reply: ThreadReply) => {
      const asked = waiting.get(reply.id);
      waiting.delete(reply.id);
      if (!('error' in reply)) asked?.resolve(reply.value);
      else if (asked === undefined) told?.(reply.error);
      else asked.reject(new Error(reply.error));
    });
    started.on('error', (error) => { lost(started, error instanceof Error ? error.message : String(error)); });
    started.on('exit', (code) => { lost(started, `exit ${String(code)}`); });
    return started;
  };
  if (starts === 'now') worker = start();
  return {
    ask(name, of, gives = []) {
      if (isClosed) return Promise.reject(new Error(`the ${called} are closed`));
      worker ??= start();
      last += 1;
      const id = last;
      const to = worker;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        to.postMessage({ id, name, of } satisfies ThreadQuestion, gives);
      });
    },
    async close() {
      isClosed = true;
      const running = worker;
      if (running === undefined) return;
      const ended = new Promise<void>((resolve) => { running.once('exit', () => { resolve(); }); });
      running.postMessage({ id: 0, name: STOP_THREAD, of: undefined } satisfies ThreadQuestion, []);
      await ended;
    },
  };
}
