import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { ChargeOutcome, Presentation } from '@hospay/plugin-sdk';

import { call, referenceTo } from './channel-requests.js';
import { MINUTE_MS, orderOf, standOf } from './channel-unionpay-stand.js';
import { openPage } from './channel-unionpay-subject.js';

describe('unionpay: what the patient is shown', () => {
  test('a code is shown as UnionPay made it, with the amount and the time it may be paid', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'SHOWNCODE', 'nativeQr', { description: '检查费 & "CT" {+}' });
    const present = shown(await stand.channel.charge(order, call()), 'qr');
    const made = stand.simulator.find('SHOWNCODE');
    assert.equal(present.content, made?.qrCode);
    assert.deepEqual([made?.txnAmt, made?.expiresAt, made?.description], [1_234, order.expiresAt, '检查费   "CT"']);
  });

  test('a page is a form the browser posts; one changed field and UnionPay refuses it', async (context) => {
    const stand = await standOf(context);
    for (const [method, channelType] of [['webPage', '07'], ['h5', '08']] as const) {
      const outcome = await stand.channel.charge(orderOf(stand, `OPENED${method}`, method), call());
      const present = shown(outcome, 'form');
      assert.equal(present.url, `${stand.simulator.baseUrl}/gateway/api/frontTransReq.do`);
      assert.equal(stand.simulator.find(`OPENED${method}`), undefined, 'nothing has reached UnionPay yet');
      const changed = await fetch(present.url, { method: 'POST', body: new URLSearchParams({ ...present.fields, txnAmt: '1' }) });
      assert.equal(changed.status, 400);
      assert.equal(await openPage(outcome), 200);
      assert.equal(await openPage(outcome), 200, 'a page may be opened again');
      const made = stand.simulator.find(`OPENED${method}`);
      assert.deepEqual([made?.txnAmt, made?.channelType, made?.frontUrl], [1_234, channelType, 'https://hospital.example/paid']);
    }
  });

  test('a page nobody has opened is pending until its time, and closed after', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'UNOPENED1', 'webPage');
    const payment = referenceTo(order, await stand.channel.charge(order, call()));
    assert.equal((await stand.channel.query(payment, call())).kind, 'pending');
    stand.clock.atMs += 6.1 * MINUTE_MS;
    assert.equal((await stand.channel.query(payment, call())).kind, 'closed');
  });

  test('a page is not handed out for another amount, nor once more after its payment, nor while nobody can tell', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'PAGEAGAIN', 'webPage');
    await openPage(await stand.channel.charge(order, call()));
    assert.equal((await stand.channel.charge({ ...order, amountFen: 1 }, call())).kind, 'unknown');
    assert.equal((await stand.channel.charge(order, call())).kind, 'pending', 'the patient lost his page');
    stand.simulator.pay('PAGEAGAIN');
    assert.equal((await stand.channel.charge(order, call())).kind, 'succeeded');
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'badSignature' } });
    assert.equal((await stand.channel.charge(orderOf(stand, 'PAGEOTHER', 'webPage'), call())).kind, 'unknown');
  });

  test('a page goes back to where the hospital says when the application names nothing', async (context) => {
    const stand = await standOf(context);
    const { returnUrl: _unnamed, ...order } = orderOf(stand, 'NORETURN1', 'webPage');
    assert.equal((await stand.channel.charge(order, call())).kind, 'notSent');
    const { channel } = await stand.again({ settings: { frontUrl: 'https://hospital.example/portal' } });
    assert.equal(shown(await channel.charge(order, call()), 'form').fields['frontUrl'], 'https://hospital.example/portal');
  });

  test('an app gets the number its SDK takes', async (context) => {
    const stand = await standOf(context);
    const present = shown(await stand.channel.charge(orderOf(stand, 'APPORDER1', 'app'), call()), 'invoke');
    assert.deepEqual(present.parameters, { tn: stand.simulator.find('APPORDER1')?.tn });
  });

  test('a scanned code goes out with the terminal number of the acquirer, and shows nothing', async (context) => {
    const stand = await standOf(context);
    const authCode = stand.simulator.newPaymentCode('paysAtOnce', true);
    shown(await stand.channel.charge(orderOf(stand, 'SCANNED01', 'paymentCode', { authCode, terminalId: 'kiosk-7' }), call()), 'none');
    assert.equal(stand.simulator.find('SCANNED01')?.termId, stand.simulator.merchantCredentials.termId);
    const { channel } = await stand.again({ settings: { paymentCodePrefixes: ['99'] } });
    assert.equal((await channel.charge(orderOf(stand, 'SCANNED02', 'paymentCode'), call())).kind, 'notSent');
  });

  test('an answer without the code or number to show is unknown', async (context) => {
    const stand = await standOf(context);
    for (const [method, fields] of [['nativeQr', { qrCode: '' }], ['nativeQr', { qrCode: 'x'.repeat(1_025) }], ['app', { tn: '' }], ['app', { tn: 'a b' }]] as const) {
      stand.simulator.faults.inject({ on: 'charge', fault: { kind: 'otherFields', fields } });
      const tradeNo = `EMPTY${method}${String(Object.values(fields)[0]?.length ?? 0)}`;
      assert.equal((await stand.channel.charge(orderOf(stand, tradeNo, method), call())).kind, 'unknown', tradeNo);
    }
  });

  test('nothing is signed or sent for a call whose deadline has passed', async (context) => {
    const stand = await standOf(context);
    for (const method of ['nativeQr', 'paymentCode', 'webPage', 'h5', 'app'] as const) {
      assert.equal((await stand.channel.charge(orderOf(stand, `TOOLATE${method}`, method), call({ signal: AbortSignal.abort() }))).kind, 'notSent', method);
    }
    assert.deepEqual(stand.simulator.transactions(), []);
  });

  test('a way to pay this channel does not have is not sent', async (context) => {
    const stand = await standOf(context);
    assert.equal((await stand.channel.charge({ ...orderOf(stand, 'CASHPAID1'), method: 'cash' }, call())).kind, 'notSent');
  });
});

function shown<Kind extends Presentation['kind']>(outcome: ChargeOutcome, kind: Kind): Extract<Presentation, { kind: Kind }> {
  assert.ok(outcome.kind === 'pending' && isOf(outcome.present, kind), JSON.stringify(outcome));
  return outcome.present;
}

function isOf<Kind extends Presentation['kind']>(present: Presentation, kind: Kind): present is Extract<Presentation, { kind: Kind }> {
  return present.kind === kind;
}
