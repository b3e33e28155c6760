import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test, type TestContext } from 'node:test';

import type { StatementOutcome } from '@hospay/plugin-sdk';

import type { FileFault } from '../simulators/unionpay/fault-rules.js';
import { call } from './channel-requests.js';
import { MINUTE_MS, orderOf, paidOrder, refundOf, standOf, type Stand } from './channel-unionpay-stand.js';

const DAY = '2026-05-20';
const HOUR_MS = 60 * MINUTE_MS;

describe('unionpay: the settlement file of a day', () => {
  test('each payment, refund and undo stands in it once, in fen, with the fee as the hospital pays it', async (context) => {
    const stand = await dayOfTrade(context);
    const file = await stand.channel.downloadStatement({ day: DAY }, call());
    assert.ok(file.kind === 'ok', JSON.stringify(file));
    const rows = file.lines.map(({ kind, tradeNo, refundNo, amountFen, feeMilliFen, status, fundingSource }) => ({ kind, tradeNo, refundNo, amountFen, feeMilliFen, status, fundingSource }));
    assert.deepEqual(rows, [
      { kind: 'payment', tradeNo: 'SETTLED01', refundNo: undefined, amountFen: 10_000, feeMilliFen: 60_000, status: 'S22', fundingSource: 'debit' },
      { kind: 'payment', tradeNo: 'SETTLED02', refundNo: undefined, amountFen: 2_001, feeMilliFen: 12_000, status: 'S22', fundingSource: 'eCny' },
      { kind: 'refund', tradeNo: 'SETTLED01', refundNo: 'RSETTLED01', amountFen: 5_000, feeMilliFen: -30_000, status: 'S30', fundingSource: 'debit' },
      { kind: 'refund', tradeNo: 'SETTLED02', refundNo: 'RSETTLED02', amountFen: 2_001, feeMilliFen: -12_000, status: 'S31', fundingSource: 'eCny' },
    ]);
    assert.deepEqual(file.totals, { paymentFen: 12_001, refundFen: 7_001, lines: 4 });
    const [payment, , refund] = file.lines;
    assert.equal(payment?.channelTradeNo, stand.simulator.find('SETTLED01')?.queryId);
    assert.equal(refund?.channelTradeNo, payment?.channelTradeNo);
    assert.equal(refund?.channelRefundNo, stand.simulator.find('RSETTLED01')?.queryId);
    assert.equal(new Date(payment?.at ?? '').getTime(), Date.parse('2026-05-20T12:00:00+08:00'));
    assert.equal(createHash('sha256').update(file.raw).digest('hex'), file.sha256);
    assert.equal(Buffer.from(file.raw).subarray(0, 4).toString('latin1'), 'PK\u0003\u0004', 'the zip is kept as it came');
  });

  test('a day is UnionPay\'s: it begins at the cut-off of the evening before, also in another year', async (context) => {
    const stand = await standOf(context, { at: '2026-12-31T22:59:00+08:00' });
    await paidOrder(stand, 'LASTDAY01');
    stand.clock.atMs += MINUTE_MS;
    await paidOrder(stand, 'NEWYEAR01');
    for (const [day, tradeNo] of [['2026-12-31', 'LASTDAY01'], ['2027-01-01', 'NEWYEAR01']] as const) {
      const file = await stand.channel.downloadStatement({ day }, call());
      assert.ok(file.kind === 'ok', JSON.stringify(file));
      assert.deepEqual(file.lines.map((line) => line.tradeNo), [tradeNo]);
      assert.equal(file.lines[0]?.at.slice(0, 10), '2026-12-31');
    }
  });

  test('until the morning after it is not ready; a day without trade is empty', async (context) => {
    const stand = await standOf(context, { at: `${DAY}T12:00:00+08:00`, simulator: { filesReadyAtOnceForTests: false } });
    await paidOrder(stand, 'MORNING01');
    for (const [hours, kind] of [[12, 'notReady'], [32.9, 'notReady'], [33.1, 'ok']] as const) {
      stand.clock.atMs = Date.parse(`${DAY}T00:00:00+08:00`) + hours * HOUR_MS;
      assert.equal((await stand.channel.downloadStatement({ day: DAY }, call())).kind, kind, String(hours));
    }
    assert.equal((await stand.channel.downloadStatement({ day: '2026-05-19' }, call())).kind, 'empty');
  });

  test('rows that were dropped, added or changed are told as the file has them: reconciliation finds them', async (context) => {
    const dropped = await spoilt(context, { kind: 'dropRow', orderId: 'SETTLED02' });
    assert.ok(dropped.kind === 'ok' && dropped.lines.every(({ tradeNo, kind }) => tradeNo !== 'SETTLED02' || kind === 'refund'));
    const added = await spoilt(context, { kind: 'addRow', orderId: 'STRANGER1', amountFen: 77 });
    assert.ok(added.kind === 'ok' && added.lines.some(({ tradeNo, amountFen }) => tradeNo === 'STRANGER1' && amountFen === 77));
    const changed = await spoilt(context, { kind: 'changeAmount', orderId: 'RSETTLED01', amountFen: 4_999 });
    assert.ok(changed.kind === 'ok' && changed.totals.refundFen === 4_999 + 2_001);
  });

  test('an error line (差错) moves money under the payment it names, and is never left out', async (context) => {
    const known = await spoilt(context, { kind: 'addError', orderId: 'SETTLED01', amountFen: 10_000 });
    assert.ok(known.kind === 'ok', JSON.stringify(known));
    const line = known.lines.find(({ status }) => status.startsWith('ZME'));
    assert.deepEqual([line?.kind, line?.tradeNo, line?.refundNo, line?.amountFen, line?.status], ['refund', 'SETTLED01', 'ZME 900001 0520120000', 10_000, 'ZME E74 4802']);
    const stranger = await spoilt(context, { kind: 'addError', orderId: 'LASTMONTH', amountFen: 500 });
    assert.ok(stranger.kind === 'ok' && stranger.lines.some(({ tradeNo, isUnnamed }) => tradeNo === 'trace 999999 0520090000' && isUnnamed === true), 'a payment of another day is named as UnionPay names it');
  });

  test('a file without its last line end, deflated without a header, or of the layout of before is read as well', async (context) => {
    for (const kind of ['noLastLineEnd', 'rawDeflate', 'oldLayout'] as const) {
      const file = await spoilt(context, { kind });
      assert.ok(file.kind === 'ok', JSON.stringify(file));
      assert.deepEqual(file.totals, { paymentFen: 12_001, refundFen: 7_001, lines: 4 });
      if (kind === 'oldLayout') assert.equal(file.lines[2]?.tradeNo, file.lines[0]?.channelTradeNo, 'the payment of a refund is named as UnionPay names it');
    }
  });

  for (const fault of [
    { kind: 'shortLine' }, { kind: 'longLine' }, { kind: 'shiftedColumn' }, { kind: 'strangersRow', orderId: 'RSETTLED01' }, { kind: 'otherMerchant' }, { kind: 'otherDay' }, { kind: 'damagedZip' }, { kind: 'wrongChecksum' }, { kind: 'wrongDirection', orderId: 'SETTLED01' }, { kind: 'wrongDirection', orderId: 'RSETTLED01' },
    { kind: 'changeType', orderId: 'SETTLED01', txnType: '02' }, { kind: 'changeAmount', orderId: 'SETTLED01', amountFen: 0 },
  ] as const) {
    test(`a file with ${JSON.stringify(fault)} is malformed as a whole`, async (context) => {
      assert.equal((await spoilt(context, fault)).kind, 'malformed');
    });
  }

  test('content that is no archive is malformed', async (context) => {
    const stand = await dayOfTrade(context);
    for (const fileContent of ['eJzLSM3JyQcABiwCFQ==', 'bm90aGluZw==', '!']) {
      stand.simulator.faults.inject({ on: 'file', fault: { kind: 'otherFields', fields: { fileContent } } });
      assert.equal((await stand.channel.downloadStatement({ day: DAY }, call())).kind, 'malformed', fileContent);
    }
  });

  test('which letter is the merchant\'s income can be told; the wrong one makes the whole file malformed', async (context) => {
    const stand = await dayOfTrade(context);
    const { channel } = await stand.again({ settings: { creditLetter: 'D' } });
    const file = await channel.downloadStatement({ day: DAY }, call());
    assert.match(file.kind === 'malformed' ? file.message : file.kind, /creditLetter/);
  });

  test('an answer that cannot be verified, is about another day or holds no file is unknown', async (context) => {
    const stand = await dayOfTrade(context);
    for (const fault of [
      { kind: 'badSignature' }, { kind: 'altered', fields: { fileContent: 'AAAA' } }, { kind: 'refuse', code: '31' }, { kind: 'otherFields', fields: { respCode: '31' } }, { kind: 'otherFields', fields: { fileContent: '' } }, { kind: 'otherFields', fields: { settleDate: '0519' } },
      { kind: 'otherFields', fields: { merId: '777290058119999' } }, { kind: 'failBeforeExecuting', status: 503 }, { kind: 'truncatedBody' },
    ] as const) {
      stand.simulator.faults.inject({ on: 'file', fault });
      assert.equal((await stand.channel.downloadStatement({ day: DAY }, call())).kind, 'unknown', JSON.stringify(fault));
    }
  });

  test('a day so old that its date names two is not asked for', async (context) => {
    const stand = await dayOfTrade(context);
    const too = await stand.channel.downloadStatement({ day: '2025-05-20' }, call());
    assert.match(too.kind === 'unknown' ? too.reason : too.kind, /too old/);
  });
});

