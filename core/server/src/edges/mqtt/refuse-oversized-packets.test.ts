import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import test from 'node:test';
import { refuseOversizedPackets } from './refuse-oversized-packets.js';

/** An MQTT PUBLISH of this many bytes after its header. */
function packet(length: number): Buffer {
  const header = [0x30];
  for (let left = length; ; left = Math.floor(left / 128)) {
    header.push(left >= 128 ? (left % 128) | 0x80 : left);
    if (left < 128) break;
  }
  return Buffer.concat([Buffer.from(header), Buffer.alloc(length, 0xff)]);
}

function feed(chunks: readonly Buffer[]): { readonly passed: number; readonly refused: number | undefined } {
  const stream = new PassThrough({ highWaterMark: 1_000_000 });
  let refused: number | undefined;
  let passed = 0;
  refuseOversizedPackets(stream, 1_000, (bytes) => (refused = bytes));
  for (const chunk of chunks) {
    if (stream.destroyed) break;
    stream.write(chunk);
    const read: unknown = stream.read();
    if (read instanceof Uint8Array) passed += read.byteLength;
  }
  return { passed, refused };
}
const split = (bytes: Buffer, size: number) => Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));

test('packets within the limit pass, whole, joined or byte by byte', () => {
  const bytes = Buffer.concat([packet(0), packet(127), packet(128), packet(1_000), packet(5)]);
  for (const size of [1, 7, bytes.length]) assert.deepEqual(feed(split(bytes, size)), { passed: bytes.length, refused: undefined });
});

test('a packet that announces more is refused before its bytes arrive', () => {
  for (const size of [1, 4, 5_000]) {
    const { passed, refused } = feed(split(Buffer.concat([packet(500), packet(1_001)]), size));
    assert.equal(refused, 1_001);
    assert.ok(passed < 600);
  }
});

test('a length field that never ends is refused', () => {
  assert.equal(feed([Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0xff])]).refused, Infinity);
});
