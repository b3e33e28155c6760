/** What every way of running an operation needs. */
import type { PluginLog } from '@hospay/plugin-sdk';
import type { HisRequest, ReadingContext } from '@hospay/plugin-sdk/his-mapping';
import type { ConnectionPool } from './connection-pool.js';
import type { PreparedOperation } from './prepared-operation.js';
import type { SchemaWatch } from './schema-watch.js';
import type { TerminalIdentities } from './terminal-identities.js';

export type Engine = {
  readonly pool: ConnectionPool;
  readonly identities: TerminalIdentities;
  readonly schema: SchemaWatch;
  /** See `Generation`. */
  readonly tellsTransactions: boolean;
  readonly codePage: string;
  readonly offset: string;
  readonly maxRows: number;
  readonly slowCallMs: number;
  readonly log: PluginLog;
  readonly now: () => Date;
};

/** One run of an operation. */
export type Run = { readonly engine: Engine; readonly operation: PreparedOperation; readonly request: HisRequest; readonly reading: ReadingContext; readonly signal: AbortSignal };