async function dayOfTrade(context: TestContext): Promise<Stand> {
  const stand = await standOf(context, { at: `${DAY}T12:00:00+08:00`, settings: { undoSameDay: true } });
  const first = await paidOrder(stand, 'SETTLED01', 10_000);
  const order = orderOf(stand, 'SETTLED02', 'paymentCode', { amountFen: 2_001, authCode: stand.simulator.newPaymentCode('paysAtOnce', true) });
  await stand.channel.charge(order, call());
  const news = await stand.channel.query({ tradeNo: order.tradeNo, submittedAt: order.submittedAt, amountFen: 2_001, method: 'paymentCode' }, call());
  assert.ok(news.kind === 'succeeded');
  const second = { tradeNo: order.tradeNo, submittedAt: order.submittedAt, amountFen: 2_001, method: 'paymentCode', channelTradeNo: news.channelTradeNo, paidAt: news.paidAt } as const;
  await stand.channel.refund(refundOf(stand, first, 'RSETTLED01', 5_000), call());
  await stand.channel.refund(refundOf(stand, second, 'RSETTLED02', 2_001), call());
  return stand;
}

async function spoilt(context: TestContext, fault: FileFault): Promise<StatementOutcome> {
  const stand = await dayOfTrade(context);
  stand.simulator.faults.inject({ on: 'fileContent', fault });
  return stand.channel.downloadStatement({ day: DAY }, call());
}
