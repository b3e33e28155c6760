import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import test from 'node:test';
import type { ApiResult } from '@hospay/payment-sdk';
import { sign, writeAuthorization } from '@hospay/payment-sdk';
import { CHANNEL_KEY, OTHER, startStand, type Stand } from './payment-api-stand.js';

function value<Value>(result: ApiResult<Value>): Value {
  if (result.kind !== 'ok') assert.fail(`expected an answer, got ${JSON.stringify(result)}`);
  return result.value;
}
function code(result: ApiResult<unknown>): string {
  return result.kind === 'refused' ? result.error.code : result.kind;
}

type Forged = { method?: string; body?: string; app?: string; secret?: string; timestamp?: number; nonce?: string; key?: string; headers?: Record<string, string>; signTarget?: string; signBody?: string; signKey?: string };
/** A signed request with one thing wrong. */
async function request(stand: Stand, target: string, set: Forged = {}): Promise<{ status: number; code: string; detail: string; headers: Headers }> {
  const { method = 'POST', body = method === 'POST' ? '{}' : '', app = stand.application.appId, secret = stand.application.secret, nonce = randomBytes(12).toString('hex'), key } = set;
  const timestamp = String(set.timestamp ?? Math.floor(stand.clock.now().getTime() / 1000));
  const signature = sign(secret, { method, target: set.signTarget ?? target, timestamp, nonce, body: set.signBody ?? body, idempotencyKey: set.signKey ?? key });
  const response = await fetch(`${stand.origin}${target}`, {
    method,
    ...(method === 'GET' ? {} : { body }),
    headers: { 'content-type': 'application/json', authorization: writeAuthorization({ app, timestamp, nonce, signature }), ...(key === undefined ? {} : { 'idempotency-key': key }), ...set.headers },
  });
  const answer: unknown = await response.json();
  const error = typeof answer === 'object' && answer !== null && 'error' in answer && typeof answer.error === 'object' && answer.error !== null ? answer.error : {};
  return { status: response.status, code: 'code' in error ? String(error.code) : 'none', detail: 'detail' in error ? String(error.detail) : '', headers: response.headers };
}
const counts = (stand: Stand) => stand.store.database.prepare('SELECT (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM fact) AS facts, (SELECT count(*) FROM state_event) AS events').get();

test('an application finds the patient, quotes the bill, takes the payment, learns of it, and the hospital knows', async (context) => {
  const stand = await startStand(context);
  const client = stand.client();
  const [patient] = value(await client.searchPatients({ cardType: 'visitCard', cardNo: 'C1001' }));
  assert.equal(patient?.name, '赵*试');
  stand.hospital.bills.set('B9', 12_345);
  const [bill] = value(await client.searchBills({ patientId: patient.patientId }));
  assert.equal(bill?.amountFen, 12_345);
  const quote = value(await client.quoteBills({ patientId: 'P1', patientLabel: patient.name, billNos: [bill.billNo] }));
  const order = value(await client.createPayment({ quoteId: quote.quoteId, amountFen: quote.selfPayFen, method: 'nativeQr' }, { idempotencyKey: 'first-payment-1' }));
  assert.deepEqual(order.payments[0]?.presentation, { kind: 'qr', content: `weixin://pay/${order.payments[0]?.paymentNo ?? ''}` });
  assert.equal(order.payments[0]?.state, 'paying');
  stand.channel.pay(order.payments[0]?.paymentNo ?? '');
  assert.equal(value(await client.findPayment(order.tradeNo)).payments[0]?.state, 'paying');
  const paid = value(await client.findPayment(order.tradeNo, { fresh: true }));
  assert.equal(paid.payments[0]?.state, 'succeeded');
  await stand.work('confirmOrder');
  const confirmed = value(await client.findPaymentByKey('first-payment-1'));
  assert.equal(confirmed.confirmation.state, 'confirmed');
  assert.ok(confirmed.version > paid.version);
  assert.equal(stand.hospital.confirmed.size, 1);
});

test('a card nobody knows, a bill nobody knows, and a full name where a masked one belongs are refused', async (context) => {
  const stand = await startStand(context);
  const client = stand.client();
  assert.equal(code(await client.searchPatients({ cardType: 'visitCard', cardNo: 'nobody' })), 'PATIENT_NOT_FOUND');
  assert.equal(code(await client.quoteBills({ patientId: 'P1', billNos: ['B404'] })), 'BILL_NOT_FOUND');
  assert.equal(code(await client.quoteBills({ patientId: 'P1', patientLabel: '赵小试', billNos: ['B404'] })), 'MALFORMED_REQUEST');
});

