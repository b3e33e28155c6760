import type { MessagePort } from 'node:worker_threads';
import { BilingualError, writeBilingual } from '../../domain/bilingual.js';
import { STOP_THREAD, type ThreadQuestion, type ThreadReply } from '../../domain/thread.js';

type Answers<Asked> = { readonly [Name in keyof Asked]: Asked[Name] extends (of: infer Of) => Promise<unknown> ? (of: Of) => Promise<unknown> : never };

/** The inside of `openThread`: what it is asked by name. `stop`: ends what runs; the thread ends with it. */
export function serveThread<Asked extends object>(port: MessagePort, answers: Answers<Asked>, stop: () => Promise<unknown>): void {
  let running: Promise<unknown> = Promise.resolve();
  // Sender and thread are of one version.
  const named = answers as Readonly<Record<string, (of: never) => Promise<unknown>>>;
  const answer = async ({ id, name, of }: ThreadQuestion): Promise<void> => {
    try {
      const value = await named[name]?.(of as never);
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
    void stop().then(() => running).then(() => { port.close(); });
  });
}
