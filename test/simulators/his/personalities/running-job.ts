import type { HospitalJob } from './personality.js';

/** The hospital's job at work: a round every so often, one at a time. */
export class RunningJob {
  readonly #job: HospitalJob;
  #round: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(job: HospitalJob) {
    this.#job = job;
    this.resume();
  }

  resume(): void {
    this.#timer ??= setInterval(() => { this.finish().catch((error: unknown) => process.emitWarning(String(error), 'HisSimulatorDefect')); }, this.#job.everyMs);
  }

  pause(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** The round under way, and one more after it. */
  finish(): Promise<void> {
    const run = () => this.#job.run();
    this.#round = this.#round.then(run, run);
    return this.#round;
  }

  async stop(): Promise<void> {
    this.pause();
    await this.#round;
  }
}
