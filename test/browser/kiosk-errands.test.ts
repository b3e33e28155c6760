/** The kiosk beyond bills: registration (挂号), inpatient deposit (住院预交金) and discharge (出院结算), each walked by hand against the whole appliance, and their bad days. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startKioskPage, type KioskPage } from '@hospay/appliance/demo/kiosk-page.js';
import type { Browser, Page } from 'playwright-core';
import { ApplianceUnderTest, eventually, ROOT } from '../end-to-end/appliance-under-test.js';
import type { OpenSlot } from '../simulators/his/hospital-registration.js';
import { isAccessible } from './accessible.js';
import { openChromium } from './chromium.js';

const ERRANDS = ['bills', 'registration', 'checkIn', 'queue', 'reports', 'prices', 'deposit', 'inquiry', 'discharge'];
const PICTURES = join(ROOT, 'test/results/kiosk');
const UPRIGHT = { width: 1080, height: 1920 };
let appliance: ApplianceUnderTest;
let kioskPage: KioskPage;
let browser: Browser;
let page: Page;
before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  appliance = await ApplianceUnderTest.start({ roundsSelfPay: true });
  kioskPage = await startKioskPage({ addresses: appliance.addresses, walletUrl: `${appliance.wechat.baseUrl}wallet`, port: 0, dataFolder: appliance.dataFolder, claimFile: 'provision/kiosk-1.claim', errands: ERRANDS });
  browser = await openChromium();
  page = await browser.newPage({ viewport: UPRIGHT });
  page.setDefaultTimeout(60_000);
  await page.clock.install();
  await page.goto(kioskPage.url);
  await page.waitForSelector('#errand-registration:enabled');
});
after(async () => {
  await browser.close();
  await kioskPage.stop();
  await appliance.stop();
});

/** What is on the screen must fit it, at the kiosk's own size, and be used by everybody. */
async function look(name: string): Promise<string> {
  // A window that was just resized is drawn in a moment.
  await new Promise((wake) => { setTimeout(wake, 150); });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
  await isAccessible(page, name);
  const over = await page.evaluate('[document.documentElement.scrollWidth - innerWidth, ...[...document.querySelectorAll("button, h1, dd, .next-step")].map((part) => part.scrollWidth - part.clientWidth)].filter((pixels) => pixels > 1)');
  assert.deepEqual(over, [], `${name} runs over`);
  return page.innerText('body');
}
const atStart = () => page.waitForSelector('body[data-screen=welcome] #errand-bills');
async function begin(errand: string, card: number): Promise<void> {
  await atStart();
  await page.click(`#errand-${errand}`);
  await page.click(`#demo-card-${String(card)}`);
}
/** The patient pays what the code on the screen asks. */
async function payByPhone(): Promise<string> {
  await page.waitForSelector('#qr');
  const tradeNo = await page.innerText('#trade-no');
  appliance.wechat.pay(`${tradeNo}P01`);
  await page.waitForSelector('body[data-stage=done]');
  return tradeNo;
}
async function finish(): Promise<void> {
  await page.click('#finish');
  await atStart();
}
async function choosePlace(): Promise<OpenSlot> {
  await begin('registration', 0);
  const slot = await appliance.his.hospital.registration.addSlot(1);
  await page.click(`#department-${slot.departmentCode}`);
  await page.click('.row.doctor:has-text("余"):has-text("主治")');
  await page.click(`#clinic-${slot.scheduleId}`);
  return slot;
}

