import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { OrderView } from '@hospay/server/payments/order-view.js';
import { eventually } from '../end-to-end/appliance-under-test.js';
import type { ConsoleHouse } from '../contract/console-house.js';
import { becomeAuditor, counted, looksRight, openConsole, PASSWORD, picture, type ConsoleUnderTest } from './console-page.js';
import { seedMorning } from './console-seed.js';

let opened: ConsoleUnderTest;
let house: ConsoleHouse;
let page: Page;
let orders: { readonly refundable: OrderView; readonly refunded: OrderView };

before(async () => {
  opened = await openConsole();
  ({ house, page } = opened);
  orders = await seedMorning(house);
  await house.platform.terminals.add({ id: 'kiosk-1', kind: 'kiosk', title: '门诊一楼一号自助机' }, house.now());
});
after(() => opened.stop());
afterEach(() => { opened.hearNoComplaint(); });

const open = async (area: string) => {
  await page.click(`nav a[href="/${area}"]`);
  await page.waitForSelector('main h1');
};

test('with no user the first page asks for the first-login code, and a weak password is told why', async () => {
  const code = (await house.firstLogin.open()) ?? '';
  await page.goto(house.origin);
  await page.waitForSelector('input[name=code]');
  await looksRight(page, 'first-login');
  await page.fill('input[name=code]', code);
  await page.fill('input[name=login]', 'li.admin');
  await page.fill('input[name=displayName]', '李工');
  await page.fill('input[name=password]', 'weak');
  await page.fill('input[name=again]', 'weak');
  await page.click('button[type=submit]');
  assert.match(await page.innerText('.problem'), /至少 12 位/);
  await page.fill('input[name=password]', PASSWORD);
  await page.fill('input[name=again]', PASSWORD);
  await page.click('button[type=submit]');
  await page.waitForSelector('[data-test=who]');
  assert.match(await page.innerText('[data-test=who]'), /李工\s*管理员/);
});

test('a person signs out and in again, and a wrong password shows its code and the next step', async () => {
  await page.click('[data-test=sign-out]');
  await page.waitForSelector('input[name=password]');
  await looksRight(page, 'sign-in');
  await page.fill('input[name=login]', 'li.admin');
  await page.fill('input[name=password]', 'not-the-password');
  await page.click('button[type=submit]');
  await page.waitForSelector('.problem');
  assert.match(await page.innerText('.problem'), /LOGIN_FAILED[\s\S]*核对后重试/);
  await page.fill('input[name=password]', PASSWORD);
  await page.click('button[type=submit]');
  await page.waitForSelector('[data-test=who]');
});

test('the overview shows the day, and what needs a person', async () => {
  await page.waitForSelector('.figures');
  const text = await page.innerText('main');
  for (const word of ['今日实收', '结果未知的支付', '待处理差错单', '金额不符', 'the database refused the connection']) assert.ok(text.includes(word), word);
  await looksRight(page, 'overview');
});

test('what a browser loads before the overview stands is below 400 KiB as it comes over the line, charts not among it', async () => {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
  const [bytes, names] = [new Map<string, number>(), new Map<string, string>()];
  devtools.on('Network.responseReceived', ({ requestId, response }) => { if (!response.url.includes('/console-api/')) names.set(requestId, response.url); });
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => { bytes.set(requestId, encodedDataLength); });
  await page.reload({ waitUntil: 'networkidle' });
  await page.waitForSelector('.figures');
  const loaded = [...names].reduce((sum, [id]) => sum + (bytes.get(id) ?? 0), 0);
  assert.ok(loaded > 50_000 && loaded < 400 * 1_024, `${String(loaded)} bytes`);
  assert.ok(![...names.values()].some((url) => url.includes('ReportChart')));
  await devtools.detach();
});

