import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { createMemoryStore } from '@hospay/plugin-sdk/host';

import { EXCHANGE_TIMEOUT_MS, until } from './channel-bank-card-pos-subject.js';
import { BankCardStand, call } from './channel-bank-card-pos-stand.js';

const DAY_MS = 86_400_000;

async function standFor(context: TestContext, given: Parameters<typeof BankCardStand.start>[0] = {}): Promise<BankCardStand> {
  const stand = await BankCardStand.start(given);
  context.after(() => stand.stop());
  return stand;
}

test('the whole amount on the same day is undone by its voucher', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const order = stand.order();
  await stand.paid(plugin, order);
  assert.equal((await plugin.channel.refund(stand.refundOf(order, 1_234), call)).kind, 'succeeded');
  const undo = stand.machine.received.find(({ operation }) => operation === 'undo');
  assert.equal(undo?.originalVoucherNo, stand.machine.transactions[0]?.voucherNo);
  assert.equal(undo?.amountFen, 1_234);
});

for (const [title, refundFen, then] of [
  ['part of a payment', 1_000, async () => undefined],
  ['a payment of another day', 1_234, async (stand: BankCardStand) => { stand.time = new Date(stand.time.getTime() + DAY_MS); }],
] as const) {
  test(`${title} is refunded by its day and reference number`, async (context) => {
    const stand = await standFor(context);
    const plugin = await stand.plugin();
    const order = stand.order();
    await stand.paid(plugin, order);
    await then(stand);
    assert.equal((await plugin.channel.refund(stand.refundOf(order, refundFen), call)).kind, 'succeeded');
    const refund = stand.machine.received.find(({ operation }) => operation === 'refund');
    assert.deepEqual([refund?.originalDate, refund?.originalReferenceNo], ['20260302', stand.machine.transactions[0]?.referenceNo]);
    assert.equal(stand.received('undo'), 0);
  });
}

test('after a partial refund the rest is a refund too, never an undo', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const order = stand.order();
  await stand.paid(plugin, order);
  for (const refundFen of [1_000, 234]) assert.equal((await plugin.channel.refund(stand.refundOf(order, refundFen), call)).kind, 'succeeded');
  assert.deepEqual([stand.received('refund'), stand.received('undo')], [2, 0]);
});

test('what the platform kept of a payment is enough to refund it when the plugin has forgotten it', async (context) => {
  const stand = await standFor(context);
  const first = await stand.plugin();
  const order = stand.order();
  const note = await stand.paid(first, order);
  stand.time = new Date(stand.time.getTime() + 200 * DAY_MS);
  const later = await stand.plugin(createMemoryStore());
  assert.equal((await later.channel.refund(stand.refundOf(order, 1_234), call)).kind, 'declined', 'without the note nothing is known');
  assert.equal((await later.channel.refund(stand.refundOf(order, 1_234, note), call)).kind, 'succeeded');
});

test('a refund the card-holder must confirm is processing meanwhile, and one more on the terminal is not sent', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const order = stand.order();
  await stand.paid(plugin, order);
  stand.machine.refundsNeedCard = true;
  const refund = stand.refundOf(order, 400);
  const refunding = plugin.channel.refund(refund, call);
  await stand.terminalAsks();
  assert.equal((await refunding).kind, 'processing');
  assert.equal((await plugin.channel.queryRefund(refund, call)).kind, 'processing');
  assert.equal((await plugin.channel.refund(refund, { ...call, attempt: 2 })).kind, 'processing');
  assert.equal((await plugin.channel.refund(stand.refundOf(order, 100), call)).kind, 'notSent');
  stand.machine.act('approve');
  await until(async () => (await plugin.channel.queryRefund(refund, call)).kind === 'succeeded');
  assert.equal(stand.received('refund'), 1);
});

test('a refund whose answer is lost is found by its slip and never sent again', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const order = stand.order();
  await stand.paid(plugin, order);
  const refund = stand.refundOf(order, 400);
  stand.simulator.faults.inject({ on: 'refund', fault: 'executeThenDrop' });
  assert.equal((await plugin.channel.refund(refund, call)).kind, 'unknown');
  const news = await plugin.channel.queryRefund(refund, call);
  assert.equal(news.kind === 'succeeded' && news.refundFen, 400);
  assert.equal((await plugin.channel.refund(refund, { ...call, attempt: 2 })).kind, 'succeeded');
  assert.equal(stand.received('refund'), 1);
});

