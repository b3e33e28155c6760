import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { call, referenceTo } from './channel-requests.js';
import { MINUTE_MS, orderOf, paidOrder, refundOf, shortCall, standOf } from './channel-unionpay-stand.js';
import { activateUnionpay, unionpaySettings } from './channel-unionpay-subject.js';

describe('unionpay: refunds', () => {
  test('accepted is not returned: only a question or notification says that the money went back', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'REFUNDED1');
    const refund = refundOf(stand, paid, 'RREFUNDED1', 400);
    const outcome = await stand.channel.refund(refund, call());
    assert.deepEqual(outcome, { kind: 'processing', channelRefundNo: stand.simulator.find('RREFUNDED1')?.queryId });
    const news = await stand.channel.queryRefund(refund, call());
    assert.ok(news.kind === 'succeeded');
    assert.deepEqual([news.refundNo, news.tradeNo, news.refundFen, news.channelRefundNo], ['RREFUNDED1', 'REFUNDED1', 400, stand.simulator.find('RREFUNDED1')?.queryId]);
    assert.equal(stand.simulator.find('RREFUNDED1')?.txnType, '04');
  });

  test('03, 04 and 05 to a refund are unknown, a duplicate too: it is asked about', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'UNSURE001');
    for (const code of ['03', '04', '05', '12', '34', '06', 'Z9']) {
      const refund = refundOf(stand, paid, `RUNSURE0${code}`, 10);
      stand.simulator.faults.inject({ on: 'refund', fault: { kind: 'executeThenAnswer', code } });
      assert.equal((await stand.channel.refund(refund, call())).kind, 'unknown', code);
      assert.equal((await stand.channel.queryRefund(refund, call())).kind, 'succeeded', code);
      assert.equal((await stand.channel.refund(refund, call({ attempt: 2 }))).kind, 'unknown', 'a real duplicate');
    }
    assert.equal(stand.simulator.transactions().filter(({ txnType }) => txnType === '04').length, 7);
  });

  test('a refusal is believed only when UnionPay has no refund of this number', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'REFUSALS1');
    const made = refundOf(stand, paid, 'RREFUSALS1', 1_000);
    await stand.channel.refund(made, call());
    stand.simulator.faults.inject({ on: 'refund', fault: { kind: 'refuse', code: '36' } });
    assert.equal((await stand.channel.refund(made, call())).kind, 'unknown', 'the refusal would deny what exists');
    const over = refundOf(stand, paid, 'RREFUSALS2', 1);
    const outcome = await stand.channel.refund(over, call());
    assert.equal(outcome.kind === 'declined' && outcome.code, '36');
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'badSignature' } });
    assert.equal((await stand.channel.refund(over, call())).kind, 'unknown', 'nor when nobody can tell');
  });

  test('a refused repeat is declined only when the first attempt can no longer turn up', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'REPEATED1');
    const refund = refundOf(stand, paid, 'RREPEATED1', 1_001);
    for (const [seconds, kind] of [[10, 'unknown'], [61, 'declined']] as const) {
      stand.clock.atMs = Date.parse(refund.submittedAt) + seconds * 1000;
      assert.equal((await stand.channel.refund(refund, call({ attempt: 2 }))).kind, kind);
    }
  });

  test('right after the request a missing refund is unknown, then not found; one that was taken is never not found', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'NOREFUND1');
    const refund = refundOf(stand, paid, 'RNOREFUND1', 100);
    stand.simulator.faults.inject({ on: 'refund', fault: { kind: 'neverExecuteNorAnswer' } });
    assert.equal((await stand.channel.refund(refund, shortCall())).kind, 'unknown');
    assert.equal((await stand.channel.queryRefund(refund, call())).kind, 'unknown');
    stand.clock.atMs += 61_000;
    assert.equal((await stand.channel.queryRefund(refund, call())).kind, 'notFound');
    assert.equal((await stand.channel.queryRefund({ ...refund, channelRefundNo: '202601010000001234567' }, call())).kind, 'unknown');
  });

  test('a refund UnionPay could not carry out is closed, and abnormal when the card\'s bank refused it', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'FAILING01');
    stand.simulator.holdRefunds();
    for (const [refundNo, failCode, kind] of [['RFAILING01', '01', 'closed'], ['RFAILING02', '62', 'abnormal'], ['RFAILING03', '30', 'abnormal']] as const) {
      const refund = refundOf(stand, paid, refundNo, 100);
      await stand.channel.refund(refund, call());
      assert.equal((await stand.channel.queryRefund(refund, call())).kind, 'processing');
      stand.simulator.settleRefund(refundNo, { failCode });
      assert.equal((await stand.channel.queryRefund(refund, call())).kind, kind);
    }
  });

  test('a payment the platform knows no queryId of is asked for; what is not paid is not refunded', async (context) => {
    const stand = await standOf(context);
    const { channelTradeNo: _told, paidAt: _when, ...unheard } = await paidOrder(stand, 'UNHEARD01');
    assert.equal((await stand.channel.refund(refundOf(stand, unheard, 'RUNHEARD01', 100), call())).kind, 'processing');
    const open = orderOf(stand, 'UNHEARD02');
    await stand.channel.charge(open, call());
    for (const payment of [referenceTo(open), referenceTo(orderOf(stand, 'UNHEARD03'))]) {
      assert.equal((await stand.channel.refund(refundOf(stand, payment, 'RUNHEARD02', 100), call())).kind, 'notSent');
    }
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'otherFields', fields: { queryId: '' } } });
    assert.equal((await stand.channel.refund(refundOf(stand, unheard, 'RUNHEARD03', 100), call())).kind, 'notSent');
    assert.equal(stand.simulator.find('RUNHEARD02'), undefined);
  });

  test('an answer about a refund of another payment is unknown', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'ANOTHER01');
    const refund = refundOf(stand, paid, 'RANOTHER01', 100);
    await stand.channel.refund(refund, call());
    stand.simulator.faults.inject({ on: 'queryRefund', fault: { kind: 'otherFields', fields: { origQryId: '202601010000009999999' } } });
    assert.equal((await stand.channel.queryRefund(refund, call())).kind, 'unknown');
    stand.simulator.faults.inject({ on: 'queryRefund', fault: { kind: 'otherFields', fields: { txnAmt: '99' } } });
    const news = await stand.channel.queryRefund(refund, call());
    assert.equal(news.kind === 'succeeded' && news.refundFen, 99, 'another amount is passed on for the core to compare');
  });

  test('a number UnionPay cannot take never leaves', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'NUMBERS01');
    for (const number of ['SHORT7C', 'WITH-DASH1', 'WITH_LINE1']) {
      assert.equal((await stand.channel.charge(orderOf(stand, number), call())).kind, 'notSent', number);
      assert.equal((await stand.channel.charge(orderOf(stand, number, 'webPage'), call())).kind, 'notSent', number);
      assert.equal((await stand.channel.query(referenceTo(orderOf(stand, number)), call())).kind, 'notFound', number);
      assert.equal((await stand.channel.close?.(referenceTo(orderOf(stand, number, 'paymentCode')), call()))?.kind, 'notFound', number);
      const refund = refundOf(stand, paid, number, 100);
      assert.equal((await stand.channel.refund(refund, call())).kind, 'notSent', number);
      assert.equal((await stand.channel.queryRefund(refund, call())).kind, 'notFound', number);
    }
    assert.equal(stand.simulator.transactions().length, 1);
  });
});