test('failure mode 17: what the HIS rounded by stands in the check and on the slip; its figure is what is paid', async () => {
  await begin('bills', 0);
  await page.waitForSelector('body[data-screen=bills]');
  await page.click('#quote');
  await page.waitForSelector('#pay');
  const check = await look('bills-rounded');
  const rounding = /四舍五入\s*(-?¥?-?0\.0[1-5])/.exec(check)?.[1] ?? '';
  assert.notEqual(rounding, '', check);
  assert.match(await page.innerText('#self-pay'), /0$/);
  await page.click('#pay');
  const tradeNo = await payByPhone();
  await look('bills-rounded-done');
  assert.ok((await page.locator('.receipt').textContent())?.includes(`四舍五入${rounding.replace('¥', '')}`), 'on the slip');
  const [order] = appliance.read<{ rounding: number; confirmation: string }>('SELECT fund_fen + personal_account_fen + amount_fen - total_fen AS rounding, confirmation FROM orders WHERE trade_no = ?', tradeNo);
  assert.deepEqual([Math.abs(order?.rounding ?? 0) / 100, order?.confirmation], [Math.abs(Number(rounding.replace('¥', ''))), 'confirmed']);
  await finish();
});

test('registration: department, doctor, day, time; held while it is paid; the slip has the queue number', async () => {
  await look('welcome');
  await page.click('#errand-registration');
  await look('registration-identify');
  await page.click('#demo-card-0');
  await page.waitForSelector('body[data-screen=departments]');
  await look('registration-departments');
  await page.click('.departments .tile >> nth=0');
  await page.waitForSelector('body[data-screen=clinics]');
  await look('registration-doctors');
  await page.click('.row.doctor >> nth=0');
  await look('registration-days');
  await page.click('.clinics .tile:has-text("明天") >> nth=0');
  await page.waitForSelector('body[data-screen=slots]');
  await look('registration-times');
  await page.click('.slots .tile >> nth=0');
  await page.waitForSelector('#give-back');
  const held = await look('registration-held');
  assert.match(held, /请核对挂号信息/);
  assert.match(await page.innerText('#seconds'), /^1[45]:\d\d$/);
  await page.click('#pay');
  await page.waitForSelector('#qr');
  await look('registration-code');
  const tradeNo = await payByPhone();
  const done = await look('registration-done');
  assert.match(done, /挂号成功/);
  assert.match(await page.innerText('#queue-no'), /\d/);
  assert.match((await page.textContent('.receipt')) ?? '', /挂号凭条.*就诊序号/);
  assert.equal(appliance.his.hospital.registration.countPayments(tradeNo), 1);
  await finish();
});

test('the patient does not want the place: it is free again at once, whether he presses, or walks away', async () => {
  const statusOf = (slotId: string) => appliance.his.hospital.registration.listRegistrations().filter((registration) => registration.slotId === slotId).map(({ status }) => status);
  const pressed = await choosePlace();
  await page.click(`#slot-${pressed.slotId}`);
  await page.click('#give-back');
  await page.waitForSelector('body[data-screen=givenBack]');
  await look('registration-given-back');
  assert.deepEqual(statusOf(pressed.slotId), ['cancelled']);
  await finish();

  const left = await choosePlace();
  await page.click(`#slot-${left.slotId}`);
  await page.click('#pay');
  await page.waitForSelector('#qr');
  await page.click('#cancel');
  await page.waitForSelector('#pay-again');
  await look('registration-unpaid');
  await page.click('#pay-again');
  await page.waitForSelector('#give-back');
  assert.deepEqual(statusOf(left.slotId), ['held'], 'a payment that ended unpaid leaves the place held');
  await walkAway();
  await atStart();
  await eventually('the place is free again', () => (statusOf(left.slotId).join() === 'cancelled' ? true : undefined));
});
/** Longer than the page waits, in steps between which the core tells it the time. */
async function walkAway(): Promise<void> {
  for (let step = 0; step < 2; step += 1) {
    await page.clock.fastForward(61_000);
    await new Promise((wake) => { setTimeout(wake, 400); });
  }
}

