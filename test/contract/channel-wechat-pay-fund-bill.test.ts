import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { FundStatementLine } from '@hospay/plugin-sdk';

import { scannedCodeSettings } from './channel-wechat-pay-subject.js';
import { call, orderOf, referenceTo } from './channel-requests.js';
import { dayOf, refundOf, standOf, type Stand } from './channel-wechat-pay-stand.js';

/** 资金账单: what settlement is checked against. */
describe('wechat-pay: the fund statement', () => {
  test('payments, commission, refunds and returned commission are told with the balance after each, and lead from the opening to the closing balance', async (context) => {
    const stand = await standOf(context, { simulator: { openingBalanceFen: 50_000 } });
    await business(stand);
    const statement = await stand.channel.downloadFundStatement({ day: dayOf(stand), account: 'basic' }, call());
    assert.ok(statement.kind === 'ok', JSON.stringify(statement));
    assert.deepEqual(statement.lines.map(({ kind, direction, amountFen }) => [kind, direction, amountFen]), [
      ['payment', 'in', 10_000], ['fee', 'out', 60], ['refund', 'out', 4_000], ['feeReturned', 'in', 24],
    ]);
    assert.deepEqual(statement.totals, { lines: 4, inLines: 2, inFen: 10_024, outLines: 2, outFen: 4_060 });
    assert.equal(statement.lines.at(-1)?.balanceFen, stand.simulator.balanceFen());
    const file = await stand.channel.fetchFundStatement?.({ day: dayOf(stand), account: 'basic' }, call());
    assert.ok(file?.kind === 'file' && file.sha256 === statement.sha256, JSON.stringify(file?.kind));
    const lines: FundStatementLine[] = [];
    const read = await stand.readFundStatementFile({ day: dayOf(stand), raw: file.raw }, (line) => { lines.push(line); });
    assert.deepEqual([read, lines], [{ kind: 'ok', totals: statement.totals }, statement.lines], 'fetched and read beside the payments it says the same');
    const [payment, , refund] = statement.lines;
    assert.deepEqual([payment?.businessNo, payment?.voucherNo], [stand.simulator.orders.findOrder('FUNDS001')?.payments[0]?.transactionId, 'FUNDS001']);
    assert.deepEqual([refund?.businessNo, refund?.voucherNo], [stand.simulator.orders.findRefund('RFUNDS01')?.refundId, 'RFUNDS01']);
  });

  test('a reversed scanned code comes and goes', async (context) => {
    const stand = await standOf(context, { settings: (credentials) => ({ methods: ['paymentCode'], ...scannedCodeSettings(credentials, 'v2'), reverseAfterMs: 0 }), simulator: { reverseWaitMs: 0 } });
    const order = orderOf(stand, 'REVFUND1', 'paymentCode', { authCode: stand.simulator.newPaymentCode('asksPassword') });
    await stand.channel.charge(order, call());
    stand.simulator.pay('REVFUND1');
    stand.simulator.faults.inject({ on: 'orderquery', fault: { kind: 'stillNotPaid' } });
    stand.clock.atMs += 1_000;
    await stand.channel.close(referenceTo(order), call());
    const statement = await stand.channel.downloadFundStatement({ day: dayOf(stand), account: 'basic' }, call());
    assert.ok(statement.kind === 'ok' && statement.totals.inFen === statement.totals.outFen, JSON.stringify(statement));
  });

  test('another account, and a day on which nothing moved, are empty; today is not ready; a file that contradicts itself or its hash is malformed', async (context) => {
    const stand = await standOf(context);
    await business(stand);
    const ask = (day: string, account: 'basic' | 'operation' | 'fees' = 'basic') => stand.channel.downloadFundStatement({ day, account }, call());
    assert.equal((await ask(dayOf(stand), 'fees')).kind, 'empty');
    assert.equal((await ask(dayOf(stand), 'operation')).kind, 'empty');
    assert.equal((await ask(dayOf({ clock: { atMs: stand.clock.atMs - 5 * 86_400_000 } }))).kind, 'empty');
    for (const kind of ['summaryMismatch', 'hashMismatch'] as const) {
      stand.simulator.faults.inject({ on: 'fundBill', fault: { kind } });
      assert.equal((await ask(dayOf(stand))).kind, 'malformed', kind);
    }
    stand.simulator.faults.inject({ on: 'fundBill', fault: { kind: 'fullWidthBrackets' } });
    assert.equal((await ask(dayOf(stand))).kind, 'ok');
    stand.simulator.faults.inject({ on: 'fundFlowBill', fault: { kind: 'refuse', status: 400, code: 'STATEMENT_CREATING', message: '账单生成中' } });
    assert.equal((await ask(dayOf(stand))).kind, 'notReady');
    stand.simulator.faults.inject({ on: 'fundFlowBill', fault: { kind: 'refuse', status: 403, code: 'NO_AUTH', message: '无权限' } });
    assert.equal((await ask(dayOf(stand))).kind, 'unknown');
    for (const kind of ['badSignature', 'missingSignature', 'garbageBody'] as const) {
      stand.simulator.faults.inject({ on: 'fundFlowBill', fault: { kind } });
      assert.equal((await ask(dayOf(stand))).kind, 'unknown', kind);
    }
  });

  test("a sub-merchant's comes encrypted to its service provider, in one part or in several, and is its own alone", async (context) => {
    const stand = await standOf(context, { isPartner: true, simulator: { openingBalanceFen: 50_000 } });
    await business(stand);
    const own = await stand.again({}, { isPartner: false });
    await own.channel.charge(orderOf(stand, 'FUNDSOWN'), call());
    stand.simulator.pay('FUNDSOWN');
    const whole = await stand.channel.downloadFundStatement({ day: dayOf(stand), account: 'basic' }, call());
    assert.ok(whole.kind === 'ok', JSON.stringify(whole));
    assert.deepEqual(whole.lines.map(({ kind, amountFen }) => [kind, amountFen]), [['payment', 10_000], ['fee', 60], ['refund', 4_000], ['feeReturned', 24]]);
    stand.simulator.faults.inject({ on: 'fundBill', fault: { kind: 'inTwoParts' } });
    assert.deepEqual(await stand.channel.downloadFundStatement({ day: dayOf(stand), account: 'basic' }, call()), whole);
    assert.equal((await stand.channel.downloadFundStatement({ day: dayOf(stand), account: 'fees' }, call())).kind, 'empty');
  });

  test("a sub-merchant's that does not open, lacks a part or is not the announced one is never half-used", async (context) => {
    const stand = await standOf(context, { isPartner: true });
    await business(stand);
    for (const [kind, outcome] of [['otherKey', 'unknown'], ['damaged', 'unknown'], ['partMissing', 'unknown'], ['hashMismatch', 'malformed'], ['summaryMismatch', 'malformed']] as const) {
      stand.simulator.faults.inject({ on: 'fundBill', fault: { kind } });
      assert.equal((await stand.channel.downloadFundStatement({ day: dayOf(stand), account: 'basic' }, call())).kind, outcome, kind);
    }
    for (const fault of [{ kind: 'badSignature' }, { kind: 'refuse', status: 403, code: 'NO_AUTH', message: '无权限' }] as const) {
      stand.simulator.faults.inject({ on: 'subMerchantFundFlowBill', fault });
      assert.equal((await stand.channel.downloadFundStatement({ day: dayOf(stand), account: 'basic' }, call())).kind, 'unknown', fault.kind);
    }
  });

  test('the trade bill names digital yuan as the payments do', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'ECNYBILL');
    await stand.channel.charge(order, call());
    stand.simulator.pay('ECNYBILL', { bankType: 'ECNY' });
    const bill = await stand.channel.downloadStatement({ day: dayOf(stand) }, call());
    assert.deepEqual(bill.kind === 'ok' && bill.lines.map(({ fundingSource }) => fundingSource), ['eCny']);
    const news = await stand.channel.query(referenceTo(order), call());
    assert.equal(news.kind === 'succeeded' && news.fundingSource, 'eCny');
  });
});

/** One payment of ¥100.00 and a refund of ¥40.00 of it. */
async function business(stand: Stand): Promise<void> {
  const order = orderOf(stand, 'FUNDS001', 'nativeQr', { amountFen: 10_000 });
  await stand.channel.charge(order, call());
  stand.simulator.pay('FUNDS001');
  stand.clock.atMs += 1_000;
  await stand.channel.refund(refundOf(referenceTo(order), 'RFUNDS01', 4_000), call());
}
