/** 快捷键: the console without a mouse. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { becomeAdministrator, becomeAuditor, counted, looksRight, openConsole, type ConsoleUnderTest } from './console-page.js';
import { seedMorning } from './console-seed.js';

let opened: ConsoleUnderTest;
let page: Page;

before(async () => {
  opened = await openConsole();
  page = opened.page;
  await seedMorning(opened.house);
  await becomeAdministrator(opened);
});
after(() => opened.stop());

const isAt = (path: string) => eventually(`the page ${path}`, () => Promise.resolve(new URL(page.url()).pathname === path ? true : undefined));
const focused = (what: string) => page.evaluate<string>(`(document.activeElement ?? document.body).${what}`);
/** Presses one after the other. */
async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

test('? shows every key there is, and each area has one of its own; Esc closes it and the focus is where it was', async () => {
  await page.focus('[data-test=sign-out]');
  await press('?');
  await page.waitForSelector('.key-sheet >> text=先按 g，再按');
  await looksRight(page, 'keys');
  const areas = await page.locator('[data-test=key-area]').allInnerTexts();
  const menu = await page.locator('nav .group a').allInnerTexts();
  assert.equal(areas.length, menu.length);
  assert.equal(new Set(areas.map((text) => text.split('\n')[0])).size, areas.length, areas.join('; '));
  await press('Escape');
  await counted(page, '.key-sheet:visible', 0);
  assert.equal(await focused('dataset.test'), 'sign-out');
  opened.hearNoComplaint();
});

test('g and a letter go to an area, j and k move through its rows, Enter opens the one, Esc goes back to the same list', async () => {
  await press('g', 't');
  await isAt('/orders');
  await counted(page, 'tbody tr.row', 20);
  await press('j', 'j', 'j', 'k');
  const second = await page.locator('tbody tr.row').nth(1).locator('a').innerText();
  assert.ok((await focused('innerText')).includes(second), 'the second row has the focus');
  await looksRight(page, 'keyboard-row', 'narrow');
  await press('Enter');
  await isAt(`/orders/${second}`);
  await page.waitForSelector('h1');
  await press('Escape');
  await isAt('/orders');
  await counted(page, 'tbody tr.row', 20);
  await press('Escape');
  await isAt('/orders');
  opened.hearNoComplaint();
});

test('n and ] turn to the next page, p and [ to the one before', async () => {
  // A list that is still being read has no pages yet.
  await counted(page, 'tbody tr.row', 20);
  await press('n');
  await page.waitForSelector('text=第 2 页');
  await press('[');
  await page.waitForSelector('text=第 1 页');
  await press(']');
  await page.waitForSelector('text=第 2 页');
  await press('p');
  await page.waitForSelector('text=第 1 页');
});

test('/ goes to the search; what is typed there is text, Esc leaves it, and a key while an input method composes is not ours', async () => {
  await press('/');
  assert.equal(await focused('name'), 'number');
  await press('g', 'c', 'j', '?');
  assert.equal(await page.inputValue('input[name=number]'), 'gcj?');
  await isAt('/orders');
  await page.fill('input[name=number]', '');
  await press('Escape', 'g');
  await page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', { key: 'c', isComposing: true, bubbles: true })), document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Process', bubbles: true }))");
  await page.waitForTimeout(200);
  await isAt('/orders');
  await press('c');
  await isAt('/cases');
  await press('g', 'Control+t');
  await isAt('/cases');
});

test('in a dialog the keys are the dialog’s: the page under it stays, Esc closes it and goes nowhere, the focus returns to what opened it', async () => {
  await press('g', 't');
  await counted(page, 'tbody tr.row', 20);
  await press('j', 'Enter');
  await page.waitForSelector('[data-test=refund]');
  const { pathname } = new URL(page.url());
  await page.focus('[data-test=refund]');
  await press('Enter');
  await page.waitForSelector('.el-dialog:visible');
  await page.focus('.el-dialog__headerbtn');
  await press('g', 'c', '?');
  await counted(page, '.key-sheet:visible', 0);
  await isAt(pathname);
  await press('Escape');
  await counted(page, '.el-dialog:visible', 0);
  await isAt(pathname);
  assert.equal(await focused('dataset.test'), 'refund');
  opened.hearNoComplaint();
});

test('keys of a single character can be switched off, in this browser and for the next time; Enter and Esc stay', async () => {
  await page.click('[data-test=keys]');
  await page.click('.key-sheet .el-switch');
  await looksRight(page, 'keys-off', 'narrow');
  await press('Escape');
  await counted(page, '.key-sheet:visible', 0);
  await page.goto(`${opened.house.origin}/orders`);
  await counted(page, 'tbody tr.row', 20);
  await press('g', 'c', 'j', '?', 'n');
  await page.waitForTimeout(200);
  await isAt('/orders');
  assert.equal(await focused('tagName'), 'BODY');
  await page.click('[data-test=keys]');
  await page.click('.key-sheet .el-switch');
  await press('Escape');
  await counted(page, '.key-sheet:visible', 0);
  await press('j');
  assert.equal(await focused('tagName'), 'TR');
});

test('the first Tab of a page skips the menu, and after a link is followed the next Tab is in the new page', async () => {
  await page.goto(`${opened.house.origin}/orders`);
  await counted(page, 'tbody tr.row', 20);
  await press('Tab');
  assert.equal(await focused('innerText'), '跳到正文');
  await press('Enter');
  assert.equal(await focused('id'), 'content');
  await press('g', 'c');
  await isAt('/cases');
  await eventually('the focus in the page', async () => ((await focused('id')) === 'content' ? true : undefined));
});

test('an area somebody may not see has no key for him', async () => {
  await becomeAuditor(opened);
  // Screens in the corridor are for whoever runs the machine.
  await press('g', '1');
  await page.waitForTimeout(200);
  await isAt('/overview');
  await press('g', 'e');
  await isAt('/audit');
  await press('?');
  await page.waitForSelector('.key-sheet >> text=先按 g，再按');
  assert.ok(!(await page.locator('[data-test=key-area]').allInnerTexts()).some((text) => text.includes('大屏')));
});