test('the same key and body again answers the same order and charges nothing, in whatever order its JSON keys come', async (context) => {
  const stand = await startStand(context);
  const { tradeNo } = await stand.takePayment({ idempotencyKey: 'repeat-me-1' });
  const quoteId = (await stand.store.findOrder(tradeNo))?.order.quoteId ?? '';
  const again = value(await stand.client().createPayment({ method: 'nativeQr', amountFen: 10_000, quoteId }, { idempotencyKey: 'repeat-me-1' }));
  assert.equal(again.tradeNo, tradeNo);
  assert.equal(stand.channel.orders.size, 1);
  stand.clock.advance(3 * 3_600_000);
  assert.equal(value(await stand.client().createPayment({ method: 'nativeQr', amountFen: 10_000, quoteId }, { idempotencyKey: 'repeat-me-1' })).tradeNo, tradeNo, 'long after the quote expired');
});

test('the same key with another body is 422 and changes nothing', async (context) => {
  const stand = await startStand(context);
  const { tradeNo } = await stand.takePayment({ idempotencyKey: 'one-key-only' });
  const before = counts(stand);
  const quoteId = (await stand.store.findOrder(tradeNo))?.order.quoteId ?? '';
  const other = await stand.client().createPayment({ method: 'nativeQr', amountFen: 10_000, quoteId, description: '别的内容' }, { idempotencyKey: 'one-key-only' });
  assert.equal(other.kind === 'refused' ? other.error.httpStatus : 0, 422);
  assert.equal(code(other), 'IDEMPOTENCY_KEY_REUSED');
  // A refund is another request too.
  assert.equal(code(await stand.client().requestRefund(tradeNo, { reason: 'x' }, { idempotencyKey: 'one-key-only' })), 'IDEMPOTENCY_KEY_REUSED');
  assert.deepEqual(counts(stand), before);
});

test('a payment without a key, or with a key too short, is refused before anything is stored', async (context) => {
  const stand = await startStand(context);
  const body = JSON.stringify({ quoteId: 'Q', amountFen: 1, method: 'nativeQr' });
  const without = await request(stand, '/api/v1/payments', { body });
  assert.deepEqual([without.status, without.code], [400, 'MALFORMED_REQUEST']);
  assert.match(without.detail, /headers: idempotency-key: is required/);
  assert.match((await request(stand, '/api/v1/payments', { body, key: 'short' })).detail, /idempotency-key/);
});

test('the wrong amount, an expired quote, an unknown quote and a bill in payment are refused', async (context) => {
  const stand = await startStand(context);
  const client = stand.client();
  stand.hospital.bills.set('B1', 10_000);
  const quote = value(await client.quoteBills({ patientId: 'P1', billNos: ['B1'] }));
  const pay = (amountFen: number, idempotencyKey: string) => client.createPayment({ quoteId: quote.quoteId, amountFen, method: 'nativeQr' }, { idempotencyKey });
  assert.equal(code(await pay(9_999, 'wrong-amount')), 'AMOUNT_MISMATCH');
  assert.equal(code(await client.createPayment({ quoteId: 'NOSUCHQUOTE', amountFen: 1, method: 'nativeQr' }, { idempotencyKey: 'unknown-quote' })), 'QUOTE_NOT_FOUND');
  assert.equal(code(await client.createPayment({ quoteId: quote.quoteId, amountFen: 10_000, method: 'nativeQr', channel: 'nowhere' }, { idempotencyKey: 'no-channel' })), 'CHANNEL_UNAVAILABLE');
  assert.equal(value(await pay(10_000, 'right-amount')).payments[0]?.state, 'paying');
  const secondQuote = value(await client.quoteBills({ patientId: 'P1', billNos: ['B1'] }));
  assert.equal(code(await client.createPayment({ quoteId: secondQuote.quoteId, amountFen: 10_000, method: 'nativeQr' }, { idempotencyKey: 'second-order' })), 'BILL_IN_PAYMENT');
  stand.hospital.bills.set('B2', 500);
  const expiring = value(await client.quoteBills({ patientId: 'P1', billNos: ['B2'] }));
  stand.clock.advance(16 * 60_000);
  assert.equal(code(await client.createPayment({ quoteId: expiring.quoteId, amountFen: 500, method: 'nativeQr' }, { idempotencyKey: 'expired-quote' })), 'QUOTE_EXPIRED');
  stand.refuseNew = 'the disk is full';
  assert.equal(code(await client.createPayment({ quoteId: expiring.quoteId, amountFen: 500, method: 'nativeQr' }, { idempotencyKey: 'while-stopped' })), 'STOPPED_FOR_SAFETY');
  assert.equal(stand.channel.orders.size, 1);
});

