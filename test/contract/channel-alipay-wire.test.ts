import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { AlipaySettingsSchema } from '@hospay/channel-alipay';
import { E_CNY } from '@hospay/plugin-sdk';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { Value } from 'typebox/value';

import { activateAlipay, alipaySettings, REFUSING_GATEWAY } from './channel-alipay-subject.js';
import { call, orderOf, referenceTo } from './channel-requests.js';
import { paidOrder, refundOf, standOf } from './channel-alipay-stand.js';

const MINUTE_MS = 60_000;

describe('alipay: a code on the screen', () => {
  test('a precreate whose answer was lost is not found, and the same number sent again shows the one code', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'LOST0001');
    stand.simulator.faults.inject({ on: 'precreate', fault: { kind: 'executeThenDropConnection' } });
    assert.equal((await stand.channel.charge(order, call())).kind, 'unknown');
    assert.equal((await stand.channel.query(referenceTo(order), call())).kind, 'notFound');
    const again = await stand.channel.charge(order, call({ attempt: 2 }));
    assert.ok(again.kind === 'pending' && again.present.kind === 'qr');
    assert.equal(again.present.content, stand.simulator.findTrade('LOST0001')?.qrCode);
  });

  test('no such trade means not yet while the code may be scanned, and closed once its time is over', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'SHOWN001');
    const payment = referenceTo(order, await stand.channel.charge(order, call()));
    assert.equal((await stand.channel.query(payment, call())).kind, 'pending');
    stand.clock.atMs += 14 * MINUTE_MS;
    assert.equal((await stand.channel.query(payment, call())).kind, 'pending', 'a scan of the last moment may still become a trade');
    stand.clock.atMs += 2 * MINUTE_MS;
    assert.equal((await stand.channel.query(payment, call())).kind, 'closed');
  });

  test('a trade made by a scan is closed, and the close of one that was paid in between says so', async (context) => {
    const stand = await standOf(context);
    const first = orderOf(stand, 'SCANNED1');
    await stand.channel.charge(first, call());
    stand.simulator.scan('SCANNED1');
    assert.equal((await stand.channel.close(referenceTo(first), call())).kind, 'closed');
    assert.equal(stand.simulator.findTrade('SCANNED1')?.state, 'TRADE_CLOSED');

    const second = orderOf(stand, 'SCANNED2');
    await stand.channel.charge(second, call());
    stand.simulator.pay('SCANNED2');
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'otherFields', fields: { trade_status: 'WAIT_BUYER_PAY' } } });
    assert.equal((await stand.channel.close(referenceTo(second), call())).kind, 'alreadyPaid');
    assert.deepEqual(stand.simulator.refundsOf('SCANNED2'), []);
  });

  test('an unscanned code is cancelled, and neither a restart nor a repeat makes its number payable again', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'CANCEL01');
    const payment = referenceTo(order, await stand.channel.charge(order, call()));
    assert.equal((await stand.channel.close(payment, call())).kind, 'closed');
    assert.throws(() => stand.simulator.pay('CANCEL01'), /DEAD/);
    const { channel } = await stand.again();
    assert.equal((await channel.query(payment, call())).kind, 'closed');
    assert.equal((await channel.close(payment, call())).kind, 'closed');
    // Not even when Alipay would take it again.
    const taken = { code: '10000', out_trade_no: 'CANCEL01', qr_code: 'https://qr.alipay.com/again' };
    stand.simulator.faults.inject({ on: 'precreate', fault: { kind: 'otherFields', fields: taken } });
    assert.equal((await channel.charge(order, call({ attempt: 2 }))).kind, 'unknown');
  });

  test('a cancel that Alipay wants repeated is unknown, and the number is not charged again', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'RETRYFLG');
    const payment = referenceTo(order, await stand.channel.charge(order, call()));
    stand.simulator.faults.inject({ on: 'cancel', fault: { kind: 'otherFields', fields: { retry_flag: 'Y' } } });
    assert.equal((await stand.channel.close(payment, call())).kind, 'unknown');
    assert.equal((await stand.channel.query(payment, call())).kind, 'pending');
    assert.equal((await stand.channel.charge(order, call({ attempt: 2 }))).kind, 'unknown');
    assert.equal((await stand.channel.close(payment, call())).kind, 'closed');
  });

  test('nothing is cancelled while the question before it has no answer', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'ASKFIRST');
    const payment = referenceTo(order, await stand.channel.charge(order, call()));
    stand.simulator.pay('ASKFIRST');
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'executeThenSystemError' } });
    assert.equal((await stand.channel.close(payment, call())).kind, 'unknown');
    assert.equal(stand.simulator.findTrade('ASKFIRST')?.state, 'TRADE_SUCCESS');
  });
});

