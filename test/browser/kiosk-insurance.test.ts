/** Medical insurance at the kiosk (医保): the voucher is shown, the centre says what it pays, the rest is paid by code; and what goes back when it is not. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startKioskPage, type KioskPage } from '@hospay/appliance/demo/kiosk-page.js';
import type { Browser, Page } from 'playwright-core';
import { POOR } from '../contract/channel-medical-insurance-subject.js';
import { eventually, ROOT, type ApplianceUnderTest } from '../end-to-end/appliance-under-test.js';
import { insuranceChannel } from '../end-to-end/configured-channels.js';
import { prepareAppliance } from '../end-to-end/prepare-appliance.js';
import { startMedicalInsuranceSimulator, type MedicalInsuranceSimulator } from '../simulators/medical-insurance/start-medical-insurance-simulator.js';
import { isAccessible } from './accessible.js';
import { openChromium } from './chromium.js';

const PICTURES = join(ROOT, 'test/results/kiosk');
let insurance: MedicalInsuranceSimulator;
let appliance: ApplianceUnderTest;
let kioskPage: KioskPage;
let browser: Browser;
let page: Page;
before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  insurance = await startMedicalInsuranceSimulator();
  ({ appliance } = await prepareAppliance((_made, secret) => ({ channels: [insuranceChannel(insurance, secret)] })));
  await appliance.startCore();
  kioskPage = await startKioskPage({ addresses: appliance.addresses, walletUrl: `${appliance.wechat.baseUrl}wallet`, port: 0, dataFolder: appliance.dataFolder, claimFile: 'provision/kiosk-1.claim', errands: ['bills'] });
  browser = await openChromium();
  page = await browser.newPage({ viewport: { width: 1080, height: 1920 } });
  page.setDefaultTimeout(60_000);
  await page.goto(kioskPage.url);
});
after(async () => {
  await browser.close();
  await kioskPage.stop();
  await appliance.stop();
  await insurance.stop();
});

async function look(name: string): Promise<void> {
  await page.screenshot({ path: join(PICTURES, `insurance-${name}.png`) });
  await isAccessible(page, name);
}
async function toVoucher(): Promise<string> {
  await page.waitForSelector('body[data-screen=welcome]');
  await page.click('#card-visitCard');
  await page.fill('#card-no', 'C0000007');
  await page.click('#find-patient');
  await page.click('#quote');
  const price = await page.innerText('#self-pay');
  await page.click('#insure');
  return price;
}
async function toSplit(): Promise<void> {
  await toVoucher();
  await page.fill('#voucher', '12345');
  await page.click('#take-voucher');
  await page.waitForSelector('#notice-trouble:has-text("不是医保电子凭证")');
  await page.fill('#voucher', insurance.centre.showVoucher(POOR.personNo));
  await look('voucher');
  await page.click('#take-voucher');
  await page.waitForSelector('#pay-insured');
}
const paymentsOf = (tradeNo: string) => appliance.read<{ method: string; amount_fen: number; state: string }>('SELECT method, amount_fen, state FROM payment WHERE trade_no = ? ORDER BY leg', tradeNo);

test('the patient leaves before he has paid his part: the insurance is taken back and the bills are open again', { timeout: 60_000 }, async () => {
  await toSplit();
  await look('split');
  const ownText = await page.innerText('#self-pay');
  await page.click('#pay-insured');
  await page.waitForSelector('#qr');
  const tradeNo = await page.innerText('#trade-no');
  assert.equal(await page.innerText('#amount'), ownText, 'the code is for his own part alone');
  await look('code');
  assert.deepEqual(paymentsOf(tradeNo).map(({ method, state }) => [method, state]), [['medicalInsurance', 'succeeded'], ['nativeQr', 'paying']]);
  await page.click('#cancel');
  await page.waitForSelector('body[data-stage=refunded], body[data-stage=refunding], body[data-stage=ended]', { timeout: 30_000 });
  await eventually('the settlement is undone', () => (appliance.read("SELECT 1 FROM refund WHERE trade_no = ? AND state = 'succeeded'", tradeNo).length === 1 ? true : undefined), 30_000);
  assert.deepEqual(appliance.ledgerProblems(), []);
  await page.waitForSelector('body[data-stage=refunded]', { timeout: 30_000 });
  await look('undone');
  await page.click('#finish');
});

test('the insurance pays its part, the patient his by code, and the hospital hears once of the whole', { timeout: 60_000 }, async () => {
  await toSplit();
  const ownFen = Math.round(Number((await page.innerText('#self-pay')).slice(1)) * 100);
  await page.click('#pay-insured');
  await page.waitForSelector('#qr');
  const tradeNo = await page.innerText('#trade-no');
  appliance.wechat.pay(`${tradeNo}P02`);
  await page.waitForSelector('body[data-stage=done]', { timeout: 30_000 });
  await look('done');
  const payments = paymentsOf(tradeNo);
  assert.deepEqual(payments.map(({ method, state }) => [method, state]), [['medicalInsurance', 'succeeded'], ['nativeQr', 'succeeded']]);
  assert.equal(payments[1]?.amount_fen, ownFen);
  assert.ok((await page.locator('.receipt').textContent())?.includes(`¥${(ownFen / 100).toFixed(2)}`), 'the slip says what he paid himself');
  const told = await eventually('the hospital was told', () => appliance.his.hospital.findInsuranceSettlement(tradeNo));
  assert.equal(told.cashFen, ownFen);
  assert.deepEqual(appliance.ledgerProblems(), []);
});

test('what the insurance does not pay for is said above the price, which is paid without it', { timeout: 60_000 }, async () => {
  await page.click('#finish');
  await appliance.his.hospital.addBill({ patientId: 'P0000007', lines: [{ itemName: '病历本', priceFen: 150 }] });
  const price = await toVoucher();
  await page.fill('#voucher', insurance.centre.showVoucher(POOR.personNo));
  await page.click('#take-voucher');
  await page.waitForSelector('#notice-trouble:has-text("医保对本次费用不支付")');
  await look('nothing-insured');
  assert.equal(await page.innerText('#self-pay'), price);
  await page.click('#pay');
  await page.waitForSelector('#qr');
});
