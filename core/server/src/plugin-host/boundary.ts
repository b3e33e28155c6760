/**
 * The one door between the core and its guests. Every channel and HIS call passes here and nowhere else, as a message: cloned in, cloned out,
 * checked against the outcome's schema, bounded in time and number. Whatever goes wrong on the other side is an outcome, never a throw:
 * `notSent` only while the guest has not been handed the message, `unknown` from then on. Nothing here depends on the guest being in
 * this process.
 */
import type { Log } from '../domain/log.js';
import { own } from '../domain/own-words.js';
import type { Clock, Timers } from '../domain/time.js';
import type { GuestMetrics } from './ports.js';

/** What a guest's function gets beside the message. */
export type GuestContext = { readonly deadline: string; readonly signal: AbortSignal };

export type GuestMessage<Request, Answer> = {
  readonly operation: string;
  readonly request: Request;
  /** Hands the message over. Called at most once, after which a silence is `unknown`. */
  readonly hand: (request: Request, context: GuestContext) => unknown;
  readonly answer: { Check(value: unknown): value is Answer };
  /** Memory of the answer that changes hands instead of being copied: a guest has no more use for what it told. */
  readonly gives?: (answer: unknown) => readonly ArrayBuffer[];
  /** The caller's own deadline; the manifest's limit holds when it is shorter or this is absent. */
  readonly deadlineMs?: number;
  /** A question about the guest itself, answered from its memory: it waits for no place, takes none, and counts among no calls. Asked above all while all places are taken. */
  readonly isAside?: true;
  /** Stands in for the manifest's limit where the operation itself takes longer, as the guest said when it was activated. */
  readonly limitMs?: number;
};

/** What the boundary says in the guest's place. */
export type Unanswered = { readonly kind: 'notSent'; readonly reason: string } | { readonly kind: 'unknown'; readonly reason: string };

export type Boundary = {
  call<Request, Answer>(message: GuestMessage<Request, Answer>): Promise<Answer | Unanswered>;
  /** Calls handed over and not yet answered or given up. */
  inFlight(): number;
  /** Takes no new call, waits for those in flight, and gives up on the rest at the deadline. */
  drain(deadlineMs: number): Promise<{ readonly givenUp: number }>;
};

export type BoundaryOptions = {
  readonly plugin: string;
  readonly instance: string;
  readonly limits: { readonly callTimeoutMs: number; readonly concurrency: number };
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly metrics: GuestMetrics;
};

/** Calls that may wait per call that may run. A longer queue would only turn a slow guest into late answers. */
const QUEUE_PER_SLOT = 4;
/** A guest that ignores its abort signal keeps its place this long after the deadline; then the place is given on, so that one hang is not for ever. */
const ABANDON_AFTER_MS = 30_000;

