import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openPluginStoreFile } from './plugin-store.js';

test('what a plugin put is there after a restart, and no other instance sees it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-plugin-store-'));
  try {
    const path = join(folder, 'plugins.sqlite');
    const before = openPluginStoreFile(path);
    await before.open('pos-1').put('sent/T1', { voucher: '000003' });
    before.close();
    const after = openPluginStoreFile(path);
    assert.deepEqual(await after.open('pos-1').get('sent/T1'), { voucher: '000003' });
    assert.equal(await after.open('pos-2').get('sent/T1'), undefined);
    after.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a number is claimed once, pages follow the order of keys, and beyond the quota nothing is written', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-plugin-store-'));
  const file = openPluginStoreFile(join(folder, 'plugins.sqlite'));
  try {
    const store = file.open('pos-1', 60);
    assert.equal(await store.claim('msg/1', 'a'), true);
    assert.equal(await store.claim('msg/1', 'b'), false);
    assert.equal(await store.get('msg/1'), 'a');
    for (const key of ['msg/3', 'msg/2', 'other']) await store.put(key, 1);
    assert.deepEqual((await store.list('msg/', { limit: 2 })).map(({ key }) => key), ['msg/1', 'msg/2']);
    assert.deepEqual((await store.list('msg/', { after: 'msg/2' })).map(({ key }) => key), ['msg/3']);
    await assert.rejects(store.put('long', 'x'.repeat(60)), { name: 'StoreFullError' });
    assert.equal(await store.get('long'), undefined);
    await store.delete('other');
    assert.equal(await store.get('other'), undefined);
  } finally {
    file.close();
    rmSync(folder, { recursive: true });
  }
});
