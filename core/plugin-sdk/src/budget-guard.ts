/**
 * The budget guard: every call a hospital adapter makes passes through it, so that one slow or sick HIS can neither be flooded by us nor
 * hold our own work hostage. Per operation: a concurrency cap and a bounded first-in-first-out queue. Per call: one deadline. Per group of
 * operations: a circuit breaker. For the whole guard: an optional token bucket.
 *
 * The guard tells "never started" apart from "started and not answered": only the first is proof that nothing left this machine.
 */

import type { HisBudgetClass } from './hospital/his-budget.js';

/** Time and timers, injected so that simulations run in virtual time. */
export type GuardClock = {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `fire` once after `delayMs`; the returned function takes the timer back. */
  startTimer(delayMs: number, fire: () => void): () => void;
};

export type OperationBudget = {
  readonly concurrency: number;
  /** How many calls may wait for a free place; the next one is turned away at once. */
  readonly queueLimit: number;
  /** The longest a call may take, waiting included; the caller's own deadline applies when it is earlier. */
  readonly timeoutMs: number;
  /** Operations that share a breaker. Keep questions ("was it booked?") apart from orders, so that they can still be asked. Default `all`. */
  readonly breakerGroup?: string;
};

export type BudgetGuardOptions<Operation extends string> = {
  /** Listed most important first: when a token or a place becomes free, operations are served in this order. */
  readonly operations: Readonly<Record<Operation, OperationBudget>>;
  readonly breaker?: {
    /** Consecutive failures (unknown results, throws, timeouts) after which the breaker opens. */
    readonly failureThreshold: number;
    /** How long it stays open before one probe call is let through. */
    readonly openMs: number;
  };
  readonly tokenBucket?: { readonly capacity: number; readonly refillPerSecond: number };
  /** How long a call that ignored its abort keeps its place after the deadline: it still burdens the HIS. Default 10 s, then the place is given up. */
  readonly graceMs?: number;
  readonly clock?: GuardClock;
};

/** Why a call never started. Nothing was sent. */
export const NOT_STARTED_REASONS = ['queueFull', 'breakerOpen', 'deadlinePassed', 'cancelled', 'stopped'] as const;
export type NotStartedReason = (typeof NOT_STARTED_REASONS)[number];

export type GuardedCall<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'notStarted'; readonly reason: NotStartedReason }
  /** Started, and not answered by the deadline (or abandoned by the caller). It may have had its effect. */
  | { readonly kind: 'timedOut'; readonly afterMs: number }
  /** Started and threw. It may have had its effect. */
  | { readonly kind: 'threw'; readonly error: unknown };

export type OperationMetrics = {
  readonly calls: number;
  readonly inFlight: number;
  readonly queued: number;
  readonly rejectedByBreaker: number;
  readonly rejectedByQueue: number;
  /** Never started because the deadline passed or the caller left while waiting. */
  readonly expiredWaiting: number;
  readonly timedOut: number;
  readonly failures: number;
  readonly latencySumMs: number;
  readonly latencyCount: number;
  readonly lastError?: { readonly at: number; readonly reason: string };
};

export type BreakerState = 'closed' | 'open' | 'halfOpen';

export type GuardSnapshot = {
  readonly operations: Readonly<Record<string, OperationMetrics>>;
  readonly breakers: Readonly<Record<string, BreakerState>>;
};

export type CallLimits = {
  /** Absolute deadline, RFC 3339. */
  readonly deadline: string;
  readonly signal: AbortSignal;
};

/** The prefix of a reason that promises: this call sent nothing to the other side. */
export const NOT_SENT_PREFIX = 'notSent:';

/**
 * Words a guarded call that gave no value, for `{ kind: 'unknown', reason }`. Starts with `notSent:` exactly when nothing was sent.
 */
export function explainGuardedCall(call: Exclude<GuardedCall<never>, { kind: 'done' }>): string {
  switch (call.kind) {
    case 'notStarted':
      return `${NOT_SENT_PREFIX} ${NOT_STARTED_TEXT[call.reason]}`;
    case 'timedOut':
      return `timeout: no answer within ${call.afterMs} ms`;
    case 'threw':
      return `failed: ${messageOf(call.error)}`;
  }
}

