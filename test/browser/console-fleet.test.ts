/** What hospital IT looks after: notices of the HIS (医院推送); groups, configuration and notices of terminals. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { HisNotice } from '@hospay/plugin-sdk';
import { noticeNoOf } from '@hospay/plugin-sdk';
import { newAgreement, signEnrolment } from '@hospay/terminal-sdk';
import type { Page } from 'playwright-core';
import { quoted } from '@hospay/server/domain/bilingual.js';
import { own } from '@hospay/server/domain/own-words.js';
import type { OrderView } from '@hospay/server/payments/order-view.js';
import type { ConsoleHouse } from '../contract/console-house.js';
import { becomeAdministrator, counted, looksRight, openConsole, picture, type ConsoleUnderTest } from './console-page.js';

let opened: ConsoleUnderTest;
let house: ConsoleHouse;
let page: Page;
let order: OrderView;

before(async () => {
  opened = await openConsole();
  ({ house, page } = opened);
  await seedNotices();
  await seedTerminals();
  await becomeAdministrator(opened);
});
after(() => opened.stop());
afterEach(() => { opened.hearNoComplaint(); });

const open = async (path: string) => {
  await page.click(`nav a[href="${path}"]`);
  await page.waitForSelector('main h1');
};
const choose = async (label: string, option: string) => {
  await page.click(`.el-select:has([aria-label="${label}"])`);
  await page.click(`.el-select-dropdown__item:visible >> text="${option}"`);
};

test('notices of the HIS stand in words, newest first, with what became of each and the order it is about', async () => {
  await open('/his-notices');
  await counted(page, 'main tbody tr:not(.ghost)', 4);
  const [stopped = '', refund = '', refused = '', reminder = ''] = await page.locator('main tbody tr').allInnerTexts();
  for (const words of ['停诊', '待办理', 'GH1, GH2, GH3 … 等 5 项', '医生停诊', '无需重新推送', '挂号 GH1：退款中；挂号 GH2：须到窗口办理']) assert.ok(stopped.includes(words), `${words} in ${stopped}`);
  for (const words of ['退费申请', '已办理', '¥1.00', order.tradeNo, '医院重复推送 2 次']) assert.ok(refund.includes(words), `${words} in ${refund}`);
  for (const words of ['已拒绝', '订单不存在', 'ORDER_NOT_FOUND', '核对平台订单号']) assert.ok(refused.includes(words), `${words} in ${refused}`);
  for (const words of ['取药', '一楼 3 号窗口']) assert.ok(reminder.includes(words), `${words} in ${reminder}`);
  assert.ok(!(await page.innerText('main')).includes('张三丰'));
  await looksRight(page, 'his-notices', 'narrow');
  await page.click(`[data-test=notice-TF2] a[href="/orders/${order.tradeNo}"]`);
  await page.waitForSelector('ol li.journal');
});

test('they are found by state, kind and number, and a case leads to its notice', async () => {
  await open('/his-notices');
  await page.click('main .el-radio-button >> text=已拒绝');
  await counted(page, 'main tbody tr', 1);
  await page.click('main .el-radio-button >> text=全部');
  await choose('类型', '取药');
  await page.waitForSelector('[data-test=notice-TX1]');
  await counted(page, 'main tbody tr', 1);
  await page.fill('input[name=number]', 'TF2');
  await page.press('input[name=number]', 'Enter');
  await page.waitForSelector('main >> text=没有符合条件的推送');
  await open('/cases');
  await page.click('main >> text=查看医院推送');
  await page.waitForSelector('[data-test=notice-TZ1]');
  await counted(page, 'main tbody tr', 1);
  await page.click('text=English');
  await page.click('main .el-radio-button >> text=All');
  await page.fill('input[name=number]', '');
  await page.press('input[name=number]', 'Enter');
  await counted(page, 'main tbody tr:not(.ghost)', 4);
  await looksRight(page, 'his-notices-english', 'narrow');
  await page.click('text=中文');
});

const openTab = async (tab: string) => {
  await page.click(`[data-test=tab-${tab}]`);
  await page.waitForSelector(`[data-test=tab-${tab}].here`);
};
const answer = (button: string) => page.click(`.el-message-box__btns button >> text=${button}`);
const refusal = async () => page.innerText('.el-dialog [role=alert]');

test('a group is made, filled and renamed; a taken id and a group that is in use are refused in words', async () => {
  await open('/terminals');
  await openTab('terminalGroups');
  await page.waitForSelector('main >> text=尚未建立分组');
  await page.click('[data-test=add-group]');
  await page.fill('input[name=group-id]', 'Out Patient');
  await page.fill('input[name=group-title]', '门诊一楼');
  await page.press('input[name=group-title]', 'Enter');
  assert.match(await refusal(), /请按格式填写分组编号/);
  await page.fill('input[name=group-id]', 'kiosk');
  await page.press('input[name=group-id]', 'Enter');
  await page.waitForSelector('[data-test=refused]');
  assert.match(await refusal(), /分组编号已被使用[\s\S]*GROUP_ID_TAKEN[\s\S]*换一个编号[\s\S]*kiosk 是终端类型的名称/);
  await page.fill('input[name=group-id]', 'outpatient');
  await page.press('input[name=group-id]', 'Enter');
  await page.click('[data-test=group-outpatient] [data-test=members]');
  await page.click('[data-test=members] >> text=一号自助机');
  await page.click('[data-test=members] >> text=二号自助机');
  assert.match(await page.innerText('.el-dialog footer'), /将变更 2 台/);
  await picture(page, 'group-members');
  await page.click('[data-test=save-members]');
  await page.waitForSelector('[data-test=group-outpatient] >> text=2 台');
  await page.click('[data-test=group-outpatient] [data-test=rename]');
  await page.fill('input[name=group-title]', '门诊');
  await page.press('input[name=group-title]', 'Enter');
  await page.waitForSelector('[data-test=group-outpatient] b >> text="门诊"');
  await page.click('[data-test=group-outpatient] [data-test=remove]');
  await answer('确定');
  await page.waitForSelector('.el-message >> text=先把终端移到其他分组');
  await page.click('.el-message__closeBtn');
  await looksRight(page, 'terminal-groups', 'narrow');
});

test('a layer is edited as text: what is no JSON or no setting says where, and the differences are shown before anything is saved', async () => {
  await openTab('terminalConfiguration');
  const write = async (document: string) => {
    await page.fill('.el-dialog textarea', document);
    await page.click('[data-test=preview-layer]');
  };
  await page.click('[data-test=layer-defaults-] [data-test=edit-layer]');
  await write('{\n  "screen": { "idleSeconds": 120 \n');
  assert.match(await refusal(), /第 3 行不是正确的 JSON/);
  await write('{ "screen": { "idleSeconds": 5 } }');
  await page.waitForSelector('[data-test=refused]');
  assert.match(await refusal(), /CONFIGURATION_REFUSED[\s\S]*按提示修正[\s\S]*技术信息[\s\S]*screen\.idleSeconds: must be >= 20/);
  await looksRight(page, 'terminal-layer', 'narrow');
  await write('{ "screen": { "idleSeconds": 120, "language": "zh" } }');
  await page.waitForSelector('[data-test=preview] >> text=3 台终端的配置将改变');
  assert.match(await page.innerText('[data-test=preview]'), /无操作返回首页\s*screen\.idleSeconds\s*未设置\s*120/);
  await page.click('[data-test=save-layer]');
  await page.waitForSelector('[data-test=layer-defaults-] >> text=li.admin');
  await page.click('[data-test=layer-group-outpatient] [data-test=edit-layer]');
  await write('{ "screen": { "idleSeconds": 60 }, "vendor": { "theme": "green" } }');
  await page.waitForSelector('[data-test=preview] >> text=2 台终端的配置将改变');
  await picture(page, 'terminal-preview');
  await page.click('[data-test=save-layer]');
  await page.waitForSelector('.el-dialog', { state: 'hidden' });
});

test('somebody else was faster: it says so, and after loading the preview compares with what he saved', async () => {
  await page.click('[data-test=layer-defaults-] [data-test=edit-layer]');
  const seen = house.fleet.configuration.layers().find(({ scope }) => scope === 'defaults')?.revision ?? 0;
  await house.fleet.configuration.change({ scope: 'defaults', scopeId: '', revision: seen, document: { screen: { idleSeconds: 90, language: 'zh' } }, by: 'wang' });
  await page.click('[data-test=preview-layer]');
  await page.waitForSelector('[data-test=refused]');
  assert.match(await refusal(), /已被他人修改[\s\S]*重新载入最新版本/);
  await page.click('.el-dialog button >> text=载入最新版本');
  await page.waitForSelector('[data-test=layer-defaults-] >> text=wang');
  await page.click('[data-test=preview-layer]');
  await page.waitForSelector('[data-test=preview]');
  assert.match(await page.innerText('[data-test=preview]'), /screen\.idleSeconds\s*90\s*120/);
  await page.click('.el-dialog__headerbtn');
});

test('each terminal shows whether it has its configuration, why not, and where every value comes from', async () => {
  for (const [id, error] of [['kiosk-1', undefined], ['kiosk-2', 'no loudspeaker']] as const) {
    const desired = house.fleet.configuration.desiredOf({ deviceId: id, group: 'outpatient' });
    await house.fleet.watch.configurationReported(id, { version: desired?.version ?? 0, hash: desired?.hash ?? '', ...(error === undefined ? {} : { error }) });
  }
  await page.click('.page .acts >> text=刷新');
  await page.waitForSelector('[data-test=state-kiosk-2] >> text=no loudspeaker');
  const [current = '', failed = '', behind = ''] = await Promise.all(['kiosk-1', 'kiosk-2', 'window-1'].map((id) => page.innerText(`[data-test=state-${id}]`)));
  for (const [text, words] of [[current, ['已生效', '门诊']], [failed, ['应用失败', '按原因修正']], [behind, ['未更新', '终端离线']]] as const) for (const word of words) assert.ok(text.includes(word), `${word} in ${text}`);
  await looksRight(page, 'terminal-configuration');
  await page.click('[data-test=state-kiosk-1] [data-test=values]');
  await page.waitForSelector('[data-test="value-screen.idleSeconds"]');
  assert.match(await page.innerText('[data-test="value-screen.idleSeconds"]'), /60\s*分组 门诊\s*全院默认 90/);
  assert.match(await page.innerText('[data-test="value-screen.language"]'), /zh\s*全院默认/);
  await picture(page, 'terminal-values');
  await page.click('.el-dialog footer >> text=关闭');
});

test('a notice is issued for a time in both languages, and withdrawn with a reason', async () => {
  // The browser's clock went on; the house's stood still.
  house.later(60);
  await openTab('terminalNotices');
  await page.click('[data-test=issue]');
  await choose('发给', '二号自助机 kiosk-2');
  await page.click('.el-dialog .el-radio >> text=停止服务');
  await page.click('[data-test=issue-notice]');
  assert.match(await refusal(), /请填写中文内容/);
  await page.fill('textarea[name=zh]', '今晚 22:00 停机维护');
  await page.fill('textarea[name=en]', 'Closed for maintenance from 22:00');
  await looksRight(page, 'terminal-notice', 'narrow');
  await page.click('[data-test=issue-notice]');
  await page.waitForSelector('[data-test=terminal-notice]');
  const shown = await page.innerText('[data-test=terminal-notice]');
  for (const words of ['显示中', '停止服务', '二号自助机', '今晚 22:00', 'Closed for maintenance', '2026-11-20 23:59:59', 'li.admin']) assert.ok(shown.includes(words), `${words} in ${shown}`);
  await looksRight(page, 'terminal-notices', 'narrow');
  await page.click('[data-test=withdraw]');
  await page.fill('input[name=withdraw-reason]', '改期');
  await page.press('input[name=withdraw-reason]', 'Enter');
  await page.waitForSelector('main >> text=当前没有有效通知');
  await page.click('main >> text=仅看有效');
  await page.waitForSelector('[data-test=terminal-notice] >> text=li.admin 撤回');
});

test('a terminal that waits with a code is seen and rejected with a reason', async () => {
  await askForApproval();
  await openTab('terminals');
  const waiting = await page.innerText('[data-test=waiting]');
  for (const words of ['acme-kiosk 4.2', 'machine-0001', '10.0.0.9']) assert.ok(waiting.includes(words), `${words} in ${waiting}`);
  await picture(page, 'terminal-waiting');
  await page.click('[data-test=reject]');
  await page.fill('input[name=reject-reason]', '不是本院设备');
  await page.press('input[name=reject-reason]', 'Enter');
  await counted(page, '[data-test=waiting]', 0);
  assert.deepEqual(house.fleet.enrolment.waiting(), []);
});

test('a terminal is moved to another group from the list of terminals', async () => {
  await page.click('tr:has-text("window-1") [data-test=place]');
  await choose('分组', '门诊');
  await page.click('.el-dialog__footer:visible >> text=保存');
  await page.waitForSelector('tr:has-text("window-1") >> text=门诊');
  await picture(page, 'terminals');
});

test('all of it in English, and an auditor looks without a button to change anything', async () => {
  await page.click('text=English');
  // What was said before lies over the tabs for seconds.
  await page.reload();
  for (const tab of ['terminals', 'terminalGroups', 'terminalConfiguration', 'terminalNotices']) {
    await openTab(tab);
    await looksRight(page, `${tab}-english`, 'narrow');
  }
  await openTab('terminalConfiguration');
  await page.click('[data-test=layer-group-outpatient] [data-test=edit-layer]');
  await picture(page, 'terminal-layer-english');
  await page.click('.el-dialog footer >> text=Cancel');
  await page.click('text=中文');
  // What the platform refuses an auditor is held by the contract tests; this is what he is shown.
  await page.route('**/console-api/v1/session', async (route) => {
    const session = (await (await route.fetch()).json()) as object;
    await route.fulfill({ json: { ...session, rights: ['read', 'readMachine', 'audit'] } });
  });
  await page.goto(`${house.origin}/terminals`);
  for (const tab of ['terminalGroups', 'terminalNotices', 'terminalConfiguration']) {
    await openTab(tab);
    await counted(page, '.progress.on', 0);
    for (const button of ['add-group', 'members', 'remove', 'issue', 'withdraw', 'waiting']) assert.equal(await page.locator(`[data-test=${button}]`).count(), 0, `${button} on ${tab}`);
  }
  await page.click('[data-test=layer-group-outpatient] [data-test=edit-layer]');
  assert.equal(await page.locator('.el-dialog textarea').getAttribute('readonly'), '');
  assert.equal(await page.locator('[data-test=preview-layer]').count(), 0);
});

