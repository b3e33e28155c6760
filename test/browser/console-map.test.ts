/** 终端分布: which machine on which floor needs somebody, by icon and word; a thousand of them stay fluent. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { becomeAdministrator, counted, looksRight, openConsole, type ConsoleUnderTest } from './console-page.js';

let opened: ConsoleUnderTest;
let page: Page;

async function add(id: string, title: string, group?: string): Promise<void> {
  await opened.house.registry.enrol({ id, kind: 'kiosk', title, campus: id.endsWith('9') ? 'east' : 'main', group }, { key: new Uint8Array(32).fill(1), replaces: false });
}
const report = (id: string, code: string, level: 'critical' | 'warning', component: 'printer' | 'cashBox' = 'printer') => opened.house.fleet.watch.report(id, { software: 'kiosk/2.4.1', clockMs: opened.house.now().getTime(), faults: [{ component, code, level }] });

before(async () => {
  opened = await openConsole();
  page = opened.page;
  const { house } = opened;
  await house.fleet.groups.add({ id: 'lobby', title: '门诊大厅组' }, 'test');
  for (let index = 1; index <= 8; index += 1) {
    await add(`kiosk-${String(index)}`, `${String(index)} 号自助机`, index <= 4 ? 'lobby' : undefined);
    if (index !== 3) house.online.add(`kiosk-${String(index)}`);
  }
  const put = (terminals: readonly string[], position: { readonly building: string; readonly floor: string; readonly area: string }) => house.positions.put({ terminals, position, by: 'test' });
  await put(['kiosk-1', 'kiosk-2', 'kiosk-3'], { building: '门诊楼', floor: '1 楼', area: '大厅' });
  await put(['kiosk-4', 'kiosk-5'], { building: '门诊楼', floor: '10 楼', area: '内科' });
  await put(['kiosk-6'], { building: '门诊楼', floor: '9 楼', area: '外科' });
  await house.platform.fleet.raise({ terminal: 'kiosk-4', kind: 'cloned', severity: 1, detail: { zh: '两台机器', en: 'two machines' }, sightings: [], raisedAt: house.now() });
  // What the table has is read at a start.
  await house.fleet.watch.start();
  await report('kiosk-2', 'paperOut', 'critical');
  await report('kiosk-5', 'paperLow', 'warning');
  await report('kiosk-6', 'full', 'critical', 'cashBox');
  await becomeAdministrator(opened);
});
after(() => opened.stop());

const tile = (id: string) => page.innerText(`[data-test=tile-${id}]`);

test('each floor shows its machines and says in words which is off line, out of paper, faulty or has an alarm', async () => {
  await page.keyboard.press('g');
  await page.keyboard.press('z');
  await page.click('[data-test=tab-terminalMap]');
  await counted(page, '.tile', 8);
  for (const [id, words] of [['kiosk-1', '正常'], ['kiosk-2', '缺纸'], ['kiosk-3', '离线'], ['kiosk-4', '告警'], ['kiosk-5', '纸将尽'], ['kiosk-6', '故障']] as const) assert.ok((await tile(id)).includes(words), `${id}: ${await tile(id)}`);
  const floors = await page.locator('.floor h3').allInnerTexts();
  assert.deepEqual(floors.map((text) => text.split(/\s{2,}|\n/)[0]?.trim().slice(0, 4).trim()), ['1 楼', '9 楼', '10 楼', '2 台'].map((text) => text.slice(0, 4)), JSON.stringify(floors));
  assert.ok(floors[0]?.includes('离线 1') && floors[0].includes('缺纸 1'), floors[0]);
  assert.ok((await page.innerText('main')).includes('未标注安装位置'));
  await looksRight(page, 'terminal-map');
  opened.hearNoComplaint();
});

test('it is narrowed by group and by what is wrong; a link says the same', async () => {
  await page.click('[data-test=map-group]');
  await page.click('.el-select-dropdown__item:visible >> text="门诊大厅组"');
  await counted(page, '.tile', 4);
  await page.click('[data-test=condition-paperOut]');
  await counted(page, '.tile', 1);
  assert.equal(await page.getAttribute('[data-test=condition-paperOut]', 'aria-pressed'), 'true');
  await page.goto(page.url());
  await counted(page, '.tile', 1);
  await page.click('[data-test=condition-paperOut]');
  await page.fill('input[name=text]', '10 楼');
  await counted(page, '.tile', 1);
  assert.ok((await tile('kiosk-4')).includes('内科'));
  await page.goto(`${opened.house.origin}/terminals/map`);
  await counted(page, '.tile', 8);
});

test('by keyboard a machine is gone to and opened: what is wrong, what to do, and where it stands', async () => {
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const card = page.locator('.terminal-card');
  await card.waitFor();
  const text = await card.innerText();
  for (const words of ['2 号自助机', '缺纸', '凭条纸已用完', '更换纸卷', '总院 · 门诊楼 · 1 楼 · 大厅', '门诊大厅组', 'kiosk/2.4.1']) assert.ok(text.includes(words), `${words} in ${text}`);
  assert.ok(page.url().includes('terminal=kiosk-2'));
  await looksRight(page, 'terminal-card', 'narrow');
  await page.keyboard.press('Escape');
  await counted(page, '.terminal-card:visible', 0);
  assert.equal(await page.evaluate("document.activeElement.dataset.test"), 'tile-kiosk-2');
  opened.hearNoComplaint();
});

test('where machines stand is written down for several at once, and forgotten for one', async () => {
  await page.click('[data-test=mark]');
  for (const id of ['kiosk-7', 'kiosk-8']) await page.click(`[data-test=tile-${id}]`);
  await looksRight(page, 'terminal-map-marking', 'narrow');
  await page.click('[data-test=put]');
  await page.click('[data-test=put-position]');
  await page.waitForSelector('text=请填写楼栋');
  await page.fill('input[name=building]', '住院楼');
  await page.fill('input[name=floor]', '2 楼');
  await looksRight(page, 'terminal-position', 'narrow');
  await page.click('[data-test=put-position]');
  await page.waitForSelector('h2:has-text("总院 · 住院楼")');
  await page.click('[data-test=mark]');
  await page.click('[data-test=tile-kiosk-7]');
  await page.click('[data-test=place-one]');
  await page.click('[data-test=forget]');
  await page.waitForSelector('h2:has-text("未标注安装位置")');
  assert.deepEqual((await opened.house.positions.list()).filter(({ building }) => building === '住院楼').map(({ terminal }) => terminal), ['kiosk-8']);
  await page.keyboard.press('Escape');
  await counted(page, '.el-dialog:visible', 0);
  opened.hearNoComplaint();
});

test('a thousand machines on forty floors: shown, narrowed and walked through without a long wait', async () => {
  const { house } = opened;
  for (let index = 100; index < 1_092; index += 1) {
    await house.platform.terminals.add({ id: `kiosk-${String(index)}`, kind: 'kiosk', title: `${String(index)} 号自助机`, campus: 'main' }, house.now());
  }
  for (let floor = 0; floor < 40; floor += 1) {
    const terminals = Array.from({ length: 25 }, (_none, at) => 100 + floor * 25 + at).filter((number) => number < 1_092).map((number) => `kiosk-${String(number)}`);
    await house.positions.put({ terminals, position: { building: floor < 20 ? '外科楼' : '医技楼', floor: `${String((floor % 20) + 1)} 楼`, area: '候诊区' }, by: 'test' });
  }
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const since = performance.now();
    await work();
    return performance.now() - since;
  };
  const shownMs = await timed(async () => {
    await page.goto(`${house.origin}/terminals/map`);
    await page.waitForSelector('.tile');
  });
  await counted(page, '.tile', 1_000);
  // In the page itself: from the click to the frame that shows it.
  const frame = (act: string) => page.evaluate<number>(`new Promise((done) => { const since = performance.now(); ${act}; requestAnimationFrame(() => setTimeout(() => done(performance.now() - since))); })`);
  const narrowMs = await frame("document.querySelector('[data-test=condition-offline]').click()");
  await counted(page, '.tile', 1);
  const allMs = await frame("document.querySelector('[data-test=condition-offline]').click()");
  await counted(page, '.tile', 1_000);
  const rowMs = await frame("document.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }))");
  console.log(`1,000 terminals: shown in ${shownMs.toFixed(0)} ms, narrowed in ${narrowMs.toFixed(0)} ms, all again in ${allMs.toFixed(0)} ms, next row in ${rowMs.toFixed(0)} ms`);
  // Far above what was seen, for machines that are busy with other tests.
  assert.ok(shownMs < 6_000 && narrowMs < 1_500 && allMs < 1_500 && rowMs < 800);
  opened.hearNoComplaint();
});
