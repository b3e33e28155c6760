/** One mapped operation from canonical request to what is known of it: bind, call, retry where that is harmless, read the return code. */
import type { PluginLog } from '@hospay/plugin-sdk';
import { readVerdict, type HisAnswer, type HisRequest, type OperationOutcome, type ReadingContext } from '@hospay/plugin-sdk/his-mapping';
import { bindParameters, type BoundParameter } from './bind-parameters.js';
import { callProcedure, type CallOutcome } from './call-procedure.js';
import type { ConnectionPool } from './connection-pool.js';
import type { PreparedOperation } from './read-mapping.js';

export type Engine = {
  readonly pool: ConnectionPool;
  readonly codePage: string;
  readonly offset: string;
  readonly maxRows: number;
  readonly slowCallMs: number;
  readonly log: PluginLog;
  readonly now: () => Date;
};

const LARGEST_ATTEMPTS = 3;
const RETRY_PAUSE_MS = 50;

/**
 * SQL errors that say our mapping does not fit the HIS: procedure, object or column missing, permission refused, parameters that do not match.
 * On a read they are a definite refusal. On a booking they stay unknown: the same numbers can come from deep inside the procedure, after
 * a part of it has committed; the query decides, and the open case brings a person to the mapping.
 */
const MAPPING_ERRORS: ReadonlySet<number> = new Set([201, 206, 207, 208, 229, 230, 257, 2812, 8144, 8145, 8146]);

export async function runOperation(engine: Engine, operation: PreparedOperation, request: HisRequest, signal: AbortSignal): Promise<OperationOutcome> {
  const bound = bindParameters(operation, request, engine);
  if (bound.kind === 'refused') return { kind: 'rejected', code: bound.code, message: bound.message, unsent: true };
  const outcome = await callWithRetries(engine, operation, bound.parameters, signal);
  switch (outcome.kind) {
    case 'answered': return judge(engine, operation, request, outcome.answer);
    case 'sqlError': return judgeSqlError(operation, outcome);
    case 'notSent': return { kind: 'unknown', reason: `notSent: ${outcome.reason}` };
    case 'lost': return { kind: 'unknown', reason: `${operation.name}: ${outcome.reason}`, mayStillRun: true };
  }
}

function judge(engine: Engine, operation: PreparedOperation, request: HisRequest, answer: HisAnswer): OperationOutcome {
  const reading: ReadingContext = { request, offset: engine.offset, now: engine.now };
  const verdict = readVerdict(operation, answer);
  switch (verdict.kind) {
    case 'ok': return { kind: 'ok', answer, reading };
    case 'alreadyPaid': return { ...verdict, kind: 'alreadyPaid', answer, reading };
    case 'rejected': case 'mismatch': return { kind: verdict.kind, code: verdict.code, message: verdict.message };
    case 'empty': case 'unknown': return verdict;
  }
}

function judgeSqlError(operation: PreparedOperation, { number, message }: { readonly number: number; readonly message: string }): OperationOutcome {
  const asksOnly = operation.canonical.shape !== 'found' && !operation.canonical.books;
  if (MAPPING_ERRORS.has(number)) {
    const code = `HIS_MAPPING_${number}`;
    return asksOnly ? { kind: 'rejected', code, message } : { kind: 'unknown', reason: `${code}: ${message}` };
  }
  return { kind: 'unknown', reason: `${operation.name}: SQL error ${number}: ${message}` };
}

async function callWithRetries(engine: Engine, operation: PreparedOperation, parameters: readonly BoundParameter[], signal: AbortSignal): Promise<CallOutcome> {
  const urgency = operation.canonical.books || operation.canonical.shape === 'found' ? 'urgent' : 'ordinary';
  for (let attempt = 1; ; attempt += 1) {
    const startedAt = performance.now();
    const outcome = await callProcedure(operation, parameters, { pool: engine.pool, signal, urgency, maxRows: engine.maxRows });
    logSlowCall(engine, operation, parameters, performance.now() - startedAt, outcome);
    if (outcome.kind !== 'sqlError' || !operation.retryOnErrors.has(outcome.number) || attempt >= LARGEST_ATTEMPTS) return outcome;
    if (!(await pause(RETRY_PAUSE_MS * attempt, signal))) return outcome;
  }
}

/** Facts for the DBA: which call, how long, how it ended, and the parameters by name and size. */
function logSlowCall(engine: Engine, operation: PreparedOperation, parameters: readonly BoundParameter[], durationMs: number, outcome: CallOutcome): void {
  if (durationMs < engine.slowCallMs) return;
  engine.log.warn('HIS call was slow', {
    operation: operation.name,
    command: operation.command.kind === 'procedure' ? operation.command.name : 'sql text',
    durationMs: Math.round(durationMs),
    outcome: outcome.kind,
    parameters: maskParameters(parameters),
  });
}

/** Our own numbers are shown, so that a call can be found; everything else is only its size. */
const SHOWN_FIELDS: ReadonlySet<string> = new Set(['tradeNo', 'refundNo', 'quoteNo', 'day', 'page', 'pageSize', 'terminalId']);

export function maskParameters(parameters: readonly BoundParameter[]): string {
  return parameters
    .filter(({ direction }) => direction === 'in')
    .map(({ name, value, field }) => `@${name}=${field !== undefined && SHOWN_FIELDS.has(field) ? String(value) : maskValue(value)}`)
    .join(' ');
}

function maskValue(value: BoundParameter['value']): string {
  return value === null ? 'NULL' : typeof value === 'string' ? `***(${value.length})` : '***';
}

/** @returns false when the caller left meanwhile. */
function pause(delayMs: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const finish = (completed: boolean) => (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(completed);
    };
    const onAbort = finish(false);
    const timer = setTimeout(finish(true), delayMs);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
