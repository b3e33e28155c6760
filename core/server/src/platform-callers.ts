/** Who may call: applications, and terminals with their places and whether they are there. Part of the composition root. */
import { PERMISSIONS, type ApplicationRegistry } from './applications/ports.js';
import type { Configuration } from './config/configuration-schema.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { composeAvailability } from './platform-availability.js';
import { give, TOKENS } from './platform-container.js';
import { fleetOf, type Running } from './platform-opened.js';
import type { PlatformOptions } from './platform-options.js';
import type { TerminalRegistry } from './terminals/ports.js';
import { createTerminalPresence } from './terminals/terminal-presence.js';
import { createTerminalRegistry } from './terminals/terminal-registry.js';

export function composeCallers({ configuration, log, clock, timers, random }: PlatformOptions, database: PlatformDatabase): void {
  give(TOKENS.applications, () => applicationRegistry(database, configuration));
  give(TOKENS.terminals, () => createTerminalRegistry({ rows: database.terminals, clock, random, merchantIdOf: () => merchantIdOf(configuration) }));
  give(TOKENS.presence, (get) => createTerminalPresence({ clock, timers, touchLastSeen: (deviceId, at) => get(TOKENS.terminals).touchLastSeen(deviceId, at), changed: (deviceId, isOnline) => { get(TOKENS.availability).log.noted(deviceId, isOnline); get(TOKENS.liveEvents).publish('terminals', [deviceId]); } }));
  give(TOKENS.availability, (get) => composeAvailability({ configuration, database, registry: get(TOKENS.terminals), presence: () => get(TOKENS.presence), metrics: get(TOKENS.metrics), clock, log }));
}

function applicationRegistry(database: PlatformDatabase, configuration: Configuration): ApplicationRegistry {
  return {
    async find(appId) {
      const [stored, secret] = await Promise.all([database.applications.find(appId), database.applications.secretOf(appId)]);
      if (stored === undefined || secret === undefined) return undefined;
      const permissions = PERMISSIONS.filter((permission) => stored.permissions.includes(permission));
      return { appId, hospitalId: stored.hospital, merchantId: merchantIdOf(configuration), merchantNo: stored.merchantNo, secret, permissions, notifyUrl: stored.notifyUrl, status: stored.status };
    },
  };
}

/** One hospital, its first merchant: which merchant serves which terminal group becomes routing data. */
export function merchantIdOf({ hospital }: Configuration): string {
  return hospital.merchants[0]?.merchantNo ?? hospital.id;
}

export async function placeTerminal(registry: TerminalRegistry, running: Running, id: string, place: Parameters<TerminalRegistry['place']>[1]): Promise<boolean> {
  const before = registry.placeOf(id)?.group;
  if (!(await registry.place(id, place))) return false;
  if (before !== place.group) await fleetOf(running).configuration.placed(id);
  return true;
}
