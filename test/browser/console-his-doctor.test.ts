/** 医院接口诊断 in a real browser: step by step, with the first fault to begin with, and there again after a reload. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { becomeAdministrator, becomeAuditor, looksRight, openConsole, type ConsoleUnderTest } from './console-page.js';

let underTest: ConsoleUnderTest;
before(async () => {
  underTest = await openConsole();
  await becomeAdministrator(underTest);
});
after(() => underTest.stop());

test('the line is examined step by step; what is wrong is told with where to begin, survives a reload, and no card number is kept', async () => {
  const { page, house, hearNoComplaint } = underTest;
  await page.click('nav a[href="/his-doctor"]');
  await page.waitForSelector('[data-test=begin]');
  await looksRight(page, 'his-doctor-none');
  Object.assign(house.hospital, { ping: () => Promise.resolve({ kind: 'ok', value: { hisTime: house.now().toISOString(), findings: ['usp_pay_confirm 多了参数 @dept'] } }), loadDictionary: () => Promise.resolve({ kind: 'ok', value: [{ code: '01', name: '内科' }] }) });
  await page.fill('input[name=cardNo]', 'T0000001');
  await page.click('[data-test=begin]');
  await page.waitForSelector('[data-test=result]');
  assert.match(await page.innerText('[data-test=result]'), /先从“接口与映射一致”查起：HIS 的存储过程/);
  assert.match(await page.innerText('[data-test=step-dictionary]'), /正常/);
  await looksRight(page, 'his-doctor-warning');
  await page.reload();
  await page.waitForSelector('[data-test=result]');
  assert.ok(!JSON.stringify(await house.platform.auditEvents.read({ afterSeq: 0, limit: 100 })).includes('T0000001'));
  hearNoComplaint();
});

test('an adapter that does not run is told first; it goes on while nobody looks, and may be broken off', async () => {
  const { page, house, hearNoComplaint } = underTest;
  house.hisLine.reason = '已由人停止';
  await page.click('[data-test=begin]');
  await page.waitForSelector('[data-test=result]:has-text("适配器运行")');
  assert.match(await page.innerText('[data-test=step-adapter]'), /异常[\s\S]*已由人停止/);
  await looksRight(page, 'his-doctor-failed');
  house.hisLine.reason = '';
  const answer = Promise.withResolvers<unknown>();
  Object.assign(house.hospital, { ping: () => answer.promise });
  await page.click('[data-test=begin]');
  await page.waitForSelector('[data-test=step-reach] >> text=等待');
  await page.click('nav a[href="/tasks"]');
  await page.click('nav a[href="/his-doctor"]');
  await page.click('[data-test=cancel]');
  answer.resolve({ kind: 'unknown', reason: '8 秒内无应答' });
  await page.waitForSelector('[data-test=result]:has-text("已中止")');
  hearNoComplaint();
});

test('an auditor reads what was found and begins nothing', async () => {
  const { page } = underTest;
  await becomeAuditor(underTest);
  await page.click('nav a[href="/his-doctor"]');
  await page.waitForSelector('[data-test=result]');
  assert.equal(await page.locator('[data-test=begin]').count(), 0);
});
