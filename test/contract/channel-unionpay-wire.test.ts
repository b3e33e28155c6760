import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { call, referenceTo } from './channel-requests.js';
import { MINUTE_MS, orderOf, paidOrder, refundOf, shortCall, standOf } from './channel-unionpay-stand.js';

describe('unionpay: what may be believed', () => {
  test('an answer of which one field was changed after signing is unknown, whatever was asked', async (context) => {
    for (const signMethod of ['01', '11', '12'] as const) {
      const stand = await standOf(context, { signMethod });
      const paid = await paidOrder(stand, 'ALTERED01');
      await stand.channel.refund(refundOf(stand, paid, 'RALTERED01', 100), call());
      stand.simulator.faults.inject({ on: ['charge', 'query', 'refund', 'queryRefund'], times: 'always', fault: { kind: 'altered', fields: { respMsg: 'altered' } } });
      assert.equal((await stand.channel.charge(orderOf(stand, 'ALTERED02'), call())).kind, 'unknown');
      assert.equal((await stand.channel.query(paid, call())).kind, 'unknown');
      assert.equal((await stand.channel.refund(refundOf(stand, paid, 'RALTERED02', 100), call())).kind, 'unknown');
      assert.equal((await stand.channel.queryRefund(refundOf(stand, paid, 'RALTERED01', 100), call())).kind, 'unknown');
    }
  });

  test('an answer rightly signed about another number, time or merchant is unknown, whatever was asked', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'OTHERS001');
    await stand.channel.refund(refundOf(stand, paid, 'ROTHERS001', 100), call());
    const open = orderOf(stand, 'OTHERS009', 'paymentCode');
    await stand.channel.charge(open, call());
    for (const [index, fields] of [{ orderId: 'OTHERNO01' }, { txnTime: '20200101120000' }, { merId: '777290058119999' }, { orderId: '' }, { txnTime: '' }, { merId: '' }].entries()) {
      stand.simulator.faults.clear();
      stand.simulator.faults.inject({ on: ['charge', 'query', 'refund', 'queryRefund'], times: 'always', fault: { kind: 'otherFields', fields } });
      const text = JSON.stringify(fields);
      assert.equal((await stand.channel.charge(orderOf(stand, `WRONGS00${String(index)}`), call())).kind, 'unknown', text);
      assert.equal((await stand.channel.charge(orderOf(stand, `WRONGP00${String(index)}`, 'webPage'), call())).kind, 'unknown', text);
      assert.equal((await stand.channel.query(paid, call())).kind, 'unknown', text);
      assert.equal((await stand.channel.refund(refundOf(stand, paid, `RWRONGS00${String(index)}`, 100), call())).kind, 'unknown', text);
      assert.equal((await stand.channel.queryRefund(refundOf(stand, paid, 'ROTHERS001', 100), call())).kind, 'unknown', text);
    }
    stand.simulator.faults.clear();
    stand.simulator.faults.inject({ on: 'reversal', fault: { kind: 'otherFields', fields: { txnTime: '20200101120000' } } });
    assert.equal((await stand.channel.close?.(referenceTo(open), call()))?.kind, 'unknown');
  });

  test('an answer about another type or amount than was sent is unknown', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'OTHERTYPE');
    for (const fields of [{ txnType: '31' }, { txnSubType: '01' }, { txnAmt: '1' }]) {
      stand.simulator.faults.inject({ on: 'charge', fault: { kind: 'otherFields', fields } });
      assert.equal((await stand.channel.charge(orderOf(stand, `KIND${Object.keys(fields).join('')}`), call())).kind, 'unknown', JSON.stringify(fields));
    }
    for (const fields of [{ txnAmt: '1' }, { origQryId: '202601010000009999999' }]) {
      stand.simulator.faults.inject({ on: 'refund', fault: { kind: 'otherFields', fields } });
      assert.equal((await stand.channel.refund(refundOf(stand, paid, `R${Object.keys(fields).join('')}KIND`, 100), call())).kind, 'unknown', JSON.stringify(fields));
    }
  });

  test('a question about a payment is not answered by a refund, nor the other way round', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'TYPES0001');
    const refund = refundOf(stand, paid, 'RTYPES0001', 100);
    await stand.channel.refund(refund, call());
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'otherFields', fields: { txnType: '04' } } });
    assert.equal((await stand.channel.query(paid, call())).kind, 'unknown');
    stand.simulator.faults.inject({ on: 'queryRefund', fault: { kind: 'otherFields', fields: { txnType: '01' } } });
    assert.equal((await stand.channel.queryRefund(refund, call())).kind, 'unknown');
    // Some products answer with the type of the question.
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'otherFields', fields: { txnType: '00', txnSubType: '00' } } });
    assert.equal((await stand.channel.query(paid, call())).kind, 'succeeded');
  });

  test('a gateway error is unknown whatever its status, and so is half an answer', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'GATEWAY01');
    for (const status of [302, 403, 404, 500, 502, 504]) {
      stand.simulator.faults.inject({ on: 'query', fault: { kind: 'failBeforeExecuting', status } });
      assert.equal((await stand.channel.query(paid, call())).kind, 'unknown', String(status));
    }
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'signedUnderStatus', status: 500 } });
    assert.equal((await stand.channel.query(paid, call())).kind, 'unknown', 'not even a rightly signed body');
    stand.simulator.faults.inject({ on: 'charge', fault: { kind: 'truncatedBody' } });
    assert.equal((await stand.channel.charge(orderOf(stand, 'GATEWAY02'), call())).kind, 'unknown');
  });

  test('an answer with another amount is passed on for the core to compare', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'COMPARE01');
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'otherFields', fields: { txnAmt: '1', settleAmt: '1000' } } });
    const news = await stand.channel.query(paid, call());
    assert.equal(news.kind === 'succeeded' && news.amountFen, 1);
  });

  test('a paid transaction without number, amount or outcome, in another currency, or told of in answer to a refused question is unknown', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'PARTIAL01');
    for (const fields of [{ queryId: '' }, { queryId: '../x' }, { txnAmt: '0' }, { txnAmt: '10.00' }, { txnAmt: '' }, { currencyCode: '840' }, { origRespCode: '' }, { origRespCode: 'Z9' }, { origRespCode: '06' }, { respCode: '05' }, { respCode: '10' }]) {
      stand.simulator.faults.inject({ on: 'query', fault: { kind: 'otherFields', fields } });
      assert.equal((await stand.channel.query(paid, call())).kind, 'unknown', JSON.stringify(fields));
    }
  });

  test('when the payment was made shows in its trace time, also over the turn of the year', async (context) => {
    const stand = await standOf(context, { at: '2026-12-31T23:58:00+08:00' });
    const order = orderOf(stand, 'NEWYEAR01');
    await stand.channel.charge(order, call());
    stand.clock.atMs += 3 * MINUTE_MS;
    stand.simulator.pay('NEWYEAR01');
    const news = await stand.channel.query(referenceTo(order), call());
    assert.equal(news.kind === 'succeeded' && new Date(news.paidAt).toISOString(), '2026-12-31T16:01:00.000Z');
    for (const traceTime of ['', '0230120000', 'abc']) {
      stand.simulator.faults.inject({ on: 'query', fault: { kind: 'otherFields', fields: { traceTime } } });
      const without = await stand.channel.query(referenceTo(order), call());
      assert.equal(without.kind === 'succeeded' && new Date(without.paidAt).toISOString(), '2026-12-31T15:58:00.000Z', 'without it, the time of the order');
    }
  });

  test('what paid is told: digital yuan under its own name, else the kind of card and its bank', async (context) => {
    const stand = await standOf(context);
    for (const [tradeNo, isECny, fundingSource] of [['FUNDED001', true, 'eCny'], ['FUNDED002', false, 'debit/01020000']] as const) {
      const order = orderOf(stand, tradeNo);
      await stand.channel.charge(order, call());
      stand.simulator.pay(tradeNo, { isECny });
      const news = await stand.channel.query(referenceTo(order), call());
      assert.equal(news.kind === 'succeeded' && news.fundingSource, fundingSource);
    }
    const { channel } = await stand.again({ settings: { eCnyMark: { field: 'bizType', values: ['000201'] } } });
    const news = await channel.query(await paidOrder(stand, 'FUNDED003'), call());
    assert.equal(news.kind === 'succeeded' && news.fundingSource, 'debit/01020000', 'another field does not mark it');
  });
});

