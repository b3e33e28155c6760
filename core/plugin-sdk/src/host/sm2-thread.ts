import { Worker } from 'node:worker_threads';

import { isSm2Work, readSm2Answer, type Sm2Answer, type Sm2Work } from './sm2-task.js';

type Work = Omit<Sm2Answer, 'id'>;

/** More than this waits for nobody: at a millisecond each, what comes later has missed its deadline. */
const MOST_WAITING = 5_000;
/** As many are with the thread at once: it is never idle, and its answers never come in a crowd that would hold up the loop. */
const MOST_AT_WORK = 4;

type Waiting = { readonly task: Sm2Work; readonly resolve: (answer: Work) => void };

let worker: Worker | undefined;
const queue: Waiting[] = [];
const atWork = new Map<number, Waiting>();
let last = 0;

/**
 * SM2 in a thread of its own, one for the whole process, started when it is first needed: loading the curve takes longer than anything may hold up the event loop
 * (decision 0012). Undefined: the key is none, the thread ended, or too much waits.
 */
export async function signSm2(task: { readonly data: Uint8Array; readonly privateKey: string; readonly userId: string }): Promise<Uint8Array | undefined> {
  return (await ask({ kind: 'sign', ...task })).signature;
}

/** False also when it could not be found out: what is not known to be genuine is not. */
export async function verifySm2(task: { readonly data: Uint8Array; readonly publicKey: string; readonly signature: Uint8Array; readonly userId: string }): Promise<boolean> {
  return (await ask({ kind: 'verify', ...task })).isGenuine === true;
}

/** `04 ‖ x ‖ y` in hex of a private key of 32 bytes (hex or base64). */
export async function publicHalfOfSm2(privateKey: string): Promise<string | undefined> {
  return (await ask({ kind: 'publicHalf', privateKey })).publicKey;
}

function ask(task: Sm2Work): Promise<Work> {
  // A guest may hand in anything: what the thread could not read would never be answered.
  if (queue.length >= MOST_WAITING || !isSm2Work(task)) return Promise.resolve({});
  return new Promise((resolve) => {
    queue.push({ task, resolve });
    handOut();
  });
}

function handOut(): void {
  while (atWork.size < MOST_AT_WORK) {
    const next = queue.shift();
    if (next === undefined) return;
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
