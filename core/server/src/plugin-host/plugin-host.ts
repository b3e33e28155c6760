import { oneAfterAnother, type HoldingCredentials } from '@hospay/plugin-sdk';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import type { AgreementsGuest, BankLinkGuest, CardTerminalsGuest, ChannelGuest, HospitalGuest, PresettlingGuest, ReportGuest, StatementReaderOf, TillsGuest } from '../domain/guests.js';
import type { Log } from '../domain/log.js';
import { own } from '../domain/own-words.js';
import type { Clock, Timers } from '../domain/time.js';
import { loadPlugin, type Refusal } from './activate-plugin.js';
import { agreementsGuest } from './agreements-guest.js';
import { bankLinkGuest } from './bank-link-guest.js';
import { createBoundary, type Boundary } from './boundary.js';
import { cardTerminalsGuest } from './card-terminals-guest.js';
import { channelGuest } from './channel-guest.js';
import { collectingLog } from './collecting-log.js';
import { discover } from './discover.js';
import { hospitalGuest } from './hospital-guest.js';
import type { StartGuestLine } from './isolated/guest-line.js';
import { presettlingGuest } from './presettling-guest.js';
import { PLUGIN_TRANSITIONS, type PluginState, type PluginTrigger } from './plugin-states.js';
import { createGuestCapabilities } from './guest-capabilities.js';
import { packagePlace, withoutPaths } from './package-place.js';
import { pickContribution, type Contribution } from './pick-contribution.js';
import type { GuestMetrics, GuestStores } from './ports.js';
import { reportGuest } from './report-guest.js';
import { withoutSecretValues } from './settings-leaves.js';
import { tillsGuest } from './tills-guest.js';
import { startApart, startHere, type StartedGuest } from './start-guest.js';
import type { PackageReading, PluginPackage } from './read-package.js';
import { receiveNotices, type DeliverNoticeOf } from './receive-notices.js';

/** One configured use of a plugin. */
export type InstanceConfiguration = {
  readonly id: string;
  /** Plugin id from its manifest. */
  readonly plugin: string;
  /** Which of the plugin's contributions this instance is; needed when it has several. */
  readonly contribution?: string | undefined;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
  /** For channels: the hospital's merchant number. A plugin that answers for another one is not activated. */
  readonly merchantNo?: string | undefined;
  /** For bank links: the hospital's accounts. A plugin that pays from others is not activated. */
  readonly accountNos?: readonly string[] | undefined;
};

export type InstanceView = {
  readonly id: string;
  readonly plugin: string;
  readonly version: string | undefined;
  readonly kind: Contribution['kind'] | undefined;
  readonly state: PluginState;
  /** Why it is not active. */
  readonly reason: string | undefined;
  readonly since: string;
  readonly inFlight: number;
};
/** `folder`: its name and the folder above, never a path of the machine. */
export type PackageView = { readonly folder: string; readonly id: string | undefined; readonly version: string | undefined; readonly title: { readonly zh: string; readonly en: string } | undefined; readonly refused: string | undefined };

/** A package that runs for a look at it: a channel, a hospital adapter, a bank link, or reports. */
export type Trial = { readonly channel: ChannelGuest | undefined; readonly hospital: HospitalGuest | undefined; readonly bankLink: BankLinkGuest | undefined; readonly reports: readonly ReportGuest[]; readonly running: RunningGuest; readonly logged: () => readonly string[] };

/** Code that runs, as far as its keys and certificates are concerned. */
export type RunningGuest = { readonly guest: Partial<HoldingCredentials>; readonly boundary: Boundary; readonly settingsSchema: unknown };
/** An instance for those who watch over it. `settingsSchema` is the last one known. */
export type InspectedInstance = { readonly configuration: InstanceConfiguration; readonly state: PluginState; readonly package: PluginPackage | undefined; readonly running: RunningGuest | undefined; readonly settingsSchema: unknown };

