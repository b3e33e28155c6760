/** The composition root: the order in which every part of the core is opened, joined and started. The files platform-….ts beside it are of it, and join one part each. */
// First: the container wants it, and so does the certificate library, whichever is read before the other.
import 'reflect-metadata';
import { join } from 'node:path';
import { readFence } from './edges/backups/fence-file.js';
import { openMoneyReader } from './edges/database/money-reader/open-money-reader.js';
import type { StartUpReport } from './edges/database/money/open-money-store.js';
import { openPlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { openPluginStoreFile } from './edges/database/plugin-store.js';
import { openReportReader } from './edges/database/reports/open-report-reader.js';
import { startHttpServer } from './edges/http/http-kit/start-http-server.js';
import { SYSTEM_CLOCK } from './edges/machine/system-clock.js';
import { SYSTEM_RANDOM } from './edges/machine/system-random.js';
import { SYSTEM_TIMERS } from './edges/machine/system-timers.js';
import { openThread } from './edges/machine/thread.js';
import { startEnrolmentListener } from './edges/mqtt/enrolment-listener.js';
import { lockDataFolder } from './operations/data-folder-lock.js';
import { createLifecycle, type Lifecycle, type StopReport } from './operations/lifecycle.js';
import { composeBackups } from './platform-backups.js';
import { startBroker } from './platform-broker.js';
import { compose } from './platform-compose.js';
import { proposeConfiguration, settleConfiguration } from './platform-configuration.js';
import { startConsolePart } from './platform-console.js';
import { get, TOKENS } from './platform-container.js';
import { openFleet } from './platform-fleet.js';
import { paymentGroups, publicGroups } from './platform-http-groups.js';
import { startJobs } from './platform-jobs.js';
import { feedLiveEvents } from './platform-live-events.js';
import { closeMoney, openMoney } from './platform-money-store.js';
import { startAlarmsPart, startSnmpPart } from './platform-monitoring.js';
import { fleetOf, must, tlsOf, type Running } from './platform-opened.js';
import { auditLogOf } from './platform-operations.js';
import { VERSION, type PlatformOptions } from './platform-options.js';
import { activatePlugins } from './platform-plugins.js';
import { provisionFrom } from './platform-provisioning.js';
import { openReconciliationThread } from './platform-reconciliation.js';
import { composeRelay } from './platform-relay.js';
import { composeServerCertificate, startPlainEntrance } from './platform-server-certificate.js';
import { startTerminals } from './platform-terminals.js';

export type Addresses = { readonly payment: string; readonly console: string; readonly mqtt: number; readonly mqttWebSocket: number; readonly mqttTls: number; readonly enrolment: number };
export type Platform = { readonly addresses: Addresses; readonly report: StartUpReport; readonly firstLoginCode: string | undefined; stop(): Promise<StopReport> };

/** Time, timers and randomness of the machine itself. */
export const MACHINE: Pick<PlatformOptions, 'clock' | 'timers' | 'random'> = { clock: SYSTEM_CLOCK, timers: SYSTEM_TIMERS, random: SYSTEM_RANDOM };

/** Generous: a cold disk or a HIS that is slow to answer must not fail a start; a part that is later than this will not come. */
const TIMES = { startDeadlineMs: 60_000, stopDeadlineMs: 40_000 } as const;

/** Opens, joins and starts everything in the order money needs; if a part does not start, those started before it are stopped again. */
export async function startPlatform(given: PlatformOptions): Promise<Platform> {
  // What decides about money is replaced by what was approved of it, once the database is open.
  const options = { ...given };
  const { log, clock, timers } = options;
  const { dataFolder, hospital, http, mqtt } = given.configuration;
  const lifecycle = createLifecycle({ log, clock, timers });
  const running: Running = {};

  lifecycle.add(once('data folder', () => lockDataFolder(dataFolder, clock.now()), (lock) => { lock.release(); }));
  lifecycle.add(once('fence', () => {
    running.fence = readFence(dataFolder);
    if (running.fence !== undefined) log.error('fenced: this box was made of a backup; it reads, and speaks to nobody until two administrators say that the old one is off', { set: running.fence.set });
  }, () => undefined));
  const unlessFenced = (held: Parameters<typeof lifecycle.add>[0]): void => {
    let isStarted = false;
    lifecycle.add({ ...held, async start() { if (running.fence !== undefined) return; await held.start(); isStarted = true; }, async stop() { if (isStarted) await held.stop(); } });
  };
  lifecycle.add(once('plugin stores', async () => { running.pluginStores = openPluginStoreFile(join(dataFolder, 'plugins.sqlite')); return running.pluginStores; }, (file) => { file.close(); }));
  lifecycle.add(once('money store', () => openMoney(options, running), ({ store, witness, beat }) => closeMoney(store, witness, beat)));
  lifecycle.add(once('money reader', () => {
    running.moneyReader = openMoneyReader({ file: join(dataFolder, 'money.sqlite'), hospitalId: hospital.id });
    return running.moneyReader;
  }, (reader) => reader.close()));
  lifecycle.add(once('reports', () => {
    running.reports = openReportReader({ openThread, moneyFile: join(dataFolder, 'money.sqlite'), sumsFile: join(dataFolder, 'report-sums.sqlite'), log });
    return running.reports;
  }, (reports) => reports.close()));
  lifecycle.add(once('reconciliation thread', () => {
    running.reconciler = openReconciliationThread({ moneyFile: join(dataFolder, 'money.sqlite'), log });
    return running.reconciler;
  }, (reconciler) => reconciler.close()));
  lifecycle.add(once('platform database', async () => {
    const database = await openPlatformDatabase({ dataFolder, hospital: hospital.id, clock, log });
    if (database.otherHospital !== undefined) {
      await database.close();
      throw new Error(otherHospitalWords(hospital.id, database.otherHospital));
    }
    running.audit = auditLogOf(database, dataFolder, clock);
    running.settled = await settleConfiguration(given.configuration, { database, configFolder: given.configFolder, audit: running.audit, clock, log });
    running.asFiled = given.configuration;
    options.configuration = running.settled.configuration;
    compose(options, running, database);
    return database;
  }, (database) => database.close()));
  lifecycle.add(once('backups', async () => {
    running.backups = await composeBackups({ configuration: options.configuration, configFolder: given.configFolder, authoritiesFile: given.authoritiesFile, profile: given.profile, version: VERSION, database: get(TOKENS.database), fence: running.fence, disk: () => get(TOKENS.disk), clock, timers, audit: get(TOKENS.audit), log });
    return running.backups;
  }, (backups) => backups.close()));
  lifecycle.add(once('server certificate', async () => {
    running.serverCertificate = await composeServerCertificate({ configuration: options.configuration, database: get(TOKENS.database), health: get(TOKENS.health), audit: get(TOKENS.audit), changed: () => { get(TOKENS.certificates).nudge(); get(TOKENS.liveEvents).publish('certificates'); }, clock, log });
    return running.serverCertificate;
  }, () => undefined));
  unlessFenced(once('provisioning', () => provisionFrom(options, running, get(TOKENS.database), get(TOKENS.terminals), get(TOKENS.forms)), () => undefined));
  // A fenced box speaks in nobody's name: what it did is forwarded once the fence is lifted.
  unlessFenced({ name: 'audit forwarding', ...TIMES, start: () => { get(TOKENS.auditForwarding).start(); }, stop: () => get(TOKENS.auditForwarding).stop() });
  lifecycle.add({ name: 'disk watch', ...TIMES, start: () => get(TOKENS.disk).start(), stop: () => { get(TOKENS.disk).stop(); } });
  lifecycle.add({ name: 'plugins', ...TIMES, start: () => activatePlugins(get(TOKENS.pluginHost), get(TOKENS.packages), options.configuration), stop: () => { get(TOKENS.channelHealth).stop(); return get(TOKENS.pluginHost).stop(); } });
  unlessFenced({ name: 'window desk', ...TIMES, start: async () => { await get(TOKENS.windowDesk).endInterrupted(); }, stop: () => undefined });
  unlessFenced({ name: 'certificate watch', ...TIMES, start: () => { get(TOKENS.certificates).start(); }, stop: () => get(TOKENS.certificates).stop() });
  lifecycle.add({ name: 'jobs', ...TIMES, start: () => startJobs(running, get(TOKENS.jobs)), stop: () => get(TOKENS.jobs).stop() });
  lifecycle.add({ name: 'event sinks', ...TIMES, start: () => (must(running).report.standsStill === undefined ? get(TOKENS.dataSync).sinks.start() : undefined), stop: () => get(TOKENS.dataSync).sinks.stop() });
  lifecycle.add({ name: 'dictionaries', ...TIMES, start: () => get(TOKENS.dictionary).start(), stop: () => undefined });
  lifecycle.add(once('terminal fleet', async () => { running.fleet = await openFleet({ ...options, database: get(TOKENS.database), registry: get(TOKENS.terminals), audit: get(TOKENS.audit), metrics: get(TOKENS.metrics), health: get(TOKENS.health) }); await get(TOKENS.availability).log.start(); return running.fleet; }, (fleet) => fleet.stop().then(() => get(TOKENS.availability).log.stop())));
  lifecycle.add({ name: 'changes', ...TIMES, start: async () => { await get(TOKENS.changes).resume(running.fence === undefined ? undefined : 'liftFence'); if (running.fence === undefined && running.settled !== undefined) await proposeConfiguration(get(TOKENS.changes), get(TOKENS.database), running.settled, clock); }, stop: () => undefined });
  unlessFenced(once('broker', () => startBroker(options, running), (broker) => broker?.stop()));
  unlessFenced(once('enrolment', async () => {
    running.enrolment = await startEnrolmentListener({ host: mqtt.host, port: mqtt.enrolPort, desk: fleetOf(running).enrolment, log });
    return running.enrolment;
  }, (listener) => listener.stop()));
  unlessFenced(once('terminals', () => startTerminals(options, running), async ({ gateway, announcer }) => { announcer.stop(); get(TOKENS.presence).stop(); await gateway.stop(); await running.counterReader?.close(); }));
  lifecycle.add(once('payment API', async () => {
    running.paymentServer = await startHttpServer({ host: http.host, port: http.paymentPort, ...tlsOf(running), groups: paymentGroups(options), log, clock, timers, random: options.random });
    return running.paymentServer;
  }, (server) => server.stop()));
  const { relay } = given.configuration;
  if (relay !== undefined) unlessFenced(once('relay', () => {
    running.relay = composeRelay(relay, { groups: (more) => publicGroups(options, more), metrics: get(TOKENS.metrics), health: get(TOKENS.health), log, clock, timers, random: options.random });
    running.relay.start();
    return running.relay;
  }, (line) => line.stop()));
  lifecycle.add(once('live events', () => feedLiveEvents({ hub: get(TOKENS.liveEvents), store: must(running).store, registry: get(TOKENS.terminals), timers }), (stop) => { stop(); }));
  lifecycle.add({ name: 'report exports', ...TIMES, start: () => get(TOKENS.reports).start(), stop: () => get(TOKENS.reports).stop() });
  lifecycle.add({ name: 'support bundle', ...TIMES, start: () => { get(TOKENS.support).start(); }, stop: () => { get(TOKENS.support).stop(); } });
  lifecycle.add(once('alarms', () => startAlarmsPart(options, running, get(TOKENS.database)), (alarms) => alarms.stop()));
  lifecycle.add(once('snmp', () => startSnmpPart(options, running), (agent) => agent?.stop()));
  lifecycle.add(once('console', () => startConsolePart(options, running, get(TOKENS.database)), (server) => server.stop()));
  lifecycle.add(once('plain entrance', () => startPlainEntrance({ http, host: http.host, opened: running.serverCertificate, health: get(TOKENS.health), log, clock, timers, random: options.random }), (server) => server?.stop()));
  // Last: what starts before it is what a system on trial is judged by.
  lifecycle.add({ name: 'update trial', ...TIMES, start: () => { get(TOKENS.updates).start(); }, stop: () => { get(TOKENS.updates).stop(); } });
  unlessFenced({ name: 'tasks', ...TIMES, start: () => get(TOKENS.tasks).start(), stop: () => get(TOKENS.tasks).stop() });

  await lifecycle.start();
  log.info('started', { dataFolder });
  return { ...describeRunning(running), stop: () => lifecycle.stop() };
}

/** Its accounts would be out of sight, and whoever comes first would make new ones beside its ledger. */
function otherHospitalWords(given: string, owner: string): string {
  return `hospital.id 是 ${given}，而数据目录属于 ${owner}：改回 ${owner}，或换一个空的数据目录 hospital.id is ${given}, and the data folder is of ${owner}: put ${owner} back, or take an empty data folder`;
}

function describeRunning(running: Running): Pick<Platform, 'addresses' | 'report' | 'firstLoginCode'> {
  const { report } = must(running);
  return {
    report,
    firstLoginCode: running.firstLoginCode,
    addresses: { console: running.consoleServer?.origin ?? '', payment: running.paymentServer?.origin ?? '', mqtt: running.broker?.port ?? 0, mqttWebSocket: running.broker?.websocketPort ?? 0, mqttTls: running.broker?.tlsPort ?? 0, enrolment: running.enrolment?.port ?? 0 },
  };
}

/** A part that is what its start returned. */
function once<Value>(name: string, start: () => Value | Promise<Value>, stop: (value: Value) => unknown): Parameters<Lifecycle['add']>[0] {
  let value: { readonly it: Value } | undefined;
  return {
    name,
    ...TIMES,
    async start() {
      value = { it: await start() };
    },
    async stop() {
      if (value !== undefined) await stop(value.it);
    },
  };
}
