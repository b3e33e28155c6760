import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { buildConsoleHouse, type ConsoleHouse, type ConsoleHouseOptions } from '../contract/console-house.js';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { isAccessible } from './accessible.js';
import { openChromium } from './chromium.js';

const DIST = join(import.meta.dirname, '../../../core/console/dist');
/** For people who want to look: a folder for pictures of every page. */
const PICTURES = process.env['HOSPAY_PICTURES'];
const SIZES = [{ width: 1366, height: 768 }, { width: 1920, height: 1080 }] as const;
/** First words of the keys of texts. */
const KEY = /\b(?!monitoring\.delivery\b)(?:areas|keys|savedViews|terminalMap|act|work|work[A-Z]\w+|table|firstLogin|signIn|secondFactor\w*|account|sessions|monitoring|measureGroup|alarm[A-Z]\w+|order|orders|overview|tasks|plugins|terminals|terminal[A-Z]\w+|setting\w*|noticeS\w+|configurationScope|audit|users|ledger|timeline|invoices|bookingCheck|refund|queue|jobKind|cases|case[A-Z]\w+|certificates|credential\w*|rotation|rehearsal\w*|windowDesk|hisNotice\w*|reconciliation|reports|exportState|dayState|differenceClass|shifts|forms|form\w+|prepayment\w*|masked|parameters|parameter[A-Z]\w+|reveal[A-Z]\w+|transfer\w+|payouts|settlements|settlementState|merchant\w*|changes|change[A-Z]\w+|approvals|refundApprovalState|periods|periodState|periodBlocker|arrivals|arrivalKind|expectedState|payout[A-Z]\w+|bank[A-Z]\w+|system|backup[A-Z]\w+|setup\w*|selfTest\w*|servedCertificate|shiftItem|cashAct|face|cashComparison\w*|cardTerminal\w*|tillKind|tillOpening)\.[a-z]\w+/g;

export const PASSWORD = 'Correct-Horse-7';

export type ConsoleUnderTest = {
  readonly house: ConsoleHouse;
  readonly page: Page;
  /** Fails when the browser wrote anything since the last time. */
  readonly hearNoComplaint: () => void;
  readonly stop: () => Promise<void>;
};

/** The built console in front of a hospital of its own, in a browser that shows no page yet. */
export async function openConsole(options: Omit<ConsoleHouseOptions, 'staticFolder'> = {}): Promise<ConsoleUnderTest> {
  assert.ok(existsSync(join(DIST, 'index.html')), 'core/console/dist is missing: node node_modules/vite/bin/vite.js build core/console');
  const house = await buildConsoleHouse({ ...options, staticFolder: DIST });
  const browser = await openChromium();
  const page = await (await browser.newContext({ locale: 'zh-CN', viewport: SIZES[0], reducedMotion: 'reduce' })).newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  // A 401 before the sign-in, a 409 and a 422 are answers, not faults; the browser writes them on the console all the same.
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !/status of (401|409|422)/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return {
    house,
    page,
    hearNoComplaint: () => { assert.deepEqual(complaints.splice(0), [], 'the browser complained'); },
    stop: async () => {
      await browser.close();
      await house.stop();
    },
  };
}

export async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.evaluate('scrollTo(0, 0)');
  // Only people who look need what moves to have arrived.
  await page.waitForTimeout(450);
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}

/** Asked from outside: a condition that polls inside the page is script from a string, which the console's content security policy forbids. */
export function counted(page: Page, selector: string, count: number): Promise<true> {
  return eventually(`${String(count)} × ${selector}`, async () => ((await page.locator(selector).count()) === count ? true : undefined));
}

/** Closes what lies over the page, as somebody does who wants to go on: a failure stays for eight seconds, and as long as the pointer is on it. */
export async function closeNotices(page: Page): Promise<void> {
  const notices = page.locator('.el-message');
  await eventually('no notice over the page', async () => {
    if ((await notices.count()) === 0) return true;
    // One may go by itself meanwhile.
    await page.locator('.el-message__closeBtn').first().click({ timeout: 1_000 }).catch(() => undefined);
    return undefined;
  });
}

/** Four words of English one after another: a sentence that nobody said in Chinese. What is quoted is `data-verbatim`, or stands in quotation marks. */
const ENGLISH = /\b[A-Za-z][a-z]*(?:[,;:]? [a-z]{2,}){3,}/g;

/** What every page must be, at both sizes or at the narrow one that is the harder: settled, without sideways scrolling, without a key that found no word, and to be used by everybody. */
export async function looksRight(page: Page, name: string, at: 'both' | 'narrow' = 'both'): Promise<void> {
  for (const size of at === 'both' ? SIZES : SIZES.slice(0, 1)) {
    await page.setViewportSize(size);
    await counted(page, '.progress.on, .el-loading-mask', 0);
    const { overflow, text, verbatim, language } = await page.evaluate<{ overflow: number; text: string; verbatim: string[]; language: string }>("({ overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth, text: document.body.innerText, verbatim: [...document.querySelectorAll('[data-verbatim]')].map((each) => each.innerText), language: document.documentElement.lang })");
    assert.ok(overflow <= 0, `${name} is ${String(overflow)} px too wide at ${String(size.width)}`);
    // What a page shows as it is written in a file is no word of ours.
    const own = verbatim.reduce((rest, each) => rest.replace(each, ''), text);
    assert.deepEqual(own.match(KEY), null, `${name} shows a key`);
    if (language.startsWith('zh')) assert.deepEqual(own.replaceAll(/“[^”]*”/g, '').match(ENGLISH), null, `${name} speaks English to a Chinese reader`);
    assert.ok(!/undefined|NaN|\[object|Invalid Date/.test(text), `${name} shows a hole`);
    if (size === SIZES[0]) await isAccessible(page, name);
    await picture(page, `${name}-${String(size.width)}`);
  }
  await page.setViewportSize(SIZES[0]);
}

/** Makes the first administrator, who stands on the overview. */
export async function becomeAdministrator({ house, page }: Pick<ConsoleUnderTest, 'house' | 'page'>): Promise<void> {
  const code = (await house.firstLogin.open()) ?? '';
  await page.goto(house.origin);
  for (const [name, value] of Object.entries({ code, login: 'li.admin', displayName: '李工', password: PASSWORD, again: PASSWORD })) await page.fill(`input[name=${name}]`, value);
  await page.click('button[type=submit]');
  await page.waitForSelector('[data-test=who]');
}

/** Adds an auditor, signs the one who is at the console out and him in; he stands on the overview. */
export async function becomeAuditor({ house, page }: Pick<ConsoleUnderTest, 'house' | 'page'>, onFirstPassword: () => Promise<void> = () => Promise.resolve()): Promise<void> {
  const given = 'Given-By-Boss-1';
  const administrator = await house.users.signIn({ login: 'li.admin', password: PASSWORD, address: 'test' });
  assert.equal(administrator.kind, 'ok');
  await house.users.add(administrator.value.signedIn, { login: 'chen.audit', displayName: '陈审计', roles: ['auditor'], password: given });
  await page.click('[data-test=sign-out]');
  await page.fill('input[name=login]', 'chen.audit');
  await page.fill('input[name=password]', given);
  await page.click('button[type=submit]');
  await page.waitForSelector('text=当前密码由他人设置');
  await onFirstPassword();
  for (const [name, value] of Object.entries({ current: given, next: PASSWORD, again: PASSWORD })) await page.fill(`input[name=${name}]`, value);
  await page.click('button[type=submit]');
  await page.waitForSelector('.figures');
}
