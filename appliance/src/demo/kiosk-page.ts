/**
 * Serves the reference kiosk page with the credentials of the demo's kiosk, as a kiosk's own local agent would: the terminal is enrolled once by
 * its claim code, the key stays in the data folder, and only this machine can ask for it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { enrol, toBase64 } from '@hospay/terminal-sdk';
import type { CoreAddresses } from './core-process.js';
import { serveTerminalPage, type TerminalPage } from './serve-terminal-page.js';

export type KioskPage = TerminalPage;

/** `aggregatedCode`: the kiosk shows one code for every wallet (聚合码) instead of WeChat Pay's own, whose link leads to `walletUrl`. */
export type KioskPageOptions = { readonly dataFolder: string; readonly addresses: CoreAddresses; readonly walletUrl: string; readonly aggregatedCode?: boolean; readonly bridgeUrl?: string; readonly port: number; readonly claimFile: string; /** As the hospital system offers them; absent: outpatient bills. */ readonly errands?: readonly string[] };

export async function startKioskPage(options: KioskPageOptions): Promise<KioskPage> {
  const device = await deviceOf(options);
  const configuration = {
    device,
    mqttUrl: `ws://127.0.0.1:${String(options.addresses.mqttWebSocket)}`,
    walletUrlTemplate: `${options.walletUrl}/pay?pr={code}`,
    aggregatedCode: options.aggregatedCode === true,
    linksCode: true,
    ...(options.bridgeUrl === undefined ? {} : { bridgeUrl: options.bridgeUrl }),
    ...(options.errands === undefined ? {} : { errands: options.errands }),
    demoCards: [
      ...['C0000001', 'C0000002', 'C0000003', 'C0000005', 'C0000006'].map((cardNo) => ({ cardType: 'visitCard', cardNo })),
      // In hospital; about to leave with something to pay; about to leave with something to get back.
      ...['ZY000001', 'ZY000006', 'ZY000018'].map((cardNo) => ({ cardType: 'inpatientNo', cardNo })),
    ],
  };
  return serveTerminalPage({ page: 'kiosk', configuration, port: options.port });
}

/** A terminal's own memory of its key; enrolled with the claim code the core wrote when there is none. */
export async function deviceOf({ dataFolder, addresses, claimFile, keyFile = 'kiosk-key.json' }: { readonly dataFolder: string; readonly addresses: CoreAddresses; readonly claimFile: string; readonly keyFile?: string }): Promise<{ readonly deviceId: string; readonly key: string }> {
  const file = join(dataFolder, keyFile);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as { deviceId: string; key: string };
  const claimCode = readFileSync(join(dataFolder, claimFile), 'utf8').trim();
  const enrolled = await enrol({ url: `mqtt://127.0.0.1:${String(addresses.enrolment)}`, claimCode, software: 'demo terminal' });
  if (enrolled.kind !== 'enrolled') throw new Error(`the terminal could not be enrolled: ${JSON.stringify(enrolled)}`);
  const device = { deviceId: enrolled.device.deviceId, key: toBase64(enrolled.device.key) };
  writeFileSync(file, JSON.stringify(device), { mode: 0o600 });
  return device;
}
