import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { BilingualError } from '../../domain/bilingual.js';
import { bundleDrive } from './bundle-drive.js';
import { SYSTEM_TIMERS } from './system-timers.js';

const MEBIBYTE = 1_048_576;

function plugIn(context: TestContext) {
  const above = mkdtempSync(join(tmpdir(), 'hospay-drive-'));
  context.after(() => { rmSync(above, { recursive: true, force: true }); });
  const folder = join(above, 'update');
  mkdirSync(folder);
  chmodSync(above, 0o755);
  writeFileSync(join(above, 'outside.hpu'), 'not on the drive');
  return { folder, at: (name: string) => join(folder, name), drive: bundleDrive({ folder, timers: SYSTEM_TIMERS }) };
}

test('what could be a bundle is listed with its size; links, pipes, folders and what is too large are named and not read, and other names are not even shown', async (context) => {
  const { folder, at, drive } = plugIn(context);
  writeFileSync(at('hospay-1.1.0.hpu'), 'bundle');
  for (const name of ['.hidden.hpu', '-rf.hpu', 'a b.hpu', 'notes.txt', 'x.hpu\n', `${'x'.repeat(120)}.hpu`]) writeFileSync(at(name), 'x');
  mkdirSync(at('folder.hpu'));
  symlinkSync('/etc/hostname', at('link.hpu'));
  assert.equal(spawnSync('mkfifo', [at('pipe.hpu')]).status, 0);
  writeFileSync(at('vast.hpu'), '');
  truncateSync(at('vast.hpu'), 1_025 * MEBIBYTE);
  const listed = await drive.list();
  assert.ok(listed.kind === 'ok');
  assert.deepEqual(listed.value.map(({ name, bytes, problem }) => [name, bytes, problem?.en]), [
    ['folder.hpu', 0, 'it is no regular file and is not read'], ['hospay-1.1.0.hpu', 6, undefined], ['link.hpu', 0, 'it is no regular file and is not read'], ['pipe.hpu', 0, 'it is no regular file and is not read'], ['vast.hpu', 1_025 * MEBIBYTE, 'it is too large to be a bundle'],
  ]);
  const codes = await Promise.all(['folder.hpu', 'link.hpu', 'pipe.hpu', 'vast.hpu', '../outside.hpu', 'a b.hpu', 'none.hpu'].map(async (name) => {
    const opened = await drive.open(name);
    return opened.kind === 'refused' ? opened.code : 'opened';
  }));
  assert.deepEqual(codes, ['UPDATE_REFUSED', 'UPDATE_REFUSED', 'UPDATE_REFUSED', 'UPDATE_REFUSED', 'NO_SUCH_ITEM', 'NO_SUCH_ITEM', 'NO_SUCH_ITEM']);
  assert.deepEqual(await bundleDrive({ folder: join(folder, 'nowhere'), timers: SYSTEM_TIMERS }).list(), { kind: 'ok', value: [] });
});

test('a folder of very many names is not listed to its end', async (context) => {
  const { at, drive } = plugIn(context);
  for (let number = 0; number < 60; number += 1) writeFileSync(at(`hospay-1.0.${String(number)}.hpu`), 'x');
  const listed = await drive.list();
  assert.equal(listed.kind === 'ok' ? listed.value.length : 0, 50);
});

test('a file of another owner that not everybody may read is said to be so, with what to do', { skip: process.getuid?.() === 0 ? false : 'only root can become somebody else' }, async (context) => {
  const { at, drive } = plugIn(context);
  writeFileSync(at('kept.hpu'), 'x', { mode: 0o600 });
  process.seteuid?.(65_534);
  try {
    const listed = await drive.list();
    assert.match(listed.kind === 'ok' ? (listed.value[0]?.problem?.zh ?? '') : '', /chmod a\+r/);
    const opened = await drive.open('kept.hpu');
    assert.equal(opened.kind === 'refused' ? opened.code : '', 'UPDATE_REFUSED');
  } finally {
    process.seteuid?.(0);
  }
});

test('a file is read in pieces to the length it had, and one that ends sooner was pulled out', async (context) => {
  const { at, drive } = plugIn(context);
  writeFileSync(at('one.hpu'), Buffer.alloc(9 * MEBIBYTE, 'b'));
  const whole = await drive.open('one.hpu');
  assert.ok(whole.kind === 'ok');
  const sizes: number[] = [];
  for await (const piece of whole.value.pieces(0)) sizes.push(piece.byteLength);
  whole.value.close();
  assert.deepEqual([sizes, whole.value.total], [[4 * MEBIBYTE, 4 * MEBIBYTE, MEBIBYTE], 9 * MEBIBYTE]);
  const cut = await drive.open('one.hpu');
  assert.ok(cut.kind === 'ok');
  await assert.rejects(async () => {
    for await (const piece of cut.value.pieces(0)) {
      void piece;
      truncateSync(at('one.hpu'), 4 * MEBIBYTE);
    }
  }, (error) => error instanceof BilingualError && error.said.zh.includes('可能已拔出'));
  cut.value.close();
});

test('a drive that does not answer holds up who asked for its time and no longer', async (context) => {
  const { folder, at } = plugIn(context);
  writeFileSync(at('one.hpu'), 'x');
  const atOnce = { ...SYSTEM_TIMERS, after: (_ms: number, act: () => void) => { act(); return { cancel() {} }; } };
  const silent = bundleDrive({ folder, timers: atOnce });
  const answers = [await silent.list(), await silent.open('one.hpu')];
  assert.deepEqual(answers.map((answer) => (answer.kind === 'refused' ? answer.detail : '')), ['the drive does not answer: use another one', 'the drive does not answer: use another one']);
});
