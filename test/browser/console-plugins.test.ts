/** 插件 in a real browser: a vendor's package is looked at, its settings are asked for as its schema says, and others approve it. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { ok } from '@hospay/server/domain/errors.js';
import { isRecord } from '../contract/console-client.js';
import { becomeAdministrator, looksRight, openConsole, PASSWORD, picture, type ConsoleUnderTest } from './console-page.js';

let underTest: ConsoleUnderTest;
const HASH = 'ab'.repeat(32);
/** Every kind of field a plugin may ask for. */
const SCHEMA = {
  type: 'object',
  required: ['merchantNo', 'baseUrl', 'key', 'verification'],
  properties: {
    merchantNo: { type: 'string', title: '商户号 / Merchant number', minLength: 1, maxLength: 32 },
    baseUrl: { type: 'string', title: '接口地址 / API address', pattern: '^https://', maxLength: 200 },
    key: { type: 'string', title: '密钥 / Key', minLength: 16, maxLength: 128, 'x-secret': true },
    methods: { type: 'array', title: '支付方式 / Methods', items: { enum: ['nativeQr', 'paymentCode'] } },
    retryMs: { type: 'integer', title: '重试间隔 / Gap between tries (ms)', minimum: 100, maximum: 60_000, default: 500 },
    isTest: { type: 'boolean', title: '测试环境 / Test environment' },
    privateKeyPem: { type: 'string', title: '私钥 / Private key (PEM)', maxLength: 8192, 'x-secret': true },
    partner: { type: 'object', title: '服务商模式 / Service-provider mode', required: ['subMchid'], properties: { subMchid: { type: 'string', title: '子商户号 / Sub-merchant number', pattern: '^[0-9]{6,32}$' } } },
    verification: {
      title: '验签方式 / Signature verification',
      anyOf: [
        { type: 'object', required: ['mode', 'publicKeyId'], properties: { mode: { const: 'publicKey' }, publicKeyId: { type: 'string', title: '公钥 ID / Public key id' } } },
        { type: 'object', required: ['mode'], properties: { mode: { const: 'platformCertificate' } } },
      ],
    },
  },
};

before(async () => {
  underTest = await openConsole();
  const { house } = underTest;
  house.vendorPackages.received = ok({
    hash: HASH, id: 'city-card', version: '1.1.0', titleZh: '市民卡', titleEn: 'City card', publisher: 'Example Ltd', signers: [{ keyId: 'example-2026', publisher: 'Example Ltd' }], tier: 'silver', replaces: undefined,
    capabilityChanges: [{ capability: 'network', before: '', after: 'card.example', grows: true }], settingsSchema: SCHEMA,
  });
  await becomeAdministrator(underTest);
  const administrator = await house.users.signIn({ login: 'li.admin', password: PASSWORD, address: 'test' });
  assert.equal(administrator.kind, 'ok');
  const given = 'Given-By-Boss-1';
  await house.users.add(administrator.value.signedIn, { login: 'wu.finance', displayName: '吴财务', roles: ['finance'], password: given });
  const first = await house.users.signIn({ login: 'wu.finance', password: given, address: 'test' });
  assert.equal(first.kind, 'ok');
  await house.users.changePassword(first.value.signedIn, { current: given, next: PASSWORD, address: 'test' });
});
after(() => underTest.stop());

