import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { CallContext, ChargeRequest, PaymentReference } from '@hospay/plugin-sdk';
import { makeTestContext } from '@hospay/plugin-sdk/testkit';
import { Value } from 'typebox/value';

import sandboxPlugin, { createSandbox, SandboxSettingsSchema, type Sandbox } from './index.js';

const START = Date.parse('2026-03-02T02:00:00Z');
const SUBMITTED_AT = new Date(START).toISOString();

function sandboxAt(settings: Parameters<typeof createSandbox>[0]['settings'] = {}): Sandbox & { readonly forward: (seconds: number) => void } {
  let time = START;
  const sandbox = createSandbox({ settings, now: () => new Date(time) });
  return { ...sandbox, forward: (seconds) => { time += seconds * 1000; } };
}

function order(tradeNo: string, amountFen: number): ChargeRequest {
  return { tradeNo, amountFen, description: '演练', method: 'nativeQr', submittedAt: SUBMITTED_AT, expiresAt: new Date(START + 300_000).toISOString() };
}

function payment(tradeNo: string, amountFen = 1_234): PaymentReference {
  return { tradeNo, amountFen, method: 'nativeQr', submittedAt: SUBMITTED_AT };
}

function call(): CallContext {
  return { deadline: new Date(START + 10_000).toISOString(), signal: new AbortController().signal, attempt: 1 };
}

test('an ordinary order shows a sandbox code and is paid by itself after the configured seconds', async () => {
  const { channel, forward } = sandboxAt({ payAfterSeconds: 8 });
  assert.deepEqual(await channel.charge(order('T00001', 1_234), call()), { kind: 'pending', present: { kind: 'qr', content: 'hospay-sandbox:T00001' } });
  forward(7);
  assert.equal((await channel.query(payment('T00001'), call())).kind, 'pending');
  forward(1);
  const paid = await channel.query(payment('T00001'), call());
  assert.ok(paid.kind === 'succeeded');
  assert.equal(paid.paidAt, '2026-03-02T02:00:08.000Z');
});

test('the last digits of the amount decide what happens', async () => {
  const { channel, forward } = sandboxAt();
  assert.equal((await channel.charge(order('T00001', 1_001), call())).kind, 'declined');
  assert.equal((await channel.query(payment('T00001'), call())).kind, 'notFound');
  assert.equal((await channel.charge(order('T00002', 1_002), call())).kind, 'unknown');
  assert.equal((await channel.charge(order('T00003', 1_003), call())).kind, 'pending');
  forward(60);
  assert.equal((await channel.query(payment('T00002'), call())).kind, 'succeeded');
  assert.equal((await channel.query(payment('T00003'), call())).kind, 'pending');
  forward(300);
  assert.equal((await channel.query(payment('T00003'), call())).kind, 'closed', 'an order nobody paid ends with its expiry');
});

test('a drill of refunds: an answer that gets lost, and a merchant without balance', async () => {
  const { channel, forward } = sandboxAt({ payAfterSeconds: 0 });
  for (const [tradeNo, amountFen] of [['T00004', 1_004], ['T00005', 1_005]] as const) await channel.charge(order(tradeNo, amountFen), call());
  forward(1);
  const lost = { refundNo: 'R00004', submittedAt: SUBMITTED_AT, refundFen: 1_004, reason: '演练', payment: payment('T00004', 1_004) };
  assert.equal((await channel.refund(lost, call())).kind, 'unknown');
  assert.equal((await channel.queryRefund(lost, call())).kind, 'succeeded');
  const refused = { ...lost, refundNo: 'R00005', refundFen: 1_005, payment: payment('T00005', 1_005) };
  assert.equal((await channel.refund(refused, call())).kind, 'declined');
  assert.equal((await channel.queryRefund(refused, call())).kind, 'notFound');
});

test('a script of one\'s own replaces the built-in one', async () => {
  const { channel } = sandboxAt({ script: [{ amountEndsWith: '777', end: 'declined' }] });
  assert.equal((await channel.charge(order('T00001', 1_777), call())).kind, 'declined');
  assert.equal((await channel.charge(order('T00002', 1_001), call())).kind, 'pending');
});

test('an order that expired before its payer came is closed, not paid', async () => {
  const { channel, forward } = sandboxAt({ payAfterSeconds: 600 });
  await channel.charge(order('T00001', 1_234), call());
  forward(900);
  assert.equal((await channel.query(payment('T00001'), call())).kind, 'closed');
});

test('the statement holds the China day and nothing of its neighbours', async () => {
  const { channel, forward } = sandboxAt({ payAfterSeconds: 0 });
  await channel.charge(order('T00001', 1_234), call());
  const today = await channel.downloadStatement({ day: '2026-03-02' }, call());
  assert.deepEqual(today.kind === 'ok' && today.totals, { paymentFen: 1_234, refundFen: 0, lines: 1 });
  forward(86_400);
  assert.equal((await channel.downloadStatement({ day: '2026-03-03' }, call())).kind, 'empty');
});

test('without a notification key every notification is refused', async () => {
  const { channel } = sandboxAt();
  const raw = { headers: {}, query: '', body: new TextEncoder().encode('{}'), receivedAt: new Date(START).toISOString() };
  assert.equal((await channel.readNotification(raw)).kind, 'refused');
});

test('the plugin gives what its manifest declares, and refuses unknown settings', async () => {
  const contributions = await sandboxPlugin.activate(makeTestContext({ settings: {}, now: () => new Date(START) }));
  assert.deepEqual(Object.keys(contributions.channels ?? {}), ['sandbox']);
  assert.ok(Value.Check(SandboxSettingsSchema, {}));
  assert.ok(!Value.Check(SandboxSettingsSchema, { payAfter: 5 }));
});
