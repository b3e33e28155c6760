import assert from 'node:assert/strict';
import { test } from 'node:test';

import { identityDigest } from './identity-digest.js';
import { isMedInsOrderOf, mixedStateOf } from './med-ins-messages.js';

test('the digest of an identity number is of its eighteen characters, upper case; one of fifteen is written out first', () => {
  assert.equal(identityDigest('44030019000101123X'), '09eb26e839ff3a2e3980352ae45ef09e');
  assert.equal(identityDigest('44030019000101123x'), '09eb26e839ff3a2e3980352ae45ef09e');
  // GB 11643: the century after the sixth digit, the check character at the end.
  assert.equal(identityDigest('110105491231002'), identityDigest('11010519491231002X'));
});

test('an order is ours only with every number, the merchant and every amount', () => {
  const asked = { tradeNo: 'T1', amountFen: 3_000, insuranceOrder: { payOrderId: 'ORD1', ownOrderNo: 'M1', fundFen: 5_000, accountFen: 2_000 } };
  const order = {
    mix_trade_no: 'X1', out_trade_no: 'T1', serial_no: 'M1', pay_order_id: 'ORD1', total_fee: 10_000, med_ins_gov_fee: 5_000, med_ins_self_fee: 2_000, med_ins_other_fee: 0, wechat_pay_cash_fee: 3_000,
    mix_pay_status: 'SUCCESS', self_pay_status: 'SUCCESS', med_ins_pay_status: 'SUCCESS',
  };
  assert.ok(isMedInsOrderOf(order, asked, undefined));
  assert.ok(isMedInsOrderOf({ ...order, sub_mchid: 'S1' }, asked, 'S1'));
  for (const wrong of [{ out_trade_no: 'T2' }, { serial_no: 'M2' }, { pay_order_id: 'ORD2' }, { total_fee: 10_001 }, { med_ins_gov_fee: 5_001 }, { med_ins_self_fee: 2_001 }, { med_ins_other_fee: 1 }, { wechat_pay_cash_fee: 3_001 }, { sub_mchid: 'S1' }]) {
    assert.ok(!isMedInsOrderOf({ ...order, ...wrong }, asked, undefined), JSON.stringify(wrong));
  }
  assert.ok(!isMedInsOrderOf(order, asked, 'S1'));
});

test('of every three states, written long or short, only both parts paid is paid, and only cash that is back is returned', () => {
  const states = ['CREATED', 'SUCCESS', 'REFUND', 'FAIL', 'NEVER_HEARD_OF'];
  const seen: string[] = [];
  for (const mix of states) {
    for (const self of [...states, 'NO_SELF_PAY']) {
      for (const insurance of [...states, 'NO_MED_INS_PAY']) {
        const short = mixedStateOf({ mix_pay_status: mix, self_pay_status: self, med_ins_pay_status: insurance });
        const long = mixedStateOf({ mix_pay_status: `MIX_PAY_${mix}`, self_pay_status: self === 'NO_SELF_PAY' ? self : `SELF_PAY_${self}`, med_ins_pay_status: insurance === 'NO_MED_INS_PAY' ? insurance : `MED_INS_PAY_${insurance}` });
        assert.equal(short, long);
        if (short === 'paid' || short === 'returned') seen.push(`${short}: ${mix} ${self} ${insurance}`);
      }
    }
  }
  const done = ['SUCCESS', 'REFUND'];
  const paid = done.flatMap((mix) => done.flatMap((self) => done.map((insurance) => `paid: ${mix} ${self} ${insurance}`)));
  const returned = [...states, 'NO_MED_INS_PAY'].map((insurance) => `returned: FAIL REFUND ${insurance}`);
  assert.deepEqual(seen, [...paid, ...returned]);
  assert.equal(mixedStateOf({ mix_pay_status: 'FAIL', self_pay_status: 'CREATED', med_ins_pay_status: 'FAIL' }), 'failed');
  assert.equal(mixedStateOf({ mix_pay_status: 'CREATED', self_pay_status: 'SUCCESS', med_ins_pay_status: 'CREATED' }), 'created');
});
