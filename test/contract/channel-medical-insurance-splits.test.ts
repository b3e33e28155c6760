import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { call, orderOf, presettlementOf, SOME } from './channel-medical-insurance-subject.js';
import { mobileRequestOf, mobileStandOf } from './channel-medical-insurance-mobile-stand.js';
import { presettled, referenceOf, standOf } from './channel-medical-insurance-stand.js';

/** ¥100: 70 fund, 15 account, 15 cash. */
const REQUEST = [[10_000], { personNo: SOME.personNo, voucher: { kind: 'idCard', number: SOME.idNo } }] as const;

describe('medical insurance: the parts of a split are exactly the whole', () => {
  for (const [what, cash, expected] of [['a fen too little', '14.99', 1_500], ['a fen too much', '15.01', 1_500]] as const) {
    test(`the fen of the centre's rounding is the cash part's: ${what}`, async (context) => {
      const stand = await standOf(context);
      stand.simulator.faults.inject({ on: '2206', fault: { kind: 'executeThenOtherFields', fields: { psn_cash_pay: cash } } });
      const outcome = await stand.presettling.presettle(presettlementOf(...REQUEST), call);
      assert.ok(outcome.kind === 'presettled', JSON.stringify(outcome));
      assert.deepEqual([outcome.fundFen, outcome.accountFen, outcome.cashFen, outcome.totalFen], [7_000, 1_500, expected, 10_000]);
      const mobile = await mobileStandOf(context);
      mobile.simulator.faults.inject({ on: '6301', fault: { kind: 'executeThenOtherFields', fields: { ownPayAmt: cash } } });
      const order = await mobile.presettling.presettle(mobileRequestOf(mobile.simulator, [10_000], { who: SOME.personNo }), call);
      assert.ok(order.kind === 'presettled', JSON.stringify(order));
      assert.deepEqual([order.fundFen, order.accountFen, order.cashFen], [7_000, 1_500, expected]);
    });
  }

  test('a rounding that would leave less than nothing to pay is no split', async (context) => {
    const stand = await standOf(context);
    stand.simulator.faults.inject({ on: '2206', fault: { kind: 'executeThenOtherFields', fields: { acct_pay: '30.01' } } });
    assert.equal((await stand.presettling.presettle(presettlementOf([10_000]), call)).kind, 'unknown');
  });

  test('a part the hospital bears beside fund, account and cash is refused by its name', async (context) => {
    const stand = await standOf(context);
    stand.simulator.faults.inject({ on: '2206', fault: { kind: 'executeThenOtherFields', fields: { psn_cash_pay: '10.00', psn_part_amt: '25.00', hosp_part_amt: '5.00' } } });
    const declined = await stand.presettling.presettle(presettlementOf(...REQUEST), call);
    assert.ok(declined.kind === 'declined' && declined.code === 'HOSPITAL_PART', JSON.stringify(declined));
    const mobile = await mobileStandOf(context);
    mobile.simulator.faults.inject({ on: '6301', fault: { kind: 'executeThenOtherFields', fields: { ownPayAmt: '10.00', hospPartAmt: '5.00' } } });
    const order = await mobile.presettling.presettle(mobileRequestOf(mobile.simulator, [10_000], { who: SOME.personNo }), call);
    assert.ok(order.kind === 'declined' && order.code === 'HOSPITAL_PART', JSON.stringify(order));
  });

  test('one that is named inside the three changes nothing', async (context) => {
    const stand = await standOf(context);
    stand.simulator.faults.inject({ on: '2206', fault: { kind: 'executeThenOtherFields', fields: { hosp_part_amt: '5.00' } } });
    assert.equal((await stand.presettling.presettle(presettlementOf(...REQUEST), call)).kind, 'presettled');
  });

  test('settled with a part of the hospital that was not pre-settled, it goes back', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo, insuredFen, visitNo } = await presettled(stand, ...REQUEST);
    stand.simulator.faults.inject({ on: '2207', fault: { kind: 'executeThenOtherFields', fields: { psn_cash_pay: '10.00', psn_part_amt: '25.00', hosp_part_amt: '5.00' } } });
    const order = orderOf(presettlementNo, insuredFen);
    assert.equal((await stand.channel.charge(order, call)).kind, 'declined');
    assert.equal((await stand.channel.query(referenceOf(order), call)).kind, 'declined');
    assert.deepEqual(stand.simulator.centre.settlementsOf(visitNo), []);
  });
});
