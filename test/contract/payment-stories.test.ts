import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { fen } from '@hospay/plugin-sdk';
import type { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import type { ClaimedJob } from '@hospay/server/domain/money-store.js';
import type { JobKind } from '@hospay/server/domain/order-change.js';
import type { StoredQuote } from '@hospay/server/domain/order.js';
import { DEFAULT_PAYMENT_POLICY } from '@hospay/server/domain/payment-policy.js';
import { advanceRefund } from '@hospay/server/refunds/advance-refund.js';
import { requestRefund } from '@hospay/server/refunds/request-refund.js';
import { addPayment } from '@hospay/server/payments/add-payment.js';
import { advancePayment } from '@hospay/server/payments/advance-payment.js';
import { advanceTender } from '@hospay/server/payments/advance-tender.js';
import { cancelPayment } from '@hospay/server/payments/cancel-payment.js';
import { confirmOrder } from '@hospay/server/payments/confirm-order.js';
import { createPayment } from '@hospay/server/payments/create-payment.js';
import type { OrderView } from '@hospay/server/payments/order-view.js';
import type { PaymentPorts } from '@hospay/server/payments/ports.js';
import { receiveNotification } from '@hospay/server/payments/receive-notification.js';
import { memoryMoneyStore } from './memory-money-store.js';
import { sampleQuote, ScriptedChannel, ScriptedHospital } from './scripted-guests.js';

const owner = { kind: 'terminal', id: 'kiosk-1' } as const;
let store: SqliteMoneyStore;
let channel: ScriptedChannel;
let hospital: ScriptedHospital;
let now: Date;
let ports: PaymentPorts;

beforeEach(() => {
  store = memoryMoneyStore();
  channel = new ScriptedChannel();
  hospital = new ScriptedHospital();
  now = new Date('2026-11-20T01:00:00Z');
  let seed = 0;
  ports = {
    store,
    presettlements: store.presettlements,
    channels: { find: () => channel, choose: () => channel },
    hospitals: { find: () => hospital },
    clock: { now: () => now },
    random: { bytes: (length) => Uint8Array.from({ length }, () => (seed = (seed * 31 + 7) % 251)), nextInt: () => 0 },
    policy: DEFAULT_PAYMENT_POLICY,
    reasonToRefuse: () => undefined,
    notifyUrl: () => undefined,
    ownerNotifier: { tell: () => Promise.resolve(true) },
  };
});
afterEach(() => store.close());

async function pay(quoteId = 'Q1', set: Partial<StoredQuote> = {}, key = `k-${quoteId}`) {
  if ((await store.findQuote(quoteId)) === undefined) await store.saveQuote(sampleQuote(quoteId, now, set));
  return createPayment(ports, {
    owner, merchantId: 'm1', idempotency: { tenant: 'terminal/kiosk-1', key, requestHash: quoteId }, quoteId, amountFen: 10_000, method: 'nativeQr', description: '门诊缴费',
  });
}
async function view(outcome: Awaited<ReturnType<typeof pay>>): Promise<OrderView> {
  assert.equal(outcome.kind, 'ok');
  return Promise.resolve(outcome.value);
}
async function claim(kind: JobKind): Promise<ClaimedJob[]> {
  return store.claimJobs({ kinds: [kind], owner: 'test', now, leaseMs: 60_000, limit: 10 });
}
async function run(kind: JobKind): Promise<number> {
  const jobs = await claim(kind);
  for (const job of jobs) {
    if (kind === 'advancePayment') await advancePayment(ports, job);
    if (kind === 'advanceTender') await advanceTender(ports, job);
    if (kind === 'confirmOrder') await confirmOrder(ports, job);
    if (kind === 'advanceRefund') await advanceRefund(ports, job);
  }
  return jobs.length;
}
const later = (seconds: number) => { now = new Date(now.getTime() + seconds * 1000); };
const succeeded = (order: OrderView, set: Record<string, unknown> = {}) => ({
  kind: 'succeeded' as const, tradeNo: order.payments[0]?.paymentNo ?? '', merchantNo: channel.merchantNo, amountFen: 10_000, channelTradeNo: '4200', paidAt: now.toISOString(), ...set,
});
const state = async (tradeNo: string) => {
  const found = await store.findOrder(tradeNo);
  assert.ok(found);
  return { payment: found.payments[0]?.state, confirmation: found.order.confirmation, refunds: found.refunds.map((refund) => refund.state) };
};
const clearBalances = () => store.database.prepare('SELECT a.code, c.clear_key, c.net_fen, c.pending_fen FROM clear_balance c JOIN account a ON a.id = c.account_id ORDER BY a.code').all();
const openCases = () => store.database.prepare('SELECT kind FROM discrepancy_case WHERE resolved_at IS NULL').all().map((row) => row['kind']);

test('a patient pays and the hospital is told: money in transit, nothing owed to the patient', async () => {
  const order = await view(await pay());
  assert.equal(order.payments[0]?.state, 'paying');
  assert.deepEqual(order.payments[0].presentation, { kind: 'qr', content: 'weixin://test' });
  later(10);
  channel.queryAnswers = [succeeded(order)];
  assert.equal(await run('advancePayment'), 1);
  assert.equal(await run('confirmOrder'), 1);
  assert.deepEqual(await state(order.tradeNo), { payment: 'succeeded', confirmation: 'confirmed', refunds: [] });
  assert.deepEqual(clearBalances().map((row) => [row['code'], row['net_fen']]), [['1121', 10_000], ['2002', 10_000]]);
  assert.equal(await store.nextJobAt(['advancePayment', 'confirmOrder', 'advanceRefund', 'tellOwner']), undefined);
});

test('the same key answers what became of the first request and never charges again', async () => {
  const first = await view(await pay());
  const second = await view(await pay());
  assert.equal(second.tradeNo, first.tradeNo);
  assert.equal(channel.calls.filter((call) => call.startsWith('charge')).length, 1);
  const other = await createPayment(ports, { owner, merchantId: 'm1', idempotency: { tenant: 'terminal/kiosk-1', key: 'k-Q1', requestHash: 'other' }, quoteId: 'Q1', amountFen: 10_000, method: 'nativeQr', description: 'x' });
  assert.deepEqual(other, { kind: 'refused', code: 'IDEMPOTENCY_KEY_REUSED' });
});

test('a bill in payment cannot be paid by anybody else until it is free again', async () => {
  const first = await view(await pay('Q1', { billNos: ['B1'] }));
  const second = await pay('Q2', { billNos: ['B1', 'B2'] });
  assert.equal(second.kind, 'refused');
  assert.equal(second.code, 'BILL_IN_PAYMENT');
  await cancelPayment(ports, { owner, tradeNo: first.tradeNo, by: 'kiosk-1' });
  assert.equal((await state(first.tradeNo)).payment, 'closed');
  assert.equal((await pay('Q2', {}, 'k-again')).kind, 'ok');
});

test('a charge that timed out is asked about, never repeated under another number', async () => {
  channel.chargeAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  const order = await view(await pay());
  assert.equal(order.payments[0]?.state, 'unknown');
  later(10);
  channel.queryAnswers = [{ kind: 'notFound' }];
  await run('advancePayment');
  const numbers = new Set(channel.calls.map((call) => call.split(' ')[1]));
  assert.equal(numbers.size, 1);
  assert.equal(channel.calls.filter((call) => call.startsWith('charge')).length, 2);
  assert.equal((await state(order.tradeNo)).payment, 'paying');
});

const free = { totalFen: fen(10_000), fundFen: fen(10_000), selfPayFen: fen(0) };
const settleFree = (set: Partial<Parameters<typeof createPayment>[1]> = {}) => createPayment(ports, {
  owner, merchantId: 'm1', idempotency: { tenant: 'terminal/kiosk-1', key: 'k-free', requestHash: 'free' }, quoteId: 'Q1', amountFen: 0, method: 'nativeQr', description: '门诊缴费', ...set,
});

test('a self-pay of zero asks no channel and moves no money, and the hospital settles the bills under our number', async () => {
  await store.saveQuote(sampleQuote('Q1', now, { billNos: ['B1'], ...free }));
  const order = await view(await settleFree());
  assert.deepEqual([order.payments, order.amountFen, order.confirmation.state], [[], 0, 'toConfirm']);
  assert.deepEqual(await store.findOrderByKey('terminal/kiosk-1', 'k-free').then((found) => found?.order.tradeNo), order.tradeNo);
  assert.equal((await view(await settleFree())).tradeNo, order.tradeNo, 'the same key answers the first');
  assert.equal((await pay('Q2', { billNos: ['B1'] })).kind, 'refused', 'its bills are claimed like any others');
  hospital.confirmAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  await run('confirmOrder');
  later(600);
  await run('confirmOrder');
  assert.deepEqual(await state(order.tradeNo), { payment: undefined, confirmation: 'confirmed', refunds: [] });
  assert.deepEqual(hospital.calls.filter((call) => call.startsWith('confirm ')), [`confirm ${order.tradeNo} 0`, `confirm ${order.tradeNo} 0`]);
  assert.deepEqual(channel.calls, []);
  assert.deepEqual(clearBalances(), []);
  assert.deepEqual(await cancelPayment(ports, { owner, tradeNo: order.tradeNo, by: 'kiosk-1' }), { kind: 'refused', code: 'NOT_CANCELLABLE' });
});

test('a self-pay of zero that the hospital refuses ends there, and its bills are free again', async () => {
  await store.saveQuote(sampleQuote('Q1', now, { billNos: ['B1'], ...free }));
  const order = await view(await settleFree());
  hospital.confirmAnswers = [{ kind: 'rejected', code: '300303', message: '已关闭' }];
  await run('confirmOrder');
  assert.deepEqual(await state(order.tradeNo), { payment: undefined, confirmation: 'rejected', refunds: [] });
  assert.equal((await pay('Q2', { billNos: ['B1'] })).kind, 'ok');
});

test('what is to be paid cannot be settled as nothing, nor nothing as something', async () => {
  await store.saveQuote(sampleQuote('Q1', now, {}));
  assert.equal((await settleFree()).kind, 'refused');
  await store.saveQuote(sampleQuote('Q2', now, free));
  const wrong = await settleFree({ quoteId: 'Q2', amountFen: 1 });
  assert.deepEqual(wrong.kind === 'refused' && wrong.code, 'AMOUNT_MISMATCH');
});

test('a definite refusal of the hospital sends the whole amount back', async () => {
  const order = await view(await pay());
  later(10);
  channel.queryAnswers = [succeeded(order)];
  hospital.confirmAnswers = [{ kind: 'rejected', code: '300303', message: '已关闭' }];
  await run('advancePayment');
  await run('confirmOrder');
  channel.refundAnswers = [{ kind: 'processing' }];
  await run('advanceRefund');
  later(60);
  const refundNo = `${order.tradeNo}R01`;
  channel.queryRefundAnswers = [{ kind: 'succeeded', refundNo, tradeNo: order.payments[0]?.paymentNo ?? '', refundFen: 10_000, channelRefundNo: '5000', refundedAt: now.toISOString() }];
  await run('advanceRefund');
  assert.deepEqual(await state(order.tradeNo), { payment: 'succeeded', confirmation: 'rejected', refunds: ['succeeded'] });
  assert.deepEqual(clearBalances(), []);
  assert.ok(!hospital.calls.some((call) => call.startsWith('approveRefund')), 'the HIS never booked it: nothing to reverse');
});

test('a confirmation without an answer is asked about before it is sent again, without a cap', async () => {
  const order = await view(await pay());
  later(10);
  channel.queryAnswers = [succeeded(order)];
  await run('advancePayment');
  hospital.confirmAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  await run('confirmOrder');
  assert.equal((await state(order.tradeNo)).confirmation, 'unknown');
  for (let attempt = 0; attempt < 40; attempt += 1) {
    later(600);
    hospital.queryAnswers = [{ kind: 'unknown', reason: 'down all night' }];
    assert.equal(await run('confirmOrder'), 1, 'the question is never given up');
  }
  assert.deepEqual(openCases(), ['confirmationUnknown']);
  later(600);
  hospital.queryAnswers = [{ kind: 'ok', value: { settlementNo: 'S9', receiptNo: 'R9', amountFen: 10_000 } }];
  await run('confirmOrder');
  assert.equal((await state(order.tradeNo)).confirmation, 'confirmed');
  assert.equal(hospital.calls.filter((call) => call.startsWith('confirm ')).length, 1, 'booked already: sent once');
  assert.deepEqual(openCases(), []);
});

test('late success after close goes to the hospital while the bill is free, and back to the patient when it is not', async () => {
  const lateOne = await view(await pay('Q1', { billNos: ['B1'] }));
  await cancelPayment(ports, { owner, tradeNo: lateOne.tradeNo, by: 'kiosk-1' });
  later(700);
  channel.queryAnswers = [succeeded(lateOne)];
  await run('advancePayment');
  assert.equal((await state(lateOne.tradeNo)).confirmation, 'toConfirm');

  const first = await view(await pay('Q2', { billNos: ['B2'] }));
  await cancelPayment(ports, { owner, tradeNo: first.tradeNo, by: 'kiosk-1' });
  await view(await pay('Q3', { billNos: ['B2'] }));
  later(700);
  channel.queryAnswers = [succeeded(first)];
  const jobs = await claim('advancePayment');
  for (const job of jobs.filter(({ tradeNo }) => tradeNo === first.tradeNo)) await advancePayment(ports, job);
  assert.deepEqual(await state(first.tradeNo), { payment: 'succeeded', confirmation: 'none', refunds: ['reserved'] });
});

test('a close without an answer may be an undo on its way: a success told meanwhile is not believed until the close is answered', async () => {
  const order = await view(await pay());
  channel.closeAnswers = [{ kind: 'unknown', reason: 'timeout' }, { kind: 'closed' }];
  await cancelPayment(ports, { owner, tradeNo: order.tradeNo, by: 'kiosk-1' });
  later(10);
  // The patient was faster than the undo; the undo executes after this question.
  channel.queryAnswers = [succeeded(order)];
  await run('advancePayment');
  assert.deepEqual(await state(order.tradeNo), { payment: 'closed', confirmation: 'none', refunds: [] });
  assert.equal(channel.calls.filter((call) => call.startsWith('close')).length, 2);
});

test('a payment that ended while its close had no answer, and is told paid, is closed again and then stands', async () => {
  const order = await view(await pay());
  channel.closeAnswers = [{ kind: 'unknown', reason: 'timeout' }, { kind: 'alreadyPaid' }];
  await cancelPayment(ports, { owner, tradeNo: order.tradeNo, by: 'kiosk-1' });
  later(10);
  channel.queryAnswers = [{ kind: 'closed' }];
  await run('advancePayment');
  assert.equal((await state(order.tradeNo)).payment, 'closed');
  later(1_000);
  channel.queryAnswers = [succeeded(order), succeeded(order)];
  await run('advancePayment');
  assert.deepEqual(await state(order.tradeNo), { payment: 'succeeded', confirmation: 'toConfirm', refunds: [] });
});

test('a close that is answered with already paid lets the payment stand', async () => {
  const order = await view(await pay());
  channel.closeAnswers = [{ kind: 'unknown', reason: 'timeout' }, { kind: 'alreadyPaid' }];
  await cancelPayment(ports, { owner, tradeNo: order.tradeNo, by: 'kiosk-1' });
  later(10);
  channel.queryAnswers = [succeeded(order), succeeded(order)];
  await run('advancePayment');
  assert.deepEqual(await state(order.tradeNo), { payment: 'succeeded', confirmation: 'toConfirm', refunds: [] });
});

for (const [what, told, end] of [
  ['undone by the close', { kind: 'closed' }, { payment: 'closed', confirmation: 'none', refunds: [] }],
  ['paid in spite of the close', undefined, { payment: 'succeeded', confirmation: 'toConfirm', refunds: [] }],
] as const) {
  test(`a charge answers paid after its close was answered: the answer is older than the end and not believed, the question right after it decides (${what})`, async () => {
    const answer = Promise.withResolvers<undefined>();
    const charge = channel.charge.bind(channel);
    channel.charge = async (request) => {
      await charge(request);
      await answer.promise;
      return { kind: 'succeeded', tradeNo: request.tradeNo, merchantNo: channel.merchantNo, amountFen: fen(10_000), channelTradeNo: '4200', paidAt: now.toISOString() };
    };
    const paying = pay();
    const sent = async (): Promise<string> => channel.calls.find((call) => call.startsWith('charge'))?.split(' ')[1] ?? setImmediate().then(sent);
    const { tradeNo } = (await store.findOrderByPayment(await sent()))?.order ?? assert.fail('the intent is committed before the call');
    await cancelPayment(ports, { owner, tradeNo, by: 'kiosk-1' });
    assert.equal((await state(tradeNo)).payment, 'closed');
    later(10);
    answer.resolve(undefined);
    const order = await view(await paying);
    assert.deepEqual(await state(tradeNo), { payment: 'closed', confirmation: 'none', refunds: [] });
    assert.deepEqual(clearBalances(), [], 'nothing is booked on the word of an old answer');
    channel.queryAnswers = [told ?? succeeded(order)];
    assert.equal(await run('advancePayment'), 1, 'asked at once, not at the next round of late questions');
    assert.deepEqual(await state(tradeNo), end);
  });
}

test('two closes at once are one: the second hears the answer of the first', async () => {
  const order = await view(await pay());
  later(10);
  const cancel = () => cancelPayment(ports, { owner, tradeNo: order.tradeNo, by: 'kiosk-1' });
  await Promise.all([cancel(), cancel()]);
  assert.equal(channel.calls.filter((call) => call.startsWith('close')).length, 1);
  assert.deepEqual((await state(order.tradeNo)).payment, 'closed');
});

test('a question asked before the end and answered after it is asked again: an undo may have given the money back in between', async () => {
  const order = await view(await pay());
  later(10);
  const query = channel.query.bind(channel);
  let answer: (() => void) | undefined;
  const slow = new Promise<ReturnType<typeof succeeded>>((resolve) => { answer = () => { resolve(succeeded(order)); }; });
  channel.query = () => slow;
  const overtaken = cancelPayment(ports, { owner, tradeNo: order.tradeNo, by: 'kiosk-1' });
  while ((await state(order.tradeNo)).payment !== 'closing') await setImmediate();
  channel.query = query;
  await cancelPayment(ports, { owner, tradeNo: order.tradeNo, by: 'kiosk-1' });
  assert.equal((await state(order.tradeNo)).payment, 'closed');
  answer?.();
  await overtaken;
  assert.deepEqual(await state(order.tradeNo), { payment: 'closed', confirmation: 'none', refunds: [] });
  channel.queryAnswers = [{ kind: 'closed' }];
  assert.equal(await run('advancePayment'), 1, 'asked again at once, of what is now');
  assert.equal((await state(order.tradeNo)).payment, 'closed');
});

for (const [what, told, end] of [
  ['given back by the undo', { kind: 'closed' }, { payment: 'closed', confirmation: 'none', refunds: [] }],
  ['paid after all', undefined, { payment: 'succeeded', confirmation: 'toConfirm', refunds: [] }],
] as const) {
  test(`a notification read while an undo was answered may be older than it and is not believed: the question right after it decides (${what})`, async () => {
    const order = await view(await pay());
    later(10);
    const paymentNo = order.payments[0]?.paymentNo ?? '';
    const read = Promise.withResolvers<undefined>();
    const notify = () => receiveNotification(ports, channel.id, { headers: {}, query: '', body: new Uint8Array(), receivedAt: ports.clock.now().toISOString() });
    channel.readNotification = async () => {
      await read.promise;
      return { kind: 'payment', eventId: 'E1', tradeNo: paymentNo, news: succeeded(order) };
    };
    const arriving = notify();
    await cancelPayment(ports, { owner, tradeNo: order.tradeNo, by: 'kiosk-1' });
    assert.equal((await state(order.tradeNo)).payment, 'closed');
    read.resolve(undefined);
    assert.equal((await arriving)?.status, 200);
    assert.deepEqual([await state(order.tradeNo), clearBalances()], [{ payment: 'closed', confirmation: 'none', refunds: [] }, []]);
    channel.queryAnswers = [told ?? succeeded(order)];
    assert.equal(await run('advancePayment'), 1, 'asked at once');
    assert.deepEqual(await state(order.tradeNo), end);
  });
}

test('questions after the end that nobody answered are not used up: the late success is found when the plugin answers again', async () => {
  const order = await view(await pay());
  await cancelPayment(ports, { owner, tradeNo: order.tradeNo, by: 'kiosk-1' });
  later(700);
  for (let time = 0; time < 6; time += 1) {
    channel.queryAnswers = [{ kind: 'unknown', reason: 'the process of the plugin ended' }];
    assert.equal(await run('advancePayment'), 1, `asked a ${String(time + 1)}th time`);
    later(3_600);
  }
  channel.queryAnswers = [{ kind: 'closed' }];
  await run('advancePayment');
  later(1_900);
  channel.queryAnswers = [succeeded(order)];
  assert.equal(await run('advancePayment'), 1, 'one answer is not enough to stop asking');
  assert.equal((await state(order.tradeNo)).payment, 'succeeded');
});

test('an end that the channel does not confirm for a day calls a person, and the case is closed when it does', async () => {
  const order = await view(await pay());
  await cancelPayment(ports, { owner, tradeNo: order.tradeNo, by: 'kiosk-1' });
  const ask = async (answer: (typeof channel.queryAnswers)[number]) => {
    channel.queryAnswers = [answer];
    assert.equal(await run('advancePayment'), 1);
  };
  later(3_600);
  await ask({ kind: 'unknown', reason: 'the terminal does not know it' });
  assert.deepEqual(openCases(), []);
  later(25 * 3_600);
  await ask({ kind: 'unknown', reason: 'the terminal does not know it' });
  assert.deepEqual(openCases(), ['paymentUnknown']);
  later(3_600);
  await ask({ kind: 'closed' });
  assert.deepEqual(openCases(), []);
});

test('news with another amount or merchant moves no money and opens a case', async () => {
  const order = await view(await pay());
  later(10);
  channel.queryAnswers = [succeeded(order, { amountFen: 1 })];
  await run('advancePayment');
  later(60);
  channel.queryAnswers = [succeeded(order, { merchantNo: 'other' })];
  await run('advancePayment');
  assert.equal((await state(order.tradeNo)).payment, 'paying');
  assert.deepEqual(openCases().sort(), ['amountMismatch', 'merchantMismatch']);
  assert.deepEqual(clearBalances(), []);
});

test('a notification that told a wrong amount does not keep the right one out under the same event number, and the right one counts once', async () => {
  const order = await view(await pay());
  later(10);
  const told = async (set: object) => {
    channel.notification = { kind: 'payment', eventId: 'E1', tradeNo: order.payments[0]?.paymentNo ?? '', news: { ...succeeded(order), ...set } };
    await receiveNotification(ports, channel.id, { headers: {}, query: '', body: new Uint8Array(), receivedAt: ports.clock.now().toISOString() });
  };
  await told({ amountFen: 1 });
  assert.equal((await state(order.tradeNo)).payment, 'paying');
  for (let time = 1; time <= 3; time += 1) await told({});
  assert.equal((await state(order.tradeNo)).payment, 'succeeded');
  assert.equal(store.database.prepare("SELECT count(*) AS n FROM fact WHERE source_id LIKE 'notification/E1/%'").get()?.['n'], 2);
});

test('two refunds of 60 on 100 cannot both pass, and the same key repeats the first answer', async () => {
  const order = await view(await pay());
  later(10);
  channel.queryAnswers = [succeeded(order)];
  await run('advancePayment');
  await run('confirmOrder');
  const ask = (key: string) => requestRefund(ports, { tradeNo: order.tradeNo, refundFen: 6_000, reason: '退药', requestedBy: 'user/1', idempotency: { tenant: 'user/1', key, requestHash: 'h' } });
  const both = await Promise.all([ask('a'), ask('b')]);
  assert.deepEqual(both.map((outcome) => outcome.kind).sort(), ['ok', 'refused']);
  const again = await ask('a');
  assert.equal(again.kind, 'ok');
  assert.equal((await state(order.tradeNo)).refunds.length, 1);
  const rest = await requestRefund(ports, { tradeNo: order.tradeNo, refundFen: undefined, reason: '退余款', requestedBy: 'user/1', idempotency: { tenant: 'user/1', key: 'c', requestHash: 'c' } });
  assert.equal(rest.kind, 'ok');
  assert.equal(rest.value.refund.refundFen, 4_000);
  assert.equal((await state(order.tradeNo)).confirmation, 'reversing');
  await run('advanceRefund');
  assert.equal((await state(order.tradeNo)).confirmation, 'reversed');
});

test('a refund the hospital refuses releases its reservation and never reaches the channel', async () => {
  const order = await view(await pay());
  later(10);
  channel.queryAnswers = [succeeded(order)];
  await run('advancePayment');
  await run('confirmOrder');
  hospital.approveAnswers = [{ kind: 'rejected', code: '20100807', message: '已发药' }];
  await requestRefund(ports, { tradeNo: order.tradeNo, refundFen: undefined, reason: '退', requestedBy: 'user/1', idempotency: { tenant: 'u', key: 'a', requestHash: 'h' } });
  await run('advanceRefund');
  assert.deepEqual(await state(order.tradeNo), { payment: 'succeeded', confirmation: 'confirmed', refunds: ['rejected'] });
  assert.ok(!channel.calls.some((call) => call.startsWith('refund')));
  assert.deepEqual(clearBalances().map((row) => [row['code'], row['net_fen'], row['pending_fen']]), [['1121', 10_000, 0], ['2002', 10_000, 0]]);
});

test('a refund that timed out is asked about and repeated with the same number only', async () => {
  const order = await view(await pay());
  later(10);
  channel.queryAnswers = [succeeded(order)];
  hospital.confirmAnswers = [{ kind: 'mismatch', code: '300304', message: '金额不符' }];
  await run('advancePayment');
  await run('confirmOrder');
  channel.refundAnswers = [{ kind: 'unknown', reason: 'timeout' }, { kind: 'unknown', reason: 'timeout' }];
  await run('advanceRefund');
  later(60);
  channel.queryRefundAnswers = [{ kind: 'notFound' }];
  await run('advanceRefund');
  const numbers = new Set(channel.calls.filter((call) => call.includes('efund')).map((call) => call.split(' ')[1]));
  assert.equal(numbers.size, 1);
  assert.deepEqual((await state(order.tradeNo)).refunds, ['unknown']);
});

test('a refund the channel had taken in hand and then knows nothing of is sent again under its number', async () => {
  const order = await view(await pay());
  later(10);
  channel.queryAnswers = [succeeded(order)];
  hospital.confirmAnswers = [{ kind: 'mismatch', code: '300304', message: '金额不符' }];
  await run('advancePayment');
  await run('confirmOrder');
  // A card terminal waits for the card, nobody gives it, and the terminal gives up.
  channel.refundAnswers = [{ kind: 'processing' }, { kind: 'declined', code: 'X2', message: '持卡人取消' }, { kind: 'processing' }];
  for (const expected of ['processing', 'abnormal', 'processing']) {
    channel.queryRefundAnswers = [{ kind: 'notFound' }];
    await run('advanceRefund');
    assert.deepEqual((await state(order.tradeNo)).refunds, [expected]);
    later(3600);
  }
  assert.equal(channel.calls.filter((call) => call.startsWith('refund ')).length, 3);
  assert.equal(new Set(channel.calls.filter((call) => call.includes('efund')).map((call) => call.split(' ')[1])).size, 1);
});

test('a result whose lease was overtaken is rolled back whole', async () => {
  const order = await view(await pay());
  later(10);
  const [stale] = await claim('advancePayment');
  assert.ok(stale);
  later(120);
  const [fresh] = await claim('advancePayment');
  assert.ok(fresh);
  channel.queryAnswers = [succeeded(order)];
  await advancePayment(ports, stale);
  assert.equal((await state(order.tradeNo)).payment, 'paying', 'the stale worker wrote nothing');
  channel.queryAnswers = [succeeded(order)];
  await advancePayment(ports, fresh);
  assert.equal((await state(order.tradeNo)).payment, 'succeeded');
});

/** A mixed order of 100 yuan whose first payment takes `firstFen`. */
async function payPart(firstFen: number): Promise<OrderView> {
  await store.saveQuote(sampleQuote('Q1', now));
  return view(await createPayment(ports, {
    owner, merchantId: 'm1', idempotency: { tenant: 'terminal/kiosk-1', key: 'k-Q1', requestHash: 'Q1' }, quoteId: 'Q1', amountFen: 10_000, tenderFen: firstFen, method: 'nativeQr', description: '门诊缴费',
  }));
}
const add = (tradeNo: string, tenderFen?: number, key = 'k-add') =>
  addPayment(ports, { owner, tradeNo, idempotency: { tenant: 'terminal/kiosk-1', key, requestHash: `${key}/${String(tenderFen)}` }, method: 'nativeQr', ...(tenderFen === undefined ? {} : { tenderFen }) });
async function paid(order: OrderView, leg: number): Promise<void> {
  const payment = order.payments[leg - 1];
  assert.ok(payment);
  later(20);
  channel.queryAnswers = [{ ...succeeded(order), tradeNo: payment.paymentNo, amountFen: payment.amountFen, channelTradeNo: `420${String(leg)}` }];
  await run('advancePayment');
}
const refundsOf = async (tradeNo: string) => (await store.findOrder(tradeNo))?.refunds.map(({ paymentNo, refundFen, cause, state: at }) => [Number(paymentNo.slice(-2)), refundFen, cause, at]);

test('a mixed order tells the hospital only when its payments reach the whole amount, and then of all of them', async () => {
  const order = await payPart(6_000);
  await paid(order, 1);
  assert.deepEqual(await state(order.tradeNo), { payment: 'succeeded', confirmation: 'none', refunds: [] });
  assert.equal(await run('confirmOrder'), 0);
  const second = await view(await add(order.tradeNo));
  assert.deepEqual(second.payments.map(({ amountFen }) => amountFen), [6_000, 4_000]);
  await paid(second, 2);
  assert.equal(await run('confirmOrder'), 1);
  assert.deepEqual(await state(order.tradeNo), { payment: 'succeeded', confirmation: 'confirmed', refunds: [] });
  assert.equal(await store.nextJobAt(['advanceTender']), undefined, 'nothing is left to wait for');
  assert.deepEqual(clearBalances().map((row) => [row['code'], row['net_fen']]), [['1121', 10_000], ['2002', 10_000]]);
});

test('two payments at once, one too large, and one for an order that takes no more are refused', async () => {
  const order = await payPart(6_000);
  assert.deepEqual(await add(order.tradeNo), { kind: 'refused', code: 'PAYMENT_IN_PROGRESS' });
  await paid(order, 1);
  assert.deepEqual(await add(order.tradeNo, 4_001), { kind: 'refused', code: 'TENDER_EXCEEDS_REMAINING' });
  const second = await view(await add(order.tradeNo, 4_000, 'k-right'));
  assert.equal((await view(await add(order.tradeNo, 4_000, 'k-right'))).payments.length, 2, 'the same key answers what became of the first');
  assert.equal(channel.calls.filter((call) => call.startsWith('charge')).length, 2);
  await paid(second, 2);
  assert.deepEqual(await add(order.tradeNo, 1, 'k-late'), { kind: 'refused', code: 'TENDER_CLOSED' });
  const whole = await view(await pay('Q9', { billNos: ['B9'] }));
  assert.deepEqual(await add(whole.tradeNo, 1, 'k-whole'), { kind: 'refused', code: 'TENDER_CLOSED' });
});

test('a mixed order given up half way sends every payment back, the last first, and frees its bills', async () => {
  const order = await payPart(3_000);
  await paid(order, 1);
  const second = await view(await add(order.tradeNo, 5_000));
  await paid(second, 2);
  const cancelled = await cancelPayment(ports, { owner, tradeNo: order.tradeNo, by: 'kiosk-1' });
  assert.equal(cancelled.kind, 'ok');
  assert.deepEqual(await refundsOf(order.tradeNo), [[2, 5_000, 'tenderAbandoned', 'reserved'], [1, 3_000, 'tenderAbandoned', 'reserved']]);
  const sent = () => channel.calls.filter((call) => call.startsWith('refund '));
  const [last, first] = (await claim('advanceRefund')).sort((left, right) => left.subject.localeCompare(right.subject));
  assert.ok(last !== undefined && first !== undefined);
  await advanceRefund(ports, first);
  assert.deepEqual(sent(), [], 'the first payment waits for the refund of the second');
  await advanceRefund(ports, last);
  later(3);
  await run('advanceRefund');
  assert.deepEqual(sent(), [`refund ${order.tradeNo}R01`, `refund ${order.tradeNo}R02`]);
  assert.equal((await pay('Q2', {}, 'k-anew')).kind, 'ok', 'the bills may be paid anew');
});

test('time runs out with the rest unpaid: the open payment is closed at its channel, then what was paid goes back', async () => {
  const order = await payPart(6_000);
  await paid(order, 1);
  later((Date.parse(order.tender?.until ?? '') - now.getTime()) / 1000 - 60);
  await view(await add(order.tradeNo));
  later(60);
  channel.queryAnswers = [{ kind: 'pending' }];
  await run('advanceTender');
  assert.deepEqual(await refundsOf(order.tradeNo), [], 'the open payment may still succeed');
  channel.queryAnswers = [{ kind: 'pending' }];
  await run('advancePayment');
  assert.ok(channel.calls.some((call) => call.startsWith('close ')));
  assert.deepEqual(await refundsOf(order.tradeNo), [[1, 6_000, 'tenderAbandoned', 'reserved']]);
});

test('a payment of a mixed order that fails leaves the rest to another; when the failed one turns out paid after all, it goes back', async () => {
  const order = await payPart(6_000);
  await paid(order, 1);
  const second = await view(await add(order.tradeNo));
  later(20);
  channel.queryAnswers = [{ kind: 'declined', code: 'NOTENOUGH', message: '余额不足' }];
  await run('advancePayment');
  const third = await view(await add(order.tradeNo, undefined, 'k-third'));
  await paid(third, 3);
  assert.equal(await run('confirmOrder'), 1);
  later(600);
  channel.queryAnswers = [{ ...succeeded(order), tradeNo: second.payments[1]?.paymentNo ?? '', amountFen: 4_000, channelTradeNo: '4202' }];
  await run('advancePayment');
  assert.deepEqual(await refundsOf(order.tradeNo), [[2, 4_000, 'latePayment', 'reserved']]);
  await run('advanceRefund');
  assert.ok(!hospital.calls.some((call) => call.startsWith('approveRefund')), 'the HIS never booked the late one');
  assert.equal((await state(order.tradeNo)).confirmation, 'confirmed');
});

test('a refund of a confirmed mixed order takes from the last payments first, each up to what it holds', async () => {
  const order = await payPart(6_000);
  await paid(order, 1);
  await paid(await view(await add(order.tradeNo)), 2);
  await run('confirmOrder');
  const asked = await requestRefund(ports, { tradeNo: order.tradeNo, refundFen: 5_500, reason: '退费', requestedBy: 'user/a', idempotency: { tenant: 'refunds', key: 'f1', requestHash: 'f1' } });
  assert.equal(asked.kind === 'ok' && asked.value.refunds.length, 2);
  assert.deepEqual(await refundsOf(order.tradeNo), [[2, 4_000, 'requested', 'reserved'], [1, 1_500, 'requested', 'reserved']]);
  const more = await requestRefund(ports, { tradeNo: order.tradeNo, refundFen: 4_501, reason: '退费', requestedBy: 'user/a', idempotency: { tenant: 'refunds', key: 'f2', requestHash: 'f2' } });
  assert.deepEqual(more, { kind: 'refused', code: 'REFUND_EXCEEDS_PAYMENT' });
});
