import { once } from 'node:events';
import { Connection, Request, TYPES, type ConnectionConfiguration } from 'tedious';
import { defaultLogin, type HisSimulator } from './his-simulator.js';

/** A thin promise face on tedious, the driver the production adapter uses. For tests of the simulator. */
export interface Answer {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly status: number | undefined;
  readonly rowCount: number | undefined;
  /** Error numbers in order; empty when all went well. */
  readonly errorNumbers: readonly number[];
  readonly error: Error | undefined;
}

export interface Parameter {
  readonly name: string;
  readonly type: (typeof TYPES)[keyof typeof TYPES];
  readonly value?: unknown;
  readonly output?: true;
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
}

export async function connect(simulator: HisSimulator, changes: { readonly password?: string; readonly options?: ConnectionConfiguration['options'] } = {}): Promise<Connection> {
  const connection = new Connection({
    server: simulator.host,
    authentication: { type: 'default', options: { userName: defaultLogin.user, password: changes.password ?? defaultLogin.password } },
    options: { port: simulator.port, database: simulator.databaseName, encrypt: false, useUTC: false, appName: 'simulator test', connectTimeout: 5000, ...changes.options },
  });
  // A connection cut by a fault reports it twice; the request's own error is the one a test looks at.
  connection.on('error', () => undefined);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  connection.connect((error) => (error ? reject(error) : resolve()));
  await promise;
  return connection;
}

export async function close(connection: Connection): Promise<void> {
  if (connection.closed) return;
  const ended = once(connection, 'end');
  connection.close();
  await ended;
}

export function call(connection: Connection, procedure: string, parameters: readonly Parameter[] = []): Promise<Answer> {
  return run(procedure, parameters, (request) => connection.callProcedure(request));
}

export function query(connection: Connection, sql: string, parameters: readonly Parameter[] = []): Promise<Answer> {
  return run(sql, parameters, (request) => connection.execSql(request));
}

export function batch(connection: Connection, sql: string): Promise<Answer> {
  return run(sql, [], (request) => connection.execSqlBatch(request));
}

/** Starts a request and hands it out before it ends, so that a test can cancel it. */
export function run(text: string, parameters: readonly Parameter[], start: (request: Request) => void): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const rows: Record<string, unknown>[] = [];
  const outputs: Record<string, unknown> = {};
  let status: number | undefined;
  const request = new Request(text, (error, rowCount) => resolve({ rows, outputs, status, rowCount, error: error ?? undefined, errorNumbers: numbersOf(error) }));
  for (const { name, type, value, output, ...size } of parameters) {
    if (output) request.addOutputParameter(name, type, value, size);
    else request.addParameter(name, type, value, size);
  }
  request.on('row', (columns: readonly { readonly metadata: { readonly colName: string }; readonly value: unknown }[]) => {
    rows.push(Object.fromEntries(columns.map((column) => [column.metadata.colName, column.value])));
  });
  request.on('returnValue', (name: string, value: unknown) => { outputs[name] = value; });
  request.on('doneProc', (_count: unknown, _more: unknown, returned: unknown) => { if (typeof returned === 'number') status = returned; });
  start(request);
  return promise;
}

function numbersOf(error: unknown): readonly number[] {
  if (error instanceof AggregateError) return error.errors.flatMap((inner: unknown) => numbersOf(inner));
  return error instanceof Error && 'number' in error && typeof error.number === 'number' ? [error.number] : [];
}