test('orders are listed page by page, filtered, and one opens with its timeline and entries', async () => {
  await open('orders');
  await page.waitForSelector('tbody tr.row');
  await looksRight(page, 'orders');
  assert.equal(await page.locator('tbody tr.row').count(), 20);
  await page.click('text=下一页');
  await page.locator('.pager', { hasText: '第 2 页' }).waitFor();
  await eventually('the second page shows what is left', async () => ((await page.locator('tbody tr.row').count()) < 20 ? true : undefined));
  await page.fill('input[name=number]', orders.refunded.tradeNo);
  await page.press('input[name=number]', 'Enter');
  await counted(page, 'tbody tr.row', 1);
  await page.click('tbody tr.row');
  await page.waitForSelector('ol li.journal');
  const text = await page.innerText('main');
  for (const word of ['医院拒绝', '已退款', '渠道在途', '已收待认', '退款清算', '¥88.00']) assert.ok(text.includes(word), word);
  await page.click('text=原始内容（脱敏） >> nth=0');
  await page.waitForSelector('ol pre');
  await looksRight(page, 'order');
});

test('what is rare is looked for step by step until a page is full, with how far back it is; whoever has seen enough stops it', async () => {
  await open('orders');
  await page.waitForSelector('tr.row');
  let asked = 0;
  const released = Promise.withResolvers<undefined>();
  await page.route(/console-api\/v1\/orders\?.*paymentState=failed/, async (route) => {
    asked += 1;
    if (asked === 3) await released.promise;
    await route.fulfill({ json: { orders: [], next: `2026-11-0${String(9 - asked)}T00:00:00.000Z/H1`, searchedTo: `2026-11-0${String(9 - asked)}T00:00:00.000Z` } });
  });
  await page.click('.choice >> nth=0');
  await page.click('.el-select-dropdown__item:visible >> text="支付失败"');
  await page.waitForSelector('text=正在向前查找，已查到 2026-11-07 08:00:00');
  await page.click('[data-test=enough]');
  released.resolve(undefined);
  await page.waitForSelector('text=已查到 2026-11-06 08:00:00，可继续查找更早的');
  assert.equal(asked, 3, 'nothing is asked any more');
  await looksRight(page, 'orders-searched', 'narrow');
  await page.unroute(/console-api\/v1\/orders\?.*paymentState=failed/);
  await page.click('button:has-text("重置")');
  await page.waitForSelector('tr.row');
});

test('finance sends a part of an order back, to the fen, and sees it in the timeline', async () => {
  const { tradeNo } = orders.refundable;
  await page.goto(`${house.origin}/orders/${tradeNo}`);
  await page.click('[data-test=refund]');
  await page.click('text=部分退款');
  await page.fill('input[name=yuan]', '9999.99');
  await page.click('text=项目开错');
  await page.click('[data-test=refund-submit]');
  assert.match(await page.innerText('.el-dialog .problem'), /超过可退金额 ¥1,234\.56/);
  await page.fill('input[name=yuan]', '4.35');
  await picture(page, 'refund-form');
  await page.click('[data-test=refund-submit]');
  assert.match(await page.innerText('.el-dialog .big'), /^¥4\.35$/);
  await picture(page, 'refund-check');
  await page.click('[data-test=refund-sure]');
  await page.waitForSelector('.el-dialog', { state: 'hidden' });
  await page.waitForSelector('text=退款预留');
  const refunds = (await house.store.findOrder(tradeNo))?.refunds ?? [];
  assert.deepEqual(refunds.map(({ refundFen, reason, requestedBy }) => [refundFen, reason, requestedBy]), [[435, '项目开错', 'user/li.admin']]);
  await looksRight(page, 'order-refunding');
});

test('cases, ledger, plugins, tasks, dictionaries and users have their pages', async () => {
  const words: Readonly<Record<string, readonly string[]>> = {
    cases: ['金额不符', '紧急'], ledger: ['借贷平衡', '渠道在途', '收款'], plugins: ['微信支付', '等待重试', '不符合：需要 SDK'], tasks: ['校验账本', '立即运行'], dictionaries: ['最新', '过期'], users: ['li.admin', '管理员'],
  };
  for (const [area, wanted] of Object.entries(words)) {
    await open(area);
    // Waiting for a word is the assertion: it never comes when the page does not show it.
    for (const word of wanted) await page.waitForSelector(`main :text("${word}")`);
    await looksRight(page, area);
  }
});