describe('unionpay: undo (消费撤销)', () => {
  const AT_NOON = '2026-05-20T12:00:00+08:00';

  test('a whole payment of the same settlement day is undone, a part or another day\'s is refunded', async (context) => {
    const stand = await standOf(context, { settings: { undoSameDay: true }, at: AT_NOON });
    for (const [tradeNo, refundFen, laterMinutes, txnType] of [['SAMEDAY01', 1_000, 0, '31'], ['SAMEDAY02', 999, 0, '04'], ['SAMEDAY03', 1_000, 24 * 60, '04'], ['SAMEDAY04', 1_000, 11 * 60 - 1, '31'], ['SAMEDAY05', 1_000, 11 * 60, '04']] as const) {
      stand.clock.atMs = Date.parse(AT_NOON);
      const paid = await paidOrder(stand, tradeNo);
      stand.clock.atMs += laterMinutes * MINUTE_MS;
      const refund = refundOf(stand, paid, `R${tradeNo}`, refundFen);
      // Nobody even tries the other way.
      stand.simulator.faults.clear();
      stand.simulator.faults.inject({ on: txnType === '31' ? 'refund' : 'undo', fault: { kind: 'refuse', code: 'Z9' } });
      assert.equal((await stand.channel.refund(refund, call())).kind, 'processing', tradeNo);
      assert.equal(stand.simulator.find(`R${tradeNo}`)?.txnType, txnType, tradeNo);
      assert.equal((await stand.channel.queryRefund(refund, call())).kind, 'succeeded', tradeNo);
    }
  });

  test('unless the hospital wants it, nothing is undone', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'NOTUNDONE');
    await stand.channel.refund(refundOf(stand, paid, 'RNOTUNDONE', 1_000), call());
    assert.equal(stand.simulator.find('RNOTUNDONE')?.txnType, '04');
  });

  test('refused as an undo, the same number goes out as a refund: money goes back once', async (context) => {
    // UnionPay's day ended earlier than the hospital was told.
    const stand = await standOf(context, { settings: { undoSameDay: true }, at: AT_NOON, simulator: { cutOff: '1201' } });
    const paid = await paidOrder(stand, 'CUTOFF001');
    stand.clock.atMs += 5 * MINUTE_MS;
    const refund = refundOf(stand, paid, 'RCUTOFF001', 1_000);
    assert.equal((await stand.channel.refund(refund, call())).kind, 'processing');
    assert.deepEqual(stand.simulator.transactions().map(({ orderId, txnType }) => [orderId, txnType]), [['CUTOFF001', '01'], ['RCUTOFF001', '04']]);
    assert.equal((await stand.channel.queryRefund(refund, call())).kind, 'succeeded');
  });

  test('an undo without an answer is unknown, and never becomes a refund beside it', async (context) => {
    const stand = await standOf(context, { settings: { undoSameDay: true }, at: AT_NOON });
    for (const fault of [{ kind: 'executeThenNeverAnswer' }, { kind: 'executeThenAnswer', code: '05' }, { kind: 'badSignature' }] as const) {
      const tradeNo = `UNDO${fault.kind}`;
      const paid = await paidOrder(stand, tradeNo);
      const refund = refundOf(stand, paid, `R${tradeNo}`, 1_000);
      stand.simulator.faults.inject({ on: 'undo', fault });
      assert.equal((await stand.channel.refund(refund, shortCall())).kind, 'unknown');
      stand.clock.atMs += 12 * 60 * MINUTE_MS;
      assert.equal((await stand.channel.refund(refund, call({ attempt: 2 }))).kind, 'unknown', 'a repeat on the next day is a duplicate');
      assert.equal((await stand.channel.queryRefund(refund, call())).kind, 'succeeded');
      assert.deepEqual(stand.simulator.transactions().filter(({ origOrderId }) => origOrderId === tradeNo).map(({ txnType }) => txnType), ['31']);
      stand.clock.atMs = Date.parse(AT_NOON);
    }
  });

  test('a refused undo whose refund then has no answer is unknown', async (context) => {
    const stand = await standOf(context, { settings: { undoSameDay: true }, at: AT_NOON });
    const paid = await paidOrder(stand, 'HALFSENT1');
    stand.simulator.faults.inject({ on: 'undo', fault: { kind: 'refuse', code: '35' } });
    stand.simulator.faults.inject({ on: 'refund', fault: { kind: 'dropBeforeExecuting' } });
    assert.equal((await stand.channel.refund(refundOf(stand, paid, 'RHALFSENT1', 1_000), call())).kind, 'unknown');
  });

  test('a deadline between a refused undo and its refund is unknown, not "not sent": something was sent', async (context) => {
    const stand = await standOf(context, { settings: { undoSameDay: true }, at: AT_NOON });
    const paid = await paidOrder(stand, 'HALFSENT2');
    const deadline = new AbortController();
    let isAnswered = false;
    // The plugin looks at the clock while it verifies the refusal: then the time is over.
    const now = (): Date => {
      if (isAnswered) deadline.abort();
      return new Date(stand.clock.atMs);
    };
    const { channel } = await activateUnionpay({ settings: { ...unionpaySettings(stand.simulator.merchantCredentials, '01', stand.simulator), undoSameDay: true }, now });
    stand.simulator.faults.inject({ on: 'undo', fault: { kind: 'refuse', get code() { isAnswered = true; return '35'; } } });
    assert.equal((await channel.refund(refundOf(stand, paid, 'RHALFSENT2', 1_000), call({ signal: deadline.signal }))).kind, 'unknown');
    assert.equal(stand.simulator.find('RHALFSENT2'), undefined);
  });
});
