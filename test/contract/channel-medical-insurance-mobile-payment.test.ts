import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { text } from '../simulators/medical-insurance/wire-values.js';
import { call, orderOf, POOR, presettlementOf, RICH, SOME } from './channel-medical-insurance-subject.js';
import { mobilePresettled, mobileRequestOf, mobileStandOf } from './channel-medical-insurance-mobile-stand.js';
import { eventually, patient, referenceOf } from './channel-medical-insurance-stand.js';

describe('medical insurance, mobile: the order', () => {
  test('6201 makes the order under our number, 6301 tells the split; it names what an app needs to settle it itself', async (context) => {
    const stand = await mobileStandOf(context);
    const request = mobileRequestOf(stand.simulator, [3_333, 6_667], { who: SOME.personNo });
    const outcome = await stand.presettling.presettle(request, call);
    assert.deepEqual(outcome, {
      kind: 'presettled', presettlementNo: request.presettlementNo, visitNo: 'MV000000000001', totalFen: 10_000, fundFen: 7_000, accountFen: 1_500, cashFen: 1_500,
      mobileOrder: { payOrderId: 'ORD000000000001', ownOrderNo: request.presettlementNo },
    });
    const [upload] = stand.received('6201');
    assert.deepEqual([upload?.['medOrgOrd'], upload?.['medfeeSumamt'], upload?.['payAuthNo'], upload?.['ecToken'], upload?.['feeType']], [request.presettlementNo, 100, request.voucher.number, undefined, '01']);
    assert.deepEqual(stand.received('6202'), []);
  });

  test('an electronic voucher is sent as ecToken', async (context) => {
    const stand = await mobileStandOf(context);
    const voucher = { kind: 'electronicVoucher', number: stand.simulator.mobile.authorise(RICH.personNo, 'ecToken') } as const;
    const { order } = await mobilePresettled(stand, [10_000], { voucher });
    assert.equal((await stand.channel.charge(order, call)).kind, 'succeeded');
    for (const infno of ['6201', '6202']) assert.deepEqual([stand.received(infno)[0]?.['ecToken'], stand.received(infno)[0]?.['payAuthNo']], [voucher.number, undefined]);
  });

  test('a card is not for mobile payment, nor is a visit without its person; nobody is looked up', async (context) => {
    const { presettling, simulator } = await mobileStandOf(context);
    assert.equal((await presettling.presettle(presettlementOf([1_000]), call)).kind, 'notSent');
    const { person: _person, ...nameless } = mobileRequestOf(simulator);
    assert.equal((await presettling.presettle(nameless, call)).kind, 'notSent');
    assert.equal((await presettling.presettle(mobileRequestOf(simulator, [1_000], { voucher: { kind: 'authorization', number: 'A'.repeat(201) } }), call)).kind, 'notSent');
    assert.equal((await presettling.findInsured({ voucher: { kind: 'idCard', number: RICH.idNo } }, call)).kind, 'notSent');
    assert.equal(simulator.mobileInterface.received.length, 0);
  });

  test('fees that do not add up, an authorisation that expired, was used or is somebody else’s are refused', async (context) => {
    const { presettling, simulator, wait } = await mobileStandOf(context);
    const used = mobileRequestOf(simulator);
    await presettling.presettle(used, call);
    assert.equal((await presettling.presettle(mobileRequestOf(simulator, [1_000], { voucher: used.voucher }), call)).kind, 'declined');
    assert.equal((await presettling.presettle(mobileRequestOf(simulator, [1_000], { voucher: { kind: 'authorization', number: simulator.mobile.authorise(POOR.personNo) } }), call)).kind, 'declined');
    const late = mobileRequestOf(simulator);
    wait(11 * 60_000);
    assert.equal((await presettling.presettle(late, call)).kind, 'declined');
    const data = { orgCodg: simulator.institutionCode, idNo: RICH.idNo, userName: '测试甲', idType: '01', payAuthNo: simulator.mobile.authorise(RICH.personNo), medOrgOrd: 'OWN1', feeType: '01', begntime: '2026-03-02 09:00:00', diseinfoList: [{}], medfeeSumamt: 10.01, feedetailList: [{ feedetlSn: '1', detItemFeeSumamt: 10 }] };
    assert.throws(() => simulator.mobile.transactions['6201']?.(data), /费用总额与明细合计不符/);
  });

  for (const fault of ['executeThenDrop', 'dropBeforeExecuting', 'executeThenOtherKey', 'executeThenUnsigned', 'unlistedCode', 'executeThenGarbage'] as const) {
    test(`6201 or 6301 that ends in ${fault} is unknown; asked again there is one order`, async (context) => {
      const { presettling, simulator } = await mobileStandOf(context);
      const request = mobileRequestOf(simulator);
      for (const infno of ['6201', '6301']) {
        simulator.faults.inject({ on: infno, fault });
        assert.equal((await presettling.presettle(request, call)).kind, 'unknown', infno);
      }
      assert.equal((await presettling.presettle(request, call)).kind, 'presettled');
      assert.equal(simulator.mobile.orders.size, 1);
    });
  }

  test('an order the centre still works on is unknown until it has its split', async (context) => {
    const { presettling, simulator } = await mobileStandOf(context);
    simulator.mobile.isSlow = true;
    const request = mobileRequestOf(simulator);
    assert.equal((await presettling.presettle(request, call)).kind, 'unknown');
    simulator.mobile.workOut();
    assert.equal((await presettling.presettle(request, call)).kind, 'presettled');
  });

  test('other fees under the number are not sent; an authorisation shown again pays the same order', async (context) => {
    const stand = await mobileStandOf(context);
    const { request, order } = await mobilePresettled(stand);
    assert.equal((await stand.presettling.presettle({ ...request, fees: presettlementOf([1]).fees }, call)).kind, 'notSent');
    stand.wait(11 * 60_000);
    const again = { ...request, voucher: { kind: 'authorization', number: stand.simulator.mobile.authorise(RICH.personNo) } } as const;
    assert.equal((await stand.presettling.presettle(again, call)).kind, 'presettled');
    assert.equal((await stand.channel.charge(order, call)).kind, 'succeeded');
    assert.deepEqual([stand.received('6201').length, stand.received('6202')[0]?.['payAuthNo']], [1, again.voucher.number]);
  });

  for (const [what, fields] of Object.entries({
    'parts that are not the whole': { fundPay: '70.02' },
    'another total': { feeSumamt: '100.01', ownPayAmt: '0.01' },
    'an amount that is none': { psnAcctPay: '30,00' },
    'a negative amount': { psnAcctPay: '-30.00', ownPayAmt: '60.00' },
    'another order of ours': { medOrgOrd: 'PS999999' },
    'another order of the centre': { payOrdId: 'ORD999999999999' },
    'a state nobody lists': { ordStas: '18' },
  })) {
    test(`a split with ${what} is unknown`, async (context) => {
      const { presettling, simulator } = await mobileStandOf(context);
      const request = mobileRequestOf(simulator);
      simulator.faults.inject({ on: '6301', fault: { kind: 'executeThenOtherFields', fields } });
      assert.equal((await presettling.presettle(request, call)).kind, 'unknown');
      assert.equal((await presettling.presettle(request, call)).kind, 'presettled');
    });
  }
});

