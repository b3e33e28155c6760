import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createPaymentClient, type PaymentClient } from '@hospay/payment-sdk';
import { APP, ApplianceUnderTest, eventually } from './appliance-under-test.js';

const KILLS = 56;

let appliance: ApplianceUnderTest;
before(async () => {
  appliance = await ApplianceUnderTest.start({ configuration: { payments: { queryRhythmSeconds: [1, 1, 2], confirmRhythmSeconds: [1, 1, 2], refundQueryRhythmSeconds: [1, 1, 2], closeMarginSeconds: 5, qrLifetimeSeconds: 600 } } });
});
after(() => appliance.stop());

/** What a caller was told: it must still be true after every kill. */
type Told = { readonly key: string; tradeNo: string | undefined; isPaid: boolean; refund: string | undefined };

const pause = (ms: number) => new Promise((wake) => { setTimeout(wake, ms); });

/** Where the core dies: each entry prepares a window and returns how long after the act the kill comes. */
const MOMENTS: readonly { readonly name: string; readonly prepare: (round: number) => void; readonly afterMs: (round: number) => number; readonly act: 'create' | 'pay' | 'refund' | 'start' }[] = [
  { name: 'between the intent and the channel', act: 'create', prepare: (round) => { appliance.wechat.faults.inject({ on: 'nativeOrder', fault: { kind: round % 2 === 0 ? 'delayBeforeExecuting' : 'delayAnswer', delayMs: 60 } }); }, afterMs: (round) => 15 + (round % 5) * 10 },
  { name: 'after the code is shown', act: 'create', prepare: () => undefined, afterMs: () => 120 },
  { name: 'when the notification arrives', act: 'pay', prepare: () => undefined, afterMs: (round) => (round * 3) % 25 },
  { name: 'before the HIS executes the confirmation', act: 'pay', prepare: () => { appliance.his.faults.add({ procedure: 'usp_hospay_confirm', fault: { kind: 'delay-before', delayMs: 150 } }); }, afterMs: () => 90 },
  { name: 'after the HIS committed, before it answered', act: 'pay', prepare: () => { appliance.his.faults.add({ procedure: 'usp_hospay_confirm', fault: { kind: 'delay-after-commit', delayMs: 200 } }); }, afterMs: () => 110 },
  { name: 'between the refund and the channel', act: 'refund', prepare: (round) => { appliance.wechat.faults.inject({ on: 'refund', fault: { kind: round % 2 === 0 ? 'delayBeforeExecuting' : 'delayAnswer', delayMs: 80 } }); }, afterMs: (round) => 20 + (round % 4) * 25 },
  { name: 'during the start', act: 'start', prepare: () => undefined, afterMs: (round) => 150 + (round % 6) * 90 },
];

test(`the core is killed ${String(KILLS)} times, at every step of the path: nothing acknowledged is lost, nothing happens twice`, async () => {
  const told: Told[] = [];
  for (let round = 0; round < KILLS; round += 1) {
    const moment = MOMENTS[round % MOMENTS.length];
    assert.ok(moment);
    await playRound(round, moment, told);
    appliance.his.faults.clear();
    appliance.wechat.faults.clear();
  }
  await finishEverything(told);
  await checkTruth(told);
});

async function playRound(round: number, moment: (typeof MOMENTS)[number], told: Told[]): Promise<void> {
  if (moment.act === 'start') {
    await appliance.killCore();
    const starting = appliance.startCore().catch(() => undefined);
    await pause(moment.afterMs(round));
    await appliance.killCore();
    await starting;
    await appliance.startCore();
    return;
  }
  const client = clientNow();
  const one: Told = { key: `kill-round-${String(round)}`, tradeNo: undefined, isPaid: false, refund: undefined };
  told.push(one);
  if (moment.act === 'create') {
    moment.prepare(round);
    const creating = create(client, round, one).catch(() => undefined);
    await pause(moment.afterMs(round));
    await appliance.killCore();
    await creating;
  } else {
    await create(client, round, one);
    assert.ok(one.tradeNo, `round ${String(round)}: no order was made`);
    if (moment.act === 'refund') {
      await payNow(one);
      await eventually('confirmed before the refund', async () => ((await stateOf(client, one)) === 'confirmed' ? true : undefined));
    }
    moment.prepare(round);
    const acting = (moment.act === 'pay' ? payNow(one) : refundNow(client, one)).catch(() => undefined);
    await pause(moment.afterMs(round));
    await appliance.killCore();
    await acting;
  }
  await appliance.startCore();
}

