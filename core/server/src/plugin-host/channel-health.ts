/**
 * Takes a channel that fails out of the routing for new payments, and lets it back by itself. Payments already sent are asked about as ever: health never
 * touches them.
 */
import type { Log } from '../domain/log.js';
import type { Clock, RandomSource, Timers } from '../domain/time.js';
import { askFarSide, type ConnectionTest } from './packages/connection-test.js';
import type { PluginHost } from './plugin-host.js';
import type { GuestCallFacts } from './ports.js';

export type ChannelHealth = {
  /** Told of every call's outcome. */
  observe(facts: GuestCallFacts & { readonly outcome: string }): void;
  /** Whether new payments may be routed to it. */
  isHealthy(instance: string): boolean;
  list(): readonly { readonly instance: string; readonly isHealthy: boolean; readonly failures: number; readonly since: string }[];
  stop(): void;
};

export type ChannelHealthOptions = {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Asks the channel something harmless; true when it answered in its own words, whatever they were. */
  readonly probe: (instance: string) => Promise<boolean>;
};

/** Calls without a usable answer in a row, and at least this many of them, before the channel is taken out. */
const FAILURES_TO_LEAVE = 5;
const PROBE_GAP_MS = 10_000;
const LONGEST_PROBE_GAP_MS = 60_000;

type State = { failures: number; isHealthy: boolean; since: string; probes: number; timer: { cancel(): void } };

/** Operations whose silence says something about the channel. Reading a notification is our own work. */
const TELLING = new Set(['charge', 'query', 'close', 'refund', 'queryRefund']);

export function createChannelHealth({ clock, timers, log, probe }: ChannelHealthOptions): ChannelHealth {
  const states = new Map<string, State>();
  let stopped = false;

  const stateOf = (instance: string): State => {
    const known = states.get(instance) ?? { failures: 0, isHealthy: true, since: clock.now().toISOString(), probes: 0, timer: { cancel() {} } };
    states.set(instance, known);
    return known;
  };

  const turn = (instance: string, state: State, isHealthy: boolean): void => {
    state.isHealthy = isHealthy;
    state.since = clock.now().toISOString();
    state.probes = 0;
    state.timer.cancel();
    if (isHealthy) log.info('a channel answers again and is routed to', { instance });
    else log.warn('a channel does not answer and is taken out of the routing', { instance, failures: state.failures });
    if (!isHealthy) probeLater(instance, state);
  };

  const probeLater = (instance: string, state: State): void => {
    if (stopped) return;
    // The first at once: calls may be unknown for reasons of their own (a terminal without paper), and then nothing is wrong with the channel.
    state.timer = timers.after(state.probes === 0 ? 0 : Math.min(PROBE_GAP_MS * 2 ** (state.probes - 1), LONGEST_PROBE_GAP_MS), () => {
      state.probes += 1;
      probe(instance).then(
        (answered) => {
          if (state.isHealthy) return;
          if (answered) recover(instance, state);
          else probeLater(instance, state);
        },
        () => { if (!state.isHealthy) probeLater(instance, state); },
      );
    });
  };

  const recover = (instance: string, state: State): void => {
    state.failures = 0;
    if (!state.isHealthy) turn(instance, state, true);
  };

  return {
    observe({ instance, operation, outcome }) {
      if (!TELLING.has(operation)) return;
      const state = stateOf(instance);
      if (outcome !== 'unknown' && outcome !== 'notSent') {
        recover(instance, state);
        return;
      }
      state.failures += 1;
      if (state.isHealthy && state.failures >= FAILURES_TO_LEAVE) turn(instance, state, false);
    },
    isHealthy: (instance) => states.get(instance)?.isHealthy ?? true,
    list: () => [...states].map(([instance, { isHealthy, failures, since }]) => ({ instance, isHealthy, failures, since })),
    stop() {
      stopped = true;
      for (const { timer } of states.values()) timer.cancel();
    },
  };
}

/** The same question, with what was found: for a person who wants to know. */
export async function testChannel(host: Pick<PluginHost, 'channel' | 'list'>, instance: string, ports: { readonly clock: Clock; readonly random: RandomSource }): Promise<ConnectionTest> {
  const channel = host.channel(instance);
  if (channel !== undefined) return askFarSide(channel, ports);
  const known = host.list().instances.find(({ id }) => id === instance);
  return { result: 'silent', found: known?.reason ?? known?.state ?? 'it does not run' };
}

/** One harmless question. A channel that is not active, or that nobody can ask anything, does not answer. */
export async function probeChannel(host: Pick<PluginHost, 'channel'>, instance: string, ports: { readonly clock: Clock; readonly random: RandomSource }): Promise<boolean> {
  const channel = host.channel(instance);
  return channel !== undefined && (await askFarSide(channel, ports)).result === 'answered';
}