describe('medical insurance, mobile: paying', () => {
  test('6202 settles fund and account; the split adds up; nothing is asked twice', async (context) => {
    const stand = await mobileStandOf(context);
    const { order, orderId } = await mobilePresettled(stand, [10_000], { who: SOME.personNo });
    const outcome = await stand.channel.charge(order, call);
    assert.ok(outcome.kind === 'succeeded');
    assert.deepEqual([outcome.amountFen, outcome.insuranceSplit, outcome.channelTradeNo, outcome.fundingSource], [8_500, { fundFen: 7_000, accountFen: 1_500 }, orderId, '310']);
    assert.deepEqual(stand.simulator.mobile.transitions, [`${orderId} 1`, `${orderId} 2`, `${orderId} 4`]);
    const asked = stand.received('6301').length;
    assert.deepEqual(await stand.channel.query(referenceOf(order), call), outcome);
    assert.equal(stand.received('6301').length, asked);
    assert.equal(stand.simulator.centre.people.get(SOME.personNo)?.balanceFen, 0);
    assert.equal(outcome.channelNote, undefined, 'neither a person nor a token goes to the platform');
  });

  test('the payment is in the store before its first byte goes out; a plugin killed then finds it by 6301', async (context) => {
    const stand = await mobileStandOf(context);
    const { order, orderId } = await mobilePresettled(stand);
    stand.simulator.faults.inject({ on: '6202', fault: 'executeThenNeverAnswer' });
    const waiting = patient();
    const killed = stand.channel.charge(order, waiting.context);
    await eventually(() => stand.received('6202')[0]);
    const [kept] = await stand.store.list('pay/');
    assert.deepEqual([Reflect.get(Object(kept?.value), 'msgid'), Reflect.get(Object(kept?.value), 'state')], [orderId, 'sent']);
    const restarted = await stand.restart();
    assert.equal((await restarted.channel.query(referenceOf(order), call)).kind, 'succeeded');
    assert.equal((await restarted.channel.charge(order, call)).kind, 'succeeded');
    assert.equal(stand.received('6202').length, 1);
    waiting.giveUp();
    await killed;
  });

  test('a lost 6202 is sent again only after 6301 says that the order is not settled', async (context) => {
    const stand = await mobileStandOf(context);
    const { order, orderId } = await mobilePresettled(stand);
    stand.simulator.faults.inject({ on: '6202', fault: 'dropBeforeExecuting' });
    assert.equal((await stand.channel.charge(order, call)).kind, 'unknown');
    stand.simulator.faults.inject({ on: '6301', fault: 'executeThenOtherKey' });
    assert.equal((await stand.channel.charge(order, call)).kind, 'unknown');
    assert.equal(stand.received('6202').length, 1);
    assert.deepEqual(await stand.channel.query(referenceOf(order), call), { kind: 'notFound' });
    assert.equal((await stand.channel.charge(order, call)).kind, 'succeeded');
    assert.deepEqual(stand.received('6202').map((data) => text(data, 'payOrdId')), [orderId, orderId]);
  });

  test('an order may still be at work: it is paid again only after the time that is set', async (context) => {
    const stand = await mobileStandOf(context, { settings: { reverseAfterMs: 60_000 } });
    const { order } = await mobilePresettled(stand);
    stand.simulator.faults.inject({ on: '6202', fault: 'dropBeforeExecuting' });
    for (let attempt = 0; attempt < 2; attempt += 1) assert.equal((await stand.channel.charge(order, call)).kind, 'unknown');
    assert.equal((await stand.channel.query(referenceOf(order), call)).kind, 'unknown');
    assert.equal(stand.received('6202').length, 1);
    stand.wait(60_000);
    assert.deepEqual(await stand.channel.query(referenceOf(order), call), { kind: 'notFound' });
    assert.equal((await stand.channel.charge(order, call)).kind, 'succeeded');
  });

  test('the same charge twice at once pays the order once', async (context) => {
    const stand = await mobileStandOf(context, { settings: { reverseAfterMs: 60_000 } });
    const { order } = await mobilePresettled(stand);
    const outcomes = await Promise.all([1, 2].map(() => stand.channel.charge(order, call)));
    assert.ok(outcomes.every(({ kind }) => kind === 'succeeded' || kind === 'unknown'), JSON.stringify(outcomes));
    assert.equal(stand.received('6202').length, 1);
  });

  test('a refusal of the repeat is not a refusal of the payment', async (context) => {
    const stand = await mobileStandOf(context);
    const { order } = await mobilePresettled(stand);
    stand.simulator.faults.inject({ on: '6202', fault: 'dropBeforeExecuting' });
    await stand.channel.charge(order, call);
    stand.simulator.faults.inject({ on: '6202', fault: 'refuse' });
    assert.equal((await stand.channel.charge(order, call)).kind, 'unknown');
    assert.equal((await stand.channel.charge(order, call)).kind, 'succeeded');
  });

  test('a refusal is declined; signed by another key, or told by a gateway that timed out, it is not', async (context) => {
    const stand = await mobileStandOf(context);
    for (const [fault, kind, after] of [['refuse', 'declined', 'declined'], ['refuseForged', 'unknown', 'notFound'], ['executeThenGatewayTimeout', 'unknown', 'succeeded']] as const) {
      const { order } = await mobilePresettled(stand);
      stand.simulator.faults.inject({ on: '6202', fault });
      assert.equal((await stand.channel.charge(order, call)).kind, kind);
      assert.equal((await stand.channel.query(referenceOf(order), call)).kind, after);
    }
  });

  test('an order nobody knows the end of is not forgotten, however old it is', async (context) => {
    const stand = await mobileStandOf(context, { settings: { keepDays: 3 } });
    const { order } = await mobilePresettled(stand);
    stand.simulator.faults.inject({ on: '6202', fault: 'executeThenDrop' });
    assert.equal((await stand.channel.charge(order, call)).kind, 'unknown');
    stand.wait(9 * 86_400_000);
    assert.equal((await (await stand.restart()).channel.query(referenceOf(order), call)).kind, 'succeeded');
  });

  test('two payments of one order settle it once', async (context) => {
    const stand = await mobileStandOf(context);
    const { request, insuredFen } = await mobilePresettled(stand);
    const outcomes = await Promise.all(['T00000A', 'T00000B'].map((tradeNo) => stand.channel.charge(orderOf(request.presettlementNo, insuredFen, { tradeNo }), call)));
    assert.deepEqual(outcomes.map(({ kind }) => kind).toSorted(), ['notSent', 'succeeded']);
    assert.equal(stand.received('6202').length, 1);
  });

  test('a visit the patient pays alone, another amount, or an order nobody made is not charged', async (context) => {
    const stand = await mobileStandOf(context);
    const { insuredFen, order } = await mobilePresettled(stand, [5_000], { who: POOR.personNo, ownPay: true });
    assert.equal(insuredFen, 0);
    assert.equal((await stand.channel.charge({ ...order, amountFen: 1 }, call)).kind, 'notSent');
    assert.equal((await stand.channel.charge(orderOf('PS999999', 100), call)).kind, 'notSent');
    assert.equal(stand.received('6202').length, 0);
  });

  for (const [state, expected] of Object.entries({ '0': 'notFound', '1': 'notFound', '2': 'pending', '3': 'pending', '4': 'succeeded', '5': 'succeeded', '6': 'succeeded', '7': 'succeeded', '8': 'succeeded', '9': 'succeeded', '10': 'succeeded', '11': 'succeeded', '12': 'closed', '13': 'closed', '14': 'unknown', '15': 'declined', '16': 'unknown', '17': 'unknown', '18': 'unknown' })) {
    test(`an order in state ${state} is ${expected}, and what is final stays so`, async (context) => {
      const stand = await mobileStandOf(context, { mobile: { settles: 'later' } });
      const { order, orderId } = await mobilePresettled(stand);
      assert.equal((await stand.channel.charge(order, call)).kind, 'pending');
      stand.simulator.mobile.put(orderId, state);
      assert.equal((await stand.channel.query(referenceOf(order), call)).kind, expected);
      const asked = stand.received('6301').length;
      assert.equal((await stand.channel.query(referenceOf(order), call)).kind, expected);
      assert.equal(stand.received('6301').length, expected === 'succeeded' ? asked : asked + 1, 'only what is paid is not asked about again');
    });
  }
});

