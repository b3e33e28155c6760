import type { Duplex } from 'node:stream';

/**
 * Ends a connection as soon as an MQTT packet announces more bytes than allowed. The broker library would first collect all of them (up to
 * 256 MiB). Follows the framing only: one byte of type, one to four bytes of remaining length, then that many bytes.
 */
export function refuseOversizedPackets(connection: Duplex, largestPacketBytes: number, onRefused: (announcedBytes: number) => void): void {
  const frame = new PacketFrame();
  const read = connection.read.bind(connection);
  // The library pulls with `read`, so the bytes are counted on their way to it and never stored twice.
  connection.read = (size?: number): unknown => {
    const chunk: unknown = read(size);
    if (!(chunk instanceof Uint8Array)) return chunk;
    const announced = frame.largestAnnounced(chunk);
    if (announced <= largestPacketBytes) return chunk;
    onRefused(announced);
    connection.destroy();
    return null;
  };
}

class PacketFrame {
  #bytesToSkip = 0;
  #inHeader: 'type' | 'length' = 'type';
  #length = 0;
  #shift = 0;

  /** The largest packet length that begins in this chunk; Infinity when the length field itself is malformed. */
  largestAnnounced(chunk: Uint8Array): number {
    let largest = 0;
    let index = 0;
    while (index < chunk.length) {
      if (this.#bytesToSkip > 0) {
        const skipped = Math.min(this.#bytesToSkip, chunk.length - index);
        this.#bytesToSkip -= skipped;
        index += skipped;
        continue;
      }
      const byte = chunk[index] ?? 0;
      index += 1;
      if (this.#inHeader === 'type') {
        this.#inHeader = 'length';
        this.#length = 0;
        this.#shift = 0;
        continue;
      }
      this.#length += (byte & 0x7f) * 2 ** this.#shift;
      this.#shift += 7;
      if ((byte & 0x80) !== 0) {
        if (this.#shift >= 28) return Infinity;
        continue;
      }
      this.#inHeader = 'type';
      this.#bytesToSkip = this.#length;
      largest = Math.max(largest, this.#length);
    }
    return largest;
  }
}
