import assert from 'node:assert/strict';
import test from 'node:test';
import { createNotificationVerifier, type OrderNotification } from '@hospay/payment-sdk';
import { startReceiver } from './application-receiver.js';
import { OTHER, startStand } from './payment-api-stand.js';

test('the application is told until it acknowledges, each time the newest version, signed anew', async (context) => {
  const receiver = await startReceiver(context);
  const stand = await startStand(context, { application: { notifyUrl: receiver.url } });
  const verifier = createNotificationVerifier({ appId: stand.application.appId, secret: stand.application.secret, notifyUrl: receiver.url, now: stand.clock.now });
  const { tradeNo, paymentNo } = await stand.takePayment();
  receiver.answers.push(500, 'hang', 'redirect');
  stand.channel.pay(paymentNo);
  await stand.client().findPayment(tradeNo, { fresh: true });
  await stand.work('tellOwner');
  assert.equal(receiver.deliveries.length, 1, '500: not told');
  stand.clock.advance(15_000);
  await stand.work('tellOwner');
  assert.equal(receiver.deliveries.length, 2, 'connection lost: not told');
  // Meanwhile the hospital books it: the repeat carries the newer version.
  await stand.work('confirmOrder');
  stand.clock.advance(15_000);
  await stand.work('tellOwner');
  assert.equal(receiver.deliveries.length, 3, 'a redirect is not followed and does not count');
  stand.clock.advance(30_000);
  await stand.work('tellOwner');
  const told: OrderNotification[] = [];
  for (const { body, headers } of receiver.deliveries) {
    const verified = verifier.verifyNotification(body, headers);
    if (verified.kind === 'ok') told.push(verified.notification);
  }
  const versions = told.map(({ version }) => version);
  assert.equal(told.length, receiver.deliveries.length, 'every repeat is signed with its own time and nonce');
  assert.deepEqual(versions, [...versions].sort((left, right) => left - right), 'never an older version after a newer one');
  assert.equal(told.at(-1)?.order.confirmation.state, 'confirmed');
  const before = receiver.deliveries.length;
  stand.clock.advance(24 * 3_600_000);
  await stand.work('tellOwner');
  assert.equal(receiver.deliveries.length, before, 'acknowledged: not told again');
});

test('a notification that was changed, replayed, aged or meant for another is refused by the receiver', async (context) => {
  const receiver = await startReceiver(context);
  const stand = await startStand(context, { application: { notifyUrl: receiver.url } });
  const options = { appId: stand.application.appId, secret: stand.application.secret, notifyUrl: receiver.url, now: stand.clock.now };
  const { tradeNo, paymentNo } = await stand.takePayment();
  stand.channel.pay(paymentNo);
  await stand.client().findPayment(tradeNo, { fresh: true });
  await stand.work('tellOwner');
  const [delivery] = receiver.deliveries;
  assert.ok(delivery);
  const { body, headers } = delivery;
  const changed = Buffer.from(body.toString('utf8').replace('"amountFen":10000', '"amountFen":99999'));
  assert.equal(createNotificationVerifier(options).verifyNotification(changed, headers).kind, 'refused');
  assert.equal(createNotificationVerifier({ ...options, appId: OTHER.appId }).verifyNotification(body, headers).kind, 'refused');
  assert.equal(createNotificationVerifier({ ...options, secret: OTHER.secret }).verifyNotification(body, headers).kind, 'refused');
  assert.equal(createNotificationVerifier({ ...options, notifyUrl: `${receiver.url}&more=1` }).verifyNotification(body, headers).kind, 'refused');
  assert.equal(createNotificationVerifier(options).verifyNotification(body, {}).kind, 'refused');
  const verifier = createNotificationVerifier(options);
  assert.equal(verifier.verifyNotification(body, headers).kind, 'ok');
  assert.deepEqual(verifier.verifyNotification(body, headers), { kind: 'refused', reason: 'this request was received before' });
  stand.clock.advance(301_000);
  assert.equal(createNotificationVerifier(options).verifyNotification(body, headers).kind, 'refused');
  assert.equal(headers['x-hospay-event-id'], `${tradeNo}.${String(JSON.parse(body.toString('utf8')).version)}`);
});

test('an application without an address is not waited for; one with an unusable address is never called and keeps its job', async (context) => {
  const stand = await startStand(context, { application: { notifyUrl: 'file:///etc/hostname' } });
  const { tradeNo, paymentNo } = await stand.takePayment();
  stand.channel.pay(paymentNo);
  await stand.client().findPayment(tradeNo, { fresh: true });
  await stand.work('tellOwner');
  assert.equal(jobs(stand, tradeNo), 1);
  const stranger = stand.client({ appId: OTHER.appId, secret: OTHER.secret });
  const theirs = await stand.takePayment({ client: stranger });
  stand.channel.pay(theirs.paymentNo);
  await stranger.findPayment(theirs.tradeNo, { fresh: true });
  await stand.work('tellOwner');
  assert.equal(jobs(stand, theirs.tradeNo), 0);
});

function jobs(stand: Awaited<ReturnType<typeof startStand>>, tradeNo: string): number {
  return Number(stand.store.database.prepare("SELECT count(*) AS jobs FROM job WHERE kind = 'tellOwner' AND trade_no = ?").get(tradeNo)?.['jobs']);
}
