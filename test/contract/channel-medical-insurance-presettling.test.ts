import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { call, orderOf, presettlementOf, SOME } from './channel-medical-insurance-subject.js';
import { presettled, settled, standOf } from './channel-medical-insurance-stand.js';

describe('medical insurance: finding the insured', () => {
  test('a voucher, an ID card and a social card name the person, the insurance, its place and balance', async (context) => {
    const { presettling, simulator } = await standOf(context);
    const expected = { kind: 'found', person: { personNo: SOME.personNo, name: '测试丙', insurances: [{ type: '310', place: '430000', accountBalanceFen: 1_500, isActive: true }] } };
    for (const voucher of [{ kind: 'electronicVoucher', number: simulator.centre.showVoucher(SOME.personNo) }, { kind: 'idCard', number: SOME.idNo }, { kind: 'socialCard', number: 'A00000003' }] as const) {
      assert.deepEqual(await presettling.findInsured({ voucher }, call), expected);
    }
  });

  test('somebody the centre does not know is declined, an answer without a person is unknown, an authorisation is for mobile payment', async (context) => {
    const { presettling, simulator } = await standOf(context);
    assert.equal((await presettling.findInsured({ voucher: { kind: 'idCard', number: '440000200001010099' } }, call)).kind, 'declined');
    simulator.faults.inject({ on: '1101', fault: 'executeThenGarbage' });
    assert.equal((await presettling.findInsured({ voucher: { kind: 'idCard', number: SOME.idNo } }, call)).kind, 'unknown');
    assert.equal((await presettling.findInsured({ voucher: { kind: 'authorization', number: 'AUTH1' } }, call)).kind, 'notSent');
  });
});

