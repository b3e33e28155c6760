import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';

import { E_CNY, type ChargeRequest } from '@hospay/plugin-sdk';
import { createMemoryStore } from '@hospay/plugin-sdk/host';

import type { ApiOperation } from '../simulators/wechat-pay/fault-rules.js';
import type { PayerBehaviour } from '../simulators/wechat-pay/simulated-records.js';
import { scannedCodeSettings, REFUSING_ADDRESS } from './channel-wechat-pay-subject.js';
import { call, orderOf, referenceTo } from './channel-requests.js';
import { dayOf, refundOf, standOf, type Stand, type StandOptions } from './channel-wechat-pay-stand.js';

type Through = 'v2' | 'v3';
const OPERATIONS: Readonly<Record<Through, { readonly charge: ApiOperation; readonly query: ApiOperation }>> = {
  v2: { charge: 'micropay', query: 'orderquery' },
  v3: { charge: 'codepay', query: 'queryOrder' },
};
const OPENING_FEN = 1_000_000;

/** 付款码支付, on both interfaces where both can do it. */
for (const through of ['v2', 'v3'] as const) {
  const { charge, query } = OPERATIONS[through];

  describe(`wechat-pay: a scanned code through API ${through}`, () => {
    test('a payer without password has paid when the charge answers, and no notification is sent', async (context) => {
      const stand = await standFor(context, through);
      const order = scanned(stand, 'ATONCE01', 'paysAtOnce');
      const outcome = await stand.channel.charge(order, call());
      assert.ok(outcome.kind === 'succeeded', JSON.stringify(outcome));
      const [payment] = stand.simulator.orders.findOrder('ATONCE01')?.payments ?? [];
      assert.deepEqual([outcome.amountFen, outcome.merchantNo, outcome.fundingSource, outcome.channelTradeNo], [1_234, stand.channel.merchantNo, 'OTHERS', payment?.transactionId]);
      assert.equal(Date.parse(outcome.paidAt), Math.floor(stand.clock.atMs / 1_000) * 1_000);
      assert.deepEqual(stand.simulator.notifications(), []);
      assert.deepEqual(await stand.channel.query(referenceTo(order, outcome), call()), outcome);
      assert.equal((await stand.channel.refund(refundOf(referenceTo(order, outcome), 'RATONCE1', 234), call())).kind, 'processing', 'refunds are those of API v3');
    });

    test('a payer who types his password is waited for with nothing to show', async (context) => {
      const stand = await standFor(context, through);
      const order = scanned(stand, 'PASSWORD', 'asksPassword');
      assert.deepEqual(await stand.channel.charge(order, call()), { kind: 'pending', present: { kind: 'none' } });
      stand.simulator.pay('PASSWORD');
      assert.equal((await stand.channel.query(referenceTo(order), call())).kind, 'succeeded');
    });

    for (const behaviour of ['balanceNotEnough', 'payFails'] as const) {
      test(`${behaviour}: refused for good, and what is left of the order cannot be paid`, async (context) => {
        const stand = await standFor(context, through);
        const outcome = await stand.channel.charge(scanned(stand, 'NOMONEY1', behaviour), call());
        assert.equal(outcome.kind, 'declined', JSON.stringify(outcome));
        assert.throws(() => stand.simulator.pay('NOMONEY1'), /closed/);
      });
    }

    test('a code that was used, has run out or is none of WeChat is declined or never leaves', async (context) => {
      const stand = await standFor(context, through);
      const used = scanned(stand, 'USED0001', 'paysAtOnce');
      await stand.channel.charge(used, call());
      assert.equal((await stand.channel.charge({ ...used, tradeNo: 'USED0002' }, call())).kind, 'declined');
      const old = scanned(stand, 'OLDCODE1', 'paysAtOnce');
      stand.clock.atMs += 61_000;
      assert.equal((await stand.channel.charge({ ...old, expiresAt: new Date(stand.clock.atMs + 120_000).toISOString(), submittedAt: new Date(stand.clock.atMs).toISOString() }, call())).kind, 'declined');
      for (const authCode of ['281234567890123456', '13123', '1312345678901234567', '13123456789012345x']) {
        assert.equal((await stand.channel.charge({ ...used, tradeNo: 'FOREIGN1', authCode }, call())).kind, 'notSent', authCode);
      }
      const { authCode: _none, ...without } = used;
      assert.equal((await stand.channel.charge({ ...without, tradeNo: 'FOREIGN2' }, call())).kind, 'notSent');
      assert.equal(stand.simulator.orders.list().length, 1);
    });

    test('a refusal is not believed while the query says that somebody is paying, has paid, or says nothing, nor of a repeat', async (context) => {
      const stand = await standFor(context, through);
      const order = scanned(stand, 'REFUSED1', 'asksPassword');
      await stand.channel.charge(order, call());
      const refusal = { on: charge, fault: { kind: 'refuse', status: 403, code: through === 'v2' ? 'NOTENOUGH' : 'NOT_ENOUGH', message: '余额不足' } } as const;
      stand.simulator.faults.inject(refusal);
      assert.equal((await stand.channel.charge(order, call())).kind, 'unknown');
      stand.simulator.pay('REFUSED1');
      stand.simulator.faults.inject(refusal);
      assert.equal((await stand.channel.charge(order, call())).kind, 'unknown');
      const other = scanned(stand, 'REFUSED2', 'asksPassword');
      stand.simulator.faults.inject(refusal);
      stand.simulator.faults.inject({ on: query, fault: { kind: 'failBeforeExecuting', status: 502 } });
      assert.equal((await stand.channel.charge(other, call())).kind, 'unknown');
      stand.simulator.faults.inject(refusal);
      assert.equal((await stand.channel.charge(other, call({ attempt: 2 }))).kind, 'unknown');
      stand.simulator.faults.inject(refusal);
      assert.equal((await stand.channel.charge(other, call())).kind, 'declined');
    });

    test('a system error after the work is unknown, and the query finds the payment', async (context) => {
      const stand = await standFor(context, through);
      const order = scanned(stand, 'SYSERROR', 'paysAtOnce');
      stand.simulator.faults.inject({ on: charge, fault: { kind: 'executeThenFail', status: 500 } });
      assert.equal((await stand.channel.charge(order, call())).kind, 'unknown');
      assert.equal((await stand.channel.query(referenceTo(order), call())).kind, 'succeeded');
    });

    test('nothing is reversed within fifteen seconds of the charge', async (context) => {
      const stand = await standFor(context, through, { settings: { reverseAfterMs: 15_000 }, simulator: { reverseWaitMs: 15_000 } });
      const order = scanned(stand, 'TOOEARLY', 'asksPassword');
      await stand.channel.charge(order, call());
      stand.clock.atMs += 14_000;
      const reverses = stand.simulator.faults.inject({ on: 'reverse', times: 'always', fault: { kind: 'delayAnswer', delayMs: 0 } });
      assert.equal((await stand.channel.close(referenceTo(order), call())).kind, 'unknown');
      assert.equal(reverses.timesStruck(), 0);
      stand.clock.atMs += 1_000;
      assert.equal((await stand.channel.close(referenceTo(order), call())).kind, 'closed');
    });

    test('a payment that succeeds after the platform gave it up goes back to the payer, and the number is closed for good', async (context) => {
      const stand = await standFor(context, through);
      const order = scanned(stand, 'RACED001', 'asksPassword');
      await stand.channel.charge(order, call());
      stand.simulator.pay('RACED001');
      stand.simulator.faults.inject({ on: query, fault: { kind: 'stillNotPaid' } });
      assert.equal((await stand.channel.close(referenceTo(order), call())).kind, 'closed');
      assert.equal(stand.simulator.orders.findOrder('RACED001')?.state, 'REVOKED');
      assert.equal(stand.simulator.balanceFen(), OPENING_FEN, 'the money went back');
      const { channel } = await stand.again();
      assert.equal((await channel.query(referenceTo(order), call())).kind, 'closed');
      assert.equal((await channel.close(referenceTo(order), call())).kind, 'closed');
      assert.equal((await channel.charge(order, call({ attempt: 2 }))).kind, 'unknown');
      const bill = await channel.downloadStatement({ day: dayOf(stand) }, call());
      assert.ok(bill.kind === 'ok' && bill.lines.some(({ kind, status, tradeNo }) => kind === 'refund' && status === 'REVOKED' && tradeNo === 'RACED001'), JSON.stringify(bill));
    });

    test('a reverse that was lost fixes the way: a success after it is not told, it is reversed by the next close', async (context) => {
      const stand = await standFor(context, through);
      const order = scanned(stand, 'LOSTREV1', 'asksPassword');
      await stand.channel.charge(order, call());
      stand.simulator.faults.inject({ on: 'reverse', fault: { kind: 'dropBeforeExecuting' } });
      assert.equal((await stand.channel.close(referenceTo(order), call())).kind, 'unknown');
      const { channel } = await stand.again();
      assert.equal((await channel.charge(order, call())).kind, 'unknown', 'though WeChat Pay would go on waiting for the payer');
      stand.simulator.pay('LOSTREV1');
      assert.equal((await channel.query(referenceTo(order), call())).kind, 'pending', 'the lost reverse may still arrive');
      assert.equal((await channel.charge(order, call())).kind, 'unknown');
      assert.equal((await channel.close(referenceTo(order), call())).kind, 'closed');
      assert.equal(stand.simulator.balanceFen(), OPENING_FEN);
    });

    test('a charge whose answer was under way while its number was reversed is not believed', async (context) => {
      const stand = await standFor(context, through);
      const order = scanned(stand, 'INFLIGHT', 'paysAtOnce');
      stand.simulator.faults.inject({ on: charge, fault: { kind: 'delayAnswer', delayMs: 300 } });
      const charging = stand.channel.charge(order, call());
      while (stand.simulator.orders.findOrder('INFLIGHT') === undefined) await new Promise((resolve) => { setTimeout(resolve, 5); });
      stand.simulator.faults.inject({ on: query, fault: { kind: 'stillNotPaid' } });
      assert.equal((await stand.channel.close(referenceTo(order), call())).kind, 'closed');
      assert.equal((await charging).kind, 'unknown', 'what it tells of was given back');
    });

    test('nothing is reversed while the question before it has no answer, and what is paid is never reversed', async (context) => {
      const stand = await standFor(context, through);
      const order = scanned(stand, 'ASKFIRST', 'asksPassword');
      await stand.channel.charge(order, call());
      stand.simulator.pay('ASKFIRST');
      stand.simulator.faults.inject({ on: query, fault: { kind: 'executeThenFail', status: 500 } });
      assert.equal((await stand.channel.close(referenceTo(order), call())).kind, 'unknown');
      assert.equal((await stand.channel.close(referenceTo(order), call())).kind, 'alreadyPaid');
      assert.equal(stand.simulator.orders.findOrder('ASKFIRST')?.state, 'SUCCESS');
    });

    test('a payer who gave up leaves a number that is pending until it is reversed', async (context) => {
      const stand = await standFor(context, through);
      const order = scanned(stand, 'GAVEUP01', 'asksPassword');
      await stand.channel.charge(order, call());
      stand.simulator.failPayment('GAVEUP01');
      assert.equal((await stand.channel.query(referenceTo(order), call())).kind, 'pending');
      assert.equal((await stand.channel.close(referenceTo(order), call())).kind, 'closed');
    });

    test('a payment known to be paid that somebody else reversed is a matter for a person, not a closed number', async (context) => {
      const stand = await standFor(context, through);
      const order = scanned(stand, 'ELSEWHER', 'paysAtOnce');
      const outcome = await stand.channel.charge(order, call());
      const elsewhere = await stand.again({}, { store: createMemoryStore() });
      stand.simulator.faults.inject({ on: query, fault: { kind: 'stillNotPaid' } });
      assert.equal((await elsewhere.channel.close(referenceTo(order), call())).kind, 'closed');
      assert.equal((await stand.channel.query(referenceTo(order, outcome), call())).kind, 'unknown');
    });

    test('an answer rightly signed about another number is unknown, whatever was asked', async (context) => {
      const stand = await standFor(context, through);
      const fault = { kind: 'otherOrder', outTradeNo: 'OTHERNO1' } as const;
      const order = scanned(stand, 'RIGHTNO1', 'paysAtOnce');
      stand.simulator.faults.inject({ on: charge, fault });
      assert.equal((await stand.channel.charge(order, call())).kind, 'unknown');
      stand.simulator.faults.inject({ on: query, fault });
      assert.equal((await stand.channel.query(referenceTo(order), call())).kind, 'unknown');
      const open = scanned(stand, 'RIGHTNO2', 'asksPassword');
      await stand.channel.charge(open, call());
      // "Reversed" says the answer, which in API v2 names no number; the question after it says what of ours.
      stand.simulator.faults.inject(through === 'v3' ? { on: 'reverse', fault } : { on: query, times: 2, fault: { kind: 'stillNotPaid' } });
      assert.equal((await stand.channel.close(referenceTo(open), call())).kind, 'unknown');
    });

    test('another merchant or amount in an answer is passed on for the core to compare', async (context) => {
      const stand = await standFor(context, through);
      const order = scanned(stand, 'COMPARE1', 'paysAtOnce');
      await stand.channel.charge(order, call());
      stand.simulator.faults.inject({ on: query, fault: { kind: 'otherMerchant' } });
      const strange = await stand.channel.query(referenceTo(order), call());
      assert.equal(strange.kind === 'succeeded' && strange.merchantNo, '1699999999');
      stand.simulator.faults.inject({ on: query, fault: { kind: 'otherAmount', amountFen: 1 } });
      const small = await stand.channel.query(referenceTo(order), call());
      assert.equal(small.kind === 'succeeded' && small.amountFen, 1);
    });

    test('digital yuan is named as its bank type says, and as the settings say what that is', async (context) => {
      const stand = await standFor(context, through);
      const outcome = await stand.channel.charge(scanned(stand, 'ECNY0001', 'paysAtOnce', 'ECNY'), call());
      assert.equal(outcome.kind === 'succeeded' && outcome.fundingSource, E_CNY);
      const { channel } = await stand.again({ eCnyBankTypes: ['DCEP_X'] });
      const other = await channel.charge(scanned(stand, 'ECNY0002', 'paysAtOnce', 'ECNY'), call());
      assert.equal(other.kind === 'succeeded' && other.fundingSource, 'ECNY');
    });

    test('a reverse is of the sub-merchant whose payment it is', async (context) => {
      const stand = await standFor(context, through, { isPartner: true });
      const order = scanned(stand, 'SUBREV01', 'asksPassword');
      const outcome = await stand.channel.charge(order, call());
      assert.equal(outcome.kind, 'pending');
      const own = await stand.again({}, { isPartner: false });
      assert.equal((await own.channel.close(referenceTo(order), call())).kind, 'notFound');
      assert.equal((await stand.channel.close(referenceTo(order), call())).kind, 'closed');
      assert.equal(stand.simulator.orders.findOrder('SUBREV01')?.partner?.subMerchantId, stand.channel.merchantNo);
    });
  });
}

