/**
 * A booking by a middle table (中间表): our row goes in once, and the HIS takes it up when its own job next looks. Until it has written back what
 * it made of the row, nobody knows. A row that is there already is ours from an earlier call: it is only asked about.
 */
import type { OperationOutcome } from '@hospay/plugin-sdk/his-mapping';
import { bindCall } from './bind-call.js';
import { callWithRetries } from './call-with-retries.js';
import { judge, judgeNoAnswer, urgencyOf } from './judge.js';
import { pause } from './pause.js';
import type { Way } from './prepared-operation.js';
import type { Run } from './engine.js';

type HandOver = Extract<Way, { kind: 'handOver' }>;
const NEVER_AGAIN: ReadonlySet<number> = new Set();
/** Asking is harmless however often. */
const ASKED_AGAIN: ReadonlySet<number> = new Set([1205, 1222]);

export async function runHandOver(run: Run, way: HandOver): Promise<OperationOutcome> {
  const { engine, operation, request, signal } = run;
  const row = bindCall(engine, way.insert, request);
  if (row.kind === 'ended') return row.outcome;
  const inserted = await callWithRetries(engine, way.insert, row.parameters, { operation: operation.name, urgency: urgencyOf(operation), books: true, retryOnErrors: NEVER_AGAIN, signal });
  const isThere = inserted.kind === 'answered' || (inserted.kind === 'sqlError' && way.alreadyThere.has(inserted.number));
  return isThere ? outcomeOf(run, way) : judgeNoAnswer(operation, inserted);
}

async function outcomeOf(run: Run, way: HandOver): Promise<OperationOutcome> {
  const { engine, signal } = run;
  const until = engine.now().getTime() + way.askForMs;
  for (;;) {
    const outcome = await askOnce(run, way);
    if (outcome.kind !== 'unknown' || engine.now().getTime() + way.askEveryMs > until) return outcome;
    if (!(await pause(way.askEveryMs, signal))) return outcome;
  }
}

async function askOnce({ engine, operation, request, reading, signal }: Run, { outcome: call }: HandOver): Promise<OperationOutcome> {
  const bound = bindCall(engine, call, request);
  // The row is in: what cannot be asked stays open.
  if (bound.kind === 'ended') return { kind: 'unknown', reason: 'handed over, and its number cannot be asked about' };
  const asked = await callWithRetries(engine, call, bound.parameters, { operation: operation.name, urgency: urgencyOf(operation), books: false, retryOnErrors: ASKED_AGAIN, signal });
  const judged = asked.kind === 'answered' ? judge(operation, asked.answer, reading) : judgeNoAnswer(operation, asked);
  if (judged.kind !== 'unknown') return judged;
  // Never `notSent`: the row itself was sent.
  return { kind: 'unknown', reason: `handed over, and the HIS has not decided: ${judged.reason.replace(/^notSent: /, '')}`.slice(0, 500) };
}
