import type { CallArgument } from '../engine/call.js';
import { ByteReader, ProtocolError } from './byte-reader.js';
import { readTypeInfo, readValue } from './wire-types.js';

export interface ProcedureCall {
  readonly name: string;
  readonly given: readonly CallArgument[];
}

export type TransactionRequest =
  | { readonly kind: 'begin' }
  | { readonly kind: 'commit' | 'rollback'; readonly name: string; readonly thenBegin: boolean }
  | { readonly kind: 'save'; readonly name: string };

/** ALL_HEADERS: only its length matters here, MARS being off. TDS 7.1 has none. */
function skipHeaders(reader: ByteReader, hasHeaders: boolean): void {
  if (!hasHeaders) return;
  const length = reader.u32();
  if (length < 4) throw new ProtocolError('ALL_HEADERS is shorter than its own length.');
  reader.skip(length - 4);
}

export function readBatch(payload: Buffer, hasHeaders: boolean): string {
  const reader = new ByteReader(payload);
  skipHeaders(reader, hasHeaders);
  return reader.bytes(reader.remaining - (reader.remaining % 2)).toString('utf16le');
}

/** RPC by name or by the number of a special procedure. Source: MS-TDS 2.2.6.6. */
export function readProcedureCall(payload: Buffer, hasHeaders: boolean): ProcedureCall {
  const reader = new ByteReader(payload);
  skipHeaders(reader, hasHeaders);
  const length = reader.u16();
  const name = length === 0xffff ? specialName(reader.u16()) : reader.ucs2(length);
  reader.skip(2);
  const given: CallArgument[] = [];
  while (reader.remaining > 0) {
    const parameter = reader.shortText();
    const flags = reader.u8();
    const wire = readTypeInfo(reader);
    const value = readValue(reader, wire);
    const byDefault = (flags & 0x02) !== 0;
    given.push({ name: parameter === '' ? undefined : parameter, given: byDefault ? undefined : { type: wire.type, value }, output: (flags & 0x01) !== 0 });
  }
  return { name, given };
}

const specialNames = new Map([[10, 'sp_executesql'], [11, 'sp_prepare'], [12, 'sp_execute'], [13, 'sp_prepexec'], [15, 'sp_unprepare']]);

function specialName(number: number): string {
  return specialNames.get(number) ?? `sp_number_${number}`;
}

/** Transaction manager request. Source: MS-TDS 2.2.6.9. Undefined for the distributed kinds. */
export function readTransactionRequest(payload: Buffer): TransactionRequest | undefined {
  const reader = new ByteReader(payload);
  skipHeaders(reader, true);
  const readName = (): string => reader.bytes(reader.u8()).toString('utf16le');
  switch (reader.u16()) {
    case 5: return { kind: 'begin' };
    case 7: return { kind: 'commit', name: readName(), thenBegin: (reader.remaining > 0 ? reader.u8() : 0) === 1 };
    case 8: return { kind: 'rollback', name: readName(), thenBegin: (reader.remaining > 0 ? reader.u8() : 0) === 1 };
    case 9: return { kind: 'save', name: readName() };
    default: return undefined;
  }
}
