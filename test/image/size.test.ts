/** What hospital IT downloads. */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';

const compressed = process.env['HOSPAY_COMPRESSED'] ?? '';
const MOST_BYTES = 250_000_000;

test('the image is at most 250 MB compressed', { skip: compressed === '' ? 'only a raw disk was built' : false }, (context) => {
  const { size } = statSync(compressed);
  context.diagnostic(`${String(Math.ceil(size / 1_000_000))} MB`);
  assert.ok(size <= MOST_BYTES, String(size));
});
