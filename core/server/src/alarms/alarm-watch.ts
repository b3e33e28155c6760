import { oneAfterAnother } from '@hospay/plugin-sdk';
import type { MeasureId, Reading } from '../domain/alarm-measures.js';
import type { AlarmRule } from '../domain/alarm-rules.js';
import { CLEAR, judgeSample, RAISED, type AlarmPhase } from '../domain/alarm-state.js';
import type { Log } from '../domain/log.js';
import type { Clock, Timers } from '../domain/time.js';
import type { Alarm, AlarmChannel, AlarmStore, ClearCause, MeasureSource } from './ports.js';
import { createReadingMemory, HOUR_MS, type ReadingMemory } from './reading-memory.js';

export type AlarmWatch = {
  /** Knows again what was raised before the restart, then samples. */
  start(): Promise<void>;
  /** One round of samples. Rounds never overlap. */
  sampleNow(): Promise<void>;
  /** Open alarms, as the last write left them. */
  openAlarms(): readonly Alarm[];
  /** An alarm was changed by a person: read again. */
  readAgain(): Promise<void>;
  readonly readings: Pick<ReadingMemory, 'latest' | 'trend'>;
  stop(): Promise<void>;
};

export type AlarmWatchOptions = {
  readonly rules: readonly AlarmRule[];
  readonly sources: readonly MeasureSource[];
  readonly store: AlarmStore;
  readonly channels: readonly Pick<AlarmChannel, 'id' | 'leastSeverity'>[];
  readonly sampleMs: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Something was written that wants delivering. */
  readonly changed: () => void;
};

/** A source that does not answer is given up for this round; the next is asked as ever. */
const SOURCE_DEADLINE_MS = 5_000;

