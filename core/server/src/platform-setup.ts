/** The first set-up (首次开通) joined: where its steps find their facts. Called by the composition root, of which it is a part. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Configuration } from './config/configuration-schema.js';
import type { Channels, HospitalGuest } from './domain/guests.js';
import { heard } from './domain/own-words.js';
import { SELF_TEST_METHODS } from './domain/self-test.js';
import { readServedCertificates, type CertificateFiles } from './edges/certificates/read-served-certificates.js';
import type { PluginInstance } from './edges/http/console-api/ports.js';
import { administratorsOf } from './setup/administrators.js';
import type { SelfTestPorts, SetupChannel, SetupDesk, SetupPorts } from './setup/ports.js';
import { createSetupDesk } from './setup/setup-desk.js';
import type { UserView } from './users/ports.js';

type Parts = Omit<SelfTestPorts, 'channels'> & Pick<SetupPorts, 'rows' | 'examination' | 'testConnection' | 'inUse'> & {
  readonly configuration: Configuration;
  readonly configFolder: string;
  readonly users: () => Promise<readonly UserView[]>;
  /** 三员分立. */
  readonly isSeparated: () => boolean;
  /** The HIS adapter, or why it does not run. */
  readonly adapter: () => { readonly hospital: HospitalGuest } | { readonly reason: string };
  readonly instances: () => readonly PluginInstance[];
  readonly guests: Channels;
  readonly terminals: () => Promise<readonly { readonly status: string; readonly online: boolean; readonly lastSeenAt: Date | undefined }[]>;
  readonly waitingTerminals: () => readonly unknown[];
};

export function composeSetup({ configuration, configFolder, users, isSeparated, adapter, instances, guests, terminals, waitingTerminals, ...ports }: Parts): SetupDesk {
  const files = servedFiles(configuration, configFolder);
  return createSetupDesk({
    ...ports,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    administrators: async () => administratorsOf(await users(), isSeparated()),
    certificates: () => readServedCertificates(files, (path) => readFile(path, 'utf8').catch(() => undefined)),
    adapter() {
      const found = adapter();
      return 'reason' in found ? { isActive: false, reason: found.reason } : { isActive: true, reason: undefined };
    },
    async hisTime() {
      const found = adapter();
      const answer = 'reason' in found ? undefined : await found.hospital.ping();
      return answer?.kind === 'ok' ? new Date(answer.value.hisTime) : undefined;
    },
    channels: () => instances().flatMap((instance) => (instance.kind === 'channel' ? [channelOf(instance, guests)] : [])),
    async terminals() {
      const claimed = (await terminals()).filter(({ status }) => status === 'active');
      return { claimed: claimed.length, online: claimed.filter(({ online }) => online).length, seen: claimed.filter(({ lastSeenAt, online }) => online || lastSeenAt !== undefined).length, waiting: waitingTerminals().length };
    },
  });
}

function channelOf({ id, plugin, state, reason }: PluginInstance, guests: Channels): SetupChannel {
  const guest = guests.find(id);
  return { id, plugin, state, reason: reason === undefined ? undefined : heard(reason), merchantNo: guest?.merchantNo, selfTestMethods: SELF_TEST_METHODS.filter((method) => guest?.methods.includes(method) === true), canRefund: guest?.canRefund === true };
}

/** The proxy in front of the console, and the broker's own listener. */
function servedFiles({ certificates: { watchedFiles }, mqtt: { tls } }: Configuration, configFolder: string): readonly CertificateFiles[] {
  const named = watchedFiles.map(({ title, certificateFile, privateKeyFile }) => ({ title, certificateFile: resolve(configFolder, certificateFile), ...(privateKeyFile === undefined ? {} : { privateKeyFile: resolve(configFolder, privateKeyFile) }) }));
  const broker = tls === undefined ? undefined : { title: 'MQTT', certificateFile: resolve(configFolder, tls.certificateFile), privateKeyFile: resolve(configFolder, tls.privateKeyFile) };
  return broker === undefined || named.some(({ certificateFile }) => certificateFile === broker.certificateFile) ? named : [...named, broker];
}
