/** A window and a kiosk of a hospital whose province wants the insurance settled last (先自费后医保): his own part first, then the insurance by itself, then the hospital. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startKioskPage } from '@hospay/appliance/demo/kiosk-page.js';
import { POOR } from '../contract/channel-medical-insurance-subject.js';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { picture, scans, signIn, startCounters, type CountersUnderTest } from './counter-under-test.js';

const SCREEN = { viewport: { width: 1366, height: 768 } };
let bench: CountersUnderTest;
before(async () => { bench = await startCounters({ insuranceOrder: 'selfPayFirst' }); });
after(() => bench.stop());

test('the customer’s own part is taken in cash, the insurance is settled by itself when it is in, and the hospital hears of the whole', { timeout: 90_000 }, async () => {
  const page = await (await bench.browser.newContext(SCREEN)).newPage();
  await page.goto(bench.windowUrl);
  await signIn(page, '0101');
  await scans(page, 'C0000007');
  await page.waitForSelector('body[data-view=bills]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('body[data-view=quote]');
  await scans(page, bench.insurance.centre.showVoucher(POOR.personNo));
  await page.waitForFunction("document.querySelector('#money-label')?.textContent === '先收自费'");
  assert.match(await page.innerText('#trouble'), /医保可付 .*：先收自费部分，收齐后自动结算医保/);
  const ownFen = Math.round(Number((await page.innerText('#money')).slice(1)) * 100);
  await picture(page, 'window-self-pay-first');
  // A part of it, then the rest: only then the insurance.
  await page.keyboard.type('1');
  await page.keyboard.press('F6');
  await page.waitForSelector('body[data-stage=takesMore]');
  assert.equal(Math.round(Number((await page.innerText('#money')).slice(1)) * 100), ownFen - 100, 'still his own part only');
  assert.deepEqual(bench.insurance.centre.settlements.size, 0);
  await page.keyboard.press('F6');
  await page.waitForSelector('body[data-stage=done]', { timeout: 30_000 });
  await picture(page, 'window-self-pay-first-done');
  const [order] = bench.appliance.read<{ trade_no: string; amount_fen: number }>('SELECT trade_no, amount_fen FROM orders');
  assert.ok(order);
  const payments = bench.appliance.read<{ method: string; amount_fen: number; state: string }>('SELECT method, amount_fen, state FROM payment WHERE trade_no = ? ORDER BY leg', order.trade_no);
  assert.deepEqual(payments.map(({ method, state }) => [method, state]), [['cash', 'succeeded'], ['cash', 'succeeded'], ['medicalInsurance', 'succeeded']]);
  assert.equal(payments.reduce((sum, { amount_fen: amountFen }) => sum + amountFen, 0), order.amount_fen);
  const told = await eventually('the hospital was told', () => bench.appliance.his.hospital.findInsuranceSettlement(order.trade_no));
  assert.deepEqual([told.cashFen, told.fundFen + told.accountFen], [ownFen, order.amount_fen - ownFen]);
  assert.deepEqual(bench.appliance.ledgerProblems(), []);
});

test('at a kiosk the patient pays his part by code, and the insurance is settled by itself when it is in', { timeout: 90_000 }, async () => {
  const { appliance } = bench;
  await appliance.his.hospital.seedMoreBills('P0000007');
  const kiosk = await startKioskPage({ addresses: appliance.addresses, walletUrl: `${appliance.wechat.baseUrl}wallet`, port: 0, dataFolder: appliance.dataFolder, claimFile: 'provision/kiosk-1.claim', errands: ['bills'] });
  try {
    const page = await (await bench.browser.newContext({ viewport: { width: 1080, height: 1920 } })).newPage();
    await page.goto(kiosk.url);
    await page.waitForSelector('body[data-screen=welcome]');
    await page.click('#card-visitCard');
    await page.fill('#card-no', 'C0000007');
    await page.click('#find-patient');
    await page.click('#quote');
    await page.click('#insure');
    await page.fill('#voucher', bench.insurance.centre.showVoucher(POOR.personNo));
    await page.click('#take-voucher');
    await page.waitForSelector('#pay-insured');
    const ownText = await page.innerText('#self-pay');
    const settledBefore = bench.insurance.centre.settlements.size;
    await page.click('#pay-insured');
    await page.waitForSelector('#qr');
    assert.equal(await page.innerText('#amount'), ownText);
    assert.equal(bench.insurance.centre.settlements.size, settledBefore, 'the insurance waits for the patient');
    const tradeNo = await page.innerText('#trade-no');
    appliance.wechat.pay(`${tradeNo}P01`);
    await page.waitForSelector('body[data-stage=done]', { timeout: 30_000 });
    assert.equal(await page.innerText('#amount'), ownText);
    const payments = appliance.read<{ method: string; state: string }>('SELECT method, state FROM payment WHERE trade_no = ? ORDER BY leg', tradeNo);
    assert.deepEqual(payments.map(({ method, state }) => [method, state]), [['nativeQr', 'succeeded'], ['medicalInsurance', 'succeeded']]);
    await eventually('the hospital was told of the insurance', () => appliance.his.hospital.findInsuranceSettlement(tradeNo));
    assert.deepEqual(appliance.ledgerProblems(), []);
  } finally {
    await kiosk.stop();
  }
});
