import { randomBytes, randomInt } from 'node:crypto';
import type { RandomSource } from '../../domain/time.js';

/** The operating system's cryptographic randomness. */
export const SYSTEM_RANDOM: RandomSource = {
  bytes: (length) => Uint8Array.from(randomBytes(length)),
  nextInt: (limitExclusive) => randomInt(limitExclusive),
};
