/** One method of the router procedure: the values go in as a document, and a document must come back. */
import { bindMessage, readXmlAnswer, writeXml, type HisAnswer, type OperationOutcome } from '@hospay/plugin-sdk/his-mapping';
import { bindCall } from './bind-call.js';
import { callWithRetries } from './call-with-retries.js';
import { judge, judgeNoAnswer, urgencyOf } from './judge.js';
import type { Way } from './prepared-operation.js';
import type { PreparedRouter } from './prepared-operation.js';
import type { Run } from './engine.js';

export async function runRouted(run: Run, { message, router, retryOnErrors }: Extract<Way, { kind: 'router' }>): Promise<OperationOutcome> {
  const { engine, operation, request, reading, signal } = run;
  const values = bindMessage(message, request, { codePage: router.codePage, offset: engine.offset });
  if (values.kind === 'refused') return { kind: 'rejected', code: values.code, message: values.message, unsent: true };
  const document = documentOf(router, values.values.map(({ name, text }) => ({ path: name, text })));
  if (document === undefined) return { kind: 'rejected', code: 'HIS_VALUE_NOT_REPRESENTABLE', message: 'a value has a character that XML cannot carry', unsent: true };
  const bound = bindCall(engine, router.call, { method: message.call, message: document });
  if (bound.kind === 'ended') return bound.outcome;
  const outcome = await callWithRetries(engine, router.call, bound.parameters, { operation: operation.name, urgency: urgencyOf(operation), books: operation.canonical.books, retryOnErrors, signal });
  if (outcome.kind !== 'answered') return judgeNoAnswer(operation, outcome);
  const read = readXmlAnswer(message, answeredText(outcome.answer, router), { root: router.answerRoot, beside: outcome.answer.out });
  // A façade shows an exception of its own as if it were the document: the work behind it may go on.
  if (read.kind === 'malformed') return { kind: 'unknown', reason: `${operation.name}: the router answered ${read.reason}`.slice(0, 500), mayStillRun: true };
  return judge(operation, read.answer, reading);
}

/** Undefined for a character that XML cannot carry in any spelling. */
function documentOf({ declaration, root }: PreparedRouter, values: readonly { readonly path: string; readonly text: string }[]): string | undefined {
  try {
    return declaration + writeXml(root, values);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** A server cuts a long document it makes with FOR XML into rows of one column; half of one is no document. */
function answeredText({ sets, out }: HisAnswer, { answerOut }: PreparedRouter): string {
  if (answerOut !== undefined) return textOf(out.get(answerOut));
  const [set] = sets;
  if (set === undefined) return '';
  const isAlone = set.columns.filter((name) => name.startsWith('#')).length === 1;
  return (isAlone ? set.rows : set.rows.slice(0, 1)).map((row) => textOf(row.get('#1'))).join('');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