describe('unionpay: what a code means', () => {
  test('codes of unknown, busy, duplicate or nobody\'s meaning never decline a charge', async (context) => {
    const stand = await standOf(context);
    for (const code of ['01', '02', '03', '04', '05', '06', '12', '34', '37', '98', 'A6', 'Z9']) {
      stand.simulator.faults.inject({ on: 'charge', fault: { kind: 'refuse', code } });
      assert.equal((await stand.channel.charge(orderOf(stand, `MEANING${code}`), call())).kind, 'unknown', code);
    }
  });

  test('03, 04 and 05 after the work was done: the order is found by asking', async (context) => {
    const stand = await standOf(context);
    for (const code of ['03', '04', '05']) {
      const order = orderOf(stand, `ACCEPTED${code}`);
      stand.simulator.faults.inject({ on: 'charge', fault: { kind: 'executeThenAnswer', code } });
      assert.equal((await stand.channel.charge(order, call())).kind, 'unknown');
      assert.equal((await stand.channel.query(referenceTo(order), call())).kind, 'pending');
      stand.simulator.pay(order.tradeNo);
      assert.equal((await stand.channel.query(referenceTo(order), call())).kind, 'succeeded');
      stand.simulator.faults.inject({ on: 'query', fault: { kind: 'otherFields', fields: { origRespCode: code } } });
      assert.equal((await stand.channel.query(referenceTo(order), call())).kind, 'pending', 'whatever else it says');
    }
  });

  test('a success with a defect is a payment, left to reconciliation', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'DEFECT001');
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'otherFields', fields: { origRespCode: 'A6' } } });
    assert.equal((await stand.channel.query(paid, call())).kind, 'succeeded');
  });

  test('a refused charge is declined when UnionPay has no order, and unknown on a repeat or when it has one', async (context) => {
    const stand = await standOf(context);
    const refuse = { on: 'charge', fault: { kind: 'refuse', code: '39' } } as const;
    stand.simulator.faults.inject(refuse);
    const first = await stand.channel.charge(orderOf(stand, 'REFUSED01'), call());
    assert.equal(first.kind === 'declined' && first.code, '39');
    stand.simulator.faults.inject(refuse);
    assert.equal((await stand.channel.charge(orderOf(stand, 'REFUSED01'), call({ attempt: 2 }))).kind, 'unknown');
    const there = orderOf(stand, 'REFUSED02');
    await stand.channel.charge(there, call());
    stand.simulator.faults.inject(refuse);
    assert.equal((await stand.channel.charge(there, call())).kind, 'unknown');
    stand.simulator.faults.inject(refuse);
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'badSignature' } });
    assert.equal((await stand.channel.charge(orderOf(stand, 'REFUSED03'), call())).kind, 'unknown', 'nor when nobody can tell');
  });

  test('which codes refuse for good is the hospital\'s to say', async (context) => {
    const stand = await standOf(context, { settings: { refusalCodes: ['Z9'] } });
    for (const [code, kind] of [['Z9', 'declined'], ['39', 'unknown']] as const) {
      stand.simulator.faults.inject({ on: 'charge', fault: { kind: 'refuse', code } });
      assert.equal((await stand.channel.charge(orderOf(stand, `AGREED00${code}`), call())).kind, kind);
    }
  });

  test('a payer without money is declined at once; a worn-out or foreign code never becomes a payment', async (context) => {
    const stand = await standOf(context);
    const poor = await stand.channel.charge(orderOf(stand, 'NOMONEY01', 'paymentCode', { authCode: stand.simulator.newPaymentCode('balanceNotEnough') }), call());
    assert.equal(poor.kind === 'declined' && poor.code, '64');
    const news = await stand.channel.query(referenceTo(orderOf(stand, 'NOMONEY01', 'paymentCode')), call());
    assert.equal(news.kind === 'declined' && news.code, '64');
    const authCode = stand.simulator.newPaymentCode('paysAtOnce');
    assert.equal((await stand.channel.charge(orderOf(stand, 'USEDCODE1', 'paymentCode', { authCode }), call())).kind, 'pending');
    const used = await stand.channel.charge(orderOf(stand, 'USEDCODE2', 'paymentCode', { authCode }), call());
    assert.equal(used.kind === 'declined' && used.code, '38');
    for (const foreign of ['134567890123456789', '281234567890123456', '62123', '62000000000000000;', '']) {
      assert.equal((await stand.channel.charge(orderOf(stand, 'FOREIGN01', 'paymentCode', { authCode: foreign }), call())).kind, 'notSent', foreign);
    }
    assert.equal(stand.simulator.find('FOREIGN01'), undefined);
  });
});

