/**
 * The demo appliance: the real core as its own process, with a simulated HIS (TDS) and a simulated WeChat Pay (API v3) in front of which the
 * production adapter and plugin run, and the reference kiosk page. State lives in one data folder and survives a restart.
 */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startCore, type RunningCore } from './core-process.js';
import { startKioskPage } from './kiosk-page.js';
import { DEMO_PORTS } from './ports.js';
import { startSimulators, type Simulators } from './simulators.js';

const { values } = parseArgs({ options: { 'data-folder': { type: 'string', default: 'data' } } });
const dataFolder = resolve(values['data-folder']);
const say = (text: string) => { process.stdout.write(`${text}\n`); };

const started: { readonly name: string; stop(): Promise<unknown> }[] = [];
let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0));

try {
  mkdirSync(dataFolder, { recursive: true });
  say('hospay: starting the simulated HIS and WeChat Pay …');
  const simulators: Simulators = await startSimulators(dataFolder);
  started.push({ name: 'simulators', stop: () => simulators.stop() });
  say('hospay: starting the core …');
  const core: RunningCore = await startCore(dataFolder, (reason) => {
    if (isStopping) return;
    say(`hospay: the core ended: ${reason}`);
    void stop(1);
  });
  started.push({ name: 'core', stop: () => core.stop() });
  const kiosk = await startKioskPage({ dataFolder, addresses: core.addresses, walletUrl: simulators.walletUrl, port: DEMO_PORTS.kiosk, claimFile: 'demo/kiosk-1.claim' });
  started.push({ name: 'kiosk page', stop: () => kiosk.stop() });
  say(welcome(core, kiosk.url, simulators.walletUrl));
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

function welcome(core: RunningCore, kioskUrl: string, walletUrl: string): string {
  const lines = [
    ['自助机 kiosk page', kioskUrl],
    ['模拟钱包 simulated wallet', walletUrl],
    ['管理控制台 console', core.addresses.console],
    ['支付接口 payment API', `${core.addresses.payment}/api/v1/openapi.json`],
    ['运行状况 health, metrics', `${core.addresses.payment}/readyz  ${core.addresses.payment}/metrics`],
    ['MQTT', `mqtt://127.0.0.1:${String(core.addresses.mqtt)}`],
    ['数据目录 data folder', dataFolder],
  ];
  const code = core.firstLoginCode === undefined ? '' : `\n  首次登录码 first-login code:  ${core.firstLoginCode}   (控制台 → 首次登录, once, within 24 hours)\n`;
  return `\nHospay is running. 演示系统已启动（端口 ${String(DEMO_PORTS.payment)}–${String(DEMO_PORTS.console)}）\n\n${lines.map(([name = '', value = '']) => `  ${name.padEnd(28)} ${value}`).join('\n')}\n${code}\n  Ctrl-C stops it. 示例卡号 sample cards: C0000001 … C0000020\n`;
}
