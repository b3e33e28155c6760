import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { codeAt } from '../contract/authenticator.js';
import { freePort } from '../simulators/free-port.js';
import { looksRight, openConsole, PASSWORD, type ConsoleUnderTest } from './console-page.js';

/** The way in: three administrators from one code, two factors, a key in the browser, and the way out for who lost his. */
let bench: ConsoleUnderTest;
let page: Page;
let [code, secret] = ['', ''];
const handed = new Map<string, { readonly password: string; readonly enrolmentCode: string }>();

before(async () => {
  const port = await freePort();
  // A browser gives keys to localhost as to a name with TLS.
  bench = await openConsole({ port, passkeyOrigin: `http://localhost:${String(port)}`, startAt: new Date().toISOString() });
  page = bench.page;
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
  code = (await bench.house.firstLogin.open()) ?? '';
  await page.goto(bench.house.origin.replace('127.0.0.1', 'localhost'));
});
after(() => bench.stop());

const fill = async (values: Record<string, string>): Promise<void> => {
  for (const [name, value] of Object.entries(values)) await page.fill(`input[name=${name}]`, value);
};
/** Reads the secret off the page, as a hand would, and confirms it; the recovery codes are put away. */
async function setUp(name: string): Promise<string> {
  await page.waitForSelector('[data-test=secret]');
  await page.waitForSelector('.secret canvas');
  await looksRight(page, name);
  const shown = (await page.textContent('[data-test=secret]'))?.replaceAll(/\s/g, '') ?? '';
  await page.fill('input[name=code]', codeAt(shown, bench.house.now()));
  await page.click('button[type=submit]');
  await page.waitForSelector('[data-test=recovery-codes]');
  await looksRight(page, `${name}-recovery`);
  assert.equal(await page.locator('[data-test=recovery-codes] li').count(), 10);
  assert.equal(await page.isDisabled('[data-test=go-on]'), true, 'not before they are put away');
  await page.click('[data-test=kept]');
  await page.click('[data-test=go-on]');
  return shown;
}

test('the first login makes three administrators, hands over what the other two need, and asks for the second factor at once', async () => {
  await fill({ code, login: 'an.quan', displayName: '安主任', password: PASSWORD, again: PASSWORD });
  await page.click('[data-test=three]');
  await looksRight(page, 'first-login-three');
  await page.click('button[type=submit]');
  await page.waitForSelector('text=请填写系统管理员和审计员');
  await fill({ systemLogin: 'xi.tong', systemName: '席工', auditLogin: 'shen.ji', auditName: '申审计' });
  await page.click('button[type=submit]');
  await page.waitForSelector('[data-test=colleague]');
  await looksRight(page, 'first-login-hand-over');
  for (const card of await page.locator('[data-test=colleague]').all()) {
    const [login = '', password = '', enrolmentCode = ''] = await card.locator('.code').allTextContents();
    handed.set(login, { password, enrolmentCode });
  }
  assert.deepEqual([...handed.keys()], ['xi.tong', 'shen.ji']);
  await page.click('[data-test=kept]');
  await page.click('[data-test=go-on]');
  secret = await setUp('set-up-second-factor');
  await page.waitForSelector('[data-test=who]');
  assert.match((await page.textContent('[data-test=who]')) ?? '', /安主任.*安全管理员/s);
  assert.equal(await page.locator('nav >> text=订单').count(), 0, 'who says what accounts may sees no money');
  bench.hearNoComplaint();
});

test('signing in asks for password and code; a wrong code says what to do', async () => {
  await page.click('[data-test=sign-out]');
  await looksRight(page, 'sign-in');
  await fill({ login: 'an.quan', password: PASSWORD });
  await page.click('button[type=submit]');
  await page.waitForSelector('text=的密码已通过');
  await looksRight(page, 'second-factor');
  // A reload in between: still the second step, not the first.
  await page.reload();
  await page.fill('input[name=code]', '000000');
  await page.click('button[type=submit]');
  await page.waitForSelector('text=SECOND_FACTOR_WRONG');
  bench.house.later(60);
  await page.fill('input[name=code]', codeAt(secret, bench.house.now()));
  await page.click('button[type=submit]');
  await page.waitForSelector('[data-test=who]');
  bench.hearNoComplaint();
});

test('a passkey is added at 我的账号 with a code, and signs in alone', async () => {
  await page.click('text=我的账号');
  await page.waitForSelector('text=尚未添加');
  await looksRight(page, 'account');
  await page.click('[data-test=add-passkey]');
  bench.house.later(60);
  await page.fill('.el-dialog input[name=title]', '财务科台式机');
  await page.fill('.el-dialog input[name=code]', codeAt(secret, bench.house.now()));
  await page.click('.el-dialog button[type=submit]');
  await page.waitForSelector('.keys >> text=财务科台式机');
  await page.click('[data-test=sign-out]');
  await page.click('[data-test=passkey]');
  await page.waitForSelector('[data-test=who]');
  assert.match((await page.textContent('[data-test=who]')) ?? '', /安主任/);
  await page.click('text=我的账号');
  await page.waitForSelector('.keys >> text=最近使用');
  bench.hearNoComplaint();
});

