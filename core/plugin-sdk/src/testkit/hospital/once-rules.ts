/** The discipline of every operation that changes something at the HIS under a number of ours, whatever it is about. */
import assert from 'node:assert/strict';
import type { OperationName } from '../../his-mapping/canonical-operations.js';
import type { HisQueryResult, HisResult } from '../../hospital/his-result.js';
import type { Facet } from './facets.js';
import { AFTER_COMMIT, BEFORE_EXECUTION, isUnknownSent, knows, okValue, timeoutFor, type HospitalBench } from './hospital-bench.js';
import type { HospitalRule } from './hospital-rule.js';
import { HOSPITAL_FAULTS, type HospitalFault, type HospitalSubject } from './hospital-subject.js';

export type OnceSubject<Request, Value> = {
  /** First part of the rules' ids. */
  readonly id: string;
  /** What is done, as the subject of a sentence: "a deposit". */
  readonly what: string;
  readonly facets: readonly Facet[];
  readonly applies: (subject: HospitalSubject) => boolean;
  /** The operation whose call is spoiled. */
  readonly operation: OperationName;
  /** Everything that must be there before, and a request with a new number. */
  prepare(bench: HospitalBench): Promise<Request>;
  send(bench: HospitalBench, request: Request, timeoutMs?: number): Promise<HisResult<Value>>;
  /** How often it was done, seen behind the adapter's back. */
  count(bench: HospitalBench, request: Request): Promise<number>;
  /** The question by our number, and the operation behind it. */
  readonly question?: { readonly operation: OperationName; ask(bench: HospitalBench, request: Request, timeoutMs?: number): Promise<HisQueryResult<Value>> };
  /** The answer carries nothing that could be nonsense: "done" is all it says. */
  readonly tellsNothing?: true;
};

export function onceRules<Request, Value>(subject: OnceSubject<Request, Value>): HospitalRule[] {
  const { id, what, facets, operation, prepare, send, count, question } = subject;
  const applies = (fault?: HospitalFault) => (tested: HospitalSubject): boolean =>
    subject.applies(tested) && (fault === undefined || (tested.control.failNextOperation !== undefined && knows(fault)(tested)));
  return [
    {
      id: `${id}.replay`,
      title: `${what} three times under one number is done once and answered with the same numbers each time`,
      facets, applies: applies(),
      run: async (bench) => {
        const request = await prepare(bench);
        const first = okValue(await send(bench, request));
        for (let again = 2; again <= 3; again += 1) assert.deepEqual(okValue(await send(bench, request)), first);
        if (question !== undefined) assert.deepEqual(okValue(await question.ask(bench, request)), first);
        assert.equal(await count(bench, request), 1);
      },
    },
    {
      id: `${id}.parallel`,
      title: `${what} twice at once under one number is done once, and neither is refused`,
      facets, applies: applies(),
      run: async (bench) => {
        const request = await prepare(bench);
        const results = await Promise.all([send(bench, request), send(bench, request)]);
        for (const result of results) assert.ok(result.kind === 'ok' || result.kind === 'unknown', JSON.stringify(result));
        assert.ok(results.some(({ kind }) => kind === 'ok'), 'one of the two must get through');
        assert.equal(await count(bench, request), 1);
      },
    },
    ...AFTER_COMMIT.map((fault): HospitalRule => ({
      id: `${id}.${fault}`,
      title: `${what} whose answer is lost or spoiled is unknown; asked again under its number it answers, and it was done once`,
      facets, applies: applies(fault),
      run: async (bench) => {
        const request = await prepare(bench);
        await bench.failNextOperation(operation, fault);
        const lost = await send(bench, request, timeoutFor(fault));
        if (!(fault === 'garbageValues' && subject.tellsNothing === true && lost.kind === 'ok')) isUnknownSent(lost, 'nobody knows yet whether it was done');
        if (question !== undefined) okValue(await question.ask(bench, request));
        okValue(await send(bench, request));
        assert.equal(await count(bench, request), 1);
      },
    })),
    ...BEFORE_EXECUTION.map((fault): HospitalRule => ({
      id: `${id}.${fault}`,
      title: `${what} that was sent and not carried out is unknown${question === undefined ? '' : '; the question says absent'}, and sent again it is done once`,
      facets, applies: applies(fault),
      run: async (bench) => {
        const request = await prepare(bench);
        await bench.failNextOperation(operation, fault);
        isUnknownSent(await send(bench, request, timeoutFor(fault)), 'a call that left may have been carried out');
        if (question !== undefined) assert.deepEqual(await question.ask(bench, request), { kind: 'absent' });
        okValue(await send(bench, request));
        assert.equal(await count(bench, request), 1);
      },
    })),
    ...(question === undefined ? [] : [absentRule(subject, question, applies()), ...HOSPITAL_FAULTS.map((fault) => questionRule(subject, question, { fault, applies: applies(fault) }))]),
  ];
}

function absentRule<Request, Value>({ id, what, facets, prepare }: OnceSubject<Request, Value>, question: NonNullable<OnceSubject<Request, Value>['question']>, applies: HospitalRule['applies']): HospitalRule {
  return {
    id: `${id}.query.absent`,
    title: `${what} the HIS never saw is absent`,
    facets, ...(applies === undefined ? {} : { applies }),
    run: async (bench) => { assert.deepEqual(await question.ask(bench, await prepare(bench)), { kind: 'absent' }); },
  };
}

function questionRule<Request, Value>(
  { id, what, facets, prepare, send }: OnceSubject<Request, Value>,
  question: NonNullable<OnceSubject<Request, Value>['question']>,
  { fault, applies }: { readonly fault: HospitalFault; readonly applies: (subject: HospitalSubject) => boolean },
): HospitalRule {
  return {
    id: `${id}.query.${fault}`,
    title: `a question about ${what} without a proper answer is unknown, never absent`,
    facets, applies,
    run: async (bench) => {
      const request = await prepare(bench);
      okValue(await send(bench, request));
      await bench.failNextOperation(question.operation, fault);
      assert.equal((await question.ask(bench, request, timeoutFor(fault))).kind, 'unknown');
      okValue(await question.ask(bench, request));
    },
  };
}
