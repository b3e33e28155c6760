import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { ConsoleHouse } from '../contract/console-house.js';
import { becomeAdministrator, becomeAuditor, closeNotices, looksRight, openConsole, picture, type ConsoleUnderTest } from './console-page.js';

const DAY = '2026-11-20';
const STRAY = 'H20261120100000ABCDEFGHJP01';
let opened: ConsoleUnderTest;
let house: ConsoleHouse;
let page: Page;

before(async () => {
  opened = await openConsole();
  ({ house, page } = opened);
  await seedDay();
  await becomeAdministrator(opened);
});
after(() => opened.stop());
afterEach(() => { opened.hearNoComplaint(); });

test('yesterday is run from the page: each comparison shows its state and both sides, and what it found stands below with its class', async () => {
  await page.click('nav a[href="/reconciliation"]');
  await page.waitForSelector('main >> text=当日尚未对账');
  await page.click('[data-test=run-day]');
  await page.waitForSelector('[data-test=day]');
  const [channel = '', hospital = ''] = await page.locator('[data-test=day]').allInnerTexts();
  for (const words of ['渠道账单', 'scripted', '已说明', '¥100.00', '¥107.05', '1']) assert.ok(channel.includes(words), `${words} in ${channel}`);
  for (const words of ['医院日账单', '账单未出，顺延', '医院适配器未启用']) assert.ok(hospital.includes(words), `${words} in ${hospital}`);
  await page.click('[data-test=show-differences] >> nth=0');
  await page.waitForSelector('[data-test=difference]');
  const [long = '', foreign = ''] = await page.locator('[data-test=difference]').allInnerTexts();
  for (const words of ['长款，无订单', STRAY, '¥7.00']) assert.ok(long.includes(words), `${words} in ${long}`);
  for (const words of ['非本系统', 'SHOP1', '¥0.05']) assert.ok(foreign.includes(words), `${words} in ${foreign}`);
  await looksRight(page, 'reconciliation');
  await page.click('nav a[href="/cases"]');
  await page.waitForSelector('main tbody >> text=对账长款');
});

test('a long run goes on while nobody waits: its step and its end are shown after a reload, a second press joins it, it is stopped between two comparisons, and a failure says why', async () => {
  const gates = { first: Promise.withResolvers<void>(), second: Promise.withResolvers<void>(), third: Promise.withResolvers<void>() };
  house.statement.gate = gates.first.promise;
  await page.click('nav a[href="/reconciliation"]');
  await page.click('[data-test=run-day]');
  await page.waitForSelector('[data-test=run-running] >> text=正在对账：scripted');
  await page.reload();
  await page.waitForSelector('[data-test=run-running] >> text=可在两项对账之间中止');
  await page.click('[data-test=run-day]');
  await page.waitForSelector('text=该日已在对账中，已加入');
  await looksRight(page, 'reconciliation-run');
  gates.first.resolve();
  await page.waitForSelector('[data-test=run-running]', { state: 'detached' });
  await page.waitForSelector('[data-test=day]');

  house.statement.gate = gates.second.promise;
  await page.click('[data-test=run-day]');
  await page.click('[data-test=cancel-run]');
  await page.waitForSelector('[data-test=run-running] >> text=正在进行的一项完成后停止');
  gates.second.resolve();
  await page.waitForSelector('[data-test=run-cancelled] >> text=对账已中止');

  house.statement.gate = gates.third.promise;
  // News may show the run before its press is answered; one that fails by then is an answer of its own.
  const begun = page.waitForResponse((response) => response.url().endsWith('/runs') && response.status() === 202);
  await page.click('[data-test=run-day]');
  await begun;
  await page.waitForSelector('[data-test=run-running]');
  gates.third.reject(new Error('the disk is full'));
  await page.waitForSelector('[data-test=run-failed] >> text=the disk is full');
  await looksRight(page, 'reconciliation-failed');
  house.statement.gate = Promise.resolve();
  await page.click('[data-test=run-day]');
  await page.waitForSelector('[data-test=run-failed]', { state: 'detached' });
});

