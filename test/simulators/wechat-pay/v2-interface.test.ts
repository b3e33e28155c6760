import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';

import { startWechatPaySimulator, type WechatPaySimulator } from './start-wechat-pay-simulator.js';
import { readV2, signV2, writeV2, type V2Fields, type V2SignType } from './v2-message.js';

/** API v2 as the simulator enforces it. */
describe('scanned codes over API v2', () => {
  test('a message that is not rightly signed by the merchant is answered FAIL and unsigned, and does nothing', async (context) => {
    const { simulator, post, charge } = await standOf(context);
    const { apiV2Key } = simulator.merchantCredentials;
    for (const wrong of [{ sign: 'A'.repeat(32) }, { mch_id: '1600000009' }, { appid: 'wx9' }, { sub_mch_id: '1600000077' }, { nonce_str: '' }]) {
      const answer = await post('/pay/micropay', { ...charge('SIGNED-1'), ...wrong }, 'sign' in wrong ? 'keep' : 'MD5');
      assert.deepEqual([answer['return_code'], answer['sign']], ['FAIL', undefined], JSON.stringify(wrong));
    }
    assert.equal((await post('/pay/micropay', charge('SIGNED-1'), 'MD5', 'application/json'))['return_code'], 'FAIL');
    assert.equal((await post('/pay/micropay', '<xml><a>', 'MD5'))['return_code'], 'FAIL');
    assert.equal(simulator.orders.list().length, 0);
    for (const signType of ['MD5', 'HMAC-SHA256'] as const) {
      const answer = await post('/pay/micropay', { ...charge(`SIGNED-${signType}`), sign_type: signType }, signType);
      assert.equal(answer['sign'], signV2(answer, signType, apiV2Key), 'answered with the algorithm of the request');
    }
  });

  test('a code serves one order and one minute', async (context) => {
    const { post, charge, clock } = await standOf(context);
    const first = charge('CODE-0001');
    assert.equal((await post('/pay/micropay', first))['result_code'], 'SUCCESS');
    assert.equal((await post('/pay/micropay', { ...charge('CODE-0002'), auth_code: first['auth_code'] ?? '' }))['err_code'], 'AUTH_CODE_INVALID');
    const old = charge('CODE-0003');
    clock.atMs += 60_000;
    assert.equal((await post('/pay/micropay', old))['err_code'], 'AUTHCODEEXPIRE');
    assert.equal((await post('/pay/micropay', { ...charge('CODE-0004'), auth_code: '281234567890123456' }))['err_code'], 'AUTH_CODE_INVALID');
  });

  test('the same number again is the same order, with other parameters a number that is used', async (context) => {
    const { simulator, post, charge } = await standOf(context);
    const waiting = charge('AGAIN-001', 'asksPassword');
    assert.equal((await post('/pay/micropay', waiting))['err_code'], 'USERPAYING');
    assert.equal((await post('/pay/micropay', waiting))['err_code'], 'USERPAYING');
    assert.equal((await post('/pay/micropay', { ...waiting, total_fee: '999' }))['err_code'], 'OUT_TRADE_NO_USED');
    simulator.pay('AGAIN-001');
    assert.equal((await post('/pay/micropay', waiting))['err_code'], 'ORDERPAID');
    assert.equal(simulator.notifications().length, 0, 'a scanned code sends none');
  });

  test('a reverse ends what is unpaid and gives back what is paid, as often as it is asked for, from fifteen seconds to seven days on', async (context) => {
    const { simulator, post, charge, clock } = await standOf(context, { reverseWaitMs: 15_000 });
    const opening = simulator.balanceFen();
    const reverse = (tradeNo: string): Promise<V2Fields> => post('/secapi/pay/reverse', { out_trade_no: tradeNo });
    await post('/pay/micropay', charge('REVERSE-1', 'asksPassword'));
    await post('/pay/micropay', charge('REVERSE-2'));
    await post('/pay/micropay', charge('REVERSE-3'));
    assert.deepEqual([(await reverse('REVERSE-1'))['recall'], simulator.orders.findOrder('REVERSE-1')?.state], ['Y', 'USERPAYING'], 'too early');
    clock.atMs += 15_000;
    for (const tradeNo of ['REVERSE-1', 'REVERSE-2', 'REVERSE-2']) {
      const answer = await reverse(tradeNo);
      assert.deepEqual([answer['result_code'], answer['recall'], simulator.orders.findOrder(tradeNo)?.state], ['SUCCESS', 'N', 'REVOKED']);
    }
    assert.throws(() => simulator.pay('REVERSE-1'), /closed/);
    const [kept] = simulator.orders.findOrder('REVERSE-3')?.payments ?? [];
    assert.equal(simulator.balanceFen(), opening + (kept?.paidFen ?? 0) - (kept?.feeFen ?? 0));
    assert.equal((await post('/pay/micropay', charge('REVERSE-1')))['err_code'], 'OUT_TRADE_NO_USED');
    assert.equal((await post('/pay/orderquery', { out_trade_no: 'REVERSE-2' }))['trade_state'], 'REVOKED');
    assert.equal((await reverse('NEVER-SEEN'))['err_code'], 'ORDERNOTEXIST');
    clock.atMs += 7 * 86_400_000;
    assert.equal((await reverse('REVERSE-3'))['err_code'], 'REVERSE_EXPIRE');
  });

  test('what a payer showed, the order it made and what was given back survive a restart', async (context) => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'wechat-pay-v2-'));
    const clock = { atMs: Date.parse('2026-03-02T02:00:00Z') };
    const start = (): Promise<WechatPaySimulator> => startWechatPaySimulator({ dataFolder, now: () => new Date(clock.atMs), notificationRetryGapsMs: [], reverseWaitMs: 0 });
    const first = await start();
    const opening = first.balanceFen();
    const send = async (simulator: WechatPaySimulator, path: string, fields: V2Fields): Promise<V2Fields> => {
      const { appId, merchantId, apiV2Key } = simulator.merchantCredentials;
      const whole = { appid: appId, mch_id: merchantId, nonce_str: 'n1', ...fields };
      const answer = await fetch(`${simulator.baseUrl}${path}`, { method: 'POST', headers: { 'content-type': 'text/xml' }, body: writeV2({ ...whole, sign: signV2(whole, 'MD5', apiV2Key) }) });
      return readV2(await answer.text()) ?? {};
    };
    const charge = (code: string): V2Fields => ({ body: '门诊缴费', out_trade_no: 'KEPT-0001', total_fee: '1234', spbill_create_ip: '127.0.0.1', auth_code: code });
    const used = first.newPaymentCode('paysAtOnce');
    await send(first, 'pay/micropay', charge(used));
    await send(first, 'secapi/pay/reverse', { out_trade_no: 'KEPT-0001' });
    await first.stop();
    const second = await start();
    context.after(async () => {
      await second.stop();
      rmSync(dataFolder, { recursive: true });
    });
    assert.equal((await send(second, 'pay/orderquery', { out_trade_no: 'KEPT-0001' }))['trade_state'], 'REVOKED');
    assert.equal(second.balanceFen(), opening);
    assert.equal((await send(second, 'pay/micropay', { ...charge(used), out_trade_no: 'KEPT-0002' }))['err_code'], 'AUTH_CODE_INVALID');
  });

  test('a message of XML survives its own writing and reading', () => {
    const fields = { body: 'a<b>&"c"', total_fee: '12', attach: '' };
    assert.deepEqual(readV2(writeV2(fields)), fields);
    assert.deepEqual(readV2('<xml><body>a&lt;b&amp;</body></xml>'), { body: 'a<b&' });
    for (const text of ['', '<html></html>', '<xml><a><b>1</b></a></xml>', '<!DOCTYPE x><xml><a>1</a></xml>']) assert.equal(readV2(text), undefined, text);
  });
});

