import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { text } from '../simulators/medical-insurance/wire-values.js';
import { call, orderOf, SOME } from './channel-medical-insurance-subject.js';
import { presettled, referenceOf, refundOf, settled, standOf, type Stand } from './channel-medical-insurance-stand.js';

const standing = ({ simulator }: Stand, visitNo: string): number => simulator.centre.settlementsOf(visitNo).filter(({ undoes }) => undoes === undefined).length;

describe('medical insurance: a refusal is signed nowhere, and is believed only when the centre has nothing', () => {
  for (const bodyCipher of ['plain', 'sm4'] as const) {
    // sm4: the output of a refusal is empty, so that any empty output with its signature can be played again under any refusal.
    test(`a settlement that was done and told as refused is unknown until it is found (${bodyCipher})`, async (context) => {
      const stand = await standOf(context, { bodyCipher });
      const { presettlementNo, insuredFen, visitNo } = await presettled(stand);
      stand.simulator.faults.inject({ on: '2207', fault: 'executeThenRefusal' });
      const order = orderOf(presettlementNo, insuredFen);
      assert.equal((await stand.channel.charge(order, call)).kind, 'unknown');
      assert.equal((await stand.channel.charge(order, call)).kind, 'unknown');
      assert.equal((await stand.channel.query(referenceOf(order), call)).kind, 'succeeded');
      assert.deepEqual([standing(stand, visitNo), stand.received('2207').length, stand.received('2601').length], [1, 1, 0]);
    });

    test(`an undoing that was done and told as refused is unknown until it is found (${bodyCipher})`, async (context) => {
      const stand = await standOf(context, { bodyCipher });
      const paid = await settled(stand);
      stand.simulator.faults.inject({ on: '2208', fault: 'executeThenRefusal' });
      assert.equal((await stand.channel.refund(refundOf(paid), call)).kind, 'unknown');
      assert.equal((await stand.channel.refund(refundOf(paid, 'RSECOND'), call)).kind, 'declined', 'one undoing is under way');
      assert.equal((await stand.channel.queryRefund(refundOf(paid), call)).kind, 'succeeded');
      assert.equal(stand.received('2208').length, 1);
    });
  }

  test('an ordinary refusal costs one look-up more', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo, insuredFen } = await presettled(stand);
    stand.simulator.faults.inject({ on: '2207', fault: 'refuse' });
    const order = orderOf(presettlementNo, insuredFen);
    assert.equal((await stand.channel.charge(order, call)).kind, 'declined');
    assert.deepEqual([stand.received('5203').length, stand.received('2601').length], [1, 0]);
    assert.equal((await stand.channel.query(referenceOf(order), call)).kind, 'declined');
  });

  test('a look-up without an answer leaves it open', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo, insuredFen } = await presettled(stand);
    stand.simulator.faults.inject({ on: '2207', fault: 'executeThenRefusal' });
    stand.simulator.faults.inject({ on: '5203', fault: 'executeThenServerError' });
    const order = orderOf(presettlementNo, insuredFen);
    assert.equal((await stand.channel.charge(order, call)).kind, 'unknown');
    const restarted = await stand.restart();
    assert.equal((await restarted.channel.query(referenceOf(order), call)).kind, 'succeeded');
  });

  for (const [what, options, fault] of [
    ['where the look-up is refused too', {}, 'refuse'],
    ['where the look-up is answered with a signed nothing', { bodyCipher: 'sm4' }, 'executeThenEmpty'],
    ['where there is no look-up', { settings: { settlementLookup: 'none' } }, undefined],
  ] as const) {
    test(`${what}, a refused settlement is reversed, and only then refused`, async (context) => {
      const stand = await standOf(context, options);
      const { presettlementNo, insuredFen, visitNo } = await presettled(stand);
      stand.simulator.faults.inject({ on: '2207', fault: 'executeThenRefusal' });
      if (fault !== undefined) stand.simulator.faults.inject({ on: '5203', fault });
      stand.simulator.faults.inject({ on: '2601', fault: 'dropBeforeExecuting' });
      const order = orderOf(presettlementNo, insuredFen);
      assert.equal((await stand.channel.charge(order, call)).kind, 'unknown', 'the reversal had no answer');
      assert.equal(standing(stand, visitNo), 1);
      const restarted = await stand.restart();
      const news = await restarted.channel.query(referenceOf(order), call);
      assert.deepEqual([news.kind, standing(stand, visitNo)], ['declined', 0]);
      assert.equal(stand.simulator.centre.messages.get(text(stand.received('2207')[0] ?? {}, 'msgid'))?.state, 'reversed');
      assert.equal(stand.received('2601').length, 2);
      assert.equal((await restarted.channel.charge(orderOf(presettlementNo, insuredFen, { tradeNo: 'T00000B' }), call)).kind, 'succeeded');
    });
  }

  test('a settlement the centre made after all is found when its refused payment is asked about, and one of another amount goes back', async (context) => {
    const stand = await standOf(context);
    for (const expected of ['succeeded', 'declined'] as const) {
      const { presettlementNo, insuredFen, visitNo } = await presettled(stand, [10_000], { personNo: SOME.personNo, voucher: { kind: 'idCard', number: SOME.idNo } });
      stand.simulator.faults.inject({ on: '2207', fault: 'refuse' });
      const order = orderOf(presettlementNo, insuredFen);
      assert.equal((await stand.channel.charge(order, call)).kind, 'declined');
      if (expected === 'declined') stand.simulator.centre.spend(SOME.personNo, 500);
      const [sent = assert.fail()] = stand.received('2207').slice(-1);
      stand.simulator.centre.receive(text(sent, 'msgid'), '2207', SOME.personNo);
      stand.simulator.centre.transactions['2207']?.(sent['input'], { msgid: text(sent, 'msgid') });
      stand.simulator.centre.executed(text(sent, 'msgid'));
      stand.simulator.faults.inject({ on: '5203', fault: 'executeThenServerError' });
      assert.equal((await stand.channel.query(referenceOf(order), call)).kind, 'unknown');
      const news = await stand.channel.query(referenceOf(order), call);
      assert.equal(news.kind, expected, JSON.stringify(news));
      if (expected === 'succeeded') assert.equal((await stand.channel.refund(refundOf({ payment: referenceOf(order, news) }), call)).kind, 'succeeded');
      else assert.equal(stand.simulator.centre.settlementsOf(visitNo).length, 0);
    }
  });

  test('an undoing that is refused where there is no look-up is reversed, and only then refused', async (context) => {
    const stand = await standOf(context, { settings: { settlementLookup: 'none' } });
    const paid = await settled(stand);
    stand.simulator.faults.inject({ on: '2208', fault: 'executeThenRefusal' });
    assert.equal((await stand.channel.refund(refundOf(paid), call)).kind, 'declined');
    assert.deepEqual(stand.simulator.centre.settlementsOf(paid.visitNo).map(({ undoes }) => undoes), [undefined], 'the settlement stands');
    assert.equal((await stand.channel.refund(refundOf(paid, 'RSECOND'), call)).kind, 'succeeded');
  });
});
