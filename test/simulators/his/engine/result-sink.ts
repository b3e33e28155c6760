import type { SqlServerError } from './sql-server-error.js';
import type { StoredValue } from './stored-value.js';
import type { ResultColumn } from './translator.js';

/** Where a running batch puts what the client will see, in order. */
export interface ResultSink {
  columns(columns: readonly ResultColumn[]): void;
  row(values: readonly StoredValue[]): void;
  /** One statement is over. `count` is absent when NOCOUNT is on or the statement has none. */
  statementDone(done: { readonly count: number | undefined; readonly inProcedure: boolean }): void;
  /** A procedure called by EXEC inside the batch has returned. */
  procedureDone(status: number): void;
  error(error: SqlServerError): void;
  /** PRINT, RAISERROR up to severity 10, USE. */
  message(message: { readonly number: number; readonly severity: number; readonly text: string }): void;
  transaction(change: 'begin' | 'commit' | 'rollback'): void;
  database(name: string): void;
}

/** For work whose results nobody reads. */
export const silentSink: ResultSink = {
  columns: () => undefined,
  row: () => undefined,
  statementDone: () => undefined,
  procedureDone: () => undefined,
  error: () => undefined,
  message: () => undefined,
  transaction: () => undefined,
  database: () => undefined,
};
