/** Whether somebody is at the far side of the card terminals, found out beside the book and without touching anybody's exchange. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { createMemoryStore } from '@hospay/plugin-sdk/host';

import { BankCardStand, call } from './channel-bank-card-pos-stand.js';

async function standFor(context: TestContext, given: Parameters<typeof BankCardStand.start>[0] = {}): Promise<BankCardStand> {
  const stand = await BankCardStand.start(given);
  context.after(() => stand.stop());
  return stand;
}
const probeOf = ({ channel }: Awaited<ReturnType<BankCardStand['plugin']>>) => channel.probe?.({}, call) ?? assert.fail('the channel has no probe');
const rowsOf = async ({ store }: BankCardStand) => JSON.stringify(await store.list(''));

test('a free terminal is asked for its last slip once, and nothing is written down', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const before = await rowsOf(stand);
  assert.deepEqual(await probeOf(plugin), { kind: 'answered' }, 'a terminal without any slip is there too');
  await stand.paid(plugin, stand.order());
  const [read, rows] = [stand.received('reprint'), await rowsOf(stand)];
  assert.deepEqual(await probeOf(plugin), { kind: 'answered' });
  assert.deepEqual([stand.received('reprint') - read, await rowsOf(stand)], [1, rows]);
  assert.notEqual(rows, before);
});

test('a terminal that waits for a card is not spoken to, by this instance or by another beside it, and the payment goes on', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const order = stand.order();
  await stand.pending(plugin, order);
  // A candidate of a rotation has a store of its own.
  const beside = await stand.plugin(createMemoryStore());
  const read = stand.received('reprint');
  for (const one of [plugin, beside]) assert.deepEqual(await probeOf(one), { kind: 'unknown', reason: 'every terminal is in use' });
  assert.equal(stand.received('reprint'), read);
  assert.equal((await plugin.channel.query(order, call)).kind, 'pending');
});

test('a terminal whose last exchange has no end is left alone: its last slip is what will prove that end', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const order = stand.order();
  await stand.lost(plugin, order);
  const [read, rows] = [stand.received('reprint'), await rowsOf(stand)];
  assert.equal((await probeOf(plugin)).kind, 'unknown');
  assert.deepEqual([stand.received('reprint'), await rowsOf(stand)], [read, rows]);
  assert.equal((await plugin.channel.query(order, call)).kind, 'succeeded');
});

test('of several terminals one that answers is enough', async (context) => {
  const stand = await standFor(context, { simulator: { terminals: 2 } });
  const plugin = await stand.plugin();
  await stand.pending(plugin, stand.order());
  assert.deepEqual(await probeOf(plugin), { kind: 'answered' });
});

test('the cloud is asked about a number nobody used; a key it does not take is no answer', async (context) => {
  const stand = await standFor(context, { profile: 'cloud' });
  assert.deepEqual(await probeOf(await stand.plugin()), { kind: 'answered' });
  assert.equal(stand.received('pay'), 0);
  const other = await standFor(context, { profile: 'cloud', settings: { appKey: 'another-key-than-the-cloud-knows' } });
  assert.equal((await probeOf(await other.plugin())).kind, 'unknown');
});