test('the system administrator comes in with what was handed over, adds an account without roles, and sees no way to give any', async () => {
  await page.click('[data-test=sign-out]');
  const given = handed.get('xi.tong');
  await fill({ login: 'xi.tong', password: given?.password ?? '' });
  await page.click('button[type=submit]');
  await page.waitForSelector('text=当前密码由他人设置');
  await fill({ current: given?.password ?? '', next: PASSWORD, again: PASSWORD });
  await page.click('button[type=submit]');
  await page.waitForSelector('input[name=enrolmentCode]');
  await looksRight(page, 'set-up-with-code');
  await page.fill('input[name=enrolmentCode]', given?.enrolmentCode ?? '');
  await page.click('button[type=submit]');
  await setUp('set-up-system-administrator');
  // His day begins with his duty, and no money on it.
  await page.waitForSelector('[data-test=home-system]');
  await page.waitForSelector('[data-test=home-administrator] >> text=没有未恢复的告警');
  await page.waitForSelector('[data-test=home-machine] >> text=尚未诊断');
  assert.match(await page.innerText('[data-test=home-administrator]'), /HIS · his-main/);
  assert.equal(await page.locator('nav >> text=订单').count(), 0);
  assert.ok(!/¥/.test(await page.innerText('main')), 'no fen');
  await looksRight(page, 'overview-system-administrator');
  await page.click('nav a[href="/tasks"]');
  await page.click('tr:has-text("reload-dictionaries") >> text=立即运行');
  await page.waitForSelector('[data-test=badge-tasks]');
  await page.click('nav a[href="/overview"]');
  await page.waitForSelector('[data-test=failed-reload-dictionaries]');
  await page.click('nav >> text=用户');
  await page.click('[data-test=add-user]');
  assert.equal(await page.locator('.el-dialog .el-checkbox').count(), 0);
  await page.fill('.el-dialog input[name=login]', 'wu.finance');
  await page.fill('.el-dialog input[name=displayName]', '吴会计');
  await page.fill('.el-dialog input[name=password]', 'Given-By-Boss-1');
  await page.click('.el-dialog button[type=submit]');
  await page.waitForSelector('tr:has-text("wu.finance") >> text=待分配角色');
  assert.equal(await page.locator('[data-test=reset-factor]').count(), 0);
  await looksRight(page, 'users-system-administrator');
  bench.hearNoComplaint();
});

test('the security administrator gives the role and the set-up code, and sees who is signed in', async () => {
  await page.click('[data-test=sign-out]');
  // Somebody tries a door meanwhile: whoever watches accounts sees it.
  await bench.house.users.signIn({ login: 'wu.finance', password: 'Not-The-Right-1', address: '10.1.2.3' });
  await page.click('[data-test=passkey]');
  await page.waitForSelector('[data-test=home-security]');
  await page.waitForSelector('[data-test=no-role-wu\\.finance]');
  await page.waitForSelector('[data-test=no-factor-shen\\.ji] >> text=设置码有效至');
  await page.waitForSelector('[data-test=refused]:has-text("wu.finance") >> text=10.1.2.3');
  assert.match((await page.textContent('[data-test=badge-users]')) ?? '', /^1/);
  assert.ok(!/¥/.test(await page.innerText('main')), 'no fen');
  await looksRight(page, 'overview-security-administrator');
  await bench.house.users.signIn({ login: 'wu.finance', password: 'Not-The-Right-2', address: '10.1.2.3' });
  await page.waitForSelector('[data-test=refused]:has-text("wu.finance") >> text=2 次');
  await page.click('nav >> text=用户');
  const row = page.locator('tr:has-text("wu.finance")');
  await row.locator('text=修改角色').click();
  assert.equal(await page.locator('.el-dialog .el-checkbox:has-text("管理员")').count(), 2, 'the role with all rights is not offered');
  await page.click('.el-dialog .el-checkbox:has-text("财务")');
  await page.click('.el-dialog button[type=submit]');
  await page.waitForSelector('tr:has-text("wu.finance") >> text=财务');
  await row.locator('[data-test=reset-factor]').click();
  await page.click('.el-message-box .el-button--primary');
  await page.waitForSelector('[data-test=enrolment-code]');
  assert.match((await page.textContent('[data-test=enrolment-code]')) ?? '', /^[0-9A-Z]{4,5}-[0-9A-Z-]{4,9}$/);
  await page.click('.el-dialog:has([data-test=enrolment-code]) .el-button--primary');
  await looksRight(page, 'users-security-administrator');
  await page.click('nav >> text=会话');
  await page.waitForSelector('tr:has-text("本次会话")');
  await looksRight(page, 'sessions');
  bench.hearNoComplaint();
});