test('a package is verified and shown, its settings are filled in as its schema says, what is wrong is told by field, and it is proposed', async () => {
  const { page, hearNoComplaint } = underTest;
  await page.click('nav a[href="/plugins"]');
  await page.waitForSelector('[data-test=trust]');
  await looksRight(page, 'plugins');
  await page.click('[data-test=install]');
  await page.setInputFiles('.el-dialog input[type=file]', { name: 'city-card-1.1.0.hpx', mimeType: 'application/octet-stream', buffer: Buffer.from('package') });
  await page.waitForSelector('.el-dialog >> text=Example Ltd');
  await page.waitForSelector('text=我已核对新增的能力');
  await page.click('button:has-text("提交申请")');
  const told = await page.innerText('.el-dialog [role=alert]');
  for (const line of ['实例名须为小写字母', 'merchantNo：必填', 'baseUrl：必填', 'key：必填', 'verification：必填', '请先核对并同意', '请填写原因']) assert.ok(told.includes(line), `${line} is missing in ${told}`);
  const dialog = page.locator('.el-dialog:visible');
  await dialog.locator('.el-checkbox:has-text("我已核对新增的能力")').click();
  await dialog.locator('input[name=instance]').fill('city-card-main');
  await dialog.locator('input[name=merchantNo]').fill('33010001');
  await dialog.locator('input[name=baseUrl]').fill('https://card.example');
  await dialog.locator('input[name=key]').fill('short');
  await dialog.locator('input[name=retryMs]').fill('50');
  await dialog.locator('[data-test=setting-verification] .el-select').click();
  await page.click('.el-select-dropdown__item:visible:has-text("publicKey")');
  await dialog.locator('input[name="verification.publicKeyId"]').fill('PUB_1');
  await dialog.locator('[data-test=setting-partner] .el-checkbox').click();
  await dialog.locator('input[name="partner.subMchid"]').fill('12');
  await dialog.locator('textarea[name=privateKeyPem]').fill('-----BEGIN PRIVATE KEY-----');
  await dialog.locator('input[name=reason]').fill('接入市民卡');
  await page.click('button:has-text("提交申请")');
  const again = await page.innerText('.el-dialog [role=alert]');
  for (const line of ['key：太短', 'retryMs：不是允许范围内的数', 'partner.subMchid：格式不符']) assert.ok(again.includes(line), `${line} is missing in ${again}`);
  await picture(page, 'plugins-install');
  await dialog.locator('input[name=key]').fill('a-key-of-sixteen-letters');
  await dialog.locator('input[name=retryMs]').fill('500');
  await dialog.locator('input[name="partner.subMchid"]').fill('123456');
  await looksRight(page, 'plugins-install-filled', 'narrow');
  const [request] = await Promise.all([page.waitForRequest(/\/install$/), page.click('button:has-text("提交申请")')]);
  await page.waitForSelector('text=已提交变更申请 BG00000001');
  const content: unknown = request.postDataJSON();
  assert.ok(isRecord(content) && isRecord(content['settings']));
  assert.deepEqual({ ...content['settings'], privateKeyPem: '' }, { merchantNo: '33010001', baseUrl: 'https://card.example', key: 'a-key-of-sixteen-letters', retryMs: 500, privateKeyPem: '', partner: { subMchid: '123456' }, verification: { mode: 'publicKey', publicKeyId: 'PUB_1' } });
  assert.deepEqual([content['instance'], content['merchantNo'], content['acceptsCapabilities']], ['city-card-main', '1900000001', true]);
  hearNoComplaint();
});

test('an installed package goes back to the version before, and several changes are decided together by somebody else', async () => {
  const { page, house, hearNoComplaint } = underTest;
  const version = (number: string) => ({ hash: HASH, version: number, publisher: 'Example Ltd', signers: ['example-2026'], since: '2026-11-20T01:00:00.000Z' });
  house.vendorPackages.installed = [{ id: 'city-card', current: version('1.1.0'), previous: version('1.0.0'), instances: ['city-card-main'], refused: undefined }];
  await page.click('nav a[href="/changes"]');
  await page.click('[data-test=decide-BG00000001]');
  await page.fill('.el-dialog:visible input[name=reason]', '先不装了');
  await page.click('[data-test=reject]');
  await page.waitForSelector('[data-test=change-BG00000001] >> text=已退回');
  await page.click('nav a[href="/plugins"]');
  await page.click('[data-test=package-city-card] >> text=回退');
  await page.fill('.el-message-box__input input', '新版本异常');
  await page.click('.el-message-box__btns >> text=/确定|OK/');
  await page.waitForSelector('text=已提交变更申请 BG00000002');
  await page.click('tr:has-text("wechat-main") >> text=停止');
  await page.click('.el-message-box__btns >> text=/确定|OK/');
  await page.click('tr:has-text("wechat-main") >> text=启动');
  await page.fill('.el-message-box__input input', '故障已排除');
  await page.click('.el-message-box__btns >> text=/确定|OK/');
  await page.waitForSelector('text=已提交变更申请 BG00000003');
  await page.click('nav a[href="/changes"]');
  await page.waitForSelector('[data-test=change-BG00000003]');
  assert.equal(await page.locator('[data-test=choose-BG00000003]').count(), 0, 'nobody chooses his own');
  await page.click('[data-test=sign-out]');
  await page.fill('input[name=login]', 'wu.finance');
  await page.fill('input[name=password]', PASSWORD);
  await page.click('button[type=submit]');
  await page.click('nav a[href="/changes"]');
  for (const changeNo of ['BG00000002', 'BG00000003']) await page.click(`[data-test=choose-${changeNo}]`);
  await looksRight(page, 'changes-chosen');
  await page.click('[data-test=bulk]');
  assert.equal(await page.locator('.el-dialog:visible [data-test=lines]').count(), 2, 'each is shown as it will be made');
  await page.fill('.el-dialog:visible input[name=reason]', '已核对');
  await picture(page, 'changes-bulk');
  await page.click('[data-test=approve]');
  for (const changeNo of ['BG00000002', 'BG00000003']) await page.waitForSelector(`[data-test=change-${changeNo}] >> text=已执行`);
  hearNoComplaint();
});
