import assert from 'node:assert/strict';
import { constants, createHash, publicEncrypt } from 'node:crypto';
import { describe, test, type TestContext } from 'node:test';

import { openResource, refundOf, sendRaw, startNotificationReceiver, type NotificationReceiver, type RawAnswer } from './merchant-for-tests.js';
import { startWechatPaySimulator, type WechatPaySimulator } from './start-wechat-pay-simulator.js';

/** The digest of an invented identity number. */
const ID_DIGEST = createHash('md5').update('44030019000101123X').digest('hex');

/** 医保混合收款, as WeChat Pay keeps it. */
describe('medical-insurance orders', () => {
  test('the digest of an identity number is the lower-case MD5 of its eighteen characters', () => {
    assert.equal(ID_DIGEST, '09eb26e839ff3a2e3980352ae45ef09e');
  });

  test('an order of cash and insurance is placed, paid in one confirmation, told of, and found by both numbers', async (context) => {
    const { simulator, send, mixed, receiver } = await standOf(context);
    const placed = await send('POST', '/v3/med-ins/orders', await mixed('MEDINS-1'));
    assert.equal(placed.status, 200, placed.text);
    assert.deepEqual([placed.body['mix_pay_status'], placed.body['self_pay_status'], placed.body['med_ins_pay_status']], ['MIX_PAY_CREATED', 'SELF_PAY_CREATED', 'MED_INS_PAY_CREATED']);
    simulator.payMedIns('MEDINS-1');
    await receiver.waitFor(2);
    const mixTradeNo = String(placed.body['mix_trade_no']);
    for (const path of [`mix-trade-no/${mixTradeNo}`, 'out-trade-no/MEDINS-1']) {
      const found = await send('GET', `/v3/med-ins/orders/${path}`);
      assert.deepEqual([found.body['mix_pay_status'], found.body['self_pay_status'], found.body['med_ins_pay_status'], found.body['total_fee']], ['MIX_PAY_SUCCESS', 'SELF_PAY_SUCCESS', 'MED_INS_PAY_SUCCESS', 10_000]);
    }
    const told = receiver.received.find(({ body }) => body['event_type'] === 'MEDICAL_INSURANCE.SUCCESS');
    const plaintext = JSON.parse(openResource(told?.body['resource'], simulator.merchantCredentials.apiV3Key)) as Record<string, unknown>;
    assert.deepEqual([plaintext['mix_trade_no'], plaintext['wechat_pay_cash_fee'], plaintext['med_ins_gov_fee']], [mixTradeNo, 3_000, 5_000]);
    assert.equal(simulator.orders.findOrder('MEDINS-1')?.state, 'SUCCESS', 'the cash part is an ordinary payment');
  });

  test('an unanswered notification is repeated for half a minute and not longer', async (context) => {
    const clock = { atMs: Date.parse('2026-03-02T02:00:00Z') };
    const { simulator, send, insured, receiver } = await standOf(context, clock);
    receiver.answerWith(500);
    await send('POST', '/v3/med-ins/orders', insured('MEDINS-2'));
    simulator.payMedIns('MEDINS-2');
    for (let times = 0; times < 12; times += 1) {
      await simulator.runDue();
      clock.atMs += 5_000;
    }
    const [notification] = simulator.notifications();
    assert.deepEqual([notification?.attempts.length, notification?.nextAttemptAt, notification?.accepted], [4, undefined, false]);
    const lastAfterMs = Date.parse(notification?.attempts.at(-1)?.at ?? '') - Date.parse(notification?.createdAt ?? '');
    assert.equal(lastAfterMs, 30_000);
  });

  test('each equation between the amounts is kept', async (context) => {
    const { send, mixed } = await standOf(context);
    for (const [name, wrong] of [['total_fee', 9_999], ['med_ins_gov_fee', 4_999], ['med_ins_self_fee', 1], ['wechat_pay_cash_fee', 2_999], ['med_ins_cash_fee', 3_001]] as const) {
      const answer = await send('POST', '/v3/med-ins/orders', { ...(await mixed(`AMOUNT-${name}`.slice(0, 20))), [name]: wrong });
      assert.deepEqual([answer.status, preciseCode(answer)], [400, '268529477'], name);
    }
    // What the hospital adds to and takes off the insurance's cash part.
    const withDetails = { total_fee: 10_500, med_ins_cash_fee: 2_700, cash_add_detail: [{ cash_add_fee: 800, cash_add_type: 'FREIGHT' }], cash_reduce_detail: [{ cash_reduce_fee: 500, cash_reduce_type: 'HOSPITAL_REDUCE' }] };
    assert.equal((await send('POST', '/v3/med-ins/orders', { ...(await mixed('AMOUNT-DETAILS')), ...withDetails })).status, 200);
    const unknownType = { ...withDetails, cash_add_detail: [{ cash_add_fee: 800, cash_add_type: 'TIP' }] };
    assert.equal((await send('POST', '/v3/med-ins/orders', { ...(await mixed('AMOUNT-UNKNOWN')), ...unknownType })).status, 400);
  });

  test('the kind of order decides which fields it has', async (context) => {
    const { send, mixed, insured } = await standOf(context);
    const both = await mixed('LINKAGE-1');
    const { prepay_id: _prepay, ...withoutPrepay } = both;
    const { pay_auth_no: _auth, ...withoutAuthorisation } = both;
    for (const order of [{ ...both, mix_pay_type: 'CASH_ONLY' }, { ...both, mix_pay_type: 'INSURANCE_ONLY' }, withoutPrepay, withoutAuthorisation, { ...insured('LINKAGE-2'), prepay_id: 'wx1' }]) {
      const answer = await send('POST', '/v3/med-ins/orders', order);
      assert.deepEqual([answer.status, preciseCode(answer)], [400, '268529474'], JSON.stringify(answer.body));
    }
    const otherCash = { ...(await mixed('LINKAGE-3')), prepay_id: both['prepay_id'] };
    assert.equal(preciseCode(await send('POST', '/v3/med-ins/orders', otherCash)), '268529474', 'the prepay_id of another order');
  });

  test('persons come encrypted under the key the request names, and with a digest, never with a number', async (context) => {
    const { send, insured, encrypted } = await standOf(context);
    const order = insured('PERSON-1');
    const withPayer = (payer: object): object => ({ ...order, payer });
    assert.equal((await send('POST', '/v3/med-ins/orders', order, { headers: {} })).status, 400, 'without Wechatpay-Serial nobody knows the key');
    for (const payer of [{ name: '张三', id_digest: ID_DIGEST, card_type: 'ID_CARD' }, { name: encrypted('张三'), id_digest: encrypted('44030019000101123X'), card_type: 'ID_CARD' }, { name: encrypted('张三'), id_digest: encrypted(ID_DIGEST) }]) {
      assert.equal((await send('POST', '/v3/med-ins/orders', withPayer(payer))).status, 400);
    }
    assert.equal((await send('POST', '/v3/med-ins/orders', { ...order, pay_for_relatives: true })).status, 400, 'for a relative the relative is named');
    assert.equal((await send('POST', '/v3/med-ins/orders', { ...order, pay_for_relatives: true, relative: order['payer'] })).status, 200);
  });

  test('the same order again is the same order, another under its number exists already, and an authorisation serves once', async (context) => {
    const { send, insured } = await standOf(context);
    const first = await send('POST', '/v3/med-ins/orders', insured('REPEAT-1'));
    const again = await send('POST', '/v3/med-ins/orders', { ...insured('REPEAT-1'), pay_auth_no: 'AUTH-REPEAT-1' });
    assert.deepEqual([again.status, again.body['mix_trade_no']], [200, first.body['mix_trade_no']]);
    const other = await send('POST', '/v3/med-ins/orders', { ...insured('REPEAT-1'), med_inst_name: '另一家医院' });
    assert.deepEqual([other.status, preciseCode(other)], [400, '268512536']);
    const usedTwice = await send('POST', '/v3/med-ins/orders', { ...insured('REPEAT-2'), pay_auth_no: 'AUTH-REPEAT-1' });
    assert.equal(preciseCode(usedTwice), '268547120');
    const unknown = await send('GET', '/v3/med-ins/orders/out-trade-no/NEVER-SEEN');
    assert.deepEqual([unknown.status, preciseCode(unknown)], [404, '268529515']);
  });

  test('an insurance that refuses fails the whole: nothing is paid and nothing is told', async (context) => {
    const { simulator, send, mixed } = await standOf(context);
    await send('POST', '/v3/med-ins/orders', await mixed('REFUSED-1'));
    simulator.payMedIns('REFUSED-1', { reason: '医保账户余额不足' });
    const found = await send('GET', '/v3/med-ins/orders/out-trade-no/REFUSED-1');
    assert.deepEqual([found.body['mix_pay_status'], found.body['med_ins_pay_status'], found.body['med_ins_fail_reason'], found.body['self_pay_status']], ['MIX_PAY_FAIL', 'MED_INS_PAY_FAIL', '医保账户余额不足', 'SELF_PAY_CREATED']);
    assert.equal(simulator.orders.findOrder('REFUSED-1')?.state, 'NOTPAY');
    assert.deepEqual(simulator.notifications(), []);
    assert.throws(() => { simulator.payMedIns('REFUSED-1'); }, /cannot be paid/);
  });

  test("the insurance's part is told to be undone once, within what it paid; with the cash refunded the whole is returned", async (context) => {
    const { simulator, send, mixed } = await standOf(context);
    const placed = await send('POST', '/v3/med-ins/orders', await mixed('UNDONE-1'));
    const notify = `/v3/med-ins/refunds/notify?mix_trade_no=${String(placed.body['mix_trade_no'])}`;
    const notice = { med_refund_total_fee: 7_000, med_refund_gov_fee: 5_000, med_refund_self_fee: 2_000, med_refund_other_fee: 0, refund_time: '2026-03-02T10:00:00+08:00', out_refund_no: 'RUNDONE-1' };
    assert.equal((await send('POST', notify, notice)).status, 400, 'nothing was paid yet');
    simulator.payMedIns('UNDONE-1');
    assert.equal(preciseCode(await send('POST', notify, { ...notice, med_refund_gov_fee: 4_999 })), '268529477');
    assert.equal(preciseCode(await send('POST', notify, { ...notice, med_refund_total_fee: 7_001, med_refund_gov_fee: 5_001 })), '268529477');
    assert.equal((await send('POST', notify, notice)).status, 204);
    assert.equal((await send('POST', notify, notice)).status, 204, 'a repeat is harmless');
    assert.equal((await send('POST', notify, { ...notice, out_refund_no: 'RUNDONE-2' })).status, 400, 'more than the insurance paid');
    const status = async (): Promise<unknown[]> => {
      const found = await send('GET', '/v3/med-ins/orders/out-trade-no/UNDONE-1');
      return [found.body['mix_pay_status'], found.body['self_pay_status'], found.body['med_ins_pay_status']];
    };
    assert.deepEqual(await status(), ['MIX_PAY_SUCCESS', 'SELF_PAY_SUCCESS', 'MED_INS_PAY_REFUND']);
    const refunded = await send('POST', '/v3/refund/domestic/refunds', refundOf('UNDONE-1', { out_refund_no: 'RUNDONE-1', amount: { refund: 3_000, total: 3_000, currency: 'CNY' } }));
    assert.equal(refunded.status, 200, refunded.text);
    assert.deepEqual(await status(), ['MIX_PAY_REFUND', 'SELF_PAY_REFUND', 'MED_INS_PAY_REFUND']);
  });

  test("a sub-merchant's orders are found with its number only", async (context) => {
    const { send, insured, simulator } = await standOf(context);
    const { subMerchant } = simulator.merchantCredentials;
    assert.equal((await send('POST', '/v3/med-ins/orders', { ...insured('SUBMED-1'), sub_mchid: subMerchant.merchantId })).status, 200);
    assert.equal((await send('GET', '/v3/med-ins/orders/out-trade-no/SUBMED-1')).status, 404);
    assert.equal((await send('GET', `/v3/med-ins/orders/out-trade-no/SUBMED-1?sub_mchid=${subMerchant.merchantId}`)).status, 200);
    assert.equal((await send('POST', '/v3/med-ins/orders', { ...insured('SUBMED-2'), sub_mchid: '1600000077' })).status, 403);
  });
});