describe('wechat-pay: what is peculiar to API v2', () => {
  test('codes that end nothing, and codes about the number, are unknown', async (context) => {
    const stand = await standFor(context, 'v2');
    for (const code of ['SYSTEMERROR', 'BANKERROR', 'ORDERPAID', 'ORDERCLOSED', 'ORDERREVERSED', 'FREQUENCY_LIMITED', '']) {
      stand.simulator.faults.inject({ on: 'micropay', fault: { kind: 'refuse', status: 200, code, message: '' } });
      assert.equal((await stand.channel.charge(scanned(stand, 'ENDSNOT1', 'paysAtOnce'), call())).kind, 'unknown', code);
    }
    assert.equal(stand.simulator.orders.list().length, 0);
  });

  test('return_code FAIL is never signed and says nothing, not even that the signature was wrong', async (context) => {
    const stand = await standFor(context, 'v2');
    const order = scanned(stand, 'RETFAIL1', 'paysAtOnce');
    stand.simulator.faults.inject({ on: 'micropay', fault: { kind: 'returnCodeFail' } });
    assert.equal((await stand.channel.charge(order, call())).kind, 'unknown');
    assert.equal((await stand.channel.query(referenceTo(order), call())).kind, 'succeeded', 'it had paid');
    const { channel } = await stand.again({ apiV2Key: 'another-api-v2-key-of-32-letters' });
    assert.equal((await channel.charge(scanned(stand, 'RETFAIL2', 'paysAtOnce'), call())).kind, 'unknown');
    assert.equal((await channel.query(referenceTo(order), call())).kind, 'unknown');
  });

  test('a reverse is repeated as long as WeChat Pay asks for it, in one call and over the next ones', async (context) => {
    const stand = await standFor(context, 'v2');
    const order = scanned(stand, 'RECALL01', 'asksPassword');
    await stand.channel.charge(order, call());
    const once = stand.simulator.faults.inject({ on: 'reverse', fault: { kind: 'askToReverseAgain' } });
    assert.equal((await stand.channel.close(referenceTo(order), call())).kind, 'closed');
    assert.equal(once.timesStruck(), 1);

    const stubborn = scanned(stand, 'RECALL02', 'asksPassword');
    await stand.channel.charge(stubborn, call());
    const always = stand.simulator.faults.inject({ on: 'reverse', times: 'always', fault: { kind: 'askToReverseAgain' } });
    assert.equal((await stand.channel.close(referenceTo(stubborn), call())).kind, 'unknown');
    assert.ok(always.timesStruck() > 1);
    always.remove();
    stand.simulator.pay('RECALL02');
    assert.equal((await stand.channel.query(referenceTo(stubborn), call())).kind, 'pending', 'the way back has begun');
    assert.equal((await stand.channel.close(referenceTo(stubborn), call())).kind, 'closed');
    assert.equal(stand.simulator.balanceFen(), OPENING_FEN);
  });

  test('a reverse that WeChat Pay no longer makes leaves the number unknown', async (context) => {
    const stand = await standFor(context, 'v2');
    const order = scanned(stand, 'TOOOLD01', 'asksPassword');
    await stand.channel.charge(order, call());
    stand.simulator.faults.inject({ on: 'reverse', fault: { kind: 'refuse', status: 200, code: 'REVERSE_EXPIRE', message: '订单无法撤销' } });
    assert.equal((await stand.channel.close(referenceTo(order), call())).kind, 'unknown');
  });

  for (const v2SignType of ['MD5', 'HMAC-SHA256'] as const) {
    test(`requests and answers are signed with ${v2SignType} when the settings say so`, async (context) => {
      const stand = await standFor(context, 'v2', { settings: { v2SignType } });
      const order = scanned(stand, 'SIGNTYPE', 'asksPassword', undefined, { description: '门诊 <b>缴费</b> & "挂号"' });
      assert.equal((await stand.channel.charge(order, call())).kind, 'pending');
      assert.equal(stand.simulator.orders.findOrder('SIGNTYPE')?.description, order.description);
      assert.match(stand.simulator.orders.findOrder('SIGNTYPE')?.parameters ?? '', new RegExp(v2SignType));
      assert.equal((await stand.channel.close(referenceTo(order), call())).kind, 'closed');
    });
  }

  test('a broken XML body or a gateway error is unknown', async (context) => {
    const stand = await standFor(context, 'v2');
    const order = scanned(stand, 'BROKEN01', 'paysAtOnce');
    await stand.channel.charge(order, call());
    for (const fault of [{ kind: 'truncatedBody' }, { kind: 'failBeforeExecuting', status: 502 }, { kind: 'garbageBody' }] as const) {
      stand.simulator.faults.inject({ on: 'orderquery', fault });
      assert.equal((await stand.channel.query(referenceTo(order), call())).kind, 'unknown', fault.kind);
    }
  });

  test('the disaster recovery host is asked when the main one refuses', async (context) => {
    const stand = await standFor(context, 'v2');
    const brokenMain = await stand.again({ baseUrl: REFUSING_ADDRESS, disasterRecoveryUrl: stand.simulator.baseUrl });
    assert.equal((await brokenMain.channel.charge(scanned(stand, 'FAILOVER', 'asksPassword'), call())).kind, 'pending');
    const bothBroken = await stand.again({ baseUrl: REFUSING_ADDRESS, disasterRecoveryUrl: REFUSING_ADDRESS });
    assert.equal((await bothBroken.channel.charge(scanned(stand, 'FAILOVR2', 'asksPassword'), call())).kind, 'notSent');
  });

  test('scanned codes without their key, or without the certificate that a reverse needs over TLS, are found when the plugin starts', async (context) => {
    const stand = await standFor(context, 'v2');
    const { apiV2Key, merchantCertificatePem } = stand.simulator.merchantCredentials;
    const over = { methods: ['paymentCode' as const], baseUrl: 'https://api.mch.weixin.qq.com' };
    const bare = await standOf(context);
    await assert.rejects(bare.again({ methods: ['paymentCode'] }), /apiV2Key is needed/);
    await assert.rejects(bare.again({ ...over, apiV2Key }), /merchantCertificatePem is needed/);
    await bare.again({ ...over, apiV2Key, merchantCertificatePem });
    await bare.again({ ...over, scannedCodeInterface: 'v3' });
  });
});

function standFor(context: TestContext, through: Through, options: StandOptions = {}): Promise<Stand> {
  return standOf(context, {
    ...options,
    settings: (credentials) => ({ methods: ['paymentCode', 'nativeQr'], ...scannedCodeSettings(credentials, through), reverseAfterMs: 0, ...(typeof options.settings === 'function' ? options.settings(credentials) : options.settings) }),
    simulator: { reverseWaitMs: 0, openingBalanceFen: OPENING_FEN, ...options.simulator },
  });
}

function scanned(stand: Stand, tradeNo: string, behaviour: PayerBehaviour, bankType?: string, change: Partial<ChargeRequest> = {}): ChargeRequest {
  return orderOf(stand, tradeNo, 'paymentCode', { authCode: stand.simulator.newPaymentCode(behaviour, bankType), ...change });
}