describe('medical insurance: pre-settlement', () => {
  test('the split is told, adds up, and moves no money', async (context) => {
    const { presettling, simulator, received } = await standOf(context);
    const request = presettlementOf([3_333, 6_667], { personNo: SOME.personNo, voucher: { kind: 'idCard', number: SOME.idNo } });
    const outcome = await presettling.presettle(request, call);
    assert.ok(outcome.kind === 'presettled');
    assert.deepEqual([outcome.totalFen, outcome.fundFen, outcome.accountFen, outcome.cashFen], [10_000, 7_000, 1_500, 1_500]);
    assert.equal(simulator.centre.people.get(SOME.personNo)?.balanceFen, 1_500);
    assert.deepEqual(['2201', '2203', '2204', '2206', '2207'].map((infno) => received(infno).length), [1, 1, 1, 1, 0]);
  });

  for (const infno of ['2201', '2203', '2204', '2206'] as const) {
    for (const fault of ['executeThenDrop', 'dropBeforeExecuting', 'executeThenGarbage', 'executeThenServerError', 'unlistedCode'] as const) {
      test(`${infno} that ends in ${fault} is unknown; asked again it goes on, and no fee is at the centre twice`, async (context) => {
        const { presettling, simulator, channel } = await standOf(context, { settings: { feesPerUpload: 2 } });
        const request = presettlementOf([1_000, 2_000, 3_000, 4_000, 5_000]);
        if (infno === '2204') simulator.faults.inject({ on: '2204', fault: 'refuse' });
        if (infno === '2204') await presettling.presettle(request, call);
        simulator.faults.inject({ on: infno, fault });
        assert.equal((await presettling.presettle(request, call)).kind, 'unknown');
        const outcome = await presettling.presettle(request, call);
        assert.ok(outcome.kind === 'presettled', JSON.stringify(outcome));
        assert.deepEqual(simulator.centre.feesOf(outcome.visitNo).map(({ amountFen }) => amountFen), [1_000, 2_000, 3_000, 4_000, 5_000]);
        assert.equal((await channel.charge(orderOf(request.presettlementNo, outcome.fundFen + outcome.accountFen), call)).kind, 'succeeded');
      });
    }
  }

  test('an upload without an answer is taken back by 2205 before it is repeated, and 2205 without an answer as well', async (context) => {
    const { presettling, simulator, received } = await standOf(context);
    const request = presettlementOf([1_000, 2_000]);
    simulator.faults.inject({ on: '2204', fault: 'executeThenDrop' });
    await presettling.presettle(request, call);
    simulator.faults.inject({ on: '2205', fault: 'executeThenDrop' });
    assert.equal((await presettling.presettle(request, call)).kind, 'unknown');
    assert.equal(received('2204').length, 1, 'nothing is uploaded while the centre may hold the fees');
    assert.equal((await presettling.presettle(request, call)).kind, 'presettled');
    assert.deepEqual([received('2204').length, received('2205').length, received('2601').length], [2, 2, 0]);
  });

  test('an undoing that never left does not make the lost upload forgotten', async (context) => {
    const stand = await standOf(context);
    const request = presettlementOf([1_000, 2_000]);
    stand.simulator.faults.inject({ on: '2204', fault: 'executeThenDrop' });
    await stand.presettling.presettle(request, call);
    const cutOff = await stand.restart({ baseUrl: 'http://127.0.0.1:1' });
    assert.equal((await cutOff.presettling.presettle(request, call)).kind, 'notSent');
    assert.equal((await stand.presettling.presettle(request, call)).kind, 'presettled');
    assert.equal(stand.received('2205').length, 1);
  });

  test('an answer that does not name every fee is unknown', async (context) => {
    const { presettling, simulator } = await standOf(context);
    const request = presettlementOf([1_000, 2_000]);
    simulator.faults.inject({ on: '2204', fault: 'executeThenLessFees' });
    assert.equal((await presettling.presettle(request, call)).kind, 'unknown');
    assert.equal((await presettling.presettle(request, call)).kind, 'presettled');
  });

  test('a registration without an answer is made again; where the province reverses it by 2601, it is reversed first', async (context) => {
    const stand = await standOf(context, { settings: { reversesRegistration: true } });
    stand.simulator.centre.alsoReversible.push('2201');
    stand.simulator.faults.inject({ on: '2201', fault: 'executeThenDrop' });
    const request = presettlementOf([1_000]);
    await stand.presettling.presettle(request, call);
    assert.equal((await stand.presettling.presettle(request, call)).kind, 'presettled');
    assert.equal([...stand.simulator.centre.visits.values()].filter(({ hospitalVisitNo, isTaken }) => hospitalVisitNo === request.visit.hospitalVisitNo && !isTaken).length, 1);
  });

  test('asked again after a restart it uploads nothing anew and tells the same split', async (context) => {
    const stand = await standOf(context);
    const request = presettlementOf([1_000, 2_000]);
    const first = await stand.presettling.presettle(request, call);
    const again = await (await stand.restart()).presettling.presettle(request, call);
    assert.deepEqual(again, first);
    assert.deepEqual(['2201', '2203', '2204'].map((infno) => stand.received(infno).length), [1, 1, 1]);
  });

  test('changed fees: those uploaded before are taken back by 2205, and the split is of the new ones', async (context) => {
    const stand = await standOf(context);
    const before = await presettled(stand, [1_000, 2_000]);
    const request = { ...before.request, fees: presettlementOf([4_000]).fees };
    const outcome = await stand.presettling.presettle(request, call);
    assert.ok(outcome.kind === 'presettled');
    assert.deepEqual([outcome.totalFen, outcome.visitNo], [4_000, before.visitNo]);
    assert.deepEqual(['2201', '2204', '2205'].map((infno) => stand.received(infno).length), [1, 2, 1]);
    assert.equal((await stand.channel.charge(orderOf(request.presettlementNo, 3_000), call)).kind, 'notSent', 'the split before is no longer charged');
    assert.equal((await stand.channel.charge(orderOf(request.presettlementNo, 4_000), call)).kind, 'succeeded');
  });

  test('while changed fees cannot be taken back, nothing can be charged', async (context) => {
    const stand = await standOf(context);
    const { request, presettlementNo, insuredFen } = await presettled(stand, [1_000]);
    stand.simulator.faults.inject({ on: '2205', fault: 'executeThenDrop' });
    assert.equal((await stand.presettling.presettle({ ...request, fees: presettlementOf([4_000]).fees }, call)).kind, 'unknown');
    assert.equal((await stand.channel.charge(orderOf(presettlementNo, insuredFen), call)).kind, 'notSent');
  });

  test('the same number for another person or visit is not sent', async (context) => {
    const stand = await standOf(context);
    const { request } = await presettled(stand, [1_000]);
    const sent = stand.simulator.interface.received.length;
    assert.equal((await stand.presettling.presettle({ ...request, visit: { ...request.visit, hospitalVisitNo: 'OP999999' } }, call)).kind, 'notSent');
    assert.equal(stand.simulator.interface.received.length, sent);
  });

  test('a total that is not the sum of what was uploaded, or a split of another visit, is unknown', async (context) => {
    const { presettling, simulator } = await standOf(context);
    for (const fields of [{ medfee_sumamt: '30.01', psn_cash_pay: '0.01', psn_part_amt: '9.01' }, { mdtrt_id: 'MD9999999999' }, { fund_pay_sumamt: '22.00' }]) {
      simulator.faults.inject({ on: '2206', fault: { kind: 'executeThenOtherFields', fields } });
      assert.equal((await presettling.presettle(presettlementOf([1_000, 2_000]), call)).kind, 'unknown');
    }
  });
});

