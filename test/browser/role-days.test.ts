/** Each role's day at the running demo hospital, in Chinese: what `npm start` starts, walked from the first patient at the kiosk to the auditor in the evening. Every page a role has is looked at on the way. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { openChromium } from './chromium.js';
import { counted, looksRight, picture } from './console-page.js';
import { scans } from './counter-under-test.js';
import { startDemo, type DemoUnderTest } from './demo-under-test.js';

const [GIVEN, OWN, AT_WINDOWS] = ['Given-By-Boss-1', 'Keep-It-Simple-9', 'Window-Demo-2026'];
/** Charged by Alipay, as the patient at the kiosk paid. */
const MERCHANT = '2088000000000011';
let demo: DemoUnderTest;
let browser: Browser;
let desk: BrowserContext;
let page: Page;
const complaints: string[] = [];
/** What the patients of this morning paid. */
const paid = { kiosk: '', window: '' };

before(async () => {
  demo = await startDemo();
  browser = await openChromium();
  desk = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1366, height: 768 }, reducedMotion: 'reduce' });
  page = await desk.newPage();
  page.setDefaultTimeout(30_000);
  page.on('console', (message) => { if (message.type() === 'error' && !/status of (401|409|422)/.test(message.text())) complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(error.message));
});
after(async () => {
  await browser.close();
  await demo.stop();
});

const fill = async (values: Record<string, string>, scope = ''): Promise<void> => {
  for (const [name, value] of Object.entries(values)) await page.fill(`${scope} input[name=${name}]`, value);
};
const tradeNoIn = (text: string): string => /H\d{14}[0-9A-Z]{9}/.exec(text)?.[0] ?? assert.fail(text);
async function signIn(login: string, password: string): Promise<void> {
  if ((await page.locator('[data-test=sign-out]').count()) > 0) await page.click('[data-test=sign-out]');
  await fill({ login, password });
  await page.click('button[type=submit]');
}
/** The first time: the password somebody gave is changed. */
async function arrive(login: string): Promise<void> {
  await signIn(login, GIVEN);
  await page.waitForSelector('text=当前密码由他人设置');
  await fill({ current: GIVEN, next: OWN, again: OWN });
  await page.click('button[type=submit]');
  await page.waitForSelector('nav a');
}
/** Pages that somebody has looked at closely today; the overview is another for each role. */
const seenClosely = new Set<string>();
/** Every page in the menu of whoever is there: in order, in Chinese, to be used by everybody, at both sizes where nobody has looked at it before him (people who want pictures have them of every role). */
async function looksAround(name: string): Promise<readonly string[]> {
  const paths = await page.locator('nav a').evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  for (const path of paths) {
    await page.click(`nav a[href="${path}"]`);
    await page.waitForSelector('main h1');
    await counted(page, '.progress.on, .el-loading-mask', 0);
    assert.equal(await page.locator('main .failure').count(), 0, `${name} is refused something on ${path}`);
    if (!seenClosely.has(path) || path === '/overview' || process.env['HOSPAY_PICTURES'] !== undefined) await looksRight(page, `day-${name}${path.replaceAll('/', '-')}`);
    seenClosely.add(path);
  }
  assert.deepEqual(complaints.splice(0), [], 'the browser complained');
  return paths;
}

