import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Beside others this thread takes what they leave of the processors. Linux names a thread like a process; elsewhere it stays as it is. */
const PRIORITY = 10;

export function yieldProcessor(): void {
  try {
    const [thread] = readlinkSync('/proc/thread-self').split('/').slice(-1);
    setPriority(Number(thread), PRIORITY);
  } catch {
    // Slower beside payments, and no worse.
  }
}
