import { oneAfterAnotherPerSubject } from '@hospay/plugin-sdk';
import type { Log } from '../domain/log.js';
import type { Clock, Timers } from '../domain/time.js';
import { lineOf } from './message-view.js';
import type { AlarmChannel, AlarmMessage, AlarmStore, Delivery, Mute, Sent } from './ports.js';

export type AlarmDelivery = {
  start(): void;
  /** Something was raised or cleared: told soon, so that what is raised at once is one message. */
  nudge(): void;
  /** Everything that is due, now. */
  deliverNow(): Promise<void>;
  /** Undefined: there is no such channel. */
  test(channel: string): Promise<Sent | undefined>;
  /** How long the oldest news of each channel waits that is not muted, in seconds. */
  waitingSeconds(): readonly { readonly channel: string; readonly seconds: number }[];
  stop(): Promise<void>;
};

export type AlarmDeliveryOptions = {
  readonly store: AlarmStore;
  readonly channels: readonly AlarmChannel[];
  readonly hospitalName: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
};

/** Alarms of one cause come within seconds of one another. */
const GATHER_MS = 5_000;
/** Mutes that ended and retries that are due are looked for this often. */
const LOOK_MS = 15_000;
/** Waits between attempts; the last repeats. */
const RETRY_SECONDS = [15, 30, 60, 300, 900, 1_800] as const;
/** News of three days ago helps nobody; the console still has it. */
const GIVE_UP_MS = 3 * 86_400_000;
/** A message is read on a phone; the console has the rest. */
const MOST_LINES = 20;

/** Tells channels what was raised and cleared: at least once, in order of severity, many at once as one digest. One channel that is silent holds up no other. */
export function createAlarmDelivery({ store, channels, hospitalName, clock, timers, log }: AlarmDeliveryOptions): AlarmDelivery {
  const inTurn = oneAfterAnotherPerSubject();
  const oldest = new Map<string, Date>();
  let beat = { cancel() {} };
  let soon: { cancel(): void } | undefined;
  let stopped = false;

  const messageOf = (channel: string, rows: readonly Delivery[]): AlarmMessage => {
    const lines = rows.toSorted((one, other) => (one.what === other.what ? one.alarm.severity - other.alarm.severity || one.id - other.id : one.what === 'raised' ? -1 : 1)).map(({ alarm, what }) => lineOf(alarm, what));
    // Of the same rows the same id: a receiver that keeps ids sees a repetition.
    const id = `${channel}-${String(rows[0]?.id ?? 0)}-${String(rows.at(-1)?.id ?? 0)}-${String(rows.length)}`;
    return { id, hospital: hospitalName, at: clock.now().toISOString(), isTest: false, lines: lines.slice(0, MOST_LINES), more: Math.max(0, lines.length - MOST_LINES) };
  };

  const deliver = async (channel: AlarmChannel, mutes: readonly Mute[]): Promise<void> => {
    const now = clock.now();
    const rows = (await store.waiting(channel.id)).filter(({ alarm }) => !mutes.some((mute) => isMuted(mute, alarm.rule, now)));
    const late = rows.filter(({ since }) => now.getTime() - since.getTime() > GIVE_UP_MS);
    if (late.length > 0) {
      log.error('alarms could not be delivered and are given up', { channel: channel.id, count: late.length });
      await store.drop(late.map(({ id }) => id), { at: now, problem: 'nobody took it for three days' });
    }
    const waiting = rows.filter((row) => !late.includes(row));
    remember(channel.id, waiting);
    const due = waiting.filter(({ dueAt }) => dueAt <= now);
    if (due.length === 0) return;
    const sent = await sendSafely(channel, messageOf(channel.id, due));
    const ids = due.map(({ id }) => id);
    if (sent.ok) {
      await store.delivered(ids, clock.now());
      remember(channel.id, waiting.filter((row) => !due.includes(row)));
      return;
    }
    const attempts = Math.max(...due.map((row) => row.attempts));
    const seconds = RETRY_SECONDS[Math.min(attempts, RETRY_SECONDS.length - 1)] ?? 60;
    log.warn('alarms could not be delivered', { channel: channel.id, count: ids.length, problem: sent.problem, againInSeconds: seconds });
    await store.postpone(ids, { dueAt: new Date(clock.now().getTime() + seconds * 1000), problem: sent.problem.slice(0, 300) });
  };
  const remember = (channel: string, waiting: readonly Delivery[]): void => {
    const first = waiting.map(({ since }) => since.getTime());
    if (first.length === 0) oldest.delete(channel);
    else oldest.set(channel, new Date(Math.min(...first)));
  };
  const deliverNow = async (): Promise<void> => {
    const mutes = await store.mutes(clock.now());
    await Promise.all(channels.map((channel) => inTurn(channel.id, () => deliver(channel, mutes)).catch((error: unknown) => { log.error('a round of deliveries broke off', { channel: channel.id, error }); })));
  };
  const tryAll = (): Promise<void> => deliverNow().catch((error: unknown) => { log.error('alarms could not be delivered', { error }); });
  const lookLater = (): void => {
    if (!stopped) beat = timers.after(LOOK_MS, () => { void tryAll().finally(lookLater); });
  };
  const nudge = (): void => {
    if (stopped || soon !== undefined) return;
    soon = timers.after(GATHER_MS, () => {
      soon = undefined;
      void tryAll();
    });
  };

  return {
    start() {
      nudge();
      lookLater();
    },
    nudge,
    deliverNow,
    async test(id) {
      const channel = channels.find((one) => one.id === id);
      if (channel === undefined) return undefined;
      const at = clock.now();
      return sendSafely(channel, { id: `${id}-test-${String(at.getTime())}`, hospital: hospitalName, at: at.toISOString(), isTest: true, lines: [], more: 0 });
    },
    waitingSeconds: () => channels.map(({ id }) => ({ channel: id, seconds: Math.max(0, clock.now().getTime() - (oldest.get(id)?.getTime() ?? clock.now().getTime())) / 1000 })),
    async stop() {
      stopped = true;
      beat.cancel();
      soon?.cancel();
      await Promise.all(channels.map(({ id }) => inTurn(id, () => Promise.resolve())));
    },
  };
}

/** An empty rule mutes everything. */
export function isMuted({ rule, since, until }: Mute, of: string, now: Date): boolean {
  return (rule === '' || rule === of) && since <= now && now < until;
}

async function sendSafely(channel: AlarmChannel, message: AlarmMessage): Promise<Sent> {
  try {
    return await channel.send(message);
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.name : 'failed' };
  }
}
