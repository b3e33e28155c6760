import assert from 'node:assert/strict';
import test from 'node:test';
import type { ApiResult, Order, PaymentClient } from '@hospay/payment-sdk';
import type { Application } from '@hospay/server/applications/ports.js';
import { ALL_CHANGES_SQL, OWN_CHANGES_SQL } from '@hospay/server/edges/database/money/sqlite-order-changes.js';
import { viewOrder } from '@hospay/server/payments/order-view.js';
import { OTHER, startStand, type Stand } from './payment-api-stand.js';

const HIS: Application = { appId: 'his', hospitalId: 'demo', merchantId: 'm1', secret: 'the secret of the HIS itself, long enough', permissions: ['read', 'hospital'], notifyUrl: undefined, status: 'active' };

function value<Value>(result: ApiResult<Value>): Value {
  if (result.kind !== 'ok') assert.fail(`expected an answer, got ${JSON.stringify(result)}`);
  return result.value;
}
function code(result: ApiResult<unknown>): string {
  return result.kind === 'refused' ? result.error.code : result.kind;
}

/** A receiver that keeps a copy and forgets nothing it was given. */
function receiver(client: PaymentClient) {
  const copy = new Map<string, Order>();
  const given: string[] = [];
  let cursor: string | undefined;
  return {
    copy,
    given,
    async read(limit: number): Promise<boolean> {
      const page = value(await client.listOrderChanges({ limit, ...(cursor === undefined ? {} : { cursor }) }));
      assert.ok(page.changes.length <= limit);
      for (const { order } of page.changes) {
        assert.ok((copy.get(order.tradeNo)?.version ?? 0) < order.version, 'never an older version, never the same again');
        copy.set(order.tradeNo, order);
        given.push(`${order.tradeNo}.${String(order.version)}`);
      }
      cursor = page.cursor;
      return page.hasMore;
    },
  };
}
async function truth(stand: Stand, tradeNos: readonly string[]): Promise<Record<string, unknown>> {
  const found = await Promise.all(tradeNos.map((tradeNo) => stand.store.findOrder(tradeNo)));
  return Object.fromEntries(found.flatMap((aggregate) => (aggregate === undefined ? [] : [[aggregate.order.tradeNo, JSON.parse(JSON.stringify(viewOrder(aggregate)))]])));
}

test('a receiver that reads while payments go on has every order as it is in the end: nothing missed, no version twice', async (context) => {
  const stand = await startStand(context, { rate: { perSecond: 1_000_000, burst: 1_000_000 } });
  const { copy, given, read } = receiver(stand.client());
  const tradeNos: string[] = [];
  const paid: string[] = [];
  for (let round = 0; round < 12; round += 1) {
    // What is read and what is written meet in the same turns of the event loop.
    const [taken] = await Promise.all([stand.takePayment({ amountFen: 1_000 + round }), read(1 + (round % 3))]);
    tradeNos.push(taken.tradeNo);
    if (round % 3 !== 2) {
      stand.channel.pay(taken.paymentNo);
      await Promise.all([stand.client().findPayment(taken.tradeNo, { fresh: true }), read(2)]);
      paid.push(taken.tradeNo);
    }
    if (round % 4 === 1) await Promise.all([stand.work('confirmOrder'), read(3)]);
    if (round === 7) await Promise.all([stand.client().requestRefund(paid[0] ?? '', { reason: '退' }, { idempotencyKey: 'refund-while-reading' }), read(1)]);
    await stand.takePayment({ client: stand.client({ appId: OTHER.appId, secret: OTHER.secret }) });
  }
  await stand.work();
  while (await read(2));
  assert.deepEqual(Object.fromEntries(copy), await truth(stand, tradeNos));
  assert.equal(copy.size, 12, 'its own, and nobody else\'s');
  assert.equal(new Set(given).size, given.length);
  const before = given.length;
  assert.equal(await read(100), false);
  assert.equal(given.length, before, 'nothing has changed, nothing is given');
});

test('one that reads from the first order has the same copy as one that followed', async (context) => {
  const stand = await startStand(context);
  const followed = receiver(stand.client());
  const tradeNos: string[] = [];
  for (let index = 0; index < 5; index += 1) {
    tradeNos.push((await stand.takePaid({ amountFen: 700 + index })).tradeNo);
    while (await followed.read(2));
  }
  const late = receiver(stand.client());
  while (await late.read(100));
  assert.deepEqual(Object.fromEntries(late.copy), Object.fromEntries(followed.copy));
  assert.deepEqual(Object.fromEntries(late.copy), await truth(stand, tradeNos));
  assert.equal(late.given.length, 5, 'each order once, as it is now');
});

