import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { collectBundle, withoutFiles } from './collect-bundle.js';
import type { Collector } from './ports.js';

const TIMERS = { after: (ms: number, task: () => void) => { const timer = setTimeout(task, ms); return { cancel: () => { clearTimeout(timer); } }; } };
const collector = (id: string, collect: Collector['collect'], deadlineMs = 1_000): Collector => ({ id, deadlineMs, collect });
const collect = (...collectors: readonly Collector[]) => collectBundle({ collectors, version: '1', now: new Date('2026-11-28T08:00:00.000Z'), timers: TIMERS, salt: Buffer.alloc(32, 1) });
const file = (path: string, text: string) => ({ files: [{ path, text }] });

test('a collector that hangs or throws is named, and the others go on', async () => {
  const { manifest } = await collect(collector('hangs', () => new Promise(() => {}), 20), collector('throws', () => { throw new Error('gone for 13800138000'); }), collector('works', () => Promise.resolve(file('a.txt', 'here'))));
  assert.deepEqual(manifest.files.map(({ path }) => path), ['summary.html', 'summary.md', 'a.txt']);
  assert.deepEqual(manifest.problems.map(({ collector: id }) => id), ['hangs', 'throws']);
  assert.doesNotMatch(JSON.stringify(manifest), /13800138000/);
});

test('the manifest has the hash and the redactions of every file as it leaves', async () => {
  const { manifest, files } = await collect(collector('a', () => Promise.resolve(file('a.txt', '13800138000 and 13800138000'))));
  const a = manifest.files.find(({ path }) => path === 'a.txt');
  const text = files.find(({ path }) => path === 'a.txt')?.text ?? '';
  assert.deepEqual(a?.redactions, { phone: 2 });
  assert.equal(a.sha256, createHash('sha256').update(text).digest('hex'));
  assert.doesNotMatch(text, /138/);
});

test('a title in a verdict passes the same net as the files', async () => {
  const { manifest, files } = await collect(collector('a', () => Promise.resolve({ files: [], facts: { certificates: [{ title: 'of 13800138000', endsAt: '2026-11-29T00:00:00.000Z' }] } })));
  assert.doesNotMatch(JSON.stringify([manifest, files]), /13800138000/);
});

test('a file that was taken out is in neither bundle nor manifest, and the manifest says that it was', async () => {
  const whole = await collect(collector('a', () => Promise.resolve({ files: [{ path: 'a.txt', text: 'x' }, { path: 'b.txt', text: '13800138000' }] })));
  const left = withoutFiles(whole, ['a.txt']);
  assert.deepEqual(left.files.map(({ path }) => path), ['summary.html', 'summary.md', 'b.txt']);
  assert.deepEqual(left.manifest.without, ['a.txt']);
  assert.deepEqual(left.manifest.files.find(({ path }) => path === 'b.txt')?.redactions, { phone: 1 });
  assert.doesNotMatch(left.files[1]?.text ?? '', /a\.txt/);
});
