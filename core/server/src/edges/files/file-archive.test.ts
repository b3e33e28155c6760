import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
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
  await assert.rejects(archive.keep({ day: '../x', name: 'wechat', bytes }), /not a day/);
});
