/** A thread of its own for long work beside the payments, as those see it who ask it something. */
import type { Log } from './log.js';

/** `ask` resolves to what the thread answers under that name, and rejects when the thread says so or ends first. Memory in `gives` changes hands. */
export type AskThread = { ask(name: string, of: unknown, gives?: readonly ArrayBuffer[]): Promise<unknown>; close(): Promise<void> };

/** `starts`: at once, or only when it is asked something. `told`: what it says without being asked. */
export type ThreadRequest = { readonly module: URL; readonly data: unknown; readonly called: string; readonly log: Log; readonly starts: 'now' | 'whenAsked'; /** Most its own heap may hold; without it the thread takes what the machine has before it collects. */ readonly mostMegabytes?: number; /** The same of what it has just made. */ readonly mostYoungMegabytes?: number; readonly told?: (error: string) => void };
/** A thread that dies fails what was asked of it; the next question starts another. */
export type OpenThread = (request: ThreadRequest) => AskThread;

/** What a thread gets, and what it answers; the last it gets is `STOP_THREAD`. */
export type ThreadQuestion = { readonly id: number; readonly name: string; readonly of: unknown };
export type ThreadReply = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string };
export const STOP_THREAD = 'stop';