/** Another version of the plugin, and the settings it is to run with. */
export type Replacement = { readonly package: PluginPackage; readonly configuration: InstanceConfiguration };
export type ReloadResult = { readonly kind: 'reloaded'; readonly instance: InstanceView } | { readonly kind: 'kept'; readonly reason: string };

export type PluginHost = {
  /** Reads the plugin folders. Runs no plugin code. */
  discover(): readonly PackageView[];
  /** Starts an instance, or starts it anew with another configuration. Never throws: the view says what became of it. */
  activate(configuration: InstanceConfiguration): Promise<InstanceView>;
  /** Lets calls in flight end (bounded), then stops it. Undefined: no such instance. */
  deactivate(id: string): Promise<InstanceView | undefined>;
  /** Starts the package (the given one, else as it is on disk now) beside the old code; only when it runs, calls go to it and the old code is drained. Else the old goes on. */
  reload(id: string, given?: Replacement): Promise<ReloadResult>;
  /** Runs a package beside everything else, with a store of its own that is forgotten, for as long as the work takes. Nothing is routed to it. */
  tryOut<Result>(configuration: InstanceConfiguration, plugin: PluginPackage, network: 'none' | 'allowed', work: (trial: Trial) => Promise<Result>): Promise<Result | Refusal>;
  /** Stops an instance and forgets it. Undefined: no such instance. */
  forget(id: string): Promise<InstanceView | undefined>;
  /** Every instance with its settings. For the parts of the host that watch over keys. */
  inspect(): readonly InspectedInstance[];
  list(): { readonly packages: readonly PackageView[]; readonly instances: readonly InstanceView[] };
  /** Undefined while it is not active. */
  channel(id: string): ChannelGuest | undefined;
  /** What the channel instance prepares with the medical insurance. Undefined while it is not active, or when it gives none. */
  presettling(id: string): PresettlingGuest | undefined;
  /** The cards bound by agreement at a channel instance. Undefined while it is not active, or when it gives none. */
  agreements(id: string): AgreementsGuest | undefined;
  /** The tills a channel instance counts cash into. Undefined while it is not active, or when it gives none. */
  tills(id: string): TillsGuest | undefined;
  /** The card terminals of a channel instance. Undefined while it is not active, or when it gives none. */
  cardTerminals(id: string): CardTerminalsGuest | undefined;
  /** Undefined while it is not active. */
  hospitalAdapter(id: string): HospitalGuest | undefined;
  /** Undefined while it is not active. */
  bankLink(id: string): BankLinkGuest | undefined;
  /** The reports of every instance that is active. One that was taken from here is of the code that ran then. */
  reports(): readonly ReportGuest[];
  /** Deactivates everything at once, with a shorter wait for calls in flight. */
  stop(): Promise<void>;
};

export type PluginHostOptions = {
  readonly folders: readonly string[];
  /** Packages installed at run time, verified. The product's own ids come first. */
  readonly installed?: () => readonly PackageReading[];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly metrics: GuestMetrics;
  readonly stores: GuestStores;
  /** The product's own plugins run in this process; everybody else's in one of their own. */
  readonly isFirstParty: (plugin: PluginPackage) => boolean;
  /** Who starts everybody else's processes; absent: this process. */
  readonly startLine?: StartGuestLine | undefined;
  /** Where what a HIS tells by itself is delivered. Absent: no adapter is asked to receive anything. */
  readonly deliverNotice?: DeliverNoticeOf;
  /** Told after each change of state, for the console and the database. */
  readonly changed?: (instance: InstanceView) => void;
};

