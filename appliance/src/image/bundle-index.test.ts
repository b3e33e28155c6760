import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { indexBundle } from './bundle-index.js';

test('the index beside bundles names those that lie there, with size and hash, and forgets what was taken away', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-index-'));
  context.after(() => { rmSync(folder, { recursive: true, force: true }); });
  const lay = (version: string, text: string): Promise<string> => {
    writeFileSync(join(folder, `hospay-${version}.hpu`), text);
    return indexBundle(join(folder, `hospay-${version}.hpu`), version);
  };
  const entry = (version: string, text: string) => ({ file: `hospay-${version}.hpu`, version, bytes: text.length, sha256: createHash('sha256').update(text).digest('hex') });
  const bundles = (): unknown => (JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as { bundles: unknown }).bundles;
  await lay('1.1.0', 'first');
  await lay('1.0.0', 'zeroth');
  assert.deepEqual(bundles(), [entry('1.0.0', 'zeroth'), entry('1.1.0', 'first')]);
  rmSync(join(folder, 'hospay-1.0.0.hpu'));
  await lay('1.1.0', 'built again');
  assert.deepEqual(bundles(), [entry('1.1.0', 'built again')]);
});
