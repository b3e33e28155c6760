/** One mapped operation from canonical request to what is known of it, in the shape the hospital offers it. */
import type { HisRequest, OperationOutcome } from '@hospay/plugin-sdk/his-mapping';
import { bindCall } from './bind-call.js';
import { callWithRetries } from './call-with-retries.js';
import type { Engine, Run } from './engine.js';
import { judge, judgeNoAnswer, urgencyOf } from './judge.js';
import type { PreparedOperation, Way } from './prepared-operation.js';
import { runHandOver } from './run-hand-over.js';
import { runRouted } from './run-routed.js';
import { runSequence } from './run-sequence.js';

export async function runOperation(engine: Engine, operation: PreparedOperation, request: HisRequest, signal: AbortSignal): Promise<OperationOutcome> {
  if (operation.name === 'ping') await engine.schema.lookAgain(engine.pool, signal);
  const run: Run = { engine, operation, request, reading: { request, offset: engine.offset, now: engine.now }, signal };
  switch (operation.way.kind) {
    case 'call': return runCall(run, operation.way);
    case 'router': return runRouted(run, operation.way);
    case 'sequence': return runSequence(run, operation.way);
    case 'handOver': return runHandOver(run, operation.way);
  }
}

async function runCall({ engine, operation, request, reading, signal }: Run, { call, retryOnErrors }: Extract<Way, { kind: 'call' }>): Promise<OperationOutcome> {
  const bound = bindCall(engine, call, request);
  if (bound.kind === 'ended') return bound.outcome;
  const outcome = await callWithRetries(engine, call, bound.parameters, { operation: operation.name, urgency: urgencyOf(operation), books: operation.canonical.books, retryOnErrors, signal });
  return outcome.kind === 'answered' ? judge(operation, outcome.answer, reading) : judgeNoAnswer(operation, outcome);
}
