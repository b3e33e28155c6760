import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { MeasureId } from '@hospay/server/domain/alarm-measures.js';
import type { ConsoleHouse } from '../contract/console-house.js';
import { becomeAdministrator, becomeAuditor, counted, looksRight, openConsole, picture, type ConsoleUnderTest } from './console-page.js';

let opened: ConsoleUnderTest;
let house: ConsoleHouse;
let page: Page;

before(async () => {
  opened = await openConsole();
  ({ house, page } = opened);
  await live(180);
  await becomeAdministrator(opened);
});
after(() => opened.stop());
afterEach(() => { opened.hearNoComplaint(); });

const WELL: readonly (readonly [MeasureId, number | Readonly<Record<string, number>>])[] = [
  ['paymentsUnknown', 2], ['paymentUnknownAge', 95], ['confirmationAge', 12], ['payoutsUnknown', 0], ['casesUrgent', 0], ['casesOverdue', 0], ['callbacksUndelivered', 0], ['hisNoticesOpen', 1], ['taskFailed', { 'reconcile-days': 0, 'verify-ledger': 0 }],
  ['credentialsUrgent', 0], ['credentialsSoon', 0], ['safeMode', 0], ['moneyFileMegabytes', 18_400], ['queueLate', { confirmOrder: 4, advancePayment: 0 }], ['brokerLine', 0], ['terminalsOffline', 1], ['terminalsCopied', 0], ['terminalClocksOff', 0], ['terminalFaults', 0],
  ['printFaults', 0], ['hisInactive', 0], ['hisUnanswered', 0], ['hisSlow', 240], ['channelOut', { wechat: 0, alipay: 0 }], ['channelUnanswered', { wechat: 0, alipay: 0 }], ['relayLine', 0], ['pluginFailed', { wechat: 0, 'his-main': 0 }], ['processMemory', 262], ['clockJump', 3], ['alarmsUndelivered', { 'it-office': 0 }],
];

/** Minutes of a house that lives: values move a little, as they do. */
async function live(minutes: number): Promise<void> {
  for (const [measure, value] of WELL) house.alarms.say(measure, value);
  for (let minute = 0; minute < minutes; minute += 1) {
    const wave = Math.sin(minute / 9) + Math.sin(minute / 3) / 3;
    house.alarms.say('cpuPercent', 28 + 14 * wave);
    house.alarms.say('memoryAvailable', 2_300 - 160 * wave);
    house.alarms.say('eventLoopDelay', 9 + 5 * wave);
    house.alarms.say('commitMilliseconds', 14 + 6 * wave);
    house.alarms.say('walMegabytes', 22 + 10 * wave);
    house.alarms.say('queueOpen', Math.round(40 + 20 * wave));
    house.alarms.say('diskFree', 48_000 - minute * 2);
    house.later(60);
    await house.alarms.watch.sampleNow();
  }
}
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 5) {
    house.later(5);
    await house.alarms.watch.sampleNow();
  }
}

test('a house that is well says so, with trends of the machine and every measure in words', async () => {
  await page.click('nav a[href="/monitoring"]');
  await page.waitForSelector('[data-test=well]');
  assert.match(await page.innerText('[data-test=well]'), /没有告警：\d+ 条规则均正常/);
  await counted(page, '[data-test=trends] svg', 8);
  const readings = await page.innerText('[data-test=readings]');
  for (const words of ['交易', '结果未知的支付笔数', '医院接口平均耗时', '向医院确认', '资金库文件大小', '18 GB']) assert.ok(readings.includes(words), words);
  await looksRight(page, 'monitoring-well');
});

test('what is wrong stands on top, the most severe first, with value, threshold, time and repair, and leads to where it is repaired', async () => {
  house.alarms.say('hisSlow', 5_200);
  house.alarms.say('channelOut', { wechat: 1, alipay: 0 });
  house.alarms.say('terminalsOffline', 6);
  house.alarms.say('queueLate', { confirmOrder: 260, advancePayment: 0 });
  house.alarms.say('memoryAvailable', 206);
  await pass(420);
  await page.goto(`${house.origin}/overview`);
  await page.waitForSelector('[data-test=alarm-banner]');
  assert.match(await page.innerText('[data-test=alarm-banner]'), /监控有 1 条紧急告警/);
  await picture(page, 'monitoring-overview');
  await page.click('[data-test=alarm-banner]');
  await page.waitForSelector('[data-test=problems] li');
  const items = await page.locator('[data-test=problems] li').allInnerTexts();
  assert.equal(items.length, 5);
  assert.match(items[0] ?? '', /紧急[\s\S]*支付渠道无应答，已从路由摘除[\s\S]*wechat[\s\S]*检查外网线路[\s\S]*已持续 6 分钟/);
  assert.match(items.find((text) => text.includes('医院接口缓慢')) ?? '', /当前 5200 ms，阈值 ≥ 3000 ms/);
  assert.match(items.find((text) => text.includes('主机可用内存不足')) ?? '', /当前 206 MB，阈值 ≤ 256 MB/);
  assert.match(items.find((text) => text.includes('到期消息未处理')) ?? '', /向医院确认[\s\S]*去处理：消息队列/);
  await looksRight(page, 'monitoring-problems');
  await page.click('[data-test=problem-queue-late] >> text=去处理：消息队列');
  await page.waitForSelector('main h1 >> text=消息队列');
  await page.click('nav a[href="/monitoring"]');
});

