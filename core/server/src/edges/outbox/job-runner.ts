import type { ClaimedJob, MoneyStore } from '../../domain/money-store.js';
import type { JobKind } from '../../domain/order-change.js';
import type { Clock, Timers } from '../../domain/time.js';

export type Lane = {
  readonly kinds: readonly JobKind[];
  /** How many jobs of the lane run at once: what the other side can bear. */
  readonly concurrency: number;
  /** Longer than the longest outside call of the lane, so that a live worker is never overtaken. */
  readonly leaseMs: number;
};

/** HIS calls are few at a time (a hospital's database is shared with its windows); channels bear many. */
export const LANES: readonly Lane[] = [
  { kinds: ['confirmOrder'], concurrency: 4, leaseMs: 90_000 },
  // After a restored HIS thousands at once: never in front of the payments of the day.
  { kinds: ['advancePrepaymentReturn'], concurrency: 1, leaseMs: 120_000 },
  // Longer than the boundary listens to a bank: a payout is sent once, and a live worker is never overtaken.
  { kinds: ['advancePayout'], concurrency: 2, leaseMs: 180_000 },
  { kinds: ['unlockBills'], concurrency: 2, leaseMs: 90_000 },
  { kinds: ['checkBooking'], concurrency: 2, leaseMs: 90_000 },
  { kinds: ['advancePayment', 'advanceTender'], concurrency: 32, leaseMs: 90_000 },
  { kinds: ['advanceRefund'], concurrency: 8, leaseMs: 120_000 },
  { kinds: ['advanceNotice'], concurrency: 4, leaseMs: 60_000 },
  { kinds: ['advancePresettlement', 'advanceDischarge'], concurrency: 4, leaseMs: 150_000 },
  // The invoice office is never in the way of money: a lane of its own, narrow.
  { kinds: ['advanceInvoice'], concurrency: 2, leaseMs: 90_000 },
  { kinds: ['tellOwner', 'tellInsuranceRefund'], concurrency: 8, leaseMs: 60_000 },
  // A day's file may be large and its receiver slow: never in front of the news of orders.
  { kinds: ['sendStatementFile'], concurrency: 2, leaseMs: 120_000 },
];

type Handler = (job: ClaimedJob) => Promise<void>;
export type JobHandlers = Readonly<Record<JobKind, Handler>>;

export type JobRunnerPorts = {
  readonly store: Pick<MoneyStore, 'claimJobs' | 'nextJobAt' | 'putBackJob' | 'wakeJobs'>;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Names this run in leases; a new one for each start. */
  readonly owner: string;
  readonly handlers: JobHandlers;
  readonly onFailure: (job: ClaimedJob, error: unknown) => void;
};

/** However quiet the table looks, it is looked at this often: an announcement may be missed, a row never. */
const LONGEST_SLEEP_MS = 5_000;
/** After a handler threw (a bug, or a store that refused): not a hot loop, and never the end of the job. */
const AFTER_FAILURE_MS = 5_000;

/** A clock set back by more than this (a corrected real-time clock after a power cut) leaves every due time too far away: all jobs are woken. */
const CLOCK_SET_BACK_MS = 30_000;
/** Woken jobs are spread over this long. */
const WAKE_SPREAD_MS = 5_000;

/** Runs durable jobs: claims what is due, lane by lane, and sleeps until the next is due. A job ends only when its handler says so in the store. */
export class JobRunner {
  readonly #ports: JobRunnerPorts;
  readonly #lanes: LaneState[];
  #isStopped = false;
  /** The clock was set back, and the jobs are not woken yet: kept until a store that refuses has taken it. */
  #mustWake = false;
  /** The latest time the clock has shown. */
  #latestMs = 0;
  /**
   * Tokens of attempts that are at work here, until their lease has passed by a timer, which no clock moves. A clock that jumps ahead ends their leases at once; the same work begun a second time beside itself is a
   * confirmation sent twice, and some HIS book both.
   */
  readonly #held = new Set<number>();

  constructor(ports: JobRunnerPorts, lanes: readonly Lane[] = LANES) {
    this.#ports = ports;
    this.#lanes = lanes.map((lane) => ({ lane, running: new Set(), isLooking: false, mustLookAgain: false, alarm: undefined }));
  }

  start(): void {
    this.nudge();
  }

