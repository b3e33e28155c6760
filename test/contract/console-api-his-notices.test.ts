/** What the HIS told by itself (医院推送), as the console lists it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { HisNotice } from '@hospay/plugin-sdk';
import { noticeNoOf } from '@hospay/plugin-sdk';
import type { OrderView } from '@hospay/server/payments/order-view.js';
import { codeOf, type ConsoleClient, firstAdministrator, listOf } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

let house: ConsoleHouse;
let finance: ConsoleClient;
let bill: OrderView;
let registration: OrderView;
let unbooked: OrderView;

const keep = async (notice: HisNotice, hasWork = true) =>
  (await house.store.hisNotices.keep({ noticeId: `N-${notice.kind}-${noticeNoOf(notice)}`, hospitalId: 'demo', adapter: 'his', kind: notice.kind, noticeNo: noticeNoOf(notice), content: notice, receivedAt: house.now().toISOString() }, hasWork)).notice;

before(async () => {
  house = await buildConsoleHouse({ startAt: '2026-11-20T01:00:00.000Z' });
  house.hospital.confirmAnswers = [{ kind: 'ok', value: { settlementNo: 'S1', receiptNo: 'R-BILL', amountFen: 10_000 } }];
  bill = await house.payAndConfirm('Q1');
  registration = await house.payAndConfirm('Q2', { business: 'registration', hisQuoteNo: 'GH1' });
  house.later(60);
  unbooked = await house.pay('Q3', { business: 'registration', hisQuoteNo: 'GH1' });
  await keep({ kind: 'billsChanged', noticeNo: 'TX1', text: '张三丰，您有待缴费用', patientId: 'P0000001', inpatientNo: 'ZY20269', visitId: '3', place: '一楼 3 号窗口' }, false);
  const refused = await keep({ kind: 'refundRequested', hisRefundNo: 'TF1', tradeNo: 'H1', refundFen: 100, reason: '退药，电话 13812345678' });
  await house.store.hisNotices.end({ noticeId: refused.noticeId, outcome: { kind: 'refused', code: 'ORDER_NOT_FOUND' }, now: house.now() });
  await keep({ kind: 'refundRequested', hisRefundNo: 'TF2', receiptNo: 'R-BILL', refundFen: 100, reason: '退药' });
  await keep({ kind: 'clinicStopped', noticeNo: 'TZ1', hisRegistrationNos: ['GH1', 'GH-OF-NOBODY'], cancelledAtHis: 'yes', reason: '医生停诊' });
  finance = await firstAdministrator(house);
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

const noticeNos = async (query: string) => listOf(await finance.get(`/his-notices?${query}`), 'notices').map((row) => row['noticeNo']);

test('notices are listed newest first with their end, and a refused one says in both languages what it is and what to do', async () => {
  const listed = listOf(await finance.get('/his-notices'), 'notices');
  assert.deepEqual(listed.map((row) => [row['kind'], row['noticeNo'], row['state']]), [['clinicStopped', 'TZ1', 'kept'], ['refundRequested', 'TF2', 'kept'], ['refundRequested', 'TF1', 'refused'], ['billsChanged', 'TX1', 'done']]);
  assert.deepEqual(listed[2]?.['error'], { code: 'ORDER_NOT_FOUND', zh: '订单不存在', en: 'No such order', nextZh: '核对平台订单号', nextEn: 'Check the order number' });
});

test('nothing of a notice says who the patient is: no number, no text that was written to him, no telephone number', async () => {
  const text = JSON.stringify((await finance.get('/his-notices')).body);
  for (const personal of ['P0000001', 'ZY20269', '张三丰', '13812345678']) assert.ok(!text.includes(personal), personal);
  assert.ok(text.includes('一楼 3 号窗口') && text.includes('退药'));
});

test('the orders a notice is about are found by number, by receipt and by registration, the booked one of two; what is no order of ours is no link', async () => {
  const orders = Object.fromEntries(listOf(await finance.get('/his-notices'), 'notices').map((row) => [row['noticeNo'], row['tradeNos']]));
  assert.deepEqual(orders, { TZ1: [registration.tradeNo], TF2: [bill.tradeNo], TF1: [], TX1: [] });
  assert.notEqual(unbooked.tradeNo, registration.tradeNo);
  await keep({ kind: 'invoicePrinted', noticeNo: 'HK1', tradeNo: bill.tradeNo });
  assert.deepEqual(listOf(await finance.get('/his-notices?kind=invoicePrinted'), 'notices').map((row) => row['tradeNos']), [[bill.tradeNo]]);
});

test('a receipt that replaced another leads to the order of the first', async () => {
  house.store.database.prepare('INSERT INTO receipt_link (hospital_id, trade_no, his_refund_no, old_receipt_no, new_receipt_no, at) VALUES (?,?,?,?,?,?)').run('demo', bill.tradeNo, 'TF0', 'R-BILL', 'R-NEW', house.now().toISOString());
  await keep({ kind: 'refundRequested', hisRefundNo: 'TF3', receiptNo: 'R-NEW', refundFen: 100, reason: '退药' });
  assert.deepEqual(listOf(await finance.get('/his-notices?number=TF3'), 'notices').map((row) => row['tradeNos']), [[bill.tradeNo]]);
});

test('each filter finds exactly its notices, and pages join without loss', async () => {
  assert.deepEqual(await noticeNos('state=refused'), ['TF1']);
  assert.deepEqual(await noticeNos('kind=billsChanged'), ['TX1']);
  assert.deepEqual(await noticeNos('number=TZ1'), ['TZ1']);
  assert.deepEqual(await noticeNos('number=N-refundRequested-TF2'), ['TF2']);
  assert.deepEqual(await noticeNos('number=TF'), []);
  const first = await finance.get('/his-notices?kind=refundRequested&limit=2');
  const rest = await finance.get(`/his-notices?kind=refundRequested&limit=2&before=${String(first.body['next'])}`);
  assert.deepEqual([...listOf(first, 'notices'), ...listOf(rest, 'notices')].map((row) => row['noticeNo']), ['TF3', 'TF2', 'TF1']);
  assert.equal(rest.body['next'], undefined);
  assert.equal(codeOf(await finance.get('/his-notices?state=lost')), 'MALFORMED_REQUEST');
});

test('a repeat of the HIS is counted', async () => {
  await keep({ kind: 'invoicePrinted', noticeNo: 'HK1', tradeNo: bill.tradeNo });
  await keep({ kind: 'invoicePrinted', noticeNo: 'HK1', tradeNo: bill.tradeNo });
  assert.deepEqual(listOf(await finance.get('/his-notices?number=HK1'), 'notices').map((row) => row['repeats']), [2]);
});
