import iconv from 'iconv-lite';
import { clockText, dateText, dayNumber, dayNumberOf1900, fromDayNumber, parseTimeText, ticksPerDay } from '../engine/calendar.js';
import { timeToStored } from '../engine/convert-value.js';
import { notSupported } from '../engine/sql-server-error.js';
import { bigintType, bitType, datetimeType, floatType, intType, isNational, maxLength, moneyType, nvarcharType, sqlType, typeClass, varcharType, type SqlType } from '../engine/sql-type.js';
import type { StoredValue } from '../engine/stored-value.js';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';

/** Chinese_PRC_CI_AS: LCID 0x0804, ignoring case, kana and width; code page 936. */
export const collation = Buffer.from([0x04, 0x08, 0xd0, 0x00, 0x00]);
const codePage = 'cp936';

/** TYPE_INFO as a server writes it: always the nullable form. Source: MS-TDS 2.2.5.4 to 2.2.5.6. */
export function writeTypeInfo(writer: ByteWriter, type: SqlType): void {
  switch (type.name) {
    case 'bit': writer.u8(0x68).u8(1); return;
    case 'tinyint': writer.u8(0x26).u8(1); return;
    case 'smallint': writer.u8(0x26).u8(2); return;
    case 'int': writer.u8(0x26).u8(4); return;
    case 'bigint': writer.u8(0x26).u8(8); return;
    case 'decimal': case 'numeric':
      writer.u8(type.name === 'decimal' ? 0x6a : 0x6c).u8(decimalBytes(type.precision) + 1).u8(type.precision).u8(type.scale);
      return;
    case 'money': writer.u8(0x6e).u8(8); return;
    case 'smallmoney': writer.u8(0x6e).u8(4); return;
    case 'float': writer.u8(0x6d).u8(8); return;
    case 'real': writer.u8(0x6d).u8(4); return;
    case 'char': case 'varchar': case 'nchar': case 'nvarchar':
      writer.u8(textTypes[type.name]).u16(isLong(type) ? 0xffff : byteLength(type)).bytes(collation);
      return;
    case 'binary': case 'varbinary': writer.u8(type.name === 'binary' ? 0xad : 0xa5).u16(isLong(type) ? 0xffff : type.length); return;
    case 'date': writer.u8(0x28); return;
    case 'time': writer.u8(0x29).u8(type.scale); return;
    case 'datetime2': writer.u8(0x2a).u8(type.scale); return;
    case 'datetime': writer.u8(0x6f).u8(8); return;
    case 'smalldatetime': writer.u8(0x6f).u8(4); return;
    case 'uniqueidentifier': writer.u8(0x24).u8(16); return;
  }
}

const textTypes = { char: 0xaf, varchar: 0xa7, nchar: 0xef, nvarchar: 0xe7 } as const;

function byteLength(type: SqlType): number {
  return isNational(type) ? type.length * 2 : type.length;
}

/** (max), and anything computed to be longer than a row may hold. */
function isLong(type: SqlType): boolean {
  return type.length === maxLength || byteLength(type) > 8000;
}

function decimalBytes(precision: number): number {
  return precision <= 9 ? 4 : precision <= 19 ? 8 : precision <= 28 ? 12 : 16;
}

export function writeValue(writer: ByteWriter, type: SqlType, value: StoredValue): void {
  switch (typeClass(type)) {
    case 'string':
      writeBytes(writer, type, value === null ? null : isNational(type) ? Buffer.from(String(value), 'utf16le') : iconv.encode(String(value), codePage));
      return;
    case 'binary':
      writeBytes(writer, type, value instanceof Uint8Array ? value : null);
      return;
    case 'integer': case 'decimal': case 'float': case 'time': case 'guid':
      if (value === null) writer.u8(0);
      else writeShortValue(writer, type, value);
  }
}

function writeBytes(writer: ByteWriter, type: SqlType, bytes: Uint8Array | null): void {
  if (isLong(type)) {
    if (bytes === null) { writer.u64(0xffff_ffff_ffff_ffffn); return; }
    writer.u64(BigInt(bytes.length));
    if (bytes.length > 0) writer.u32(bytes.length).bytes(bytes);
    writer.u32(0);
  } else if (bytes === null) writer.u16(0xffff);
  else writer.u16(bytes.length).bytes(bytes);
}

function writeShortValue(writer: ByteWriter, type: SqlType, value: NonNullable<StoredValue>): void {
  const width = shortWidths[type.name];
  if (width === undefined) writeTime(writer, type, String(value));
  else if (type.name === 'uniqueidentifier') writer.u8(width).bytes(guidBytes(String(value)));
  else if (type.name === 'float') writer.u8(width).f64(Number(value));
  else if (type.name === 'real') writer.u8(width).f32(Number(value));
  else writeWhole(writer, type, { width, whole: typeof value === 'bigint' ? value : BigInt(Math.trunc(Number(value)) || 0) });
}

