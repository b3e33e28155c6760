import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { ChargeOutcome, Presentation } from '@hospay/plugin-sdk';

import { call, orderOf, referenceTo } from './channel-requests.js';
import { standOf } from './channel-alipay-stand.js';

/** Orders that are only signed here: the patient's browser or app carries them to Alipay. */
describe('alipay: pages and apps', () => {
  test('a mobile page is an address that opens the order at Alipay', async (context) => {
    const stand = await standOf(context, { mode: 'certificate' });
    const order = orderOf(stand, 'WAPPAGE1', 'h5', { returnUrl: 'https://hospital.example/back?a=1&b=%20' });
    const present = shown(await stand.channel.charge(order, call()), 'redirect');
    assert.equal(stand.simulator.findTrade('WAPPAGE1'), undefined, 'nothing has reached Alipay yet');
    assert.equal((await fetch(present.url)).status, 200);
    assert.equal(stand.simulator.findTrade('WAPPAGE1')?.totalFen, 1_234);
  });

  test('a mobile page too long for an address becomes a form', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'WAPLONG1', 'h5', { description: '门'.repeat(120), returnUrl: `https://hospital.example/${'b'.repeat(200)}` });
    const present = shown(await stand.channel.charge(order, call()), 'form');
    assert.equal(await posted(present), 200);
    assert.equal(stand.simulator.findTrade('WAPLONG1')?.kind, 'wap');
  });

  test('a desktop page is a form the browser posts; one changed field and Alipay refuses it', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'WEBPAGE1', 'webPage', { description: '检查费 <b>"100%"</b> + A/B', notifyUrl: 'http://127.0.0.1:9/hospay/notification' });
    const present = shown(await stand.channel.charge(order, call()), 'form');
    const changed = { ...present, fields: { ...present.fields, biz_content: (present.fields['biz_content'] ?? '').replace('12.34', '0.01') } };
    assert.equal(await posted(changed), 400);
    assert.equal(await posted(present), 200);
    const trade = stand.simulator.findTrade('WEBPAGE1');
    assert.equal(trade?.subject, '检查费 <b>"100%"< b> + A B', 'Alipay takes no slashes in titles');
    assert.equal(trade?.notifyUrl, 'http://127.0.0.1:9/hospay/notification');
  });

  test('an app gets the signed text its SDK takes', async (context) => {
    const stand = await standOf(context);
    const present = shown(await stand.channel.charge(orderOf(stand, 'APPORDER', 'app'), call()), 'invoke');
    const text = present.parameters['orderInfo'] ?? '';
    assert.throws(() => stand.simulator.openAppOrder(text.replace('12.34', '00.01')));
    assert.equal(stand.simulator.openAppOrder(text).outTradeNo, 'APPORDER');
  });

  test('a mini-program gets the number of its trade', async (context) => {
    const stand = await standOf(context, { settings: { miniProgramAppId: '2021000000000002' } });
    for (const payerId of ['2088000000000022', '074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5']) {
      const tradeNo = `MINI${payerId.slice(0, 4)}`;
      const present = shown(await stand.channel.charge(orderOf(stand, tradeNo, 'miniProgram', { payerId }), call()), 'invoke');
      assert.deepEqual(present.parameters, { tradeNO: stand.simulator.findTrade(tradeNo)?.tradeNo });
    }
    assert.equal((await stand.channel.charge(orderOf(stand, 'MININONE', 'jsapi'), call())).kind, 'notSent');
  });

  test('a page nobody has opened is pending until its time, cannot be called off before, and is closed after', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'UNOPENED', 'webPage');
    const payment = referenceTo(order, await stand.channel.charge(order, call()));
    assert.equal((await stand.channel.query(payment, call())).kind, 'pending');
    assert.equal((await stand.channel.close(payment, call())).kind, 'notFound');
    stand.clock.atMs += 16 * 60_000;
    assert.equal((await stand.channel.query(payment, call())).kind, 'closed');
    assert.equal((await stand.channel.close(payment, call())).kind, 'closed');
  });

  test('an opened page is closed like any unpaid trade, and a paid one says so', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'OPENED01', 'webPage');
    const outcome = await stand.channel.charge(order, call());
    await posted(shown(outcome, 'form'));
    assert.equal((await stand.channel.close(referenceTo(order, outcome), call())).kind, 'closed');
    const paid = orderOf(stand, 'OPENED02', 'webPage');
    const second = await stand.channel.charge(paid, call());
    await posted(shown(second, 'form'));
    stand.simulator.pay('OPENED02');
    assert.equal((await stand.channel.close(referenceTo(paid, second), call())).kind, 'alreadyPaid');
  });

  test('nothing is signed for a call whose deadline has passed', async (context) => {
    const stand = await standOf(context);
    for (const method of ['h5', 'webPage', 'app'] as const) {
      assert.equal((await stand.channel.charge(orderOf(stand, 'TOOLATE1', method), call({ signal: AbortSignal.abort() }))).kind, 'notSent');
    }
  });

  test('a way to pay this channel does not have is not sent', async (context) => {
    const stand = await standOf(context);
    assert.equal((await stand.channel.charge(orderOf(stand, 'CASHPAY1', 'cash'), call())).kind, 'notSent');
  });
});

function shown<Kind extends Presentation['kind']>(outcome: ChargeOutcome, kind: Kind): Extract<Presentation, { kind: Kind }> {
  assert.ok(outcome.kind === 'pending' && isOf(outcome.present, kind), JSON.stringify(outcome));
  return outcome.present;
}

function isOf<Kind extends Presentation['kind']>(present: Presentation, kind: Kind): present is Extract<Presentation, { kind: Kind }> {
  return present.kind === kind;
}

async function posted({ url, fields }: Extract<Presentation, { kind: 'form' }>): Promise<number> {
  return (await fetch(url, { method: 'POST', body: new URLSearchParams(fields) })).status;
}