  /** Look now: something was committed that may be due. */
  nudge(): void {
    for (const state of this.#lanes) void this.#look(state);
  }

  /** Stops claiming and waits for what runs. What does not end in time is found again by its lease. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const state of this.#lanes) state.alarm?.cancel();
    await Promise.allSettled(this.#lanes.flatMap((state) => [...state.running]));
  }

  /** Jobs being worked on now, for metrics. */
  get runningCount(): number {
    return this.#lanes.reduce((sum, state) => sum + state.running.size, 0);
  }

  async #look(state: LaneState): Promise<void> {
    if (state.isLooking) {
      state.mustLookAgain = true;
      return;
    }
    state.isLooking = true;
    try {
      do {
        state.mustLookAgain = false;
        await this.#claimInto(state);
      } while (state.mustLookAgain && !this.#isStopped);
    } finally {
      state.isLooking = false;
    }
  }

  async #claimInto(state: LaneState): Promise<void> {
    const free = state.lane.concurrency - state.running.size;
    if (this.#isStopped || free <= 0) return;
    const { store, clock, owner } = this.#ports;
    try {
      if (this.#wasClockSetBack()) this.#mustWake = true;
      if (this.#mustWake) {
        await store.wakeJobs(clock.now(), WAKE_SPREAD_MS, { owner, leaseMs: Math.max(...this.#lanes.map(({ lane }) => lane.leaseMs)) });
        this.#mustWake = false;
      }
      const nextAt = await store.nextJobAt(state.lane.kinds, [...this.#held]);
      const isDue = nextAt !== undefined && nextAt.getTime() <= clock.now().getTime();
      if (!isDue) {
        this.#sleep(state, nextAt === undefined ? LONGEST_SLEEP_MS : nextAt.getTime() - clock.now().getTime());
        return;
      }
      const jobs = await store.claimJobs({ kinds: state.lane.kinds, owner, now: clock.now(), leaseMs: state.lane.leaseMs, limit: free, held: [...this.#held] });
      for (const job of jobs) this.#run(state, job);
      if (jobs.length < free) state.mustLookAgain = true;
    } catch (error) {
      this.#ports.onFailure({ kind: state.lane.kinds[0] ?? 'tellOwner', subject: 'claim', tradeNo: '', attempt: 0, answered: 0, token: 0, firstDueAt: clock.now(), leasedUntil: clock.now(), leaseMs: 0 }, error);
      this.#sleep(state, AFTER_FAILURE_MS);
    }
  }

  #wasClockSetBack(): boolean {
    const now = this.#ports.clock.now().getTime();
    const isBack = now < this.#latestMs - CLOCK_SET_BACK_MS;
    this.#latestMs = isBack ? now : Math.max(this.#latestMs, now);
    return isBack;
  }

  #run(state: LaneState, job: ClaimedJob): void {
    const lease = this.#hold(job);
    const work = this.#handle(job)
      .catch(async (error: unknown) => {
        this.#ports.onFailure(job, error);
        const dueAt = new Date(this.#ports.clock.now().getTime() + AFTER_FAILURE_MS);
        // If even this fails the lease ends by itself.
        await this.#ports.store.putBackJob(job, { dueAt }).catch((second: unknown) => { this.#ports.onFailure(job, second); });
      })
      .finally(() => {
        lease.cancel();
        this.#held.delete(job.token);
        state.running.delete(work);
        if (!this.#isStopped) void this.#look(state);
      });
    state.running.add(work);
  }

  #hold({ token, leaseMs }: ClaimedJob): { cancel(): void } {
    this.#held.add(token);
    return this.#ports.timers.after(leaseMs, () => { this.#held.delete(token); });
  }

  async #handle(job: ClaimedJob): Promise<void> {
    await this.#ports.handlers[job.kind](job);
  }

  #sleep(state: LaneState, ms: number): void {
    state.alarm?.cancel();
    state.alarm = this.#ports.timers.after(Math.min(Math.max(ms, 1), LONGEST_SLEEP_MS), () => { void this.#look(state); });
  }
}

type LaneState = {
  readonly lane: Lane;
  readonly running: Set<Promise<void>>;
  isLooking: boolean;
  mustLookAgain: boolean;
  alarm: { cancel(): void } | undefined;
};