const NOT_STARTED_TEXT: Readonly<Record<NotStartedReason, string>> = {
  queueFull: 'too many calls are waiting already (queueFull)',
  breakerOpen: 'the circuit breaker is open after repeated failures (breakerOpen)',
  deadlinePassed: 'the deadline passed before a place was free (deadlinePassed)',
  cancelled: 'the caller left before a place was free (cancelled)',
  stopped: 'the adapter is stopping (stopped)',
};

/** Wall-clock time and Node's timers. */
export const wallClock: GuardClock = {
  now: () => Date.now(),
  startTimer: (delayMs, fire) => {
    const timer = setTimeout(fire, Math.min(Math.max(delayMs, 0), LONGEST_TIMER_MS));
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Node fires timers beyond 2^31 - 1 ms at once. */
const LONGEST_TIMER_MS = 2_147_483_647;
const DEFAULT_GRACE_MS = 10_000;

type Waiting = {
  readonly begin: () => void;
  readonly giveUp: (reason: NotStartedReason) => void;
};

type Lane = {
  readonly operation: string;
  readonly budget: OperationBudget;
  readonly breaker: Breaker;
  readonly queue: Waiting[];
  inFlight: number;
  calls: number;
  rejectedByBreaker: number;
  rejectedByQueue: number;
  expiredWaiting: number;
  timedOut: number;
  failures: number;
  latencySumMs: number;
  latencyCount: number;
  lastError?: { at: number; reason: string };
};

/** See the head of this file. One guard per hospital system. */
export class BudgetGuard<Operation extends string> {
  readonly #lanes = new Map<string, Lane>();
  readonly #breakers = new Map<string, Breaker>();
  readonly #clock: GuardClock;
  readonly #bucket: TokenBucket | undefined;
  readonly #graceMs: number;
  readonly #stopTimers = new Set<() => void>();
  #tokenTimer: (() => void) | undefined;
  #stopped = false;

  constructor(options: BudgetGuardOptions<Operation>) {
    this.#clock = options.clock ?? wallClock;
    this.#graceMs = options.graceMs ?? DEFAULT_GRACE_MS;
    this.#bucket = options.tokenBucket === undefined ? undefined : new TokenBucket(options.tokenBucket, this.#clock.now());
    for (const [operation, budget] of Object.entries<OperationBudget>(options.operations)) {
      requireWholeNumber(`${operation}.concurrency`, budget.concurrency, 1);
      requireWholeNumber(`${operation}.queueLimit`, budget.queueLimit, 0);
      requireWholeNumber(`${operation}.timeoutMs`, budget.timeoutMs, 1);
      const group = budget.breakerGroup ?? 'all';
      const breaker = this.#breakers.get(group) ?? new Breaker(options.breaker);
      this.#breakers.set(group, breaker);
      this.#lanes.set(operation, {
        operation, budget, breaker, queue: [], inFlight: 0, calls: 0, rejectedByBreaker: 0, rejectedByQueue: 0, expiredWaiting: 0,
        timedOut: 0, failures: 0, latencySumMs: 0, latencyCount: 0,
      });
    }
  }

  /**
   * Runs `call` within the operation's budget.
   * @param limits the caller's deadline and abort signal
   * @param call gets a signal that aborts at the deadline; it must stop its own work then
   * @param failureOf the reason why a returned value counts against the breaker (an `unknown` result), or undefined when the other side answered
   * @returns the value, or whether the call never started, timed out or threw. Never rejects for what `call` did.
   */
  async run<Value>(
    operation: Operation,
    limits: CallLimits,
    call: (signal: AbortSignal) => Promise<Value>,
    failureOf: (value: Value) => string | undefined = () => undefined,
  ): Promise<GuardedCall<Value>> {
    const lane = this.#laneOf(operation);
    lane.calls += 1;
    const deadlineAt = Math.min(readDeadline(limits.deadline), this.#clock.now() + lane.budget.timeoutMs);
    const refusal = await this.#waitForPlace(lane, deadlineAt, limits.signal);
    if (refusal !== undefined) {
      this.#countRefusal(lane, refusal);
      return { kind: 'notStarted', reason: refusal };
    }
    return this.#perform(lane, deadlineAt, limits.signal, call, failureOf);
  }

  /** Figures for `/metrics` and for the operator's page. */
  snapshot(): GuardSnapshot {
    const operations: Record<string, OperationMetrics> = {};
    for (const lane of this.#lanes.values()) {
      operations[lane.operation] = {
        calls: lane.calls, inFlight: lane.inFlight, queued: lane.queue.length, rejectedByBreaker: lane.rejectedByBreaker,
        rejectedByQueue: lane.rejectedByQueue, expiredWaiting: lane.expiredWaiting, timedOut: lane.timedOut, failures: lane.failures,
        latencySumMs: lane.latencySumMs, latencyCount: lane.latencyCount, ...(lane.lastError === undefined ? {} : { lastError: lane.lastError }),
      };
    }
    const breakers: Record<string, BreakerState> = {};
    for (const [group, breaker] of this.#breakers) breakers[group] = breaker.state(this.#clock.now());
    return { operations, breakers };
  }

  /** Figures by class of work: operations that share a breaker. */
  classes(): readonly HisBudgetClass[] {
    return [...this.#breakers].map(([name, breaker]) => {
      const lanes = [...this.#lanes.values()].filter((lane) => lane.breaker === breaker);
      const sum = (pick: (lane: Lane) => number): number => lanes.reduce((total, lane) => total + pick(lane), 0);
      return {
        name, calls: sum(({ calls }) => calls), refused: sum(({ rejectedByBreaker, rejectedByQueue }) => rejectedByBreaker + rejectedByQueue), expired: sum(({ expiredWaiting }) => expiredWaiting), timedOut: sum(({ timedOut }) => timedOut),
        failed: sum(({ failures }) => failures), inFlight: sum(({ inFlight }) => inFlight), waiting: sum(({ queue }) => queue.length), isOpen: breaker.state(this.#clock.now()) !== 'closed',
      };
    });
  }

  /** Turns away everything that waits and everything that comes; calls in flight run to their own end. */
  stop(): void {
    this.#stopped = true;
    for (const lane of this.#lanes.values()) this.#emptyQueue(lane, 'stopped');
    for (const stopTimer of this.#stopTimers) stopTimer();
    this.#stopTimers.clear();
    this.#tokenTimer?.();
    this.#tokenTimer = undefined;
  }

  #laneOf(operation: string): Lane {
    const lane = this.#lanes.get(operation);
    if (lane === undefined) throw new RangeError(`the budget guard knows no operation "${operation}"`);
    return lane;
  }

  /** Resolves with undefined when the call holds a place, else with why it does not. */
  #waitForPlace(lane: Lane, deadlineAt: number, signal: AbortSignal): Promise<NotStartedReason | undefined> {
    const now = this.#clock.now();
    if (this.#stopped) return Promise.resolve('stopped');
    if (signal.aborted) return Promise.resolve('cancelled');
    if (deadlineAt <= now) return Promise.resolve('deadlinePassed');
    if (lane.breaker.refuses(now)) return Promise.resolve('breakerOpen');
    if (lane.queue.length === 0 && lane.inFlight < lane.budget.concurrency && this.#takeToken(now)) {
      this.#occupy(lane, now);
      return Promise.resolve(undefined);
    }
    if (lane.queue.length >= lane.budget.queueLimit) return Promise.resolve('queueFull');
    return this.#queueUp(lane, deadlineAt, signal);
  }

  #queueUp(lane: Lane, deadlineAt: number, signal: AbortSignal): Promise<NotStartedReason | undefined> {
    return new Promise((resolve) => {
      const leave = (reason: NotStartedReason | undefined): void => {
        stopTimer();
        signal.removeEventListener('abort', onAbort);
        const index = lane.queue.indexOf(waiting);
        if (index >= 0) lane.queue.splice(index, 1);
        resolve(reason);
      };
      const waiting: Waiting = { begin: () => { leave(undefined); }, giveUp: leave };
      const onAbort = (): void => { leave('cancelled'); };
      const stopTimer = this.#clock.startTimer(deadlineAt - this.#clock.now(), () => { leave('deadlinePassed'); });
      signal.addEventListener('abort', onAbort, { once: true });
      lane.queue.push(waiting);
      this.#armTokenTimer();
    });
  }

  #perform<Value>(
    lane: Lane,
    deadlineAt: number,
    signal: AbortSignal,
    call: (signal: AbortSignal) => Promise<Value>,
    failureOf: (value: Value) => string | undefined,
  ): Promise<GuardedCall<Value>> {
    const startedAt = this.#clock.now();
    const abort = new AbortController();
    return new Promise((resolve) => {
      let answered = false;
      const answer = (result: GuardedCall<Value>, failure: string | undefined): void => {
        if (answered) return;
        answered = true;
        stopDeadline();
        signal.removeEventListener('abort', abandon);
        this.#recordAnswer(lane, startedAt, failure);
        resolve(result);
      };
      const abandon = (): void => {
        if (answered) return;
        const afterMs = this.#clock.now() - startedAt;
        lane.timedOut += 1;
        answer({ kind: 'timedOut', afterMs }, `timeout after ${afterMs} ms`);
        abort.abort(new Error(`abandoned after ${afterMs} ms`));
        if (!released) stopGrace = this.#startTracked(this.#graceMs, release);
      };
      let released = false;
      let stopGrace: (() => void) | undefined;
      const release = (): void => {
        if (released) return;
        released = true;
        stopGrace?.();
        this.#vacate(lane);
      };
      const stopDeadline = this.#clock.startTimer(deadlineAt - startedAt, abandon);
      signal.addEventListener('abort', abandon, { once: true });
      invoke(call, abort.signal).then(
        (value) => {
          answer({ kind: 'done', value }, failureOf(value));
          release();
        },
        (error: unknown) => {
          answer({ kind: 'threw', error }, messageOf(error));
          release();
        },
      );
    });
  }

  #recordAnswer(lane: Lane, startedAt: number, failure: string | undefined): void {
    const now = this.#clock.now();
    lane.latencySumMs += now - startedAt;
    lane.latencyCount += 1;
    if (failure === undefined) {
      lane.breaker.recordSuccess();
      return;
    }
    lane.failures += 1;
    lane.lastError = { at: now, reason: failure.slice(0, 300) };
    if (lane.breaker.recordFailure(now)) this.#turnAwayGroup(lane.breaker);
  }

  /** An opening breaker turns away those who wait: their deadline is better spent elsewhere. */
  #turnAwayGroup(breaker: Breaker): void {
    for (const lane of this.#lanes.values()) if (lane.breaker === breaker) this.#emptyQueue(lane, 'breakerOpen');
  }

  #emptyQueue(lane: Lane, reason: NotStartedReason): void {
    for (const waiting of lane.queue.slice()) waiting.giveUp(reason);
  }

  #countRefusal(lane: Lane, reason: NotStartedReason): void {
    if (reason === 'breakerOpen') lane.rejectedByBreaker += 1;
    if (reason === 'queueFull') lane.rejectedByQueue += 1;
    if (reason === 'deadlinePassed' || reason === 'cancelled') lane.expiredWaiting += 1;
  }

  #occupy(lane: Lane, now: number): void {
    lane.inFlight += 1;
    lane.breaker.recordStart(now);
  }

  #vacate(lane: Lane): void {
    lane.inFlight -= 1;
    this.#serveQueues();
  }

  #serveQueues(): void {
    for (const lane of this.#lanes.values()) {
      for (let first = lane.queue[0]; first !== undefined; first = lane.queue[0]) {
        const now = this.#clock.now();
        if (lane.breaker.refuses(now)) {
          this.#emptyQueue(lane, 'breakerOpen');
          break;
        }
        if (lane.inFlight >= lane.budget.concurrency || !this.#takeToken(now)) break;
        this.#occupy(lane, now);
        first.begin();
      }
    }
    this.#armTokenTimer();
  }

  #takeToken(now: number): boolean {
    return this.#bucket === undefined || this.#bucket.take(now);
  }

  /** Wakes the queues when the next token is due; without it a call held back only by the bucket would wait for somebody else's end. */
  #armTokenTimer(): void {
    if (this.#bucket === undefined || this.#tokenTimer !== undefined || this.#stopped) return;
    if (![...this.#lanes.values()].some((lane) => lane.queue.length > 0 && lane.inFlight < lane.budget.concurrency)) return;
    this.#tokenTimer = this.#clock.startTimer(this.#bucket.waitMs(this.#clock.now()), () => {
      this.#tokenTimer = undefined;
      this.#serveQueues();
    });
  }

  #startTracked(delayMs: number, fire: () => void): () => void {
    const stopTimer = this.#clock.startTimer(delayMs, () => {
      this.#stopTimers.delete(stopTimer);
      fire();
    });
    this.#stopTimers.add(stopTimer);
    return () => {
      this.#stopTimers.delete(stopTimer);
      stopTimer();
    };
  }
}