test('7:40, a patient pays at the kiosk with a code on its screen', { timeout: 90_000 }, async () => {
  const kiosk = await browser.newPage({ viewport: { width: 1080, height: 1920 } });
  await kiosk.goto(demo.url('kiosk'));
  await kiosk.click('#errand-bills');
  await kiosk.click('#demo-card-0');
  await kiosk.click('#quote');
  await kiosk.click('#pay');
  await kiosk.waitForSelector('#qr');
  const code = (await kiosk.getAttribute('#phone', 'href')) ?? '';
  const phone = await browser.newPage({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  await phone.goto(code);
  await phone.click('#pay-alipay');
  await phone.click('button[value=CNY]');
  await kiosk.waitForSelector('#print', { timeout: 45_000 });
  paid.kiosk = tradeNoIn(await kiosk.innerText('body'));
  await phone.close();
  await kiosk.close();
});

test('a cashier takes notes at the window by keyboard and scanner, prints, and closes the shift at the console', { timeout: 120_000 }, async () => {
  const window = await browser.newPage({ viewport: { width: 1366, height: 768 } });
  await window.goto(demo.url('window'));
  await window.waitForSelector('#line.online');
  await window.fill('#operator-no', '0101');
  await window.fill('#password', AT_WINDOWS);
  await window.keyboard.press('Enter');
  await window.waitForSelector('#scan');
  await scans(window, 'C0000002');
  await window.waitForSelector('body[data-view=bills]');
  await window.keyboard.press('Enter');
  await window.waitForSelector('body[data-view=quote]');
  const due = Number((await window.innerText('#money')).slice(1));
  await window.keyboard.type(String(Math.ceil(due)));
  await window.keyboard.press('F6');
  await window.waitForSelector('body[data-stage=done]', { timeout: 30_000 });
  paid.window = tradeNoIn(await window.innerText('dl'));
  await window.close();

  await page.goto(`${demo.url('console')}/sign-in`);
  await signIn('0101', AT_WINDOWS);
  await page.waitForSelector('[data-test="running-operator:0101"]');
  assert.deepEqual(await looksAround('cashier'), ['/shifts'], 'a cashier has his shift and nothing else');
  await page.click('[data-test="running-operator:0101"] button');
  const expectedFen = Math.round(Number((await page.innerText('[data-test=expected]')).replaceAll(/[¥,]/g, '')) * 100);
  assert.equal(expectedFen, Math.round(due * 100));
  // Counted note by note and coin by coin, and it is right.
  let left = expectedFen;
  for (const face of [10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10]) {
    const field = page.locator(`input[name=face-${String(face)}]`);
    if ((await field.count()) === 0) continue;
    await field.fill(String(Math.floor(left / face)));
    left %= face;
  }
  const difference = await page.innerText('[data-test=difference]');
  await page.click('[data-test=send-close]');
  await page.click('.el-message-box__btns >> text=/^确定$/');
  await page.waitForSelector('text=已交班：');
  assert.ok(left === 0 ? /相符|¥0\.00|无/.test(difference) || difference === '' : /短款/.test(difference), difference);
});

test('IT makes the accounts, looks at everything that runs, has the HIS examined and the ledger checked', { timeout: 240_000 }, async () => {
  await page.click('[data-test=sign-out]');
  await page.goto(`${demo.url('console')}/first-login`);
  await fill({ code: demo.firstLoginCode, login: 'li.admin', displayName: '李工', password: OWN, again: OWN });
  await page.click('button[type=submit]');
  await page.waitForSelector('[data-test=who]');
  await page.click('nav a[href="/users"]');
  for (const [login, displayName, role] of [['wang.finance', '王财务', '财务'], ['wu.finance', '吴会计', '财务'], ['chen.audit', '陈审计', '审计员'], ['zhao.shop', '赵商户', '商户']] as const) {
    await page.click('[data-test=add-user]');
    await fill({ login, displayName, password: GIVEN }, '.el-dialog:visible');
    await page.click(`.el-dialog:visible .el-checkbox:has-text("${role}")`);
    if (role === '商户') {
      await page.click('.el-dialog:visible [data-test=merchant]');
      await page.click(`.el-select-dropdown__item:visible:has-text("${MERCHANT}")`);
    }
    await page.click('.el-dialog:visible button[type=submit]');
    await page.waitForSelector(`tr:has-text("${login}")`);
  }
  await page.click('nav a[href="/his-doctor"]');
  await page.click('[data-test=begin]');
  await page.waitForSelector('[data-test=result]', { timeout: 60_000 });
  await page.click('nav a[href="/tasks"]');
  await page.click('tr:has-text("verify-ledger") >> text=立即运行');
  await page.waitForSelector('tr:has-text("verify-ledger") >> text=成功');
  const seen = await looksAround('administrator');
  for (const path of ['/overview', '/terminals', '/plugins', '/monitoring', '/parameters', '/queue', '/certificates', '/setup']) assert.ok(seen.includes(path), path);
});

test('finance finds the morning’s orders, sends money back with somebody else’s yes where it is much, compares the day, and takes a report along', { timeout: 240_000 }, async () => {
  await arrive('wang.finance');
  await page.click('nav a[href="/orders"]');
  await page.fill('input[name=number]', paid.kiosk);
  await page.press('input[name=number]', 'Enter');
  await page.click(`tr:has-text("${paid.kiosk}") a`);
  await page.waitForSelector('ol li.journal');
  await looksRight(page, 'day-finance-order');
  const timeline = await page.innerText('main');
  for (const word of ['医院已入账', '渠道在途', '已收待认']) assert.ok(timeline.includes(word), word);
  await page.click('[data-test=refund]');
  await page.click('text=项目开错');
  await page.click('[data-test=refund-submit]');
  await page.click('[data-test=refund-sure]');
  await eventually('the money is back, or waits for another', () => (demo.read("SELECT 1 AS found FROM refund WHERE trade_no = ? AND state = 'succeeded'", paid.kiosk).length + demo.read('SELECT 1 AS found FROM refund_approval').length > 0 ? true : undefined), 60_000);
  await page.click('nav a[href="/reconciliation"]');
  await page.click('[data-test=run-day]');
  await page.waitForSelector('[data-test=day]', { timeout: 60_000 });
  await page.click('nav a[href="/reports"]');
  await page.waitForSelector('[data-test=report-totals]');
  await page.click('[data-test=export-xlsx]');
  await page.waitForSelector('[data-test=export] >> text=已完成', { timeout: 60_000 });
  const seen = await looksAround('finance');
  for (const path of ['/overview', '/approvals', '/cases', '/payouts', '/arrivals', '/settlements', '/periods', '/ledger']) assert.ok(seen.includes(path), path);
});

test('a merchant sees his own figures and nothing of the hospital', { timeout: 120_000 }, async () => {
  await arrive('zhao.shop');
  await page.waitForSelector(`main tbody td:has-text("${paid.kiosk}")`);
  assert.equal(await page.locator(`main tbody:has-text("${paid.window}")`).count(), 0);
  const seen = await looksAround('merchant');
  assert.ok(seen.every((path) => path.startsWith('/merchant/')), seen.join());
  await page.goto(`${demo.url('console')}/orders`);
  await page.waitForURL(/\/merchant\//);
});

test('in the evening the auditor reads who did what, checks the chain, and can change nothing', { timeout: 180_000 }, async () => {
  await arrive('chen.audit');
  const seen = await looksAround('auditor');
  assert.ok(seen.includes('/audit') && seen.includes('/users') && seen.includes('/orders'));
  await page.click('nav a[href="/audit"]');
  await page.waitForSelector('main tbody td');
  await page.click('text=校验日志链');
  await page.waitForSelector('text=日志链完整');
  const log = await page.innerText('main');
  for (const what of ['登录', '修改密码']) assert.ok(log.includes(what), what);
  await page.goto(`${demo.url('console')}/orders/${paid.window}`);
  await page.waitForSelector('ol li.journal');
  assert.equal(await page.locator('[data-test=refund]').count(), 0);
  await picture(page, 'day-auditor-order');
  assert.deepEqual(demo.ledgerProblems(), []);
});
