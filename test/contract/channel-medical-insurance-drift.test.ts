import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';

import type { ChargeRequest, PresettlementRequest } from '@hospay/plugin-sdk';

import type { CentreFault } from '../simulators/medical-insurance/centre-faults.js';
import { call, orderOf, SOME } from './channel-medical-insurance-subject.js';
import { presettled, referenceOf, refundOf, standOf, type Stand } from './channel-medical-insurance-stand.js';

type Drifting = { readonly stand: Stand; readonly order: ChargeRequest; readonly visitNo: string; readonly request: PresettlementRequest };

/** Pre-settled with ¥15 of the account, of which ¥5 are spent before the settlement. */
async function drifting(context: TestContext, options: Parameters<typeof standOf>[1] = {}): Promise<Drifting> {
  const stand = await standOf(context, options);
  const { request, presettlementNo, insuredFen, visitNo } = await presettled(stand, [10_000], { personNo: SOME.personNo, voucher: { kind: 'idCard', number: SOME.idNo } });
  assert.equal(insuredFen, 8_500);
  stand.simulator.centre.spend(SOME.personNo, 500);
  return { stand, order: orderOf(presettlementNo, insuredFen), visitNo, request };
}

const balanceOf = ({ simulator }: Stand): number | undefined => simulator.centre.people.get(SOME.personNo)?.balanceFen;
/** What the fund and the account have paid of a visit in the end. */
const paidFen = ({ simulator }: Stand, visitNo: string): number => simulator.centre.settlementsOf(visitNo).reduce((sum, { fundFen, accountFen }) => sum + fundFen + accountFen, 0);

describe('medical insurance: a settlement of another amount than was pre-settled', () => {
  test('it is reversed at once, the payment is declined, and pre-settled anew it is settled', async (context) => {
    const { stand, order, visitNo, request } = await drifting(context);
    const declined = await stand.channel.charge(order, call);
    assert.ok(declined.kind === 'declined' && declined.code === 'SPLIT_CHANGED', JSON.stringify(declined));
    assert.deepEqual(await stand.channel.query(referenceOf(order), call), declined);
    assert.deepEqual([paidFen(stand, visitNo), balanceOf(stand), stand.received('2601').length, stand.received('2208').length], [0, 1_000, 1, 0]);
    const next = { tradeNo: 'T00000B' };
    assert.equal((await stand.channel.charge({ ...order, ...next }, call)).kind, 'notSent', 'what was pre-settled holds no longer');
    const again = await stand.presettling.presettle(request, call);
    assert.ok(again.kind === 'presettled' && again.accountFen === 1_000, JSON.stringify(again));
    assert.equal((await stand.channel.charge(orderOf(request.presettlementNo, 8_000, next), call)).kind, 'succeeded');
    assert.equal((await stand.channel.refund(refundOf({ payment: referenceOf(order) }), call)).kind, 'declined', 'there is nothing to undo of it');
  });

  for (const [what, faults] of [
    ['the settlement', [['2207', 'executeThenDrop']]],
    ['the reversal, done', [['2601', 'executeThenDrop']]],
    ['the reversal, not done', [['2601', 'dropBeforeExecuting']]],
    ['both', [['2207', 'executeThenServerError'], ['2601', 'executeThenDrop']]],
  ] as const satisfies readonly (readonly [string, readonly (readonly [string, CentreFault])[]])[]) {
    test(`unknown until it is proven undone, a restart in between: the answer to ${what} is lost`, async (context) => {
      const { stand, order, visitNo } = await drifting(context);
      for (const [on, fault] of faults) stand.simulator.faults.inject({ on, fault });
      assert.equal((await stand.channel.charge(order, call)).kind, 'unknown');
      const outcomes: string[] = [];
      for (let round = 0; round < 3; round += 1) outcomes.push((await (await stand.restart()).channel.query(referenceOf(order), call)).kind);
      assert.equal(outcomes.at(-1), 'declined');
      assert.ok(outcomes.every((kind) => kind === 'unknown' || kind === 'declined'), outcomes.join());
      assert.deepEqual([paidFen(stand, visitNo), balanceOf(stand), stand.received('2207').length], [0, 1_000, 1]);
    });
  }

  test('what a centre does not reverse is undone by 2208, and the day’s books have both', async (context) => {
    const { stand, order, visitNo } = await drifting(context);
    stand.simulator.faults.inject({ on: '2601', fault: 'refuse' });
    const declined = await stand.channel.charge(order, call);
    assert.ok(declined.kind === 'declined' && declined.code === 'SPLIT_CHANGED', JSON.stringify(declined));
    assert.deepEqual([paidFen(stand, visitNo), balanceOf(stand), stand.received('2208').length], [0, 1_000, 1]);
    stand.wait(86_400_000);
    const statement = await stand.channel.downloadStatement({ day: '2026-03-02' }, call);
    assert.ok(statement.kind === 'ok', JSON.stringify(statement));
    assert.deepEqual([statement.totals.paymentFen, statement.totals.refundFen], [8_000, 8_000]);
    assert.equal(stand.received('3202').length, 0, 'the sums are equal');
  });

  for (const fault of ['executeThenDrop', 'dropBeforeExecuting', 'refuse', 'executeThenRefusal'] as const) {
    test(`an undoing by 2208 that ends in ${fault} is carried on after a restart until it is proven`, async (context) => {
      const { stand, order, visitNo } = await drifting(context);
      stand.simulator.faults.inject({ on: '2601', fault: 'refuse' });
      stand.simulator.faults.inject({ on: '2208', fault });
      assert.equal((await stand.channel.charge(order, call)).kind, 'unknown');
      const restarted = await stand.restart();
      let news = await restarted.channel.query(referenceOf(order), call);
      if (news.kind === 'unknown') news = await restarted.channel.query(referenceOf(order), call);
      assert.ok(news.kind === 'declined' && news.code === 'SPLIT_CHANGED', JSON.stringify(news));
      assert.deepEqual([paidFen(stand, visitNo), balanceOf(stand)], [0, 1_000]);
    });
  }
});
