import { Worker } from 'node:worker_threads';
import type { Log } from '../../../domain/log.js';
import type { ReportReader } from '../../../reports/ports.js';
import type { Question, Reply, ReportFiles } from './report-thread.js';

const THREAD = new URL('./report-thread.js', import.meta.url);
type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void };

/**
 * Reports reckoned in a thread of their own beside the payments: it reads the money database, which it cannot write, and keeps its sums in `sumsFile`. Open it after
 * the money store and close it before. A thread that dies fails what was asked of it; the next question starts another.
 */
export function openReportReader({ log, ...files }: ReportFiles & { readonly log: Log }): { readonly reader: ReportReader; close(): Promise<void> } {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let isClosed = false;
  let last = 0;

  const lost = (died: Worker, reason: string): void => {
    if (worker !== died) return;
    worker = undefined;
    if (!isClosed) log.error('the thread of the reports ended; the next report starts another', { reason });
    for (const { reject } of waiting.values()) reject(new Error(`the thread of the reports ended: ${reason}`));
    waiting.clear();
  };
  const start = (): Worker => {
    const started = new Worker(THREAD, { workerData: files });
    started.on('message', (reply: Reply) => {
      const asked = waiting.get(reply.id);
      waiting.delete(reply.id);
      if (!('error' in reply)) asked?.resolve(reply.value);
      else if (asked === undefined) log.error('the sums of the reports were not fed; it is tried again', { reason: reply.error });
      else asked.reject(new Error(reply.error));
    });
    started.on('error', (error) => { lost(started, error instanceof Error ? error.message : String(error)); });
    started.on('exit', (code) => { lost(started, `exit ${String(code)}`); });
    return started;
  };
  const ask = <Value>(question: (id: number) => Question): Promise<Value> => {
    if (isClosed) return Promise.reject(new Error('the reports are closed'));
    worker ??= start();
    last += 1;
    const id = last;
    const to = worker;
    return new Promise<Value>((resolve, reject) => {
      // The thread answers in the shape its question names.
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      to.postMessage(question(id), []);
    });
  };
  worker = start();
  return {
    reader: {
      state: (of) => ask((id) => ({ id, name: 'state', of })),
      sums: (of) => ask((id) => ({ id, name: 'sums', of })),
      curve: (of) => ask((id) => ({ id, name: 'curve', of })),
      transactions: (of) => ask((id) => ({ id, name: 'transactions', of })),
      differences: (of) => ask((id) => ({ id, name: 'differences', of })),
      channelDays: (of) => ask((id) => ({ id, name: 'channelDays', of })),
      tills: (of) => ask((id) => ({ id, name: 'tills', of })),
      ledger: (of) => ask((id) => ({ id, name: 'ledger', of })),
      checkDay: (of) => ask((id) => ({ id, name: 'checkDay', of })),
      rebuild: (of) => ask((id) => ({ id, name: 'rebuild', of })),
    },
    async close() {
      isClosed = true;
      const running = worker;
      if (running === undefined) return;
      const ended = new Promise<void>((resolve) => { running.once('exit', () => { resolve(); }); });
      running.postMessage({ id: 0, name: 'stop' } satisfies Question, []);
      await ended;
    },
  };
}
