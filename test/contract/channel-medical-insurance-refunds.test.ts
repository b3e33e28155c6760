import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { text } from '../simulators/medical-insurance/wire-values.js';
import { call, orderOf, presettlementOf } from './channel-medical-insurance-subject.js';
import { eventually, refundOf, settled, standOf } from './channel-medical-insurance-stand.js';

describe('medical insurance: undoing a settlement', () => {
  test('2208 undoes the whole, the account gets its money back, and a repeat moves nothing', async (context) => {
    const stand = await standOf(context);
    const before = stand.simulator.centre.people.get('44000000000000000001')?.balanceFen;
    const paid = await settled(stand);
    const undone = await stand.channel.refund(refundOf(paid), call);
    assert.ok(undone.kind === 'succeeded');
    assert.deepEqual([undone.refundFen, undone.tradeNo], [10_000, paid.order.tradeNo]);
    assert.deepEqual(await stand.channel.refund(refundOf(paid), call), undone);
    assert.deepEqual(await stand.channel.queryRefund(refundOf(paid), call), undone);
    assert.equal(stand.received('2208').length, 1);
    assert.equal(stand.simulator.centre.people.get('44000000000000000001')?.balanceFen, before);
  });

  test('an undoing without an answer is asked about, never repeated: executed it is found', async (context) => {
    const stand = await standOf(context);
    const paid = await settled(stand);
    stand.simulator.faults.inject({ on: '2208', fault: 'executeThenDrop' });
    for (let attempt = 0; attempt < 3; attempt += 1) assert.equal((await stand.channel.refund(refundOf(paid), call)).kind, 'unknown');
    assert.equal(stand.received('2208').length, 1);
    assert.equal((await stand.channel.queryRefund(refundOf(paid), call)).kind, 'succeeded');
    assert.equal(stand.received('2601').length, 0);
  });

  test('never executed, it is reversed by its message number, not found, and sent again with a new one', async (context) => {
    const stand = await standOf(context);
    const paid = await settled(stand);
    stand.simulator.faults.inject({ on: '2208', fault: 'dropBeforeExecuting' });
    assert.equal((await stand.channel.refund(refundOf(paid), call)).kind, 'unknown');
    const restarted = await stand.restart();
    assert.deepEqual(await restarted.channel.queryRefund(refundOf(paid), call), { kind: 'notFound' });
    assert.equal((await restarted.channel.refund(refundOf(paid), call)).kind, 'succeeded');
    const [first, second] = stand.received('2208').map((message) => text(message, 'msgid'));
    assert.notEqual(first, second);
    assert.equal(Object(Object(stand.received('2601')[0]?.['input'])['data']).omsgid, first);
  });

  test('an answer about another settlement, another amount or amounts that do not add up is unknown, and the look-up tells the truth', async (context) => {
    for (const fields of [{ mdtrt_id: 'MD9999999999' }, { psn_no: '44000000000000000002' }, { medfee_sumamt: '-99.99', psn_cash_pay: '0.01', psn_part_amt: '-29.99' }, { fund_pay_sumamt: '-70.05' }]) {
      const stand = await standOf(context);
      const paid = await settled(stand);
      stand.simulator.faults.inject({ on: '2208', fault: { kind: 'executeThenOtherFields', fields } });
      assert.equal((await stand.channel.refund(refundOf(paid), call)).kind, 'unknown', JSON.stringify(fields));
      assert.equal((await stand.channel.queryRefund(refundOf(paid), call)).kind, 'succeeded');
    }
  });

  test('a refused undoing is declined and the settlement stands; the next number may try again', async (context) => {
    const stand = await standOf(context);
    const paid = await settled(stand);
    stand.simulator.faults.inject({ on: '2208', fault: 'refuse' });
    assert.equal((await stand.channel.refund(refundOf(paid), call)).kind, 'declined');
    assert.deepEqual(await stand.channel.queryRefund(refundOf(paid), call), { kind: 'notFound' });
    assert.equal((await stand.channel.query(paid.payment, call)).kind, 'succeeded');
    assert.equal((await stand.channel.refund(refundOf(paid, 'RSECOND'), call)).kind, 'succeeded');
  });

  test('two undoings of one settlement at once undo it once', async (context) => {
    const stand = await standOf(context);
    const paid = await settled(stand);
    const outcomes = await Promise.all(['RFIRST1', 'RSECOND'].map((refundNo) => stand.channel.refund(refundOf(paid, refundNo), call)));
    assert.equal(outcomes.filter(({ kind }) => kind === 'succeeded').length, 1);
    assert.equal(stand.received('2208').length, 1);
  });

  test('an undone visit can be settled anew, and undone again', async (context) => {
    const stand = await standOf(context);
    const paid = await settled(stand);
    await stand.channel.refund(refundOf(paid), call);
    const again = presettlementOf([8_000]);
    assert.equal((await stand.presettling.presettle(again, call)).kind, 'presettled');
    const outcome = await stand.channel.charge(orderOf(again.presettlementNo, 8_000), call);
    assert.equal(outcome.kind, 'succeeded');
  });

  test('a settlement is undone until refundDays are over, long after its attempt is forgotten; its person is known no longer than that', async (context) => {
    const stand = await standOf(context, { settings: { keepDays: 3 } });
    const paid = await settled(stand);
    stand.wait(5 * 86_400_000);
    const later = await stand.restart();
    assert.deepEqual(await stand.store.list('pay/'), []);
    assert.equal((await stand.store.list('refundable/')).length, 1);
    assert.equal((await later.channel.refund(refundOf(paid), call)).kind, 'succeeded');
    assert.deepEqual(await stand.store.list('refundable/'), [], 'undone, nothing of it is kept');
    assert.equal((await later.channel.query(paid.payment, call)).kind, 'unknown', 'what was paid is not said to be unheard of');
  });

  test('after refundDays it is not undone here any more', async (context) => {
    const stand = await standOf(context, { settings: { keepDays: 3, refundDays: 10 } });
    const paid = await settled(stand);
    for (const days of [5, 6]) {
      stand.wait(days * 86_400_000);
      await stand.restart();
    }
    const later = await stand.restart();
    const declined = await later.channel.refund(refundOf(paid), call);
    assert.ok(declined.kind === 'declined' && declined.code === 'RECORDS_GONE', JSON.stringify(declined));
    assert.equal(stand.received('2208').length, 0);
    const kept = JSON.stringify((await stand.store.list('', { limit: 1_000 })).filter(({ key }) => !key.startsWith('message/')));
    assert.ok(!kept.includes('44000000000000000001'), kept);
  });

  test('an answer that crosses its own reversal is no undoing', async (context) => {
    const stand = await standOf(context);
    const paid = await settled(stand);
    const held = stand.simulator.holdAnswers('2208');
    const refunding = stand.channel.refund(refundOf(paid), call);
    await eventually(() => (stand.received('2208').length === 1 ? true : undefined));
    stand.simulator.faults.inject({ on: '5203', fault: 'refuse' });
    assert.deepEqual(await stand.channel.queryRefund(refundOf(paid), call), { kind: 'notFound' });
    held.release();
    assert.equal((await refunding).kind, 'unknown');
    assert.equal(stand.simulator.centre.settlementsOf(paid.visitNo).length, 1, 'the settlement stands');
  });
});
