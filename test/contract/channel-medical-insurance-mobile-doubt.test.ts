import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';

import { call, orderOf, RICH, SOME } from './channel-medical-insurance-subject.js';
import { mobilePresettled, mobileStandOf, noticeOf, type MobileStand } from './channel-medical-insurance-mobile-stand.js';
import { referenceOf, refundOf } from './channel-medical-insurance-stand.js';

const balanceOf = ({ simulator }: MobileStand): number | undefined => simulator.centre.people.get(SOME.personNo)?.balanceFen;

describe('medical insurance, mobile: a refusal is believed when the order agrees', () => {
  test('an order that was settled and told as refused is settled', async (context) => {
    const stand = await mobileStandOf(context);
    const { order } = await mobilePresettled(stand);
    stand.simulator.faults.inject({ on: '6202', fault: 'executeThenRefusal' });
    assert.equal((await stand.channel.charge(order, call)).kind, 'succeeded');
  });

  test('one that is being settled is pending, one that cannot be asked about is unknown, and both are found', async (context) => {
    const stand = await mobileStandOf(context, { mobile: { settles: 'later' } });
    for (const [expected, lost] of [['pending', false], ['unknown', true]] as const) {
      const { order, orderId } = await mobilePresettled(stand);
      stand.simulator.faults.inject({ on: '6202', fault: 'executeThenRefusal' });
      if (lost) stand.simulator.faults.inject({ on: '6301', fault: 'executeThenDrop' });
      assert.equal((await stand.channel.charge(order, call)).kind, expected);
      stand.simulator.mobile.settle(orderId);
      assert.equal((await (await stand.restart()).channel.query(referenceOf(order), call)).kind, 'succeeded');
    }
  });

  test('an ordinary refusal costs one question more', async (context) => {
    const stand = await mobileStandOf(context);
    const { order } = await mobilePresettled(stand);
    const asked = stand.received('6301').length;
    stand.simulator.faults.inject({ on: '6202', fault: 'refuse' });
    assert.equal((await stand.channel.charge(order, call)).kind, 'declined');
    assert.equal(stand.received('6301').length, asked + 1);
  });
});

describe('medical insurance, mobile: a payment that ended is asked about all the same', () => {
  for (const end of ['refused', 'closed'] as const) {
    const ended = async (context: TestContext) => {
      const stand = await mobileStandOf(context, { mobile: { settles: 'later' } });
      const presettlement = await mobilePresettled(stand);
      if (end === 'refused') stand.simulator.faults.inject({ on: '6202', fault: 'refuse' });
      const outcome = await stand.channel.charge(presettlement.order, call);
      if (end === 'closed') assert.deepEqual(await stand.channel.close?.(referenceOf(presettlement.order), call), { kind: 'closed' });
      else assert.equal(outcome.kind, 'declined');
      return { stand, ...presettlement };
    };

    test(`a settlement after it was ${end} is found, and can be refunded`, async (context) => {
      const { stand, order, orderId } = await ended(context);
      assert.equal((await stand.channel.query(referenceOf(order), call)).kind, end === 'refused' ? 'declined' : 'closed');
      stand.simulator.mobile.put(orderId, '2');
      assert.equal((await stand.channel.query(referenceOf(order), call)).kind, 'unknown', 'the order goes on');
      stand.simulator.mobile.settle(orderId);
      const news = await (await stand.restart()).channel.query(referenceOf(order), call);
      assert.ok(news.kind === 'succeeded', JSON.stringify(news));
      assert.equal((await stand.channel.refund(refundOf({ payment: referenceOf(order, news) }), call)).kind, 'succeeded');
    });

    test(`a question without an answer after it was ${end} is unknown`, async (context) => {
      const { stand, order } = await ended(context);
      stand.simulator.faults.inject({ on: '6301', fault: 'executeThenOtherKey' });
      assert.equal((await stand.channel.query(referenceOf(order), call)).kind, 'unknown');
    });
  }

  test('what another payment settled since is not the news of the one that was refused', async (context) => {
    const stand = await mobileStandOf(context);
    const { order, insuredFen, request } = await mobilePresettled(stand);
    stand.simulator.faults.inject({ on: '6202', fault: 'refuse' });
    assert.equal((await stand.channel.charge(order, call)).kind, 'declined');
    assert.equal((await stand.channel.charge(orderOf(request.presettlementNo, insuredFen, { tradeNo: 'T00000B' }), call)).kind, 'succeeded');
    assert.equal((await stand.channel.query(referenceOf(order), call)).kind, 'declined');
  });
});

