/** Terminals with all that is beside their payments: real database, real broker, gateway, announcer and enrolment listener in front of the bench's money. */
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepEnrolment, keepRotatedKeys, memoryStorage, mqttTransport, TerminalClient, type Device, type TerminalClientOptions, type TerminalStorage } from '@hospay/terminal-sdk';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import type { AuditAct } from '@hospay/server/domain/audit.js';
import { openTerminalAuthority } from '@hospay/server/edges/certificates/terminal-authority.js';
import { openPlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { SYSTEM_RANDOM } from '@hospay/server/edges/machine/system-random.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { startEmbeddedBroker } from '@hospay/server/edges/mqtt/embedded-broker.js';
import { startEnrolmentListener } from '@hospay/server/edges/mqtt/enrolment-listener.js';
import { startTerminalGateway } from '@hospay/server/edges/mqtt/terminal-gateway.js';
import { createConfigurationDesk } from '@hospay/server/fleet/configuration-desk.js';
import { createGroupDesk } from '@hospay/server/fleet/group-desk.js';
import { createNoticeDesk } from '@hospay/server/fleet/notice-desk.js';
import type { FleetDesk } from '@hospay/server/fleet/ports.js';
import { createTerminalWatch } from '@hospay/server/fleet/terminal-watch.js';
import { canonicalJson } from '@hospay/server/terminals/canonical-json.js';
import { createEnrolmentDesk } from '@hospay/server/terminals/enrolment-desk.js';
import { makeNoticeKey, noticeSigner } from '@hospay/server/terminals/notice-signature.js';
import { createTerminalAnnouncer } from '@hospay/server/terminals/terminal-announcer.js';
import type { BrokerCredentials } from '@hospay/server/terminals/ports.js';
import { startMosquitto } from './mosquitto-for-tests.js';
import { createTerminalBench, keyOf } from './terminal-bench.js';

export type FleetStand = Awaited<ReturnType<typeof openFleetStand>>;
export type StandBroker = { readonly port: number; readonly websocketPort: number; reload?(): Promise<void>; stop(): Promise<void> };

export const FLEET_BROKERS = ['embedded', 'Mosquitto'] as const;

export async function openFleetStand(set: { readonly devices?: readonly string[]; readonly broker?: (typeof FLEET_BROKERS)[number] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-fleet-'));
  const signer = noticeSigner(makeNoticeKey());
  const acts: AuditAct[] = [];
  const audit = { record: (act: AuditAct) => { acts.push(act); return Promise.resolve(); } };
  let late: FleetDesk | undefined;
  const desk = (): FleetDesk => {
    if (late === undefined) throw new Error('the stand is not open yet');
    return late;
  };
  const bench = createTerminalBench({
    devices: set.devices ?? ['kiosk-1'],
    fleet: {
      heard: (message) => { desk().heard(message); }, clockOff: (message) => { desk().clockOff(message); }, report: (deviceId, report) => desk().report(deviceId, report),
      configurationReported: (deviceId, reported) => desk().configurationReported(deviceId, reported), issueCertificate: (deviceId, csr) => desk().issueCertificate(deviceId, csr), noticeKey: signer.publicKey,
    },
  });
  const { clock, registry } = bench;
  const database = await openPlatformDatabase({ dataFolder: folder, hospital: 'demo', clock, log: SILENT_LOG });
  const ports = { store: database.fleet, clock, log: SILENT_LOG, audit };
  const watch = createTerminalWatch({ ...ports, policy: { clockSkewAlarmMs: 30_000, reportEverySeconds: 60 } });
  const groups = createGroupDesk(ports);
  const configuration = createConfigurationDesk({ ...ports, canonical: canonicalJson, isKnown: async (scope, id) => scope === 'defaults' || (scope === 'group' ? groups.isKnown(id) : (await registry.find(id)) !== undefined) });
  const notices = createNoticeDesk({ ...ports, random: SYSTEM_RANDOM, isTerminal: async (id) => (await registry.find(id)) !== undefined });
  const authority = await openTerminalAuthority({ keys: database.platformKeys, certificates: database.terminalCertificates, hospitalName: '示范医院', certificateDays: 90, clock, log: SILENT_LOG });
  late = { ...watch, issueCertificate: (deviceId, csr) => authority.issue(deviceId, csr), noticeKey: signer.publicKey };
  await Promise.all([watch.start(), configuration.start(), registry.list()]);
  registry.onChanged((deviceId, change) => {
    if (change === 'enrolled' || change === 'revoked') void watch.changed(deviceId, change, change);
  });
  const enrolment = createEnrolmentDesk({ registry, authority, clock, random: SYSTEM_RANDOM, log: SILENT_LOG });
  const listener = await startEnrolmentListener({ host: '127.0.0.1', port: 0, desk: enrolment, log: SILENT_LOG });
  const startBroker = (credentials: BrokerCredentials): Promise<StandBroker> =>
    set.broker === 'Mosquitto' ? startMosquitto(credentials) : startEmbeddedBroker({ host: '127.0.0.1', port: 0, websocketPort: 0, credentials, arrived: (deviceId, address) => { watch.arrived(deviceId, address); }, log: SILENT_LOG });
  const broker = await startBroker(bench.credentials);
  const announcer = createTerminalAnnouncer({ registry, desk: bench.desk, configuration, notices, signer, clock, timers: SYSTEM_TIMERS, random: SYSTEM_RANDOM, log: SILENT_LOG });
  const gateway = await startTerminalGateway({ url: `mqtt://127.0.0.1:${String(broker.port)}`, ...bench.credentials.core, desk: bench.desk, presence: { saw() {}, announced() {} }, orders: bench.orders, announcer, log: SILENT_LOG });
  const clients: TerminalClient[] = [];
  return {
    ...bench, database, acts, watch, groups, configuration, notices, authority, enrolment, broker, gateway,
    enrolUrl: (scheme = 'mqtt') => `${scheme}://127.0.0.1:${String(listener.port)}`,
    brokerUrl: `mqtt://127.0.0.1:${String(broker.port)}`,
    /** A terminal with the SDK, on line and resumed. */
    async openTerminal(device: Device = { deviceId: 'kiosk-1', key: keyOf('kiosk-1') }, options: Partial<TerminalClientOptions> & { readonly storage?: TerminalStorage } = {}) {
      const storage = options.storage ?? memoryStorage();
      await keepEnrolment(storage, { device, hospitalId: 'demo' });
      const resumed = Promise.withResolvers<void>();
      const client = await TerminalClient.open({
        device, storage, transport: mqttTransport({ url: `mqtt://127.0.0.1:${String(broker.port)}`, device, random: () => 0.01 }), keepKeys: (rotated) => keepRotatedKeys(storage, rotated), ...options,
        events: { ...options.events, resumed: (session) => { options.events?.resumed?.(session); resumed.resolve(); } },
      });
      clients.push(client);
      await resumed.promise;
      return { client, storage };
    },
    async close(): Promise<void> {
      await Promise.all(clients.map((client) => client.stop()));
      announcer.stop();
      await gateway.stop();
      await listener.stop();
      await broker.stop();
      await watch.settled();
      await bench.close();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
