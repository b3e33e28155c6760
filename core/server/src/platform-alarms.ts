/** Alarms (监控与告警) joined: where each measure is read from, and what watches over them. Called by the composition root. */
import { join } from 'node:path';
import { createAlarmDesk } from './alarms/alarm-desk.js';
import { createAlarmWatch } from './alarms/alarm-watch.js';
import { createBudgetWindow, type BudgetWindow } from './alarms/budget-window.js';
import { readCalls, type CallWindow } from './alarms/call-window.js';
import { createAlarmDelivery, type AlarmDelivery } from './alarms/deliver-alarms.js';
import type { AlarmDesk, MeasureSource } from './alarms/ports.js';
import { DISK_STEPS, type BackupDesk } from './backups/ports.js';
import type { Configuration } from './config/configuration-schema.js';
import type { MeasureId, Reading } from './domain/alarm-measures.js';
import { rulesInForce } from './domain/alarm-rules.js';
import type { AuditTrail } from './domain/audit.js';
import type { Log } from './domain/log.js';
import type { Clock, RandomSource, Timers } from './domain/time.js';
import { APPROVAL_MEASURES, MONEY_FILE_MEASURES, MONEY_MEASURES, moneyFileFigures, readApprovalFigures, readMoneyFigures, waitsSince } from './edges/database/money/alarm-figures.js';
import type { SqliteMoneyStore } from './edges/database/money/sqlite-money-store.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { createHostReadings, type HostReadings } from './edges/machine/host-readings.js';
import { alarmChannels } from './platform-alarm-channels.js';
import { AVAILABILITY_MEASURES } from './platform-availability.js';
import type { TerminalWatch } from './fleet/terminal-watch.js';
import type { CertificateWatch } from './monitoring/certificate-watch.js';
import type { DiskSpaceWatch } from './operations/disk-space.js';
import type { AuditForwarding } from './operations/forward-audit.js';
import type { Metrics } from './operations/metrics.js';
import type { ChannelHealth } from './plugin-host/channel-health.js';
import type { PluginHost } from './plugin-host/plugin-host.js';
import type { TaskScheduler } from './tasks/task-scheduler.js';
import type { TerminalPresence } from './terminals/terminal-presence.js';

export type AlarmParts = {
  readonly configuration: Configuration;
  readonly configFolder: string;
  readonly database: PlatformDatabase;
  readonly store: SqliteMoneyStore;
  readonly safeMode: string | undefined;
  readonly calls: CallWindow;
  readonly channelHealth: Pick<ChannelHealth, 'isHealthy'>;
  readonly host: Pick<PluginHost, 'list' | 'hospitalAdapter'>;
  readonly tasks: Pick<TaskScheduler, 'list'>;
  readonly certificates: Pick<CertificateWatch, 'latest'>;
  readonly disk: Pick<DiskSpaceWatch, 'state'>;
  readonly terminals: Pick<TerminalWatch, 'openAlarms' | 'openFaults'>;
  readonly presence: Pick<TerminalPresence, 'of'>;
  readonly readKiosksAway: () => Promise<readonly Reading[]>;
  readonly metrics: Pick<Metrics, 'observedGauges'>;
  readonly backups: Pick<BackupDesk, 'health' | 'fence'>;
  readonly forwarding: Pick<AuditForwarding, 'views'>;
  readonly isBrokerConnected: () => boolean;
  /** A house without a relay, and a fenced one, miss none. */
  readonly isRelayAway: () => boolean;
  /** An alarm was raised or has cleared. */
  readonly changed: () => void;
  /** Ids of channels, configured and installed. */
  readonly channels: () => readonly string[];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomSource;
  readonly audit: AuditTrail;
  readonly log: Log;
};

export type RunningAlarms = { readonly desk: AlarmDesk; stop(): Promise<void> };

const SECOND_MS = 1_000;
/** States of a plugin in which it should run and does not. `disabled` and `stopped` are somebody's wish. */
const NOT_RUNNING: readonly string[] = ['waiting', 'attention', 'failed'];

