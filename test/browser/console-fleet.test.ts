/** What hospital IT looks after: notices of the HIS (医院推送). */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { HisNotice } from '@hospay/plugin-sdk';
import { noticeNoOf } from '@hospay/plugin-sdk';
import type { Page } from 'playwright-core';
import type { OrderView } from '@hospay/server/payments/order-view.js';
import type { ConsoleHouse } from '../contract/console-house.js';
import { becomeAdministrator, counted, looksRight, openConsole, type ConsoleUnderTest } from './console-page.js';

let opened: ConsoleUnderTest;
let house: ConsoleHouse;
let page: Page;
let order: OrderView;

before(async () => {
  opened = await openConsole();
  ({ house, page } = opened);
  await seedNotices();
  await becomeAdministrator(opened);
});
after(() => opened.stop());
afterEach(() => { opened.hearNoComplaint(); });

const open = async (path: string) => {
  await page.click(`nav a[href="${path}"]`);
  await page.waitForSelector('main h1');
};
const choose = async (label: string, option: string) => {
  await page.click(`.el-select:has([aria-label="${label}"])`);
  await page.click(`.el-select-dropdown__item:visible >> text="${option}"`);
};

test('notices of the HIS stand in words, newest first, with what became of each and the order it is about', async () => {
  await open('/his-notices');
  await counted(page, 'main tbody tr', 4);
  const [stopped = '', refund = '', refused = '', reminder = ''] = await page.locator('main tbody tr').allInnerTexts();
  for (const words of ['停诊', '待办理', 'GH1, GH2, GH3 … 等 5 项', '医生停诊', '无需重新推送', 'GH2: HIS_REFUND_UNDECIDED']) assert.ok(stopped.includes(words), `${words} in ${stopped}`);
  for (const words of ['退费申请', '已办理', '¥1.00', order.tradeNo, '医院重复推送 2 次']) assert.ok(refund.includes(words), `${words} in ${refund}`);
  for (const words of ['已拒绝', '订单不存在', 'ORDER_NOT_FOUND', '核对平台订单号']) assert.ok(refused.includes(words), `${words} in ${refused}`);
  for (const words of ['取药', '一楼 3 号窗口']) assert.ok(reminder.includes(words), `${words} in ${reminder}`);
  assert.ok(!(await page.innerText('main')).includes('张三丰'));
  await looksRight(page, 'his-notices');
  await page.click(`[data-test=notice-TF2] a[href="/orders/${order.tradeNo}"]`);
  await page.waitForSelector('ol li.journal');
});

test('they are found by state, kind and number, and a case leads to its notice', async () => {
  await open('/his-notices');
  await page.click('main .el-radio-button >> text=已拒绝');
  await counted(page, 'main tbody tr', 1);
  await page.click('main .el-radio-button >> text=全部');
  await choose('类型', '取药');
  await page.waitForSelector('[data-test=notice-TX1]');
  await counted(page, 'main tbody tr', 1);
  await page.fill('input[name=number]', 'TF2');
  await page.press('input[name=number]', 'Enter');
  await page.waitForSelector('main >> text=没有符合条件的推送');
  await open('/cases');
  await page.click('main >> text=查看医院推送');
  await page.waitForSelector('[data-test=notice-TZ1]');
  await counted(page, 'main tbody tr', 1);
  await page.click('text=English');
  await page.click('main .el-radio-button >> text=All');
  await page.fill('input[name=number]', '');
  await page.press('input[name=number]', 'Enter');
  await counted(page, 'main tbody tr', 4);
  await looksRight(page, 'his-notices-english');
  await page.click('text=中文');
});

async function seedNotices(): Promise<void> {
  house.hospital.confirmAnswers = [{ kind: 'ok', value: { settlementNo: 'S1', receiptNo: 'R-1', amountFen: 10_000 } }];
  order = await house.payAndConfirm('Q1');
  const tell = async (notice: HisNotice, hasWork = true) => {
    house.later(60);
    return (await house.store.hisNotices.keep({ noticeId: `N${noticeNoOf(notice)}`, hospitalId: 'demo', adapter: 'his-main', kind: notice.kind, noticeNo: noticeNoOf(notice), content: notice, receivedAt: house.now().toISOString() }, hasWork)).notice.noticeId;
  };
  const refund: HisNotice = { kind: 'refundRequested', hisRefundNo: 'TF2', receiptNo: 'R-1', refundFen: 100, reason: '退药', operatorId: '1024' };
  await tell({ kind: 'medicineReady', noticeNo: 'TX1', text: '张三丰，请取药', patientId: 'P1', place: '一楼 3 号窗口' }, false);
  await house.store.hisNotices.end({ noticeId: await tell({ kind: 'refundRequested', hisRefundNo: 'TF1', tradeNo: 'H1', refundFen: 100, reason: '退药' }), outcome: { kind: 'refused', code: 'ORDER_NOT_FOUND' }, now: house.now() });
  const done = await tell(refund);
  for (const _ of ['again', 'and again']) await tell(refund);
  await house.store.hisNotices.end({ noticeId: done, outcome: { kind: 'done', news: `100 fen of ${order.tradeNo}` }, now: house.now() });
  const stopped = await tell({ kind: 'clinicStopped', noticeNo: 'TZ1', hisRegistrationNos: ['GH1', 'GH2', 'GH3', 'GH4', 'GH5'], cancelledAtHis: 'no', reason: '医生停诊' });
  await house.store.hisNotices.end({ noticeId: stopped, outcome: { kind: 'undecided', news: 'GH1: refunded; GH2: HIS_REFUND_UNDECIDED' }, now: house.now(), case: { kind: 'hisNoticeStuck', subject: stopped, severity: 2, detail: 'clinicStopped TZ1 is not decided' } });
}
