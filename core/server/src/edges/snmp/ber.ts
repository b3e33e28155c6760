/** BER as SNMP uses it (RFC 3417 8): definite lengths, tags of one byte. */

/** A value as it lies in the datagram: `bytes` is a view, so its place can be told from it. */
export type Element = { readonly tag: number; readonly bytes: Buffer };

export class Malformed extends Error {}

export const TAG = { integer: 0x02, octets: 0x04, null: 0x05, oid: 0x06, sequence: 0x30, gauge: 0x42, ticks: 0x43, counter: 0x41, counter64: 0x46, noSuchObject: 0x80, noSuchInstance: 0x81, endOfMib: 0x82 } as const;

/** RFC 2578 3.5. */
const LONGEST_OID = 128;

/** Everything in the content, one after another. @throws Malformed for a length that reaches past it */
export function elementsOf(bytes: Buffer): readonly Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const { tag, from, to } = headerAt(bytes, at);
    found.push({ tag, bytes: bytes.subarray(from, to) });
    at = to;
  }
  return found;
}

/** The first element, whatever follows it: a block cipher may pad. */
export function firstElement(bytes: Buffer): Element {
  const { tag, from, to } = headerAt(bytes, 0);
  return { tag, bytes: bytes.subarray(from, to) };
}

function headerAt(bytes: Buffer, at: number): { readonly tag: number; readonly from: number; readonly to: number } {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw new Malformed('no tag and length');
  const count = first & 0x7f;
  const isLong = first >= 0x80;
  if (isLong && (count === 0 || count > 4 || at + 2 + count > bytes.length)) throw new Malformed('a length that is none');
  const from = at + 2 + (isLong ? count : 0);
  const to = from + (isLong ? bytes.readUIntBE(at + 2, count) : count);
  if (to > bytes.length) throw new Malformed('a length that reaches past the end');
  return { tag, from, to };
}

export function as(tag: number, element: Element | undefined): Buffer {
  if (element?.tag !== tag) throw new Malformed(`not what was expected (${String(tag)})`);
  return element.bytes;
}

/** Of at most 32 bits. */
export function integerOf(element: Element | undefined): number {
  const bytes = as(TAG.integer, element);
  if (bytes.length === 0 || bytes.length > 4) throw new Malformed('an integer of no known size');
  return bytes.readIntBE(0, bytes.length);
}

export function oidOf(element: Element | undefined): readonly number[] {
  const numbers: number[] = [];
  let part = 0;
  let isOpen = false;
  for (const byte of as(TAG.oid, element)) {
    part = part * 128 + (byte & 0x7f);
    if (part > 0xffff_ffff) throw new Malformed('a part of a name that is too large');
    isOpen = byte >= 0x80;
    if (isOpen) continue;
    numbers.push(...(numbers.length === 0 ? [Math.min(2, Math.floor(part / 40)), part - 40 * Math.min(2, Math.floor(part / 40))] : [part]));
    part = 0;
  }
  if (isOpen || numbers.length === 0 || numbers.length > LONGEST_OID) throw new Malformed('a name that is none');
  return numbers;
}

export function write(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

export function writeInteger(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  let from = 0;
  // As short as its sign allows.
  while (from < 3 && ((bytes[from] === 0 && (bytes[from + 1] ?? 0) < 0x80) || (bytes[from] === 0xff && (bytes[from + 1] ?? 0) >= 0x80))) from += 1;
  return write(TAG.integer, bytes.subarray(from));
}

/** Gauge32, Counter32, TimeTicks, Counter64: never negative. */
export function writeUnsigned(tag: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(9);
  bytes.writeBigUInt64BE(value, 1);
  let from = 0;
  while (from < 8 && bytes[from] === 0 && (bytes[from + 1] ?? 0) < 0x80) from += 1;
  return write(tag, bytes.subarray(from));
}

export function writeOctets(value: string | Buffer): Buffer {
  return write(TAG.octets, typeof value === 'string' ? Buffer.from(value, 'utf8') : value);
}

export function writeOid(numbers: readonly number[]): Buffer {
  const [first = 0, second = 0, ...rest] = numbers;
  return write(TAG.oid, Buffer.from([first * 40 + second, ...rest].flatMap(sevens)));
}

function sevens(part: number): number[] {
  const found = [part % 128];
  for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128)) found.unshift((left % 128) | 0x80);
  return found;
}
