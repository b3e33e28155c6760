/** The text of an answer as values and rows, by position or by key. What is cut, or not to this call, is no answer. */
import { elementsAt, leavesOf, messageAnswer, type HisAnswer } from '@hospay/plugin-sdk/his-mapping';
import { readLooseText } from './loose-text.js';
import type { AnswerMapping } from './mapping-schema.js';
import type { TcpOperation } from './read-mapping.js';

export type Reply = { readonly kind: 'answer'; readonly answer: HisAnswer } | { readonly kind: 'garbled'; readonly reason: string };
type Values = ReadonlyMap<string, string>;
type Parsed = { readonly kind: 'values'; readonly whole: Values; readonly rows: readonly Values[] | undefined } | { readonly kind: 'garbled'; readonly reason: string };

/** @param sent what the answer must repeat where the mapping says so */
export function readReply(text: string, operation: TcpOperation, mapping: AnswerMapping & { readonly separator: string }, sent: { readonly number: string }): Reply {
  const trimmed = text.replace(/[\r\n]+$/, '');
  if (mapping.endMark !== undefined && !trimmed.endsWith(mapping.endMark)) return { kind: 'garbled', reason: 'the answer was cut: its end mark is missing' };
  const content = trimmed.slice(0, trimmed.length - (mapping.endMark?.length ?? 0));
  const parsed = mapping.form === 'keys' ? byKeys(content, operation) : byPositions(content, operation, mapping);
  if (parsed.kind === 'garbled') return parsed;
  const { whole, rows } = parsed;
  if (mapping.call !== undefined && whole.get(mapping.call.toLowerCase())?.trim() !== operation.call) return { kind: 'garbled', reason: `the answer does not repeat ${operation.call}: it is to another call` };
  if (mapping.number !== undefined && whole.get(mapping.number.toLowerCase())?.trim() !== sent.number) return { kind: 'garbled', reason: 'the answer does not carry the number of this call: it is to another one' };
  // Without the place of its rows an answer has no list, not an empty one.
  if (rows === undefined) return { kind: 'answer', answer: { sets: [], out: whole, returnStatus: undefined } };
  const told = operation.count === undefined ? undefined : whole.get(operation.count.toLowerCase())?.trim();
  if (told !== undefined && told !== '' && Number(told) !== rows.length) return { kind: 'garbled', reason: `the answer was cut: ${told.slice(0, 10)} rows were told, ${String(rows.length)} came` };
  return { kind: 'answer', answer: messageAnswer(operation, { rows, out: whole }) };
}

function byKeys(content: string, { rows }: TcpOperation): Parsed {
  const read = readLooseText(content);
  if (read.kind === 'malformed') return { kind: 'garbled', reason: `the answer is no object: ${read.reason}` };
  const whole = leavesOf(read.root);
  return { kind: 'values', whole, rows: rows === undefined ? [whole] : elementsAt(read.root, rows).map(leavesOf) };
}

function byPositions(content: string, { rows, rowWidth }: TcpOperation, { separator, rowSeparator = '', fieldSeparator = '' }: AnswerMapping & { readonly separator: string }): Parsed {
  const positions = content.split(separator);
  const whole = numbered(positions);
  if (rows === undefined) return { kind: 'values', whole, rows: [whole] };
  const at = Number(rows.slice(1)) - 1;
  if (rowWidth !== undefined) return inGroups(whole, positions.slice(at), rowWidth);
  const block = positions[at];
  if (block === undefined) return { kind: 'values', whole, rows: undefined };
  const lines = block === '' ? [] : block.split(rowSeparator);
  if (lines.at(-1) === '') lines.pop();
  return { kind: 'values', whole, rows: lines.map((line) => numbered(line.split(fieldSeparator))) };
}

function inGroups(whole: Values, given: readonly string[], width: number): Parsed {
  const rows: Values[] = [];
  for (let at = 0; at + width <= given.length; at += width) rows.push(numbered(given.slice(at, at + width)));
  // One empty value behind the last row is the separator that ended it.
  const left = given.slice(rows.length * width);
  return left.join('') === '' && left.length <= 1 ? { kind: 'values', whole, rows } : { kind: 'garbled', reason: 'the answer was cut: its last row is not whole' };
}

function numbered(values: readonly string[]): Values {
  return new Map(values.map((value, index) => [`#${String(index + 1)}`, value]));
}
