import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';

import type { PluginStore } from '@hospay/plugin-sdk';
import { createMemoryStore } from '@hospay/plugin-sdk/host';

import { until } from './channel-bank-card-pos-subject.js';
import { BankCardStand, call } from './channel-bank-card-pos-stand.js';

const MINUTE_MS = 60_000;

async function standFor(context: TestContext, given: Parameters<typeof BankCardStand.start>[0] = {}): Promise<BankCardStand> {
  const stand = await BankCardStand.start(given);
  context.after(() => stand.stop());
  return stand;
}

test('the intent is in the store before the terminal hears of the charge', async (context) => {
  const disk = createMemoryStore();
  const stand = await standFor(context, { store: { ...disk, claim: (key, value) => (key.startsWith('pay/') ? Promise.reject(new Error('disk')) : disk.claim(key, value)) } });
  const { channel } = await stand.plugin();
  assert.equal((await channel.charge(stand.order(), call)).kind, 'notSent');
  assert.equal(stand.received('pay'), 0);
});

test('a second charge on a terminal that waits for a card is not sent, and the first goes on', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const { channel } = plugin;
  const [first, second] = [stand.order(), stand.order(500)];
  await stand.pending(plugin, first);
  assert.equal((await channel.charge(second, call)).kind, 'notSent');
  assert.equal((await channel.query(second, call)).kind, 'notFound');
  stand.machine.act('approve');
  await until(async () => (await channel.query(first, call)).kind === 'succeeded');
  const again = channel.charge(second, { ...call, attempt: 2 });
  await stand.terminalAsks();
  assert.equal((await again).kind, 'pending');
});

for (const [act, code] of [['decline51', '51'], ['decline54', '54'], ['decline55', '55'], ['removeCard', 'X1'], ['cancel', 'X2']] as const) {
  test(`${act} at the terminal is declined with ${code}, and no repeat asks for the card again`, async (context) => {
    const stand = await standFor(context);
    const plugin = await stand.plugin();
    const order = stand.order();
    await stand.pending(plugin, order);
    stand.machine.act(act);
    await until(async () => (await plugin.channel.query(order, call)).kind !== 'pending');
    const news = await plugin.channel.query(order, call);
    assert.equal(news.kind === 'declined' && news.code, code);
    assert.equal((await plugin.channel.charge(order, { ...call, attempt: 2 })).kind, 'declined');
    assert.equal(stand.received('pay'), 1);
  });
}

test('a power cut after the bank said yes: the last slip proves the payment once the terminal is back', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const order = stand.order();
  await stand.pending(plugin, order);
  stand.machine.pullPower('afterBank');
  await until(async () => (await plugin.channel.query(order, call)).kind === 'unknown');
  stand.machine.restorePower();
  const news = await plugin.channel.query(order, call);
  assert.ok(news.kind === 'succeeded' && news.amountFen === 1_234 && news.merchantNo === stand.simulator.merchantNo);
  assert.equal(stand.received('pay'), 1);
});

test('a power cut before the bank was asked proves nothing: it stays unknown, is asked about once on paper, and is never sent again', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  await stand.paid(plugin, stand.order());
  const order = stand.order();
  await stand.pending(plugin, order);
  stand.machine.pullPower();
  await until(async () => (await plugin.channel.query(order, call)).kind === 'unknown');
  stand.machine.restorePower();
  for (let question = 0; question < 4; question += 1) assert.equal((await plugin.channel.query(order, call)).kind, 'unknown');
  assert.equal((await plugin.channel.charge(order, { ...call, attempt: 2 })).kind, 'unknown');
  assert.equal(stand.received('pay'), 2);
  assert.equal(stand.received('reprint'), 2, 'one before the first charge ever, one after the power cut');
});

test('a slip of another amount, printed by hand meanwhile, is not taken for ours', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const order = stand.order();
  await stand.lost(plugin, order, 'dropBeforeExecuting');
  stand.machine.useByHand(999);
  assert.equal((await plugin.channel.query(order, call)).kind, 'unknown');
});

