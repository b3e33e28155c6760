/** Time, timers and randomness as values from outside: the domain and the use cases own none, so a simulation can run them all. */
export type Clock = { now(): Date };

export type Timers = {
  /** Runs the task once after the delay. `cancel` is harmless after it ran. */
  after(ms: number, task: () => void): { cancel(): void };
};

export type RandomSource = {
  bytes(length: number): Uint8Array;
  nextInt(limitExclusive: number): number;
};
