import type { Log } from '../domain/log.js';
import type { Clock, Timers } from '../domain/time.js';
import { viewOrder } from '../payments/order-view.js';
import { SINK_EVENTS, type EventSink, type EventSource, type KeptEvent, type Publisher, type SinkCursors, type SinkMessage } from './ports.js';

/** Read at once; its cursor is written behind them, so that many may come again after a power cut. */
const BATCH = 100;
/** However quiet it looks: an announcement may be missed, a row never. */
const LOOK_EVERY_MS = 5_000;
/** After a broker that did not take a message: longer each time, never the end. */
const AGAIN_MS = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000] as const;

export type EventSinkPorts = { readonly name: string; readonly kind: string; readonly source: EventSource; readonly cursors: SinkCursors; readonly publisher: Publisher; readonly clock: Clock; readonly timers: Timers; readonly log: Log };

/**
 * Publishes kept events behind a cursor of its own, one after the other, each acknowledged before the next: at least once, and of one order in the order in which they happened. A broker that is down holds
 * nobody up: events stay where they are kept anyway, and the sink goes on from its cursor. A sink that is new begins with what happens from now on.
 */
export function createEventSink({ name, kind, source, cursors, publisher, clock, timers, log }: EventSinkPorts): EventSink {
  let standsAt = cursors.find(name)?.eventId;
  let publishedAt = cursors.find(name)?.publishedAt;
  let lastProblem: string | undefined;
  let failures = 0;
  let isStopped = false;
  let wake: (() => void) | undefined;
  let isNudged = false;
  let running: Promise<void> | undefined;
  const goesOn = (): boolean => !isStopped;

  const rest = (ms: number, endsEarly: 'endsEarly' | 'whole'): Promise<void> => new Promise((resolve) => {
    const timer = timers.after(ms, end);
    function end(): void {
      timer.cancel();
      wake = undefined;
      resolve();
    }
    wake = () => { if (endsEarly === 'endsEarly' || isStopped) end(); };
    if (isStopped || (endsEarly === 'endsEarly' && isNudged)) end();
  });
  const save = async (eventId: number): Promise<void> => {
    await cursors.move(name, eventId, publishedAt === undefined ? undefined : new Date(publishedAt));
  };
  /** False: there is nothing more for now. */
  const publishSome = async (): Promise<boolean> => {
    if (standsAt === undefined) {
      await save(source.newest());
      standsAt = cursors.find(name)?.eventId ?? 0;
    }
    isNudged = false;
    const events = source.read({ after: standsAt, limit: BATCH });
    const before = standsAt;
    try {
      for (const event of events) {
        if (isStopped) break;
        const message = messageOf(source, event);
        if (message !== undefined) {
          await publisher.publish(message);
          publishedAt = clock.now().toISOString();
          if (failures > 0) log.info('a sink takes events again', { sink: name });
          failures = 0;
          lastProblem = undefined;
        }
        standsAt = event.id;
      }
    } finally {
      if (standsAt !== before) await save(standsAt);
    }
    return events.length === BATCH;
  };
  const run = async (): Promise<void> => {
    while (goesOn()) {
      try {
        if (!(await publishSome())) await rest(LOOK_EVERY_MS, 'endsEarly');
      } catch (error) {
        lastProblem = error instanceof Error ? error.message : String(error);
        if (failures === 0) log.warn('a sink does not take events; they wait', { sink: name, error });
        failures += 1;
        await rest(AGAIN_MS[Math.min(failures, AGAIN_MS.length) - 1] ?? LOOK_EVERY_MS, 'whole');
      }
    }
  };
  return {
    start() {
      running ??= run();
    },
    nudge() {
      isNudged = true;
      wake?.();
    },
    view() {
      const behind = standsAt === undefined ? 0 : Math.max(0, source.newest() - standsAt);
      return { name, kind, isConnected: publisher.isConnected(), behind, oldestAt: standsAt === undefined || behind === 0 ? undefined : source.read({ after: standsAt, limit: 1 })[0]?.at, publishedAt, lastProblem };
    },
    async stop() {
      isStopped = true;
      wake?.();
      await publisher.stop();
      await running;
    },
  };
}

function messageOf(source: EventSource, { id, tradeNo, axis, subject, to, version, at }: KeptEvent): SinkMessage | undefined {
  const event = SINK_EVENTS[`${axis}/${to}`];
  const found = event === undefined || tradeNo === '' ? undefined : source.findOrder(tradeNo);
  return event === undefined || found === undefined ? undefined : { eventId: `${tradeNo}.${String(id)}`, event, seq: id, tradeNo, subject, version, at, order: viewOrder(found) };
}