test('a slip of the right amount from another time is not taken for ours', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const order = stand.order();
  await stand.lost(plugin, order, 'dropBeforeExecuting');
  stand.time = new Date(stand.time.getTime() + 30 * MINUTE_MS);
  stand.machine.useByHand(1_234);
  assert.equal((await plugin.channel.query(order, call)).kind, 'unknown');
});

test('the next charge first clears up the one that was lost, while its slip is still the last', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const [first, second] = [stand.order(), stand.order()];
  await stand.lost(plugin, first);
  await stand.paid(plugin, second);
  const [one, two] = [await plugin.channel.query(first, call), await plugin.channel.query(second, call)];
  assert.ok(one.kind === 'succeeded' && two.kind === 'succeeded');
  assert.notEqual(one.channelTradeNo, two.channelTradeNo);
});

test('two questions that find the mark of a process that is gone do not both take the terminal', async (context) => {
  const disk = createMemoryStore();
  let looks = 0;
  // The second look at the mark is answered late, when the first question has long taken the terminal.
  const get = async (key: string): Promise<unknown> => {
    const value = await disk.get(key);
    if (key === 'busy/window-1' && (looks += 1) === 2) await setTimeout(50);
    return value;
  };
  const stand = await standFor(context, { store: { ...disk, get } });
  const plugin = await stand.plugin();
  const order = stand.order();
  await stand.lost(plugin, order, 'dropBeforeExecuting');
  await stand.store.put('busy/window-1', { by: 'pay/GONE', since: new Date(stand.time.getTime() - 10 * MINUTE_MS).toISOString() });
  const before = stand.received('reprint');
  looks = 0;
  await Promise.all([plugin.channel.query(order, call), plugin.channel.query(order, call)]);
  assert.equal(stand.received('reprint'), before + 1);
});

test('a charge is not sent to a terminal that does not say its last slip', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  stand.machine.pullPower();
  assert.equal((await plugin.channel.charge(stand.order(), call)).kind, 'notSent');
  stand.machine.restorePower();
  stand.simulator.faults.inject({ on: 'reprint', fault: 'executeThenGarbage' });
  assert.equal((await plugin.channel.charge(stand.order(), call)).kind, 'notSent');
  assert.equal(stand.received('pay'), 0);
});

test('an answer after the card-holder\'s time is up reaches nobody; the last slip tells', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const order = stand.order();
  stand.simulator.faults.inject({ on: 'pay', fault: 'holdAnswer' });
  await stand.pending(plugin, order);
  stand.machine.act('approve');
  await until(() => stand.machine.transactions.length === 1);
  assert.equal((await plugin.channel.query(order, call)).kind, 'pending');
  await stand.exchangeTimesOut();
  stand.simulator.terminals[0]?.line.releaseAnswers();
  await until(async () => (await plugin.channel.query(order, call)).kind !== 'pending');
  assert.equal((await plugin.channel.query(order, call)).kind, 'succeeded');
  assert.equal(stand.machine.transactions.length, 1);
});

test('out of paper: the bank has the money, the terminal says something else; with paper the slip is found', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const order = stand.order();
  await stand.pending(plugin, order);
  stand.machine.hasPaper = false;
  stand.machine.act('approve');
  await until(async () => (await plugin.channel.query(order, call)).kind === 'unknown');
  assert.equal((await plugin.channel.query(order, call)).kind, 'unknown');
  stand.machine.hasPaper = true;
  assert.equal((await plugin.channel.query(order, call)).kind, 'succeeded');
});

test('an answer about another amount is passed on as it is: the platform compares', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const order = stand.order();
  stand.simulator.faults.inject({ on: 'pay', fault: 'otherAmount' });
  await stand.pending(plugin, order);
  stand.machine.act('approve');
  await until(async () => (await plugin.channel.query(order, call)).kind !== 'pending');
  const news = await plugin.channel.query(order, call);
  assert.equal(news.kind === 'succeeded' && news.amountFen, 1_235);
});

