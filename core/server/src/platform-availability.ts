/** When kiosks were there (在线记录, 自助机可用率), joined. Called by the composition root, of which it is a part. */
import type { Configuration } from './config/configuration-schema.js';
import type { MeasureId, Reading } from './domain/alarm-measures.js';
import type { Log } from './domain/log.js';
import { openingOf, type OpeningHours } from './domain/opening-hours.js';
import type { Clock } from './domain/time.js';
import { beijingDay } from '@hospay/plugin-sdk';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { createPresenceLog, type PresenceLog } from './fleet/presence-log.js';
import { createAvailabilityReader, type AvailabilityReader } from './fleet/read-availability.js';
import type { Metrics } from './operations/metrics.js';
import type { TerminalRegistry } from './terminals/ports.js';
import type { TerminalPresence } from './terminals/terminal-presence.js';

export type AvailabilityParts = {
  readonly configuration: Configuration;
  readonly database: Pick<PlatformDatabase, 'presence' | 'fleet' | 'terminals'>;
  readonly registry: Pick<TerminalRegistry, 'list'>;
  readonly presence: () => Pick<TerminalPresence, 'of'>;
  readonly metrics: Pick<Metrics, 'observedGauges'>;
  readonly clock: Clock;
  readonly log: Log;
};
export type Availability = { readonly log: PresenceLog; readonly reader: AvailabilityReader; /** How many of the kiosks that should be on now are away. */ readonly readAway: () => Promise<readonly Reading[]> };

export const AVAILABILITY_MEASURES: readonly MeasureId[] = ['kiosksAway'];

export function composeAvailability({ configuration, database, registry, presence, metrics, clock, log }: AvailabilityParts): Availability {
  const hours = openingHoursOf(configuration);
  const kiosks = async () => (await registry.list()).filter(({ kind, status, lastSeenAt }) => kind === 'kiosk' && status === 'active' && lastSeenAt !== undefined).map(({ deviceId, campus, group }) => ({ id: deviceId, campus, group }));
  const counted = { due: 0, online: 0 };
  metrics.observedGauges({ name: 'hospay_kiosks_due', help: 'Kiosks that should be on now, and how many of them are', labels: ['state'], read: () => [{ labels: { state: 'due' }, value: counted.due }, { labels: { state: 'online' }, value: counted.online }] });
  return {
    log: createPresenceLog({ store: database.presence, clock, log, lastSeen: async () => new Map((await database.terminals.list()).flatMap(({ id, lastSeenAt }) => (lastSeenAt === undefined ? [] : [[id, lastSeenAt] as const]))) }),
    reader: createAvailabilityReader({ presence: database.presence, faultsBetween: (from, to) => database.fleet.faultsBetween(from, to), kiosks, hours, clock }),
    async readAway() {
      const now = clock.now();
      const due = (await kiosks()).filter((kiosk) => openingOf(hours, kiosk, beijingDay(now)).some(({ from, to }) => from <= now.getTime() && now.getTime() < to));
      const online = due.filter(({ id }) => presence().of(id)?.online === true);
      Object.assign(counted, { due: due.length, online: online.length });
      return [{ measure: 'kiosksAway', subject: '', value: due.length === 0 ? 0 : ((due.length - online.length) / due.length) * 100 }];
    },
  };
}

export function openingHoursOf({ terminals: { openingHours = [], closedDays = [] } }: Configuration): OpeningHours {
  return { rules: openingHours, closedDays: new Set(closedDays) };
}