describe('medical insurance, mobile: an order settled for another amount than it was paid for', () => {
  /** Pre-settled with ¥15 of the account, of which ¥5 are spent before the settlement. */
  const drifting = async (context: TestContext, settles: 'atOnce' | 'later' = 'atOnce') => {
    const stand = await mobileStandOf(context, { mobile: { settles } });
    const presettlement = await mobilePresettled(stand, [10_000], { who: SOME.personNo });
    assert.equal(presettlement.insuredFen, 8_500);
    stand.simulator.centre.spend(SOME.personNo, 500);
    return { stand, ...presettlement };
  };

  test('it is returned by 6203 at once and the payment is declined', async (context) => {
    const { stand, order, orderId, request } = await drifting(context);
    const declined = await stand.channel.charge(order, call);
    assert.ok(declined.kind === 'declined' && declined.code === 'SPLIT_CHANGED', JSON.stringify(declined));
    const [sent] = stand.received('6203');
    assert.deepEqual([sent?.['appRefdSn'], sent?.['totlRefdAmt'], sent?.['psnAcctRefdAmt'], sent?.['fundRefdAmt']], [`D${order.tradeNo}`, 80, 10, 70]);
    assert.deepEqual([stand.simulator.mobile.orders.get(orderId)?.state, balanceOf(stand)], ['8', 1_000]);
    assert.deepEqual(await stand.channel.query(referenceOf(order), call), declined);
    assert.equal((await stand.channel.charge({ ...order, tradeNo: 'T00000B' }, call)).kind, 'notSent', 'a returned order is paid no more');
    const again = await stand.presettling.presettle(request, call);
    assert.ok(again.kind === 'declined' && again.code === 'ABANDONED', JSON.stringify(again));
    assert.deepEqual(await stand.presettling.abandon({ presettlementNo: request.presettlementNo }, call), { kind: 'abandoned' });
  });

  test('revoked by the centre while it is being returned, it is gone back as well', async (context) => {
    const { stand, order, orderId } = await drifting(context);
    stand.simulator.faults.inject({ on: '6203', fault: 'dropBeforeExecuting' });
    assert.equal((await stand.channel.charge(order, call)).kind, 'unknown');
    stand.simulator.mobile.put(orderId, '13');
    assert.equal((await stand.channel.query(referenceOf(order), call)).kind, 'declined');
  });

  test('heard of by notice it is asked about, and so undone', async (context) => {
    const { stand, order, orderId } = await drifting(context, 'later');
    assert.equal((await stand.channel.charge(order, call)).kind, 'pending');
    stand.simulator.mobile.settle(orderId);
    assert.equal((await stand.channel.readNotification(noticeOf(stand.simulator, orderId))).kind, 'refused');
    assert.equal((await stand.channel.query(referenceOf(order), call)).kind, 'declined');
    assert.equal(balanceOf(stand), 1_000);
  });

  for (const [infno, fault] of [['6202', 'executeThenDrop'], ['6203', 'executeThenDrop'], ['6203', 'dropBeforeExecuting'], ['6203', 'refuse'], ['6203', 'executeThenRefusal'], ['6301', 'executeThenServerError']] as const) {
    test(`unknown until the order shows it, a restart in between: ${infno} ends in ${fault}`, async (context) => {
      const { stand, order, orderId } = await drifting(context);
      stand.simulator.faults.inject({ on: infno, fault });
      const kinds = [(await stand.channel.charge(order, call)).kind, (await (await stand.restart()).channel.query(referenceOf(order), call)).kind];
      assert.ok(kinds.every((kind) => kind === 'unknown' || kind === 'declined'), kinds.join());
      assert.equal(kinds.at(-1), 'declined');
      assert.deepEqual([stand.simulator.mobile.orders.get(orderId)?.state, balanceOf(stand)], ['8', 1_000]);
      const [first, ...repeats] = stand.received('6203');
      assert.ok(repeats.every((repeat) => repeat['appRefdSn'] === first?.['appRefdSn'] && repeat['appRefdTime'] === first?.['appRefdTime']), 'a repeat is the same message');
    });
  }

  test('a refund that goes on at the centre leaves it unknown until it is done', async (context) => {
    const { stand, order, orderId } = await drifting(context);
    stand.simulator.mobile.refunds = 'expRefunding';
    assert.equal((await stand.channel.charge(order, call)).kind, 'unknown');
    assert.equal((await stand.channel.query(referenceOf(order), call)).kind, 'unknown');
    stand.simulator.mobile.put(orderId, '8');
    assert.equal((await stand.channel.query(referenceOf(order), call)).kind, 'declined');
  });
});

describe('medical insurance, mobile: after a payment was closed', () => {
  test('its pre-settlement is abandoned: said so when it is given up, and when it is pre-settled again', async (context) => {
    const stand = await mobileStandOf(context, { mobile: { settles: 'later' } });
    const { request, order } = await mobilePresettled(stand);
    await stand.channel.charge(order, call);
    assert.deepEqual(await stand.channel.close?.(referenceOf(order), call), { kind: 'closed' });
    const restarted = await stand.restart();
    const revoked = stand.received('6401').length;
    assert.deepEqual(await restarted.presettling.abandon({ presettlementNo: request.presettlementNo }, call), { kind: 'abandoned' });
    assert.equal(stand.received('6401').length, revoked);
    const again = await restarted.presettling.presettle({ ...request, voucher: { kind: 'authorization', number: stand.simulator.mobile.authorise(RICH.personNo) } }, call);
    assert.ok(again.kind === 'declined' && again.code === 'ABANDONED', JSON.stringify(again));
    assert.equal((await restarted.channel.charge(orderOf(request.presettlementNo, order.amountFen, { tradeNo: 'T00000B' }), call)).kind, 'notSent');
  });

  test('an order the centre revoked itself is abandoned just so', async (context) => {
    const stand = await mobileStandOf(context, { mobile: { settles: 'later' } });
    const { request, order, orderId } = await mobilePresettled(stand);
    await stand.channel.charge(order, call);
    stand.simulator.mobile.put(orderId, '13');
    assert.deepEqual(await stand.channel.query(referenceOf(order), call), { kind: 'closed' });
    assert.deepEqual(await stand.presettling.abandon({ presettlementNo: request.presettlementNo }, call), { kind: 'abandoned' });
    assert.equal(stand.received('6401').length, 0);
  });
});
