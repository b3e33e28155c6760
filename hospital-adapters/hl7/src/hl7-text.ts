/** Escape sequences of HL7 v2 (chapter 2, "Use of escape sequences in text fields"): what is a delimiter in one place is a character in a value. */
import type { Hl7Context } from '@medplum/core';

/** Hexadecimal bytes of `\X…\`, in the message's own character set. */
export type DecodeBytes = (bytes: Buffer) => string;

/**
 * A value as it may stand in a message. Control characters go as hexadecimal: a carriage return inside a card number would begin a segment of
 * its own. Two quotes alone mean "delete this" in HL7, so that text is spelt in hexadecimal too.
 */
export function escapeText(text: string, context: Hl7Context): string {
  if (text === '""') return `${context.escapeCharacter}X2222${context.escapeCharacter}`;
  const sequences = new Map([
    [context.escapeCharacter, 'E'], [context.fieldSeparator, 'F'], [context.componentSeparator, 'S'], [context.subcomponentSeparator, 'T'], [context.repetitionSeparator, 'R'],
  ]);
  let escaped = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const sequence = sequences.get(character) ?? (code < 0x20 || code === 0x7f ? `X${code.toString(16).toUpperCase().padStart(2, '0')}` : undefined);
    escaped += sequence === undefined ? character : `${context.escapeCharacter}${sequence}${context.escapeCharacter}`;
  }
  return escaped;
}

/** The value behind its escapes. `""` is HL7's explicit nothing. A sequence nobody knows stays as it is written. */
export function unescapeText(text: string, context: Hl7Context, decodeBytes: DecodeBytes): string {
  if (text === '""') return '';
  const { escapeCharacter } = context;
  let plain = '';
  for (let at = 0; at < text.length; at += 1) {
    const end = text[at] === escapeCharacter ? text.indexOf(escapeCharacter, at + 1) : -1;
    const meant = end < 0 ? undefined : meaningOf(text.slice(at + 1, end), context, decodeBytes);
    plain += meant ?? text.charAt(at);
    if (meant !== undefined) at = end;
  }
  return plain;
}

function meaningOf(sequence: string, context: Hl7Context, decodeBytes: DecodeBytes): string | undefined {
  switch (sequence) {
    case 'E': return context.escapeCharacter;
    case 'F': return context.fieldSeparator;
    case 'S': return context.componentSeparator;
    case 'T': return context.subcomponentSeparator;
    case 'R': return context.repetitionSeparator;
    // Highlighting on and off says nothing about the value.
    case 'H': case 'N': return '';
    case '.br': case '.sp': return '\n';
  }
  return /^X(?:[0-9A-Fa-f]{2})+$/.test(sequence) ? decodeBytes(Buffer.from(sequence.slice(1), 'hex')) : undefined;
}