test('a task is run from its page and its run is there', async () => {
  await open('tasks');
  await page.click('tr:has-text("verify-ledger") >> text=立即运行');
  await page.waitForSelector('tr:has-text("verify-ledger") >> text=成功');
  await page.click('tr:has-text("verify-ledger") >> text=运行记录');
  await page.waitForSelector('.el-drawer >> text=校验凭证 12 张，无问题');
  await picture(page, 'task-runs');
  await page.keyboard.press('Escape');
});

test('what the outbox has still to do stands by topic; what was tried often is done now, and nothing is dropped', async () => {
  house.store.database.exec("UPDATE job SET attempt = 7 WHERE kind = (SELECT kind FROM job ORDER BY kind LIMIT 1)");
  const waiting = Number(house.store.database.prepare('SELECT count(*) AS n FROM job').get()?.['n']);
  assert.ok(waiting > 0);
  await open('queue');
  await page.waitForSelector('[data-test^=job-]');
  await looksRight(page, 'queue');
  await page.click('[data-test^=topic-] >> text=全部立即处理');
  await picture(page, 'queue-sure');
  await page.click('.el-message-box__btns >> text=/^确定$/');
  await page.waitForSelector('text=已完成');
  assert.equal(Number(house.store.database.prepare('SELECT count(*) AS n FROM job').get()?.['n']), waiting);
});

test('a terminal is registered, and its claim code is shown once', async () => {
  await open('terminals');
  await page.click('[data-test=register]');
  await page.fill('input[name=id]', 'kiosk-12');
  await page.fill('input[name=title]', '门诊二楼十二号机');
  await picture(page, 'terminal-register');
  await page.click('.el-dialog button[type=submit]');
  await page.waitForSelector('tr:has-text("kiosk-12")');
  await page.click('tr:has-text("kiosk-12") >> text=登记码');
  await page.waitForSelector('[data-test=claim-code]');
  assert.match(await page.innerText('[data-test=claim-code]'), /^([0-9A-Z]{5}-){5}[0-9A-Z]$/);
  await picture(page, 'terminal-claim');
  await page.click('.el-dialog__footer:visible >> text=关闭');
  await page.waitForSelector('[data-test=claim-code]', { state: 'detached' });
  await looksRight(page, 'terminals');
});

test('the audit page shows who did what and that the chain holds', async () => {
  await open('audit');
  await page.waitForSelector('main tbody td');
  await page.click('[data-test=verify]');
  await page.waitForSelector('[data-test=verified].good');
  for (const word of ['申请退款', '登记终端', '首次登录', '登录被拒', '日志链完整']) await page.waitForSelector(`main :text("${word}")`);
  await looksRight(page, 'audit');
});

test('an auditor sees no button that changes anything', async () => {
  await becomeAuditor(opened, () => looksRight(page, 'password'));
  // Who may what is what he watches.
  await page.click('nav a[href="/users"]');
  await page.waitForSelector('tr:has-text("li.admin")');
  assert.equal(await page.locator('[data-test=add-user], main tbody button').count(), 0);
  await page.goto(`${house.origin}/orders/${orders.refundable.tradeNo}`);
  await page.waitForSelector('ol li');
  assert.equal(await page.locator('[data-test=refund]').count(), 0);
  await open('terminals');
  await page.waitForSelector('main tbody td');
  assert.equal(await page.locator('main button:has-text("登记")').count(), 0);
});

test('the whole console speaks English when asked, and remembers it', async () => {
  await page.click('text=English');
  await page.waitForSelector('h1:has-text("Terminals")');
  for (const area of ['overview', 'orders', 'cases', 'ledger', 'plugins', 'tasks', 'dictionaries', 'audit']) {
    await open(area);
    await page.waitForSelector('main tbody td, main .figures');
    await looksRight(page, `english-${area}`);
  }
  await page.reload();
  await page.waitForSelector('h1:has-text("Audit")');
  await page.click('text=中文');
});

test('a session that ended brings the person to the sign-in page and back to where they were', async () => {
  house.later(16 * 60);
  await page.click('nav a[href="/ledger"]');
  await page.waitForSelector('text=会话已结束，请重新登录');
  await page.fill('input[name=login]', 'chen.audit');
  await page.fill('input[name=password]', PASSWORD);
  await page.click('button[type=submit]');
  await page.waitForSelector('h1:has-text("账本")');
});
