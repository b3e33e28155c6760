import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAlarmDesk } from '@hospay/server/alarms/alarm-desk.js';
import { createAlarmWatch } from '@hospay/server/alarms/alarm-watch.js';
import { createAlarmDelivery } from '@hospay/server/alarms/deliver-alarms.js';
import type { AlarmChannel, MeasureSource } from '@hospay/server/alarms/ports.js';
import { rulesInForce, type RuleChange } from '@hospay/server/domain/alarm-rules.js';
import type { MeasureId } from '@hospay/server/domain/alarm-measures.js';
import type { AuditAct } from '@hospay/server/domain/audit.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import type { Timers } from '@hospay/server/domain/time.js';
import { openPlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';

/** Deliveries are made when a test says so. */
const NO_TIMERS = { after: () => ({ cancel() {} }) };

/** A watch over values a test sets, on a virtual clock and the real platform database. `restart` is a new process over the same file. */
export async function openAlarmBench({ channels = [], timers = SYSTEM_TIMERS }: { readonly channels?: readonly AlarmChannel[]; readonly timers?: Timers } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-alarms-'));
  let now = new Date('2026-11-27T01:00:00.000Z');
  const clock = { now: () => now };
  const open = () => openPlatformDatabase({ dataFolder: folder, hospital: 'demo', clock, log: SILENT_LOG });
  let database = await open();
  /** What the sources say: a list of subjects with values, undefined for a source that fails, `silent` for one that never answers. */
  const values = new Map<MeasureId, Readonly<Record<string, number>> | 'silent' | undefined>();
  const source = (measure: MeasureId): MeasureSource => ({
    measures: [measure], everyMs: 5_000,
    read() {
      const said = values.get(measure);
      if (said === 'silent') return new Promise<never>(() => undefined);
      if (said === undefined) throw new Error('it does not answer');
      return Object.entries(said).map(([subject, value]) => ({ measure, subject, value }));
    },
  });
  let changes: Readonly<Record<string, RuleChange>> = {};
  const start = async () => {
    const rules = rulesInForce(changes);
    const { alarms: store } = database;
    const delivery = createAlarmDelivery({ store, channels, hospitalName: '示范医院', clock, timers: NO_TIMERS, log: SILENT_LOG });
    const watch = createAlarmWatch({ rules, sources: [...values.keys()].map(source), store, channels, sampleMs: 3_600_000, clock, timers, log: SILENT_LOG, changed: () => undefined });
    await watch.start();
    return { watch, delivery, desk: createAlarmDesk({ rules, store, watch, delivery, channels, clock, audit: { record: (act) => { acts.push(act); return Promise.resolve(); } } }) };
  };
  const acts: AuditAct[] = [];
  let running: Awaited<ReturnType<typeof start>> | undefined;
  const must = () => {
    if (running === undefined) throw new Error('not begun');
    return running;
  };
  const bench = {
    clock,
    databaseFile: join(folder, 'platform.sqlite'),
    get database() { return database; },
    get watch() { return must().watch; },
    get delivery() { return must().delivery; },
    get desk() { return must().desk; },
    /** What was audited. */
    acts,
    say(measure: MeasureId, said: Readonly<Record<string, number>> | number | 'silent' | undefined) { values.set(measure, typeof said === 'number' ? { '': said } : said); },
    later(seconds: number) { now = new Date(now.getTime() + seconds * 1000); },
    async begin() { running = await start(); },
    /** Samples every five seconds for this long. */
    async pass(seconds: number) {
      for (let second = 0; second < seconds; second += 5) {
        bench.later(5);
        await bench.watch.sampleNow();
      }
    },
    async restart(changed: Readonly<Record<string, RuleChange>> = changes) {
      changes = changed;
      await bench.watch.stop();
      await database.close();
      database = await open();
      running = await start();
    },
    open: () => bench.watch.openAlarms().map(({ rule, subject }) => `${rule}${subject === '' ? '' : ` ${subject}`}`),
    history: async () => (await database.alarms.list({ before: undefined, limit: 100 })).length,
    async stop() {
      await running?.watch.stop();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return bench;
}