type V2Stand = {
  readonly simulator: WechatPaySimulator;
  readonly clock: { atMs: number };
  readonly charge: (outTradeNo: string, behaviour?: 'paysAtOnce' | 'asksPassword') => Record<string, string>;
  readonly post: (path: string, fields: V2Fields | string, signing?: V2SignType | 'keep', contentType?: string) => Promise<V2Fields>;
};

async function standOf(context: TestContext, { reverseWaitMs = 0 }: { readonly reverseWaitMs?: number } = {}): Promise<V2Stand> {
  const clock = { atMs: Date.parse('2026-03-02T02:00:00Z') };
  const simulator = await startWechatPaySimulator({ now: () => new Date(clock.atMs), notificationRetryGapsMs: [], reverseWaitMs });
  context.after(() => simulator.stop());
  const { appId, merchantId, apiV2Key } = simulator.merchantCredentials;
  return {
    simulator,
    clock,
    charge: (outTradeNo, behaviour = 'paysAtOnce') => ({ body: '门诊缴费', out_trade_no: outTradeNo, total_fee: '1234', spbill_create_ip: '127.0.0.1', auth_code: simulator.newPaymentCode(behaviour) }),
    post: async (path, fields, signing = 'MD5', contentType = 'text/xml') => {
      const whole = typeof fields === 'string' ? {} : { appid: appId, mch_id: merchantId, nonce_str: 'n1', ...fields };
      const sign = signing === 'keep' ? {} : { sign: signV2(whole, signing, apiV2Key) };
      const body = typeof fields === 'string' ? fields : writeV2({ ...whole, ...sign });
      const answer = await fetch(`${simulator.baseUrl.replace(/\/$/, '')}${path}`, { method: 'POST', headers: { 'content-type': contentType }, body });
      return readV2(await answer.text()) ?? {};
    },
  };
}