function clientNow(): PaymentClient {
  return createPaymentClient({ origin: appliance.addresses.payment, appId: APP.id, secret: APP.secret, timeoutMs: 5_000 });
}

async function create(client: PaymentClient, round: number, one: Told): Promise<void> {
  const cardNo = `C${String((round % 18) + 1).padStart(7, '0')}`;
  const patients = await client.searchPatients({ cardType: 'visitCard', cardNo });
  assert.equal(patients.kind, 'ok', JSON.stringify(patients));
  const patientId = patients.value[0]?.patientId ?? '';
  const billNo = await appliance.his.hospital.addBill({ patientId, lines: [{ itemName: '换药', priceFen: 1_000 + round }] });
  const quote = await client.quoteBills({ patientId, billNos: [billNo] });
  assert.equal(quote.kind, 'ok', JSON.stringify(quote));
  const created = await client.createPayment({ quoteId: quote.value.quoteId, amountFen: quote.value.selfPayFen, method: 'nativeQr', description: '门诊缴费' }, { idempotencyKey: one.key });
  if (created.kind === 'ok') one.tradeNo = created.value.tradeNo;
  assert.notEqual(created.kind, 'refused', JSON.stringify(created));
}

async function payNow(one: Told): Promise<void> {
  appliance.wechat.pay(`${one.tradeNo ?? ''}P01`);
  one.isPaid = true;
}

async function refundNow(client: PaymentClient, one: Told): Promise<void> {
  const asked = await client.requestRefund(one.tradeNo ?? '', { reason: '退费' }, { idempotencyKey: `${one.key}-refund` });
  if (asked.kind === 'ok') one.refund = asked.value.refund.refundNo;
}

async function stateOf(client: PaymentClient, one: Told): Promise<string | undefined> {
  const found = await client.findPayment(one.tradeNo ?? '');
  return found.kind === 'ok' ? found.value.confirmation.state : undefined;
}

/** The world is well again: every paid order must reach its end by itself. */
async function finishEverything(told: readonly Told[]): Promise<void> {
  const client = clientNow();
  for (const one of told) {
    const byKey = await client.findPaymentByKey(one.key);
    if (one.tradeNo !== undefined) {
      assert.equal(byKey.kind, 'ok', `${one.key} was acknowledged as ${one.tradeNo} and is gone`);
      assert.equal(byKey.value.tradeNo, one.tradeNo);
    } else if (byKey.kind === 'ok') {
      one.tradeNo = byKey.value.tradeNo;
    }
    if (!one.isPaid || one.tradeNo === undefined) continue;
    await eventually(`${one.key} reaches its end`, async () => {
      const order = await client.findPayment(one.tradeNo ?? '');
      if (order.kind !== 'ok') return undefined;
      const isBack = order.value.refunds.length > 0 && order.value.refunds.every((refund) => refund.state === 'succeeded');
      return isBack || (order.value.refunds.length === 0 && order.value.confirmation.state === 'confirmed') ? true : undefined;
    }, 40_000);
  }
}

/** Against the truth of channel and HIS. */
async function checkTruth(told: readonly Told[]): Promise<void> {
  const client = clientNow();
  for (const one of told) {
    if (one.tradeNo === undefined) continue;
    const settlements = appliance.his.hospital.listSettlements().filter((settlement) => settlement.tradeNo === one.tradeNo);
    const order = await client.findPayment(one.tradeNo);
    assert.equal(order.kind, 'ok');
    if (one.refund !== undefined) assert.ok(order.value.refunds.some((refund) => refund.refundNo === one.refund), `refund ${one.refund} was acknowledged and is gone`);
    assert.ok(settlements.length <= 1, `${one.tradeNo} was booked ${String(settlements.length)} times`);
    if (one.isPaid) assert.equal(settlements.length, 1, `${one.tradeNo} is paid and not booked`);
    const channelRefunds = appliance.wechat.orders.listRefunds().filter((refund) => refund.outTradeNo === `${one.tradeNo ?? ''}P01`);
    assert.equal(channelRefunds.length, order.value.refunds.length);
    assert.ok(channelRefunds.length <= 1);
  }
  assert.deepEqual(appliance.ledgerProblems(), []);
  assert.ok(told.filter((one) => one.isPaid).length > KILLS / 3, 'the kills met payments');
}