test('a change of the newest order gets a number of its own: whoever stood right behind it is told', async (context) => {
  const stand = await startStand(context);
  const { tradeNo, paymentNo } = await stand.takePayment();
  const { read, given } = receiver(stand.client());
  await read(10);
  const before = given.length;
  stand.channel.pay(paymentNo);
  await stand.client().findPayment(tradeNo, { fresh: true });
  await read(10);
  assert.equal(given.length, before + 1);
});

test("a cursor is its reader's: another's, a forged one, one for other orders and one ahead of the platform are refused with the next step", async (context) => {
  const stand = await startStand(context, { more: [HIS] });
  await stand.takePayment();
  const { cursor } = value(await stand.client().listOrderChanges());
  const other = stand.client({ appId: OTHER.appId, secret: OTHER.secret });
  const his = stand.client({ appId: HIS.appId, secret: HIS.secret });
  assert.equal(code(await other.listOrderChanges({ cursor })), 'CURSOR_INVALID');
  for (const forged of ['1-0000000000000000', 'x', cursor.replace(/^\d+/, '9')]) assert.equal(code(await stand.client().listOrderChanges({ cursor: forged })), 'CURSOR_INVALID', forged);
  const whole = value(await his.listOrderChanges({ scope: 'hospital' }));
  assert.equal(code(await his.listOrderChanges({ cursor: whole.cursor })), 'CURSOR_INVALID', 'of the whole hospital, for its own orders');
  assert.deepEqual(value(await stand.client().listOrderChanges({ cursor })).changes, []);
  // The database was restored from a backup of before this order.
  stand.store.database.exec('DELETE FROM order_change');
  assert.equal(code(await stand.client().listOrderChanges({ cursor })), 'CURSOR_INVALID');
});

test('limits hold, and the whole hospital is for the HIS alone', async (context) => {
  const stand = await startStand(context, { more: [HIS] });
  const own = await stand.takePayment();
  const theirs = await stand.takePayment({ client: stand.client({ appId: OTHER.appId, secret: OTHER.secret }) });
  for (const limit of [0, 101]) assert.equal(code(await stand.client().listOrderChanges({ limit })), 'MALFORMED_REQUEST');
  assert.equal(code(await stand.client().listOrderChanges({ scope: 'hospital' })), 'NOT_PERMITTED');
  const all = value(await stand.client({ appId: HIS.appId, secret: HIS.secret }).listOrderChanges({ scope: 'hospital' }));
  assert.deepEqual(all.changes.map(({ owner, order }) => [owner.id, order.tradeNo]), [['hospital-app', own.tradeNo], ['other-app', theirs.tradeNo]]);
});

test('many orders are asked for at once, by trade number and by own key; what is another\'s is absent', async (context) => {
  const stand = await startStand(context, { more: [HIS] });
  const paid = await stand.takePaid({ amountFen: 4_200, idempotencyKey: 'visit-20261120-0001' });
  const theirs = await stand.takePayment({ client: stand.client({ appId: OTHER.appId, secret: OTHER.secret }), idempotencyKey: 'visit-20261120-0002' });
  const found = value(await stand.client().searchPayments({ tradeNos: [paid.tradeNo, theirs.tradeNo, paid.tradeNo], idempotencyKeys: ['visit-20261120-0001', 'visit-20261120-0002'] }));
  assert.deepEqual(found.orders.map(({ asked, order }) => [asked, order.tradeNo, order.confirmation.state]), [[paid.tradeNo, paid.tradeNo, 'confirmed'], ['visit-20261120-0001', paid.tradeNo, 'confirmed']]);
  assert.deepEqual(found.absent, [theirs.tradeNo, 'visit-20261120-0002']);
  const his = stand.client({ appId: HIS.appId, secret: HIS.secret });
  assert.deepEqual(value(await his.searchPayments({ tradeNos: [theirs.tradeNo], scope: 'hospital' })).orders.map(({ order }) => order.tradeNo), [theirs.tradeNo]);
  assert.deepEqual(value(await his.searchPayments({ tradeNos: [theirs.tradeNo] })).orders, []);
  assert.equal(code(await stand.client().searchPayments({})), 'MALFORMED_REQUEST');
  const many = Array.from({ length: 60 }, (_, index) => `H2026112010000${String(index)}`);
  assert.equal(code(await stand.client().searchPayments({ tradeNos: many, idempotencyKeys: many.map((number) => `key-${number}`) })), 'MALFORMED_REQUEST');
});

test('a page costs what it holds: changes are found by their index, whoever asks, however many orders there are', async (context) => {
  const { store } = await startStand(context);
  const plan = (sql: string) => store.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all().map((row) => String(row['detail']));
  assert.deepEqual(plan(OWN_CHANGES_SQL), ['SEARCH order_change USING INDEX order_change_by_owner (owner_kind=? AND owner_id=? AND seq>?)']);
  assert.deepEqual(plan(ALL_CHANGES_SQL), ['SEARCH order_change USING INTEGER PRIMARY KEY (rowid>?)']);
});
