/**
 * One call on one connection. The outcome says what is known: the HIS answered, the HIS reported SQL errors, nothing was sent, or the
 * answer is lost and the call may have had its effect.
 */
import { isRepresentable, type HisAnswer } from '@hospay/plugin-sdk/his-mapping';
import { Request, RequestError, TYPES, type Connection } from 'tedious';
import type { BoundParameter } from './bind-parameters.js';
import { NotConnected, type ConnectionPool } from './connection-pool.js';
import type { PreparedOperation } from './read-mapping.js';
import { MAX_LENGTH, type SqlType } from './sql-type.js';

export type CallOutcome =
  | { readonly kind: 'answered'; readonly answer: HisAnswer }
  | { readonly kind: 'sqlError'; readonly number: number; readonly message: string }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'lost'; readonly reason: string };

export type CallOptions = { readonly pool: ConnectionPool; readonly signal: AbortSignal; readonly urgency: 'urgent' | 'ordinary'; readonly maxRows: number };

/** Sends the operation with its bound parameters by RPC, never as text with values in it. */
export async function callProcedure(operation: PreparedOperation, parameters: readonly BoundParameter[], options: CallOptions): Promise<CallOutcome> {
  const { pool, signal, urgency, maxRows } = options;
  let lease;
  try {
    lease = await pool.acquire(signal, urgency);
  } catch (error) {
    if (error instanceof NotConnected) return { kind: 'notSent', reason: error.message };
    throw error;
  }
  const lossy = lossyParameter(lease.connection, parameters);
  if (lossy !== undefined) {
    lease.release();
    return { kind: 'notSent', reason: `the server's code page does not have all characters of @${lossy}` };
  }
  const outcome = await execute(lease.connection, operation, parameters, signal, maxRows);
  if (outcome.kind === 'answered' && lease.connection.inTransaction) {
    lease.discard();
    return { kind: 'lost', reason: 'the procedure left its transaction open: closing the connection rolls back what it says it did' };
  }
  if (outcome.kind === 'answered') lease.release();
  else lease.discard();
  return outcome;
}

/** The mapping's code page was checked before; this is the server's own word about its collation. */
function lossyParameter(connection: Connection, parameters: readonly BoundParameter[]): string | undefined {
  const codePage = connection.databaseCollation?.codepage;
  if (codePage === undefined) return undefined;
  return parameters.find(({ sqlType, value }) => sqlType.kind === 'character' && !sqlType.name.startsWith('n') && typeof value === 'string' && !isRepresentable(value, codePage))?.name;
}

function execute(connection: Connection, operation: PreparedOperation, parameters: readonly BoundParameter[], signal: AbortSignal, maxRows: number): Promise<CallOutcome> {
  if (signal.aborted) return Promise.resolve({ kind: 'notSent', reason: 'the deadline passed before sending' });
  return new Promise((resolve) => {
    const sets: { columns: string[]; rows: Map<string, unknown>[] }[] = [];
    const out = new Map<string, unknown>();
    let returnStatus: number | undefined;
    let rowCount = 0;
    let stopped: string | undefined;
    let isAnswering = false;
    const stop = (reason: string): void => {
      if (stopped !== undefined) return;
      stopped = reason;
      // Before the first word of the answer the connection is closed: a cancelled request whose answer then cannot be parsed throws outside of
      // every handler and would end the process (tedious 20.3.9). In the middle of an answer only `cancel` leaves the driver in one piece.
      // Either way the server aborts the batch, and this connection is not used again.
      if (!isAnswering || !connection.cancel()) connection.close();
    };
    const onAbort = (): void => { stop('the deadline passed while the HIS was working'); };
    const request = new Request(operation.command.kind === 'procedure' ? operation.command.name : operation.command.text, (error) => {
      signal.removeEventListener('abort', onAbort);
      if (stopped !== undefined) resolve({ kind: 'lost', reason: stopped });
      else if (error) resolve(outcomeOfError(error));
      else resolve({ kind: 'answered', answer: { sets, out, returnStatus } });
    });
    request.on('columnMetadata', (columns) => {
      isAnswering = true;
      const list = Array.isArray(columns) ? columns : Object.values(columns);
      sets.push({ columns: list.map(columnName), rows: [] });
    });
    request.on('row', (columns: readonly { readonly value: unknown; readonly metadata: { readonly colName: string } }[]) => {
      rowCount += 1;
      if (rowCount > maxRows) stop(`more than ${maxRows} rows`);
      else sets.at(-1)?.rows.push(new Map(columns.map((column, index) => [columnName(column.metadata, index), column.value])));
    });
    request.on('returnValue', (name, value) => {
      isAnswering = true;
      out.set(name.toLowerCase().replace(/^@/, ''), value);
    });
    request.on('doneInProc', () => { isAnswering = true; });
    request.on('doneProc', (_rowCount, _more, status) => { returnStatus = status; });
    for (const parameter of parameters) addParameter(request, parameter);
    signal.addEventListener('abort', onAbort, { once: true });
    if (operation.command.kind === 'procedure') connection.callProcedure(request);
    else connection.execSql(request);
  });
}

