/** The hospital adapter over procedures and views of a SQL Server. */
import type { PluginLog } from '@hospay/plugin-sdk';
import { createMappedAdapter, type MappedAdapter } from '@hospay/plugin-sdk/his-mapping';
import { connectionConfiguration, sessionSettings } from './connection-options.js';
import { ConnectionPool } from './connection-pool.js';
import type { PreparedMapping } from './read-mapping.js';
import { runOperation, type Engine } from './run-operation.js';
import type { Settings } from './settings.js';

export type SqlServerAdapter = MappedAdapter;

export type AdapterContext = { readonly settings: Settings; readonly mapping: PreparedMapping; readonly now: () => Date; readonly log: PluginLog };

/** Connects on the first call, so that a HIS that is down does not keep the platform from starting. */
export function createSqlServerAdapter({ settings, mapping, now, log }: AdapterContext): SqlServerAdapter {
  const pool = new ConnectionPool({ configuration: connectionConfiguration(settings), sessionSql: sessionSettings(settings), max: settings.poolMax ?? 4, validateAfterIdleMs: settings.validateAfterIdleMs ?? 15_000 });
  const engine: Engine = { pool, codePage: mapping.codePage, offset: settings.timeZone ?? '+08:00', maxRows: mapping.maxRows, slowCallMs: settings.slowCallMs ?? 2_000, log, now };
  return createMappedAdapter({
    line: { run: (operation, request, signal) => runOperation(engine, operation, request, signal), close: () => pool.close() },
    operations: mapping.operations,
    dictionaries: mapping.dictionaries,
    settings,
    // Until its locks give up the server may still be at work on what we no longer hear of.
    doubtAfterLossMs: (settings.lockTimeoutMs ?? 3_000) + 2_000,
    now,
  });
}