test('a refund nobody can prove stays unknown, is never sent again, and its amount stays taken', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const order = stand.order();
  await stand.paid(plugin, order);
  const refund = stand.refundOf(order, 400);
  stand.simulator.faults.inject({ on: 'refund', fault: 'dropBeforeExecuting' });
  assert.equal((await plugin.channel.refund(refund, call)).kind, 'unknown');
  for (let question = 0; question < 2; question += 1) assert.equal((await plugin.channel.queryRefund(refund, call)).kind, 'unknown');
  assert.equal((await plugin.channel.refund(refund, { ...call, attempt: 2 })).kind, 'unknown');
  assert.equal((await plugin.channel.refund(stand.refundOf(order, 835), call)).kind, 'declined');
  assert.equal(stand.received('refund'), 0);
});

test('a refund the card-holder broke off moved nothing: it is not found, and the same number can be tried again', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const order = stand.order();
  await stand.paid(plugin, order);
  stand.machine.refundsNeedCard = true;
  const refund = stand.refundOf(order, 400);
  const refunding = plugin.channel.refund(refund, call);
  await until(() => stand.machine.waitingFor !== undefined);
  stand.machine.act('removeCard');
  assert.equal((await refunding).kind, 'declined');
  assert.equal((await plugin.channel.queryRefund(refund, call)).kind, 'notFound');
  stand.machine.refundsNeedCard = false;
  assert.equal((await plugin.channel.refund(refund, { ...call, attempt: 2 })).kind, 'succeeded');
});

test('two refunds that arrive together cannot return more than was paid', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const order = stand.order();
  await stand.paid(plugin, order);
  const kinds = (await Promise.all([700, 700].map((refundFen) => plugin.channel.refund(stand.refundOf(order, refundFen), call)))).map(({ kind }) => kind);
  assert.deepEqual(kinds, ['succeeded', 'declined']);
});

test('a payment that is not proven is not refunded yet', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const order = stand.order();
  await stand.lost(plugin, order, 'dropBeforeExecuting');
  assert.equal((await plugin.channel.refund(stand.refundOf(order, 100), call)).kind, 'notSent');
  assert.equal(stand.received('refund') + stand.received('undo'), 0);
});

test('sign-in, settlement and reprint have their turn at the terminal, and a settled day is refunded, not undone', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const [order, waiting] = [stand.order(), stand.order()];
  assert.equal((await plugin.terminals.operate({ terminalId: 'window-1', operation: 'signIn' })).kind, 'done');
  await stand.paid(plugin, order);
  await stand.pending(plugin, waiting);
  assert.equal(plugin.terminals.longestMs, EXCHANGE_TIMEOUT_MS + 5_000, 'the core waits for the whole exchange');
  assert.equal((await plugin.terminals.operate({ terminalId: 'window-1', operation: 'settle' })).kind, 'notSent');
  stand.machine.act('cancel');
  await until(async () => (await plugin.channel.query(waiting, call)).kind === 'declined');
  assert.equal((await plugin.terminals.operate({ terminalId: 'window-1', operation: 'reprint' })).kind, 'done');
  assert.equal((await plugin.terminals.operate({ terminalId: 'window-1', operation: 'settle' })).kind, 'done');
  await stand.paid(plugin, stand.order(700));
  assert.equal((await plugin.channel.refund(stand.refundOf(order, 1_234), call)).kind, 'succeeded');
  assert.deepEqual([stand.received('undo'), stand.received('refund')], [0, 1]);
});

test('a settlement clears up a lost charge before its slip leaves the terminal', async (context) => {
  const stand = await standFor(context);
  const plugin = await stand.plugin();
  const order = stand.order();
  await stand.lost(plugin, order);
  assert.equal((await plugin.terminals.operate({ terminalId: 'window-1', operation: 'settle' })).kind, 'done');
  assert.equal((await plugin.channel.query(order, call)).kind, 'succeeded');
});
