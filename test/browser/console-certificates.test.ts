import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Credential } from '@hospay/plugin-sdk';
import { sampleCertificate } from '../contract/console-certificates.js';
import type { ConsoleHouse } from '../contract/console-house.js';
import { becomeAdministrator, becomeAuditor, looksRight, openConsole, picture, type ConsoleUnderTest } from './console-page.js';

let opened: ConsoleUnderTest;
let house: ConsoleHouse;
let page: Page;

before(async () => {
  opened = await openConsole();
  ({ house, page } = opened);
  await seedKeys();
  await becomeAdministrator(opened);
});
after(() => opened.stop());
afterEach(() => { opened.hearNoComplaint(); });

test('the overview names what is urgent before the windows open, and leads to the page', async () => {
  await page.waitForSelector('[data-test=certificate-banner]');
  assert.match(await page.innerText('[data-test=certificate-badge]'), /证书与密钥告警 6/);
  await looksRight(page, 'certificates-overview');
  await page.click('[data-test=certificate-banner]');
  await page.waitForSelector('main h1 >> text=证书与密钥');
});

test('the page shows what ends first at the top, its alarms with what to do, and narrows by holder and instance', async () => {
  await page.waitForSelector('[data-test=alarms] li');
  const rows = await page.locator('main tbody tr').allInnerTexts();
  assert.match(rows[0] ?? '', /已过期 2 天/);
  assert.match(rows[1] ?? '', /剩 19 小时[\s\S]*商户 API 证书/);
  const alarms = await page.innerText('[data-test=alarms]');
  for (const words of ['紧急', '已到期', '即将到期', '1 天内', '证书与私钥不匹配', '对方密钥变更', '到期日未知', '先做轮换演练']) assert.ok(alarms.includes(words), words);
  await looksRight(page, 'certificates');
  await page.click('label:has-text("对方")');
  assert.ok((await page.locator('main tbody tr').allInnerTexts()).every((row) => row.includes('对方')));
  await picture(page, 'certificates-theirs');
  await page.click('label:has-text("全部")');
});

test('a check now says what it found', async () => {
  await page.click('[data-test=check]');
  await page.waitForSelector('text=已检查 12 项：新增告警 0，解除 0，未解除 6');
});

test('one key opens with its fingerprint and what became of it', async () => {
  await page.click('tr:has-text("微信支付公钥") >> text=详情');
  await page.waitForSelector('.el-drawer >> text=更换');
  assert.match(await page.innerText('.el-drawer'), /b2b2b2b2b2b2/);
  await picture(page, 'certificate-history');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.el-drawer', { state: 'hidden' });
});

test('a change of theirs is confirmed by a person, an end is not', async () => {
  assert.equal(await page.locator('[data-test=alarms] li:has-text("已到期") >> text=确认知悉').count(), 0);
  await page.click('[data-test=alarms] li:has-text("对方密钥变更") >> text=确认知悉');
  await page.click('.el-message-box__btns >> text=/确定|OK/');
  await page.waitForSelector('[data-test=alarms] li:has-text("对方密钥变更")', { state: 'detached' });
});

test('a rehearsal that fails says which step, one that passes says what to do next, and no key is shown again', async () => {
  await page.click('[data-test=open-rehearsal]');
  await page.waitForSelector('textarea[name=merchantPrivateKeyPem]');
  await page.fill('textarea[name=merchantPrivateKeyPem]', 'canary private key');
  await picture(page, 'rehearsal-form');
  await page.click('[data-test=rehearse]');
  await page.waitForSelector('[data-test=rehearsal-steps]');
  assert.match(await page.innerText('.el-dialog'), /演练未通过[\s\S]*启动候选实例[\s\S]*not a private key/);
  assert.doesNotMatch(await page.innerText('.el-dialog'), /更换后签名不会被接受/, 'a step that was not played has nothing to say');
  await picture(page, 'rehearsal-failed');
  house.certificates.scene.report = PASSED;
  await page.click('text=再次演练');
  await page.click('[data-test=rehearse]');
  await page.waitForSelector('text=演练通过。请在配置文件中更换以下各项');
  const text = await page.innerText('.el-dialog');
  for (const words of ['wechat-main.settings.merchantPrivateKeyPem', '向对方提一个无害的问题', 'the channel answered notFound', '注意']) assert.ok(text.includes(words), words);
  assert.ok(!(await page.content()).includes('canary'), 'what was typed is gone');
  await picture(page, 'rehearsal-passed');
  await page.click('.el-dialog__footer:visible >> text=关闭');
});

