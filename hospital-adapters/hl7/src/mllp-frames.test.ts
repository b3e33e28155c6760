import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frame, FrameReader, NotMllp } from './mllp-frames.js';

const read = (...chunks: readonly (Buffer | string)[]) => {
  const reader = new FrameReader(100);
  return chunks.flatMap((chunk) => reader.read(Buffer.from(chunk))).map((each) => (each.kind === 'message' ? each.bytes.toString() : each.kind));
};

test('a message is found however its bytes were split', () => {
  const bytes = frame(Buffer.from('MSH|张三'));
  assert.deepEqual(read(...Array.from(bytes, (byte) => Buffer.of(byte))), ['MSH|张三']);
  for (let at = 1; at < bytes.length; at += 1) assert.deepEqual(read(bytes.subarray(0, at), bytes.subarray(at)), ['MSH|张三']);
});

test('two messages in one packet are two messages, the second perhaps not whole yet', () => {
  const [first, second] = [frame(Buffer.from('A')), frame(Buffer.from('B'))];
  assert.deepEqual(read(Buffer.concat([first, second])), ['A', 'B']);
  assert.deepEqual(read(Buffer.concat([first, second.subarray(0, 2)]), second.subarray(2)), ['A', 'B']);
});

test('line ends between frames are no harm; anything else, and a frame in a frame, is no MLLP', () => {
  assert.deepEqual(read('\u000bA\u001c\r\n\r\n\u000bB\u001c\r'), ['A', 'B']);
  for (const bytes of ['HTTP/1.1 502', '\u000bA\u001c\rX', '\u000bA\u000bB\u001c\r', '\u000bA\u001cB']) assert.throws(() => read(bytes), NotMllp, bytes);
});

test('the single bytes of release 2 are told apart from messages', () => {
  assert.deepEqual(read('\u000b\u0006\u001c\r\u000b\u0015\u001c\r'), ['transportAck', 'transportNak']);
});

test('a message larger than the limit is refused before it is kept', () => {
  assert.throws(() => read(`\u000b${'x'.repeat(101)}`), NotMllp);
  assert.throws(() => read(`\u000b${'x'.repeat(60)}`, 'x'.repeat(60)), NotMllp);
  assert.throws(() => read(`\u000b${'x'.repeat(101)}\u001c\r`), NotMllp);
});
