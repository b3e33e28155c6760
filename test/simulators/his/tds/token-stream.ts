import type { ResultSink } from '../engine/result-sink.js';
import type { SqlServerError } from '../engine/sql-server-error.js';
import { typeClass, type SqlType } from '../engine/sql-type.js';
import type { StoredValue } from '../engine/stored-value.js';
import type { ResultColumn } from '../engine/translator.js';
import { ByteWriter } from './byte-writer.js';
import { collation, writeTypeInfo, writeValue } from './wire-types.js';

const token = { returnStatus: 0x79, columns: 0x81, returnValue: 0xac, error: 0xaa, info: 0xab, loginAck: 0xad, row: 0xd1, nullBitmapRow: 0xd2, environment: 0xe3, done: 0xfd, doneProcedure: 0xfe, doneInProcedure: 0xff } as const;
const doneStatus = { more: 0x01, error: 0x02, inTransaction: 0x04, count: 0x10, attention: 0x20 } as const;
const environment = { database: 1, packetSize: 4, collation: 7, begin: 8, commit: 9, rollback: 10, reset: 18 } as const;

/** Writes the tokens of one response (MS-TDS 2.2.7); it is the sink a batch runs into. */
export class TokenStream implements ResultSink {
  readonly #writer = new ByteWriter();
  readonly #onTransaction: (change: 'begin' | 'commit' | 'rollback') => bigint;
  readonly #isOld: boolean;
  readonly #garble: (value: StoredValue, type: SqlType) => StoredValue;
  #columns: readonly ResultColumn[] = [];
  #endOfLastDone = -1;
  #failed = false;

  /** `onTransaction` answers the transaction's descriptor; `garble` is for a fault that spoils values. */
  constructor(options: { /** TDS 7.1: SQL Server 2000. */ isOld?: boolean; onTransaction: (change: 'begin' | 'commit' | 'rollback') => bigint; garble?: (value: StoredValue, type: SqlType) => StoredValue }) {
    this.#isOld = options.isOld ?? false;
    this.#onTransaction = options.onTransaction;
    this.#garble = options.garble ?? ((value) => value);
  }

  toBuffer(): Buffer {
    return this.#writer.toBuffer();
  }

  columns(columns: readonly ResultColumn[]): void {
    this.#columns = columns;
    this.#writer.u8(token.columns).u16(columns.length);
    for (const { name, type } of columns) {
      this.#userType();
      writeTypeInfo(this.#writer, type);
      this.#writer.shortText(name);
    }
  }

  #userType(): void {
    if (this.#isOld) this.#writer.u16(0);
    else this.#writer.u32(0);
    this.#writer.u16(0x01);
  }

  row(values: readonly StoredValue[]): void {
    if (this.#isOld) {
      this.#writer.u8(token.row);
      this.#columns.forEach(({ type }, index) => { writeValue(this.#writer, type, this.#spoiled(values[index] ?? null, type)); });
      return;
    }
    // Null bitmaps pay off only when something is null.
    const bitmap = Buffer.alloc(Math.ceil(this.#columns.length / 8));
    const anyNull = this.#columns.some((_column, index) => (values[index] ?? null) === null);
    if (anyNull) {
      this.#columns.forEach((_column, index) => {
        if ((values[index] ?? null) === null) bitmap.writeUInt8(bitmap.readUInt8(index >> 3) | (1 << (index & 7)), index >> 3);
      });
      this.#writer.u8(token.nullBitmapRow).bytes(bitmap);
    } else this.#writer.u8(token.row);
    this.#columns.forEach(({ type }, index) => {
      const value = values[index] ?? null;
      if (value !== null) writeValue(this.#writer, type, this.#garble(value, type));
    });
  }

