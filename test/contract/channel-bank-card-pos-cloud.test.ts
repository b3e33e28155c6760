import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import bankCardPos, { BankCardSettingsSchema } from '@hospay/channel-bank-card-pos';
import { makeTestContext } from '@hospay/plugin-sdk/testkit';
import { Value } from 'typebox/value';

import { CSV_STATEMENT, settingsFor, until } from './channel-bank-card-pos-subject.js';
import { BankCardStand, call } from './channel-bank-card-pos-stand.js';

async function standFor(context: TestContext, given: Parameters<typeof BankCardStand.start>[0] = {}): Promise<BankCardStand> {
  const stand = await BankCardStand.start({ profile: 'cloud', ...given });
  context.after(() => stand.stop());
  return stand;
}

test('a request signed with another key reaches no terminal and proves nothing', async (context) => {
  const stand = await standFor(context, { settings: { appKey: 'another-key-altogether' } });
  const { channel } = await stand.plugin();
  assert.equal((await channel.charge(stand.order(), call)).kind, 'unknown');
  assert.equal(stand.machine.received.length, 0);
});

test('the cloud is asked by our number: waiting, then paid, although the answer was lost', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const order = stand.order();
  stand.simulator.faults.inject({ on: 'pay', fault: 'neverAnswer' });
  await stand.pending(plugin, order);
  await stand.exchangeTimesOut();
  await until(async () => (await stand.store.get(`pay/${order.tradeNo}`) as { state: string }).state === 'lost');
  assert.equal((await plugin.channel.query(order, call)).kind, 'pending');
  stand.machine.act('approve');
  await until(() => stand.machine.transactions.length === 1);
  assert.equal((await plugin.channel.query(order, call)).kind, 'succeeded');
});

test('an order the cloud does not know is not found, and is still not sent again', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const order = stand.order();
  await stand.lost(plugin, order, 'dropBeforeExecuting');
  assert.equal((await plugin.channel.query(order, call)).kind, 'notFound');
  assert.equal((await plugin.channel.charge(order, { ...call, attempt: 2 })).kind, 'unknown');
  assert.equal(stand.received('pay'), 0);
});

test('an order the card-holder refused is declined, also when only the query says so', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const order = stand.order();
  stand.simulator.faults.inject({ on: 'pay', fault: 'neverAnswer' });
  await stand.pending(plugin, order);
  stand.machine.act('decline51');
  await stand.exchangeTimesOut();
  await until(async () => (await plugin.channel.query(order, call)).kind === 'declined');
});

for (const fault of ['throttle', 'unlistedCode', 'executeThenGarbage', 'executeThenSystemError', 'executeThenOtherEcho'] as const) {
  test(`a question answered by ${fault} is unknown, and asked again`, async (context) => {
    const stand = await standFor(context);
    const plugin = await stand.plugin();
    const order = stand.order();
    await stand.lost(plugin, order);
    stand.simulator.faults.inject({ on: 'query', fault });
    assert.equal((await plugin.channel.query(order, call)).kind, 'unknown');
    assert.equal((await plugin.channel.query(order, call)).kind, 'succeeded');
  });
}

test('a scanned code is charged through the terminal', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  await stand.paid(plugin, stand.order(1_234, { method: 'paymentCode', authCode: '284000000000000001' }));
  assert.equal((await plugin.channel.charge(stand.order(1_234, { method: 'paymentCode' }), call)).kind, 'notSent');
});

test('settings: unknown keys are refused, and a profile without its parts does not start', async (context) => {
  const stand = await standFor(context);
  const settings = settingsFor({ simulator: stand.simulator, profile: 'cloud' });
  assert.equal(Value.Check(BankCardSettingsSchema, { ...settings, statement: CSV_STATEMENT }), true);
  assert.equal(Value.Check(BankCardSettingsSchema, { ...settings, colour: 'red' }), false);
  const { appKey: _key, ...keyless } = settings;
  for (const wrong of [keyless, { ...settings, profile: 'mis' as const }]) {
    await assert.rejects(async () => bankCardPos.activate(makeTestContext({ settings: wrong })), /needs|has no/);
  }
});
