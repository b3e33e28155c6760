/** Several calls that make one operation, checked: which one books, what each gives to the next, whose basket they fill. */
import { checkReading, type Complain, type ReadingMapping, type RequestFieldKind } from '@hospay/plugin-sdk/his-mapping';
import type { SequenceMapping, StepMapping } from './mapping-schema.js';
import { columnsOf, prepareCall } from './prepare-call.js';
import type { CallSite } from './prepared-call.js';
import type { PreparedOperation, PreparedStep } from './prepared-operation.js';

/** Fields of a request that only a sequence has: whose basket it is, and the value a repeated step is about. */
export const BASKET_TERMINAL = 'basketTerminal';
export const BASKET_OPERATOR = 'basketOperator';
export const EACH = 'each';

export function prepareSequence({ sequence, fields, ...reading }: SequenceMapping, site: CallSite): PreparedOperation {
  const { name, canonical, complain } = site;
  checkCommitting(sequence, site);
  const kept: Record<string, RequestFieldKind> = {};
  const steps = sequence.map((step, index) => {
    const prepared = prepareStep(step, index, { reading, fields: index === sequence.length - 1 ? fields : {}, kept: { ...kept } }, site);
    for (const { as } of prepared.keep) kept[as] = 'text';
    return prepared;
  });
  const last = steps.at(-1);
  const outNames = last?.call.parameters.filter(({ source }) => source.kind === 'out').map((parameter) => parameter.name.toLowerCase());
  checkReading({ name, canonical, mapping: { fields, ...reading }, outNames, complain });
  return { name, canonical, fields: new Map(Object.entries(fields)), reading, way: { kind: 'sequence', steps } };
}

/** The verdict on a booking depends on which step it may have happened in. */
function checkCommitting(sequence: readonly StepMapping[], { canonical, complain }: CallSite): void {
  const committing = sequence.filter(({ commits }) => commits === true).length;
  if (canonical.books && committing !== 1) complain('.sequence', `expected exactly one step that commits, got ${committing}`);
  if (!canonical.books && committing > 0) complain('.sequence', 'this operation books nothing: no step commits');
}

type Surroundings = { readonly reading: Omit<ReadingMapping, 'fields'>; readonly fields: ReadingMapping['fields']; readonly kept: Readonly<Record<string, RequestFieldKind>> };

function prepareStep(step: StepMapping, index: number, { reading, fields, kept }: Surroundings, site: CallSite): PreparedStep {
  const { name, canonical } = site;
  const complain: Complain = (at, expected) => { site.complain(`.sequence[${index}]${at}`, expected); };
  const codes = step.codes ?? reading.codes;
  if (codes === undefined) complain('.codes', 'missing: each step is judged, by its own codes or the operation\'s');
  if (step.commits === true && step.forEach !== undefined) complain('.forEach', 'a step that commits is called once');
  if (step.forEach !== undefined && canonical.request[step.forEach] !== 'list') complain('.forEach', `expected a list of the request, got "${step.forEach}"`);
  for (const own of Object.keys(step.keep ?? {})) {
    if (canonical.request[own] !== undefined || kept[own] !== undefined) complain(`.keep.${own}`, 'the request has a field of this name');
  }
  const request: Record<string, RequestFieldKind> = { ...canonical.request, ...kept, [BASKET_TERMINAL]: 'text', [BASKET_OPERATOR]: 'text' };
  if (step.forEach !== undefined) request[EACH] = 'text';
  const call = prepareCall(step, columnsOf(fields, [reading.state?.column, codes?.from.column, codes?.message?.column, ...Object.values(step.keep ?? {}).map(({ column }) => column)]), {
    ...site, canonical: { ...canonical, request }, path: `${site.path}.sequence[${index}]`, complain,
  });
  return {
    call, forEach: step.forEach, commits: step.commits === true,
    judged: { name, canonical, fields: new Map(), reading: codes === undefined ? {} : { codes } },
    keep: Object.entries(step.keep ?? {}).map(([as, { column, out }]) => ({ as, column: column?.toLowerCase(), out: out?.toLowerCase() })),
  };
}

/** Whether any of its steps names whose basket it fills. */
export function needsIdentity(steps: readonly PreparedStep[]): boolean {
  return steps.some(({ call }) => call.parameters.some(({ source }) => source.kind === 'field' && (source.field === BASKET_TERMINAL || source.field === BASKET_OPERATOR)));
}