  #spoiled(value: StoredValue, type: SqlType): StoredValue {
    return value === null ? null : this.#garble(value, type);
  }

  statementDone(done: { readonly count: number | undefined; readonly inProcedure: boolean }): void {
    this.#done(done.inProcedure ? token.doneInProcedure : token.done, doneStatus.more, done.count);
  }

  procedureDone(status: number): void {
    this.#writer.u8(token.returnStatus).i32(status);
    this.#done(token.doneProcedure, doneStatus.more, undefined);
  }

  error(error: SqlServerError): void {
    this.#failed = true;
    this.#message(token.error, { number: error.number, state: error.state, severity: error.severity, text: error.message, procedure: error.procedure, line: error.line });
  }

  message(message: { readonly number: number; readonly severity: number; readonly text: string }): void {
    this.#message(token.info, { ...message, state: 1, procedure: '', line: 1 });
  }

  #message(kind: number, { number, state, severity, text, procedure, line }: { number: number; state: number; severity: number; text: string; procedure: string; line: number }): void {
    const body = new ByteWriter().u32(number).u8(state).u8(severity).longText(text).shortText('HIS').shortText(procedure);
    if (this.#isOld) body.u16(line);
    else body.u32(line);
    const bytes = body.toBuffer();
    this.#writer.u8(kind).u16(bytes.length).bytes(bytes);
  }

  transaction(change: 'begin' | 'commit' | 'rollback'): void {
    // A server of 2000 does not tell its clients.
    if (this.#isOld) return;
    const descriptor = new ByteWriter().u64(this.#onTransaction(change)).toBuffer();
    const body = new ByteWriter().u8(environment[change]);
    if (change === 'begin') body.u8(8).bytes(descriptor).u8(0);
    else body.u8(0).u8(8).bytes(descriptor);
    this.#environment(body.toBuffer());
  }

  database(name: string): void {
    this.#environment(new ByteWriter().u8(environment.database).shortText(name).shortText(name).toBuffer());
    this.message({ number: 5701, severity: 10, text: `Changed database context to '${name}'.` });
  }

  packetSize(size: number): void {
    this.#environment(new ByteWriter().u8(environment.packetSize).shortText(String(size)).shortText('4096').toBuffer());
  }

  collation(): void {
    this.#environment(new ByteWriter().u8(environment.collation).u8(collation.length).bytes(collation).u8(0).toBuffer());
  }

  connectionReset(): void {
    this.#environment(new ByteWriter().u8(environment.reset).u8(0).u8(0).toBuffer());
  }

  #environment(body: Buffer): void {
    this.#writer.u8(token.environment).u16(body.length).bytes(body);
  }

  loginAck(tdsVersion: number): void {
    const body = new ByteWriter().u8(1).u32BigEndian(tdsVersion).shortText('Microsoft SQL Server').u8(11).u8(0).u8(0x1b).u8(0x59).toBuffer();
    this.#writer.u8(token.loginAck).u16(body.length).bytes(body);
  }

  returnValue(ordinal: number, name: string, type: SqlType, value: StoredValue): void {
    this.#writer.u8(token.returnValue).u16(ordinal).shortText(name).u8(0x01);
    this.#userType();
    writeTypeInfo(this.#writer, type);
    writeValue(this.#writer, type, this.#spoiled(value, type));
  }

  returnStatus(status: number): void {
    this.#writer.u8(token.returnStatus).i32(status);
  }

  /** Ends the response of a batch: its last DONE loses the "more" bit, or one is added. */
  endBatch(): void {
    if (this.#endOfLastDone === this.#writer.length && this.#writer.length > 0 && !this.#failed) {
      const statusAt = this.#writer.length - (this.#isOld ? 8 : 12);
      this.#writer.patchU16(statusAt, this.#lastStatus & ~doneStatus.more);
    } else this.#done(token.done, this.#failed ? doneStatus.error : 0, undefined);
  }

  endProcedure(): void {
    this.#done(token.doneProcedure, this.#failed ? doneStatus.error : 0, undefined);
  }

  endPlain(): void {
    this.#done(token.done, this.#failed ? doneStatus.error : 0, undefined);
  }

  acknowledgeAttention(): void {
    this.#done(token.done, doneStatus.attention, undefined);
  }

  #lastStatus = 0;

  #done(kind: number, status: number, count: number | undefined): void {
    this.#lastStatus = status | (count === undefined ? 0 : doneStatus.count);
    this.#writer.u8(kind).u16(this.#lastStatus).u16(count === undefined ? 0 : 0xc1);
    if (this.#isOld) this.#writer.u32(count ?? 0);
    else this.#writer.u64(BigInt(count ?? 0));
    // Only a plain DONE may end a batch.
    this.#endOfLastDone = kind === token.done ? this.#writer.length : -1;
  }
}

/** What a broken HIS might put where a value was: never what the caller hoped for. */
export function garbledValue(value: StoredValue, type: SqlType): StoredValue {
  switch (typeClass(type)) {
    case 'string': return '\u0001锟斤拷#烫烫'.slice(0, Math.max(1, Math.min(type.length < 0 ? 8 : Math.floor(type.length / 2), 8)));
    case 'integer': return type.name === 'bit' ? value : 77n;
    case 'decimal': return -1n;
    case 'float': return Number.MIN_VALUE;
    case 'binary': case 'time': case 'guid': return value;
  }
}
