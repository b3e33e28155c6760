/** The reference window (窗口) or doctor station (医生站) with the credentials of one terminal. */
import type { CoreAddresses } from './core-process.js';
import { deviceOf } from './kiosk-page.js';
import { serveTerminalPage, type TerminalPage } from './serve-terminal-page.js';

export type CounterPageOptions = {
  readonly dataFolder: string;
  readonly addresses: CoreAddresses;
  readonly port: number;
  readonly claimFile: string;
  /** Where the terminal keeps its key, below the data folder. */
  readonly keyFile: string;
  /** Which channel instance takes a wallet's payment codes. */
  readonly channels?: Readonly<Record<string, string>>;
  /** The hardware bridge of this terminal's machine. */
  readonly bridgeUrl?: string;
  /** Shown on the page, for people who try it. */
  readonly hints?: readonly string[];
};

export async function startCounterPage({ addresses, port, channels, bridgeUrl, hints, ...where }: CounterPageOptions): Promise<TerminalPage> {
  const device = await deviceOf({ addresses, ...where });
  return serveTerminalPage({
    page: 'counter', port,
    configuration: { device, mqttUrl: `ws://127.0.0.1:${String(addresses.mqttWebSocket)}`, checkoutOrigin: addresses.payment, ...(channels === undefined ? {} : { channels }), ...(bridgeUrl === undefined ? {} : { bridgeUrl }), ...(hints === undefined ? {} : { hints }) },
  });
}
