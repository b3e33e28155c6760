import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { PluginStore } from '@hospay/plugin-sdk';

import { text } from '../simulators/medical-insurance/wire-values.js';
import { activate, call, orderOf, POOR, SOME } from './channel-medical-insurance-subject.js';
import { eventually, patient, presettled, referenceOf, refundOf, settled, standOf, type Stand } from './channel-medical-insurance-stand.js';

const countOf = ({ simulator }: Stand, visitNo: string): number => simulator.centre.settlementsOf(visitNo).filter(({ undoes }) => undoes === undefined).length;

describe('medical insurance: settling a visit', () => {
  test('a message number has 30 places, is never used twice, and stands in the store before its first byte goes out', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo, insuredFen } = await presettled(stand);
    stand.simulator.faults.inject({ on: '2207', fault: 'neverExecute' });
    const order = orderOf(presettlementNo, insuredFen);
    const waiting = patient();
    const charging = stand.channel.charge(order, waiting.context);
    const message = await eventually(() => stand.received('2207')[0]);
    const msgid = text(message, 'msgid');
    assert.match(msgid, /^H44999900001\d{14}\d{4}$/);
    assert.equal(msgid.length, 30);
    assert.deepEqual(await stand.store.get(`message/${msgid}`), { infno: '2207', of: order.tradeNo });
    const kept = await stand.store.list('pay/');
    assert.equal(kept.length, 1);
    assert.equal(Reflect.get(Object(kept[0]?.value), 'msgid'), msgid);
    waiting.giveUp();
    assert.equal((await charging).kind, 'unknown');
    const ids = stand.simulator.interface.received.map((received) => text(received, 'msgid'));
    assert.equal(new Set(ids).size, ids.length);
  });

  test('a plugin killed between intent and answer finds its settlement after the restart, by its message number', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo, insuredFen, visitNo } = await presettled(stand);
    stand.simulator.faults.inject({ on: '2207', fault: 'executeThenNeverAnswer' });
    const order = orderOf(presettlementNo, insuredFen);
    const waiting = patient();
    const killed = stand.channel.charge(order, waiting.context);
    await eventually(() => (countOf(stand, visitNo) === 1 ? true : undefined));
    const restarted = await stand.restart();
    const news = await restarted.channel.query(referenceOf(order), call);
    assert.ok(news.kind === 'succeeded', JSON.stringify(news));
    assert.deepEqual([news.amountFen, news.tradeNo, news.merchantNo], [insuredFen, order.tradeNo, 'H44999900001']);
    assert.equal((await restarted.channel.charge(order, call)).kind, 'succeeded');
    assert.deepEqual([countOf(stand, visitNo), stand.received('2207').length, stand.received('2601').length], [1, 1, 0]);
    waiting.giveUp();
    await killed;
  });

  test('a plugin killed before the centre did anything reverses by the old message number and settles anew with another', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo, insuredFen, visitNo } = await presettled(stand);
    stand.simulator.faults.inject({ on: '2207', fault: 'neverExecute' });
    const order = orderOf(presettlementNo, insuredFen);
    const waiting = patient();
    const killed = stand.channel.charge(order, waiting.context);
    const lost = text(await eventually(() => stand.received('2207')[0]), 'msgid');
    const restarted = await stand.restart();
    assert.deepEqual(await restarted.channel.query(referenceOf(order), call), { kind: 'notFound' });
    const reversal = stand.received('2601')[0] ?? assert.fail('nothing was reversed');
    assert.deepEqual(reversal['input'], { data: { psn_no: '44000000000000000001', omsgid: lost, oinfno: '2207' } });
    assert.equal((await restarted.channel.charge(order, call)).kind, 'succeeded');
    const [first, second] = stand.received('2207').map((message) => text(message, 'msgid'));
    assert.notEqual(first, second);
    assert.equal(countOf(stand, visitNo), 1);
    waiting.giveUp();
    await killed;
  });

  test('an unknown settlement is not sent again: a repeated charge says unknown until the query knows', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo, insuredFen, visitNo } = await presettled(stand);
    stand.simulator.faults.inject({ on: '2207', fault: 'executeThenDrop' });
    const order = orderOf(presettlementNo, insuredFen);
    for (let attempt = 0; attempt < 3; attempt += 1) assert.equal((await stand.channel.charge(order, call)).kind, 'unknown');
    assert.equal(stand.received('2207').length, 1);
    assert.equal((await stand.channel.query(referenceOf(order), call)).kind, 'succeeded');
    assert.equal((await stand.channel.charge(order, call)).kind, 'succeeded');
    assert.equal(countOf(stand, visitNo), 1);
  });

  test('a settlement may still be at work: it is reversed only after the time that is set', async (context) => {
    const stand = await standOf(context, { settings: { reverseAfterMs: 60_000 } });
    const { presettlementNo, insuredFen } = await presettled(stand);
    stand.simulator.faults.inject({ on: '2207', fault: 'dropBeforeExecuting' });
    const order = orderOf(presettlementNo, insuredFen);
    assert.equal((await stand.channel.charge(order, call)).kind, 'unknown');
    assert.equal((await stand.channel.query(referenceOf(order), call)).kind, 'unknown');
    assert.equal(stand.received('2601').length, 0);
    stand.wait(60_000);
    assert.deepEqual(await stand.channel.query(referenceOf(order), call), { kind: 'notFound' });
  });

  test('a reversal without an answer leaves it unknown and is repeated; a late answer of the settlement is not believed then', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo, insuredFen, visitNo } = await presettled(stand);
    stand.simulator.faults.inject({ on: '2207', fault: 'executeThenDrop' });
    stand.simulator.faults.inject({ on: '5203', fault: 'refuse' });
    stand.simulator.faults.inject({ on: '2601', fault: 'executeThenDrop' });
    const order = orderOf(presettlementNo, insuredFen);
    assert.equal((await stand.channel.charge(order, call)).kind, 'unknown');
    assert.equal((await stand.channel.query(referenceOf(order), call)).kind, 'unknown');
    assert.equal((await stand.channel.charge(order, call)).kind, 'unknown');
    assert.deepEqual(await stand.channel.query(referenceOf(order), call), { kind: 'notFound' });
    assert.equal(countOf(stand, visitNo), 0);
    assert.deepEqual(stand.received('2601').map((message) => text(Object(Object(message['input'])['data']), 'omsgid')).filter((id, index, all) => all.indexOf(id) === index).length, 1);
  });

  test('an answer that crosses its own reversal is not a success', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo, insuredFen, visitNo } = await presettled(stand);
    const held = stand.simulator.holdAnswers('2207');
    const order = orderOf(presettlementNo, insuredFen);
    const charging = stand.channel.charge(order, call);
    await eventually(() => (countOf(stand, visitNo) === 1 ? true : undefined));
    stand.simulator.faults.inject({ on: '5203', fault: 'refuse' });
    assert.deepEqual(await stand.channel.query(referenceOf(order), call), { kind: 'notFound' });
    held.release();
    assert.equal((await charging).kind, 'unknown');
    assert.equal(countOf(stand, visitNo), 0);
    assert.deepEqual(await stand.channel.query(referenceOf(order), call), { kind: 'notFound' });
  });

  test('nor is one that comes while its reversal is under way', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo, insuredFen, visitNo } = await presettled(stand);
    const [settling, reversing] = [stand.simulator.holdAnswers('2207'), stand.simulator.holdAnswers('2601')];
    const order = orderOf(presettlementNo, insuredFen);
    const charging = stand.channel.charge(order, call);
    await eventually(() => (countOf(stand, visitNo) === 1 ? true : undefined));
    stand.simulator.faults.inject({ on: '5203', fault: 'refuse' });
    const asking = stand.channel.query(referenceOf(order), call);
    await eventually(() => (stand.received('2601').length === 1 ? true : undefined));
    settling.release();
    assert.equal((await charging).kind, 'unknown');
    reversing.release();
    assert.deepEqual(await asking, { kind: 'notFound' });
  });

  test('one that is written down just before its reversal would be stands, and nothing is reversed', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo, insuredFen, visitNo } = await presettled(stand);
    const held = stand.simulator.holdAnswers('2207');
    const order = orderOf(presettlementNo, insuredFen);
    const charging = stand.channel.charge(order, call);
    await eventually(() => (countOf(stand, visitNo) === 1 ? true : undefined));
    const [about, mayGoOn] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const claim: PluginStore['claim'] = async (key, value) => {
      if (Reflect.get(Object(value), 'state') === 'reversing') {
        about.resolve(undefined);
        await mayGoOn.promise;
      }
      return stand.store.claim(key, value);
    };
    const asking = await activate({ simulator: stand.simulator, now: stand.now, store: { ...stand.store, claim }, settings: { headerSigner: 'tif', bodyCipher: 'plain' } });
    context.after(() => asking.stop());
    stand.simulator.faults.inject({ on: '5203', fault: 'refuse' });
    const asked = asking.channel.query(referenceOf(order), call);
    await about.promise;
    held.release();
    assert.equal((await charging).kind, 'succeeded');
    mayGoOn.resolve(undefined);
    assert.equal((await asked).kind, 'succeeded');
    assert.deepEqual([countOf(stand, visitNo), stand.received('2601').length], [1, 0]);
  });

  test('what the centre refuses to reverse and has stands', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo, insuredFen } = await presettled(stand);
    stand.simulator.faults.inject({ on: '2207', fault: 'executeThenDrop' });
    stand.simulator.faults.inject({ on: '5203', fault: 'refuse' });
    stand.simulator.faults.inject({ on: '2601', fault: 'refuse' });
    const order = orderOf(presettlementNo, insuredFen);
    await stand.channel.charge(order, call);
    assert.equal((await stand.channel.query(referenceOf(order), call)).kind, 'succeeded');
  });

  for (const [what, fields] of Object.entries({
    'fund, account and cash that are not the whole': { psn_cash_pay: '0.02', psn_part_amt: '30.02' },
    'account and cash that are not the personal part': { psn_part_amt: '29.98' },
    'parts of the fund that are not the fund': { hifmi_pay: '0.02' },
    'an amount that is none': { hifp_pay: '7o.00' },
    'a third decimal': { acct_pay: '30.001' },
    'another total, whole in itself': { medfee_sumamt: '100.01', psn_cash_pay: '0.01', psn_part_amt: '30.01' },
    'another visit': { mdtrt_id: 'MD9999999999' },
    'another person': { psn_no: '44000000000000000002' },
    'another message': { medins_setl_id: 'H44999900001202603020200009999' },
    'no settlement number': { setl_id: null },
    'no time': { setl_time: '2026-02-31 00:00:00' },
  })) {
    test(`a settlement answered with ${what} is unknown, and the look-up tells the truth`, async (context) => {
      const stand = await standOf(context);
      const { presettlementNo, insuredFen } = await presettled(stand);
      assert.equal(insuredFen, 10_000);
      stand.simulator.faults.inject({ on: '2207', fault: { kind: 'executeThenOtherFields', fields } });
      const order = orderOf(presettlementNo, insuredFen);
      assert.equal((await stand.channel.charge(order, call)).kind, 'unknown');
      assert.equal((await stand.channel.query(referenceOf(order), call)).kind, 'succeeded');
    });
  }

  for (const fields of [{ psn_part_amt: '30.01' }, { hifp_pay: '69.99' }, { psn_part_amt: null, hifp_pay: null, cvlserv_pay: null, hifes_pay: null, hifmi_pay: null, hifob_pay: null, maf_pay: null, oth_pay: null }]) {
    test(`a cent of the centre's own rounding, or parts it does not tell, is no contradiction (${Object.keys(fields)[0] ?? ''} ${String(Object.values(fields)[0])})`, async (context) => {
      const stand = await standOf(context);
      const { presettlementNo, insuredFen } = await presettled(stand);
      stand.simulator.faults.inject({ on: '2207', fault: { kind: 'executeThenOtherFields', fields } });
      assert.equal((await stand.channel.charge(orderOf(presettlementNo, insuredFen), call)).kind, 'succeeded');
    });
  }

  for (const numbers of ['text', 'number'] as const) {
    test(`amounts and infcode as ${numbers} read the same, and the split adds up to the amount`, async (context) => {
      const stand = await standOf(context, { numbers, settings: { amountForm: numbers } });
      const { presettlementNo, insuredFen } = await presettled(stand, [3_333, 7], { personNo: SOME.personNo, voucher: { kind: 'idCard', number: SOME.idNo }, insuredPlace: '430000' });
      const outcome = await stand.channel.charge(orderOf(presettlementNo, insuredFen), call);
      assert.ok(outcome.kind === 'succeeded');
      assert.deepEqual([outcome.amountFen, outcome.insuranceSplit], [2_338 + 1_002, { fundFen: 2_338, accountFen: 1_002 }]);
      assert.equal(stand.received('2207')[0]?.['insuplc_admdvs'], '430000');
      const told = await stand.channel.query(referenceOf(orderOf(presettlementNo, insuredFen)), call);
      assert.deepEqual(told, outcome);
      const sent = Object(Object(stand.received('2207')[0]?.['input'])['data']);
      assert.equal(typeof sent.medfee_sumamt, numbers === 'text' ? 'string' : 'number');
    });
  }

  test('a refusal is declined for good; a time-out of the gateway told with the same code is not', async (context) => {
    const stand = await standOf(context);
    const [refused, timedOut] = [await presettled(stand), await presettled(stand)];
    stand.simulator.faults.inject({ on: '2207', fault: 'refuse' });
    const declined = await stand.channel.charge(orderOf(refused.presettlementNo, refused.insuredFen), call);
    assert.ok(declined.kind === 'declined');
    assert.deepEqual([declined.code, declined.message], ['-1', '基金支付异常，交易已拒绝']);
    assert.deepEqual(await stand.channel.query(referenceOf(orderOf(refused.presettlementNo, refused.insuredFen)), call), declined);
    stand.simulator.faults.inject({ on: '2207', fault: 'executeThenGatewayTimeout' });
    const order = orderOf(timedOut.presettlementNo, timedOut.insuredFen);
    assert.equal((await stand.channel.charge(order, call)).kind, 'unknown');
    assert.equal((await stand.channel.query(referenceOf(order), call)).kind, 'succeeded');
  });

  test('a refusal in bytes that are no UTF-8 is unknown', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo, insuredFen } = await presettled(stand);
    stand.simulator.faults.inject({ on: '2207', fault: 'refuseInGbk' });
    assert.equal((await stand.channel.charge(orderOf(presettlementNo, insuredFen), call)).kind, 'unknown');
  });

  test('two charges of one pre-settlement settle it once', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo, insuredFen, visitNo } = await presettled(stand);
    const outcomes = await Promise.all(['T00000A', 'T00000B'].map((tradeNo) => stand.channel.charge(orderOf(presettlementNo, insuredFen, { tradeNo }), call)));
    assert.deepEqual(outcomes.map(({ kind }) => kind).toSorted(), ['notSent', 'succeeded']);
    assert.deepEqual([countOf(stand, visitNo), stand.received('2207').length], [1, 1]);
  });

  test('the same charge twice at once settles once', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo, insuredFen, visitNo } = await presettled(stand);
    const outcomes = await Promise.all([1, 2].map(() => stand.channel.charge(orderOf(presettlementNo, insuredFen), call)));
    assert.deepEqual(outcomes.map(({ kind }) => kind).toSorted(), ['succeeded', 'unknown']);
    assert.deepEqual([countOf(stand, visitNo), stand.received('2207').length], [1, 1]);
  });

  test('a payment that was refused leaves the pre-settlement to the next, and cannot come back', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo, insuredFen } = await presettled(stand);
    stand.simulator.faults.inject({ on: '2207', fault: 'refuse' });
    const [first, second] = ['T00000A', 'T00000B'].map((tradeNo) => orderOf(presettlementNo, insuredFen, { tradeNo }));
    if (first === undefined || second === undefined) assert.fail();
    assert.equal((await stand.channel.charge(first, call)).kind, 'declined');
    assert.equal((await stand.channel.charge(second, call)).kind, 'succeeded');
    assert.equal((await stand.channel.charge(first, call)).kind, 'declined');
    assert.equal(stand.received('2207').length, 2);
  });

  test('another amount than fund and account pay is not sent, nor a pre-settlement nobody made', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo, insuredFen } = await presettled(stand);
    assert.equal((await stand.channel.charge(orderOf(presettlementNo, insuredFen + 1), call)).kind, 'notSent');
    assert.equal((await stand.channel.charge(orderOf('PS999999', insuredFen), call)).kind, 'notSent');
    assert.equal(stand.received('2207').length, 0);
  });

  test('the account is not touched when it is not to be used', async (context) => {
    const stand = await standOf(context);
    const before = stand.simulator.centre.people.get('44000000000000000001')?.balanceFen;
    const { order, payment } = await settled(stand, [10_000], { usesAccount: false });
    assert.equal(order.amountFen, 7_000);
    const told = await stand.channel.query(payment, call);
    assert.ok(told.kind === 'succeeded');
    assert.deepEqual(told.insuranceSplit, { fundFen: 7_000, accountFen: 0 });
    assert.equal(stand.simulator.centre.people.get('44000000000000000001')?.balanceFen, before);
    assert.equal(Object(Object(stand.received('2207')[0]?.['input'])['data']).acct_used_flag, '0');
  });

  test('a visit the insurance pays nothing of is pre-settled as cash, and there is nothing to charge', async (context) => {
    const stand = await standOf(context);
    const request = await presettled(stand, [5_000], { ownPay: true, personNo: POOR.personNo, voucher: { kind: 'idCard', number: POOR.idNo }, insuranceType: '390' });
    assert.equal(request.insuredFen, 0);
    assert.equal((await stand.channel.charge(orderOf(request.presettlementNo, 1), call)).kind, 'notSent');
  });

  test('a voucher that expired before the settlement is refused by the centre; pre-settled again with a new one it settles', async (context) => {
    const stand = await standOf(context);
    const voucher = () => ({ kind: 'electronicVoucher', number: stand.simulator.centre.showVoucher('44000000000000000001') }) as const;
    const { request, presettlementNo, insuredFen } = await presettled(stand, [10_000], { voucher: voucher() });
    stand.wait(11 * 60_000);
    const declined = await stand.channel.charge(orderOf(presettlementNo, insuredFen), call);
    assert.ok(declined.kind === 'declined' && declined.message.includes('电子凭证已失效'));
    assert.equal((await stand.presettling.presettle({ ...request, voucher: voucher() }, call)).kind, 'presettled');
    assert.equal((await stand.channel.charge(orderOf(presettlementNo, insuredFen, { tradeNo: 'T00000B' }), call)).kind, 'succeeded');
    const uploads = stand.received('2204');
    assert.equal(uploads.length, 1, 'the fees were uploaded once');
  });

  test('a voucher is forgotten once it has done its work, and never told to the platform', async (context) => {
    const stand = await standOf(context);
    const number = stand.simulator.centre.showVoucher('44000000000000000001');
    const { payment } = await settled(stand, [10_000], { voucher: { kind: 'electronicVoucher', number } });
    const kept = JSON.stringify(await stand.store.list('', { limit: 1_000 }));
    assert.ok(!kept.includes(number));
    assert.deepEqual(JSON.parse(payment.channelNote ?? ''), { visit: 'MD0000000001', settlement: 'SL0000000001' }, 'the platform keeps what the centre calls it, nothing of the person');
  });

  test('what nobody knows the end of is not forgotten, however old it is', async (context) => {
    const stand = await standOf(context, { settings: { keepDays: 3 } });
    const { presettlementNo, insuredFen } = await presettled(stand);
    const done = await settled(stand);
    const order = orderOf(presettlementNo, insuredFen);
    stand.simulator.faults.inject({ on: '2207', fault: 'executeThenDrop' });
    stand.simulator.faults.inject({ on: '2208', fault: 'executeThenDrop' });
    assert.equal((await stand.channel.charge(order, call)).kind, 'unknown');
    assert.equal((await stand.channel.refund(refundOf(done), call)).kind, 'unknown');
    stand.wait(9 * 86_400_000);
    const later = await stand.restart();
    assert.equal((await later.channel.query(referenceOf(order), call)).kind, 'succeeded');
    assert.equal((await later.channel.queryRefund(refundOf(done), call)).kind, 'succeeded');
    const last = await stand.restart();
    assert.equal((await last.store.list('pay/')).length + (await last.store.list('undo/')).length, 0, 'and forgotten once it is known');
  });

  test('a charge that could not wait is unknown, and an answer without its deadline stays in the books', async (context) => {
    const stand = await standOf(context);
    const { presettlementNo, insuredFen } = await presettled(stand);
    stand.simulator.faults.inject({ on: '2207', fault: 'executeThenNeverAnswer' });
    const order = orderOf(presettlementNo, insuredFen);
    const waiting = patient();
    const charging = stand.channel.charge(order, waiting.context);
    await eventually(() => stand.received('2207')[0]);
    waiting.giveUp();
    assert.equal((await charging).kind, 'unknown');
    stand.simulator.faults.inject({ on: '5203', fault: 'executeThenServerError' });
    assert.equal((await stand.channel.query(referenceOf(order), call)).kind, 'unknown');
    assert.equal((await stand.channel.query(referenceOf(order), call)).kind, 'succeeded');
  });
});
