import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { call } from './channel-medical-insurance-subject.js';
import { refundOf, settled, standOf, type Stand } from './channel-medical-insurance-stand.js';

const DAY = '2026-03-02';
const nextDay = (stand: Stand): void => { stand.wait(86_400_000); };
const statement = (stand: Stand) => stand.channel.downloadStatement({ day: DAY }, call);

describe('medical insurance: the day’s reconciliation', () => {
  test('equal sums: 3201 alone, and the lines are our settlements', async (context) => {
    const stand = await standOf(context);
    const [kept, undone] = [await settled(stand), await settled(stand, [2_000])];
    await stand.channel.refund(refundOf(undone), call);
    nextDay(stand);
    const outcome = await statement(stand);
    assert.ok(outcome.kind === 'ok');
    assert.deepEqual(outcome.totals, { paymentFen: 12_000, refundFen: 2_000, lines: 3 });
    assert.deepEqual(outcome.lines.filter(({ kind }) => kind === 'payment').map(({ tradeNo }) => tradeNo).toSorted(), [kept.order.tradeNo, undone.order.tradeNo].toSorted());
    assert.deepEqual(['3201', '9101', '3202', '9102'].map((infno) => stand.received(infno).length), [2, 0, 0, 0]);
    const sums = Object(Object(stand.received('3201')[0]?.['input'])['data']);
    assert.deepEqual([sums.insutype, sums.clr_type, sums.setl_optins, sums.medfee_sumamt, sums.fixmedins_setl_cnt], ['310', '11', '449900', 100, 3]);
  });

  test('unequal sums: the rows are compared by 9101, 3202 and 9102; a row only we have is no line', async (context) => {
    const stand = await standOf(context);
    const [kept, lost] = [await settled(stand), await settled(stand, [2_000])];
    stand.simulator.reconciliation.oddities.hidden.add(lost.payment.channelTradeNo ?? '');
    nextDay(stand);
    const outcome = await statement(stand);
    assert.ok(outcome.kind === 'ok', JSON.stringify(outcome));
    assert.deepEqual(outcome.lines.map(({ tradeNo }) => tradeNo), [kept.order.tradeNo]);
    assert.deepEqual(['3201', '9101', '3202', '9102'].map((infno) => stand.received(infno).length), [2, 1, 1, 1]);
    assert.match(Buffer.from(outcome.raw).toString('utf8'), /result\.txt/);
  });

  test('a row only the centre has becomes a line without a payment of ours', async (context) => {
    const stand = await standOf(context);
    const paid = await settled(stand);
    const record = stand.simulator.centre.settlements.get(paid.payment.channelTradeNo ?? '') ?? assert.fail();
    stand.simulator.reconciliation.oddities.extra.push({ ...record, settlementId: 'SL8888888888', msgid: 'H44999900001202603020200008888', totalFen: 500, fundFen: 300, accountFen: 200, cashFen: 0 });
    nextDay(stand);
    const outcome = await statement(stand);
    assert.ok(outcome.kind === 'ok', JSON.stringify(outcome));
    const extra = outcome.lines.find(({ channelTradeNo }) => channelTradeNo === 'SL8888888888') ?? assert.fail(JSON.stringify(outcome.lines));
    assert.deepEqual([extra.kind, extra.amountFen], ['payment', 500]);
    assert.equal(outcome.lines.length, 2);
  });

  test('a row with another amount tells the centre’s amount', async (context) => {
    const stand = await standOf(context);
    const paid = await settled(stand);
    stand.simulator.reconciliation.oddities.otherFundFen.set(paid.payment.channelTradeNo ?? '', 6_900);
    nextDay(stand);
    const outcome = await statement(stand);
    assert.ok(outcome.kind === 'ok', JSON.stringify(outcome));
    assert.deepEqual(outcome.lines.map(({ amountFen, status }) => [amountFen, status]), [[9_900, 'different']]);
  });

  test('a centre that lists equal rows as well changes nothing', async (context) => {
    const stand = await standOf(context);
    const [kept, lost] = [await settled(stand), await settled(stand, [2_000])];
    stand.simulator.reconciliation.oddities.hidden.add(lost.payment.channelTradeNo ?? '');
    stand.simulator.reconciliation.oddities.tellsEqualRows = true;
    nextDay(stand);
    const outcome = await statement(stand);
    assert.ok(outcome.kind === 'ok');
    assert.deepEqual(outcome.lines.map(({ tradeNo }) => tradeNo), [kept.order.tradeNo]);
  });

  for (const spoil of ['missingColumn', 'notAnAmount', 'equalWithOtherAmount', 'noZip'] as const) {
    test(`a result that is spoilt (${spoil}) is malformed as a whole`, async (context) => {
      const stand = await standOf(context);
      const [, lost] = [await settled(stand), await settled(stand, [2_000])];
      stand.simulator.reconciliation.oddities.hidden.add(lost.payment.channelTradeNo ?? '');
      stand.simulator.reconciliation.oddities.spoil = spoil;
      nextDay(stand);
      assert.equal((await statement(stand)).kind, 'malformed');
    });
  }

  test('a step without an answer makes the day unknown, to be asked again', async (context) => {
    for (const infno of ['3201', '9101', '3202', '9102']) {
      const stand = await standOf(context);
      const paid = await settled(stand);
      stand.simulator.reconciliation.oddities.otherFundFen.set(paid.payment.channelTradeNo ?? '', 6_900);
      stand.simulator.faults.inject({ on: infno, fault: 'dropBeforeExecuting' });
      nextDay(stand);
      assert.equal((await statement(stand)).kind, 'unknown', infno);
      assert.equal((await statement(stand)).kind, 'ok', infno);
    }
  });

  test('refunds asked apart where the province wants it so', async (context) => {
    const stand = await standOf(context, { settings: { refundsInTotals: 'separate' } });
    const undone = await settled(stand, [2_000]);
    await stand.channel.refund(refundOf(undone), call);
    nextDay(stand);
    const outcome = await statement(stand);
    assert.ok(outcome.kind === 'ok', JSON.stringify(outcome));
    assert.deepEqual(stand.received('3201').map((message) => Object(Object(message['input'])['data']).refd_setl_flag), ['0', '0', '1', '1']);
  });

  test('the day that is not over is not ready; a day without a settlement is empty', async (context) => {
    const stand = await standOf(context);
    await settled(stand);
    assert.equal((await statement(stand)).kind, 'notReady');
    assert.equal((await stand.channel.downloadStatement({ day: '2026-03-01' }, call)).kind, 'empty');
  });

  for (const insuranceType of ['310', '390']) {
    test(`a day we settled nothing on is asked all the same: what only the centre has is a line (${insuranceType})`, async (context) => {
      const stand = await standOf(context);
      const paid = await settled(stand);
      const record = stand.simulator.centre.settlements.get(paid.payment.channelTradeNo ?? '') ?? assert.fail();
      stand.simulator.reconciliation.oddities.extra.push({ ...record, settlementId: 'SL8888888888', msgid: '', insuranceType, at: '2026-03-01T02:00:00Z', totalFen: 500, fundFen: 300, accountFen: 200, cashFen: 0 });
      const outcome = await stand.channel.downloadStatement({ day: '2026-03-01' }, call);
      assert.ok(outcome.kind === 'ok', JSON.stringify(outcome));
      assert.deepEqual(outcome.lines.map(({ channelTradeNo, amountFen, status, isUnnamed }) => [channelTradeNo, amountFen, status, isUnnamed]), [['SL8888888888', 500, 'onlyCentre', true]]);
    });
  }

  test('a settlement of an insurance we settled nothing of is seen beside ours, which stay ours', async (context) => {
    const stand = await standOf(context);
    const paid = await settled(stand);
    const record = stand.simulator.centre.settlements.get(paid.payment.channelTradeNo ?? '') ?? assert.fail();
    stand.simulator.reconciliation.oddities.extra.push({ ...record, settlementId: 'SL8888888888', msgid: '', insuranceType: '390', totalFen: 500, fundFen: 500, accountFen: 0, cashFen: 0 });
    nextDay(stand);
    const outcome = await statement(stand);
    assert.ok(outcome.kind === 'ok', JSON.stringify(outcome));
    assert.deepEqual(outcome.lines.map(({ channelTradeNo, status }) => [channelTradeNo, status]), [[paid.payment.channelTradeNo, 'settled'], ['SL8888888888', 'onlyCentre']]);
  });

  test('which groups are asked is a setting', async (context) => {
    const stand = await standOf(context, { settings: { reconciliationGroups: [{ insuranceType: '340', clearingType: '12', clearingOffice: '449901' }] } });
    assert.equal((await stand.channel.downloadStatement({ day: '2026-03-01' }, call)).kind, 'empty');
    const [asked] = stand.received('3201').map((message) => Object(Object(message['input'])['data']));
    assert.deepEqual([asked.insutype, asked.clr_type, asked.setl_optins, asked.medfee_sumamt, asked.fixmedins_setl_cnt], ['340', '12', '449901', 0, 0]);
    stand.simulator.faults.inject({ on: '3201', fault: 'refuse' });
    const refused = await stand.channel.downloadStatement({ day: '2026-03-01' }, call);
    assert.ok(refused.kind === 'unknown' && refused.reason.includes('340/12/449901'), 'a group the centre does not know is named');
  });

  test('what was sent before midnight and settled after it belongs to the day of the centre', async (context) => {
    const stand = await standOf(context);
    stand.wait(14 * 3_600_000 - 1_000);
    const held = await settled(stand, [1_000]);
    assert.match(held.payment.paidAt ?? '', /^2026-03-02T23:59:59/);
    nextDay(stand);
    assert.equal((await statement(stand)).kind, 'ok');
  });
});
