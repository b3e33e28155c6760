import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createMemoryStore } from '@hospay/plugin-sdk/host';

import { createReverseBook } from './reverse-book.js';

test('a reverse is remembered for as long as WeChat Pay reverses, over a restart, and then swept', async () => {
  let at = Date.parse('2026-01-01T12:00:00+08:00');
  const store = createMemoryStore();
  const now = (): Date => new Date(at);
  await createReverseBook({ store, now }).ask('OLD00001');
  const book = createReverseBook({ store, now });
  assert.deepEqual([await book.isAsked('OLD00001'), await book.isAsked('NEVER001')], [true, false]);
  at += 8 * 86_400_000;
  await book.ask('YOUNG001');
  await book.ask('OLD00001');
  assert.ok(await book.isAsked('OLD00001'));
  at += 3 * 86_400_000;
  await book.ask('LATE0001');
  assert.deepEqual([await book.isAsked('OLD00001'), await book.isAsked('YOUNG001')], [false, true]);
  assert.deepEqual((await store.list('')).length, 4, 'two numbers and their days are left');
});
