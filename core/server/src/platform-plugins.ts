/** Plugins joined: their host, their packages, their instances, and whether channels answer. Part of the composition root. */
import { dirname, join, resolve } from 'node:path';
import type { CallWindow } from './alarms/call-window.js';
import type { Configuration } from './config/configuration-schema.js';
import { cutOffsOf } from './config/payment-policy-of.js';
import { installedInstances } from './edges/database/platform/installed-instances.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import type { RehearsalStage } from './monitoring/ports.js';
import { give, TOKENS, type Get } from './platform-container.js';
import { guestMetrics } from './platform-metrics.js';
import { must, type Running } from './platform-opened.js';
import type { PlatformOptions } from './platform-options.js';
import { createChannelHealth, probeChannel } from './plugin-host/channel-health.js';
import { unitGuestLine } from './plugin-host/isolated/unit-line.js';
import { createInstalledPackages, type InstalledPackages } from './plugin-host/packages/installed-packages.js';
import { createPackageDesk, type PackageDesk } from './plugin-host/packages/package-desk.js';
import { openTrustedPublishers, type TrustedPublishers } from './plugin-host/packages/trusted-publishers.js';
import { createPluginHost, type InstanceConfiguration, type PluginHost } from './plugin-host/plugin-host.js';
import type { PluginPackage } from './plugin-host/read-package.js';
import { createRehearsalStage } from './plugin-host/rehearsal-stage.js';

/** What is replaced at run time asks for these. */
export type Plugins = { readonly trust: TrustedPublishers; readonly installed: InstalledPackages; readonly stageOf: (get: Get) => RehearsalStage };

export function composePlugins({ configuration, configFolder, pluginSocket, log, clock, timers, random }: PlatformOptions, running: Running, database: PlatformDatabase, calls: CallWindow): Plugins {
  const { hospital, dataFolder } = configuration;
  const { store, pluginStores } = must(running);
  // A fenced box finds no plugin: whatever it would say, it would say in the name of a box that may still run.
  const productFolders = running.fence !== undefined ? [] : configuration.plugins.folders.map((folder) => resolve(configFolder, folder));
  const isFirstParty = ({ folder }: Pick<PluginPackage, 'folder'>): boolean => productFolders.some((place) => dirname(folder) === place);
  give(TOKENS.pluginHost, (get) => createPluginHost({ folders: productFolders, installed: () => (running.fence === undefined ? installed.readings() : []), clock, timers, log, metrics: guestMetrics(get(TOKENS.metrics), (facts) => { get(TOKENS.channelHealth).observe(facts); calls.observe(facts); }), stores: pluginStores, isFirstParty, startLine: pluginSocket === undefined ? undefined : unitGuestLine(pluginSocket), deliverNotice: (adapter, notice) => get(TOKENS.hisNotices).receiveNotice({ hospitalId: hospital.id, adapter, notice }), changed: () => { get(TOKENS.certificates).nudge(); get(TOKENS.liveEvents).publish('plugins'); } }));
  const trust = openTrustedPublishers({ configured: running.settled?.trustList, file: join(dataFolder, 'plugin-packages/trust-list.json') });
  const installed = createInstalledPackages({ folder: join(dataFolder, 'plugin-packages'), trust: () => trust.current(), clock, log });
  give(TOKENS.packages, (get) => createPackageDesk({
    host: get(TOKENS.pluginHost), packages: installed, trust, clock, random, log,
    rows: installedInstances(database.pluginInstances, clock),
    configuredIds: instancesOf(configuration).map(({ id }) => id),
    cutOffs: cutOffsOf(configuration.settlement),
    merchants: hospital.merchants.map(({ merchantNo }) => merchantNo),
    openMoney: (instance) => store.countOpenMoney(instance),
  }));
  give(TOKENS.channelHealth, (get) => createChannelHealth({ clock, timers, log, probe: (instance) => probeChannel(get(TOKENS.pluginHost), instance, { clock, random }) }));
  const stageOf = (get: Get) => createRehearsalStage({ host: get(TOKENS.pluginHost), configuredIds: instancesOf(configuration).map(({ id }) => id), isFirstParty, replaceSettings: (id, settings) => get(TOKENS.packages).replaceSettings(id, settings), keyedFingerprint: database.keyedFingerprint, clock, random });
  return { trust, installed, stageOf };
}

/** Every configured guest: the HIS adapter first. */
function instancesOf({ his, channels, bankLinks = [], reports = [] }: Configuration): InstanceConfiguration[] {
  return [
    { id: his.id, plugin: his.plugin, contribution: his.contribution, settings: his.settings, enabled: true },
    ...channels.map(({ id, plugin, contribution, settings, enabled, merchantNo }) => ({ id, plugin, contribution, settings, enabled, merchantNo })),
    ...bankLinks.map(({ id, plugin, contribution, accountNos, settings, enabled }) => ({ id, plugin, contribution, accountNos, settings, enabled })),
    ...reports.map(({ id, plugin, settings, enabled }) => ({ id, plugin, settings, enabled })),
  ];
}

export async function activatePlugins(host: PluginHost, packages: PackageDesk, configuration: Configuration): Promise<void> {
  host.discover();
  await Promise.all(instancesOf(configuration).map((instance) => host.activate(instance)));
  await packages.start();
}

export function pluginDesk(configuration: Configuration, get: Get) {
  const host = get(TOKENS.pluginHost);
  return {
    list: () => host.list(),
    reload: (id: string) => host.reload(id),
    deactivate: (id: string) => host.deactivate(id),
    async activate(id: string) {
      const known = instancesOf(configuration).find((instance) => instance.id === id) ?? get(TOKENS.packages).find(id);
      return known === undefined ? undefined : host.activate({ ...known, enabled: true });
    },
  };
}

/** Configured and installed. */
export function channelsNow(configuration: Configuration, get: Get): readonly string[] {
  return [...configuration.channels.filter(({ enabled }) => enabled), ...get(TOKENS.packages).instances()].map(({ id }) => id);
}
