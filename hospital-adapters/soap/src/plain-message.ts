/** The message within a string: one XML document with its call, credentials and values. */
import { elementsAt, leavesOf, messageAnswer, readXml, writeXml, type HisAnswer, type MessageOperation, type MessageValue, type XmlElement } from '@hospay/plugin-sdk/his-mapping';
import type { MessageMapping } from './mapping-schema.js';

/** What is written beside the values. `number` is new for each message. */
export type MessageHead = { readonly user: string; readonly password: string; readonly number: string };

/** @throws RangeError for a character XML cannot carry */
export function writeMessage(message: MessageMapping, operation: MessageOperation, values: readonly MessageValue[], head: MessageHead): string {
  const places = [[message.call, operation.call], [message.number, head.number], [message.user, head.user], [message.password, head.password]] as const;
  const heads = places.flatMap(([path, text]) => (path === undefined ? [] : [{ path, text }]));
  const text = writeXml(message.root, [...heads, ...values.map(({ name, text: value }) => ({ path: name, text: value }))], message.cdata === true ? 'cdata' : 'escaped');
  return message.declaration === true ? `<?xml version="1.0" encoding="UTF-8"?>${text}` : text;
}

export type OpenedAnswer = { readonly kind: 'root'; readonly root: XmlElement } | { readonly kind: 'garbled'; readonly reason: string };

/** The document of an answer. An exception text, a page of a proxy, a cut document, another document: each is none. */
export function openMessage(text: string, root: string): OpenedAnswer {
  const read = readXml(text);
  if (read.kind === 'malformed') return { kind: 'garbled', reason: `the answer is no document: ${read.reason}` };
  if (read.root.name.toLowerCase() !== root.toLowerCase()) return { kind: 'garbled', reason: `the answer is a document ${read.root.name.slice(0, 60)}, not ${root}` };
  return { kind: 'root', root: read.root };
}

/** @param extra values of the answer as a whole that stand outside of the document */
export function answerOf(operation: MessageOperation, root: XmlElement, extra: ReadonlyMap<string, string> = new Map()): HisAnswer {
  const whole = leavesOf(root);
  const rows = operation.rows === undefined ? [whole] : elementsAt(root, operation.rows).map(leavesOf);
  return messageAnswer(operation, { rows, out: new Map([...whole, ...extra]) });
}
