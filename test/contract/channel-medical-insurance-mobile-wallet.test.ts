import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { ChargeRequest } from '@hospay/plugin-sdk';

import { call, orderOf, SOME } from './channel-medical-insurance-subject.js';
import { mobilePresettled, mobileStandOf, noticeOf, type MobileStand } from './channel-medical-insurance-mobile-stand.js';
import { presettled, referenceOf, refundOf, standOf } from './channel-medical-insurance-stand.js';

/** The wallet has the centre settle the order, as the centre sees it. */
function walletSettles({ simulator }: Pick<MobileStand, 'simulator'>, orderId: string): void {
  simulator.mobile.put(orderId, '2');
  simulator.mobile.settle(orderId);
}
async function leftToWallet(stand: MobileStand) {
  const made = await mobilePresettled(stand, [10_000], { who: SOME.personNo });
  const order: ChargeRequest = { ...made.order, isSettledByWallet: true };
  assert.deepEqual(await stand.channel.charge(order, call), { kind: 'pending', present: { kind: 'none' } });
  return { ...made, order };
}

describe('medical insurance, mobile: an order a wallet settles', () => {
  test('nothing is sent for it, it waits for the patient, and the centre says when it is settled', async (context) => {
    const stand = await mobileStandOf(context);
    const { order, orderId } = await leftToWallet(stand);
    assert.deepEqual(await stand.channel.query(referenceOf(order), call), { kind: 'pending' });
    assert.deepEqual(await stand.channel.charge(order, call), { kind: 'pending', present: { kind: 'none' } }, 'a repeat sends nothing either');
    const { isSettledByWallet: _left, ...forgetful } = order;
    assert.equal((await (await stand.restart()).channel.charge(forgetful, call)).kind, 'pending', 'left once, it stays left');
    walletSettles(stand, orderId);
    const news = await stand.channel.query(referenceOf(order), call);
    assert.deepEqual(news.kind === 'succeeded' && news.insuranceSplit, { fundFen: 7_000, accountFen: 1_500 });
    assert.deepEqual(stand.received('6202'), []);
  });

  test('6302 of such an order is news of its payment', async (context) => {
    const stand = await mobileStandOf(context);
    const { order, orderId } = await leftToWallet(stand);
    walletSettles(stand, orderId);
    const read = await stand.channel.readNotification(noticeOf(stand.simulator, orderId));
    assert.ok(read.kind === 'payment' && read.tradeNo === order.tradeNo && read.news.kind === 'succeeded', JSON.stringify(read));
  });

  test('its pre-settlement is taken: nobody else pays it, and it is not given up meanwhile', async (context) => {
    const stand = await mobileStandOf(context);
    const { request, insuredFen, order } = await leftToWallet(stand);
    const other = { ...orderOf(request.presettlementNo, insuredFen), tradeNo: 'OTHER0001', isSettledByWallet: true } as const;
    assert.equal((await stand.channel.charge(other, call)).kind, 'notSent');
    assert.equal((await stand.presettling.presettle(request, call)).kind, 'notSent');
    assert.deepEqual(await stand.channel.query(referenceOf(order), call), { kind: 'pending' });
  });

  test('closed, it is revoked at the centre although the answer is lost; what the wallet settled before is paid', async (context) => {
    const stand = await mobileStandOf(context);
    const { order, orderId } = await leftToWallet(stand);
    stand.simulator.faults.inject({ on: '6401', fault: 'executeThenDrop' });
    assert.equal((await stand.channel.close(referenceOf(order), call)).kind, 'unknown');
    assert.deepEqual(await stand.channel.query(referenceOf(order), call), { kind: 'closed' });
    assert.deepEqual(await stand.channel.close(referenceOf(order), call), { kind: 'closed' });
    assert.equal(stand.simulator.mobile.orders.get(orderId)?.state, '12');

    const settled = await leftToWallet(stand);
    walletSettles(stand, settled.orderId);
    assert.deepEqual(await stand.channel.close(referenceOf(settled.order), call), { kind: 'alreadyPaid' });
  });

  test('states that say nothing certain end nothing; a failed settlement does', async (context) => {
    const stand = await mobileStandOf(context);
    const { order, orderId } = await leftToWallet(stand);
    for (const [state, kind] of [['0', 'pending'], ['2', 'pending'], ['3', 'pending'], ['14', 'unknown'], ['16', 'unknown'], ['17', 'unknown'], ['15', 'declined']] as const) {
      stand.simulator.mobile.put(orderId, state);
      assert.equal((await stand.channel.query(referenceOf(order), call)).kind, kind, state);
    }
  });

  test('what a wallet settled is refunded like any other', async (context) => {
    const stand = await mobileStandOf(context);
    const { order, orderId } = await leftToWallet(stand);
    walletSettles(stand, orderId);
    const news = await stand.channel.query(referenceOf(order), call);
    assert.ok(news.kind === 'succeeded');
    const refund = await stand.channel.refund(refundOf({ payment: referenceOf(order, news) }), call);
    assert.equal(refund.kind, 'succeeded', JSON.stringify(refund));
    assert.equal(stand.simulator.mobile.orders.get(orderId)?.state, '8');
  });

  test('at the window nobody settles for the hospital: the institution interface does not take such a payment', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo, insuredFen } = await presettled(stand);
    assert.equal((await stand.channel.charge(orderOf(presettlementNo, insuredFen, { isSettledByWallet: true }), call)).kind, 'notSent');
  });
});