const shortWidths: Partial<Record<SqlType['name'], number>> = {
  bit: 1, tinyint: 1, smallint: 2, int: 4, bigint: 8, smallmoney: 4, money: 8, float: 8, real: 4, uniqueidentifier: 16, decimal: 0, numeric: 0,
};

function writeWhole(writer: ByteWriter, type: SqlType, { width, whole }: { width: number; whole: bigint }): void {
  if (type.name === 'decimal' || type.name === 'numeric') {
    const bytes = decimalBytes(type.precision);
    writer.u8(bytes + 1).u8(whole < 0n ? 0 : 1).wide(whole < 0n ? -whole : whole, bytes);
  } else if (type.name === 'money') {
    // The high half comes first.
    writer.u8(width).i32(Number(whole >> 32n)).u32(Number(whole & 0xffff_ffffn));
  } else writer.u8(width).wide(BigInt.asUintN(width * 8, whole), width);
}

function writeTime(writer: ByteWriter, type: SqlType, stored: string): void {
  const time = parseTimeText(stored);
  if (!time) { writer.u8(0); return; }
  const days = dayNumber(time);
  const ticks = time.ticks / 10n ** BigInt(7 - type.scale);
  if (type.name === 'date') writer.u8(3).wide(BigInt(days), 3);
  else if (type.name === 'time') writer.u8(timeBytes(type.scale)).wide(ticks, timeBytes(type.scale));
  else if (type.name === 'datetime2') writer.u8(timeBytes(type.scale) + 3).wide(ticks, timeBytes(type.scale)).wide(BigInt(days), 3);
  else if (type.name === 'datetime') writer.u8(8).i32(days - dayNumberOf1900).u32(Number((time.ticks * 3n + 50_000n) / 100_000n));
  else writer.u8(4).u16(days - dayNumberOf1900).u16(Number(time.ticks / 600_000_000n));
}

function timeBytes(scale: number): number {
  return scale <= 2 ? 3 : scale <= 4 ? 4 : 5;
}

