/** The broker of terminals: embedded, or the files of an external one. Part of the composition root. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { makeOpaqueId } from './domain/trade-number.js';
import { startEmbeddedBroker, type BrokerTls, type EmbeddedBroker } from './edges/mqtt/embedded-broker.js';
import { writeMosquittoFiles } from './edges/mqtt/mosquitto-files.js';
import { get, TOKENS } from './platform-container.js';
import { fleetOf, type Running } from './platform-opened.js';
import type { PlatformOptions } from './platform-options.js';
import { brokerCredentials } from './terminals/terminal-registry.js';

export async function startBroker({ configuration: { mqtt, dataFolder }, configFolder, log, random, clock }: PlatformOptions, running: Running): Promise<EmbeddedBroker | undefined> {
  const password = mqtt.corePassword ?? makeOpaqueId(random, 40);
  const credentials = brokerCredentials(get(TOKENS.terminals), { username: mqtt.coreUsername, password }, () => clock.now());
  running.corePassword = password;
  const { authority, watch } = fleetOf(running);
  const tls = mqtt.tls === undefined ? undefined : { port: mqtt.tls.port, websocketPort: mqtt.tls.websocketPort, certificateFile: resolve(configFolder, mqtt.tls.certificateFile), privateKeyFile: resolve(configFolder, mqtt.tls.privateKeyFile), mode: mqtt.tls.clientCertificates };
  /** Written now, whenever a terminal is claimed or revoked, and every day. */
  const keepMosquittoFiles = async (folder: string): Promise<void> => {
    const write = async (): Promise<void> => {
      const clients = tls?.mode === 'required' ? { authorityPem: authority.certificatePem, revocationListPem: await authority.revocationListPem() } : undefined;
      const listeners = { host: mqtt.host, port: mqtt.port, ...(mqtt.websocketPort === 0 ? {} : { websocketPort: mqtt.websocketPort }), ...(mqtt.brokerUser === undefined ? {} : { runAs: mqtt.brokerUser }), ...(tls === undefined ? {} : { tls: { ...tls, clients } }) };
      await writeMosquittoFiles({ folder, listeners, credentials, randomBytes: (length) => random.bytes(length) });
    };
    await write();
    running.writeBrokerFiles = write;
    credentials.onChanged(() => { write().catch((error: unknown) => { log.error('the broker files were not written', { error }); }); });
  };
  if (mqtt.mode === 'external') {
    if (mqtt.filesFolder !== undefined) await keepMosquittoFiles(resolve(dataFolder, mqtt.filesFolder));
    return undefined;
  }
  const encrypted: BrokerTls | undefined = tls === undefined ? undefined : {
    port: tls.port, websocketPort: tls.websocketPort, certificatePem: await readFile(tls.certificateFile, 'utf8'), privateKeyPem: await readFile(tls.privateKeyFile, 'utf8'),
    clients: tls.mode === 'none' ? undefined : { mode: tls.mode, authorityPem: authority.certificatePem, isGood: (deviceId, serial) => authority.isGood(deviceId, serial) },
  };
  running.broker = await startEmbeddedBroker({ host: mqtt.host, port: mqtt.port, websocketPort: mqtt.websocketPort, tls: encrypted, arrived: (deviceId, address) => { watch.arrived(deviceId, address); }, credentials, log });
  return running.broker;
}
