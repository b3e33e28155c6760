/** A hospital with a window and a doctor station, their reference pages open in a browser, and real plugins before the simulators behind them. */
import { startCounterPage } from '@hospay/appliance/demo/counter-page.js';
import { startSimulatedBridge, type SimulatedBridge } from '@hospay/appliance/demo/simulated-bridge.js';
import type { TerminalPage } from '@hospay/appliance/demo/serve-terminal-page.js';
import type { Browser, Page } from 'playwright-core';
import { startAlipaySimulator, type AlipaySimulator } from '../simulators/alipay/start-alipay-simulator.js';
import { startBankCardPosSimulator, type BankCardPosSimulator } from '../simulators/bank-card-pos/start-bank-card-pos-simulator.js';
import type { ApplianceUnderTest } from '../end-to-end/appliance-under-test.js';
import { startMedicalInsuranceSimulator, type MedicalInsuranceSimulator } from '../simulators/medical-insurance/start-medical-insurance-simulator.js';
import { alipayChannel, bankCardChannel, CASH, insuranceChannel, wechatChannel } from '../end-to-end/configured-channels.js';
import { prepareAppliance } from '../end-to-end/prepare-appliance.js';
import { isAccessible } from './accessible.js';
import { openChromium } from './chromium.js';

export const PASSWORD = 'Window-Test-2026';
export type CountersUnderTest = { readonly appliance: ApplianceUnderTest; readonly alipay: AlipaySimulator; readonly pos: BankCardPosSimulator; readonly browser: Browser; /** Behind the window, and behind the doctor's station. */ readonly windowPrinter: SimulatedBridge; readonly hardware: SimulatedBridge; readonly insurance: MedicalInsuranceSimulator; readonly windowUrl: string; readonly doctorUrl: string; stop(): Promise<void> };

/** @param payments laid over the profile's own */
export async function startCounters(payments: Readonly<Record<string, unknown>> = {}): Promise<CountersUnderTest> {
  const alipay = await startAlipaySimulator({ billsReadyAtOnceForTests: true, notificationRetryGapsMs: [300, 1_000] });
  const pos = await startBankCardPosSimulator();
  const insurance = await startMedicalInsuranceSimulator();
  const { appliance } = await prepareAppliance(({ wechat, notifyBaseUrl }, secret) => ({
    channels: [wechatChannel('wechat', wechat, secret, { methods: ['nativeQr', 'jsapi', 'paymentCode'] }), alipayChannel(alipay, secret), bankCardChannel('bank-card', pos, secret), CASH, insuranceChannel(insurance, secret)],
    more: {
      checkout: { publicBaseUrl: notifyBaseUrl, wallets: { wechat: ['wechat'], alipay: ['alipay'] }, quoteReuseSeconds: 5 },
      counters: { refundLimits: [{ role: 'cashier', amountFen: 20_000, days: 7 }] },
      provision: {
        terminals: [{ id: 'window-1', kind: 'window', title: '一号窗口', claimFile: 'provision/window-1.claim' }, { id: 'doctor-1', kind: 'doctorStation', title: '内科一诊室', claimFile: 'provision/doctor-1.claim' }, { id: 'kiosk-1', kind: 'kiosk', title: '自助机', claimFile: 'provision/kiosk-1.claim' }],
        applications: [],
        forms: [{ kind: 'outpatient', medium: 'paper', code: '3301', firstNumber: '00010001', lastNumber: '00010200', handOut: [{ tillNo: 'operator:0101', count: 100 }, { tillNo: 'operator:0102', count: 3 }] }],
        operators: [{ operatorNo: '0101', displayName: '小王', role: 'cashier', password: PASSWORD }, { operatorNo: '0102', displayName: '小赵', role: 'cashier', password: PASSWORD }, { operatorNo: 'd0101', displayName: '李医生', role: 'doctor', password: PASSWORD }],
      },
    },
  }));
  appliance.change((profile) => ({ ...profile, payments: { ...(profile['payments'] as object), invoicedBusinesses: [], numberedBusinesses: ['bill'], ...payments } }));
  await appliance.startCore();
  const [windowPrinter, hardware] = [await startSimulatedBridge({ port: 0 }), await startSimulatedBridge({ port: 0 })];
  const shared = { dataFolder: appliance.dataFolder, addresses: appliance.addresses, port: 0, channels: { wechat: 'wechat', alipay: 'alipay' } };
  const pages: TerminalPage[] = [
    await startCounterPage({ ...shared, claimFile: 'provision/window-1.claim', keyFile: 'window-1-key.json', bridgeUrl: windowPrinter.url }),
    await startCounterPage({ ...shared, claimFile: 'provision/doctor-1.claim', keyFile: 'doctor-1-key.json', bridgeUrl: hardware.url }),
  ];
  const browser = await openChromium();
  return {
    appliance, alipay, pos, browser, windowPrinter, hardware, insurance, windowUrl: pages[0]?.url ?? '', doctorUrl: pages[1]?.url ?? '',
    async stop() {
      await browser.close();
      for (const page of pages) await page.stop();
      await Promise.all([windowPrinter.stop(), hardware.stop()]);
      await appliance.stop();
      await Promise.all([alipay.stop(), pos.stop(), insurance.stop()]);
    },
  };
}

export async function signIn(page: Page, operatorNo: string): Promise<void> {
  await page.waitForSelector('#line.online');
  await page.fill('#operator-no', operatorNo);
  await page.fill('#password', PASSWORD);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#scan');
}

/** What a scanner does: it types fast and ends with Enter, wherever the focus is. */
export async function scans(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}

/** To be used by everybody; with a picture for people, where a folder is named for them. */
export async function picture(page: Page, name: string): Promise<void> {
  await isAccessible(page, name);
  const folder = process.env['HOSPAY_SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
}