export function createBoundary({ plugin, instance, limits, clock, timers, log, metrics }: BoundaryOptions): Boundary {
  const slots = createSlots(limits.concurrency, limits.concurrency * QUEUE_PER_SLOT);
  const open = new Set<{ giveUp(): void }>();
  const idle: (() => void)[] = [];
  let draining = false;

  const call = async <Request, Answer>(message: GuestMessage<Request, Answer>): Promise<Answer | Unanswered> => {
    const facts = { plugin, instance, operation: message.operation };
    const startedAt = clock.now().getTime();
    const limitMs = message.limitMs ?? limits.callTimeoutMs;
    const outcome = await begin(message, startedAt + Math.min(limitMs, message.deadlineMs ?? limitMs));
    if (message.isAside !== true) metrics.answered({ ...facts, outcome: kindOf(outcome), seconds: (clock.now().getTime() - startedAt) / 1000 });
    return outcome;
  };

  /** Until `hand` nothing has left the core: every end is `notSent`. */
  const begin = async <Request, Answer>(message: GuestMessage<Request, Answer>, deadlineAt: number): Promise<Answer | Unanswered> => {
    if (draining) return refuse(message.operation, 'stopped', own('pluginStopping'));
    let request: Request;
    try {
      request = structuredClone(message.request);
    } catch {
      return refuse(message.operation, 'malformed', own('requestNoMessage'));
    }
    if (message.isAside === true) return handOver(message, request, deadlineAt, () => {});
    const slot = slots.take();
    if (slot === undefined) return refuse(message.operation, 'full', own('tooManyCalls'));
    const placed = await inTime(slot.ready, deadlineAt - clock.now().getTime());
    if (!placed || draining) {
      slot.giveBack();
      return placed ? refuse(message.operation, 'stopped', own('pluginStopping')) : refuse(message.operation, 'deadline', own('noPlace'));
    }
    return await handOver(message, request, deadlineAt, slot.giveBack);
  };

  /** From here on the guest may have acted: every end without a well-formed answer is `unknown`. */
  const handOver = <Request, Answer>(message: GuestMessage<Request, Answer>, request: Request, deadlineAt: number, giveBack: () => void): Promise<Answer | Unanswered> => {
    const { promise, resolve } = Promise.withResolvers<Answer | Unanswered>();
    const abort = new AbortController();
    const facts = { plugin, instance, operation: message.operation };
    let listening = true;
    const end = (outcome: Answer | Unanswered) => {
      listening = false;
      deadline.cancel();
      open.delete(entry);
      resolve(outcome);
      if (open.size === 0) for (const wake of idle.splice(0)) wake();
    };
    const giveUp = (how: 'deadline' | 'stopped', reason: string) => {
      if (!listening) return;
      metrics.broke({ ...facts, how });
      log.warn('a plugin did not answer in time', { plugin, instance, operation: message.operation, how });
      end({ kind: 'unknown', reason });
      abort.abort(new Error(reason));
    };
    const entry = { giveUp: () => giveUp('stopped', own('pluginStopped')) };
    open.add(entry);
    const deadline = timers.after(Math.max(0, deadlineAt - clock.now().getTime()), () => giveUp('deadline', own('noAnswerInTime')));

    const settled = (outcome: () => Answer | Unanswered) => {
      place.release();
      if (!listening) metrics.late(facts);
      else end(outcome());
    };
    const place = holdPlace(giveBack, deadlineAt - clock.now().getTime() + ABANDON_AFTER_MS);
    const context: GuestContext = { deadline: new Date(deadlineAt).toISOString(), signal: abort.signal };
    // The guest's own code runs inside this async function: a synchronous throw is a rejection like any other.
    void (async () => message.hand(request, context))().then(
      (value) => settled(() => checked(message, value)),
      (error: unknown) => settled(() => threw(message.operation, error)),
    );
    return promise;
  };

  const holdPlace = (giveBack: () => void, longestMs: number) => {
    const timer = timers.after(longestMs, giveBack);
    return {
      release() {
        timer.cancel();
        giveBack();
      },
    };
  };

  const checked = <Request, Answer>({ operation, answer, gives }: GuestMessage<Request, Answer>, value: unknown): Answer | Unanswered => {
    let copy: unknown;
    try {
      copy = structuredClone(value, { transfer: [...(gives?.(value) ?? [])] });
    } catch {
      return malformed(operation, 'pluginNoMessage');
    }
    return answer.Check(copy) ? copy : malformed(operation, 'pluginMalformed');
  };

  const malformed = (operation: string, what: 'pluginNoMessage' | 'pluginMalformed'): Unanswered => {
    metrics.broke({ plugin, instance, operation, how: 'malformed' });
    // The answer itself is not logged: nobody knows what is in it.
    log.error('a plugin gave a malformed answer', { plugin, instance, operation, what });
    return { kind: 'unknown', reason: own(what, operation) };
  };

  const threw = (operation: string, error: unknown): Unanswered => {
    metrics.broke({ plugin, instance, operation, how: 'threw' });
    log.error('a plugin threw instead of answering', { plugin, instance, operation, error });
    return { kind: 'unknown', reason: own('pluginThrew', operation) };
  };

  const refuse = (operation: string, how: 'malformed' | 'full' | 'stopped' | 'deadline', reason: string): Unanswered => {
    metrics.broke({ plugin, instance, operation, how });
    log.warn('a call was not handed to the plugin', { plugin, instance, operation, how });
    return { kind: 'notSent', reason };
  };

  const inTime = async (ready: Promise<void>, leftMs: number): Promise<boolean> => {
    const late = Promise.withResolvers<false>();
    const timer = timers.after(Math.max(0, leftMs), () => late.resolve(false));
    const placed = await Promise.race([ready.then((): true => true), late.promise]);
    timer.cancel();
    return placed;
  };

  return {
    call,
    inFlight: () => open.size,
    async drain(deadlineMs) {
      draining = true;
      if (open.size > 0) await inTime(new Promise<void>((resolve) => idle.push(resolve)), deadlineMs);
      const left = [...open];
      for (const entry of left) entry.giveUp();
      return { givenUp: left.length };
    },
  };
}

type Slot = { readonly ready: Promise<void>; readonly giveBack: () => void };

/** A bounded number of places and a bounded queue for them. `take` gives undefined when both are full. */
function createSlots(places: number, longestQueue: number) {
  const queue: { admit(): void }[] = [];
  let taken = 0;
  const admitNext = () => {
    const next = queue.shift();
    if (next === undefined) taken -= 1;
    else next.admit();
  };
  return {
    take(): Slot | undefined {
      const { promise, resolve } = Promise.withResolvers<void>();
      let admitted = false;
      let returned = false;
      const waiting = {
        admit() {
          admitted = true;
          resolve();
        },
      };
      if (taken < places) {
        taken += 1;
        waiting.admit();
      } else if (queue.length < longestQueue) queue.push(waiting);
      else return undefined;
      return {
        ready: promise,
        giveBack() {
          if (returned) return;
          returned = true;
          if (admitted) admitNext();
          else queue.splice(queue.indexOf(waiting), 1);
        },
      };
    },
  };
}

function kindOf(outcome: unknown): string {
  return typeof outcome === 'object' && outcome !== null && 'kind' in outcome && typeof outcome.kind === 'string' ? outcome.kind : 'answer';
}