test('an alarm is acknowledged with a note, and stays', async () => {
  await page.click('[data-test=problem-channel-out] [data-test=acknowledge]');
  await page.click('[data-test=send-acknowledge]');
  await page.waitForSelector('text=请填写处理说明');
  await page.fill('textarea[name=note]', '已联系运营商，线路抢修中');
  await picture(page, 'monitoring-acknowledge');
  await page.click('[data-test=send-acknowledge]');
  await page.waitForSelector('[data-test=problem-channel-out] >> text=/li.admin 于/');
  assert.equal(await page.locator('[data-test=problem-channel-out] [data-test=acknowledge]').count(), 0);
});

test('a rule is muted for a time with a reason and shown so; the mute ends early', async () => {
  await page.click('[data-test=problem-terminals-offline] [data-test=mute]');
  await page.fill('input[name=mute-reason]', '二楼交换机更换');
  await picture(page, 'monitoring-mute');
  await page.click('[data-test=send-mute]');
  await page.waitForSelector('[data-test=problem-terminals-offline] >> text=静默中');
  assert.match(await page.innerText('[data-test=mute-row]'), /多台终端离线[\s\S]*二楼交换机更换[\s\S]*li\.admin/);
  await looksRight(page, 'monitoring-muted', 'narrow');
  await page.click('[data-test=end-mute]');
  await counted(page, '[data-test=mute-row]', 0);
});

test('a test alarm says whether it arrived, and a channel that fails is seen', async () => {
  await page.click('[data-test=test-channel]');
  await page.waitForSelector('text=it-office：测试告警已送达');
  house.alarms.receiver.scene.answer = () => ({ status: 503 });
  await house.alarms.delivery.deliverNow();
  await page.click('[data-test=test-channel]');
  await page.waitForSelector('text=测试告警未送达（HTTP 503）');
  await page.click('button:has-text("刷新")');
  await page.waitForSelector('[data-test=channel-it-office] >> text=等待送达');
  house.alarms.receiver.scene.answer = () => ({ status: 204 });
});

test('who keeps a copy of the audit log is seen, and how far one that is away has come', async () => {
  await page.waitForSelector('[data-test=collector-centre] >> text=正常');
  const away = await page.locator('[data-test=collector-copy]').innerText();
  for (const words of ['10.1.2.3:6514 tls', '未送达，重试中', 'ECONNREFUSED', '已等待 20 分钟', '7', '至第 5 行']) assert.ok(away.includes(words), `${words} in ${away}`);
});

test('the history tells what was raised, cleared and done about it; trends go back a day', async () => {
  house.alarms.say('channelOut', { wechat: 0, alipay: 0 });
  house.alarms.say('hisSlow', 240);
  await pass(200);
  await page.click('button:has-text("刷新")');
  await page.waitForSelector('[data-test=past-alarm] >> text=已联系运营商，线路抢修中');
  assert.match((await page.locator('[data-test=past-alarm]').allInnerTexts()).join('\n'), /支付渠道无应答[\s\S]*持续 \d+ 分钟/);
  await page.click('label:has-text("近一天")');
  await counted(page, '[data-test=trends] svg', 8);
  await looksRight(page, 'monitoring-history');
});

test('in English too, and an auditor only reads', async () => {
  await page.click('text=English');
  await page.waitForSelector('main h1 >> text=Monitoring');
  await looksRight(page, 'monitoring-english');
  await page.click('text=中文');
  await becomeAuditor(opened);
  await page.click('nav a[href="/monitoring"]');
  await page.waitForSelector('[data-test=problems] li');
  assert.equal(await page.locator('[data-test=acknowledge], [data-test=mute], [data-test=mute-all], [data-test=test-channel]').count(), 0);
});
