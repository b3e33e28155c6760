import assert from 'node:assert/strict';
import test from 'node:test';
import type { DictionaryEntry } from '@hospay/plugin-sdk';
import { SILENT_LOG } from '../domain/log.js';
import { createDictionaryCache } from './dictionary-cache.js';
import type { LoadedDictionary } from './ports.js';

const DEPARTMENTS: readonly DictionaryEntry[] = [{ code: '01', name: '内科' }, { code: '02', name: '外科 Surgery' }];

function makeWorld({ stored = new Map<string, LoadedDictionary>(), start = '2026-11-22T00:00:00Z' } = {}) {
  let now = new Date(start);
  let answer: { kind: 'ok'; entries: readonly DictionaryEntry[] } | { kind: 'failed'; reason: string } = { kind: 'ok', entries: DEPARTMENTS };
  let asked = 0;
  const cache = createDictionaryCache({
    names: ['departments'],
    staleAfterMs: 86_400_000,
    clock: { now: () => now },
    log: SILENT_LOG,
    loader: {
      async load() {
        asked += 1;
        await Promise.resolve();
        return answer;
      },
    },
    store: {
      read: async (name) => stored.get(name),
      replace: async (name, dictionary) => void stored.set(name, dictionary),
    },
  });
  return { cache, stored, asked: () => asked, hisSays: (next: typeof answer) => (answer = next), moveTo: (time: string) => (now = new Date(time)) };
}

test('dictionaries are loaded at start, kept, and found by code or part of a name', async () => {
  const { cache, asked } = makeWorld();
  await cache.start();
  const found = await cache.find('departments', 'surg');
  assert.deepEqual(found.kind === 'ok' && found.entries, [{ code: '02', name: '外科 Surgery' }]);
  assert.equal(await cache.nameOf('departments', '01'), '内科');
  assert.equal(asked(), 1);
  assert.deepEqual(await cache.find('nonsense'), { kind: 'unknown' });
});

test('a HIS that is down at start still gives yesterday’s dictionary, flagged stale, with its age', async () => {
  const { stored, cache } = makeWorld();
  await cache.start();
  const today = makeWorld({ stored, start: '2026-11-22T06:00:00Z' });
  today.hisSays({ kind: 'failed', reason: 'no connection' });
  await today.cache.start();
  const found = await today.cache.find('departments');
  assert.ok(found.kind === 'ok');
  assert.deepEqual([found.entries.length, found.state.stale, found.state.ageSeconds, found.state.problem], [2, true, 21_600, 'no connection']);
  today.hisSays({ kind: 'ok', entries: DEPARTMENTS });
  assert.equal((await today.cache.reload('departments'))?.stale, false);
});

test('a dictionary grows stale with age though nothing failed', async () => {
  const { cache, moveTo } = makeWorld();
  await cache.start();
  moveTo('2026-11-23T00:00:01Z');
  assert.deepEqual((await cache.states()).map(({ stale, problem }) => [stale, problem]), [[true, undefined]]);
});

test('a dictionary the HIS never gave is empty, not wrong', async () => {
  const { cache, hisSays } = makeWorld();
  hisSays({ kind: 'failed', reason: 'no connection' });
  await cache.start();
  assert.equal((await cache.find('departments')).kind, 'empty');
  assert.equal(await cache.nameOf('departments', '01'), undefined);
});

test('an empty or contradictory answer does not replace a good dictionary', async () => {
  const { cache, hisSays } = makeWorld();
  await cache.start();
  for (const entries of [[], [{ code: '01', name: 'A' }, { code: '01', name: 'B' }]]) {
    hisSays({ kind: 'ok', entries });
    const state = await cache.reload('departments');
    assert.deepEqual([state?.entries, state?.stale], [2, true]);
  }
});

test('several reloads at the same time ask the HIS once', async () => {
  const { cache, asked } = makeWorld();
  await Promise.all([cache.reload('departments'), cache.reloadAll(), cache.start()]);
  assert.equal(asked(), 1);
  assert.equal(await cache.reload('nonsense'), undefined);
});