test('a scanned code needs its code, a page inside the wallet its payer', async (context) => {
  const stand = await startStand(context);
  const client = stand.client();
  assert.equal(code(await client.createPayment({ quoteId: 'Q', amountFen: 1, method: 'paymentCode' }, { idempotencyKey: 'without-code' })), 'MALFORMED_REQUEST');
  assert.equal(code(await client.createPayment({ quoteId: 'Q', amountFen: 1, method: 'jsapi' }, { idempotencyKey: 'without-payer' })), 'MALFORMED_REQUEST');
});

test('a charge whose answer was lost is found by its key, and shown as unknown, not failed', async (context) => {
  const stand = await startStand(context);
  stand.channel.loseChargeAnswers = true;
  const { tradeNo, paymentNo } = await stand.takePayment({ idempotencyKey: 'lost-answer-1' });
  assert.equal(value(await stand.client().findPaymentByKey('lost-answer-1')).payments[0]?.state, 'unknown');
  stand.channel.pay(paymentNo);
  const found = value(await stand.client().findPaymentByKey('lost-answer-1', { fresh: true }));
  assert.deepEqual([found.tradeNo, found.payments[0]?.state], [tradeNo, 'succeeded']);
});

test('an unpaid order is cancelled at the channel; a paid one is not, and says so', async (context) => {
  const stand = await startStand(context);
  const client = stand.client();
  const open = await stand.takePayment();
  assert.equal(value(await client.cancelPayment(open.tradeNo)).payments[0]?.state, 'closed');
  assert.equal(stand.channel.orders.get(open.paymentNo)?.state, 'closed');
  assert.equal(value(await client.cancelPayment(open.tradeNo)).payments[0]?.state, 'closed', 'again is harmless');
  const paidMeanwhile = await stand.takePayment();
  stand.channel.pay(paidMeanwhile.paymentNo);
  assert.equal(value(await client.cancelPayment(paidMeanwhile.tradeNo)).payments[0]?.state, 'succeeded');
  assert.equal(code(await client.cancelPayment(paidMeanwhile.tradeNo)), 'NOT_CANCELLABLE');
});

test('of two refunds of 60 on 100 at the same moment one is accepted', async (context) => {
  const stand = await startStand(context);
  const client = stand.client();
  const { tradeNo } = await stand.takePaid({ amountFen: 10_000 });
  const results = await Promise.all(['refund-key-a', 'refund-key-b', 'refund-key-c'].map((idempotencyKey) => client.requestRefund(tradeNo, { refundFen: 6_000, reason: '退药' }, { idempotencyKey })));
  assert.deepEqual(results.map(code).sort(), ['REFUND_EXCEEDS_PAYMENT', 'REFUND_EXCEEDS_PAYMENT', 'ok']);
  await stand.work('advanceRefund');
  assert.equal(stand.channel.refunds.size, 1);
  assert.equal(value(await client.findPayment(tradeNo)).payments[0]?.refundableFen, 4_000);
});

test('a refund repeated with its key is one refund; the rest may follow under another key; each is found by its number', async (context) => {
  const stand = await startStand(context);
  const client = stand.client();
  const { tradeNo } = await stand.takePaid({ amountFen: 10_000 });
  const first = value(await client.requestRefund(tradeNo, { refundFen: 2_500, reason: '部分退' }, { idempotencyKey: 'partial-refund' }));
  const again = value(await client.requestRefund(tradeNo, { refundFen: 2_500, reason: '部分退' }, { idempotencyKey: 'partial-refund' }));
  assert.equal(again.refund.refundNo, first.refund.refundNo);
  assert.equal(code(await client.requestRefund(tradeNo, { refundFen: 2_501, reason: '部分退' }, { idempotencyKey: 'partial-refund' })), 'IDEMPOTENCY_KEY_REUSED');
  const rest = value(await client.requestRefund(tradeNo, { reason: '全退' }, { idempotencyKey: 'rest-of-it' }));
  assert.equal(rest.refund.refundFen, 7_500);
  await stand.work('advanceRefund');
  stand.clock.advance(5 * 60_000);
  await stand.work('advanceRefund');
  const found = value(await client.findRefund(first.refund.refundNo));
  assert.equal(found.refund.state, 'succeeded');
  assert.equal(found.order.payments[0]?.refundableFen, 0);
  assert.equal(code(await client.findRefund(`${tradeNo}R77`)), 'NO_SUCH_ITEM');
  assert.equal(code(await client.findRefund('notarefundnumber')), 'NO_SUCH_ITEM');
});

