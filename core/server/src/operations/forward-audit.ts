import type { Log } from '../domain/log.js';
import type { Clock, Timers } from '../domain/time.js';
import { hashedText } from './audit-log.js';
import type { AuditCollector, AuditStore, CollectorCursor, CollectorCursors, CollectorView } from './ports.js';

export type AuditForwarding = {
  start(): void;
  views(): readonly CollectorView[];
  stop(): Promise<void>;
};
export type AuditForwardingPorts = { readonly store: AuditStore; readonly collectors: readonly AuditCollector[]; readonly cursors: CollectorCursors; readonly clock: Clock; readonly timers: Timers; readonly log: Log };

/** At most, with a rest behind each: a collector that was away for a month is caught up with at no more than this many rows a second, and payments do not notice. Half of it after each that was not taken, twice as much after each that was: what is too much for a slow line, or for one connection, would be sent again for ever. */
const BATCH = 100;
const REST_MS = 1_000;
/** Nothing tells us of a new row: what writes the log must not wait for, or know of, who else keeps it. */
const LOOK_EVERY_MS = 2_000;
/** After a collector that did not take rows: longer each time, never the end. */
const AGAIN_MS = [2_000, 5_000, 15_000, 30_000, 60_000] as const;

/**
 * Sends every row of the audit log to each collector, from the first row on, in their order and at least once: the cursor moves behind what was taken. A collector that is away holds up no other, no payment and no act; rows stay where they are kept anyway.
 */
export function createAuditForwarding({ collectors, ...ports }: AuditForwardingPorts): AuditForwarding {
  const lines = collectors.map((collector) => forwardTo(collector, ports));
  return {
    start() {
      for (const line of lines) line.start();
    },
    views: () => lines.map((line) => line.view()),
    async stop() {
      await Promise.all(lines.map((line) => line.stop()));
    },
  };
}

function forwardTo(collector: AuditCollector, { store, cursors, clock, timers, log }: Omit<AuditForwardingPorts, 'collectors'>) {
  let cursor: CollectorCursor | undefined;
  /** Of the log's end, and of the oldest row that was not taken, as last looked at. */
  let newestSeq = 0;
  let oldestAt: Date | undefined;
  let problem: string | undefined;
  let failures = 0;
  let piece = BATCH;
  let isStopped = false;
  let wake: (() => void) | undefined;
  let running: Promise<void> | undefined;
  const goesOn = (): boolean => !isStopped;

  const rest = (ms: number): Promise<void> => new Promise((resolve) => {
    const timer = timers.after(ms, end);
    function end(): void {
      timer.cancel();
      wake = undefined;
      resolve();
    }
    wake = end;
    if (isStopped) end();
  });
  /** How long to rest before the next look. */
  const forwardSome = async (from: CollectorCursor): Promise<number> => {
    newestSeq = (await store.last())?.seq ?? 0;
    const rows = await store.read({ afterSeq: from.seq, limit: piece });
    const [oldest, last] = [rows[0], rows.at(-1)];
    oldestAt = oldest === undefined ? undefined : new Date(oldest.at);
    if (last === undefined) return LOOK_EVERY_MS;
    const sent = await collector.send(rows.map((row) => ({ ...row, hashed: hashedText(row) })));
    if (!sent.ok) {
      problem = sent.problem;
      if (failures === 0) log.warn('a collector does not take audit events; they wait', { collector: collector.id, problem });
      failures += 1;
      piece = Math.max(1, Math.floor(piece / 2));
      return AGAIN_MS[Math.min(failures, AGAIN_MS.length) - 1] ?? REST_MS;
    }
    const takenAt = clock.now();
    await cursors.move(collector.id, last.seq, takenAt);
    cursor = { ...from, seq: last.seq, takenAt };
    if (failures > 0) log.info('a collector takes audit events again', { collector: collector.id });
    [failures, problem, oldestAt] = [0, undefined, undefined];
    const isMore = rows.length === piece;
    piece = Math.min(BATCH, piece * 2);
    return isMore ? REST_MS : LOOK_EVERY_MS;
  };
  const run = async (): Promise<void> => {
    while (goesOn()) {
      let restMs: number = LOOK_EVERY_MS;
      try {
        restMs = await forwardSome((cursor ??= await cursors.open(collector.id, clock.now())));
      } catch (error) {
        // The database, or a collector's files: whatever it is, the rows are still there.
        problem = 'the audit log cannot be forwarded';
        log.error('a round of forwarding the audit log broke off', { collector: collector.id, error });
        restMs = AGAIN_MS.at(-1) ?? LOOK_EVERY_MS;
      }
      await rest(restMs);
    }
  };
  return {
    start() {
      running ??= run();
    },
    view(): CollectorView {
      const behind = cursor === undefined ? 0 : Math.max(0, newestSeq - cursor.seq);
      const waitsSince = cursor === undefined || oldestAt === undefined ? undefined : Math.max(oldestAt.getTime(), (cursor.takenAt ?? cursor.since).getTime());
      return { id: collector.id, target: collector.target, behind, takenSeq: cursor?.seq ?? 0, takenAt: cursor?.takenAt, waitingSeconds: waitsSince === undefined ? 0 : Math.max(0, (clock.now().getTime() - waitsSince) / 1000), problem };
    },
    async stop() {
      isStopped = true;
      wake?.();
      await running;
    },
  };
}
