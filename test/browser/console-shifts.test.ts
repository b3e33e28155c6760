import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { ConsoleHouse } from '../contract/console-house.js';
import { becomeAdministrator, looksRight, openConsole, PASSWORD, picture, type ConsoleUnderTest } from './console-page.js';

const GIVEN = 'Given-By-Boss-1';
let opened: ConsoleUnderTest;
let house: ConsoleHouse;
let page: Page;

before(async () => {
  opened = await openConsole();
  ({ house, page } = opened);
  await becomeAdministrator(opened);
  const administrator = await house.users.signIn({ login: 'li.admin', password: PASSWORD, address: 'test' });
  assert.equal(administrator.kind, 'ok');
  const { signedIn } = administrator.value;
  await house.users.add(signedIn, { login: 'zhou.cashier', displayName: '周收费', roles: ['cashier'], password: GIVEN, operatorId: '0101' });
  await house.users.add(signedIn, { login: 'wu.finance', displayName: '吴财务', roles: ['finance'], password: GIVEN });
  await house.payCash('C1', 31_200, '0101');
  await house.payCash('C2', 10_000, '0101');
  await house.payCash('C3', 5_000, '0102');
  for (const tradeNo of house.store.database.prepare('SELECT trade_no FROM orders').all().map((row) => String(row['trade_no']))) await house.run('confirmOrder', tradeNo);
  await signOut();
});
after(() => opened.stop());
afterEach(() => { opened.hearNoComplaint(); });

async function signOut(): Promise<void> {
  await page.click('[data-test=sign-out]');
  await page.waitForSelector('input[name=login]');
}
async function signIn(login: string): Promise<void> {
  await page.fill('input[name=login]', login);
  await page.fill('input[name=password]', GIVEN);
  await page.click('button[type=submit]');
  await page.waitForSelector('text=当前密码由他人设置');
  for (const [name, value] of Object.entries({ current: GIVEN, next: PASSWORD, again: PASSWORD })) await page.fill(`input[name=${name}]`, value);
  await page.click('button[type=submit]');
}
const count = async (faces: Record<number, number>): Promise<void> => {
  for (const [face, pieces] of Object.entries(faces)) await page.fill(`input[name=face-${face}]`, String(pieces));
};
const sure = () => page.click('.el-message-box__btns >> text=/^确定$/');

test('a cashier stands before his own till and nothing else; what the count lacks is shown before it is final', async () => {
  await signIn('zhou.cashier');
  await page.waitForSelector('[data-test="running-operator:0101"]');
  assert.match(page.url(), /\/shifts$/);
  assert.deepEqual(await page.locator('nav a').allInnerTexts(), ['交班日结']);
  assert.equal(await page.locator('[data-test="running-operator:0102"]').count(), 0);
  await looksRight(page, 'shifts-cashier');
  await page.click('[data-test="running-operator:0101"] button');
  assert.equal(await page.locator('[data-test=expected]').innerText(), '¥412.00');
  await count({ 10000: 4, 1000: 1, 100: 1 });
  assert.equal(await page.locator('[data-test=difference]').innerText(), '短款 ¥1.00');
  await picture(page, 'shifts-close');
  // A patient pays while it is counted.
  await house.payCash('C4', 2_000, '0101');
  await page.click('[data-test=send-close]');
  await sure();
  await page.waitForSelector('.el-dialog >> text=清点期间钱箱应有金额已变化');
  // The refusal is there at once, the till as it is now a question later.
  await page.waitForSelector('[data-test=expected] >> text=¥432.00');
  await count({ 1000: 3 });
  await page.click('[data-test=send-close]');
  await page.waitForSelector('.el-message-box >> text=短款 ¥1.00');
  await sure();
  await page.waitForSelector('text=已交班：JB202611200001');
  await page.waitForSelector('[data-test=shift-JB202611200001] >> text=待接收');
  await looksRight(page, 'shifts-closed');
});

