import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryStore } from './host/index.js';
import { createNumberBook } from './number-book.js';

const DAY_MS = 86_400_000;
const STATES = ['asked', 'done', 'returned'] as const;

test('what may be forgotten is kept for its days and then swept; what may tell of money stays', async () => {
  let atMs = Date.parse('2026-01-01T12:00:00+08:00');
  const store = createMemoryStore();
  const book = createNumberBook({ context: { store, now: () => new Date(atMs) }, name: 'undo', states: STATES, keepDays: 7, mayForget: (state) => state === 'done' });
  for (const number of ['OLDDONE1', 'OLDPAID1', 'OLDASKED']) await book.begin(number, 'asked');
  await book.put('OLDDONE1', 'done');
  await book.put('OLDPAID1', 'returned');
  atMs += 6 * DAY_MS;
  await book.begin('YOUNG001', 'asked');
  await book.put('YOUNG001', 'done');
  const all = (): Promise<readonly unknown[]> => Promise.all(['OLDDONE1', 'OLDPAID1', 'OLDASKED', 'YOUNG001', 'NEVER001'].map((number) => book.find(number)));
  assert.deepEqual(await all(), ['done', 'returned', 'asked', 'done', undefined]);
  atMs += 2 * DAY_MS;
  await book.begin('LATE0001', 'asked');
  assert.deepEqual(await all(), [undefined, 'returned', 'asked', 'done', undefined]);
  assert.deepEqual((await store.list('undo-day/')).map(({ key }) => key), ['undo-day/2026-01-07/YOUNG001', 'undo-day/2026-01-09/LATE0001']);
});

test('beginning again forgets nothing, and a state nobody knows is not taken for none', async () => {
  const store = createMemoryStore();
  const book = createNumberBook({ context: { store, now: () => new Date() }, name: 'undo', states: STATES, keepDays: 7, mayForget: () => true });
  await book.begin('TWICE001', 'asked');
  await book.put('TWICE001', 'returned');
  await book.begin('TWICE001', 'asked');
  assert.equal(await book.find('TWICE001'), 'returned');
  await store.put('undo/ODD00001', 'something');
  await assert.rejects(book.find('ODD00001'), /does not know/);
});

test('the day is Beijing’s', async () => {
  const store = createMemoryStore();
  const book = createNumberBook({ context: { store, now: () => new Date('2026-01-01T23:30:00+08:00') }, name: 'undo', states: STATES, keepDays: 7, mayForget: () => true });
  await book.begin('EVENING1', 'asked');
  assert.deepEqual((await store.list('undo-day/')).map(({ key }) => key), ['undo-day/2026-01-01/EVENING1']);
});