test('today stands above, as of when it was checked: both sides, what is unknown, and what stands in two runs on end', async () => {
  const today = '2026-11-21';
  const [ours, theirs] = [{ payments: 2, paymentFen: 15_000, refunds: 1, refundFen: 400 }, { payments: 1, paymentFen: 10_000, refunds: 0, refundFen: 0 }];
  const missing = { class: 'hisMissing', kind: 'payment', key: 'H20261121090000ABCDEFGHJ', tradeNo: 'H20261121090000ABCDEFGHJ', ourFen: 5_000, at: `${today}T01:00:00.000Z` } as const;
  for (const at of [`${today}T01:50:45.000Z`, `${today}T01:55:45.000Z`]) {
    await house.store.running.saveCheck({ comparison: 'channel', source: 'wechat-main', day: today, at, ours, theirs, unknown: { payments: 1, fen: 700 }, found: 0, differences: [] });
    await house.store.running.saveCheck({ comparison: 'hospital', source: 'demo', day: today, at, ours, theirs, unknown: { payments: 0, fen: 0 }, found: 1, differences: [missing] });
  }
  await page.click('nav a[href="/reconciliation"]');
  await page.waitForSelector('[data-test=running]');
  const [channel = '', hospital = ''] = await page.locator('[data-test=running]').allInnerTexts();
  for (const words of ['渠道复查', 'wechat-main', '日间（截至 09:55）', '¥146.00', '3 笔', '¥7.00', '没有差异']) assert.ok(channel.includes(words), `${words} in ${channel}`);
  for (const words of ['医院日账单', '日间（截至 09:55）', '¥100.00', '持续 1']) assert.ok(hospital.includes(words), `${words} in ${hospital}`);
  const difference = await page.locator('[data-test=running-difference]').innerText();
  for (const words of ['医院缺失', 'H20261121090000ABCDEFGHJ', '¥50.00', '连续次数 2']) assert.ok(difference.includes(words), `${words} in ${difference}`);
  await looksRight(page, 'reconciliation-running');
});

test('statement files stand below: whose, which version, what it sums to, and whether the application has it; the file is one click away', async () => {
  await page.click('nav a[href="/reconciliation"]');
  await page.waitForSelector('[data-test=statement-file]');
  const rows = await page.locator('[data-test=statement-file]').allInnerTexts();
  const hospital = rows.find((row) => row.includes(DAY) && row.includes('全院')) ?? '';
  for (const words of ['¥100.00', '1 笔', '自行下载']) assert.ok(hospital.includes(words), `${words} in ${hospital}`);
  const application = rows.find((row) => row.includes('hospital-app')) ?? '';
  for (const words of ['未送达，重试中', '已尝试 1 次', '应用未启用']) assert.ok(application.includes(words), `${words} in ${application}`);
  await page.locator('[data-test=statement-file] >> nth=0').scrollIntoViewIfNeeded();
  await looksRight(page, 'statement-files');
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-test=statement-file]', { hasText: '全院' }).locator('[data-test=statement-file-download]').first().click()]);
  assert.equal(download.suggestedFilename(), `hospay-hospital-${DAY}-v1.csv`);
});

test('the queue shows the sinks: which stands still, since when and why', async () => {
  house.sinks.push(
    { name: 'esb', kind: 'mqtt', isConnected: false, behind: 128, oldestAt: house.now().toISOString(), publishedAt: `${DAY}T08:00:00.000Z`, lastProblem: 'connect ECONNREFUSED 10.1.2.3:8883' },
    { name: 'data-centre', kind: 'mqtt', isConnected: true, behind: 0, oldestAt: undefined, publishedAt: house.now().toISOString(), lastProblem: undefined },
  );
  await page.click('nav a[href="/queue"]');
  await page.waitForSelector('[data-test=sink-esb]');
  const stuck = await page.locator('[data-test=sink-esb]').innerText();
  for (const words of ['esb', 'MQTT', '未送达，重试中', '128', 'ECONNREFUSED']) assert.ok(stuck.includes(words), `${words} in ${stuck}`);
  assert.match(await page.locator('[data-test=sink-data-centre]').innerText(), /正常/);
  await looksRight(page, 'sinks');
});