class Breaker {
  readonly #failureThreshold: number;
  readonly #openMs: number;
  #consecutiveFailures = 0;
  #openUntil: number | undefined;
  #probing = false;

  constructor(limits: { readonly failureThreshold: number; readonly openMs: number } | undefined) {
    this.#failureThreshold = limits?.failureThreshold ?? Number.POSITIVE_INFINITY;
    this.#openMs = limits?.openMs ?? 0;
  }

  state(now: number): BreakerState {
    if (this.#openUntil === undefined) return 'closed';
    return now < this.#openUntil && !this.#probing ? 'open' : 'halfOpen';
  }

  /** Open, or half-open with its one probe already out. */
  refuses(now: number): boolean {
    return this.#openUntil !== undefined && (this.#probing || now < this.#openUntil);
  }

  recordStart(now: number): void {
    if (this.#openUntil !== undefined && now >= this.#openUntil) this.#probing = true;
  }

  recordSuccess(): void {
    this.#consecutiveFailures = 0;
    this.#openUntil = undefined;
    this.#probing = false;
  }

  /** @returns whether this failure opened the breaker. */
  recordFailure(now: number): boolean {
    this.#consecutiveFailures += 1;
    if (!this.#probing && this.#consecutiveFailures < this.#failureThreshold) return false;
    this.#openUntil = now + this.#openMs;
    this.#probing = false;
    return true;
  }
}

class TokenBucket {
  readonly #capacity: number;
  readonly #refillPerMs: number;
  #tokens: number;
  #at: number;

  constructor(limits: { readonly capacity: number; readonly refillPerSecond: number }, now: number) {
    requireWholeNumber('tokenBucket.capacity', limits.capacity, 1);
    if (!(limits.refillPerSecond > 0)) throw new RangeError('tokenBucket.refillPerSecond must be above 0');
    this.#capacity = limits.capacity;
    this.#refillPerMs = limits.refillPerSecond / 1000;
    this.#tokens = limits.capacity;
    this.#at = now;
  }

  take(now: number): boolean {
    this.#refill(now);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  waitMs(now: number): number {
    this.#refill(now);
    return this.#tokens >= 1 ? 0 : Math.ceil((1 - this.#tokens) / this.#refillPerMs);
  }

  #refill(now: number): void {
    this.#tokens = Math.min(this.#capacity, this.#tokens + Math.max(0, now - this.#at) * this.#refillPerMs);
    this.#at = now;
  }
}

/** A call that throws before its first await is a call that threw, not a bug of the guard. */
async function invoke<Value>(call: (signal: AbortSignal) => Promise<Value>, signal: AbortSignal): Promise<Value> {
  return call(signal);
}

function readDeadline(deadline: string): number {
  const at = Date.parse(deadline);
  if (Number.isNaN(at)) throw new RangeError(`not a deadline in RFC 3339: "${deadline.slice(0, 40)}"`);
  return at;
}

function requireWholeNumber(name: string, value: number, minimum: number): void {
  if (!Number.isSafeInteger(value) || value < minimum) throw new RangeError(`${name} must be a whole number of at least ${minimum}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
