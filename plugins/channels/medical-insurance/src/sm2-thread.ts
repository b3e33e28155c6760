import { Worker } from 'node:worker_threads';

import { readSm2Answer, type Sm2Answer, type Sm2Task } from './sm2-task.js';

type WithoutId<Task> = Task extends Task ? Omit<Task, 'id'> : never;

/** SM2 in a thread of its own: loading the curve alone takes longer than anything may hold up the event loop of the platform. */
export class Sm2Thread {
  #worker: Worker | undefined;
  readonly #waiting = new Map<number, (answer: Omit<Sm2Answer, 'id'>) => void>();
  #last = 0;

  /** Base64 of r‖s. @throws Error when the key is none; the message never holds it. */
  async sign(task: { readonly text: string; readonly privateKey: string; readonly userId: string }): Promise<string> {
    const { signature } = await this.#ask({ kind: 'sign', ...task });
    if (signature === undefined) throw new Error('SM2 gave no signature: the key does not fit, or the thread was stopped');
    return signature;
  }

  async verify(task: { readonly text: string; readonly publicKey: string; readonly signature: string; readonly userId: string }): Promise<boolean> {
    return (await this.#ask({ kind: 'verify', ...task })).isGenuine === true;
  }

  /** Ends the thread; what still waits gets no answer. */
  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
    this.#giveUp();
  }

  #ask(task: WithoutId<Sm2Task>): Promise<Omit<Sm2Answer, 'id'>> {
    const worker = (this.#worker ??= this.#start());
    const id = (this.#last += 1);
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      // Work keeps the process alive, waiting for work does not.
      worker.ref();
      worker.postMessage({ id, ...task }, []);
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL('./sm2-work.js', import.meta.url), { env: {}, resourceLimits: { maxOldGenerationSizeMb: 64 } });
    worker.unref();
    worker.on('message', (message: unknown) => {
      const answer = readSm2Answer(message);
      if (answer === undefined) return;
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
      if (this.#waiting.size === 0) worker.unref();
    });
    const ended = (): void => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#giveUp();
    };
    worker.on('error', ended);
    worker.on('exit', ended);
    return worker;
  }

  /** No answer is neither a signature nor a genuine one. */
  #giveUp(): void {
    for (const resolve of this.#waiting.values()) resolve({});
    this.#waiting.clear();
  }
}

let shared: { readonly thread: Sm2Thread; users: number } | undefined;

/** One thread for every instance of this plugin in the process; it ends when the last one gives it back. */
export function borrowSm2Thread(): { readonly sm2: Sm2Thread; giveBack(): Promise<void> } {
  const borrowed = (shared ??= { thread: new Sm2Thread(), users: 0 });
  borrowed.users += 1;
  let isBack = false;
  return {
    sm2: borrowed.thread,
    async giveBack() {
      if (isBack) return;
      isBack = true;
      borrowed.users -= 1;
      if (borrowed.users > 0) return;
      if (shared === borrowed) shared = undefined;
      await borrowed.thread.stop();
    },
  };
}
