import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { createMemoryStore } from '@hospay/plugin-sdk/host';

import { call, referenceTo } from './channel-requests.js';
import { MINUTE_MS, orderOf, paidOrder, shortCall, standOf } from './channel-unionpay-stand.js';
import { arrived } from './channel-unionpay-subject.js';

const STILL_OPEN = { on: 'query', fault: { kind: 'otherFields', fields: { origRespCode: '05' } } } as const;

describe('unionpay: a scanned code is reversed', () => {
  test('a code whose payer hesitates is closed, and he cannot pay afterwards', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'HESITATE1', 'paymentCode');
    await stand.channel.charge(order, call());
    assert.equal((await stand.channel.close?.(referenceTo(order), call()))?.kind, 'closed');
    assert.throws(() => stand.simulator.pay('HESITATE1'), /reversed/);
    assert.equal((await stand.channel.query(referenceTo(order), call())).kind, 'closed');
  });

  test('a paid code is already paid: it is asked about first, and its money stays', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'ASKFIRST1', 'paymentCode', { authCode: stand.simulator.newPaymentCode('paysAtOnce') });
    await stand.channel.charge(order, call());
    assert.equal((await stand.channel.close?.(referenceTo(order), call()))?.kind, 'alreadyPaid');
    assert.equal(stand.simulator.find('ASKFIRST1')?.state, 'succeeded');
    stand.simulator.faults.inject({ on: 'query', times: 'always', fault: { kind: 'badSignature' } });
    assert.equal((await stand.channel.close?.(referenceTo(order), call()))?.kind, 'unknown');
    assert.equal(stand.simulator.find('ASKFIRST1')?.state, 'succeeded', 'nothing is reversed on a question without an answer');
  });

  test('a payment that races its reversal goes back to the patient, and the number is closed', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'RACED0001', 'paymentCode');
    await stand.channel.charge(order, call());
    stand.simulator.pay('RACED0001');
    stand.simulator.faults.inject(STILL_OPEN);
    assert.equal((await stand.channel.close?.(referenceTo(order), call()))?.kind, 'closed');
    assert.equal(stand.simulator.find('RACED0001')?.state, 'reversed');
    const told = await stand.channel.readNotification(arrived(stand.simulator.makeNotification('RACED0001', { kind: 'otherFields', fields: { respCode: '00' } }), new Date(stand.clock.atMs)));
    assert.equal(told.kind === 'payment' && told.news.kind, 'unknown', 'its notification was sent before the reversal');
  });

  for (const kind of ['executeThenNeverAnswer', 'neverExecuteNorAnswer'] as const) {
    test(`a reversal without an answer (${kind}) is unknown, and carried through by whoever asks next, also after a restart`, async (context) => {
      const stand = await standOf(context);
      const order = orderOf(stand, 'CARRIED01', 'paymentCode');
      await stand.channel.charge(order, call());
      stand.simulator.faults.inject({ on: 'reversal', fault: { kind } });
      assert.equal((await stand.channel.close?.(referenceTo(order), shortCall()))?.kind, 'unknown');
      const { channel } = await stand.again();
      assert.equal((await channel.query(referenceTo(order), call())).kind, 'closed');
      assert.equal(stand.simulator.find('CARRIED01')?.state, 'reversed');
      assert.equal((await channel.close?.(referenceTo(order), call()))?.kind, 'closed');
    });
  }

  test('a number whose reversal may be on its way is never charged again', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'NOCHARGE1', 'paymentCode');
    stand.simulator.faults.inject({ on: 'reversal', fault: { kind: 'neverExecuteNorAnswer' } });
    assert.equal((await stand.channel.close?.(referenceTo(order), shortCall()))?.kind, 'unknown');
    const { channel } = await stand.again();
    assert.equal((await channel.charge(order, call())).kind, 'unknown');
    assert.equal(stand.simulator.find('NOCHARGE1'), undefined);
  });

  test('an open reversal is never forgotten, however many others come after it', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'OLDOPEN01', 'paymentCode');
    await stand.channel.charge(order, call());
    stand.simulator.pay('OLDOPEN01');
    stand.simulator.faults.inject({ on: 'query', times: 1, fault: { kind: 'otherFields', fields: { origRespCode: '05' } } });
    stand.simulator.faults.inject({ on: 'reversal', fault: { kind: 'neverExecuteNorAnswer' } });
    assert.equal((await stand.channel.close?.(referenceTo(order), shortCall()))?.kind, 'unknown');
    stand.clock.atMs += 8 * 24 * 60 * MINUTE_MS;
    const later = orderOf(stand, 'LATEROPEN', 'paymentCode');
    await stand.channel.charge(later, call());
    assert.equal((await stand.channel.close?.(referenceTo(later), call()))?.kind, 'closed');
    stand.simulator.faults.inject({ on: 'reversal', times: 'always', fault: { kind: 'neverExecuteNorAnswer' } });
    assert.equal((await stand.channel.query(referenceTo(order), shortCall())).kind, 'unknown', 'what may have been reversed is not told as paid');
  });

  test('a duplicate (12) proves no reversal: the question afterwards decides', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'TWELVE001', 'paymentCode');
    await stand.channel.charge(order, call());
    stand.simulator.faults.inject({ on: 'reversal', fault: { kind: 'refuse', code: '12' } });
    assert.equal((await stand.channel.close?.(referenceTo(order), call()))?.kind, 'unknown');
    assert.equal((await stand.channel.query(referenceTo(order), call())).kind, 'closed', 'it is sent again');
    assert.equal(stand.simulator.find('TWELVE001')?.state, 'reversed');
  });

  test('a reversal that was taken and a payment that is told: unknown, neither paid nor closed', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'CONTRARY1', 'paymentCode');
    await stand.channel.charge(order, call());
    stand.simulator.faults.inject(STILL_OPEN);
    stand.simulator.pay('CONTRARY1');
    stand.simulator.faults.inject({ on: 'query', times: 'always', fault: { kind: 'otherFields', fields: { origRespCode: '00' } } });
    assert.equal((await stand.channel.close?.(referenceTo(order), call()))?.kind, 'unknown');
    assert.equal((await stand.channel.query(referenceTo(order), call())).kind, 'unknown');
    stand.simulator.faults.clear();
    assert.equal((await stand.channel.query(referenceTo(order), call())).kind, 'closed');
  });

  test('a reversal refused because the payment stands: it is paid', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'STANDS001', 'paymentCode');
    await stand.channel.charge(order, call());
    stand.simulator.pay('STANDS001');
    stand.simulator.faults.inject(STILL_OPEN);
    stand.simulator.faults.inject({ on: 'reversal', fault: { kind: 'refuse', code: '35' } });
    assert.equal((await stand.channel.close?.(referenceTo(order), call()))?.kind, 'alreadyPaid');
    assert.equal((await stand.channel.query(referenceTo(order), call())).kind, 'succeeded');
    assert.equal(stand.simulator.find('STANDS001')?.state, 'succeeded');
  });

  test('a reversal answered with 03, 04, 05 or a code of nobody\'s meaning decides nothing', async (context) => {
    const stand = await standOf(context);
    for (const code of ['03', '04', '05', '06', 'Z9']) {
      const order = orderOf(stand, `OPENEND${code}`, 'paymentCode');
      await stand.channel.charge(order, call());
      stand.simulator.faults.inject({ on: 'reversal', fault: { kind: 'refuse', code } });
      assert.equal((await stand.channel.close?.(referenceTo(order), call()))?.kind, 'unknown', code);
      assert.equal((await stand.channel.query(referenceTo(order), call())).kind, 'closed', 'asked again, it is reversed');
    }
    const paid = orderOf(stand, 'OPENENDED', 'paymentCode');
    await stand.channel.charge(paid, call());
    stand.simulator.pay('OPENENDED');
    stand.simulator.faults.inject(STILL_OPEN);
    stand.simulator.faults.inject({ on: 'reversal', fault: { kind: 'refuse', code: '05' } });
    assert.equal((await stand.channel.close?.(referenceTo(paid), call()))?.kind, 'unknown', 'the reversal may still take what was paid');
  });

  test('a taken reversal whose result is not there yet is unknown', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'NOTYETREV', 'paymentCode');
    await stand.channel.charge(order, call());
    stand.simulator.faults.inject({ on: 'query', times: 2, fault: { kind: 'otherFields', fields: { origRespCode: '05' } } });
    assert.equal((await stand.channel.close?.(referenceTo(order), call()))?.kind, 'unknown');
    assert.equal((await stand.channel.close?.(referenceTo(order), call()))?.kind, 'closed');
  });

  test('a number UnionPay has no order for is not found: a late charge may still arrive', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'NOORDER01', 'paymentCode');
    assert.equal((await stand.channel.close?.(referenceTo(order), call()))?.kind, 'notFound');
    assert.equal((await stand.channel.charge(order, call())).kind, 'unknown', 'and it is not charged by us again');
  });

  test('old entries of the book go with time', async (context) => {
    const stand = await standOf(context);
    for (const tradeNo of ['SWEPT0001', 'SWEPT0002']) await stand.channel.close?.(referenceTo(orderOf(stand, tradeNo, 'paymentCode')), call());
    assert.equal((await stand.store.list('reversal')).length, 4);
    stand.clock.atMs += 9 * 24 * 60 * MINUTE_MS;
    await stand.channel.close?.(referenceTo(orderOf(stand, 'SWEPT0003', 'paymentCode')), call());
    assert.equal((await stand.store.list('reversal')).length, 2);
  });
});