test('the report is the form that is signed: both layouts, capitals, faces, and a file for Excel', async () => {
  await page.click('[data-test=shift-JB202611200001] >> text=当日');
  await page.waitForSelector('[data-test=sheet]');
  const sheet = await page.locator('[data-test=sheet]').innerText();
  for (const words of ['示范医院', '收费员缴款日报表', '0101', '现金', '432.00', '上缴现金额', '431.00', '肆佰叁拾壹元整', '短款', '1.00', '100 元', 'JB202611200001']) assert.ok(sheet.includes(words), `${words} in ${sheet}`);
  await looksRight(page, 'shifts-report-a');
  await page.click('text=版式二');
  await page.waitForSelector('[data-test=sheet] >> text=上缴银联额');
  await looksRight(page, 'shifts-report-b');
  await page.emulateMedia({ media: 'print' });
  await picture(page, 'shifts-report-print');
  assert.equal(await page.locator('nav').isVisible(), false, 'the sheet alone is printed');
  await page.emulateMedia({ media: 'screen' });
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-test=export]')]);
  assert.equal(download.suggestedFilename(), 'jkrb-JB202611200001-b.csv');
  await signOut();
});

test('finance sees every till, takes the cash over, brings it to the bank and takes a step back with its reason', async () => {
  await signIn('wu.finance');
  await page.waitForSelector('.figures');
  await page.click('nav a[href="/shifts"]');
  await page.waitForSelector('[data-test="running-operator:0102"]');
  await looksRight(page, 'shifts-finance');
  await page.click('[data-test=waiting-JB202611200001] button:has-text("重新清点")');
  await count({ 10000: 4, 1000: 3, 100: 2 });
  await page.fill('input[name=reason]', '少数一元');
  await picture(page, 'shifts-recount');
  await page.click('.el-dialog button[type=submit]');
  await page.waitForSelector('[data-test=waiting-JB202611200001] >> text=¥432.00');
  await page.click('[data-test=waiting-JB202611200001] button:has-text("接收")');
  await page.waitForSelector('.el-message-box >> text=¥432.00');
  await sure();
  await page.waitForSelector('[data-test=vault] >> text=¥432.00');
  await page.click('[data-test=deposit]');
  await page.fill('input[name=slipNo]', '000123');
  await page.fill('input[name=yuan]', '400');
  await page.click('.el-dialog button[type=submit]');
  await page.waitForSelector('text=在途 000123');
  await page.waitForSelector('[data-test=vault] >> text=¥32.00');
  await page.click('tr:has-text("送存银行") button:has-text("冲正")');
  await page.fill('input[name=reason]', '单号录错');
  await page.click('.el-dialog button[type=submit]');
  await page.waitForSelector('[data-test=vault] >> text=¥432.00');
  await looksRight(page, 'shifts-vault');
  await page.click('text=English');
  await page.waitForSelector('main h1 >> text=Shifts and cash');
  await looksRight(page, 'shifts-english');
});

test('finance keeps the forms: buys, hands out, settles a sheet nobody confirmed, makes a torn one void, takes the rest back', async () => {
  await page.click('text=中文');
  await page.click('nav a[href="/forms"]');
  await page.click('[data-test=register-forms]');
  await page.fill('input[name=code]', '3301');
  await page.fill('input[name=firstNumber]', '00010001');
  await page.fill('input[name=lastNumber]', '0010200');
  await page.click('.el-dialog button[type=submit]');
  await page.waitForSelector('text=前缀与位数一致');
  await page.fill('input[name=lastNumber]', '00010200');
  await page.click('.el-dialog button[type=submit]');
  await page.click('[data-test=batch-PR000001] button');
  await page.fill('input[name=holderId]', '0101');
  await page.fill('input[name=count]', '50');
  await picture(page, 'forms-hand-out');
  await page.click('.el-dialog button[type=submit]:has-text("领用")');
  await page.waitForSelector('[data-test=run-PL000001] >> text=00010001');
  const [paid] = house.store.database.prepare("SELECT trade_no FROM orders WHERE confirmation = 'confirmed' ORDER BY trade_no").all().map((row) => String(row['trade_no']));
  await house.store.formsOf('demo').take({ hospitalId: 'demo', tillNo: 'operator:0101', tradeNo: paid ?? '', kind: 'outpatient', media: ['paper'], by: '0101', idempotency: { tenant: 't', key: 'k', requestHash: 'h' }, now: house.now() });
  await page.click('[data-test=run-PL000001] [data-test=numbers]');
  await page.waitForSelector('[data-test=number-00010001] >> text=打印未确认');
  await picture(page, 'forms-numbers');
  await page.click('[data-test=number-00010001] button:has-text("确认已打好")');
  await sure();
  await page.waitForSelector('[data-test=number-00010001] >> text=已打印');
  await page.click('.el-dialog:visible >> .el-dialog__headerbtn');
  await page.waitForSelector('[data-test=run-PL000001] >> text=00010002');
  await page.click('[data-test=run-PL000001] [data-test=numbers]');
  await page.click('[data-test=void-blank]');
  await page.fill('input[name=voidReason]', '撕破');
  await page.click('.el-dialog button[type=submit]:has-text("作废")');
  await page.waitForSelector('[data-test=number-00010002] >> text=撕破');
  await picture(page, 'forms-void');
  await page.click('.el-dialog:visible >> .el-dialog__headerbtn');
  await page.click('[data-test=run-PL000001] button:has-text("交回")');
  await page.waitForSelector('.el-message-box >> text=00010003 – 00010050');
  await sure();
  await page.waitForSelector('[data-test=batch-PR000001] >> text=198');
  await looksRight(page, 'forms');
});

