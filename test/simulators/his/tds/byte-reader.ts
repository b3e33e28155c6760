/** The client sent something that is not TDS; the connection can not go on. */
export class ProtocolError extends Error {}

/** Reads a whole message; running past its end is a protocol error. */
export class ByteReader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  get remaining(): number {
    return this.#buffer.length - this.#at;
  }

  #take(bytes: number): number {
    if (bytes < 0 || this.remaining < bytes) throw new ProtocolError(`The message ends ${bytes - this.remaining} bytes early.`);
    const at = this.#at;
    this.#at += bytes;
    return at;
  }

  u8(): number { return this.#buffer.readUInt8(this.#take(1)); }
  u16(): number { return this.#buffer.readUInt16LE(this.#take(2)); }
  i16(): number { return this.#buffer.readInt16LE(this.#take(2)); }
  u32(): number { return this.#buffer.readUInt32LE(this.#take(4)); }
  i32(): number { return this.#buffer.readInt32LE(this.#take(4)); }
  u64(): bigint { return this.#buffer.readBigUInt64LE(this.#take(8)); }
  i64(): bigint { return this.#buffer.readBigInt64LE(this.#take(8)); }
  f32(): number { return this.#buffer.readFloatLE(this.#take(4)); }
  f64(): number { return this.#buffer.readDoubleLE(this.#take(8)); }

  bytes(length: number): Buffer {
    const at = this.#take(length);
    return this.#buffer.subarray(at, at + length);
  }

  wide(width: number): bigint {
    return this.bytes(width).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  }

  ucs2(characters: number): string {
    return this.bytes(characters * 2).toString('utf16le');
  }

  shortText(): string {
    return this.ucs2(this.u8());
  }

  skip(bytes: number): void {
    this.#take(bytes);
  }
}
