/** What two persons decide at run time: changes (变更申请) and system updates (系统更新), joined with the parts they act on. Part of the composition root. */
import { liftFence, readFence } from './edges/backups/fence-file.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { placeTerminal } from './platform-callers.js';
import { composeChanges } from './platform-changes.js';
import { give, TOKENS } from './platform-container.js';
import { backupsOf, must, type Running } from './platform-opened.js';
import type { PlatformOptions } from './platform-options.js';
import { pluginDesk, type Plugins } from './platform-plugins.js';
import { composeUpdates } from './platform-updates.js';
import { probeChannel } from './plugin-host/channel-health.js';

/** The answer to whoever approved goes out first. */
const START_ANEW_AFTER_MS = 1_500;

export function composeApprovedActs({ configuration, loaded, startAnew, box, log, clock, timers, random }: PlatformOptions, running: Running, database: PlatformDatabase, { installed, stageOf }: Pick<Plugins, 'installed' | 'stageOf'>): void {
  const { dataFolder } = configuration;
  const { store } = must(running);
  give(TOKENS.changes, (get) => composeChanges({ database, packages: get(TOKENS.packages), plugins: pluginDesk(configuration, get), host: get(TOKENS.pluginHost), terminals: { placeOf: (id) => get(TOKENS.terminals).placeOf(id), place: (id, place) => placeTerminal(get(TOKENS.terminals), running, id, place) }, updates: get(TOKENS.updates).acts, rotations: get(TOKENS.rotations), stage: stageOf(get), loaded: { ...loaded, configuration: running.asFiled ?? configuration }, fence: { read: () => readFence(dataFolder), lift: (lifted) => { liftFence(dataFolder, lifted); }, startAnew: () => { timers.after(START_ANEW_AFTER_MS, startAnew); } }, expiresAfterMs: configuration.approvals.expiresAfterSeconds * 1000, clock, audit: get(TOKENS.audit), log }));
  give(TOKENS.updates, (get) => composeUpdates({
    configuration, places: box, backups: { health: () => backupsOf(running).desk.health() }, health: get(TOKENS.health), packages: () => installed.readings(),
    channels: () => get(TOKENS.pluginHost).list().instances.flatMap(({ id, kind, state }) => (kind === 'channel' && state === 'active' ? [id] : [])),
    openMoney: (channel) => store.countOpenMoney(channel), answers: (channel) => probeChannel(get(TOKENS.pluginHost), channel, { clock, random }), work: get(TOKENS.work), clock, timers, audit: get(TOKENS.audit), log,
  }));
}
