/** One call, sent again where the mapping says that this is harmless. */
import type { BoundParameter } from './bind-parameters.js';
import { callProcedure, type CallOutcome } from './call-procedure.js';
import type { Engine } from './engine.js';
import { logSlowCall } from './log-slow-call.js';
import { pause } from './pause.js';
import type { PreparedCall } from './prepared-call.js';

const LARGEST_ATTEMPTS = 3;
const RETRY_PAUSE_MS = 50;

export type Sending = { readonly operation: string; readonly urgency: 'urgent' | 'ordinary'; readonly books: boolean; readonly retryOnErrors: ReadonlySet<number>; readonly signal: AbortSignal };

export async function callWithRetries(engine: Engine, call: PreparedCall, parameters: readonly BoundParameter[], { operation, urgency, books, retryOnErrors, signal }: Sending): Promise<CallOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    const startedAt = performance.now();
    const outcome = await callProcedure(call, parameters, { pool: engine.pool, signal, urgency, maxRows: engine.maxRows, askForTransaction: books && !engine.tellsTransactions });
    logSlowCall(engine, { operation, call, parameters, durationMs: performance.now() - startedAt, outcome: outcome.kind });
    if (outcome.kind !== 'sqlError' || !retryOnErrors.has(outcome.number) || attempt >= LARGEST_ATTEMPTS) return outcome;
    if (!(await pause(RETRY_PAUSE_MS * attempt, signal))) return outcome;
  }
}