test('a charge that found no connection is not sent, and may be sent again under its number', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  await stand.paid(plugin, stand.order());
  const order = stand.order();
  const [terminal] = stand.simulator.terminals;
  await terminal?.line.stop();
  assert.equal((await plugin.channel.charge(order, call)).kind, 'notSent');
  assert.equal((await plugin.channel.query(order, call)).kind, 'notFound');
  await terminal?.line.listen(terminal.host, terminal.port);
  const again = plugin.channel.charge(order, { ...call, attempt: 2 });
  await stand.terminalAsks();
  assert.equal((await again).kind, 'pending');
});

/** What a process that is killed leaves behind: the store as it was at that moment. */
async function diskOf(store: PluginStore): Promise<PluginStore> {
  const copy = createMemoryStore();
  for (const { key, value } of await store.list('', { limit: 1_000 })) await copy.put(key, value);
  return copy;
}

test('a process killed while the card-holder acts: unknown and left alone until the terminal must be done, then the last slip tells', async (context) => {
  const stand = await standFor(context);
  const before = await stand.plugin();
  const order = stand.order();
  await stand.pending(before, order);
  const after = await stand.plugin(await diskOf(stand.store));
  assert.equal((await after.channel.query(order, call)).kind, 'unknown');
  assert.equal((await after.channel.charge(order, { ...call, attempt: 2 })).kind, 'unknown');
  assert.equal((await after.channel.charge(stand.order(), call)).kind, 'notSent', 'the terminal may still wait for the first card');
  assert.equal(stand.received('reprint'), 1);
  stand.machine.act('approve');
  await until(() => stand.machine.transactions.length === 1);
  stand.time = new Date(stand.time.getTime() + MINUTE_MS);
  assert.equal((await after.channel.query(order, call)).kind, 'succeeded');
  assert.equal(stand.received('pay'), 1);
});

test('a stop writes running exchanges down as lost, and the next start finds out', async (context) => {
  const stand = await standFor(context);
  const before = await stand.plugin();
  const order = stand.order();
  await stand.pending(before, order);
  await before.stop();
  stand.machine.act('approve');
  await until(() => stand.machine.transactions.length === 1);
  const after = await stand.plugin();
  assert.equal((await after.channel.query(order, call)).kind, 'succeeded');
});

test('an end that could not be written down is found out later', async (context) => {
  const disk = createMemoryStore();
  let isBroken = false;
  const stand = await standFor(context, { store: { ...disk, put: (key, value) => (isBroken ? Promise.reject(new Error('disk')) : disk.put(key, value)) } });
  const plugin = await stand.plugin();
  const order = stand.order();
  await stand.pending(plugin, order);
  isBroken = true;
  stand.machine.act('approve');
  await until(async () => (await plugin.channel.query(order, call)).kind === 'unknown');
  isBroken = false;
  stand.time = new Date(stand.time.getTime() + MINUTE_MS);
  assert.equal((await plugin.channel.query(order, call)).kind, 'succeeded');
});

test('where the terminal is used by hand too, the last slip is read before every charge', async (context) => {
  const stand = await standFor(context, { settings: { readLastVoucher: 'beforeEveryCharge' } });
  const plugin = await stand.plugin();
  await stand.paid(plugin, stand.order());
  stand.machine.useByHand(1_234);
  const order = stand.order();
  await stand.lost(plugin, order, 'dropBeforeExecuting');
  assert.equal((await plugin.channel.query(order, call)).kind, 'unknown', 'the slip made by hand is known, so it is not newer');
});

test('a window without a terminal, and a method the terminal has not, send nothing', async (context) => {
  const stand = await standFor(context);
  const { channel } = await stand.plugin();
  for (const order of [stand.order(1_234, { terminalId: 'window-9' }), stand.order(1_234, { method: 'paymentCode', authCode: '28' })]) assert.equal((await channel.charge(order, call)).kind, 'notSent');
  assert.equal(stand.machine.received.length, 0);
});
