/** A message from its header and its values by position. */
import { Hl7Context, Hl7Field, Hl7Segment } from '@medplum/core';
import { declaredName, encodeText, type CharacterSet } from './character-set.js';
import type { Hl7Position } from './hl7-position.js';
import { escapeText } from './hl7-text.js';

export type MessageHeader = {
  readonly sendingApplication: string;
  readonly sendingFacility: string;
  readonly receivingApplication: string;
  readonly receivingFacility: string;
  /** MSH-9, for example `DFT^P03^DFT_P03`. */
  readonly type: string;
  readonly controlId: string;
  /** yyyymmddHHMMSS±hhmm */
  readonly writtenAt: string;
  readonly processingId: string;
  readonly version: string;
  /** MSH-15 and MSH-16: when commit and application acknowledgements are wanted. Empty in the original mode. */
  readonly wantsAcknowledgements: '' | 'AL';
  readonly characterSet: CharacterSet;
  readonly declaresCharacterSet: boolean;
};

/** `texts`: one value, or one for each repetition of the field. */
export type PlacedValue = { readonly position: Hl7Position; readonly texts: readonly string[] };

const context = new Hl7Context();

/**
 * Segments stand in the order of their first value. A query's tag (QPD-2) and the time of an event (EVN-2) are the message's own number and
 * time unless a value says otherwise.
 */
export function writeMessage(header: MessageHeader, values: readonly PlacedValue[]): Buffer {
  const segments = new Map<string, Hl7Segment>();
  for (const { position, texts } of values) {
    const key = `${position.segment}[${String(position.occurrence)}]`;
    const segment = segments.get(key) ?? new Hl7Segment([position.segment], context);
    segments.set(key, segment);
    for (const [index, text] of texts.entries()) place(segment, position, index, text);
  }
  completeSegment(segments.get('QPD[1]'), 2, header.controlId);
  completeSegment(segments.get('EVN[1]'), 2, header.writtenAt);
  const text = [headerSegment(header), ...segments.values()].map((segment) => `${segment.toString()}\r`).join('');
  return encodeText(text, header.characterSet);
}

function headerSegment({ type, controlId, writtenAt, processingId, version, wantsAcknowledgements, characterSet, declaresCharacterSet, ...names }: MessageHeader): Hl7Segment {
  const segment = new Hl7Segment(['MSH', context.getMsh2()], context);
  const named = [names.sendingApplication, names.sendingFacility, names.receivingApplication, names.receivingFacility].map((name) => escapeText(name, context));
  const declared = declaresCharacterSet ? declaredName(characterSet) : '';
  const fields = [...named, writtenAt, '', type, controlId, processingId, version, '', '', wantsAcknowledgements, wantsAcknowledgements, '', declared];
  for (const [index, field] of fields.entries()) if (field !== '') segment.setField(index + 3, field);
  return segment;
}

function completeSegment(segment: Hl7Segment | undefined, field: number, text: string): void {
  if (segment === undefined || fieldOf(segment, field).toString() !== '') return;
  segment.setField(field, text);
}

function place(segment: Hl7Segment, { field, repetition, component, subcomponent }: Hl7Position, index: number, text: string): void {
  if (text === '') return;
  const known = fieldOf(segment, field);
  segment.setField(field, known);
  const at = (repetition.kind === 'index' ? repetition.index : 1) - 1 + index;
  while (known.components.length <= at) known.components.push(['']);
  const components = known.components[at] ?? [];
  while (components.length < component) components.push('');
  const subcomponents = (components[component - 1] ?? '').split(context.subcomponentSeparator);
  while (subcomponents.length < subcomponent) subcomponents.push('');
  subcomponents[subcomponent - 1] = escapeText(text, context);
  components[component - 1] = subcomponents.join(context.subcomponentSeparator);
}

function fieldOf(segment: Hl7Segment, field: number): Hl7Field {
  const fields: readonly (Hl7Field | undefined)[] = segment.fields;
  return fields[field] ?? new Hl7Field([['']], context);
}