describe('medical insurance: abandoning a pre-settlement', () => {
  test('fees and registration are taken back, once', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo, visitNo, insuredFen } = await presettled(stand);
    for (let time = 0; time < 2; time += 1) assert.deepEqual(await stand.presettling.abandon({ presettlementNo }, call), { kind: 'abandoned' });
    assert.deepEqual([stand.simulator.centre.feesOf(visitNo).length, stand.simulator.centre.visits.get(visitNo)?.isTaken], [0, true]);
    assert.deepEqual(['2205', '2202'].map((infno) => stand.received(infno).length), [1, 1]);
    assert.equal((await stand.channel.charge(orderOf(presettlementNo, insuredFen), call)).kind, 'notSent');
  });

  for (const infno of ['2205', '2202']) {
    for (const fault of ['executeThenDrop', 'dropBeforeExecuting'] as const) {
      test(`${infno} that ends in ${fault} is unknown, and asked again it is abandoned`, async (context) => {
        const stand = await standOf(context);
        const { presettlementNo, visitNo } = await presettled(stand);
        stand.simulator.faults.inject({ on: infno, fault });
        assert.equal((await stand.presettling.abandon({ presettlementNo }, call)).kind, 'unknown');
        assert.deepEqual(await stand.presettling.abandon({ presettlementNo }, call), { kind: 'abandoned' });
        assert.deepEqual([stand.simulator.centre.feesOf(visitNo).length, stand.simulator.centre.visits.get(visitNo)?.isTaken], [0, true]);
      });
    }
  }

  test('a repeat of 2202 that never left does not make the one without an answer forgotten', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo } = await presettled(stand);
    stand.simulator.faults.inject({ on: '2202', fault: 'executeThenDrop' });
    assert.equal((await stand.presettling.abandon({ presettlementNo }, call)).kind, 'unknown');
    const cutOff = await stand.restart({ baseUrl: 'http://127.0.0.1:1' });
    assert.equal((await cutOff.presettling.abandon({ presettlementNo }, call)).kind, 'notSent');
    assert.deepEqual(await stand.presettling.abandon({ presettlementNo }, call), { kind: 'abandoned' });
  });

  test('what is settled, or may be, is not abandoned', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo } = await settled(stand);
    assert.deepEqual(await stand.presettling.abandon({ presettlementNo }, call), { kind: 'settled' });
    const lost = await presettled(stand);
    stand.simulator.faults.inject({ on: '2207', fault: 'executeThenDrop' });
    await stand.channel.charge(orderOf(lost.presettlementNo, lost.insuredFen), call);
    assert.deepEqual(await stand.presettling.abandon({ presettlementNo: lost.presettlementNo }, call), { kind: 'settled' });
  });

  test('a refused payment does not hold it', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo, insuredFen } = await presettled(stand);
    stand.simulator.faults.inject({ on: '2207', fault: 'refuse' });
    await stand.channel.charge(orderOf(presettlementNo, insuredFen), call);
    assert.deepEqual(await stand.presettling.abandon({ presettlementNo }, call), { kind: 'abandoned' });
  });

  test('a number that was given up is declined by name, and another one pre-settles the visit', async (context) => {
    const stand = await standOf(context);
    const { request } = await presettled(stand);
    assert.deepEqual(await stand.presettling.abandon({ presettlementNo: request.presettlementNo }, call), { kind: 'abandoned' });
    const declined = await stand.presettling.presettle(request, call);
    assert.ok(declined.kind === 'declined' && declined.code === 'ABANDONED', JSON.stringify(declined));
    assert.equal((await stand.presettling.presettle({ ...request, presettlementNo: `${request.presettlementNo}B` }, call)).kind, 'presettled');
  });
});
