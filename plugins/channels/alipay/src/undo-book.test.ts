import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createMemoryStore } from '@hospay/plugin-sdk/host';

import { createUndoBook } from './undo-book.js';

const DAY_MS = 86_400_000;

test('what was cancelled unpaid is remembered for a week and then swept, what may tell of money stays', async () => {
  let at = Date.parse('2026-01-01T12:00:00+08:00');
  const store = createMemoryStore();
  const book = createUndoBook({ store, now: () => new Date(at) });
  for (const tradeNo of ['OLDDONE1', 'OLDPAID1', 'OLDASKED']) await book.asked(tradeNo);
  await book.over('OLDDONE1', 'done');
  await book.over('OLDPAID1', 'returned');
  at += 6 * DAY_MS;
  await book.asked('YOUNG001');
  await book.over('YOUNG001', 'done');
  const all = async (): Promise<readonly string[]> => Promise.all(['OLDDONE1', 'OLDPAID1', 'OLDASKED', 'YOUNG001', 'NEVER001'].map((tradeNo) => book.find(tradeNo)));
  assert.deepEqual(await all(), ['done', 'returned', 'asked', 'done', 'none']);
  at += 2 * DAY_MS;
  await book.asked('LATE0001');
  assert.deepEqual(await all(), ['none', 'returned', 'asked', 'done', 'none']);
  assert.deepEqual((await store.list('undo-day/')).map(({ key }) => key), ['undo-day/2026-01-07/YOUNG001', 'undo-day/2026-01-09/LATE0001']);
});

test('asking again forgets nothing', async () => {
  const book = createUndoBook({ store: createMemoryStore(), now: () => new Date() });
  await book.asked('TWICE001');
  await book.over('TWICE001', 'returned');
  await book.asked('TWICE001');
  assert.equal(await book.find('TWICE001'), 'returned');
});
