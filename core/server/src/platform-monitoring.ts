/** Alarms (监控与告警) and SNMP (网管) started, with the parts they read. Part of the composition root. */
import { createCallWindow } from './alarms/call-window.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { SYSTEM_ELAPSED } from './edges/machine/system-clock.js';
import { startAlarms, type RunningAlarms } from './platform-alarms.js';
import { get, TOKENS } from './platform-container.js';
import { alarmsOf, backupsOf, fleetOf, must, type Running } from './platform-opened.js';
import { VERSION, type PlatformOptions } from './platform-options.js';
import { channelsNow } from './platform-plugins.js';
import { startSnmp } from './platform-snmp.js';

export async function startAlarmsPart({ configuration, configFolder, clock, timers, random, log }: PlatformOptions, running: Running, database: PlatformDatabase): Promise<RunningAlarms> {
  const { store, report } = must(running);
  running.alarms = await startAlarms({
    configuration, configFolder, database, store, safeMode: report.safeMode, calls: running.calls ?? createCallWindow({ clock }), channelHealth: get(TOKENS.channelHealth), host: get(TOKENS.pluginHost), tasks: get(TOKENS.tasks), certificates: get(TOKENS.certificates), disk: get(TOKENS.disk), backups: backupsOf(running).desk,
    terminals: fleetOf(running).watch, presence: get(TOKENS.presence), forwarding: get(TOKENS.auditForwarding), readKiosksAway: () => get(TOKENS.availability).readAway(), metrics: get(TOKENS.metrics), changed: () => { get(TOKENS.liveEvents).publish('alarms'); }, isBrokerConnected: () => running.gateway?.isConnected() === true, isRelayAway: () => running.relay?.isConnected() === false, channels: () => channelsNow(configuration, get), clock, timers, random, audit: get(TOKENS.audit), log,
  });
  return running.alarms;
}

export function startSnmpPart({ configuration, clock, random, log }: PlatformOptions, running: Running) {
  return startSnmp({
    configuration, version: VERSION, database: get(TOKENS.database), store: must(running).store, health: get(TOKENS.health), alarms: alarmsOf(running).desk, backups: backupsOf(running).desk, disk: get(TOKENS.disk), host: get(TOKENS.pluginHost), channelHealth: get(TOKENS.channelHealth),
    channels: () => channelsNow(configuration, get), elapsed: SYSTEM_ELAPSED, clock, random, log,
  });
}