/** Long enough for the slowest call a manifest may allow for a HIS at its worst; calls still open then become `unknown` and are queried. */
const DRAIN_DEADLINE_MS = 35_000;
/** When the whole platform stops nobody waits that long: what is left is asked about after the restart. */
const SHUTDOWN_DRAIN_DEADLINE_MS = 15_000;
const LONGEST_RETRY_MS = 60_000;
/** Five crashes in ten minutes are bad luck; from the sixth on it is tried every five minutes, for ever. */
const MOST_CRASHES = 5;
const CRASH_WINDOW_MS = 10 * 60_000;
const HALF_OPEN_MS = 5 * 60_000;

/** Code that runs. */
type Running = { readonly package: PluginPackage; readonly contribution: Contribution; readonly boundary: Boundary; readonly guest: StartedGuest; readonly capabilities: { stop(): void }; /** Ends what the HIS tells by itself; nothing where it tells nothing. */ endReceiving: () => Promise<void> };

type Instance = {
  configuration: InstanceConfiguration;
  state: PluginState;
  reason: string | undefined;
  since: string;
  running: Running | undefined;
  /** What a facade somebody still holds calls into: a stopped one answers for itself that it is stopping. */
  last: Running | undefined;
  version: string | undefined;
  /** The last one its code gave, whether it ran or not. */
  settingsSchema: unknown;
  failures: number;
  /** When its process ended by itself, in the last ten minutes. */
  crashes: readonly number[];
  retry: { cancel(): void };
  /** One change at a time. */
  readonly inTurn: ReturnType<typeof oneAfterAnother>;
  readonly channel: ChannelGuest;
  readonly hospital: HospitalGuest;
  readonly presettling: PresettlingGuest;
  readonly agreements: AgreementsGuest;
  readonly tills: TillsGuest;
  readonly cardTerminals: CardTerminalsGuest;
  readonly bankLink: BankLinkGuest;
};