test('an installed instance is rotated and taken back from the page', async () => {
  await page.click('[data-test=open-rehearsal]');
  await page.click('[data-test=rehearsal-instance]');
  await page.click('.el-select-dropdown__item:has-text("city-card-main")');
  await page.fill('input[name=key]', 'canary-next-key');
  await page.click('[data-test=rehearse]');
  await page.click('[data-test=carry-out]');
  await page.fill('.el-message-box__input input', '到期更换');
  await page.click('.el-message-box__btns >> text=/确定|OK/');
  await page.waitForSelector('text=已启用新的密钥');
  await page.waitForSelector('[data-test=take-back]');
  await looksRight(page, 'certificates-rotated');
  await page.click('[data-test=take-back]');
  await page.waitForSelector('.el-message-box__input input');
  await page.fill('.el-message-box__input input', '对方未生效');
  await page.click('.el-message-box__btns >> text=/确定|OK/');
  await page.waitForSelector('tr >> text=已退回');
});

test('in English too, and an auditor only reads', async () => {
  await page.click('text=English');
  await page.waitForSelector('main h1 >> text=Keys and certificates');
  await looksRight(page, 'certificates-english');
  await page.click('text=中文');
  await becomeAuditor(opened);
  await page.click('nav a[href="/certificates"]');
  await page.waitForSelector('[data-test=alarms] li');
  assert.equal(await page.locator('[data-test=check], [data-test=open-rehearsal], button:has-text("确认知悉")').count(), 0);
});

const PASSED = {
  kind: 'ran', listProblem: undefined, broken: undefined, connection: { result: 'answered', found: 'the channel answered notFound' },
  credentials: [sampleCertificate('merchantCertificatePem', new Date('2026-11-20T01:00:00.000Z'), 45, { fingerprint: 'c3'.repeat(32) })],
} as const;

