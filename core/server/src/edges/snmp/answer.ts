/** What is answered to a request that has proved who asks: read, the next, many of them; nothing is ever set (RFC 3416). */
import { assertNever } from '../../domain/assert-never.js';
import { as, elementsOf, integerOf, oidOf, TAG, write, writeInteger, writeOctets, writeOid, writeUnsigned, type Element } from './ber.js';

export type Oid = readonly number[];
export type SnmpValue =
  | { readonly kind: 'integer' | 'gauge' | 'ticks'; readonly value: number }
  | { readonly kind: 'counter64'; readonly value: bigint }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'oid'; readonly value: Oid };
export type Variable = { readonly oid: Oid; readonly value: SnmpValue };

export const PDU = { get: 0xa0, getNext: 0xa1, response: 0xa2, set: 0xa3, getBulk: 0xa5, report: 0xa8 } as const;
const TOO_BIG = 1;
const NOT_WRITABLE = 17;
const LARGEST_GAUGE = 0xffff_ffff;

/** Undefined: not a request. `variables` in their order; `room`: bytes for names and values. @throws Malformed */
export function answerRequest(pdu: Element, variables: readonly Variable[], room: number): Buffer | undefined {
  const [request, second, third, list] = elementsOf(pdu.bytes);
  const requestId = integerOf(request);
  const bindings = elementsOf(as(TAG.sequence, list));
  const names = bindings.map((binding) => oidOf(elementsOf(as(TAG.sequence, binding))[0]));
  const respond = (bound: readonly Buffer[], status = 0, index = 0): Buffer => write(PDU.response, writeInteger(requestId), writeInteger(status), writeInteger(index), write(TAG.sequence, ...bound));
  const whole = (bound: readonly Buffer[], status = 0, index = 0): Buffer => (bytesOf(bound) > room ? respond([], TOO_BIG) : respond(bound, status, index));
  switch (pdu.tag) {
    case PDU.get: return whole(names.map((name) => found(name, variables)));
    case PDU.getNext: return whole(names.map((name) => next(name, variables).bound));
    case PDU.set: return whole(bindings.map(({ tag, bytes }) => write(tag, bytes)), NOT_WRITABLE, Math.min(1, names.length));
    case PDU.getBulk: return respond(many(names, { once: Math.max(0, integerOf(second)), repetitions: Math.max(0, integerOf(third)) }, variables, room));
    default: return undefined;
  }
}

/** As many rounds as were asked for, fit, and have something. */
function many(names: readonly Oid[], { once, repetitions }: { readonly once: number; readonly repetitions: number }, variables: readonly Variable[], room: number): readonly Buffer[] {
  const bound: Buffer[] = [];
  let left = room;
  const add = (binding: Buffer): boolean => {
    left -= binding.length;
    if (left >= 0) bound.push(binding);
    return left >= 0;
  };
  for (const name of names.slice(0, once)) if (!add(next(name, variables).bound)) return bound;
  let at = names.slice(once);
  for (let round = 0; round < repetitions && at.length > 0; round += 1) {
    const told = at.map((name) => next(name, variables));
    for (const { bound: binding } of told) if (!add(binding)) return bound;
    if (told.every(({ isEnd }) => isEnd)) return bound;
    at = told.map(({ oid }) => oid);
  }
  return bound;
}

function found(name: Oid, variables: readonly Variable[]): Buffer {
  const variable = variables.find(({ oid }) => compareOids(oid, name) === 0);
  if (variable !== undefined) return bind(name, encode(variable.value));
  const isKnown = variables.some(({ oid }) => oid.length >= name.length && name.slice(0, -1).every((part, index) => oid[index] === part));
  return bind(name, write(isKnown ? TAG.noSuchInstance : TAG.noSuchObject));
}

function next(name: Oid, variables: readonly Variable[]): { readonly oid: Oid; readonly bound: Buffer; readonly isEnd: boolean } {
  const variable = variables.find(({ oid }) => compareOids(oid, name) > 0);
  return variable === undefined ? { oid: name, bound: bind(name, write(TAG.endOfMib)), isEnd: true } : { oid: variable.oid, bound: bind(variable.oid, encode(variable.value)), isEnd: false };
}

export function compareOids(one: Oid, other: Oid): number {
  const at = one.findIndex((part, index) => part !== other[index]);
  if (at === -1) return one.length - other.length;
  const theirs = other[at];
  return theirs === undefined ? 1 : (one[at] ?? 0) - theirs;
}

function bind(name: Oid, value: Buffer): Buffer {
  return write(TAG.sequence, writeOid(name), value);
}

function encode(value: SnmpValue): Buffer {
  switch (value.kind) {
    case 'integer': return writeInteger(value.value);
    case 'gauge': return writeUnsigned(TAG.gauge, BigInt(Math.min(LARGEST_GAUGE, Math.max(0, Math.round(value.value)))));
    case 'ticks': return writeUnsigned(TAG.ticks, BigInt(Math.floor(value.value) % (LARGEST_GAUGE + 1)));
    case 'counter64': return writeUnsigned(TAG.counter64, value.value);
    case 'text': return writeOctets(value.value);
    case 'oid': return writeOid(value.value);
    default: return assertNever(value);
  }
}

function bytesOf(buffers: readonly Buffer[]): number {
  return buffers.reduce((sum, { length }) => sum + length, 0);
}
