/** Starts a plugin's code, in this process or in one of its own. What comes back looks the same; nothing behind the boundary depends on which it was. */
import type { Contributions, PluginDefinition } from '@hospay/plugin-sdk';
import type { Log } from '../domain/log.js';
import { own } from '../domain/own-words.js';
import type { Clock, Timers } from '../domain/time.js';
import { activatePlugin, checkSettings, loadPlugin, stopContributions, type Refusal } from './activate-plugin.js';
import { checkContributions, isContributions } from './check-contributions.js';
import type { GuestCapabilities } from './guest-capabilities.js';
import { forkedGuestLine, type StartGuestLine } from './isolated/guest-line.js';
import { startIsolatedGuest } from './isolated/isolated-guest.js';
import type { PluginPackage } from './read-package.js';

/** Names of channels, by what of theirs is read. */
export type StatementReaderNames = { readonly statement: readonly string[]; readonly fund: readonly string[] };

export type StartedGuest = {
  readonly kind: 'started';
  readonly contributions: Contributions;
  /** JSON Schema of its settings: which of them are secrets, and what they are called. */
  readonly settingsSchema: unknown;
  /** Names of the channels whose statement files its code reads in another thread. None for code in a process of its own. */
  readonly statementReaders: StatementReaderNames;
  /** Gives what went wrong. Bounded in time. */
  stop(): Promise<string | undefined>;
  /** Told once when its process ends by itself. Never for code in this process. */
  onEnd(listener: (reason: string) => void): void;
};

export type StartGuestRequest = {
  readonly package: PluginPackage;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly capabilities: GuestCapabilities;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Who starts the process of a plugin that is not the product's own; by itself as a child of this one. */
  readonly startLine?: StartGuestLine | undefined;
};

/** The product's own plugins: loaded into this process, with their settings as they are. */
export async function startHere({ package: plugin, settings, capabilities, clock, timers, log }: StartGuestRequest): Promise<StartedGuest | Refusal> {
  const loaded = await loadPlugin(plugin, settings, log);
  if (loaded.kind !== 'loaded') return loaded;
  const activated = await activatePlugin(plugin, loaded.definition, settings, { clock, timers, log, capabilities });
  if (activated.kind !== 'activated') return { ...activated, settingsSchema: loaded.definition.settings };
  const { contributions } = activated;
  const { statementReaders: readers, problem } = readersOf(loaded.definition, contributions);
  if (problem !== undefined) {
    await stopContributions(contributions, timers);
    return { kind: 'failed', reason: problem, settingsSchema: loaded.definition.settings };
  }
  return { kind: 'started', contributions, settingsSchema: loaded.definition.settings, statementReaders: readers, stop: () => stopContributions(contributions, timers), onEnd: () => {} };
}

function readersOf({ statementReaders = {}, fundStatementReaders = {} }: PluginDefinition, { channels = {} }: Contributions): { readonly statementReaders: StatementReaderNames; readonly problem: string | undefined } {
  const namesOf = (readers: object): string[] => Object.entries(readers).flatMap(([name, reader]) => (typeof reader === 'function' ? [name] : []));
  const [statement, fund] = [namesOf(statementReaders), namesOf(fundStatementReaders)];
  const unread = Object.entries(channels).flatMap(([name, { fetchStatement, fetchFundStatement }]) => [
    ...(fetchStatement !== undefined && !statement.includes(name) ? [`channel ${name} has fetchStatement, and the definition no reader for it under statementReaders`] : []),
    ...(fetchFundStatement !== undefined && !fund.includes(name) ? [`channel ${name} has fetchFundStatement, and the definition no reader for it under fundStatementReaders`] : []),
  ]);
  return { statementReaders: { statement, fund }, problem: unread[0] };
}

/** Everybody else's: a process of its own, secrets by name only. */
export async function startApart({ package: plugin, settings, capabilities, clock, timers, log, startLine = forkedGuestLine }: StartGuestRequest): Promise<StartedGuest | Refusal> {
  const { manifest } = plugin;
  let guest: Awaited<ReturnType<typeof startIsolatedGuest>>;
  try {
    guest = await startIsolatedGuest({ package: plugin, limits: manifest.limits, capabilities, clock, timers, log, startLine });
  } catch (error) {
    return { kind: 'failed', reason: own('codeNotLoaded', reasonOf(error)) };
  }
  const refuse = async (refusal: Refusal): Promise<Refusal> => {
    await guest.stop();
    return { ...refusal, settingsSchema: guest.settings };
  };
  const unfit = checkSettings(guest.settings, settings);
  if (unfit !== undefined) return refuse(unfit);
  const secrets = manifest.needs.secrets ?? [];
  const leaking = secretsOf(guest.settings).find((path) => !secrets.includes(path));
  if (leaking !== undefined) return refuse({ kind: 'failed', reason: own('secretSetting', leaking) });
  try {
    const { other, ...given } = await guest.activate(masked(settings, secrets));
    if (other.length > 0) return await refuse({ kind: 'failed', reason: own('isolatedCannot', other.join(', ')) });
    const contributions: unknown = Object.fromEntries(Object.entries(given).filter(([, members]) => Object.keys(members).length > 0));
    if (!isContributions(manifest, contributions)) return await refuse({ kind: 'failed', reason: checkContributions(manifest, contributions).join('; ') });
    return { kind: 'started', contributions, settingsSchema: guest.settings, statementReaders: { statement: [], fund: [] }, stop: async () => { await guest.stop(); return undefined; }, onEnd: (listener) => { guest.onEnd(listener); } };
  } catch (error) {
    return refuse({ kind: 'waiting', reason: own('activateFailed', reasonOf(error)) });
  }
}

function masked(settings: Readonly<Record<string, unknown>>, secrets: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, secrets.includes(key) ? key : value]));
}

/** Dotted paths of everything a settings schema marks as secret. */
function secretsOf(schema: unknown, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const itself = 'x-secret' in schema && schema['x-secret'] === true ? [path] : [];
  return [
    ...itself,
    ...Object.entries(schema).flatMap(([key, value]) => {
      if (key === 'properties' && typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([name, member]) => secretsOf(member, path === '' ? name : `${path}.${name}`));
      return typeof value === 'object' ? secretsOf(value, path) : [];
    }),
  ];
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'it threw';
}