test('its case: taken, a talk with the patient noted, a write-off proposed and withdrawn; what another person proposed is approved as it is shown', async () => {
  const say = async (text: string) => {
    await page.fill('textarea[name=caseText]', text);
    await page.click('.el-dialog:visible button[type=submit]');
  };
  await page.click('nav a[href="/cases"]');
  await looksRight(page, 'cases');
  await page.click('tr:has-text("对账长款") >> [data-test^=case-]');
  await page.setInputFiles('input[type=file]', { name: '渠道回单.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\n渠道回单') });
  await page.waitForSelector('[data-test^=attachment-] >> text=渠道回单.pdf');
  await page.waitForSelector('text=长款 ¥7.00');
  await page.click('[data-test=take]');
  await page.waitForSelector('main >> text=处理中');
  await page.click('[data-test=contact]');
  await say('已电话联系，未能接通');
  await page.waitForSelector('td:has-text("已电话联系，未能接通")');
  await page.click('[data-test=propose]');
  await picture(page, 'case-propose');
  await say('查无此患者');
  await page.waitForSelector('[data-test=approve]');
  assert.equal(await page.locator('[data-test=approve]').isDisabled(), true, 'nobody approves his own');
  await looksRight(page, 'case-proposed');
  await page.click('[data-test=reject]');
  await say('再核实一次');
  await page.waitForSelector('td:has-text("退回")');
  const id = Number(page.url().split('/').at(-1));
  await house.store.cases.propose({ id, way: 'writeOff', reason: '渠道确认为测试交易', by: 'wu.finance', now: house.now() });
  await page.click('button:has-text("刷新")');
  await page.click('[data-test=approve]');
  await page.waitForSelector('.el-dialog:visible >> text=转入长款核销（7001）');
  await say('同意');
  await page.waitForSelector('main >> text=已结案');
  await looksRight(page, 'case-ended');
  await page.click('nav a[href="/ledger"]');
  await page.waitForSelector('main >> text=长款核销');
  await page.click('nav a[href="/reconciliation"]');
  await page.waitForSelector('[data-test=day]');
  await page.click('[data-test=show-differences] >> nth=0');
  await page.waitForSelector('[data-test=difference] >> text=已核销');
});

test('a statement that the channel does not give is uploaded: another day is refused in words, the right one is run and marked', async () => {
  house.statement.answer = { kind: 'notReady', message: 'not yet' };
  const bring = async (at: string) => {
    const lines = [{ kind: 'payment', tradeNo: 'SHOP2', channelTradeNo: '4200', amountFen: 5, feeMilliFen: 0, status: 'SUCCESS', at }];
    await page.setInputFiles('.el-dialog:visible input[type=file]', { name: '商户平台账单.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify({ lines, totals: { lines: 1, paymentFen: 5, refundFen: 0 } })) });
    await page.click('[data-test=send-statement]');
  };
  await page.click('[data-test=upload-statement]');
  await page.click('[data-test=send-statement]');
  await page.waitForSelector('.el-dialog:visible [role=alert]');
  await page.fill('.el-dialog:visible input[name=reason]', '渠道接口停用');
  await bring('2026-11-18T10:00:00+08:00');
  await page.waitForSelector('text=对账文件不能使用');
  await page.waitForSelector('.el-dialog:visible .problem >> text=文件共 1 笔，多数属于 2026-11-18');
  await picture(page, 'statement-upload');
  await bring(`${DAY}T10:00:00+08:00`);
  await page.waitForSelector('[data-test=by-hand] >> text=手工上传：商户平台账单.json');
  await looksRight(page, 'statement-uploaded');
});

test('in English too, and an auditor only reads', async () => {
  await page.click('nav a[href="/reconciliation"]');
  // What was said of the refused file lies over the button.
  await closeNotices(page);
  await page.click('text=English');
  await page.waitForSelector('main h1 >> text=Reconciliation');
  await page.waitForSelector('[data-test=day] >> text=Uploaded by hand');
  await looksRight(page, 'reconciliation-english');
  await page.click('text=中文');
  await becomeAuditor(opened);
  await page.click('nav a[href="/reconciliation"]');
  await page.waitForSelector('[data-test=day]');
  assert.equal(await page.locator('[data-test=run-day], [data-test=upload-statement]').count(), 0);
});

/** One order of yesterday; the statement has it, money under a number nobody knows, and a row of a shop on the same merchant number. */
async function seedDay(): Promise<void> {
  const order = await house.payAndConfirm('Q1');
  const raw = Buffer.from('the file');
  const line = { kind: 'payment', channelTradeNo: '4200', feeMilliFen: 0, status: 'SUCCESS', at: `${DAY}T10:00:00+08:00` } as const;
  const lines = [{ ...line, tradeNo: order.payments[0]?.paymentNo ?? '', amountFen: 10_000 }, { ...line, tradeNo: STRAY, amountFen: 700 }, { ...line, tradeNo: 'SHOP1', amountFen: 5 }];
  house.statement.answer = { kind: 'ok', raw, sha256: createHash('sha256').update(raw).digest('hex'), lines, totals: { lines: 3, paymentFen: 10_705, refundFen: 0 } };
  house.later(24 * 3_600);
  await house.statementFiles.desk.makeDue();
  for (const job of await house.store.claimJobs({ kinds: ['sendStatementFile'], owner: 'test', now: house.now(), leaseMs: 1, limit: 5 })) await house.statementFiles.send(job);
}
