/** The relay's parts joined. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { forwardStored } from './forward-stored.js';
import { openInsideLine } from './inside-line.js';
import { openNotificationStore } from './notification-store.js';
import { openPublicListener } from './public-listener.js';
import { isPaired, notePaired, openIdentity } from './relay-identity.js';
import type { RelaySettings } from './relay-settings.js';
import type { Say } from './say.js';

export type RelayOptions = {
  /** Identity and stored notifications. */
  readonly folder: string;
  readonly settings: RelaySettings;
  /** Files of the settings are relative to this. */
  readonly settingsFolder: string;
  /** Told what a person pairs with, now and when it changes. */
  readonly announce: (state: RelayState) => void;
  readonly say: Say;
};
export type RelayState = {
  readonly publicPort: number;
  readonly tunnelPort: number;
  readonly fingerprint: string;
  /** Only until the core has proved that it has it. */
  readonly pairingSecret?: string;
};
export type RunningRelay = { readonly state: RelayState; stop(): Promise<void> };

const PUBLIC_PORT = 8_443;
const TUNNEL_PORT = 8_444;
/** What the core could not take when it came back is offered again. */
const FORWARD_EVERY_MS = 15_000;

export async function startRelay({ folder, settings, settingsFolder, announce, say }: RelayOptions): Promise<RunningRelay> {
  const identity = await openIdentity(folder, new Date());
  const store = openNotificationStore(join(folder, 'notifications'), (name) => { say('a stored notification was unreadable and is gone; its channel repeats it', { name }); });
  const read = (file: string): string => readFileSync(resolve(settingsFolder, file), 'utf8');
  const tls = settings.tls === undefined ? undefined : { certificatePem: read(settings.tls.certificateFile), privateKeyPem: read(settings.tls.privateKeyFile) };
  let turn: Promise<void> = Promise.resolve();
  const forward = (): void => { turn = turn.then(() => forwardStored({ line, store, say })).catch((error: unknown) => { say('stored notifications were not handed over', { error: String(error) }); }); };
  const line = await openInsideLine({
    host: settings.tunnelHost ?? '::', port: settings.tunnelPort ?? TUNNEL_PORT, identity, say,
    connected() {
      if (!isPaired(folder, identity)) {
        notePaired(folder, identity);
        announce(stateNow());
      }
      forward();
    },
  });
  const listener = await openPublicListener({ host: settings.publicHost ?? '::', port: settings.publicPort ?? PUBLIC_PORT, tls, clientAddressHeader: settings.clientAddressHeader, notificationHeaders: settings.notificationHeaders ?? [], line, store, say });
  const again = setInterval(() => { if (store.count > 0 && line.isConnected()) forward(); }, FORWARD_EVERY_MS);
  const stateNow = (): RelayState => ({ publicPort: listener.port, tunnelPort: line.port, fingerprint: identity.fingerprint, ...(isPaired(folder, identity) ? {} : { pairingSecret: identity.secret }) });
  announce(stateNow());
  return {
    state: stateNow(),
    async stop() {
      clearInterval(again);
      await listener.stop();
      await line.stop();
      await turn;
    },
  };
}
