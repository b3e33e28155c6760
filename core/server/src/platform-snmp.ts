/** The SNMP agent (网管) joined: what of the box's health is told, and where it is read. Called by the composition root. */
import { hostname } from 'node:os';
import type { AlarmDesk, Problem } from './alarms/ports.js';
import { wordsOf } from './alarms/message-view.js';
import type { BackupDesk } from './backups/ports.js';
import type { Configuration } from './config/configuration-schema.js';
import type { Log } from './domain/log.js';
import type { Clock, RandomSource } from './domain/time.js';
import { countOpenPayments } from './edges/database/money/alarm-figures.js';
import type { SqliteMoneyStore } from './edges/database/money/sqlite-money-store.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { startSnmpAgent, type SnmpAgent } from './edges/snmp/start-snmp-agent.js';
import type { DiskSpaceWatch } from './operations/disk-space.js';
import type { Health } from './operations/health.js';
import type { BoxHealth, ChannelHealthState } from './operations/ports.js';
import type { ChannelHealth } from './plugin-host/channel-health.js';
import type { PluginHost } from './plugin-host/plugin-host.js';

export type SnmpParts = {
  readonly configuration: Configuration;
  readonly version: string;
  readonly database: Pick<PlatformDatabase, 'snmpEngines'>;
  readonly store: Pick<SqliteMoneyStore, 'database'>;
  readonly health: Health;
  readonly alarms: Pick<AlarmDesk, 'problems'>;
  readonly backups: Pick<BackupDesk, 'health' | 'fence'>;
  readonly disk: Pick<DiskSpaceWatch, 'state'>;
  readonly host: Pick<PluginHost, 'list'>;
  readonly channelHealth: Pick<ChannelHealth, 'isHealthy'>;
  readonly channels: () => readonly string[];
  readonly elapsed: () => number;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Log;
};

/** RFC 3411 SnmpEngineID: the enterprise's number with the highest bit, and octets of our choosing (5). 32473 is the number for documentation (RFC 5612). */
const ENGINE_PREFIX = '80007ed905';
const SECOND_MS = 1_000;

/** Undefined: switched off. A port that cannot be opened is a notice, and keeps no platform from starting. */
export async function startSnmp(parts: SnmpParts): Promise<SnmpAgent | undefined> {
  const { configuration: { monitoring: { snmp } }, database, random, version, log, elapsed } = parts;
  // A box made of a backup has started oftener than it remembers: it is another engine from now on.
  if (parts.backups.fence !== undefined) await database.snmpEngines.forget();
  if (snmp === undefined) return undefined;
  const engine = await database.snmpEngines.boot(`${ENGINE_PREFIX}${Buffer.from(random.bytes(12)).toString('hex')}`);
  try {
    return await startSnmpAgent({
      host: snmp.host, port: snmp.port, allowedSources: snmp.allowedSources, users: snmp.users, engine, read: () => readBoxHealth(parts), elapsed, random, log,
      system: { description: `Hospay ${version}`, name: snmp.systemName ?? hostname(), contact: snmp.contact ?? '', location: snmp.location ?? '' },
    });
  } catch (error) {
    log.error('the SNMP agent could not be started', { port: snmp.port, error });
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
    parts.health.add({ name: 'snmp', kind: 'notice', deadlineMs: SECOND_MS, check: () => ({ ok: false, reason: `udp port ${String(snmp.port)} cannot be opened: ${code}` }) });
    return undefined;
  }
}

async function readBoxHealth({ version, store, health, alarms, backups, disk, host, channelHealth, channels, clock }: SnmpParts): Promise<BoxHealth> {
  const [ready, problems, backup] = await Promise.all([health.ready(), alarms.problems(), backups.health()]);
  const { freeBytes, step } = disk.state();
  const instances = new Map(host.list().instances.map(({ id, state }) => [id, state]));
  const age = (at: Date | undefined): number | undefined => (at === undefined ? undefined : Math.max(0, (clock.now().getTime() - at.getTime()) / SECOND_MS));
  const stateOf = (id: string): ChannelHealthState => (instances.get(id) !== 'active' ? 'notRunning' : channelHealth.isHealthy(id) ? 'active' : 'outOfRouting');
  return {
    state: !ready.ok ? 'notReady' : ready.degraded ? 'degraded' : 'ready',
    version,
    alarms: { urgent: countOf(problems, 1), important: countOf(problems, 2), toKnow: countOf(problems, 3), worst: worstOf(problems) },
    backup: { ageSeconds: age(backup.lastGoodAt), proofAgeSeconds: age(backup.lastProvedAt) },
    disk: { freeBytes, step },
    payments: countOpenPayments(store.database),
    channels: channels().map((id) => ({ id, state: stateOf(id) })),
  };
}

function countOf(problems: readonly Problem[], wanted: number): number {
  return problems.filter(({ severity }) => severity === wanted).length;
}

/** They come most severe first. */
function worstOf([worst]: readonly Problem[]): BoxHealth['alarms']['worst'] {
  return worst === undefined ? undefined : { rule: worst.rule, subject: worst.subject, severity: worst.severity, words: wordsOf(worst.rule)?.en ?? worst.rule };
}
