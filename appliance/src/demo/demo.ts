/**
 * The demo appliance: the real core as its own process, the production adapter and channel plugins in front of a simulated HIS, simulated wallets, a card terminal, an insurance
 * centre and a bank, and the reference kiosk page. State lives in one data folder and survives a restart.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startCardApp } from './card-app.js';
import { startCore, type RunningCore } from './core-process.js';
import { startCounterPage } from './counter-page.js';
import { startKioskPage } from './kiosk-page.js';
import { DEMO_HOSPITAL, HOSPITALS } from './hospitals.js';
import { DEMO_PORTS } from './ports.js';
import { startSimulatedBridge } from './simulated-bridge.js';
import { startSimulators, type SimulatorPage, type Simulators } from './simulators.js';

const { values } = parseArgs({ options: { 'data-folder': { type: 'string' }, hospital: { type: 'string', default: DEMO_HOSPITAL } } });
const { hospital } = values;
/** What one hospital booked is nothing to another: each has a folder of its own. */
const dataFolder = resolve(values['data-folder'] ?? (hospital === DEMO_HOSPITAL ? 'data' : `data/hospitals/${hospital}`));
/** Of operators who have nothing but simulated money. */
const APP_SECRET_FILE = 'demo/app-secret';
const DEMO_PASSWORD = 'Window-Demo-2026';
/** The kiosk leaves out what a hospital's HIS does not offer. */
const ERRANDS_OF_THE_DEMO = ['bills', 'registration', 'checkIn', 'queue', 'reports', 'prices', 'deposit', 'inquiry', 'discharge'] as const;
const say = (text: string) => { process.stdout.write(`${text}\n`); };

const started: { readonly name: string; stop(): Promise<unknown> }[] = [];
let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0));

try {
  if (!HOSPITALS.has(hospital)) throw new Error(`--hospital: expected one of ${[...HOSPITALS.keys()].join(', ')}`);
  mkdirSync(join(dataFolder, 'demo'), { recursive: true });
  writeFileSync(join(dataFolder, 'demo/operator-password'), DEMO_PASSWORD, { mode: 0o600 });
  if (!existsSync(join(dataFolder, APP_SECRET_FILE))) writeFileSync(join(dataFolder, APP_SECRET_FILE), randomBytes(24).toString('hex'), { mode: 0o600 });
  say('hospay: starting the simulated HIS, wallets, card terminal, insurance centre and bank …');
  const simulators: Simulators = await startSimulators(dataFolder, hospital);
  started.push({ name: 'simulators', stop: () => simulators.stop() });
  say('hospay: starting the core …');
  const core: RunningCore = await startCore({ dataFolder, profile: hospital === DEMO_HOSPITAL ? 'demo' : `demo-${hospital}` }, (reason) => {
    if (isStopping) return;
    say(`hospay: the core ended: ${reason}`);
    void stop(1);
  });
  started.push({ name: 'core', stop: () => core.stop() });
  const kiosk = await startKioskPage({ dataFolder, addresses: core.addresses, walletUrl: simulators.wechatWalletUrl, aggregatedCode: true, port: DEMO_PORTS.kiosk, claimFile: 'demo/kiosk-1.claim', errands: ERRANDS_OF_THE_DEMO });
  started.push({ name: 'kiosk page', stop: () => kiosk.stop() });
  const hardware = await startSimulatedBridge({ port: DEMO_PORTS.hardwareBridge });
  started.push({ name: 'hardware bridge', stop: () => hardware.stop() });
  const shared = { dataFolder, bridgeUrl: hardware.url, addresses: core.addresses, channels: { wechat: 'wechat', alipay: 'alipay', unionpay: 'unionpay' } };
  const cards = '示例卡号 C0000001 … C0000020；付款码在模拟钱包里取';
  const window = await startCounterPage({ ...shared, port: DEMO_PORTS.window, claimFile: 'demo/window-1.claim', keyFile: 'window-1-key.json', hints: [`演示工号 0101，密码 ${DEMO_PASSWORD}`, cards] });
  started.push({ name: 'window page', stop: () => window.stop() });
  const doctorStation = await startCounterPage({ ...shared, port: DEMO_PORTS.doctorStation, claimFile: 'demo/doctor-1.claim', keyFile: 'doctor-1-key.json', hints: [`演示工号 d0101，密码 ${DEMO_PASSWORD}`, cards] });
  started.push({ name: 'doctor station page', stop: () => doctorStation.stop() });
  const app = await startCardApp({ dataFolder, secretFile: APP_SECRET_FILE, origin: core.addresses.payment, port: DEMO_PORTS.cardApp, bankUrl: `http://127.0.0.1:${String(DEMO_PORTS.agreementGateway)}/bank` });
  started.push({ name: 'APP page', stop: () => app.stop() });
  say(welcome(core, { kiosk: kiosk.url, window: window.url, doctorStation: doctorStation.url, app: app.url }, [{ title: '模拟外设 printer and scanner', url: hardware.pageUrl }, ...simulators.pages]));
} catch (error) {
  process.stderr.write(`hospay: ${error instanceof Error ? error.message : String(error)}\n`);
  await stop(1);
}

async function stop(code: number): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  say('hospay: stopping …');
  let failed = false;
  for (const part of started.toReversed()) {
    await part.stop().catch((error: unknown) => {
      failed = true;
      process.stderr.write(`hospay: ${part.name} did not stop cleanly: ${String(error)}\n`);
    });
  }
  say('hospay: stopped');
  process.exit(failed ? 1 : code);
}

function welcome(core: RunningCore, pages: { readonly kiosk: string; readonly window: string; readonly doctorStation: string; readonly app: string }, simulated: readonly SimulatorPage[]): string {
  const lines = [
    ['自助机 kiosk page', pages.kiosk],
    ['窗口 window page', `${pages.window}  工号 0101 / ${DEMO_PASSWORD}`],
    ['医生站 doctor station page', `${pages.doctorStation}  工号 d0101 / ${DEMO_PASSWORD}`],
    ['患者 APP，绑卡快捷支付 patient app', pages.app],
    ...simulated.map(({ title, url }) => [title, url]),
    ['管理控制台 console', core.addresses.console],
    ['支付接口 payment API', `${core.addresses.payment}/api/v1/openapi.json`],
    ['运行状况 health, metrics', `${core.addresses.payment}/readyz  ${core.addresses.payment}/metrics`],
    ['MQTT', `mqtt://127.0.0.1:${String(core.addresses.mqtt)}`],
    ['医院信息系统 HIS', HOSPITALS.get(hospital)?.title ?? ''],
    ['数据目录 data folder', dataFolder],
  ];
  const code = core.firstLoginCode === undefined ? '' : `\n  首次登录码 first-login code:  ${core.firstLoginCode}   (控制台 → 首次登录, once, within 24 hours)\n`;
  return `\nHospay is running. 演示系统已启动（端口 ${String(DEMO_PORTS.payment)}–${String(DEMO_PORTS.console)}）\n\n${lines.map(([name = '', value = '']) => `  ${name}${' '.repeat(Math.max(1, 36 - columnsOf(name)))}${value}`).join('\n')}\n${code}\n  Ctrl-C stops it. 示例卡号 sample cards: C0000001 … C0000020\n`;
}

/** How wide a terminal draws it: a Chinese character takes two columns. */
function columnsOf(text: string): number {
  return [...text].reduce((columns, character) => columns + (character > '\u2e7f' ? 2 : 1), 0);
}
