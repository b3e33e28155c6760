/**
 * Several calls on one connection that make one operation: open a basket, fill it, settle it. The HIS keeps the basket with the session and
 * under a terminal number, so both are held for the whole sequence. Until the step that commits was sent nothing can be booked; from it on
 * only the HIS's own word is believed.
 */
import type { HisAnswer, HisRequest, OperationOutcome } from '@hospay/plugin-sdk/his-mapping';
import { bindCall } from './bind-call.js';
import { callOn, isLeftOpen, leaseFor, LEFT_OPEN } from './call-procedure.js';
import { NotConnected, type Lease } from './connection-pool.js';
import { judge, judgeNoAnswer, urgencyOf, type NoAnswer } from './judge.js';
import { logSlowCall } from './log-slow-call.js';
import { BASKET_OPERATOR, BASKET_TERMINAL, EACH, needsIdentity } from './prepare-sequence.js';
import type { PreparedStep, Way } from './prepared-operation.js';
import type { Run } from './engine.js';
import type { LentIdentity } from './terminal-identities.js';

export async function runSequence(run: Run, { steps }: Extract<Way, { kind: 'sequence' }>): Promise<OperationOutcome> {
  const { engine, operation, signal } = run;
  if (!needsIdentity(steps)) return onOneConnection(run, steps, undefined);
  let identity: LentIdentity;
  try {
    identity = await engine.identities.borrow(signal);
  } catch (error) {
    if (error instanceof NotConnected) return judgeNoAnswer(operation, { kind: 'notSent', reason: error.message });
    throw error;
  }
  let end: 'ended' | 'lost' = 'lost';
  try {
    const result = await onOneConnection(run, steps, identity);
    // Whatever was not answered to the end may still hold the basket.
    if (result.kind !== 'unknown' || result.reason.startsWith('notSent:')) end = 'ended';
    return result;
  } finally {
    identity.giveBack(end);
  }
}

async function onOneConnection(run: Run, steps: readonly PreparedStep[], identity: LentIdentity | undefined): Promise<OperationOutcome> {
  const lease = await leaseFor(run.engine.pool, run.signal, urgencyOf(run.operation));
  if ('kind' in lease) return judgeNoAnswer(run.operation, lease);
  let outcome: OperationOutcome | undefined;
  try {
    outcome = await allSteps(run, steps, identity, lease);
    return outcome;
  } finally {
    // A basket left behind goes with its session.
    if (outcome?.kind === 'ok') lease.release();
    else lease.discard();
  }
}

async function allSteps(run: Run, steps: readonly PreparedStep[], identity: LentIdentity | undefined, lease: Lease): Promise<OperationOutcome> {
  let request: HisRequest = identity === undefined ? run.request : { ...run.request, [BASKET_TERMINAL]: identity.terminal, [BASKET_OPERATOR]: identity.operator };
  let last: HisAnswer | undefined;
  let sent = 0;
  let stage: Stage = 'before';
  for (const step of steps) {
    if (step.commits) stage = 'committing';
    for (const each of valuesOf(step, request)) {
      const answered = await oneCall(run, step, each === undefined ? request : { ...request, [EACH]: each }, lease, { sent, stage });
      if (answered.kind !== 'answered') return answered.outcome;
      last = answered.answer;
      sent += 1;
    }
    if (step.commits) stage = 'after';
    const kept = last === undefined ? {} : keptOf(step, last);
    // An answer without what the next step needs is garbage, not a refusal of the payment.
    const missing = step.keep.find(({ as }) => kept[as] === undefined);
    if (missing !== undefined) return afterOthers(step, `garbled answer: it gives no ${missing.as}`, stage);
    request = { ...request, ...kept };
  }
  if (last === undefined) return { kind: 'rejected', code: 'HIS_VALUE_MISSING', message: 'the request names nothing to call for', unsent: true };
  const { engine, operation, signal } = run;
  if (await isLeftOpen(lease.connection, { signal, maxRows: engine.maxRows, askForTransaction: operation.canonical.books && !engine.tellsTransactions })) return judgeNoAnswer(run.operation, LEFT_OPEN);
  return judge(run.operation, last, run.reading);
}

