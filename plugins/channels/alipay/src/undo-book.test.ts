import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createMemoryStore } from '@hospay/plugin-sdk/host';

import { createUndoBook } from './undo-book.js';

const DAY_MS = 86_400_000;

test('what was cancelled is remembered for two months and then swept, so that the store never fills', async () => {
  let at = Date.parse('2026-01-01T12:00:00+08:00');
  const store = createMemoryStore();
  const book = createUndoBook({ store, now: () => new Date(at) });
  await book.asked('OLD00001');
  await book.done('OLD00001');
  at += 59 * DAY_MS;
  await book.asked('YOUNG001');
  assert.deepEqual([await book.find('OLD00001'), await book.find('YOUNG001'), await book.find('NEVER001')], ['done', 'asked', 'none']);
  at += 2 * DAY_MS;
  await book.asked('LATE0001');
  assert.deepEqual([await book.find('OLD00001'), await book.find('YOUNG001')], ['none', 'asked']);
  assert.equal((await store.list('')).length, 4);
});

test('asking again forgets nothing', async () => {
  const book = createUndoBook({ store: createMemoryStore(), now: () => new Date() });
  await book.asked('TWICE001');
  await book.done('TWICE001');
  await book.asked('TWICE001');
  assert.equal(await book.find('TWICE001'), 'done');
});
