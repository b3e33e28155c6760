/** An rclone that runs: here, or behind the unit of the machine that mounts. */
import type { Readable, Writable } from 'node:stream';

export type Ended = { /** Undefined: it could not be started; null: ended by a signal. */ readonly code: number | null | undefined; readonly told: string };
export type RunningRclone = { readonly input: Writable; readonly output: Readable; readonly ended: Promise<Ended>; /** Asked first, so that it takes its pieces away; then made to. */ kill(): Promise<void> };