type MedInsStand = {
  readonly simulator: WechatPaySimulator;
  readonly receiver: NotificationReceiver;
  readonly send: (method: 'GET' | 'POST', target: string, body?: object, flaws?: { readonly headers: Readonly<Record<string, string>> }) => Promise<RawAnswer>;
  readonly encrypted: (text: string) => string;
  /** ¥50.00 of the fund, ¥20.00 of the personal account. */
  readonly insured: (outTradeNo: string) => Record<string, unknown>;
  /** The same and ¥30.00 in cash, its ordinary order placed before. */
  readonly mixed: (outTradeNo: string) => Promise<Record<string, unknown>>;
};

async function standOf(context: TestContext, clock?: { readonly atMs: number }): Promise<MedInsStand> {
  const still = clock === undefined ? {} : { now: () => new Date(clock.atMs), timers: { after: () => () => undefined } };
  const simulator = await startWechatPaySimulator(still);
  const receiver = await startNotificationReceiver();
  context.after(async () => {
    await simulator.stop();
    await receiver.stop();
  });
  const { merchantCredentials: credentials, baseUrl } = simulator;
  const publicKey = credentials.platformPublicKey;
  const encrypted = (text: string): string => publicEncrypt({ key: publicKey.publicKeyPem, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, Buffer.from(text, 'utf8')).toString('base64');
  const send: MedInsStand['send'] = (method, target, body, flaws = { headers: { 'Wechatpay-Serial': publicKey.id } }) =>
    sendRaw({ baseUrl, credentials, method, target, flaws, ...(body === undefined ? {} : { body }), ...(clock === undefined ? {} : { now: new Date(clock.atMs) }) });
  const payer = { name: encrypted('张三'), id_digest: encrypted(ID_DIGEST), card_type: 'ID_CARD' };
  const insured = (outTradeNo: string): Record<string, unknown> => ({
    mix_pay_type: 'INSURANCE_ONLY',
    order_type: 'DIAG_PAY',
    appid: credentials.appId,
    openid: 'oSimulatedPayer000000000001',
    payer,
    out_trade_no: outTradeNo,
    serial_no: 'S20260302000001',
    pay_order_id: `ORD-${outTradeNo}`,
    pay_auth_no: `AUTH-${outTradeNo}`,
    geo_location: '113.9,22.5',
    city_id: '440300',
    med_inst_name: '示范医院',
    med_inst_no: 'H44030000001',
    med_ins_order_create_time: '2026-03-02T10:00:00+08:00',
    callback_url: receiver.url,
    total_fee: 7_000,
    med_ins_gov_fee: 5_000,
    med_ins_self_fee: 2_000,
    med_ins_other_fee: 0,
    med_ins_cash_fee: 0,
    wechat_pay_cash_fee: 0,
  });
  const mixed = async (outTradeNo: string): Promise<Record<string, unknown>> => {
    const cash = { appid: credentials.appId, mchid: credentials.merchantId, description: '门诊缴费', out_trade_no: outTradeNo, notify_url: receiver.url, amount: { total: 3_000, currency: 'CNY' }, payer: { openid: 'oSimulatedPayer000000000001' } };
    const placed = await send('POST', '/v3/pay/transactions/jsapi', cash);
    assert.equal(placed.status, 200, placed.text);
    return { ...insured(outTradeNo), mix_pay_type: 'CASH_AND_INSURANCE', prepay_id: placed.body['prepay_id'], total_fee: 10_000, med_ins_cash_fee: 3_000, wechat_pay_cash_fee: 3_000 };
  };
  return { simulator, receiver, send, encrypted, insured, mixed };
}

function preciseCode(answer: RawAnswer): string | undefined {
  return String(answer.headers['request-id'] ?? '').split('-').at(-1);
}
