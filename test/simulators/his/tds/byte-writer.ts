/** Grows as it is written; little-endian unless the name says otherwise. */
export class ByteWriter {
  #buffer = Buffer.alloc(512);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  #room(bytes: number): number {
    const at = this.#length;
    if (at + bytes > this.#buffer.length) {
      const grown = Buffer.alloc(Math.max(this.#buffer.length * 2, at + bytes));
      this.#buffer.copy(grown, 0, 0, at);
      this.#buffer = grown;
    }
    this.#length += bytes;
    return at;
  }

  u8(value: number): this { const at = this.#room(1); this.#buffer.writeUInt8(value, at); return this; }
  u16(value: number): this { const at = this.#room(2); this.#buffer.writeUInt16LE(value, at); return this; }
  i16(value: number): this { const at = this.#room(2); this.#buffer.writeInt16LE(value, at); return this; }
  u32(value: number): this { const at = this.#room(4); this.#buffer.writeUInt32LE(value, at); return this; }
  i32(value: number): this { const at = this.#room(4); this.#buffer.writeInt32LE(value, at); return this; }
  u64(value: bigint): this { const at = this.#room(8); this.#buffer.writeBigUInt64LE(value, at); return this; }
  i64(value: bigint): this { const at = this.#room(8); this.#buffer.writeBigInt64LE(value, at); return this; }
  f32(value: number): this { const at = this.#room(4); this.#buffer.writeFloatLE(value, at); return this; }
  f64(value: number): this { const at = this.#room(8); this.#buffer.writeDoubleLE(value, at); return this; }
  u32BigEndian(value: number): this { const at = this.#room(4); this.#buffer.writeUInt32BE(value, at); return this; }

  bytes(value: Uint8Array): this {
    const at = this.#room(value.length);
    this.#buffer.set(value, at);
    return this;
  }

  /** An unsigned little-endian integer of any width. */
  wide(value: bigint, width: number): this {
    for (let index = 0; index < width; index++) this.u8(Number((value >> BigInt(index * 8)) & 0xffn));
    return this;
  }

  ucs2(text: string): this {
    return this.bytes(Buffer.from(text, 'utf16le'));
  }

  /** B_VARCHAR: one length byte, counted in characters. */
  shortText(text: string): this {
    const cut = text.slice(0, 255);
    return this.u8(cut.length).ucs2(cut);
  }

  /** US_VARCHAR: a two-byte length, counted in characters. */
  longText(text: string): this {
    const cut = text.slice(0, 4000);
    return this.u16(cut.length).ucs2(cut);
  }

  patchU16(at: number, value: number): void {
    this.#buffer.writeUInt16LE(value, at);
  }

  toBuffer(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length));
  }
}
