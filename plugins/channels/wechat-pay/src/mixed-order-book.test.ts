import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createMemoryStore } from '@hospay/plugin-sdk/host';

import { createMixedOrderBook } from './mixed-order-book.js';

const ORDER = { cash: { out_trade_no: 'A' }, insurance: { serial_no: 'M1' }, sealedFor: 'PUB_KEY_ID_1' };

test('what is sent under a number is what was written first; it is swept after two days', async () => {
  const store = createMemoryStore();
  let time = Date.parse('2026-03-02T02:00:00Z');
  const book = createMixedOrderBook({ store, now: () => new Date(time) });
  await book.begin('FIRST001', ORDER);
  assert.deepEqual(await book.begin('FIRST001', { ...ORDER, sealedFor: 'PUB_KEY_ID_2' }), ORDER, 'whoever wrote first stands');
  assert.equal((await book.placed('FIRST001', ORDER, 'wx01')).prepayId, 'wx01');
  assert.equal((await book.find('FIRST001'))?.prepayId, 'wx01');
  time += 86_400_000;
  await book.begin('SECOND01', ORDER);
  time += 2 * 86_400_000;
  await book.begin('THIRD001', ORDER);
  assert.deepEqual((await store.list('mixed', { limit: 10 })).map(({ key }) => key.split('/').at(-1)), ['SECOND01', 'THIRD001', 'SECOND01', 'THIRD001']);
  await book.forget('THIRD001');
  assert.equal(await book.find('THIRD001'), undefined);
});
