import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { fileArchive } from './file-archive.js';

test('a file is kept as it came under its SHA-256, once; another one beside it; a name cannot leave the folder', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-archive-'));
  context.after(() => { rmSync(folder, { recursive: true, force: true }); });
  const archive = fileArchive(folder);
  const bytes = Buffer.from('交易时间,金额\r\n');
  const sha256 = await archive.keep({ day: '2026-11-20', name: '../wechat', bytes });
  assert.equal(sha256, createHash('sha256').update(bytes).digest('hex'));
  assert.equal(await archive.keep({ day: '2026-11-20', name: '../wechat', bytes }), sha256);
  await archive.keep({ day: '2026-11-20', name: '../wechat', bytes: Buffer.from('another') });
  const kept = readdirSync(join(folder, '2026-11-20'));
  assert.equal(kept.length, 2);
  assert.deepEqual(gunzipSync(readFileSync(join(folder, '2026-11-20', `.._wechat-${sha256}.gz`))), bytes);
  const read = (name: string, of = sha256) => archive.read({ day: '2026-11-20', name, sha256: of });
  assert.deepEqual([await read('../wechat'), await read('alipay'), await read('../wechat', 'no hash')], [bytes, undefined, undefined]);
  writeFileSync(join(folder, '2026-11-20', `.._wechat-${sha256}.gz`), gzipSync('altered'));
  assert.equal(await read('../wechat'), undefined, 'a file that was altered is not that file');
  await assert.rejects(archive.keep({ day: '../x', name: 'wechat', bytes }), /not a day/);
});

test('a file that comes in pieces is the file they make, sealed or not', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-archive-'));
  context.after(() => { rmSync(folder, { recursive: true, force: true }); });
  const pieces = [Buffer.from('one\n'), Buffer.alloc(5_000_000, 'two\n'), Buffer.alloc(0), Buffer.from('three')];
  const whole = Buffer.concat(pieces);
  const archive = fileArchive(folder);
  const sha256 = await archive.keep({ day: '2026-11-20', name: 'list', bytes: pieces });
  assert.equal(sha256, createHash('sha256').update(whole).digest('hex'));
  assert.ok(whole.equals(await archive.read({ day: '2026-11-20', name: 'list', sha256 }) ?? Buffer.alloc(0)));
  assert.equal(await archive.keep({ day: '2026-11-20', name: 'none', bytes: [] }), createHash('sha256').digest('hex'));
  const sealed = fileArchive(folder, { seal: (bytes) => gunzipSync(bytes).toString('hex') });
  await sealed.keep({ day: '2026-11-20', name: 'secret', bytes: pieces });
  assert.equal(readFileSync(join(folder, '2026-11-20', `secret-${sha256}.gz.sealed`), 'utf8'), whole.toString('hex'));
});

test('a file that names people’s accounts lies sealed under the SHA-256 of what it says, bound to its place, once', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-archive-'));
  context.after(() => { rmSync(folder, { recursive: true, force: true }); });
  const sealed: string[] = [];
  const archive = fileArchive(folder, { seal: (bytes, name) => { sealed.push(name); return `sealed ${String(gunzipSync(bytes).length)}`; } });
  const bytes = Buffer.from('6222020200098765432,100.00');
  const sha256 = await archive.keep({ day: '2026-11-20', name: 'icbc-main', bytes });
  assert.equal(await archive.keep({ day: '2026-11-20', name: 'icbc-main', bytes }), sha256);
  const file = `icbc-main-${sha256}.gz.sealed`;
  assert.deepEqual([readdirSync(join(folder, '2026-11-20')), sealed], [[file], [`2026-11-20/${file}`]]);
  assert.equal(readFileSync(join(folder, '2026-11-20', file), 'utf8'), `sealed ${String(bytes.length)}`);
  assert.equal(await archive.read({ day: '2026-11-20', name: 'icbc-main', sha256 }), undefined, 'what is sealed is not read from here');
});