export function createPluginHost({ folders, installed = () => [], clock, timers, log: hostLog, metrics, stores, isFirstParty, startLine, deliverNotice, changed = () => {} }: PluginHostOptions): PluginHost {
  const instances = new Map<string, Instance>();
  let readings: readonly PackageReading[] = [];
  let stopped = false;
  const told = (text: string): string => withoutPaths(text, [...folders, ...readings.map(folderOf)]);
  const view = (instance: Instance): InstanceView => viewOf(instance, told);

  const makeInstance = (configuration: InstanceConfiguration): Instance => {
    const instance: Instance = {
      configuration,
      state: 'discovered',
      reason: undefined,
      since: clock.now().toISOString(),
      running: undefined,
      last: undefined,
      version: undefined,
      settingsSchema: undefined,
      failures: 0,
      crashes: [],
      retry: { cancel() {} },
      inTurn: oneAfterAnother(),
      channel: channelGuest(configuration.id, () => {
        const { last } = instance;
        if (last?.contribution.kind !== 'channel') throw new Error(`${configuration.id} never was an active channel`);
        return { ...last.contribution, boundary: last.boundary, statementReader: readerOf(last, instance.configuration.settings, 'statement'), fundReader: readerOf(last, instance.configuration.settings, 'fund') };
      }),
      hospital: hospitalGuest(() => {
        const { last } = instance;
        if (last?.contribution.kind !== 'hospitalAdapter') throw new Error(`${configuration.id} never was an active hospital adapter`);
        return { adapter: last.contribution.adapter, boundary: last.boundary };
      }),
      presettling: presettlingGuest(() => {
        const { last } = instance;
        if (last?.contribution.kind !== 'channel' || last.contribution.presettling === undefined) throw new Error(`${configuration.id} never pre-settled`);
        return { presettling: last.contribution.presettling, boundary: last.boundary };
      }),
      agreements: agreementsGuest(() => {
        const { last } = instance;
        if (last?.contribution.kind !== 'channel' || last.contribution.agreements === undefined) throw new Error(`${configuration.id} never bound a card`);
        return { agreements: last.contribution.agreements, boundary: last.boundary };
      }),
      tills: tillsGuest(() => {
        const { last } = instance;
        if (last?.contribution.kind !== 'channel' || last.contribution.tills === undefined) throw new Error(`${configuration.id} never had a till`);
        return { tills: last.contribution.tills, boundary: last.boundary };
      }),
      cardTerminals: cardTerminalsGuest(() => {
        const { last } = instance;
        if (last?.contribution.kind !== 'channel' || last.contribution.cardTerminals === undefined) throw new Error(`${configuration.id} never had a card terminal`);
        return { ...last.contribution.cardTerminals, boundary: last.boundary };
      }),
      bankLink: bankLinkGuest(configuration.id, () => {
        const { last } = instance;
        if (last?.contribution.kind !== 'bankLink') throw new Error(`${configuration.id} never was an active bank link`);
        return { ...last.contribution, boundary: last.boundary };
      }),
    };
    return instance;
  };

  const move = (instance: Instance, to: PluginState, by: PluginTrigger, reason?: string): void => {
    PLUGIN_TRANSITIONS.check(instance.state, to, by);
    instance.state = to;
    instance.reason = reason;
    instance.since = clock.now().toISOString();
    const facts = { instance: instance.configuration.id, plugin: instance.configuration.plugin, state: to, ...(reason === undefined ? {} : { reason }) };
    hostLog[reason === undefined ? 'info' : 'warn']('plugin state', facts);
    changed(view(instance));
  };

  const startGuest = (plugin: PluginPackage) => (isFirstParty(plugin) ? startHere : startApart);

  const begin = async (instance: Instance, given?: PluginPackage): Promise<void> => {
    const { configuration } = instance;
    if (!configuration.enabled) return move(instance, 'disabled', 'check', 'switched off in the configuration');
    const found = given === undefined ? findPackage(readings, configuration.plugin) : { kind: 'found' as const, package: given };
    if (found.kind === 'failed') return move(instance, 'failed', 'check', found.reason);
    instance.version = found.package.manifest.version;
    // Code that is not ours is never loaded here, not even to look at it.
    if (isFirstParty(found.package)) {
      const loaded = await loadPlugin(found.package, configuration.settings, logOf(configuration));
      if (loaded.kind !== 'loaded') {
        instance.settingsSchema = loaded.settingsSchema;
        return move(instance, loaded.kind === 'attention' ? 'attention' : 'failed', 'check', loaded.reason);
      }
    }
    move(instance, 'verified', 'check');
    await attempt(instance, found.package, 'activate');
  };

  const attempt = async (instance: Instance, plugin: PluginPackage, by: 'activate' | 'retry'): Promise<void> => {
    move(instance, 'activating', by);
    const started = await start(instance.configuration, plugin);
    instance.settingsSchema = 'boundary' in started ? started.guest.settingsSchema : started.settingsSchema;
    if ('boundary' in started) {
      instance.running = started;
      instance.last = started;
      instance.failures = 0;
      move(instance, 'active', 'answer');
      watch(instance, started);
      receive(instance.configuration, started);
      return undefined;
    }
    move(instance, started.kind, 'refusal', started.reason);
    if (started.kind === 'waiting') retryLater(instance, plugin);
  };

  const retryLater = (instance: Instance, plugin: PluginPackage): void => {
    const waitMs = Math.min(1000 * 2 ** instance.failures, LONGEST_RETRY_MS);
    instance.failures += 1;
    instance.retry = timers.after(waitMs, () => void instance.inTurn(async () => (instance.state === 'waiting' && !stopped ? attempt(instance, plugin, 'retry') : undefined)));
  };

  /** A process that ends by itself takes nothing with it: no new call is routed to it from this tick on, and it is started again. */
  const watch = (instance: Instance, running: Running): void => {
    running.guest.onEnd((reason) => {
      running.capabilities.stop();
      void running.endReceiving();
      if (instance.running !== running || instance.state !== 'active') return;
      instance.running = undefined;
      const now = clock.now().getTime();
      instance.crashes = [...instance.crashes.filter((at) => now - at < CRASH_WINDOW_MS), now];
      const { length } = instance.crashes;
      const waitMs = length > MOST_CRASHES ? HALF_OPEN_MS : Math.min(1000 * 2 ** (length - 1), LONGEST_RETRY_MS);
      move(instance, 'waiting', 'crash', own('processEnded', reason, String(waitMs / 1000)));
      instance.retry = timers.after(waitMs, () => void instance.inTurn(async () => (instance.state === 'waiting' && !stopped ? attempt(instance, running.package, 'retry') : undefined)));
    });
  };

  const start = async (configuration: InstanceConfiguration, plugin: PluginPackage, trial?: { readonly network: 'none' | 'allowed'; readonly log: Log }): Promise<Running | Refusal> => {
    const log = trial?.log ?? logOf(configuration);
    const store = trial === undefined ? stores.open(configuration.id) : createMemoryStore();
    const capabilities = createGuestCapabilities({ manifest: plugin.manifest, settings: configuration.settings, store, timers, network: trial?.network ?? 'allowed' });
    const guest = await startGuest(plugin)({ package: plugin, settings: configuration.settings, capabilities: capabilities.capabilities, clock, timers, log, startLine });
    if (guest.kind !== 'started') {
      capabilities.stop();
      return guest;
    }
    const contribution = pickContribution(configuration, guest.contributions);
    if ('reason' in contribution) {
      await guest.stop();
      capabilities.stop();
      return contribution;
    }
    const boundary = createBoundary({ plugin: configuration.plugin, instance: configuration.id, limits: plugin.manifest.limits, clock, timers, log: hostLog, metrics });
    return { package: plugin, contribution, boundary, guest, capabilities, endReceiving: () => Promise.resolve() };
  };

  /** Only the one that serves receives: never a trial, and never the old one beside the new. */
  const receive = ({ id }: InstanceConfiguration, running: Running): void => {
    const { contribution } = running;
    if (deliverNotice === undefined || contribution.kind !== 'hospitalAdapter') return;
    running.endReceiving = receiveNotices({ adapter: contribution.adapter, deliver: (notice) => deliverNotice(id, notice), timers, log: hostLog.with({ instance: id }) });
  };

  const drain = async (configuration: InstanceConfiguration, { boundary, guest, capabilities, endReceiving }: Running): Promise<void> => {
    await endReceiving();
    const { givenUp } = await boundary.drain(stopped ? SHUTDOWN_DRAIN_DEADLINE_MS : DRAIN_DEADLINE_MS);
    const problem = await guest.stop();
    capabilities.stop();
    if (givenUp > 0 || problem !== undefined) hostLog.warn('a plugin did not stop cleanly', { instance: configuration.id, givenUp, problem });
  };

  const end = async (instance: Instance): Promise<void> => {
    instance.retry.cancel();
    if (instance.state === 'stopped') return;
    const { running } = instance;
    if (running === undefined) return move(instance, 'stopped', 'stop');
    move(instance, 'stopping', 'stop');
    await drain(instance.configuration, running);
    instance.running = undefined;
    move(instance, 'stopped', 'answer');
  };

  /** What a plugin logs carries its name and goes through the same redaction as everything else. */
  const logOf = ({ id, plugin }: InstanceConfiguration): Log => hostLog.with({ plugin, instance: id });

  const companionOf = <Kind extends 'presettling' | 'agreements' | 'tills' | 'cardTerminals'>(id: string, kind: Kind): Instance[Kind] | undefined => {
    const instance = instances.get(id);
    const contribution = instance?.state === 'active' ? instance.running?.contribution : undefined;
    return contribution?.kind === 'channel' && contribution[kind] !== undefined ? instance?.[kind] : undefined;
  };

  const host: PluginHost = {
    discover() {
      const inFolders = discover(folders);
      const ids = new Set(inFolders.map(idOf));
      readings = [...inFolders, ...installed().filter((reading) => !ids.has(idOf(reading)))];
      return readings.map(packageView);
    },
    async activate(configuration) {
      if (readings.length === 0) host.discover();
      const known = instances.get(configuration.id);
      const instance = known ?? makeInstance(configuration);
      instances.set(configuration.id, instance);
      await instance.inTurn(async () => {
        if (known !== undefined) {
          await end(instance);
          move(instance, 'discovered', 'activate');
        }
        instance.configuration = configuration;
        await begin(instance);
      });
      return view(instance);
    },
    async deactivate(id) {
      const instance = instances.get(id);
      if (instance === undefined) return undefined;
      await instance.inTurn(() => end(instance));
      return view(instance);
    },
    async reload(id, given) {
      host.discover();
      const instance = instances.get(id);
      if (instance === undefined) return { kind: 'kept', reason: `there is no instance ${id}` };
      return instance.inTurn(async (): Promise<ReloadResult> => {
        const old = instance.running;
        if (old === undefined) {
          instance.retry.cancel();
          // One that waits for its next attempt is not stopped first: nothing of it runs.
          move(instance, 'discovered', 'reload');
          instance.configuration = given?.configuration ?? instance.configuration;
          await begin(instance, given?.package);
          return { kind: 'reloaded', instance: view(instance) };
        }
        const found = given === undefined ? findPackage(readings, instance.configuration.plugin) : { kind: 'found' as const, package: given.package };
        const configuration = given?.configuration ?? instance.configuration;
        if (found.kind === 'failed') return { kind: 'kept', reason: found.reason };
        const started = await start(configuration, found.package);
        if (!('boundary' in started)) return { kind: 'kept', reason: told(started.reason) };
        instance.configuration = configuration;
        instance.running = started;
        instance.last = started;
        instance.settingsSchema = started.guest.settingsSchema;
        watch(instance, started);
        // The old one gives its port back first.
        await old.endReceiving();
        receive(configuration, started);
        instance.version = found.package.manifest.version;
        hostLog.info('plugin reloaded', { instance: id, version: instance.version });
        changed(view(instance));
        await drain(instance.configuration, old);
        return { kind: 'reloaded', instance: view(instance) };
      });
    },
    async tryOut(configuration, plugin, network, work) {
      const lines: string[] = [];
      const started = await start(configuration, plugin, { network, log: collectingLog(lines) });
      if (!('boundary' in started)) return started;
      const { contribution, boundary } = started;
      const channel = contribution.kind === 'channel' ? channelGuest(configuration.id, () => ({ ...contribution, boundary })) : undefined;
      const hospital = contribution.kind === 'hospitalAdapter' ? hospitalGuest(() => ({ adapter: contribution.adapter, boundary })) : undefined;
      const bankLink = contribution.kind === 'bankLink' ? bankLinkGuest(configuration.id, () => ({ ...contribution, boundary })) : undefined;
      try {
        return await work({ channel, hospital, bankLink, reports: reportsOf(configuration.id, started, collectingLog(lines)), running: asRunningGuest(started), logged: () => lines });
      } finally {
        await drain(configuration, started);
      }
    },
    async forget(id) {
      const instance = instances.get(id);
      if (instance === undefined) return undefined;
      await instance.inTurn(() => end(instance));
      instances.delete(id);
      return view(instance);
    },
    inspect: () =>
      [...instances.values()].map(({ configuration, state, running, last, settingsSchema }) => {
        const found = findPackage(readings, configuration.plugin);
        const plugin = running?.package ?? (found.kind === 'found' ? found.package : last?.package);
        return { configuration, state, package: plugin, running: running === undefined ? undefined : asRunningGuest(running), settingsSchema };
      }),
    list: () => ({ packages: readings.map(packageView), instances: [...instances.values()].map(view) }),
    channel(id) {
      const instance = instances.get(id);
      return instance?.state === 'active' && instance.running?.contribution.kind === 'channel' ? instance.channel : undefined;
    },
    presettling: (id) => companionOf(id, 'presettling'),
    agreements: (id) => companionOf(id, 'agreements'),
    tills: (id) => companionOf(id, 'tills'),
    cardTerminals: (id) => companionOf(id, 'cardTerminals'),
    hospitalAdapter(id) {
      const instance = instances.get(id);
      return instance?.state === 'active' && instance.running?.contribution.kind === 'hospitalAdapter' ? instance.hospital : undefined;
    },
    bankLink(id) {
      const instance = instances.get(id);
      return instance?.state === 'active' && instance.running?.contribution.kind === 'bankLink' ? instance.bankLink : undefined;
    },
    reports: () => [...instances.values()].flatMap(({ configuration, state, running }) => (state === 'active' && running !== undefined ? reportsOf(configuration.id, running, hostLog) : [])),
    async stop() {
      stopped = true;
      await Promise.all([...instances.values()].map((instance) => instance.inTurn(() => end(instance))));
    },
  };
  return host;
}

