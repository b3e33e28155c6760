import { ProtocolError } from './byte-reader.js';

export const packetType = { batch: 0x01, rpc: 0x03, response: 0x04, attention: 0x06, bulk: 0x07, transaction: 0x0e, login: 0x10, prelogin: 0x12 } as const;

export interface Message {
  readonly type: number;
  readonly payload: Buffer;
  /** RESETCONNECTION on the first packet: the pool hands the connection to somebody else. */
  readonly reset: boolean;
}

const headerLength = 8;
const endOfMessage = 0x01;
const ignoreMessage = 0x02;
const resetConnection = 0x08 | 0x10;
const longestMessage = 16 * 1024 * 1024;

/** Puts packets back together into messages, however the bytes arrive. */
export class PacketReader {
  #pending: Buffer = Buffer.alloc(0);
  #parts: Buffer[] = [];
  #size = 0;
  #reset = false;

  push(chunk: Buffer): Message[] {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const messages: Message[] = [];
    while (this.#pending.length >= headerLength) {
      const length = this.#pending.readUInt16BE(2);
      if (length < headerLength) throw new ProtocolError('A packet shorter than its own header.');
      if (this.#pending.length < length) break;
      const message = this.#packet(this.#pending.subarray(0, length));
      this.#pending = this.#pending.subarray(length);
      if (message) messages.push(message);
    }
    return messages;
  }

  #packet(packet: Buffer): Message | undefined {
    const status = packet.readUInt8(1);
    if (this.#parts.length === 0) this.#reset = (status & resetConnection) !== 0;
    this.#parts.push(packet.subarray(headerLength));
    this.#size += packet.length;
    if (this.#size > longestMessage) throw new ProtocolError('The message is longer than 16 MiB.');
    if ((status & endOfMessage) === 0) return undefined;
    const payload = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#size = 0;
    // The client changed its mind while sending (cancel before the last packet).
    if ((status & ignoreMessage) !== 0) return { type: packetType.attention, payload: Buffer.alloc(0), reset: false };
    return { type: packet.readUInt8(0), payload, reset: this.#reset };
  }
}

/** Cuts a response into packets of the negotiated size. */
export function toPackets(payload: Buffer, options: { packetSize: number; spid: number; type?: number }): Buffer {
  const room = options.packetSize - headerLength;
  const packets: Buffer[] = [];
  for (let at = 0, id = 1; at === 0 || at < payload.length; at += room, id++) {
    const part = payload.subarray(at, at + room);
    const header = Buffer.alloc(headerLength);
    header.writeUInt8(options.type ?? packetType.response, 0);
    header.writeUInt8(at + room >= payload.length ? endOfMessage : 0, 1);
    header.writeUInt16BE(headerLength + part.length, 2);
    header.writeUInt16BE(options.spid, 4);
    header.writeUInt8(id % 256, 6);
    packets.push(header, part);
  }
  return Buffer.concat(packets);
}