test('a run that returns prepayments: proposed by one, approved by another as it is shown; the rest is transferred, recorded by one and confirmed by the other', async () => {
  house.hospital.facets = {
    accountBalance: ({ patientId }) => Promise.resolve({ kind: 'ok', value: { balanceFen: patientId === 'P1002' ? 0 : 12_345, frozenFen: patientId === 'P1003' ? 345 : 0 } }),
    listAccountMovements: () => Promise.resolve({ kind: 'ok', value: [] }),
    returnAccountBalance: ({ returnNo }) => Promise.resolve({ kind: 'ok', value: { hisReturnNo: `YJ${returnNo.slice(-4)}`, balanceFen: 0 } }),
  };
  const reason = async (text: string) => {
    await page.fill('input[name=reason]', text);
    await page.click('.el-dialog:visible button[type=submit]');
  };
  await page.click('nav a[href="/prepayment"]');
  await page.click('[data-test=propose]');
  await page.fill('input[name=title]', '清退第一批');
  await page.fill('textarea[name=patients]', 'P1001\nP1002, P1003');
  await picture(page, 'prepayment-propose');
  await page.click('.el-dialog:visible button[type=submit]');
  await page.waitForSelector('text=须由另一位财务人员审批');
  assert.equal(await page.locator('[data-test=approve]').isDisabled(), true);
  await page.waitForSelector('td:has-text("没有余额")');
  await looksRight(page, 'prepayment-proposed');
  const address = page.url();
  await signOut();
  await page.fill('input[name=login]', 'li.admin');
  await page.fill('input[name=password]', PASSWORD);
  await page.click('button[type=submit]');
  await page.waitForSelector('.figures');
  await page.goto(address);
  await page.click('[data-test=approve]');
  await page.waitForSelector('text=2 个账户，合计 ¥243.45');
  await picture(page, 'prepayment-approve');
  await reason('已核对名单');
  await page.click('[data-test=pause]');
  await reason('先停一下');
  await page.waitForSelector('text=已暂停：不再开始新的账户');
  await page.click('[data-test=resume]');
  await reason('继续');
  await page.waitForSelector('[data-test=pause]');
  for (const step of ['taken', 'returned']) await house.run('advancePrepaymentReturn').then(() => step);
  await page.click('nav a[href="/prepayment"]');
  const due = page.locator('[data-test^=due-]').first();
  await due.locator('button:has-text("登记转账")').click();
  await page.fill('input[name=bankName]', '建设银行');
  await page.fill('input[name=accountName]', '张小三');
  await page.fill('input[name=accountTail]', '6789');
  await page.fill('input[name=slipNo]', 'CCB0001');
  await picture(page, 'prepayment-record');
  await page.click('.el-dialog:visible button[type=submit]');
  await page.waitForSelector('text=张*三 ****6789');
  assert.equal(await due.locator('button:has-text("确认")').isDisabled(), true, 'nobody confirms his own record');
  await looksRight(page, 'prepayment-transfers');
  await signOut();
  await page.fill('input[name=login]', 'wu.finance');
  await page.fill('input[name=password]', PASSWORD);
  await page.click('button[type=submit]');
  await page.waitForSelector('.figures');
  await page.click('nav a[href="/prepayment"]');
  await due.locator('button:has-text("确认")').click();
  await page.fill('input[name=yuan]', '123.45');
  await page.fill('input[name=slipNoAgain]', 'CCB0001');
  await page.fill('input[name=checkReason]', '回单一致');
  await page.click('.el-dialog:visible button[type=submit]');
  await page.waitForSelector('[data-test^=transfer-] >> text=已确认');
  await looksRight(page, 'prepayment-confirmed');
});
