/** The hospital adapter over procedures, views and tables of a SQL Server. */
import type { HoldingCredentials, PluginLog } from '@hospay/plugin-sdk';
import { createMappedAdapter, MappingError, type MappedAdapter } from '@hospay/plugin-sdk/his-mapping';
import { connectionConfiguration, sessionSettings } from './connection-options.js';
import { ConnectionPool } from './connection-pool.js';
import { createCredentialList } from './credentials.js';
import type { Engine } from './engine.js';
import { needsIdentity } from './prepare-sequence.js';
import { pollNotices } from './poll-notices.js';
import type { PreparedMapping } from './read-mapping.js';
import { runOperation } from './run-operation.js';
import { SchemaWatch } from './schema-watch.js';
import { DEFAULT_VERSION, GENERATIONS } from './server-generations.js';
import type { Settings } from './settings.js';
import { TerminalIdentities } from './terminal-identities.js';

export type SqlServerAdapter = MappedAdapter & HoldingCredentials;

export type AdapterContext = { readonly settings: Settings; readonly mapping: PreparedMapping; readonly now: () => Date; readonly log: PluginLog };

/**
 * Connects on the first call, so that a HIS that is down does not keep the platform from starting.
 * @throws MappingError when the mapping fills baskets and the settings name nobody whose they could be
 */
export function createSqlServerAdapter({ settings, mapping, now, log }: AdapterContext): SqlServerAdapter {
  if (settings.basketIdentities === undefined && fillsBaskets(mapping)) throw new MappingError(['settings.basketIdentities: missing; the mapping\'s sequences name a terminal and an operator']);
  const schema = new SchemaWatch({ mapping, everyMs: settings.schemaCheckEveryMs ?? 600_000, log, now });
  const pool = new ConnectionPool({
    configuration: connectionConfiguration(settings), sessionSql: sessionSettings(settings), max: settings.poolMax ?? 4, validateAfterIdleMs: settings.validateAfterIdleMs ?? 15_000,
    beforeUse: (connection, signal) => schema.lookOnce(connection, signal),
  });
  // Until its locks give up the server may still be at work on what we no longer hear of.
  const doubtAfterLossMs = (settings.lockTimeoutMs ?? 3_000) + 2_000;
  const identities = new TerminalIdentities(settings.basketIdentities ?? [], settings.doubtAfterLossMs ?? doubtAfterLossMs);
  const { tellsTransactions } = GENERATIONS[settings.version ?? DEFAULT_VERSION];
  const engine: Engine = { pool, identities, schema, tellsTransactions, codePage: mapping.codePage, offset: settings.timeZone ?? '+08:00', maxRows: mapping.maxRows, slowCallMs: settings.slowCallMs ?? 2_000, log, now };
  const mapped = createMappedAdapter({
    line: {
      run: (operation, request, signal) => runOperation(engine, operation, request, signal),
      findings: () => schema.findings(),
      close: async () => {
        identities.close();
        await pool.close();
      },
    },
    operations: mapping.operations,
    dictionaries: mapping.dictionaries,
    settings,
    doubtAfterLossMs,
    now,
  });
  const adapter = { ...mapped, listCredentials: createCredentialList(settings) };
  const { notices } = mapping;
  return notices === undefined ? adapter : { ...adapter, receiveNotices: (deliver) => Promise.resolve(pollNotices(engine, notices, deliver)) };
}

function fillsBaskets({ operations }: PreparedMapping): boolean {
  return Object.values(operations).some(({ way }) => way.kind === 'sequence' && needsIdentity(way.steps));
}