export async function startAlarms(parts: AlarmParts): Promise<RunningAlarms> {
  const { configuration, database: { alarms: store }, clock, timers, log, audit } = parts;
  const { monitoring, hospital } = configuration;
  const rules = rulesInForce(monitoring.rules);
  // The old box may be alarmed about the same things: a fenced one tells nobody.
  const channels = parts.backups.fence === undefined ? alarmChannels(configuration, parts) : [];
  const delivery = createAlarmDelivery({ store, channels, hospitalName: hospital.name, clock, timers, log });
  const machine = createHostReadings();
  const budget = createBudgetWindow({ clock });
  observeBudget(parts, budget);
  const watch = createAlarmWatch({ rules, sources: sourcesOf(parts, machine, delivery, budget), store, channels, sampleMs: monitoring.sampleSeconds * SECOND_MS, clock, timers, log, changed: () => { delivery.nudge(); parts.changed(); } });
  parts.metrics.observedGauges({
    name: 'hospay_alarms_open', help: 'Alarms that are raised and not cleared', labels: ['severity'],
    read: () => [1, 2, 3].map((severity) => ({ labels: { severity: String(severity) }, value: watch.openAlarms().filter((alarm) => alarm.severity === severity).length })),
  });
  await watch.start();
  delivery.start();
  return {
    desk: createAlarmDesk({ rules, store, watch, delivery, channels, clock, audit }),
    async stop() {
      await watch.stop();
      await delivery.stop();
      machine.stop();
    },
  };
}

/** Every measure of the house. Nothing here asks a far side: what the parts know already is read. */
function sourcesOf(parts: AlarmParts, machine: HostReadings, delivery: Pick<AlarmDelivery, 'waitingSeconds'>, budget: BudgetWindow): readonly MeasureSource[] {
  const { configuration, database, store, clock } = parts;
  const { dataFolder, his } = configuration;
  const flag = (measure: MeasureId, isWrong: boolean, subject = ''): Reading => ({ measure, subject, value: isWrong ? 1 : 0 });
  const count = (measure: MeasureId, value: number): Reading => ({ measure, subject: '', value });
  const source = (seconds: number, measures: readonly MeasureId[], read: MeasureSource['read']): MeasureSource => ({ measures, everyMs: seconds * SECOND_MS, read });
  return [
    source(configuration.monitoring.sampleSeconds, machine.measures, () => machine.read()),
    source(15, MONEY_MEASURES, () => readMoneyFigures(store.database, clock.now())),
    source(60, APPROVAL_MEASURES, async () => [waitsSince('changes', await database.changes.waitingSince(clock.now()), clock.now()), ...readApprovalFigures(store.database, clock.now())]),
    source(60, MONEY_FILE_MEASURES, moneyFileFigures(join(dataFolder, 'money.sqlite'), store.commits)),
    source(5, ['safeMode', 'brokerLine', 'relayLine', 'hisInactive'], () => [flag('safeMode', parts.safeMode !== undefined), flag('brokerLine', !parts.isBrokerConnected()), flag('relayLine', parts.isRelayAway()), flag('hisInactive', parts.host.hospitalAdapter(his.id) === undefined)]),
    source(5, ['hisUnanswered', 'hisSlow', 'channelUnanswered'], () => readCalls(parts.calls, { his: his.id, channels: parts.channels() })),
    source(15, ['hisTurnedAway', 'hisWaiting', 'hisBreakerOpen'], () => readBudget(parts, budget)),
    source(5, ['channelOut'], () => parts.channels().map((id) => flag('channelOut', !parts.channelHealth.isHealthy(id), id))),
    source(15, ['pluginFailed'], () => parts.host.list().instances.map(({ id, state }) => flag('pluginFailed', NOT_RUNNING.includes(state), id))),
    source(60, ['taskFailed'], async () => (await parts.tasks.list()).filter(({ enabled }) => enabled).map(({ name, last }) => flag('taskFailed', last?.state === 'failed' || last?.state === 'interrupted', name))),
    source(30, ['credentialsUrgent', 'credentialsSoon'], () => {
      const { openAlarms } = parts.certificates.latest();
      return [count('credentialsUrgent', openAlarms.filter(({ severity }) => severity === 1).length), count('credentialsSoon', openAlarms.filter(({ severity }) => severity === 2).length)];
    }),
    source(60, ['backupAge', 'backupProofAge', 'backupLag', 'backupFailed', 'backupNotSetUp'], () => readBackups(parts)),
    source(10, ['diskFree', 'diskStep', 'ballastReleased'], () => {
      const { freeBytes, step, ballast } = parts.disk.state();
      if (freeBytes === undefined) throw new Error('the free space of the data disk cannot be read');
      return [count('diskFree', freeBytes / (1024 * 1024)), count('diskStep', DISK_STEPS.indexOf(step)), flag('ballastReleased', ballast === 'released')];
    }),
    source(15, ['terminalsCopied', 'terminalClocksOff', 'terminalFaults', 'printFaults'], () => {
      const [alarms, faults] = [parts.terminals.openAlarms(), parts.terminals.openFaults()];
      return [
        count('terminalsCopied', alarms.filter(({ kind, severity }) => kind !== 'clockSkew' && severity === 1).length), count('terminalClocksOff', alarms.filter(({ kind }) => kind === 'clockSkew').length),
        count('terminalFaults', faults.filter(({ component, level }) => component !== 'printer' && level === 'critical').length), count('printFaults', faults.filter(({ component, level }) => component === 'printer' && level !== 'notice').length),
      ];
    }),
    source(30, ['alarmsUndelivered'], () => delivery.waitingSeconds().map(({ channel, seconds }) => ({ measure: 'alarmsUndelivered', subject: channel, value: seconds }))),
    source(30, ['auditUnforwarded'], () => parts.forwarding.views().map(({ id, waitingSeconds }) => ({ measure: 'auditUnforwarded', subject: id, value: waitingSeconds }))),
    source(30, AVAILABILITY_MEASURES, () => parts.readKiosksAway()),
    // A terminal that was never on line is not missed.
    source(30, ['terminalsOffline'], async () => [count('terminalsOffline', (await database.terminals.list()).filter(({ id, status, lastSeenAt }) => status === 'active' && lastSeenAt !== undefined && parts.presence.of(id)?.online !== true).length)]),
  ];
}