/** Where a call stands to the one that books. */
type Stage = 'before' | 'committing' | 'after';
type Progress = { readonly sent: number; readonly stage: Stage };
type StepResult = { readonly kind: 'answered'; readonly answer: HisAnswer } | { readonly kind: 'ended'; readonly outcome: OperationOutcome };

async function oneCall(run: Run, step: PreparedStep, request: HisRequest, lease: Lease, progress: Progress): Promise<StepResult> {
  const { engine, operation, reading, signal } = run;
  const bound = bindCall(engine, step.call, request);
  if (bound.kind === 'ended') return progress.sent === 0 ? bound : ended(progress, step, afterTheFirst(bound.outcome));
  const startedAt = performance.now();
  const outcome = await callOn(lease.connection, step.call, bound.parameters, { signal, maxRows: engine.maxRows });
  logSlowCall(engine, { operation: operation.name, call: step.call, parameters: bound.parameters, durationMs: performance.now() - startedAt, outcome: outcome.kind });
  if (outcome.kind !== 'answered') return { kind: 'ended', outcome: withoutAnswer(run, step, outcome, progress) };
  const verdict = judge(step.judged, outcome.answer, reading);
  return verdict.kind === 'ok' ? { kind: 'answered', answer: outcome.answer } : ended(progress, step, verdict);
}

/** A refusal counts while nothing is booked; behind the booking it is only that something went wrong with it. */
function ended({ stage }: Progress, step: PreparedStep, outcome: OperationOutcome): StepResult {
  if (stage !== 'after' || outcome.kind === 'unknown') return { kind: 'ended', outcome };
  const why = 'code' in outcome ? `${outcome.code} ${outcome.message}` : outcome.kind;
  return { kind: 'ended', outcome: { kind: 'unknown', reason: `booked, and then ${placeOf(step)} said ${why}`.slice(0, 500) } };
}

/** Calls before this one were sent. */
function afterTheFirst(outcome: OperationOutcome): OperationOutcome {
  if (outcome.kind === 'unknown') return { ...outcome, reason: outcome.reason.replace(/^notSent: /, '') };
  return outcome.kind === 'rejected' ? { kind: 'rejected', code: outcome.code, message: outcome.message } : outcome;
}

function withoutAnswer({ operation }: Run, step: PreparedStep, outcome: NoAnswer, { sent, stage }: Progress): OperationOutcome {
  const isOpen = outcome.kind === 'sqlError' || (outcome.kind === 'lost' && stage !== 'before') || (outcome.kind === 'notSent' && sent === 0);
  // The step that books was never sent, or this one was not: nothing of it can still be running.
  return isOpen ? judgeNoAnswer(operation, outcome) : afterOthers(step, outcome.reason, stage);
}

function afterOthers(step: PreparedStep, reason: string, stage: Stage): OperationOutcome {
  return { kind: 'unknown', reason: `${placeOf(step)}: ${reason}${stage === 'after' ? '' : '; nothing was booked by this call'}`.slice(0, 500) };
}

const placeOf = ({ call }: PreparedStep): string => call.path;

function valuesOf({ forEach }: PreparedStep, request: HisRequest): readonly (string | undefined)[] {
  if (forEach === undefined) return [undefined];
  const list = request[forEach];
  return typeof list === 'object' ? list : [];
}

function keptOf({ keep }: PreparedStep, answer: HisAnswer): Record<string, string> {
  return Object.fromEntries(keep.flatMap(({ as, column, out }) => {
    const value = out === undefined ? answer.sets[0]?.rows[0]?.get(column ?? '') : answer.out.get(out);
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? [[as, String(value)]] : [];
  }));
}
