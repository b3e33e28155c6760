import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test, type TestContext } from 'node:test';

import type { StatementOutcome } from '@hospay/plugin-sdk';

import type { BillFault } from '../simulators/alipay/fault-rules.js';
import { call, orderOf } from './channel-requests.js';
import { paidOrder, refundOf, standOf, type Stand } from './channel-alipay-stand.js';

const HOUR_MS = 3_600_000;

describe('alipay: the bill of a day', () => {
  test('each payment and refund stands in it once, in fen, with the fee as the hospital pays it', async (context) => {
    const { stand, day } = await dayOfTrade(context);
    const bill = await stand.channel.downloadStatement({ day }, call());
    assert.ok(bill.kind === 'ok', JSON.stringify(bill));
    const rows = bill.lines.map(({ kind, tradeNo, refundNo, amountFen, feeMilliFen, status }) => ({ kind, tradeNo, refundNo, amountFen, feeMilliFen, status }));
    assert.deepEqual(rows, [
      { kind: 'payment', tradeNo: 'BILLED01', refundNo: undefined, amountFen: 10_000, feeMilliFen: 60_000, status: '交易' },
      { kind: 'payment', tradeNo: 'BILLED02', refundNo: undefined, amountFen: 2_001, feeMilliFen: 12_000, status: '交易' },
      { kind: 'refund', tradeNo: 'BILLED01', refundNo: 'RBILLED01', amountFen: 5_000, feeMilliFen: -30_000, status: '退款' },
    ]);
    assert.deepEqual(bill.totals, { paymentFen: 12_001, refundFen: 5_000, lines: 3 });
    assert.equal(createHash('sha256').update(bill.raw).digest('hex'), bill.sha256);
    assert.ok(Buffer.from(bill.raw).includes(Buffer.from([0xd2, 0xb5, 0xce, 0xf1])), 'the kept bytes are the GBK of the file (业务)');
    assert.equal(bill.lines[0]?.channelTradeNo, stand.simulator.findTrade('BILLED01')?.tradeNo);
  });

  test('a comma in the name of the goods, and characters beyond ASCII, stay in their cell', async (context) => {
    const stand = await standOf(context);
    for (const [index, description] of ['检查,化验,"CT"', '药品（西药）,,', '"', '㐀 𠮷 ﾃｽﾄ'].entries()) {
      await stand.channel.charge(orderOf(stand, `COMMA00${String(index)}`, 'jsapi', { description, payerId: '2088000000000022' }), call());
      stand.simulator.pay(`COMMA00${String(index)}`);
    }
    const bill = await stand.channel.downloadStatement({ day: dayOf(stand) }, call());
    assert.ok(bill.kind === 'ok', JSON.stringify(bill));
    assert.deepEqual(bill.lines.map(({ tradeNo, amountFen }) => [tradeNo, amountFen]), [0, 1, 2, 3].map((index) => [`COMMA00${String(index)}`, 1_234]));
  });

  test('a file in UTF-8 with its mark is read as well', async (context) => {
    assert.equal((await spoilt(context, { kind: 'utf8WithMark' })).kind, 'ok');
  });

  test('rows that were dropped, added or changed are told as the file has them: reconciliation finds them', async (context) => {
    const dropped = await spoilt(context, { kind: 'dropRow', outTradeNo: 'BILLED02' });
    assert.ok(dropped.kind === 'ok');
    assert.deepEqual(dropped.lines.map(({ tradeNo }) => tradeNo), ['BILLED01', 'BILLED01']);
    const added = await spoilt(context, { kind: 'addRow', outTradeNo: 'STRANGER', amountFen: 77 });
    assert.ok(added.kind === 'ok' && added.lines.some(({ tradeNo, amountFen }) => tradeNo === 'STRANGER' && amountFen === 77));
    const changed = await spoilt(context, { kind: 'changeAmount', outTradeNo: 'BILLED01', outRequestNo: 'RBILLED01', amountFen: 4_999 });
    assert.ok(changed.kind === 'ok');
    assert.equal(changed.totals.refundFen, 4_999);
  });

  for (const fault of [
    { kind: 'footerMismatch' }, { kind: 'summaryMismatch' }, { kind: 'otherMerchant' }, { kind: 'otherDay' }, { kind: 'damagedZip' },
    { kind: 'changeType', outTradeNo: 'BILLED01', type: '转账' }, { kind: 'changeAmount', outTradeNo: 'BILLED01', amountFen: 0 },
  ] as const) {
    test(`a bill with ${fault.kind} is malformed as a whole`, async (context) => {
      assert.equal((await spoilt(context, fault)).kind, 'malformed');
    });
  }

  test('before the morning after a missing bill is not ready, after it the day had no trade', async (context) => {
    const stand = await standOf(context, { simulator: { billsReadyAtOnceForTests: false } });
    const day = dayOf(stand);
    const end = Date.parse(`${day}T24:00:00+08:00`);
    await paidOrder(stand, 'MORNING1');
    for (const [hours, kind] of [[-1, 'notReady'], [8.9, 'notReady'], [9.1, 'ok']] as const) {
      stand.clock.atMs = end + hours * HOUR_MS;
      assert.equal((await stand.channel.downloadStatement({ day }, call())).kind, kind, String(hours));
    }
    const next = new Date(end + 8 * HOUR_MS).toISOString().slice(0, 10);
    stand.clock.atMs = end + 33 * HOUR_MS;
    assert.equal((await stand.channel.downloadStatement({ day: next }, call())).kind, 'notReady');
    stand.clock.atMs = end + 34 * HOUR_MS;
    assert.equal((await stand.channel.downloadStatement({ day: next }, call())).kind, 'empty');
  });

  test('a bill no question answers, no file answers or another host offers is unknown', async (context) => {
    const { stand, day } = await dayOfTrade(context);
    const ask = async (): Promise<StatementOutcome['kind']> => (await stand.channel.downloadStatement({ day }, call())).kind;
    stand.simulator.faults.inject({ on: 'bill', fault: { kind: 'badSignature' } });
    assert.equal(await ask(), 'unknown');
    stand.simulator.faults.inject({ on: 'bill', fault: { kind: 'refuse', code: '40004', subCode: 'isp.never-heard-of' } });
    assert.equal(await ask(), 'unknown');
    stand.simulator.faults.inject({ on: 'billFile', fault: { kind: 'failBeforeExecuting', status: 503 } });
    assert.equal(await ask(), 'unknown');
    stand.simulator.faults.inject({ on: 'bill', fault: { kind: 'otherFields', fields: { bill_download_url: 'no address' } } });
    assert.equal(await ask(), 'unknown');
    // Only path and query of the link are used: nobody else is asked for the file, not even when Alipay's answer names him.
    stand.simulator.faults.inject({ on: 'bill', fault: { kind: 'otherFields', fields: { bill_download_url: 'http://203.0.113.1/downloadBillFile.resource?fileId=1' } } });
    assert.equal(await ask(), 'unknown');
    assert.equal(await ask(), 'ok');
  });
});

async function dayOfTrade(context: TestContext): Promise<{ readonly stand: Stand; readonly day: string }> {
  const stand = await standOf(context);
  const paid = await paidOrder(stand, 'BILLED01', 10_000);
  await paidOrder(stand, 'BILLED02', 2_001);
  await stand.channel.refund(refundOf(paid, 'RBILLED01', 5_000), call());
  return { stand, day: dayOf(stand) };
}

async function spoilt(context: TestContext, fault: BillFault): Promise<StatementOutcome> {
  const { stand, day } = await dayOfTrade(context);
  stand.simulator.faults.inject({ on: 'bills', fault });
  return stand.channel.downloadStatement({ day }, call());
}

function dayOf({ clock }: Stand): string {
  return new Date(clock.atMs + 8 * HOUR_MS).toISOString().slice(0, 10);
}