describe('medical insurance, mobile: revoking', () => {
  test('an order that is not settled is revoked by 6401 and cannot be paid; the payment of it is closed', async (context) => {
    const stand = await mobileStandOf(context, { mobile: { settles: 'later' } });
    const { request, order, orderId } = await mobilePresettled(stand);
    assert.equal((await stand.channel.charge(order, call)).kind, 'pending');
    assert.deepEqual(await stand.presettling.abandon({ presettlementNo: request.presettlementNo }, call), { kind: 'abandoned' });
    assert.equal(stand.simulator.mobile.orders.get(orderId)?.state, '12');
    assert.deepEqual(await stand.channel.query(referenceOf(order), call), { kind: 'closed' });
    assert.equal((await stand.channel.charge(order, call)).kind, 'declined');
    assert.deepEqual(await stand.presettling.abandon({ presettlementNo: request.presettlementNo }, call), { kind: 'abandoned' });
    assert.equal(stand.received('6401').length, 1);
  });

  test('a settled order is not revoked, nor one whose state says nothing', async (context) => {
    const stand = await mobileStandOf(context);
    const { request, order, orderId } = await mobilePresettled(stand);
    await stand.channel.charge(order, call);
    assert.deepEqual(await stand.presettling.abandon({ presettlementNo: request.presettlementNo }, call), { kind: 'settled' });
    const other = await mobilePresettled(stand);
    for (const state of ['14', '16', '17']) {
      stand.simulator.mobile.put(other.orderId, state);
      assert.equal((await stand.presettling.abandon({ presettlementNo: other.request.presettlementNo }, call)).kind, 'unknown');
    }
    assert.equal(stand.received('6401').length, 0);
    assert.equal(stand.simulator.mobile.orders.get(orderId)?.state, '6');
  });

  test('a settlement told of an order that was revoked meanwhile is unknown', async (context) => {
    const stand = await mobileStandOf(context);
    const { request, order, orderId } = await mobilePresettled(stand);
    const held = stand.simulator.holdAnswers('6202');
    const charging = stand.channel.charge(order, call);
    await eventually(() => stand.received('6202')[0]);
    stand.simulator.mobile.put(orderId, '1');
    assert.deepEqual(await stand.presettling.abandon({ presettlementNo: request.presettlementNo }, call), { kind: 'abandoned' });
    held.release();
    assert.equal((await charging).kind, 'unknown');
  });

  test('a lost revocation is unknown and asked about; an order an app settled meanwhile is settled', async (context) => {
    const stand = await mobileStandOf(context);
    const { request } = await mobilePresettled(stand);
    stand.simulator.faults.inject({ on: '6401', fault: 'executeThenDrop' });
    assert.equal((await stand.presettling.abandon({ presettlementNo: request.presettlementNo }, call)).kind, 'unknown');
    assert.deepEqual(await stand.presettling.abandon({ presettlementNo: request.presettlementNo }, call), { kind: 'abandoned' });
    const atTheApp = await mobilePresettled(stand);
    stand.simulator.mobile.put(atTheApp.orderId, '6');
    assert.deepEqual(await stand.presettling.abandon({ presettlementNo: atTheApp.request.presettlementNo }, call), { kind: 'settled' });
  });

  test('an answer of done the order does not show is unknown', async (context) => {
    const stand = await mobileStandOf(context);
    const { request, orderId } = await mobilePresettled(stand);
    const revoke = stand.simulator.mobile.transactions['6401'];
    assert.ok(revoke !== undefined);
    Object.assign(stand.simulator.mobile.transactions, { '6401': () => ({}) });
    assert.equal((await stand.presettling.abandon({ presettlementNo: request.presettlementNo }, call)).kind, 'unknown');
    assert.equal(stand.simulator.mobile.orders.get(orderId)?.state, '1');
  });
});
