import type { TerminalError } from './protocol.js';

export type Clock = { now(): Date };
export type Timers = { after(ms: number, task: () => void): { cancel(): void } };

/** What became of a question to the core. */
export type CallResult<Value> =
  | { readonly kind: 'ok'; readonly value: Value; readonly coreTimeMs: number }
  | { readonly kind: 'refused'; readonly error: TerminalError; readonly coreTimeMs: number }
  /** Nothing believable came back in time, or the line is down. The operation may have happened. */
  | { readonly kind: 'noAnswer'; readonly reason: 'offline' | 'timeout' | 'stopped' };