/** Procedures that answer 'T' or 'F' first rarely name that column: it is then called by its place, `#1`. */
function columnName({ colName }: { readonly colName: string }, index: number): string {
  return colName === '' ? `#${index + 1}` : colName.toLowerCase();
}

/** The server's own error numbers are answers; everything else (socket, driver, protocol) leaves the outcome open. */
function outcomeOfError(error: Error): CallOutcome {
  const errors = error instanceof AggregateError ? error.errors.filter((each) => each instanceof RequestError) : [error];
  const numbered = errors.find((each) => each instanceof RequestError && each.number !== undefined);
  if (numbered instanceof RequestError && numbered.number !== undefined) return { kind: 'sqlError', number: numbered.number, message: numbered.message.slice(0, 300) };
  return { kind: 'lost', reason: `the connection failed: ${error.message.slice(0, 200)}` };
}

function addParameter(request: Request, { name, sqlType, direction, value }: BoundParameter): void {
  const { type, size } = driverType(sqlType);
  if (direction === 'out') request.addOutputParameter(name, type, null, size);
  else request.addParameter(name, type, value, size);
}

function driverType(sqlType: SqlType): { readonly type: (typeof TYPES)[keyof typeof TYPES]; readonly size: { length?: number; precision?: number; scale?: number } } {
  switch (sqlType.kind) {
    case 'character': return { type: CHARACTER_TYPES[sqlType.name], size: { length: sqlType.length === MAX_LENGTH ? LONGEST_LENGTH : sqlType.length } };
    case 'decimal': return { type: sqlType.name === 'decimal' ? TYPES.Decimal : TYPES.Numeric, size: { precision: sqlType.precision, scale: sqlType.scale } };
    // The driver truncates money parameters (0.57 leaves as 0.5699) and rounds decimals; the server converts a decimal to money by itself.
    case 'money': return { type: TYPES.Decimal, size: { precision: sqlType.name === 'money' ? 19 : 10, scale: 4 } };
    case 'integer': return { type: INTEGER_TYPES[sqlType.name], size: {} };
    case 'time': return { type: TIME_TYPES[sqlType.name], size: {} };
  }
}

/** Any length above the types' maximum makes the driver declare (max). */
const LONGEST_LENGTH = 65_535;
const CHARACTER_TYPES = { varchar: TYPES.VarChar, char: TYPES.Char, nvarchar: TYPES.NVarChar, nchar: TYPES.NChar } as const;
const INTEGER_TYPES = { int: TYPES.Int, bigint: TYPES.BigInt, smallint: TYPES.SmallInt, tinyint: TYPES.TinyInt } as const;
const TIME_TYPES = { datetime: TYPES.DateTime, smalldatetime: TYPES.SmallDateTime, date: TYPES.Date } as const;

