/** Structured clones over a socket, each after its length: what the IPC channel of Node does between a process and its child, for a process that is nobody's child. */
import type { Duplex } from 'node:stream';
import { deserialize, serialize } from 'node:v8';

const HEAD_BYTES = 4;

/** @param longestBytes a frame that says it is longer is none, and nothing of it is kept. @param broken told then, and when what comes is no frame: nothing after it can be understood */
export function readFrames(stream: Duplex, longestBytes: number, heard: (message: unknown) => void, broken: (reason: string) => void): void {
  let parts: Buffer[] = [];
  let bytes = 0;
  let isBroken = false;
  stream.on('data', (chunk: Buffer) => {
    if (isBroken) return;
    parts.push(chunk);
    bytes += chunk.length;
    let length = lengthOf(parts, bytes);
    if (length === undefined || (length <= longestBytes && bytes < HEAD_BYTES + length)) return;
    let rest = parts.length === 1 ? chunk : Buffer.concat(parts, bytes);
    while (length !== undefined && (length > longestBytes || rest.length >= HEAD_BYTES + length)) {
      try {
        if (length > longestBytes) throw new Error(`a frame of ${String(length)} bytes`);
        heard(deserialize(rest.subarray(HEAD_BYTES, HEAD_BYTES + length)));
      } catch (error) {
        isBroken = true;
        broken(error instanceof Error ? error.message : 'not understood');
        return;
      }
      rest = rest.subarray(HEAD_BYTES + length);
      length = lengthOf([rest], rest.length);
    }
    parts = rest.length === 0 ? [] : [rest];
    bytes = rest.length;
  });
}

export function frameOf(message: unknown): Buffer {
  const body = serialize(message);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

function lengthOf(parts: readonly Buffer[], bytes: number): number | undefined {
  if (bytes < HEAD_BYTES) return undefined;
  const [first] = parts;
  return (first !== undefined && first.length >= HEAD_BYTES ? first : Buffer.concat(parts, bytes)).readUInt32BE(0);
}
