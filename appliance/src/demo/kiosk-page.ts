/**
 * Serves the reference kiosk page with the credentials of the demo's kiosk, as a kiosk's own local agent would: the terminal is enrolled once by
 * its claim code, the key stays in the data folder, and only this machine can ask for it.
 */
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { enrol, toBase64 } from '@hospay/terminal-sdk';
import { ROOT } from './built-artefacts.js';
import type { CoreAddresses } from './core-process.js';

export type KioskPage = { readonly url: string; stop(): Promise<void> };

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.json': 'application/json', '.map': 'application/json' };
const PAGE_FOLDER = join(ROOT, 'core/terminal-sdk/dist/kiosk');

/** `aggregatedCode`: the kiosk shows one code for every wallet (聚合码) instead of WeChat Pay's own, whose link leads to `walletUrl`. */
export type KioskPageOptions = { readonly dataFolder: string; readonly addresses: CoreAddresses; readonly walletUrl: string; readonly aggregatedCode?: boolean; readonly port: number; readonly claimFile: string };

export async function startKioskPage(options: KioskPageOptions): Promise<KioskPage> {
  const device = await deviceOf(options);
  const configuration = JSON.stringify({
    device,
    mqttUrl: `ws://127.0.0.1:${String(options.addresses.mqttWebSocket)}`,
    walletUrlTemplate: `${options.walletUrl}/pay?pr={code}`,
    aggregatedCode: options.aggregatedCode === true,
    linksCode: true,
    demoCards: ['C0000001', 'C0000002', 'C0000003', 'C0000005', 'C0000006'].map((cardNo) => ({ cardType: 'visitCard', cardNo })),
  });
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://kiosk').pathname;
    if (path === '/kiosk-config.json') {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(configuration);
      return;
    }
    const file = join(PAGE_FOLDER, normalize(path === '/' ? '/index.html' : path));
    const type = TYPES[extname(file)];
    if (!file.startsWith(PAGE_FOLDER) || type === undefined || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': type }).end(readFileSync(file));
  });
  server.listen(options.port, '127.0.0.1');
  await Promise.race([once(server, 'listening'), once(server, 'error').then(([error]) => { throw new Error(`the kiosk page cannot listen on port ${String(options.port)}: ${String(error)}`); })]);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    url: `http://127.0.0.1:${String(port)}/`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The kiosk's own memory of its key; enrolled with the claim code the core wrote when there is none. */
async function deviceOf({ dataFolder, addresses, claimFile }: { readonly dataFolder: string; readonly addresses: CoreAddresses; readonly claimFile: string }): Promise<{ readonly deviceId: string; readonly key: string }> {
  const file = join(dataFolder, 'kiosk-key.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as { deviceId: string; key: string };
  const claimCode = readFileSync(join(dataFolder, claimFile), 'utf8').trim();
  const enrolled = await enrol({ url: `mqtt://127.0.0.1:${String(addresses.enrolment)}`, claimCode, software: 'demo kiosk' });
  if (enrolled.kind !== 'enrolled') throw new Error(`the kiosk could not be enrolled: ${JSON.stringify(enrolled)}`);
  const device = { deviceId: enrolled.device.deviceId, key: toBase64(enrolled.device.key) };
  writeFileSync(file, JSON.stringify(device), { mode: 0o600 });
  return device;
}
