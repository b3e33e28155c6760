/**
 * One call on one connection. The outcome says what is known: the HIS answered, the HIS reported SQL errors, nothing was sent, or the
 * answer is lost and the call may have had its effect.
 */
import { isRepresentable, type HisAnswer } from '@hospay/plugin-sdk/his-mapping';
import { Request, RequestError, TYPES, type Connection } from 'tedious';
import type { BoundParameter } from './bind-parameters.js';
import { NotConnected, type ConnectionPool, type Lease } from './connection-pool.js';
import type { PreparedCall } from './prepared-call.js';
import { MAX_LENGTH, type SqlType } from './sql-type.js';

export type CallOutcome =
  | { readonly kind: 'answered'; readonly answer: HisAnswer }
  | { readonly kind: 'sqlError'; readonly number: number; readonly message: string }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'lost'; readonly reason: string };

export type CallOptions = { readonly signal: AbortSignal; readonly maxRows: number };

/** One call on a connection of its own from the pool. */
export async function callProcedure(call: PreparedCall, parameters: readonly BoundParameter[], options: CallOptions & { readonly pool: ConnectionPool; readonly urgency: 'urgent' | 'ordinary'; readonly askForTransaction: boolean }): Promise<CallOutcome> {
  const lease = await leaseFor(options.pool, options.signal, options.urgency);
  if ('kind' in lease) return lease;
  const outcome = await callOn(lease.connection, call, parameters, options);
  if (outcome.kind === 'answered' && (await isLeftOpen(lease.connection, options))) {
    lease.discard();
    return LEFT_OPEN;
  }
  // What was not sent has left the connection as it was.
  if (outcome.kind === 'answered' || outcome.kind === 'notSent') lease.release();
  else lease.discard();
  return outcome;
}

export const LEFT_OPEN = { kind: 'lost', reason: 'the procedure left its transaction open: closing the connection rolls back what it says it did' } as const satisfies CallOutcome;

/**
 * Whether a transaction is still open after an answer. Servers since 2005 tell their clients; one of 2000 has to be asked, and when it does not
 * answer the transaction is taken for open.
 */
export async function isLeftOpen(connection: Connection, { askForTransaction, ...options }: CallOptions & { readonly askForTransaction: boolean }): Promise<boolean> {
  if (!askForTransaction) return connection.inTransaction;
  const outcome = await callOn(connection, { path: 'transaction', command: { kind: 'sql', text: 'SELECT @@TRANCOUNT AS open_transactions' }, parameters: [] }, [], options);
  return outcome.kind !== 'answered' || outcome.answer.sets[0]?.rows[0]?.get('open_transactions') !== 0;
}

/** A connection, or that there was none; nothing was sent then. */
export async function leaseFor(pool: ConnectionPool, signal: AbortSignal, urgency: 'urgent' | 'ordinary'): Promise<Lease | Extract<CallOutcome, { kind: 'notSent' }>> {
  try {
    return await pool.acquire(signal, urgency);
  } catch (error) {
    if (error instanceof NotConnected) return { kind: 'notSent', reason: error.message };
    throw error;
  }
}

/** Sends a call with its bound parameters by RPC on this connection, never as text with values in it. */
export async function callOn(connection: Connection, call: PreparedCall, parameters: readonly BoundParameter[], { signal, maxRows }: CallOptions): Promise<CallOutcome> {
  const lossy = lossyParameter(connection, parameters);
  if (lossy !== undefined) return { kind: 'notSent', reason: `the server's code page does not have all characters of @${lossy}` };
  return execute(connection, call, parameters, signal, maxRows);
}

/** The mapping's code page was checked before; this is the server's own word about its collation. */
function lossyParameter(connection: Connection, parameters: readonly BoundParameter[]): string | undefined {
  const codePage = connection.databaseCollation?.codepage;
  if (codePage === undefined) return undefined;
  return parameters.find(({ sqlType, value }) => sqlType.kind === 'character' && !sqlType.name.startsWith('n') && typeof value === 'string' && !isRepresentable(value, codePage))?.name;
}

function execute(connection: Connection, { command }: PreparedCall, parameters: readonly BoundParameter[], signal: AbortSignal, maxRows: number): Promise<CallOutcome> {
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
    const request = new Request(command.kind === 'procedure' ? command.name : command.text, (error) => {
      signal.removeEventListener('abort', onAbort);
      if (stopped !== undefined) resolve({ kind: 'lost', reason: stopped });
      else if (error) resolve(outcomeOfError(error));
      else resolve({ kind: 'answered', answer: { sets, out, returnStatus } });
    });
    request.on('columnMetadata', (columns) => {
      isAnswering = true;
      const list = Array.isArray(columns) ? columns : Object.values(columns);
      sets.push({ columns: list.flatMap(({ colName }, index) => namesOf(colName, index)), rows: [] });
    });
    request.on('row', (columns: readonly { readonly value: unknown; readonly metadata: { readonly colName: string } }[]) => {
      rowCount += 1;
      if (rowCount > maxRows) stop(`more than ${maxRows} rows`);
      else sets.at(-1)?.rows.push(new Map(columns.flatMap(({ metadata, value }, index) => namesOf(metadata.colName, index).map((name) => [name, value]))));
    });
    request.on('returnValue', (name, value) => {
      isAnswering = true;
      out.set(name.toLowerCase().replace(/^@/, ''), value);
    });
    request.on('doneInProc', () => { isAnswering = true; });
    request.on('doneProc', (_rowCount, _more, status) => { returnStatus = status; });
    for (const parameter of parameters) addParameter(request, parameter);
    signal.addEventListener('abort', onAbort, { once: true });
    if (command.kind === 'procedure') connection.callProcedure(request);
    else connection.execSql(request);
  });
}

/** Procedures that answer 'T' or 'F' first name that column now one way, now another, or not at all: every column may be called by its place, `#1`. */
function namesOf(colName: string, index: number): string[] {
  const place = `#${index + 1}`;
  return colName === '' ? [place] : [colName.toLowerCase(), place];
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

