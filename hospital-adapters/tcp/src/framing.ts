/** Where one answer ends in the bytes of a connection. A Chinese character may be cut between two reads: bytes become text only when all are there. */
import { encodeText, type Charset } from '@hospay/plugin-sdk/his-mapping';
import type { Framing } from './mapping-schema.js';

export function frameRequest(text: Buffer, framing: Framing, charset: Charset): Buffer {
  switch (framing.kind) {
    case 'close': return text;
    case 'terminator': return Buffer.concat([text, encodeText(framing.text, charset)]);
    case 'length': {
      const size = lengthSize(framing);
      const length = text.length + (framing.counts === 'whole' ? size : 0);
      if (framing.bytes === undefined) return Buffer.concat([Buffer.from(length.toString().padStart(size, '0'), 'latin1'), text]);
      const prefix = Buffer.alloc(size);
      prefix.writeUIntBE(length, 0, size);
      return Buffer.concat([prefix, text]);
    }
  }
}

export type Frame =
  | { readonly kind: 'more' }
  | { readonly kind: 'whole'; readonly text: Buffer; /** What came behind it. */ readonly rest: Buffer }
  | { readonly kind: 'garbled'; readonly reason: string };

/** @param ended the other side has closed the connection properly */
export function readFrame(bytes: Buffer, framing: Framing, { charset, ended }: { readonly charset: Charset; readonly ended: boolean }): Frame {
  switch (framing.kind) {
    case 'close': return ended ? { kind: 'whole', text: bytes, rest: Buffer.alloc(0) } : { kind: 'more' };
    case 'terminator': return untilTerminator(bytes, encodeText(framing.text, charset));
    case 'length': return byLength(bytes, framing);
  }
}

function untilTerminator(bytes: Buffer, terminator: Buffer): Frame {
  const at = bytes.indexOf(terminator);
  return at === -1 ? { kind: 'more' } : { kind: 'whole', text: bytes.subarray(0, at), rest: bytes.subarray(at + terminator.length) };
}

function byLength(bytes: Buffer, framing: Extract<Framing, { kind: 'length' }>): Frame {
  const size = lengthSize(framing);
  if (bytes.length < size) return { kind: 'more' };
  const told = framing.bytes === undefined ? digitsOf(bytes.subarray(0, size)) : bytes.readUIntBE(0, size);
  if (told === undefined) return { kind: 'garbled', reason: 'the answer does not begin with its length' };
  const end = told + (framing.counts === 'whole' ? 0 : size);
  if (end < size) return { kind: 'garbled', reason: 'the length of the answer is none' };
  return bytes.length < end ? { kind: 'more' } : { kind: 'whole', text: bytes.subarray(size, end), rest: bytes.subarray(end) };
}

function lengthSize({ digits, bytes }: Extract<Framing, { kind: 'length' }>): number {
  return digits ?? bytes ?? 0;
}

function digitsOf(bytes: Buffer): number | undefined {
  const text = bytes.toString('latin1').trim();
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