describe('unionpay: codes and pages end by themselves', () => {
  test('a close before payTimeout is unknown, for the payer may still pay; after it the number is closed', async (context) => {
    const stand = await standOf(context);
    for (const method of ['nativeQr', 'app', 'webPage'] as const) {
      const order = orderOf(stand, `TIMED${method}`, method);
      const payment = referenceTo(order, await stand.channel.charge(order, call()));
      assert.equal((await stand.channel.close?.(payment, call()))?.kind, 'unknown', method);
      stand.clock.atMs += 6.1 * MINUTE_MS;
      assert.equal((await stand.channel.close?.(payment, call()))?.kind, 'closed', method);
      if (method !== 'webPage') assert.throws(() => stand.simulator.pay(order.tradeNo), /failed/);
    }
  });

  test('a paid one is already paid', async (context) => {
    const stand = await standOf(context);
    const { channelTradeNo: _told, paidAt: _when, ...payment } = await paidOrder(stand, 'CLOSEPAID');
    assert.equal((await stand.channel.close?.(payment, call()))?.kind, 'alreadyPaid');
  });

  test('an instance without scanned codes offers no close', async (context) => {
    const stand = await standOf(context, { settings: { methods: ['nativeQr', 'webPage'] } });
    assert.equal(stand.channel.close, undefined);
    assert.deepEqual(stand.channel.methods, ['nativeQr', 'webPage']);
    assert.equal((await stand.channel.charge(orderOf(stand, 'NOTOFFER1', 'paymentCode'), call())).kind, 'notSent');
  });

  test('a restart that lost its store still asks before it believes', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'FORGOTTEN', 'paymentCode');
    await stand.channel.charge(order, call());
    await stand.channel.close?.(referenceTo(order), call());
    const { channel } = await stand.again({ store: createMemoryStore() });
    assert.equal((await channel.query(referenceTo(order), call())).kind, 'declined');
    assert.equal((await channel.charge(order, call())).kind, 'unknown');
  });
});