test('somebody else takes the place first: the page says so and shows what is left; a place not paid in time is not kept', async () => {
  const taken = await choosePlace();
  await page.waitForSelector(`#slot-${taken.slotId}`);
  await appliance.his.hospital.registration.fillSlot(taken);
  await page.click(`#slot-${taken.slotId}`);
  await page.waitForSelector('#notice-trouble');
  const said = await look('registration-slot-taken');
  assert.match(said, /这个时间刚刚被挂走/);
  assert.ok(await page.isDisabled(`#slot-${taken.slotId}`));
  await page.click('text=返回首页');

  const slow = await choosePlace();
  await page.click(`#slot-${slow.slotId}`);
  await page.waitForSelector('#give-back');
  await page.clock.fastForward(16 * 60_000);
  await page.waitForSelector('body[data-screen=holdEnded]');
  const over = await look('registration-hold-over');
  assert.match(over, /号源保留时间已到/);
  await finish();
});

test('a deposit: the masked name is confirmed, the amount keyed in, and the slip has the balance', async () => {
  await page.click('#errand-deposit');
  await look('deposit-identify');
  await page.click('#card-inpatientNo');
  await page.fill('#card-no', 'ZY000001');
  await look('deposit-number');
  await page.click('#find-patient');
  await page.waitForSelector('body[data-screen=stays]');
  const stay = await look('deposit-stay');
  assert.match(stay, /\*/, 'the name is masked');
  assert.equal(await page.locator('.stay').count(), 1, 'the stay that is over is not offered');
  await page.click('#stay-ZY000001-2');
  await page.click('#yuan-2000');
  await look('deposit-amount');
  await page.click('#quote-deposit');
  await page.waitForSelector('#pay');
  await look('deposit-check');
  await page.click('#pay');
  const tradeNo = await payByPhone();
  await page.waitForSelector('#balance');
  const done = await look('deposit-done');
  assert.match(done, /预交金已入账/);
  assert.match(await page.innerText('#balance'), /¥3000\.00/);
  assert.match((await page.textContent('.receipt')) ?? '', /住院预交金凭条.*预交金余额¥3000\.00/s);
  assert.equal(appliance.his.hospital.inpatients.countDeposits(tradeNo), 1);
  await finish();
});

test('what a stay costs, by kind and day by day, and what was paid in: shown and printed', async () => {
  await begin('inquiry', 6);
  await page.click('#stay-ZY000006-1');
  await page.waitForSelector('#arrears');
  assert.match(await page.innerText('#sum-amount'), /1050\.81/);
  await look('inquiry-sums');
  await page.click('#list-day');
  await page.waitForSelector('#day');
  assert.ok(await page.isDisabled('#day-after'), 'tomorrow has no list yet');
  await look('inquiry-day');
  const today = await page.innerText('#day');
  await page.click('#day-before');
  await page.waitForFunction(`document.getElementById('day')?.textContent !== '${today}'`);
  await page.click('#list-deposits');
  await page.waitForSelector('#list-deposits.now');
  assert.match(await page.innerText('.fee-table'), /500\.00/);
  assert.match((await page.textContent('.receipt')) ?? '', /预交金记录.*ZY000006/);
  await look('inquiry-deposits');
  await finish();
});

test('a number is taken for an appointment and the queue is seen; reports are read and printed, one held back is not; prices are found by their initials', async () => {
  await appliance.his.hospital.registration.bookAppointment('P0000002');
  await begin('checkIn', 1);
  await page.waitForSelector('[id^=check-in-]');
  await look('check-in-choose');
  await page.click('[id^=check-in-]');
  await page.waitForSelector('#queue-no');
  await look('check-in-done');
  const queueNo = await page.innerText('#queue-no');
  assert.ok((await page.locator('.receipt').textContent())?.includes(queueNo));
  await finish();
  await begin('queue', 1);
  await page.waitForSelector('.ahead');
  assert.ok((await look('queue')).includes(queueNo));
  await finish();
  await begin('reports', 1);
  await page.waitForSelector('.row.report');
  await look('reports');
  await page.click('.row.report:has-text("血常规")');
  await page.waitForSelector('#report');
  assert.match(await look('report'), /白细胞计数/);
  assert.match((await page.locator('.receipt').textContent()) ?? '', /白细胞计数.*11\.2/);
  await page.click('#back');
  await finish();
  await atStart();
  await page.click('#errand-prices');
  for (const letter of ['A', 'M']) await page.click(`.letters .key:text-is("${letter}")`);
  await page.click('#find-prices');
  await page.waitForSelector('#prices');
  assert.match(await look('prices'), /阿莫西林/);
  await finish();
});

