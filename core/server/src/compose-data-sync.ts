/** What others keep a copy of, joined: statement files (对账文件), changes of orders (订单数据同步). Called by the composition root, of which it is a part. */
import { join } from 'node:path';
import type { ApplicationRegistry } from './applications/ports.js';
import type { Configuration } from './config/configuration-schema.js';
import type { AuditTrail } from './domain/audit.js';
import type { ClaimedJob } from './domain/money-store.js';
import type { Log } from './domain/log.js';
import type { Clock, RandomSource, Timers } from './domain/time.js';
import type { SqliteMoneyStore } from './edges/database/money/sqlite-money-store.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { dayFacts } from './edges/database/statement-files/read-day-facts.js';
import { statementFolder } from './edges/files/statement-folder.js';
import { breathe } from './edges/machine/breathe.js';
import { statementCarrier } from './edges/http/statement-carrier.js';
import { createOrderSync } from './order-sync/order-sync.js';
import type { OrderSync } from './order-sync/ports.js';
import type { StatementFileDesk } from './statement-files/ports.js';
import { sendStatementFile } from './statement-files/send-statement-file.js';
import { createStatementFileDesk } from './statement-files/statement-file-desk.js';

export type DataSyncParts = {
  readonly configuration: Configuration;
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
export type DataSync = { readonly statements: StatementFileDesk; readonly orderSync: OrderSync; readonly sendStatementFile: (job: ClaimedJob) => Promise<void> };

export function composeDataSync({ configuration, store, database, registry, tellRhythmMs, audit, clock, timers, random, log }: DataSyncParts): DataSync {
  const { hospital, dataFolder, statementFiles } = configuration;
  const files = store.statementFilesOf(hospital.id);
  const folder = statementFolder(join(dataFolder, 'statement-files'));
  return {
    statements: createStatementFileDesk({
      hospital, facts: dayFacts(store.database, hospital.id), files, folder, policy: statementFiles, clock, log, audit, breathe,
      receivers: async () => (await database.applications.list()).filter(({ status, permissions }) => status === 'active' && permissions.includes('statement')).map(({ id }) => id),
    }),
    orderSync: createOrderSync(store.orderChangesOf(hospital.id)),
    sendStatementFile: (job) => sendStatementFile({ files, carrier: statementCarrier({ registry, folder, clock, timers, random }), rhythmMs: tellRhythmMs, cases: store, clock }, job),
  };
}