/** The first three groups of a GUID travel little-endian. */
function guidBytes(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

/** What a client declared for one parameter, and how its value is laid out. */
export interface WireType {
  readonly type: SqlType;
  readonly layout: 'fixed' | 'byteLength' | 'shortLength' | 'partial' | 'longLength' | 'null';
  readonly size: number;
}

export function readTypeInfo(reader: ByteReader): WireType {
  const id = reader.u8();
  const fixed = fixedTypes.get(id);
  if (fixed) return { type: fixed.type, layout: 'fixed', size: fixed.size };
  switch (id) {
    case 0x1f: return { type: intType, layout: 'null', size: 0 };
    case 0x26: {
      const size = reader.u8();
      return { type: sqlType(size === 1 ? 'tinyint' : size === 2 ? 'smallint' : size === 8 ? 'bigint' : 'int'), layout: 'byteLength', size };
    }
    case 0x68: return { type: bitType, layout: 'byteLength', size: reader.u8() };
    case 0x6d: {
      const size = reader.u8();
      return { type: size === 4 ? sqlType('real') : floatType, layout: 'byteLength', size };
    }
    case 0x6e: {
      const size = reader.u8();
      return { type: size === 4 ? sqlType('smallmoney', { precision: 10, scale: 4 }) : moneyType, layout: 'byteLength', size };
    }
    case 0x6f: {
      const size = reader.u8();
      return { type: size === 4 ? sqlType('smalldatetime') : datetimeType, layout: 'byteLength', size };
    }
    case 0x6a: case 0x6c: {
      const size = reader.u8();
      return { type: sqlType(id === 0x6a ? 'decimal' : 'numeric', { precision: reader.u8(), scale: reader.u8() }), layout: 'byteLength', size };
    }
    case 0x24: return { type: sqlType('uniqueidentifier'), layout: 'byteLength', size: reader.u8() };
    case 0x28: return { type: sqlType('date'), layout: 'byteLength', size: 3 };
    case 0x29: return { type: sqlType('time', { scale: reader.u8() }), layout: 'byteLength', size: 5 };
    case 0x2a: return { type: sqlType('datetime2', { scale: reader.u8() }), layout: 'byteLength', size: 8 };
    case 0xaf: case 0xa7: case 0xef: case 0xe7: {
      const size = reader.u16();
      reader.skip(collation.length);
      const national = id === 0xef || id === 0xe7;
      const length = size === 0xffff ? maxLength : national ? size / 2 : size;
      return { type: sqlType(national ? (id === 0xef ? 'nchar' : 'nvarchar') : id === 0xaf ? 'char' : 'varchar', { length }), layout: size === 0xffff ? 'partial' : 'shortLength', size };
    }
    case 0xad: case 0xa5: {
      const size = reader.u16();
      return { type: sqlType(id === 0xad ? 'binary' : 'varbinary', { length: size === 0xffff ? maxLength : size }), layout: size === 0xffff ? 'partial' : 'shortLength', size };
    }
    case 0x23: case 0x63:
      reader.skip(4 + collation.length);
      return { type: id === 0x63 ? nvarcharType(maxLength) : varcharType(maxLength), layout: 'longLength', size: 0 };
    case 0x22:
      reader.skip(4);
      return { type: sqlType('varbinary', { length: maxLength }), layout: 'longLength', size: 0 };
    default:
      throw notSupported(`parameters of TDS type 0x${id.toString(16)}`);
  }
}

const fixedTypes: ReadonlyMap<number, { readonly type: SqlType; readonly size: number }> = new Map([
  [0x30, { type: sqlType('tinyint'), size: 1 }], [0x32, { type: bitType, size: 1 }], [0x34, { type: sqlType('smallint'), size: 2 }], [0x38, { type: intType, size: 4 }],
  [0x7f, { type: bigintType, size: 8 }], [0x3e, { type: floatType, size: 8 }], [0x3b, { type: sqlType('real'), size: 4 }], [0x3c, { type: moneyType, size: 8 }],
  [0x7a, { type: sqlType('smallmoney', { precision: 10, scale: 4 }), size: 4 }], [0x3d, { type: datetimeType, size: 8 }], [0x3a, { type: sqlType('smalldatetime'), size: 4 }],
]);

export function readValue(reader: ByteReader, wire: WireType): StoredValue {
  const bytes = readLayout(reader, wire);
  return bytes === null ? null : decode(reader, wire.type, bytes);
}

type Bytes = { readonly reader: ByteReader; readonly length: number } | null;

function readLayout(reader: ByteReader, wire: WireType): Bytes {
  switch (wire.layout) {
    case 'null': return null;
    case 'fixed': return { reader, length: wire.size };
    case 'byteLength': {
      const length = reader.u8();
      return length === 0 ? null : { reader, length };
    }
    case 'shortLength': {
      const length = reader.u16();
      return length === 0xffff ? null : { reader, length };
    }
    case 'longLength': {
      const length = reader.u32();
      return length === 0xffff_ffff ? null : { reader, length };
    }
    case 'partial': {
      const announced = reader.u64();
      return announced === 0xffff_ffff_ffff_ffffn ? null : { reader, length: -1 };
    }
  }
}

function decode(reader: ByteReader, type: SqlType, { length }: NonNullable<Bytes>): StoredValue {
  switch (type.name) {
    case 'bit': return reader.u8() === 0 ? 0n : 1n;
    case 'tinyint': return BigInt(reader.u8());
    case 'smallint': return BigInt(reader.i16());
    case 'int': return BigInt(reader.i32());
    case 'bigint': return reader.i64();
    case 'float': return reader.f64();
    case 'real': return reader.f32();
    case 'money': {
      const high = BigInt(reader.i32());
      return (high << 32n) | BigInt(reader.u32());
    }
    case 'smallmoney': return BigInt(reader.i32());
    case 'decimal': case 'numeric': {
      const positive = reader.u8() === 1;
      const magnitude = reader.wide(length - 1);
      return positive ? magnitude : -magnitude;
    }
    case 'uniqueidentifier': return guidText(reader.bytes(16));
    case 'char': case 'varchar': return iconv.decode(readBlock(reader, length), codePage);
    case 'nchar': case 'nvarchar': return readBlock(reader, length).toString('utf16le');
    case 'binary': case 'varbinary': return new Uint8Array(readBlock(reader, length));
    case 'date': return dateText(fromDayNumber(Number(reader.wide(3)), 0n));
    case 'time': return clockText(reader.wide(length) * 10n ** BigInt(7 - type.scale), type.scale);
    case 'datetime2': {
      const ticks = reader.wide(length - 3) * 10n ** BigInt(7 - type.scale);
      return timeToStored(fromDayNumber(Number(reader.wide(3)), ticks % ticksPerDay), type);
    }
    case 'datetime': {
      const days = reader.i32();
      return timeToStored(fromDayNumber(dayNumberOf1900 + days, (BigInt(reader.u32()) * 100_000n) / 3n), type);
    }
    case 'smalldatetime': {
      const days = reader.u16();
      return timeToStored(fromDayNumber(dayNumberOf1900 + days, BigInt(reader.u16()) * 600_000_000n), type);
    }
  }
}

function readBlock(reader: ByteReader, length: number): Buffer {
  if (length >= 0) return Buffer.from(reader.bytes(length));
  const chunks: Buffer[] = [];
  for (let size = reader.u32(); size > 0; size = reader.u32()) chunks.push(reader.bytes(size));
  return Buffer.concat(chunks);
}

function guidText(bytes: Buffer): string {
  const copy = Buffer.from(bytes);
  copy.subarray(0, 4).reverse();
  copy.subarray(4, 6).reverse();
  copy.subarray(6, 8).reverse();
  const hex = copy.toString('hex').toUpperCase();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
