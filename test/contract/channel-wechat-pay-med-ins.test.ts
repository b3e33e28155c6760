import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';

import type { ChargeRequest, InsurancePayer, PaymentReference, PluginStore } from '@hospay/plugin-sdk';
import { Mortality } from '@hospay/plugin-sdk/testkit';

import { activateWechatPay, arrived, type VerificationMode } from './channel-wechat-pay-subject.js';
import { call, orderOf, referenceTo } from './channel-requests.js';
import { refundOf, standOf, type Stand } from './channel-wechat-pay-stand.js';
import { openMortalLine } from './mortal-line.js';

/** Invented; the digest of the identity number is `09eb26e839ff3a2e3980352ae45ef09e`. */
const PAYER: InsurancePayer = { payAuthNo: 'AUTH0000000000000001', name: '测试人甲', idNo: '44030019000101123x' };
const INSTITUTION = { cityId: '440300', institutionName: '示范医院', institutionNo: 'H44030000001' };
const INSURED = { payOrderId: 'ORD000000000001', ownOrderNo: 'M260302100000ABCDEFG', fundFen: 5_000, accountFen: 2_000 };
const CASH_FEN = 3_000;

/** 医保混合收款 over the wire: one confirmation of the patient, two orders, both parts or none. */
describe('wechat-pay: mixed payment with the medical insurance', () => {
  for (const mode of ['publicKey', 'platformCertificate', 'both'] as const satisfies readonly VerificationMode[]) {
    test(`${mode}: the cash order and the mixed order carry one number, persons go sealed with WeChat Pay's key, and the page gets the number of the whole`, async (context) => {
      const stand = await mixedStand(context, { mode });
      const order = mixedOrder(stand, 'MIXED001');
      const outcome = await stand.channel.charge(order, call());
      assert.ok(outcome.kind === 'pending' && outcome.present.kind === 'invoke', JSON.stringify(outcome));
      const [placed] = stand.simulator.medInsOrders();
      const { parameters } = outcome.present;
      assert.deepEqual([parameters['mixTradeNo'], parameters['package']], [placed?.mixTradeNo, `prepay_id=${stand.simulator.orders.findOrder('MIXED001')?.code ?? ''}`]);
      assert.ok(parameters['paySign'] !== undefined && parameters['appId'] === stand.simulator.merchantCredentials.miniProgramAppId);
      const sent = JSON.parse(placed?.parameters ?? '{}') as Record<string, unknown>;
      assert.deepEqual(
        [sent['out_trade_no'], sent['serial_no'], sent['pay_order_id'], sent['total_fee'], sent['med_ins_gov_fee'], sent['med_ins_self_fee'], sent['med_ins_cash_fee'], sent['wechat_pay_cash_fee'], sent['city_id'], sent['order_type']],
        ['MIXED001', INSURED.ownOrderNo, INSURED.payOrderId, 10_000, 5_000, 2_000, CASH_FEN, CASH_FEN, '440300', 'DIAG_PAY'],
      );
      const everything = JSON.stringify([placed, await stand.store.list('', { limit: 500 }), stand.logLines]);
      for (const personal of [PAYER.name, PAYER.idNo, PAYER.idNo.toUpperCase(), '09eb26e839ff3a2e3980352ae45ef09e']) assert.ok(!everything.includes(personal), 'persons are nowhere in the clear');
    });
  }

  test('a relative is named beside the payer, a place is passed on, and a sub-merchant is named by its own number and app', async (context) => {
    const stand = await mixedStand(context, { isPartner: true });
    const insurancePayer = { ...PAYER, relative: { name: '测试人乙', idNo: '440300199001011' }, location: '113.9,22.5' };
    const outcome = await stand.channel.charge(mixedOrder(stand, 'MIXED002', { insurancePayer }), call());
    assert.equal(outcome.kind, 'pending', JSON.stringify(outcome));
    const [placed] = stand.simulator.medInsOrders();
    const sent = JSON.parse(placed?.parameters ?? '{}') as Record<string, unknown>;
    const { subMerchant, miniProgramAppId } = stand.simulator.merchantCredentials;
    assert.deepEqual([sent['pay_for_relatives'], sent['geo_location'], sent['sub_mchid'], sent['sub_appid'], sent['appid']], [true, '113.9,22.5', subMerchant.merchantId, subMerchant.miniProgramAppId, miniProgramAppId]);
    assert.deepEqual(JSON.parse(String(sent['passthrough_request_content'])), { payAuthNo: PAYER.payAuthNo, payOrdId: INSURED.payOrderId, setlLatlnt: '113.9,22.5' });
    stand.simulator.payMedIns('MIXED002');
    const news = await stand.channel.query(mixedReference(mixedOrder(stand, 'MIXED002')), call());
    assert.equal(news.kind === 'succeeded' && news.merchantNo, subMerchant.merchantId);
  });

  test('what lacks its payer, has too long a number, or asks it of a channel that is no institution never leaves', async (context) => {
    const stand = await mixedStand(context);
    const { insurancePayer: _payer, ...unnamed } = mixedOrder(stand, 'LACKING1');
    const plain = await standOf(context);
    assert.equal(plain.channel.tellInsuranceRefund, undefined);
    for (const [channel, order] of [
      [stand.channel, unnamed],
      [stand.channel, mixedOrder(stand, 'LACKING2', { payerId: '' })],
      [stand.channel, mixedOrder(stand, 'LACKING3', { insuranceOrder: { ...INSURED, ownOrderNo: 'M20260302100000ABCDEFGHI' } })],
      [stand.channel, mixedOrder(stand, 'LACKING4', { insuranceOrder: { ...INSURED, fundFen: 0, accountFen: 0 } })],
      [stand.channel, mixedOrder(stand, 'LACKING5', { method: 'nativeQr' })],
      [plain.channel, mixedOrder(stand, 'LACKING6')],
    ] as const) assert.equal((await channel.charge(order, call())).kind, 'notSent', order.tradeNo);
    assert.deepEqual([stand, plain].flatMap(({ simulator }) => [...simulator.orders.list(), ...simulator.medInsOrders()]), []);
    assert.equal((await plain.channel.query(mixedReference(mixedOrder(stand, 'LACKING7')), call())).kind, 'unknown', 'half of it proves nothing');
  });

  test('paid by one confirmation: the news is the cash part, once the mixed order says that both are paid', async (context) => {
    const stand = await mixedStand(context);
    const order = mixedOrder(stand, 'PAID0001');
    const payment = mixedReference(order);
    assert.deepEqual(await stand.channel.query(payment, call()), { kind: 'notFound' });
    await stand.channel.charge(order, call());
    assert.deepEqual(await stand.channel.query(payment, call()), { kind: 'pending' });
    stand.simulator.payMedIns('PAID0001');
    const news = await stand.channel.query(payment, call());
    assert.ok(news.kind === 'succeeded' && news.amountFen === CASH_FEN && news.tradeNo === 'PAID0001', JSON.stringify(news));
    assert.deepEqual(await stand.channel.close(payment, call()), { kind: 'alreadyPaid' });
    assert.deepEqual((await stand.store.list('mixed/', { limit: 10 })), [], 'nothing is sent again, so nothing is kept');
  });

  test('the cash part alone is no payment: without the mixed order, with one of other amounts, or unanswered, the news is unknown', async (context) => {
    const stand = await mixedStand(context);
    const order = mixedOrder(stand, 'HALF0001');
    const payment = mixedReference(order);
    stand.simulator.faults.inject({ on: 'medInsOrder', fault: { kind: 'failBeforeExecuting', status: 500 } });
    assert.equal((await stand.channel.charge(order, call())).kind, 'unknown');
    stand.simulator.pay('HALF0001');
    assert.equal((await stand.channel.query(payment, call())).kind, 'unknown');

    const whole = mixedOrder(stand, 'HALF0002', { insurancePayer: { ...PAYER, payAuthNo: 'AUTH0000000000000002' } });
    await stand.channel.charge(whole, call());
    stand.simulator.payMedIns('HALF0002');
    for (const insuranceOrder of [{ ...INSURED, fundFen: 5_001, accountFen: 1_999 }, { ...INSURED, payOrderId: 'ORD000000000002' }, { ...INSURED, ownOrderNo: 'M260302100000AAAAAAA' }]) {
      assert.equal((await stand.channel.query({ ...mixedReference(whole), insuranceOrder }, call())).kind, 'unknown', JSON.stringify(insuranceOrder));
    }
    for (const kind of ['badSignature', 'garbageBody', 'tooManyRequests', 'executeThenDropConnection'] as const) {
      stand.simulator.faults.inject({ on: 'queryMedInsOrder', fault: { kind } });
      assert.equal((await stand.channel.query(mixedReference(whole), call())).kind, 'unknown', kind);
    }
    assert.equal((await stand.channel.query(mixedReference(whole), call())).kind, 'succeeded');
  });

  test('the insurance refuses: untouched cash can still be closed, taken cash is unknown until WeChat Pay has given it back, then the payment is closed', async (context) => {
    const stand = await mixedStand(context);
    const order = mixedOrder(stand, 'FAILED01');
    await stand.channel.charge(order, call());
    stand.simulator.payMedIns('FAILED01', { reason: '个人账户余额不足' });
    assert.deepEqual(await stand.channel.query(mixedReference(order), call()), { kind: 'pending' });
    assert.deepEqual(await stand.channel.close(mixedReference(order), call()), { kind: 'closed' });
    assert.deepEqual(await stand.channel.query(mixedReference(order), call()), { kind: 'closed' });

    const taken = mixedOrder(stand, 'FAILED02', { insurancePayer: { ...PAYER, payAuthNo: 'AUTH0000000000000002' } });
    await stand.channel.charge(taken, call());
    stand.simulator.payMedIns('FAILED02', { reason: '医保结算失败', cashTaken: true });
    assert.equal((await stand.channel.query(mixedReference(taken), call())).kind, 'unknown');
    stand.simulator.returnMedInsCash('FAILED02');
    assert.deepEqual(await stand.channel.query(mixedReference(taken), call()), { kind: 'closed' });
  });

  test('an answer that is lost is found under the same numbers: neither order is placed twice', async (context) => {
    for (const on of ['jsapiOrder', 'medInsOrder'] as const) {
      for (const kind of ['executeThenDropConnection', 'badSignature', 'garbageBody'] as const) {
        const stand = await mixedStand(context);
        const order = mixedOrder(stand, 'LOST0001');
        stand.simulator.faults.inject({ on, fault: { kind } });
        assert.equal((await stand.channel.charge(order, call())).kind, 'unknown', `${on} ${kind}`);
        stand.clock.atMs += 2_000;
        // The platform does not keep the payer: the repeat comes without.
        const { insurancePayer: _payer, payerId: _payerId, ...repeat } = order;
        const again = await stand.channel.charge(repeat, call({ attempt: 2 }));
        assert.ok(again.kind === 'pending' && again.present.kind === 'invoke', JSON.stringify(again));
        assert.deepEqual([stand.simulator.orders.list().length, stand.simulator.medInsOrders().length], [1, 1]);
        const [placed] = stand.simulator.medInsOrders();
        assert.deepEqual([again.present.parameters['mixTradeNo'], again.present.parameters['package']], [placed?.mixTradeNo, `prepay_id=${placed?.prepayId ?? ''}`], 'both name the same cash order');
      }
    }
  });

  test('WeChat Pay cannot be reached for the second order: the first is there, so this is no charge that was never sent', async (context) => {
    const stand = await mixedStand(context);
    const line = await openMortalLine(stand.simulator.baseUrl, new Mortality());
    const store: PluginStore = {
      ...stand.store,
      put: async (key, value) => {
        await stand.store.put(key, value);
        if (key !== 'mixed/CUTOFF01') return;
        line.close();
        // Until the plugin's side has seen its connection end: the next request then makes a new one, and is refused.
        await new Promise((wake) => { setTimeout(wake, 50); });
      },
    };
    const { merchantCredentials: credentials } = stand.simulator;
    const plugin = await activateWechatPay({ credentials, mode: 'publicKey', baseUrl: line.baseUrl, now: () => new Date(stand.clock.atMs), store, settings: { methods: ['miniProgram'], miniProgramAppid: credentials.miniProgramAppId, medicalInsurance: INSTITUTION } });
    context.after(() => plugin.stop());
    assert.equal((await plugin.channel.charge(mixedOrder(stand, 'CUTOFF01'), call())).kind, 'unknown');
    assert.deepEqual([stand.simulator.orders.list().length, stand.simulator.medInsOrders().length], [1, 0]);
  });

  test('killed at any step, the plugin goes on after a restart: the same two orders, or nothing at all', async (context) => {
    let isWhole = false;
    for (let dieAt = 1; !isWhole; dieAt += 1) {
      assert.ok(dieAt < 40, 'a charge has an end');
      const stand = await mixedStand(context);
      const mortality = new Mortality(dieAt);
      const line = await openMortalLine(stand.simulator.baseUrl, mortality);
      const credentials = stand.simulator.merchantCredentials;
      const mortal = await activateWechatPay({
        credentials, mode: 'publicKey', baseUrl: line.baseUrl, now: () => new Date(stand.clock.atMs), store: stand.store, mortality,
        settings: { methods: ['miniProgram'], miniProgramAppid: credentials.miniProgramAppId, medicalInsurance: INSTITUTION },
      });
      const order = mixedOrder(stand, 'KILLED01');
      const ended = await Promise.race([mortal.channel.charge(order, call()), mortality.death]);
      line.close();
      isWhole = ended !== 'dead';
      const { insurancePayer: _payer, payerId: _payerId, ...repeat } = order;
      const { channel } = await stand.again();
      const again = await channel.charge(repeat, call());
      if (again.kind === 'notSent') assert.deepEqual([stand.simulator.orders.list().length, ended], [0, 'dead'], `step ${String(dieAt)}`);
      else assert.equal(again.kind, 'pending', `step ${String(dieAt)}: ${JSON.stringify(again)}`);
      const placed = again.kind === 'pending' ? 1 : 0;
      assert.deepEqual([stand.simulator.orders.list().length, stand.simulator.medInsOrders().length], [placed, placed], `step ${String(dieAt)}`);
    }
  });

  test('a refusal of the mixed order declines only after the cash order is closed and nobody knows the mixed one; on a repeat it proves nothing', async (context) => {
    const stand = await mixedStand(context);
    await stand.channel.charge(mixedOrder(stand, 'REFUSE01'), call());
    const usedTwice = mixedOrder(stand, 'REFUSE02');
    const outcome = await stand.channel.charge(usedTwice, call());
    assert.equal(outcome.kind === 'declined' && outcome.code, 'INVALID_REQUEST', JSON.stringify(outcome));
    assert.equal(stand.simulator.orders.findOrder('REFUSE02')?.state, 'CLOSED');

    const third = mixedOrder(stand, 'REFUSE03');
    stand.simulator.faults.inject({ on: 'closeOrder', fault: { kind: 'failBeforeExecuting', status: 500 } });
    assert.equal((await stand.channel.charge(third, call())).kind, 'unknown', 'the cash order may still be paid');
    const { insurancePayer: _payer, ...repeat } = third;
    assert.equal((await stand.channel.charge(repeat, call({ attempt: 2 }))).kind, 'unknown');
    assert.equal(stand.simulator.orders.findOrder('REFUSE03')?.state, 'NOTPAY');
  });

  test('notices of either part are a reason to ask and no more; forged ones, and those of others, are nothing at all', async (context) => {
    const stand = await mixedStand(context);
    const order = mixedOrder(stand, 'NOTICE01');
    await stand.channel.charge(order, call());
    stand.simulator.payMedIns('NOTICE01');
    const at = new Date(stand.clock.atMs);
    for (const message of [stand.simulator.makeMedInsNotification('NOTICE01'), stand.simulator.makeNotification({ outTradeNo: 'NOTICE01' })]) {
      const read = await stand.channel.readNotification(arrived(message, at));
      assert.ok(read.kind === 'payment' && read.tradeNo === 'NOTICE01', JSON.stringify(read));
      assert.deepEqual(read.news, { kind: 'pending' });
    }
    for (const kind of ['forgedSignature', 'signatureProbe', 'staleSignature', 'garbageBody'] as const) {
      assert.equal((await stand.channel.readNotification(arrived(stand.simulator.makeMedInsNotification('NOTICE01', { kind }), at))).kind, 'refused', kind);
    }
    const genuine = arrived(stand.simulator.makeMedInsNotification('NOTICE01'), at);
    const otherApp = await stand.again({ appid: 'wx0000000000000099', miniProgramAppid: 'wx0000000000000098', mobileAppid: 'wx0000000000000097' });
    assert.equal((await otherApp.channel.readNotification(genuine)).kind, 'refused');
    const subMerchant = await stand.again({}, { isPartner: true });
    assert.equal((await subMerchant.channel.readNotification(genuine)).kind, 'refused');
  });

  test('half a minute of notices is lost: the question finds the payment', async (context) => {
    const stand = await mixedStand(context);
    const order = mixedOrder(stand, 'SILENT01');
    await stand.channel.charge(order, call());
    stand.simulator.payMedIns('SILENT01');
    stand.clock.atMs += 31_000;
    assert.equal((await stand.channel.query(mixedReference(order), call())).kind, 'succeeded');
  });

  test('the refund of the cash part is an ordinary one; that the insurance is undone is told under its number, again until the answer is there', async (context) => {
    const stand = await mixedStand(context);
    const order = mixedOrder(stand, 'REFUND01');
    const payment = mixedReference(order);
    await stand.channel.charge(order, call());
    stand.simulator.payMedIns('REFUND01');
    const refund = refundOf(payment, 'REFUND01R01', CASH_FEN);
    assert.equal((await stand.channel.refund(refund, call())).kind, 'processing');
    assert.equal((await stand.channel.query(payment, call())).kind, 'succeeded', 'what goes back was paid');
    const notice = { payment, refundNo: 'REFUND01R01', refundedAt: '2026-03-02T03:00:00.000Z' };
    const tell = stand.channel.tellInsuranceRefund ?? assert.fail('the channel cannot tell');
    for (const kind of ['executeThenDropConnection', 'badSignature', 'tooManyRequests'] as const) {
      stand.simulator.faults.inject({ on: 'medInsRefundNotice', fault: { kind } });
      assert.equal((await tell(notice, call())).kind, 'unknown', kind);
    }
    stand.simulator.faults.inject({ on: 'queryMedInsOrder', fault: { kind: 'badSignature' } });
    assert.equal((await tell(notice, call())).kind, 'unknown');
    assert.deepEqual(await tell(notice, call()), { kind: 'told' });
    assert.deepEqual(stand.simulator.medInsOrders()[0]?.refunds, [{ outRefundNo: 'REFUND01R01', totalFen: 7_000, govFen: 5_000, selfFen: 2_000, otherFen: 0 }]);
    assert.equal((await stand.channel.query(payment, call())).kind, 'succeeded', 'returned whole, it was paid all the same');
    const { insuranceOrder: _order, ...ordinary } = payment;
    assert.equal((await tell({ ...notice, payment: ordinary }, call())).kind, 'notSent');
    assert.equal((await tell({ ...notice, payment: { ...payment, tradeNo: 'NOBODYS1' } }, call())).kind, 'unknown');
  });
});

function mixedStand(context: TestContext, options: Parameters<typeof standOf>[1] = {}): Promise<Stand> {
  return standOf(context, { ...options, settings: { medicalInsurance: INSTITUTION } });
}

function mixedOrder(stand: Pick<Stand, 'clock'>, tradeNo: string, change: Partial<ChargeRequest> = {}): ChargeRequest {
  return orderOf(stand, tradeNo, 'miniProgram', { amountFen: CASH_FEN, payerId: 'oSimulatedPayer000000000002', insuranceOrder: INSURED, insurancePayer: PAYER, ...change });
}

function mixedReference(order: ChargeRequest): PaymentReference {
  return { ...referenceTo(order), ...(order.insuranceOrder === undefined ? {} : { insuranceOrder: order.insuranceOrder }) };
}