describe('alipay: a scanned code', () => {
  test('a payer without password has paid when the charge answers', async (context) => {
    const stand = await standOf(context, { mode: 'certificate' });
    const order = orderOf(stand, 'ATONCE01', 'paymentCode', { authCode: stand.simulator.newPaymentCode('paysAtOnce') });
    const outcome = await stand.channel.charge(order, call());
    assert.ok(outcome.kind === 'succeeded');
    assert.deepEqual([outcome.amountFen, outcome.merchantNo, outcome.fundingSource], [1_234, stand.channel.merchantNo, 'ALIPAYACCOUNT']);
    assert.equal(outcome.channelTradeNo, stand.simulator.findTrade('ATONCE01')?.tradeNo);
  });

  test('digital yuan is named, whether the charge, the query or the notification tells of it', async (context) => {
    const stand = await standOf(context);
    const atOnce = await stand.channel.charge(orderOf(stand, 'ECNY0001', 'paymentCode', { authCode: stand.simulator.newPaymentCode('paysAtOnce', 'DC') }), call());
    assert.equal(atOnce.kind === 'succeeded' && atOnce.fundingSource, E_CNY);
    const shown = orderOf(stand, 'ECNY0002');
    await stand.channel.charge(shown, call());
    stand.simulator.pay('ECNY0002', { currency: 'DC' });
    const news = await stand.channel.query(referenceTo(shown), call());
    assert.equal(news.kind === 'succeeded' && news.fundingSource, E_CNY);
  });

  test('a payment stands although the question after it, how it was funded, gets no answer', async (context) => {
    const stand = await standOf(context);
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'failBeforeExecuting', status: 502 } });
    const outcome = await stand.channel.charge(orderOf(stand, 'FUNDING1', 'paymentCode', { authCode: stand.simulator.newPaymentCode('paysAtOnce') }), call());
    assert.equal(outcome.kind, 'succeeded');
  });

  test('how another trade was funded says nothing about this one', async (context) => {
    const stand = await standOf(context);
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'otherFields', fields: { trade_no: '2026010122001000000000000000', receipt_currency_type: 'DC' } } });
    const outcome = await stand.channel.charge(orderOf(stand, 'FUNDING2', 'paymentCode', { authCode: stand.simulator.newPaymentCode('paysAtOnce') }), call());
    assert.equal(outcome.kind === 'succeeded' && outcome.fundingSource, 'ALIPAYACCOUNT');
  });

  test('a code that waits for the password is pending with nothing to show, then paid', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'PASSWORD', 'paymentCode', { authCode: stand.simulator.newPaymentCode('asksPassword') });
    assert.deepEqual(await stand.channel.charge(order, call()), { kind: 'pending', present: { kind: 'none' } });
    stand.simulator.pay('PASSWORD');
    assert.equal((await stand.channel.query(referenceTo(order), call())).kind, 'succeeded');
  });

  test('a system error after the work is unknown and the query finds the payment', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'SYSERROR', 'paymentCode', { authCode: stand.simulator.newPaymentCode('paysAtOnce') });
    stand.simulator.faults.inject({ on: 'pay', fault: { kind: 'executeThenSystemError' } });
    assert.equal((await stand.channel.charge(order, call())).kind, 'unknown');
    assert.equal((await stand.channel.query(referenceTo(order), call())).kind, 'succeeded');
  });

  test('a success that races the cancel goes back to the payer, and the number is closed for good', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'RACEDUNDO', 'paymentCode', { authCode: stand.simulator.newPaymentCode('asksPassword') });
    await stand.channel.charge(order, call());
    stand.simulator.pay('RACEDUNDO');
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'otherFields', fields: { trade_status: 'WAIT_BUYER_PAY' } } });
    assert.equal((await stand.channel.close(referenceTo(order), call())).kind, 'closed');
    assert.equal(stand.simulator.refundsOf('RACEDUNDO')[0]?.refundFen, 1_234);
    const { channel } = await stand.again();
    assert.equal((await channel.query(referenceTo(order), call())).kind, 'closed', 'paid and undone is closed, not paid');
    assert.ok(stand.logLines.some((line) => line.includes('raced its cancel')));
  });

  test('a cancel that was executed without an answer is unknown, and the next close finds the number closed', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'LOSTUNDO', 'paymentCode', { authCode: stand.simulator.newPaymentCode('asksPassword') });
    await stand.channel.charge(order, call());
    stand.simulator.faults.inject({ on: 'cancel', fault: { kind: 'executeThenSystemError' } });
    assert.equal((await stand.channel.close(referenceTo(order), call())).kind, 'unknown');
    assert.equal((await stand.channel.close(referenceTo(order), call())).kind, 'closed');
  });

  test('a payment that raced a cancel whose answer was lost is closed, not paid', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'RACEDLOST', 'paymentCode', { authCode: stand.simulator.newPaymentCode('asksPassword') });
    await stand.channel.charge(order, call());
    stand.simulator.pay('RACEDLOST');
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'otherFields', fields: { trade_status: 'WAIT_BUYER_PAY' } } });
    stand.simulator.faults.inject({ on: 'cancel', fault: { kind: 'executeThenSystemError' } });
    assert.equal((await stand.channel.close(referenceTo(order), call())).kind, 'unknown');
    const { channel } = await stand.again();
    assert.equal((await channel.query(referenceTo(order), call())).kind, 'closed');
  });

  test('a cancel without an answer is sent again although the trade is paid meanwhile: it may still be on its way', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'PAIDINUNDO', 'paymentCode', { authCode: stand.simulator.newPaymentCode('asksPassword') });
    await stand.channel.charge(order, call());
    stand.simulator.faults.inject({ on: 'cancel', fault: { kind: 'failBeforeExecuting', status: 502 } });
    assert.equal((await stand.channel.close(referenceTo(order), call())).kind, 'unknown');
    stand.simulator.pay('PAIDINUNDO');
    assert.equal((await stand.channel.close(referenceTo(order), call())).kind, 'closed');
    assert.equal(stand.simulator.refundsOf('PAIDINUNDO')[0]?.refundFen, 1_234);
  });

  for (const [behaviour, code] of [['balanceNotEnough', 'ACQ.BUYER_BALANCE_NOT_ENOUGH'], ['payFails', 'ACQ.PAYMENT_FAIL']] as const) {
    test(`a payer whose ${behaviour} is declined, and the trade left behind can no longer be paid`, async (context) => {
      const stand = await standOf(context);
      const order = orderOf(stand, 'NOMONEY1', 'paymentCode', { authCode: stand.simulator.newPaymentCode(behaviour) });
      const outcome = await stand.channel.charge(order, call());
      assert.equal(outcome.kind === 'declined' && outcome.code, code);
      assert.throws(() => stand.simulator.pay('NOMONEY1'), /TRADE_CLOSED/);
    });
  }

  test('a payer who could pay after all before the trade was closed is not declined', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'PAIDAFTER', 'paymentCode', { authCode: stand.simulator.newPaymentCode('asksPassword') });
    await stand.channel.charge(order, call());
    stand.simulator.pay('PAIDAFTER');
    stand.simulator.faults.inject({ on: 'pay', fault: { kind: 'refuse', code: '40004', subCode: 'ACQ.PAYMENT_FAIL' } });
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'otherFields', fields: { trade_status: 'WAIT_BUYER_PAY' } } });
    assert.equal((await stand.channel.charge(order, call())).kind, 'unknown');
  });

  test('a worn-out code is declined, and a code that is none of Alipay never leaves', async (context) => {
    const stand = await standOf(context);
    const used = stand.simulator.newPaymentCode('paysAtOnce');
    await stand.channel.charge(orderOf(stand, 'USEDCODE1', 'paymentCode', { authCode: used }), call());
    const outcome = await stand.channel.charge(orderOf(stand, 'USEDCODE2', 'paymentCode', { authCode: used }), call());
    assert.equal(outcome.kind === 'declined' && outcome.code, 'ACQ.PAYMENT_AUTH_CODE_INVALID');
    for (const authCode of [undefined, '134567890123456789', '28123', '280000000000000000;']) {
      const foreign = orderOf(stand, 'FOREIGN1', 'paymentCode', authCode === undefined ? {} : { authCode });
      assert.equal((await stand.channel.charge(foreign, call())).kind, 'notSent', authCode);
    }
    assert.equal(stand.simulator.findTrade('FOREIGN1'), undefined);
  });

  test('a number too old to be cancelled is not found when Alipay has no trade, and unknown when it has', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'TOOOLD01', 'paymentCode', { authCode: stand.simulator.newPaymentCode('asksPassword') });
    const tooOld = { on: 'cancel', fault: { kind: 'refuse', code: '40004', subCode: 'ACQ.TRADE_CANCEL_TIME_OUT' } } as const;
    stand.simulator.faults.inject(tooOld);
    assert.equal((await stand.channel.close(referenceTo(order), call())).kind, 'notFound');
    const known = orderOf(stand, 'TOOOLD02', 'paymentCode', { authCode: stand.simulator.newPaymentCode('asksPassword') });
    await stand.channel.charge(known, call());
    stand.simulator.faults.inject(tooOld);
    assert.equal((await stand.channel.close(referenceTo(known), call())).kind, 'unknown');
  });
});

