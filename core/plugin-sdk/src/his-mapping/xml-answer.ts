/** An XML document as the answer of a mapped operation: rows at a path, everything else by its path from the root. */
import type { HisAnswer } from './his-answer.js';
import type { MappedOperation } from './mapped-operation.js';
import { messageAnswer } from './message-mapping.js';
import { elementsAt, leavesOf, readXml } from './xml-message.js';

export type XmlAnswer =
  | { readonly kind: 'answer'; readonly answer: HisAnswer }
  /** No such document: an exception's text where data should be, a document cut short, the answer to something else. */
  | { readonly kind: 'malformed'; readonly reason: string };

/**
 * @param text what the HIS sent
 * @param expected the root the HIS promised, undefined for any; values told beside the document, by name in lower case
 */
export function readXmlAnswer(
  operation: MappedOperation & { readonly rows: string | undefined },
  text: string,
  expected: { readonly root?: string | undefined; readonly beside?: ReadonlyMap<string, unknown> } = {},
): XmlAnswer {
  const read = readXml(text);
  if (read.kind === 'malformed') return read;
  const { root } = read;
  if (expected.root !== undefined && root.name.toLowerCase() !== expected.root.toLowerCase()) return { kind: 'malformed', reason: `a document <${root.name.slice(0, 40)}> instead of <${expected.root}>` };
  const whole = leavesOf(root);
  const rows = operation.rows === undefined ? [whole] : elementsAt(root, operation.rows).map(leavesOf);
  return { kind: 'answer', answer: messageAnswer(operation, { rows, out: new Map<string, unknown>([...(expected.beside ?? []), ...whole]) }) };
}
