import type { Clock } from '../../domain/time.js';

/** The machine's own clock. */
export const SYSTEM_CLOCK: Clock = { now: () => new Date() };