test('an unpaid order cannot be refunded', async (context) => {
  const stand = await startStand(context);
  const { tradeNo } = await stand.takePayment();
  assert.equal(code(await stand.client().requestRefund(tradeNo, { reason: 'x' }, { idempotencyKey: 'too-early-1' })), 'NOT_REFUNDABLE');
});

test("another application's order, refund, key and quote do not exist for this one", async (context) => {
  const stand = await startStand(context);
  const stranger = stand.client({ appId: OTHER.appId, secret: OTHER.secret });
  const { tradeNo } = await stand.takePaid({ idempotencyKey: 'mine-and-only-mine' });
  const refund = value(await stand.client().requestRefund(tradeNo, { refundFen: 1, reason: 'x' }, { idempotencyKey: 'refund-of-mine' }));
  assert.equal(code(await stranger.findPayment(tradeNo)), 'ORDER_NOT_FOUND');
  assert.equal(code(await stranger.findPayment(tradeNo, { fresh: true })), 'ORDER_NOT_FOUND');
  assert.equal(code(await stranger.findPaymentByKey('mine-and-only-mine')), 'ORDER_NOT_FOUND');
  assert.equal(code(await stranger.cancelPayment(tradeNo)), 'ORDER_NOT_FOUND');
  assert.equal(code(await stranger.requestRefund(tradeNo, { reason: 'x' }, { idempotencyKey: 'refund-of-yours' })), 'ORDER_NOT_FOUND');
  assert.equal(code(await stranger.findRefund(refund.refund.refundNo)), 'NO_SUCH_ITEM');
  const mine = value(await stand.client().findPayment(tradeNo));
  assert.deepEqual([mine.refunds.length, mine.payments[0]?.refundableFen], [1, 9_999], 'nothing the stranger tried happened');
  stand.hospital.bills.set('B7', 100);
  const quote = value(await stand.client().quoteBills({ patientId: 'P1', billNos: ['B7'] }));
  assert.equal(code(await stranger.createPayment({ quoteId: quote.quoteId, amountFen: 100, method: 'nativeQr' }, { idempotencyKey: 'your-quote-1' })), 'QUOTE_NOT_FOUND');
});

test('two applications may use the same idempotency key', async (context) => {
  const stand = await startStand(context);
  const stranger = stand.client({ appId: OTHER.appId, secret: OTHER.secret });
  const mine = await stand.takePayment({ idempotencyKey: 'same-key-text' });
  const theirs = await stand.takePayment({ idempotencyKey: 'same-key-text', client: stranger });
  assert.notEqual(mine.tradeNo, theirs.tradeNo);
});

test('a wrong signature, a changed body, query or idempotency key, an unknown or disabled application and a clock that is off are turned away', async (context) => {
  const stand = await startStand(context, { more: [{ ...OTHER, appId: 'disabled-app', status: 'disabled' }] });
  const seconds = Math.floor(stand.clock.now().getTime() / 1000);
  const patients = '/api/v1/patients/search';
  const refusals: [Forged & { target?: string }, string][] = [
    [{ secret: 'not the secret of this application' }, 'SIGNATURE_INVALID'],
    [{ body: '{"cardType":"visitCard","cardNo":"C1001"}', signBody: '{"cardType":"visitCard","cardNo":"C1002"}' }, 'SIGNATURE_INVALID'],
    [{ method: 'GET', target: '/api/v1/payments?idempotencyKey=abcdefgh&fresh=true', signTarget: '/api/v1/payments?idempotencyKey=abcdefgh' }, 'SIGNATURE_INVALID'],
    [{ key: 'key-on-the-wire', signKey: 'key-that-was-signed' }, 'SIGNATURE_INVALID'],
    [{ headers: { 'idempotency-key': 'added-on-the-way' } }, 'SIGNATURE_INVALID'],
    [{ headers: { authorization: 'Bearer abc' } }, 'SIGNATURE_INVALID'],
    [{ headers: { authorization: 'HOSPAY-HMAC-SHA256 app="a"' } }, 'SIGNATURE_INVALID'],
    [{ app: 'nobody-knows-me' }, 'UNKNOWN_CALLER'],
    [{ app: 'disabled-app', secret: OTHER.secret }, 'UNKNOWN_CALLER'],
    [{ timestamp: seconds - 301 }, 'REQUEST_EXPIRED'],
    [{ timestamp: seconds + 301 }, 'REQUEST_EXPIRED'],
    [{ nonce: 'short' }, 'SIGNATURE_INVALID'],
  ];
  for (const [forged, expected] of refusals) {
    const answer = await request(stand, forged.target ?? patients, forged);
    assert.equal(answer.code, expected, JSON.stringify(forged));
    assert.equal(answer.status, 401);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  }
  // The same requests without the fault get past the door.
  assert.equal((await request(stand, patients, { timestamp: seconds - 300, body: '{"cardType":"visitCard","cardNo":"C1001"}' })).status, 200);
});

