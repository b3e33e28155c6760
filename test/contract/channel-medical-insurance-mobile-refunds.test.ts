import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { PaymentReference } from '@hospay/plugin-sdk';

import { call, SOME } from './channel-medical-insurance-subject.js';
import { mobilePresettled, mobileStandOf, type MobileStand } from './channel-medical-insurance-mobile-stand.js';
import { referenceOf, refundOf } from './channel-medical-insurance-stand.js';

async function paid(stand: MobileStand): Promise<{ readonly payment: PaymentReference; readonly orderId: string; readonly presettlementNo: string }> {
  const { order, orderId, request: { presettlementNo } } = await mobilePresettled(stand, [10_000], { who: SOME.personNo });
  const outcome = await stand.channel.charge(order, call);
  assert.ok(outcome.kind === 'succeeded');
  return { payment: referenceOf(order, outcome), orderId, presettlementNo };
}

describe('medical insurance, mobile: refunds', () => {
  test('6203 returns fund and account, the refund number its key, and the order has to show it', async (context) => {
    const stand = await mobileStandOf(context);
    const done = await paid(stand);
    const outcome = await stand.channel.refund(refundOf(done), call);
    assert.ok(outcome.kind === 'succeeded');
    assert.deepEqual([outcome.refundFen, outcome.tradeNo, outcome.channelRefundNo], [8_500, done.payment.tradeNo, refundOf(done).refundNo]);
    const [sent] = stand.received('6203');
    assert.deepEqual([sent?.['appRefdSn'], sent?.['refdType'], sent?.['totlRefdAmt'], sent?.['fundRefdAmt'], sent?.['psnAcctRefdAmt'], sent?.['cashRefdAmt']], [refundOf(done).refundNo, 'HI', 85, 70, 15, 0]);
    assert.deepEqual(await stand.channel.refund(refundOf(done), call), outcome);
    assert.deepEqual(await stand.channel.queryRefund(refundOf(done), call), outcome);
    assert.equal(stand.received('6203').length, 1);
    assert.equal(stand.simulator.centre.people.get(SOME.personNo)?.balanceFen, 1_500);
    assert.equal((await stand.channel.query(done.payment, call)).kind, 'succeeded', 'a refunded payment was paid');
  });

  test('SUCC the order does not show is unknown', async (context) => {
    const stand = await mobileStandOf(context);
    const done = await paid(stand);
    Object.assign(stand.simulator.mobile.transactions, { '6203': () => ({ refStatus: 'SUCC' }) });
    assert.equal((await stand.channel.refund(refundOf(done), call)).kind, 'unknown');
    assert.deepEqual(await stand.channel.queryRefund(refundOf(done), call), { kind: 'notFound' });
  });

  test('EXP is unknown: done it is found, refunding it is processing until the order says so', async (context) => {
    const stand = await mobileStandOf(context);
    stand.simulator.mobile.refunds = 'expDone';
    const first = await paid(stand);
    assert.equal((await stand.channel.refund(refundOf(first), call)).kind, 'unknown');
    assert.equal((await stand.channel.queryRefund(refundOf(first), call)).kind, 'succeeded');
    stand.simulator.mobile.refunds = 'expRefunding';
    const second = await paid(stand);
    assert.equal((await stand.channel.refund(refundOf(second), call)).kind, 'unknown');
    assert.equal((await stand.channel.queryRefund(refundOf(second), call)).kind, 'processing');
    assert.equal((await stand.channel.refund(refundOf(second), call)).kind, 'processing');
    stand.simulator.mobile.put(second.orderId, '8');
    assert.equal((await stand.channel.queryRefund(refundOf(second), call)).kind, 'succeeded');
    assert.equal(stand.received('6203').length, 2);
  });

  test('FAIL is declined, and the next number may try again', async (context) => {
    const stand = await mobileStandOf(context);
    const done = await paid(stand);
    stand.simulator.mobile.refunds = 'fail';
    assert.equal((await stand.channel.refund(refundOf(done), call)).kind, 'declined');
    assert.deepEqual(await stand.channel.queryRefund(refundOf(done), call), { kind: 'notFound' });
    stand.simulator.mobile.refunds = 'done';
    assert.equal((await stand.channel.refund(refundOf(done, 'RSECOND'), call)).kind, 'succeeded');
  });

  test('a lost refund is asked about; only an order that does not show it gets the same number again', async (context) => {
    const stand = await mobileStandOf(context);
    for (const [fault, sent] of [['executeThenDrop', 1], ['dropBeforeExecuting', 2]] as const) {
      const done = await paid(stand);
      const before = stand.received('6203').length;
      stand.simulator.faults.inject({ on: '6203', fault });
      assert.equal((await stand.channel.refund(refundOf(done), call)).kind, 'unknown');
      assert.equal((await stand.channel.refund(refundOf(done, 'ROTHER1'), call)).kind, 'declined', 'one refund is under way');
      const restarted = await stand.restart();
      assert.equal((await restarted.channel.refund(refundOf(done), call)).kind, 'succeeded');
      const numbers = stand.received('6203').slice(before).map((data) => data['appRefdSn']);
      assert.deepEqual(numbers, Array.from({ length: sent }, () => refundOf(done).refundNo));
      assert.equal(stand.simulator.centre.people.get(SOME.personNo)?.balanceFen, 1_500);
    }
  });

  test('a pre-settlement whose payment was refunded is given up for good, one that is settled is not', async (context) => {
    const stand = await mobileStandOf(context);
    const done = await paid(stand);
    const { presettlementNo } = done;
    assert.deepEqual(await stand.presettling.abandon({ presettlementNo }, call), { kind: 'settled' });
    assert.equal((await stand.channel.refund(refundOf(done), call)).kind, 'succeeded');
    assert.deepEqual(await stand.presettling.abandon({ presettlementNo }, call), { kind: 'abandoned' });
    assert.equal(stand.received('6401').length, 0);
  });

  test('a refund may still be at work: it is sent again only after the time that is set', async (context) => {
    const stand = await mobileStandOf(context, { settings: { reverseAfterMs: 60_000 } });
    const done = await paid(stand);
    stand.simulator.faults.inject({ on: '6203', fault: 'dropBeforeExecuting' });
    for (let attempt = 0; attempt < 2; attempt += 1) assert.equal((await stand.channel.refund(refundOf(done), call)).kind, 'unknown');
    assert.equal((await stand.channel.queryRefund(refundOf(done), call)).kind, 'unknown');
    assert.equal(stand.received('6203').length, 1);
    stand.wait(60_000);
    assert.deepEqual(await stand.channel.queryRefund(refundOf(done), call), { kind: 'notFound' });
    assert.equal((await stand.channel.refund(refundOf(done), call)).kind, 'succeeded');
  });

  test('a refusal of the repeat is not a refusal of the refund', async (context) => {
    const stand = await mobileStandOf(context);
    const done = await paid(stand);
    stand.simulator.faults.inject({ on: '6203', fault: 'dropBeforeExecuting' });
    await stand.channel.refund(refundOf(done), call);
    stand.simulator.faults.inject({ on: '6203', fault: 'refuse' });
    assert.equal((await stand.channel.refund(refundOf(done), call)).kind, 'unknown');
    assert.equal((await stand.channel.refund(refundOf(done), call)).kind, 'succeeded');
  });

  test('two refunds of one payment at once return it once', async (context) => {
    const stand = await mobileStandOf(context);
    const done = await paid(stand);
    const outcomes = await Promise.all(['RFIRST1', 'RSECOND'].map((refundNo) => stand.channel.refund(refundOf(done, refundNo), call)));
    assert.equal(outcomes.filter(({ kind }) => kind === 'succeeded').length, 1);
    assert.equal(stand.received('6203').length, 1);
  });

  test('an order is refunded until refundDays are over, long after its payment is forgotten; then voucher, token and person go', async (context) => {
    const stand = await mobileStandOf(context, { settings: { keepDays: 3 } });
    const done = await paid(stand);
    stand.wait(5 * 86_400_000);
    const later = await stand.restart();
    assert.deepEqual([await stand.store.list('pay/'), await stand.store.list('presettlement/')], [[], []]);
    stand.simulator.mobile.refunds = 'expDone';
    assert.equal((await later.channel.refund(refundOf(done), call)).kind, 'unknown');
    assert.equal((await later.channel.queryRefund(refundOf(done), call)).kind, 'succeeded');
    assert.deepEqual(await stand.store.list('refundable/'), []);
  });

  test('after refundDays it is not refunded here any more, and nobody says that it was never paid', async (context) => {
    const stand = await mobileStandOf(context, { settings: { keepDays: 3, refundDays: 10 } });
    const done = await paid(stand);
    for (const days of [5, 6]) {
      stand.wait(days * 86_400_000);
      await stand.restart();
    }
    const later = await stand.restart();
    const declined = await later.channel.refund(refundOf(done), call);
    assert.ok(declined.kind === 'declined' && declined.code === 'RECORDS_GONE', JSON.stringify(declined));
    assert.equal((await later.channel.query(done.payment, call)).kind, 'unknown');
    assert.deepEqual(await stand.store.list(''), []);
  });

  test('a refunded order is asked nothing more: its voucher, its token and its person are forgotten', async (context) => {
    const stand = await mobileStandOf(context);
    const done = await paid(stand);
    const voucher = String(stand.received('6202')[0]?.['payAuthNo']);
    assert.match(JSON.stringify(await stand.store.list('')), new RegExp(voucher));
    assert.equal((await stand.channel.refund(refundOf(done), call)).kind, 'succeeded');
    const kept = JSON.stringify(await stand.store.list(''));
    for (const secret of [voucher, SOME.idNo]) assert.ok(!kept.includes(secret), secret);
  });

  test('a refund that was done and told as refused is unknown, and found; one that was refused is', async (context) => {
    const stand = await mobileStandOf(context);
    const done = await paid(stand);
    stand.simulator.faults.inject({ on: '6203', fault: 'executeThenRefusal' });
    assert.equal((await stand.channel.refund(refundOf(done), call)).kind, 'unknown');
    assert.equal((await stand.channel.queryRefund(refundOf(done), call)).kind, 'succeeded');
    const other = await paid(stand);
    stand.simulator.faults.inject({ on: '6203', fault: 'refuse' });
    stand.simulator.faults.inject({ on: '6301', fault: 'executeThenDrop' });
    assert.equal((await stand.channel.refund(refundOf(other), call)).kind, 'unknown', 'not to be asked about');
    assert.equal((await stand.channel.refund(refundOf(other), call)).kind, 'succeeded');
  });

  test('a payment nobody knows the end of is not refunded', async (context) => {
    const stand = await mobileStandOf(context, { mobile: { settles: 'later' } });
    const { order } = await mobilePresettled(stand);
    await stand.channel.charge(order, call);
    assert.equal((await stand.channel.refund(refundOf({ payment: referenceOf(order) }), call)).kind, 'notSent');
    assert.equal(stand.received('6203').length, 0);
  });
});