describe('alipay: what may be believed', () => {
  test('a refused charge is declined when no order exists, and unknown on a repeat', async (context) => {
    const stand = await standOf(context);
    const late = orderOf(stand, 'EXPIRED1', 'nativeQr', { expiresAt: new Date(stand.clock.atMs - 1_000).toISOString() });
    const first = await stand.channel.charge(late, call());
    assert.equal(first.kind === 'declined' && first.code, 'ACQ.INVALID_PARAMETER');
    assert.equal((await stand.channel.charge(late, call({ attempt: 2 }))).kind, 'unknown');
    // The refusal is about the repeat; the order of the first attempt is there.
    const there = orderOf(stand, 'EXPIRED2', 'jsapi', { payerId: '2088000000000022' });
    await stand.channel.charge(there, call());
    stand.simulator.faults.inject({ on: 'create', fault: { kind: 'refuse', code: '40004', subCode: 'ACQ.INVALID_PARAMETER' } });
    assert.equal((await stand.channel.charge(there, call())).kind, 'unknown');
  });

  test('a key Alipay does not know is declined at the first attempt: the gateway looked at no order', async (context) => {
    const stand = await standOf(context);
    const { appPrivateKeyPem } = await otherKey();
    const { channel } = await stand.again({ settings: { appPrivateKeyPem } });
    const outcome = await channel.charge(orderOf(stand, 'BADSIGN1'), call());
    assert.equal(outcome.kind === 'declined' && outcome.code, 'isv.invalid-signature');
    assert.equal((await channel.charge(orderOf(stand, 'BADSIGN1'), call({ attempt: 2 }))).kind, 'unknown');
    assert.equal((await channel.query(referenceTo(orderOf(stand, 'BADSIGN1')), call())).kind, 'unknown');
  });

  test('codes that say the number is in use never decline', async (context) => {
    const stand = await standOf(context);
    for (const subCode of ['ACQ.CONTEXT_INCONSISTENT', 'ACQ.TRADE_HAS_SUCCESS', 'ACQ.TRADE_HAS_CLOSE', 'ACQ.SYSTEM_ERROR', 'aop.unknow-error', 'isp.unknow-error']) {
      stand.simulator.faults.inject({ on: 'precreate', fault: { kind: 'refuse', code: '40004', subCode } });
      assert.equal((await stand.channel.charge(orderOf(stand, 'INUSE001'), call())).kind, 'unknown', subCode);
    }
    stand.simulator.faults.inject({ on: 'precreate', fault: { kind: 'refuse', code: '20000' } });
    assert.equal((await stand.channel.charge(orderOf(stand, 'INUSE001'), call())).kind, 'unknown');
  });

  test('an answer rightly signed about another number is unknown, whatever was asked', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'RIGHTNO1');
    await stand.channel.refund(refundOf(paid, 'RRIGHTNO1', 100), call());
    const other = { kind: 'otherFields', fields: { out_trade_no: 'OTHERNO1' } } as const;
    stand.simulator.faults.inject({ on: ['precreate', 'create', 'pay', 'query', 'refund', 'queryRefund'], times: 'always', fault: other });
    const payer = { payerId: '2088000000000022' };
    assert.equal((await stand.channel.charge(orderOf(stand, 'WRONGNO1'), call())).kind, 'unknown');
    assert.equal((await stand.channel.charge(orderOf(stand, 'WRONGNO2', 'jsapi', payer), call())).kind, 'unknown');
    assert.equal((await stand.channel.charge(orderOf(stand, 'WRONGNO3', 'paymentCode', { authCode: stand.simulator.newPaymentCode('paysAtOnce') }), call())).kind, 'unknown');
    assert.equal((await stand.channel.query(paid, call())).kind, 'unknown');
    assert.equal((await stand.channel.refund(refundOf(paid, 'RRIGHTNO2', 100), call())).kind, 'unknown');
    assert.equal((await stand.channel.queryRefund(refundOf(paid, 'RRIGHTNO1', 100), call())).kind, 'unknown');
    stand.simulator.faults.clear();

    const open = orderOf(stand, 'WRONGNO4', 'jsapi', payer);
    await stand.channel.charge(open, call());
    stand.simulator.faults.inject({ on: 'close', fault: other });
    assert.equal((await stand.channel.close(referenceTo(open), call())).kind, 'unknown');
    stand.simulator.faults.inject({ on: 'cancel', fault: other });
    assert.equal((await stand.channel.close(referenceTo(orderOf(stand, 'WRONGNO5')), call())).kind, 'unknown');
    stand.simulator.faults.inject({ on: 'queryRefund', fault: { kind: 'otherFields', fields: { out_request_no: 'RRIGHTNO9' } } });
    assert.equal((await stand.channel.queryRefund(refundOf(paid, 'RRIGHTNO1', 100), call())).kind, 'unknown');
  });

  for (const kind of ['rewrittenNode', 'truncatedBody', 'badSignature', 'missingSignature'] as const) {
    test(`an answer with ${kind} is unknown in both modes`, async (context) => {
      for (const mode of ['publicKey', 'certificate'] as const) {
        const stand = await standOf(context, { mode });
        stand.simulator.faults.inject({ on: 'precreate', fault: { kind } });
        assert.equal((await stand.channel.charge(orderOf(stand, 'SPOILT01'), call())).kind, 'unknown');
      }
    });
  }

  test('a gateway error is unknown whatever its status', async (context) => {
    const stand = await standOf(context);
    for (const status of [302, 403, 404, 500, 502, 504]) {
      stand.simulator.faults.inject({ on: 'query', fault: { kind: 'failBeforeExecuting', status } });
      assert.equal((await stand.channel.query(referenceTo(orderOf(stand, 'GATEWAY1')), call())).kind, 'unknown', String(status));
    }
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'signedUnderStatus', status: 500 } });
    assert.equal((await stand.channel.query(referenceTo(orderOf(stand, 'GATEWAY1')), call())).kind, 'unknown', 'not even a rightly signed body');
  });

  test('an answer with another amount is passed on for the core to compare', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'COMPARE1');
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'otherFields', fields: { total_amount: '0.01' } } });
    const news = await stand.channel.query(paid, call());
    assert.equal(news.kind === 'succeeded' && news.amountFen, 1);
  });

  test('a paid trade without number, time or amount is unknown, and so is a state nobody documented', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'PARTIAL1');
    for (const fields of [{ send_pay_date: '昨天' }, { total_amount: '0.00' }, { trade_status: 'TRADE_PENDING' }, { trade_status: 'constructor' }]) {
      stand.simulator.faults.inject({ on: 'query', fault: { kind: 'otherFields', fields } });
      assert.equal((await stand.channel.query(paid, call())).kind, 'unknown', JSON.stringify(fields));
    }
  });

  test('a finished trade is paid, and its refund is declined', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'FINISHED');
    stand.simulator.finishTrade('FINISHED');
    assert.equal((await stand.channel.query(paid, call())).kind, 'succeeded');
    const outcome = await stand.channel.refund(refundOf(paid, 'RFINISHED', 100), call());
    assert.equal(outcome.kind === 'declined' && outcome.code, 'ACQ.TRADE_HAS_FINISHED');
  });

  test('a payment wholly refunded is still told as paid, also by a channel that first hears of it then', async (context) => {
    const stand = await standOf(context);
    const { paidAt, channelTradeNo, ...unheard } = await paidOrder(stand, 'REFUNDED');
    await stand.channel.refund(refundOf({ ...unheard, paidAt: paidAt ?? '', channelTradeNo: channelTradeNo ?? '' }, 'RREFUNDED', 1_000), call());
    assert.equal(stand.simulator.findTrade('REFUNDED')?.state, 'TRADE_CLOSED');
    const news = await stand.channel.query(unheard, call());
    assert.equal(news.kind === 'succeeded' && news.amountFen, 1_000);
  });

  test('a payment known to be paid is never called closed: not by a trade without its time, nor by a cancel that never arrived', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'NEVERCLS', 'jsapi', { payerId: '2088000000000022', amountFen: 1_000 });
    stand.simulator.faults.inject({ on: 'cancel', fault: { kind: 'failBeforeExecuting', status: 502 } });
    assert.equal((await stand.channel.close({ ...referenceTo(order), method: 'paymentCode' }, call())).kind, 'unknown');
    await (await stand.again({ store: createMemoryStore() })).channel.charge(order, call());
    stand.simulator.pay('NEVERCLS');
    const heard = await stand.channel.query(referenceTo(order), call());
    assert.ok(heard.kind === 'succeeded');
    const paid = { ...referenceTo(order), paidAt: heard.paidAt, channelTradeNo: heard.channelTradeNo };
    await stand.channel.refund(refundOf(paid, 'RNEVERCLS', 1_000), call());
    assert.equal((await stand.channel.query(paid, call())).kind, 'succeeded');
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'otherFields', fields: { send_pay_date: '' } } });
    assert.equal((await stand.channel.query(paid, call())).kind, 'unknown');
  });
});