/** Never taken is older than any limit, once there is somewhere to put one; never proved is as old as the first that could have been. */
async function readBackups({ backups, clock }: Pick<AlarmParts, 'backups' | 'clock'>): Promise<readonly Reading[]> {
  const { lastGoodAt, lastProvedAt, firstGoodAt, upTo, lastFailed, isSetUp } = await backups.health();
  const isFenced = backups.fence !== undefined;
  const age = (at: Date | undefined): number => (at === undefined || isFenced ? 0 : Math.max(0, (clock.now().getTime() - at.getTime()) / SECOND_MS));
  const reading = (measure: MeasureId, value: number): Reading => ({ measure, subject: '', value });
  return [
    reading('backupAge', lastGoodAt === undefined && isSetUp && !isFenced ? NEVER_SECONDS : age(lastGoodAt)), reading('backupProofAge', age(lastProvedAt ?? firstGoodAt)), reading('backupLag', age(upTo)), reading('backupFailed', lastFailed && !isFenced ? 1 : 0), reading('backupNotSetUp', isSetUp ? 0 : 1),
  ];
}
const NEVER_SECONDS = 10 * 365 * 24 * 60 * 60;

/** An adapter that does not run, or tells no budget, has no classes; one that does not answer leaves its alarms as they are. */
async function readBudget({ host, configuration: { his } }: Pick<AlarmParts, 'host' | 'configuration'>, budget: BudgetWindow): Promise<readonly Reading[]> {
  const told = await host.hospitalAdapter(his.id)?.readBudget?.();
  if (told?.kind === 'unknown') throw new Error(`the adapter does not tell how its budget stands: ${told.reason}`);
  return budget.note(told?.value.classes ?? []);
}

function observeBudget({ metrics }: Pick<AlarmParts, 'metrics'>, budget: BudgetWindow): void {
  metrics.observedGauges({
    name: 'hospay_his_budget_calls', help: 'Calls to the HIS by class since its adapter started: asked, refused, expired, timedOut, failed', labels: ['class', 'what'],
    read: () => budget.latest().flatMap(({ name, calls, refused, expired, timedOut, failed }) => Object.entries({ asked: calls, refused, expired, timedOut, failed }).map(([what, value]) => ({ labels: { class: name, what }, value }))),
  });
  metrics.observedGauges({
    name: 'hospay_his_budget_now', help: 'Calls to the HIS by class that run and wait now, and whether its breaker is open', labels: ['class', 'what'],
    read: () => budget.latest().flatMap(({ name, inFlight, waiting, isOpen }) => Object.entries({ inFlight, waiting, breakerOpen: isOpen ? 1 : 0 }).map(([what, value]) => ({ labels: { class: name, what }, value }))),
  });
}
