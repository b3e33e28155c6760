import { Worker } from 'node:worker_threads';

import { isSm2Work, readSm2Answer, type Sm2Answer, type Sm2Work } from './sm2-task.js';

type Work = Omit<Sm2Answer, 'id'>;

/** More than this of one desk waits for nobody: at a millisecond each, what comes later has missed its deadline. */
const MOST_WAITING = 500;
/** As many are with the thread at once: it is never idle, and its answers never come in a crowd that would hold up the loop. */
const MOST_AT_WORK = 4;

type Waiting = { readonly task: Sm2Work; readonly resolve: (answer: Work) => void };

/**
 * Where one guest, or the host itself, has its SM2 work done. Desks take turns at the thread, one piece of work each: whoever asks for very much waits for himself alone, and is refused what
 * is too much.
 */
export type Sm2Desk = {
  /** Undefined: the key is none, the thread ended, the data is too long, or too much waits at this desk. */
  sign(task: { readonly data: Uint8Array; readonly privateKey: string; readonly userId: string }): Promise<Uint8Array | undefined>;
  /** False also when it could not be found out: what is not known to be genuine is not. */
  verify(task: { readonly data: Uint8Array; readonly publicKey: string; readonly signature: Uint8Array; readonly userId: string }): Promise<boolean>;
  /** `04 ‖ x ‖ y` in hex of a private key of 32 bytes (hex or base64). */
  publicHalfOf(privateKey: string): Promise<string | undefined>;
};

let worker: Worker | undefined;
/** The work that waits at each desk; only desks where something does, the next in turn first. */
const inTurn: Waiting[][] = [];
const atWork = new Map<number, Waiting>();
let last = 0;

/**
 * SM2 in a thread of its own, one for the whole process, started when it is first needed: loading the curve takes longer than anything may hold up the event loop
 * (decision 0012).
 */
export function openSm2Desk(): Sm2Desk {
  const queue: Waiting[] = [];
  const ask = (task: Sm2Work): Promise<Work> => {
    // A guest may hand in anything: what the thread could not read would never be answered.
    if (queue.length >= MOST_WAITING || !isSm2Work(task)) return Promise.resolve({});
    return new Promise((resolve) => {
      queue.push({ task, resolve });
      if (queue.length === 1) inTurn.push(queue);
      handOut();
    });
  };
  return {
    sign: async (task) => (await ask({ kind: 'sign', ...task })).signature,
    verify: async (task) => (await ask({ kind: 'verify', ...task })).isGenuine === true,
    publicHalfOf: async (privateKey) => (await ask({ kind: 'publicHalf', privateKey })).publicKey,
  };
}

function handOut(): void {
  while (atWork.size < MOST_AT_WORK) {
    const queue = inTurn.shift();
    const next = queue?.shift();
    if (queue === undefined || next === undefined) return;
    if (queue.length > 0) inTurn.push(queue);
    const thread = (worker ??= start());
    last += 1;
    atWork.set(last, next);
    // Work keeps the process alive, waiting for work does not.
    thread.ref();
    thread.postMessage({ id: last, ...next.task }, []);
  }
}

function start(): Worker {
  const thread = new Worker(new URL('./sm2-work.js', import.meta.url), { env: {}, resourceLimits: { maxOldGenerationSizeMb: 64 } });
  thread.unref();
  thread.on('message', (message: unknown) => {
    const answer = readSm2Answer(message);
    if (answer === undefined) return;
    atWork.get(answer.id)?.resolve(answer);
    atWork.delete(answer.id);
    handOut();
    if (atWork.size === 0) thread.unref();
  });
  const ended = (): void => {
    if (worker !== thread) return;
    worker = undefined;
    // No answer is neither a signature nor a genuine one. What the thread had not seen yet goes to the next thread.
    for (const { resolve } of atWork.values()) resolve({});
    atWork.clear();
    handOut();
  };
  thread.on('error', ended);
  thread.on('exit', ended);
  return thread;
}
