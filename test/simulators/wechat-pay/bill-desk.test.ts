import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';

import { Formatter } from 'wechatpay-axios-plugin';

import type { BillFault } from './fault-rules.js';
import { asObject, nativeOrder, refundOf, sdkClient, sendRaw, type RawAnswer } from './merchant-for-tests.js';
import { startWechatPaySimulator, type WechatPaySimulator } from './start-wechat-pay-simulator.js';

type Row = Readonly<Record<string, string>>;

describe('the bills of the WeChat Pay simulator', () => {
  let time = new Date('2026-11-20T10:00:00+08:00');
  let simulator: WechatPaySimulator;

  const send = (method: 'GET' | 'POST', target: string, body?: object): Promise<RawAnswer> =>
    sendRaw({
      baseUrl: simulator.baseUrl,
      credentials: simulator.merchantCredentials,
      now: time,
      method,
      target,
      ...(body === undefined ? {} : { body }),
    });
  const placePaid = async (outTradeNo: string, total: number): Promise<void> => {
    const order = nativeOrder(simulator.merchantCredentials, {
      out_trade_no: outTradeNo,
      amount: { total, currency: 'CNY' },
      description: '门诊缴费,含`逗号',
      attach: 'K7',
    });
    assert.equal((await send('POST', '/v3/pay/transactions/native', order)).status, 200);
    simulator.pay(outTradeNo);
  };
  const refund = async (outTradeNo: string, refundFen: number, total: number): Promise<void> => {
    const body = refundOf(outTradeNo, { amount: { refund: refundFen, total, currency: 'CNY' } });
    assert.equal((await send('POST', '/v3/refund/domestic/refunds', body)).status, 200);
  };
  const tradeBill = (query: string): Promise<RawAnswer> => send('GET', `/v3/bill/tradebill?${query}`);
  const download = async (link: RawAnswer): Promise<RawAnswer> => {
    assert.equal(link.status, 200, link.text);
    const { pathname, search } = new URL(String(link.body['download_url']));
    return send('GET', pathname + search);
  };
  const parse = (bytes: Buffer): { rows: readonly Row[]; summary: Row } => {
    const { rows, summary } = asObject(Formatter.castCsvBill(bytes));
    assert.ok(Array.isArray(rows));
    return { rows: rows.map(textFields), summary: textFields(summary) };
  };
  const billWith = async (fault: BillFault): Promise<{ rows: readonly Row[]; summary: Row }> => {
    simulator.faults.inject({ on: 'bill', fault });
    return parse((await download(await tradeBill('bill_date=2026-11-20'))).bytes);
  };

  before(async () => {
    simulator = await startWechatPaySimulator({ now: () => time, notificationRetryGapsMs: [] });
    await placePaid('T-BILL-1', 10_000);
    await placePaid('T-BILL-2', 5);
    await refund('T-BILL-1', 2_500, 10_000);
    time = new Date('2026-11-21T00:00:00+08:00');
    await refund('T-BILL-2', 5, 5);
    time = new Date('2026-11-22T10:00:00+08:00');
  });
  afterEach(() => {
    time = new Date('2026-11-22T10:00:00+08:00');
    simulator.faults.clear();
  });
  after(() => simulator.stop());

  it('a trade bill has WeChat Pay\'s bytes: BOM, CRLF, 27 columns, back-ticks, summary', async () => {
    const { bytes, headers } = await download(await tradeBill('bill_date=2026-11-20&bill_type=ALL'));
    assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
    const text = bytes.subarray(3).toString('utf8');
    assert.ok(text.endsWith('\r\n') && !/[^\r]\n/.test(text));
    const lines = text.trimEnd().split('\r\n');
    assert.equal(lines.length, 6);
    assert.equal(lines[0]?.split(',').length, 27);
    for (const line of [lines[1], lines[2], lines[3], lines[5]]) assert.ok(line?.startsWith('`') === true);
    for (const line of [lines[1], lines[2], lines[3]]) assert.equal(line?.split(',`').length, 27);
    assert.equal(headers['wechatpay-signature'], undefined, 'bill bytes are not signed');
  });

  it('its rows and its summary are the ledger', async () => {
    const { rows, summary } = parse((await download(await tradeBill('bill_date=2026-11-20'))).bytes);
    const facts = rows.map((row) => [row['商户订单号'], row['交易状态'], row['订单金额'], row['申请退款金额'], row['手续费'], row['退款状态']]);
    assert.deepEqual(facts, [
      ['T-BILL-1', 'SUCCESS', '100.00', '0.00', '0.60000', ''],
      ['T-BILL-2', 'SUCCESS', '0.05', '0.00', '0.00000', ''],
      ['T-BILL-1', 'REFUND', '0.00', '25.00', '-0.15000', 'SUCCESS'],
    ]);
    assert.equal(rows[0]?.['微信订单号'], simulator.orders.findOrder('T-BILL-1')?.payments[0]?.transactionId);
    assert.equal(rows[2]?.['微信退款单号'], simulator.orders.findRefund('RT-BILL-1')?.refundId);
    assert.deepEqual([rows[0]?.['商品名称'], rows[0]?.['特约商户号'], rows[0]?.['商户数据包']], ['门诊缴费,含 逗号', '0', 'K7']);
    assert.deepEqual(summary, {
      总交易单数: '3',
      应结订单总金额: '100.05',
      退款总金额: '25.00',
      充值券退款总金额: '0.00',
      手续费总金额: '0.45000',
      订单总金额: '100.05',
      申请退款总金额: '25.00',
    });
  });

  it('a refund stands on the day it was asked for', async () => {
    const { rows } = parse((await download(await tradeBill('bill_date=2026-11-21'))).bytes);
    assert.deepEqual(rows.map((row) => [row['商户退款单号'], row['申请退款金额']]), [['RT-BILL-2', '0.05']]);
  });

  it('the SUCCESS bill leaves the refund columns out, the REFUND bill adds two times', async () => {
    const success = parse((await download(await tradeBill('bill_date=2026-11-20&bill_type=SUCCESS'))).bytes);
    assert.deepEqual(success.rows.map((row) => [row['商户订单号'], '退款金额' in row]), [['T-BILL-1', false], ['T-BILL-2', false]]);
    const refunds = parse((await download(await tradeBill('bill_date=2026-11-20&bill_type=REFUND'))).bytes);
    assert.deepEqual(refunds.rows.map((row) => [row['商户退款单号'], row['退款申请时间']]), [['RT-BILL-1', '2026-11-20 10:00:00']]);
  });

  it('the hash is that of the unzipped file, zipped or not', async () => {
    for (const query of ['bill_date=2026-11-20', 'bill_date=2026-11-20&tar_type=GZIP']) {
      const link = await tradeBill(query);
      const { bytes } = await download(link);
      const file = query.endsWith('GZIP') ? gunzipSync(bytes) : bytes;
      assert.equal(link.body['hash_type'], 'SHA1');
      assert.equal(link.body['hash_value'], createHash('sha1').update(file).digest('hex'));
    }
  });

  it('the fund flow balances from opening to closing', async () => {
    const day = async (date: string): Promise<{ rows: readonly Row[]; summary: Row }> =>
      parse((await download(await send('GET', `/v3/bill/fundflowbill?bill_date=${date}&account_type=BASIC`))).bytes);
    const [first, second] = [await day('2026-11-20'), await day('2026-11-21')];
    const facts = first.rows.map((row) => [row['业务类型'], row['收支类型'], row['收支金额(元)'], row['账户结余(元)']]);
    assert.deepEqual(facts, [
      ['交易', '收入', '100.00', '1000100.00'],
      ['扣除交易手续费', '支出', '0.60', '1000099.40'],
      ['交易', '收入', '0.05', '1000099.45'],
      ['退款', '支出', '25.00', '1000074.45'],
      ['退还交易手续费', '收入', '0.15', '1000074.60'],
    ]);
    assert.deepEqual(first.summary, { 资金流水总笔数: '5', 收入笔数: '3', 收入金额: '100.20', 支出笔数: '2', 支出金额: '25.60' });
    assert.deepEqual(second.rows.map((row) => row['账户结余(元)']), ['1000074.55']);
    assert.equal(simulator.balanceFen(), 100_007_455);
  });

  it('the real SDK downloads and parses it', async () => {
    const now = new Date();
    const own = await startWechatPaySimulator({ billsReadyAtOnceForTests: true, notificationRetryGapsMs: [] });
    try {
      const credentials = own.merchantCredentials;
      const client = sdkClient({ baseUrl: own.baseUrl, credentials, mode: 'publicKey' });
      await client.post('v3/pay/transactions/native', nativeOrder(credentials, { out_trade_no: 'T-SDK-BILL' }));
      own.pay('T-SDK-BILL');
      const day = new Date(now.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
      const link = await client.get<{ download_url: string }>('v3/bill/tradebill', { params: { bill_date: day } });
      const { searchParams } = new URL(link.data.download_url);
      const params = { token: searchParams.get('token') };
      const file = await client.get<Buffer>('v3/billdownload/file', { params, responseType: 'arraybuffer' });
      assert.deepEqual(parse(file.data).rows.map((row) => row['商户订单号']), ['T-SDK-BILL']);
    } finally {
      await own.stop();
    }
  });

  it('a link dies after five minutes, an invented one never lived, and both need a signature', async () => {
    const link = await tradeBill('bill_date=2026-11-20');
    const { pathname, search } = new URL(String(link.body['download_url']));
    const unsigned = await fetch(`${simulator.baseUrl.slice(0, -1)}${pathname}${search}`);
    assert.equal(unsigned.status, 401);
    await unsigned.arrayBuffer();
    time = new Date('2026-11-22T10:05:00+08:00');
    assert.equal((await send('GET', pathname + search)).status, 400);
    assert.equal((await send('GET', '/v3/billdownload/file?token=invented')).status, 400);
  });

  it('a day without business has no bill; yesterday\'s is made by nine; today\'s, old and odd ones are refused', async () => {
    assert.equal((await tradeBill('bill_date=2026-11-19')).body['code'], 'NO_STATEMENT_EXIST');
    assert.equal((await tradeBill('bill_date=2026-11-22')).body['code'], 'INVALID_REQUEST');
    assert.equal((await tradeBill('bill_date=2026-08-01')).body['code'], 'INVALID_REQUEST');
    assert.equal((await tradeBill('bill_date=20261120')).body['code'], 'PARAM_ERROR');
    assert.equal((await tradeBill('')).body['code'], 'PARAM_ERROR');
    assert.equal((await tradeBill('bill_date=2026-11-20&bill_type=SOME')).body['code'], 'PARAM_ERROR');
    assert.equal((await tradeBill('bill_date=2026-11-20&tar_type=ZIP')).body['code'], 'PARAM_ERROR');
    const fees = await send('GET', '/v3/bill/fundflowbill?bill_date=2026-11-20&account_type=FEES');
    assert.equal(fees.body['code'], 'NO_STATEMENT_EXIST');
    time = new Date('2026-11-21T08:59:59+08:00');
    const early = await tradeBill('bill_date=2026-11-20');
    assert.deepEqual([early.status, early.body['code']], [400, 'STATEMENT_CREATING']);
    time = new Date('2026-11-21T09:00:00+08:00');
    assert.equal((await tradeBill('bill_date=2026-11-20')).status, 200);
  });

  it('rows can be dropped, added and changed, with the summary following the rows', async () => {
    const dropped = await billWith({ kind: 'dropRow', outTradeNo: 'T-BILL-1', outRefundNo: 'RT-BILL-1' });
    assert.deepEqual([dropped.rows.length, dropped.summary['申请退款总金额']], [2, '0.00']);
    const row = { outTradeNo: 'T-UNKNOWN-1', transactionId: '4200009999202611200000000001', amountFen: 777 };
    const added = await billWith({ kind: 'addRow', row });
    assert.equal(added.rows.find((one) => one['商户订单号'] === 'T-UNKNOWN-1')?.['订单金额'], '7.77');
    const changed = await billWith({ kind: 'changeAmount', outTradeNo: 'T-BILL-2', amountFen: 6 });
    assert.deepEqual([changed.rows[1]?.['订单金额'], changed.summary['订单总金额']], ['0.06', '100.06']);
    const status = await billWith({ kind: 'changeStatus', outTradeNo: 'T-BILL-1', outRefundNo: 'RT-BILL-1', status: 'PROCESSING' });
    assert.equal(status.rows[2]?.['退款状态'], 'PROCESSING');
    const untouched = parse((await download(await tradeBill('bill_date=2026-11-20'))).bytes);
    assert.deepEqual([untouched.rows.length, untouched.summary['订单总金额']], [3, '100.05']);
  });

  it('the summary can contradict the rows and the hash the file', async () => {
    const { rows, summary } = await billWith({ kind: 'summaryMismatch' });
    assert.deepEqual([rows.length, summary['总交易单数'], summary['订单总金额']], [3, '4', '100.06']);
    simulator.faults.inject({ on: 'bill', fault: { kind: 'hashMismatch' } });
    const link = await tradeBill('bill_date=2026-11-20');
    const { bytes } = await download(link);
    assert.notEqual(link.body['hash_value'], createHash('sha1').update(bytes).digest('hex'));
  });
});

function textFields(value: unknown): Row {
  return Object.fromEntries(Object.entries(asObject(value)).map(([name, cell]) => [name, String(cell)]));
}
