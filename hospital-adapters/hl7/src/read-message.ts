/**
 * Bytes of an MLLP frame into a message, and values out of it by position. Nothing is guessed: what is no HL7 message is malformed.
 * @medplum/core takes segments apart and puts them together, and keeps values as they are written. node-hl7-client was tried: version 3 writes a
 * carriage return as a field separator and reads GBK in `\X…\` byte by byte, version 4 escapes nothing, so that a card number could add a segment.
 */
import { Hl7Context, Hl7Segment } from '@medplum/core';
import { characterSetOf, decodeBytes, type CharacterSet } from './character-set.js';
import type { Hl7Position } from './hl7-position.js';
import { unescapeText, type DecodeBytes } from './hl7-text.js';

export type ReceivedMessage = {
  readonly context: Hl7Context;
  readonly segments: readonly Hl7Segment[];
  readonly characterSet: CharacterSet;
  readonly decode: DecodeBytes;
};

export type MessageRead = { readonly kind: 'message'; readonly message: ReceivedMessage } | { readonly kind: 'malformed'; readonly reason: string };

/** @param otherwise the character set of a message that names none in MSH-18 */
export function readMessage(bytes: Uint8Array, otherwise: CharacterSet): MessageRead {
  const characterSet = characterSetOf(bytes, otherwise);
  const text = decodeBytes(bytes, characterSet);
  const [, field = '', component = '', repetition = '', escape = '', subcomponent = ''] = /^MSH(.)(.)(.)(.)(.)/su.exec(text) ?? [];
  const separators = [field, component, repetition, escape, subcomponent];
  if (new Set(separators).size !== 5 || separators.some((each) => /[\w\s]/.test(each))) return { kind: 'malformed', reason: 'not an HL7 message: no header with its separators' };
  const context = new Hl7Context('\r', field, component, repetition, escape, subcomponent);
  const lines = linesOf(text);
  if (lines.some((line) => !/^[A-Z][A-Z0-9]{2}$/.test(line.slice(0, 3)) || (line.length > 3 && line[3] !== field))) return { kind: 'malformed', reason: 'not an HL7 message: a line that is no segment' };
  const segments = lines.map((line) => Hl7Segment.parse(line, context));
  return { kind: 'message', message: { context, segments, characterSet, decode: (hex) => decodeBytes(hex, characterSet) } };
}

/** Segments end in CR. Engines on other systems write CR LF or LF alone; beside a CR a lone LF belongs to a text. */
function linesOf(text: string): readonly string[] {
  return text.split(text.includes('\r') ? /\r\n?/ : '\n').filter((line) => line.trim() !== '');
}

/** The value at a position, or undefined where the message has none there or only its explicit nothing (`""`). */
export function valueAt(message: ReceivedMessage, position: Hl7Position, segments = message.segments): string | undefined {
  const segment = segments.filter(({ name }) => name === position.segment)[position.occurrence - 1];
  if (segment === undefined) return undefined;
  // The header's own separators are no values that could be taken apart.
  if (position.segment === 'MSH' && position.field <= 2) return segment.getField(position.field).toString();
  const repetitions = repetitionsOf(segment, position.field);
  const { repetition } = position;
  const components = repetition.kind === 'index' ? repetitions[repetition.index - 1] : repetitions.find((each) => plain(message, each[repetition.component - 1]) === repetition.mark);
  const value = plain(message, components?.[position.component - 1], position.subcomponent);
  return value === '' ? undefined : value;
}

function repetitionsOf(segment: Hl7Segment, field: number): readonly (readonly string[])[] {
  const fields: readonly { readonly components: readonly (readonly string[])[] }[] = segment.fields;
  return fields[segment.name === 'MSH' ? field - 1 : field]?.components ?? [];
}

function plain({ context, decode }: ReceivedMessage, component: string | undefined, subcomponent = 1): string {
  return unescapeText(component?.split(context.subcomponentSeparator)[subcomponent - 1] ?? '', context, decode);
}

/** The rows of an answer: each begins with the first named segment and holds those of the others that follow it. */
export function groupsOf(message: ReceivedMessage, names: readonly string[]): readonly (readonly Hl7Segment[])[] {
  const groups: Hl7Segment[][] = [];
  for (const segment of message.segments) {
    if (segment.name === names[0]) groups.push([segment]);
    else if (names.includes(segment.name)) groups.at(-1)?.push(segment);
  }
  return groups;
}