/** Evaluates the rules every few seconds. Memory holds where each rule stands, the database what is raised: a phase moves only once its turn is written. */
export function createAlarmWatch({ rules, sources, store, channels, sampleMs, clock, timers, log, changed }: AlarmWatchOptions): AlarmWatch {
  const memory = createReadingMemory();
  const phases = new Map<string, AlarmPhase>();
  const askedAt = new Map<MeasureSource, number>();
  const missing = new Set<MeasureSource>();
  const inTurn = oneAfterAnother();
  const rulesOf = Map.groupBy(rules, ({ measure }) => measure);
  let open: readonly Alarm[] = [];
  let beat = { cancel() {} };
  let stopped = false;

  const keyOf = (rule: string, subject: string): string => `${rule} ${subject}`;
  const openOf = (rule: string, subject: string): Alarm | undefined => open.find((alarm) => alarm.rule === rule && alarm.subject === subject);

  const raise = async (rule: AlarmRule, { subject, value }: Reading): Promise<void> => {
    const told = channels.filter(({ leastSeverity }) => rule.severity <= leastSeverity).map(({ id }) => id);
    const alarm = await store.raise({ rule: rule.id, subject, severity: rule.severity, value, at: clock.now(), channels: told });
    open = await store.openAlarms();
    if (alarm === undefined) return;
    log[rule.severity === 3 ? 'warn' : 'error']('an alarm is raised', { rule: rule.id, subject, value, alarm: alarm.id });
    changed();
  };
  const clear = async (alarm: Alarm, cause: ClearCause, value: number | undefined): Promise<void> => {
    await store.clear(alarm.id, { at: clock.now(), cause, value });
    open = await store.openAlarms();
    log.info('an alarm is cleared', { rule: alarm.rule, subject: alarm.subject, alarm: alarm.id, cause, value });
    changed();
  };

  /** Judges one subject. What could not be written is judged again with the next sample, from where it stood. */
  const judge = async (rule: AlarmRule, subject: string, value: number | undefined, longestGapMs: number): Promise<void> => {
    const key = keyOf(rule.id, subject);
    const { phase, turned } = judgeSample(phases.get(key) ?? CLEAR, rule, { value, at: clock.now().getTime(), longestGapMs });
    if (turned === 'raised' && value !== undefined) await raise(rule, { measure: rule.measure, subject, value });
    const alarm = turned === 'cleared' ? openOf(rule.id, subject) : undefined;
    if (alarm !== undefined) await clear(alarm, 'well', value);
    if (phase.kind === 'clear') phases.delete(key);
    else phases.set(key, phase);
  };

  const judgeMeasure = async (measure: MeasureId, readings: readonly Reading[] | undefined, longestGapMs: number): Promise<void> => {
    for (const rule of rulesOf.get(measure) ?? []) {
      const known = [...phases.keys()].filter((key) => key.startsWith(`${rule.id} `)).map((key) => key.slice(rule.id.length + 1));
      if (readings === undefined) {
        for (const subject of known) await judge(rule, subject, undefined, longestGapMs);
        continue;
      }
      for (const { subject, value } of readings) await judge(rule, subject, value, longestGapMs);
      for (const subject of known.filter((one) => !readings.some((reading) => reading.subject === one))) {
        const alarm = openOf(rule.id, subject);
        if (alarm !== undefined) await clear(alarm, 'subjectGone', undefined);
        phases.delete(keyOf(rule.id, subject));
        memory.forget(measure, subject);
      }
    }
  };

  const ask = async (source: MeasureSource): Promise<readonly Reading[] | undefined> => {
    const late = Promise.withResolvers<never>();
    const deadline = timers.after(SOURCE_DEADLINE_MS, () => { late.reject(new Error(`no answer within ${String(SOURCE_DEADLINE_MS)} ms`)); });
    try {
      const readings = await Promise.race([(async () => source.read())(), late.promise]);
      if (readings.some(({ value }) => !Number.isFinite(value))) throw new Error('a value is not a number');
      if (missing.delete(source)) log.info('measures can be read again', { measures: source.measures });
      return readings;
    } catch (error) {
      if (!missing.has(source)) log.warn('measures cannot be read: their alarms stay as they are', { measures: source.measures, error });
      missing.add(source);
      return undefined;
    } finally {
      deadline.cancel();
    }
  };

  const sample = async (): Promise<void> => {
    const now = clock.now();
    // A clock that was set back must not silence a source.
    const due = sources.filter((source) => Math.abs(now.getTime() - (askedAt.get(source) ?? Number.NEGATIVE_INFINITY)) >= source.everyMs);
    const answers = await Promise.all(due.map(async (source) => ({ source, readings: await ask(source) })));
    for (const { source, readings } of answers) {
      askedAt.set(source, now.getTime());
      if (readings !== undefined) memory.keep(readings, now);
      const longestGapMs = 2 * Math.max(source.everyMs, sampleMs);
      try {
        for (const measure of source.measures) await judgeMeasure(measure, readings?.filter((reading) => reading.measure === measure), longestGapMs);
      } catch (error) {
        // The others are judged all the same; this one with its next sample, from where it stood.
        log.error('measures could not be judged', { measures: source.measures, error });
      }
    }
    const unread: Reading = { measure: 'measuresMissing', subject: '', value: [...missing].reduce((sum, { measures }) => sum + measures.length, 0) };
    memory.keep([unread], now);
    await judgeMeasure('measuresMissing', [unread], 2 * sampleMs);
    await keepHours(now);
  };
  /** What could not be written is tried again with the next round. */
  const keepHours = async (before: Date): Promise<void> => {
    const hours = memory.hoursBefore(before);
    if (hours.length === 0) return;
    await store.saveHours(hours);
    memory.dropHours(hours);
  };
  const sampleNow = (): Promise<void> => inTurn(sample);
  const sampleLater = (): void => {
    if (stopped) return;
    beat = timers.after(sampleMs, () => { void sampleNow().catch((error: unknown) => { log.error('a round of samples broke off', { error }); }).finally(sampleLater); });
  };

  return {
    async start() {
      await inTurn(async () => {
        open = await store.openAlarms();
        for (const alarm of open) {
          if (rules.some(({ id }) => id === alarm.rule)) phases.set(keyOf(alarm.rule, alarm.subject), RAISED);
          else await clear(alarm, 'ruleOff', undefined);
        }
      });
      sampleLater();
    },
    sampleNow,
    openAlarms: () => open,
    readAgain: () => inTurn(async () => { open = await store.openAlarms(); }),
    readings: memory,
    async stop() {
      stopped = true;
      beat.cancel();
      // The running hour, too: what comes after a restart is joined to it.
      await inTurn(() => keepHours(new Date(clock.now().getTime() + HOUR_MS))).catch((error: unknown) => { log.error('readings of this hour were not kept', { error }); });
    },
  };
}
