/**
 * Notices that the HIS has changed under the mapping: on the first connection, and again by `ping`. What differs is told to the log and the
 * health page by its path; where the server would shorten a value without a word, that value is not sent. Everything else the server or the
 * reading of its answer refuses by itself: a missing column is never read as something else.
 */
import type { PluginLog } from '@hospay/plugin-sdk';
import { fitText, isRefusal } from '@hospay/plugin-sdk/his-mapping';
import type { Connection } from 'tedious';
import type { BoundParameter } from './bind-parameters.js';
import { leaseFor } from './call-procedure.js';
import { compareCall, knownParameters, type SchemaFinding } from './compare-schema.js';
import type { ConnectionPool } from './connection-pool.js';
import { parseName, readColumnsOfText, readHisSchema, SchemaUnreadable } from './his-schema.js';
import type { PreparedCall } from './prepared-call.js';
import { callsOf, type PreparedOperation } from './prepared-operation.js';
import type { PreparedMapping } from './read-mapping.js';

export type WatchOptions = { readonly mapping: PreparedMapping; readonly everyMs: number; readonly log: PluginLog; readonly now: () => Date };

export class SchemaWatch {
  readonly #options: WatchOptions;
  readonly #operations: readonly PreparedOperation[];
  readonly #calls: readonly PreparedCall[];
  #findings: readonly SchemaFinding[] = [];
  #cuts = new Map<string, readonly SchemaFinding[]>();
  #lookedAt: number | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#operations = [...Object.values(options.mapping.operations), ...options.mapping.dictionaries.values()];
    this.#calls = [...new Map(this.#operations.flatMap(callsOf).map((call) => [call.path, call])).values()];
  }

  /** `path: what differs`, for people. */
  findings(): readonly string[] {
    return this.#findings.map(({ path, difference }) => `${path}: ${difference}`.slice(0, 300));
  }

  /** Before the first connection is used. What cannot be found out now is tried again by `ping`; it keeps nobody from paying. */
  async lookOnce(connection: Connection, signal: AbortSignal): Promise<void> {
    if (this.#lookedAt === undefined) await this.#look(connection, signal);
  }

  async lookAgain(pool: ConnectionPool, signal: AbortSignal): Promise<void> {
    if (this.#lookedAt !== undefined && this.#options.now().getTime() - this.#lookedAt < this.#options.everyMs) return;
    const before = this.#lookedAt;
    const lease = await leaseFor(pool, signal, 'ordinary');
    if ('kind' in lease) return;
    // A new connection has looked already.
    if (this.#lookedAt === before) await this.#look(lease.connection, signal);
    if (lease.connection.closed) lease.discard();
    else lease.release();
  }

  /** Why a value of this call would arrive shortened, if one would. */
  wouldCut({ path }: PreparedCall, parameters: readonly BoundParameter[]): string | undefined {
    return this.#cuts.get(path)?.find(({ cutsAt }) => {
      const value = parameters.find(({ name }) => name === cutsAt?.parameter)?.value;
      if (cutsAt === undefined || typeof value !== 'string') return false;
      return isRefusal(fitText(value, { codePage: cutsAt.counts === 'bytes' ? this.#options.mapping.codePage : undefined, size: cutsAt.length, mayCut: false }));
    })?.difference;
  }

  async #look(connection: Connection, signal: AbortSignal): Promise<void> {
    const { log, now } = this.#options;
    try {
      this.#report(await this.#compare(connection, signal));
    } catch (error) {
      if (!(error instanceof SchemaUnreadable)) throw error;
      log.warn('the HIS could not be compared with the mapping', { reason: error.message.slice(0, 300) });
      if (connection.closed || signal.aborted) return;
    }
    this.#lookedAt = now().getTime();
  }

  async #compare(connection: Connection, signal: AbortSignal): Promise<readonly SchemaFinding[]> {
    const options = { signal, maxRows: 20_000 };
    const procedures = this.#calls.flatMap(({ command }) => (command.kind === 'procedure' ? [parseName(command.name)] : []));
    const objects = this.#calls.flatMap(({ command }) => (command.kind === 'view' || command.kind === 'insert' ? [parseName(command.object)] : []));
    const schema = await readHisSchema(connection, { procedures, objects }, options);
    const known = knownParameters(this.#calls);
    const findings = this.#calls.flatMap((call) => compareCall(call, schema, known));
    for (const operation of this.#operations) findings.push(...(await columnsOfText(connection, operation, options)));
    return [...codePageOf(connection, this.#options.mapping.codePage), ...findings];
  }

  #report(findings: readonly SchemaFinding[]): void {
    const { log } = this.#options;
    const known = new Set(this.findings());
    this.#findings = findings;
    this.#cuts = new Map(this.#calls.map(({ path }) => [path, findings.filter((finding) => finding.cutsAt !== undefined && finding.path.startsWith(`${path}.parameters`))]));
    for (const { path, difference } of findings) if (!known.has(`${path}: ${difference}`.slice(0, 300))) log.warn('the HIS differs from the mapping', { path, difference });
    if (findings.length === 0 && known.size > 0) log.info('the HIS fits the mapping again');
  }
}

/** A text that selects says what it answers with; any other would have to be run to find out. */
async function columnsOfText(connection: Connection, { way, name, fields, reading }: PreparedOperation, options: { readonly signal: AbortSignal; readonly maxRows: number }): Promise<readonly SchemaFinding[]> {
  if (way.kind !== 'call' || way.call.command.kind !== 'sql' || !/^\s*select\b/i.test(way.call.command.text)) return [];
  const columns = await readColumnsOfText(connection, { ...way.call, command: way.call.command }, reading.resultSet ?? 0, options);
  if (columns === undefined) return [{ path: way.call.path, difference: `the HIS does not take the text of ${name}` }];
  return [...fields, ...(reading.echo ?? []).map((echo) => [`echo.${echo.repeats}`, echo] as const)].flatMap(([field, { column }]): readonly SchemaFinding[] =>
    column === undefined || columns.includes(column.toLowerCase()) ? [] : [{ path: `${way.call.path}.fields.${field}`, difference: `the text gives no column ${column}` }]);
}

function codePageOf({ databaseCollation }: Connection, codePage: string): readonly SchemaFinding[] {
  const found = databaseCollation?.codepage?.toLowerCase();
  if (found === undefined || found === codePage) return [];
  return [{ path: 'codePage', difference: `the database's collation is of ${found}, the mapping says ${codePage}` }];
}