test('a discharge that collects: what is missing is paid like bills, and settles the stay', async () => {
  await begin('discharge', 6);
  await page.click('#stay-ZY000006-1');
  await page.waitForSelector('#collect');
  const said = await look('discharge-collect');
  assert.match(said, /还需补缴/);
  await page.click('#collect');
  await page.waitForSelector('#pay');
  await look('discharge-collect-check');
  await page.click('#pay');
  await payByPhone();
  assert.match(await look('discharge-collected'), /出院结算完成/);
  assert.equal(appliance.his.hospital.inpatients.countSettlements({ inpatientNo: 'ZY000006', visitId: '1' }), 1);
  await finish();
});

test('a discharge that returns: said which way, settled once, and what no order can give back is said too', async () => {
  const stay = await appliance.his.hospital.inpatients.admit({ costFen: 30_000 });
  await appliance.his.hospital.inpatients.depositAtWindow(stay, 20_000);
  await page.click('#errand-deposit');
  await page.click('#card-inpatientNo');
  await page.fill('#card-no', stay.inpatientNo);
  await page.click('#find-patient');
  await page.click(`#stay-${stay.inpatientNo}-${stay.visitId}`);
  await page.waitForSelector('#arrears');
  await page.click('#yuan-500');
  await page.click('#quote-deposit');
  await page.click('#pay');
  const tradeNo = await payByPhone();
  await finish();

  const find = async () => {
    await page.click('#errand-discharge');
    await page.click('#card-inpatientNo');
    await page.fill('#card-no', stay.inpatientNo);
    await page.click('#find-patient');
    await page.click(`#stay-${stay.inpatientNo}-${stay.visitId}`);
  };
  await find();
  await page.waitForSelector('#notice-trouble');
  assert.match(await look('discharge-hindered'), /医生未开出院医嘱/);
  await page.click('#not-this');
  await appliance.his.hospital.inpatients.orderDischarge(stay);
  await find();
  await page.waitForSelector('#settle');
  const priced = await look('discharge-return');
  assert.match(priced, /应退给您/);
  assert.match(await page.innerText('#ways'), /手机缴的原路退回；窗口缴的/);
  appliance.his.faults.add({ procedure: 'usp_hospay_discharge_settle', fault: { kind: 'commit-then-drop' } });
  appliance.his.faults.add({ procedure: 'usp_hospay_query_discharge', fault: { kind: 'drop-before-execute' }, times: 'always' });
  await page.click('#settle');
  await page.waitForSelector('.wait.warn #settlement-no');
  assert.match(await look('discharge-unclear'), /结算结果确认中，请勿重复办理/);
  appliance.his.faults.clear();
  await page.waitForSelector('#print');
  const done = await look('discharge-returned');
  assert.match(done, /出院结算完成/);
  assert.match(done, /退回微信/);
  assert.equal(appliance.his.hospital.inpatients.countSettlements(stay), 1);
  await eventually('the rest is back in the wallet', () => appliance.read("SELECT 1 AS done FROM refund WHERE trade_no = ? AND state = 'succeeded'", tradeNo)[0]);
  assert.match((await page.textContent('.receipt')) ?? '', /出院结算凭条/);
  await finish();
  assert.deepEqual(appliance.ledgerProblems(), []);
});

