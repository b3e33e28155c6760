import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEventHub } from './event-hub.js';
import type { LiveEvent } from './ports.js';

/** A hub whose time is the test's: `soon` lets what was published be told. */
function hubOfATest(seed = 1) {
  const due: (() => void)[] = [];
  const hub = createEventHub({ timers: { after: (_ms, task) => { due.push(task); return { cancel() { due.length = 0; } }; } }, random: { bytes: (length) => new Uint8Array(length).fill(seed), nextInt: (limit) => seed % limit } });
  const heard: LiveEvent[] = [];
  hub.listen({ changed: (event) => { heard.push(event); }, sessionsChanged: () => undefined });
  return { hub, heard, soon: () => { for (const task of due.splice(0)) task(); } };
}

test('what changes close together is told once, with every id', () => {
  const { hub, heard, soon } = hubOfATest();
  for (const id of ['A', 'B', 'A']) hub.publish('orders', [id]);
  hub.publish('cases');
  soon();
  assert.deepEqual(heard, [{ seq: 1, topic: 'orders', ids: ['A', 'B'], onlyFor: undefined }, { seq: 2, topic: 'cases', ids: [], onlyFor: undefined }]);
});

test('more ids than a page would use are told as many, and so are those among which one is unknown', () => {
  const { hub, heard, soon } = hubOfATest();
  for (let id = 0; id <= 20; id += 1) hub.publish('orders', [String(id)]);
  hub.publish('terminals', ['kiosk-1']);
  hub.publish('terminals');
  hub.publish('terminals', ['kiosk-2']);
  soon();
  assert.deepEqual(heard.map(({ ids }) => ids), [[], []]);
});

test('what is one\'s own is not mixed with another\'s', () => {
  const { hub, heard, soon } = hubOfATest();
  hub.publish('exports', [], 'li.admin');
  hub.publish('exports', [], 'chen.audit');
  soon();
  assert.deepEqual(heard.map(({ onlyFor }) => onlyFor), ['li.admin', 'chen.audit']);
});

test('who comes back with a mark is given what he missed, and nothing twice', () => {
  const { hub, soon } = hubOfATest();
  const before = hub.mark();
  hub.publish('orders', ['A']);
  soon();
  const between = hub.mark();
  hub.publish('cases');
  soon();
  assert.deepEqual(hub.since(before)?.map(({ topic }) => topic), ['orders', 'cases']);
  assert.deepEqual(hub.since(between)?.map(({ topic }) => topic), ['cases']);
  assert.deepEqual(hub.since(hub.mark()), []);
});

test('a mark of another run, of the future, or none at all is not known', () => {
  const { hub } = hubOfATest();
  const another = hubOfATest(2).hub.mark();
  for (const mark of [another, `${hub.mark()}1`, '', 'nonsense', `${hub.mark().split('-')[0] ?? ''}-1e3`]) assert.equal(hub.since(mark), undefined, mark);
});

test('only so many events are kept: who was away longer is not told a part as if it were all', () => {
  const { hub, soon } = hubOfATest();
  const before = hub.mark();
  for (let turn = 0; turn < 1_000; turn += 1) {
    hub.publish('queue');
    soon();
  }
  assert.equal(hub.since(before)?.length, 1_000);
  hub.publish('queue');
  soon();
  assert.equal(hub.since(before), undefined);
});
