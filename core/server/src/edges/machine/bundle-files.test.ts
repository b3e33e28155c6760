import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { BilingualError } from '../../domain/bilingual.js';
import { bundleFiles } from './bundle-files.js';

const ARRIVING = { from: 'upload', name: 'hospay-1.1.0.hpu', total: 6 } as const;

function place(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-bundles-'));
  context.after(() => { rmSync(folder, { recursive: true, force: true }); });
  return folder;
}

test('a bundle goes on where it ended, is whole once it is finished, and stays until the next one is whole', async (context) => {
  const folder = place(context);
  const files = bundleFiles(folder);
  files.begin(ARRIVING);
  await files.write(0, Buffer.from('abc'));
  const again = bundleFiles(folder);
  assert.deepEqual([again.arriving(), again.size()], [{ ...ARRIVING, arrived: 3 }, undefined]);
  await again.write(3, Buffer.from('def'));
  again.finish();
  assert.deepEqual([again.arriving(), again.size(), readFileSync(join(folder, again.name), 'utf8'), readdirSync(folder)], [undefined, 6, 'abcdef', ['incoming.hpu']]);
  again.begin({ ...ARRIVING, total: 3 });
  assert.deepEqual([again.arriving(), again.size()], [{ ...ARRIVING, total: 3, arrived: 0 }, 6]);
  again.drop();
  assert.deepEqual([again.arriving(), readdirSync(folder)], [undefined, ['incoming.hpu']]);
  again.begin({ ...ARRIVING, total: 3 });
  await again.write(0, Buffer.from('ghi'));
  again.finish();
  assert.deepEqual([again.arriving(), readFileSync(join(folder, again.name), 'utf8')], [undefined, 'ghi']);
  again.begin(ARRIVING);
  again.remove();
  assert.deepEqual([again.size(), again.arriving()], [undefined, { ...ARRIVING, arrived: 0 }], 'what arrives is not what lay there');
  again.drop();
  assert.deepEqual(readdirSync(folder), []);
});

test('half a note is none: the file is sent from its beginning', (context) => {
  const folder = place(context);
  writeFileSync(join(folder, 'incoming.hpu.part'), 'abc');
  for (const note of ['{"from":"up', '{"from":"elsewhere","name":"x","total":1}']) {
    writeFileSync(join(folder, 'incoming.hpu.json'), note);
    assert.equal(bundleFiles(folder).arriving(), undefined);
  }
});

test('a disk that is full is said to be so', async (context) => {
  const folder = place(context);
  const files = bundleFiles(folder);
  files.begin(ARRIVING);
  rmSync(join(folder, 'incoming.hpu.part'));
  symlinkSync('/dev/full', join(folder, 'incoming.hpu.part'));
  await assert.rejects(files.write(3, Buffer.from('def')), (error) => error instanceof BilingualError && error.said.zh.includes('数据盘空间不足'));
});