/** Undefined: its files are not read in another thread. */
function readerOf({ package: { entryPath, fingerprint }, contribution, guest }: Running, settings: InstanceConfiguration['settings'], of: 'statement' | 'fund'): StatementReaderOf | undefined {
  if (contribution.kind !== 'channel' || !guest.statementReaders[of].includes(contribution.name)) return undefined;
  return { entryPath, fingerprint, channel: contribution.name, settings: withoutSecretValues(settings, guest.settingsSchema) };
}

function reportsOf(instance: string, { contribution, boundary }: Running, log: Log): ReportGuest[] {
  return contribution.kind === 'report' ? Object.entries(contribution.reports).map(([name, report]) => reportGuest(`${instance}.${name}`, report, boundary, log)) : [];
}

function asRunningGuest({ contribution, boundary, guest }: Running): RunningGuest {
  return { guest: guestOf(contribution), boundary, settingsSchema: guest.settingsSchema };
}

function guestOf(contribution: Contribution): Partial<HoldingCredentials> {
  switch (contribution.kind) {
    case 'channel':
      return contribution.channel;
    case 'hospitalAdapter':
      return contribution.adapter;
    case 'bankLink':
      return contribution.link;
    case 'report':
      return {};
  }
}

function idOf(reading: PackageReading): string | undefined {
  return reading.kind === 'fits' ? reading.package.manifest.id : reading.id;
}

