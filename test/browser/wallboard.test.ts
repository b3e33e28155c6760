/** 监控大屏: hung up by who runs the machine, seen without a session, grey when what it shows is old. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { isAccessible } from './accessible.js';
import { becomeAdministrator, looksRight, openConsole, picture, type ConsoleUnderTest } from './console-page.js';

let underTest: ConsoleUnderTest;
let link = '';

before(async () => {
  underTest = await openConsole();
  await becomeAdministrator(underTest);
});
after(async () => { await underTest.stop(); });

/** A hospital in the middle of its morning. */
async function morning() {
  const { house } = underTest;
  for (const index of [1, 2, 3]) await house.payAndConfirm(`Q${String(index)}`, { patientLabel: '赵*试' });
  house.channel.chargeAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  await house.pay('Q9');
  for (const [measure, value] of [['hisInactive', 0], ['hisSlow', 812], ['hisUnanswered', 2.5], ['diskFree', 51_200]] as const) house.alarms.say(measure, value);
  house.alarms.say('channelUnanswered', { scripted: 1.2, 'alipay-main': 34.5 });
  house.alarms.say('channelOut', { scripted: 0, 'alipay-main': 1 });
  house.later(95);
  await house.alarms.watch.sampleNow();
}

test('a screen is hung up on its page; the address with its token is told once', async () => {
  const { page } = underTest;
  await page.click('a[href="/displays"]');
  await page.waitForSelector('[data-test=add-display]');
  await looksRight(page, 'displays-empty');
  await page.click('[data-test=add-display]');
  await page.click('button[form=display]');
  await page.waitForSelector('text=请填写名称');
  await page.fill('input[name=title]', '收费处大屏');
  await page.click('button[form=display]');
  link = await page.innerText('[data-test=display-link]');
  assert.match(link, /\/wallboard#[\w-]{43}$/);
  await picture(page, 'displays-link');
  await page.click('.el-dialog__footer button');
  await page.waitForSelector('td:has-text("收费处大屏")');
  await page.waitForSelector('[data-test=display-link]', { state: 'detached' });
  assert.ok(!(await page.content()).includes(link.split('#')[1] ?? '-'));
  await looksRight(page, 'displays');
});

test('the board shows the morning at 1920 × 1080 and at 4K, without a session and without a patient; what is old turns grey, and the line that broke is said', async () => {
  await morning();
  const { page: ofConsole } = underTest;
  const context = await ofConsole.context().browser()?.newContext({ locale: 'zh-CN', viewport: { width: 1920, height: 1080 }, reducedMotion: 'reduce' });
  assert.ok(context !== undefined);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => { if (message.type() === 'error' && !/ERR_FAILED|net::/.test(message.text())) complaints.push(message.text()); });
  await page.goto(link);
  await page.waitForSelector('[data-test=paid]');
  assert.match(await page.innerText('[data-test=paid]'), /^¥300\.00/);
  const text = await page.innerText('main');
  for (const shown of ['示范医院', '监控大屏', '结果未知', '812', '已摘除', '尚无备份', '100%']) assert.ok(text.includes(shown), `${shown} is missing`);
  assert.ok(!/赵|undefined|NaN|wallboard\./.test(text));
  for (const size of [{ width: 1920, height: 1080 }, { width: 3840, height: 2160 }, { width: 1366, height: 768 }]) {
    await page.setViewportSize(size);
    await eventually('the stage fills the screen', async () => {
      const box = await page.locator('.stage').boundingBox();
      return box !== null && Math.abs(box.width - Math.min(size.width, (size.height * 16) / 9)) < 2 ? true : undefined;
    });
    const hidden = await page.evaluate<string[]>(`[...document.querySelectorAll('.tile .body')].filter((body) => body.scrollHeight > body.clientHeight + 1 || body.scrollWidth > body.clientWidth + 1).map((body) => body.parentElement.innerText.slice(0, 20))`);
    assert.deepEqual(hidden, [], `something does not fit at ${String(size.width)}`);
    await isAccessible(page, `wallboard-${String(size.width)}`);
    await picture(page, `wallboard-${String(size.width)}`);
  }
  await page.setViewportSize({ width: 1920, height: 1080 });
  assert.equal(await page.locator('.tile.stale').count(), 0);
  await page.route(/console-api/, (route) => route.abort());
  await page.waitForSelector('text=连接中断', { timeout: 15_000 });
  await page.waitForSelector('.tile.money.stale', { timeout: 40_000 });
  assert.match(await page.innerText('.tile.money header'), /数据已过时 · 数据时间/);
  await picture(page, 'wallboard-stale');
  await page.unroute(/console-api/);
  await eventually('it comes back by itself', async () => ((await page.locator('.tile.money.stale').count()) === 0 ? true : undefined));
  assert.deepEqual(complaints, []);
  await context.close();
});

test('hours of it leave nothing behind: as many nodes and listeners as in the beginning', async () => {
  const context = await underTest.page.context().browser()?.newContext({ locale: 'zh-CN', viewport: { width: 1920, height: 1080 }, reducedMotion: 'reduce' });
  const page = await context?.newPage();
  assert.ok(context !== undefined && page !== undefined);
  await page.clock.install();
  await page.goto(link);
  await page.waitForSelector('[data-test=paid]');
  const devtools = await context.newCDPSession(page);
  await devtools.send('Performance.enable');
  const left = async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    const { metrics } = await devtools.send('Performance.getMetrics');
    return ['Nodes', 'JSEventListeners'].map((name) => metrics.find((metric) => metric.name === name)?.value ?? -1);
  };
  let answers = 0;
  page.on('response', (response) => { if (response.url().endsWith('/wallboard')) answers += 1; });
  const goOn = async (times: number) => {
    for (let time = 0; time < times; time += 1) {
      const asked = answers;
      underTest.house.later(1);
      await page.clock.runFor(5_000);
      await eventually('it was asked again', () => Promise.resolve(answers > asked ? true : undefined));
    }
  };
  await goOn(10);
  const began = await left();
  await goOn(200);
  const ended = await left();
  assert.ok((ended[0] ?? 0) <= (began[0] ?? 0) + 40 && (ended[1] ?? 0) <= (began[1] ?? 0), `${String(began)} → ${String(ended)}`);
  await context.close();
});

test('a screen whose token is withdrawn says so; an address without a token says where to get one', async () => {
  const { page } = underTest;
  await page.click('[data-test=withdraw-display]');
  await page.click('.el-message-box__btns .el-button--primary');
  await page.waitForSelector('td:has-text("已收回")');
  underTest.hearNoComplaint();
  const context = await page.context().browser()?.newContext({ locale: 'zh-CN', viewport: { width: 1920, height: 1080 } });
  const screen = await context?.newPage();
  assert.ok(screen !== undefined);
  await screen.goto(link);
  await screen.waitForSelector('[role=alert]:has-text("未登录")');
  await screen.goto(`${link.split('#')[0] ?? ''}?again`);
  await screen.waitForSelector('[role=alert]:has-text("没有大屏令牌")');
  await context?.close();
});
