import { cpus, freemem } from 'node:os';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { MeasureId, Reading } from '../../domain/alarm-measures.js';

export type HostReadings = { readonly measures: readonly MeasureId[]; read(): readonly Reading[]; stop(): void };

/** What the readings are taken from; the machine itself in the running platform. */
export type HostProbe = {
  /** Processor time so far, in any unit. */
  readonly processors: () => { readonly busy: number; readonly all: number };
  readonly availableBytes: () => number;
  readonly processBytes: () => number;
  /** The 99th percentile since the last call, in milliseconds. */
  readonly eventLoopMs: () => number;
  readonly wallMs: () => number;
  /** Never set back by anybody. */
  readonly monotonicMs: () => number;
  readonly stop: () => void;
};

const MEGABYTE = 1024 * 1024;
/** A jump stays visible this long, so that somebody sees it. */
const JUMP_SHOWN_MS = 10 * 60_000;
/** How often the delay of the event loop is sampled. */
const RESOLUTION_MS = 20;

/** CPU, memory, event loop and clock. A jump is the wall clock leaving the monotonic one between two readings; slow adjustment by a time service is not. */
export function createHostReadings(probe: HostProbe = machineProbe()): HostReadings {
  let processors = probe.processors();
  let clocks = { wall: probe.wallMs(), monotonic: probe.monotonicMs() };
  let jumps: { readonly at: number; readonly ms: number }[] = [];

  return {
    measures: ['cpuPercent', 'memoryAvailable', 'processMemory', 'eventLoopDelay', 'clockJump'],
    read() {
      const [used, now] = [probe.processors(), { wall: probe.wallMs(), monotonic: probe.monotonicMs() }];
      const span = used.all - processors.all;
      const cpu = span > 0 ? ((used.busy - processors.busy) / span) * 100 : 0;
      const jump = Math.abs(now.wall - clocks.wall - (now.monotonic - clocks.monotonic));
      jumps = [...jumps.filter(({ at }) => now.monotonic - at < JUMP_SHOWN_MS), { at: now.monotonic, ms: jump }];
      [processors, clocks] = [used, now];
      return [
        { measure: 'cpuPercent', subject: '', value: cpu },
        { measure: 'memoryAvailable', subject: '', value: probe.availableBytes() / MEGABYTE },
        { measure: 'processMemory', subject: '', value: probe.processBytes() / MEGABYTE },
        { measure: 'eventLoopDelay', subject: '', value: probe.eventLoopMs() },
        { measure: 'clockJump', subject: '', value: Math.max(...jumps.map(({ ms }) => ms)) },
      ];
    },
    stop: () => { probe.stop(); },
  };
}

function machineProbe(): HostProbe {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  return {
    processors() {
      const times = cpus().map(({ times: { user, nice, sys, irq, idle } }) => ({ busy: user + nice + sys + irq, idle }));
      const busy = times.reduce((sum, one) => sum + one.busy, 0);
      return { busy, all: busy + times.reduce((sum, one) => sum + one.idle, 0) };
    },
    // On Linux what could be had without swapping, caches included.
    availableBytes: freemem,
    processBytes: () => process.memoryUsage.rss(),
    eventLoopMs() {
      const late = Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS);
      delay.reset();
      return Number.isFinite(late) ? late : 0;
    },
    wallMs: Date.now,
    monotonicMs: () => performance.now(),
    stop: () => { delay.disable(); },
  };
}