test('a request sent again, byte for byte, is a replay: also after ten minutes less a second, and never counts twice', async (context) => {
  const stand = await startStand(context);
  const seconds = Math.floor(stand.clock.now().getTime() / 1000);
  const same = { timestamp: seconds + 300, nonce: 'captured-on-the-wire', method: 'GET' };
  const target = '/api/v1/payments?idempotencyKey=no-such-key';
  assert.equal((await request(stand, target, same)).code, 'ORDER_NOT_FOUND');
  assert.equal((await request(stand, target, same)).code, 'REPLAYED');
  stand.clock.advance(599_000);
  assert.equal((await request(stand, target, same)).code, 'REPLAYED');
  stand.clock.advance(2_000);
  assert.equal((await request(stand, target, same)).code, 'REQUEST_EXPIRED');
  // A nonce is one application's own.
  assert.equal((await request(stand, target, { nonce: 'captured-on-the-wire', method: 'GET', app: OTHER.appId, secret: OTHER.secret })).code, 'ORDER_NOT_FOUND');
});

test('an application may do what it was given and nothing else', async (context) => {
  const stand = await startStand(context, { application: { permissions: ['read'] } });
  const client = stand.client();
  assert.equal(code(await client.findPayment('H00000000')), 'ORDER_NOT_FOUND');
  for (const result of [
    await client.quoteBills({ patientId: 'P1', billNos: ['B1'] }),
    await client.createPayment({ quoteId: 'Q', amountFen: 1, method: 'nativeQr' }, { idempotencyKey: 'not-allowed' }),
    await client.cancelPayment('H00000000'),
    await client.requestRefund('H00000000', { reason: 'x' }, { idempotencyKey: 'not-allowed' }),
    await client.downloadStatement('2026-11-18'),
  ]) {
    assert.equal(code(result), 'NOT_PERMITTED');
  }
});

test('an application that asks too often waits; another does not', async (context) => {
  const stand = await startStand(context, { rate: { perSecond: 1, burst: 2 } });
  const client = stand.client();
  assert.equal(code(await client.findPayment('H00000000')), 'ORDER_NOT_FOUND');
  assert.equal(code(await client.findPayment('H00000000')), 'ORDER_NOT_FOUND');
  assert.equal(code(await client.findPayment('H00000000')), 'TOO_MANY_REQUESTS');
  assert.equal(code(await stand.client({ appId: OTHER.appId, secret: OTHER.secret }).findPayment('H00000000')), 'ORDER_NOT_FOUND');
  stand.clock.advance(1_000);
  assert.equal(code(await client.findPayment('H00000000')), 'ORDER_NOT_FOUND');
});

test('malformed, oversized and over-informed bodies are refused with the place, and nothing is stored', async (context) => {
  const stand = await startStand(context);
  const before = counts(stand);
  const key = 'bad-body-key';
  const malformed = await request(stand, '/api/v1/payments', { body: '{"quoteId": "Q",\n "amountFen": }', key });
  assert.deepEqual([malformed.status, malformed.code, malformed.detail], [400, 'MALFORMED_REQUEST', 'body: is not JSON at line 2, column 15']);
  const extra = await request(stand, '/api/v1/payments', { body: '{"quoteId":"Q","amountFen":1,"method":"nativeQr","discount":5}', key });
  assert.match(extra.detail, /body: discount: is not a known key/);
  const float = await request(stand, '/api/v1/payments', { body: '{"quoteId":"Q","amountFen":12.5,"method":"nativeQr"}', key });
  assert.match(float.detail, /body: amountFen: must be integer/);
  const text = await request(stand, '/api/v1/payments', { body: '{"quoteId":"Q","amountFen":"1250","method":"nativeQr"}', key });
  assert.match(text.detail, /body: amountFen/);
  const large = await request(stand, '/api/v1/payments', { body: JSON.stringify({ quoteId: 'x'.repeat(300 * 1024) }), key });
  assert.deepEqual([large.status, large.code], [413, 'BODY_TOO_LARGE']);
  const nowhere = await request(stand, '/api/v1/nowhere', {});
  assert.deepEqual([nowhere.status, nowhere.code], [404, 'UNSUPPORTED_OPERATION']);
  assert.deepEqual(counts(stand), before);
});