describe('alipay: settings', () => {
  test('settings that would send signed requests in the clear, or misspell a key, are refused', async (context) => {
    const { simulator } = await standOf(context);
    const settings = alipaySettings(simulator.merchantCredentials, 'certificate', simulator);
    assert.ok(Value.Check(AlipaySettingsSchema, settings));
    assert.ok(Value.Check(AlipaySettingsSchema, { ...settings, gatewayUrl: 'https://openapi-sandbox.dl.alipaydev.com/gateway.do', billFileUrl: 'https://dwbillcenter.alipay.com' }));
    for (const wrong of [{ gatewayUrl: 'http://10.0.0.8/gateway.do' }, { gatewayUrl: 'https://openapi.alipay.com/' }, { billFileUrl: 'http://dwbillcenter.alipay.com' }, { appId: 'wx1' }, { sellerId: '1088000000000011' }, { appid: '1' }, { verification: { mode: 'publicKey' } }]) {
      assert.ok(!Value.Check(AlipaySettingsSchema, { ...settings, ...wrong }), JSON.stringify(wrong));
    }
  });

  test('a key that cannot sign, a public key that is none, and a key of another certificate are found when the plugin starts', async (context) => {
    const { simulator } = await standOf(context);
    const plain = alipaySettings(simulator.merchantCredentials, 'publicKey', simulator);
    await assert.rejects(activateAlipay({ settings: { ...plain, appPrivateKeyPem: 'x'.repeat(200) } }), /does not fit/);
    await assert.rejects(activateAlipay({ settings: { ...plain, verification: { mode: 'publicKey', alipayPublicKey: 'x'.repeat(400) } } }), /alipayPublicKey is not a public key/);
    const certified = alipaySettings(simulator.merchantCredentials, 'certificate', simulator);
    await assert.rejects(activateAlipay({ settings: { ...certified, ...(await otherKey()) } }), /does not belong to the app certificate/);
  });

  test('the public key is taken as the console shows it, in bare base64', async (context) => {
    const stand = await standOf(context);
    const bare = stand.simulator.merchantCredentials.alipayPublicKeyPem.replace(/-----[A-Z ]+-----|\s/g, '');
    const { channel } = await stand.again({ settings: { verification: { mode: 'publicKey', alipayPublicKey: bare } } });
    assert.equal((await channel.charge(orderOf(stand, 'BAREKEY1'), call())).kind, 'pending');
  });

  test('an unreachable gateway leaves nothing behind', async (context) => {
    const stand = await standOf(context, { settings: { gatewayUrl: REFUSING_GATEWAY } });
    const order = orderOf(stand, 'NOBODY01', 'paymentCode', { authCode: '281234567890123456' });
    assert.equal((await stand.channel.charge(order, call())).kind, 'notSent');
    assert.equal((await stand.channel.close(referenceTo(order), call())).kind, 'unknown');
  });
});

async function otherKey(): Promise<{ readonly appPrivateKeyPem: string }> {
  const { generateKeyPairSync } = await import('node:crypto');
  return { appPrivateKeyPem: generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } }).privateKey };
}
