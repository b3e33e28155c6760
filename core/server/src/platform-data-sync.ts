/** What others keep a copy of, joined: statement files (对账文件), changes of orders (订单数据同步), sinks of events (消息输出). Called by the composition root, of which it is a part. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ApplicationRegistry } from './applications/ports.js';
import type { Configuration } from './config/configuration-schema.js';
import type { AuditTrail } from './domain/audit.js';
import type { ClaimedJob } from './domain/money-store.js';
import type { Log } from './domain/log.js';
import type { Clock, RandomSource, Timers } from './domain/time.js';
import type { SqliteMoneyStore } from './edges/database/money/sqlite-money-store.js';
import { numbersFrom } from './edges/backups/numbers-file.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { dayFacts } from './edges/database/statement-files/read-day-facts.js';
import { statementFolder } from './edges/files/statement-folder.js';
import { breathe } from './edges/machine/breathe.js';
import { statementCarrier } from './edges/http/statement-carrier.js';
import { mqttPublisher } from './edges/sinks/mqtt-publisher.js';
import { createEventSink } from './event-sinks/event-sink.js';
import type { EventSink, SinkView } from './event-sinks/ports.js';
import type { Metrics } from './operations/metrics.js';
import { createOrderSync } from './order-sync/order-sync.js';
import type { OrderSync } from './order-sync/ports.js';
import type { StatementFileDesk } from './statement-files/ports.js';
import { sendStatementFile } from './statement-files/send-statement-file.js';
import { createStatementFileDesk } from './statement-files/statement-file-desk.js';

export type DataSyncParts = {
  readonly configuration: Configuration;
  /** Relative files of the configuration start here. */
  readonly configFolder: string;
  readonly metrics: Pick<Metrics, 'observedGauges'>;
  readonly store: SqliteMoneyStore;
  readonly database: Pick<PlatformDatabase, 'applications'>;
  readonly registry: ApplicationRegistry;
  readonly tellRhythmMs: readonly number[];
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomSource;
  readonly log: Log;
};
export type Sinks = { start(): Promise<void>; stop(): Promise<void>; views(): readonly SinkView[] };
export type DataSync = { readonly sinks: Sinks; readonly statements: StatementFileDesk; readonly orderSync: OrderSync; readonly sendStatementFile: (job: ClaimedJob) => Promise<void> };

export function composeDataSync(parts: DataSyncParts): DataSync {
  const { configuration, store, database, registry, tellRhythmMs, audit, clock, timers, random } = parts;
  const { hospital, dataFolder, statementFiles } = configuration;
  const files = store.statementFilesOf(hospital.id);
  const folder = statementFolder(join(dataFolder, 'statement-files'));
  return {
    sinks: composeSinks(parts),
    statements: createStatementFileDesk({
      hospital, facts: dayFacts(store.database, hospital.id), files, folder, policy: statementFiles, clock, audit, breathe,
      merchants: hospital.merchants.map(({ merchantNo }) => merchantNo),
      receivers: async () => (await database.applications.list()).filter(({ status, permissions }) => status === 'active' && permissions.includes('statement')).map(({ id }) => id),
    }),
    orderSync: createOrderSync(store.orderChangesOf(hospital.id), numbersFrom(configuration.dataFolder)),
    sendStatementFile: (job) => sendStatementFile({ files, carrier: statementCarrier({ registry, folder, clock, timers, random }), rhythmMs: tellRhythmMs, cases: store, clock }, job),
  };
}

/** Sinks of the configuration. They start with the jobs, and not in safe mode: where they stand could not be written. */
function composeSinks({ configuration: { queue }, configFolder, store, clock, timers, log, metrics }: DataSyncParts): Sinks {
  const { source, cursors } = store.events;
  let sinks: readonly EventSink[] = [];
  const views = (): readonly SinkView[] => sinks.map((sink) => sink.view());
  const age = ({ oldestAt }: SinkView): number => (oldestAt === undefined ? 0 : Math.max(0, clock.now().getTime() - Date.parse(oldestAt)) / 1_000);
  metrics.observedGauges({ name: 'hospay_sink_behind_events', help: 'Kept events behind where a sink stands', labels: ['sink'], read: () => views().map(({ name, behind }) => ({ labels: { sink: name }, value: behind })) });
  metrics.observedGauges({ name: 'hospay_sink_oldest_seconds', help: 'How long the oldest event that a sink has not taken waits', labels: ['sink'], read: () => views().map((view) => ({ labels: { sink: view.name }, value: age(view) })) });
  let forget: (() => void) | undefined;
  return {
    views,
    async start() {
      sinks = await Promise.all(queue.sinks.map(async ({ name, kind, url, topic, protocolVersion, username, password, caFile }) => {
        const certificateAuthority = caFile === undefined ? undefined : await readFile(resolve(configFolder, caFile), 'utf8');
        return createEventSink({ name, kind, source, cursors, publisher: mqttPublisher({ url, topic, clientId: `hospay-${name}`, protocolVersion, username, password, certificateAuthority }), clock, timers, log });
      }));
      forget = store.onChanged(() => { for (const sink of sinks) sink.nudge(); });
      for (const sink of sinks) sink.start();
    },
    async stop() {
      forget?.();
      await Promise.all(sinks.map((sink) => sink.stop()));
    },
  };
}