test('a store that refuses answers 503, nothing is charged, the client says unknown, and a notification is asked for again', async (context) => {
  const stand = await startStand(context);
  const { paymentNo } = await stand.takePayment();
  stand.channel.pay(paymentNo);
  stand.hospital.bills.set('B9', 100);
  const quote = value(await stand.client().quoteBills({ patientId: 'P1', billNos: ['B9'] }));
  stand.store.commits.refuse('the disk is full');
  const body = JSON.stringify({ quoteId: quote.quoteId, amountFen: 100, method: 'nativeQr' });
  const refused = await request(stand, '/api/v1/payments', { body, key: 'while-disk-full' });
  assert.deepEqual([refused.status, refused.code, refused.headers.get('retry-after')], [503, 'STORE_UNAVAILABLE', '10']);
  assert.equal((await stand.client().createPayment({ quoteId: quote.quoteId, amountFen: 100, method: 'nativeQr' }, { idempotencyKey: 'while-disk-full' })).kind, 'unknown');
  assert.equal(stand.channel.orders.size, 1);
  const news = JSON.stringify({ tradeNo: paymentNo });
  const notified = await fetch(`${stand.origin}/notify/working`, { method: 'POST', body: news, headers: { 'x-channel-signature': createHmac('sha256', CHANNEL_KEY).update(news).digest('hex') } });
  assert.deepEqual([notified.status, await notified.text()], [503, '{"code":"retryLater"}']);
});

test("a channel's notification moves the payment once, however often it comes", async (context) => {
  const stand = await startStand(context);
  const { tradeNo, paymentNo } = await stand.takePayment();
  stand.channel.pay(paymentNo);
  const body = JSON.stringify({ tradeNo: paymentNo });
  const headers = { 'X-Channel-Signature': createHmac('sha256', CHANNEL_KEY).update(body).digest('hex') };
  for (let time = 0; time < 3; time += 1) {
    const answer = await fetch(`${stand.origin}/notify/working?from=channel`, { method: 'POST', body, headers });
    assert.deepEqual([answer.status, await answer.text()], [200, '{"code":"stored"}']);
  }
  assert.equal(value(await stand.client().findPayment(tradeNo)).payments[0]?.state, 'succeeded');
  const journals = stand.store.database.prepare("SELECT count(*) AS journals FROM journal WHERE trade_no = ?").get(tradeNo);
  assert.equal(journals?.['journals'], 1);
});

test('a forged notification is refused and changes nothing; an unknown channel is 404', async (context) => {
  const stand = await startStand(context);
  const { paymentNo } = await stand.takePayment();
  stand.channel.pay(paymentNo);
  const before = counts(stand);
  const body = JSON.stringify({ tradeNo: paymentNo });
  const forged = await fetch(`${stand.origin}/notify/working`, { method: 'POST', body, headers: { 'x-channel-signature': createHmac('sha256', 'guessed').update(body).digest('hex') } });
  assert.equal(forged.status, 401);
  await forged.text();
  const unknown = await fetch(`${stand.origin}/notify/nobody`, { method: 'POST', body });
  assert.equal(unknown.status, 404);
  await unknown.text();
  assert.deepEqual(counts(stand), before);
});

test('the clock and the health of the platform need no key', async (context) => {
  const stand = await startStand(context);
  assert.deepEqual(value(await stand.client().readTime()), { now: '2026-11-20T02:00:00.000Z', epochSeconds: 1_795_140_000 });
  const live = await fetch(`${stand.origin}/healthz`);
  assert.deepEqual([live.status, await live.json()], [200, { ok: true, degraded: false, checks: [] }]);
  const ready = await fetch(`${stand.origin}/readyz`);
  assert.equal(ready.status, 503);
  await ready.text();
  const metrics = await fetch(`${stand.origin}/metrics`);
  assert.equal(await metrics.text(), 'hospay_up 1\n');
});