function findPackage(readings: readonly PackageReading[], id: string): { readonly kind: 'found'; readonly package: PluginPackage } | { readonly kind: 'failed'; readonly reason: string } {
  for (const reading of readings) if (reading.kind === 'fits' && reading.package.manifest.id === id) return { kind: 'found', package: reading.package };
  for (const reading of readings) if (reading.kind === 'refused' && reading.id === id) return { kind: 'failed', reason: reading.reason };
  return { kind: 'failed', reason: own('noSuchPlugin', id) };
}

function packageView(reading: PackageReading): PackageView {
  if (reading.kind === 'refused') return { folder: packagePlace(reading.folder), id: reading.id, version: undefined, title: undefined, refused: reading.reason };
  const { folder, manifest } = reading.package;
  return { folder: packagePlace(folder), id: manifest.id, version: manifest.version, title: manifest.title, refused: undefined };
}

function folderOf(reading: PackageReading): string {
  return reading.kind === 'fits' ? reading.package.folder : reading.folder;
}

function viewOf({ configuration, state, reason, since, running, version }: Instance, told: (text: string) => string): InstanceView {
  return { id: configuration.id, plugin: configuration.plugin, version, kind: running?.contribution.kind, state, reason: reason === undefined ? undefined : told(reason), since, inFlight: running?.boundary.inFlight() ?? 0 };
}