/** What a terminal that shows a code sends. */
async function askForApproval(): Promise<void> {
  const unsigned = { v: 1, id: 'request-0000000001', ts: 0, claimId: 'ab'.repeat(32), publicKey: newAgreement((length) => new Uint8Array(length).fill(7)).publicKey, software: 'acme-kiosk 4.2', machine: 'machine-0001' };
  const payload = new TextEncoder().encode(JSON.stringify({ ...unsigned, mac: signEnrolment('AAAABBBBCCCC', { kind: 'req', unsigned }) }));
  await house.fleet.enrolment.answer({ claimId: unsigned.claimId, payload, address: '10.0.0.9' });
}

async function seedTerminals(): Promise<void> {
  for (const [id, kind, title] of [['kiosk-1', 'kiosk', '一号自助机'], ['kiosk-2', 'kiosk', '二号自助机'], ['window-1', 'window', '一号窗口']] as const) await house.registry.enrol({ id, kind, title, campus: 'main', group: undefined }, { key: new Uint8Array(32).fill(1), replaces: false });
}

async function seedNotices(): Promise<void> {
  house.hospital.confirmAnswers = [{ kind: 'ok', value: { settlementNo: 'S1', receiptNo: 'R-1', amountFen: 10_000 } }];
  order = await house.payAndConfirm('Q1');
  const tell = async (notice: HisNotice, hasWork = true) => {
    house.later(60);
    return (await house.store.hisNotices.keep({ noticeId: `N${noticeNoOf(notice)}`, hospitalId: 'demo', adapter: 'his-main', kind: notice.kind, noticeNo: noticeNoOf(notice), content: notice, receivedAt: house.now().toISOString() }, hasWork)).notice.noticeId;
  };
  const refund: HisNotice = { kind: 'refundRequested', hisRefundNo: 'TF2', receiptNo: 'R-1', refundFen: 100, reason: '退药', operatorId: '1024' };
  await tell({ kind: 'medicineReady', noticeNo: 'TX1', text: '张三丰，请取药', patientId: 'P1', place: '一楼 3 号窗口' }, false);
  await house.store.hisNotices.end({ noticeId: await tell({ kind: 'refundRequested', hisRefundNo: 'TF1', tradeNo: 'H1', refundFen: 100, reason: '退药' }), outcome: { kind: 'refused', code: 'ORDER_NOT_FOUND' }, now: house.now() });
  const done = await tell(refund);
  for (const _ of ['again', 'and again']) await tell(refund);
  await house.store.hisNotices.end({ noticeId: done, outcome: { kind: 'done', news: own('refundTaken', '1.00', order.tradeNo) }, now: house.now() });
  const stopped = await tell({ kind: 'clinicStopped', noticeNo: 'TZ1', hisRegistrationNos: ['GH1', 'GH2', 'GH3', 'GH4', 'GH5'], cancelledAtHis: 'no', reason: '医生停诊' });
  await house.store.hisNotices.end({ noticeId: stopped, outcome: { kind: 'undecided', news: `${own('registrationRefunding', 'GH1')}; ${own('registrationAtWindow', 'GH2', 'HIS_REFUND_UNDECIDED')}` }, now: house.now(), case: { kind: 'hisNoticeStuck', subject: stopped, severity: 2, detail: quoted('clinicStopped TZ1 is not decided') } });
}