/** A hospital whose keys are of every age. */
async function seedKeys(): Promise<void> {
  const now = house.now();
  const { scene, watch } = house.certificates;
  const words = (zh: string, en: string, useZh: string, useEn: string) => ({ title: { zh, en }, use: { zh: useZh, en: useEn } });
  const verifying = words('微信支付公钥', 'WeChat Pay public key', '验证微信支付的应答和通知', 'verifies answers and notifications of WeChat Pay');
  const wechat = (publicKey: string): Credential[] => [
    sampleCertificate('merchantCertificatePem', now, 20 / 24, { belongsTo: 'merchantPrivateKeyPem' }),
    { name: 'merchantPrivateKeyPem', ...words('商户私钥', 'Merchant private key', '商户请求签名：下单、查询、退款', 'signs our requests: orders, queries, refunds'), holder: 'ours', kind: 'privateKey', fingerprint: 'd4'.repeat(32) },
    { name: 'apiV3Key', ...words('APIv3 密钥', 'APIv3 key', '解密支付通知和平台证书', 'opens notifications and platform certificates'), holder: 'ours', kind: 'sharedSecret', fingerprint: 'e5'.repeat(32) },
    { name: 'verification.publicKeyPem', ...verifying, holder: 'theirs', kind: 'publicKey', serial: 'PUB_KEY_ID_0116000000012026', fingerprint: publicKey },
    sampleCertificate('platformCertificate/4A5B', now, 1_400, { ...words('微信支付平台证书', 'WeChat Pay platform certificate', '验证微信支付的应答和通知', 'verifies answers and notifications'), holder: 'theirs', fingerprint: 'f6'.repeat(32), group: 'platformCertificate' }),
  ];
  const alipay: Credential[] = [
    sampleCertificate('verification.appCertificatePem', now, 28, { ...words('应用公钥证书', 'App certificate', '应用请求签名：下单、查询、退款', 'signs our requests'), belongsTo: 'appPrivateKeyPem', publicKeyFingerprint: '1'.repeat(64), fingerprint: '17'.repeat(32) }),
    { name: 'appPrivateKeyPem', ...words('应用私钥', 'App private key', '应用请求签名：下单、查询、退款', 'signs our requests'), holder: 'ours', kind: 'privateKey', fingerprint: '28'.repeat(32), publicKeyFingerprint: '2'.repeat(64) },
    sampleCertificate('verification.alipayRootCertificatePem', now, 4_200, { ...words('支付宝根证书', 'Alipay root certificate', '信任支付宝的新证书', 'trust in new certificates of Alipay'), holder: 'theirs', fingerprint: '39'.repeat(32) }),
  ];
  const { notAfter: _unknown, ...endless } = sampleCertificate('merchantCertificateSerial', now, 1, { fingerprint: '4a'.repeat(32) });
  const platform: Credential[] = [
    sampleCertificate('file/console', now, -2, { ...words('控制台 HTTPS 证书', 'Console HTTPS certificate', '加密连接（/etc/nginx/tls/console.pem）', 'serves encrypted connections'), fingerprint: '5b'.repeat(32) }),
    { name: 'application/mini-program', ...words('应用签名密钥 小程序', 'Signing secret of application mini-program', '验证应用的请求', 'verifies requests of the application'), holder: 'ours', kind: 'sharedSecret', fingerprint: '6c'.repeat(32), since: '2026-01-05T01:00:00.000Z' },
    { name: 'publisher/9f8e7d6c5b4a3210', ...words('插件发布者公钥 City Card Example', 'Key of plugin publisher City Card Example', '验证插件包的签名', 'verifies plugin packages'), holder: 'theirs', kind: 'publicKey', serial: '9f8e7d6c5b4a3210', fingerprint: '7d'.repeat(32) },
  ];
  const readings = (publicKey: string) => [
    { owner: 'wechat-main', credentials: wechat(publicKey), isComplete: true, problem: undefined },
    { owner: 'wechat-clinic', credentials: [endless], isComplete: true, problem: undefined },
    { owner: 'alipay-main', credentials: alipay, isComplete: true, problem: undefined },
    { owner: 'platform', credentials: platform, isComplete: true, problem: undefined },
  ];
  scene.readings = readings('a1'.repeat(32));
  await watch.checkNow();
  house.later(3_600);
  scene.readings = readings('b2'.repeat(32));
  await watch.checkNow();
  const setting = (path: string, titleZh: string, titleEn: string, more: { readonly isSecret?: boolean; readonly isLong?: boolean; readonly choices?: readonly string[] } = {}) => ({ path, titleZh, titleEn, isSecret: false, isLong: false, choices: [], ...more });
  scene.subjects = [
    {
      instance: 'wechat-main', plugin: 'wechat-pay', origin: 'configured', settings: { merchantPrivateKeyPem: 'canary of the running one' }, credentials: wechat('b2'.repeat(32)),
      rotatable: [
        setting('merchantCertificateSerial', '商户证书序列号', 'Merchant certificate serial'), setting('merchantCertificatePem', '商户证书', 'Merchant certificate (PEM)', { isLong: true }), setting('merchantPrivateKeyPem', '商户私钥', 'Merchant private key (PEM)', { isSecret: true, isLong: true }),
        setting('apiV3Key', 'APIv3 密钥', 'APIv3 key', { isSecret: true }), setting('verification.mode', '验签方式', 'Signature verification', { choices: ['publicKey', 'platformCertificate', 'both'] }),
      ],
    },
    { instance: 'city-card-main', plugin: 'city-card', origin: 'installed', settings: { key: 'canary of the city card' }, credentials: [], rotatable: [setting('key', '密钥', 'Key', { isSecret: true })] },
  ];
  scene.report = { kind: 'refused', reason: 'activate threw: settings.merchantPrivateKeyPem is not a private key' };
}
