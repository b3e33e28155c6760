/** A simulator's only way to wait. Tests with their own clock pass their own. */
export type SimulatorTimers = {
  /** Runs the task once after the delay and returns the way to call it off. */
  readonly after: (delayMs: number, task: () => void) => () => void;
};

/** The machine's own timers. They keep no process alive: the listening server does. */
export const realTimers: SimulatorTimers = {
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs).unref();
    return () => { clearTimeout(timer); };
  },
};