test('a kiosk that loses its power while a stay is settled shows the settlement again until somebody has seen its end', async () => {
  const stay = await appliance.his.hospital.inpatients.admit({ costFen: 10_000 });
  await appliance.his.hospital.inpatients.depositAtWindow(stay, 15_000);
  await appliance.his.hospital.inpatients.orderDischarge(stay);
  await page.click('#errand-discharge');
  await page.click('#card-inpatientNo');
  await page.fill('#card-no', stay.inpatientNo);
  await page.click('#find-patient');
  await page.click(`#stay-${stay.inpatientNo}-${stay.visitId}`);
  appliance.his.faults.add({ procedure: 'usp_hospay_discharge_settle', fault: { kind: 'commit-then-drop' } });
  appliance.his.faults.add({ procedure: 'usp_hospay_query_discharge', fault: { kind: 'drop-before-execute' }, times: 'always' });
  await page.click('#settle');
  await page.waitForSelector('.wait.warn #settlement-no');
  const settlementNo = await page.innerText('#settlement-no');
  await page.reload();
  await page.waitForSelector('.wait.warn #settlement-no');
  assert.equal(await page.innerText('#settlement-no'), settlementNo);
  appliance.his.faults.clear();
  await page.waitForSelector('#print');
  await page.reload();
  await page.waitForSelector('#print');
  const said = await look('discharge-restored');
  assert.match(said, /出院结算完成/);
  assert.match(said, /50\.00/);
  assert.equal(appliance.his.hospital.inpatients.countSettlements(stay), 1);
  await finish();
  await page.reload();
  // What was seen to its end is not shown to the next; the deposit before it, whose slip nobody took, is.
  await page.waitForSelector('body[data-screen=order] #print');
  assert.equal(await page.locator('#settlement-no').count(), 0);
  await finish();
});

test('in elder mode, in English and on a low screen nothing runs over', async () => {
  for (const [name, viewport] of Object.entries({ upright: UPRIGHT, low: { width: 1280, height: 800 } })) {
    await page.setViewportSize(viewport);
    for (const button of ['#elder', '#language', '#elder', '#language']) {
      await page.click(button);
      await look(`welcome-${name}-${button.slice(1)}`);
    }
    await page.click('#elder');
    await begin('deposit', 5);
    await page.click('#stay-ZY000001-2');
    await page.waitForSelector('#yuan');
    await look(`deposit-amount-${name}-elder`);
    await page.click('text=返回首页');
    await begin('discharge', 7);
    await page.click('#stay-ZY000018-1');
    await page.waitForSelector('#settle');
    await look(`discharge-${name}-elder`);
    await page.click('text=返回首页');
    await begin('registration', 1);
    await page.waitForSelector('body[data-screen=departments]');
    await look(`registration-departments-${name}-elder`);
    await page.click('text=返回首页');
    await page.click('#elder');
  }
  await page.setViewportSize(UPRIGHT);
});

test('the hospital system is down: plain words, nothing charged, and the same touch works when it is back', async () => {
  appliance.his.faults.add({ procedure: 'usp_hospay_reg_departments', fault: { kind: 'drop-before-execute' }, times: 'always' });
  await begin('registration', 0);
  await page.waitForSelector('#notice-trouble');
  assert.match(await look('his-down'), /未扣款/);
  appliance.his.faults.clear();
  await page.click('#demo-card-0');
  await page.waitForSelector('body[data-screen=departments]');
  await page.click('text=返回首页');
});

test('the line is down: the page says so, loses nothing, and the way to the start stays open', async () => {
  await begin('deposit', 5);
  await page.waitForSelector('#stay-ZY000001-2');
  await appliance.stopCore();
  await page.waitForSelector('#notice-line');
  await page.click('#stay-ZY000001-2');
  await page.click('#yuan-500');
  await page.click('#quote-deposit');
  await page.waitForSelector('#notice-trouble');
  assert.match(await look('line-down'), /没有扣款/);
  await page.click('text=返回首页');
  await atStart();
});
