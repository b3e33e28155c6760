import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { call } from './channel-requests.js';
import { paidOrder, refundOf, standOf } from './channel-alipay-stand.js';

describe('alipay: refunds', () => {
  test('a repeat moves no money and tells of the refund that exists; a lost answer is found under its number', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'REPEAT01');
    const request = refundOf(paid, 'RREPEAT1', 400);
    stand.simulator.faults.inject({ on: 'refund', fault: { kind: 'executeThenSystemError' } });
    assert.equal((await stand.channel.refund(request, call())).kind, 'unknown');
    const again = await stand.channel.refund(request, call({ attempt: 2 }));
    assert.ok(again.kind === 'succeeded');
    assert.deepEqual([again.refundFen, again.refundNo, again.tradeNo], [400, 'RREPEAT1', 'REPEAT01']);
    assert.equal(stand.simulator.refundsOf('REPEAT01').length, 1);
  });

  test('the amount of one refund is its own, although Alipay answers the sum of all', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'SUMMED01');
    for (const [refundNo, refundFen] of [['RSUMMED1', 300], ['RSUMMED2', 200]] as const) {
      const outcome = await stand.channel.refund(refundOf(paid, refundNo, refundFen), call());
      assert.equal(outcome.kind === 'succeeded' && outcome.refundFen, refundFen);
      const news = await stand.channel.queryRefund(refundOf(paid, refundNo, refundFen), call());
      assert.equal(news.kind === 'succeeded' && news.refundFen, refundFen);
    }
  });

  test('a used refund number with another amount is unknown even when Alipay would call it a repeat', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'DISCORD1');
    await stand.channel.refund(refundOf(paid, 'RDISCORD', 400), call());
    assert.equal((await stand.channel.refund(refundOf(paid, 'RDISCORD', 500), call())).kind, 'unknown');
    stand.simulator.faults.inject({ on: 'queryRefund', fault: { kind: 'otherFields', fields: { refund_amount: '3.99' } } });
    assert.equal((await stand.channel.refund(refundOf(paid, 'RDISCORD', 400), call())).kind, 'unknown');
  });

  test('a refund beyond the balance is declined; the same refusal over a refund that exists is not', async (context) => {
    const stand = await standOf(context, { simulator: { openingBalanceFen: -100_000 } });
    const paid = await paidOrder(stand, 'BALANCE1');
    const outcome = await stand.channel.refund(refundOf(paid, 'RBALANCE', 400), call());
    assert.equal(outcome.kind === 'declined' && outcome.code, 'ACQ.SELLER_BALANCE_NOT_ENOUGH');

    const rich = await standOf(context);
    const other = await paidOrder(rich, 'BALANCE2');
    await rich.channel.refund(refundOf(other, 'RBALANCE2', 400), call());
    rich.simulator.faults.inject({ on: 'refund', fault: { kind: 'refuse', code: '40004', subCode: 'ACQ.SELLER_BALANCE_NOT_ENOUGH' } });
    assert.equal((await rich.channel.refund(refundOf(other, 'RBALANCE2', 400), call({ attempt: 2 }))).kind, 'unknown');
  });

  test('a refusal is not believed while the refund query has no answer', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'NOQUERY1');
    stand.simulator.faults.inject({ on: 'queryRefund', fault: { kind: 'badSignature' } });
    assert.equal((await stand.channel.refund(refundOf(paid, 'RNOQUERY', 1_001), call())).kind, 'unknown');
  });

  test('no money moved and no refund there is unknown, neither done nor declined', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'NOCHANGE');
    stand.simulator.faults.inject({ on: 'refund', fault: { kind: 'otherFields', fields: { fund_change: 'N' } } });
    stand.simulator.faults.inject({ on: 'queryRefund', fault: { kind: 'otherFields', fields: { out_request_no: 'ROTHERNO' } } });
    assert.equal((await stand.channel.refund(refundOf(paid, 'RNOCHANGE', 100), call())).kind, 'unknown');
  });

  test('a sum of refunds smaller than this one is no answer to it', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'SMALLSUM');
    stand.simulator.faults.inject({ on: 'refund', fault: { kind: 'otherFields', fields: { refund_fee: '3.99' } } });
    assert.equal((await stand.channel.refund(refundOf(paid, 'RSMALLSUM', 400), call())).kind, 'unknown');
  });

  test('a part that could not go back (medical insurance) is abnormal, and an unheard-of state unknown', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'INSURED1');
    const request = refundOf(paid, 'RINSURED', 400);
    await stand.channel.refund(request, call());
    for (const [state, kind] of [['SUCCESS', 'succeeded'], ['FAIL', 'abnormal'], ['PART_SUCCESS', 'abnormal'], ['toString', 'unknown']] as const) {
      stand.simulator.faults.inject({ on: 'queryRefund', fault: { kind: 'otherFields', fields: { refund_channel_status: state } } });
      assert.equal((await stand.channel.queryRefund(request, call())).kind, kind, state);
    }
    for (const fields of [{ refund_status: 'REFUND_FAIL' }, { refund_amount: '0.00' }]) {
      stand.simulator.faults.inject({ on: 'queryRefund', fault: { kind: 'otherFields', fields } });
      assert.equal((await stand.channel.queryRefund(request, call())).kind, 'unknown', JSON.stringify(fields));
    }
  });

  test('a refund of a trade Alipay does not have is declined, and its query not found', async (context) => {
    const stand = await standOf(context);
    const stranger = { ...(await paidOrder(stand, 'STRANGER')), tradeNo: 'STRANGE2' };
    const outcome = await stand.channel.refund(refundOf(stranger, 'RSTRANGE', 100), call());
    assert.equal(outcome.kind === 'declined' && outcome.code, 'ACQ.TRADE_NOT_EXIST');
    assert.equal((await stand.channel.queryRefund(refundOf(stranger, 'RSTRANGE', 100), call())).kind, 'notFound');
  });
});