describe('unionpay: "no such transaction"', () => {
  test('right after a lost charge it is unknown, only afterwards not found, and the order may still turn up', async (context) => {
    const stand = await standOf(context);
    for (const method of ['nativeQr', 'paymentCode'] as const) {
      const order = orderOf(stand, `HIDDEN${method}`, method, { expiresAt: new Date(stand.clock.atMs + 10 * MINUTE_MS).toISOString() });
      const payment = referenceTo(order);
      stand.simulator.faults.inject({ on: 'charge', fault: { kind: 'hidden', forMs: 5 * MINUTE_MS } });
      stand.simulator.faults.inject({ on: 'query', fault: { kind: 'badSignature' } });
      await stand.channel.charge(order, call());
      assert.equal((await stand.channel.query(payment, call())).kind, 'unknown');
      for (const [seconds, kind] of [[0, 'unknown'], [59, 'unknown'], [61, 'notFound'], [301, method === 'nativeQr' ? 'pending' : 'declined']] as const) {
        stand.clock.atMs = Date.parse(order.submittedAt) + seconds * 1000;
        assert.equal((await stand.channel.query(payment, call())).kind, kind, `${method} ${String(seconds)}`);
      }
    }
  });

  test('a shown code is not yet an order everywhere: no such transaction means not yet until its time, and closed after it', async (context) => {
    const stand = await standOf(context, { simulator: { unpaidAnswer: '34' } });
    const order = orderOf(stand, 'NOTYET001');
    const payment = referenceTo(order, await stand.channel.charge(order, call()));
    for (const [minutes, kind] of [[0, 'pending'], [4.9, 'pending'], [5.9, 'pending'], [6.1, 'declined']] as const) {
      stand.clock.atMs = Date.parse(order.submittedAt) + minutes * MINUTE_MS;
      assert.equal((await stand.channel.query(payment, call())).kind, kind, String(minutes));
    }
    const never = { ...payment, tradeNo: 'NOTYET002' };
    for (const [minutes, kind] of [[4.9, 'pending'], [5.9, 'pending'], [6.1, 'closed']] as const) {
      stand.clock.atMs = Date.parse(order.submittedAt) + minutes * MINUTE_MS;
      assert.equal((await stand.channel.query(never, call())).kind, kind, `UnionPay has no order, after ${String(minutes)} minutes`);
    }
  });

  test('a payment that was told of is never not found', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'VANISHED1');
    stand.clock.atMs += 60 * MINUTE_MS;
    stand.simulator.faults.inject({ on: 'query', times: 'always', fault: { kind: 'refuse', code: '34' } });
    assert.equal((await stand.channel.query(paid, call())).kind, 'unknown');
    assert.equal((await stand.channel.close?.(paid, call()))?.kind, 'unknown');
    const scanned = { ...paid, method: 'paymentCode' } as const;
    assert.equal((await stand.channel.close?.(scanned, call()))?.kind, 'unknown');
    assert.equal(stand.simulator.find('VANISHED1')?.state, 'succeeded', 'and never reversed');
  });

  test('a card that failed on a code or page does not end it before its time: the patient may take another', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'NEXTCARD1');
    const payment = referenceTo(order, await stand.channel.charge(order, call()));
    stand.simulator.failCard('NEXTCARD1', '64');
    assert.equal((await stand.channel.query(payment, call())).kind, 'pending');
    stand.simulator.pay('NEXTCARD1');
    assert.equal((await stand.channel.query(payment, call())).kind, 'succeeded');
    const second = orderOf(stand, 'NEXTCARD2');
    const left = referenceTo(second, await stand.channel.charge(second, call()));
    stand.simulator.failCard('NEXTCARD2', '64');
    stand.clock.atMs += 6.1 * MINUTE_MS;
    const news = await stand.channel.query(left, call());
    assert.equal(news.kind, 'declined');
  });

  test('the same number and time name a payment in every call, at whatever time it is made', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'SAMETIME1');
    stand.simulator.faults.inject({ on: 'charge', fault: { kind: 'executeThenNeverAnswer' } });
    assert.equal((await stand.channel.charge(order, shortCall())).kind, 'unknown');
    stand.clock.atMs += 3 * MINUTE_MS;
    assert.equal((await stand.channel.charge(order, call({ attempt: 2 }))).kind, 'unknown');
    assert.equal(stand.simulator.transactions().length, 1);
    assert.equal((await stand.channel.query(referenceTo(order), call())).kind, 'pending');
  });
});
