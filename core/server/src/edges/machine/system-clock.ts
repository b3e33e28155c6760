import type { Clock } from '../../domain/time.js';

/** The machine's own clock. */
export const SYSTEM_CLOCK: Clock = { now: () => new Date() };

/** Milliseconds that no change of the clock moves. */
export const SYSTEM_ELAPSED = (): number => performance.now();
